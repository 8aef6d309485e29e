"""A report as one self-contained page, for whoever answers for the exchange at a school."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from uwlr.page_template import page_template
from uwlr.text import Lang
from uwlr.validation.report_data import Finding, ReportData
from uwlr.validation.reporters import report_words as words
from uwlr.validation.reporters.terminal import grouped

SHOWN = 20
"""Findings of one rule that the page shows; the rest is a number."""


def render(reports: Sequence[ReportData], *, lang: Lang = "nl", made: datetime | None = None) -> str:
    """Write the reports as a page; `made` is the moment it bears, by default now.

    Raises:
        MissingExtraError: Jinja2 is not installed.
    """
    moment = made or datetime.now().astimezone()
    page: str = page_template("uwlr.validation.reporters", "report.html.jinja").render(
        reports=[_view(report, lang) for report in reports],
        lang=lang,
        made=moment.strftime("%d-%m-%Y %H:%M" if lang == "nl" else "%Y-%m-%d %H:%M"),
    )
    return page


def _view(report: ReportData, lang: Lang) -> dict[str, Any]:
    return {
        "report": report,
        "counts": words.counts(report, lang),
        "layers": [
            {
                "name": words.LAYER_NAMES[lang][layer.name],
                "validity": words.VALIDITIES[lang][layer.validity],
                "kind": layer.validity.value,
                "note": "" if layer.note is None else (layer.note.at(lang)),
            }
            for layer in report.layers
        ],
        "groups": [
            {
                "id": findings[0].id,
                "kind": findings[0].severity.value,
                "severity": words.SEVERITIES[lang][findings[0].severity],
                "remedy": findings[0].remedy(lang),
                "source": findings[0].source,
                "findings": [{"line": f.line, "text": f.message(lang)} for f in findings[:SHOWN]],
                "more": _more(max(len(findings) - SHOWN, 0) + beyond, findings[0].id, lang),
            }
            for findings, beyond in sorted(
                grouped(report, lang), key=lambda group: (_rank(group.findings[0]), group.findings[0].id)
            )
        ],
    }


def _more(number: int, rule_id: str, lang: Lang) -> str:
    return words.more(number, rule_id, lang) if number else ""


def _rank(finding: Finding) -> int:
    return ["error", "warning", "info"].index(finding.severity.value)
