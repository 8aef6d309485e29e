"""Sending through a zeep transport: its session (requests) or its client (httpx), bypassing zeep's own reading.

zeep's `post` reads a whole answer before anyone can look at it, so no limit could be enforced; here the answer is
streamed through the same session, with its certificates, proxies, headers and hooks. The only module that imports zeep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast

from uwlr.client.answer_reading import Collector
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

CHUNK = 1 << 16
"""Bytes read at a time."""


class SyncTransport:
    """Sends through the session of a `zeep.Transport`."""

    def __init__(
        self, transport: zeep.transports.Transport | None, limits: Limits, collector: Callable[[], Collector]
    ) -> None:
        if transport is not None and not isinstance(getattr(transport, "session", None), requests.Session):
            raise ConfigurationError("transport is not a zeep.Transport: it has no session of requests")
        self._owned = transport is None
        # Keep a reference: a transport that made its own session closes it when it is garbage-collected.
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
        location = _Location()
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
                hooks={"response": [*self._hooks(), location.take]},
            ) as response:
                headers = {**response.headers, **location.headers}
                collector.start(response.status_code, headers, _peer_certificate(response))
                for piece in _pieces(response, collector):
                    collector.feed(piece)
        except failures.LIBRARY_ERRORS as error:
            raise failures.explain(error, collector, connect=self._connect, read=self._read) from None
        return collector.finish()

    def client_certificate(self) -> bytes | None:
        """Return the client certificate, if the session names a file.

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

    def _hooks(self) -> list[Any]:
        """The session's own hooks, which hooks of a request would replace."""
        hooks: Any = self._session.hooks.get("response") or []
        return [hooks] if callable(hooks) else list(hooks)

    def _authority(self) -> str | None:
        """The session's own CA bundle, passed explicitly: otherwise an environment variable would override it."""
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
        head = _Head()
        timeout = httpx.Timeout(self._read.total_seconds(), connect=self._connect.total_seconds())
        try:
            async with self._client.stream(
                request.method,
                request.url,
                content=request.body,
                headers=dict(request.headers),
                timeout=timeout,
                follow_redirects=False,
                extensions={"trace": head.take},
            ) as response:
                collector.start(response.status_code, response.headers, _peer_certificate_httpx(response))
                if response.is_stream_consumed:
                    # A hook of the client has read it.
                    collector.unpacked(response.content)
                else:
                    async for piece in response.aiter_raw(CHUNK):
                        collector.feed(piece)
        except failures.LIBRARY_ERRORS as error:
            if collector.status is None and head.is_redirect:
                # httpx parses the Location header even when told not to follow redirects, and failed.
                collector.start(head.status, head.headers, None)
                return collector.finish()
            raise failures.explain(error, collector, connect=self._connect, read=self._read) from None
        return collector.finish()

    async def aclose(self) -> None:
        """Close the connections, unless the client is the caller's."""
        if self._owned:
            self._transport.wsdl_client.close()
            await self._client.aclose()


class _Location:
    """Hides the Location header from requests, which parses it even when told not to follow redirects."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    def take(self, response: requests.Response, **_: Any) -> None:
        """Take the header out; a hook of one request."""
        if "location" in response.headers:
            self.headers["location"] = response.headers.pop("location")


class _Head:
    """Status and headers of an answer, as soon as they have arrived."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}

    async def take(self, name: str, info: dict[str, Any]) -> None:
        """Take them from what httpcore traces."""
        if name.endswith(".receive_response_headers.complete"):
            _, self.status, _, headers, *_ = info["return_value"]
            self.headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in headers}

    @property
    def is_redirect(self) -> bool:
        """Whether the answer leads elsewhere."""
        return 300 <= self.status < 400


def _pieces(response: requests.Response, collector: Collector) -> Iterator[bytes]:
    """Yield the body as it came over the wire."""
    if response._content_consumed:  # type: ignore[attr-defined]  # noqa: SLF001 - requests has no public name for it
        # A hook of the session has read it.
        collector.unpacked(response.content)
        return
    stream = getattr(response.raw, "stream", None)
    if stream is not None:
        yield from stream(CHUNK, decode_content=False)
        return
    # A session with an adapter of its own may give any file.
    while piece := response.raw.read(CHUNK):
        yield piece


def _own_async_transport() -> zeep.transports.AsyncTransport:
    """Make a transport whose two clients share one TLS context, which is slow to load."""
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
    """Return the server's certificate; a session with a custom adapter may not expose it."""
    raw: Any = response.raw
    socket = getattr(getattr(raw, "connection", None), "sock", None)
    if socket is None:
        # http.client drops its reference to the socket when the answer closes the connection.
        socket = getattr(getattr(getattr(getattr(raw, "_fp", None), "fp", None), "raw", None), "_sock", None)
    return _in_der(socket)


def _peer_certificate_httpx(response: httpx.Response) -> bytes | None:
    stream = response.extensions.get("network_stream")
    return None if stream is None else _in_der(stream.get_extra_info("ssl_object"))


def _in_der(socket: Any) -> bytes | None:
    getpeercert = getattr(socket, "getpeercert", None)
    return None if getpeercert is None else cast("bytes | None", getpeercert(True))
