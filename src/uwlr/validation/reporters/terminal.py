"""A report for a terminal: one line for a finding, what to do once for each rule, repeats grouped."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from uwlr.text import Lang
from uwlr.validation.report_data import Finding, ReportData
from uwlr.validation.reporters import report_words as words
from uwlr.visible import one_line

SHOWN: Final = 3
"""Findings of one rule that are shown in one message; the rest is a number."""


def render(reports: Sequence[ReportData], *, lang: Lang = "nl", width: int = 100, shown: int = SHOWN) -> str:
    """Write the reports as text of at most `width` columns, each finding under its rule."""
    return "\n".join(line for report in reports for line in _report(report, lang, width, shown)) + "\n"


def _report(report: ReportData, lang: Lang, width: int, shown: int) -> Iterator[str]:
    for findings, beyond in grouped(report, lang):
        first = findings[0]
        for finding in findings[:shown]:
            head = f"{place(report, finding)}  {finding.id} {words.SEVERITIES[lang][finding.severity]}  "
            yield from _wrap(head + finding.message(lang), width, "    ")
        rest = max(len(findings) - shown, 0) + beyond
        if rest:
            yield f"    {words.more(rest, first.id, lang)}"
        yield from _wrap(f"    → {first.remedy(lang)}", width, "      ")
    name = f"{report.name}: " if report.findings else f"{report.name}: {'in orde' if lang == 'nl' else 'in order'}, "
    yield from _wrap(f"{name}{words.counts(report, lang)} ({words.layers(report, lang)})", width, "    ")


class Group(NamedTuple):
    """Findings of one rule that ask for the same, and how many more of that rule the report only counts."""

    findings: list[Finding]
    beyond: int


def grouped(report: ReportData, lang: Lang) -> list[Group]:
    """The findings in groups, in the order of the first of each; what is only counted goes with a rule's last group."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in report.findings:
        groups.setdefault((finding.id, finding.remedy(lang)), []).append(finding)
    last_of = dict(groups.keys())
    return [
        Group(findings, report.omitted.get(rule_id, 0) if last_of[rule_id] == remedy else 0)
        for (rule_id, remedy), findings in groups.items()
    ]


def place(report: ReportData, finding: Finding) -> str:
    """`file:line:column`, as far as they are known."""
    parts = [report.name, *(str(number) for number in (finding.line, finding.column) if number is not None)]
    return ":".join(parts)


def _wrap(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        one_line(text), width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
