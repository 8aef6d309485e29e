"""More connections than the fakes can serve or let wait."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

from helpers.crowd import all_at_once
from mock_las import MockLas, vendors
from uwlr.berichten import LeerlinggegevensVerzoek
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
        url = urlsplit(to.leerlinggegevens_url)
        body = write_envelope(LeerlinggegevensVerzoek(**las.school, xsdversie="2.2"), autorisatie=to.header)
        head = (
            f"POST {url.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: text/xml\r\n"
            f'SOAPAction: "HaalLeerlinggegevens"\r\nContent-Length: {len(body)}\r\n\r\n'
        )
        request = head.encode() + body
        # Two that do not take a large answer hold the threads, and hang up when the refused have their answers.
        las.plan_fault("huge", megabytes=64, times=THREADS)
        with ExitStack() as stack:
            holding = [
                stack.enter_context(socket.create_connection(("127.0.0.1", url.port), timeout=30))
                for _ in range(THREADS)
            ]
            for connection in holding:
                connection.sendall(request)
            for connection in holding:
                assert connection.recv(1)
            answers = all_at_once(url.port, [request] * (WAITING + MORE), then=stack.close, after=MORE)
        served = [answer for answer in answers if answer.startswith(b"HTTP/1.1 200 ")]
        refused = [answer for answer in answers if answer.startswith(b"HTTP/1.1 503 ")]
        assert (len(served), len(refused)) == (WAITING, MORE)
        prefix = vendors.load("parnassys").traits().soap_prefix
        fault = f"<faultcode>{prefix}:{Foutcode.TIJDELIJK_NIET_BESCHIKBAAR}</faultcode>".encode()
        assert all(fault in answer for answer in refused)
        assert len(las.exchanges(faultcode=Foutcode.TIJDELIJK_NIET_BESCHIKBAAR)) == MORE
        assert len(las.exchanges()) == THREADS + WAITING + MORE
