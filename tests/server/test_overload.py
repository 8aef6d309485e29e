"""More requests than a server can answer: each gets an answer, if only a fault that says to come back."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from helpers.crowd import all_at_once, half_sent
from uwlr import Retry, UwlrClient
from uwlr.berichten import (
    Leerlinggegevens,
    LeerresultatenVerzoek,
    Resultaat,
    Toets,
    Toetsafname,
    VocabulaireGebondenVeld,
)
from uwlr.berichten.leerresultaten import School
from uwlr.client.retry import is_temporary
from uwlr.errors import ServerFault
from uwlr.foutcodes import Foutcode
from uwlr.soap.envelope import write_envelope

CROWD = 60
AT_ONCE = 2
"""What `las.limited` answers at the same time."""


@contextmanager
def gunicorn(*options: str) -> Iterator[int]:
    """Run the LAS on gunicorn, one process; gives the port."""
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--no-control-socket", *options]
    with subprocess.Popen(command, cwd=Path(__file__).parent, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = next(line for line in process.stderr if "Listening at" in line)
        found = re.search(r"127\.0\.0\.1:(\d+)", said)
        assert found
        try:
            yield int(found[1])
        finally:
            process.terminate()
            process.stderr.read()


@contextmanager
def cheroot(las_module) -> Iterator[int]:
    """Run the LAS on cheroot; gives the port."""
    with las_module.serving(las_module.limited(), threads=3 * AT_ONCE) as server:
        yield server.bind_addr[1]


@pytest.fixture(scope="module", params=["cheroot", "gunicorn"])
def port(request, las_module) -> Iterator[int]:
    """A LAS with more threads than it answers requests at the same time."""
    threads = ("--worker-class", "gthread", "--threads", str(3 * AT_ONCE))
    with cheroot(las_module) if request.param == "cheroot" else gunicorn(*threads, "las:limited()") as port:
        yield port


@pytest.fixture
def request_(peer) -> bytes:
    """A request for a roster."""
    return peer.request(write_envelope(peer.VERZOEK, autorisatie=peer.AUTORISATIE))


@contextmanager
def busy(port: int, request_: bytes) -> Iterator:
    """Hold every place with half a request; gives what ends them."""
    for _ in range(50):
        with half_sent(port, request_, AT_ONCE) as finish:
            if b" 503 " in all_at_once(port, [request_])[0]:
                yield finish
                return
            # That one had a place, before the halves had them all; perhaps one of those was refused then. None of
            # them may hold a place when the next are tried.
            finish()
    pytest.fail("the places were never held all at the same time")


def test_each_of_a_crowd_is_answered_with_the_roster_or_the_fault(port, request_) -> None:
    """While every place is held, each of many more connections than threads gets 503 with its fault, at once."""
    with busy(port, request_) as finish:
        refused = all_at_once(port, [request_] * CROWD)
        for answer in refused:
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 503 ")
            assert b"text/xml; charset=utf-8" in head
            assert b"Retry-After: 1" in head
            assert f"<faultcode>soap:{Foutcode.TIJDELIJK_NIET_BESCHIKBAAR}</faultcode>".encode() in body
        assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in finish())
    assert all_at_once(port, [request_])[0].startswith(b"HTTP/1.1 200 ")


def test_a_crowd_gets_nothing_but_rosters_and_that_fault(port, request_) -> None:
    """When places come and go, each connection still has an answer, one of these two."""
    statuses = {answer[:13] for answer in all_at_once(port, [request_] * CROWD)}
    assert b"HTTP/1.1 200 " in statuses
    assert statuses <= {b"HTTP/1.1 200 ", b"HTTP/1.1 503 "}


def test_the_client_reads_it_as_temporary_whatever_it_was_sending(port, peer, request_) -> None:
    """Megabytes of results that are refused do not end in a broken connection but in a fault that may be retried."""
    afnames = tuple(
        Toetsafname(
            leerlingid="l1",
            resultaten=(Resultaat(key=f"r{n}", afnamedatum=date(2026, 11, 20), toetscode="t1", uitkomst=n),),
        )
        for n in range(12_000)
    )
    verzoek = LeerresultatenVerzoek(
        school=School(
            schooljaar="2026-2027", brincode="99XX", xsdversie="2.2", aanmaakdatum=datetime(2026, 11, 22, tzinfo=UTC)
        ),
        toetsafnames=afnames,
        toetsen=(Toets(toetscode=VocabulaireGebondenVeld(waarde="t1"), toetsnaam="t"),),
    )
    address = f"http://127.0.0.1:{port}"
    once = UwlrClient(
        f"{address}/leerlinggegevens",
        leerresultaten_url=f"{address}/leerresultaten",
        autorisatie=peer.AUTORISATIE,
        retry=Retry(attempts=1),
    )
    with once as client:
        with busy(port, request_) as finish:
            with pytest.raises(ServerFault) as caught:
                client.breng_leerresultaten(verzoek)
            assert caught.value.code == Foutcode.TIJDELIJK_NIET_BESCHIKBAAR
            assert caught.value.http_status == 503
            assert is_temporary(caught.value)
            finish()
        client.breng_leerresultaten(verzoek)
        assert isinstance(client.haal_leerlinggegevens(schooljaar="2026-2027", brincode="99XX"), Leerlinggegevens)


def test_on_workers_of_one_request_each_everybody_waits_for_a_turn(request_) -> None:
    """Sync workers of gunicorn leave a crowd in the queue of the listening socket: all are answered, none refused."""
    with gunicorn("las:limited()") as port:
        answers = all_at_once(port, [request_] * CROWD)
    assert {answer[:13] for answer in answers} == {b"HTTP/1.1 200 "}


def test_a_slow_client_keeps_one_thread_busy_and_no_more(serve, las, request_) -> None:
    """Half a request does not hold up the requests of others, and is answered when its other half comes."""
    port = serve(las)
    with half_sent(port, request_, 1) as finish:
        assert {answer[:13] for answer in all_at_once(port, [request_] * CROWD)} == {b"HTTP/1.1 200 "}
        assert finish()[0].startswith(b"HTTP/1.1 200 ")
