"""The fakes in this process."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mock_las.answering import Tls, not_started
from mock_las.clock import Clock
from mock_las.las import Las
from mock_las.replay import Replay
from mock_las.server import Server
from mock_las.verbs import Verbs
from mock_las.world import Begin, World
from uwlr.errors import ConfigurationError


class MockLas(Las):
    """School systems to test against, in this process, on a free port of loopback.

    ::

        with MockLas(vendor="esis", seed=7) as las:
            connection = las.connection()

    It answers from `start` to `stop`, which `with` calls; before and after, nothing can be asked of it. Each start
    begins anew, with what `state` has kept.

    Args:
        vendor: the default vendor.
        seed: schools and keys depend on it.
        leerlingen: pupils of a made-up school.
        host: address to listen on.
        port: port; 0 takes a free one, another at each start.
        threads: requests that are answered at the same time.
        tls: files for TLS.
        state: file that keeps the state; None keeps it in memory.
        begin: how far the coupling of each vendor has come at the start; "leeg" is without couplings.

    Raises:
        ConfigurationError: there is no such vendor.
    """

    def __init__(
        self,
        vendor: str = "standaard",
        *,
        seed: int = 1,
        leerlingen: int = 200,
        host: str = "127.0.0.1",
        port: int = 0,
        threads: int = 8,
        tls: Tls | None = None,
        state: Path | None = None,
        begin: Begin = "actief",
    ) -> None:
        super().__init__(vendor)
        self._world = partial(World, seed, leerlingen, path=state, begin=begin)
        self._serve = partial(Server, host=host, port=port, threads=threads, tls=tls)
        self._running: Server | None = None

    @staticmethod
    def replay(
        folder: str | Path, *, order: bool = False, delays: bool = False, host: str = "127.0.0.1", port: int = 0
    ) -> Replay:
        """Serve a recording in place of a fake; arguments and errors as `Replay` has them."""
        return Replay(folder, order=order, delays=delays, host=host, port=port)

    @property
    def url(self) -> str:
        """Where the fakes are.

        Raises:
            ConfigurationError: they do not answer now.
        """
        return self._server.url

    @property
    def clock(self) -> Clock:
        """The time in the fakes, for others that live by it."""
        return self._server.fakes.world.clock

    def start(self) -> None:
        """Answer requests. A program that ends without `stop` ends all the same.

        Raises:
            ConfigurationError: they answer already, it cannot listen, or a file cannot be used.
            MissingExtraError: the extra `mock` is not installed.
        """
        if self._running is not None:
            raise ConfigurationError("these fakes answer already")
        server = self._serve(self._world())
        server.start()
        self._running = server

    def stop(self) -> None:
        """Stop, and release everything."""
        if self._running is not None:
            self._running.stop()
            self._running = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _server(self) -> Server:
        if self._running is None:
            raise not_started()
        return self._running

    def _do(self, verb: str, *arguments: Any) -> Any:
        server = self._server
        return getattr(Verbs(server.fakes, server.url), verb)(*arguments)
