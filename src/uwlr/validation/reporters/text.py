"""A report for a terminal: one line for a finding, what to do once for each rule, repeats grouped."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from uwlr.validation.model import Finding, Lang, Report
from uwlr.validation.reporters import words

SHOWN: Final = 3
"""Findings of one rule that are shown in one message; the rest is a number."""


def render(reports: Sequence[Report], *, lang: Lang = "nl", width: int = 100, shown: int = SHOWN) -> str:
    """Write the reports as text of at most `width` columns, each finding under its rule."""
    return "\n".join(line for report in reports for line in _report(report, lang, width, shown)) + "\n"


def _report(report: Report, lang: Lang, width: int, shown: int) -> Iterator[str]:
    for findings in grouped(report, lang):
        first = findings[0]
        for finding in findings[:shown]:
            head = f"{place(report, finding)}  {finding.id} {words.SEVERITIES[lang][finding.severity]}  "
            yield from _wrap(head + finding.message(lang), width, "    ")
        if len(findings) > shown:
            yield f"    {words.more(len(findings) - shown, first.id, lang)}"
        yield from _wrap(f"    → {first.remedy(lang)}", width, "      ")
    name = f"{report.name}: " if report.findings else f"{report.name}: {'in orde' if lang == 'nl' else 'in order'}, "
    yield from _wrap(f"{name}{words.counts(report, lang)} ({words.layers(report, lang)})", width, "    ")


def grouped(report: Report, lang: Lang) -> list[list[Finding]]:
    """Findings of one rule that ask for the same, together; in the order of the first of each."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in report.findings:
        groups.setdefault((finding.id, finding.remedy(lang)), []).append(finding)
    return list(groups.values())


def place(report: Report, finding: Finding) -> str:
    """`file:line:column`, as far as they are known."""
    parts = [report.name, *(str(number) for number in (finding.line, finding.column) if number is not None)]
    return ":".join(parts)


def _wrap(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
