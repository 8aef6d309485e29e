"""One server for all vendors: finds the vendor by the path, keeps the journal, and runs on cheroot."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_las import vendors
from mock_las.journal import Exchange, Journal, start_remarks
from mock_las.world import World
from uwlr.errors import ConfigurationError
from uwlr.soap.operations import OPERATIONS, Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTROL = "/__mock__"
_MAX_BODY = 65 << 20
_ACTIONS = {operation.soap_action: operation.name for operation in OPERATIONS}
_FAULTCODE = re.compile(rb"<faultcode>(?:[^<:]*:)?([^<]*)</faultcode>")


class Target(NamedTuple):
    """What a path stands for."""

    vendor: str
    service: Service


def routes(names: Iterable[str]) -> dict[str, Target]:
    """Every path that answers: the short one, and those like the real systems'."""
    found: dict[str, Target] = {}
    for name in names:
        traits = vendors.load(name).traits()
        for service in traits.services:
            found[f"/{name}/{service}"] = Target(name, service)
        for path, service in traits.paths.items():
            found[path] = Target(name, service)
    return found


class Application:
    """The WSGI application of all fakes together.

    Args:
        world: schools and couplings.
        client_ca: whether the server knows a CA for client certificates, so that vendors can ask for one.
        loopback: whether it listens on loopback only; then requests for other host names are refused.
    """

    def __init__(self, world: World, *, client_ca: bool = False, loopback: bool = True) -> None:
        self.world = world
        self.journal = Journal()
        self.loopback = loopback
        self._client_ca = client_ca
        self._routes = routes(world.names)
        self._apps: dict[str, WSGIApplication] = {}
        self._apps_lock = threading.Lock()

    def reset(self, seed: int | None = None) -> None:
        """Make everything as it was at the start, or as it would have been with another seed."""
        self.world.reset(seed)
        self.journal.clear()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(f"{CONTROL}/") or path == CONTROL:
            if path == f"{CONTROL}/ready":
                return _plain(start_response, "200 OK", "ready")
            return self._control(environ, start_response)
        target = self._routes.get(path)
        if target is None:
            return _plain(start_response, "404 Not Found", "No system of this name has a service at this path.")
        if environ["REQUEST_METHOD"] != "POST":
            return self._vendor(target, environ, start_response)
        return self._exchange(target, environ, start_response)

    def warm_up(self) -> None:
        """Load what the first request would have to wait for."""
        for name in self.world.names:
            self._app(name)
        _ = self._control

    @cached_property
    def _control(self) -> WSGIApplication:
        from mock_las.control import make_control  # noqa: PLC0415 - Flask is loaded when it is first needed

        return make_control(self)

    def _app(self, name: str) -> WSGIApplication:
        with self._apps_lock:
            if name not in self._apps:
                from mock_las.providers import VendorProviders  # noqa: PLC0415 - so that the server is up at once
                from uwlr.server import make_wsgi  # noqa: PLC0415

                las = VendorProviders(self.world, name)
                self._apps[name] = make_wsgi(las.providers(), las.settings())
            return self._apps[name]

    def _exchange(self, target: Target, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a message, and keep what went to and fro."""
        began = time.perf_counter()
        taken = _Recording(environ["wsgi.input"])
        environ["wsgi.input"] = taken
        exchange = Exchange(
            vendor=target.vendor,
            service=target.service,
            operation=_ACTIONS.get(environ.get("HTTP_SOAPACTION", "").strip().strip('"')),
            at=self.world.clock.now(),
        )
        exchange.remarks = start_remarks()
        sent: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            sent[:] = [status, headers]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        answer = b"".join(self._vendor(target, environ, start))
        exchange.request = b"".join(taken.blocks)
        exchange.answer = answer
        exchange.status = int(sent[0].partition(" ")[0])
        if exchange.status >= 500 and (found := _FAULTCODE.search(answer[:4096])):
            exchange.faultcode = found[1].decode("utf-8", "replace")
        exchange.milliseconds = (time.perf_counter() - began) * 1000
        self.journal.add(exchange)
        return (answer,)

    def _vendor(self, target: Target, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        traits = vendors.load(target.vendor).traits()
        if traits.client_certificate and self._client_ca and environ.get("SSL_CLIENT_VERIFY") != "SUCCESS":
            return _plain(start_response, "403 Forbidden", "A client certificate is required.")
        environ["SCRIPT_NAME"] = f"/{target.vendor}"
        environ["PATH_INFO"] = f"/{target.service}"
        return self._app(target.vendor)(environ, start_response)


class _Recording:
    """A request body that remembers what was read of it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.blocks: list[bytes] = []

    def read(self, size: int = -1) -> bytes:
        block: bytes = self._stream.read(size)
        self.blocks.append(block)
        return block


def _plain(start_response: StartResponse, status: str, text: str) -> Iterable[bytes]:
    body = f"{text}\n".encode()
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return (body,)


class Tls(NamedTuple):
    """Files for TLS: our certificate and its key, and the CA of the client certificates that are accepted."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


class Server:
    """The server: it listens from the moment it is made, and answers between `start` and `stop`.

    Args:
        world: schools and couplings.
        host: address to listen on.
        port: port; 0 takes a free one.
        threads: requests that are answered at the same time.
        tls: files for TLS; None speaks plain HTTP.

    Raises:
        ConfigurationError: the address is taken or not ours, or the TLS files cannot be used.
    """

    def __init__(
        self, world: World, *, host: str = "127.0.0.1", port: int = 0, threads: int = 64, tls: Tls | None = None
    ) -> None:
        from cheroot import wsgi  # noqa: PLC0415 - the pytest plugin must not load it

        self._world = world
        self.application = Application(
            world, client_ca=tls is not None and tls.client_ca is not None, loopback=is_loopback(host)
        )
        self._server = wsgi.Server(
            (host, port), self.application, numthreads=threads, request_queue_size=256, server_name="mock-las"
        )
        self._server.max_request_body_size = _MAX_BODY
        self._server.shutdown_timeout = 1
        if tls is not None:
            self._server.ssl_adapter = _ssl_adapter(tls)
        try:
            self._server.prepare()
        except OSError as error:
            raise ConfigurationError(f"cannot listen on {host}:{port}: {error}") from None
        scheme = "http" if tls is None else "https"
        shown = f"[{host}]" if ":" in host else host
        self.url = f"{scheme}://{shown}:{self._server.bind_addr[1]}"
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Answer requests on a thread of its own."""
        self._thread = threading.Thread(target=self._server.serve, name="mock-las", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, and let go of everything."""
        self._server.stop()
        if self._thread is not None:
            self._thread.join()
        self._world.close()


def is_loopback(host: str) -> bool:
    """Tell whether an address, or a name of it, is this machine's own."""
    name = host.strip("[]").casefold()
    return name in {"localhost", "::1"} or name.startswith("127.")


def _ssl_adapter(tls: Tls) -> Any:
    import ssl  # noqa: PLC0415

    from cheroot.ssl.builtin import BuiltinSSLAdapter  # noqa: PLC0415

    try:
        adapter = BuiltinSSLAdapter(str(tls.certificate), str(tls.key))
        if tls.client_ca is not None:
            adapter.context.load_verify_locations(str(tls.client_ca))
            adapter.context.verify_mode = ssl.CERT_OPTIONAL
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"the TLS files cannot be used: {error}") from None
    return adapter
