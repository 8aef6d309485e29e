"""Imports: fetch, plan, review, apply. Nothing is written before `apply`, and then all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerlinggegevens
from uwlr.dutch_time import dutch_day
from uwlr.errors import ConfigurationError, UwlrError
from uwlr.exchange.bron import Bron
from uwlr.exchange.koppeling import Connector, Koppelingen, connect
from uwlr.exchange.leden import SOORTEN, Gegevens, Leden, SqlLeden
from uwlr.exchange.matching import hash_leden, hash_rosters, make_plan
from uwlr.exchange.outbox import queue
from uwlr.exchange.plan import MAX_DEACTIVATED, Plan, Rij, Stale, Telling, carry_over
from uwlr.exchange.store import Store, log_event
from uwlr.exchange.tables import Koppeling, PlanRow
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
            rosters.append((_label(bron), answer))
        return rosters

    def plan(self, koppeling: Koppeling, rosters: Rosters | None = None) -> Plan:
        """Fetch and plan; decisions of a person in an older plan that is still open are taken over.

        The plan is saved and replaces older open ones. Nothing else is written.

        Args:
            koppeling: whose import.
            rosters: what was fetched already; None fetches.

        Raises:
            NoRoster, ConfigurationError, TransportError, MessageError, Fault: as `fetch`.
        """
        rosters = rosters if rosters is not None else self.fetch(koppeling)
        plan = make_plan(
            koppeling.id,
            rosters[0][1].school.schooljaar,
            rosters,
            self.leden_of(koppeling),
            new_keys=koppeling.sleutelwissel,
            ignored=_ignored(koppeling),
            max_deactivated=self._max_deactivated,
        )
        older = self.open_plan(koppeling.id)
        if older is not None:
            carry_over(older, plan)
        now = self._store.now()
        with self._store.write() as session:
            replaced = update(PlanRow).where(PlanRow.koppeling_id == koppeling.id, PlanRow.status == "open")
            session.execute(replaced.values(status="vervallen"))
            row = PlanRow(koppeling_id=koppeling.id, gemaakt_op=now, status="open", inhoud=_encode(plan))
            session.add(row)
            session.flush()
            plan.id = row.id
            changed = update(Koppeling).where(Koppeling.id == koppeling.id)
            session.execute(changed.values(laatst_opgehaald=now, roster_hash=plan.roster_hash))
            note_pupils(session, koppeling, rosters)
            if plan.changes or plan.open_rows:
                unmatched = {soort: plan.unmatched[soort] for soort in SOORTEN if plan.unmatched[soort]}
                waits = {"open_rows": len(plan.open_rows), "guarded": plan.guarded, "unmatched": unmatched}
                queue(session, koppeling.id, now, "import", f"plan {row.id}", plan=row.id, **waits)
            counts: dict[str, Any] = {soort: msgspec.structs.asdict(plan.telling(soort)) for soort in SOORTEN}
            log_event(session, koppeling.id, now, "plan", plan=row.id, **counts)
        return plan

    def unchanged(self, koppeling: Koppeling, rosters: Rosters) -> bool:
        """Tell whether rosters hold what the last import brought, so that there is nothing to plan.

        The application's own tables are not looked at: a change there waits for the next change of the roster.
        """
        if koppeling.roster_hash is None or koppeling.roster_hash != hash_rosters(rosters):
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
            row = session.get(PlanRow, plan_id)
        if row is None:
            raise ConfigurationError(f"there is no plan {plan_id}")
        try:
            return _decode(row)
        except msgspec.MsgspecError:
            raise ConfigurationError(f"plan {plan_id} cannot be read, or was wiped when its koppeling ended") from None

    def open_plan(self, koppeling_id: int) -> Plan | None:
        """Give the plan of a koppeling that waits, if there is one."""
        wanted = select(PlanRow).where(PlanRow.koppeling_id == koppeling_id, PlanRow.status == "open")
        with self._store.read() as session:
            row = session.scalars(wanted.order_by(PlanRow.id.desc()).limit(1)).first()
        if row is None:
            return None
        try:
            return _decode(row)
        except msgspec.MsgspecError:
            self._expire(row)
            return None

    def _expire(self, row: PlanRow) -> None:
        """Let go of a plan that cannot be read, such as one of another version: it would stop all later ones."""
        with self._store.write() as session:
            session.execute(update(PlanRow).where(PlanRow.id == row.id).values(status="vervallen"))
            log_event(session, row.koppeling_id, self._store.now(), "plan onleesbaar", plan=row.id)

    def save(self, plan: Plan) -> None:
        """Keep the decisions that were made.

        Raises:
            ConfigurationError: the plan was applied or replaced meanwhile.
        """
        saved = update(PlanRow).where(PlanRow.id == plan.id, PlanRow.status == "open")
        with self._store.write() as session:
            if not session.execute(saved.values(inhoud=_encode(plan))).rowcount:  # type: ignore[attr-defined]
                raise ConfigurationError(f"plan {plan.id} is not open any more")

    def apply(self, plan: Plan, *, recheck: bool = True) -> dict[str, Telling]:
        """Do what the plan says: all of it or nothing. A plan that was applied before changes nothing.

        Args:
            plan: the plan.
            recheck: ask the LAS for the roster again first, and refuse a plan of another one; not needed where it was
                fetched just now.

        Returns:
            What was done, per kind.

        Raises:
            NotReady: rows wait for a person, or the guard stopped it.
            Stale: the roster or the application's tables changed meanwhile; `replan` helps.
            ConfigurationError: the plan was not saved by `plan`, or the koppeling is not actief any more.
            NoRoster, TransportError, MessageError, Fault: the roster could not be had again; nothing was written.
        """
        koppeling = Koppelingen(self._store).get(plan.koppeling_id)
        if recheck and self._status(plan) == "open":
            plan.check()
            if hash_rosters(self.fetch(koppeling)) != plan.roster_hash:
                raise Stale(f"plan {plan.id}: the roster changed since")
        with self._store.write() as session:
            self._store.lock_school(session, koppeling.school)
            row = session.get(PlanRow, plan.id, with_for_update=True)
            if row is None:
                raise ConfigurationError("this plan is not in the store")
            if row.status == "toegepast":
                return {soort: Telling() for soort in SOORTEN}
            plan.check()
            if row.status == "vervallen" or koppeling.roster_hash != plan.roster_hash:
                raise Stale(f"plan {plan.id}: the roster changed since")
            leden = self.leden_of(koppeling, session)
            with leden.transaction():
                if hash_leden(leden) != plan.leden_hash:
                    raise Stale(f"plan {plan.id}: the application's own tables changed since")
                _write(plan, leden)
            row.status, row.inhoud = "toegepast", _encode(plan)
            ignored = {rij.identity for rij in plan.rijen if rij.keuze == "niet importeren" and rij.identity[1]}
            genegeerd = msgspec.json.encode(sorted(ignored)).decode()
            session.execute(update(Koppeling).where(Koppeling.id == koppeling.id).values(genegeerd=genegeerd))
            done = {soort: plan.telling(soort) for soort in SOORTEN}
            counts: dict[str, Any] = {soort: msgspec.structs.asdict(telling) for soort, telling in done.items()}
            log_event(session, koppeling.id, self._store.now(), "toegepast", plan=plan.id, **counts)
        return {str(soort): telling for soort, telling in done.items()}

    def _status(self, plan: Plan) -> str | None:
        with self._store.read() as session:
            return session.scalar(select(PlanRow.status).where(PlanRow.id == plan.id))

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


def _write(plan: Plan, leden: Leden) -> None:
    imported = {rij.gegevens.key for rij in plan.of("groep") if rij.keuze in {"nieuw", "bestaand"}}
    for rij in plan.rijen:
        gegevens = _without(rij, imported)
        if rij.keuze == "nieuw":
            rij.lid = leden.create(rij.soort, gegevens)
        elif rij.keuze == "bestaand" and rij.wijzigt and rij.lid is not None:
            leden.update(rij.soort, rij.lid, gegevens)
    for weg in plan.deactiveren:
        leden.deactivate("leerling", weg.lid)


def _without(rij: Rij, imported: set[str | None]) -> Gegevens:
    """Leave out groups that are not imported; the person is all the same."""
    groepen = tuple(key for key in rij.gegevens.groepen if key in imported)
    return msgspec.structs.replace(rij.gegevens, groepen=groepen)


def _label(bron: Bron) -> str:
    return f"{bron.brincode}{bron.dependancecode or ''}" if bron.brincode else "schoolkey"


def _ignored(koppeling: Koppeling) -> list[tuple[str, str]]:
    return msgspec.json.decode(koppeling.genegeerd or "[]", type=list[tuple[str, str]])


def _encode(plan: Plan) -> str:
    return msgspec.json.encode(plan).decode()


def _decode(row: PlanRow) -> Plan:
    plan = msgspec.json.decode(row.inhoud, type=Plan)
    plan.id = row.id
    return plan
