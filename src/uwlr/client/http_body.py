"""From the body of an HTTP answer to the XML in it: compression, multipart, charset, and text around the envelope.

What servers say about their bodies is often wrong, so the body itself decides where it can; what was odd is remarked.

Source: RFC 9110 sections 8.3 and 8.4; RFC 2046 section 5.1 (multipart); RFC 2387 (multipart/related and its root part);
RFC 7303 section 3 (charset of XML); W3C XOP and MTOM.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re
import zlib
from collections.abc import Iterator, Mapping
from email.message import Message
from typing import Final, NamedTuple

_BLOCK: Final = 1 << 18
"""Bytes that are unpacked at a time, whatever the packed bytes are worth."""

_MOST_MEMBERS: Final = 1000
"""Members of one gzip body; each costs about as much as some kilobytes, however small it is."""

_GZIP: Final = b"\x1f\x8b"
_DEFLATE: Final = 8
_NONE: Final = frozenset({"", "identity"})
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})

HEAD: Final = 1024
"""Bytes in which a document shows what it is."""
_SPACE: Final = b" \t\r\n"
_BOMS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DECLARED: Final = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=""")
_CHARSETS: Final = re.compile(r"ascii|utf-8|utf-(?:16|32)(?:-[lb]e)?|iso8859-\d+|cp125\d|cp1140|mac-roman")
"""Names that Python gives to charsets in which XML is written; it knows others that are no charsets."""

_DELIMITER: Final = re.compile(rb"\s*--([^\r\n]{1,70}?)[ \t]*\r?\n[A-Za-z-]{1,40}:")
"""How a multipart body begins, whatever its header says."""

_MOST_PARTS: Final = 100
"""Parts among which the root is looked for."""

_MOST_HEAD: Final = 1 << 14
"""Bytes of the headers of a part."""

_EMPTY_LINE: Final = re.compile(rb"\r?\n\r?\n")

ENVELOPE: Final = re.compile(rb"<(?:[\w.-]+:)?Envelope\b")
ENVELOPE_END: Final = re.compile(rb"</(?:[\w.-]+:)?Envelope\s*>")
_AROUND: Final = re.compile(rb"(?:\s++|(?><!--.*?-->)|(?><\?.*?\?>))*+", re.DOTALL)
"""What may stand before and after the root of a document."""


class Found(NamedTuple):
    """The XML of an answer.

    Attributes:
        body: the document.
        content_type: its content type; that of the root part in a multipart answer.
        remarks: what was odd about it, in words of our own.
    """

    body: bytes
    content_type: str
    remarks: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Found {len(self.body)} bytes>"


class EndedEarlyError(Exception):
    """A compressed body that stops before its end."""


