"""Passes one exchange on: the request and the answer at the same time, each part as it comes.

What goes wrong at the side of the LAS becomes HTTP 502 with a fault that says what; an answer that broke off breaks off
here too.
"""

from __future__ import annotations

import asyncio
import gzip
import ssl
import zlib
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

import h11

from uwlr.client.http_body import unpacked
from uwlr.recorded.http_peer import Pairs, Peer, as_text, passed_on
from uwlr.recorded.live_recorder import Passage
from uwlr.recorded.recorded_exchange import Problem
from uwlr.soap.envelope import write_fault
from uwlr.soap.http import XML

_LARGEST: Final = 4 << 20
"""Bytes of the largest description that is waited for."""

_LINGERING: Final = 10.0
"""Seconds that an application may go on sending when it has its answer."""

_SAID: Final[dict[Problem, str]] = {
    "unreachable": "the LAS cannot be reached",
    "tls": "no TLS connection with the LAS comes about",
    "broken": "the LAS broke off before its answer",
}


class Broken(Exception):  # noqa: N818 - a state of an exchange
    """There is no whole answer.

    Args:
        problem: what is the matter.
        why: more about it.
    """

    def __init__(self, problem: Problem, why: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.why = why

    @classmethod
    def by(cls, error: Exception) -> Broken:
        """Say what an error of a connection means; what TLS says has no address in it."""
        if isinstance(error, ssl.SSLError):
            return cls("tls", getattr(error, "verify_message", "") or error.reason or "")
        return cls("broken")


class PassingOn:
    """Passes one exchange on.

    Args:
        client: the application.
        passage: sees what passes.
    """

    def __init__(self, client: Peer, passage: Passage) -> None:
        self._client = client
        self._passage = passage
        self._las: Peer | None = None
        self._sending: asyncio.Task[None] | None = None
        self._answering = False
        self._gone = False
        self._change: Callable[[bytes], bytes] | None = None

    def describe(self, change: Callable[[bytes], bytes]) -> None:
        """Change the answer if it is a description."""
        self._change = change

    async def run(self, las: Peer, request: h11.Request, behind: str) -> None:
        """Pass the exchange on.

        Args:
            las: connection to the LAS.
            request: head of the request.
            behind: address at the LAS.

        Raises:
            Broken: there is no whole answer; `fail` is to be called.
        """
        parts = urlsplit(behind)
        path = parts.path or "/"
        headers = [
            (name, parts.netloc.rpartition("@")[2].encode() if name.lower() == b"host" else value)
            for name, value in passed_on(request)
        ]
        try:
            await las.send(
                h11.Request(
                    method=request.method, target=f"{path}?{parts.query}" if "?" in behind else path, headers=headers
                )
            )
        except OSError as error:
            raise Broken.by(error) from None
        self._las = las
        self._sending = asyncio.create_task(self._pass_request())
        last = await self._pass_answer(las)
        await self._request_over()
        self._passage.end(at=last)

    async def fail(self, broken: Broken) -> None:
        """End an exchange without a whole answer."""
        self._las = None
        if self._sending is None:
            self._sending = asyncio.create_task(self._pass_request())
        await self._request_over()
        self._passage.end("abandoned" if self._gone else broken.problem)
        if self._gone or self._answering or broken.problem not in _SAID:
            self._client.abort()
            return
        text = f"uwlr record: {_SAID[broken.problem]}{f' ({broken.why})' if broken.why else ''}"
        body = write_fault("Server", text)
        headers = [("Content-Type", XML), ("Content-Length", str(len(body)))]
        if self._client.http.their_state is not h11.DONE:
            headers.append(("Connection", "close"))
        with suppress(OSError):
            await self._client.send(h11.Response(status_code=502, headers=headers))
            await self._client.send(h11.Data(data=body))
            await self._client.send(h11.EndOfMessage())

    # The request

    async def _pass_request(self) -> None:
        while True:
            try:
                event = await self._client.event()
            except (OSError, h11.RemoteProtocolError):
                self._gone = True
                if self._las is not None:
                    self._las.abort()
                return
            if isinstance(event, h11.Data):
                self._passage.request(bytes(event.data))
            elif not isinstance(event, h11.EndOfMessage):
                return
            await self._send_on(event)
            if isinstance(event, h11.EndOfMessage):
                return

    async def _send_on(self, event: h11.Data | h11.EndOfMessage) -> None:
        if self._las is None:
            return
        try:
            await self._las.send(event)
        except (OSError, h11.LocalProtocolError):
            # It may have answered already; the rest of the request is taken all the same.
            self._las = None

    async def _request_over(self) -> None:
        """Let the application finish its request: many read no answer before that."""
        if self._sending is None:
            return
        if self._client.http.they_are_waiting_for_100_continue:
            self._sending.cancel()
        await asyncio.wait({self._sending}, timeout=_LINGERING)
        self._sending.cancel()
        with suppress(asyncio.CancelledError):
            await self._sending

    # The answer

    async def _pass_answer(self, las: Peer) -> float:
        """Pass the answer on; gives when its last byte came."""
        while True:
            event = await self._from(las)
            if isinstance(event, h11.InformationalResponse):
                await self._to_client(event)
            elif isinstance(event, h11.Response):
                break
            else:
                raise Broken("broken")
        self._passage.answered(event.status_code, as_text(event.headers.raw_items()))
        if self._change is not None and event.status_code == 200:
            return await self._pass_description(las, event, self._change)
        await self._head(event, passed_on(event))
        return await self._rest(las)

    async def _rest(self, las: Peer) -> float:
        while True:
            event = await self._from(las)
            if isinstance(event, h11.Data):
                self._passage.answer(bytes(event.data))
                await self._to_client(event)
            elif isinstance(event, h11.EndOfMessage):
                last = perf_counter()
                await self._to_client(event)
                return last
            else:
                raise Broken("broken")

    async def _pass_description(self, las: Peer, head: h11.Response, change: Callable[[bytes], bytes]) -> float:
        """Wait for the whole of it, and pass it on with other addresses."""
        body = b""
        event = await self._from(las)
        while isinstance(event, h11.Data) and len(body) < _LARGEST:
            body += event.data
            event = await self._from(las)
        over = isinstance(event, h11.EndOfMessage)
        if not over and not isinstance(event, h11.Data):
            raise Broken("broken")
        made = _changed(body, head, change) if over else body
        pairs = passed_on(head)
        if made != body:
            pairs = [
                (name, str(len(made)).encode() if name.lower() == b"content-length" else value) for name, value in pairs
            ]
        last = perf_counter()
        await self._head(head, pairs)
        for data in (made, b"" if over else bytes(event.data) if isinstance(event, h11.Data) else b""):
            if data:
                self._passage.answer(data)
                await self._to_client(h11.Data(data=data))
        if not over:
            return await self._rest(las)
        await self._to_client(h11.EndOfMessage())
        return last

    async def _head(self, head: h11.Response, pairs: Pairs) -> None:
        self._answering = True
        await self._to_client(h11.Response(status_code=head.status_code, reason=head.reason, headers=pairs))

    async def _from(self, las: Peer) -> object:
        try:
            return await las.event()
        except (OSError, h11.RemoteProtocolError) as error:
            raise Broken.by(error) from None

    async def _to_client(self, event: h11.InformationalResponse | h11.Response | h11.Data | h11.EndOfMessage) -> None:
        try:
            await self._client.send(event)
        except OSError:
            self._gone = True
            raise Broken("abandoned") from None


def _changed(body: bytes, head: h11.Response, change: Callable[[bytes], bytes]) -> bytes:
    packed = b",".join(value for name, value in head.headers if name == b"content-encoding").decode("latin-1")
    plain = unpacked(body, packed)
    if plain is None:
        return body
    made = change(plain)
    if made == plain:
        return body
    if plain == body:
        return made
    return gzip.compress(made) if "gzip" in packed else zlib.compress(made)
