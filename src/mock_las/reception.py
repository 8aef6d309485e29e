"""Takes requests in whole before a thread sees them, so that nobody keeps a thread waiting by sending slowly.

cheroot does TLS handshakes in the thread that accepts connections, and reads requests in the threads that answer them.
One silent connection then stops everybody for ten seconds, and as many slow ones as there are threads stop everybody
for good. Here one thread does both, for all connections at once and without waiting for any. Each has a limited time
for its handshake, for the head of a request, and for its body a time that grows with what came.

Source: RFC 9112, section 9.6 (closing).
"""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import ssl
import time
from typing import Any, Final, Literal, TypeAlias

from cheroot import connections, server

from mock_las.request_framing import Framing, Refused

BLOCK: Final = 1 << 16
"""Bytes taken from a connection before another has its turn."""

MOST_AT_ONCE: Final = 512
"""Connections that have no whole request yet; with one more, the one that has been silent longest is closed."""

_NO_DESCRIPTORS: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"

Waits: TypeAlias = Literal["handshake", "request", "closing"]
"""What a connection is about: shaking hands, sending a request, or being closed, when nothing it sends counts."""


class Pace:
    """How slow a client may be.

    Attributes:
        handshake: seconds for a TLS handshake.
        idle: seconds without a request.
        head: seconds for the head of a request.
        step: seconds in which `rate` bytes per second must have been sent of a body, or taken of an answer.
        rate: bytes per second.
        closing: seconds to read why a connection is closed.
    """

    def __init__(self) -> None:
        self.handshake = 5.0
        self.idle = 10.0
        self.head = 10.0
        self.step = 10.0
        self.rate = 1000
        self.closing = 2.0


