"""What imports did: read row by row, undone as a whole; and the people that an application knows through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from uwlr.errors import ConfigurationError
from uwlr.exchange.applying import Gedaan, entries, undo_plan
from uwlr.exchange.enrolment import ImportMemory
from uwlr.exchange.koppeling import Koppelingen
from uwlr.exchange.leden import SOORTEN, Leden, Lid, Soort, SqlLeden
from uwlr.exchange.name_forms import words
from uwlr.exchange.plan import Plan
from uwlr.exchange.plan_rows import Kandidaat
from uwlr.exchange.store import Store, log_event
from uwlr.exchange.tables import Koppeling, PlanRow, ResultaatRow

LedenOf = Callable[[Koppeling, Session | None], Leden]
"""Gives the application's own tables. The session is the transaction of an `apply`: tables in the same database take
part in it, others have a transaction of their own that ends first. It is None while an import is planned."""


class ImportHistory:
    """The imports of the past, and whom they brought.

    Args:
        store: where plans are kept.
        leden: gives the application's own tables for a koppeling; None takes tables in the store.
    """

    def __init__(self, store: Store, *, leden: LedenOf | None = None) -> None:
        self._store = store
        self._leden = leden

    def search(self, koppeling: Koppeling, soort: Soort, text: str) -> list[Kandidaat]:
        """Search all that the application knows of one kind, also the inactive, by name, number, date or address.

        A name is found without its accents and as other systems write it.
        """
        wanted = text.casefold().split()
        found = []
        for lid in self.leden_of(koppeling).find(soort):
            g = lid.gegevens
            said = (g.label, g.key, g.eckid, g.geboortedatum, g.emailadres, g.jaargroep)
            whole = " ".join(part for part in said if part).casefold()
            plain = " ".join(words(whole))
            if all(word in whole or " ".join(words(word) or (word,)) in plain for word in wanted):
                found.append(
                    Kandidaat(id=lid.id, waarom="gezocht", label=g.label, gegevens=g, actief=lid.actief),
                )
        return found

    def reactivate(self, koppeling_id: int, soort: Soort, lid: str, *, door: str | None = None) -> None:
        """Take somebody back who was deactivated; imports leave them active then, though they are not in the rosters.

        Raises:
            ConfigurationError: there is nobody of this kind with this id.
        """
        koppeling = Koppelingen(self._store).get(koppeling_id)
        with self._store.write() as session:
            leden = self.leden_of(koppeling, session)
            with leden.transaction():
                if all(one.id != lid for one in leden.find(soort)):
                    raise ConfigurationError(f"there is no {soort} {lid}")
                leden.reactivate(soort, lid)
            kept = session.get_one(Koppeling, koppeling_id, with_for_update=True)
            memory = memory_of(kept)
            if soort == "leerling":
                stay = tuple(sorted({*memory.blijft, lid}))
                memory = msgspec.structs.replace(memory, blijft=stay)
            kept.geheugen = msgspec.json.encode(memory).decode()
            log_event(session, koppeling_id, self._store.now(), "weer actief", door=door, kind=soort, lid=lid)

    def undo(self, koppeling_id: int, *, door: str | None = None) -> int:
        """Take back the last import of a koppeling as a whole (`terugdraaien`); gives the id of its plan.

        What it created is deactivated, old values return, who it deactivated is active again. The next import waits
        for a person, whatever it holds.

        Args:
            koppeling_id: whose import.
            door: who wants it, for the record.

        Raises:
            ConfigurationError: there is no import that wrote anything, the last one was undone already, results were
                recorded since, or what it wrote was changed since.
        """
        koppeling = Koppelingen(self._store).get(koppeling_id)
        with self._store.write() as session:
            mine = select(Koppeling).where(Koppeling.school == koppeling.school).order_by(Koppeling.id)
            school = session.scalars(mine.with_for_update()).all()
            row, plan = _last_that_wrote(session, koppeling_id)
            since = select(func.count()).where(
                ResultaatRow.koppeling_id.in_([one.id for one in school]),
                ResultaatRow.vastgelegd_op >= row.toegepast_op,
            )
            if results := session.scalar(since):
                raise ConfigurationError(f"plan {row.id}: {results} results were recorded since, so it stays")
            leden = self.leden_of(koppeling, session)
            with leden.transaction():
                undo_plan(plan, leden, find_all(leden))
            kept = session.get_one(Koppeling, koppeling_id)
            memory = msgspec.json.decode(plan.geheugen, type=ImportMemory) if plan.geheugen else ImportMemory()
            kept.geheugen = msgspec.json.encode(msgspec.structs.replace(memory, teruggedraaid=True)).decode()
            kept.genegeerd = plan.genegeerd
            row.status = "teruggedraaid"
            waiting = open_plans(session, koppeling_id)
            for other in waiting:
                other.status = "vervallen"
            log_event(session, koppeling_id, self._store.now(), "teruggedraaid", plan=row.id, door=door)
            return row.id

    def record(self, plan_id: int) -> list[Gedaan]:
        """Tell what an import did, row by row; nothing for a plan that was never applied.

        Raises:
            ConfigurationError: there is no such plan.
        """
        with self._store.read() as session:
            row = due(session, plan_id)
            return list(entries(decode(row), row.toegepast_op)) if row.toegepast_op is not None else []

    def leden_of(self, koppeling: Koppeling, session: Session | None = None) -> Leden:
        """Give the application's own tables for a koppeling."""
        return self._leden(koppeling, session) if self._leden else SqlLeden(self._store, koppeling.school, session)


