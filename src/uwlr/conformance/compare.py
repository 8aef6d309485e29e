"""Two runs beside each other: what changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from uwlr.conformance.report.run_json import FORMAT
from uwlr.errors import ConfigurationError

_WORSE = {"pass": 0, "not-supported": 1, "skip": 1, "warn": 2, "error": 3, "fail": 4}


class Change(NamedTuple):
    """A case whose verdict is another; None if the run did not have it."""

    case: str
    before: str | None
    after: str | None

    @property
    def worse(self) -> bool:
        """Whether it went the wrong way: a case that no longer passes, or that fails from the start."""
        if self.after is None:
            return self.before == "pass"
        return _WORSE[self.after] > _WORSE[self.before or "pass"]


def compare(before: Path, after: Path) -> tuple[Change, ...]:
    """List the cases whose verdict differs between two JSON reports.

    Raises:
        ConfigurationError: one of them is no report, or they judge different roles.
    """
    first, second = _read(before), _read(after)
    if first["role"] != second["role"]:
        raise ConfigurationError("one report judges a LAS and the other an application")
    one, other = ({case["id"]: case["verdict"] for case in report["cases"]} for report in (first, second))
    return changes(one, other)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """List the cases whose verdict differs, by their ids."""
    found = (Change(case, before.get(case), after.get(case)) for case in sorted({*before, *after}))
    return tuple(change for change in found if change.before != change.after)


def _read(path: Path) -> Any:
    try:
        report = msgspec.json.decode(path.read_bytes())
        if report["format"] != FORMAT:
            raise ConfigurationError(f"{path.name} has another form than this program reads")
        known = all(case["verdict"] in _WORSE and case["id"] for case in report["cases"])
    except OSError as error:
        raise ConfigurationError(f"{path.name} cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, KeyError, TypeError):
        known = False
    if not known:
        raise ConfigurationError(f"{path.name} is no JSON report of a conformance run")
    return report
