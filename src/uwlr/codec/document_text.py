"""The text of a document piece by piece, decoded as libxml2 does it; what it may decode otherwise is left to it."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO

from uwlr.codec.expressions import UnusualError

WINDOW = 1 << 18
"""Characters at hand at once. Larger is no faster; beyond the messages, memory holds this and a batch."""
_ENCODING = re.compile(rb"<\?xml version=[\"']1\.0[\"'] encoding=[\"']([\w.-]+)[\"']")
_CODECS = {"utf-8": "utf-8", "iso-8859-1": "latin-1", "us-ascii": "ascii"}
"""The encodings that Python and libxml2 decode alike, by their names in lower case."""
_HEAD = 256
"""Bytes within which a document says its encoding."""
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def text_of(chunks: Iterator[bytes]) -> Callable[[], str]:
    """Give what hands out the text of a document piece by piece, line ends as XML reads them, an empty one at the end.

    Piece by piece, since one letter outside Latin-1 doubles the memory of all the text around it.

    Raises:
        UnusualError: an encoding that Python may decode otherwise than libxml2.
    """
    pieces = _decoded(chunks)
    return lambda: next(pieces, "")


def _decoded(chunks: Iterator[bytes]) -> Iterator[str]:
    head = b""
    while len(head) < _HEAD and (chunk := next(chunks, b"")):
        head += chunk
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(_codec(head))(), translate=True)
    for chunk in chain((head,), chunks):
        piece = decoder.decode(chunk)
        _refuse_bare_returns(decoder)
        if piece:
            yield piece
    piece = decoder.decode(b"", final=True)
    _refuse_bare_returns(decoder)
    yield piece


def _refuse_bare_returns(decoder: io.IncrementalNewlineDecoder) -> None:
    """Leave lines that end in a carriage return alone to libxml2, which does not count them."""
    seen = decoder.newlines
    if "\r" in ((seen,) if isinstance(seen, str) else seen or ()):
        raise UnusualError


def _codec(head: bytes) -> str:
    """Name the codec of a document that begins so."""
    marked = head.startswith(codecs.BOM_UTF8)
    usual, codec = "utf-8", _UTF_16.get(head[:2], "")
    if codec:
        head = head[: len(head) // 2 * 2].decode(codec, "replace").encode()
        usual = "utf-16"
    declared = _ENCODING.match(head.removeprefix(codecs.BOM_UTF8))
    name = usual if declared is None else declared[1].decode("ascii").lower()
    codec = codec or _CODECS.get(name, "")
    if not codec or (name != usual and (marked or usual == "utf-16")):
        raise UnusualError
    return codec


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """Read a file window by window."""
    return iter(lambda: file.read(WINDOW), b"")
