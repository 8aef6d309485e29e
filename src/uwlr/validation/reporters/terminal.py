"""A report for a terminal: one line for a finding, what to do once for each rule, repeats grouped."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from uwlr.text import Lang
from uwlr.validation.report_data import Finding, ReportData, Severity
from uwlr.validation.reporters import report_words as words
from uwlr.visible import one_line

SHOWN: Final = 3
"""Findings of one rule that are shown in one message; the rest is a number."""


class Piece(NamedTuple):
    """A part of a line; what names a rule has the severity of its finding."""

    text: str
    severity: Severity | None = None


Line = tuple[Piece, ...]


def render(reports: Sequence[ReportData], *, lang: Lang = "nl", width: int | None = 100, shown: int = SHOWN) -> str:
    """Write the reports as text, each finding under its rule, in lines of at most `width` columns; None breaks none."""
    found = lines(reports, lang=lang, width=width, shown=shown)
    return "\n".join("".join(piece.text for piece in line) for line in found) + "\n"


def lines(
    reports: Sequence[ReportData], *, lang: Lang = "nl", width: int | None = 100, shown: int = SHOWN
) -> Iterator[Line]:
    """Give the same line by line, for those who colour it."""
    for report in reports:
        yield from _report(report, lang, width, shown)


def _report(report: ReportData, lang: Lang, width: int | None, shown: int) -> Iterator[Line]:
    for findings, beyond in grouped(report, lang):
        first = findings[0]
        for finding in findings[:shown]:
            name = f"{finding.id} {words.SEVERITIES[lang][finding.severity]}"
            text = f"{place(report, finding)}  {name}  {finding.message(lang)}"
            for line in _wrap(text, width, "    "):
                yield _parted(line, name, finding.severity)
        rest = max(len(findings) - shown, 0) + beyond
        if rest:
            yield (Piece(f"    {words.more(rest, first.id, lang)}"),)
        yield from _plain(_wrap(f"    → {first.remedy(lang)}", width, "      "))
    name = f"{report.name}: " if report.findings else f"{report.name}: {'in orde' if lang == 'nl' else 'in order'}, "
    yield from _plain(_wrap(f"{name}{words.counts(report, lang)} ({words.layers(report, lang)})", width, "    "))


def _plain(found: Sequence[str]) -> Iterator[Line]:
    return ((Piece(line),) for line in found)


def _parted(line: str, name: str, severity: Severity) -> Line:
    before, there, after = line.partition(name)
    return (Piece(before), Piece(there, severity), Piece(after)) if there else (Piece(line),)


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


def _wrap(text: str, width: int | None, indent: str) -> list[str]:
    if width is None:
        return [one_line(text)]
    return textwrap.wrap(
        one_line(text), width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
