"""The runs of a page: what was asked for, how far each is, and what it came to."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from uwlr.berichten import Autorisatie
from uwlr.conformance.bundle import BundleReport
from uwlr.conformance.casebook import planned_requests, select
from uwlr.conformance.declarations import Las, looks_like_production
from uwlr.conformance.execution import Run
from uwlr.conformance.outcomes import Case, CaseEnded, CaseStarted, Event, Outcome, RunEnded, RunStarted
from uwlr.conformance.report.kinds import BUNDLE, KINDS
from uwlr.conformance.system import LasSystem
from uwlr.errors import UwlrError
from uwlr.private_files import private_folder

FILES: Final = {
    "html": "rapport.html",
    "markdown": "rapport.md",
    "junit": "junit.xml",
    "json": "run.json",
    "badge": "badge.svg",
    BUNDLE: "bundel.jsonl",
}
"""Names of what can be downloaded, by kind."""
_MOST: Final = 20
"""Runs that are kept in mind."""


class Ask:
    """A run that was asked for.

    Args:
        config: the system.
        autorisatie: who asks; the key stays in memory and in no file.
        allow_writes: whether results may be brought.
        folder: where its reports go.
    """

    def __init__(self, config: Las, autorisatie: Autorisatie, *, allow_writes: bool, folder: Path) -> None:
        self.name = secrets.token_hex(6)
        self.config = config
        self.autorisatie = autorisatie
        self.allow_writes = allow_writes
        self.folder = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{self.name}"
        self.started: RunStarted | None = None
        self.ended: RunEnded | None = None
        self.now: Case | None = None
        self.outcomes: list[Outcome] = []
        self.broke: str | None = None
        self._thread: threading.Thread | None = None

    @property
    def system(self) -> str:
        """What is judged."""
        return self.config.name or " + ".join(self.config.addresses)

    @property
    def chosen(self) -> tuple[Case, ...]:
        """The cases that will be carried out."""
        system = self._system()
        try:
            return tuple(one for one in select(()) if not system.refuses(one) and not system.lacks(one))
        finally:
            system.close()

    @property
    def plan(self) -> dict[str, int]:
        """How many cases each topic has."""
        return dict(sorted(Counter(case.topic for case in self.chosen).items()))

    @property
    def requests(self) -> int:
        """Requests at most."""
        return planned_requests(self.chosen) + 1

    @property
    def doubtful(self) -> bool:
        """Whether an address may be that of a system with real pupils."""
        return any(map(looks_like_production, self.config.addresses))

    @property
    def begun(self) -> bool:
        """Whether it was started."""
        return self._thread is not None

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self.ended is not None or self.broke is not None

    @property
    def share(self) -> int:
        """Progress, in percent."""
        every = len(self.started.cases) if self.started else 0
        return 100 * len(self.outcomes) // every if every else 0

    def start(self) -> None:
        """Carry it out in a thread of its own."""
        if self._thread is None:
            private_folder(self.folder, new=True)
            self._thread = threading.Thread(target=self._run, name=f"uwlr-run-{self.name}", daemon=True)
            self._thread.start()

    def join(self) -> None:
        """Wait until it is over."""
        if self._thread is not None:
            self._thread.join()

    def _system(self) -> LasSystem:
        return LasSystem(self.config, allow_writes=self.allow_writes, autorisatie=self.autorisatie)

    def _run(self) -> None:
        try:
            with contextlib.closing(self._system()) as system:
                reports: list[Any] = [make(self.folder / FILES[kind], "nl") for kind, make in KINDS.items()]
                bundle = BundleReport(self.folder / FILES[BUNDLE], system)
                Run(system, select(()), [*reports, bundle, self._hear])()
        except (UwlrError, OSError) as error:
            self.broke = str(error)
        except Exception as error:  # noqa: BLE001 - the page has to say that it is over
            self.broke = type(error).__name__

    def _hear(self, event: Event) -> None:
        match event:
            case RunStarted():
                self.started = event
            case CaseStarted():
                self.now = event.case
            case CaseEnded():
                self.outcomes.append(event.outcome)
            case RunEnded():
                self.ended = event


class Desk:
    """All runs of a page, the latest first.

    Args:
        folder: where reports go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._runs: list[Ask] = []

    def add(self, ask: Ask) -> None:
        """Add a run; the oldest ones that ended are dropped."""
        self._runs.insert(0, ask)
        for old in [one for one in self._runs[_MOST:] if one.over or not one.begun]:
            self._runs.remove(old)

    def get(self, name: str) -> Ask | None:
        """Find a run."""
        return next((one for one in self._runs if one.name == name), None)

    @property
    def begun(self) -> list[Ask]:
        """The runs that were started."""
        return [one for one in self._runs if one.begun]

    @property
    def busy(self) -> bool:
        """Whether a run is under way: a system is asked one thing at a time."""
        return any(one.begun and not one.over for one in self._runs)

    def before(self, ask: Ask) -> Ask | None:
        """The last run of the same system before this one."""
        later = self._runs[self._runs.index(ask) + 1 :]
        return next((one for one in later if one.ended is not None and one.system == ask.system), None)
