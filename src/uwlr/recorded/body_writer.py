"""Writes a body as it comes in, without anybody in it.

No more than a block of it is in memory, and nothing of it is on disk as it was.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from uwlr import norm
from uwlr.anonymising import is_binary
from uwlr.client.http_body import EndedEarlyError, Unpacker
from uwlr.invented import Inventor, sort_at
from uwlr.private_files import open_private, sync
from uwlr.recorded.recorded_exchange import LeftOut
from uwlr.validation.items import Frame, peek
from uwlr.written_values import Rewriting, Spot, encoding_of

_HEAD: Final = 1 << 16
"""Bytes by which a body is judged: whether it is text, and what it is."""

_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
_DESCRIPTIONS: Final = frozenset({f"{{{norm.WSDL}}}definitions", "{http://www.w3.org/2001/XMLSchema}schema"})


class BodyWriter:
    """Writes one body into a file of its own.

    Args:
        path: the file.
        inventor: makes the values.
        packed: the header Content-Encoding.
        note: gets each value as it is written, and where it stands.
        may_describe: whether it may be a WSDL or a schema, which stays as it came.

    Attributes:
        size: bytes that came.
        encoding: encoding of the document; empty as long as nothing was written.
        left_out: why it is not written.
        describes: whether it is a WSDL or a schema.
    """

    def __init__(
        self, path: Path, inventor: Inventor, packed: str, note: Callable[[str, Spot], None], *, may_describe: bool
    ) -> None:
        self.path = path
        self.size = 0
        self.encoding = ""
        self.left_out: LeftOut | None = None
        self.describes = False
        self._inventor = inventor
        self._note = note
        self._may_describe = may_describe
        self._unpacker = Unpacker(packed)
        self._rewriting = Rewriting(self._change)
        self._waiting: bytes | None = b""
        self._head = b""
        self._file = open_private(path)

    def feed(self, data: bytes) -> None:
        """Take a part of the body."""
        self.size += len(data)
        if self.left_out is not None:
            return
        try:
            for block in self._unpacker.feed(data):
                self._take(block)
        except zlib.error:
            self._leave_out("packed")

    def close(self) -> bool:
        """Write the rest, so that it is on disk; False, and no file, if nothing of it is written."""
        try:
            for block in self._unpacker.finish() if self.left_out is None else ():
                self._take(block)
        except EndedEarlyError:
            self._leave_out("packed")
        if self._waiting and self.left_out is None:
            self._begin(self._waiting)
        if self.left_out is None and not self.describes:
            self._write(self._rewriting.close())
        if self.left_out is not None or not self.encoding:
            self.discard()
            return False
        sync(self._file)
        self._file.close()
        return True

    def discard(self) -> None:
        """Remove what was written."""
        with suppress(OSError):  # there may be no room for what was not written yet
            self._file.close()
        self.path.unlink(missing_ok=True)

    @property
    def frame(self) -> Frame | None:
        """What stands around the message, as far as it shows at the beginning of what was written."""
        return peek(self._head) if self._head else None

    def _take(self, block: bytes) -> None:
        if self.left_out is not None:
            return
        if self._waiting is None:
            self._write_part(block)
            return
        self._waiting += block
        if len(self._waiting) >= _HEAD:
            self._begin(self._waiting)

    def _begin(self, head: bytes) -> None:
        self._waiting = None
        if is_binary(head):
            self._leave_out("binary")
            return
        self.encoding, _ = encoding_of(head)
        found = peek(head) if self._may_describe else None
        self.describes = found is not None and found.root in _DESCRIPTIONS
        self._write_part(head)

    def _write_part(self, data: bytes) -> None:
        wide = self.encoding.startswith(("utf-16", "utf-32"))
        if not wide and _CONTROL.search(data):
            self._leave_out("binary")
        else:
            self._write(data if self.describes else self._rewriting.feed(data))

    def _write(self, data: bytes) -> None:
        if len(self._head) < _HEAD:
            self._head += data[: _HEAD - len(self._head)]
        self._file.write(data)

    def _leave_out(self, why: LeftOut) -> None:
        self.left_out = why
        self._file.truncate(0)

    def _change(self, value: str, spot: Spot) -> str:
        made = self._inventor.value(value, sort_at(spot, value))
        self._note(made, spot)
        return made
