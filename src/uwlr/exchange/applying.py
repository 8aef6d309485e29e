"""What a plan writes into the application's tables, how that is taken back, and the record of it, row by row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from uwlr.errors import ConfigurationError
from uwlr.exchange.declined_rows import declined_as, fingerprint_of, ignore_keys, missed_keys, remembered
from uwlr.exchange.enrolment import ImportMemory
from uwlr.exchange.field_rules import differing, settle
from uwlr.exchange.leden import Gegevens, Leden, Lid, Soort
from uwlr.exchange.plan import Plan
from uwlr.exchange.plan_rows import SELF, Ontnomen, Rij, is_forgotten, left_out_groups
from uwlr.undisclosed import Undisclosed

Known: TypeAlias = Mapping[Soort, Sequence[Lid]]
Wat: TypeAlias = Literal["nieuw", "gewijzigd", "gedeactiveerd", "gesloten", "nummers verwijderd", "niet geimporteerd"]
"""What an import did with somebody."""


class Gedaan(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an import did.

    Attributes:
        lid: id in the application; None if nobody was imported.
        voor, na: what was there before and after; None if there was nothing.
        velden: names of what differs.
        door: who decided; None is the import itself.
        op: when.
    """

    soort: Soort
    lid: str | None
    label: str
    wat: Wat
    voor: Gegevens | None
    na: Gegevens | None
    velden: tuple[str, ...]
    reden: str
    door: str | None
    op: datetime | None


def write_plan(plan: Plan, leden: Leden, known: Known, memory: ImportMemory) -> ImportMemory:
    """Write what a plan says, and note in its rows what was there before.

    Args:
        plan: whose rows get the ids of what was created.
        leden: the application's tables, inside their transaction.
        known: what is in them.
        memory: what the last import left.

    Returns:
        What the next import has to remember.
    """
    by_id = {soort: {lid.id: lid for lid in lids} for soort, lids in known.items()}
    gone = plan.deactiveren
    plan.ontnomen = tuple(_take_numbers(plan, leden, by_id))
    lost = {(one.soort, one.lid): one.na for one in plan.ontnomen}
    left_out = left_out_groups(plan.rijen)
    for rij in plan.rijen:
        if rij.keuze == "nieuw":
            rij.lid = leden.create(rij.soort, rij.said(left_out))
        elif rij.keuze == "bestaand" and rij.lid is not None and rij.samen is None and (rij.beslist or not rij.outside):
            lid = by_id[rij.soort].get(rij.lid)
            if lid is None:
                raise ConfigurationError(f"row {rij.nummer}: the one it is is not in the application's tables")
            before = lost.get((rij.soort, lid.id), lid.gegevens)
            after = settle(before, rij.said(left_out))
            rij.inactief = not lid.actief
            if (rij.inactief and not rij.outside) or _differ(before, after, leden.fields):
                rij.was = lid.gegevens
                leden.update(rij.soort, lid.id, after)
                if rij.outside:  # who it is was decided, and is kept; active they are not
                    leden.deactivate(rij.soort, lid.id)
            else:
                rij.was = None
    for weg in gone:
        leden.deactivate("leerling", weg.lid)
    for weg in plan.sluiten:
        leden.deactivate("groep", weg.lid)
    return _remember(plan, memory)


def _differ(before: Gegevens, after: Gegevens, fields: Iterable[str]) -> bool:
    return before != after and bool(
        differing(before, after, frozenset(fields)) or (before.bron != after.bron and "bron" in fields)
    )


def _take_numbers(plan: Plan, leden: Leden, by_id: Mapping[Soort, Mapping[str, Lid]]) -> Iterator[Ontnomen]:
    """Take the numbers of a row from the known that have them, where a person said that they are old there."""
    for rij in plan.rijen:
        if not rij.verwijder_nummers:
            continue
        for lid_id in rij.nummers:
            lid = by_id[rij.soort].get(lid_id)
            if lid is None or lid.id == rij.lid:
                continue
            after = msgspec.structs.replace(lid.gegevens, key=None, eckid=None)
            leden.update(rij.soort, lid.id, after)
            if not lid.actief:
                leden.deactivate(rij.soort, lid.id)
            yield Ontnomen(soort=rij.soort, lid=lid.id, was=lid.gegevens, na=after, actief=lid.actief)


def _remember(plan: Plan, memory: ImportMemory) -> ImportMemory:
    pupils = {rij.lid: rij for rij in plan.rijen if rij.soort == "leerling" and rij.lid is not None}
    herkend = dict(memory.herkend)
    if herkend:  # a row that is gone says nothing about one that comes later and says the same
        there = set(map(fingerprint_of, plan.rijen))
        herkend = {name: lid for name, lid in herkend.items() if name in there}
    made = {name for name, lid in herkend.items() if not lid}
    for rij in plan.rijen:
        if rij.lid is not None and rij.keuze in {"nieuw", "bestaand"} and (name := remembered(rij)) is not None:
            herkend[name] = rij.lid
        elif (
            rij.beslist
            and rij.lid is not None
            and rij.keuze in {"nieuw", "bestaand"}
            and (rij.samen is not None or {*rij.nummers} - {rij.lid})
        ):
            herkend[fingerprint_of(rij)] = rij.lid  # its numbers are not kept, or others have them too
        elif rij.outside and rij.beslist and rij.keuze == "niet importeren":
            herkend[fingerprint_of(rij)] = ""  # a person said that it is none of the known
        elif (
            rij.lid is not None and rij.keuze in {"nieuw", "bestaand"} and made and (its := fingerprint_of(rij)) in made
        ):
            herkend[its] = rij.lid  # none of those that were known then: the one that was made of it
    blijft = {lid for lid in memory.blijft if lid not in pupils or pupils[lid].datum is not None}
    blijft |= {rij.lid or "" for rij in pupils.values() if rij.datum is not None and rij.reden == SELF}
    vertrokken = tuple(weg.lid for weg in plan.vertrokken)
    if plan.vertrek == "laten staan":
        blijft |= set(vertrokken)
    present = {rij.lid for rij in plan.rijen}
    gemeld = {lid for lid in memory.gemeld if lid not in present} | {weg.lid for weg in plan.personeel_weg}
    return ImportMemory(
        schooljaar=max(plan.schooljaar, memory.schooljaar or ""),
        peil=memory.peil | plan.peil,
        herkend=herkend,
        vertrokken=vertrokken if plan.vertrek is None else (),
        blijft=tuple(sorted(blijft)),
        gemeld=tuple(sorted(gemeld)),
        volgende=plan.volgende,
        toegelaten=plan.blijvend,
    )


