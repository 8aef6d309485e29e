"""A recording of a test in pytest; only pytest is imported here, the rest comes when a test asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uwlr.recorded import Recorder


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that says where recordings are kept."""
    parser.getgroup("uwlr-recordings", "UWLR recordings").addoption(
        "--uwlr-recordings", metavar="DIR", help="Keep the recordings of tests here, a folder for each test."
    )


@pytest.fixture
def uwlr_recording(request: pytest.FixtureRequest) -> Iterator[Recorder]:
    """Record a test without anybody in it, in its `tmp_path` or below --uwlr-recordings; give the `Recorder`."""
    from pathlib import Path  # noqa: PLC0415
    from re import sub  # noqa: PLC0415

    from uwlr.recorded import Recorder  # noqa: PLC0415

    kept = request.config.getoption("--uwlr-recordings")
    name = sub(r"[^\w.-]+", "-", request.node.nodeid)
    folder = Path(kept, name) if kept else request.getfixturevalue("tmp_path") / "uwlr-recording"
    with Recorder(folder, made_from="fixture", label=request.node.nodeid) as recorder:
        yield recorder
