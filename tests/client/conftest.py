"""A parrot: a server that sends exactly what a test tells it, and the two clients behind one face."""

from __future__ import annotations

import asyncio
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any, NamedTuple

import pytest
import trustme

from uwlr.berichten import Autorisatie, LeerresultatenVerzoek, Resultaat, Toets, Toetsafname, VocabulaireGebondenVeld
from uwlr.berichten.leerresultaten import School
from uwlr.client import AsyncUwlrClient, Retry, UwlrClient

SLEUTEL = "geheim0123456789ABCDEF"
KLANT = Autorisatie(autorisatiesleutel=SLEUTEL, klantcode="klantcode-q", klantnaam="klantnaam-q")
AT_ONCE = Retry(attempts=3, wait_initial=timedelta(), wait_max=timedelta())


class Heard(NamedTuple):
    """A request as it came in; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Silence:
    """Says nothing until the test is over, or nothing more."""

    before = b""


class Parrot:
    """Answers each request with the next of `replies`, the last one for ever."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.replies: list[bytes | Silence] = []
        self.heard: list[Heard] = []
        self.over = threading.Event()
        parrot = self

        class Handler(socketserver.StreamRequestHandler):
            def setup(self) -> None:
                if context is not None:
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self) -> None:
                while parrot.serve(self.rfile, self.wfile):
                    pass

            def finish(self) -> None:
                super().finish()
                self.request.close()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Stay quiet: a client that hangs up is what some tests are about."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://{self.host}/uwlr?geheim=in-the-address"
        self.results_url = f"{scheme}://{self.host}/resultaten"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def serve(self, incoming: Any, outgoing: Any) -> bool:
        """Hear one request and answer it; True keeps the connection."""
        start = incoming.readline().decode().split()
        if not start:
            return False
        headers = {}
        while line := incoming.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = incoming.read(int(headers.get("content-length", 0)))
        self.heard.append(Heard(start[0], start[1], headers, body))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Silence):
            outgoing.write(reply.before)
            outgoing.flush()
            self.over.wait()
            return False
        outgoing.write(reply)
        outgoing.flush()
        return b"connection: keep-alive" in reply.lower()

    def says(self, *replies: bytes | Silence) -> None:
        """Tell what to answer."""
        self.replies = list(replies)

    def close(self) -> None:
        """Stop, and let go of whoever still waits."""
        if self.over.is_set():
            return
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Face:
    """Either client, called the same way."""

    def __init__(self, client: UwlrClient | AsyncUwlrClient, runner: asyncio.Runner) -> None:
        self.client = client
        self.runner = runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.client, name)
        if isinstance(self.client, UwlrClient):
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            return self.runner.run(method(*args, **kwargs))

        return call

    def vraag(self) -> Any:
        """Ask for a roster."""
        return self.haal_leerlinggegevens(schooljaar="2025-2026", brincode="99QQ")


@pytest.fixture
def parrot() -> Iterator[Parrot]:
    """A parrot without TLS."""
    bird = Parrot()
    yield bird
    bird.close()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority of the tests' own."""
    return trustme.CA()