class Progress:
    """Whether bytes move fast enough: so many in each step, however many there were before."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._moved = 0
        self._since = time.monotonic()

    def move(self, count: int) -> None:
        """Note that bytes moved."""
        self._moved += count
        if self._moved >= self._pace.rate * self._pace.step:
            self._moved, self._since = 0, time.monotonic()

    @property
    def left(self) -> float:
        """Seconds until the step is over."""
        return self._since + self._pace.step - time.monotonic()


class Received:
    """A whole request, as the file that cheroot reads it from."""

    def __init__(self, kept: Any) -> None:
        self._kept = kept
        self.read = kept.read
        self.readline = kept.readline
        self.close = kept.close

    @staticmethod
    def has_data() -> bool:
        """Tell that there is no more: what came behind the request waits at the connection."""
        return False


class SteadyWriter:
    """Writes to a connection, and gives it up where the client takes the answer too slowly."""

    def __init__(self, sock: socket.socket, pace: Pace) -> None:
        self._sock = sock
        self._pace = pace
        self.restart()

    def restart(self) -> None:
        """Begin with another answer."""
        self.bytes_written = 0
        self._progress: Progress | None = None

    def write(self, data: bytes) -> int:
        """Write all of it.

        Raises:
            TimeoutError: the client takes too long.
        """
        if self._progress is None:
            self._progress = Progress(self._pace)
        view = memoryview(data)
        while view:
            left = self._progress.left
            if left <= 0:
                raise TimeoutError("timed out")
            self._sock.settimeout(left)
            count = self._sock.send(view[:BLOCK])
            self._progress.move(count)
            self.bytes_written += count
            view = view[count:]
        return len(data)


class Connection(server.HTTPConnection):
    """A connection of cheroot whose requests come in through a `Reception`."""

    def __init__(self, serving: Any, sock: socket.socket, pace: Pace) -> None:
        super().__init__(serving, sock, lambda *_: None)
        self.wfile = SteadyWriter(sock, pace)
        self.behind = b""

    def close(self) -> None:
        """Close it, and forget its last request."""
        if self.rfile is not None:
            super().close()
        else:
            self.socket.close()


class Arriving:
    """A connection on which a request is due."""

    def __init__(
        self, sock: socket.socket, address: Any, most_body: int, pace: Pace, conn: Connection | None = None
    ) -> None:
        self.sock = sock
        self.address = address
        self.conn = conn
        self.ssl_env: dict[str, Any] = {}
        self.framing = Framing(most_body)
        self.waits: Waits = "request"
        self.since = self.last = time.monotonic()
        self.progress = Progress(pace)
        self.events = selectors.EVENT_READ

    def overdue(self, now: float, pace: Pace) -> bool:
        """Tell whether it has had its time."""
        match self.waits:
            case "handshake":
                return now > self.since + pace.handshake
            case "closing":
                return now > self.since + pace.closing
        if not self.framing.begun:
            return now > self.since + pace.idle
        if not self.framing.in_body:
            return now > self.since + pace.head
        return self.progress.left <= 0

    def close(self) -> None:
        """Close the connection."""
        self.framing.close()
        with contextlib.suppress(OSError):
            self.sock.close()


class Reception(connections.ConnectionManager):
    """Takes in connections and their requests, and hands over each request that is there whole.

    Args:
        serving: the server; its `ssl_adapter`, `max_request_body_size` and `process_conn` are used.
        pace: how slow a client may be.
    """

    _selector: Any
    _stop_requested: bool

    def __init__(self, serving: Any, pace: Pace) -> None:
        super().__init__(serving)
        self._pace = pace
        # A client that has gone again between `select` and `accept` must not keep the others waiting.
        serving.socket.setblocking(False)
        self._woken, self._waker = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ, data=self)

    def stop(self) -> None:
        """Stop taking in, at once."""
        self._stop_requested = True
        self._waker.send(b"!")
        super().stop()

    def close(self) -> None:
        """Close the connections that are here."""
        for _, arriving in list(self._selector.connections):
            if isinstance(arriving, Arriving):
                arriving.close()
        self._selector.close()
        self._woken.close()
        self._waker.close()

    def put(self, conn: Connection) -> None:
        """Take back a connection that was answered; another request may come on it, or be there already."""
        conn.rfile.close()
        conn.wfile.restart()
        arriving = Arriving(conn.socket, None, self.server.max_request_body_size, self._pace, conn)
        conn.socket.setblocking(False)
        try:
            behind, conn.behind = conn.behind, b""
            if behind:
                self._feed(arriving, behind)
            # TLS may have taken in more than was asked for, and the socket does not tell.
            elif isinstance(conn.socket, ssl.SSLSocket) and conn.socket.pending():
                self._receive(arriving)
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        except (OSError, EOFError):
            arriving.close()
            return
        if arriving.framing.complete and arriving.waits == "request":
            self._hand_over(arriving)
            return
        try:
            self._selector.register(arriving.sock, arriving.events, data=arriving)
        except (OSError, ValueError):
            arriving.close()  # the server was stopped meanwhile

    def _run(self, expiration_interval: float) -> None:
        """Serve all connections in turn until `stop`."""
        checked = time.monotonic()
        while not self._stop_requested:
            for _, found in self._selector.select(timeout=expiration_interval):
                if found is self.server:
                    self._accept()
                elif found is not self:
                    self._progress(found)
            now = time.monotonic()
            if now > checked + expiration_interval / 2:
                self._expire(now)
                checked = now

    def _accept(self) -> None:
        try:
            sock, address = self.server.socket.accept()
        except OSError as error:
            if error.errno in _NO_DESCRIPTORS:
                self._drop_most_silent()
            return  # otherwise the client has gone again
        connections.prevent_socket_inheritance(sock)
        sock.setblocking(False)
        adapter = self.server.ssl_adapter
        if adapter is not None:
            try:
                sock = adapter.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
            except OSError:
                sock.close()
                return
        arriving = Arriving(sock, address, self.server.max_request_body_size, self._pace)
        arriving.waits = "request" if adapter is None else "handshake"
        if len(self._selector) > MOST_AT_ONCE:
            self._drop_most_silent()
        self._selector.register(sock, arriving.events, data=arriving)
        self._progress(arriving)

    def _progress(self, arriving: Arriving) -> None:
        """Go on with a connection as far as it goes without waiting."""
        try:
            if arriving.waits == "handshake":
                self._shake_hands(arriving)
            if arriving.waits == "request":
                self._receive(arriving)
            elif arriving.waits == "closing" and not arriving.sock.recv(BLOCK):
                self._drop(arriving)
                return
        except ssl.SSLWantReadError:
            self._wait_for(arriving, selectors.EVENT_READ)
        except ssl.SSLWantWriteError:
            self._wait_for(arriving, selectors.EVENT_WRITE)
        except BlockingIOError:
            pass
        except (OSError, EOFError):
            self._drop(arriving)
            return
        if arriving.framing.complete and arriving.waits == "request":
            self._selector.unregister(arriving.sock)
            self._hand_over(arriving)

    def _shake_hands(self, arriving: Arriving) -> None:
        sock: Any = arriving.sock
        try:
            sock.do_handshake()
        except ssl.SSLError as error:
            if error.reason == "HTTP_REQUEST":
                self._say(arriving, "400 Bad Request", "This server only speaks HTTPS on this port.", plain=True)
                return
            raise
        arriving.ssl_env = self.server.ssl_adapter.get_environ(sock)
        arriving.waits = "request"
        arriving.since = time.monotonic()
        self._wait_for(arriving, selectors.EVENT_READ)

    def _receive(self, arriving: Arriving) -> None:
        """Take what is there.

        Raises:
            EOFError: the client sends nothing more.
        """
        data = arriving.sock.recv(BLOCK)
        if not data:
            raise EOFError
        self._feed(arriving, data)
        # TLS gives a record at a time, and the socket shows nothing of those that were taken in with it.
        while isinstance(arriving.sock, ssl.SSLSocket) and arriving.sock.pending() and not arriving.framing.complete:
            self._feed(arriving, arriving.sock.recv(BLOCK))

    def _feed(self, arriving: Arriving, data: bytes) -> None:
        framing, now = arriving.framing, time.monotonic()
        begun, in_body = framing.begun, framing.in_body
        arriving.last = now
        try:
            framing.feed(data)
        except Refused as refused:
            self._say(arriving, *refused.args)
            return
        if begun != framing.begun:
            arriving.since = now
        if not in_body:
            arriving.progress = Progress(self._pace)
        arriving.progress.move(len(data))
        if framing.expects and not framing.complete:
            framing.expects = False
            arriving.sock.send(_CONTINUE)

    def _hand_over(self, arriving: Arriving) -> None:
        conn = arriving.conn
        if conn is None:
            conn = Connection(self.server, arriving.sock, self._pace)
            conn.remote_addr, conn.remote_port = arriving.address[:2]
            conn.ssl_env = arriving.ssl_env
        arriving.sock.settimeout(self._pace.step)
        conn.last_used = time.time()
        conn.rfile = Received(arriving.framing.kept)
        conn.behind = arriving.framing.behind
        self.server.process_conn(conn)

    def _say(self, arriving: Arriving, status: str, text: str, *, plain: bool = False) -> None:
        """Answer what is no request, and close when the client has had the time to read that."""
        body = f"{text}\n".encode()
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        with contextlib.suppress(OSError):
            # As plain bytes also on a connection that was to be TLS.
            (socket.socket.send if plain else type(arriving.sock).send)(arriving.sock, head.encode() + body)
            arriving.sock.shutdown(socket.SHUT_WR)
        arriving.waits = "closing"
        arriving.since = time.monotonic()
        arriving.framing.close()

    def _wait_for(self, arriving: Arriving, events: int) -> None:
        if arriving.events != events:
            arriving.events = events
            with contextlib.suppress(KeyError):
                self._selector.unregister(arriving.sock)
                self._selector.register(arriving.sock, events, data=arriving)

    def _expire(self, now: float) -> None:
        """Close what has had its time; who is in the middle of a request is told so."""
        for _, arriving in list(self._selector.connections):
            if isinstance(arriving, Arriving) and arriving.overdue(now, self._pace):
                if arriving.waits == "request" and arriving.framing.begun:
                    self._say(arriving, "408 Request Timeout", "The request comes in too slowly.")
                else:
                    self._drop(arriving)

    def _drop_most_silent(self) -> None:
        waiting = [arriving for _, arriving in list(self._selector.connections) if isinstance(arriving, Arriving)]
        if waiting:
            self._drop(min(waiting, key=lambda arriving: arriving.last))

    def _drop(self, arriving: Arriving) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(arriving.sock)
        arriving.close()