def ignored_after(plan: Plan) -> set[tuple[str, str]]:
    """Give by what the rows that are not imported are known the next time; not whom their dates leave out."""
    found: set[tuple[str, str]] = set()
    for rij in plan.rijen:
        if rij.keuze == "niet importeren" and not rij.outside:
            found |= ignore_keys(rij) | missed_keys(rij) | declined_as(rij)
    return found


def undo_plan(plan: Plan, leden: Leden, known: Known) -> None:
    """Take back what a plan wrote: what it created is deactivated, old values return, who it deactivated is active.

    Raises:
        ConfigurationError: somebody was changed since, so that taking back would lose that; the text counts them.
    """
    by_id = {soort: {lid.id: lid for lid in lids} for soort, lids in known.items()}
    outside = {rij.lid for rij in plan.rijen if rij.outside}
    written = ((one, by_id[one.soort].get(one.lid or "")) for one in entries(plan, None))
    if changed := sum(not _is_as_written(one, lid, leden.fields, outside) for one, lid in written):
        raise ConfigurationError(f"plan {plan.id}: {changed} of what it wrote was changed since, so it stays")
    for rij in plan.rijen:
        if rij.lid is None or is_forgotten(rij.lid) or rij.samen is not None or (rij.outside and not rij.beslist):
            continue
        if rij.keuze == "nieuw":
            leden.deactivate(rij.soort, rij.lid)
        elif rij.keuze == "bestaand" and rij.was is not None:
            leden.update(rij.soort, rij.lid, rij.was)
            if rij.inactief:
                leden.deactivate(rij.soort, rij.lid)
    for weg in plan.deactiveren:
        if not is_forgotten(weg.lid):
            leden.reactivate("leerling", weg.lid)
    for weg in plan.sluiten:
        leden.reactivate("groep", weg.lid)
    for one in plan.ontnomen:
        if is_forgotten(one.lid):
            continue
        leden.update(one.soort, one.lid, one.was)
        if not one.actief:
            leden.deactivate(one.soort, one.lid)


def _is_as_written(one: Gedaan, lid: Lid | None, fields: Iterable[str], outside: Collection[str | None]) -> bool:
    if one.lid is None or is_forgotten(one.lid) or one.wat in {"niet geimporteerd", "nummers verwijderd"}:
        return True
    if lid is None or lid.actief != (one.wat in {"nieuw", "gewijzigd"} and lid.id not in outside):
        return False
    return one.na is None or not differing(lid.gegevens, one.na, frozenset(fields))


def entries(plan: Plan, op: datetime | None) -> Iterator[Gedaan]:
    """Tell what a plan that was applied did, row by row: before, after, who decided, when."""
    left_out = left_out_groups(plan.rijen)
    for one in plan.ontnomen:
        yield Gedaan(
            soort=one.soort,
            lid=one.lid,
            label=one.was.label,
            wat="nummers verwijderd",
            voor=one.was,
            na=one.na,
            velden=differing(one.was, one.na, plan.velden),
            reden=SELF,
            door=plan.door,
            op=op,
        )
    for rij in plan.rijen:
        if rij.samen is not None or (rij.outside and not rij.beslist):
            continue
        if rij.keuze == "bestaand" and rij.was is None:
            continue
        yield _entry(plan, rij, left_out, op)
    for soort, wat, gone in (("leerling", "gedeactiveerd", plan.deactiveren), ("groep", "gesloten", plan.sluiten)):
        for weg in gone:
            yield Gedaan(
                soort=soort,  # type: ignore[arg-type]
                lid=weg.lid,
                label=weg.label,
                wat=wat,  # type: ignore[arg-type]
                voor=weg.gegevens,
                na=None,
                velden=("actief",),
                reden="lijst van vertrokken leerlingen" if weg.zomer else weg.groepsnaam,
                door=plan.door if weg.zomer else None,
                op=op,
            )


def _entry(plan: Plan, rij: Rij, left_out: set[tuple[str, str]], op: datetime | None) -> Gedaan:
    wat: Wat = "niet geimporteerd"
    na = None
    if rij.keuze == "nieuw":
        wat, na = "nieuw", rij.said(left_out)
    elif rij.keuze == "bestaand" and rij.was is not None:
        lost = {(one.soort, one.lid): one.na for one in plan.ontnomen}
        wat, na = "gewijzigd", settle(lost.get((rij.soort, rij.lid or ""), rij.was), rij.said(left_out))
    changed = () if rij.was is None or na is None else differing(rij.was, na, plan.velden)
    return Gedaan(
        soort=rij.soort,
        lid=rij.lid,
        label=rij.gegevens.label,
        wat=wat,
        voor=rij.was,
        na=na,
        velden=(*changed, "actief") if rij.inactief and not rij.outside else changed,
        reden=rij.reden,
        door=rij.door,
        op=rij.op or op,
    )
