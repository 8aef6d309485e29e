"""Imports: fetch, plan, review, apply. Nothing is written before `apply`, and then all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerlinggegevens
from uwlr.contradictions import WrongAnswer, contradictions
from uwlr.dutch_time import dutch_day
from uwlr.errors import ConfigurationError, UwlrError
from uwlr.exchange.applying import Gedaan, entries, ignored_after, undo_plan, write_plan
from uwlr.exchange.bron import Bron
from uwlr.exchange.enrolment import ImportMemory
from uwlr.exchange.koppeling import Connector, Koppelingen, connect
from uwlr.exchange.leden import SOORTEN, Leden, Lid, Soort, SqlLeden
from uwlr.exchange.matching import hash_leden, hash_rosters, make_plan, scopes
from uwlr.exchange.outbox import queue
from uwlr.exchange.plan import MAX_DEACTIVATED, Kandidaat, Plan, Stale, Telling, carry_over
from uwlr.exchange.store import Store, log_event
from uwlr.exchange.tables import Koppeling, PlanRow, PlanStatus, ResultaatRow
from uwlr.exchange.waiting import note_pupils
from uwlr.norm import schooljaar_for

Rosters = list[tuple[str, Leerlinggegevens]]
LedenOf = Callable[[Koppeling, Session | None], Leden]
"""Gives the application's own tables. The session is the transaction of an `apply`: tables in the same database take
part in it, others have a transaction of their own that ends first. It is None while an import is planned."""


class NoRoster(UwlrError):  # noqa: N818 - the name says what happened
    """The LAS answered without a roster: that is never taken for an empty school."""


class Importer:
    """Imports rosters.

    ::

        plan = importer.plan(koppeling)
        plan.choose(12, "niet importeren")
        importer.apply(plan)

    Args:
        store: where plans are kept.
        leden: gives the application's own tables for a koppeling; None takes tables in the store.
        connector: makes the clients.
        max_deactivated: share of the pupils above which the guard stops an import.
    """

    def __init__(
        self,
        store: Store,
        *,
        leden: LedenOf | None = None,
        connector: Connector = connect,
        max_deactivated: float = MAX_DEACTIVATED,
    ) -> None:
        self._store = store
        self._leden = leden
        self._connector = connector
        self._max_deactivated = max_deactivated

    def fetch(self, koppeling: Koppeling) -> Rosters:
        """Ask for the roster of each bron.

        Raises:
            NoRoster: one was answered with geengegevens or geenwijzigingen.
            WrongAnswer: one is of another school, location, year or version than was asked for.
            ConfigurationError: the koppeling is not actief, or takes results only.
            TransportError, MessageError, Fault: as the client.
        """
        if koppeling.status != "actief":
            raise ConfigurationError(f"koppeling {koppeling.id} is {koppeling.status}, not actief")
        schooljaar = koppeling.schooljaar or schooljaar_for(dutch_day(self._store.now()))
        rosters: Rosters = []
        for bron in koppeling.bronnen:
            with self._connector(koppeling, bron) as client:
                answer = client.haal_leerlinggegevens(
                    schooljaar=schooljaar, gegevenssetid=koppeling.gegevenssetid, **bron.asked
                )
            if isinstance(answer, (GeenGegevens, GeenWijzigingen)):
                raise NoRoster(f"koppeling {koppeling.id}: the LAS answered {type(answer).__name__} for {schooljaar}")
            found = contradictions(answer.school, schooljaar=schooljaar, xsdversie=koppeling.versie, **bron.asked)
            if found:
                raise WrongAnswer(found)
            rosters.append((_label(bron), answer))
        return rosters

    def plan(self, koppeling: Koppeling, rosters: Rosters | None = None) -> Plan:
        """Fetch and plan; decisions of a person in an older plan that is still open are taken over.

        The plan is saved and replaces older open ones. Nothing else is written.

        Args:
            koppeling: whose import.
            rosters: what was fetched already; None fetches.

        Raises:
            NoRoster, WrongAnswer, ConfigurationError, TransportError, MessageError, Fault: as `fetch`.
        """
        rosters = rosters if rosters is not None else self.fetch(koppeling)
        now = self._store.now()
        schooljaar = rosters[0][1].school.schooljaar
        plan = make_plan(
            koppeling.id,
            schooljaar if isinstance(schooljaar, str) else schooljaar_for(dutch_day(now)),
            rosters,
            self.leden_of(koppeling),
            new_keys=koppeling.sleutelwissel,
            ignored=_ignored(koppeling),
            max_deactivated=self._max_deactivated,
            las=koppeling.vendor,
            memory=memory_of(koppeling),
            today=dutch_day(now),
            elsewhere=self._elsewhere(koppeling),
        )
        with self._store.write() as session:
            opened = session.scalars(_open_plans(koppeling.id)).all()
            older = _readable(opened[0]) if opened else None
            if older is not None:
                carry_over(older, plan)
            for old in opened:
                old.status = "vervallen"
            row = PlanRow(koppeling_id=koppeling.id, gemaakt_op=now, status="open", inhoud=_encode(plan))
            session.add(row)
            session.flush()
            plan.id = row.id
            changed = update(Koppeling).where(Koppeling.id == koppeling.id)
            session.execute(changed.values(laatst_opgehaald=now, roster_hash=plan.roster_hash))
            note_pupils(session, koppeling, rosters)
            if plan.changes or plan.open_rows or plan.waits or plan.guarded:
                unmatched = {soort: plan.unmatched[soort] for soort in SOORTEN if plan.unmatched[soort]}
                waits = {"open_rows": len(plan.open_rows), "guarded": plan.guarded, "unmatched": unmatched}
                queue(session, koppeling.id, now, "import", f"plan {row.id}", plan=row.id, **waits)
            log_event(session, koppeling.id, now, "plan", plan=row.id, aard=plan.aard, **_counts(plan))
        return plan

    def unchanged(self, koppeling: Koppeling, rosters: Rosters) -> bool:
        """Tell whether rosters hold what the last import brought, so that there is nothing to plan.

        Nobody comes or goes by their dates today, and nothing waits for a decision. The application's own tables are
        not looked at: a change there waits for the next change of the roster.
        """
        if koppeling.roster_hash is None or koppeling.roster_hash != hash_rosters(rosters):
            return False
        memory = memory_of(koppeling)
        today = dutch_day(self._store.now()).isoformat()
        if memory.vertrokken or (memory.volgende is not None and memory.volgende <= today):
            return False
        wanted = select(PlanRow.status).where(PlanRow.koppeling_id == koppeling.id).order_by(PlanRow.id.desc())
        with self._store.read() as session:
            return session.scalars(wanted.limit(1)).first() == "toegepast"

    def load(self, plan_id: int) -> Plan:
        """Give a plan that was saved.

        Raises:
            ConfigurationError: there is none with this id.
        """
        with self._store.read() as session:
            return _decode(_due(session, plan_id))

    def status(self, plan_id: int) -> tuple[PlanStatus, datetime | None]:
        """Tell the state of a plan, and when it was applied.

        Raises:
            ConfigurationError: there is none with this id.
        """
        with self._store.read() as session:
            row = _due(session, plan_id)
            return row.status, row.toegepast_op  # type: ignore[return-value]

    def open_plan(self, koppeling_id: int) -> Plan | None:
        """Give the plan of a koppeling that waits, if there is one."""
        with self._store.read() as session:
            row = session.scalars(_open_plans(koppeling_id).limit(1)).first()
            return None if row is None else _readable(row)

    def save(self, plan: Plan) -> None:
        """Keep the decisions that were made.

        Raises:
            ConfigurationError: the plan was applied, broken off or replaced meanwhile.
        """
        saved = update(PlanRow).where(PlanRow.id == plan.id, PlanRow.status == "open")
        with self._store.write() as session:
            _date_decisions(plan, self._store.now())
            if not session.execute(saved.values(inhoud=_encode(plan))).rowcount:  # type: ignore[attr-defined]
                raise ConfigurationError(f"plan {plan.id} is not open any more")

    def abort(self, plan_id: int) -> None:
        """Break a plan off: nothing of it is done, and the next import shows the same rows.

        Raises:
            ConfigurationError: it is not open any more, or there is none.
        """
        with self._store.write() as session:
            row = _due(session, plan_id)
            if row.status != "open":
                raise ConfigurationError(f"plan {plan_id} is {row.status}, not open")
            row.status = "afgebroken"
            log_event(session, row.koppeling_id, self._store.now(), "afgebroken", plan=plan_id)

    def search(self, koppeling: Koppeling, soort: Soort, text: str) -> list[Kandidaat]:
        """Search all that the application knows of one kind, also the inactive, by name, number, date or address."""
        wanted = text.casefold().split()
        found = []
        for lid in self.leden_of(koppeling).find(soort):
            g = lid.gegevens
            said = (g.label, g.key, g.eckid, g.geboortedatum, g.emailadres, g.jaargroep)
            whole = " ".join(part for part in said if part).casefold()
            if all(word in whole for word in wanted):
                found.append(
                    Kandidaat(id=lid.id, waarom="gezocht", label=g.label, gegevens=g, actief=lid.actief),
                )
        return found

    def apply(self, plan: Plan, *, recheck: bool = True, door: str | None = None) -> dict[str, Telling]:
        """Do what the plan says: all of it or nothing. A plan that was applied before changes nothing.

        Args:
            plan: the plan.
            recheck: ask the LAS for the roster again first, and refuse a plan of another one; not needed where it was
                fetched just now.
            door: who applies it, for the record; None is the night.

        Returns:
            What was done, per kind.

        Raises:
            NotReady: rows wait for a person, or a guard stopped it.
            Stale: the roster or the application's tables changed meanwhile; `replan` helps.
            ConfigurationError: the plan was not saved by `plan`, was broken off, or the koppeling is not actief any
                more.
            NoRoster, WrongAnswer, TransportError, MessageError, Fault: the roster could not be had again; nothing was
                written.
        """
        koppeling = Koppelingen(self._store).get(plan.koppeling_id)
        if recheck and plan.id is not None and self.status(plan.id)[0] == "open":
            plan.check()
            if hash_rosters(self.fetch(koppeling)) != plan.roster_hash:
                raise Stale(f"plan {plan.id}: the roster changed since")
        with self._store.write() as session:
            self._store.lock_school(session, koppeling.school)
            row = session.get(PlanRow, plan.id, with_for_update=True)
            if row is None:
                raise ConfigurationError("this plan is not in the store")
            if row.status in {"toegepast", "teruggedraaid"}:
                return {soort: Telling() for soort in SOORTEN}
            if row.status == "afgebroken":
                raise ConfigurationError(f"plan {plan.id} was broken off; make a new one")
            plan.check()
            kept = session.get_one(Koppeling, koppeling.id)
            if row.status == "vervallen" or kept.roster_hash != plan.roster_hash:
                raise Stale(f"plan {plan.id}: the roster changed since")
            now = self._store.now()
            plan.geheugen, plan.genegeerd, plan.door = kept.geheugen, kept.genegeerd, door
            done = {str(soort): plan.telling(soort) for soort in SOORTEN}
            counts = _counts(plan)
            _date_decisions(plan, now)
            leden = self.leden_of(koppeling, session)
            with leden.transaction():
                known = find_all(leden)
                if hash_leden(known) != plan.leden_hash:
                    raise Stale(f"plan {plan.id}: the application's own tables changed since")
                memory = write_plan(plan, leden, known, memory_of(kept))
            row.status, row.inhoud, row.toegepast_op = "toegepast", _encode(plan), now
            kept.geheugen = msgspec.json.encode(memory).decode()
            kept.genegeerd = msgspec.json.encode(sorted(ignored_after(plan))).decode()
            log_event(session, koppeling.id, now, "toegepast", plan=plan.id, **counts)
        return done

    def undo(self, koppeling_id: int, *, door: str | None = None) -> int:
        """Take back the last import of a koppeling as a whole (`terugdraaien`); gives the id of its plan.

        What it created is deactivated, old values return, who it deactivated is active again. The next import waits
        for a person, whatever it holds.

        Args:
            koppeling_id: whose import.
            door: who wants it, for the record.

        Raises:
            ConfigurationError: there is no import that wrote anything, results were recorded since, or what it wrote
                was changed since.
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
            waiting = session.scalars(_open_plans(koppeling_id)).all()
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
            row = _due(session, plan_id)
            return list(entries(_decode(row), row.toegepast_op)) if row.toegepast_op is not None else []

    def replan(self, plan: Plan) -> Plan:
        """Fetch again and make the plan anew, with the decisions that still hold."""
        koppeling = Koppelingen(self._store).get(plan.koppeling_id)
        new = self.plan(koppeling)
        if carry_over(plan, new):
            self.save(new)
        return new

    def leden_of(self, koppeling: Koppeling, session: Session | None = None) -> Leden:
        """Give the application's own tables for a koppeling."""
        return self._leden(koppeling, session) if self._leden else SqlLeden(self._store, koppeling.school, session)

    def _elsewhere(self, koppeling: Koppeling) -> set[str]:
        """Name the bronnen that other koppelingen of the school import."""
        others = select(Koppeling).where(
            Koppeling.school == koppeling.school, Koppeling.id != koppeling.id, Koppeling.status == "actief"
        )
        with self._store.read() as session:
            theirs = [(other.vendor, other.bronnen) for other in session.scalars(others) if other.url is not None]
        mine = scopes(koppeling.vendor, map(_label, koppeling.bronnen))
        return {one for vendor, bronnen in theirs for one in scopes(vendor, map(_label, bronnen))} - mine


