"""Carrying out cases one after the other, and telling listeners what comes of them."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, Final, Protocol

import msgspec

from uwlr.conformance.baseline import Baseline
from uwlr.conformance.casebook import cases, check, planned_requests
from uwlr.conformance.outcomes import (
    Absent,
    Again,
    Case,
    CaseEnded,
    CaseStarted,
    Event,
    Evidence,
    Listener,
    Looked,
    Outcome,
    Role,
    RunEnded,
    RunStarted,
    Stop,
    Unmet,
    Unreached,
    Verdict,
)
from uwlr.conformance.requirements import register
from uwlr.text import Text
from uwlr.visible import logger

_log = logger(__name__)
_STRICT: Final = Text("aanbevelingen tellen mee", "recommendations count")
_LATER: Final = Text("voor een andere dag", "for another day")
_UNREACHED: Final = 3
"""Cases in a row that did not reach the system, after which the run stops."""
_SHOWN: Final = 3
"""Exchanges of a finding that are shown."""


class System(Protocol):
    """The system under test, as a run sees it."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    @property
    def given(self) -> Any:
        """What a case's `judge` is given."""
        ...

    @property
    def conditions(self) -> tuple[Text, ...]:
        """What a reader has to know of the run to repeat it."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings, without secrets."""
        ...

    def refuses(self, case: Case) -> Text | None:
        """Say why a case does not apply to this system, if that was declared."""
        ...

    def lacks(self, case: Case) -> Text | None:
        """Say what a case needs that was not permitted or given."""
        ...

    def begin(self, case: Case) -> None:
        """Note which case begins."""
        ...

    def look(self) -> Text | None:
        """Take a first look; gives what is wrong with the settings."""
        ...

    @property
    def exchanges(self) -> int:
        """How many exchanges there were so far."""
        ...

    def shown(self, numbers: Sequence[int]) -> tuple[Evidence, ...]:
        """Show some exchanges, without keys and personal data."""
        ...

    def shared(self, case: Case) -> Sequence[int]:
        """Numbers of the exchanges that a case shares with others, which may have taken place before it."""
        ...

    @property
    def sent(self) -> int:
        """How many requests there were so far."""
        ...


