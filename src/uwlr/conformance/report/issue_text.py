"""A run as Markdown for an issue: what is wrong, by cause, with what to do and the exchange that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from uwlr.conformance.outcomes import Event, Outcome, RunEnded, RunStarted
from uwlr.conformance.report import phrases
from uwlr.conformance.report.grouped import Group, grouped
from uwlr.conformance.report.messages import indented
from uwlr.private_files import write_private
from uwlr.text import Lang
from uwlr.visible import in_lines, one_line

_LONGEST = 1500


class MarkdownReport:
    """Writes the text when a run is over.

    Args:
        path: the file.
        lang: its language.
    """

    def __init__(self, path: Path, lang: Lang = "en") -> None:
        self._path = path
        self._lang: Lang = lang
        self._started: RunStarted | None = None

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, RunStarted):
            self._started = event
        elif isinstance(event, RunEnded) and self._started is not None:
            text = "\n".join(_lines(self._started, event, self._lang)) + "\n"
            write_private(self._path, text.encode())


def _lines(started: RunStarted, ended: RunEnded, lang: Lang) -> Iterator[str]:
    yield f"# {phrases.TITLE.at(lang)}: {one_line(started.system)}"
    yield ""
    yield f"**{phrases.conclusion(ended, lang)}**  "
    yield f"{phrases.counts(ended.outcomes, lang)}"
    yield ""
    conditions = ", ".join(one_line(condition.at(lang)) for condition in started.conditions)
    yield f"{started.suite}, {started.started_at:%Y-%m-%d %H:%M} UTC; {conditions}."
    yield f"{phrases.FINGERPRINT.at(lang)}: `{phrases.fingerprint_of(ended)}`"
    for group in grouped(ended.outcomes):
        yield from _group(group, started.repeat, lang)


def _group(group: Group, repeat: str, lang: Lang) -> Iterator[str]:
    cause = group.cause
    yield ""
    yield f"## {cause.title.at(lang)} ({phrases.SEVERITIES[cause.severity].at(lang)})"
    yield ""
    yield f"{phrases.IMPACT.at(lang)}: {cause.impact.at(lang)}  "
    yield f"{phrases.REMEDY.at(lang)}: {cause.remedy.at(lang)}"
    yield ""
    for outcome in group.outcomes:
        actual = one_line(outcome.actual.at(lang)) if outcome.actual else ""
        yield f"- [ ] `{outcome.case.id}` ({outcome.unmet}, {outcome.verdict}): {actual}"
    first = group.outcomes[0]
    yield from _evidence(first, lang)
    yield f"\n{phrases.REPEAT.at(lang)}: `{one_line(repeat.replace('{}', first.case.id))}`"


def _evidence(outcome: Outcome, lang: Lang) -> Iterator[str]:
    for exchange in outcome.evidence[-1:]:
        summary = (
            f"{phrases.EVIDENCE.at(lang)} {exchange.number}: {exchange.operation}, HTTP {exchange.http_status or '-'}"
        )
        yield f"\n<details><summary>{summary}</summary>\n"
        for name, message in ((phrases.REQUEST, exchange.request), (phrases.ANSWER, exchange.answer)):
            yield f"{name.at(lang)}:\n\n````xml\n{in_lines(indented(message)[:_LONGEST])}\n````\n"
        yield "</details>"
