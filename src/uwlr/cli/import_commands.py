"""`uwlr import`: plan, review and apply the import of a roster; read what it did, and undo it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from uwlr.cli.database import door_option, opened, store_option
from uwlr.cli.program import FINDINGS, OK, Commands
from uwlr.cli.shared import sign_of_life
from uwlr.cli.speaking import say, say_document, say_json, tell
from uwlr.cli.text_table import text_table
from uwlr.errors import ConfigurationError

if TYPE_CHECKING:
    from uwlr.exchange.plan import Plan
    from uwlr.exchange.plan_rows import Keuze, Vertrek

_FORM = click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
_TABLE = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_PROPOSAL = "voorstel"


@click.group("import", cls=Commands)
def importing() -> None:
    """Import a roster: plan it, look at it, decide on rows, apply it.

    A plan holds names: what these commands show of it is personal. Exit code 1: rows wait for a decision, a guard
    stopped it, or the plan is out of date.
    """


@importing.command()
@store_option
@click.argument("koppeling_id", type=int)
@_FORM
def plan(store: str, cipher: str | None, koppeling_id: int, form: str) -> int:
    """Fetch the roster of a koppeling and show what an import would do; nothing is imported."""
    from uwlr.exchange import Importer, Koppelingen  # noqa: PLC0415

    with opened(store, cipher) as found:
        koppeling = Koppelingen(found).get(koppeling_id)
        with sign_of_life("Waiting for the LAS"):
            made = Importer(found).plan(koppeling)
    return _show(made, form)


@importing.command()
@store_option
@click.argument("plan_id", type=int)
@_FORM
def show(store: str, cipher: str | None, plan_id: int, form: str) -> int:
    """Show a plan that was made before."""
    from uwlr.exchange import Importer  # noqa: PLC0415

    with opened(store, cipher) as found:
        importer = Importer(found)
        status, _ = importer.status(plan_id)
        return _show(importer.load(plan_id), form, status=status)


@importing.command()
@store_option
@click.argument("plan_id", type=int)
@click.argument("rows")
@click.argument("keuze", type=click.Choice(["nieuw", "bestaand", "niet importeren", _PROPOSAL]))
@click.option("--lid", help="Who it is, by the application's own id; for bestaand.")
@click.option("--emailadres", help="Of a new member of staff.")
@click.option(
    "--verwijder-nummers", is_flag=True, help="Take ECK-iD and key from the known that have them: they are old."
)
@click.option(
    "--zeker",
    is_flag=True,
    help="nieuw, although another row looks the same: there are two. bestaand, although another row is it: both are.",
)
@door_option
def edit(
    store: str,
    cipher: str | None,
    plan_id: int,
    rows: str,
    keuze: str,
    lid: str | None,
    emailadres: str | None,
    verwijder_nummers: bool,
    zeker: bool,
    door: str,
) -> None:
    """Decide on rows of a plan: 12, 3-9,14 or alle, which is all that wait.

    voorstel takes the one known person whose name and birth date agree, if there is one.
    """
    from uwlr.exchange import Importer  # noqa: PLC0415

    with opened(store, cipher) as found:
        importer = Importer(found)
        loaded = importer.load(plan_id)
        numbers = _numbers(rows, loaded)
        if lid is not None and len(numbers) != 1:
            raise click.UsageError("--lid is for one row")
        if keuze == _PROPOSAL:
            tell(f"{loaded.choose_proposed(numbers, door=door)} van {len(numbers)} rijen kregen hun voorstel")
        else:
            for number in numbers:
                loaded.choose(
                    number,
                    cast("Keuze", keuze),
                    lid=lid,
                    emailadres=emailadres,
                    verwijder_nummers=verwijder_nummers,
                    zeker=zeker,
                    door=door,
                )
        importer.save(loaded)


@importing.command()
@store_option
@click.argument("plan_id", type=int)
@click.argument("besluit", type=click.Choice(["deactiveren", "laten staan"]))
def leavers(store: str, cipher: str | None, plan_id: int, besluit: str) -> None:
    """Decide on the list of pupils who are gone after a summer: deactivate them, or let them be."""
    from uwlr.exchange import Importer  # noqa: PLC0415

    with opened(store, cipher) as found:
        importer = Importer(found)
        loaded = importer.load(plan_id)
        loaded.vertrek = cast("Vertrek", besluit)
        importer.save(loaded)
        tell(f"{len(loaded.vertrokken)} leerlingen: {besluit}")


@importing.command()
@store_option
@click.argument("plan_id", type=int)
@click.argument("text")
@click.option("--soort", type=click.Choice(["groep", "leerkracht", "leerling"]), default="leerling", show_default=True)
def search(store: str, cipher: str | None, plan_id: int, text: str, soort: str) -> None:
    """Search all that the application knows, to say who a row of a plan is: by name, number, birth date or address."""
    from uwlr.cli.members import print_people  # noqa: PLC0415
    from uwlr.exchange import Importer, Koppelingen  # noqa: PLC0415

    with opened(store, cipher) as found:
        importer = Importer(found)
        koppeling = Koppelingen(found).get(importer.load(plan_id).koppeling_id)
        print_people(importer.search(koppeling, soort, text), "text")  # type: ignore[arg-type]


@importing.command("apply")
@store_option
@click.argument("plan_id", type=int)
@click.option(
    "--toch", "--allow-deactivations", "allowed", is_flag=True, help="Import although a guard finds it strange."
)
@door_option
def apply_(store: str, cipher: str | None, plan_id: int, allowed: bool, door: str) -> int:
    """Do what a plan says; where it is out of date, make it anew and show that instead."""
    from uwlr.exchange import Importer, NotReady, Stale  # noqa: PLC0415
    from uwlr.exchange.review_words import TABS, counted, verdict  # noqa: PLC0415

    with opened(store, cipher) as found:
        importer = Importer(found)
        loaded = importer.load(plan_id)
        loaded.toegestaan = loaded.toegestaan or allowed
        try:
            with sign_of_life("Waiting for the LAS"):
                done = importer.apply(loaded, door=door)
        except NotReady:
            tell(verdict(loaded))
            return FINDINGS
        except Stale as error:
            tell(f"{error}; this is the new plan")
            _show(importer.replan(loaded), "text")
            return FINDINGS
    for soort, title in TABS.items():
        say(f"{title}: {counted(done[soort])}")
    return OK


@importing.command()
@store_option
@click.argument("plan_id", type=int)
@door_option
def abort(store: str, cipher: str | None, plan_id: int, door: str) -> None:
    """Break a plan off: nothing of it is done, and the next one shows the same rows."""
    from uwlr.exchange import Importer  # noqa: PLC0415

    with opened(store, cipher) as found:
        Importer(found).abort(plan_id, door=door)
    tell(f"Plan {plan_id} is afgebroken; er is niets gewijzigd.")


@importing.command()
@store_option
@click.argument("plan_id", type=int)
@_TABLE
def record(store: str, cipher: str | None, plan_id: int, form: str) -> None:
    """Show what an import did, row by row: before, after, who decided, when."""
    from uwlr.exchange import ImportHistory  # noqa: PLC0415
    from uwlr.exchange.review_words import change_in_words  # noqa: PLC0415

    with opened(store, cipher) as found:
        done = ImportHistory(found).record(plan_id)
    if form == "json":
        say_json(done)
        return
    rows = [
        [
            one.soort,
            one.label,
            one.wat,
            change_in_words(one),
            one.reden,
            one.door or "import",
            f"{one.op:%Y-%m-%d %H:%M}",
        ]
        for one in done
        if one.op is not None
    ]
    say(text_table(["Soort", "Naam", "Wat", "Van en naar", "Reden", "Door", "Op"], rows))


@importing.command()
@store_option
@click.argument("koppeling_id", type=int)
@click.confirmation_option(help="Do it without asking.", prompt="De laatste import in zijn geheel terugdraaien?")
@door_option
def undo(store: str, cipher: str | None, koppeling_id: int, door: str) -> None:
    """Take back the last import of a koppeling as a whole, unless results were recorded since."""
    from uwlr.exchange import ImportHistory  # noqa: PLC0415

    with opened(store, cipher) as found:
        plan_id = ImportHistory(found).undo(koppeling_id, door=door)
    tell(f"Plan {plan_id} is teruggedraaid. De volgende import wacht op iemand die ernaar kijkt.")


def _numbers(text: str, loaded: Plan) -> list[int]:
    """Read `12`, `3-9,14` or `alle`."""
    if text == "alle":
        return [rij.nummer for rij in loaded.open_rows]
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdecimal() or not (last or first).isdecimal():
            raise click.UsageError("write rows as 12, as 3-9,14 or as alle")
        numbers += range(int(first), int(last or first) + 1)
    if not numbers or max(numbers) > len(loaded.rijen):
        raise ConfigurationError(f"the plan has rows 1 to {len(loaded.rijen)}")
    return numbers


def _next(shown: Plan) -> str:
    """Say how to go on with a plan."""
    if shown.open_rows:
        first = shown.open_rows[0]
        completed = " --emailadres ADRES" if first.incomplete else ""
        return f"Next, for each such row: uwlr import edit {shown.id} {first.nummer} KEUZE{completed}"
    if shown.guarded:
        return f"Next, if that is right: uwlr import apply {shown.id} --toch"
    if shown.waits:
        return f"Next: uwlr import leavers {shown.id} BESLUIT, then uwlr import apply {shown.id}"
    return f"Next: uwlr import apply {shown.id}"


def _show(shown: Plan, form: str, *, status: str = "open") -> int:
    from uwlr.exchange.show import as_html, as_text  # noqa: PLC0415

    match form:
        case "json":
            say_json(shown)
        case "html":
            say_document(as_html(shown).encode())
        case _:
            say(as_text(shown), end="")
            tell(_next(shown) if status == "open" else f"Dit plan is {status}.")
    return FINDINGS if status == "open" and (shown.open_rows or shown.guarded) else OK
