"""`uwlr leden`: the groups, staff and pupils that imports brought into the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from uwlr.cli.database import door_option, opened, store_option
from uwlr.cli.program import FINDINGS, OK, Commands
from uwlr.cli.speaking import say, say_json, tell
from uwlr.cli.text_table import text_table
from uwlr.visible import one_line

if TYPE_CHECKING:
    from uwlr.exchange.leden import Soort
    from uwlr.exchange.plan_rows import Kandidaat

_SOORT = click.option(
    "--soort", type=click.Choice(["groep", "leerkracht", "leerling"]), default="leerling", show_default=True
)


@click.group(cls=Commands)
def leden() -> None:
    """The groups, staff and pupils of a school, with their numbers; what is shown is personal."""


@leden.command("list")
@store_option
@click.argument("koppeling_id", type=int)
@_SOORT
@click.option("--zoek", default="", help="Name, number, birth date or address, or a part of it.")
@click.option("--inactief", is_flag=True, help="Only who was deactivated.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_all(
    store: str, cipher: str | None, koppeling_id: int, soort: Soort, zoek: str, inactief: bool, form: str
) -> int:
    """List the people or groups that the school of a koppeling has, also the deactivated.

    Exit code 1: nobody was found.
    """
    from uwlr.exchange import ImportHistory, Koppelingen  # noqa: PLC0415

    with opened(store, cipher) as found:
        people = ImportHistory(found).search(Koppelingen(found).get(koppeling_id), soort, zoek)
    if inactief:
        people = [one for one in people if not one.actief]
    print_people(people, form)
    return OK if people else FINDINGS


@leden.command()
@store_option
@click.argument("koppeling_id", type=int)
@click.argument("lid")
@_SOORT
@door_option
def reactivate(store: str, cipher: str | None, koppeling_id: int, lid: str, soort: Soort, door: str) -> None:
    """Take somebody back who was deactivated; imports leave them active then."""
    from uwlr.exchange import ImportHistory  # noqa: PLC0415

    with opened(store, cipher) as found:
        ImportHistory(found).reactivate(koppeling_id, soort, lid, door=door)
    tell(f"{soort} {one_line(lid)} is weer actief")


def print_people(people: Sequence[Kandidaat], form: str) -> None:
    """Print people or groups as a table, or as JSON."""
    if form == "json":
        say_json(people)
        return
    rows = []
    for one in people:
        g = one.gegevens
        if g is None:
            continue
        groepen = ", ".join(ref if isinstance(ref, str) else ref[1] for ref in g.groepen)
        said = (g.geboortedatum, g.jaargroep, groepen, g.key, g.eckid and f"…{g.eckid[-8:]}", g.emailadres)
        rows.append([one.id, one.label, *(part or "" for part in said), "" if one.actief else "inactief"])
    heads = ["Id", "Naam", "Geboren", "Jaar", "Groepen", "Nummer", "ECK-iD", "E-mail", ""]
    say(text_table(heads, rows))
