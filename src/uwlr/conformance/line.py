"""The line to a system under test: one request at a time, never sooner than agreed, and what went over it.

A line is live, or plays back what another recorded: cases cannot tell the difference, so that a run can be judged again
from its exchanges alone.
"""

from __future__ import annotations

import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import msgspec

from uwlr.client.answer_reading import Collector
from uwlr.client.certificates import not_after
from uwlr.client.config import DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RESPONSE_SIZE, Limits
from uwlr.client.http_sessions import Means, tls_arguments
from uwlr.client.records import HttpAnswer, HttpRequest
from uwlr.conformance.declarations import Las
from uwlr.conformance.old_tls import handshake
from uwlr.conformance.one_connection import talk
from uwlr.conformance.outcomes import Absent, Unreached
from uwlr.conformance.traffic import Exchange, Wanted
from uwlr.errors import ConfigurationError, ConnectError, HttpError, Timeout, TransportError
from uwlr.extras import extra
from uwlr.text import Text

_CHUNK: Final = 512
_BUSY: Final = frozenset({429, 503})
_GATEWAY: Final = frozenset({502, 504})
_TRIES: Final = 3
_NOT_RECORDED: Final = Text("dit is niet opgenomen", "this was not recorded")
_PATIENCE: Final = 60
"""Longest Retry-After that is waited for, in seconds."""


class Line(ABC):
    """A line, whatever is at its other end: what cases use of it.

    Attributes:
        exchanges: what went over it.
        moments: what the time was each time it was asked for.
        sent: requests so far.
        case: the case that sends now.
    """

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.moments: list[datetime] = []
        self.sent = 0
        self.case = ""

    def send(self, wanted: Wanted) -> Exchange:
        """Send one request; one that comes too soon for the system is sent again when that said so.

        Raises:
            Unreached: the network or a limit on requests stood in between.
        """
        for attempt in range(_TRIES):
            exchange = self._keep(self._exchange(wanted))
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
        """Send requests one after the other on one connection, until it ends.

        Raises:
            Absent: it cannot be tried from here.
        """
        return [self._tried(one) for one in self._talk(wanted)]

    def at_once(self, wanted: Sequence[Wanted]) -> list[Exchange]:
        """Send requests at the same time, each on its own connection."""
        return [self._keep(one) for one in self._crowd(wanted)]

    def old_tls(self, service: str, url: str) -> str | None:
        """Try to shake hands in TLS 1.0 or 1.1; gives the version that was agreed, None if that was refused.

        Raises:
            Absent: it cannot be tried from here.
        """
        return self._tried(self._handshake(service, url)).fact

    def now(self) -> datetime:
        """The time, in whole seconds of UTC."""
        self.moments.append(datetime.now(UTC).replace(microsecond=0))
        return self.moments[-1]

    def pause(self, seconds: float) -> None:
        """Wait."""
        time.sleep(max(0.0, seconds))

    def close(self) -> None:  # noqa: B027 - what plays back has none
        """Close the connections."""

    def _tried(self, exchange: Exchange) -> Exchange:
        kept = self._keep(exchange)
        if kept.absent is not None:
            raise Absent(kept.absent)
        return kept

    def _keep(self, exchange: Exchange) -> Exchange:
        kept = msgspec.structs.replace(exchange, number=len(self.exchanges) + 1, case=self.case)
        self.exchanges.append(kept)
        return kept

    # What differs between lines.

    @abstractmethod
    def _exchange(self, wanted: Wanted) -> Exchange: ...

    @abstractmethod
    def _talk(self, wanted: Sequence[Wanted]) -> list[Exchange]: ...

    @abstractmethod
    def _crowd(self, wanted: Sequence[Wanted]) -> list[Exchange]: ...

    @abstractmethod
    def _handshake(self, service: str, url: str) -> Exchange: ...


