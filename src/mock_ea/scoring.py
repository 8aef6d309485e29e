"""Tests that pupils take: invited, scored, normed. A score is no result before it is normed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from secrets import token_hex
from typing import Any, Final, Literal, TypeAlias

import msgspec

from mock_ea.catalogue import Test, level_of
from mock_las.clock import Clock
from mock_las.declined import Declined
from mock_las.state import State
from uwlr.exchange import Gegevens, NewResult
from uwlr.norm import schooljaar_for

Status: TypeAlias = Literal["uitgenodigd", "gescoord", "genormeerd", "definitief"]
STATUSES: Final[tuple[Status, ...]] = ("uitgenodigd", "gescoord", "genormeerd", "definitief")

_MOST: Final = 100


class Afname(msgspec.Struct, kw_only=True):
    """A test that a pupil takes.

    Attributes:
        id: stands in the address of its page, and in the key of its result.
        lid: the pupil, as the application knows them.
        toets: code of the test.
        afgenomen: the day on which it was taken.
        score: None until it is scored.
        genormeerd_op: None until it is normed; a score that changes has to be normed again.
    """

    id: str
    lid: str
    toets: str
    afgenomen: dt.date
    score: int | None = None
    genormeerd_op: dt.datetime | None = None

    def status(self, schooljaar: str) -> Status:
        """How far it is; what was normed in a school year that is over is definitief, which is assumed."""
        if self.score is None:
            return "uitgenodigd"
        if self.genormeerd_op is None:
            return "gescoord"
        return "genormeerd" if schooljaar_for(self.afgenomen) == schooljaar else "definitief"

    @property
    def term(self) -> str:
        """The level, as the norm says it, once it is normed."""
        return level_of(self.score)[0] if self.score is not None and self.genormeerd_op else ""

    @property
    def meaning(self) -> str:
        """The level in words, once it is normed."""
        return level_of(self.score)[1] if self.score is not None and self.genormeerd_op else ""


class Scores:
    """The tests of one school in one application.

    Args:
        state: where they are kept.
        clock: the time.
        name: application and school.
        tests: what can be taken.
    """

    def __init__(self, state: State, clock: Clock, name: str, tests: Iterable[Test]) -> None:
        self._state, self._clock = state, clock
        self._kept = f"afnames {name}"
        self.tests: Mapping[str, Test] = {test.code: test for test in tests}

    def all(self) -> list[Afname]:
        """Give all of them, oldest first."""
        return list(self._read().values())

    def get(self, afname_id: str) -> Afname | None:
        """Give one."""
        return self._read().get(afname_id)

    def counts(self) -> Counter[Status]:
        """Count them by how far they are."""
        schooljaar = self._clock.schooljaar()
        return Counter(afname.status(schooljaar) for afname in self._read().values())

    def invite(self, lid: str, toets: str) -> Afname:
        """Let a pupil take a test today.

        Raises:
            Declined: there is no such test.
        """
        return self._put(lid, toets, None, None)

    def score(self, lid: str, toets: str, score: float | str, afgenomen: dt.date | None = None) -> Afname:
        """Enter a score; another score for the same test on the same day takes its place and has to be normed again.

        Raises:
            Declined: there is no such test, or the score is no whole number from 0 to 100.
        """
        text = str(score).strip()
        if not text.isascii() or not text.isdigit() or int(text) > _MOST:
            raise Declined(
                f"a score is a whole number from 0 to {_MOST}",
                f"Een score is een heel getal van 0 tot en met {_MOST}; verbeter hem en sla opnieuw op.",
            )
        return self._put(lid, toets, int(text), afgenomen)

    def norm(self, which: Collection[str] | None = None) -> list[Afname]:
        """Norm what is scored and not normed yet, of these or of all; gives what was normed."""
        now = self._clock.now()
        with self._state.transaction():
            found = self._read()
            done = [
                afname
                for afname in found.values()
                if afname.score is not None and afname.genormeerd_op is None and (which is None or afname.id in which)
            ]
            for afname in done:
                afname.genormeerd_op = now
            self._state.keep(self._kept, found)
        return done

    def results(
        self, pupils: Mapping[str, Gegevens], *, page: str, released: Mapping[str, dt.datetime]
    ) -> list[NewResult]:
        """Give what is normed as results for a LAS; those of pupils without a number are not among them.

        Args:
            pupils: by id, with the number by which a LAS knows them.
            page: address of the page of a result, up to its id.
            released: school years whose results were let go at a moment: they count as normed then.
        """
        found = []
        for afname in self._read().values():
            pupil = pupils.get(afname.lid)
            test = self.tests.get(afname.toets)
            if pupil is None or not pupil.key or test is None or not test.shared or afname.genormeerd_op is None:
                continue
            moment = released.get(schooljaar_for(afname.afgenomen), afname.genormeerd_op)
            found.append(
                NewResult(
                    leerlingid=pupil.key,
                    eckid=pupil.eckid,
                    toets=test.toets,
                    afnamedatum=afname.afgenomen,
                    score=str(afname.score),
                    genormeerd_op=max(moment, afname.genormeerd_op),
                    infourl=f"{page}{afname.id}",
                    key=afname.id,
                )
            )
        return found

    def levels(self, pupils: Collection[str]) -> list[tuple[str, Counter[str], float]]:
        """Give each test that is normed: its name, how many pupils are on each level, and the mean score."""
        found = []
        for code, test in self.tests.items():
            normed = [one for one in self.all() if one.toets == code and one.term and one.lid in pupils]
            if normed:
                mean = sum(one.score or 0 for one in normed) / len(normed)
                found.append((test.naam, Counter(one.term for one in normed), mean))
        return found

    def _put(self, lid: str, toets: str, score: int | None, afgenomen: dt.date | None) -> Afname:
        if toets not in self.tests:
            raise Declined(f"there is no test {toets}", f"De toets {toets} is er niet; kies een toets uit de lijst.")
        day = afgenomen or self._clock.today()
        with self._state.transaction():
            found = self._read()
            for afname in found.values():
                if (afname.lid, afname.toets, afname.afgenomen) == (lid, toets, day):
                    if score is not None and score != afname.score:
                        afname.score, afname.genormeerd_op = score, None
                    break
            else:
                afname = Afname(id=token_hex(8), lid=lid, toets=toets, afgenomen=day, score=score)
                found[afname.id] = afname
            self._state.keep(self._kept, found)
        return afname

    def _read(self) -> dict[str, Afname]:
        found: Any = self._state.setting(self._kept, dict[str, Afname])
        return found or {}
