"""Records in another process what passes through this one, and never lets it wait.

What the other process has not taken yet is kept in memory, up to a limit. An exchange for which there is no room any
more is left out whole, and that is said.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Final

from uwlr.errors import ConfigurationError
from uwlr.recorded import frames
from uwlr.recorded.recorded_exchange import Origin, Problem, RecordedExchange

QUEUE: Final = 64 << 20
"""Bytes that wait at most, by default."""


class LiveRecorder:
    """Records what passes.

    Args:
        kept: gets each exchange when it is in the recording.
        left_out: gets the reason where one is not.
        most: bytes that wait at most.

    Attributes:
        count: exchanges that are in the recording.
        lost: exchanges that are not.
    """

    def __init__(
        self, kept: Callable[[RecordedExchange], None], left_out: Callable[[str], None], *, most: int = QUEUE
    ) -> None:
        self.count = 0
        self.lost = 0
        self._kept = kept
        self._left_out = left_out
        self._most = most
        self._turn = 0
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._told: asyncio.StreamWriter | None = None

    async def start(
        self, folder: str | os.PathLike[str], *, made_from: Origin, label: str = "", secret_file: str | None = None
    ) -> None:
        """Start the other process; arguments and errors as those of `Recorder`."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "uwlr.recorded.recording_process"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Ctrl-C is for this process, which lets the other one finish.
            start_new_session=True,
        )
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        assert self._process.stdout is not None  # noqa: S101
        self._told = self._process.stdin
        self._told.write(frames.packed(frames.Opened(os.fspath(folder), made_from, label, secret_file)))
        answer = await frames.next_answer(self._process.stdout)
        if not isinstance(answer, frames.Ready) or answer.refused is not None:
            await self._process.wait()
            why = answer.refused if isinstance(answer, frames.Ready) else None
            raise ConfigurationError(why or "the process that records did not start")
        self._listening = asyncio.create_task(self._listen(self._process.stdout))

    def begin(self, *, method: str, target: str, headers: frames.Pairs) -> Passage:
        """Begin an exchange, now."""
        self._turn += 1
        passage = Passage(self, self._turn)
        passage.put(frames.Began(self._turn, method, target, headers, perf_counter()))
        return passage

    async def close(self) -> None:
        """Wait until what passed is recorded."""
        if self._told is None or self._process is None or self._listening is None:
            return
        self._told.close()
        await self._listening
        await self._process.wait()

    def put(self, frame: frames.Told) -> str | None:
        """Queue a frame; if that cannot be, the reason."""
        told = self._told
        if told is None or told.is_closing():
            return "the process that records has ended"
        data = frames.packed(frame)
        waiting = told.transport.get_write_buffer_size()
        if waiting + len(data) > self._most and not isinstance(frame, frames.Dropped):
            return "the recording is behind, and there was no room in the queue"
        told.write(data)
        return None

    def lose(self, why: str) -> None:
        """Say that an exchange is not recorded."""
        self.lost += 1
        self._left_out(why)

    async def _listen(self, said: asyncio.StreamReader) -> None:
        while (answer := await frames.next_answer(said)) is not None:
            match answer:
                case frames.Kept():
                    self.count += 1
                    self._kept(answer.exchange)
                case frames.Failed():
                    self.lose(answer.why)
        if self._told is not None and not self._told.is_closing():
            self._told.close()


class Passage:
    """An exchange as it passes; `LiveRecorder.begin` makes it."""

    def __init__(self, recorder: LiveRecorder, turn: int) -> None:
        self._recorder = recorder
        self._turn = turn
        self._lost = False

    def request(self, data: bytes) -> None:
        """Take a part of the body of the request."""
        self.put(frames.RequestPart(self._turn, data))

    def answered(self, status: int, headers: frames.Pairs) -> None:
        """Take the head of the answer, now."""
        self.put(frames.Answered(self._turn, status, headers, perf_counter()))

    def answer(self, data: bytes) -> None:
        """Take a part of the body of the answer."""
        self.put(frames.AnswerPart(self._turn, data))

    def end(self, problem: Problem | None = None, *, at: float | None = None) -> None:
        """End it; `at` is when its last byte came, by default now."""
        self.put(frames.Ended(self._turn, problem, perf_counter() if at is None else at))

    def drop(self, why: str) -> None:
        """Leave it out of the recording."""
        self.put(frames.Dropped(self._turn))
        if not self._lost:
            self._lost = True
            self._recorder.lose(why)

    def put(self, frame: frames.Told) -> None:
        """Queue a frame; if there is no room for it, the whole exchange is left out."""
        why = None if self._lost else self._recorder.put(frame)
        if why is not None:
            self._lost = True
            self._recorder.put(frames.Dropped(self._turn))
            self._recorder.lose(why)
