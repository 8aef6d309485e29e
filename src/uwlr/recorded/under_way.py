"""An exchange that is being recorded: its messages go into files as they come in, its facts into the index at last."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import Final

from uwlr import http_headers
from uwlr.codec.parser import local_name
from uwlr.invented import Inventor
from uwlr.recorded.asked_in import ASKED, SINCE
from uwlr.recorded.body_writer import BodyWriter
from uwlr.recorded.index_writer import IndexWriter
from uwlr.recorded.recorded_exchange import (
    DESCRIPTIONS,
    MESSAGES,
    Half,
    Passed,
    Problem,
    Question,
    RecordedExchange,
    Service,
    file_name,
)
from uwlr.soap.operations import BY_VERZOEK, Operation
from uwlr.validation import validate
from uwlr.written_values import Spot

_DESCRIPTION: Final = re.compile(r"(?:single)?wsdl(?:=[\w.-]*)?|xsd(?:=[\w.-]+)?", re.IGNORECASE)
"""A part of a query that asks for a description."""

Pairs = Iterable[tuple[str, str]]


class UnderWay:
    """An exchange of which more is to come; `Recorder.begin` makes it.

    Args:
        folder: folder of the recording.
        index: its index.
        inventor: makes the values.
        turn: number of those that began.
        since: when the recording began, as `time.perf_counter` has it.
        method: HTTP method.
        target: path and query.
        headers: HTTP headers of the request.
        at: when it began.
    """

    def __init__(
        self,
        folder: Path,
        index: IndexWriter,
        inventor: Inventor,
        *,
        turn: int,
        since: float,
        method: str,
        target: str,
        headers: Pairs,
        at: float,
    ) -> None:
        self._folder = folder
        self._index = index
        self._inventor = inventor
        self._turn = turn
        self._since = since
        self._method = method
        self._target = target
        self._began = at
        self._first: float | None = None
        self._status: int | None = None
        self._asked: dict[str, str] = {}
        self._fault: str | None = None
        self._headers: dict[Half, list[tuple[str, str]]] = {"request": list(headers), "answer": []}
        self._request = self._writer("request")
        self._answer: BodyWriter | None = None

    def request(self, data: bytes) -> None:
        """Take a part of the body of the request, as it passed."""
        with self._index.lock:
            self._request.feed(data)

    def answered(self, status: int, headers: Pairs, *, at: float | None = None) -> None:
        """Take the beginning of the answer.

        Args:
            status: HTTP status.
            headers: HTTP headers.
            at: when its first byte came, as `time.perf_counter` has it; by default now.
        """
        with self._index.lock:
            self._first = perf_counter() if at is None else at
            self._status = status
            self._headers["answer"] = list(headers)
            self._answer = self._writer("answer")

    def answer(self, data: bytes) -> None:
        """Take a part of the body of the answer, as it passed."""
        with self._index.lock:
            if self._answer is not None:
                self._answer.feed(data)

    def end(self, problem: Problem | None = None, *, at: float | None = None) -> RecordedExchange:
        """Write the exchange into the recording.

        Args:
            problem: why there is no whole answer.
            at: when its last byte came; by default now.

        Raises:
            OSError: it cannot be written; nothing of it is in the recording then.
        """
        last = perf_counter() if at is None else at
        try:
            request = self._closed("request", self._request)
            answer = self._closed("answer", self._answer)
            return self._index.add(lambda number: self._entered(number, request, answer, problem, last))
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        """Leave the exchange out of the recording."""
        with self._index.lock:
            for writer in (self._request, self._answer):
                if writer is not None:
                    writer.discard()

    def _writer(self, half: Half) -> BodyWriter:
        packed = ",".join(value for name, value in self._headers[half] if name.lower() == "content-encoding")
        path = self._folder / MESSAGES / f".{self._turn}-{half}"
        note = self._note_asked if half == "request" else self._note_fault
        describes = half == "answer" and self._method == "GET"
        return BodyWriter(path, self._inventor, packed, note, may_describe=describes)

    def _note_asked(self, value: str, spot: Spot) -> None:
        if not spot.attribute and spot.element in {*ASKED, SINCE}:
            self._asked.setdefault(spot.element, value.strip())

    def _note_fault(self, value: str, spot: Spot) -> None:
        if self._fault is None and spot.element == "faultcode" and not spot.attribute:
            self._fault = value.strip().rpartition(":")[2]

    def _closed(self, half: Half, writer: BodyWriter | None) -> Passed:
        with self._index.lock:
            headers = http_headers.kept(self._headers[half], self._inventor.text)
            if writer is None:
                return Passed(headers=headers)
            written = writer.close()
        frame = writer.frame if written else None
        tag = (frame.message or frame.root) if frame is not None else None
        findings: Counter[str] = Counter()
        if written and self._method != "GET":
            report = validate(writer.path)
            findings.update(finding.id for finding in report.findings)
            findings.update(report.omitted)
        return Passed(
            headers=headers,
            bytes=writer.size,
            kind=local_name(tag) if tag else None,
            encoding=writer.encoding if written else "",
            findings=dict(sorted(findings.items())),
            left_out=writer.left_out,
        )

    def _entered(
        self, number: int, request: Passed, answer: Passed, problem: Problem | None, last: float
    ) -> RecordedExchange:
        describes = self._answer is not None and self._answer.describes
        operation = self._operation()
        halves: tuple[tuple[Half, BodyWriter | None], ...] = (("request", self._request), ("answer", self._answer))
        for half, writer in halves:
            if writer is not None and writer.path.exists():
                inside = DESCRIPTIONS if describes and half == "answer" else MESSAGES
                writer.path = writer.path.rename(self._folder / inside / file_name(number, half))
        service: Service = "wsdl" if describes else operation.service if operation else "other"
        return RecordedExchange(
            number=number,
            method=self._method,
            target=self._shown_target(described=describes),
            service=service,
            operation=operation.name if operation else None,
            question=self._question(request),
            seconds=round(self._began - self._since, 3),
            first_byte_ms=None if self._first is None else round((self._first - self._began) * 1000, 1),
            last_byte_ms=None if self._first is None else round((last - self._began) * 1000, 1),
            status=self._status,
            fault=self._fault,
            problem=problem,
            request=request,
            answer=answer,
        )

    def _operation(self) -> Operation | None:
        frame = self._request.frame
        return BY_VERZOEK.get(frame.cls) if frame is not None and frame.cls is not None else None

    def _question(self, request: Passed) -> Question | None:
        if request.kind is None:
            return None
        asked = {name: value for name, value in self._asked.items() if name in ASKED}
        return Question(kind=request.kind, since=SINCE in self._asked, **asked)

    def _shown_target(self, *, described: bool) -> str:
        path, mark, query = self._target.partition("?")
        parts = query.split("&")
        shown = (one if described and _DESCRIPTION.fullmatch(one) else self._inventor.text(one) for one in parts)
        return self._inventor.text(path) + mark + "&".join(shown)
