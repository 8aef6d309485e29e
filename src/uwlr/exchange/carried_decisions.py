"""The decisions of a person on a plan, taken over into a newer one where they are still needed."""

from __future__ import annotations

from uwlr.errors import ConfigurationError
from uwlr.exchange.plan import Plan
from uwlr.exchange.plan_rows import SELF, Rij
from uwlr.exchange.roster_rows import DUMMY


def carry_over(old: Plan, new: Plan) -> None:
    """Take the decisions of a person over into a newer plan, where they are still needed."""
    decided = {_told_by(rij): rij for rij in old.rijen if rij.beslist or rij.reden == SELF}
    for rij in new.rijen:
        before = decided.get(_told_by(rij))
        if before is None or rij.keuze == "bestaand":
            continue
        try:
            new.choose(
                rij.nummer,
                "nieuw" if before.outside and before.keuze == "niet importeren" else before.keuze,
                lid=before.lid,
                emailadres=before.gegevens.emailadres,
                verwijder_nummers=before.verwijder_nummers,
                zeker=True,
                door=before.door,
                op=before.op,
            )
        except ConfigurationError:
            continue  # who it was is now another row, so a person has to look again
    if old.vertrek is not None and {weg.lid for weg in new.vertrokken} == {weg.lid for weg in old.vertrokken}:
        new.vertrek = old.vertrek
    if (
        old.toegestaan
        and new.alarms
        and all(_concerned(new, one.wat) <= _concerned(old, one.wat) for one in new.alarms)
    ):
        new.toegestaan = True  # what a person let pass was this, or more of it


def _concerned(plan: Plan, wat: str) -> set[str | None]:
    return {weg.lid for weg in plan.deactiveren} if wat == "deactiveren" else set(plan.getroffen.get(wat, ()))


def _told_by(rij: Rij) -> tuple[str | None, ...]:
    """Give by what a row is found again in a newer plan: its number, and its name where the number is not its own."""
    g = rij.gegevens
    number = rij.identity[1]
    shared = bool(rij.dubbel) or number.startswith(DUMMY) or not number
    return (rij.soort, g.bron, number, *((g.key, g.label, g.geboortedatum) if shared else ()))
