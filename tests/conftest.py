"""What a run says at its end of tests that it skipped, and what it costs to collect them."""

from __future__ import annotations

import gc
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from helpers.needs import NEEDS, reason

os.environ["LANGUAGE"] = "en"  # texts are those of any machine
MEMORY = Path("/dev/shm")
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 4 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # commits of SQLite wait for a disk; kills need none
gc.disable()  # until all is collected: it stays, and to look in it for garbage again and again is a fifth of the work

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")  # what has failed once fails again; `--hypothesis-profile=default` searches anew


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of continuous integration."""
    parser.addoption(
        "--all-needs", action="store_true", help="fail when a test was skipped for something that can be installed"
    )


def pytest_collection_finish() -> None:
    """Leave what was collected out of every search for garbage from here on."""
    gc.freeze()
    gc.enable()


def _absent(reporter: pytest.TerminalReporter) -> Counter[str]:
    """Count the skipped tests by what they needed, of that which can be installed."""
    reasons = {f"Skipped: {reason(name)}": name for name in NEEDS}
    skipped = (report.longrepr[2] for report in reporter.stats.get("skipped", ()) if isinstance(report.longrepr, tuple))
    return Counter(reasons[said] for said in skipped if said in reasons)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that was to skip nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    passed = session.exitstatus == pytest.ExitCode.OK
    if passed and reporter and session.config.getoption("all_needs") and _absent(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say in one line what was absent, and how to have it."""
    yield
    if absent := _absent(terminalreporter):
        parts = ", ".join(f"{name} ({count})" for name, count in sorted(absent.items()))
        terminalreporter.write_line(f"Skipped for want of {parts}: tests/install-needs installs them.", yellow=True)
