"""The reports that can be asked for, by kind."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from uwlr.conformance.outcomes import Listener
from uwlr.conformance.report.badge import BadgeReport
from uwlr.conformance.report.issue_text import MarkdownReport
from uwlr.conformance.report.junit_suite import JunitReport
from uwlr.conformance.report.one_page import HtmlReport
from uwlr.conformance.report.run_json import JsonReport
from uwlr.errors import ConfigurationError
from uwlr.text import Lang

KINDS: Final[Mapping[str, Callable[[Path, Lang], Listener]]] = {
    "json": lambda path, _: JsonReport(path),
    "junit": JunitReport,
    "html": HtmlReport,
    "markdown": MarkdownReport,
    "badge": BadgeReport,
}
BUNDLE: Final = "bundle"
"""A kind that is made of the run itself, not of its events."""


def asked_for(given: Iterable[str]) -> dict[str, Path]:
    """Read reports that were asked for as KIND=PATH.

    Raises:
        ConfigurationError: another kind, no path, or one that cannot be written.
    """
    found: dict[str, Path] = {}
    for one in given:
        kind, _, path = one.partition("=")
        if kind not in {*KINDS, BUNDLE} or not path:
            names = ", ".join((*KINDS, BUNDLE))
            raise ConfigurationError(f"--report takes KIND=PATH, where KIND is one of {names}")
        found[kind] = _writable(Path(path))
    return found


def make(reports: Mapping[str, Path], lang: Lang) -> list[Listener]:
    """Make the listeners that write them."""
    return [KINDS[kind](path, lang) for kind, path in reports.items() if kind in KINDS]


def _writable(path: Path) -> Path:
    """Look before the run whether a report can be written.

    Raises:
        ConfigurationError: it cannot.
    """
    if path.is_dir() or not path.parent.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise ConfigurationError(f"--report: {path} cannot be written")
    return path
