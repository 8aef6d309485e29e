"""Sending through a session of requests, with its certificates, proxies, headers and hooks.

The answer is streamed, so that limits on size and time hold while it comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast

import requests
from requests.utils import select_proxy

from uwlr.client import failures
from uwlr.client.answer_reading import Collector
from uwlr.client.certificates import first_certificate
from uwlr.client.config import DEFAULT_TIMEOUT, Limits, host_of
from uwlr.client.records import HttpAnswer, HttpRequest
from uwlr.errors import ConfigurationError

CHUNK = 1 << 16
"""Bytes read at a time."""


class OwnSession(requests.Session):
    """A session that asks the environment once for each address, as httpx does.

    requests goes through every variable, twice, for each request: a fifth of what a small one costs.
    """

    def __init__(self) -> None:
        super().__init__()
        self._merged: dict[tuple[Any, ...], Any] = {}

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Proxies and authorities for a request."""
        asked = (url, *sorted((proxies or {}).items()), stream, verify, cert)
        if asked not in self._merged:
            self._merged[asked] = super().merge_environment_settings(url, proxies, stream, verify, cert)
        merged = self._merged[asked]
        return {**merged, "proxies": dict(merged["proxies"])}


class RequestsTransport:
    """Sends through a `requests.Session`.

    Args:
        session: how to call.
        limits: how long and how much is waited for.
        collector: makes what an answer is collected in.
        owned: whether closing this closes the session.
        otherwise: the longest silence in seconds, if the limits say none; None means the default.
    """

    def __init__(
        self,
        session: requests.Session,
        limits: Limits,
        collector: Callable[[], Collector],
        *,
        owned: bool,
        otherwise: float | None = None,
    ) -> None:
        self._session = session
        self._owned = owned
        self._connect = limits.connect_timeout
        self._read = limits.timeout or (timedelta(seconds=otherwise) if otherwise else DEFAULT_TIMEOUT)
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
                # The session's own authority and proxies, passed explicitly: otherwise variables would override them.
                verify=self._authority(),
                proxies=dict(self._session.proxies),
                hooks={"response": [*self._hooks(), location.take]},
            ) as response:
                headers = {**response.headers, **location.headers}
                collector.start(response.status_code, headers, _peer_certificate(response))
                for piece in _pieces(response, collector):
                    collector.feed(piece)
        except failures.LIBRARY_ERRORS as error:
            proxy = self._proxy(request.url) if isinstance(error, requests.exceptions.ProxyError) else None
            tls = request.url.startswith("https:")
            raise failures.explain(
                error, collector, connect=self._connect, read=self._read, proxy=proxy, tls=tls
            ) from None
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

    def _proxy(self, url: str) -> str | None:
        """The host of the proxy for an address."""
        own = dict(self._session.proxies)
        merged = self._session.merge_environment_settings(url, own, True, self._authority(), None)
        proxy = select_proxy(url, merged["proxies"])
        if proxy is None:
            return None
        return host_of(proxy if "://" in proxy else f"http://{proxy}")

    def _authority(self) -> str | None:
        own = self._session.verify
        return own if isinstance(own, str) else None

    def close(self) -> None:
        """Close the connections, unless the session is the caller's."""
        if self._owned:
            self._session.close()


class _Location:
    """Hides the Location header from requests, which parses it even when told not to follow redirects."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    def take(self, response: requests.Response, **_: Any) -> None:
        """Take the header out; a hook of one request."""
        if "location" in response.headers:
            self.headers["location"] = response.headers.pop("location")


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


def _peer_certificate(response: requests.Response) -> bytes | None:
    """Return the server's certificate in DER; a session with a custom adapter may not expose it."""
    raw: Any = response.raw
    socket = getattr(getattr(raw, "connection", None), "sock", None)
    if socket is None:
        # http.client drops its reference to the socket when the answer closes the connection.
        socket = getattr(getattr(getattr(getattr(raw, "_fp", None), "fp", None), "raw", None), "_sock", None)
    getpeercert = getattr(socket, "getpeercert", None)
    return None if getpeercert is None else cast("bytes | None", getpeercert(True))
