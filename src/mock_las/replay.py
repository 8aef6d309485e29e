"""A recording that answers: what a real LAS said, said again to whoever asks the same.

A question is the same if it is of the same operation about the same school, year, version and set of data, and asks
for all or for changes alike. Who asks, for whom and with which key does not matter: a recording has none of them. If
the same was asked several times, the answers come in the order of the recording, the last one again and again. In
order means: the first request gets the first answer, and has to ask what was asked then.
"""

from __future__ import annotations

import errno
import gzip
import threading
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, Self
from wsgiref.util import application_uri

import msgspec

from mock_las import foreground
from mock_las.answering import Answering
from uwlr.errors import ConfigurationError
from uwlr.recorded import Question, RecordedExchange, Recording
from uwlr.recorded.asked_in import question_in
from uwlr.recorded.service_addresses import Addresses
from uwlr.soap.envelope import write_fault
from uwlr.soap.http import XML

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_OF_CONNECTION: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server", "upgrade", "trailer"}
)
"""Headers that are those of the connection or of this server, and not repeated."""
_LISTED: Final = 5
"""Questions that an answer names which has nothing recorded for it."""


class _Asked(NamedTuple):
    """What tells a question from another one."""

    method: str
    kind: str
    question: Question | None = None

    @classmethod
    def of(cls, exchange: RecordedExchange) -> Self:
        """What a recorded exchange asked."""
        if exchange.method != "POST" or exchange.question is None:
            return cls(exchange.method, exchange.target.partition("?")[2].casefold())
        return cls(exchange.method, exchange.question.kind, _without_names(exchange.question))

    def __str__(self) -> str:
        if self.question is None:
            return f"{self.method} ?{self.kind}" if self.method == "GET" else f"{self.method} {self.kind}".strip()
        asked = self.question
        names = ("schooljaar", "brincode", "dependancecode", "schoolkey", "gegevenssetid", "xsdversie")
        facts = [f"{name} {value}" for name in names if (value := getattr(asked, name))]
        return ", ".join([self.kind, *facts, *(["changes only"] if asked.since else [])])


def _without_names(question: Question) -> Question:
    """The question without what a recording invents."""
    return msgspec.structs.replace(question, schoolkey="given" if question.schoolkey else None)


