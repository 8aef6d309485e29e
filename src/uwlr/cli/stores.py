"""The store and its koppelingen, as commands see them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from uwlr.cli.program import FINDINGS, OK
from uwlr.cli.shared import read_input, read_results, read_text, tell
from uwlr.errors import ConfigurationError
from uwlr.loading import load
from uwlr.norm import VERSIES
from uwlr.secret_files import key_in

if TYPE_CHECKING:
    from uwlr.exchange import Koppelingen, Store

F = TypeVar("F", bound=Callable[..., Any])


def store_option(command: F) -> F:
    """Add the options that name the store; the command gets its URL as `store` and the hook as `cipher`."""
    cipher = click.option(
        "--cipher", envvar="UWLR_CIPHER", show_envvar=True, help="module:function that makes the store's cipher."
    )
    store = click.option(
        "--store",
        envvar="UWLR_STORE",
        show_envvar=True,
        default="uwlr.db",
        show_default=True,
        help="File of SQLite, or URL of PostgreSQL; one with a password goes into the variable.",
    )
    return store(cipher(command))


def load_hook(place: str | None) -> Any:
    """Import what an option names as `module:function`; None where it is not given.

    Raises:
        click.UsageError: it cannot be imported.
    """
    try:
        return load(place)
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from None


@contextmanager
def opened(url: str, cipher: str | None) -> Iterator[Store]:
    """Open a store of this version."""
    from uwlr.client import LongKeyWarning  # noqa: PLC0415
    from uwlr.exchange import Store  # noqa: PLC0415 - other commands do without a database

    warnings.simplefilter("ignore", LongKeyWarning)  # `enable` tells it, and not every night
    hook = load_hook(cipher)
    with Store(url, cipher=hook() if hook else None) as found:
        found.check()
        yield found


@click.group()
def store() -> None:
    """The store of koppelingen, plans and results."""


@store.command()
@store_option
def upgrade(store: str, cipher: str | None) -> None:
    """Make the tables of the store, or bring them up to this version."""
    from uwlr.exchange import Store  # noqa: PLC0415

    hook = load_hook(cipher)
    with Store(store, cipher=hook() if hook else None) as found:
        found.upgrade()
    tell("The store is of this version.")


@store.command()
@store_option
@click.option(
    "--results",
    type=click.IntRange(0),
    envvar="UWLR_KEEP_RESULTS",
    show_envvar=True,
    help="Days after which delivered and refused results go.",
)
@click.option(
    "--plans",
    type=click.IntRange(0),
    envvar="UWLR_KEEP_PLANS",
    show_envvar=True,
    help="Days after which applied plans and events go.",
)
@click.option(
    "--leden",
    type=click.IntRange(0),
    envvar="UWLR_KEEP_LEDEN",
    show_envvar=True,
    help="Days after which deactivated groups and persons go.",
)
def prune(store: str, cipher: str | None, **days: int | None) -> None:
    """Delete what was kept long enough; what can still be delivered stays."""
    kept = {name: timedelta(days=count) for name, count in days.items() if count is not None}
    if not kept:
        raise click.UsageError("give --results, --plans, --leden, or several of them")
    with opened(store, cipher) as found:
        gone = found.prune(**kept)
    for name, count in gone.items():
        click.echo(f"{name}\t{count}")


@click.group()
def koppeling() -> None:
    """The koppelingen: couplings of schools with systems."""


@koppeling.command()
@store_option
@click.option("--naam", required=True, help="What the application calls it.")
@click.option("--school", required=True, help="The application's own id of the school.")
@click.option("--vendor", required=True, help="The system, such as esis.")
@click.option("--url", help="Address for leerlinggegevens.")
@click.option("--leerresultaten-url", help="Address for leerresultaten.")
@click.option("--klantcode", required=True, envvar="UWLR_KLANTCODE", show_envvar=True)
@click.option("--klantnaam", required=True, envvar="UWLR_KLANTNAAM", show_envvar=True)
@click.option("--bron", "bronnen", multiple=True, required=True, help="BRIN and dependance: 99XX00. May be repeated.")
@click.option("--versie", type=click.Choice(VERSIES), default="2.2", show_default=True)
@click.option("--gegevenssetid")
@click.option("--vorig-schooljaar", is_flag=True, help="Bring results of the previous year too, as agreed.")
def add(store: str, cipher: str | None, bronnen: tuple[str, ...], **given: Any) -> None:
    """Note a koppeling that was asked for; prints its id."""
    from uwlr.exchange import Bron, Koppelingen  # noqa: PLC0415

    places = [Bron(brincode=bron[:4], dependancecode=bron[4:] or None) for bron in bronnen]
    with opened(store, cipher) as found:
        click.echo(Koppelingen(found).add(bronnen=places, **given).id)


@koppeling.command("list")
@store_option
def list_all(store: str, cipher: str | None) -> None:
    """List the koppelingen: id, state, system, name, last fetch and last delivery."""
    with _koppelingen(store, cipher) as koppelingen:
        for found in koppelingen.all():
            moments = [f"{m:%Y-%m-%d %H:%M}" if m else "-" for m in (found.laatst_opgehaald, found.laatst_bezorgd)]
            click.echo("\t".join([str(found.id), found.status, found.vendor, found.naam, *moments]))


@koppeling.command()
@store_option
@click.argument("koppeling_id", type=int)
@click.option("--sleutel-file", help="File with the key; without it, the key that it has.")
@click.option("--testbericht", help="File of results that the receiver has to take first.")
def enable(
    store: str, cipher: str | None, koppeling_id: int, sleutel_file: str | None, testbericht: str | None
) -> None:
    """Make a koppeling actief if a probe finds nothing wrong; also after a pause."""
    from uwlr.client import LongKeyWarning  # noqa: PLC0415

    verzoek = None if testbericht is None else read_results(testbericht)
    if testbericht is not None and verzoek is None:
        raise click.exceptions.Exit(FINDINGS)
    key = None if sleutel_file is None else key_in(read_input(sleutel_file), sleutel_file)
    with _koppelingen(store, cipher) as koppelingen:
        if koppelingen.get(koppeling_id).status == "aangevraagd":
            koppelingen.approve(koppeling_id)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", LongKeyWarning)
            koppelingen.enable(koppeling_id, autorisatiesleutel=key, testbericht=verzoek)
    for text in dict.fromkeys(str(warning.message) for warning in caught):
        tell(f"Warning: {text}")


@koppeling.command()
@store_option
@click.argument("koppeling_id", type=int)
def pause(store: str, cipher: str | None, koppeling_id: int) -> None:
    """Stop the exchange until `enable`."""
    with _koppelingen(store, cipher) as koppelingen:
        koppelingen.pause(koppeling_id)


@koppeling.command()
@store_option
@click.argument("koppeling_id", type=int)
def end(store: str, cipher: str | None, koppeling_id: int) -> None:
    """End a koppeling, and forget its key."""
    with _koppelingen(store, cipher) as koppelingen:
        koppelingen.end(koppeling_id)


@koppeling.command()
@store_option
@click.argument("koppeling_id", type=int)
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
@click.argument("koppeling_id", type=int)
@click.confirmation_option(prompt="Forget the keys that the school's groups and people have now?")
def forget_keys(store: str, cipher: str | None, koppeling_id: int) -> None:
    """Forget the LAS keys that the school's groups and people have, before a first import from another system."""
    from uwlr.exchange import Koppelingen, SqlLeden  # noqa: PLC0415

    with opened(store, cipher) as found:
        tell(f"{SqlLeden(found, Koppelingen(found).get(koppeling_id).school).forget_keys()} forgot theirs")


