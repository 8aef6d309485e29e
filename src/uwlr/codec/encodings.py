"""Which encoding a document declares, whether its bytes are in it, and expat parsers that read what libxml2 reads."""

from __future__ import annotations

import codecs
import re
from typing import Any, BinaryIO
from xml.parsers import expat

from lxml import etree

_DECLARED = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([A-Za-z][\w.-]{0,39})[\"']"
)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")
_START = 1 << 10
_FOUR_BYTES = (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0\0\0", b"\0\0\0<")
PIECE = 1 << 16
"""Bytes that are read at once."""
_LONGEST = 1 << 24
"""Bytes that expat may hold on to: libxml2 refuses a text, a name or an attribute of more than ten million."""


def declared(head: bytes) -> str | None:
    """The name of the encoding that a document declares, as it stands there."""
    found = _DECLARED.match(head[:_START].replace(b"\0", b""))
    return None if found is None else found[1].decode()


def is_wide(head: bytes) -> bool:
    """Whether a document takes four bytes a character, which expat cannot read."""
    return head.startswith(_FOUR_BYTES)


def is_known(name: str) -> bool:
    """Whether libxml2 knows an encoding."""
    try:
        etree.XMLParser(encoding=name)
    except LookupError:
        return False
    return True


def expat_parser(head: bytes, **options: Any) -> Any:
    """Make an expat parser for a document that begins so: byte order marks and `utf8` count as they do for libxml2."""
    if head.startswith(_UTF_16):
        return expat.ParserCreate("UTF-16", **options)
    is_utf8 = (declared(head) or "").casefold() == "utf8"
    return expat.ParserCreate("UTF-8" if is_utf8 else None, **options)


def feed(parser: Any, stream: BinaryIO) -> None:
    """Give a document to an expat parser, in linear time, however long one tag is.

    Expat before 2.6 begins an unfinished tag anew with each piece that comes in, so no piece is smaller than what it
    still holds.

    Raises:
        expat.ExpatError, LookupError, ValueError: what expat raises, and what its handlers raise.
    """
    taken, size = 0, PIECE
    while data := stream.read(size):
        parser.Parse(data, False)
        taken += len(data)
        held = taken - max(parser.CurrentByteIndex, 0)
        if held > _LONGEST:
            return
        size = max(PIECE, held)
    parser.Parse(b"", True)


def is_broken(stream: BinaryIO, *, until: int | None = None) -> bool:
    """Whether the bytes of a document, up to a place in it, are not in the encoding that they declare."""
    data = stream.read(PIECE if until is None else min(PIECE, until))
    name = declared(data)
    if data.startswith(_UTF_16):
        # Two bytes a character, which a document in another encoding cannot begin with.
        return name is None and not data.startswith(_UTF_16[:2])
    try:
        decoder = codecs.getincrementaldecoder(name or "utf-8")("strict")
    except LookupError:
        return False
    left = None if until is None else until - len(data)
    try:
        while data:
            decoder.decode(data)
            data = stream.read(PIECE if left is None else min(PIECE, left))
            left = None if left is None else left - len(data)
    except UnicodeError:
        return True
    return False
