"""A run as one HTML file that needs nothing else: a summary for a manager, a matrix, and the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from uwlr.conformance.outcomes import Event, Outcome, RunEnded, RunStarted, Verdict
from uwlr.conformance.report import phrases
from uwlr.conformance.report.grouped import grouped
from uwlr.conformance.report.messages import indented
from uwlr.conformance.requirements import Requirement, register
from uwlr.extras import extra
from uwlr.private_files import write_private
from uwlr.text import Lang

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_WORST = (Verdict.FAIL, Verdict.ERROR, Verdict.WARN, Verdict.SKIP, Verdict.NOT_SUPPORTED, Verdict.PASS)


class HtmlReport:
    """Writes a run to a file when it is over.

    Args:
        path: the file.
        lang: its language.

    Raises:
        MissingExtraError: Jinja2 is not installed.
    """

    def __init__(self, path: Path, lang: Lang = "en") -> None:
        with extra("conformance"):
            import jinja2  # noqa: PLC0415 - an optional dependency

        self._path = path
        self._lang: Lang = lang
        self._started: RunStarted | None = None
        environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        environment.filters["at"] = lambda text: text.at(lang)
        environment.filters["counts"] = lambda outcomes: phrases.counts(outcomes, lang)
        environment.filters["indented"] = indented
        self._template = environment.from_string(_TEMPLATE.read_text("utf-8"))

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, RunStarted):
            self._started = event
        elif isinstance(event, RunEnded) and self._started is not None:
            write_private(self._path, self._render(self._started, event).encode())

    def _render(self, started: RunStarted, ended: RunEnded) -> str:
        return self._template.render(
            lang=self._lang,
            w=phrases,
            started=started,
            ended=ended,
            conclusion=phrases.conclusion(ended, self._lang),
            topics=by_topic(ended.outcomes),
            groups=grouped(ended.outcomes),
            others=[o for o in ended.outcomes if o.red and o.unmet is None],
            fingerprint=phrases.fingerprint_of(ended),
            settings=msgspec.json.format(msgspec.json.encode(started.settings), indent=2).decode(),
            register=register(),
            matrix=by_requirement(ended.outcomes),
            untested=[r for r in register().values() if r.role == started.role and r.not_tested_because],
            beside=lambda topic: [r for r in register().values() if r.beside == topic],
            verdicts=tuple(Verdict),
        )


def by_topic(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Put cases of one topic together, topics by name."""
    topics: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda outcome: outcome.case.id):
        topics.setdefault(outcome.case.topic, []).append(outcome)
    return topics


def by_requirement(outcomes: Sequence[Outcome]) -> list[tuple[Requirement, Verdict, list[Outcome]]]:
    """Put cases under the requirements that they test; a requirement stands as the worst of its cases.

    A case that found another requirement unmet says nothing of the others that it has.
    """
    found = []
    for requirement in register().values():
        its = [
            o
            for o in outcomes
            if o.unmet == requirement.id or (o.unmet is None and requirement.id in o.case.requirements)
        ]
        if its:
            found.append((requirement, min((one.verdict for one in its), key=_WORST.index), its))
    return found
