"""The suite in pytest: `pytest --pyargs uwlr.conformance --uwlr-endpoint=URL`, one test for each case.

Only pytest is imported here; the rest comes when an endpoint was given.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uwlr.conformance.model import Case

_FIXTURE = "uwlr_conformance_case"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say which LAS is judged."""
    group = parser.getgroup("uwlr", "UWLR conformance")
    group.addoption("--uwlr-endpoint", metavar="URL", help="LAS to judge: its address for leerlinggegevens.")
    group.addoption("--uwlr-config", metavar="FILE", help="las.toml that describes it.")
    group.addoption("--uwlr-allow-writes", action="store_true", help="Bring results too.")
    group.addoption("--uwlr-yes", action="store_true", help="Go on though the address looks like production.")


def _asked(config: pytest.Config) -> bool:
    return bool(config.getoption("--uwlr-endpoint") or config.getoption("--uwlr-config"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of every case."""
    if _FIXTURE not in metafunc.fixturenames:
        return
    found: tuple[Case, ...] = ()
    if _asked(metafunc.config):
        from uwlr.conformance.registry import cases  # noqa: PLC0415

        found = cases("LAS")
    metafunc.parametrize(_FIXTURE, found, ids=[case.id for case in found])


@pytest.fixture(scope="session")
def uwlr_conformance_run(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The run that the cases belong to."""
    from uwlr.conformance.config import Las, load, looks_like_production, make  # noqa: PLC0415
    from uwlr.conformance.engine import Run  # noqa: PLC0415
    from uwlr.conformance.system import LasSystem  # noqa: PLC0415

    option = request.config.getoption
    path, url = option("--uwlr-config"), option("--uwlr-endpoint")
    config = make({}, Las, url=url) if path is None else load(Path(path), Las, url=url)
    if any(map(looks_like_production, config.addresses)) and not option("--uwlr-yes"):
        pytest.exit("the address looks like a production system: look again, then give --uwlr-yes", 2)
    system = LasSystem(config, allow_writes=option("--uwlr-allow-writes"))
    yield Run(system, ())
    system.close()


def judge(run: Any, case: Case) -> None:
    """Carry a case out, as a test: red is failed, not judged is skipped."""
    outcome = run.outcome(case)
    said = outcome.actual or outcome.reason
    if outcome.red:
        pytest.fail(f"{case.holds.en}; seen: {said.en} ({', '.join(case.requirements)})", pytrace=False)
    if outcome.verdict in {"skip", "not-supported"}:
        pytest.skip(said.en)
