"""Forms of a report. Each module has `render(reports, …)`.

All of them write what the findings hold, so a value that is hidden there is hidden everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final, cast

from uwlr.text import Lang
from uwlr.validation.report_data import ReportData

_MODULES: Final = {
    "text": "terminal",
    "json": "json_report",
    "junit": "junit_report",
    "sarif": "sarif_report",
    "html": "html_report",
}
FORMATS: Final = tuple(_MODULES)


def render(reports: Sequence[ReportData], form: str, *, lang: Lang = "nl") -> bytes:
    """Write reports in one of `FORMATS`, as UTF-8.

    Raises:
        MissingExtraError: html needs the extra `report`.
    """
    module = import_module(f"uwlr.validation.reporters.{_MODULES[form]}")
    made = cast("Callable[..., str | bytes]", module.render)(reports, lang=lang)
    return made.encode() if isinstance(made, str) else made
