"""What goes over the line and what comes back, as values: bytes on the outside, messages on the inside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from uwlr.berichten.tabel import Bericht
from uwlr.deviations import Deviation


class Discreet(msgspec.Struct, frozen=True, kw_only=True):
    """A record that holds a key or a body, and shows neither: not in `repr`, not to rich."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show what may be seen."""
        raise NotImplementedError

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"


class HttpRequest(Discreet, frozen=True, kw_only=True):
    """One HTTP request to be sent. Its body holds a key, so it does not show."""

    operation: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show what may be seen."""
        return [("operation", self.operation), ("method", self.method)]


class HttpAnswer(Discreet, frozen=True, kw_only=True):
    """One whole HTTP answer. `certificate` is the server's own, in DER, where TLS was used and shows it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    certificate: bytes | None = None

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show what may be seen."""
        return [("status", self.status), ("size", len(self.body))]


class Exchange(Discreet, frozen=True, kw_only=True):
    """A request that was answered with a message, and what a caller may want to keep of it.

    Attributes:
        operation: name of the operation.
        endpoint: host that answered.
        verzoek: the request as the last attempt sent it; of results, with the aanmaakdatum it then had.
        bericht: the answer.
        deviations: where the answer is not what the standard says, and what was made of it.
        http_status: HTTP status of the answer.
        duration_ms: milliseconds from sending to the last byte, of the last attempt.
        received_at: when the answer was complete, in UTC.
        attempts: how many attempts it took.
        body: the answer as it came, an envelope; it holds what `bericht` holds.
    """

    operation: str
    endpoint: str
    verzoek: Bericht
    bericht: Bericht
    deviations: tuple[Deviation, ...]
    http_status: int
    duration_ms: int
    received_at: datetime
    attempts: int
    body: bytes

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show what may be seen."""
        return [
            ("operation", self.operation),
            ("endpoint", self.endpoint),
            ("bericht", type(self.bericht).__name__),
            ("deviations", len(self.deviations)),
            ("http_status", self.http_status),
            ("duration_ms", self.duration_ms),
            ("attempts", self.attempts),
        ]
