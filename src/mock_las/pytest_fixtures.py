"""The fakes in pytest: fixtures, a marker, and a report of the exchanges of a failed test.

Only pytest and typing are imported here; the rest is loaded when a test needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_las.las import Las
    from uwlr.berichten import Leerlinggegevens
    from uwlr.client import UwlrClient

_MARKER = "mock_las(vendor=..., seed=..., clock=..., variant=...): the state of mock_las when the test starts"

_LAS: pytest.StashKey[Any] = pytest.StashKey()
_SAID: pytest.StashKey[list[str]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("mock-las")
    group.addoption("--mock-las-url", metavar="URL", help="use the fakes that run here, instead of starting some")
    group.addoption("--mock-las-dump", metavar="DIR", help="write the exchanges of failed tests here, redacted")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture(scope="session")
def mock_las_vendor() -> str:
    """The default vendor of `mock_las`; override it in a conftest."""
    return "standaard"


@pytest.fixture(scope="session")
def mock_las_address() -> dict[str, Any]:
    """Host, port and TLS files of the server, as arguments of `MockLas`; override it in a conftest."""
    return {"host": "127.0.0.1", "port": 0}


@pytest.fixture(scope="session")
def mock_las_server(mock_las_address: dict[str, Any], pytestconfig: pytest.Config) -> Iterator[Las]:
    """The fakes, started once for each worker; with --mock-las-url those that already run."""
    from mock_las.local_las import MockLas  # noqa: PLC0415
    from mock_las.remote_las import RemoteLas  # noqa: PLC0415

    url = pytestconfig.getoption("--mock-las-url")
    if url is not None:
        yield RemoteLas(url)
        return
    with MockLas(**mock_las_address) as las:
        yield las


@pytest.fixture
def mock_las(request: pytest.FixtureRequest, mock_las_server: Las, mock_las_vendor: str) -> Iterator[Las]:
    """The fakes, reset; a request that they find invalid fails the test, unless it calls `expect_invalid()`."""
    marker = request.node.get_closest_marker("mock_las")
    wanted: dict[str, Any] = dict(marker.kwargs) if marker else {}
    unknown = wanted.keys() - {"vendor", "seed", "clock", "variant"}
    if unknown:
        pytest.fail(f"the marker mock_las has no {', '.join(sorted(unknown))}", pytrace=False)
    las = mock_las_server
    las.reset(seed=wanted.get("seed", 1))
    las.vendor = wanted.get("vendor", mock_las_vendor)
    if "variant" in wanted:
        las.set_traits(wanted["variant"])
    if "clock" in wanted:
        las.set_clock(now=wanted["clock"])
    request.node.stash[_LAS] = las
    yield las
    # The server may be gone when it is reported that something failed after this.
    del request.node.stash[_LAS]
    request.node.stash[_SAID] = las.described()
    invalid = las.unexpected_invalid()
    if invalid:
        _dump(las, request.node)
        lines = "\n".join(f"  {exchange}" for exchange in invalid)
        pytest.fail(f"the fakes got invalid requests, and no expect_invalid() announced them:\n{lines}", pytrace=False)


@pytest.fixture
def uwlr_client(mock_las: Las) -> Iterator[UwlrClient]:
    """A client of the vendor of `mock_las`, with its key."""
    from uwlr.client import UwlrClient  # noqa: PLC0415

    with UwlrClient(**mock_las.connection().arguments) as client:
        yield client


@pytest.fixture(scope="session")
def make_school() -> Callable[..., Leerlinggegevens]:
    """Make synthetic schools: `uwlr.testing.make_school`."""
    from uwlr.testing import make_school  # noqa: PLC0415

    return make_school


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Add the exchanges of a failed test to its report."""
    outcome: Any = yield
    report = outcome.get_result()
    if not report.failed:
        return
    las = item.stash.get(_LAS, None)
    said = item.stash.get(_SAID, None)
    if las is not None:
        _dump(las, item)
        said = las.described()
    if said is not None:
        report.sections.append(("mock-las exchanges", "\n".join(said)))


def _dump(las: Las, item: pytest.Item) -> None:
    from re import sub  # noqa: PLC0415

    from uwlr.private_files import private_folder  # noqa: PLC0415

    directory = item.config.getoption("--mock-las-dump")
    if directory is not None:
        las.export(private_folder(directory) / (sub(r"[^\w.-]+", "-", item.nodeid) + ".json"))
