"""What a run is made of: cases, verdicts, evidence, and the events that reports listen to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
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
        number: place of the exchange in the run, from 1.
        operation: what was called.
        request: the request, redacted.
        answer: the answer, redacted.
        http_status: its HTTP status; None if no answer came.
        duration_ms: milliseconds until its last byte.
    """

    number: int
    operation: str
    request: str
    answer: str
    http_status: int | None
    duration_ms: int


class OlderStep(NamedTuple):
    """A step of the older test set for LAS systems, which a case takes over.

    Attributes:
        name: what it is called there.
        mended: what the case does differently, if the step was defective.
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
        loads: whether several requests are sent at once.
        passive: whether it sends nothing and looks at every exchange of the run; it is judged last.
        requests: the most requests it sends itself.
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
    loads: bool = False
    passive: bool = False
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
        requirement: the requirement that is not met; by default the first of the case.
        exchanges: numbers of the exchanges that show it; by default those of the case.
    """

    def __init__(self, actual: Text, *, requirement: str | None = None, exchanges: tuple[int, ...] = ()) -> None:
        super().__init__(actual.en)
        self.actual = actual
        self.requirement = requirement
        self.exchanges = exchanges


class Absent(Exception):  # noqa: N818
    """It cannot be judged here, for want of data."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class Unreached(Exception):  # noqa: N818
    """The network, or the system's own limit on requests, stood in between: nobody's offence."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class Again(Exception):  # noqa: N818
    """The case is to be played from its start."""


class Stop(Exception):  # noqa: N818
    """The run ends here, and goes on another day."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one case.

    Attributes:
        case: the case.
        verdict: the verdict.
        unmet: the requirement that is not met.
        actual: what was seen, if it is not what must hold.
        reason: why it was not judged.
        evidence: the exchanges that it looked at.
        duration_ms: milliseconds it took.
        accepted: the reason from the baseline, if this finding is known and accepted.
        red: whether it makes the run red.
        later: whether it was left for another day.
    """

    case: Case
    verdict: Verdict
    unmet: str | None = None
    actual: Text | None = None
    reason: Text | None = None
    evidence: tuple[Evidence, ...] = ()
    duration_ms: int = 0
    accepted: str | None = None
    red: bool = False
    later: bool = False


class RunStarted(NamedTuple):
    """The run begins: what will be done, by which program, under which conditions.

    Attributes:
        role: who is judged.
        system: what reports call it.
        suite: program and version.
        conditions: what a reader has to know of the run.
        settings: the settings without secrets, as plain values.
        cases: what will be carried out.
        scope: how many cases there are in all.
        requests: requests at most.
        started_at: when, in UTC.
        repeat: the command that repeats a case, with `{}` standing for its id.
    """

    role: Role
    system: str
    suite: str
    conditions: tuple[Text, ...]
    settings: Mapping[str, Any]
    cases: tuple[Case, ...]
    scope: int
    requests: int
    started_at: datetime
    repeat: str


class Looked(NamedTuple):
    """A first look at the system, before the first case: whether address, key and school are right."""

    wrong: Text | None


class CaseStarted(NamedTuple):
    """A case begins."""

    case: Case


class CaseEnded(NamedTuple):
    """A case has its outcome."""

    outcome: Outcome


class RunEnded(NamedTuple):
    """The run is over; `requests` is the number that was really sent, `stopped` why it ended early."""

    outcomes: tuple[Outcome, ...]
    green: bool
    ended_at: datetime
    requests: int
    stopped: Text | None = None


Event: TypeAlias = RunStarted | Looked | CaseStarted | CaseEnded | RunEnded
Listener: TypeAlias = Callable[[Event], None]


def fingerprint(verdicts: Iterable[tuple[str, str]]) -> str:
    """A hash of cases with their verdicts, whatever their order."""
    text = "\n".join(sorted(f"{case} {verdict}" for case, verdict in verdicts))
    return hashlib.sha256(text.encode()).hexdigest()
