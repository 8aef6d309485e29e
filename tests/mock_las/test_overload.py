"""More connections than the fakes can serve or let wait, and what is left of them afterwards: nothing."""

from __future__ import annotations

import gc
import urllib.request
import weakref
from urllib.parse import urlsplit

from crowd import all_at_once, half_sent
from mock_las import MockLas, vendors
from plain_client import ask, post
from uwlr.berichten import Autorisatie, LeerlinggegevensVerzoek
from uwlr.foutcodes import Foutcode
from uwlr.soap.envelope import write_envelope

THREADS = 2
WAITING = 256
"""What mock_las lets wait."""
MORE = 40


def test_who_comes_when_the_queue_is_full_is_refused_and_nobody_is_dropped() -> None:
    """Each connection has its answer, the roster or 503 with the vendor's fault, and the journal has all of them."""
    with MockLas("parnassys", threads=THREADS, leerlingen=20) as las:
        to = las.connection()
        url = urlsplit(to["leerlinggegevens_url"])
        body = write_envelope(
            LeerlinggegevensVerzoek(**las.school, xsdversie="2.2"), autorisatie=Autorisatie(**to["autorisatie"])
        )
        head = (
            f"POST {url.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: text/xml\r\n"
            f'SOAPAction: "HaalLeerlinggegevens"\r\nContent-Length: {len(body)}\r\n\r\n'
        )
        request = head.encode() + body
        with half_sent(url.port, request, THREADS) as finish:
            # The refused have their answers while the others still wait; then those get theirs.
            held: list[bytes] = []
            answers = all_at_once(
                url.port, [request] * (WAITING + MORE), then=lambda: held.extend(finish()), after=MORE
            )
        served = [answer for answer in answers if answer.startswith(b"HTTP/1.1 200 ")]
        refused = [answer for answer in answers if answer.startswith(b"HTTP/1.1 503 ")]
        assert (len(held), len(served), len(refused)) == (THREADS, WAITING, MORE)
        prefix = vendors.load("parnassys").traits().soap_prefix
        fault = f"<faultcode>{prefix}:{Foutcode.TIJDELIJK_NIET_BESCHIKBAAR}</faultcode>".encode()
        assert all(fault in answer for answer in refused)
        assert len(las.exchanges(faultcode=Foutcode.TIJDELIJK_NIET_BESCHIKBAAR)) == MORE
        assert len(las.exchanges()) == THREADS + WAITING + MORE


def test_a_stopped_server_is_freed() -> None:
    """Of fakes that were stopped nothing stays in memory: no journal, no world, no server."""
    left: list[weakref.ref[object]] = []
    for _ in range(3):
        with MockLas("esis", leerlingen=3) as las:
            connection = las.connection()
            assert post(connection, ask(connection)).status == 200
            with urllib.request.urlopen(las.url, timeout=30) as page:
                assert page.status == 200
        left += [weakref.ref(las._server), weakref.ref(las._server.fakes), weakref.ref(las._server.fakes.journal)]
        del las
    gc.collect()
    assert [found for found in left if found() is not None] == []
