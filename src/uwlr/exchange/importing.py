"""Imports: fetch, plan, review, apply. Nothing is written before `apply`, and then all of it or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerlinggegevens, LeerlinggegevensVerzoek
from uwlr.client.core import inhoud_of
from uwlr.contradictions import WrongAnswer, contradictions
from uwlr.dutch_time import dutch_day
from uwlr.errors import ConfigurationError, UwlrError
from uwlr.exchange.applying import Known, ignored_after, write_plan
from uwlr.exchange.carried_decisions import carry_over
from uwlr.exchange.import_history import (
    ImportHistory,
    LedenOf,
    decode,
    due,
    find_all,
    memory_of,
    open_plans,
    readable,
)
from uwlr.exchange.kept_out import KeptOut, kept_out, last_order
from uwlr.exchange.koppeling import Connector, Koppelingen, connect
from uwlr.exchange.leden import SOORTEN, Leden
from uwlr.exchange.matching import hash_leden, hash_rosters, make_plan
from uwlr.exchange.outbox import queue
from uwlr.exchange.plan import Plan, Stale
from uwlr.exchange.plan_rows import MAX_DEACTIVATED, Telling
from uwlr.exchange.roster_rows import scopes
from uwlr.exchange.store import Store, log_event
from uwlr.exchange.tables import Base, Koppeling, PlanRow, PlanStatus
from uwlr.exchange.unread_values import marked
from uwlr.exchange.waiting import note_pupils
from uwlr.norm import schooljaar_for

Rosters = list[tuple[str, Leerlinggegevens]]


class NoRoster(UwlrError):  # noqa: N818 - the name says what happened
    """The LAS answered without a roster: that is never taken for an empty school."""


class Importer(ImportHistory):
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
        super().__init__(store, leden=leden)
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
            asked = LeerlinggegevensVerzoek(
                schooljaar=schooljaar,
                gegevenssetid=koppeling.gegevenssetid,
                xsdversie=koppeling.versie,
                **bron.arguments,
            )
            with self._connector(koppeling, bron) as client:
                exchange = client.exchange(asked)
            answer = inhoud_of(exchange, Leerlinggegevens)
            if isinstance(answer, (GeenGegevens, GeenWijzigingen)):
                raise NoRoster(f"koppeling {koppeling.id}: the LAS answered {type(answer).__name__} for {schooljaar}")
            found = contradictions(answer.school, schooljaar=schooljaar, xsdversie=koppeling.versie, **bron.arguments)
            if found:
                raise WrongAnswer(found)
            rosters.append((bron.roster_name, marked(answer, exchange.deviations)))
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
        leden = self.leden_of(koppeling)
        while True:
            with self._store.read() as reading:
                out = kept_out(reading, koppeling.school)
            plan = self._make(koppeling, rosters, leden, find_all(leden), self._elsewhere(koppeling), now, out)
            with self._store.write() as session:
                self._store.lock_school(session, koppeling.school)
                if last_order(session, koppeling.school) != out.last:
                    continue  # somebody was forgotten meanwhile
                self._carry_over(session, plan)
                kept = session.get_one(Koppeling, koppeling.id)
                row = PlanRow(gemaakt_op=now, status="open")
                self._keep(session, kept, rosters, plan, row, _counts(plan), out)
            return plan

    def plan_and_apply(self, koppeling: Koppeling, rosters: Rosters) -> tuple[Plan, bool]:
        """Plan, and apply at once what waits for nobody, all in one transaction; tells whether it was applied.

        A plan that waits is saved as `plan` does it.
        """
        now, elsewhere = self._store.now(), self._elsewhere(koppeling)
        with self._store.write() as session:
            self._store.lock_school(session, koppeling.school)
            kept = session.get_one(Koppeling, koppeling.id)
            leden = self.leden_of(kept, session)
            with leden.transaction():
                known = find_all(leden)
                out = kept_out(session, kept.school)
                plan = self._make(kept, rosters, leden, known, elsewhere, now, out)
                self._carry_over(session, plan)
                row = PlanRow(gemaakt_op=now, status="open")
                ready = plan.ready
                counts = _counts(plan)
                if ready:
                    self._write(kept, plan, row, leden, known, now)
                self._keep(session, kept, rosters, plan, row, counts, out)
                if ready:
                    log_event(session, kept.id, now, "toegepast", plan=plan.id, **counts)
        return plan, row.status == "toegepast"

    def _make(
        self,
        koppeling: Koppeling,
        rosters: Rosters,
        leden: Leden,
        known: Known,
        elsewhere: set[str],
        now: datetime,
        out: KeptOut,
    ) -> Plan:
        schooljaar = rosters[0][1].school.schooljaar
        return make_plan(
            koppeling.id,
            schooljaar if isinstance(schooljaar, str) else schooljaar_for(dutch_day(now)),
            rosters,
            leden,
            new_keys=koppeling.sleutelwissel,
            ignored=_ignored(koppeling),
            max_deactivated=self._max_deactivated,
            las=koppeling.vendor,
            memory=memory_of(koppeling),
            today=dutch_day(now),
            elsewhere=elsewhere,
            known=known,
            kept_out=out,
        )

    @staticmethod
    def _carry_over(session: Session, plan: Plan) -> None:
        """Take the decisions of the plan that is open over, and let it go."""
        opened = open_plans(session, plan.koppeling_id)
        older = readable(opened[0]) if opened else None
        if older is not None:
            carry_over(older, plan)
        for old in opened:
            old.status = "vervallen"

    @staticmethod
    def _keep(
        session: Session,
        koppeling: Koppeling,
        rosters: Rosters,
        plan: Plan,
        row: PlanRow,
        counts: dict[str, Any],
        out: KeptOut,
    ) -> None:
        values = {name: getattr(row, name) for name in ("gemaakt_op", "status", "toegepast_op")}
        values |= {"koppeling_id": koppeling.id, "inhoud": _encode(plan)}
        # Past the session, which would look at all it holds for the sake of one number.
        [plan.id] = session.connection().execute(_INSERT, values).inserted_primary_key or [None]
        row.id = plan.id or 0
        koppeling.laatst_opgehaald, koppeling.roster_hash = row.gemaakt_op, plan.roster_hash
        note_pupils(session, koppeling, rosters, out)
        if row.status == "open" and (plan.changes or plan.open_rows or plan.waits or plan.guarded):
            unmatched = dict(plan.unmatched)
            waits = {"open_rows": len(plan.open_rows), "guarded": plan.guarded, "unmatched": unmatched}
            queue(session, koppeling.id, row.gemaakt_op, "import", f"plan {row.id}", plan=row.id, **waits)
        log_event(session, koppeling.id, row.gemaakt_op, "plan", plan=row.id, aard=plan.aard, **counts)

    @staticmethod
    def _write(koppeling: Koppeling, plan: Plan, row: PlanRow, leden: Leden, known: Known, now: datetime) -> None:
        """Do what a plan says, inside the transactions of the store and of the application's tables."""
        plan.geheugen, plan.genegeerd = koppeling.geheugen, koppeling.genegeerd
        _date_decisions(plan, now)
        memory = write_plan(plan, leden, known, memory_of(koppeling))
        row.status, row.toegepast_op = "toegepast", now
        koppeling.geheugen = msgspec.json.encode(memory).decode()
        koppeling.genegeerd = msgspec.json.encode(sorted(ignored_after(plan))).decode()

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
        with self._store.read() as session:
            return session.scalars(_LAST, {"of": koppeling.id}).first() == "toegepast"

    def load(self, plan_id: int) -> Plan:
        """Give a plan that was saved.

        Raises:
            ConfigurationError: there is none with this id.
        """
        with self._store.read() as session:
            return decode(due(session, plan_id))

    def status(self, plan_id: int) -> tuple[PlanStatus, datetime | None]:
        """Tell the state of a plan, and when it was applied.

        Raises:
            ConfigurationError: there is none with this id.
        """
        with self._store.read() as session:
            row = due(session, plan_id)
            return row.status, row.toegepast_op  # type: ignore[return-value]

    def open_plan(self, koppeling_id: int) -> Plan | None:
        """Give the plan of a koppeling that waits, if there is one."""
        with self._store.read() as session:
            opened = open_plans(session, koppeling_id)
            return readable(opened[0]) if opened else None

    def save(self, plan: Plan) -> None:
        """Keep the decisions that were made.

        Raises:
            ConfigurationError: the plan was applied, broken off or replaced meanwhile.
            Stale: a pupil was forgotten since it was loaded.
        """
        saved = update(PlanRow).where(PlanRow.id == plan.id, PlanRow.status == "open")
        with self._store.write() as session:
            self._check_forgotten(session, plan)
            _date_decisions(plan, self._store.now())
            if not session.execute(saved.values(inhoud=_encode(plan))).rowcount:  # type: ignore[attr-defined]
                raise ConfigurationError(f"plan {plan.id} is not open any more")

    def abort(self, plan_id: int, *, door: str | None = None) -> None:
        """Break a plan off: nothing of it is done, and the next import shows the same rows.

        Args:
            plan_id: which one.
            door: who wants it, for the record.

        Raises:
            ConfigurationError: it is not open any more, or there is none.
        """
        with self._store.write() as session:
            row = due(session, plan_id)
            if row.status != "open":
                raise ConfigurationError(f"plan {plan_id} is {row.status}, not open")
            row.status = "afgebroken"
            log_event(session, row.koppeling_id, self._store.now(), "afgebroken", door=door, plan=plan_id)

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
            if row.status == "vervallen":
                raise Stale(f"plan {plan.id} is vervallen")
            plan.check()
            self._check_forgotten(session, plan)
            kept = session.get_one(Koppeling, koppeling.id)
            if kept.roster_hash != plan.roster_hash:
                raise Stale(f"plan {plan.id}: the roster changed since")
            plan.door = door
            done = {str(soort): plan.telling(soort) for soort in SOORTEN}
            leden = self.leden_of(koppeling, session)
            with leden.transaction():
                known = find_all(leden)
                if hash_leden(known) != plan.leden_hash:
                    raise Stale(f"plan {plan.id}: the application's own tables changed since")
                now = self._store.now()
                counts = _counts(plan)
                self._write(kept, plan, row, leden, known, now)
            row.inhoud = _encode(plan)
            log_event(session, kept.id, now, "toegepast", plan=plan.id, **counts)
        return done

    @staticmethod
    def _check_forgotten(session: Session, plan: Plan) -> None:
        """See that a plan that somebody holds in memory is not of before a pupil was forgotten.

        Raises:
            Stale: it is.
        """
        koppeling = session.get_one(Koppeling, plan.koppeling_id)
        if last_order(session, koppeling.school) != plan.laatst_vergeten:
            raise Stale(f"plan {plan.id}: a pupil was forgotten since; load it again")

    def replan(self, plan: Plan) -> Plan:
        """Fetch again and make the plan anew, with the decisions that still hold."""
        koppeling = Koppelingen(self._store).get(plan.koppeling_id)
        new = self.plan(koppeling)
        carry_over(plan, new)
        self.save(new)
        return new

    def _elsewhere(self, koppeling: Koppeling) -> set[str]:
        """Name the bronnen that other koppelingen of the school import."""
        which = {"of": koppeling.school, "not": koppeling.id}
        with self._store.read() as session:
            theirs = session.execute(_OTHERS, which).all()
        if not theirs:
            return set()
        mine = set(scopes(koppeling.vendor, koppeling.bronnen))
        return {one for vendor, bronnen in theirs for one in scopes(vendor, bronnen)} - mine


def _date_decisions(plan: Plan, now: datetime) -> None:
    """Note when a person decided, where the caller did not."""
    for rij in plan.rijen:
        if rij.beslist and rij.op is None:
            rij.op = now


_INSERT: Final = insert(Base.metadata.tables[PlanRow.__tablename__])
_LAST: Final = (
    select(PlanRow.status).where(PlanRow.koppeling_id == bindparam("of")).order_by(PlanRow.id.desc()).limit(1)
)
_OTHERS: Final = select(Koppeling.vendor, Koppeling.bronnen).where(
    Koppeling.school == bindparam("of"),
    Koppeling.id != bindparam("not"),
    Koppeling.status == "actief",
    Koppeling.url.is_not(None),
)


def _ignored(koppeling: Koppeling) -> list[tuple[str, str]]:
    return msgspec.json.decode(koppeling.genegeerd or "[]", type=list[tuple[str, str]])


def _counts(plan: Plan) -> dict[str, Any]:
    return {soort: msgspec.structs.asdict(plan.telling(soort)) for soort in SOORTEN}


def _encode(plan: Plan) -> str:
    return msgspec.json.encode(plan).decode()
