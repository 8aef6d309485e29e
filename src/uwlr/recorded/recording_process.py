"""The process that records: it is told what passes on its stdin, validates and writes it, and answers on its stdout.

It is a process of its own so that whoever waits for an answer does not wait for this. Where the other one ends, however
it ends, what was whole is recorded and the rest is left out.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from typing import BinaryIO

from uwlr.errors import UwlrError
from uwlr.recorded import frames
from uwlr.recorded.recorder import Recorder
from uwlr.recorded.under_way import UnderWay

_LESS_URGENT = 10
"""Niceness: who passes exchanges on goes first."""


def main() -> None:
    """Record until nothing comes any more."""
    if hasattr(os, "nice"):
        os.nice(_LESS_URGENT)
    told, said = sys.stdin.buffer, sys.stdout.buffer
    opened = frames.next_told(told)
    if not isinstance(opened, frames.Opened):
        return
    try:
        recorder = Recorder(
            opened.folder, made_from=opened.made_from, label=opened.label, secret_file=opened.secret_file
        )
    except UwlrError as error:
        _say(said, frames.Ready(refused=str(error)))
        return
    _say(said, frames.Ready())
    with recorder:
        _Recording(recorder, said).run(told)


class _Recording:
    def __init__(self, recorder: Recorder, said: BinaryIO) -> None:
        self._recorder = recorder
        self._said = said
        self._under_way: dict[int, UnderWay] = {}

    def run(self, told: BinaryIO) -> None:
        while (frame := frames.next_told(told)) is not None:
            if isinstance(frame, frames.Opened):
                continue
            try:
                self._take(frame)
            except Exception as error:  # noqa: BLE001 - one exchange is lost, not the recording
                self._fail(frame.turn, error)
        for under_way in self._under_way.values():
            under_way.drop()

    def _take(
        self,
        frame: frames.Began | frames.RequestPart | frames.Answered | frames.AnswerPart | frames.Ended | frames.Dropped,
    ) -> None:
        if isinstance(frame, frames.Began):
            self._under_way[frame.turn] = self._recorder.begin(
                method=frame.method, target=frame.target, headers=frame.headers, at=frame.at
            )
            return
        under_way = self._under_way.get(frame.turn)
        if under_way is None:
            return
        match frame:
            case frames.RequestPart():
                under_way.request(frame.data)
            case frames.Answered():
                under_way.answered(frame.status, frame.headers, at=frame.at)
            case frames.AnswerPart():
                under_way.answer(frame.data)
            case frames.Dropped():
                self._under_way.pop(frame.turn).drop()
            case frames.Ended():
                exchange = under_way.end(frame.problem, at=frame.at)
                del self._under_way[frame.turn]
                _say(self._said, frames.Kept(exchange))

    def _fail(self, turn: int, error: Exception) -> None:
        under_way = self._under_way.pop(turn, None)
        if under_way is not None:
            with suppress(OSError):
                under_way.drop()
        # The text of any other error may hold a person.
        place = traceback.extract_tb(error.__traceback__)[-1]
        why = error.strerror if isinstance(error, OSError) else f"{type(error).__name__} in {place.name}"
        _say(self._said, frames.Failed(turn, why or "it cannot be written"))


def _say(said: BinaryIO, frame: frames.Ready | frames.Kept | frames.Failed) -> None:
    # Nobody may be listening any more, and what comes is recorded all the same.
    with suppress(OSError, ValueError):
        said.write(frames.packed(frame))
        said.flush()


if __name__ == "__main__":
    main()
