"""The suite in pytest, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from conformance.las_defects import DEFECTS
from conformance.right_las import KEY, LasServer, make

SRC = Path(__file__).parents[2] / "src"
CASE = "leerlinggegevens/fouten/geen-xml"


def _defect(name: str) -> Any:
    return next(one.apply for one in DEFECTS if one.name == name)


def _pytest(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(SRC),
        "UWLR_AUTORISATIESLEUTEL": KEY,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "uwlr.conformance.pytest_plugin", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "--import-mode=importlib", *arguments],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_pytest_collects_the_cases(server: LasServer, tmp_path: Path) -> None:
    """Each case is a test; the one that the system breaks fails, and no other."""
    given = server.serve(make(_defect("XML that stops is read (HaalLeerlinggegevens)")))
    config = tmp_path / "las.toml"
    config.write_text('[school]\nbrincode = "99XX"\n', "utf-8")

    done = _pytest(
        tmp_path,
        "--pyargs",
        "uwlr.conformance",
        "--uwlr-endpoint",
        given["url"],
        "--uwlr-config",
        str(config),
        "-k",
        "fouten",
    )

    assert done.returncode == 1, done.stdout
    assert "1 failed" in done.stdout
    assert f"test_case[{CASE}]" in done.stdout


def _judged(tmp_path: Path, given: Any, *arguments: str) -> tuple[int, str]:
    config = tmp_path / "las.toml"
    config.write_text('[school]\nbrincode = "99XX"\n', "utf-8")
    addresses = ("--uwlr-endpoint", given["url"], "--uwlr-leerresultaten-url", given["leerresultaten_url"])
    done = _pytest(tmp_path, "--pyargs", "uwlr.conformance", *addresses, "--uwlr-config", str(config), *arguments)
    return done.returncode, done.stdout


def test_red_and_green_are_those_of_a_run(server: LasServer, tmp_path: Path) -> None:
    """A recommendation is red with strict only; a baseline accepts; writing needs leave; no pass is red."""
    given = server.serve(make(_defect("the key is judged before the message")))
    chosen = ("-k", "bericht-voor-sleutel or ongeldig-schooljaar or normaal")
    baseline = tmp_path / "baseline.toml"
    baseline.write_text(
        '[[known]]\ncase = "leerlinggegevens/autorisatie/bericht-voor-sleutel"\nreason = "known"\nuntil = 2099-12-31\n'
    )

    lenient = _judged(tmp_path, given, *chosen)
    strict = _judged(tmp_path, given, *chosen, "--uwlr-strict", "--uwlr-allow-writes")
    accepted = _judged(tmp_path, given, *chosen, "--uwlr-strict", "--uwlr-baseline", str(baseline))
    nothing = _judged(tmp_path, given, "-k", "bezorging")

    assert lenient[0] == 0
    assert "3 passed, 1 skipped" in lenient[1]
    assert "warn leerlinggegevens/autorisatie/bericht-voor-sleutel" in lenient[1]
    assert strict[0] == 1
    assert "1 failed, 3 passed" in strict[1]
    assert accepted[0] == 0
    assert "accepted: known" in accepted[1]
    assert nothing[0] == 1
    assert "not one case passed" in nothing[1]


def test_the_plugin_costs_nothing_where_it_is_not_used(tmp_path: Path) -> None:
    """Loading the plugin loads neither a case nor an HTTP library."""
    code = (
        "import sys, uwlr.conformance.pytest_plugin;"
        "print(sorted(n for n in sys.modules if n.startswith(('uwlr.conformance.', 'lxml', 'msgspec', 'requests'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "['uwlr.conformance.pytest_plugin']"
