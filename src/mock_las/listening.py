"""cheroot with three additions: a request knows its connection, it comes in whole, and a full queue refuses more.

Only `mock_las.answering` imports this, when it starts: the pytest plugin must not load cheroot.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from mock_las.application import CONNECTION, TOO_MANY
from mock_las.reception import Pace, Reception
from uwlr import ports
from uwlr.extras import extra
from uwlr.loopback import in_url
from uwlr.visible import server_log

with extra("mock"):
    from cheroot import wsgi

_WAITING: Final = 256
"""Connections that may wait for a thread; further ones are refused."""

_MAX_BODY: Final = 65 << 20
"""Largest request body in bytes: somewhat above what the services themselves take, so that they can say so."""

_REFUSING: Final = 4
"""Threads that only refuse requests."""


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

    _connections: Any

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.gateway = _Gateway
        self.error_log = server_log  # type: ignore[method-assign]
        self.pace = Pace()
        self._threads, self.requests.min = self.requests.min, 0  # made when it serves: until then nothing runs
        self._serving = threading.Event()
        self._thread: threading.Thread | None = None
        self.max_request_body_size = _MAX_BODY
        self.shutdown_timeout = 1
        self._refusing = ThreadPoolExecutor(_REFUSING, thread_name_prefix="mock-las refusing")

    def serve(self) -> None:
        """Answer requests until it is stopped; its threads end with the program if this one does."""
        # Made here, since a thread is a daemon as the one is that makes it, and cheroot's own cannot be told.
        self.requests.grow(self._threads)
        self._serving.set()
        super().serve()

    def listen(self) -> str:
        """Listen; gives the address.

        Raises:
            ConfigurationError: as `ports.listen`.
        """
        host = self.bind_addr[0]
        port = ports.listen(self)
        return f"{'http' if self.ssl_adapter is None else 'https'}://{in_url(host)}:{port}"

    def serve_on_thread(self, name: str) -> None:
        """Serve on a thread that ends with the program, also if nobody stops it."""
        self._thread = threading.Thread(target=self.serve, name=name, daemon=True)
        self._thread.start()
        self._serving.wait()

    def prepare(self) -> None:
        """Listen, with a reception of our own."""
        super().prepare()
        made: Any = self._connections
        made.close()
        self._connections = Reception(self, self.pace)

    def process_conn(self, conn: Any) -> None:
        """Serve a connection that has a request, or refuse it if too many are waiting."""
        conn.too_many = self.requests.qsize >= _WAITING
        if conn.too_many:
            self._refusing.submit(_refuse, conn)
        else:
            super().process_conn(conn)

    def stop(self) -> None:
        """Stop listening, and release everything; when the program ends its threads are gone already."""
        if sys.is_finalizing():
            return
        super().stop()
        if self._thread is not None:
            self._thread.join()
        self._refusing.shutdown(cancel_futures=True)
        # cheroot registers each server for its figures, and would keep it and all that it serves for ever.
        registered: dict[str, Any] = getattr(logging, "statistics", {})
        for name in [name for name, figures in registered.items() if figures is self.stats]:
            del registered[name]


def _refuse(conn: Any) -> None:
    try:
        conn.communicate()
    finally:
        conn.close()
