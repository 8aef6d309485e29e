"""`baseline.toml`: findings that are known and accepted, each with a reason and a day on which that ends."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from uwlr.conformance.declarations import load
from uwlr.conformance.outcomes import Outcome, Verdict
from uwlr.text import Text

_FINDINGS = {Verdict.FAIL, Verdict.WARN}


class Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One finding that is accepted.

    Attributes:
        case: id of the case.
        reason: why it is accepted.
        until: last day on which it is.
        link: where it is being dealt with.
    """

    case: str
    reason: str
    until: date
    link: str | None = None


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The findings that are accepted; a file of `[[known]]` tables."""

    known: tuple[Known, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Baseline:
        """Read the file.

        Raises:
            ConfigurationError: it cannot be read, or an entry lacks its reason or its last day.
        """
        return load(path, cls)

    def judge(self, outcome: Outcome, today: date | None = None) -> Outcome:
        """Say whether an outcome is red: a finding that is not accepted, or an acceptance that no longer holds."""
        entry = next((known for known in self.known if known.case == outcome.case.id), None)
        if entry is None:
            return msgspec.structs.replace(outcome, red=outcome.verdict in {Verdict.FAIL, Verdict.ERROR})
        if outcome.verdict is Verdict.PASS:
            return _red(
                outcome,
                Text(
                    "staat als bekende bevinding in baseline.toml, maar slaagt: haal de regel weg",
                    "stands in baseline.toml as a known finding, but passes: remove the entry",
                ),
            )
        if (today or date.today()) > entry.until:  # noqa: DTZ011 - the reader's day
            return _red(
                outcome,
                Text(
                    f"de acceptatie in baseline.toml liep af op {entry.until}",
                    f"its acceptance in baseline.toml ended on {entry.until}",
                ),
            )
        accepted = entry.reason if outcome.verdict in _FINDINGS else None
        return msgspec.structs.replace(outcome, accepted=accepted, red=outcome.verdict is Verdict.ERROR)


def _red(outcome: Outcome, reason: Text) -> Outcome:
    return msgspec.structs.replace(outcome, red=True, reason=reason)
