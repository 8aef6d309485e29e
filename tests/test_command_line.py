"""What all commands share: how they end when a disk is full, what they ask for, how they write into a pipe."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

import mock_ea.ea_commands
import mock_las.cli
import uwlr
from uwlr.cli import main
from uwlr.errors import ConfigurationError

BIN = Path(sys.executable).parent
FULL = Path("/dev/full")
PROGRAMS = {"uwlr": main, "mock-las": mock_las.cli.main, "mock-ea": mock_ea.ea_commands.main}
WRONG = """<leerlinggegevens_verzoek xmlns="http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens">
<schooljaar>2025</schooljaar></leerlinggegevens_verzoek>"""


@pytest.fixture
def wrong(tmp_path):
    """A message with findings."""
    path = tmp_path / "verzoek.xml"
    path.write_text(WRONG, "utf-8")
    return path


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "command",
    [
        ["uwlr", "generate", "school"],
        ["uwlr", "rules"],
        ["uwlr", "rules", "--format", "json"],
        ["uwlr", "explain", "LG-201"],
        ["uwlr", "validate", "FILE"],
        ["uwlr", "validate", "--format", "json", "FILE"],
        ["uwlr", "--help"],
        ["uwlr", "conformance", "coverage"],
        ["mock-las", "fidelity"],
        ["mock-las", "--help"],
        ["mock-ea", "--help"],
    ],
    ids=" ".join,
)
def test_a_full_disk_behind_stdout_is_three(command, wrong):
    """Output that finds no room ends with 3 and one sentence, and Python adds nothing to it."""
    program, *arguments = [str(wrong) if word == "FILE" else word for word in command]
    with FULL.open("wb") as full:
        done = subprocess.run([BIN / program, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (3, "Error: cannot be written: No space left on device\n")


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_no_fault_of_a_file_or_a_fake(tmp_path):
    """Neither a file without a name nor a fake that answers is blamed for it."""
    roster = tmp_path / "roster.xml"
    message = uwlr.berichten.LeerlinggegevensAntwoord(inhoud=uwlr.testing.make_school(seed=7, leerlingen=3))
    roster.write_bytes(uwlr.write(message))
    with mock_las.MockLas("esis") as las, FULL.open("wb") as full:
        for command in (["uwlr", "convert", roster, "-", "--to", "json"], ["mock-las", "ready", "--url", las.url]):
            program, *arguments = command
            done = subprocess.run(
                [BIN / program, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
            )
            assert (done.returncode, done.stderr) == (3, "Error: cannot be written: No space left on device\n"), command


def test_a_file_is_no_folder_of_csv(wrong, tmp_path):
    """Where OUT without an ending is a file, it is wrong use, and says what to do."""
    there = tmp_path / "out"
    there.touch()

    done = CliRunner().invoke(main, ["convert", str(wrong), str(there), "--tolerant"])

    assert (done.exit_code, "--to" in done.stderr) == (2, True)


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "--report", "json=/dev/full", "FILE"],
        ["validate", "--report", "html=/dev/full", "FILE"],
        ["convert", "ROSTER", "/dev/full", "--to", "json"],
        ["anonymise", "ROSTER", "--out", "/dev/full"],
    ],
    ids=" ".join,
)
def test_a_full_disk_behind_a_file_is_three(arguments, wrong, tmp_path):
    """So does a report or a converted message."""
    roster = tmp_path / "roster.xml"
    message = uwlr.berichten.LeerlinggegevensAntwoord(inhoud=uwlr.testing.make_school(seed=7, leerlingen=3))
    roster.write_bytes(uwlr.write(message))
    names = {"FILE": str(wrong), "ROSTER": str(roster)}

    done = CliRunner().invoke(main, [names.get(word, word) for word in arguments])

    assert (done.exit_code, "No space left on device" in done.stderr) == (3, True), done.output
    assert "None" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="needs the C library")
def test_a_full_disk_behind_a_store_is_three(tmp_path):
    """A database that cannot grow ends with 3: the file may not become larger than 30 kB."""
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))\n"
        "from uwlr.cli import main\n"
        "main(['store', 'upgrade', '--store', 'sqlite:///' + sys.argv[1]])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "uwlr.db")], capture_output=True, text=True, check=False
    )

    assert done.returncode == 3, done.stderr
    assert "defect" not in done.stderr


NOTHING = dict.fromkeys(os.environ, None) | {"PATH": "/"}
"""An environment without settings, for `CliRunner`."""


def all_commands(group: click.Group, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command of a program that is no group, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from all_commands(found, *names, name)
        elif found is not None:
            yield (*names, name), found


REQUIRING = [
    pytest.param(program, words, [one for one in command.params if one.required], id=" ".join((program, *words)))
    for program, group in PROGRAMS.items()
    for words, command in all_commands(group)
    if any(one.required for one in command.params)
]


@pytest.mark.parametrize(("program", "words", "required"), REQUIRING)
def test_all_that_is_required_is_named_at_once(program, words, required):
    """Every option and argument of every command of the three programs, in the order of its help."""
    done = CliRunner().invoke(PROGRAMS[program], words, env=NOTHING)

    assert (done.exit_code, done.stdout) == (2, "")
    assert re.findall(r"Missing \w+ '([^']+)'", done.stderr) == [
        one.opts[0] if isinstance(one, click.Option) else one.make_metavar(click.Context(click.Command("x")))
        for one in required
    ]


@pytest.mark.parametrize(
    ("command", "absent"),
    [
        ("fetch leerlinggegevens", ["address", "key", "klantcode", "klantnaam", "school"]),
        ("fetch structuur http://127.0.0.1:9 --schoolkey s", ["key", "klantcode", "klantnaam"]),
        ("fetch leerlingen", ["address", "groep", "key", "klantcode", "klantnaam", "school"]),
        ("fetch leerkrachten --groep g", ["address", "key", "klantcode", "klantnaam", "school"]),
        ("send leerresultaten", ["address", "key", "klantcode", "klantnaam"]),
        ("probe", ["address", "key", "klantcode", "klantnaam", "school"]),
        ("probe --leerresultaten-url http://127.0.0.1:9", ["key", "klantcode", "klantnaam"]),
        ("koppeling add", ["address"]),
    ],
)
def test_all_missing_settings_are_named_at_once(command, absent):
    """So are the settings that may come from elsewhere, with what is required, and only what a call needs."""
    done = CliRunner().invoke(main, command.split(), env=NOTHING)

    assert done.exit_code == 2
    assert sorted(re.findall(r"no (\w+):", done.stderr)) == absent
    assert ("Missing argument 'FILE'" in done.stderr) == command.startswith("send")
    assert ("Missing option '--naam'" in done.stderr) == command.startswith("koppeling")


def test_what_is_wrong_is_not_called_absent(tmp_path):
    """A value of a variable that cannot be used is no absent option."""
    env = NOTHING | {"MOCK_LAS_SLEUTEL_FILE": str(tmp_path / "no")}

    assert "Missing option '--sleutel-file'" not in CliRunner().invoke(mock_las.cli.main, ["pull"], env=env).stderr


@pytest.mark.parametrize(
    ("program", "words", "near"),
    [
        ("uwlr", ["valdate"], "validate"),
        ("uwlr", ["koppeling", "aproove"], "approve"),
        ("uwlr", ["conformance", "refree"], "referee"),
        ("mock-las", ["serv"], "serve"),
        ("mock-ea", ["plya"], "play"),
    ],
)
def test_a_command_that_there_is_not_comes_with_the_nearest(program, words, near):
    """As click has it for options, in all programs, also where commands are imported when they are called."""
    done = CliRunner().invoke(PROGRAMS[program], words)
    dutch = CliRunner().invoke(PROGRAMS[program], ["--lang", "nl", *words])

    assert done.exit_code == 2
    assert f"No such command '{words[-1]}'. " in done.stderr
    assert near in done.stderr.partition("No such command")[2]
    assert f"De opdracht '{words[-1]}' is er niet." in dutch.stderr


def test_a_word_that_is_like_no_command_comes_with_none():
    """Nothing is proposed then."""
    assert CliRunner().invoke(main, ["qqq"]).stderr.endswith("No such command 'qqq'.\n")


@pytest.mark.parametrize(("given", "near"), [("LG-999", "LG-"), ("LG201", "LG-201"), ("", "")])
def test_a_rule_that_there_is_not_is_refused(given, near, wrong):
    """A misspelt rule to leave out is wrong use, with the nearest ids, from Python too; so is one to explain."""
    done = CliRunner().invoke(main, ["validate", "--ignore", given, str(wrong)])

    assert (done.exit_code, done.stdout) == (2, "")
    assert f"there is no rule {given!r}" in done.stderr
    assert near in done.stderr.partition("but")[2] or not near
    with pytest.raises(ConfigurationError, match="there is no rule"):
        uwlr.validate(wrong, ignore=[given])
    assert CliRunner().invoke(main, ["explain", given]).exit_code == 2


def on_a_terminal(command: list[str], *, env: dict[str, str] | None = None) -> str:
    """What a command shows on a terminal of 80 columns."""
    outer, inner = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm-256color", **(env or {})}
    with subprocess.Popen(command, stdout=inner, stderr=inner, env=environment):
        os.close(inner)
        shown = b""
        try:
            while piece := os.read(outer, 1 << 16):
                shown += piece
        except OSError:  # Linux says so when the other end is closed
            pass
    os.close(outer)
    return shown.decode()


def test_a_terminal_has_colours_and_a_pipe_whole_lines(wrong):
    """Findings have their colour and fit a terminal, unless NO_COLOR is set; in a pipe each is one line without."""
    command = [str(BIN / "uwlr"), "validate", str(wrong)]
    shown = on_a_terminal(command)
    plain = on_a_terminal(command, env={"NO_COLOR": "1"})
    piped = subprocess.run(command, capture_output=True, text=True, check=False).stdout

    assert "\x1b[31m" in shown
    assert "\x1b" not in plain
    assert "\x1b" not in piped
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == plain
    found = [line for line in piped.splitlines() if " fout " in line]
    assert found
    assert max(map(len, found)) > 80
    assert all(line.startswith((str(wrong), "    →")) for line in piped.splitlines())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed(shell, tmp_path):
    """The scripts of all programs are where the shell looks for them, and are what `show` prints."""
    env = {"HOME": str(tmp_path), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": "", "SHELL": f"/bin/{shell}"}

    done = CliRunner().invoke(main, ["completion", "install"], env=env)

    assert done.exit_code == 0
    paths = [Path(line) for line in done.stdout.splitlines()]
    shown = CliRunner().invoke(main, ["completion", "show", shell], env=env).stdout
    assert [path.is_relative_to(tmp_path) for path in paths] == [True] * 3
    assert "".join(path.read_text("utf-8") for path in paths) == shown
    assert CliRunner().invoke(main, ["completion", "install"], env={**env, "SHELL": "/bin/tcsh"}).exit_code == 2


def test_bash_completes_commands(tmp_path):
    """A bash that has read the script offers commands, options and values; a space in a value ends no word."""
    script = tmp_path / "uwlr"
    script.write_text(CliRunner().invoke(main, ["completion", "show", "bash"]).stdout, "utf-8")
    code = (
        f". {script}; COMP_WORDS=(uwlr conf); COMP_CWORD=1; _uwlr_completion {BIN / 'uwlr'}; echo ${{COMPREPLY[@]}};"
        f"COMP_WORDS=(uwlr validate --prof); COMP_CWORD=2; _uwlr_completion {BIN / 'uwlr'}; echo ${{COMPREPLY[@]}};"
        f"COMPREPLY=(); COMP_WORDS=(uwlr validate --profiel 'Smalle\\ s'); COMP_CWORD=3;"
        f"_uwlr_completion {BIN / 'uwlr'};"
        'echo "${COMPREPLY[0]}"'
    )
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=True)

    first, second, third = done.stdout.splitlines()
    assert (first, second.split()[-1], third) == ("conformance", "--profiel", r"Smalle\ set")


@pytest.mark.parametrize(
    ("words", "typed", "known"),
    [
        (["explain"], "lg-2", "LG-201"),
        (["explain"], "Client.Onge", "Client.OngeldigBericht"),
        (["explain"], "eck", "eckid"),
        (["validate", "--ignore"], "LR-", "LR-101"),
        (["validate", "--profiel"], "s", "Smalle set"),
        (["conformance", "run"], "leerlinggegevens/", "leerlinggegevens/rooster/normaal"),
        (["conformance", "run", "http://127.0.0.1:9"], "leerlinggegevens/", "leerlinggegevens/rooster/normaal"),
        (["conformance", "run", "--preset"], "e", "esis"),
        (["conformance", "referee"], "toepassing/", "toepassing/resultaten/gebracht"),
        (["conformance", "referee", "--preset"], "i", "iep-lvs"),
        (["conformance", "list", "--role", "EA"], "toepassing/", "toepassing/resultaten/gebracht"),
        (["conformance", "example"], "bas", "baseline"),
        (["koppeling", "add", "--vendor"], "par", "parnassys"),
    ],
    ids=str,
)
def test_values_of_a_known_list_are_proposed(words, typed, known):
    """By the beginning of them, in capitals or not, and no other."""
    proposed = [item.value for item in ShellComplete(main, {}, "uwlr", "_UWLR_COMPLETE").get_completions(words, typed)]

    assert known in proposed
    assert [one for one in proposed if not one.casefold().startswith(typed.casefold())] == []


def test_what_is_told_fits_the_terminal():
    """Rules, explanations and cases are folded to a terminal at words; in a pipe each is one line."""
    for arguments in (["rules"], ["explain", "LG-201"], ["conformance", "list"]):
        command = [str(BIN / "uwlr"), *arguments]
        shown = on_a_terminal(command, env={"COLUMNS": "60"}).replace("\r\n", "\n")
        piped = subprocess.run(command, capture_output=True, text=True, check=True).stdout

        assert max(map(len, piped.splitlines())) > 80
        assert [line for line in shown.splitlines() if len(line) > 60 and " " in line.strip()] == []
        assert shown.split()[:200] == piped.split()[:200]


def test_what_is_wrong_has_a_colour(tmp_path):
    """What `anonymise --check` finds is red on a terminal, under heads that are not; that all is well is green."""
    roster = tmp_path / "roster.xml"
    message = uwlr.berichten.LeerlinggegevensAntwoord(inhoud=uwlr.testing.make_school(seed=7, leerlingen=3))
    roster.write_bytes(uwlr.write(message).replace(b"<roepnaam>", b"<roepnaam>Q"))

    empty = tmp_path / "empty.xml"
    empty.write_text(re.sub("<schooljaar>.*</schooljaar>", "", WRONG), "utf-8")

    found = CliRunner().invoke(main, ["anonymise", "--check", str(roster)], color=True).stdout.splitlines()
    well = CliRunner().invoke(main, ["anonymise", "--check", str(empty)], color=True).stdout

    assert found[0].startswith("file")
    assert {line.startswith("\x1b[31m") for line in found[2:]} == {True}
    assert well == "\x1b[32mEvery personal field holds an invented value.\x1b[0m\n"


def test_a_probe_has_the_colour_of_its_verdict():
    """What failed is red on a terminal, where somebody looks for it."""
    command = [str(BIN / "uwlr"), "probe", "http://127.0.0.1:9/", "--brincode", "99QQ", "--dependancecode", "00"]
    env = {"UWLR_AUTORISATIESLEUTEL": "99QQ00" + "a" * 14, "UWLR_KLANTCODE": "EA1", "UWLR_KLANTNAAM": "Toets"}

    shown = on_a_terminal(command, env=env)

    assert "\x1b[31mfailed\x1b[0m" in shown
    assert re.search(r"\x1b\[31m  failed +\x1b\[0mendpoint: ", shown)
