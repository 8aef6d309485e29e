"""Reading a recording, also one that is still being made, or whose maker was killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from uwlr.errors import ConfigurationError
from uwlr.recorded.recorded_exchange import (
    ABOUT,
    DESCRIPTIONS,
    FORMAT,
    INDEX,
    MESSAGES,
    About,
    Half,
    RecordedExchange,
    file_name,
)


class Recording:
    """A recording in a folder: iterating gives its exchanges, read from the index as they are asked for.

        recording = Recording.open("acceptatie-najaar")
        for exchange in recording:
            print(exchange.operation, exchange.status, len(recording.answer(exchange.number)))

    Attributes:
        folder: the folder.
        about: what the recording says of itself.
    """

    def __init__(self, folder: Path, about: About) -> None:
        self.folder = folder
        self.about = about

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Recording:
        """Open a recording.

        Raises:
            ConfigurationError: the folder holds none, or one in a form that this version does not know.
        """
        place = Path(folder)
        try:
            about = msgspec.json.decode((place / ABOUT).read_bytes(), type=About)
        except OSError as error:
            raise ConfigurationError(f"{place} holds no recording: {ABOUT} cannot be read ({error.strerror})") from None
        except msgspec.DecodeError:
            raise ConfigurationError(f"{place / ABOUT} is not that of a recording") from None
        if about.format != FORMAT:
            raise ConfigurationError(f"{place} is a recording of format {about.format}; this version reads {FORMAT}")
        return cls(place, about)

    def __iter__(self) -> Iterator[RecordedExchange]:
        """Give the exchanges in their order; a last line that is not whole is left out.

        Raises:
            ConfigurationError: another line is damaged, or the index cannot be read.
        """
        decoder = msgspec.json.Decoder(RecordedExchange)
        path = self.folder / INDEX
        number = 0
        try:
            with path.open("rb") as lines:
                for line in lines:
                    number += 1
                    if not line.endswith(b"\n"):
                        return
                    yield decoder.decode(line)
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
        except msgspec.DecodeError:
            raise ConfigurationError(f"{path}, line {number} is damaged") from None

    def request(self, number: int) -> bytes:
        """Give the body of a request as it was written; empty if there was none, or it was left out."""
        return self._body(number, "request")

    def answer(self, number: int) -> bytes:
        """Give the body of an answer, unpacked, as it was written; empty if there was none, or it was left out."""
        return self._body(number, "answer")

    def _body(self, number: int, half: Half) -> bytes:
        for inside in (MESSAGES, DESCRIPTIONS):
            path = self.folder / inside / file_name(number, half)
            try:
                return path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
        return b""
