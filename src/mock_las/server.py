"""The fakes on cheroot: an address, threads, TLS."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, NamedTuple

from mock_las.application import Application
from mock_las.world import World
from uwlr.errors import ConfigurationError
from uwlr.loopback import is_loopback

_MAX_BODY = 65 << 20
"""Largest request body in bytes: somewhat above what the services themselves take, so that they can say so."""


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
        threads: requests that are answered at the same time. Some hundreds more wait; what comes then gets HTTP 503
            with Server.TijdelijkNietBeschikbaar.
        tls: files for TLS; None speaks plain HTTP.

    Raises:
        ConfigurationError: the address is taken or not ours, or the TLS files cannot be used.
    """

    def __init__(
        self, world: World, *, host: str = "127.0.0.1", port: int = 0, threads: int = 64, tls: Tls | None = None
    ) -> None:
        from mock_las.listening import HttpServer  # noqa: PLC0415 - the pytest plugin must not load cheroot

        self._world = world
        self.application = Application(
            world, client_ca=tls is not None and tls.client_ca is not None, loopback=is_loopback(host)
        )
        self._server = HttpServer(
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
        self.application.stopping.set()
        self._server.stop()
        if self._thread is not None:
            self._thread.join()
        self._world.close()


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
