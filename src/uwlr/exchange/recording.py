"""Recording results of one koppeling in a transaction: what is new, what changed, under which key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from uwlr.berichten import LeerresultatenVerzoek, OsoResultaat, Resultaat, Toetsafname
from uwlr.berichten.leerresultaten import School
from uwlr.berichten.raw import AnderResultaat
from uwlr.codec.write import write
from uwlr.errors import ConfigurationError, InvalidMessage
from uwlr.exchange.kept_out import kept_out
from uwlr.exchange.koppeling import versie_of
from uwlr.exchange.new_results import NewResult, Persoon, Recorded, result_key
from uwlr.exchange.pseudoniem import pseudonym_of, pupil_pseudonym_of
from uwlr.exchange.result_checks import NotRecorded, is_writable, plain_problems, type_problems
from uwlr.exchange.roster_rows import scopes
from uwlr.exchange.scores import ScorePolicy
from uwlr.exchange.sendable import history_window
from uwlr.exchange.tables import Koppeling, LeerlingRow, ResultaatRow, ToetsRow
from uwlr.exchange.waiting import AMBIGUOUS
from uwlr.foutcodes import Foutcode
from uwlr.norm import schooljaar_for


class _Checked(NamedTuple):
    """A result that can be sent, and its place in the call."""

    number: int
    given: NewResult
    bron: int
    persoon: Persoon
    resultaat: Resultaat
    versie: str


class Recorder:
    """Takes the results of one call.

    Args:
        session: the transaction.
        koppeling: whose results they are.
        scores: what happens to scores.
        now: the moment it is.
    """

    def __init__(self, session: Session, koppeling: Koppeling, scores: ScorePolicy, now: datetime) -> None:
        self._session = session
        self._koppeling = koppeling
        self._scores = scores
        self._now = now
        self._pseudonym = pseudonym_of(session.connection())
        self._pupil = pupil_pseudonym_of(session.connection())
        self._out = kept_out(session, koppeling.school)
        self._spaces = scopes(koppeling.vendor, koppeling.bronnen)
        self._done = Recorded()
        self._problems: dict[int, list[str]] = {}
        self._seen = 0
        self._aliases: dict[str, list[str]] = {}
        for old, new in koppeling.sleutelwissel.items():
            self._aliases.setdefault(new, []).append(old)
        self._toetsen: dict[tuple[str, str], str] = {}
        self._in_call: dict[str, str] = {}

    def take(self, results: Sequence[NewResult]) -> None:
        """Check results and write them; what is wrong is kept until the end, where all of it is told."""
        found: dict[str, LeerlingRow] = {}
        if len(self._koppeling.bronnen) > 1:
            found = self._places(results)
        checked = []
        for result in results:
            one = self._check(self._seen, result, found)
            checked += [] if one is None else [one]
            self._seen += 1
        checked = [one for one in checked if one.number not in self._problems]
        self._check_written(checked)
        if not self._problems:
            self._write(checked)

    def end(self) -> Recorded:
        """Tell what was done.

        Raises:
            NotRecorded: some results cannot be sent; the transaction has to be given up.
        """
        if self._problems:
            raise NotRecorded(self._problems, self._seen)
        return self._done

    def key_of(self, result: NewResult) -> str:
        """Give the key under which a result is kept, or would be."""
        checked = self._check(0, result, self._places([result]))
        if checked is None or self._problems:
            raise NotRecorded(self._problems or {0: ["it has no score, or its pupil was forgotten"]}, 1)
        row = self._find([checked]).get(0)
        return checked.resultaat.key if row is None else _resultaat_in(row).key

    def _places(self, results: Sequence[NewResult]) -> dict[str, LeerlingRow]:
        # What is wrong in another way is told by `_check`.
        whole = [r for r in results if isinstance(r, NewResult) and isinstance(r.leerlingid, str)]
        pupils = {self._pupil(r.leerlingid) for r in whole if r.bron is None and is_writable(r.leerlingid)}
        wanted = select(LeerlingRow).where(
            LeerlingRow.koppeling_id == self._koppeling.id, LeerlingRow.leerling.in_(pupils)
        )
        return {row.leerling: row for row in self._session.scalars(wanted)}

    # What is wrong

    def _check(self, number: int, given: NewResult, places: Mapping[str, LeerlingRow]) -> _Checked | None:
        """Make what is kept of a result; None if it is skipped, or cannot be sent."""
        strange = type_problems(given, NewResult)
        if strange:
            self._problems[number] = strange
            return None
        problems = plain_problems(given)
        outcome: int | OsoResultaat | None = None
        if not isinstance(given.score, (AnderResultaat, bool)):
            try:
                outcome = given.score if isinstance(given.score, OsoResultaat) else self._scores.apply(given.score)
            except ConfigurationError as error:
                problems.append(str(error))
        bron = self._bron(given, places, problems)
        if problems:
            self._problems[number] = problems
            return None
        if self._out.is_out(self._spaces[bron], given.leerlingid, given.eckid):
            self._done.vergeten += 1
            return None
        if outcome is None:
            self._done.overgeslagen += 1
            return None
        versie = toetsversie(given)
        resultaat = Resultaat(
            key=given.key or given.replaces or self._default_key(given, given.leerlingid, bron, versie),
            afnamedatum=_plain(given.afnamedatum),
            toetscode=given.toets.toetscode.waarde,
            versie=given.versie,
            toetsonderdeelcode=given.toetsonderdeelcode,
            uitkomst=outcome,
            infourl=given.infourl,
        )
        persoon = Persoon(
            leerlingid=given.leerlingid, eckid=given.eckid, resultaatverwerkerid=given.resultaatverwerkerid
        )
        checked = _Checked(number, given, bron, persoon, resultaat, versie)
        try:
            self._check_call(checked)
        except UnicodeEncodeError:
            self._problems[number] = ["it holds half a character (a surrogate), which no text can be written with"]
            return None
        return checked

    def _bron(self, given: NewResult, places: Mapping[str, LeerlingRow], problems: list[str]) -> int:
        bronnen = self._koppeling.bronnen
        match given.bron:
            case None if len(bronnen) == 1:
                return 0
            case None:
                if not isinstance(given.leerlingid, str) or not is_writable(given.leerlingid):
                    return 0  # told already
                place = places.get(self._pupil(given.leerlingid))
                if place is not None and place.bron != AMBIGUOUS:
                    return place.bron
                if place is not None:
                    problems.append("bron: different pupils have this key at schools of this koppeling; say which")
                    return 0
                problems.append("bron: the pupil is in no roster of this koppeling yet; import first, or say which")
            case bool():
                problems.append("bron is a number or a label")
            case int() if 0 <= given.bron < len(bronnen):
                return given.bron
            case str():
                labels = [bron.label for bron in bronnen]
                if given.bron in labels:
                    return labels.index(given.bron)
                problems.append("bron: this koppeling has none with this label")
            case _:
                problems.append(f"bron: this koppeling has {len(bronnen)}, counted from 0")
        return 0

    def _check_call(self, one: _Checked) -> None:
        """See that a call says one thing about each result and each test."""
        own = self._in_call.setdefault(f"r{one.bron}{one.resultaat.key}", _text(one.resultaat) + _text(one.persoon))
        if own != _text(one.resultaat) + _text(one.persoon):
            self._problems.setdefault(one.number, []).append(
                "the call holds another result under the same key; a second attempt on a day has poging=2"
            )
        toets = self._in_call.setdefault(f"t{one.resultaat.toetscode}\x1f{one.versie}", _text(one.given.toets))
        if toets != _text(one.given.toets):
            self._problems.setdefault(one.number, []).append(
                "the call describes the same test in two ways; tests that differ have another toetscode or versie"
            )

    def _check_written(self, checked: Sequence[_Checked]) -> None:
        """See that results can be written as the standard has it: all at once, and one by one if not."""
        if not checked or self._writes(checked) is None:
            return
        for one in checked:
            problems = self._writes([one])
            if problems:
                self._problems[one.number] = problems

    def _writes(self, checked: Sequence[_Checked]) -> list[str] | None:
        toetsen = {(one.resultaat.toetscode, one.versie): one.given.toets for one in checked}
        message = LeerresultatenVerzoek(
            school=School(
                schooljaar=schooljaar_for(checked[0].resultaat.afnamedatum),
                aanmaakdatum=self._now.replace(microsecond=0),
                xsdversie=versie_of(self._koppeling),
                **self._koppeling.bronnen[checked[0].bron].arguments,
            ),
            toetsafnames=tuple(
                Toetsafname(
                    leerlingid=one.persoon.leerlingid,
                    eckid=one.persoon.eckid,
                    resultaatverwerkerid=one.persoon.resultaatverwerkerid,
                    resultaten=(one.resultaat,),
                )
                for one in checked
            ),
            toetsen=tuple(toetsen.values()),
        )
        try:
            write(message, versie=versie_of(self._koppeling))
            for one in checked:
                _resultaat_of(_text(one.resultaat))
        except InvalidMessage as error:
            return [str(deviation) for deviation in error.deviations]
        except ConfigurationError as error:  # text that XML cannot hold
            return [str(error)]
        except msgspec.MsgspecError:
            return ["its score or text is outside what can be kept"]
        return None

    # Which one it is

    def _default_key(self, given: NewResult, leerlingid: str, bron: int, versie: str) -> str:
        return result_key(
            leerlingid,
            given.toets.toetscode.waarde,
            given.toetsonderdeelcode,
            given.afnamedatum,
            bron=self._koppeling.bronnen[bron].label,
            versie=versie,
            poging=given.poging,
        )

    def _names(self, leerlingid: str) -> Iterator[str]:
        """Give the keys that the LAS has or had for a pupil: the given one first, then the present one."""
        current = self._koppeling.sleutelwissel.get(leerlingid, leerlingid)
        yield from dict.fromkeys([leerlingid, current, *sorted(self._aliases.get(current, ()))])

    def _candidates(self, one: _Checked) -> Iterator[tuple[str, bool]]:
        """Give the keys under which a result may be there, and whether the key is one of before bron and version."""
        given = one.given
        if given.key or given.replaces:
            yield one.resultaat.key, False
            return
        code = one.resultaat.toetscode
        for name in self._names(given.leerlingid):
            yield self._default_key(given, name, one.bron, one.versie), False
            if given.poging == 1:
                yield result_key(name, code, given.toetsonderdeelcode, given.afnamedatum), True

    def _find(self, checked: Sequence[_Checked]) -> dict[int, ResultaatRow]:
        """Find the rows of results that are there already, by their number in the call."""
        wanted = {self._pseudonym(key) for one in checked for key, _ in self._candidates(one)}
        there = select(ResultaatRow).where(
            ResultaatRow.koppeling_id == self._koppeling.id,
            or_(ResultaatRow.key.in_(wanted), ResultaatRow.alias.in_(wanted)),
        )
        rows = self._session.scalars(there).all()
        by_key = {row.alias: row for row in rows if row.alias} | {row.key: row for row in rows}
        found = {}
        for one in checked:
            for key, plain in self._candidates(one):
                row = by_key.get(self._pseudonym(key))
                if row is not None and (not plain or _is_of(row, one)):
                    found[one.number] = row
                    break
        return found

    # Writing

    def _write(self, checked: Sequence[_Checked]) -> None:
        for one in checked:
            self._keep_toets(one)
        found = self._find(checked)
        fresh: dict[str, ResultaatRow] = {}
        for one in checked:
            old = found.get(one.number)
            row = self._row(one, None if old is None else old)
            if old is not None:
                self._replace(old, row)
            elif one.given.replaces is not None:
                self._problems[one.number] = ["replaces names a result that is not there"]
            elif row.key in fresh:
                self._done.ongewijzigd += 1
            else:
                fresh[row.key] = row
        self._session.add_all(fresh.values())
        self._done.nieuw += len(fresh)
        self._session.flush()
        for row in {*fresh.values(), *found.values()}:
            self._session.expunge(row)

    def _row(self, one: _Checked, old: ResultaatRow | None) -> ResultaatRow:
        resultaat = one.resultaat
        alias = None
        if old is not None:
            resultaat = msgspec.structs.replace(resultaat, key=_key_of(old, resultaat.key))
            if one.given.replaces is not None:
                alias = self._default_key(one.given, one.given.leerlingid, one.bron, one.versie)
        return ResultaatRow(
            koppeling_id=self._koppeling.id,
            key=self._pseudonym(resultaat.key),
            alias=None if alias is None else self._pseudonym(alias),
            status="klaar",
            volgnummer=1,
            wacht=False,
            leerling=self._pupil(one.persoon.leerlingid),
            bron=one.bron,
            schooljaar=schooljaar_for(resultaat.afnamedatum),
            afnamedatum=resultaat.afnamedatum,
            toetscode=resultaat.toetscode,
            toetsversie=one.versie,
            genormeerd_op=one.given.genormeerd_op.astimezone(UTC),
            vastgelegd_op=self._now,
            persoon=_text(one.persoon),
            inhoud=_text(resultaat),
        )

    def _replace(self, old: ResultaatRow, new: ResultaatRow) -> None:
        old.alias = new.alias or old.alias
        same = (old.persoon, old.inhoud, old.bron) == (new.persoon, new.inhoud, new.bron)
        if same and old.status != "ingetrokken":
            # Normed again before it was sent: if that was after the activation, it may go (R1).
            old.genormeerd_op = max(old.genormeerd_op, new.genormeerd_op)
            self._done.ongewijzigd += 1
            return
        self._done.gecorrigeerd += 1
        if old.leerling != new.leerling:
            old.wacht = False
        for name in _REPLACED:
            setattr(old, name, getattr(new, name))
        old.volgnummer += 1
        old.status, old.foutcode = "klaar", None
        old.mislukt, old.laatst_mislukt = 0, None

    def _keep_toets(self, one: _Checked) -> None:
        """Keep the test; results that went out with another description of it go out again."""
        code, inhoud = one.resultaat.toetscode, _text(one.given.toets)
        if self._toetsen.get((code, one.versie)) == inhoud:
            return
        self._toetsen[code, one.versie] = inhoud
        row = self._session.get(ToetsRow, (self._koppeling.id, code, one.versie))
        if row is None:
            self._session.add(
                ToetsRow(koppeling_id=self._koppeling.id, toetscode=code, versie=one.versie, inhoud=inhoud)
            )
            return
        if row.inhoud == inhoud:
            return
        row.inhoud = inhoud
        went = or_(
            ResultaatRow.status.in_(("bezorgd", "onderweg")), ResultaatRow.foutcode == Foutcode.TOETS_NORMERING_ONGELDIG
        )
        again = update(ResultaatRow).where(
            ResultaatRow.koppeling_id == self._koppeling.id,
            ResultaatRow.toetscode == code,
            ResultaatRow.toetsversie == one.versie,
            ResultaatRow.schooljaar.in_(history_window(self._now)),
            went,
        )
        changed = again.values(status="klaar", foutcode=None, volgnummer=ResultaatRow.volgnummer + 1)
        self._done.opnieuw += self._session.execute(changed).rowcount  # type: ignore[attr-defined]


_REPLACED = (
    "persoon",
    "inhoud",
    "leerling",
    "bron",
    "schooljaar",
    "afnamedatum",
    "toetscode",
    "toetsversie",
    "genormeerd_op",
    "vastgelegd_op",
)
"""What a correction brings."""


def toetsversie(result: NewResult) -> str:
    """The version of a test, which with its code says which test it is; empty if it has none."""
    versie = result.toets.versie or result.versie
    return "" if versie is None else versie.waarde


def _is_of(row: ResultaatRow, one: _Checked) -> bool:
    """Tell whether a row under a key of before is this result: the key said nothing of school and version."""
    try:
        kept = _resultaat_in(row)
    except msgspec.MsgspecError:
        return row.bron == one.bron
    return (row.bron, kept.versie) == (one.bron, one.resultaat.versie)


def _key_of(row: ResultaatRow, otherwise: str) -> str:
    try:
        return _resultaat_in(row).key
    except msgspec.MsgspecError:
        return otherwise


def _resultaat_in(row: ResultaatRow) -> Resultaat:
    return _resultaat_of(row.inhoud)


def _resultaat_of(inhoud: str) -> Resultaat:
    return msgspec.json.decode(inhoud, type=Resultaat)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _plain(day: date) -> date:
    """Give a day without its time zone: it is the same day."""
    return date(day.year, day.month, day.day)
