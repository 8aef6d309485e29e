"""The commands that docs/exchange.md shows do what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from uwlr import make_verificatiecode

PAGE = Path(__file__).parents[2] / "docs" / "exchange.md"


def test_the_commands_of_a_koppeling(receiver, tmp_path):
    """From the store to an active koppeling, each command prints what stands under it."""
    [block, *_] = re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "code.txt").write_text(make_verificatiecode("99QQ", "00") + "\n", "utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "URL": receiver.url, "UWLR_KLANTCODE": "EA1", "UWLR_KLANTNAAM": "Toetsen"}
    steps = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    assert len(steps) == 6
    for command, shown in steps:
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, shown), done.stderr
    assert len(receiver.messages) == 1


def test_every_command_that_the_page_names_is_there():
    """Each `uwlr …` of the page is a command that has a help text."""
    named = set(
        re.findall(r"`uwlr ((?:store|koppeling|import) \w[\w-]*|nightly|deliver|notify)", PAGE.read_text("utf-8"))
    )
    assert len(named) >= 10
    for words in sorted(named):
        command = [Path(sys.executable).with_name("uwlr"), *words.split(), "--help"]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0, words
