"""The ledger: each result once, under a key that stays; a correction takes its place and is sent again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from typing import Final, Literal, TypeAlias, TypeVar

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from uwlr.berichten import LeerresultatenVerzoek, OsoResultaat, Resultaat, Toets, VocabulaireGebondenVeld
from uwlr.errors import ConfigurationError
from uwlr.exchange.koppeling import sleutelwissel_of
from uwlr.exchange.pseudoniem import Pseudonym, pseudonym_of
from uwlr.exchange.scores import GivenScore, ScorePolicy
from uwlr.exchange.store import Store
from uwlr.exchange.tables import Koppeling, ResultaatRow, ToetsRow
from uwlr.norm import schooljaar_for
from uwlr.undisclosed import Undisclosed

T = TypeVar("T")
Settled: TypeAlias = Literal["bezorgd", "geweigerd"]
"""The states in which a result is not sent any more."""

REFUSED: Final[tuple[Settled, ...]] = ("geweigerd",)

_CHUNK = 500
"""Keys looked up in one statement."""


class Persoon(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whose result it is, and who gave it."""

    leerlingid: str
    eckid: str | None = None
    resultaatverwerkerid: str | None = None

    def __repr__(self) -> str:
        return "<Persoon>"


class NewResult(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A result to be recorded.

    Attributes:
        leerlingid: the pupil as the receiver knows them.
        toets: the test, with its parts and norms; results of one test share it.
        score: a score as the policy takes it, or a result in OSO form.
        genormeerd_op: when it was normed, with a time zone; before the activation it is not sent (R1).
        toetsonderdeelcode: the part of the test; None is the whole.
        key: the application's own key of the result, at most 256 characters; None makes one from pupil, test, part
            and day, so a correction of the score keeps it.
        bron: which of the koppeling's bronnen the pupil belongs to.
    """

    leerlingid: str
    toets: Toets
    afnamedatum: date
    score: GivenScore | OsoResultaat
    genormeerd_op: datetime
    toetsonderdeelcode: str | None = None
    eckid: str | None = None
    resultaatverwerkerid: str | None = None
    versie: VocabulaireGebondenVeld | None = None
    infourl: str | None = None
    key: str | None = None
    bron: int = 0

    def __repr__(self) -> str:
        return "<NewResult>"


class Recorded(msgspec.Struct, kw_only=True):
    """What recording did.

    Attributes:
        nieuw: results that were not there.
        gecorrigeerd: results whose content changed; they are sent again.
        ongewijzigd: results that were there already.
        overgeslagen: results without a score.
    """

    nieuw: int = 0
    gecorrigeerd: int = 0
    ongewijzigd: int = 0
    overgeslagen: int = 0


def result_key(leerlingid: str, toetscode: str, toetsonderdeelcode: str | None, afnamedatum: date) -> str:
    """Make the key of a result, the same each time; nobody can read the pupil from it without a list of pupils."""
    parts = "\x1f".join((leerlingid, toetscode, toetsonderdeelcode or "", afnamedatum.isoformat()))
    return sha256(parts.encode()).hexdigest()[:40]


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
            ConfigurationError: there is no such koppeling, it has ended, or a score is refused by the policy.
        """
        done = Recorded()
        with self._store.write() as session:
            # Two that record for one koppeling at once take turns.
            koppeling = session.get(Koppeling, koppeling_id, with_for_update=True)
            if koppeling is None or koppeling.status == "beeindigd":
                raise ConfigurationError(f"there is no koppeling {koppeling_id}, or it has ended")
            pseudonym = pseudonym_of(session.connection())
            recorder = _Recorder(session, koppeling, self._scores, pseudonym, self._store.now(), done)
            for chunk in _chunks(results, _CHUNK):
                recorder.take(chunk)
        return done

    def record_message(self, koppeling_id: int, verzoek: LeerresultatenVerzoek, *, genormeerd_op: datetime) -> Recorded:
        """Record the results of a message, under the keys that they have there."""
        toetsen = {toets.toetscode.waarde: toets for toets in verzoek.toetsen}
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
                    score=_known_outcome(resultaat),
                    genormeerd_op=genormeerd_op,
                    versie=resultaat.versie,
                    infourl=resultaat.infourl,
                    key=resultaat.key,
                )
                for afname in verzoek.toetsafnames
                for resultaat in afname.resultaten
            ),
        )

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
                found[status] += count
                found["wacht"] += count if wacht else 0
        return found

    def refused(self, koppeling_id: int) -> list[tuple[str, str]]:
        """List the results that were refused: key and fault code."""
        wanted = select(ResultaatRow.inhoud, ResultaatRow.foutcode).where(
            ResultaatRow.koppeling_id == koppeling_id, ResultaatRow.status == "geweigerd"
        )
        with self._store.read() as session:
            return sorted(
                (msgspec.json.decode(inhoud, type=Resultaat).key, code or "")
                for inhoud, code in session.execute(wanted)
            )

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
            done = session.execute(again.values(status="klaar", foutcode=None))
            return int(done.rowcount)  # type: ignore[attr-defined]

    def numbers_entered(self, koppeling_id: int, leerlingids: Iterable[str]) -> None:
        """Note that a receiver that keeps silent about unknown pupils knows these now (R22).

        Only then a result that it took counts as bezorgd; until then it is offered every night.
        """
        with self._store.write() as session:
            koppeling = session.get(Koppeling, koppeling_id, with_for_update=True)
            if koppeling is None:
                raise ConfigurationError(f"there is no koppeling {koppeling_id}")
            known = known_numbers(koppeling).union(leerlingids)
            koppeling.bekende_leerlingen = msgspec.json.encode(sorted(known)).decode()


