"""One side of a connection over which HTTP/1.1 goes: h11 says what the bytes mean, asyncio carries them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final, TypeAlias

import h11

BLOCK: Final = 1 << 18
_HEAD: Final = 1 << 17
"""Bytes that a request line or a status line may take with its headers."""

Pairs: TypeAlias = list[tuple[bytes, bytes]]
Event: TypeAlias = (
    h11.Request | h11.InformationalResponse | h11.Response | h11.Data | h11.EndOfMessage | h11.ConnectionClosed
)

_OF_A_CONNECTION: Final = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"upgrade", b"transfer-encoding"}
)
"""Headers that are about one connection (RFC 9110, section 7.6.1)."""


class Peer:
    """One side of a connection.

    Args:
        role: `h11.SERVER` towards an application, `h11.CLIENT` towards a LAS.
        reader: where its bytes come from.
        writer: where ours go.
        origin: scheme, host and port of the system, where it is one that was called.
    """

    def __init__(
        self,
        role: type[h11.CLIENT | h11.SERVER],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        origin: str = "",
    ) -> None:
        self.http = h11.Connection(role, max_incomplete_event_size=_HEAD)
        self.origin = origin
        self._reader = reader
        self._writer = writer

    async def event(self) -> Event:
        """Wait for what comes next.

        Raises:
            OSError: the connection broke, or TLS did.
            h11.RemoteProtocolError: it is no HTTP, or it stopped in the middle.
        """
        while True:
            event = self.http.next_event()
            if event is h11.NEED_DATA:
                self.http.receive_data(await self._reader.read(BLOCK))
            elif event is h11.PAUSED:
                return h11.ConnectionClosed()
            else:
                return event  # type: ignore[return-value]

    async def send(self, event: Event) -> None:
        """Send an event.

        Raises:
            OSError: the connection broke.
            h11.LocalProtocolError: the event does not belong here.
        """
        data = self.http.send(event)
        if data:
            self._writer.write(data)
            await self._writer.drain()

    def reusable(self) -> bool:
        """Make ready for another exchange; False, and the connection is closed, if there cannot be one."""
        if self.http.our_state is h11.DONE and self.http.their_state is h11.DONE:
            self.http.start_next_cycle()
            return True
        self._writer.close()
        return False

    @property
    def gone(self) -> bool:
        """Whether the other side has closed the connection."""
        return self._reader.at_eof() or self._writer.is_closing()

    def abort(self) -> None:
        """Break the connection off, so that the other side sees that something is missing."""
        self._writer.transport.abort()

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


def passed_on(message: h11.Request | h11.Response) -> Pairs:
    """Give the headers of a message as they are passed on: in order, without those of the connection.

    Whether a body comes in chunks is the connection's too; where it did, it goes on so.
    """
    named = {
        name.strip()
        for header, value in message.headers
        if header == b"connection"
        for name in value.lower().split(b",")
    }
    left = _OF_A_CONNECTION | named
    pairs = [(raw, value) for raw, value in message.headers.raw_items() if raw.lower() not in left]
    if any(name == b"transfer-encoding" for name, _ in message.headers):
        pairs.append((b"Transfer-Encoding", b"chunked"))
    return pairs


def as_text(pairs: Pairs) -> tuple[tuple[str, str], ...]:
    """Give headers as text."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
