"""Many connections at the same time, and some that stop half-way through their request."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
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
