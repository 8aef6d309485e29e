"""Bringing results: each at least once, under keys that make it exactly once in effect.

What is about to be sent is marked onderweg first, with its aanmaakdatum. Whoever finds it so after a crash sends it
again: the receiver replaces a result that comes again under its key. Nothing stops anything else: a message that is
refused for its content is split until what is wrong stands alone, one on which the receiver itself fails is set aside
for the night, and a key that is refused stops the results of its own bron only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, Literal, Self, TypeAlias

import msgspec
from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session

from uwlr.berichten import LeerresultatenVerzoek, Resultaat, Toets, Toetsafname
from uwlr.berichten.leerresultaten import School
from uwlr.client import UwlrClient
from uwlr.client.retry import is_temporary
from uwlr.codec.write import write
from uwlr.dutch_time import dutch_day
from uwlr.errors import (
    ConfigurationError,
    Fault,
    HttpError,
    InvalidMessage,
    MessageError,
    ServerFault,
    Timeout,
    UwlrError,
)
from uwlr.exchange.koppeling import AUTEUR, Connector, connect, next_aanmaakdatum, versie_of
from uwlr.exchange.new_results import Persoon
from uwlr.exchange.presets import PRESETS
from uwlr.exchange.sendable import may_be_sent, ready
from uwlr.exchange.splitting import CONTENT, ENOUGH, FAILING, UNSENDABLE, EverythingRefused, Splitting, messages
from uwlr.exchange.store import Store, log_event
from uwlr.exchange.tables import Koppeling, ResultaatRow, ToetsRow
from uwlr.foutcodes import Foutcode

BATCH: Final = 500
"""Results in one message."""

SILENT: Final = frozenset(vendor for vendor, preset in PRESETS.items() if preset.silent)
"""Receivers that take the result of a pupil they do not know without a word, and drop it."""

UNKNOWN_A_NIGHT: Final = 20
"""Messages of a delivery for pupils whom the receiver did not know, those who waited longest first."""

FAILING_NIGHTS: Final = 3
"""Nights on which the receiver fails on a message before its results are told apart."""

SPLITS: Final = 1000
"""Messages of a delivery that take others apart; what is left goes on the next night."""

_IN_A_ROW: Final = 3
"""Messages on which a receiver fails one after the other before the delivery stops."""

_ORDER: Final = (
    ResultaatRow.bron,
    ResultaatRow.schooljaar,
    ResultaatRow.toetscode,
    ResultaatRow.toetsversie,
    ResultaatRow.key,
)

Kind: TypeAlias = Literal["content", "message", "bron", "all"]
"""What an answer is about: what is in the message, this message, who asks for this bron, or the receiver."""


class Bezorging(msgspec.Struct, kw_only=True):
    """What a delivery did.

    Attributes:
        bezorgd: results that were taken.
        geweigerd: results that were refused for their content.
        wacht: results that wait in the end as the receiver does not know their pupil, as far as can be told.
        berichten: messages that were sent.
        mislukt: messages on which the receiver failed, or whose key it refused.
    """

    bezorgd: int = 0
    geweigerd: int = 0
    wacht: int = 0
    berichten: int = 0
    mislukt: int = 0


def kind_of(error: UwlrError) -> Kind:
    """Tell what an answer to a message with results is about."""
    match error:
        case Fault() if error.code in CONTENT:
            return "content"
        case ServerFault() | Timeout() | MessageError() if not is_temporary(error):
            return "message"
        case HttpError(status=500):
            return "message"
        case Fault() if not isinstance(error, ServerFault):
            return "bron"
        case _:
            return "all"


class Deliverer:
    """Brings results.

    Args:
        store: where they are recorded.
        connector: makes the clients.
        batch: results in one message.
        silent: vendors that say nothing about pupils they do not know.
        unknown: messages of a delivery for pupils whom the receiver did not know, those who waited longest first; None
            is for all of them, as when a person asks for it.
    """

    def __init__(
        self,
        store: Store,
        *,
        connector: Connector = connect,
        batch: int = BATCH,
        silent: frozenset[str] = SILENT,
        unknown: int | None = UNKNOWN_A_NIGHT,
    ) -> None:
        if batch < 1:
            raise ConfigurationError("batch is at least 1")
        self._unknown = unknown
        self._store = store
        self._connector = connector
        self._batch = batch
        self._silent = silent

    def deliver(self, koppeling: Koppeling) -> Bezorging:
        """Bring all results of a koppeling that are due, and some of those that wait.

        Raises:
            ConfigurationError: another worker is at this koppeling, it is not actief, or it takes no results.
            EverythingRefused, TransportError, MessageError, Fault: the first thing that went wrong, after everything
                else was brought; what was not taken stays due.
        """
        done = Bezorging()
        with self._store.claim(koppeling.id) as mine:
            if not mine:
                raise ConfigurationError(f"another worker is at koppeling {koppeling.id}")
            self.deliver_claimed(koppeling, done)
        return done

    def deliver_claimed(self, koppeling: Koppeling, done: Bezorging) -> None:
        """Bring results as `deliver`, for one who has claimed the koppeling; what was done is noted in `done`."""
        if koppeling.status != "actief" or koppeling.geactiveerd_op is None:
            raise ConfigurationError(f"koppeling {koppeling.id} is {koppeling.status}, not actief")
        if koppeling.leerresultaten_url is None:
            raise ConfigurationError(f"koppeling {koppeling.id} takes no results")
        if koppeling.startdatum is not None and koppeling.startdatum > dutch_day(self._store.now()):
            raise ConfigurationError(f"koppeling {koppeling.id} begins on {koppeling.startdatum}")
        if not self._anything(koppeling.id):
            return
        with _Run(self._store, koppeling, self._connector, koppeling.vendor in self._silent, done) as run:
            self._bring(run, koppeling)

    def _bring(self, run: _Run, koppeling: Koppeling) -> None:
        """Bring what is fresh, then that on which the receiver failed before, then some of what waits."""
        if not run.silent:
            self._join_waiting(koppeling.id)
        fresh = (ResultaatRow.wacht.is_(False), ResultaatRow.mislukt == 0)
        for page in self._pages(koppeling, *fresh):
            for message in messages(page, self._batch):
                run.bring(message)
        failed_before = (ResultaatRow.wacht.is_(False), ResultaatRow.mislukt > 0)
        for page in self._pages(koppeling, *failed_before):
            for message in messages(page, self._batch):
                run.bring([row for row in message if row.key not in run.tried])
        run.bring_suspended()
        for message in self._waiting(koppeling, run):
            run.bring(message)
        run.end()

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

    def _pages(self, koppeling: Koppeling, *which: Any) -> Iterator[Sequence[ResultaatRow]]:
        """Give what is due, by bron, school year and test."""
        wanted = may_be_sent(koppeling, self._store.now()).where(*which).order_by(*_ORDER).limit(self._batch)
        page = wanted
        while True:
            with self._store.read() as session:
                rows = session.scalars(page).all()
            if rows:
                yield rows
            if len(rows) < self._batch:
                return
            last = rows[-1]
            page = wanted.where(tuple_(*_ORDER) > tuple_(*(getattr(last, column.key) for column in _ORDER)))

    def _waiting(self, koppeling: Koppeling, run: _Run) -> Iterator[list[ResultaatRow]]:
        """Give messages for pupils whom the receiver did not know: each on its own, unless it says nothing anyway."""
        waits = may_be_sent(koppeling, self._store.now()).where(ResultaatRow.wacht)
        oldest = func.coalesce(ResultaatRow.verzonden_op, ResultaatRow.vastgelegd_op)
        with self._store.read() as session:
            if run.silent:
                limit = None if self._unknown is None else self._batch * self._unknown
                rows = session.scalars(waits.order_by(oldest, *_ORDER).limit(limit)).all()
            else:
                pupils = waits.with_only_columns(ResultaatRow.leerling).group_by(ResultaatRow.leerling)
                turn = pupils.order_by(func.min(oldest), ResultaatRow.leerling).limit(self._unknown)
                mine = ResultaatRow.leerling.in_(session.scalars(turn).all())
                rows = session.scalars(waits.where(mine).order_by(*_ORDER)).all()
        together: dict[str, list[ResultaatRow]] = {}
        for row in rows:
            if row.key not in run.tried:
                together.setdefault("" if run.silent else row.leerling, []).append(row)
        each = [message for own in together.values() for message in messages(own, self._batch)]
        yield from each[: self._unknown]

    def _join_waiting(self, koppeling_id: int) -> None:
        """Have new results of a pupil whom the receiver does not know wait with the others."""
        waiting = select(ResultaatRow.leerling, ResultaatRow.bron).where(ready(koppeling_id), ResultaatRow.wacht)
        with self._store.read() as session:
            if session.scalar(waiting.limit(1)) is None:
                return
        pupil = tuple_(
            ResultaatRow.leerling, ResultaatRow.bron
        )  # the same key may be another pupil's at another school
        mine = (ready(koppeling_id), ResultaatRow.wacht.is_(False), pupil.in_(waiting))
        with self._store.write() as session:
            session.execute(update(ResultaatRow).where(*mine).values(wacht=True))


def recover(session: Session, koppeling_id: int) -> None:
    """Make due again what is onderweg without anybody waiting for the answer."""
    left = update(ResultaatRow).where(ResultaatRow.koppeling_id == koppeling_id, ResultaatRow.status == "onderweg")
    session.execute(left.values(status="klaar"))


class _Run:
    """One delivery: sends messages, notes what became of them, and remembers what went wrong."""

    def __init__(self, store: Store, koppeling: Koppeling, connector: Connector, silent: bool, done: Bezorging) -> None:
        self.store = store
        self.koppeling = koppeling
        self.connector = connector
        self.silent = silent
        self.done = done
        self.tried: set[str] = set()
        self._day: date = dutch_day(store.now())
        self._clients: dict[int, UwlrClient] = {}
        self._suspended: list[Splitting[ResultaatRow]] = []
        self._stopped: set[int] = set()
        self._errors: list[UwlrError] = []
        self._taken = False
        self._settling = False
        self._in_a_row = 0
        self._splits = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients.values():
            client.close()
        now = self.store.now()
        with self.store.write() as session:
            recover(session, self.koppeling.id)
            waits = may_be_sent(self.koppeling, now).where(ResultaatRow.wacht)
            self.done.wacht = session.scalar(waits.with_only_columns(func.count())) or 0
            if self.done.bezorgd:
                changed = update(Koppeling).where(Koppeling.id == self.koppeling.id)
                session.execute(changed.values(laatst_bezorgd=now))
            if self.done.berichten or self.done.geweigerd:
                log_event(session, self.koppeling.id, now, "bezorging", **msgspec.structs.asdict(self.done))

    def end(self) -> None:
        """Raise the first thing that went wrong."""
        if self._errors:
            raise self._errors[0]

    def bring(self, rows: Sequence[ResultaatRow]) -> None:
        """Bring the results of one message, in as many messages as that takes."""
        readable = self._readable(rows)
        if readable:
            self._split(Splitting(readable, self._day.toordinal()))

    def bring_suspended(self) -> None:
        """Decide about messages of which nothing was taken: the receiver is to blame, or what is in them."""
        held, self._suspended = self._suspended, []
        alone = [row for splitting in held for row, _ in splitting.alone]
        unsettled = any(splitting.parts for splitting in held) or len({row.leerling for row in alone}) >= ENOUGH
        if not self._taken and unsettled:
            count = len(alone) + sum(len(part) for splitting in held for part in splitting.parts)
            text = f"koppeling {self.koppeling.id}: every result is refused, of {count} that are due"
            self._errors.append(EverythingRefused(text))
            return
        self._settling = True
        for splitting in held:
            self._split(splitting)

    def _split(self, splitting: Splitting[ResultaatRow]) -> None:
        while (part := splitting.next()) is not None:
            if part[0].bron in self._stopped or self._splits > SPLITS:
                return
            outcome = self._send(part)
            if outcome == "taken":
                splitting.took(part)
                self._taken = True
            elif outcome == "passed":
                splitting.passed()
            else:
                self._take_apart(splitting, part, outcome)
            if splitting.hopeless and not self._taken and not self._settling:
                break
            if self._suspended and not self._taken and splitting.parts:
                break  # nothing was taken so far: it is enough to have asked once
        if splitting.says_nothing and not self._taken and not self._settling:
            self._suspended.append(splitting)
            return
        # What the receiver fails on is given up only if it takes other results.
        settled = [(row, code) for row, code in splitting.alone if code != FAILING or self._taken]
        for row, code in settled:
            self._mark([row], status="geweigerd", foutcode=code)
        self.done.geweigerd += len(settled)

    def _take_apart(self, splitting: Splitting[ResultaatRow], part: Sequence[ResultaatRow], code: str) -> None:
        self._splits += 1
        if code == Foutcode.LEERLING_ONGELDIG and len({row.leerling for row in part}) == 1:
            self._mark(part, status="klaar", wacht=True, foutcode=code)
            splitting.took(part)
            self._taken = True
        else:
            splitting.refused(part, code)

    def _send(self, rows: Sequence[ResultaatRow]) -> str:
        """Send a part: taken, passed if the answer says nothing about its results, else the code that refuses it."""
        self.tried.update(row.key for row in rows)
        try:
            verzoek = self._message(rows, self._leave(rows))
        except _NotActiveError as error:
            self._stop(error)
            return "passed"
        try:
            self._client(rows[0].bron).breng_leerresultaten(verzoek)
        except UwlrError as error:
            return self._refused(rows, verzoek, error)
        self.done.berichten += 1
        self._in_a_row = 0
        self._arrived(rows)
        return "taken"

    def _refused(self, rows: Sequence[ResultaatRow], verzoek: LeerresultatenVerzoek, error: UwlrError) -> str:
        if isinstance(error, InvalidMessage) and not _is_valid(verzoek):
            return UNSENDABLE  # it was never sent
        self.done.berichten += 1
        kind = kind_of(error)
        if kind == "content":
            self._in_a_row = 0
            return str(getattr(error, "code", UNSENDABLE))
        self.done.mislukt += 1
        if kind != "message":
            self._stop(error, None if kind == "all" else rows[0].bron)
            return "passed"
        if self._failed(rows) and not isinstance(error, Timeout):
            return FAILING
        self._errors.append(error)
        self._in_a_row += 1
        if self._in_a_row >= _IN_A_ROW:
            self._stop(error)
        return "passed"

    def _stop(self, error: UwlrError, bron: int | None = None) -> None:
        """Send nothing more: of one bron, or at all."""
        self._errors.append(error)
        every = range(len(self.koppeling.bronnen))
        own_key = bron is not None and any(b.autorisatiesleutel for b in self.koppeling.bronnen)
        self._stopped.update([bron] if own_key and bron is not None else every)

    def _failed(self, rows: Sequence[ResultaatRow]) -> bool:
        """Count a night on which the receiver failed; tells whether these results are to be told apart."""
        again = [row for row in rows if row.laatst_mislukt != self._day]
        self._mark(again, status="klaar", mislukt=ResultaatRow.mislukt + 1, laatst_mislukt=self._day)
        for row in again:
            row.mislukt, row.laatst_mislukt = row.mislukt + 1, self._day
        return all(row.mislukt >= FAILING_NIGHTS for row in rows)

    def _client(self, bron: int) -> UwlrClient:
        if bron not in self._clients:
            self._clients[bron] = self.connector(self.koppeling, self.koppeling.bronnen[bron])
        return self._clients[bron]

    def _leave(self, rows: Sequence[ResultaatRow]) -> datetime:
        """Mark results onderweg, and keep the aanmaakdatum they leave with: later than any before."""
        now = self.store.now()
        with self.store.write() as session:
            koppeling = session.get(Koppeling, self.koppeling.id, with_for_update=True)
            if koppeling is None or koppeling.status != "actief":
                raise _NotActiveError(f"koppeling {self.koppeling.id} is not actief any more")
            moment = next_aanmaakdatum(session, koppeling, now)
            self._mark_in(session, rows, status="onderweg", verzonden_op=now)
        return moment

    def _message(self, rows: Sequence[ResultaatRow], aanmaakdatum: datetime) -> LeerresultatenVerzoek:
        afnames: dict[Persoon, list[Resultaat]] = {}
        for row in rows:
            persoon = _persoon(row)
            persoon = msgspec.structs.replace(persoon, leerlingid=self._number(persoon))
            afnames.setdefault(persoon, []).append(msgspec.json.decode(row.inhoud, type=Resultaat))
        return LeerresultatenVerzoek(
            school=School(
                schooljaar=rows[0].schooljaar,
                aanmaakdatum=aanmaakdatum,
                auteur=self.koppeling.klantnaam[:AUTEUR],
                xsdversie=versie_of(self.koppeling),
                **self.koppeling.bronnen[rows[0].bron].arguments,
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
            toetsen=self._toetsen(rows),
        )

    def _toetsen(self, rows: Sequence[ResultaatRow]) -> tuple[Toets, ...]:
        wanted = select(ToetsRow.inhoud).where(
            ToetsRow.koppeling_id == self.koppeling.id,
            tuple_(ToetsRow.toetscode, ToetsRow.versie).in_(sorted({(r.toetscode, r.toetsversie) for r in rows})),
        )
        with self.store.read() as session:
            toetsen = [msgspec.json.decode(text, type=Toets) for text in session.scalars(wanted)]
        return tuple(sorted(toetsen, key=lambda toets: toets.toetscode.waarde))

    def _readable(self, rows: Sequence[ResultaatRow]) -> list[ResultaatRow]:
        """Leave out what cannot be read, and set it apart: it could never be sent."""
        readable = []
        for row in rows:
            try:
                _persoon(row)
                msgspec.json.decode(row.inhoud, type=Resultaat)
                self.koppeling.bronnen[row.bron]
            except (msgspec.MsgspecError, IndexError):
                self._mark([row], status="geweigerd", foutcode=UNSENDABLE)
                self.done.geweigerd += 1
            else:
                readable.append(row)
        return readable

    def _arrived(self, rows: Sequence[ResultaatRow]) -> None:
        waiting: list[ResultaatRow] = []
        if self.silent:
            known = self.koppeling.bekende_leerlingen
            waiting = [row for row in rows if self._number(_persoon(row)) not in known]
            held = {row.key for row in waiting}
            rows = [row for row in rows if row.key not in held]
        values = {"status": "bezorgd", "wacht": False, "foutcode": None, "mislukt": 0, "laatst_mislukt": None}
        with self.store.write() as session:
            self._mark_in(session, rows, bezorgd_op=self.store.now(), **values)
            self._mark_in(session, waiting, status="klaar", wacht=True)
        self.done.bezorgd += len(rows)

    def _number(self, persoon: Persoon) -> str:
        """The key that the LAS has for a pupil now."""
        return self.koppeling.sleutelwissel.get(persoon.leerlingid, persoon.leerlingid)

    def _mark(self, rows: Sequence[ResultaatRow], **values: object) -> None:
        with self.store.write() as session:
            self._mark_in(session, rows, **values)

    def _mark_in(self, session: Session, rows: Sequence[ResultaatRow], **values: object) -> None:
        """Change the state of results, of those that were not corrected meanwhile."""
        for volgnummer, group in groupby(sorted(rows, key=attrgetter("volgnummer")), attrgetter("volgnummer")):
            changed = update(ResultaatRow).where(
                ResultaatRow.koppeling_id == self.koppeling.id,
                ResultaatRow.key.in_([row.key for row in group]),
                ResultaatRow.volgnummer == volgnummer,
            )
            session.execute(changed.values(**values))


class _NotActiveError(ConfigurationError):
    """The koppeling was paused or ended while its results were brought."""


def _persoon(row: ResultaatRow) -> Persoon:
    return msgspec.json.decode(row.persoon, type=Persoon)


def _is_valid(verzoek: LeerresultatenVerzoek) -> bool:
    try:
        write(verzoek)
    except InvalidMessage:
        return False
    return True
