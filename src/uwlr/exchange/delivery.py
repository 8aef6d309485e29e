"""Bringing results: each at least once, under keys that make it exactly once in effect.

What is about to be sent is marked onderweg first, with its aanmaakdatum. Whoever finds it so after a crash sends it
again: the receiver replaces a result that comes again under its key. A message that is refused for its content is
split until what is wrong stands alone, so that it does not hold up the rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import msgspec
from sqlalchemy import Select, and_, or_, select, tuple_, update
from sqlalchemy.orm import Session

from uwlr.berichten import LeerresultatenVerzoek, Resultaat, Toets, Toetsafname
from uwlr.berichten.leerresultaten import School
from uwlr.client import UwlrClient
from uwlr.codec.write import write
from uwlr.errors import ConfigurationError, Fault, InvalidMessage, UwlrError
from uwlr.exchange.kalender import history_window
from uwlr.exchange.koppeling import Connector, bronnen_of, connect, sleutelwissel_of, versie_of
from uwlr.exchange.ledger import Persoon, known_numbers
from uwlr.exchange.store import Store, log_event
from uwlr.exchange.tables import Koppeling, ResultaatRow, ToetsRow
from uwlr.foutcodes import Foutcode

BATCH: Final = 500
"""Results in one message."""

CONTENT: Final = frozenset(
    {
        Foutcode.ONGELDIG_BERICHT,
        Foutcode.LEERLING_ONGELDIG,
        Foutcode.SCORE_ONGELDIG,
        Foutcode.TOETS_NORMERING_ONGELDIG,
        Foutcode.ELD_RESULTAAT_ONGELDIG,
        Foutcode.VOCABULAIRE_TERM_ONGELDIG,
    }
)
"""Faults that blame what is in the message, rather than who sends it or the receiver itself."""

SILENT: Final = frozenset({"schoolkr8", "focuspo"})
"""Receivers that take the result of a pupil they do not know without a word, and drop it."""

UNSENDABLE: Final = "ongeldig"
"""Stands in place of a fault code where a result cannot be written as the standard has it, so it was never sent."""

_STEP: Final = timedelta(seconds=1)
_MANY: Final = 10
"""From so many results on, a message of which nothing at all is taken says more about the receiver than about them."""

_ENOUGH: Final = 64
"""Refusals without anything taken, after which splitting on is of no use."""


class EverythingRefused(UwlrError):  # noqa: N818 - the name says what happened
    """A receiver finds every single result invalid, so it is not the results; they stay klaar."""


class Bezorging(msgspec.Struct, kw_only=True):
    """What a delivery did.

    Attributes:
        bezorgd: results that were taken.
        geweigerd: results that were refused for their content.
        wacht: results whose pupil the receiver does not know, as far as can be told.
        berichten: messages that were sent.
    """

    bezorgd: int = 0
    geweigerd: int = 0
    wacht: int = 0
    berichten: int = 0


class _Refused(Exception):  # noqa: N818
    """A message was refused for its content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Deliverer:
    """Brings results.

    Args:
        store: where they are recorded.
        connector: makes the clients.
        batch: results in one message.
        silent: vendors that say nothing about pupils they do not know.
    """

    def __init__(
        self,
        store: Store,
        *,
        connector: Connector = connect,
        batch: int = BATCH,
        silent: frozenset[str] = SILENT,
    ) -> None:
        if batch < 1:
            raise ConfigurationError("batch is at least 1")
        self._store = store
        self._connector = connector
        self._batch = batch
        self._silent = silent

    def deliver(self, koppeling: Koppeling) -> Bezorging:
        """Bring all results of a koppeling that are due, also those that waited.

        Raises:
            ConfigurationError: another worker is at this koppeling, it is not actief, or it takes no results.
            EverythingRefused, TransportError, MessageError, Fault: it stopped; what was not taken stays due.
        """
        with self._store.claim(koppeling.id) as mine:
            if not mine:
                raise ConfigurationError(f"another worker is at koppeling {koppeling.id}")
            return self.deliver_claimed(koppeling)

    def deliver_claimed(self, koppeling: Koppeling) -> Bezorging:
        """Bring results as `deliver`, for one who has claimed the koppeling."""
        if koppeling.status != "actief" or koppeling.geactiveerd_op is None:
            raise ConfigurationError(f"koppeling {koppeling.id} is {koppeling.status}, not actief")
        if koppeling.leerresultaten_url is None:
            raise ConfigurationError(f"koppeling {koppeling.id} takes no results")
        done = Bezorging()
        if not self._anything(koppeling.id):
            return done
        try:
            for rows in self._due(koppeling, koppeling.geactiveerd_op):
                run = _Run(self._store, koppeling, koppeling.vendor in self._silent, done)
                bron = bronnen_of(koppeling)[rows[0].bron]
                with self._connector(koppeling, bron) as client:
                    run.bring(client, rows)
        finally:
            if done.berichten:
                now = self._store.now()
                with self._store.write() as session:
                    if done.bezorgd:
                        changed = update(Koppeling).where(Koppeling.id == koppeling.id)
                        session.execute(changed.values(laatst_bezorgd=now))
                    log_event(session, koppeling.id, now, "bezorging", **msgspec.structs.asdict(done))
        return done

    def _anything(self, koppeling_id: int) -> bool:
        """Tell whether something may be due; what a worker that died left onderweg is made due again."""
        open_ones = ResultaatRow.status.in_(("klaar", "onderweg"))
        found = select(ResultaatRow.status).where(ResultaatRow.koppeling_id == koppeling_id, open_ones).distinct()
        with self._store.read() as session:
            states = session.scalars(found).all()
        if "onderweg" in states:
            with self._store.write() as session:
                recover(session, koppeling_id)
        return bool(states)

    def _due(self, koppeling: Koppeling, since: datetime) -> Iterator[Sequence[ResultaatRow]]:
        """Give what is due, message by message; those that waited come last, so that they hold nobody up."""
        order = (
            ResultaatRow.wacht,
            ResultaatRow.bron,
            ResultaatRow.schooljaar,
            ResultaatRow.toetscode,
            ResultaatRow.key,
        )
        wanted = _eligible(koppeling, since, self._store.now()).order_by(*order).limit(self._batch)
        page = wanted
        while True:
            with self._store.read() as session:
                rows = session.scalars(page).all()
            for _, group in groupby(rows, attrgetter("wacht", "bron", "schooljaar")):
                yield list(group)
            if len(rows) < self._batch:
                return
            last = rows[-1]
            after = tuple_(*order) > tuple_(last.wacht, last.bron, last.schooljaar, last.toetscode, last.key)
            page = wanted.where(after)