def memory_of(koppeling: Koppeling) -> ImportMemory:
    """Give what the last import of a koppeling left to remember."""
    return msgspec.json.decode(koppeling.geheugen, type=ImportMemory) if koppeling.geheugen else ImportMemory()


def find_all(leden: Leden) -> dict[Soort, list[Lid]]:
    """Give all that the application knows of a school."""
    return {soort: list(leden.find(soort)) for soort in SOORTEN}


def _last_that_wrote(session: Session, koppeling_id: int) -> tuple[PlanRow, Plan]:
    applied = select(PlanRow).where(PlanRow.koppeling_id == koppeling_id, PlanRow.status == "toegepast")
    for row in session.scalars(applied.order_by(PlanRow.id.desc())):
        plan = _readable(row)
        if plan is not None and row.toegepast_op is not None and any(entries(plan, None)):
            return row, plan
    raise ConfigurationError(f"koppeling {koppeling_id} has no import that can be undone")


def _date_decisions(plan: Plan, now: datetime) -> None:
    """Note when a person decided, where the caller did not."""
    for rij in plan.rijen:
        if rij.beslist and rij.op is None:
            rij.op = now


def _open_plans(koppeling_id: int) -> Select[PlanRow]:
    wanted = select(PlanRow).where(PlanRow.koppeling_id == koppeling_id, PlanRow.status == "open")
    return wanted.order_by(PlanRow.id.desc())


