"""Findings of one cause put together, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from uwlr.conformance.outcomes import Outcome, Verdict
from uwlr.conformance.requirements import SEVERITIES, Cause, Requirement, causes, register


class Group(NamedTuple):
    """Findings of one cause."""

    cause: Cause
    outcomes: tuple[Outcome, ...]

    @property
    def red(self) -> bool:
        """Whether one of them makes the run red."""
        return any(outcome.red for outcome in self.outcomes)

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The requirements that are not met, each once."""
        names = dict.fromkeys(outcome.unmet for outcome in self.outcomes if outcome.unmet)
        return tuple(register()[name] for name in names)


def grouped(outcomes: Iterable[Outcome]) -> tuple[Group, ...]:
    """Put the findings together: red ones first, then by severity."""
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.unmet is not None:
            found.setdefault(register()[outcome.unmet].cause, []).append(outcome)
    groups = (Group(causes()[name], tuple(its)) for name, its in found.items())
    return tuple(sorted(groups, key=lambda group: (not group.red, SEVERITIES.index(group.cause.severity))))


def unjudged(outcomes: Sequence[Outcome]) -> int:
    """How many cases were not judged: skipped, not supported, or in error."""
    return sum(1 for one in outcomes if one.verdict in {Verdict.SKIP, Verdict.NOT_SUPPORTED, Verdict.ERROR})