def recover(session: Session, koppeling_id: int) -> None:
    """Make due again what is onderweg without anybody waiting for the answer."""
    left = update(ResultaatRow).where(ResultaatRow.koppeling_id == koppeling_id, ResultaatRow.status == "onderweg")
    session.execute(left.values(status="klaar"))


def _eligible(koppeling: Koppeling, since: datetime, now: datetime) -> Select[Any]:
    """What may be sent: normed since the activation (R1), of this school year and the one before (R3)."""
    previous, current = history_window(now)
    normed = ResultaatRow.genormeerd_op >= since
    if koppeling.vorig_schooljaar:
        normed = or_(normed, ResultaatRow.schooljaar == previous)
    mine = and_(ResultaatRow.koppeling_id == koppeling.id, ResultaatRow.status == "klaar")
    return select(ResultaatRow).where(mine, normed, ResultaatRow.schooljaar.in_((current, previous)))


class _Run:
    """Brings the results of one message, in as many messages as that takes."""

    def __init__(self, store: Store, koppeling: Koppeling, silent: bool, done: Bezorging) -> None:
        self.store = store
        self.koppeling = koppeling
        self.known = known_numbers(koppeling) if silent else None
        self.new_keys = sleutelwissel_of(koppeling)
        self.done = done

    def bring(self, client: UwlrClient, rows: Sequence[ResultaatRow]) -> None:
        """Send, and split what is refused."""
        alone: list[tuple[ResultaatRow, str]] = []
        try:
            taken = self._split(client, rows, alone)
            if taken == 0 and len(rows) >= _MANY and all(code == Foutcode.ONGELDIG_BERICHT for _, code in alone):
                alone.clear()
                raise EverythingRefused(f"koppeling {self.koppeling.id}: each of {len(rows)} results is refused")
        finally:
            with self.store.write() as session:
                for row, code in alone:
                    self._mark(session, [row], status="geweigerd", foutcode=code)
                recover(session, self.koppeling.id)
            self.done.geweigerd += len(alone)

    def _split(self, client: UwlrClient, rows: Sequence[ResultaatRow], alone: list[tuple[ResultaatRow, str]]) -> int:
        """Send the parts of a message; what is refused on its own goes to `alone`. Gives how many were settled.

        Breadth first: what is good in a message shows soon, and so does a receiver that takes nothing.
        """
        parts: deque[Sequence[ResultaatRow]] = deque([rows])
        taken = refusals = 0
        while parts:
            part = parts.popleft()
            try:
                taken += self._send(client, part)
            except _Refused as refused:
                refusals += 1
                if taken == 0 and refusals >= _ENOUGH and refused.code == Foutcode.ONGELDIG_BERICHT:
                    break
                if refused.code == Foutcode.LEERLING_ONGELDIG and len({row.persoon for row in part}) == 1:
                    self._wait(part, refused.code)
                    taken += len(part)
                elif len(part) == 1:
                    alone.append((part[0], refused.code))
                else:
                    parts.extend(_halves(part, refused.code))
        return taken

    def _send(self, client: UwlrClient, rows: Sequence[ResultaatRow]) -> int:
        verzoek = self._message(rows, self._leave(rows))
        try:
            client.breng_leerresultaten(verzoek)
        except Fault as fault:
            if fault.code not in CONTENT:
                raise
            self.done.berichten += 1
            raise _Refused(fault.code) from None
        except InvalidMessage:
            if _is_valid(verzoek):  # then it was the answer
                raise
            raise _Refused(UNSENDABLE) from None
        self.done.berichten += 1
        self._arrived(rows)
        return len(rows)

    def _leave(self, rows: Sequence[ResultaatRow]) -> datetime:
        """Mark results onderweg, and keep the aanmaakdatum they leave with: later than any before."""
        moment = self.store.now().replace(microsecond=0)
        with self.store.write() as session:
            koppeling = session.get(Koppeling, self.koppeling.id, with_for_update=True)
            if koppeling is None or koppeling.status != "actief":
                raise ConfigurationError(f"koppeling {self.koppeling.id} is not actief any more")
            if koppeling.laatste_aanmaakdatum is not None:
                moment = max(moment, koppeling.laatste_aanmaakdatum + _STEP)
            koppeling.laatste_aanmaakdatum = moment
            self._mark(session, rows, status="onderweg")
        return moment

    def _message(self, rows: Sequence[ResultaatRow], aanmaakdatum: datetime) -> LeerresultatenVerzoek:
        bron = bronnen_of(self.koppeling)[rows[0].bron]
        afnames: dict[Persoon, list[Resultaat]] = {}
        for row in rows:
            persoon = self._persoon(row)
            persoon = msgspec.structs.replace(persoon, leerlingid=self._number(persoon))
            afnames.setdefault(persoon, []).append(msgspec.json.decode(row.inhoud, type=Resultaat))
        codes = sorted({row.toetscode for row in rows})
        wanted = select(ToetsRow.inhoud).where(
            ToetsRow.koppeling_id == self.koppeling.id, ToetsRow.toetscode.in_(codes)
        )
        with self.store.read() as session:
            toetsen = [msgspec.json.decode(text, type=Toets) for text in session.scalars(wanted)]
        return LeerresultatenVerzoek(
            school=School(
                schooljaar=rows[0].schooljaar,
                aanmaakdatum=aanmaakdatum,
                auteur=self.koppeling.klantnaam,
                xsdversie=versie_of(self.koppeling),
                **bron.asked,
            ),
            toetsafnames=tuple(
                Toetsafname(
                    leerlingid=persoon.leerlingid,
                    eckid=persoon.eckid,
                    resultaatverwerkerid=persoon.resultaatverwerkerid,
                    resultaten=tuple(resultaten),
                )
                for persoon, resultaten in afnames.items()
            ),
            toetsen=tuple(sorted(toetsen, key=lambda toets: toets.toetscode.waarde)),
        )

    def _arrived(self, rows: Sequence[ResultaatRow]) -> None:
        waiting: list[ResultaatRow] = []
        if self.known is not None:
            waiting = [row for row in rows if self._number(self._persoon(row)) not in self.known]
            held = {row.key for row in waiting}
            rows = [row for row in rows if row.key not in held]
        with self.store.write() as session:
            self._mark(session, rows, status="bezorgd", wacht=False, foutcode=None, bezorgd_op=self.store.now())
            self._mark(session, waiting, status="klaar", wacht=True)
        self.done.bezorgd += len(rows)
        self.done.wacht += len(waiting)

    def _number(self, persoon: Persoon) -> str:
        """The key that the LAS has for a pupil now."""
        return self.new_keys.get(persoon.leerlingid, persoon.leerlingid)

    @staticmethod
    def _persoon(row: ResultaatRow) -> Persoon:
        return msgspec.json.decode(row.persoon, type=Persoon)

    def _wait(self, rows: Sequence[ResultaatRow], code: str) -> None:
        with self.store.write() as session:
            self._mark(session, rows, status="klaar", wacht=True, foutcode=code)
        self.done.wacht += len(rows)

    def _mark(self, session: Session, rows: Sequence[ResultaatRow], **values: object) -> None:
        """Change the state of results, of those that were not corrected meanwhile."""
        for volgnummer, group in groupby(sorted(rows, key=attrgetter("volgnummer")), attrgetter("volgnummer")):
            changed = update(ResultaatRow).where(
                ResultaatRow.koppeling_id == self.koppeling.id,
                ResultaatRow.key.in_([row.key for row in group]),
                ResultaatRow.volgnummer == volgnummer,
            )
            session.execute(changed.values(**values))


def _halves(rows: Sequence[ResultaatRow], code: str) -> list[Sequence[ResultaatRow]]:
    """Split in two, between pupils where a pupil is to blame, between tests where a test is."""
    by = "toetscode" if code == Foutcode.TOETS_NORMERING_ONGELDIG else "persoon"
    ordered = sorted(rows, key=attrgetter(by, "key"))
    middle = len(ordered) // 2
    borders = [i for i in range(1, len(ordered)) if getattr(ordered[i], by) != getattr(ordered[i - 1], by)]
    cut = min(borders, key=lambda border: abs(border - middle)) if borders else middle
    return [ordered[:cut], ordered[cut:]]


def _is_valid(verzoek: LeerresultatenVerzoek) -> bool:
    try:
        write(verzoek)
    except InvalidMessage:
        return False
    return True
