"""A server at work for a long time: every answer is the right one, and its memory does not grow."""

from __future__ import annotations

import gzip
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psutil
import pytest

from uwlr.berichten import (
    LeerkrachtenVerzoek,
    LeerlingenVerzoek,
    LeerresultatenVerzoek,
    Resultaat,
    StructuurVerzoek,
    Toets,
    Toetsafname,
    VerzoekGroep,
    VocabulaireGebondenVeld,
)
from uwlr.berichten.leerresultaten import School
from uwlr.soap.envelope import write_envelope

LONG = int(os.environ.get("UWLR_SOAK_SECONDS", "3600"))
"""How long `make proof` goes on."""

CLIENTS = 2
MANY = 500
"""Results in a large request, so that there are many large requests in a short run as well."""
BASIS = {"schooljaar": "2026-2027", "brincode": "99XX", "xsdversie": "2.2"}
GROEPEN = (VerzoekGroep(key="g5"), VerzoekGroep())


def _results(count: int) -> LeerresultatenVerzoek:
    afnames = tuple(
        Toetsafname(
            leerlingid="l1",
            resultaten=(Resultaat(key=f"r{n}", afnamedatum=date(2026, 11, 20), toetscode="t1", uitkomst=n),),
        )
        for n in range(count)
    )
    toetsen = (Toets(toetscode=VocabulaireGebondenVeld(waarde="t1"), toetsnaam="t"),)
    school = School(**BASIS, aanmaakdatum=datetime(2026, 11, 22, tzinfo=UTC))
    return LeerresultatenVerzoek(school=school, toetsafnames=afnames, toetsen=toetsen)


def _mix(peer) -> list[tuple[bytes, int, bytes]]:
    """Requests of every kind; for each the status and something of the answer that is due."""

    def request(verzoek, due: bytes, *, status: int = 200, **more):
        envelope = write_envelope(verzoek, autorisatie=more.pop("autorisatie", peer.AUTORISATIE))
        service, action = more.pop("to")
        if more.pop("packed", False):
            envelope, more = gzip.compress(envelope), {"Content_Encoding": "gzip"}
        return peer.request(envelope, path=f"/{service}", SOAPAction=f'"{action}"', **more), status, due

    namespace = StructuurVerzoek.namespace
    roster = ("leerlinggegevens", "HaalLeerlinggegevens")
    results = ("leerresultaten", "BrengLeerresultaten")
    stranger = type(peer.AUTORISATIE)(autorisatiesleutel="99XX00andere", klantcode="UIT", klantnaam="Uitgever")

    def stage(name):
        return "leerlinggegevens", f"{namespace}/{name}_verzoek"

    return [
        request(peer.VERZOEK, b"Pietersen", to=roster),
        request(peer.VERZOEK, b"Pietersen", to=roster, packed=True),
        request(StructuurVerzoek(**BASIS), b"Groep 6", to=stage("structuur")),
        request(LeerlingenVerzoek(**BASIS, groepen=GROEPEN), b"Jansen", to=stage("leerlingen")),
        request(LeerkrachtenVerzoek(**BASIS, groepen=GROEPEN), b"Bakker", to=stage("leerkrachten")),
        request(_results(1), b"bevestiging", to=results),
        request(_results(MANY), b"bevestiging", to=results),
        request(_results(MANY), b"bevestiging", to=results, packed=True),
        request(peer.VERZOEK, b"Client.AutorisatieOngeldig", status=500, to=roster, autorisatie=stranger),
        (peer.request(os.urandom(100_000)), 500, b"Client.OngeldigBericht"),
        (peer.request(b"<" * 200_000), 500, b"Client.OngeldigBericht"),
        (peer.request(b"\x1f\x8b" + os.urandom(5_000), Content_Encoding="gzip"), 400, b"gzip"),
        (peer.request(b"{}", Content_Type="application/json"), 415, b"text/xml"),
        (peer.request(b"", method="GET", path="/leerresultaten?wsdl"), 200, b"definitions"),
    ]


@pytest.fixture
def process() -> Iterator[tuple[int, psutil.Process]]:
    """A LAS in a process of its own: its port and the process."""
    command = [sys.executable, Path(__file__).with_name("las.py"), "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        yield int(child.stdout.readline()), psutil.Process(child.pid)
        child.stdin.close()


def _load(port: int, peer, seconds: float) -> int:
    """Send the mix, over and over, from some clients at once; gives how many answers came, all of them right."""
    end = time.monotonic() + seconds
    mix = _mix(peer)
    wrong: list[str] = []
    counts = [0] * CLIENTS

    def client(number: int) -> None:
        for data, status, due in itertools.cycle(mix[number:] + mix[:number]):
            if time.monotonic() > end or wrong:
                return
            got = peer.raw(port, data)
            if got.status != status or due not in got.body:
                wrong.append(f"{got.status} where {status} was due with {due!r}")
            counts[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    return sum(counts)


@pytest.mark.parametrize("seconds", [5, pytest.param(LONG, marks=pytest.mark.proof)])
def test_memory_stays_flat_under_a_mixed_load(seconds, process, peer) -> None:
    """Over the last two fifths of the time the server holds what it held before them, to 5 %.

    What comes before is its warming up: pools, caches and fragments of memory, which take longer on a busy machine.
    """
    port, server = process
    answered, levels = 0, []
    for _ in range(5):
        answered += _load(port, peer, seconds / 5)
        levels.append(server.memory_info().rss)
    grown = levels[-1] / levels[-3] - 1
    print(f"{answered} answers, {levels[-3] / 1e6:.1f} MB, {grown:+.1%}")  # noqa: T201 - shown by pytest -rP
    assert grown < 0.05
    assert answered > len(_mix(peer))
