"""The exchanges of the fakes with their clients, kept for finding out what went wrong."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections import deque
from contextvars import ContextVar
from typing import Final

import msgspec

from uwlr.undisclosed import Undisclosed

_KEPT: Final = 1000
_BYTES_KEPT: Final = 64 << 20

_INVALID: Final = frozenset(
    {"Client", "Client.OngeldigBericht", "Client.XsdVersieOngeldig", "MustUnderstand", "VersionMismatch"}
)

PULLED: Final = "toetsresultaten"
"""The service of an exchange in which a fake was the client: it fetched results, by a contract that is not UWLR's."""

_remarks: ContextVar[list[str] | None] = ContextVar("mock_las_remarks", default=None)


def remark(text: str) -> None:
    """Add a remark to the exchange in progress; it must contain nothing about a person, and no key."""
    remarks = _remarks.get()
    if remarks is not None:
        remarks.append(text)


def start_remarks() -> list[str]:
    """Start the list of remarks of a new exchange on this thread."""
    remarks: list[str] = []
    _remarks.set(remarks)
    return remarks


class Exchange(Undisclosed, msgspec.Struct, kw_only=True):
    """A request and its answer. The bytes hold personal data and keys; `repr` shows neither.

    Attributes:
        id: number, rising from 1.
        vendor: the vendor that was called.
        service: its service.
        operation: name of the operation, if the SOAPAction or the body shows it.
        at: when it began, on the clock of the fakes.
        milliseconds: time it took to make the answer.
        status: HTTP status; 0 if the connection was closed instead.
        faultcode: code of the fault, if the answer is one.
        planned: the planned fault that struck.
        remarks: reasons for what the fakes decided.
        request: body of the request, as far as it was read.
        answer: body of the answer.
    """

    id: int = 0
    vendor: str
    service: str
    operation: str | None = None
    at: dt.datetime
    milliseconds: float = 0
    status: int = 0
    faultcode: str | None = None
    planned: str | None = None
    remarks: list[str] = []
    request: bytes = b""
    answer: bytes = b""

    def __repr__(self) -> str:
        return f"<Exchange {self.id} {self.vendor} {self.operation} {self.status} {self.faultcode or ''}>"

    @property
    def invalid(self) -> bool:
        """Whether the request itself was invalid, rather than refused for who sent it or what it asked."""
        if self.service == PULLED or self.planned is not None:
            return False
        return self.faultcode in _INVALID or 400 <= self.status < 500

    def line(self) -> str:
        """The exchange in one line, without anything personal."""
        answered = self.faultcode or self.status or "connection closed"
        why = "".join(f"; {remark}" for remark in self.remarks)
        planned = f" (planned: {self.planned})" if self.planned else ""
        name = self.operation or self.service
        return f"#{self.id} {self.vendor} {name}: {answered}{planned}, {self.milliseconds:.1f} ms{why}"

    def summary(self) -> dict[str, object]:
        """Everything but the bytes."""
        return {
            "id": self.id,
            "vendor": self.vendor,
            "service": self.service,
            "operation": self.operation,
            "at": self.at.isoformat(),
            "milliseconds": round(self.milliseconds, 3),
            "status": self.status,
            "faultcode": self.faultcode,
            "planned": self.planned,
            "invalid": self.invalid,
            "line": self.line(),
            "remarks": self.remarks,
            "request_bytes": len(self.request),
            "answer_bytes": len(self.answer),
        }


class Journal:
    """The last exchanges: at most a thousand, and at most 64 MB of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._exchanges: deque[Exchange] = deque()
        self._bytes = 0

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange, and drop the oldest ones if there is no room."""
        with self._lock:
            exchange.id = next(self._numbers)
            self._exchanges.append(exchange)
            self._bytes += len(exchange.request) + len(exchange.answer)
            while len(self._exchanges) > _KEPT or (self._bytes > _BYTES_KEPT and len(self._exchanges) > 1):
                oldest = self._exchanges.popleft()
                self._bytes -= len(oldest.request) + len(oldest.answer)

    def list(
        self, vendor: str | None = None, operation: str | None = None, faultcode: str | None = None
    ) -> list[Exchange]:
        """The exchanges, oldest first; those of one vendor, operation or faultcode if it is given."""
        with self._lock:
            return [
                e
                for e in self._exchanges
                if vendor in {None, e.vendor} and operation in {None, e.operation} and faultcode in {None, e.faultcode}
            ]

    def get(self, number: int) -> Exchange | None:
        """One exchange."""
        return next((e for e in self.list() if e.id == number), None)

    def clear(self) -> None:
        """Drop all exchanges; numbering starts again."""
        with self._lock:
            self._exchanges.clear()
            self._bytes = 0
            self._numbers = itertools.count(1)
