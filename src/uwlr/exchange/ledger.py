"""The ledger: each result once, under a key that stays; a correction takes its place and is sent again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, Literal, TypeAlias

import msgspec
from sqlalchemy import and_, func, not_, select, update
from sqlalchemy.orm import Session

from uwlr.berichten import LeerresultatenVerzoek, Resultaat
from uwlr.errors import ConfigurationError
from uwlr.exchange.bron import Bron
from uwlr.exchange.kept_out import kept_out
from uwlr.exchange.new_results import NewResult, Recorded
from uwlr.exchange.pseudoniem import pseudonym_of
from uwlr.exchange.recording import Recorder
from uwlr.exchange.result_checks import is_known_outcome
from uwlr.exchange.roster_rows import scopes
from uwlr.exchange.scores import ScorePolicy
from uwlr.exchange.sendable import Held, held_because, ready
from uwlr.exchange.store import Store, chunks, log_event
from uwlr.exchange.tables import Koppeling, ResultaatRow
from uwlr.exchange.waiting import stop_waiting

Settled: TypeAlias = Literal["bezorgd", "geweigerd"]
"""The states in which a result is not sent any more."""

REFUSED: Final[tuple[Settled, ...]] = ("geweigerd",)

_CHUNK = 500
"""Results checked and looked up at once."""


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """What became of results that were withdrawn.

    Attributes:
        gestopt: keys of results that never reached the receiver, and now never will.
        bij_ontvanger: keys of results that the receiver has, or may have: the standard has no way to take them back. A
            correction under the same key replaces them; else the receiver removes them itself.
    """

    gestopt: tuple[str, ...]
    bij_ontvanger: tuple[str, ...]


class Ledger:
    """The results of an application, for all its koppelingen.

    Args:
        store: where they are kept.
        scores: what happens to scores that the standard has no room for.
    """

    def __init__(self, store: Store, *, scores: ScorePolicy | None = None) -> None:
        self._store = store
        self._scores = scores or ScorePolicy()

    def record(self, koppeling_id: int, results: Iterable[NewResult]) -> Recorded:
        """Record results, all of them or none. Recording the same again changes nothing.

        Raises:
            NotRecorded: results that could not be sent as they are; the text says what is wrong with each.
            ConfigurationError: there is no such koppeling, or it has ended.
        """
        with self._store.write() as session:
            recorder = self._recorder(session, koppeling_id)
            for chunk in chunks(results, _CHUNK):
                recorder.take(chunk)
            return recorder.end()

    def record_message(self, koppeling_id: int, verzoek: LeerresultatenVerzoek, *, genormeerd_op: datetime) -> Recorded:
        """Record the results of a message, for its school, under the keys that they have there.

        Raises:
            NotRecorded, ConfigurationError: as `record`; or the message is of none of the koppeling's schools, names a
                test that it does not hold, or has results in a form of another agreement.
        """
        with self._store.read() as session:
            koppeling = _existing(session, koppeling_id)
        bron = _bron_of(koppeling, verzoek)
        toetsen = {toets.toetscode.waarde: toets for toets in verzoek.toetsen}
        found = [(afname, resultaat) for afname in verzoek.toetsafnames for resultaat in afname.resultaten]
        if not all(is_known_outcome(resultaat.uitkomst) for _, resultaat in found):
            raise ConfigurationError("the ledger takes scores and results in OSO form")
        if any(resultaat.toetscode not in toetsen for _, resultaat in found):
            raise ConfigurationError("the message has results of a test that it does not hold")
        return self.record(
            koppeling_id,
            (
                NewResult(
                    leerlingid=afname.leerlingid,
                    eckid=afname.eckid,
                    resultaatverwerkerid=afname.resultaatverwerkerid,
                    toets=toetsen[resultaat.toetscode],
                    toetsonderdeelcode=resultaat.toetsonderdeelcode,
                    afnamedatum=resultaat.afnamedatum,
                    score=resultaat.uitkomst,  # type: ignore[arg-type]  # looked at above
                    genormeerd_op=genormeerd_op,
                    versie=resultaat.versie,
                    infourl=resultaat.infourl,
                    key=resultaat.key,
                    bron=bron,
                )
                for afname, resultaat in found
            ),
        )

    def key_of(self, koppeling_id: int, result: NewResult) -> str:
        """Give the key under which a result is kept, or would be: what `replaces` names."""
        with self._store.write() as session:
            return self._recorder(session, koppeling_id).key_of(result)

    def _recorder(self, session: Session, koppeling_id: int) -> Recorder:
        # Two that record for one koppeling at once take turns.
        koppeling = session.get(Koppeling, koppeling_id, with_for_update=True)
        if koppeling is None or koppeling.status == "beeindigd":
            raise ConfigurationError(f"there is no koppeling {koppeling_id}, or it has ended")
        return Recorder(session, koppeling, self._scores, self._store.now())

    def counts(self, koppeling_id: int) -> dict[str, int]:
        """Count the results of a koppeling per state; `wacht` are those of klaar whose pupil is not known there."""
        wanted = (
            select(ResultaatRow.status, ResultaatRow.wacht, func.count())
            .where(ResultaatRow.koppeling_id == koppeling_id)
            .group_by(ResultaatRow.status, ResultaatRow.wacht)
        )
        found = dict.fromkeys(("klaar", "onderweg", "bezorgd", "geweigerd", "wacht"), 0)
        with self._store.read() as session:
            for status, wacht, count in session.execute(wanted):
                found[status] = found.get(status, 0) + count
                found["wacht"] += count if wacht and status == "klaar" else 0
        return found

    def held(self, koppeling_id: int) -> dict[Held, int]:
        """Count the results that are klaar and yet are not sent, per reason."""
        found: dict[Held, int] = {}
        with self._store.read() as session:
            koppeling = _existing(session, koppeling_id)
            left = ready(koppeling_id)
            for reason, condition in held_because(koppeling, self._store.now()).items():
                count = session.scalar(select(func.count()).select_from(ResultaatRow).where(left, condition)) or 0
                found |= {reason: count} if count else {}
                left = and_(left, not_(condition))
        return found

    def refused(self, koppeling_id: int) -> list[tuple[str, str]]:
        """List the results that were refused: key and fault code. One that cannot be read has its pseudonym."""
        wanted = select(ResultaatRow.inhoud, ResultaatRow.foutcode, ResultaatRow.key).where(
            ResultaatRow.koppeling_id == koppeling_id, ResultaatRow.status == "geweigerd"
        )
        with self._store.read() as session:
            return sorted((_key_in(inhoud, key), code or "") for inhoud, code, key in session.execute(wanted))

    def offer_again(
        self, koppeling_id: int, keys: Sequence[str] | None = None, *, states: Collection[Settled] = REFUSED
    ) -> int:
        """Make results klaar that were settled, such as after the other side was repaired; how many.

        Args:
            koppeling_id: whose results.
            keys: which; None takes all in these states.
            states: geweigerd; bezorgd too for a receiver that said it took them and does not have them.
        """
        again = update(ResultaatRow).where(
            ResultaatRow.koppeling_id == koppeling_id, ResultaatRow.status.in_(list(states))
        )
        with self._store.write() as session:
            if keys is not None:
                again = again.where(ResultaatRow.key.in_([*map(pseudonym_of(session.connection()), keys)]))
            done = session.execute(again.values(status="klaar", foutcode=None, mislukt=0, laatst_mislukt=None))
            return int(done.rowcount)  # type: ignore[attr-defined]

    def withdraw(
        self, koppeling_id: int, keys: Sequence[str], *, door: str | None = None, reden: str | None = None
    ) -> Withdrawn:
        """Withdraw results: they are not sent any more. What a receiver has stays there; see `Withdrawn`.

        Recording a result again under its key ends this.

        Raises:
            ConfigurationError: there is no result under one of the keys.
        """
        stopped: list[str] = []
        there: list[str] = []
        with self._store.write() as session:
            _existing(session, koppeling_id)
            pseudonym = pseudonym_of(session.connection())
            for key in keys:
                row = session.get(ResultaatRow, (koppeling_id, pseudonym(key)), with_for_update=True)
                if row is None:
                    raise ConfigurationError("there is no result under one of these keys; nothing was withdrawn")
                (there if may_be_there(row) else stopped).append(key)
                row.status, row.wacht = "ingetrokken", False
                row.volgnummer += 1
            log_event(
                session,
                koppeling_id,
                self._store.now(),
                "ingetrokken",
                door=door,
                reden=reden,
                gestopt=len(stopped),
                bij_ontvanger=len(there),
            )
        return Withdrawn(gestopt=tuple(stopped), bij_ontvanger=tuple(there))

    def numbers_entered(self, koppeling_id: int, leerlingids: Iterable[str]) -> None:
        """Note that a receiver knows these pupils now; their results go out with the next message (R22).

        Of a receiver that keeps silent about others only such results count as bezorgd.
        """
        numbers = set(leerlingids)
        with self._store.write() as session:
            koppeling = session.get(Koppeling, koppeling_id, with_for_update=True)
            if koppeling is None:
                raise ConfigurationError(f"there is no koppeling {koppeling_id}")
            out, spaces = kept_out(session, koppeling.school), scopes(koppeling.vendor, koppeling.bronnen)
            numbers = {one for one in numbers if not all(out.is_out(space, one, None) for space in spaces)}
            koppeling.bekende_leerlingen |= numbers
            stop_waiting(session, koppeling_id, numbers)


def _existing(session: Session, koppeling_id: int) -> Koppeling:
    koppeling = session.get(Koppeling, koppeling_id)
    if koppeling is None:
        raise ConfigurationError(f"there is no koppeling {koppeling_id}")
    return koppeling


def _bron_of(koppeling: Koppeling, verzoek: LeerresultatenVerzoek) -> int:
    """Find the school of a message among those of a koppeling."""
    school = verzoek.school
    own = Bron(
        brincode=school.brincode,
        dependancecode=school.dependancecode,
        schoolkey=None if school.brincode else school.schoolkey,
    )
    for number, bron in enumerate(koppeling.bronnen):
        if bron.label == own.label and (bron.brincode is None) == (own.brincode is None):
            return number
    raise ConfigurationError(
        f"the message is of {own.label if own.brincode else 'another schoolkey'}, which is no bron of koppeling "
        f"{koppeling.id}"
    )


def may_be_there(row: ResultaatRow) -> bool:
    """Tell whether a receiver has a result, or may have it: an answer that did not come says nothing."""
    unanswered = row.verzonden_op is not None and row.foutcode is None and not row.wacht
    return row.bezorgd_op is not None or unanswered


def _key_in(inhoud: str, otherwise: str) -> str:
    try:
        return msgspec.json.decode(inhoud, type=Resultaat).key
    except msgspec.DecodeError:
        return otherwise
