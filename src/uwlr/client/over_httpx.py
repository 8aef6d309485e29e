"""Sending through a client of httpx, with its certificates, proxies, headers and hooks: at once, or to be awaited.

The answer is streamed, so that limits on size and time hold while it comes in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import httpx

from uwlr.client import failures
from uwlr.client.answer_reading import Collector
from uwlr.client.certificates import first_certificate
from uwlr.client.config import DEFAULT_TIMEOUT, Limits
from uwlr.client.records import HttpAnswer, HttpRequest
from uwlr.loopback import in_url

CHUNK = 1 << 16
"""Bytes read at a time."""


class _Sending:
    """What both kinds of client are asked for, and what their errors mean."""

    def __init__(
        self,
        limits: Limits,
        collector: Callable[[], Collector],
        *,
        certificate_file: str | None,
    ) -> None:
        self._connect = limits.connect_timeout
        self._read: timedelta = limits.timeout or DEFAULT_TIMEOUT
        self._collector = collector
        self._certificate_file = certificate_file

    def client_certificate(self) -> bytes | None:
        """Return the client certificate that was given as a file; that of a client of the caller's does not show."""
        return None if self._certificate_file is None else first_certificate(self._certificate_file)

    def _asked(self, request: HttpRequest, trace: Callable[..., Any]) -> dict[str, Any]:
        return {
            "method": request.method,
            "url": request.url,
            "content": request.body,
            "headers": dict(request.headers),
            "timeout": httpx.Timeout(self._read.total_seconds(), connect=self._connect.total_seconds()),
            "follow_redirects": False,
            "extensions": {"trace": trace},
        }

    def _gave_up(self, error: Exception, request: HttpRequest, collector: Collector, head: _Head) -> HttpAnswer:
        """Make what can be made of an exception of httpx."""
        if collector.status is None and head.is_redirect:
            # httpx parses the Location header even when told not to follow redirects, and failed.
            collector.start(head.status, head.headers, None)
            return collector.finish()
        proxy = head.proxy_of(error, request.url)
        tls = request.url.startswith("https:")
        raise failures.explain(error, collector, connect=self._connect, read=self._read, proxy=proxy, tls=tls) from None


class HttpxTransport(_Sending):
    """Sends through an `httpx.Client` of the caller's, which stays open."""

    def __init__(self, client: httpx.Client, limits: Limits, collector: Callable[[], Collector]) -> None:
        super().__init__(limits, collector, certificate_file=None)
        self._client = client

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request and read its answer.

        Raises:
            TransportError: no usable answer.
        """
        collector = self._collector()
        head = _Head()
        try:
            with self._client.stream(**self._asked(request, head.take)) as response:
                collector.start(response.status_code, response.headers, _peer_certificate(response))
                if response.is_stream_consumed:
                    # A hook of the client has read it.
                    collector.unpacked(response.content)
                else:
                    for piece in response.iter_raw(CHUNK):
                        collector.feed(piece)
        except failures.LIBRARY_ERRORS as error:
            return self._gave_up(error, request, collector, head)
        return collector.finish()

    def close(self) -> None:
        """Leave the client open: it is the caller's."""


class AsyncHttpxTransport(_Sending):
    """Sends through an `httpx.AsyncClient`; closing this closes it only if it is `owned`."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        limits: Limits,
        collector: Callable[[], Collector],
        *,
        owned: bool,
        certificate_file: str | None = None,
    ) -> None:
        super().__init__(limits, collector, certificate_file=certificate_file)
        self._client = client
        self._owned = owned

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request and read its answer.

        Raises:
            TransportError: no usable answer.
        """
        collector = self._collector()
        head = _Head()
        try:
            async with self._client.stream(**self._asked(request, head.take_later)) as response:
                collector.start(response.status_code, response.headers, _peer_certificate(response))
                if response.is_stream_consumed:
                    # A hook of the client has read it.
                    collector.unpacked(response.content)
                else:
                    async for piece in response.aiter_raw(CHUNK):
                        collector.feed(piece)
        except failures.LIBRARY_ERRORS as error:
            return self._gave_up(error, request, collector, head)
        return collector.finish()

    async def aclose(self) -> None:
        """Close the connections, unless the client is the caller's."""
        if self._owned:
            await self._client.aclose()


class _Head:
    """Status and headers of an answer, as soon as they have arrived, and before that who was called."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self._called = ""
        self._is_connected = False

    def take(self, name: str, info: dict[str, Any]) -> None:
        """Take them from what httpcore traces."""
        if name == "connection.connect_tcp.started":
            self._called, self._is_connected = f"{in_url(info['host'])}:{info['port']}", False
        elif name == "connection.connect_tcp.complete":
            self._is_connected = True
        elif name.endswith(".receive_response_headers.complete"):
            _, self.status, _, headers, *_ = info["return_value"]
            self.headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in headers}

    async def take_later(self, name: str, info: dict[str, Any]) -> None:
        """Do the same where it is awaited."""
        self.take(name, info)

    def proxy_of(self, error: Exception, url: str) -> str | None:
        """The host of the proxy, if it was that which could not be reached, or refused."""
        asked = httpx.URL(url)
        port = asked.port or {"http": 80, "https": 443}.get(asked.scheme)
        is_direct = self._called in {"", f"{in_url(asked.host)}:{port}"}
        failed = isinstance(error, httpx.ProxyError) or not self._is_connected
        return self._called if failed and not is_direct else None

    @property
    def is_redirect(self) -> bool:
        """Whether the answer leads elsewhere."""
        return 300 <= self.status < 400


def _peer_certificate(response: httpx.Response) -> bytes | None:
    """Return the server's certificate in DER; a transport of the caller's may not expose it."""
    stream = response.extensions.get("network_stream")
    line = None if stream is None else stream.get_extra_info("ssl_object")
    getpeercert = getattr(line, "getpeercert", None)
    return None if getpeercert is None else cast("bytes | None", getpeercert(True))
