"""The command `mock-ea`, as processes, and what the documentation shows of it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

DOC = Path(__file__).parents[2] / "docs" / "mock-ea.md"


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["play", "--port", "0", "--las-port", "0", "--leerlingen", "5", "--begin", "goedgekeurd"], 2),
        (["serve", "--port", "0", "--adres", "standaard=http://127.0.0.1:1/uwlr", "--school", "99XX00"], 1),
    ],
)
def test_program_opens_pages(arguments, lines):
    """`play` opens both sides and `serve` one; each address answers, and SIGTERM ends it."""
    with subprocess.Popen([sys.executable, "-m", "mock_ea", *arguments], stdout=subprocess.PIPE, text=True) as program:
        found = [re.search(r"http://[\d.]+:\d+", program.stdout.readline())[0] for _ in range(lines)]
        for url in found:
            with urllib.request.urlopen(f"{url}/", timeout=30) as answer:
                assert "mock-" in answer.read().decode()
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=30) == 0


def test_wrong_use_says_how():
    """An address for a system that does not exist is wrong use, and the names are listed."""
    command = [sys.executable, "-m", "mock_ea", "serve", "--adres", "onbekend=http://127.0.0.1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "esis" in done.stderr


def test_example_of_the_documentation():
    """The example in docs/mock-ea.md runs, and its asserts hold."""
    example = re.findall(r"```python\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)[0]
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
