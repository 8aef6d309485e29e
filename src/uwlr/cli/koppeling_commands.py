"""`uwlr koppeling`: the couplings of schools with systems, step by step."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from uwlr.cli.database import door_option, opened, store_option
from uwlr.cli.program import FINDINGS, OK, Commands, lacking
from uwlr.cli.shared import read_input, read_text
from uwlr.cli.shell_values import among
from uwlr.cli.speaking import say, say_headed, say_json, say_row, tell
from uwlr.errors import UwlrError
from uwlr.norm import VERSIES
from uwlr.secret_files import key_in

if TYPE_CHECKING:
    from uwlr.exchange import Koppelingen

F = TypeVar("F", bound=Callable[..., Any])


_door = door_option
_reden = click.option("--reden", help="Why.")
_id = click.argument("koppeling_id", type=int)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(cls=Commands)
def koppeling() -> None:
    """The koppelingen: couplings of schools with systems."""


def _presets() -> Iterable[str]:
    from uwlr.exchange.presets import PRESETS  # noqa: PLC0415

    return PRESETS


def _no_address(given: Mapping[str, Any]) -> Iterator[str]:
    if not given["url"] and not given["leerresultaten_url"]:
        yield "no address: give --url, --leerresultaten-url, or both"


@koppeling.command()
@lacking(_no_address)
@store_option
@click.option("--naam", required=True, help="What the application calls it.")
@click.option("--school", required=True, help="The application's own id of the school.")
@click.option(
    "--vendor",
    required=True,
    shell_complete=among(lambda _: _presets()),
    help="The system, such as esis; what is known of it is filled in.",
)
@click.option("--url", help="Address for leerlinggegevens.")
@click.option("--leerresultaten-url", help="Address for leerresultaten.")
@click.option(
    "--klantcode",
    required=True,
    envvar="UWLR_KLANTCODE",
    show_envvar=True,
    help="Code of the supplier who asks.",
)
@click.option(
    "--klantnaam",
    required=True,
    envvar="UWLR_KLANTNAAM",
    show_envvar=True,
    help="Name of the supplier who asks.",
)
@click.option("--bron", "bronnen", multiple=True, required=True, help="BRIN and dependance: 99XX00. May be repeated.")
@click.option("--versie", type=click.Choice(VERSIES), help="Version spoken; by default that of the system.")
@click.option("--gegevenssetid", help="Such as Smalle-set-VO.")
@click.option("--startdatum", type=_DAY, help="Before this day nothing is exchanged.")
@click.option("--vorig-schooljaar", is_flag=True, help="Bring results of the school year before this one, as agreed.")
@_door
def add(store: str, cipher: str | None, startdatum: datetime | None, **given: Any) -> None:
    """Note a koppeling that was asked for; prints its id."""
    day = None if startdatum is None else startdatum.date()
    with _koppelingen(store, cipher) as koppelingen:
        say_row(koppelingen.add(startdatum=day, **given).id)


@koppeling.command("list")
@store_option
def list_all(store: str, cipher: str | None) -> None:
    """List the koppelingen: id, state, system, name, last fetch and last delivery."""
    with _koppelingen(store, cipher) as koppelingen:
        for found in koppelingen.all():
            moments = [f"{m:%Y-%m-%d %H:%M}" if m else "-" for m in (found.laatst_opgehaald, found.laatst_bezorgd)]
            state = f"{found.status} ({found.storing})" if found.storing else found.status
            say_row(found.id, state, found.vendor, found.naam, *moments)


@koppeling.command()
@store_option
@click.argument("koppeling_id", type=int, required=False)
@click.option("--format", "form", type=click.Choice(["text", "json", "openmetrics"]), default="text", show_default=True)
def status(store: str, cipher: str | None, koppeling_id: int | None, form: str) -> int:
    """Tell how all koppelingen are doing, or one: last fetch, what waits, what was refused, what stopped.

    Exit code 1: somebody has to do something.
    """
    from uwlr.exchange.koppeling_status import as_openmetrics, statuses  # noqa: PLC0415

    with opened(store, cipher) as found:
        told = statuses(found, koppeling_id)
    if form == "json":
        say_json(told)
    elif form == "openmetrics":
        say(as_openmetrics(told), end="")
    else:
        for one in told:
            going = "green" if one.status == "actief" else None
            say_headed(str(one), "red" if one.stopped else "yellow" if one.needs_a_person else going)
    return FINDINGS if any(one.needs_a_person for one in told) else OK


@koppeling.command()
@store_option
@_id
@_door
def request(store: str, cipher: str | None, koppeling_id: int, door: str) -> None:
    """Ask once more for a koppeling that was refused."""
    with _koppelingen(store, cipher) as koppelingen:
        koppelingen.request_again(koppeling_id, door=door)


@koppeling.command()
@store_option
@_id
@_door
def approve(store: str, cipher: str | None, koppeling_id: int, door: str) -> None:
    """Note that the side that was asked agreed."""
    with _koppelingen(store, cipher) as koppelingen:
        koppelingen.approve(koppeling_id, door=door)


@koppeling.command()
@store_option
@_id
@_door
@click.option("--reden", required=True, help="Why.")
def refuse(store: str, cipher: str | None, koppeling_id: int, door: str, reden: str) -> None:
    """Note that the side that was asked did not agree, and why."""
    with _koppelingen(store, cipher) as koppelingen:
        koppelingen.refuse(koppeling_id, door=door, reden=reden)


@koppeling.command()
@store_option
@_id
@click.option("--door", required=True, help="Who agreed on behalf of the school.")
@click.option("--startdatum", type=_DAY, help="Before this day nothing is exchanged.")
def consent(store: str, cipher: str | None, koppeling_id: int, door: str, startdatum: datetime | None) -> None:
    """Note who agreed on behalf of the school, and from which day on."""
    with _koppelingen(store, cipher) as koppelingen:
        koppelingen.consent(koppeling_id, door=door, startdatum=None if startdatum is None else startdatum.date())


@koppeling.command()
@store_option
@_id
@click.option("--sleutel-file", help="File with the key; without it, the key that it has.")
@click.option("--bron", help="Label of the location that the key is of, such as 99XX01; without it, that of all.")
@_door
def enable(
    store: str, cipher: str | None, koppeling_id: int, sleutel_file: str | None, bron: str | None, door: str
) -> int:
    """Make a koppeling actief once its key is proven; also after a pause, or with another key.

    By its roster, or by a test message about a pupil that no school has. Exit code 3: it was not proven, and why.
    """
    from uwlr.client import LongKeyWarning  # noqa: PLC0415
    from uwlr.exchange import NotEnabled, UnusableKey  # noqa: PLC0415

    key = None if sleutel_file is None else key_in(read_input(sleutel_file), sleutel_file)
    keys: dict[str, Any] = {"autorisatiesleutel": key} if bron is None else {"sleutels": {bron: key} if key else {}}
    with _koppelingen(store, cipher) as koppelingen, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", LongKeyWarning)
        try:
            koppelingen.enable(koppeling_id, door=door, **keys)
        except (NotEnabled, UnusableKey) as error:
            tell(error.uitleg)
            raise UwlrError(f"not enabled: {error}") from None
    for text in dict.fromkeys(str(warning.message) for warning in caught):
        tell(f"Warning: {text}")
    return OK


@koppeling.command()
@store_option
@_id
@click.option("--bron", help="Label of the location that the key is of; without it, that of all.")
@click.option("--sleutel-file", required=True, help="File with the key.")
@_door
def key(store: str, cipher: str | None, koppeling_id: int, bron: str | None, sleutel_file: str, door: str) -> None:
    """Keep the key of a koppeling that is not actief yet; `enable` proves it."""
    with _koppelingen(store, cipher) as koppelingen:
        koppelingen.enter_key(koppeling_id, key_in(read_input(sleutel_file), sleutel_file), bron=bron, door=door)


@koppeling.command()
@store_option
@_id
@_door
@_reden
def pause(store: str, cipher: str | None, koppeling_id: int, door: str, reden: str | None) -> None:
    """Stop the exchange until `enable`."""
    with _koppelingen(store, cipher) as koppelingen:
        koppelingen.pause(koppeling_id, door=door, reden=reden)


@koppeling.command()
@store_option
@_id
@_door
@_reden
def end(store: str, cipher: str | None, koppeling_id: int, door: str, reden: str | None) -> None:
    """End a koppeling, and forget its key."""
    with _koppelingen(store, cipher) as koppelingen:
        koppelingen.end(koppeling_id, door=door, reden=reden)


@koppeling.command()
@store_option
@_id
@click.argument("file")
def migrate(store: str, cipher: str | None, koppeling_id: int, file: str) -> None:
    """Note that the LAS gave persons new keys: FILE holds an old and a new key on each line, with a tab between."""
    pairs = [line.split("\t") for line in read_text(file).splitlines() if line.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise click.UsageError(f"{file}: each line holds an old key, a tab and a new key")
    with _koppelingen(store, cipher) as koppelingen:
        koppelingen.migrate_keys(koppeling_id, dict(pairs))


@koppeling.command("forget-keys")
@store_option
@_id
@click.confirmation_option(
    help="Do it without asking.", prompt="Forget the keys that the school's groups and people have now?"
)
def forget_keys(store: str, cipher: str | None, koppeling_id: int) -> None:
    """Forget the LAS keys that the school's groups and people have, before a first import from another system."""
    from uwlr.exchange import Koppelingen, SqlLeden  # noqa: PLC0415

    with opened(store, cipher) as found:
        tell(f"{SqlLeden(found, Koppelingen(found).get(koppeling_id).school).forget_keys()} forgot theirs")


