"""What the process that passes exchanges on tells the one that records them, and what that one answers."""

from __future__ import annotations

from typing import BinaryIO, Final, TypeAlias

import msgspec

from uwlr.recorded.recorded_exchange import Origin, Problem, RecordedExchange
from uwlr.undisclosed import Undisclosed

_LENGTH: Final = 4
Pairs: TypeAlias = tuple[tuple[str, str], ...]


class _Frame(Undisclosed, msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A frame: `turn` is the number of its exchange, by when they began."""


class Opened(_Frame, frozen=True):
    """The first frame: which recording to make."""

    folder: str
    made_from: Origin
    label: str
    secret_file: str | None


class Began(_Frame, frozen=True):
    """A request began; `at` as `time.perf_counter` has it, which processes of one machine share."""

    turn: int
    method: str
    target: str
    headers: Pairs
    at: float


class RequestPart(_Frame, frozen=True):
    """A part of the body of a request."""

    turn: int
    data: bytes


class Answered(_Frame, frozen=True):
    """The head of an answer."""

    turn: int
    status: int
    headers: Pairs
    at: float


class AnswerPart(_Frame, frozen=True):
    """A part of the body of an answer."""

    turn: int
    data: bytes


class Ended(_Frame, frozen=True):
    """The exchange is over."""

    turn: int
    problem: Problem | None
    at: float


class Dropped(_Frame, frozen=True):
    """The exchange is not to be recorded."""

    turn: int


class Ready(_Frame, frozen=True):
    """The recording has been opened; or not, and why."""

    refused: str | None = None


class Kept(_Frame, frozen=True):
    """An exchange is in the recording."""

    exchange: RecordedExchange


class Failed(_Frame, frozen=True):
    """An exchange is not in the recording, since it could not be written."""

    turn: int
    why: str


Told: TypeAlias = Opened | Began | RequestPart | Answered | AnswerPart | Ended | Dropped
Answer: TypeAlias = Ready | Kept | Failed

_told: Final[msgspec.msgpack.Decoder[Told]] = msgspec.msgpack.Decoder(Told)
_answer: Final[msgspec.msgpack.Decoder[Answer]] = msgspec.msgpack.Decoder(Answer)


def packed(frame: _Frame) -> bytes:
    """Write a frame: its length, then itself."""
    data = msgspec.msgpack.encode(frame)
    return len(data).to_bytes(_LENGTH, "big") + data


def next_told(stream: BinaryIO) -> Told | None:
    """Read what the recording process is told; None where nothing whole comes any more."""
    data = _next(stream)
    return _told.decode(data) if data else None


def next_answer(stream: BinaryIO) -> Answer | None:
    """Read what the recording process says; None where nothing whole comes any more."""
    data = _next(stream)
    return _answer.decode(data) if data else None


def _next(stream: BinaryIO) -> bytes:
    head = stream.read(_LENGTH)
    size = int.from_bytes(head, "big")
    data = stream.read(size) if len(head) == _LENGTH else b""
    return data if len(data) == size else b""
