"""The SOAP services of all vendors as one WSGI application: planned faults strike here, and the journal is kept."""

from __future__ import annotations

import errno
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mock_las import vendors
from mock_las.fakes import Fakes
from mock_las.faults import PlannedFault, damaged, html_page, padded
from mock_las.journal import Exchange, remark, start_remarks
from mock_las.magic_schools import fault_of_school
from mock_las.vendor_bytes import rewrite
from mock_las.vendors import Traits
from uwlr.berichten.tabel import wire_name
from uwlr.soap.answer import busy
from uwlr.soap.envelope import write_fault
from uwlr.soap.http import XML
from uwlr.soap.operations import OPERATIONS, Service
from uwlr.soap.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONNECTION: Final = "mock_las.connection"
"""Name in the environ of the server's connection, which a planned fault may close."""

TOO_MANY: Final = "mock_las.too_many"
"""Name in the environ that says whether the server must refuse this request because too many are waiting."""

_HEAD: Final = 8192
_BLOCK: Final = 1 << 16
_ACTIONS: Final = {operation.soap_action: operation.name for operation in OPERATIONS}
_ROOTS: Final = {str(wire_name(operation.verzoek)).encode(): operation.name for operation in OPERATIONS}
_ROOT: Final = re.compile(rb"<(?:[\w.-]+:)?Body[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)")
_FAULTCODE: Final = re.compile(rb"<faultcode>(?:[^<:]*:)?([^<]*)</faultcode>")


class Target(NamedTuple):
    """The vendor and the service at a path."""

    vendor: str
    service: Service


class _Vendor(NamedTuple):
    """A vendor's services, made from its traits."""

    traits: Traits
    settings: Settings
    application: WSGIApplication


class Answer(NamedTuple):
    """An answer that is ready to be sent."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def __repr__(self) -> str:
        return f"<Answer {self.status}>"


def routes(names: Iterable[str]) -> dict[str, Target]:
    """Every path that answers: the short ones, and those that resemble the real systems'."""
    found: dict[str, Target] = {}
    for name in names:
        traits = vendors.load(name).traits()
        for service in traits.services:
            found[f"/{name}/{service}"] = Target(name, service)
        for path, service in traits.paths.items():
            found[path] = Target(name, service)
    return found


