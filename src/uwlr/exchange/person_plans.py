"""One pupil in import plans, open ones and records, and in what imports remember: shown, and taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from uwlr.exchange.applying import entries
from uwlr.exchange.enrolment import ImportMemory
from uwlr.exchange.import_history import readable
from uwlr.exchange.leden import Gegevens, Lid
from uwlr.exchange.person import Others, Person, plan_rows_with
from uwlr.exchange.plan import Plan
from uwlr.exchange.plan_rows import FORGOTTEN, Ontnomen, Rij
from uwlr.exchange.tables import Koppeling, PlanRow

Row = dict[str, Any]


class Kept(NamedTuple):
    """Where to look, and for whom.

    Attributes:
        session: the store.
        koppelingen: those of the school.
        person: the pupil.
        others: everybody else of the school.
        lids: the pupil in the application's tables.
        order: number of the order to forget; 0 where there is none.
        leden_hash: what the application's tables held before and after the pupil was taken out; None is not known.
    """

    session: Session
    koppelingen: Sequence[Koppeling]
    person: Person
    others: Others
    lids: Sequence[Lid] = ()
    order: int = 0
    leden_hash: tuple[str, str] | None = None


def show_plans(kept: Kept) -> Iterator[Row]:
    """Give what plans say of the pupil, and what imports did."""
    for row in plan_rows_with(kept.session, kept.koppelingen, _tokens(kept.person)):
        plan = readable(row)
        if plan is None:
            continue
        about = {"plan": row.id, "koppeling": row.koppeling_id, "gemaakt_op": row.gemaakt_op, "status": row.status}
        for rij in plan.rijen:
            if _is_row_of(rij, kept):
                said = {"rij": rij.nummer, "keuze": rij.keuze, "reden": rij.reden, "bronnen": list(rij.bronnen)}
                yield about | said | plain(rij.gegevens) | _named("was", rij.was) | {"door": rij.door, "op": rij.op}
            elif any(one.id in kept.person.lids for one in rij.kandidaten):
                yield about | {"rij": rij.nummer, "reden": "kandidaat voor de rij van een ander"}
        for weg in plan.weg:
            if weg.lid in kept.person.lids:
                yield (
                    about | {"reden": "niet in de gegevens van het LAS", "groep": weg.groepsnaam} | plain(weg.gegevens)
                )
        if row.toegepast_op is not None:
            for one in entries(plan, row.toegepast_op):
                if one.lid in kept.person.lids:
                    yield about | {"gedaan": one.wat, "velden": list(one.velden), "door": one.door, "op": one.op}


def erase_plans(kept: Kept) -> Counter[str]:
    """Take the pupil out of all plans, and count what was taken out."""
    found: Counter[str] = Counter()
    for row in plan_rows_with(kept.session, kept.koppelingen, _tokens(kept.person)):
        plan = readable(row)
        if plan is None:  # of another version: nothing of it can be told apart
            row.inhoud = "{}"
            found["plannen"] += 1
            continue
        found["rijen"] += _blank(plan, kept, is_open=row.status == "open")
        found["plannen"] += 1
        row.inhoud = msgspec.json.encode(plan).decode()
    # Whoever has an open plan in memory has to load it again, also one that did not hold the pupil.
    wanted = select(PlanRow).where(
        PlanRow.koppeling_id.in_([one.id for one in kept.koppelingen]), PlanRow.status == "open"
    )
    for row in kept.session.scalars(wanted):
        plan = readable(row)
        if plan is None:
            continue
        plan.laatst_vergeten = kept.order
        if kept.leden_hash is not None and plan.leden_hash == kept.leden_hash[0]:
            plan.leden_hash = kept.leden_hash[1]
        row.inhoud = msgspec.json.encode(plan).decode()
    return found


def _blank(plan: Plan, kept: Kept, *, is_open: bool) -> int:
    """Take a pupil out of a plan; its counts stay, but for what an open one would still do. Gives how many rows."""
    person, mark = kept.person, f"{FORGOTTEN} {kept.order}"
    lids, count = set(person.lids), 0
    for place, rij in enumerate(plan.rijen):
        if _is_row_of(rij, kept):
            plan.rijen[place] = _blank_row(rij, mark, is_open=is_open)
            count += 1
            continue
        rij.kandidaten = tuple(one for one in rij.kandidaten if one.id not in lids)
        rij.nummers = tuple(one for one in rij.nummers if one not in lids)
    gone = [weg for weg in plan.weg if weg.lid in lids]
    count += len(gone)
    blank = {weg.lid: msgspec.structs.replace(weg, lid=mark, label=FORGOTTEN, gegevens=None) for weg in gone}
    if is_open:
        plan.weg = tuple(weg for weg in plan.weg if weg.lid not in lids)
        plan.leerlingen_actief -= sum(lid.actief for lid in kept.lids)
    else:
        plan.weg = tuple(blank.get(weg.lid, weg) for weg in plan.weg)
    nothing = Gegevens(naam=FORGOTTEN)
    plan.ontnomen = tuple(
        Ontnomen(soort=one.soort, lid=mark, was=nothing, na=nothing, actief=one.actief) if one.lid in lids else one
        for one in plan.ontnomen
    )
    plan.getroffen, plan.blijvend = _without(plan.getroffen, lids), _without(plan.blijvend, lids)
    plan.genegeerd = not_ignored(plan.genegeerd, kept)
    if plan.geheugen:
        memory = forgetful(msgspec.json.decode(plan.geheugen, type=ImportMemory), person)
        plan.geheugen = msgspec.json.encode(memory).decode()
    return count


def _blank_row(rij: Rij, mark: str, *, is_open: bool) -> Rij:
    """Give what stays of a row: its number, and what became of it."""
    return Rij(
        nummer=rij.nummer,
        soort=rij.soort,
        gegevens=Gegevens(naam=FORGOTTEN),
        keuze="niet importeren" if is_open else rij.keuze,
        reden=FORGOTTEN if is_open else rij.reden,
        lid=mark if rij.lid is not None and not is_open else None,
        wijzigt=() if is_open else rij.wijzigt,
        bronnen=rij.bronnen,
        was=Gegevens(naam=FORGOTTEN) if rij.was is not None and not is_open else None,
        inactief=rij.inactief,
        datum=None if is_open else rij.datum,
        samen=None if is_open else rij.samen,
        door=rij.door,
        op=rij.op,
    )


def _is_row_of(rij: Rij, kept: Kept) -> bool:
    if rij.soort != "leerling":
        return False
    if rij.lid is not None and rij.lid in kept.person.lids:
        return True
    theirs = rij.lid is not None and rij.lid in kept.others.ids
    return not theirs and not rij.gedeeld and kept.person.owns(rij.gegevens)


def ignored(text: str | None) -> list[tuple[str, str]]:
    """Read what a koppeling was not to import."""
    return msgspec.json.decode(text or "[]", type=list[tuple[str, str]])


def ignores(entry: tuple[str, str], kept: Kept) -> bool:
    """Tell whether an entry of it is about the pupil."""
    soort, text = entry
    if soort != "leerling":
        return False
    person = kept.person
    numbers = {f"{bron} {key}".strip() for bron, key in person.numbers} | set(person.eckids)
    numbers |= {key for key in person.keys if not kept.others.has_anywhere(key)}  # as they were kept before
    first, _, last = text.rpartition(" ")
    return (
        text in numbers
        or text in person.fingerprints
        or first in person.fingerprints
        or last in person.lids
        or text.partition(" = ")[0] in numbers
    )


def not_ignored(text: str | None, kept: Kept) -> str | None:
    """Give the rest of it."""
    if text is None:
        return None
    return msgspec.json.encode([entry for entry in ignored(text) if not ignores(entry, kept)]).decode()


def remembered_of(memory: ImportMemory, person: Person) -> list[str]:
    """Name what an import remembers of a pupil."""
    lids, parts = set(person.lids), msgspec.structs.asdict(memory)
    found = [name for name in ("vertrokken", "blijft", "gemeld") if lids & set(parts[name])]
    found += [wat for wat, wie in memory.toegelaten.items() if lids & set(wie)]
    return found + ["herkend"] * (memory.herkend != _recognised(memory, person))


def _recognised(memory: ImportMemory, person: Person) -> dict[str, str]:
    lids, own = set(person.lids), person.fingerprints
    return {name: lid for name, lid in memory.herkend.items() if lid not in lids and name not in own}


def forgetful(memory: ImportMemory, person: Person) -> ImportMemory:
    """Give a memory without a pupil."""
    lids = set(person.lids)
    return msgspec.structs.replace(
        memory,
        herkend=_recognised(memory, person),
        vertrokken=tuple(lid for lid in memory.vertrokken if lid not in lids),
        blijft=tuple(lid for lid in memory.blijft if lid not in lids),
        gemeld=tuple(lid for lid in memory.gemeld if lid not in lids),
        toegelaten=_without(memory.toegelaten, lids),
    )


def _without(named: Mapping[str, tuple[str, ...]], lids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    gone = set(lids)
    return {name: tuple(lid for lid in wie if lid not in gone) for name, wie in named.items()}


def _tokens(person: Person) -> set[str]:
    return {*person.lids, *person.keys, *person.eckids, *person.fingerprints}


def plain(gegevens: Gegevens | None) -> Row:
    """Give what is known of somebody as plain values."""
    return {} if gegevens is None else msgspec.to_builtins(gegevens)


def _named(name: str, gegevens: Gegevens | None) -> Row:
    return {} if gegevens is None else {name: plain(gegevens)}
