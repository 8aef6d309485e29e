"""The pytest plugin: what its fixtures give, what it fails, and what it costs."""

import json
import subprocess
import sys

import uwlr.client.over_httpx
import uwlr.client.over_requests  # noqa: F401 - pytester forgets what is first imported within a run of it
from mock_las import vendors

pytest_plugins = ["pytester"]

FETCH = """
from uwlr.berichten import Leerlinggegevens

def fetch(client, las, **change):
    return client.haal_leerlinggegevens(**{**las.school, **change})
"""


def run(pytester, test, *options):
    """Run a test file with the plugin."""
    pytester.makepyfile(f"{FETCH}\n{test}")
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)


def test_client_fetches_a_roster(pytester):
    """A test gets a client, and the fakes that it talks to, by naming two fixtures."""
    test = """
def test_it(uwlr_client, mock_las):
    assert isinstance(fetch(uwlr_client, mock_las), Leerlinggegevens)
    assert mock_las.exchanges()[0].vendor == "standaard"
"""
    run(pytester, test).assert_outcomes(passed=1)


def test_marker_chooses_vendor_seed_and_clock(pytester):
    """The marker chooses vendor, seed and time; without it the next test is as new."""
    test = """
import pytest

@pytest.mark.mock_las(vendor="magister", seed=3, clock="2027-08-02T08:00:00Z")
def test_marked(uwlr_client, mock_las):
    roster = fetch(uwlr_client, mock_las)
    assert roster.school.schooljaar == "2027-2028"
    assert (mock_las.vendor, mock_las.state().seed) == ("magister", 3)

def test_plain(mock_las):
    assert (mock_las.vendor, mock_las.state().seed) == ("standaard", 1)
    assert not mock_las.state().clock.frozen
"""
    run(pytester, test).assert_outcomes(passed=2)


def test_marker_chooses_a_variant_with_its_headers(pytester):
    """The marker chooses a variant of the vendor, and the client sends the HTTP headers that it asks for."""
    test = """
import pytest

@pytest.mark.mock_las(vendor="magister", variant="iddink-hub")
def test_it(uwlr_client, mock_las):
    assert mock_las.connection().http_headers
    assert isinstance(fetch(uwlr_client, mock_las), Leerlinggegevens)
"""
    run(pytester, test).assert_outcomes(passed=1)


def test_wrong_marker(pytester):
    """A marker with an argument that it does not have fails the test."""
    test = """
import pytest

@pytest.mark.mock_las(school=3)
def test_it(mock_las):
    pass
"""
    result = run(pytester, test)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the marker mock_las has no school*"])


INVALID = """
import urllib.error, urllib.request, pytest

def test_it(mock_las):
    {announce}
    url = mock_las.connection().leerlinggegevens_url
    request = urllib.request.Request(url, b"<geen/>", {{"Content-Type": "text/xml"}})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    caught.value.close()
"""


def test_unexpected_invalid_request_fails(pytester):
    """An invalid request fails the test that made it, though its own asserts hold."""
    result = run(pytester, INVALID.format(announce=""))
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*invalid requests*", "*#1 standaard leerlinggegevens: Client.OngeldigBericht*"])


def test_announced_invalid_request_passes(pytester):
    """An invalid request that was announced does not fail the test."""
    run(pytester, INVALID.format(announce="mock_las.expect_invalid()")).assert_outcomes(passed=1)


def test_failed_test_shows_exchanges_without_keys(pytester):
    """A failed test shows the exchanges, with the reason of a refusal, and neither key nor names."""
    test = """
def test_it(uwlr_client, mock_las):
    with open("key", "w") as file:
        file.write(mock_las.connection().autorisatie.autorisatiesleutel)
    fetch(uwlr_client, mock_las, dependancecode="04")
"""
    result = run(pytester, test)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*mock-las exchanges*", "#1 standaard*no coupling for 99AA 04; there is one for 99AA 00"]
    )
    assert (pytester.path / "key").read_text() not in result.stdout.str()


def test_runs_against_fakes_elsewhere_and_dumps_failures(pytester, las):
    """With an address the same test uses the fakes there, and with a directory a failed one leaves its exchanges."""
    test = """
def test_it(uwlr_client, mock_las):
    fetch(uwlr_client, mock_las)
    assert not mock_las.exchanges()
"""
    result = run(pytester, test, f"--mock-las-url={las.url}", "--mock-las-dump=dump")
    result.assert_outcomes(failed=1)
    assert [exchange.operation for exchange in las.exchanges()] == ["HaalLeerlinggegevens"]
    (dumped,) = (pytester.path / "dump").iterdir()
    assert json.loads(dumped.read_text())[0]["operation"] == "HaalLeerlinggegevens"
    las.reset(seed=7)


def test_loading_imports_nothing_heavy():
    """Loading the plugin imports none of what the fakes run on."""
    code = (
        "import pytest, sys; before = set(sys.modules); import mock_las.pytest_fixtures;"
        "print(sorted(name for name in set(sys.modules) - before if '.' not in name))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['mock_las']"


def test_no_vendor_makes_a_warning(pytester):
    """With warnings as errors the client of each fake is made and asks, also where its key is a long one."""
    made = """
        import pytest
        from mock_las import vendors

        @pytest.mark.parametrize("vendor", [pytest.param(name, marks=pytest.mark.mock_las(vendor=name))
                                            for name in vendors.NAMES])
        def test_it(mock_las, uwlr_client, vendor):
            assert mock_las.vendor == vendor
            if mock_las.connection().leerlinggegevens_url:
                assert uwlr_client.haal_leerlinggegevens(**mock_las.school)
        """
    pytester.makepyfile(made)
    done = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", "-W", "error")
    assert done.parseoutcomes() == {"passed": len(vendors.NAMES)}
