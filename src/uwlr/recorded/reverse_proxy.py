"""A reverse proxy between an application and a LAS: bytes pass at once and unchanged, and a recorder sees them.

What changes: headers of the connection and Host, and the addresses in a WSDL or a schema. A connection of an
application has one to the LAS, which stays open as long as both do.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import traceback
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

import h11

from uwlr.loopback import is_loopback
from uwlr.recorded.http_peer import Peer, as_text
from uwlr.recorded.live_recorder import LiveRecorder
from uwlr.recorded.passing_on import Broken, PassingOn
from uwlr.recorded.service_addresses import Addresses, asks_description

_CONNECTING: Final = 30.0
"""Seconds that a connection may take to come about."""

_ENDING: Final = 5.0
"""Seconds that exchanges under way have when the proxy stops."""

_LIMIT: Final = 1 << 18
"""Bytes that wait in each direction before the sender has to."""


class ReverseProxy:
    """Passes on what applications ask a LAS.

    Args:
        to: address of the LAS; what is asked here stands behind it.
        recorder: sees what passes.
        context: TLS towards the LAS.
        host: address to listen on; on loopback only requests for this machine are taken.
        port: port; 0 for any.
    """

    def __init__(
        self, to: str, recorder: LiveRecorder, *, context: ssl.SSLContext, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self._addresses = Addresses(to)
        self._recorder = recorder
        self._context = context
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._stopping = False
        self._open: set[asyncio.Task[None]] = set()
        self._busy: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen; gives the port.

        Raises:
            OSError: the address cannot be listened on.
        """
        self._server = await asyncio.start_server(self._accept, self._host, self._port, limit=_LIMIT)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening, and wait some seconds for exchanges that are under way."""
        if self._server is not None:
            self._server.close()
        self._stopping = True
        for task in self._open - self._busy:
            task.cancel()
        if self._busy:
            await asyncio.wait(self._busy, timeout=_ENDING)
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(Peer(h11.SERVER, reader, writer)))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _serve(self, client: Peer) -> None:
        las: Peer | None = None
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - it runs in one
        try:
            while isinstance(request := await client.event(), h11.Request):
                self._busy.add(task)
                las = await self._exchange(client, request, las)
                self._busy.discard(task)
                if not client.reusable() or self._stopping:
                    break
        except h11.RemoteProtocolError as error:
            await self._refuse(client, error.error_status_hint, "it is no request of HTTP/1.1")
        except OSError:
            client.abort()
        except Exception as error:  # noqa: BLE001 - asyncio would log its text, which may hold a person
            place = traceback.extract_tb(error.__traceback__)[-1]
            self._recorder.lose(f"a defect in this program: {type(error).__name__} in {place.name}", begun=False)
            client.abort()
        finally:
            self._busy.discard(task)
            for peer in (client, las):
                if peer is not None:
                    await peer.close()

    async def _exchange(self, client: Peer, request: h11.Request, las: Peer | None) -> Peer | None:
        """Pass on one exchange; gives the connection to the LAS if there may be another."""
        target = request.target.decode("latin-1")
        host = next((value.decode("latin-1") for name, value in request.headers if name == b"host"), "")
        if is_loopback(self._host) and not is_loopback(host):
            await self._refuse(client, 421, "its Host is not this machine")
            return las
        behind = self._addresses.behind(target)
        if behind is None:
            await self._refuse(client, 404, "there is no system behind its address")
            return las
        method = request.method.decode("latin-1")
        passage = self._recorder.begin(method=method, target=target, headers=as_text(request.headers.raw_items()))
        passing_on = PassingOn(client, passage)
        if asks_description(method, target):
            passing_on.describe(lambda data: self._addresses.rewritten(data, f"http://{host}"))
        try:
            try:
                las = await self._connected(behind, las)
                await passing_on.run(las, request, behind)
            except Broken as broken:
                if las is not None:
                    las.abort()
                await passing_on.fail(broken)
                return None
        except BaseException:
            passage.drop("the recording ended before the exchange did")
            if las is not None:
                las.abort()
            raise
        return las if las.reusable() else None

    async def _connected(self, behind: str, las: Peer | None) -> Peer:
        parts = urlsplit(behind)
        origin = f"{parts.scheme}://{parts.netloc}"
        if las is not None:
            if las.origin == origin and not las.gone:
                return las
            las.abort()
        secure = parts.scheme == "https"
        try:
            async with asyncio.timeout(_CONNECTING):
                reader, writer = await asyncio.open_connection(
                    parts.hostname,
                    parts.port or (443 if secure else 80),
                    ssl=self._context if secure else None,
                    limit=_LIMIT,
                )
        except ssl.SSLError as error:
            raise Broken.by(error) from None
        except TimeoutError:
            raise Broken("unreachable", "it does not answer") from None
        except OSError as error:
            # The text of the error has the address, this has not.
            known = error.errno is not None and error.errno > 0
            raise Broken("unreachable", os.strerror(error.errno or 0) if known else "") from None
        return Peer(h11.CLIENT, reader, writer, origin=origin)

    async def _refuse(self, client: Peer, status: int, why: str) -> None:
        self._recorder.lose(f"a request was refused: {why}", begun=False)
        text = f"uwlr record refuses the request: {why}.\n".encode()
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(text))), ("Connection", "close")]
        with suppress(OSError, h11.LocalProtocolError):
            await client.send(h11.Response(status_code=status, headers=headers))
            await client.send(h11.Data(data=text))
            await client.send(h11.EndOfMessage())
