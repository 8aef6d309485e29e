"""A LAS behind Caddy, as docs/server.md and examples/las_behind_caddy have it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from helpers.crowd import ask, dripping
from uwlr.berichten import Autorisatie, LeerlinggegevensVerzoek
from uwlr.soap.envelope import write_envelope

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "las_behind_caddy"
DOC = (ROOT / "docs" / "server.md").read_text("utf-8")
KLANT = Autorisatie(autorisatiesleutel="99XX00voorbeeldsleutel", klantcode="UIT", klantnaam="Uitgever")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def _wait_for(port: int, process: subprocess.Popen) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "it has ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            continue
        return
    pytest.fail("nobody listens")


@contextmanager
def _running(command: list[str], port: int, **variables: str) -> Iterator[None]:
    with subprocess.Popen(
        command, cwd=EXAMPLE, env={**os.environ, **variables}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(port, process)
            yield
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The set-up of the document, without TLS, on free ports."""
    told = dict(re.findall(r"^\$ (?:LAS_SITE=\S+ LAS_UPSTREAM=\S+ )?(gunicorn|caddy) (.+)$", DOC, re.MULTILINE))
    behind, front = _free_port(), _free_port()
    las = told["gunicorn"].replace("127.0.0.1:8080", f"127.0.0.1:{behind}").split()
    home = str(tmp_path_factory.mktemp("caddy"))
    scripts = Path(sys.executable).parent
    with (
        _running([sys.executable, "-m", "gunicorn", "--no-control-socket", *las], behind),
        _running(
            [str(scripts / "caddy"), *told["caddy"].split()],
            front,
            LAS_SITE=f"http://127.0.0.1:{front}",
            LAS_UPSTREAM=f"127.0.0.1:{behind}",
            HOME=home,
            XDG_DATA_HOME=home,
            XDG_CONFIG_HOME=home,
        ),
    ):
        yield front


@pytest.fixture(scope="module")
def question() -> bytes:
    """A question for the roster of the example."""
    sys.path.insert(0, str(EXAMPLE))
    try:
        from las import SCHOOL
    finally:
        sys.path.remove(str(EXAMPLE))
        sys.modules.pop("las", None)
    return write_envelope(
        LeerlinggegevensVerzoek(schooljaar=SCHOOL.school.schooljaar, brincode="99XX", xsdversie="2.2"),
        autorisatie=KLANT,
    )


def test_others_are_answered_while_a_crowd_hangs_on(port, peer, question) -> None:
    """Beside 150 silent and 80 dripping clients each of ten questions has its roster within a second."""
    request = peer.request(question)
    assert ask(port, request).startswith(b"HTTP/1.1 200 ")
    with dripping(port, request, silent=150, drips=80):
        for _ in range(10):
            began = time.monotonic()
            answer = ask(port, request)
            assert time.monotonic() - began < 1
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert b"leerlinggegevens_antwoord" in answer


def test_a_length_beside_chunks_never_reaches_the_las(port, peer, question) -> None:
    """What the one server takes for the end of a request, the other does too: what follows is no second request."""
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(question), question)
    hidden = b"GET /leerlinggegevens?wsdl HTTP/1.1\r\nHost: x\r\n\r\n"

    answer = ask(port, peer.request(chunked + hidden, Transfer_Encoding="chunked", Content_Length="4"))

    assert answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 400 "))
    assert b"wsdl:definitions" not in answer


def test_a_las_that_is_not_there_is_a_status_that_says_so(peer, question, tmp_path) -> None:
    """Without the LAS behind it Caddy answers 502, which a client takes for temporary."""
    front, nobody = _free_port(), _free_port()
    scripts = Path(sys.executable).parent
    home = str(tmp_path)
    with ExitStack() as stack:
        stack.enter_context(
            _running(
                [str(scripts / "caddy"), "run"],
                front,
                LAS_SITE=f"http://127.0.0.1:{front}",
                LAS_UPSTREAM=f"127.0.0.1:{nobody}",
                HOME=home,
                XDG_DATA_HOME=home,
                XDG_CONFIG_HOME=home,
            )
        )
        assert ask(front, peer.request(question)).startswith(b"HTTP/1.1 502 ")
