"""What a run is made of: cases, verdicts, evidence, and the events that reports listen to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import msgspec

from uwlr.text import Text

Role: TypeAlias = Literal["LAS", "EA"]


def said(words: str | None) -> Text | None:
    """Take over what somebody wrote in one language."""
    return None if words is None else Text(words, words)


class Verdict(StrEnum):
    """What a case came to."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    WARN = "warn"
    SKIP = "skip"
    NOT_SUPPORTED = "not-supported"
    ERROR = "error"

    @property
    def meaning(self) -> Text:
        """What the verdict says, and what it does not."""
        return _MEANINGS[self]


_MEANINGS: Final = {
    Verdict.PASS: Text("wat moet, is gezien", "what must hold was seen to hold"),
    Verdict.FAIL: Text("aan een verplichte eis is niet voldaan", "a mandatory requirement is not met"),
    Verdict.WARN: Text("aan een aanbeveling is niet voldaan", "a recommendation is not met"),
    Verdict.SKIP: Text(
        "niet beoordeeld: er ontbreken gegevens, of een voorwaarde faalde; de reden staat erbij",
        "not judged: data are absent, or a precondition failed; the reason says which",
    ),
    Verdict.NOT_SUPPORTED: Text(
        "niet beoordeeld: de configuratie meldt dat het systeem dit niet ondersteunt",
        "not judged: the configuration declares that the system does not support it",
    ),
    Verdict.ERROR: Text("de suite zelf kon dit niet uitvoeren", "the suite itself could not carry it out"),
}


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange, without keys and personal data.

    Attributes:
        operation: what was called.
        request: the request, redacted.
        answer: the answer, redacted.
        http_status: its HTTP status; None where no answer came.
        duration_ms: milliseconds until its last byte.
    """

    operation: str
    request: str
    answer: str
    http_status: int | None
    duration_ms: int


class OlderStep(NamedTuple):
    """A step of the older test set for LAS systems, which a case takes over.

    Attributes:
        name: what it is called there.
        mended: what the case does otherwise, where the step was defective.
    """

    name: str
    mended: Text | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is tried and judged.

    Attributes:
        id: stable path of words, topic first.
        role: who is judged.
        requirements: ids in the register; they say why.
        sends: what is sent or done.
        holds: what must hold then.
        writes: whether the system may keep something of it.
        requests: requests of its own, at most.
        shares: exchanges that several cases look at, by name.
        after: cases that must not have failed: without them this one says nothing.
        older: the step of the older test set for LAS systems that this case takes over.
        judge: carries it out; returns where all is well, raises `Unmet` or `Absent` otherwise.
    """

    id: str
    role: Role
    requirements: tuple[str, ...]
    sends: Text
    holds: Text
    judge: Callable[[Any], None]
    writes: bool = False
    requests: int = 1
    shares: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    older: OlderStep | None = None

    @property
    def topic(self) -> str:
        """The path without its last word."""
        return self.id.rpartition("/")[0]


class Unmet(Exception):  # noqa: N818 - a finding, not a defect
    """What must hold does not.

    Args:
        actual: what was seen instead; nothing personal.
        lenient: whether it is a recommendation of a case that is otherwise mandatory.
    """

    def __init__(self, actual: Text, *, lenient: bool = False) -> None:
        super().__init__(actual.en)
        self.actual = actual
        self.lenient = lenient


class Absent(Exception):  # noqa: N818
    """It cannot be judged here, for want of data."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one case.

    Attributes:
        case: the case.
        verdict: the verdict.
        actual: what was seen, where it is not what must hold.
        reason: why it was not judged.
        evidence: the exchanges that it looked at.
        duration_ms: milliseconds it took.
        accepted: the reason from the baseline, where this finding is known and accepted.
        red: whether it makes the run red.
    """

    case: Case
    verdict: Verdict
    actual: Text | None = None
    reason: Text | None = None
    evidence: tuple[Evidence, ...] = ()
    duration_ms: int = 0
    accepted: str | None = None
    red: bool = False


class RunStarted(NamedTuple):
    """The run begins: what will be done, by which program, under which conditions."""

    role: Role
    system: str
    suite: str
    conditions: tuple[Text, ...]
    cases: tuple[Case, ...]
    requests: int
    started_at: datetime
    repeat: str


class CaseStarted(NamedTuple):
    """A case begins."""

    case: Case


class CaseEnded(NamedTuple):
    """A case has its outcome."""

    outcome: Outcome


class RunEnded(NamedTuple):
    """The run is over; `requests` is the number that was really sent."""

    outcomes: tuple[Outcome, ...]
    green: bool
    ended_at: datetime
    requests: int


Event: TypeAlias = RunStarted | CaseStarted | CaseEnded | RunEnded
Listener: TypeAlias = Callable[[Event], None]
