"""A reverse proxy that records, as something that is started and stopped."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from threading import Thread
from types import TracebackType
from typing import Self

from uwlr.client.config import check_url
from uwlr.client.http_sessions import check_pem_files, tls_context
from uwlr.errors import ConfigurationError
from uwlr.extras import extra
from uwlr.loopback import in_url
from uwlr.ports import check_port
from uwlr.recorded.live_recorder import QUEUE, LiveRecorder
from uwlr.recorded.recorded_exchange import RecordedExchange

with extra("record"):
    from uwlr.recorded.reverse_proxy import ReverseProxy


class RecordingProxy:
    """Stands between an application and a LAS, and records what passes.

        with RecordingProxy("https://las.example/uwlr", "acceptatie") as proxy:
            ...  # the application calls proxy.url

    Args:
        to: address of the LAS; what is asked of the proxy stands behind it.
        folder: a folder that is not there yet, or is empty.
        label: what to call the recording.
        secret_file: as `Recorder` has it.
        host: address to listen on; on loopback only requests for this machine are taken.
        port: port; 0 for any.
        ca: PEM file, or folder of such files, of the authority to trust; None trusts those of the system.
        cert: PEM file of the certificate to show the LAS; None shows none.
        key: PEM file of its key; None if `cert` holds it too.
        queue: bytes that wait to be recorded, at most.
        kept: gets each exchange when it is in the recording, in a thread for what is told.
        left_out: gets the reason where one is not.

    Attributes:
        count: exchanges in the recording; all of them when the proxy has stopped.
        lost: exchanges that are not.

    Raises:
        ConfigurationError: an address or a file cannot be used.
    """

    def __init__(
        self,
        to: str,
        folder: str | os.PathLike[str],
        *,
        label: str = "",
        secret_file: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        ca: str | None = None,
        cert: str | None = None,
        key: str | None = None,
        queue: int = QUEUE,
        kept: Callable[[RecordedExchange], None] = lambda _: None,
        left_out: Callable[[str], None] = lambda _: None,
    ) -> None:
        check_url(to, "the address of the LAS")
        if any(mark in to for mark in "@?#"):
            raise ConfigurationError("the address of the LAS is scheme, host and path: no user name, query or fragment")
        check_port(port)
        check_pem_files(ca=ca, cert=cert, key=key)
        self.url = ""
        self._folder = folder
        self._label = label
        self._secret_file = secret_file
        self._host = host
        self._recorder = LiveRecorder(kept, left_out, most=queue)
        self._proxy = ReverseProxy(
            to, self._recorder, context=tls_context(ca=ca, cert=cert, key=key), host=host, port=port
        )
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="uwlr-record", daemon=True)

    @property
    def count(self) -> int:
        """Exchanges in the recording."""
        return self._recorder.count

    @property
    def lost(self) -> int:
        """Exchanges that are not in it."""
        return self._recorder.lost

    def start(self) -> None:
        """Start; from then on `url` is where it listens.

        Raises:
            ConfigurationError: the address cannot be listened on, or the folder not be used.
        """
        self._thread.start()
        try:
            port = asyncio.run_coroutine_threadsafe(self._proxy.start(), self._loop).result()
            self._recorder.start(self._folder, made_from="proxy", label=self._label, secret_file=self._secret_file)
        except (OSError, UnicodeError) as error:  # the latter of a name that cannot be one
            self._end()
            number = getattr(error, "errno", None)
            why = os.strerror(number) if number and number > 0 else getattr(error, "strerror", error)
            raise ConfigurationError(f"{self._host} cannot be listened on: {why}") from None
        except BaseException:
            self._end()
            raise
        self.url = f"http://{in_url(self._host)}:{port}"

    def stop(self) -> None:
        """Break off what is under way, and wait until the rest is recorded."""
        if self._thread.is_alive():
            self._end()
            self._recorder.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _end(self) -> None:
        asyncio.run_coroutine_threadsafe(self._proxy.stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
