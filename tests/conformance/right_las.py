"""A LAS that does everything right, made of steps that a defect can take the place of, on a plain HTTP server.

A request passes `receive` (is it in order?), `access` (may this be asked?), `content` (what is the answer?), `write`
(the envelope) and `deliver` (status, headers and bytes); what is refused passes `refuse`. A defect wraps some of these
steps, so it changes what the LAS does with every request of its kind, whatever a case of the suite happens to send.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import msgspec

from uwlr import norm
from uwlr.berichten import (
    GeenGegevens,
    GeenWijzigingen,
    LeerlingenVerzoek,
    LeerlinggegevensVerzoek,
    LeerresultatenBevestiging,
    LeerresultatenVerzoek,
    StructuurVerzoek,
)
from uwlr.foutcodes import Foutcode
from uwlr.soap import stages
from uwlr.soap.answer import describe, encode
from uwlr.soap.envelope import write_fault
from uwlr.soap.http import HttpRefusal, Request
from uwlr.soap.providers import Refusal
from uwlr.soap.receive import Incoming, receive
from uwlr.soap.settings import Settings
from uwlr.testing import make_school

KEY = "Qm7SleutelVanDeRechteLas"
OTHER_KEY = "Xp4SleutelVanDeBuurschool"
BRIN = "99XX"
OTHER_BRIN = "99YY"
KLANT = ("UWLR", "UWLR conformance")
PUPILS = 40
SETTINGS = Settings(xsdversies=frozenset({"2.1", "2.2"}), soap_action_required=False)
XML = "text/xml; charset=utf-8"


class Sent(NamedTuple):
    """What goes over the line: `close` ends the connection, `trail` goes out behind the announced length."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    close: bool = False
    trail: bytes = b""
    length: int | None = None


class Asked(NamedTuple):
    """One request with its body read, and what its connection remembers."""

    request: Request
    connection: dict[str, Any]

    @property
    def body(self) -> bytes:
        return bytes(self.request.body)

    @property
    def operation(self) -> str:
        """The operation by the name of the element, however wrong the rest is."""
        names = {
            b"leerlinggegevens_verzoek": "HaalLeerlinggegevens",
            b"structuur_verzoek": "HaalStructuur",
            b"leerlingen_verzoek": "HaalLeerlingen",
            b"leerkrachten_verzoek": "HaalLeerkrachten",
            b"leerresultaten_verzoek": "BrengLeerresultaten",
        }
        return next((name for mark, name in names.items() if mark in self.body), "?")


class RightLas:
    """One school, whose pupils changed at different moments of the last year."""

    http_1_0 = False

    def __init__(self) -> None:
        today = datetime.now(UTC).date()
        self.roster = _with_mutations(
            make_school(5, PUPILS, schooljaar=norm.schooljaar_for(today), brincode=BRIN, lvs=False)
        )
        self.changed_at = max(leerling.mutatiedatum for leerling in self.roster.leerlingen)
        self.last: datetime | None = None
        self.asked = 0

    # The steps.

    def receive(self, asked: Asked) -> Incoming:
        return receive(asked.request, SETTINGS)

    def access(self, asked: Asked, incoming: Incoming) -> None:
        header, school = incoming.autorisatie, incoming.school
        if (header.klantcode, header.klantnaam) != KLANT:
            raise Refusal(Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE)
        opens = {KEY: (BRIN, "00"), OTHER_KEY: (OTHER_BRIN, "00")}.get(header.autorisatiesleutel)
        if opens is None or opens != (school.brincode, school.dependancecode):
            raise Refusal(Foutcode.AUTORISATIE_ONGELDIG)

    def content(self, asked: Asked, incoming: Incoming) -> Any:
        verzoek = incoming.verzoek
        if isinstance(verzoek, LeerresultatenVerzoek):
            self.take(incoming, verzoek)
            return None
        self.asked += 1
        if incoming.school.schooljaar != self.roster.school.schooljaar:
            return GeenGegevens()
        if self.unchanged(verzoek):
            return GeenWijzigingen()
        return self.stage(verzoek, self.whole(asked, incoming))

    def unchanged(self, verzoek: Any) -> bool:
        since = verzoek.laatstontvangengegevens
        return since is not None and since.replace(tzinfo=since.tzinfo or UTC) >= self.changed_at

    def whole(self, asked: Asked, incoming: Incoming) -> Any:
        school = msgspec.structs.replace(self.roster.school, xsdversie=incoming.xsdversie)
        return msgspec.structs.replace(self.roster, school=school)

    def stage(self, verzoek: Any, whole: Any) -> Any:
        if isinstance(verzoek, LeerlinggegevensVerzoek):
            return whole
        if isinstance(verzoek, StructuurVerzoek):
            return stages.structuur(whole)
        cut = stages.leerlingen_of if isinstance(verzoek, LeerlingenVerzoek) else stages.leerkrachten_of
        return cut(whole, verzoek.groepen)

    def take(self, incoming: Incoming, verzoek: LeerresultatenVerzoek) -> None:
        known = {leerling.key for leerling in self.roster.leerlingen}
        if any(afname.leerlingid not in known for afname in verzoek.toetsafnames):
            raise Refusal(Foutcode.LEERLING_ONGELDIG)
        moment = verzoek.school.aanmaakdatum
        if self.last is not None and not self.later(moment, self.last):
            raise Refusal(Foutcode.ONGELDIG_BERICHT)
        self.last = moment

    def later(self, moment: datetime, last: datetime) -> bool:
        return moment > last

    def write(self, asked: Asked, incoming: Incoming, inhoud: Any) -> bytes:
        if inhoud is None:
            antwoord: Any = LeerresultatenBevestiging()
        else:
            antwoord = incoming.operation.antwoord(inhoud=inhoud)
        return b"".join(encode(antwoord, xsdversie=incoming.xsdversie).chunks)

    def refuse(self, asked: Asked, error: Exception) -> Sent:
        if isinstance(error, HttpRefusal):
            return Sent(error.status, (("Content-Type", "text/plain; charset=utf-8"), *error.headers), b"refused\n")
        if not isinstance(error, Refusal):
            error = Refusal(Foutcode.INTERNE_FOUT)
        return Sent(500, (("Content-Type", XML),), write_fault(error.code, error.text))

    def describe(self, asked: Asked) -> Sent:
        try:
            found = describe(asked.request)
        except HttpRefusal as refusal:
            return self.refuse(asked, refusal)
        return Sent(found.status, found.headers, b"".join(found.chunks))

    def deliver(self, asked: Asked, sent: Sent) -> Sent:
        return sent

    def answer(self, asked: Asked) -> Sent:
        if asked.request.method == "GET":
            return self.deliver(asked, self.describe(asked))
        try:
            incoming = self.receive(asked)
            self.access(asked, incoming)
            body = self.write(asked, incoming, self.content(asked, incoming))
            sent = Sent(200, (("Content-Type", XML),), body)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is refused
            sent = self.refuse(asked, error)
        return self.deliver(asked, sent)


