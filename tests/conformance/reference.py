"""A LAS that does everything right, small enough to be broken in one place at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from cheroot import wsgi

from uwlr import norm
from uwlr.berichten import (
    Autorisatie,
    GeenGegevens,
    GeenWijzigingen,
    Leerlinggegevens,
    LeerresultatenVerzoek,
)
from uwlr.foutcodes import Foutcode
from uwlr.soap.answer import answer
from uwlr.soap.http import HttpRefusal, Request, Response
from uwlr.soap.plain_wsgi import read_environ, send
from uwlr.soap.providers import Providers, Refusal, RosterVerzoek, SchoolRef
from uwlr.soap.settings import Settings
from uwlr.testing import make_school

KEY = "sleutel-van-de-referentie"
BRIN = "99XX"
SETTINGS = Settings(xsdversies=frozenset({"2.1", "2.2"}))
Given = dict[str, Any]
Break = Callable[[Request, Callable[[Request], Response]], Response]


def make_roster() -> Leerlinggegevens:
    """A school of this year, in the LVS-set."""
    schooljaar = norm.schooljaar_for(datetime.now(UTC).date())
    return make_school(3, 30, schooljaar=schooljaar, brincode=BRIN, lvs=True)


class ReferenceLas:
    """Access, roster and results of one school; a subclass breaks one of them."""

    def __init__(self) -> None:
        self.roster = make_roster()
        self.changed_at = datetime(2020, 1, 1, tzinfo=UTC)
        self.last: datetime | None = None
        self.asked = 0

    def klant_bekend(self, klantcode: str, klantnaam: str) -> bool:
        """One supplier is known."""
        return (klantcode, klantnaam) == ("UWLR", "UWLR conformance")

    def sleutel_geldig(self, autorisatie: Autorisatie, school: SchoolRef) -> bool:
        """One key opens one school."""
        return autorisatie.autorisatiesleutel == KEY and (school.brincode, school.dependancecode) == (BRIN, "00")

    def school_bekend(self, school: SchoolRef) -> bool:
        """The school is known."""
        return True

    def leerlinggegevens(self, school: SchoolRef, verzoek: RosterVerzoek) -> Any:
        """The roster of this year."""
        self.asked += 1
        if school.schooljaar != self.roster.school.schooljaar:
            return GeenGegevens()
        last = verzoek.laatstontvangengegevens
        if last is not None and last.replace(tzinfo=last.tzinfo or UTC) >= self.changed_at:
            return GeenWijzigingen()
        return self.roster

    def neem_leerresultaten(self, autorisatie: Autorisatie, school: SchoolRef, verzoek: LeerresultatenVerzoek) -> None:
        """Take results of known pupils, each message later than the one before."""
        known = {leerling.key for leerling in self.roster.leerlingen}
        if any(afname.leerlingid not in known for afname in verzoek.toetsafnames):
            raise Refusal(Foutcode.LEERLING_ONGELDIG)
        moment = verzoek.school.aanmaakdatum
        if self.last is not None and moment <= self.last:
            raise Refusal(Foutcode.ONGELDIG_BERICHT)
        self.last = moment


def unbroken(request: Request, go_on: Callable[[Request], Response]) -> Response:
    """Change nothing."""
    return go_on(request)


class Host:
    """A server on loopback for one LAS after the other: stopping one takes longer than using it.

    Args:
        tls: an SSL adapter of cheroot.
    """

    def __init__(self, tls: Any = None) -> None:
        self.las: ReferenceLas | None = None
        self.providers: Providers | None = None
        self.broken = unbroken
        self.dechunk = True
        self._server = wsgi.Server(("127.0.0.1", 0), self._application, numthreads=2)
        self._server.shutdown_timeout = 0
        self._server.expiration_interval = 0.05  # how long stopping takes
        if tls is not None:
            self._server.ssl_adapter = tls
        self._server.prepare()
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.bind_addr[1]}"
        self._thread = threading.Thread(target=self._server.serve, daemon=True)
        self._thread.start()

    def serve(self, las: ReferenceLas | None = None, broken: Break = unbroken, *, dechunk: bool = True) -> Given:
        """Serve this LAS from now on; gives what `las.toml` would say of it."""
        las = las or ReferenceLas()
        self.las, self.providers = las, Providers(las, las, las)
        self.broken, self.dechunk = broken, dechunk
        return {
            "url": f"{self.url}/leerlinggegevens",
            "leerresultaten_url": f"{self.url}/leerresultaten",
            "versies": ["2.1", "2.2"],
            "profiel": "LVS-set",
            "school": {"brincode": BRIN, "dependancecode": "00"},
            "leeg": {"schooljaar": "1999-2000"},
        }

    def stop(self) -> None:
        """Stop listening."""
        self._server.stop()
        self._thread.join()

    def _application(self, environ: Any, start_response: Any) -> Any:
        assert self.providers is not None
        providers = self.providers
        if not self.dechunk:
            environ.pop("wsgi.input_terminated", None)
        try:
            request = read_environ(environ, environ["PATH_INFO"].strip("/"))
            response = self.broken(request, lambda wanted: answer(wanted, providers, SETTINGS))
        except HttpRefusal as refusal:
            response = refusal.response()
        return send(response, start_response)


def replaced(roster: Leerlinggegevens, name: str, **change: Any) -> Leerlinggegevens:
    """The roster with its first pupil, member of staff or group changed."""
    first, *rest = getattr(roster, name)
    return msgspec.structs.replace(roster, **{name: (msgspec.structs.replace(first, **change), *rest)})
