"""The fakes in this process."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mock_las import vendors
from mock_las.clock import Clock
from mock_las.las import Las
from mock_las.replay import Replay
from mock_las.server import Server, Tls
from mock_las.verbs import Verbs
from mock_las.world import Begin, World


class MockLas(Las):
    """School systems to test against, in this process, on a free port of loopback.

    ::

        with MockLas(vendor="esis", seed=7) as las:
            connection = las.connection()

    It answers from `start` to `stop`, which `with` calls.

    Args:
        vendor: the default vendor.
        seed: schools and keys depend on it.
        leerlingen: pupils of a made-up school.
        host: address to listen on.
        port: port; 0 takes a free one.
        threads: requests that are answered at the same time.
        tls: files for TLS.
        state: file that keeps the state; None keeps it in memory.
        begin: how far the coupling of each vendor has come at the start; "leeg" is without couplings.

    Raises:
        ConfigurationError: there is no such vendor, it cannot listen, or the TLS files cannot be used.
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
        vendors.load(vendor)  # refused before anything is open
        world = World(seed, leerlingen, path=state, begin=begin)
        self._server = Server(world, host=host, port=port, threads=threads, tls=tls)
        super().__init__(self._server.url, vendor)
        self._verbs = Verbs(self._server.fakes, self.url)

    @staticmethod
    def replay(
        folder: str | Path, *, order: bool = False, delays: bool = False, host: str = "127.0.0.1", port: int = 0
    ) -> Replay:
        """Serve a recording in place of a fake; arguments and errors as `Replay` has them."""
        return Replay(folder, order=order, delays=delays, host=host, port=port)

    @property
    def clock(self) -> Clock:
        """The time in the fakes, for others that live by it."""
        return self._server.fakes.world.clock

    def start(self) -> None:
        """Answer requests. A program that ends without `stop` ends all the same."""
        self._server.start()

    def stop(self) -> None:
        """Stop, and release everything."""
        self._server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _do(self, verb: str, *arguments: Any) -> Any:
        return getattr(self._verbs, verb)(*arguments)
