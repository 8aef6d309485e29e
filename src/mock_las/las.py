"""The fakes inside a Python process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from mock_las import vendors
from mock_las.server import Server, Tls
from mock_las.verbs import ClockChange, CouplingChange, Json, NumbersEntered, Verbs
from mock_las.world import World


class MockLas:
    """School systems to test against, in this process, on a free port of loopback.

    ::

        with MockLas(vendor="esis", seed=7) as las:
            connection = las.connection()

    Args:
        vendor: the vendor that verbs are about when they name none.
        seed: what schools and keys come from.
        leerlingen: pupils of a made-up school.
        host: address to listen on.
        port: port; 0 takes a free one.
        threads: requests that are answered at the same time.
        tls: files for TLS.
        state: file that keeps the state; None keeps it in memory.

    Raises:
        KeyError: there is no such vendor.
        ConfigurationError: it cannot listen, or the TLS files cannot be used.
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
    ) -> None:
        self.vendor = vendors.load(vendor).name
        world = World(seed, leerlingen, path=state)
        self._server = Server(world, host=host, port=port, threads=threads, tls=tls)
        self._verbs = Verbs(self._server.application)
        self._expects_invalid = False
        self.url = self._server.url

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    def connection(self, vendor: str | None = None) -> Json:
        """Everything a client needs to connect to a vendor."""
        return self._verbs.vendor(vendor or self.vendor, self.url)

    def connections(self) -> list[Json]:
        """Everything a client needs to connect, for every vendor."""
        return self._verbs.vendors(self.url)

    def reset(self, seed: int | None = None) -> None:
        """Make everything as it was at the start, or as it would have been with another seed."""
        self._verbs.reset(seed)
        self._expects_invalid = False

    def expect_invalid(self) -> None:
        """Announce that invalid requests will come, so that the fixture `mock_las` does not fail the test for them."""
        self._expects_invalid = True

    def unexpected_invalid(self) -> list[str]:
        """The requests that were invalid in themselves, one line each; none where they were announced."""
        if self._expects_invalid:
            return []
        return [exchange.line() for exchange in self._server.application.journal.list() if exchange.invalid]

    def described(self) -> list[str]:
        """The exchanges, one line each, without anything personal."""
        return [exchange.line() for exchange in self._server.application.journal.list()]

    def state(self) -> Json:
        """What was received, for every vendor."""
        return self._verbs.state()

    def received(self, vendor: str | None = None) -> list[Json]:
        """The results that a vendor holds."""
        received: list[Json] = self._verbs.state()["vendors"][vendor or self.vendor]["received"]
        return received

    def activate(self, autorisatiesleutel: str | None = None, *, vendor: str | None = None, **change: Any) -> Json:
        """Activate the coupling with a key, or with a new key of the vendor's making; `change` as `CouplingChange`."""
        return self._verbs.activate(
            vendor or self.vendor, CouplingChange(autorisatiesleutel=autorisatiesleutel, **change)
        )

    def couplings(self, vendor: str | None = None) -> list[Json]:
        """The couplings of a vendor."""
        return self._verbs.couplings(vendor or self.vendor)

    def enter_numbers(self, numbers: Iterable[str], *, vendor: str | None = None, brincode: str | None = None) -> None:
        """Enter leerlingnummers by hand at a receiver, so that results of these pupils land from now on."""
        self._verbs.enter_numbers(
            vendor or self.vendor, NumbersEntered(leerlingnummers=tuple(numbers), brincode=brincode)
        )

    def set_clock(self, **change: Any) -> Json:
        """Set the clock; `change` as `ClockChange`."""
        return self._verbs.set_clock(msgspec.convert(change, ClockChange))

    def exchanges(self, vendor: str | None = None) -> list[Json]:
        """The exchanges, oldest first, without their bytes."""
        return self._verbs.exchanges(vendor)