@koppeling.command()
@store_option
@_id
@click.argument("file")
def numbers(store: str, cipher: str | None, koppeling_id: int, file: str) -> None:
    """Note that the receiver knows pupils now: FILE holds a leerlingnummer on each line. For one that keeps silent."""
    from uwlr.exchange import Ledger  # noqa: PLC0415

    with opened(store, cipher) as found:
        Ledger(found).numbers_entered(koppeling_id, read_text(file).split())


@koppeling.command()
@store_option
@_id
def results(store: str, cipher: str | None, koppeling_id: int) -> int:
    """Count the results of a koppeling per state, and list those that were refused: key and fault code.

    Also those that are klaar and yet are not sent, with the reason. Exit code 1: results were refused.
    """
    from uwlr.exchange import Ledger  # noqa: PLC0415

    with opened(store, cipher) as found:
        ledger = Ledger(found)
        for state, count in ledger.counts(koppeling_id).items():
            say_row(state, count)
        for reason, count in ledger.held(koppeling_id).items():
            say_row(f"klaar, niet verzonden: {reason}", count)
        refused = ledger.refused(koppeling_id)
    for key, code in refused:
        say_row(key, code)
    return FINDINGS if refused else OK


@koppeling.command()
@store_option
@_id
@click.argument("results", nargs=-1, required=True)
@_door
@_reden
def withdraw(
    store: str, cipher: str | None, koppeling_id: int, results: tuple[str, ...], door: str, reden: str | None
) -> int:
    """Withdraw results, named by their keys: they are not sent any more.

    The standard has no way to take back what a receiver has. Exit code 1: it has some of them, and they are listed.
    """
    from uwlr.exchange import Ledger  # noqa: PLC0415

    with opened(store, cipher) as found:
        done = Ledger(found).withdraw(koppeling_id, results, door=door, reden=reden)
    for key in done.bij_ontvanger:
        say_row(key, "staat bij de ontvanger; laat het daar verwijderen, of leg een correctie vast")
    return FINDINGS if done.bij_ontvanger else OK


@koppeling.command()
@store_option
@_id
def events(store: str, cipher: str | None, koppeling_id: int) -> None:
    """Tell what happened to a koppeling: when, what, who, and the rest."""
    with _koppelingen(store, cipher) as koppelingen:
        for event in koppelingen.events(koppeling_id):
            rest = {**({"reden": event.reden} if event.reden else {}), **event.gegevens}
            told = ", ".join(f"{name}: {value}" for name, value in rest.items())
            say_row(f"{event.op:%Y-%m-%d %H:%M:%S}", event.soort, event.door or "-", told)


@contextmanager
def _koppelingen(url: str, cipher: str | None) -> Iterator[Koppelingen]:
    from uwlr.exchange import Koppelingen  # noqa: PLC0415

    with opened(url, cipher) as found:
        yield Koppelingen(found)
