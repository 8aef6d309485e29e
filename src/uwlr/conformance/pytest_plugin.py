"""The suite in pytest: `pytest --pyargs uwlr.conformance --uwlr-endpoint=URL`, one test for each case.

Red and green are those of `uwlr conformance run`. Only pytest is imported here; the rest comes when an endpoint was
given.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uwlr.conformance.outcomes import Case

_FIXTURE: Final = "uwlr_conformance_case"
_RED: Final = 1
_verdicts = pytest.StashKey[list[str]]()
_remarks = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say which LAS is judged, and how."""
    group = parser.getgroup("uwlr", "UWLR conformance")
    group.addoption("--uwlr-endpoint", metavar="URL", help="LAS to judge: its address for leerlinggegevens.")
    group.addoption("--uwlr-leerresultaten-url", metavar="URL", help="Its address for results.")
    group.addoption("--uwlr-config", metavar="FILE", help="las.toml that describes it.")
    group.addoption("--uwlr-baseline", metavar="FILE", help="Known findings, with reason and end.")
    group.addoption("--uwlr-strict", action="store_true", help="Count recommendations as mandatory.")
    group.addoption("--uwlr-allow-writes", action="store_true", help="Bring results too.")
    group.addoption("--uwlr-yes", action="store_true", help="Go on though the address looks like production.")


def _asked(config: pytest.Config) -> bool:
    return any(config.getoption(f"--uwlr-{name}") for name in ("endpoint", "leerresultaten-url", "config"))


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to judge with several processes: a system is asked one thing at a time."""
    if _asked(config) and config.getoption("numprocesses", None):
        raise pytest.UsageError("uwlr.conformance sends one request at a time: run it without -n")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of every case."""
    if _FIXTURE not in metafunc.fixturenames:
        return
    found: tuple[Case, ...] = ()
    if _asked(metafunc.config):
        from uwlr.conformance.casebook import cases  # noqa: PLC0415

        found = cases("LAS")
    metafunc.parametrize(_FIXTURE, found, ids=[case.id for case in found])


@pytest.fixture(scope="session")
def uwlr_conformance_run(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The run that the cases belong to."""
    from uwlr.conformance.baseline import Baseline  # noqa: PLC0415
    from uwlr.conformance.casebook import check  # noqa: PLC0415
    from uwlr.conformance.declarations import Las, load, looks_like_production, make  # noqa: PLC0415
    from uwlr.conformance.execution import Run  # noqa: PLC0415
    from uwlr.conformance.system import LasSystem  # noqa: PLC0415
    from uwlr.errors import ConfigurationError  # noqa: PLC0415

    option = request.config.getoption
    path, known = option("--uwlr-config"), option("--uwlr-baseline")
    instead = {"url": option("--uwlr-endpoint"), "leerresultaten_url": option("--uwlr-leerresultaten-url")}
    try:
        config = make({}, Las, **instead) if path is None else load(Path(path), Las, **instead)
        baseline = Baseline() if known is None else Baseline.load(Path(known))
        check(one.case for one in baseline.known)
        if any(map(looks_like_production, config.addresses)) and not option("--uwlr-yes"):
            pytest.exit("the address looks like a production system: look again, then give --uwlr-yes", 2)
        system = LasSystem(config, allow_writes=option("--uwlr-allow-writes"))
    except ConfigurationError as error:
        pytest.exit(str(error), 2)
    request.config.stash[_verdicts] = []
    request.config.stash[_remarks] = []
    run = Run(system, (), baseline=baseline, strict=option("--uwlr-strict"))
    run.look()
    yield run
    system.close()


def judge(run: Any, case: Case, request: pytest.FixtureRequest) -> None:
    """Carry a case out, as a test: red is failed, what was not judged is skipped, the rest passes."""
    from uwlr.visible import one_line  # noqa: PLC0415

    outcome = run.outcome(case)
    request.config.stash[_verdicts].append(outcome.verdict)
    request.node.user_properties.append(("uwlr_verdict", str(outcome.verdict)))
    found = outcome.actual or outcome.reason
    seen = one_line(found.en) if found else ""
    said = f"{case.holds.en}; seen: {seen} ({', '.join(case.requirements)})" if found else ""
    if outcome.red:
        pytest.fail(said if outcome.actual else f"{case.id}: {seen}", pytrace=False)
    if outcome.verdict in {"skip", "not-supported"}:
        pytest.skip(seen)
    if said:
        known = f"; accepted: {one_line(outcome.accepted)}" if outcome.accepted else ""
        request.config.stash[_remarks].append(f"{outcome.verdict} {case.id}: {said}{known}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """List what is no failure but was found: recommendations, and findings that the baseline accepts."""
    remarks = config.stash.get(_remarks, [])
    if remarks:
        terminalreporter.section("UWLR conformance: remarks")
        for remark in remarks:
            terminalreporter.write_line(remark)
    if _nothing_passed(config):
        terminalreporter.write_line("UWLR conformance: not one case passed", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Make a run red in which not one case passed."""
    if session.exitstatus == pytest.ExitCode.OK and _nothing_passed(session.config):
        session.exitstatus = _RED


def _nothing_passed(config: pytest.Config) -> bool:
    verdicts = config.stash.get(_verdicts, [])
    return bool(verdicts) and "pass" not in verdicts
