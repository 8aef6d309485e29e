"""A LAS over real HTTP, and messages to send it."""

from __future__ import annotations

import importlib.util
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from uwlr.berichten import Autorisatie, LeerlinggegevensVerzoek
from uwlr.berichten.tabel import Bericht
from uwlr.soap.envelope import write_envelope
from uwlr.soap.operations import BY_VERZOEK


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"server_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Answer(NamedTuple):
    """What came back over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class Peer:
    """Sends bytes as they are, so that requests can be wrong in every way."""

    AUTORISATIE = Autorisatie(autorisatiesleutel="99XX00sleutel", klantcode="UIT", klantnaam="Uitgever")
    VERZOEK = LeerlinggegevensVerzoek(schooljaar="2026-2027", brincode="99XX", xsdversie="2.2")

    def raw(self, port: int, data: bytes) -> Answer:
        """Send bytes, end the sending side, and read the answer to its end."""
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server had seen enough; what it said is read below
            received = b""
            try:
                while block := connection.recv(1 << 16):
                    received += block
            except ConnectionResetError:
                pass
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        if headers.get("transfer-encoding") == "chunked":
            body = _unchunk(body)
        return Answer(int(first.split()[1]), headers, body)

    def request(
        self,
        body: bytes,
        *,
        path: str = "/leerlinggegevens",
        method: str = "POST",
        **headers: str | None,
    ) -> bytes:
        """Make a request as the wire has it; a header that is None is left out."""
        lines: dict[str, str | None] = {
            "Host": "127.0.0.1",
            "Connection": "close",
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": '"HaalLeerlinggegevens"',
            "Content-Length": str(len(body)),
        }
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = [
            f"{method} {path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in lines.items() if value is not None),
        ]
        return "\r\n".join([*head, "", ""]).encode("latin-1") + body

    def send(
        self, port: int, verzoek: Bericht, *, autorisatie: Autorisatie | None = AUTORISATIE, **headers: str | None
    ) -> Answer:
        """Send a message with its SOAPAction to the path of its service."""
        operation = BY_VERZOEK[type(verzoek)]
        body = write_envelope(verzoek, autorisatie=autorisatie, unchecked=True)
        headers = {"SOAPAction": f'"{operation.soap_action}"', **headers}
        return self.raw(port, self.request(body, path=f"/{operation.service}", **headers))


def _unchunk(body: bytes) -> bytes:
    whole = b""
    while True:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            return whole
        whole += rest[:length]
        body = rest[length + 2 :]


@pytest.fixture(scope="session")
def las_module() -> ModuleType:
    """The module with the small LAS."""
    return _load("las")


@pytest.fixture(scope="session")
def peer() -> Peer:
    """Who sends."""
    return Peer()


@pytest.fixture
def las(las_module: ModuleType):
    """A fresh LAS."""
    return las_module.Las()


@pytest.fixture(scope="session")
def server(las_module: ModuleType):
    """One HTTP server for all tests; `serve` puts a LAS behind it."""
    with las_module.serving(None) as server:
        yield server


@pytest.fixture(params=["spyne", "plain"])
def serve(request: pytest.FixtureRequest, las_module: ModuleType, server) -> Callable[..., int]:
    """Serve a LAS with settings, on either road, in place of the one before it; gives the port."""

    def put(*arguments: object) -> int:
        server.wsgi_app = las_module.application(*arguments, via=request.param)
        return server.bind_addr[1]

    return put
