"""A small LAS on cheroot: the tests load it, and run it as a process of its own where memory and logs count."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cheroot.wsgi import Server

from uwlr.berichten import (
    Autorisatie,
    GeenGegevens,
    GeenWijzigingen,
    Groep,
    Leerkracht,
    Leerling,
    Leerlinggegevens,
    LeerresultatenVerzoek,
)
from uwlr.berichten.leerlinggegevens import School
from uwlr.foutcodes import Foutcode
from uwlr.server import Encoded, Providers, Refusal, SchoolRef, Settings, make_wsgi, same_key
from uwlr.server.las_application import Via
from uwlr.soap.providers import RosterVerzoek

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

KEY = "99XX00sleutel"
MAX_BODY = 3 << 20


class Las:
    """Knows one supplier, one key, one school; takes results for one pupil."""

    def __init__(self) -> None:
        self.taken: list[LeerresultatenVerzoek] = []
        self.answer: Leerlinggegevens | GeenWijzigingen | GeenGegevens | Encoded | Exception | None = None

    def klant_bekend(self, klantcode: str, klantnaam: str) -> bool:
        """One supplier."""
        return (klantcode, klantnaam) == ("UIT", "Uitgever")

    def sleutel_geldig(self, autorisatie: Autorisatie, school: SchoolRef) -> bool:
        """One key, for every school whose code starts with 99."""
        return same_key(autorisatie.autorisatiesleutel, KEY) and (school.brincode or "99").startswith("99")

    def school_bekend(self, school: SchoolRef) -> bool:
        """One school, known by two names."""
        return school[1:] in {("99XX", "00", None), (None, None, "school-1"), ("99XX", "00", "school-1")}

    def leerlinggegevens(
        self, school: SchoolRef, verzoek: RosterVerzoek
    ) -> Leerlinggegevens | GeenWijzigingen | GeenGegevens | Encoded:
        """Give what the test put in place, or the roster."""
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        if verzoek.laatstontvangengegevens and verzoek.laatstontvangengegevens >= datetime(2026, 11, 1, tzinfo=UTC):
            return GeenWijzigingen()
        if school.schooljaar == "2001-2002":
            return GeenGegevens()
        return Leerlinggegevens(
            school=School(schooljaar="2026-2027", brincode="99XX"),
            groepen=(Groep(key="g5", naam="Groep 5", jaargroep="5"), Groep(key="g6", naam="Groep 6", jaargroep="6")),
            leerlingen=(
                Leerling(key="l1", eckid="https://ketenid.nl/test/a1", achternaam="Jansen", groep="g5"),
                Leerling(key="l2", eckid="https://ketenid.nl/test/b2", achternaam="Pietersen", groep="g6"),
            ),
            leerkrachten=(Leerkracht(key="k1", eckid="https://ketenid.nl/test/c3", achternaam="Bakker"),),
        )

    def neem_leerresultaten(self, autorisatie: Autorisatie, school: SchoolRef, verzoek: LeerresultatenVerzoek) -> None:
        """Take results of the one pupil that is known."""
        assert autorisatie.autorisatiesleutel == KEY
        assert school.brincode == "99XX"
        if any(afname.leerlingid != "l1" for afname in verzoek.toetsafnames):
            raise Refusal(Foutcode.LEERLING_ONGELDIG)
        self.taken.append(verzoek)


class ForgetfulLas(Las):
    """Takes results and keeps none, so that its memory is that of the server."""

    def neem_leerresultaten(self, autorisatie: Autorisatie, school: SchoolRef, verzoek: LeerresultatenVerzoek) -> None:
        """Take results."""
        super().neem_leerresultaten(autorisatie, school, verzoek)
        self.taken.clear()


def application(las: Las, settings: Settings | None = None, via: Via = "spyne") -> WSGIApplication:
    """A LAS that offers both services."""
    return make_wsgi(Providers(las, las, las), settings, via=via)


def limited() -> WSGIApplication:
    """A LAS that answers two requests at the same time."""
    return application(Las(), Settings(max_body=MAX_BODY, max_at_once=2))


@contextmanager
def serving(app: WSGIApplication, threads: int = 4) -> Iterator[Server]:
    """Serve on a free port of loopback."""
    server = Server(("127.0.0.1", 0), app, numthreads=threads, request_queue_size=128)
    server.max_request_body_size = 2 * MAX_BODY
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def main() -> None:
    """Serve until standard input closes; the port goes to standard output, every log line to standard error.

    With `--quiet` nothing is logged, and no results are kept; with `--plain` spyne is not used.
    """
    quiet = "--quiet" in sys.argv
    via: Via = "plain" if "--plain" in sys.argv else "spyne"
    logging.basicConfig(level=logging.CRITICAL if quiet else logging.DEBUG)
    with serving(application(ForgetfulLas() if quiet else Las(), Settings(max_body=MAX_BODY), via)) as server:
        print(server.bind_addr[1], flush=True)  # noqa: T201
        sys.stdin.read()


if __name__ == "__main__":
    main()