@koppeling.command()
@store_option
@click.argument("koppeling_id", type=int)
@click.argument("file")
def numbers(store: str, cipher: str | None, koppeling_id: int, file: str) -> None:
    """Note that the receiver knows pupils now: FILE holds a leerlingnummer on each line. For one that keeps silent."""
    from uwlr.exchange import Ledger  # noqa: PLC0415

    with opened(store, cipher) as found:
        Ledger(found).numbers_entered(koppeling_id, read_text(file).split())


@koppeling.command()
@store_option
@click.argument("koppeling_id", type=int)
def results(store: str, cipher: str | None, koppeling_id: int) -> int:
    """Count the results of a koppeling per state, and list those that were refused: key and fault code.

    Exit code 1: results were refused.
    """
    from uwlr.exchange import Ledger  # noqa: PLC0415

    with opened(store, cipher) as found:
        ledger = Ledger(found)
        for state, count in ledger.counts(koppeling_id).items():
            click.echo(f"{state}\t{count}")
        refused = ledger.refused(koppeling_id)
    for key, code in refused:
        click.echo(f"{key}\t{code}")
    return FINDINGS if refused else OK


@koppeling.command()
@store_option
@click.argument("koppeling_id", type=int)
def events(store: str, cipher: str | None, koppeling_id: int) -> None:
    """Tell what happened to a koppeling."""
    with _koppelingen(store, cipher) as koppelingen:
        for event in koppelingen.events(koppeling_id):
            click.echo(f"{event.op:%Y-%m-%d %H:%M:%S}\t{event.soort}\t{dict(event.gegevens)}")


@contextmanager
def _koppelingen(url: str, cipher: str | None) -> Iterator[Koppelingen]:
    from uwlr.exchange import Koppelingen  # noqa: PLC0415

    with opened(url, cipher) as found:
        yield Koppelingen(found)