@pytest.fixture
def tls_parrot(authority: trustme.CA) -> Iterator[Callable[..., Parrot]]:
    """Make parrots that speak TLS, and ask a client certificate where told."""
    birds = []

    def make(
        certificate: trustme.LeafCert | None = None,
        *,
        client_ca: trustme.CA | None = None,
        highest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    ) -> Parrot:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = highest
        (certificate or authority.issue_cert("127.0.0.1")).configure_cert(context)
        if client_ca is not None:
            client_ca.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        birds.append(Parrot(context))
        return birds[-1]

    yield make
    for bird in birds:
        bird.close()


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which of the two clients a test is about."""
    return request.param


@pytest.fixture
def make_client(kind: str) -> Iterator[Callable[..., Face]]:
    """Make a client of either kind; it repeats without waiting."""
    with asyncio.Runner() as runner:
        faces = []

        def make(url: str | None, **more: Any) -> Face:
            arguments = {"autorisatie": KLANT, "retry": AT_ONCE} | more
            cls = UwlrClient if kind == "sync" else AsyncUwlrClient
            faces.append(Face(cls(url, **arguments), runner))
            return faces[-1]

        yield make
        for face in faces:
            face.close() if kind == "sync" else face.aclose()


@pytest.fixture
def silence() -> Silence:
    """A reply that never ends."""
    return Silence()


@pytest.fixture
def las(parrot: Parrot, make_client: Callable[..., Face]) -> Face:
    """A client of either kind, bound to the parrot."""
    return make_client(parrot.url, leerresultaten_url=parrot.results_url)


@pytest.fixture(scope="module")
def standing_parrot() -> Iterator[Parrot]:
    """A parrot for all tests of a module."""
    bird = Parrot()
    yield bird
    bird.close()


@pytest.fixture(scope="module", params=["sync", "async"])
def standing_las(request: pytest.FixtureRequest, standing_parrot: Parrot) -> Iterator[Face]:
    """A client of either kind for all tests of a module: to make one takes longer than to ask by it."""
    cls = UwlrClient if request.param == "sync" else AsyncUwlrClient
    with asyncio.Runner() as runner:
        face = Face(cls(standing_parrot.url, autorisatie=KLANT, retry=AT_ONCE), runner)
        yield face
        face.close() if request.param == "sync" else face.aclose()


@pytest.fixture
def http() -> Callable[..., bytes]:
    """Write an HTTP answer."""

    def write(body: bytes = b"", status: str = "200 OK", *lines: str, content_type: str = "text/xml") -> bytes:
        head = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", "Connection: close", *lines]
        if not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in lines):
            head.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*head, "", ""]).encode("latin-1") + body

    return write


@pytest.fixture
def soap() -> Callable[[str], bytes]:
    """Put XML in an envelope."""

    def wrap(content: str) -> bytes:
        start = '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        return f"{start}{content}</soap:Body></soap:Envelope>".encode()

    return wrap


_LEERLINGGEGEVENS = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"


@pytest.fixture
def antwoord(soap: Callable[[str], bytes], http: Callable[..., bytes]) -> Callable[..., bytes]:
    """Write the answer to HaalLeerlinggegevens, as an HTTP answer."""

    def write(content: str, *, operation: str = "leerlinggegevens", keep: bool = False) -> bytes:
        body = soap(f'<{operation}_antwoord xmlns="{_LEERLINGGEGEVENS}">{content}</{operation}_antwoord>')
        answer = http(body)
        return answer.replace(b"Connection: close", b"Connection: keep-alive") if keep else answer

    return write


@pytest.fixture
def fault(soap: Callable[[str], bytes], http: Callable[..., bytes]) -> Callable[..., bytes]:
    """Write a fault, as an HTTP answer."""

    def write(code: str, text: str = "x", status: str = "500 Internal Server Error", *, prefix: str = "soap:") -> bytes:
        children = f"<faultcode>{prefix}{code}</faultcode><faultstring>{text}</faultstring>"
        return http(soap(f"<soap:Fault>{children}</soap:Fault>"), status)

    return write


@pytest.fixture
def bevestiging(soap: Callable[[str], bytes], http: Callable[..., bytes]) -> bytes:
    """The confirmation of results, as an HTTP answer."""
    namespace = "http://www.edustandaard.nl/leerresultaten/2/leerresultaten"
    return http(soap(f'<leerresultaten_bevestiging xmlns="{namespace}"/>'))


@pytest.fixture
def verzoek() -> LeerresultatenVerzoek:
    """One result of one pupil."""
    return LeerresultatenVerzoek(
        school=School(
            schooljaar="2025-2026",
            brincode="99QQ",
            aanmaakdatum=datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=1))),
            xsdversie="2.2",
        ),
        toetsafnames=(
            Toetsafname(
                leerlingid="l1",
                resultaten=(Resultaat(key="r1", afnamedatum=date(2026, 2, 27), toetscode="T1", uitkomst=0),),
            ),
        ),
        toetsen=(Toets(toetscode=VocabulaireGebondenVeld(waarde="T1")),),
    )
