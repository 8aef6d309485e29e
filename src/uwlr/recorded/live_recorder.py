"""Records in another process what passes through this one, and never lets it wait.

What the other process has not taken yet is kept in memory, up to a limit. An exchange for which there is no room any
more is left out whole, and that is said.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
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
        kept: gets each exchange when it is in the recording, in a thread for what is told.
        left_out: gets the reason where one is not, in the same thread.
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
        self._settled = 0
        self._lock = Lock()
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._put = 0
        self._taken = 0
        self._ended = False
        self._news: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: tuple[Thread, ...] = ()

    def start(
        self, folder: str | os.PathLike[str], *, made_from: Origin, label: str = "", secret_file: str | None = None
    ) -> None:
        """Start the other process; arguments and errors as those of `Recorder`."""
        process = subprocess.Popen(
            (sys.executable, "-m", "uwlr.recorded.recording_process"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Ctrl-C is for this process, which lets the other one finish.
            start_new_session=True,
        )
        self._process = process
        # A pipe keeps whoever writes waiting while the other side reads, and a terminal too: that is for threads that
        # nobody waits for.
        feeding = Thread(target=self._feed, args=(process,), daemon=True)
        feeding.start()
        self._queue.put(frames.packed(frames.Opened(os.fspath(folder), made_from, label, secret_file)))
        answer = frames.next_answer(process.stdout)  # type: ignore[arg-type]
        if not isinstance(answer, frames.Ready) or answer.refused is not None:
            self._threads = (feeding,)
            self.close()
            why = answer.refused if isinstance(answer, frames.Ready) else None
            raise ConfigurationError(why or "the process that records did not start")
        listening = Thread(target=self._listen, args=(process,), daemon=True)
        telling = Thread(target=self._tell, daemon=True)
        self._threads = (feeding, listening, telling)
        listening.start()
        telling.start()

    def begin(self, *, method: str, target: str, headers: frames.Pairs) -> Passage:
        """Begin an exchange, now."""
        self._turn += 1
        passage = Passage(self, self._turn)
        passage.put(frames.Began(self._turn, method, target, headers, perf_counter()))
        return passage

    def close(self) -> None:
        """Wait until what passed is recorded, and told."""
        self._queue.put(None)
        for thread in self._threads[:2]:
            thread.join()
        self._ended = True
        for _ in range(self._turn - self._settled):
            self.lose("the process that records ended before it had recorded it")
        self._news.put(None)
        for thread in self._threads[2:]:
            thread.join()
        if self._process is not None and self._process.stdout is not None:
            self._process.wait()
            self._process.stdout.close()

    def put(self, frame: frames.Told) -> str | None:
        """Queue a frame; if that cannot be, the reason."""
        if self._ended:
            return "the process that records has ended"
        data = frames.packed(frame)
        if self._put - self._taken + len(data) > self._most and not isinstance(frame, frames.Dropped):
            return "the recording is behind, and there was no room in the queue"
        self._put += len(data)
        self._queue.put(data)
        return None

    def lose(self, why: str, *, begun: bool = True) -> None:
        """Say that an exchange is not recorded, which may not have begun."""
        with self._lock:
            self.lost += 1
            self._settled += begun
        self._news.put(partial(self._left_out, why))

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        told = process.stdin
        assert told is not None  # noqa: S101 - asked for
        while (data := self._queue.get()) is not None:
            try:
                if not self._ended:
                    told.write(data)
                    told.flush()
            except OSError:
                self._ended = True
            self._taken += len(data)
        try:
            told.close()
        except OSError:
            self._ended = True

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        while (answer := frames.next_answer(process.stdout)) is not None:  # type: ignore[arg-type]
            match answer:
                case frames.Kept():
                    with self._lock:
                        self.count += 1
                        self._settled += 1
                    self._news.put(partial(self._kept, answer.exchange))
                case frames.Failed():
                    self.lose(answer.why)

    def _tell(self) -> None:
        while (news := self._news.get()) is not None:
            news()


class Passage:
    """An exchange as it passes; `LiveRecorder.begin` makes it."""

    def __init__(self, recorder: LiveRecorder, turn: int) -> None:
        self._recorder = recorder
        self._turn = turn
        self._lost = False
        self._over = False

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
        self._over = True

    def drop(self, why: str) -> None:
        """Leave it out of the recording."""
        if not self._lost and not self._over:
            self._lost = True
            self._recorder.put(frames.Dropped(self._turn))
            self._recorder.lose(why)

    def put(self, frame: frames.Told) -> None:
        """Queue a frame; if there is no room for it, the whole exchange is left out."""
        why = None if self._lost else self._recorder.put(frame)
        if why is not None:
            self._lost = True
            self._recorder.put(frames.Dropped(self._turn))
            self._recorder.lose(why)