class Run:
    """One run.

    Args:
        system: the system under test.
        chosen: what to carry out, preconditions first.
        listeners: who hears of it.
        baseline: findings that are known and accepted.
        strict: whether a recommendation counts as mandatory.
        repeat: the command that repeats one case; `{}` stands for its id.
        today: the day by which the baseline is read; by default the reader's.
        done: outcomes of an earlier part of the run, which are not carried out again.
    """

    def __init__(
        self,
        system: System,
        chosen: Iterable[Case],
        listeners: Iterable[Listener] = (),
        *,
        baseline: Baseline | None = None,
        strict: bool = False,
        repeat: str = "uwlr conformance run {}",
        today: date | None = None,
        done: Mapping[str, Outcome] = MappingProxyType({}),
    ) -> None:
        self._system = system
        self._cases = tuple(chosen)
        self._listeners = tuple(listeners)
        self._baseline = baseline or Baseline()
        self._strict = strict
        self._repeat = repeat
        self._today = today
        self._done = done
        self._later = False
        self._outcomes: dict[str, Outcome] = {}
        self._hindered: dict[str, Text] = {}
        self._unreached = 0
        self._stopped: Text | None = None

    def __call__(self, role: Role = "LAS") -> RunEnded:
        """Carry it out.

        Raises:
            ConfigurationError: the baseline names a case that there is not.
        """
        check([known.case for known in self._baseline.known], role)
        started = RunStarted(
            role=role,
            system=self._system.name,
            suite=f"uwlr {version('uwlr')}",
            conditions=(*self._system.conditions, *self._conditions(role)),
            settings=self._system.settings,
            cases=self._cases,
            scope=len(cases(role)),
            requests=planned_requests(self._runnable()) + 1,  # the first look
            started_at=_now(),
            repeat=self._repeat,
        )
        self._tell(started)
        self.look()
        outcomes = []
        for case in self._cases:
            self._tell(CaseStarted(case))
            outcome = self.outcome(case)
            outcomes.append(outcome)
            self._tell(CaseEnded(outcome))
        passed = any(outcome.verdict is Verdict.PASS for outcome in outcomes)
        green = passed and not self._stopped and not any(outcome.red for outcome in outcomes)
        ended = RunEnded(tuple(outcomes), green, _now(), self._system.sent, self._stopped)
        self._tell(ended)
        return ended

    def look(self) -> None:
        """Take a first look: settings that are wrong end the run before they are taken for the system's defects."""
        self._stopped = self._system.look()
        self._tell(Looked(self._stopped))

    def outcome(self, case: Case) -> Outcome:
        """Carry out one case, after those it stands on."""
        outcome = self._baseline.judge(self._carry_out(case), self._today)
        self._outcomes[case.id] = outcome
        return outcome

    def _conditions(self, role: Role) -> Iterator[Text]:
        if self._strict:
            yield _STRICT
        some, every = len(self._cases), len(cases(role))
        if some < every:
            yield Text(f"gekozen: {some} van {every} cases", f"chosen: {some} of {every} cases")

    def _runnable(self) -> list[Case]:
        return [case for case in self._cases if not self._system.refuses(case) and not self._system.lacks(case)]

    def _tell(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)

    def _carry_out(self, case: Case) -> Outcome:
        if case.id in self._done:
            return self._done[case.id]
        if self._later:
            return Outcome(case=case, verdict=Verdict.SKIP, reason=_LATER, later=True)
        declared = self._system.refuses(case)
        if declared is not None:
            return Outcome(case=case, verdict=Verdict.NOT_SUPPORTED, reason=declared)
        hindrance = self._system.lacks(case) or self._halted(case) or self._hindrance(case)
        if hindrance is not None:
            self._hindered[case.id] = hindrance
            return Outcome(case=case, verdict=Verdict.SKIP, reason=hindrance)
        if self._stopped is not None and not case.passive:
            return Outcome(case=case, verdict=Verdict.ERROR, reason=self._stopped)
        before = self._system.exchanges
        begun = time.monotonic()
        self._system.begin(case)
        outcome, numbers = self._judge(case)
        if not numbers:
            numbers = tuple(range(before + 1, self._system.exchanges + 1))
            if not numbers and outcome.verdict in {Verdict.FAIL, Verdict.WARN}:
                numbers = tuple(self._system.shared(case))
        duration_ms = round((time.monotonic() - begun) * 1000)
        return msgspec.structs.replace(
            outcome, evidence=self._system.shown(numbers[: 2 * _SHOWN]), duration_ms=duration_ms
        )

    def _judge(self, case: Case) -> tuple[Outcome, tuple[int, ...]]:
        try:
            case.judge(self._system.given)
        except Unmet as unmet:
            name = unmet.requirement or case.requirements[0]
            must = register()[name].strength == "must"
            verdict = Verdict.FAIL if must or self._strict else Verdict.WARN
            return Outcome(case=case, verdict=verdict, unmet=name, actual=unmet.actual), unmet.exchanges
        except Again:
            return self._judge(case)
        except Stop:
            self._later = True
            return Outcome(case=case, verdict=Verdict.SKIP, reason=_LATER, later=True), ()
        except Absent as absent:
            return Outcome(case=case, verdict=Verdict.SKIP, reason=absent.reason), ()
        except Unreached as problem:
            self._unreached += 1
            if self._unreached == _UNREACHED:
                self._stopped = Text(
                    f"gestopt: {_UNREACHED} keer achter elkaar niet bereikt; {problem.reason.nl}",
                    f"stopped: not reached {_UNREACHED} times in a row; {problem.reason.en}",
                )
            return Outcome(case=case, verdict=Verdict.ERROR, reason=problem.reason), ()
        except Exception as error:  # noqa: BLE001 - one broken case must not end the run
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} in {place.name}, {place.filename.rpartition('/')[2]}:{place.lineno}"
            _log.exception("case %s broke", case.id)
            return Outcome(case=case, verdict=Verdict.ERROR, reason=Text(where, where)), ()
        if not case.passive:
            self._unreached = 0
        return Outcome(case=case, verdict=Verdict.PASS), ()

    def _halted(self, case: Case) -> Text | None:
        """Give the reason why the run stopped, to all but the first case that it hit."""
        if self._stopped is None or case.passive or not self._outcomes:
            return None
        return self._stopped

    def _hindrance(self, case: Case) -> Text | None:
        """Name the precondition that was carried out and did not hold, however far back."""
        for before in case.after:
            found = self._outcomes.get(before)
            if before in self._hindered:
                return self._hindered[before]
            if found is not None and found.verdict not in {Verdict.PASS, Verdict.WARN}:
                return Text(f"voorwaarde {before} is {found.verdict}", f"precondition {before} is {found.verdict}")
        return None


def _now() -> datetime:
    return datetime.now(UTC)
