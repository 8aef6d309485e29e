"""A LAS that says exactly what a test wants, and keeps what it heard, byte for byte."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Self


class ScriptedLas:
    """Answers each request with the bytes that `answer` makes of it; None breaks the connection off.

    An answer that says so, and one of HTTP/1.0, ends it.

    Args:
        answer: makes the answer of the head and the body of a request, as they came.
        context: TLS.
    """

    def __init__(
        self,
        answer: Callable[[bytes, bytes], bytes | None],
        *,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.heard: list[tuple[bytes, bytes]] = []
        self.connections = 0
        self._answer = answer
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            if self._context is not None:
                connection = stack.enter_context(self._context.wrap_socket(connection, server_side=True))
            stream = stack.enter_context(connection.makefile("rb"))
            while head := head_of(stream):
                if b"100-continue" in head.lower():
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                body = body_of(stream, head)
                self.heard.append((head, body))
                answer = self._answer(head, body)
                if answer is None:
                    return
                connection.sendall(answer)
                if b"connection: close" in answer[:1000].lower() or answer.startswith(b"HTTP/1.0"):
                    return


def head_of(stream) -> bytes:
    """Read the head of a message, with the empty line behind it."""
    lines = []
    while (line := stream.readline()) not in {b"", b"\r\n"}:
        lines.append(line)
    return b"".join(lines)


def body_of(stream, head: bytes, *, until_close: bool = False) -> bytes:
    """Read a body, without its chunks."""
    fields = fields_of(head)
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        body = b""
        while size := int(stream.readline(), 16):
            body += stream.read(size)
            stream.readline()
        head_of(stream)
        return body
    if b"content-length" in fields:
        return stream.read(int(fields[b"content-length"]))
    return stream.read() if until_close else b""


def fields_of(head: bytes) -> dict[bytes, bytes]:
    """The headers, names in lower case."""
    pairs = (line.partition(b":") for line in head.splitlines()[1:])
    return {name.lower(): value.strip() for name, _, value in pairs}


def ask(url: str, request: bytes) -> tuple[bytes, bytes]:
    """Send the bytes of a request, and give head and body of the answer."""
    host, _, port = url.rpartition("/")[2].rpartition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(request.replace(b"HOST", f"{host}:{port}".encode()))
        with connection.makefile("rb") as stream:
            head = head_of(stream)
            while head.startswith(b"HTTP/1.1 100"):
                head = head_of(stream)
            return head, body_of(stream, head, until_close=True)