def memory_of(koppeling: Koppeling) -> ImportMemory:
    """Give what the last import of a koppeling left to remember."""
    return msgspec.json.decode(koppeling.geheugen, type=ImportMemory) if koppeling.geheugen else ImportMemory()


def find_all(leden: Leden) -> dict[Soort, list[Lid]]:
    """Give all that the application knows of a school."""
    return {soort: list(leden.find(soort)) for soort in SOORTEN}


def _last_that_wrote(session: Session, koppeling_id: int) -> tuple[PlanRow, Plan]:
    of = PlanRow.koppeling_id == koppeling_id, PlanRow.status.in_(("toegepast", "teruggedraaid"))
    for row in session.scalars(select(PlanRow).where(*of).order_by(PlanRow.id.desc())):
        plan = readable(row)
        if plan is not None and row.toegepast_op is not None and any(entries(plan, None)):
            if row.status == "teruggedraaid":
                raise ConfigurationError(
                    f"plan {row.id}, the last import of koppeling {koppeling_id}, is undone already"
                )
            return row, plan
    raise ConfigurationError(f"koppeling {koppeling_id} has no import that can be undone")


_OPEN: Final = (
    select(PlanRow).where(PlanRow.koppeling_id == bindparam("of"), PlanRow.status == "open").order_by(PlanRow.id.desc())
)


def open_plans(session: Session, koppeling_id: int) -> Sequence[PlanRow]:
    """Give the plans of a koppeling that wait, the newest first; there is one, unless two runs met."""
    return session.scalars(_OPEN, {"of": koppeling_id}).all()


def due(session: Session, plan_id: int) -> PlanRow:
    """Give the row of a plan.

    Raises:
        ConfigurationError: there is none with this id.
    """
    row = session.get(PlanRow, plan_id)
    if row is None:
        raise ConfigurationError(f"there is no plan {plan_id}")
    return row


def readable(row: PlanRow) -> Plan | None:
    """Give a plan; None if it cannot be read, such as one of another version: it would stop all later ones."""
    try:
        return decode(row)
    except ConfigurationError:
        return None


def decode(row: PlanRow) -> Plan:
    """Read a plan.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        plan = msgspec.json.decode(row.inhoud, type=Plan)
    except msgspec.MsgspecError:
        raise ConfigurationError(f"plan {row.id} cannot be read, or was wiped when its koppeling ended") from None
    plan.id = row.id
    return plan
