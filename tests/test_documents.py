"""The pages under docs: their code runs, their commands exist, their links lead somewhere."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import sys
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

import mock_ea.ea_commands
import mock_las.cli
import uwlr.cli
from helpers.pages import blocks, files
from helpers.programs import ran, started
from uwlr.foutcodes import Foutcode

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if page.parent.name != "rules")
RUN = [
    page
    for page in PAGES
    if page.parent.name in {"tutorials", "howto", "reference", "nl"} or page.name == "versions.md"
]
PROGRAMS = {"uwlr": uwlr.cli.main, "mock-las": mock_las.cli.main, "mock-ea": mock_ea.ea_commands.main}
SERVERS = {"serve", "play", "record", "referee"}
"""Commands that go on until they are stopped: they are only known to exist."""
OTHERS = {"pip", "python", "gunicorn", "docker", "export", "make", "pytest", "pre-commit", "cd", "psql", "systemctl"}


def name_of(page: Path) -> str:
    """A page by its path below docs."""
    return page.relative_to(DOCS).as_posix()


@pytest.fixture
def las(monkeypatch, tmp_path):
    """The module of a LAS that pages say is the reader's own: that of the tutorial."""
    (tmp_path / "las.py").write_text(files(DOCS / "tutorials" / "las.md")["las.py"], "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("las", None)


@pytest.mark.usefixtures("las")
@pytest.mark.parametrize("page", [page for page in RUN if blocks(page, "python")], ids=name_of)
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch, request):
    """One block after the other, in an empty folder; a block of tests is given its fixtures."""
    monkeypatch.chdir(tmp_path)
    names = {"__name__": page.stem}
    for block in blocks(page, "python"):
        before = set(names)
        exec(compile(block, name_of(page), "exec"), names)  # noqa: S102 - our own page
        for name in names.keys() - before:
            if name.startswith("test_"):
                wanted = names[name].__code__.co_varnames[: names[name].__code__.co_argcount]
                names[name](**{fixture: request.getfixturevalue(fixture) for fixture in wanted})


@pytest.mark.parametrize("page", [page for page in RUN if "$ " in "".join(blocks(page, "console"))], ids=name_of)
def test_the_commands_of_a_page_run(page, tmp_path, monkeypatch):
    """Those that end by themselves, with what they read and write; "exit" in a remark tells a code other than 0.

    Files that the page has are there, and a program among them that serves goes on until the last command.
    """
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name, text in files(page).items():
        (tmp_path / name).write_text(text.replace("8080", str(port)), "utf-8")
    lines = re.findall(r"^\$ (.*)$", "".join(blocks(page, "console")), re.MULTILINE)
    with ExitStack() as running:
        for line in lines:
            run_line(line, tmp_path, monkeypatch, running)


def run_line(line, folder, monkeypatch, running) -> None:
    """Run one command of a page."""
    command, _, remark = line.partition(" #")
    expected = re.search(r"exit (\d)", remark)
    program, *words = shlex.split(command)
    assert program in PROGRAMS or program in OTHERS, line
    if program == "export":
        monkeypatch.setenv(*words[0].split("=", 1))
    elif program == "python":
        file = folder / words[0]
        if "serve_forever" in file.read_text("utf-8"):
            assert running.enter_context(started(str(file))).stdout.readline().startswith("http://")
        else:
            [done] = ran(str(file))
            assert done.returncode == 0, done.stderr
    elif program in PROGRAMS and words:
        target = None
        if ">" in words:
            words, target = words[: words.index(">")], words[words.index(">") + 1]
        found = [sorted(map(str, Path().glob(word))) if "*" in word else [word] for word in words]
        words = list(chain.from_iterable(found))
        if words[0] in SERVERS or words[:2] == ["conformance", "serve"]:
            words = [*words[:1], "--help"]
        done = CliRunner().invoke(PROGRAMS[program], words)
        assert done.exit_code == int(expected[1] if expected else 0), f"{line}\n{done.output}"
        if target is not None:
            Path(target).write_bytes(done.stdout_bytes)


@pytest.mark.parametrize("page", [page for page in RUN if blocks(page, "yaml")], ids=name_of)
def test_yaml_of_a_page_is_yaml(page):
    """Each block is read, and a workflow among them has jobs with steps."""
    for block in blocks(page, "yaml"):
        made = yaml.safe_load(block)
        assert all(job.get("steps") for job in made.get("jobs", {}).values())


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    """Each link to a file has one, and each to a part of a page a heading."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\((?!https?://)([^)\s]+)\)", text):
        path, _, part = link.partition("#")
        target = page if not path else page.parent / path
        assert target.exists(), link
        if part:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            assert part in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}, link


def test_every_command_that_docs_name_is_there():
    """Each `uwlr …`, `mock-las …` and `mock-ea …` in prose is a command."""
    wrong = set()
    for page in [*PAGES, ROOT / "README.md", ROOT / "SECURITY.md"]:
        for program, words in re.findall(r"`(uwlr|mock-las|mock-ea)((?: [a-z][a-z-]+)+)", page.read_text("utf-8")):
            command, context = PROGRAMS[program], click.Context(PROGRAMS[program])
            for word in words.split():
                if not isinstance(command, click.Group):
                    break
                command = command.get_command(context, word)
                if command is None:
                    wrong.add(f"{page.name}: {program}{words}")
                    break
    assert wrong == set()


def test_every_fault_code_stands_in_the_reference():
    """With its meaning and whom it blames, and no other."""
    rows = re.findall(
        r"^\| `([\w.]+)` \| (.+) \| the (server|request) \|$",
        (DOCS / "reference" / "fault-codes.md").read_text("utf-8"),
        re.MULTILINE,
    )
    assert rows == [(code, code.omschrijving, "server" if code.from_server else "request") for code in Foutcode]


def test_every_page_stands_in_the_index_and_in_the_site():
    """Nobody has to guess that a page exists."""
    site = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text("utf-8")))
    index = set(re.findall(r"\]\(([^)]+\.md)\)", (DOCS / "README.md").read_text("utf-8")))
    pages = {name_of(page) for page in PAGES} | {"rules/README.md"}
    assert pages == site
    assert pages - {"README.md", "nl/README.md", "performance/figures.md"} == index


@pytest.mark.proof
def test_the_site_is_built_without_a_warning():
    """Strict: each link and each name of the API is there."""
    done = subprocess.run(["make", "site"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = (ROOT / "build/site/reference/cli.html").read_text("utf-8")
    assert "uwlr koppeling enable" in made
    assert "haal_leerlinggegevens" in (ROOT / "build/site/reference/api.html").read_text("utf-8")
