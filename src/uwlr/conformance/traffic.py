"""Requests that are to be sent, and exchanges as they went over the line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from uwlr.text import Text
from uwlr.undisclosed import Undisclosed


class Exchange(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """One request and what came back, as bytes.

    Attributes:
        number: place in the run, from 1.
        case: the case under which it took place; empty before the first.
        operation: what was called, or GET or TLS.
        service: whose address was called.
        method: HTTP method.
        query: what stood behind the address.
        headers: headers sent, without those that every request gets from a file.
        body: the request.
        status: HTTP status; None if no answer came.
        answer_headers: headers of the answer, names in lower case.
        answer: its body, unpacked.
        problem: why there is no usable answer, in words.
        unreached: whether that is the network's doing.
        fact: what was seen beside an answer: the version of TLS that was agreed, or bytes behind the answer.
        connection: number of the connection that was held on to; 0 for any.
        absent: why it could not be tried from here.
        certificate_ends: until when the server's certificate is valid.
        duration_ms: milliseconds until the last byte.
    """

    number: int
    case: str
    operation: str
    service: str
    method: str
    query: str = ""
    headers: Mapping[str, str] = {}
    body: bytes = b""
    status: int | None = None
    answer_headers: Mapping[str, str] = {}
    answer: bytes = b""
    problem: str | None = None
    unreached: bool = False
    fact: str | None = None
    connection: int = 0
    absent: Text | None = None
    certificate_ends: datetime | None = None
    duration_ms: int = 0

    def __repr__(self) -> str:
        return f"<Exchange {self.number} {self.operation} HTTP {self.status}>"


class Wanted(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A request that is to be sent.

    Attributes:
        operation: what is called.
        service: whose address.
        url: that address.
        headers: HTTP headers.
        body: the body; None for a GET.
        query: what is put behind the address.
        chunked: whether the body goes out in chunks.
        fresh: whether a new connection is opened.
    """

    operation: str
    service: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    query: str = ""
    chunked: bool = False
    fresh: bool = False

    def __repr__(self) -> str:
        return f"<Wanted {self.operation}>"