def _with_mutations(roster: Any) -> Any:
    """Pupils, staff and groups that were changed one after the other, from last August until yesterday."""
    now = datetime.now(UTC).replace(microsecond=0)
    last = now - timedelta(days=2)
    first = datetime(int(roster.school.schooljaar[:4]), 8, 20, tzinfo=UTC)
    first = min(first, last - timedelta(days=40))

    def dated(items: Any) -> Any:
        step = (last - first) / max(1, len(items) - 1)
        return tuple(
            msgspec.structs.replace(item, mutatiedatum=(first + step * place).replace(microsecond=0))
            for place, item in enumerate(items)
        )

    return msgspec.structs.replace(
        roster,
        leerlingen=dated(roster.leerlingen),
        leerkrachten=dated(roster.leerkrachten),
        groepen=dated(roster.groepen),
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "las", ""
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.remembered: dict[str, Any] = {}

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        chunked = self.headers.get("Transfer-Encoding", "").lower() == "chunked"
        self._answer(self._chunks() if chunked else self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _chunks(self) -> bytes:
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _answer(self, body: bytes) -> None:
        las: RightLas = self.server.las  # type: ignore[attr-defined]
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        headers.pop("content-length", None)
        scheme = "https" if isinstance(self.connection, ssl.SSLSocket) else "http"
        url = f"{scheme}://{self.headers.get('Host')}{path}"
        service: Any = path.strip("/")
        asked = Asked(Request(service, self.command, url, query, headers, body), self.remembered)
        try:
            sent = las.answer(asked)
        except Exception:  # noqa: BLE001 - a defect that breaks the server itself
            sent = Sent(0, (), b"")
        if las.http_1_0:
            self.protocol_version = "HTTP/1.0"
            self.close_connection = True
        if sent.status == 0:  # hangs up without a word
            self.close_connection = True
            return
        self.send_response_only(sent.status)
        for name, value in sent.headers:
            self.send_header(name, value)
        if not any(name.lower() == "transfer-encoding" for name, _ in sent.headers):
            self.send_header("Content-Length", str(len(sent.body) if sent.length is None else sent.length))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(sent.body + sent.trail)
        if sent.close:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


class LasServer:
    """Serves one LAS after the other on one port.

    Args:
        tls: how TLS is spoken.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.las: RightLas | None = None
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(0.05), daemon=True)
        self._thread.start()

    def serve(self, las: RightLas) -> dict[str, Any]:
        """Serve this LAS from now on; gives what `las.toml` would say of it."""
        self.las = self._server.las = las  # type: ignore[attr-defined]
        return {
            "url": f"{self.url}/leerlinggegevens",
            "leerresultaten_url": f"{self.url}/leerresultaten",
            "versies": ["2.1", "2.2"],
            "school": {"brincode": BRIN, "dependancecode": "00"},
            "andere_school": {"brincode": OTHER_BRIN},
            "leeg": {"schooljaar": "1999-2000"},
        }

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


Apply = Callable[[RightLas], None]


def make(*defects: Apply) -> RightLas:
    """A LAS with these defects, the first innermost."""
    las = RightLas()
    for defect in defects:
        defect(las)
    return las


def wrap(step: str, around: Callable[..., Any]) -> Apply:
    """A defect that takes the place of one step: `around(las, inner, *arguments)`."""

    def apply(las: RightLas) -> None:
        inner = getattr(las, step)
        setattr(las, step, lambda *arguments: around(las, inner, *arguments))

    return apply
