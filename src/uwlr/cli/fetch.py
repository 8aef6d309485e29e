"""`uwlr fetch`: one question to a LAS, its answer to stdout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click

from uwlr.berichten import (
    GeenGegevens,
    GeenWijzigingen,
    LeerkrachtenVerzoek,
    LeerlingenVerzoek,
    LeerlinggegevensVerzoek,
    StructuurVerzoek,
    VerzoekGroep,
    VerzoekSamengesteldeGroep,
)
from uwlr.berichten.tabel import Bericht
from uwlr.cli.program import FINDINGS, OK, Commands, lacking
from uwlr.cli.shared import (
    SHOWN,
    AskedSchool,
    Connection,
    connection_options,
    request_is_usage,
    school_options,
    sign_of_life,
    url_argument,
)
from uwlr.cli.speaking import say_document, tell
from uwlr.codec.soap_reading import body_document


def _no_groep(given: Mapping[str, Any]) -> Iterator[str]:
    if not given["groep"] and not given["samengestelde_groep"]:
        yield "no groep: give at least one --groep or --samengestelde-groep; `fetch structuur` lists them"


@click.group(cls=Commands)
def fetch() -> None:
    """Fetch a roster, or a part of it, from a LAS; the answer goes to stdout as XML.

    It is written as it came, without its envelope. Deviations from the standard are listed on stderr, and then
    the exit code is 1.
    """


@fetch.command()
@url_argument("UWLR_URL")
@click.option("--since", type=click.DateTime(), help="Only if anything changed since (laatstontvangengegevens).")
@school_options
@connection_options
def leerlinggegevens(url: str, since: datetime | None, school: AskedSchool, connection: Connection) -> int:
    """Fetch the whole roster of a school."""
    verzoek = LeerlinggegevensVerzoek(xsdversie=connection.versie, laatstontvangengegevens=since, **school)
    return _fetch(url, verzoek, connection)


@fetch.command()
@url_argument("UWLR_URL")
@school_options
@connection_options
def structuur(url: str, school: AskedSchool, connection: Connection) -> int:
    """Fetch a school and its groups."""
    return _fetch(url, StructuurVerzoek(xsdversie=connection.versie, **school), connection)


@fetch.command()
@url_argument("UWLR_URL")
@lacking(_no_groep)
@click.option("--groep", multiple=True, help="Key of a groep; empty: pupils in none. May be repeated.")
@click.option("--samengestelde-groep", multiple=True, help="Key of a samengestelde groep, likewise.")
@school_options
@connection_options
def leerlingen(
    url: str,
    groep: tuple[str, ...],
    samengestelde_groep: tuple[str, ...],
    school: AskedSchool,
    connection: Connection,
) -> int:
    """Fetch the pupils of some groups."""
    groepen = _groepen(groep, samengestelde_groep)
    return _fetch(url, LeerlingenVerzoek(xsdversie=connection.versie, groepen=groepen, **school), connection)


@fetch.command()
@url_argument("UWLR_URL")
@lacking(_no_groep)
@click.option("--groep", multiple=True, help="Key of a groep; empty: staff in none. May be repeated.")
@click.option("--samengestelde-groep", multiple=True, help="Key of a samengestelde groep, likewise.")
@school_options
@connection_options
def leerkrachten(
    url: str,
    groep: tuple[str, ...],
    samengestelde_groep: tuple[str, ...],
    school: AskedSchool,
    connection: Connection,
) -> int:
    """Fetch the staff of some groups."""
    groepen = _groepen(groep, samengestelde_groep)
    return _fetch(url, LeerkrachtenVerzoek(xsdversie=connection.versie, groepen=groepen, **school), connection)


def _groepen(
    groep: tuple[str, ...], samengestelde_groep: tuple[str, ...]
) -> tuple[VerzoekGroep | VerzoekSamengesteldeGroep, ...]:
    return (
        *(VerzoekGroep(key=key or None) for key in groep),
        *(VerzoekSamengesteldeGroep(key=key or None) for key in samengestelde_groep),
    )


def _fetch(url: str, verzoek: Bericht, connection: Connection) -> int:
    with connection.client(url) as client, sign_of_life("Waiting for the LAS"), request_is_usage():
        exchange = client.exchange(verzoek)
    say_document(body_document(exchange.body) + b"\n")
    inhoud = getattr(exchange.bericht, "inhoud", None)
    if isinstance(inhoud, GeenGegevens):
        tell("The LAS has no data that fit the question (geengegevens).")
    if isinstance(inhoud, GeenWijzigingen):
        tell("Nothing changed (geenwijzigingen).")
    if not exchange.deviations:
        return OK
    for deviation in exchange.deviations[:SHOWN]:
        tell(str(deviation))
    if len(exchange.deviations) > SHOWN:
        tell(f"… and {len(exchange.deviations) - SHOWN} more deviations")
    return FINDINGS
