"""Writes the index of a recording: a line is there whole and on disk, or it is not there."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import RLock

import msgspec

from uwlr.private_files import open_private
from uwlr.recorded.recorded_exchange import RecordedExchange


class IndexWriter:
    """Writes the index.

    Args:
        path: the file.

    Attributes:
        lock: held by whoever changes something in the recording.

    Raises:
        OSError: it cannot be written; that of `add` leaves the index as it was.
    """

    def __init__(self, path: Path) -> None:
        self.lock = RLock()
        self._count = 0
        self._file = open_private(path, "ab")

    def add(self, made: Callable[[int], RecordedExchange]) -> RecordedExchange:
        """Give the next number to what makes an exchange, and write that."""
        with self.lock:
            exchange = made(self._count + 1)
            line = msgspec.json.encode(exchange) + b"\n"
            number = self._file.fileno()
            before = os.fstat(number).st_size
            try:
                _write(number, line)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(number, before)
                raise
            self._count += 1
            return exchange

    def close(self) -> None:
        """Close it."""
        with self.lock:
            self._file.close()


def _write(number: int, line: bytes) -> None:
    while line:
        line = line[os.write(number, line) :]
    os.fsync(number)
