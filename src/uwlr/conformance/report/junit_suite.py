"""A run as JUnit XML: one testcase for each case."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from uwlr.conformance.outcomes import Event, Outcome, RunEnded, RunStarted, Verdict
from uwlr.conformance.report import phrases
from uwlr.conformance.report.messages import indented
from uwlr.conformance.requirements import register
from uwlr.private_files import write_private
from uwlr.text import Lang
from uwlr.visible import in_lines, one_line

_SKIPPED = {Verdict.SKIP, Verdict.NOT_SUPPORTED}


_LONGEST = 2000


def _shown(message: str) -> str:
    """A message that XML can hold and a terminal can show, not too long."""
    return in_lines(indented(message)[:_LONGEST])


class JunitReport:
    """Writes a run to a file when it is over.

    Args:
        path: the file.
        lang: language of the messages.
    """

    def __init__(self, path: Path, lang: Lang = "en") -> None:
        self._path = path
        self._lang = lang
        self._started: RunStarted | None = None

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, RunStarted):
            self._started = event
        elif isinstance(event, RunEnded) and self._started is not None:
            self._write(self._started, event)

    def _write(self, started: RunStarted, ended: RunEnded) -> None:
        suite = etree.Element(
            "testsuite",
            name=f"uwlr.conformance.{started.role}",
            tests=str(len(ended.outcomes)),
            failures=str(sum(1 for o in ended.outcomes if o.red and o.verdict is not Verdict.ERROR)),
            errors=str(sum(1 for o in ended.outcomes if o.verdict is Verdict.ERROR)),
            skipped=str(sum(1 for o in ended.outcomes if o.verdict in _SKIPPED and not o.red)),
            timestamp=started.started_at.isoformat(timespec="seconds"),
            time=f"{(ended.ended_at - started.started_at).total_seconds():.3f}",
        )
        for outcome in ended.outcomes:
            self._add(suite, outcome, started.repeat)
        if not any(outcome.verdict is Verdict.PASS for outcome in ended.outcomes):
            nothing = etree.SubElement(suite, "testcase", classname="uwlr.conformance", name="pass")
            etree.SubElement(nothing, "failure", message=phrases.NOTHING.at(self._lang))
            suite.set("tests", str(len(ended.outcomes) + 1))
            suite.set("failures", str(int(suite.get("failures", "0")) + 1))
        data = etree.tostring(suite, encoding="UTF-8", xml_declaration=True, pretty_print=True)
        write_private(self._path, data)

    def _add(self, suite: etree._Element, outcome: Outcome, repeat: str) -> None:
        case = outcome.case
        element = etree.SubElement(
            suite,
            "testcase",
            classname=case.topic.replace("/", "."),
            name=case.id.rpartition("/")[2],
            time=f"{outcome.duration_ms / 1000:.3f}",
        )
        reason = one_line(outcome.reason.at(self._lang)) if outcome.reason else ""
        actual = one_line(outcome.actual.at(self._lang)) if outcome.actual else reason
        if outcome.verdict is Verdict.ERROR:
            etree.SubElement(element, "error", message=reason)
        elif outcome.red:
            found = etree.SubElement(element, "failure", message=actual)
            found.text = self._told(outcome, repeat)
        elif outcome.verdict in _SKIPPED:
            etree.SubElement(element, "skipped", message=reason)
        elif outcome.actual is not None:
            etree.SubElement(element, "system-out").text = self._told(outcome, repeat)

    def _told(self, outcome: Outcome, repeat: str) -> str:
        lang, case = self._lang, outcome.case
        lines = [
            f"{phrases.REQUIREMENT.at(lang)}: {name} {register()[name].text.at(lang)}" for name in case.requirements
        ]
        lines.append(f"{phrases.EXPECTED.at(lang)}: {case.holds.at(lang)}")
        if outcome.actual is not None:
            lines.append(f"{phrases.ACTUAL.at(lang)}: {one_line(outcome.actual.at(lang))}")
        if outcome.accepted is not None:
            lines.append(f"{phrases.ACCEPTED.at(lang)}: {one_line(outcome.accepted)}")
        lines.append(f"{phrases.REPEAT.at(lang)}: {one_line(repeat.replace('{}', case.id))}")
        for exchange in outcome.evidence:
            label = f"{phrases.EVIDENCE.at(lang)} {exchange.number}"
            lines.append(f"\n{label}: {exchange.operation}, HTTP {exchange.http_status or '-'}")
            lines.append(f"{phrases.REQUEST.at(lang)}:\n{_shown(exchange.request)}")
            lines.append(f"{phrases.ANSWER.at(lang)}:\n{_shown(exchange.answer)}")
        return "\n".join(lines)
