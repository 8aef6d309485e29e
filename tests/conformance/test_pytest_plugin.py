"""The suite in pytest, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from broken import BROKEN
from reference import KEY, Host

SRC = Path(__file__).parents[2] / "src"
CASE = "leerlinggegevens/fouten/geen-xml"


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


def test_pytest_collects_the_cases(host: Host, tmp_path: Path) -> None:
    """Each case is a test; the one that the system breaks fails, and no other."""
    system = BROKEN[CASE]
    given = host.serve(system.las(), system.break_)
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