class Application:
    """The services of all vendors.

    Args:
        fakes: what they answer from.
        client_ca: whether the server knows a CA for client certificates, so that vendors can ask for one.

    Attributes:
        stopping: set when the server stops, so that no delayed answer holds it up.
    """

    def __init__(self, fakes: Fakes, *, client_ca: bool = False) -> None:
        self.stopping = threading.Event()
        self._fakes = fakes
        self._world = fakes.world
        self._client_ca = client_ca
        self._routes = routes(fakes.world.names)
        self._made: dict[str, _Vendor] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        target = self._routes.get(environ.get("PATH_INFO", ""))
        if target is None:
            return _send(_plain("404 Not Found", "No system here has a service at this path."), start_response)
        if environ["REQUEST_METHOD"] != "POST":
            return _send(self._from_vendor(target, environ), start_response)
        return self._exchange(target, environ, start_response)

    def warm_up(self) -> None:
        """Load what the first request would have to wait for."""
        for name in self._world.names:
            self._vendor(name, self._world.traits(name))

    def _vendor(self, name: str, traits: Traits) -> _Vendor:
        """The vendor as it is now; made again when its traits have changed."""
        with self._fakes.loading:
            made = self._made.get(name)
            if made is None or made.traits is not traits:
                from mock_las.vendor_las import VendorLas  # noqa: PLC0415 - so that the server is up at once
                from uwlr.server import make_wsgi  # noqa: PLC0415

                las = VendorLas(self._world, name, traits)
                made = _Vendor(traits, las.settings(), make_wsgi(las.providers(), las.settings()))
                self._made[name] = made
            return made

    def _from_vendor(self, target: Target, environ: WSGIEnvironment) -> Answer:
        """Have the vendor answer."""
        traits = self._world.traits(target.vendor)
        if traits.client_certificate and self._client_ca and environ.get("SSL_CLIENT_VERIFY") != "SUCCESS":
            return _plain("403 Forbidden", "A client certificate is required.")
        if refusal := self._missing_header(target.vendor, environ):
            return refusal
        environ["SCRIPT_NAME"] = f"/{target.vendor}"
        environ["PATH_INFO"] = f"/{target.service}"
        sent: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            del exc_info
            sent[:] = [status, headers]
            return lambda _: None

        body = b"".join(self._vendor(target.vendor, traits).application(environ, start))
        status, headers = sent
        soap = any(name.casefold() == "content-type" and value == XML for name, value in headers)
        is_message = soap and environ["REQUEST_METHOD"] == "POST"
        return Answer(status, headers, rewrite(body, traits) if is_message else body)

    def _missing_header(self, vendor: str, environ: WSGIEnvironment) -> Answer | None:
        """Refuse a request without the HTTP headers that a gateway in front of the vendor requires."""
        for name, value in self._world.couplings.http_headers(vendor).items():
            if environ.get(f"HTTP_{name.upper().replace('-', '_')}") != value:
                remark(f"the HTTP header {name} is missing or wrong")
                body = b'{"statusCode": 401, "message": "A valid subscription key is needed."}\n'
                return Answer("401 Unauthorized", [("Content-Type", "application/json")], body)
        return None

    def _exchange(self, target: Target, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a message, let a planned fault strike, and keep the exchange."""
        began = time.perf_counter()
        taken = _Body(environ)
        environ["wsgi.input"] = taken
        exchange = Exchange(
            vendor=target.vendor,
            service=target.service,
            operation=_operation(environ, taken.head),
            at=self._world.clock.now(),
            remarks=start_remarks(),
        )
        if environ.get(TOO_MANY):
            fault, answer = None, self._busy(target, taken)
        else:
            fault = self._fakes.plan.strike(target.vendor, exchange.operation) or fault_of_school(taken.head)
            exchange.planned = str(fault) if fault else None
            answer = self._answer(fault, target, environ)
        # If a fault struck before the request was read, only its beginning is there to show.
        exchange.request = b"".join(taken.blocks) or taken.head
        exchange.answer = answer.body
        closed = fault is not None and fault.kind == "close_connection"
        exchange.status = 0 if closed else int(answer.status.partition(" ")[0])
        if exchange.status in {500, 503} and (found := _FAULTCODE.search(answer.body[:4096])):
            exchange.faultcode = found[1].decode("utf-8", "replace")
        exchange.milliseconds = (time.perf_counter() - began) * 1000
        self._fakes.journal.add(exchange)
        return self._sent(fault, answer, environ, start_response)

    def _busy(self, target: Target, taken: _Body) -> Answer:
        """Refuse a request, after reading it, because too many are waiting."""
        while taken.read(_BLOCK):
            pass
        remark("refused: too many requests are waiting")
        refused = busy(self._vendor(target.vendor, self._world.traits(target.vendor)).settings)
        return Answer("503 Service Unavailable", list(refused.headers), b"".join(refused.chunks))

    def _answer(self, fault: PlannedFault | None, target: Target, environ: WSGIEnvironment) -> Answer:
        """Make the answer, or what a planned fault replaces it with."""
        match fault:
            case PlannedFault(kind="foutcode"):
                prefix = self._world.traits(target.vendor).soap_prefix
                return Answer(
                    "500 Internal Server Error", [("Content-Type", XML)], write_fault(fault.foutcode, prefix=prefix)
                )
            case PlannedFault(kind="http"):
                return Answer(f"{fault.status} Planned", [("Content-Type", "text/html")], html_page(fault.status))
            case PlannedFault(kind="close_connection", processed=False):
                return _plain("503 Service Unavailable", "")
            case PlannedFault(kind="delay"):
                # Only this call waits; stopping the server ends the wait.
                self.stopping.wait(fault.seconds)
        answer = self._from_vendor(target, environ)
        if fault is None:
            return answer
        headers = [(name, value) for name, value in answer.headers if name.casefold() != "content-length"]
        if fault.kind == "gzip":
            headers.append(("Content-Encoding", "gzip"))
        return Answer(answer.status, headers, damaged(fault.kind, answer.body))

    def _sent(
        self, fault: PlannedFault | None, answer: Answer, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Send the answer, or the part of it that a planned fault allows."""
        match fault:
            case PlannedFault(kind="close_connection"):
                # The server takes this for a client that went away, and closes the connection without an answer.
                raise ConnectionResetError(errno.ECONNRESET, "closed as planned")
            case PlannedFault(kind="truncate"):
                _start(answer, len(answer.body), start_response)
                return _cut(answer.body[: int(len(answer.body) * fault.fraction)], environ)
            case PlannedFault(kind="huge"):
                _start(answer, len(answer.body) + (fault.megabytes << 20), start_response)
                return padded(answer.body, fault.megabytes)
            case _:
                return _send(answer, start_response)


class _Body:
    """A request body whose beginning can be seen before it is read, and that remembers what was read."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._stream: Any = environ["wsgi.input"]
        length = environ.get("CONTENT_LENGTH", "")
        if environ.get("wsgi.input_terminated"):
            most = _HEAD
        else:
            most = min(_HEAD, int(length)) if length.isascii() and length.isdigit() else 0
        self.head: bytes = self._stream.read(most) if most else b""
        self._unread = self.head
        self.blocks: list[bytes] = []

    def read(self, size: int = -1) -> bytes:
        block: bytes
        if self._unread:
            block = self._unread if size < 0 else self._unread[:size]
            self._unread = self._unread[len(block) :]
        else:
            block = self._stream.read(size)
        self.blocks.append(block)
        return block


def _operation(environ: WSGIEnvironment, head: bytes) -> str | None:
    """The operation that the SOAPAction names, or without one the element in the Body."""
    action = environ.get("HTTP_SOAPACTION", "").strip().strip('"')
    if action:
        return _ACTIONS.get(action)
    found = _ROOT.search(head)
    return _ROOTS.get(found[1]) if found else None


def _plain(status: str, text: str) -> Answer:
    return Answer(status, [("Content-Type", "text/plain; charset=utf-8")], f"{text}\n".encode())


def _start(answer: Answer, length: int, start_response: StartResponse) -> None:
    headers = [(name, value) for name, value in answer.headers if name.casefold() != "content-length"]
    start_response(answer.status, [*headers, ("Content-Length", str(length))])


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    _start(answer, len(answer.body), start_response)
    return (answer.body,)


def _cut(part: bytes, environ: WSGIEnvironment) -> Iterator[bytes]:
    yield part
    environ[CONNECTION].shut()
