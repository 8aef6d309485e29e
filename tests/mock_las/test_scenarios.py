"""The couplings, end to end, as the runnable examples tell them."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("scenario_?_*.py")), ids=lambda path: path.stem)
def test_scenario(path, capsys, monkeypatch):
    """The scenario runs to its end, and its own asserts hold."""
    monkeypatch.syspath_prepend(EXAMPLES)  # as when they are run as a program
    runpy.run_path(str(path))["main"]()
    assert len(capsys.readouterr().out.splitlines()) >= 2
