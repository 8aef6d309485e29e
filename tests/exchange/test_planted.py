"""The tests of the ledger find each fault that is planted in it: they would see it if somebody made it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.planted import FAULTS, planted

ROOT = Path(__file__).parents[2]
SHORT = 18
"""A fault that the first of the tests finds."""


@pytest.mark.parametrize(
    "number",
    [pytest.param(n, marks=[] if n == SHORT else pytest.mark.proof) for n in range(len(FAULTS))],
    ids=[f"{fault.module}-{number}" for number, fault in enumerate(FAULTS)],
)
def test_a_planted_fault_is_found(number):
    """With one line wrong, a test of the ledger fails."""
    command = [sys.executable, "-m", "exchange.planted", str(number)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": "tests"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout[-500:] + done.stderr[-500:]


def test_each_fault_is_one_line_of_its_module():
    """What is planted changes the module as it is now, and there are thirty at least."""
    assert len(FAULTS) >= 30
    for fault in FAULTS:
        compile(planted(fault), fault.module, "exec")
