"""cheroot with two additions: a request knows its connection, and a full queue refuses further requests.

Only `mock_las.server` imports this, when a server is made: the pytest plugin must not load cheroot.
"""

from __future__ import annotations

import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from cheroot import wsgi

from mock_las.application import CONNECTION, TOO_MANY

_WAITING: Final = 256
"""Connections that may wait for a thread; further ones are refused."""

_REFUSING: Final = 4
"""Threads that only refuse requests."""

_PATIENCE: Final = 2.0
"""Seconds that one of those waits for a client that stops sending halfway."""


class Connection:
    """The connection of a request, for a fault that closes it.

    Args:
        request: cheroot's request.
    """

    def __init__(self, request: Any) -> None:
        self._request = request

    def shut(self) -> None:
        """Close it: what was written before still arrives."""
        self._request.close_connection = True
        with contextlib.suppress(OSError):
            self._request.conn.socket.shutdown(socket.SHUT_RDWR)


class _Gateway(wsgi.Gateway_10):
    def get_environ(self) -> Any:
        environ: Any = super().get_environ()  # type: ignore[no-untyped-call]
        environ[CONNECTION] = Connection(self.req)
        environ[TOO_MANY] = self.req.conn.too_many
        if self.req.conn.too_many:
            self.req.close_connection = True
        return environ


class HttpServer(wsgi.Server):
    """cheroot with a limited queue.

    cheroot can limit its queue itself, but then answers before it has read the request, and without a fault.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.gateway = _Gateway
        self._refusing = ThreadPoolExecutor(_REFUSING, thread_name_prefix="mock-las refusing")

    def process_conn(self, conn: Any) -> None:
        """Serve a connection that has a request, or refuse it if too many are waiting."""
        conn.too_many = self.requests.qsize >= _WAITING
        if conn.too_many:
            self._refusing.submit(_refuse, conn)
        else:
            super().process_conn(conn)

    def stop(self) -> None:
        """Stop listening, and release everything."""
        super().stop()
        self._refusing.shutdown(cancel_futures=True)


def _refuse(conn: Any) -> None:
    conn.socket.settimeout(_PATIENCE)
    try:
        conn.communicate()
    finally:
        conn.close()