def _due(session: Session, plan_id: int) -> PlanRow:
    row = session.get(PlanRow, plan_id)
    if row is None:
        raise ConfigurationError(f"there is no plan {plan_id}")
    return row


def _label(bron: Bron) -> str:
    return f"{bron.brincode}{bron.dependancecode or ''}" if bron.brincode else f"schoolkey {bron.schoolkey}"


def _ignored(koppeling: Koppeling) -> list[tuple[str, str]]:
    return msgspec.json.decode(koppeling.genegeerd or "[]", type=list[tuple[str, str]])


def _counts(plan: Plan) -> dict[str, Any]:
    return {soort: msgspec.structs.asdict(plan.telling(soort)) for soort in SOORTEN}


def _readable(row: PlanRow) -> Plan | None:
    """Give a plan; None where it cannot be read, such as one of another version: it would stop all later ones."""
    try:
        return _decode(row)
    except ConfigurationError:
        return None


def _encode(plan: Plan) -> str:
    return msgspec.json.encode(plan).decode()


def _decode(row: PlanRow) -> Plan:
    try:
        plan = msgspec.json.decode(row.inhoud, type=Plan)
    except msgspec.MsgspecError:
        raise ConfigurationError(f"plan {row.id} cannot be read, or was wiped when its koppeling ended") from None
    plan.id = row.id
    return plan
