"""`uwlr import`: plan, review and apply the import of a roster."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click
import msgspec

from uwlr.cli.database import opened, store_option
from uwlr.cli.program import FINDINGS, OK
from uwlr.cli.shared import sign_of_life, tell

if TYPE_CHECKING:
    from uwlr.exchange.plan import Keuze, Plan

_FORM = click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)


@click.group("import")
def importing() -> None:
    """Import a roster: plan it, look at it, decide on rows, apply it.

    A plan holds names: what these commands show of it is personal. Exit code 1: rows wait for a decision, or the
    plan is out of date.
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
        return _show(Importer(found).load(plan_id), form)


@importing.command()
@store_option
@click.argument("plan_id", type=int)
@click.argument("row", type=int)
@click.argument("keuze", type=click.Choice(["nieuw", "bestaand", "niet importeren"]))
@click.option("--lid", help="Who it is, by the application's own id; for bestaand.")
@click.option("--emailadres", help="Of a new member of staff.")
def edit(
    store: str, cipher: str | None, plan_id: int, row: int, keuze: str, lid: str | None, emailadres: str | None
) -> None:
    """Decide on one row of a plan."""
    from uwlr.exchange import Importer  # noqa: PLC0415

    with opened(store, cipher) as found:
        importer = Importer(found)
        loaded = importer.load(plan_id)
        loaded.choose(row, cast("Keuze", keuze), lid=lid, emailadres=emailadres)
        importer.save(loaded)


@importing.command("apply")
@store_option
@click.argument("plan_id", type=int)
@click.option("--allow-deactivations", is_flag=True, help="Let it deactivate more pupils than the guard allows.")
def apply_(store: str, cipher: str | None, plan_id: int, allow_deactivations: bool) -> int:
    """Do what a plan says; where it is out of date, make it anew and show that instead."""
    from uwlr.exchange import Importer, NotReady, Stale  # noqa: PLC0415
    from uwlr.exchange.show import TABS, counted  # noqa: PLC0415

    with opened(store, cipher) as found:
        importer = Importer(found)
        loaded = importer.load(plan_id)
        loaded.toegestaan = loaded.toegestaan or allow_deactivations
        try:
            with sign_of_life("Waiting for the LAS"):
                done = importer.apply(loaded)
        except NotReady as error:
            tell(str(error))
            return FINDINGS
        except Stale as error:
            tell(f"{error}; this is the new plan")
            _show(importer.replan(loaded), "text")
            return FINDINGS
    for soort, title in TABS.items():
        click.echo(f"{title}: {counted(done[soort])}")
    return OK


def _next(shown: Plan) -> str:
    """Say how to go on with a plan."""
    if shown.open_rows:
        first = shown.open_rows[0]
        completed = " --emailadres ADRES" if first.incomplete else ""
        return f"Next, for each such row: uwlr import edit {shown.id} {first.nummer} KEUZE{completed}"
    if shown.guarded:
        return f"Next, if that is right: uwlr import apply {shown.id} --allow-deactivations"
    return f"Next: uwlr import apply {shown.id}"


def _show(shown: Plan, form: str) -> int:
    from uwlr.exchange.show import as_html, as_text  # noqa: PLC0415

    match form:
        case "json":
            click.echo(msgspec.json.format(msgspec.json.encode(shown)))
        case "html":
            click.echo(as_html(shown), nl=False)
        case _:
            click.echo(as_text(shown), nl=False)
            tell(_next(shown))
    return FINDINGS if shown.open_rows or shown.guarded else OK
