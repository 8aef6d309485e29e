"""`uwlr drift` as a program: sides, forms, exit codes, suggestions."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drift.asked import asked
from mock_las import MockLas
from uwlr.cli import main
from uwlr.recorded import Recording

OTHER = {"soap_prefix": "env", "forgives": []}


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """A system that is as the fake of ESIS is, but for two things."""
    return asked(tmp_path_factory.mktemp("command") / "acceptatie", "esis", leerlingen=12, **OTHER)


def _run(*words: object) -> Result:
    return CliRunner().invoke(main, ["drift", *map(str, words)])


def test_a_recording_and_a_fake(other: Recording, tmp_path: Path) -> None:
    """The fake is asked what was recorded; what differs is told as text and as a page, with exit code 1."""
    page = tmp_path / "page.html"
    told = _run(other.folder, "esis", "--report", f"html={page}")
    assert told.exit_code == 1, told.output
    assert told.output.startswith("4 differences between acceptatie (26 exchanges) and esis")
    assert re.search(r"form: prefix: Envelope\n +acceptatie: env\n +esis: s\n", told.output)
    assert "fault: leerlinggegevens_verzoek, with the defects VZ-101" in told.output
    assert "<td>form: prefix</td>" in page.read_text("utf-8")


def test_on_a_terminal_kinds_have_a_colour(other: Recording) -> None:
    """The summary and each kind of difference; two sides that are alike are green."""
    shown = CliRunner().invoke(main, ["drift", str(other.folder), "esis"], color=True).stdout
    alike = CliRunner().invoke(main, ["drift", str(other.folder), str(other.folder)], color=True).stdout

    assert shown.startswith("\x1b[33m4 differences between")
    assert "\x1b[33mform: prefix\x1b[0m: Envelope\n  acceptatie: env\n" in shown
    assert alike.startswith("\x1b[32mNo difference between")


def test_a_fake_that_runs(other: Recording) -> None:
    """A fake at an address is asked there; made alike, it does not differ, and the exit code is 0."""
    with MockLas("esis", seed=5, leerlingen=12) as las:
        las.set_traits(**OTHER)
        told = _run(other.folder, f"{las.url}/esis", "--format", "json")
        assert len(las.exchanges("esis")) > 20
    assert told.exit_code == 0, told.output
    found = json.loads(told.output)
    assert (found["differences"], found["only_one"], found["only_other"]) == ([], [], [])


def test_suggested_lines_make_the_fake_alike(other: Recording) -> None:
    """`--suggest` writes lines of a vendor's file, observed in that recording, and says that nothing is left."""
    told = _run(other.folder, "esis", "--suggest")
    lines = tomllib.loads(told.output)["deviation"]
    assert {line["trait"]: line["value"] for line in lines} == OTHER
    assert {(line["source"], line["reference"], line["date"].isoformat()) for line in lines} == {
        ("observed", f"Recording {other.about.id}", other.about.date)
    }
    assert "With these lines no differences would be left." in told.output


@pytest.mark.parametrize(
    ("words", "code"), [(("nergens", "esis"), 2), (("esis", ".", "--suggest"), 2), ((".", "."), 3)], ids=str
)
def test_wrong_use(words: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is no side, a suggestion for what is no fake, and a folder without a recording are told apart."""
    monkeypatch.chdir(tmp_path)
    assert _run(*words).exit_code == code
