"""Console output: progress during a run, then each finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import indent

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from uwlr.conformance.outcomes import CaseEnded, CaseStarted, Event, Looked, Outcome, RunEnded, RunStarted, Verdict
from uwlr.conformance.report import phrases
from uwlr.conformance.report.grouped import grouped
from uwlr.conformance.report.messages import indented
from uwlr.conformance.requirements import causes, register
from uwlr.text import Lang
from uwlr.visible import in_lines, one_line

_COLOURS = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.WARN: "yellow",
    Verdict.SKIP: "dim",
    Verdict.NOT_SUPPORTED: "dim",
    Verdict.ERROR: "bold red",
}
_FOLDED = frozenset({Verdict.SKIP, Verdict.NOT_SUPPORTED})
"""What says nothing about the system, and is told by its reason at the end."""

_MARGIN = 18
_LINES = 16
"""Lines of a message that are shown."""


class ConsoleReport:
    """Tells a person how a run goes; on a terminal in lines that fit it, elsewhere each is whole.

    Args:
        console: where to.
        lang: in which language.
        evidence: whether to show the messages of a finding too.
    """

    def __init__(self, console: Console, lang: Lang = "en", *, evidence: bool = True) -> None:
        self._console = console
        self._lang = lang
        self._evidence = evidence
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console, transient=True
        )
        self._task = self._progress.add_task("", total=None)
        self._repeat = ""

    def __call__(self, event: Event) -> None:
        """Take an event."""
        match event:
            case RunStarted():
                self._repeat = event.repeat
                plan = (phrases.PLAN if event.role == "LAS" else phrases.PLAN_EA).at(self._lang)
                text = plan.format(cases=len(event.cases), requests=event.requests, system=event.system)
                self._plain(one_line(text))
                self._progress.update(self._task, total=len(event.cases))
                if self._console.is_terminal:
                    self._progress.start()
            case Looked(wrong=wrong) if wrong is not None:
                self._plain(one_line(wrong.at(self._lang)), "bold red")
            case CaseStarted():
                self._progress.update(self._task, description=event.case.id)
            case CaseEnded():
                self._progress.advance(self._task)
                if event.outcome.verdict not in _FOLDED:
                    self._tell(event.outcome)
            case RunEnded():
                self._progress.stop()
                self._console.print()
                self._fold(event.outcomes)
                for group in grouped(event.outcomes):
                    self._plain(group.cause.title.at(self._lang), "bold")
                    for outcome in group.outcomes:
                        self._head(outcome)
                for outcome in event.outcomes:
                    if outcome.red and outcome.unmet is None:
                        self._head(outcome)
                self._plain(phrases.counts(event.outcomes, self._lang))
                style = "green" if event.green else "bold red"
                self._plain(one_line(phrases.conclusion(event, self._lang)), style)

    def _plain(self, text: str, style: str | None = None) -> None:
        whole = not self._console.is_terminal
        self._console.print(text, style=style, highlight=False, markup=False, soft_wrap=whole)

    def _beside(self, text: str, style: str | None = None) -> None:
        """Print with a margin, also before what continues."""
        if self._console.is_terminal:
            self._console.print(Padding(text, (0, 0, 0, _MARGIN), expand=False), style=style, highlight=False)
        else:
            self._console.print(indent(text, " " * _MARGIN), style=style, highlight=False, soft_wrap=True)

    def _fold(self, outcomes: Sequence[Outcome]) -> None:
        """Tell what was not tried once for each reason, with how many cases there are of it."""
        found: dict[tuple[Verdict, str], int] = {}
        for outcome in outcomes:
            if outcome.verdict in _FOLDED:
                reason = "" if outcome.reason is None else one_line(outcome.reason.at(self._lang))
                found[outcome.verdict, reason] = found.get((outcome.verdict, reason), 0) + 1
        for (verdict, reason), count in found.items():
            name = phrases.VERDICTS[verdict].at(self._lang)
            self._console.print(
                f"[{_COLOURS[verdict]}]{name:>16}[/]  {count}: {escape(reason)}", highlight=False, soft_wrap=True
            )

    def _head(self, outcome: Outcome) -> None:
        colour = _COLOURS[outcome.verdict]
        verdict = phrases.VERDICTS[outcome.verdict].at(self._lang)
        self._console.print(f"[{colour}]{verdict:>16}[/]  {outcome.case.id}", highlight=False, soft_wrap=True)

    def _tell(self, outcome: Outcome) -> None:
        self._head(outcome)
        for label, text in self._details(outcome):
            self._beside(f"[dim]{label}:[/] {escape(one_line(text))}")
        if outcome.actual is None:
            return
        for exchange in outcome.evidence if self._evidence else ():
            label = phrases.EVIDENCE.at(self._lang)
            self._show(f"{label}: {exchange.number}. {exchange.operation} HTTP {exchange.http_status or '-'}")
            self._show(exchange.request, phrases.REQUEST.at(self._lang))
            self._show(exchange.answer, phrases.ANSWER.at(self._lang))
        # Unbroken, so that it can be pasted.
        repeat = self._repeat.replace("{}", outcome.case.id)
        self._console.print(
            f"{'':{_MARGIN}}[dim]{phrases.REPEAT.at(self._lang)}:[/] {escape(one_line(repeat))}",
            highlight=False,
            soft_wrap=True,
        )

    def _show(self, message: str, label: str = "") -> None:
        """Show the first lines of a message, one element per line; the reports have all of it."""
        if not message:
            return
        lines = [f"{label}:"] * bool(label) + in_lines(indented(message)).split("\n")
        shown = lines[:_LINES] + ["…"] * (len(lines) > _LINES)
        if self._console.is_terminal:
            width = max(40, self._console.width - _MARGIN)
            shown = [line if len(line) <= width else f"{line[: width - 1]}…" for line in shown]
        self._beside(escape("\n".join(shown)), "dim")

    def _details(self, outcome: Outcome) -> Iterator[tuple[str, str]]:
        lang = self._lang
        if outcome.reason is not None:
            yield phrases.REASON.at(lang), outcome.reason.at(lang)
        if outcome.accepted is not None:
            yield phrases.ACCEPTED.at(lang), outcome.accepted
        if outcome.actual is None:
            return
        for name in [outcome.unmet] if outcome.unmet else outcome.case.requirements:
            requirement = register()[name]
            yield phrases.REQUIREMENT.at(lang), f"{name} {requirement.text.at(lang)} [{requirement.source}]"
        yield phrases.SENT.at(lang), outcome.case.sends.at(lang)
        yield phrases.EXPECTED.at(lang), outcome.case.holds.at(lang)
        yield phrases.ACTUAL.at(lang), outcome.actual.at(lang)
        if outcome.unmet:
            cause = causes()[register()[outcome.unmet].cause]
            severity = phrases.SEVERITIES[cause.severity].at(lang)
            yield phrases.IMPACT.at(lang), f"{cause.impact.at(lang)} ({severity})"
            yield phrases.REMEDY.at(lang), cause.remedy.at(lang)
