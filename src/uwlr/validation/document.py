"""What is validated: bytes, or a file that is read as often as is needed."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import BinaryIO, Final

LIMIT: Final = 1 << 30
"""The most bytes that are accepted, by default."""


class Document:
    """The document under validation."""

    def __init__(self, name: str, *, data: bytes | None = None, path: Path | None = None, size: int) -> None:
        self.name = name
        self.data = data
        self.path = path
        self.size = size

    def open(self) -> BinaryIO:
        """Open it for reading from the start."""
        return self.path.open("rb") if self.path is not None else io.BytesIO(self.data or b"")

    def head(self, size: int) -> bytes:
        """The first bytes of it."""
        with self.open() as stream:
            return stream.read(size)


def document(source: bytes | str | os.PathLike[str] | BinaryIO, *, limit: int = LIMIT) -> Document:
    """Take in bytes, a path, or an open binary file (which is read to its end).

    Raises:
        OSError: no such file, a directory, no permission, or more than `limit` bytes (EFBIG).
    """
    if isinstance(source, bytes):
        return _checked(Document("<bytes>", data=source, size=len(source)), limit)
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if path.is_file():
                return _checked(Document(str(path), path=path, size=size), limit)
            # A pipe can be read only once.
            data = stream.read(limit + 1)
        return _checked(Document(str(path), data=data, size=len(data)), limit)
    data = source.read(limit + 1)
    return _checked(Document(str(getattr(source, "name", "<stream>")), data=data, size=len(data)), limit)


def _checked(found: Document, limit: int) -> Document:
    if found.size > limit:
        raise OSError(errno.EFBIG, f"larger than the limit of {limit} bytes", found.name)
    return found
