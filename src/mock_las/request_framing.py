"""Where a request ends, told from its bytes as they come in.

Source: RFC 9112, sections 6 and 7 (how a body is delimited, and what makes that ambiguous).
"""

from __future__ import annotations

import re
import tempfile
from typing import Any, Final

MOST_HEAD: Final = 1 << 16
"""Bytes in the head of a request."""

_IN_MEMORY: Final = 1 << 20
"""Bytes of a request that are kept in memory; a longer one goes to a file without a name."""

_LENGTH: Final = re.compile(rb"[0-9]{1,18}")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")
_MOST_LINE: Final = 1 << 12
"""Bytes in the line before a chunk, or in a line after the last."""


class Refused(Exception):  # noqa: N818 - it is an answer, not a defect
    """A request that nobody can tell the end of, or that is too large; the arguments are status and text."""


class Framing:
    """Finds the end of a request in what comes in, as strictly as those in front of this server do.

    Attributes:
        kept: the request as it came.
        complete: whether it is there whole.
        behind: what came after it, the beginning of the next.
        received: bytes of the body so far.
    """

    def __init__(self, most_body: int) -> None:
        self.kept: Any = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - `close` closes it
        self.complete = False
        self.behind = b""
        self.received = 0
        self.expects = False
        self._most_body = most_body
        self._head: bytearray | None = bytearray()
        self._left: int | None = None
        self._tail = b""
        self._trailer = False

    @property
    def begun(self) -> bool:
        """Whether anything of a request came."""
        return bool(self._head) or self.in_body

    @property
    def in_body(self) -> bool:
        """Whether the head came whole."""
        return self._head is None

    def feed(self, data: bytes) -> None:
        """Take what came.

        Raises:
            Refused: where the request ends cannot be told, or it is too large.
        """
        if self._head is not None:
            self._head += data
            # Empty lines before a request are left out.
            while self._head.startswith(b"\r\n"):
                del self._head[:2]
            end = self._head.find(b"\r\n\r\n", 0, MOST_HEAD)
            if end < 0:
                if len(self._head) > MOST_HEAD:
                    raise Refused("431 Request Header Fields Too Large", "The head of the request is too long.")
                return
            head, data = bytes(self._head[: end + 2]), bytes(self._head[end + 4 :])
            self._head = None
            self._read_head(head)
        self.received += len(data)
        if self._left is None:
            self._take_chunks(data)
        else:
            self.kept.write(data[: self._left])
            data, self._left = data[self._left :], max(0, self._left - len(data))
            if not self._left:
                self._end(data)

    def close(self) -> None:
        """Forget what was kept."""
        self.kept.close()

    def _end(self, behind: bytes) -> None:
        self.complete, self.behind = True, behind
        self.kept.seek(0)

    def _read_head(self, head: bytes) -> None:
        lengths, encodings, lines = [], [], []
        start, *fields = re.sub(rb"\r\n[ \t]+", b" ", head).split(b"\r\n")[:-1]
        for line in fields:
            name, colon, value = line.partition(b":")
            if not colon or not name or name != name.strip():
                raise Refused("400 Bad Request", "A header line is malformed.")
            match name.lower():
                case b"content-length":
                    lengths += [part.strip() for part in value.split(b",")]
                case b"transfer-encoding":
                    encodings += [part.strip().lower() for part in value.split(b",")]
                case b"expect":
                    # The answer to it is given here; cheroot would give it once more.
                    self.expects = value.strip().lower() == b"100-continue"
                    continue
            lines.append(line)
        if encodings and (lengths or not start.endswith(b"HTTP/1.1")):
            raise Refused("400 Bad Request", "Content-Length and Transfer-Encoding exclude each other.")
        if len(set(lengths)) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
            raise Refused("400 Bad Request", "Content-Length must be one number.")
        if encodings and encodings != [b"chunked"]:
            raise Refused("501 Not Implemented", "Transfer-Encoding must be chunked.")
        self._left = None if encodings else int(lengths[0]) if lengths else 0
        if self._left is not None and self._left > self._most_body:
            raise Refused("413 Content Too Large", f"The body is over {self._most_body} bytes.")
        self.kept.write(b"\r\n".join([start, *lines, b"", b""]))

    def _take_chunks(self, data: bytes) -> None:
        """Take what came of a body in chunks; it is kept as it came, for cheroot to take apart."""
        if self.received > self._most_body:
            raise Refused("413 Content Too Large", f"The body is over {self._most_body} bytes.")
        data, self._tail = self._tail + data, b""
        while not self.complete:
            # A chunk is its line, as many bytes, and the end of a line, all of which `_inside` counts.
            if self._inside:
                self.kept.write(data[: self._inside])
                data, self._inside = data[self._inside :], max(0, self._inside - len(data))
                if self._inside:
                    return
            line, end, rest = data.partition(b"\r\n")
            if not end:
                if len(data) > _MOST_LINE:
                    raise Refused("400 Bad Request", "A chunk is malformed.")
                self._tail = data
                return
            data = rest
            self.kept.write(line + end)
            if self._trailer:
                if not line:
                    self._end(data)
                continue
            size = _CHUNK.fullmatch(line)
            if size is None:
                raise Refused("400 Bad Request", "A chunk is malformed.")
            count = int(size[1], 16)
            self._trailer = count == 0
            self._inside = count + 2 if count else 0

    _inside = 0