def known_numbers(koppeling: Koppeling) -> set[str]:
    """The pupils that were entered at a receiver by hand."""
    return set(msgspec.json.decode(koppeling.bekende_leerlingen or "[]", type=list[str]))


class _Recorder:
    """Writes results of one koppeling in a transaction."""

    def __init__(
        self,
        session: Session,
        koppeling: Koppeling,
        scores: ScorePolicy,
        pseudonym: Pseudonym,
        now: datetime,
        done: Recorded,
    ) -> None:
        self.session = session
        self.koppeling_id = koppeling.id
        self.scores = scores
        self.pseudonym = pseudonym
        self.now = now
        self.done = done
        self.new_keys = sleutelwissel_of(koppeling)
        self.first_keys: dict[str, str] = {}
        for old, new in self.new_keys.items():
            self.first_keys.setdefault(new, old)
        self.toetsen: dict[str, str] = {}

    def take(self, results: Sequence[NewResult]) -> None:
        """Insert what is new, replace what changed."""
        rows = {row.key: row for result in results if (row := self._row(result)) is not None}
        self.done.overgeslagen += len(results) - len(rows)
        wanted = select(ResultaatRow).where(
            ResultaatRow.koppeling_id == self.koppeling_id, ResultaatRow.key.in_(list(rows))
        )
        for old in self.session.scalars(wanted).all():
            self._replace(old, rows.pop(old.key))
        self.session.add_all(rows.values())
        self.done.nieuw += len(rows)
        self.session.flush()
        self.session.expunge_all()

    def _replace(self, old: ResultaatRow, new: ResultaatRow) -> None:
        if (old.persoon, old.inhoud, old.bron) == (new.persoon, new.inhoud, new.bron):
            self.done.ongewijzigd += 1
            return
        self.done.gecorrigeerd += 1
        for name in ("persoon", "inhoud", "bron", "schooljaar", "toetscode", "genormeerd_op", "vastgelegd_op"):
            setattr(old, name, getattr(new, name))
        old.volgnummer += 1
        old.status, old.wacht, old.foutcode = "klaar", False, None

    def _row(self, result: NewResult) -> ResultaatRow | None:
        outcome = result.score if isinstance(result.score, OsoResultaat) else self.scores.apply(result.score)
        if outcome is None:
            return None
        code = result.toets.toetscode.waarde
        self._keep(code, result.toets)
        person = result.leerlingid
        first = self.first_keys.get(self.new_keys.get(person, person), person)
        key = result.key or result_key(first, code, result.toetsonderdeelcode, result.afnamedatum)
        resultaat = Resultaat(
            key=key,
            afnamedatum=result.afnamedatum,
            toetscode=code,
            versie=result.versie,
            toetsonderdeelcode=result.toetsonderdeelcode,
            uitkomst=outcome,
            infourl=result.infourl,
        )
        persoon = Persoon(leerlingid=person, eckid=result.eckid, resultaatverwerkerid=result.resultaatverwerkerid)
        return ResultaatRow(
            koppeling_id=self.koppeling_id,
            key=self.pseudonym(key),
            status="klaar",
            volgnummer=1,
            wacht=False,
            bron=result.bron,
            schooljaar=schooljaar_for(result.afnamedatum),
            toetscode=code,
            genormeerd_op=result.genormeerd_op,
            vastgelegd_op=self.now,
            persoon=msgspec.json.encode(persoon).decode(),
            inhoud=msgspec.json.encode(resultaat).decode(),
        )

    def _keep(self, code: str, toets: Toets) -> None:
        """Keep the test; a later description of it replaces the earlier."""
        inhoud = msgspec.json.encode(toets).decode()
        if self.toetsen.get(code) != inhoud:
            self.session.merge(ToetsRow(koppeling_id=self.koppeling_id, toetscode=code, inhoud=inhoud))
            self.toetsen[code] = inhoud


def _known_outcome(resultaat: Resultaat) -> int | OsoResultaat:
    if isinstance(resultaat.uitkomst, (int, OsoResultaat)):
        return resultaat.uitkomst
    raise ConfigurationError("the ledger takes scores and results in OSO form")


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
