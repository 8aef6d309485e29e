"""The line to a system under test: one request at a time, never sooner than agreed, and what went over it.

A line is live, or plays back what another recorded: cases cannot tell the difference, so that a run can be judged again
from its exchanges alone.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol, cast

import msgspec

from uwlr.client.answers import Collector
from uwlr.client.certificates import not_after
from uwlr.client.config import DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RESPONSE_SIZE, Limits
from uwlr.client.records import HttpAnswer, HttpRequest
from uwlr.conformance.declarations import Las
from uwlr.conformance.old_tls import handshake
from uwlr.conformance.one_connection import talk
from uwlr.conformance.outcomes import Unreached
from uwlr.conformance.traffic import Exchange, Wanted
from uwlr.errors import ConfigurationError, ConnectError, HttpError, Timeout, TransportError
from uwlr.extras import extra
from uwlr.text import Text

_CHUNK: Final = 512
_BUSY: Final = frozenset({429, 503})
_GATEWAY: Final = frozenset({502, 504})
_TRIES: Final = 3
_PATIENCE: Final = 60
"""Longest Retry-After that is waited for, in seconds."""


class Line(Protocol):
    """What a session needs of the line."""

    exchanges: list[Exchange]
    sent: int
    case: str

    def send(self, wanted: Wanted) -> Exchange:
        """Send one request, when its time has come.

        Raises:
            Unreached: the network or a limit on requests stood in between.
        """
        ...

    def on_one_connection(self, wanted: Sequence[Wanted]) -> list[Exchange]:
        """Send requests one after the other on one connection, until it ends."""
        ...

    def at_once(self, wanted: Sequence[Wanted]) -> list[Exchange]:
        """Send requests at the same time."""
        ...

    def old_tls(self, service: str, url: str) -> str | None:
        """Try to shake hands in TLS 1.0 or 1.1; gives the version that was agreed, None where that was refused.

        Raises:
            Absent: it cannot be tried from here.
        """
        ...

    def now(self) -> datetime:
        """The time, in whole seconds of UTC."""
        ...

    def pause(self, seconds: float) -> None:
        """Wait."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class LiveLine:
    """A line to a real system.

    Args:
        config: the system.
    """

    def __init__(self, config: Las) -> None:
        self._interval = config.interval()
        self._headers = config.headers()
        self._tls = config.tls
        self._limits = Limits(timeout=timedelta(seconds=config.timeout_s), connect_timeout=DEFAULT_CONNECT_TIMEOUT)
        self._collector = lambda: Collector(
            limit=DEFAULT_MAX_RESPONSE_SIZE, total=timedelta(seconds=10 * config.timeout_s)
        )
        self._session, self._transport = _transport(config, self._limits, self._collector)
        self._last = float("-inf")
        self.exchanges: list[Exchange] = []
        self.moments: list[datetime] = []
        self.sent = 0
        self.case = ""

    def send(self, wanted: Wanted) -> Exchange:
        """Send one request; one that comes too soon for the system is sent again when that said so."""
        if wanted.fresh:
            self._session.close()
        for attempt in range(_TRIES):
            self._wait()
            exchange = self._keep(self._exchange(wanted))
            self._last = time.monotonic()
            if exchange.unreached:
                raise Unreached(_network(exchange.problem or "?"))
            if exchange.status in _GATEWAY and b"Envelope" not in exchange.answer:
                raise Unreached(_network(f"HTTP {exchange.status}"))
            if exchange.status not in _BUSY:
                return exchange
            wait = _retry_after(exchange.answer_headers.get("retry-after", ""))
            if wait is None or attempt + 1 == _TRIES:
                raise Unreached(_busy(exchange, wait))
            self.pause(wait)
        raise AssertionError

    def on_one_connection(self, wanted: Sequence[Wanted]) -> list[Exchange]:
        """Send requests one after the other on one connection, until it ends."""
        self._wait()
        found = []
        for one, answer in zip(wanted, talk(wanted, self._headers, self._tls, self._limits), strict=False):
            self.sent += 1
            started = time.monotonic()
            found.append(self._keep(self._made(one, answer, None, started)))
        self._last = time.monotonic()
        return found

    def at_once(self, wanted: Sequence[Wanted]) -> list[Exchange]:
        """Send requests at the same time, each on a connection of its own."""
        self._wait()
        with ThreadPoolExecutor(len(wanted)) as pool:
            found = list(pool.map(self._exchange, wanted))
        self._last = time.monotonic()
        return [self._keep(one) for one in found]

    def old_tls(self, service: str, url: str) -> str | None:
        """Try to shake hands in TLS 1.0 or 1.1."""
        self._wait()
        self.sent += 1
        try:
            spoken = handshake(url, self._session, self._limits.connect_timeout.total_seconds())
        finally:
            self._last = time.monotonic()
        self._keep(Exchange(number=0, case="", operation="TLS", service=service, method="", fact=spoken))
        return spoken

    def now(self) -> datetime:
        """The time, in whole seconds of UTC."""
        self.moments.append(datetime.now(UTC).replace(microsecond=0))
        return self.moments[-1]

    def pause(self, seconds: float) -> None:
        """Wait."""
        time.sleep(max(0.0, seconds))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _wait(self) -> None:
        self.pause(self._last + self._interval - time.monotonic())

    def _exchange(self, wanted: Wanted) -> Exchange:
        joint = "&" if "?" in wanted.url else "?"
        # An iterator goes out in chunks.
        data = cast("bytes", _pieces(wanted.body)) if wanted.chunked and wanted.body is not None else wanted.body
        request = HttpRequest(
            operation=wanted.operation,
            method="GET" if wanted.body is None else "POST",
            url=f"{wanted.url}{joint}{wanted.query}" if wanted.query else wanted.url,
            headers={**self._headers, **wanted.headers},
            body=data,
        )
        started = time.monotonic()
        self.sent += 1
        try:
            return self._made(wanted, self._transport.send(request), None, started)
        except TransportError as error:
            return self._made(wanted, None, error, started)

    def _made(
        self, wanted: Wanted, answer: HttpAnswer | None, error: TransportError | None, started: float
    ) -> Exchange:
        ends = None
        if answer is not None and answer.certificate is not None:
            with contextlib.suppress(ValueError, ConfigurationError):
                ends = not_after(answer.certificate)
        return Exchange(
            number=0,
            case="",
            operation=wanted.operation,
            service=wanted.service,
            method="GET" if wanted.body is None else "POST",
            query=wanted.query,
            headers=wanted.headers,
            body=wanted.body or b"",
            status=answer.status if answer else error.status if isinstance(error, HttpError) else None,
            answer_headers=answer.headers if answer else {},
            answer=answer.body if answer else b"",
            problem=str(error.args[0]) if error else None,
            unreached=isinstance(error, ConnectError | Timeout),
            certificate_ends=ends,
            duration_ms=round((time.monotonic() - started) * 1000),
        )

    def _keep(self, exchange: Exchange) -> Exchange:
        kept = msgspec.structs.replace(exchange, number=len(self.exchanges) + 1, case=self.case)
        self.exchanges.append(kept)
        return kept


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _CHUNK):
        yield body[start : start + _CHUNK]


