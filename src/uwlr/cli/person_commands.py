"""`uwlr persoon`: what is kept about one pupil, shown or erased, as a school may have to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from uwlr.cli.database import door_option, load_hook, opened, store_option
from uwlr.cli.members import print_people
from uwlr.cli.program import FINDINGS, OK, Commands
from uwlr.cli.shared import sign_of_life
from uwlr.cli.speaking import say, say_json, tell

if TYPE_CHECKING:
    from uwlr.exchange.pupil_rights import Pupils, Receipt

_KOPPELING = click.option("--koppeling", "koppeling_id", type=int, required=True, help="Of the school.")
_BRON = click.option("--bron", help="The bron whose number it is, such as 99XX01, where several have it.")
_LEDEN = click.option("--leden", help="module:function that gives the application's own tables.")
_FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


@click.group(cls=Commands)
def persoon() -> None:
    """One pupil: everything that is kept, and erasing it."""


@persoon.command()
@store_option
@_KOPPELING
@_BRON
@_LEDEN
@_FORM
@click.argument("wie")
def inzage(
    store: str, cipher: str | None, koppeling_id: int, bron: str | None, leden: str | None, form: str, wie: str
) -> int:
    """Show all that is kept about a pupil of the school of a koppeling; it is personal.

    WIE is the number in the LAS, the ECK-iD, the id in the application, or words to search by. Exit code 1: nobody was
    found, or more than one, who are listed.
    """
    from uwlr.exchange.person import Nobody  # noqa: PLC0415
    from uwlr.exchange.person_words import inspection_text  # noqa: PLC0415

    with opened(store, cipher) as found:
        pupils = _pupils(found, leden)
        try:
            shown = pupils.inspect(koppeling_id, wie, bron=bron)
        except Nobody:
            people = pupils.search(koppeling_id, wie)
            if len(people) != 1:
                if people:
                    print_people(people, form)
                tell("Niemand gevonden." if not people else f"{len(people)} gevonden: noem het id of het nummer.")
                return FINDINGS
            shown = pupils.inspect(koppeling_id, people[0].id)
    if form == "json":
        say_json(shown)
    else:
        say(inspection_text(shown), end="")
    return OK


@persoon.command()
@store_option
@_KOPPELING
@_BRON
@_LEDEN
@_FORM
@click.option("--yes", is_flag=True, help="Do it without asking.")
@door_option
@click.argument("wie", required=False)
def vergeten(
    store: str,
    cipher: str | None,
    koppeling_id: int,
    bron: str | None,
    leden: str | None,
    form: str,
    yes: bool,
    door: str,
    wie: str | None,
) -> int:
    """Erase a pupil from the school of a koppeling, everywhere and for good, and print the receipt.

    WIE is the number in the LAS, the ECK-iD, or the id in the application. Later imports leave the pupil out, until
    `uwlr persoon toelaten`. What was begun and not ended, as after a kill, is finished first; without WIE only that.
    Exit code 1: it is not done yet, as others use the store.
    """
    from uwlr.exchange.pupil_rights import Forgotten  # noqa: PLC0415

    with opened(store, cipher) as found:
        pupils = _pupils(found, leden)
        receipts = pupils.finish()
        if wie is not None:
            try:
                if not yes:
                    delen = pupils.inspect(koppeling_id, wie, bron=bron).delen
                    tell("Gevonden: " + ", ".join(f"{len(rows)} in {name}" for name, rows in delen.items()))
                    click.confirm("Dit alles voorgoed wissen?", abort=True, err=True)
                with sign_of_life("Erasing"):
                    receipts.append(pupils.forget(koppeling_id, wie, bron=bron, door=door))
            except Forgotten as error:
                done = [one for one in pupils.receipts(koppeling_id) if one.opdracht == error.order]
                receipts += [one for one in done if one not in receipts]
    _print(receipts, form)
    return OK if all(one.klaar_op is not None for one in receipts) else FINDINGS


@persoon.command()
@store_option
@_KOPPELING
@_FORM
def opdrachten(store: str, cipher: str | None, koppeling_id: int, form: str) -> None:
    """List the receipts of the pupils that were forgotten at the school of a koppeling."""
    with opened(store, cipher) as found:
        receipts = _pupils(found, None).receipts(koppeling_id)
    _print(receipts, form)


@persoon.command()
@store_option
@click.argument("opdracht", type=int)
@door_option
def toelaten(store: str, cipher: str | None, opdracht: int, door: str) -> None:
    """Let a pupil come back who was forgotten by an order; the next import brings them as somebody new."""
    with opened(store, cipher) as found:
        _pupils(found, None).allow(opdracht, door=door)
    tell("De leerling van deze opdracht mag weer geimporteerd worden.")


def _pupils(store: Any, leden: str | None) -> Pupils:
    from uwlr.exchange.pupil_rights import Pupils  # noqa: PLC0415

    return Pupils(store, leden=load_hook(leden))


def _print(receipts: Sequence[Receipt], form: str) -> None:
    from uwlr.exchange.person_words import receipt_text  # noqa: PLC0415

    if form == "json":
        say_json(receipts)
    else:
        say("".join(map(receipt_text, receipts)), end="")
