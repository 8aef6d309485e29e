"""An application that answers at an address from `start` to `stop`: before and after, there is no address to ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from uwlr.errors import ConfigurationError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from mock_las.listening import HttpServer


class Tls(NamedTuple):
    """Files for TLS: our certificate and its key, and the CA of the client certificates that are accepted."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


def not_started() -> ConfigurationError:
    """What somebody gets who asks something that does not answer now."""
    return ConfigurationError("it answers from `start` to `stop`, and not now: use it in `with`, or call `start()`")


class Answering:
    """A WSGI application on cheroot, on threads that end with the program.

    Args:
        application: what answers.
        name: what the server and its thread are called.
        host: address to listen on.
        port: port; 0 takes a free one, another at each start.
        threads: requests that are answered at the same time.
        tls: files for TLS; None speaks plain HTTP.
    """

    def __init__(
        self,
        application: WSGIApplication,
        name: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        threads: int = 8,
        tls: Tls | None = None,
    ) -> None:
        self._application = application
        self._name = name
        self._address = (host, port)
        self._threads = threads
        self._tls = tls
        self._server: HttpServer | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """Where it answers.

        Raises:
            ConfigurationError: it does not, now.
        """
        if self._server is None:
            raise not_started()
        return self._url

    def start(self) -> None:
        """Answer requests.

        Raises:
            ConfigurationError: it does already; the address is taken, or not ours; or the TLS files cannot be used.
            MissingExtraError: cheroot is not installed.
        """
        from mock_las.listening import HttpServer  # noqa: PLC0415 - the pytest plugin must not load cheroot

        if self._server is not None:
            raise ConfigurationError("it answers already")
        server = HttpServer(
            self._address, self._application, numthreads=self._threads, request_queue_size=256, server_name=self._name
        )
        if self._tls is not None:
            server.ssl_adapter = _ssl_adapter(self._tls)
        self._url = server.listen()
        self._server = server
        server.serve_on_thread(self._name)

    def stop(self) -> None:
        """Stop listening, and release everything."""
        if self._server is not None:
            self._server.stop()
            self._server = None


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