class Replay:
    """Serves a recording on a free port of loopback, from `start` to `stop`, which `with` calls.

    Each start begins anew.

    ::

        with MockLas.replay("acceptatie-najaar") as las:
            client = UwlrClient(las.leerlinggegevens_url, ...)

    Args:
        folder: the recording.
        order: answer in the order of the recording.
        delays: wait as long as it took.
        host: address to listen on.
        port: port; 0 takes a free one, another at each start.

    Attributes:
        unmatched: what was asked and never recorded.

    Raises:
        ConfigurationError: the folder holds no recording, or one without exchanges.
    """

    def __init__(
        self, folder: str | Path, *, order: bool = False, delays: bool = False, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.recording = Recording.open(folder)
        self.unmatched: list[str] = []
        self._order = order
        self._delays = delays
        self._answering = Answering(self._application, "mock-las replay", host=host, port=port)
        self._begin()

    def _begin(self) -> None:
        self._answers: _Answers = _InOrder(self.recording) if self._order else _Matching(self.recording)
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """Where it answers; any path will do.

        Raises:
            ConfigurationError: it does not answer now.
        """
        return self._answering.url

    @property
    def leerlinggegevens_url(self) -> str:
        """Address of the roster service."""
        return f"{self.url}/leerlinggegevens"

    @property
    def leerresultaten_url(self) -> str:
        """Address of the service for results."""
        return f"{self.url}/leerresultaten"

    def start(self) -> None:
        """Answer requests.

        Raises:
            ConfigurationError: it answers already, or cannot listen.
            MissingExtraError: the extra `mock` is not installed.
        """
        self._answering.start()

    def serve_until_signal(self) -> None:
        """Answer until SIGTERM or SIGINT; one line on standard output tells the address once requests are answered."""
        stopped = foreground.stop_signal()
        self.start()
        foreground.announce(f"MOCK_LAS_URL={self.url}")
        stopped.wait()
        self.stop()

    def stop(self) -> None:
        """Stop, and release everything."""
        self._stopping.set()
        self._answering.stop()
        self._begin()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _application(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = b"" if environ["REQUEST_METHOD"] == "GET" else environ["wsgi.input"].read()
        asked = _asked_by(environ["REQUEST_METHOD"], environ.get("QUERY_STRING", ""), body)
        found = self._answers.next(asked, environ.get("PATH_INFO", ""))
        if isinstance(found, str):
            self.unmatched.append(str(asked))
            return _refused(found, asked, start_response)
        return self._again(found, environ, start_response)

    def _again(
        self, exchange: RecordedExchange, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Send what was recorded."""
        body = self.recording.answer(exchange.number)
        if exchange.status is None or exchange.problem is not None:
            self._wait(exchange.last_byte_ms)
            # The server takes this for a client that went away, and closes the connection without an answer.
            raise ConnectionResetError(errno.ECONNRESET, f"no whole answer was recorded: {exchange.problem}")
        if exchange.answer.left_out:
            text = f"the answer of exchange {exchange.number} was left out of the recording: {exchange.answer.left_out}"
            return _refused(text, None, start_response)
        if exchange.service == "wsdl":
            body = _with_addresses(body, environ)
        headers = [(n, v) for n, v in exchange.answer.headers if v is not None and n.lower() not in _OF_CONNECTION]
        if "gzip" in (exchange.answer.header("content-encoding") or ""):
            body = gzip.compress(body, 6, mtime=0)
        self._wait(exchange.first_byte_ms)
        start_response(_line(exchange.status), [*headers, ("Content-Length", str(len(body)))])
        return self._parts(exchange, body)

    def _parts(self, exchange: RecordedExchange, body: bytes) -> Iterator[bytes]:
        """Give the body; its last half when the last byte came."""
        half = len(body) // 2
        yield body[:half]
        self._wait((exchange.last_byte_ms or 0) - (exchange.first_byte_ms or 0))
        yield body[half:]

    def _wait(self, milliseconds: float | None) -> None:
        if self._delays and milliseconds:
            self._stopping.wait(milliseconds / 1000)


class _Answers(Protocol):
    """Tells which exchange answers a question."""

    def next(self, asked: _Asked, path: str) -> RecordedExchange | str:
        """Give the answer that is due, or say why there is none."""
        ...


class _Matching:
    """Answers by what is asked."""

    def __init__(self, recording: Recording) -> None:
        self._lock = threading.Lock()
        self._recorded: dict[_Asked, list[RecordedExchange]] = {}
        for exchange in recording:
            self._recorded.setdefault(_Asked.of(exchange), []).append(exchange)
        if not self._recorded:
            raise ConfigurationError(f"{recording.folder} holds no exchange")

    def next(self, asked: _Asked, path: str) -> RecordedExchange | str:
        """Give the answer that is due, or say why there is none."""
        with self._lock:
            found = self._recorded.get(asked)
            if found is not None and asked.question is None:
                return next((one for one in found if _service(one.target) == _service(path)), found[0])
            if found is not None:
                return found.pop(0) if len(found) > 1 else found[0]
        alike = [str(one) for one in self._recorded if one.kind == asked.kind] or list(map(str, self._recorded))
        more = f"; and {len(alike) - _LISTED} more" if len(alike) > _LISTED else ""
        return f"This was never recorded: {asked}. Recorded is: {'; '.join(alike[:_LISTED])}{more}."


class _InOrder:
    """Answers in the order of the recording."""

    def __init__(self, recording: Recording) -> None:
        self._lock = threading.Lock()
        self._left = iter(list(recording))
        self._next = next(self._left, None)
        if self._next is None:
            raise ConfigurationError(f"{recording.folder} holds no exchange")

    def next(self, asked: _Asked, path: str) -> RecordedExchange | str:  # noqa: ARG002 - as the other has it
        """Give the answer that is next, or say why it does not fit."""
        with self._lock:
            due = self._next
            if due is None:
                return f"The recording is at its end; asked was: {asked}."
            if _Asked.of(due) != asked:
                return f"Exchange {due.number} is next, which is: {_Asked.of(due)}. Asked was: {asked}."
            self._next = next(self._left, None)
            return due


def _asked_by(method: str, query: str, body: bytes) -> _Asked:
    question = question_in(body) if body else None
    if question is None:
        return _Asked(method, query.casefold())
    return _Asked(method, question.kind, _without_names(question))


def _refused(text: str, asked: _Asked | None, start_response: StartResponse) -> Iterable[bytes]:
    if asked is not None and asked.question is None:
        body, status, sort = f"{text}\n".encode(), HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8"
    else:
        body, status, sort = write_fault("Client", text), HTTPStatus.INTERNAL_SERVER_ERROR, XML
    start_response(_line(status), [("Content-Type", sort), ("Content-Length", str(len(body)))])
    return (body,)


def _service(target: str) -> str:
    """The last part of a path, by which two services are told apart that describe themselves."""
    return target.partition("?")[0].rpartition("/")[2]


def _with_addresses(description: bytes, environ: WSGIEnvironment) -> bytes:
    """Give a description in which all addresses are those of this server, which answers at any path."""
    return Addresses("http://recorded.invalid").rewritten(description, application_uri(environ).rstrip("/"))


def _line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Recorded"
