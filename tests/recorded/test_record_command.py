"""`uwlr record` shows a line for each exchange, ends when it is told, and survives being killed."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from recorded.pupils import CANARIES, answer_of, request_of
from recorded.scripted_las import ScriptedLas, ask
from uwlr.cli import main
from uwlr.recorded import Recording
from uwlr.validation import validate

UWLR = Path(sys.executable).with_name("uwlr")
REQUEST = request_of()
ANSWER = answer_of(30)
LINE = re.compile(r" +(\d+)  (\S.*\S) +(\d{3}(?: [\w.]+)?) +[\d,]+ ms +([\d,]+) bytes  (.*)")
PAGE = Path(__file__).parents[2] / "docs" / "recording.md"
POST = (
    b'POST /uwlr HTTP/1.1\r\nHost: HOST\r\nContent-Type: text/xml\r\nSOAPAction: "HaalLeerlinggegevens"\r\n'
    b"Content-Length: %d\r\n\r\n%b" % (len(REQUEST), REQUEST)
)


@contextmanager
def _recording(las: ScriptedLas, folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [UWLR, "record", "--listen", "127.0.0.1:0", "--to", las.url, *more, folder]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        found = re.match(r"(http://\S+) stands for the LAS", running.stderr.readline())
        assert found
        yield running, found[1]
    finally:
        running.kill()
        running.communicate()


def _answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def test_a_line_for_each_exchange(tmp_path: Path) -> None:
    """Operation, status, milliseconds, bytes and findings; at SIGTERM what passed is recorded, and it says so."""
    wrong = ANSWER.replace(b"<geslacht>", b"<geslacht>1", 1)
    answers = [ANSWER, wrong]
    with (
        ScriptedLas(lambda *_: _answer(answers.pop(0))) as las,
        _recording(las, tmp_path / "made", "--label", "acceptatie") as (running, url),
    ):
        assert [ask(url, POST)[1] for _ in range(2)] == [ANSWER, wrong]
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=30)

    assert running.returncode == 0
    for number, (line, body) in enumerate(zip(out.splitlines(), (ANSWER, wrong), strict=True), 1):
        shown = LINE.fullmatch(line)
        assert shown
        assert shown.groups()[:4] == (str(number), "HaalLeerlinggegevens", "200", f"{len(body):,}")
        broken = {finding.id for document in (REQUEST, body) for finding in validate(document).findings}
        assert set(re.findall(r"[A-Z]+-[0-9]+", shown[5])) == broken
    assert f"2 exchanges recorded: {tmp_path / 'made'}" in err
    assert not CANARIES.search(f"{out}{err}".encode())
    assert Recording.open(tmp_path / "made").about.label == "acceptatie"


def test_the_page_shows_such_lines() -> None:
    """The session in docs/recording.md has the command, its first line and lines for exchanges as they are printed."""
    command, first, *lines = PAGE.read_text("utf-8").partition("$ uwlr record")[2].partition("```")[0].splitlines()

    assert main.get_command(None, "record").make_context("record", shlex.split(command))
    assert re.fullmatch(r" --to \S+ acceptatie", command)
    assert re.fullmatch(r"http://127.0.0.1:8020 stands for the LAS, .* recorded in acceptatie. Ctrl-C ends it.", first)
    assert len(lines) == 3
    assert all(LINE.fullmatch(line) for line in lines)


def test_what_it_cannot_use_is_said(tmp_path: Path) -> None:
    """A folder that is in use, and an address that is none, end it before anything is passed on."""
    (tmp_path / "file").touch()
    for to, folder, why in (
        ("http://localhost:1", tmp_path, "is not empty; a recording has a folder of its own"),
        ("las.example", tmp_path / "made", "not a whole http or https address"),
    ):
        done = CliRunner().invoke(main, ["record", "--listen", "127.0.0.1:0", "--to", to, str(folder)])
        assert done.exit_code == 3
        assert why in done.output


def test_memory_stays_flat_whatever_passes(tmp_path: Path) -> None:
    """An answer of fifty megabytes passes without the proxy growing by much more than the queue it is allowed."""
    answer = _answer(b"<a>" + b" " * (50 << 20) + b"</a>")
    with (
        ScriptedLas(lambda *_: answer) as las,
        _recording(las, tmp_path / "made", "--queue", "1") as (running, url),
    ):
        process = psutil.Process(running.pid)
        before = process.memory_info().rss
        assert len(ask(url, POST)[1]) > 50 << 20
        assert process.memory_info().rss - before < 15 << 20


@pytest.mark.skipif(os.name != "posix", reason="there is no kill -9")
def test_killed_in_the_middle_it_leaves_what_was_whole(tmp_path: Path) -> None:
    """After kill -9 the exchanges that had ended are there and whole, and nobody is in anything it wrote or said."""
    half = _answer(ANSWER)[:-5000]  # and no more comes
    answers = [_answer(ANSWER), half]
    with (
        ScriptedLas(lambda *_: answers.pop(0)) as las,
        _recording(las, tmp_path / "made") as (running, url),
    ):
        ask(url, POST)
        assert "HaalLeerlinggegevens" in running.stdout.readline()
        asking = subprocess.Popen([sys.executable, "-c", _ASK, url, POST.hex()], stdout=subprocess.PIPE)
        assert asking.stdout.read(1000)
        running.kill()
        out, err = running.communicate(timeout=30)
        asking.communicate(timeout=30)

    recording = Recording.open(tmp_path / "made")
    assert [exchange.number for exchange in recording] == [1]
    assert recording.answer(1).endswith(b"</soap:Envelope>")
    written = b"".join(path.read_bytes() for path in (tmp_path / "made").rglob("*") if path.is_file())
    assert not CANARIES.search(written + out.encode() + err.encode())


_ASK = """
import socket, sys
host, _, port = sys.argv[1].rpartition("/")[2].rpartition(":")
with socket.create_connection((host, int(port))) as connection:
    connection.sendall(bytes.fromhex(sys.argv[2]).replace(b"HOST", b"localhost"))
    with connection.makefile("rb") as stream:
        while data := stream.read1():
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
"""