class PlayedBackLine(Line):
    """A line that plays back what another recorded.

    Args:
        exchanges: what went over it.
        moments: what the time was each time it was asked for.
    """

    def __init__(self, exchanges: Sequence[Exchange], moments: Sequence[datetime]) -> None:
        super().__init__()
        self._recorded = list(exchanges)
        self._moments = list(moments)

    def now(self) -> datetime:
        """The time that it was then."""
        if not self._moments:
            raise Absent(_NOT_RECORDED)
        self.moments.append(self._moments.pop(0))
        return self.moments[-1]

    def pause(self, seconds: float) -> None:
        """Nothing: it happened before."""

    def _next(self, operation: str) -> Exchange:
        if not self._recorded or self._recorded[0].operation != operation:
            raise Absent(_NOT_RECORDED)
        self.sent += 1
        return self._recorded.pop(0)

    def _exchange(self, wanted: Wanted) -> Exchange:
        return self._next(wanted.operation)

    def _talk(self, wanted: Sequence[Wanted]) -> list[Exchange]:
        found: list[Exchange] = []
        for one in wanted:
            # A connection that was closed has fewer exchanges than were wanted.
            if found and (not self._recorded or self._recorded[0].connection != found[0].connection):
                break
            found.append(self._next(one.operation))
        return found

    def _crowd(self, wanted: Sequence[Wanted]) -> list[Exchange]:
        return [self._next(one.operation) for one in wanted]

    def _handshake(self, service: str, url: str) -> Exchange:  # noqa: ARG002
        return self._next("TLS")


class LiveLine(Line):
    """A line to a real system: one request at a time, never sooner than agreed.

    Args:
        config: the system.
    """

    def __init__(self, config: Las) -> None:
        super().__init__()
        self._interval = config.interval()
        self._headers = config.headers()
        self._tls = config.tls
        self._limits = Limits(timeout=timedelta(seconds=config.timeout_s), connect_timeout=DEFAULT_CONNECT_TIMEOUT)
        self._session, self._transport = _transport(config, self._limits)
        self._last = float("-inf")
        self._connections = 0

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until the next request is allowed, and record when it ended."""
        self.pause(self._last + self._interval - time.monotonic())
        try:
            yield
        finally:
            self._last = time.monotonic()

    def _exchange(self, wanted: Wanted) -> Exchange:
        with self._turn():
            if wanted.fresh:
                self._session.close()
            return self._sent(wanted)

    def _talk(self, wanted: Sequence[Wanted]) -> list[Exchange]:
        self._connections += 1
        found: list[Exchange] = []
        with self._turn():
            answers = talk(wanted, self._headers, self._tls, self._limits)
            for one in wanted:
                started = time.monotonic()
                try:
                    said = next(answers, None)
                except Absent as absent:
                    found.append(_untried(one.operation, one.service, absent.reason))
                    break
                if said is None:
                    break
                self.sent += 1
                left = f"{said.left} bytes behind the answer" if said.left else None
                made = _made(one, said.answer, None, started)
                found.append(msgspec.structs.replace(made, connection=self._connections, fact=left))
        return found

    def _crowd(self, wanted: Sequence[Wanted]) -> list[Exchange]:
        with self._turn(), ThreadPoolExecutor(len(wanted)) as pool:
            return list(pool.map(self._sent, wanted))

    def _handshake(self, service: str, url: str) -> Exchange:
        self.sent += 1
        with self._turn():
            try:
                spoken = handshake(url, self._session, self._limits.connect_timeout.total_seconds())
            except Absent as absent:
                return _untried("TLS", service, absent.reason)
        return Exchange(number=0, case="", operation="TLS", service=service, method="", fact=spoken)

    def _sent(self, wanted: Wanted) -> Exchange:
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
            return _made(wanted, self._transport.send(request), None, started)
        except TransportError as error:
            return _made(wanted, None, error, started)


def _made(wanted: Wanted, answer: HttpAnswer | None, error: TransportError | None, started: float) -> Exchange:
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


def _untried(operation: str, service: str, reason: Text) -> Exchange:
    return Exchange(number=0, case="", operation=operation, service=service, method="", absent=reason)


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _CHUNK):
        yield body[start : start + _CHUNK]


def _retry_after(value: str) -> int | None:
    """Seconds to wait; None if it is not said in seconds, or would take too long."""
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


class _AsItCame(Collector):
    """Gives the whole body, unpacked: what stands around the XML is what is to be judged."""

    def finish(self) -> HttpAnswer:
        answer = super().finish()
        return msgspec.structs.replace(answer, body=b"".join(self.pieces), headers=self.headers)


def _transport(config: Las, limits: Limits) -> tuple[Any, Any]:
    with extra("conformance"):
        from uwlr.client.over_requests import RequestsTransport  # noqa: PLC0415 - imports requests, which is slow

    def collector() -> Collector:
        return _AsItCame(limit=DEFAULT_MAX_RESPONSE_SIZE, total=timedelta(seconds=10 * config.timeout_s))

    tls = tls_arguments(ca=config.tls.ca, cert=config.tls.cert, key=config.tls.key)
    session = Means(**tls).made_session()
    return session, RequestsTransport(session, limits, collector, owned=True)
