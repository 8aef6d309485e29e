"""Many connections at the same time, and some that stop half-way through their request."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial


@contextmanager
def half_sent(port: int, request: bytes, count: int) -> Iterator[Callable[[], list[bytes]]]:
    """Hold connections on which all but the end of a request was sent; what is given sends it and reads the answers."""
    with ExitStack() as stack:
        held = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30)) for _ in range(count)]
        for connection in held:
            connection.sendall(request[:-10])

        def finish() -> list[bytes]:
            for connection in held:
                connection.sendall(request[-10:])
            return [b"".join(iter(partial(connection.recv, 1 << 16), b"")) for connection in held]

        yield finish


def ask(port: int, request: bytes, trust: ssl.SSLContext | None = None) -> bytes:
    """Send a request that is the last of its connection, and give the answer."""
    with ExitStack() as stack:
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
        if trust is not None:
            connection = stack.enter_context(trust.wrap_socket(connection, server_hostname="127.0.0.1"))
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def all_at_once(
    port: int, requests: Sequence[bytes], *, then: Callable[[], object] = lambda: None, after: int = 0
) -> list[bytes]:
    """Send each request on a connection of its own, all at once; do `then` when `after` answers have come."""

    async def one(request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        return answer

    async def crowd() -> list[bytes]:
        tasks = [asyncio.create_task(one(request)) for request in requests]
        for number, task in enumerate(asyncio.as_completed(tasks), 1):
            await task
            if number == after:
                await asyncio.to_thread(then)
        return [task.result() for task in tasks]

    return asyncio.run(asyncio.wait_for(crowd(), 60))


@contextmanager
def dripping(
    port: int, request: bytes, *, silent: int, drips: int, tls: ssl.SSLContext | None = None, every: float = 0.05
) -> Iterator[None]:
    """Hold connections that say nothing, and others that send a request byte by byte and are never done."""
    over = threading.Event()
    with ExitStack() as stack:
        for _ in range(silent):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
        slow = []
        for _ in range(drips):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            if tls is not None:
                connection = stack.enter_context(tls.wrap_socket(connection, server_hostname="127.0.0.1"))
            connection.sendall(request[:-400])
            slow.append(connection)

        def drip() -> None:
            for byte in request[-400:-10]:
                for connection in slow:
                    with suppress(OSError):
                        connection.sendall(bytes([byte]))
                if over.wait(every):
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
