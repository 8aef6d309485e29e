"""Makes a recording: each exchange as it passes, without anybody in it, whole or not at all.

A line of the index is written when both messages are on disk, so a maker that is killed leaves a recording that can be
read; messages without a line are those of exchanges that had not ended.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

import msgspec

from uwlr.errors import ConfigurationError
from uwlr.invented import Inventor
from uwlr.private_files import private_folder, write_private
from uwlr.recorded.index_writer import IndexWriter
from uwlr.recorded.read_me import read_me
from uwlr.recorded.recorded_exchange import (
    ABOUT,
    DESCRIPTIONS,
    FORMAT,
    INDEX,
    MESSAGES,
    README,
    About,
    Origin,
    Problem,
    RecordedExchange,
)
from uwlr.recorded.under_way import Pairs, UnderWay
from uwlr.secret_files import make_secret


class Recorder:
    """Makes a recording; threads may share it.

        with Recorder("acceptatie", made_from="fixture") as recorder:
            recorder.add(method="POST", target="/uwlr", request=sent, status=200, answer=received)

    Args:
        folder: a folder that is not there yet, or is empty.
        made_from: what sees the exchanges.
        label: what to call the recording; it is written as it is.
        secret_file: what the invented values follow from, made if absent: the same person becomes the same one in every
            recording with it. By default nobody keeps it.

    Raises:
        ConfigurationError: there is something in the folder, or it cannot be made.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        made_from: Origin,
        label: str = "",
        secret_file: str | os.PathLike[str] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.about = About(
            format=FORMAT,
            id=secrets.token_hex(6),
            date=datetime.now(UTC).date().isoformat(),
            uwlr=version("uwlr"),
            made_from=made_from,
            label=label,
        )
        try:
            private_folder(self.folder)
            if any(self.folder.iterdir()):
                raise ConfigurationError(f"{self.folder} is not empty; a recording has a folder of its own")
            for inside in (MESSAGES, DESCRIPTIONS):
                private_folder(self.folder / inside)
            write_private(self.folder / README, read_me(self.about).encode())
            self._index = IndexWriter(self.folder / INDEX)
            write_private(self.folder / ABOUT, msgspec.json.format(msgspec.json.encode(self.about)) + b"\n")
        except OSError as error:
            raise ConfigurationError(f"{self.folder} cannot be written: {error.strerror}") from None
        self._inventor = Inventor(make_secret(Path(secret_file)) if secret_file else secrets.token_bytes(32))
        self._since = perf_counter()
        self._turn = 0

    def begin(self, *, method: str, target: str, headers: Pairs = (), at: float | None = None) -> UnderWay:
        """Begin an exchange, which is recorded when it ends.

        Args:
            method: HTTP method.
            target: path and query.
            headers: HTTP headers of the request.
            at: when it began, as `time.perf_counter` has it; by default now.

        Raises:
            OSError: nothing can be written.
        """
        with self._index.lock:
            self._turn += 1
            return UnderWay(
                self.folder,
                self._index,
                self._inventor,
                turn=self._turn,
                since=self._since,
                method=method,
                target=target,
                headers=headers,
                at=perf_counter() if at is None else at,
            )

    def add(
        self,
        *,
        method: str,
        target: str,
        headers: Pairs = (),
        request: bytes = b"",
        status: int | None = None,
        answer_headers: Pairs = (),
        answer: bytes = b"",
        problem: Problem | None = None,
        at: float | None = None,
        first_byte: float | None = None,
        last_byte: float | None = None,
    ) -> RecordedExchange:
        """Record an exchange that is over; arguments and errors as `begin` and `UnderWay` have them.

        Args:
            method: HTTP method.
            target: path and query.
            headers: HTTP headers of the request.
            request: its body, as it passed.
            status: HTTP status; None if no answer came.
            answer_headers: HTTP headers of the answer.
            answer: its body, as it passed.
            problem: why there is no whole answer.
            at: when it began, as `time.perf_counter` has it; by default now.
            first_byte: when the answer began.
            last_byte: when it ended.
        """
        under_way = self.begin(method=method, target=target, headers=headers, at=at)
        try:
            under_way.request(request)
            if status is not None:
                under_way.answered(status, answer_headers, at=first_byte)
                under_way.answer(answer)
        except BaseException:
            under_way.drop()
            raise
        return under_way.end(problem, at=last_byte)

    def close(self) -> None:
        """Close the recording."""
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
