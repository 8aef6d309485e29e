"""What a school may be asked about one pupil: all that is kept, shown; and all of it erased, everywhere and for good.

Erasing goes in steps, and a kill may come after each: an order that says who; the application's own tables; the tables
of the store in one transaction, after which nothing says who it was; the files; done. The next run finishes it. The
pupil stays out of later imports, see `kept_out`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from uwlr.errors import ConfigurationError
from uwlr.exchange.import_history import ImportHistory, LedenOf, find_all
from uwlr.exchange.kept_out import kept_out, marks_of
from uwlr.exchange.koppeling import Koppelingen
from uwlr.exchange.leden import Leden, Lid
from uwlr.exchange.matching import hash_leden
from uwlr.exchange.person import Finder, Nobody, Others, Person
from uwlr.exchange.person_places import PLACES
from uwlr.exchange.person_plans import Kept
from uwlr.exchange.plan_rows import Kandidaat
from uwlr.exchange.pseudoniem import forgetting_secret
from uwlr.exchange.roster_rows import scope
from uwlr.exchange.store import Store, log_event
from uwlr.exchange.tables import Koppeling, VergetenRow, VergetenStatus
from uwlr.personal_data import about_pupils
from uwlr.undisclosed import Undisclosed


class Inspection(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept about one pupil of a school.

    Attributes:
        koppeling: whose school.
        school: the application's own id of it.
        gemaakt_op: when it was looked up.
        delen: what each table holds.
    """

    koppeling: int
    school: str
    gemaakt_op: datetime
    delen: dict[str, list[dict[str, Any]]]

    def __repr__(self) -> str:
        return f"<Inspection koppeling={self.koppeling}>"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order to forget a pupil: moments and counts, nothing that says who it was.

    Attributes:
        opdracht: number of the order.
        aantallen: what was erased. `bij_ontvanger` are results among them that a receiver has or may have, who has to
            remove them there; `misschien` results that may be the pupil's or another's, and were left.
    """

    opdracht: int
    koppeling: int
    status: VergetenStatus
    gevraagd_op: datetime
    klaar_op: datetime | None
    aantallen: dict[str, int]


class Forgotten(ConfigurationError):  # noqa: N818 - the name says what happened
    """The pupil was forgotten already.

    Attributes:
        order: by which order.
    """

    def __init__(self, order: int) -> None:
        super().__init__(f"that pupil was forgotten already, by order {order}")
        self.order = order


class Pupils:
    """The pupils of the schools of a store, one at a time.

    Args:
        store: where everything is kept.
        leden: gives the application's own tables for a koppeling; None takes tables in the store.
    """

    def __init__(self, store: Store, *, leden: LedenOf | None = None) -> None:
        self._store = store
        self._history = ImportHistory(store, leden=leden)

    def search(self, koppeling_id: int, text: str) -> list[Kandidaat]:
        """Search the pupils whom the application has, by name, number, date or address."""
        return self._history.search(Koppelingen(self._store).get(koppeling_id), "leerling", text)

    def inspect(self, koppeling_id: int, wie: str, *, bron: str | None = None) -> Inspection:
        """Give all that is kept about a pupil.

        Args:
            koppeling_id: whose school.
            wie: key, ECK-iD, or id in the application.
            bron: label of the bron in which it is a key, such as `99XX01`; None is any.

        Raises:
            Nobody, Several: nobody is known by it, or more than one.
            Forgotten: the pupil was forgotten already.
        """
        koppeling = Koppelingen(self._store).get(koppeling_id)
        with self._store.read() as session:
            kept = self._kept(session, koppeling, wie, bron)
            delen = {name: list(PLACES[name].show(kept)) for name in about_pupils()}
        return Inspection(
            koppeling=koppeling_id,
            school=koppeling.school,
            gemaakt_op=self._store.now(),
            delen={name: rows for name, rows in delen.items() if rows},
        )

    def forget(self, koppeling_id: int, wie: str, *, bron: str | None = None, door: str | None = None) -> Receipt:
        """Erase a pupil everywhere, and keep them out of later imports.

        Args:
            koppeling_id: whose school; in other schools nothing changes.
            wie: key, ECK-iD, or id in the application.
            bron: label of the bron in which it is a key; None is any.
            door: who wants it, for the record.

        Raises:
            Nobody, Several: nobody is known by it, or more than one.
            Forgotten: the pupil was forgotten already.
            ConfigurationError: the application's tables cannot forget, or somebody works on a koppeling of the school.
        """
        self.finish()
        koppeling = Koppelingen(self._store).get(koppeling_id)
        with self._alone(koppeling.school):
            return self._carry_out(self._order(koppeling, wie, bron, door))

    def finish(self) -> list[Receipt]:
        """Finish what was begun and not ended, as after a kill.

        Raises:
            ConfigurationError: as `forget`.
        """
        with self._store.read() as session:
            wanted = select(VergetenRow).where(VergetenRow.status.in_(("begonnen", "gewist")))
            begun = [(row.id, row.school) for row in session.scalars(wanted.order_by(VergetenRow.id))]
        receipts = []
        for order, school in begun:
            with self._alone(school):
                receipts.append(self._carry_out(order))
        return receipts

    def receipts(self, koppeling_id: int) -> list[Receipt]:
        """Give the orders of the school of a koppeling, and what became of them."""
        school = Koppelingen(self._store).get(koppeling_id).school
        with self._store.read() as session:
            wanted = select(VergetenRow).where(VergetenRow.school == school).order_by(VergetenRow.id)
            return [_receipt(row) for row in session.scalars(wanted)]

    def allow(self, order: int, *, door: str | None = None) -> None:
        """Let a pupil come back who was forgotten: the next import brings them as somebody new.

        Args:
            order: number of the order.
            door: who wants it, for the record.

        Raises:
            ConfigurationError: there is no such order, or it is not carried out yet.
        """
        with self._store.write() as session:
            row = session.get(VergetenRow, order, with_for_update=True)
            if row is None or row.status != "klaar":
                raise ConfigurationError(f"there is no order {order} that was carried out")
            row.status, row.kenmerken = "toegelaten", ()
            for koppeling in _koppelingen(session, row.school):
                koppeling.roster_hash = None  # or a roster without changes would not be planned
            log_event(session, row.koppeling_id, self._store.now(), "toegelaten", door=door, opdracht=order)

    # The steps.

    def _order(self, koppeling: Koppeling, wie: str, bron: str | None, door: str | None) -> int:
        """Write down who is to be forgotten: from here on they stay out, and it will be done."""
        if not callable(getattr(self._history.leden_of(koppeling), "forget", None)):
            raise ConfigurationError("the application's own tables have no `forget`, see uwlr.exchange.Leden")
        with self._store.write() as session:
            self._store.lock_school(session, koppeling.school)
            kept = self._kept(session, koppeling, wie, bron)
            person = kept.person
            dull = () if person.numbers or person.eckids else person.fingerprints
            secret = forgetting_secret(session.connection())
            row = VergetenRow(
                koppeling_id=koppeling.id,
                school=koppeling.school,
                status="begonnen",
                gevraagd_op=self._store.now(),
                door=door,
                wie=msgspec.json.encode(person).decode(),
                kenmerken=tuple(marks_of(secret, person.numbers, person.eckids, dull)),
                aantallen={"leden": len(kept.lids)},
            )
            session.add(row)
            session.flush()
            return row.id

    def _carry_out(self, order: int) -> Receipt:
        with self._store.read() as session:
            row = session.get_one(VergetenRow, order)
        if row.status == "begonnen" and row.wie is not None:
            person = msgspec.json.decode(row.wie, type=Person)
            koppeling = Koppelingen(self._store).get(row.koppeling_id)
            hashes = self._forget_lids(koppeling, person)
            self._erase(order, koppeling, person, hashes)
        if self._store.wipe():
            with self._store.write() as session:
                kept = session.get_one(VergetenRow, order)
                kept.status, kept.klaar_op = "klaar", self._store.now()
        with self._store.read() as session:
            return _receipt(session.get_one(VergetenRow, order))

    def _forget_lids(self, koppeling: Koppeling, person: Person) -> tuple[str, str]:
        """Erase the pupil from the application's own tables; gives what these held before and after."""
        leden = self._history.leden_of(koppeling)
        with leden.transaction():
            before = hash_leden(find_all(leden))
            for lid in person.lids:
                leden.forget("leerling", lid)
            return before, hash_leden(find_all(leden))

    def _erase(self, order: int, koppeling: Koppeling, person: Person, hashes: tuple[str, str]) -> None:
        """Erase the pupil from the tables, and from the order."""
        others = Others(self._pupils(self._history.leden_of(koppeling)))
        with self._store.write() as session:
            self._store.lock_school(session, koppeling.school)
            row = session.get_one(VergetenRow, order, with_for_update=True)
            kept = Kept(
                session=session,
                koppelingen=_koppelingen(session, koppeling.school),
                person=person,
                others=others,
                order=order,
                leden_hash=hashes,
            )
            found = Counter(row.aantallen)
            for name in about_pupils():
                found += PLACES[name].erase(kept)
            row.wie, row.status, row.aantallen = None, "gewist", dict(found)
            log_event(session, row.koppeling_id, self._store.now(), "vergeten", door=row.door, opdracht=order)

    # Finding.

    def _kept(self, session: Session, koppeling: Koppeling, wie: str, bron: str | None) -> Kept:
        koppelingen = _koppelingen(session, koppeling.school)
        spaces = None if bron is None else _spaces(koppelingen, bron)
        everybody = self._pupils(self._history.leden_of(koppeling, session))
        finder = Finder(session, koppelingen, everybody)
        try:
            person = finder.find(wie, spaces)
        except Nobody:
            out = kept_out(session, koppeling.school)
            for space in spaces or _spaces(koppelingen, None):
                found = out.who(space, [wie], None) or out.who(space, (), wie)
                if found is not None:
                    raise Forgotten(found.order) from None
            raise
        lids = [lid for lid in everybody if lid.id in person.lids]
        return Kept(session=session, koppelingen=koppelingen, person=person, others=finder.others, lids=lids)

    @staticmethod
    def _pupils(leden: Leden) -> list[Lid]:
        return list(leden.find("leerling"))

    @contextmanager
    def _alone(self, school: str) -> Iterator[None]:
        """Keep a school to oneself: nobody has its results or rosters in memory meanwhile."""
        with self._store.read() as session:
            koppelingen = _koppelingen(session, school)
        with ExitStack() as held:
            held.enter_context(self._store.alone())
            for koppeling in koppelingen:
                if not held.enter_context(self._store.claim(koppeling.id)):
                    raise ConfigurationError(f"somebody works on koppeling {koppeling.id}; try again when that is done")
            yield


def _koppelingen(session: Session, school: str) -> Sequence[Koppeling]:
    return session.scalars(select(Koppeling).where(Koppeling.school == school).order_by(Koppeling.id)).all()


def _spaces(koppelingen: Sequence[Koppeling], label: str | None) -> list[str]:
    found = {
        scope(koppeling.vendor, bron.roster_name): None
        for koppeling in koppelingen
        for bron in koppeling.bronnen
        if label in {None, bron.label}
    }
    if not found:
        raise ConfigurationError("the koppelingen of the school have no bron with this label")
    return list(found)


def _receipt(row: VergetenRow) -> Receipt:
    return Receipt(
        opdracht=row.id,
        koppeling=row.koppeling_id,
        status=row.status,  # type: ignore[arg-type]
        gevraagd_op=row.gevraagd_op,
        klaar_op=row.klaar_op,
        aantallen={name: count for name, count in row.aantallen.items() if count},
    )
