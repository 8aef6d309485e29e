"""Asks a LAS questions, and makes a recording of what it answers."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

from uwlr.client.http_body import Unpacker
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
    line = _Line()
    answered = False
    with Recorder(folder, made_from="fake", label=label) as recorder:
        for sending in sendings:
            url = endpoint.url(sending.service)
            if url is None:
                continue
            answered |= line.exchange(recorder, url, sending, seen)
        line.close()
    if not answered:
        raise ConfigurationError("nobody answers at the address")
    return Recording.open(folder)


class _Line:
    """Connections to the services, kept open."""

    def __init__(self) -> None:
        self._connections: dict[str, http.client.HTTPConnection] = {}

    def exchange(self, recorder: Recorder, url: str, sending: Sending, seen: Callable[[bytes], None]) -> bool:
        """Send a request and record what comes; tell whether anything came."""
        parts = urlsplit(url)
        target = parts.path + (f"?{sending.query}" if sending.query else "")
        method = "GET" if sending.body is None else "POST"
        began = perf_counter()
        status, headers, answer, problem, first = None, [], b"", None, None
        connection = self._connection(parts.scheme, parts.netloc)
        found: Problem | None = None
        try:
            connection.request(method, target, sending.body, sending.headers)
            response = connection.getresponse()
            first, status, headers = perf_counter(), response.status, response.getheaders()
            answer = response.read()
        except TimeoutError:
            found = "timeout"
        except http.client.IncompleteRead as cut:
            answer, found = cut.partial, "broken"
        except (OSError, http.client.HTTPException):
            found = "broken" if status is not None or connection.sock is not None else "unreachable"
        if found is not None:
            connection.close()
        recorder.add(
            method=method,
            target=target,
            headers=list(sending.headers.items()),
            request=sending.body or b"",
            status=status,
            answer_headers=headers,
            answer=answer,
            problem=found or problem,
            at=began,
            first_byte=first,
            last_byte=perf_counter(),
        )
        seen(_unpacked(answer, dict(headers)))
        return found != "unreachable"

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    def _connection(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        if netloc not in self._connections:
            make = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
            self._connections[netloc] = make(netloc, timeout=TIMEOUT)
        return self._connections[netloc]


def _unpacked(answer: bytes, headers: dict[str, str]) -> bytes:
    packed = next((value for name, value in headers.items() if name.lower() == "content-encoding"), "")
    unpacker = Unpacker(packed)
    return b"".join([*unpacker.feed(answer), *unpacker.finish()])
