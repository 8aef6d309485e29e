"""A run as JSON, by the schema that lies beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from uwlr.conformance.outcomes import Event, Outcome, RunEnded, RunStarted
from uwlr.conformance.report import phrases
from uwlr.conformance.requirements import causes, register
from uwlr.private_files import write_private
from uwlr.text import Text

FORMAT: Final = 2
"""Version of the form; it changes when a reader has to."""

SCHEMA: Final = Path(__file__).with_name("report.schema.json")


class JsonReport:
    """Writes a run to a file when it is over.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._started: RunStarted | None = None

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, RunStarted):
            self._started = event
        elif isinstance(event, RunEnded) and self._started is not None:
            data = msgspec.json.format(msgspec.json.encode(as_dict(self._started, event)), indent=1)
            write_private(self._path, data + b"\n")


def as_dict(started: RunStarted, ended: RunEnded) -> dict[str, Any]:
    """Make plain values of a run."""
    return {
        "format": FORMAT,
        "role": started.role,
        "system": started.system,
        "suite": started.suite,
        "conditions": [_text(condition) for condition in started.conditions],
        "settings": msgspec.to_builtins(started.settings),
        "scope": started.scope,
        "started_at": started.started_at.isoformat(),
        "ended_at": ended.ended_at.isoformat(),
        "requests": ended.requests,
        "green": ended.green,
        "stopped": _text(ended.stopped),
        "fingerprint": phrases.fingerprint_of(ended),
        "cases": [_case(outcome, started.repeat) for outcome in ended.outcomes],
    }


def _case(outcome: Outcome, repeat: str) -> dict[str, Any]:
    case = outcome.case
    return {
        "id": case.id,
        "verdict": str(outcome.verdict),
        "red": outcome.red,
        "unmet": outcome.unmet,
        "requirements": [
            {
                "id": name,
                "strength": register()[name].strength,
                "severity": causes()[register()[name].cause].severity,
                "cause": register()[name].cause,
                "source": register()[name].source,
                "text": _text(register()[name].text),
            }
            for name in case.requirements
        ],
        "sends": _text(case.sends),
        "holds": _text(case.holds),
        "writes": case.writes,
        "actual": _text(outcome.actual),
        "reason": _text(outcome.reason),
        "accepted": outcome.accepted,
        "duration_ms": outcome.duration_ms,
        "repeat": repeat.replace("{}", case.id),
        "evidence": [msgspec.structs.asdict(exchange) for exchange in outcome.evidence],
    }


def _text(text: Text | None) -> dict[str, str] | None:
    return None if text is None else msgspec.structs.asdict(text)