def _retry_after(value: str) -> int | None:
    """Seconds to wait; None where it is not said in seconds, or would take too long."""
    seconds = int(value) if value.isascii() and value.isdigit() and len(value) < 6 else None
    return seconds if seconds is not None and seconds <= _PATIENCE else None


def _network(problem: str) -> Text:
    return Text(f"netwerk: {problem}", f"network: {problem}")


def _busy(exchange: Exchange, wait: int | None) -> Text:
    asked = exchange.answer_headers.get("retry-after", "")[:30]
    if wait is None and asked:
        return Text(
            f"HTTP {exchange.status}: het systeem vraagt te wachten (Retry-After: {asked})",
            f"HTTP {exchange.status}: the system asks to wait (Retry-After: {asked})",
        )
    return Text(
        f"HTTP {exchange.status}: het systeem wil nu geen verzoeken",
        f"HTTP {exchange.status}: the system wants no requests now",
    )


def _transport(config: Las, limits: Limits, collector: Any) -> tuple[Any, Any]:
    with extra("conformance"):
        import requests  # noqa: PLC0415 - an optional dependency, slow to import
        import zeep.transports  # noqa: PLC0415

        from uwlr.client._transport import SyncTransport  # noqa: PLC0415
    session = requests.Session()
    if config.tls.ca is not None:
        session.verify = config.tls.ca
    if config.tls.cert is not None:
        session.cert = config.tls.cert if config.tls.key is None else (config.tls.cert, config.tls.key)
    zeep_transport = zeep.transports.Transport(session=session)  # type: ignore[no-untyped-call]
    return session, SyncTransport(zeep_transport, limits, collector)
