"""The fakes inside a Python process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from mock_las import vendors
from mock_las.changes import Kind
from mock_las.faults import Kind as FaultKind
from mock_las.faults import PlannedFault
from mock_las.server import Server, Tls
from mock_las.verbs import (
    Activation,
    ClockChange,
    Json,
    NewSchool,
    NumbersEntered,
    SchoolChange,
    Verbs,
    Which,
)
from mock_las.world import World
from uwlr.berichten import Leerlinggegevens
from uwlr.codec.write import write


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

    def activate(self, autorisatiesleutel: str | None = None, *, vendor: str | None = None, **more: Any) -> Json:
        """Activate the coupling with a key, or with a new key of the vendor's making; `more` as `Activation`."""
        wanted = Activation(autorisatiesleutel=autorisatiesleutel, **more)
        return self._verbs.activate(vendor or self.vendor, wanted)

    def request_coupling(self, *, vendor: str | None = None, **which: Any) -> Json:
        """Ask for a coupling; `which` as `Which`."""
        return self._verbs.act(vendor or self.vendor, "request", Which(**which))

    def approve_coupling(self, *, vendor: str | None = None, **which: Any) -> Json:
        """Open or approve a coupling; the key is mailed where keys go by mail."""
        return self._verbs.act(vendor or self.vendor, "approve", Which(**which))

    def remove_key(self, *, vendor: str | None = None, **which: Any) -> Json:
        """Take the key of a coupling away: it pauses or ends, as the vendor has it."""
        return self._verbs.act(vendor or self.vendor, "remove_key", Which(**which))

    def end_coupling(self, *, vendor: str | None = None, **which: Any) -> Json:
        """End a coupling."""
        return self._verbs.act(vendor or self.vendor, "end", Which(**which))

    def outbox(self, vendor: str | None = None) -> list[Json]:
        """The mails that a vendor sent."""
        return self._verbs.outbox(vendor or self.vendor)

    def couplings(self, vendor: str | None = None) -> list[Json]:
        """The couplings of a vendor."""
        return self._verbs.couplings(vendor or self.vendor)

    def add_school(self, *, vendor: str | None = None, **new: Any) -> Json:
        """Add a made-up school, or make it anew; `new` as `NewSchool`."""
        return self._verbs.add_school(vendor or self.vendor, msgspec.convert(new, NewSchool))

    def load_school(self, roster: Leerlinggegevens | bytes, *, vendor: str | None = None) -> Json:
        """Add a school with this roster, or that of a UWLR answer or an EDEXML file."""
        message = roster if isinstance(roster, bytes) else write(roster)
        return self._verbs.load_school(vendor or self.vendor, message)

    def change_school(self, kind: Kind, *, vendor: str | None = None, **change: Any) -> Json:
        """Have a pupil `move`, `leave` or be `add`ed, or make the school `empty`; `change` as `SchoolChange`."""
        return self._verbs.change_school(vendor or self.vendor, SchoolChange(kind=kind, **change))

    def enter_numbers(self, numbers: Iterable[str], *, vendor: str | None = None, brincode: str | None = None) -> None:
        """Enter leerlingnummers by hand at a receiver, so that results of these pupils land from now on."""
        self._verbs.enter_numbers(
            vendor or self.vendor, NumbersEntered(leerlingnummers=tuple(numbers), brincode=brincode)
        )

    def set_clock(self, **change: Any) -> Json:
        """Set the clock; `change` as `ClockChange`."""
        return self._verbs.set_clock(msgspec.convert(change, ClockChange))

    def plan_fault(self, kind: FaultKind, **more: Any) -> None:
        """Put a fault on order; `more` as `PlannedFault`."""
        self._verbs.plan_fault(msgspec.convert({"kind": kind, **more}, PlannedFault))

    def clear_faults(self) -> None:
        """Take every fault off order."""
        self._verbs.plan_faults([])

    def exchanges(self, vendor: str | None = None) -> list[Json]:
        """The exchanges, oldest first, without their bytes."""
        return self._verbs.exchanges(vendor)
