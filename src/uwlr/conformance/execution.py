"""Carrying out cases one after the other, and telling listeners what comes of them."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final, Protocol

import msgspec

from uwlr.conformance.baseline import Baseline
from uwlr.conformance.casebook import cases, check, planned_requests
from uwlr.conformance.outcomes import (
    Absent,
    Case,
    CaseEnded,
    CaseStarted,
    Event,
    Evidence,
    Listener,
    Outcome,
    Role,
    RunEnded,
    RunStarted,
    Unmet,
    Verdict,
)
from uwlr.conformance.requirements import strength_of
from uwlr.text import Text

_log = logging.getLogger(__name__)
_STRICT: Final = Text("aanbevelingen tellen mee", "recommendations count")


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

    def refuses(self, case: Case) -> Text | None:
        """Tell why a case is not for this system, where that was declared."""
        ...

    def lacks(self, case: Case) -> Text | None:
        """Tell what a case needs that was not permitted or given."""
        ...

    def evidence(self) -> Sequence[Evidence]:
        """Everything that went over the line so far."""
        ...

    def shared_evidence(self, case: Case) -> Sequence[Evidence]:
        """The exchanges that a case shares with others, which may have taken place before it."""
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
    ) -> None:
        self._system = system
        self._cases = tuple(chosen)
        self._listeners = tuple(listeners)
        self._baseline = baseline or Baseline()
        self._strict = strict
        self._repeat = repeat
        self._verdicts: dict[str, Verdict] = {}
        self._hindered: dict[str, Text] = {}

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
            cases=self._cases,
            requests=planned_requests(self._runnable()),
            started_at=_now(),
            repeat=self._repeat,
        )
        self._tell(started)
        outcomes = []
        for case in self._cases:
            self._tell(CaseStarted(case))
            outcome = self.outcome(case)
            outcomes.append(outcome)
            self._tell(CaseEnded(outcome))
        passed = any(outcome.verdict is Verdict.PASS for outcome in outcomes)
        green = passed and not any(outcome.red for outcome in outcomes)
        ended = RunEnded(tuple(outcomes), green, _now(), self._system.sent)
        self._tell(ended)
        return ended

    def outcome(self, case: Case) -> Outcome:
        """Carry out one case, after those it stands on."""
        outcome = self._baseline.judge(self._carry_out(case))
        self._verdicts[case.id] = outcome.verdict
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
        declared = self._system.refuses(case)
        if declared is not None:
            return Outcome(case=case, verdict=Verdict.NOT_SUPPORTED, reason=declared)
        hindrance = self._system.lacks(case) or self._hindrance(case)
        if hindrance is not None:
            self._hindered[case.id] = hindrance
            return Outcome(case=case, verdict=Verdict.SKIP, reason=hindrance)
        before = len(self._system.evidence())
        begun = time.monotonic()
        outcome = self._judge(case)
        evidence = tuple(self._system.evidence()[before:])
        if not evidence and outcome.verdict in {Verdict.FAIL, Verdict.WARN}:
            evidence = tuple(self._system.shared_evidence(case))
        return msgspec.structs.replace(outcome, evidence=evidence, duration_ms=round((time.monotonic() - begun) * 1000))

    def _judge(self, case: Case) -> Outcome:
        try:
            case.judge(self._system.given)
        except Unmet as unmet:
            must = strength_of(case.requirements) == "must" and not unmet.lenient
            verdict = Verdict.FAIL if must or self._strict else Verdict.WARN
            return Outcome(case=case, verdict=verdict, actual=unmet.actual)
        except Absent as absent:
            return Outcome(case=case, verdict=Verdict.SKIP, reason=absent.reason)
        except Exception as error:  # noqa: BLE001 - one broken case must not end the run
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} in {place.name}, {place.filename.rpartition('/')[2]}:{place.lineno}"
            _log.exception("case %s broke", case.id)
            return Outcome(case=case, verdict=Verdict.ERROR, reason=Text(where, where))
        return Outcome(case=case, verdict=Verdict.PASS)

    def _hindrance(self, case: Case) -> Text | None:
        """Name the precondition that was carried out and did not hold, however far back."""
        for before in case.after:
            verdict = self._verdicts.get(before)
            if before in self._hindered:
                return self._hindered[before]
            if verdict is not None and verdict is not Verdict.PASS:
                return Text(f"voorwaarde {before} is {verdict}", f"precondition {before} is {verdict}")
        return None


def _now() -> datetime:
    return datetime.now(UTC)
