"""The line to a system under test: one request at a time, never sooner than agreed, and what went over it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, cast

from uwlr.client.answer_reading import Collector
from uwlr.client.config import DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RESPONSE_SIZE, Limits
from uwlr.client.records import HttpAnswer, HttpRequest
from uwlr.client.tls_session import transport_with
from uwlr.conformance.declarations import Las
from uwlr.conformance.old_tls import handshake
from uwlr.conformance.outcomes import Evidence
from uwlr.errors import TransportError
from uwlr.extras import extra
from uwlr.soap.redact import Redaction

_SHOWN_ITEMS = 2
_LONGEST = 6000
_CHUNK = 512


class Wire:
    """Sends requests and keeps the evidence.

    Args:
        config: the system.
        secret: a text that no evidence may show.
    """

    def __init__(self, config: Las, secret: str) -> None:
        self._interval = config.interval()
        self._headers = config.headers()
        self._redaction = Redaction(most_items=_SHOWN_ITEMS, fault_text=False)
        self._secret = secret
        self._limits = Limits(timeout=timedelta(seconds=config.timeout_s), connect_timeout=DEFAULT_CONNECT_TIMEOUT)
        self._session, self._transport = _transport(config, self._limits)
        self._last = float("-inf")
        self.evidence: list[Evidence] = []
        self.sent = 0

    def send(
        self, operation: str, url: str, headers: Mapping[str, str], body: bytes | None, *, chunked: bool = False
    ) -> HttpAnswer:
        """Send one request, when its time has come, and keep the evidence.

        Raises:
            TransportError: no usable answer.
        """
        self._wait()
        # An iterator goes out in chunks.
        data = cast("bytes", _pieces(body)) if chunked and body is not None else body
        request = HttpRequest(
            operation=operation,
            method="GET" if body is None else "POST",
            url=url,
            headers={**self._headers, **headers},
            body=data,
        )
        started = time.monotonic()
        self.sent += 1
        try:
            answer: HttpAnswer = self._transport.send(request)
        except TransportError as error:
            self._keep(operation, body, str(error.args[0]), None, started)
            raise
        finally:
            self._last = time.monotonic()
        self._keep(operation, body, self._redacted(answer.body), answer.status, started)
        return answer

    def old_tls(self, url: str) -> str | None:
        """Try to shake hands in TLS 1.0 or 1.1; gives the version that was agreed, None where that was refused.

        Raises:
            Absent: it cannot be tried from here.
        """
        self._wait()
        started = time.monotonic()
        self.sent += 1
        try:
            spoken = handshake(url, self._session, self._limits.connect_timeout.total_seconds())
        finally:
            self._last = time.monotonic()
        self._keep("TLS", None, spoken or "handshake refused", None, started)
        return spoken

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _wait(self) -> None:
        time.sleep(max(0.0, self._last + self._interval - time.monotonic()))

    def _keep(self, operation: str, body: bytes | None, answer: str, status: int | None, started: float) -> None:
        self.evidence.append(
            Evidence(
                operation=operation,
                request=self._redacted(body or b""),
                answer=answer.replace(self._secret, "…"),
                http_status=status,
                duration_ms=round((time.monotonic() - started) * 1000),
            )
        )

    def _redacted(self, message: bytes) -> str:
        shown = self._redaction.redact(message).replace(self._secret, "…")
        return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _CHUNK):
        yield body[start : start + _CHUNK]


def _transport(config: Las, limits: Limits) -> tuple[Any, Any]:
    with extra("conformance"):
        from uwlr.client._zeep import SyncTransport  # noqa: PLC0415 - imports zeep, which is slow

    def collector() -> Collector:
        return Collector(limit=DEFAULT_MAX_RESPONSE_SIZE, total=timedelta(seconds=10 * config.timeout_s))

    transport = transport_with(ca=config.tls.ca, cert=config.tls.cert, key=config.tls.key)
    return transport.session, SyncTransport(transport, limits, collector)
