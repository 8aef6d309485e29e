"""Asks a LAS questions, and makes a recording of what it answers."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from uwlr.client.http_body import unpacked
from uwlr.drift.script import Endpoint, Script, Sending
from uwlr.errors import ConfigurationError
from uwlr.recorded import Recorder, Recording
from uwlr.recorded.recorded_exchange import Problem

TIMEOUT: Final = 120
"""Seconds that an answer may keep silent."""


def ask(endpoint: Endpoint, folder: Path, *, label: str = "") -> Recording:
    """Ask the questions of `Script`.

    Args:
        endpoint: the LAS.
        folder: where the recording is made; it is not there yet, or empty.
        label: what to call it.

    Raises:
        ConfigurationError: nothing can be written there, or nobody answers.
    """
    script = Script(endpoint)
    return record(endpoint, script.steps(), folder, label=label, seen=script.learn)


def record(
    endpoint: Endpoint,
    sendings: Iterable[Sending],
    folder: Path,
    *,
    label: str = "",
    seen: Callable[[bytes], None] = lambda _: None,
) -> Recording:
    """Send requests one after the other, and record what comes; `seen` gets each answer before the next request.

    Raises:
        ConfigurationError: nothing can be written there, or nobody answers.
    """
    answered = False
    with Recorder(folder, made_from="fake", label=label) as recorder:
        for sending in sendings:
            url = endpoint.url(sending.service)
            if url is None:
                continue
            came = _exchange(url, sending)
            if came.problem == "unreachable" and not answered:
                raise ConfigurationError(f"nobody answers at {url}")
            answered = True
            recorder.add(**came.recorded())
            seen(came.unpacked())
    return Recording.open(folder)


class _Came(NamedTuple):
    """A request, and what came back."""

    sending: Sending
    target: str
    began: float
    ended: float
    first_byte: float | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    answer: bytes = b""
    problem: Problem | None = None

    def __repr__(self) -> str:
        return f"<_Came {self.status} from {self.sending.service}>"

    def recorded(self) -> dict[str, Any]:
        """What a recorder wants to know."""
        return {
            "method": "GET" if self.sending.body is None else "POST",
            "target": self.target,
            "headers": list(self.sending.headers.items()),
            "request": self.sending.body or b"",
            "status": self.status,
            "answer_headers": self.headers,
            "answer": self.answer,
            "problem": self.problem,
            "at": self.began,
            "first_byte": self.first_byte,
            "last_byte": self.ended,
        }

    def unpacked(self) -> bytes:
        """The answer; nothing of one that is damaged."""
        packed = next((value for name, value in self.headers if name.lower() == "content-encoding"), "")
        return unpacked(self.answer, packed) or b""


def _exchange(url: str, sending: Sending) -> _Came:
    """Send a request on a connection of its own."""
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.netloc, timeout=TIMEOUT)
    target = parts.path + (f"?{sending.query}" if sending.query else "")
    began = perf_counter()
    came = _Came(sending, target, began, began, problem="unreachable")
    try:
        connection.connect()
        came = came._replace(problem="broken")
        connection.request("GET" if sending.body is None else "POST", target, sending.body, sending.headers)
        response = connection.getresponse()
        first = perf_counter()
        came = came._replace(first_byte=first, status=response.status, headers=tuple(response.getheaders()))
        came = came._replace(answer=response.read(), problem=None)
    except TimeoutError:
        came = came._replace(problem="timeout")
    except http.client.IncompleteRead as cut:
        came = came._replace(answer=cut.partial)
    except (OSError, http.client.HTTPException):
        pass
    finally:
        connection.close()
    return came._replace(ended=perf_counter())
