"""Requests and answers that any web framework can make and send, and reading a request body.

Source: SOAP 1.1 section 6 (HTTP binding); RFC 9110 for the statuses; RFC 7303 for the charset of XML.
"""

from __future__ import annotations

import codecs
import contextlib
import re
import zlib
from collections.abc import Iterable, Mapping
from email.message import Message
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from uwlr.schemas import Service

XML: Final = "text/xml; charset=utf-8"
_BLOCK: Final = 1 << 16
_DIGITS: Final = re.compile(r"[0-9]{1,18}")
_DECLARED: Final = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']""")


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """Give up to `size` bytes; none at the end."""
        ...


class Request(NamedTuple):
    """A request to a service.

    Attributes:
        service: the service that the path stands for.
        method: HTTP method.
        url: where the service is reached, without a query; it becomes the address in the WSDL.
        query: the query, without the question mark.
        headers: HTTP headers, their names in lower case.
        body: the body, or the stream to read it from.
    """

    service: Service
    method: str = "POST"
    url: str = ""
    query: str = ""
    headers: Mapping[str, str] = {}
    body: bytes | Readable = b""

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.service}>"  # headers and body may hold keys


class Response(NamedTuple):
    """An answer: HTTP status, headers, and the body in chunks."""

    status: int
    headers: tuple[tuple[str, str], ...]
    chunks: Iterable[bytes]

    def __repr__(self) -> str:
        return f"<Response {self.status}>"


class HttpRefusal(Exception):  # noqa: N818 - it is an answer, not a defect
    """Answer with a plain HTTP error, because what came is not SOAP over HTTP.

    Args:
        status: HTTP status.
        text: one sentence for the body.
        headers: further headers, such as Allow.
    """

    def __init__(self, status: int, text: str, *headers: tuple[str, str]) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers

    def response(self) -> Response:
        """Make the answer."""
        headers = (("Content-Type", "text/plain; charset=utf-8"), *self.headers)
        return Response(self.status, headers, (f"{self.text}\n".encode(),))


def xml_response(chunks: Iterable[bytes], status: int = 200) -> Response:
    """Make an answer of XML."""
    return Response(status, (("Content-Type", XML),), chunks)


def take_body(request: Request, limit: int) -> bytes:
    """Read the body of a SOAP request, at most `limit` bytes, and unpack gzip.

    Raises:
        HttpRefusal: 400 for a length that is no number, a body that stops early or gzip that is damaged; 413 for a
            body over the limit, packed or unpacked; 415 for an unexpected content type, charset or encoding.
    """
    charset = _charset(request.headers.get("content-type"))
    encoding = request.headers.get("content-encoding", "identity").strip().casefold()
    if encoding not in {"identity", "gzip", "x-gzip", ""}:
        raise HttpRefusal(415, "Content-Encoding must be gzip or absent.", ("Accept-Encoding", "gzip, identity"))
    body = _read(request, limit)
    if "gzip" in encoding:
        body = _unzip(body, limit)
    if charset is not None and not _agrees(charset, body):
        raise HttpRefusal(415, "The charset of Content-Type is not the encoding of the document.")
    return body


def discard_body(request: Request, limit: int) -> None:
    """Read and discard a body, at most `limit` bytes.

    A client may send its whole request before it reads anything; if the connection were closed halfway, the answer
    would be lost.
    """
    body = request.body
    if isinstance(body, bytes):
        return
    length = request.headers.get("content-length", "").strip()
    most = min(int(length), limit) if _DIGITS.fullmatch(length) else limit
    with contextlib.suppress(Exception):  # each server has its own errors for a client that stops sending
        while most > 0 and (block := body.read(min(_BLOCK, most))):
            most -= len(block)


@lru_cache(maxsize=64)
def _charset(content_type: str | None) -> str | None:
    message = Message()
    message["Content-Type"] = (content_type or "none/none").translate({10: " ", 13: " "})
    if message.get_content_type() != "text/xml":
        raise HttpRefusal(415, "Content-Type must be text/xml.", ("Accept", "text/xml"))
    charset = message.get_param("charset")
    if not charset:
        return None
    try:
        return codecs.lookup(str(charset)).name
    except (LookupError, ValueError):
        raise HttpRefusal(415, "The charset of Content-Type is not known.") from None


def _agrees(charset: str, body: bytes) -> bool:
    """Tell whether the charset matches the document's own byte order mark or declaration."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return charset.startswith("utf-16")
    if charset == "ascii":
        return body.isascii()
    found = _DECLARED.match(body.removeprefix(codecs.BOM_UTF8)[:256])
    try:
        shown = codecs.lookup(found[1].decode()).name if found else "utf-8"
    except LookupError:
        return False
    return charset == shown


def _read(request: Request, limit: int) -> bytes:
    length = _length(request.headers.get("content-length"))
    if length is not None and length > limit:
        raise _too_large(limit)
    body = request.body
    if not isinstance(body, bytes):
        # One byte more than allowed shows that a body without a length is over the limit.
        body = _read_stream(body, limit + 1 if length is None else length)
    if len(body) > limit:
        raise _too_large(limit)
    if length is not None and len(body) < length:
        raise HttpRefusal(400, "The body is shorter than Content-Length.")
    return body


def _length(value: str | None) -> int | None:
    if value is None:
        return None
    if not _DIGITS.fullmatch(value.strip()):
        raise HttpRefusal(400, "Content-Length must be a number.")
    return int(value)


def _read_stream(stream: Readable, most: int) -> bytes:
    blocks: list[bytes] = []
    try:
        while most > 0 and (block := stream.read(min(_BLOCK, most))):
            blocks.append(block)
            most -= len(block)
    except Exception:  # noqa: BLE001 - each server has its own errors for bad chunks and for a peer that is silent
        raise HttpRefusal(400, "The body could not be read.") from None
    return b"".join(blocks)


def _unzip(packed: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(packed, limit + 1)
    except zlib.error:
        raise HttpRefusal(400, "The gzip body is damaged.") from None
    if len(body) > limit:
        raise _too_large(limit)
    if not unpacker.eof or unpacker.unused_data:
        raise HttpRefusal(400, "The gzip body is damaged.")
    return body


def _too_large(limit: int) -> HttpRefusal:
    return HttpRefusal(413, f"The body is over {limit} bytes.")
