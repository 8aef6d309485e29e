"""What a run came to so far, kept in a file, so that it can go on another day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from uwlr.conformance.casebook import cases
from uwlr.conformance.outcomes import CaseEnded, Event, Outcome, Role, Verdict
from uwlr.errors import ConfigurationError
from uwlr.private_files import open_private
from uwlr.text import Text


class Progress:
    """Appends each outcome to a file, and reads those it already holds.

    Args:
        path: the file.
        role: who is judged.

    Raises:
        ConfigurationError: it is no such file.
    """

    def __init__(self, path: Path, role: Role) -> None:
        self._path = path
        self._role = role
        self.done: dict[str, Outcome] = {outcome.case.id: outcome for outcome in self._read()}

    def __call__(self, event: Event) -> None:
        """Take an event; a case that was not played is played next time."""
        if not isinstance(event, CaseEnded) or event.outcome.case.id in self.done:
            return
        outcome = event.outcome
        if outcome.verdict is Verdict.ERROR or (outcome.verdict is Verdict.SKIP and outcome.later):
            return
        record: dict[str, Any] = {
            "case": outcome.case.id,
            "verdict": outcome.verdict,
            "unmet": outcome.unmet,
            "actual": outcome.actual,
            "reason": outcome.reason,
            "duration_ms": outcome.duration_ms,
        }
        with open_private(self._path, "ab") as file:
            file.write(msgspec.json.encode(record) + b"\n")

    def _read(self) -> list[Outcome]:
        if not self._path.exists():
            return []
        by_id = {case.id: case for case in cases(self._role)}
        try:
            records = [msgspec.json.decode(line) for line in self._path.read_bytes().splitlines()]
            return [
                Outcome(
                    case=by_id[record["case"]],
                    verdict=Verdict(record["verdict"]),
                    unmet=record["unmet"],
                    actual=msgspec.convert(record["actual"], Text | None),
                    reason=msgspec.convert(record["reason"], Text | None),
                    duration_ms=record["duration_ms"],
                )
                for record in records
                if record["case"] in by_id
            ]
        except (OSError, ValueError, KeyError, TypeError, msgspec.MsgspecError):
            raise ConfigurationError(f"{self._path.name} is no file of a run that was broken off") from None
