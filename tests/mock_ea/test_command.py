"""The command `mock-ea`, as processes, and what the documentation shows of it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from helpers.programs import ran, started

DOC = Path(__file__).parents[2] / "docs" / "mock-ea.md"


def answers(stdout, count):
    """See that at each address that a program prints a page of ours answers."""
    for _ in range(count):
        url = re.search(r"http://[\d.]+:\d+", stdout.readline())[0]
        with urllib.request.urlopen(f"{url}/", timeout=30) as answer:
            assert "mock-" in answer.read().decode()


def test_play_opens_both_sides():
    """`python -m mock_ea play` opens both sides, each address answers, and SIGTERM ends it."""
    command = [sys.executable, "-m", "mock_ea", "play", "--port", "0", "--las-port", "0", "--leerlingen", "5"]
    command += ["--begin", "goedgekeurd"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        answers(program.stdout, 2)
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=30) == 0


def test_serve_opens_one_side():
    """`mock-ea serve` opens the applications for a system elsewhere, its address answers, and SIGTERM ends it."""
    given = "--port", "0", "--adres", "standaard=http://127.0.0.1:1/uwlr", "--school", "99XX00"
    with started("mock_ea.ea_commands:main", "serve", *given) as program:
        answers(program.stdout, 1)
        program.send_signal(signal.SIGTERM)
        assert program.wait() == 0


def test_wrong_use_says_how():
    """An address for a system that does not exist is wrong use, and the names are listed."""
    [done] = ran("mock_ea.ea_commands:main", "serve", "--adres", "onbekend=http://127.0.0.1")
    assert done.returncode == 2
    assert "esis" in done.stderr


def test_example_of_the_documentation(tmp_path):
    """The example in docs/mock-ea.md runs, and its asserts hold."""
    file = tmp_path / "example.py"
    file.write_text(re.findall(r"```python\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)[0], "utf-8")
    [done] = ran(str(file))
    assert done.returncode == 0, done.stderr
