"""Requests and answers as values: bytes on the outside, messages on the inside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from uwlr.berichten.tabel import Bericht
from uwlr.deviations import Deviation
from uwlr.norm import Versie
from uwlr.undisclosed import Undisclosed


class HttpRequest(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request to send. Its body holds a key, so it is not shown."""

    operation: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show only what is not confidential."""
        return [("operation", self.operation), ("method", self.method)]


class HttpAnswer(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """One whole HTTP answer.

    Attributes:
        status: HTTP status.
        headers: HTTP headers, their names in lower case; of a multipart answer with the content type of its root part.
        body: the document, without compression and what else was packed around it.
        certificate: the server's own, in DER, if TLS was used and the connection exposes it.
        remarks: what was odd about the body and made no difference, in words of our own.
        contradicted: whether the body said to be compressed, and is not.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    certificate: bytes | None = None
    remarks: tuple[str, ...] = ()
    contradicted: bool = False

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show only what is not confidential."""
        return [("status", self.status), ("size", len(self.body))]


class RequestEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that is about to be sent; nothing in it is confidential.

    Attributes:
        operation: name of the operation.
        endpoint: host that is called.
        versie: version spoken.
        attempt: from 1.
        request_bytes: size of the body.
    """

    operation: str
    endpoint: str
    versie: Versie
    attempt: int
    request_bytes: int


class AnswerEvent(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt ended; nothing in it is confidential.

    Attributes:
        operation: name of the operation.
        endpoint: host that was called.
        versie: version spoken.
        attempt: from 1.
        outcome: `ok`, or the name of the error, such as `ServerFault` or `Timeout`.
        foutcode: of a fault, if it is a known one; of another `?`.
        http_status: HTTP status; None if there was no answer.
        duration_ms: milliseconds since it was sent.
        response_bytes: size of the answer without compression; None if there was none.
        deviations: places where the answer is not what the standard says.
    """

    operation: str
    endpoint: str
    versie: Versie
    attempt: int
    outcome: str
    foutcode: str | None = None
    http_status: int | None = None
    duration_ms: int
    response_bytes: int | None = None
    deviations: int = 0


class Exchange(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A request that was answered with a message, with what a caller may want to keep.

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
        body: the answer, an envelope; it holds what `bericht` holds. Compression, the other parts of a multipart
            answer and text around the envelope are left out, and what only a header says to be in another charset is
            in UTF-8.
        remarks: what was odd about the HTTP answer and made no difference, in words of our own.
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
    remarks: tuple[str, ...] = ()

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show only what is not confidential."""
        return [
            ("operation", self.operation),
            ("endpoint", self.endpoint),
            ("bericht", type(self.bericht).__name__),
            ("deviations", len(self.deviations)),
            ("http_status", self.http_status),
            ("duration_ms", self.duration_ms),
            ("attempts", self.attempts),
        ]
