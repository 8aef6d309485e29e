"""Sending through a zeep transport: its session (requests) or its client (httpx), without zeep's own reading.

zeep's `post` reads a whole answer before anyone can look at it, so no limit could hold; here the answer is streamed
through the same session, with its certificates, proxies, headers and hooks. The only module that imports zeep.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from uwlr.client.answers import Collector
from uwlr.client.certificates import first_certificate
from uwlr.client.config import DEFAULT_TIMEOUT, Limits
from uwlr.client.records import HttpAnswer, HttpRequest
from uwlr.errors import ConfigurationError
from uwlr.extras import extra

with extra("client"):
    import httpx
    import requests
    import zeep.transports

    from uwlr.client import failures

CHUNK = 1 << 14
"""Bytes read at a time; a compressed piece of this size unpacks to 16 MB at most."""


class SyncTransport:
    """Sends through the session of a `zeep.Transport`."""

    def __init__(
        self, transport: zeep.transports.Transport | None, limits: Limits, collector: Callable[[], Collector]
    ) -> None:
        if transport is not None and not isinstance(getattr(transport, "session", None), requests.Session):
            raise ConfigurationError("transport is not a zeep.Transport: it has no session of requests")
        self._owned = transport is None
        # Kept, since a transport that made its session closes it when it goes.
        self._transport = transport or zeep.transports.Transport()  # type: ignore[no-untyped-call]
        self._session: requests.Session = self._transport.session
        self._connect = limits.connect_timeout
        self._read = _read_timeout(limits, getattr(transport, "operation_timeout", None))
        self._collector = collector

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request and read its answer.

        Raises:
            TransportError: no usable answer.
        """
        collector = self._collector()
        try:
            with self._session.request(
                request.method,
                request.url,
                data=request.body,
                headers=dict(request.headers),
                timeout=(self._connect.total_seconds(), self._read.total_seconds()),
                stream=True,
                allow_redirects=False,
                verify=self._authority(),
            ) as response:
                collector.start(response.status_code, response.headers, _peer_certificate(response))
                for piece in response.iter_content(CHUNK):
                    collector.feed(piece)
        except failures.LIBRARY_ERRORS as error:
            raise failures.explain(error, collector, connect=self._connect, read=self._read) from None
        return collector.finish()

    def client_certificate(self) -> bytes | None:
        """Give the certificate this side shows, where the session names a file.

        Raises:
            ConfigurationError: the file cannot be read.
        """
        cert = self._session.cert
        if cert is None:
            return None
        try:
            return first_certificate(cert if isinstance(cert, str) else cert[0])
        except (OSError, ValueError):
            raise ConfigurationError("the client certificate of the session cannot be read") from None

    def _authority(self) -> str | None:
        """The session's own bundle, named once more: else a variable of the environment would win over it."""
        own = self._session.verify
        return own if isinstance(own, str) else None

    def close(self) -> None:
        """Close the connections, unless the session is the caller's."""
        if self._owned:
            self._session.close()


class AsyncTransport:
    """Sends through the client of a `zeep.AsyncTransport`."""

    def __init__(
        self, transport: zeep.transports.AsyncTransport | None, limits: Limits, collector: Callable[[], Collector]
    ) -> None:
        if transport is not None and not isinstance(getattr(transport, "client", None), httpx.AsyncClient):
            raise ConfigurationError("transport is not a zeep.AsyncTransport: it has no AsyncClient of httpx")
        self._owned = transport is None
        self._transport = transport or _own_async_transport()
        self._client: httpx.AsyncClient = self._transport.client
        self._connect = limits.connect_timeout
        self._read = _read_timeout(limits, None)
        self._collector = collector

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request and read its answer.

        Raises:
            TransportError: no usable answer.
        """
        collector = self._collector()
        timeout = httpx.Timeout(self._read.total_seconds(), connect=self._connect.total_seconds())
        try:
            async with self._client.stream(
                request.method,
                request.url,
                content=request.body,
                headers=dict(request.headers),
                timeout=timeout,
                follow_redirects=False,
            ) as response:
                collector.start(response.status_code, response.headers, _peer_certificate_httpx(response))
                async for piece in response.aiter_bytes(CHUNK):
                    collector.feed(piece)
        except failures.LIBRARY_ERRORS as error:
            raise failures.explain(error, collector, connect=self._connect, read=self._read) from None
        return collector.finish()

    async def aclose(self) -> None:
        """Close the connections, unless the client is the caller's."""
        if self._owned:
            self._transport.wsdl_client.close()
            await self._client.aclose()


def _own_async_transport() -> zeep.transports.AsyncTransport:
    """Make a transport whose two clients share their TLS settings, which take long to load."""
    context = httpx.create_ssl_context()
    return zeep.transports.AsyncTransport(  # type: ignore[no-untyped-call]
        client=httpx.AsyncClient(verify=context), wsdl_client=httpx.Client(verify=context)
    )


def _read_timeout(limits: Limits, of_transport: float | None) -> timedelta:
    """The client's own limit, else the transport's, else the default: never none."""
    if limits.timeout is not None:
        return limits.timeout
    return timedelta(seconds=of_transport) if of_transport else DEFAULT_TIMEOUT


def _peer_certificate(response: requests.Response) -> bytes | None:
    """Take the server's certificate from the connection; a session with an adapter of its own may not show it."""
    raw: Any = response.raw
    socket = getattr(getattr(raw, "connection", None), "sock", None)
    if socket is None:
        # http.client lets go of the socket when the answer says it is the last of the connection.
        socket = getattr(getattr(getattr(getattr(raw, "_fp", None), "fp", None), "raw", None), "_sock", None)
    return _in_der(socket)


def _peer_certificate_httpx(response: httpx.Response) -> bytes | None:
    stream = response.extensions.get("network_stream")
    return None if stream is None else _in_der(stream.get_extra_info("ssl_object"))


def _in_der(socket: Any) -> bytes | None:
    getpeercert = getattr(socket, "getpeercert", None)
    return None if getpeercert is None else cast("bytes | None", getpeercert(True))
