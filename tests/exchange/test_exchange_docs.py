"""The commands that docs/exchange.md shows do what it says."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from uwlr import make_verificatiecode
from uwlr.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "exchange.md"


def test_the_commands_of_a_koppeling(receiver, tmp_path, monkeypatch):
    """From the store to an active koppeling, each command prints what stands under it."""
    [block, *_] = re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "code.txt").write_text(make_verificatiecode("99QQ", "00") + "\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    for name, value in {"URL": receiver.url, "UWLR_KLANTCODE": "EA1", "UWLR_KLANTNAAM": "Toetsen"}.items():
        monkeypatch.setenv(name, value)
    steps = re.findall(r"^\$ uwlr (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    assert len(steps) == 6
    for command, shown in steps:
        done = CliRunner().invoke(main, shlex.split(os.path.expandvars(command)))
        assert (done.exit_code, done.stdout) == (0, shown), done.output
    assert len(receiver.messages) == 1


def test_every_command_that_the_page_names_is_there():
    """Each `uwlr …` of the page is a command that has a help text."""
    named = set(
        re.findall(
            r"`uwlr ((?:store|koppeling|import|persoon) \w[\w-]*|nightly|deliver|notify)", PAGE.read_text("utf-8")
        )
    )
    assert len(named) >= 10
    for words in sorted(named):
        assert CliRunner().invoke(main, [*words.split(), "--help"]).exit_code == 0, words