class Unpacker:
    """Unpacks a body as it comes in.

    Raises (`feed`, `finish`):
        zlib.error: the body is damaged.

    Args:
        encoding: the header Content-Encoding.
    """

    def __init__(self, encoding: str) -> None:
        self.encodings = [name.strip().lower() for name in encoding.split(",")]
        self._waiting = b""
        self._plain: bool | None = None
        self._wbits = 0
        self._inflate: zlib._Decompress | None = None
        self._members = 1

    @property
    def remarks(self) -> tuple[str, ...]:
        """What Content-Encoding said and the body did not."""
        named = [name for name in self.encodings if name not in _NONE]
        if self._plain and named:
            return ("its Content-Encoding is none of the body's",)
        if self._plain is False and not named:
            return ("it is compressed and does not say so",)
        return ()

    @property
    def contradicted(self) -> bool:
        """Whether it said to be compressed in a way that was asked for, and is not."""
        return bool(self._plain) and not _PACKED.isdisjoint(self.encodings)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Unpack a piece, in blocks of limited size."""
        if self._plain is None:
            self._waiting += piece
            if len(self._waiting) < len(_GZIP):
                return
            piece, self._waiting = self._waiting, b""
            self._decide(piece)
        if self._plain:
            yield piece
        else:
            yield from self._inflated(piece)

    def finish(self) -> Iterator[bytes]:
        """Give what is left.

        Raises:
            EndedEarlyError: the compressed body is not complete.
        """
        if self._plain is None:
            self._plain = True
            yield self._waiting
        elif self._inflate is not None and not self._inflate.eof:
            raise EndedEarlyError

    def _decide(self, start: bytes) -> None:
        """Look at how the body begins: compression shows, whatever the header says."""
        if start.startswith(_GZIP):
            self._wbits = 16 + zlib.MAX_WBITS
        elif "deflate" in self.encodings and not start.lstrip(_SPACE).startswith((b"<", *_BOMS)):
            # Some send it without the header of zlib.
            headed = start[0] & 0x0F == _DEFLATE and int.from_bytes(start[:2], "big") % 31 == 0
            self._wbits = zlib.MAX_WBITS if headed else -zlib.MAX_WBITS
        self._plain = not self._wbits
        if self._wbits:
            self._inflate = zlib.decompressobj(self._wbits)

    def _inflated(self, piece: bytes) -> Iterator[bytes]:
        while True:
            if self._inflate is None or self._inflate.eof:
                # Behind the end comes another member of gzip, or padding.
                if not piece.strip(b"\0"):
                    return
                self._members += 1
                if self._members > _MOST_MEMBERS:
                    raise zlib.error
                self._inflate = zlib.decompressobj(self._wbits)
            block = self._inflate.decompress(piece, _BLOCK)
            if block:
                yield block
            if self._inflate.eof:
                piece = self._inflate.unused_data
            else:
                piece = self._inflate.unconsumed_tail
                if not piece and len(block) < _BLOCK:
                    return


def unpacked(body: bytes, encoding: str) -> bytes | None:
    """Unpack a whole body; None if it is damaged or not complete.

    Args:
        body: as it passed.
        encoding: the header Content-Encoding.
    """
    unpacker = Unpacker(encoding)
    try:
        return b"".join([*unpacker.feed(body), *unpacker.finish()])
    except (zlib.error, EndedEarlyError):
        return None


def xml_of(body: bytes, headers: Mapping[str, str]) -> Found:
    """Find the XML in an unpacked body; a body without any is given as it came.

    Args:
        body: the body, without compression.
        headers: HTTP headers, their names in lower case.
    """
    content_type = headers.get("content-type", "")
    remarks = []
    part = _root_part(body, content_type)
    if part is not None:
        body, content_type = part
        remarks.append("it is the root part of a multipart body")
    decoded = _decoded(body, content_type)
    if decoded is not None:
        body = decoded
        remarks.append("only its Content-Type says in which charset it is")
    before = _text_before(body)
    if before:
        body = body[before:]
        remarks.append(f"there are {before} bytes before it")
    after = _text_after(body)
    if after:
        body = body[:-after]
        remarks.append(f"there are {after} bytes after it")
    return Found(body, content_type, tuple(remarks))


def _root_part(body: bytes, content_type: str) -> tuple[bytes, str] | None:
    """Give the root part of a multipart body with its content type; None if the body is no multipart."""
    header = Message()
    header["Content-Type"] = content_type.translate({10: " ", 13: " "}) or "text/plain"
    found = _DELIMITER.match(body)
    multipart = header.get_content_maintype() == "multipart"
    if not (multipart or found) or body.lstrip(_SPACE).startswith(b"<"):
        return None
    given = header.get_param("boundary") if multipart else None
    boundary = str(given).encode("latin-1", "replace") if given else found[1] if found else None
    if not boundary:
        return None
    delimiter = rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?:\r?\n|\Z)"
    pieces = re.split(delimiter, body, maxsplit=_MOST_PARTS)
    parts = [_part(piece) for piece in pieces[1:] if piece.strip()]
    if not parts:
        return None
    start = _content_id(str(header.get_param("start") or ""))
    root = next((part for part in parts if start and _content_id(part[0]["content-id"] or "") == start), parts[0])
    return _transferred(root[1], root[0]["content-transfer-encoding"] or ""), root[0]["content-type"] or content_type


def _part(piece: bytes) -> tuple[Message, bytes]:
    """Take a part apart: headers, an empty line, content."""
    if piece.startswith((b"\r\n", b"\n")):
        return Message(), piece.split(b"\n", 1)[1]
    end = _EMPTY_LINE.search(piece, 0, _MOST_HEAD)
    head, content = (piece[: end.start()], piece[end.end() :]) if end else (piece, b"")
    message = Message()
    for line in re.sub(rb"\r?\n[ \t]+", b" ", head).splitlines():
        name, _, value = line.decode("latin-1").partition(":")
        message[name.strip()] = value.strip()
    return message, content


def _content_id(value: str) -> str:
    return value.strip().removeprefix("<").removesuffix(">")


def _transferred(content: bytes, encoding: str) -> bytes:
    match encoding.strip().lower():
        case "base64":
            try:
                return base64.b64decode(content)
            except binascii.Error:
                return content
        case "quoted-printable":
            return quopri.decodestring(content)
    return content


def _decoded(body: bytes, content_type: str) -> bytes | None:
    """Give in UTF-8 what only Content-Type says the charset of; None if the document says it, or is UTF-8.

    A document without a declaration is UTF-8, and most headers that say otherwise are a server's default: the header
    counts only for what is not UTF-8.
    """
    header = Message()
    header["Content-Type"] = content_type.translate({10: " ", 13: " "})
    charset = str(header.get_param("charset") or "")
    if not charset or body.startswith(_BOMS) or _DECLARED.match(body[:HEAD]):
        return None
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    if name == "utf-8" or not _CHARSETS.fullmatch(name):
        return None
    wide = name.startswith(("utf-16", "utf-32"))
    if wide == (b"\0" not in body[:HEAD]):
        return None
    if name == "utf-16":
        name = "utf-16-be" if body.startswith(b"\0") else "utf-16-le"
    if not wide:
        try:
            body.decode()
        except UnicodeDecodeError:
            pass
        else:
            return None
    try:
        return body.decode(name).encode()
    except UnicodeError:
        return None


def _text_before(body: bytes) -> int:
    """Count what stands before the document and is no XML: white space before its declaration, or a server's text."""
    start = body.find(b"<", 0, HEAD)
    if start <= 0 or body.startswith(_BOMS) or b"\0" in body[:start]:
        return 0
    if not (body.startswith(b"<?xml", start) or ENVELOPE.match(body, start)):
        return 0
    return start if body[:start].strip() or body.startswith(b"<?xml", start) else 0


def _text_after(body: bytes) -> int:
    """Count what stands after the envelope and is no XML; another envelope there is not left out."""
    if not ENVELOPE.search(body[:HEAD]):
        return 0
    end = max((found.end() for found in ENVELOPE_END.finditer(body, max(0, len(body) - HEAD))), default=None)
    if end is None:
        found = ENVELOPE_END.search(body)
        if found is None:
            return 0
        end = found.end()
    if _AROUND.fullmatch(body, end) or ENVELOPE.search(body, end):
        return 0
    return len(body) - end
