"""Controlling the fakes from Python: in this process, or at an address where they already run."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import msgspec

from mock_las import vendors
from mock_las.arguments import (
    Activation,
    ClockChange,
    EnteredResult,
    Living,
    NewSchool,
    NumberOfPupil,
    NumbersEntered,
    PullOrder,
    PullSettings,
    SchoolChange,
    Seed,
    Which,
)
from mock_las.clock import Clock
from mock_las.faults import Kind as FaultKind
from mock_las.faults import PlannedFault
from mock_las.routes import BY_VERB, CONTROL
from mock_las.server import Server, Tls
from mock_las.variants import Change
from mock_las.verbs import Action, Json, Unknown, Verbs
from mock_las.world import World
from uwlr.berichten import Leerlinggegevens
from uwlr.codec.write import write
from uwlr.errors import ClientFault, ConfigurationError, ConnectError, TransportError, UwlrError
from uwlr.private_files import write_private

_NOT_FOUND = 404
_BAD_GATEWAY = 502


class Las:
    """Running fakes and what can be done to them. What is about one vendor is about `vendor` unless another is named.

    Attributes:
        url: where the fakes are.
        vendor: the default vendor.
    """

    def __init__(self, url: str, vendor: str) -> None:
        self.url = url
        self.vendor = vendors.load(vendor).name
        self._expects_invalid = False

    def _do(self, verb: str, *arguments: Any) -> Any:
        """Call a verb of `Verbs`."""
        raise NotImplementedError

    def connection(self, vendor: str | None = None) -> Json:
        """Everything a client needs to connect to a vendor."""
        return dict(self._do("vendor", vendor or self.vendor))

    @property
    def school(self) -> dict[str, str]:
        """The school of `vendor`, as the arguments with which a `UwlrClient` asks for it."""
        connection = self.connection()
        names = ("schooljaar", "brincode", "dependancecode", "gegevenssetid")
        return {name: connection[name] for name in names if name in connection}

    def connections(self) -> list[Json]:
        """Everything a client needs to connect, for every vendor."""
        return list(self._do("vendors"))

    def reset(self, seed: int | None = None) -> None:
        """Return to the state at the start, or to what it would have been with another seed."""
        self._do("reset", Seed(seed=seed))
        self._expects_invalid = False

    def traits(self, vendor: str | None = None) -> Json:
        """How a vendor behaves now, what was changed, and the variants it has."""
        return dict(self._do("traits", vendor or self.vendor))

    def set_traits(self, variant: str | None = None, *, vendor: str | None = None, **traits: Any) -> Json:
        """Switch on a variant of a vendor, and change single traits; this replaces earlier changes.

        Without arguments the vendor behaves as at the start. Names and values are those of `Traits`.
        """
        change = Change(variant=variant, traits=traits)
        return dict(self._do("set_traits", vendor or self.vendor, change))

    def state(self) -> Json:
        """What was received, for every vendor."""
        return dict(self._do("state"))

    def received(self, vendor: str | None = None) -> list[Json]:
        """The results that a vendor has received."""
        return list(self.state()["vendors"][vendor or self.vendor]["received"])

    def set_clock(self, **change: Any) -> Json:
        """Set the clock; for `change` see `ClockChange`."""
        return dict(self._do("set_clock", msgspec.convert(change, ClockChange)))

    def activate(self, autorisatiesleutel: str | None = None, *, vendor: str | None = None, **more: Any) -> Json:
        """Activate the coupling with a key, or with a new key that the vendor makes; for `more` see `Activation`."""
        wanted = Activation(autorisatiesleutel=autorisatiesleutel, **more)
        return dict(self._do("activate", vendor or self.vendor, wanted))

    def request_coupling(self, *, vendor: str | None = None, **which: Any) -> Json:
        """Request a coupling; for `which` see `Which`."""
        return self._act("request", vendor, which)

    def approve_coupling(self, *, vendor: str | None = None, **which: Any) -> Json:
        """Approve a coupling; a vendor that mails its keys mails one now."""
        return self._act("approve", vendor, which)

    def take_coupling(self, *, vendor: str | None = None, **which: Any) -> Json:
        """Take a coupling that was opened for the school, as one does at ParnasSys."""
        return self._act("take", vendor, which)

    def remove_key(self, *, vendor: str | None = None, **which: Any) -> Json:
        """Remove the key of a coupling, which then pauses or ends, depending on the vendor."""
        return self._act("remove_key", vendor, which)

    def end_coupling(self, *, vendor: str | None = None, **which: Any) -> Json:
        """End a coupling."""
        return self._act("end", vendor, which)

    def _act(self, action: Action, vendor: str | None, which: dict[str, Any]) -> Json:
        return dict(self._do("act", vendor or self.vendor, action, Which(**which)))

    def couplings(self, vendor: str | None = None) -> list[Json]:
        """The couplings of a vendor."""
        return list(self._do("couplings", vendor or self.vendor))

    def outbox(self, vendor: str | None = None) -> list[Json]:
        """The mails that a vendor sent."""
        return list(self._do("outbox", vendor or self.vendor))

    def add_school(self, *, vendor: str | None = None, **new: Any) -> Json:
        """Add a made-up school, or make it again; for `new` see `NewSchool`."""
        return dict(self._do("add_school", vendor or self.vendor, msgspec.convert(new, NewSchool)))

    def load_school(self, roster: Leerlinggegevens | bytes, *, vendor: str | None = None) -> Json:
        """Add a school with this roster, or that of a UWLR answer or an EDEXML file."""
        message = roster if isinstance(roster, bytes) else write(roster)
        return dict(self._do("load_school", vendor or self.vendor, message))

    def change_school(self, kind: str, *, vendor: str | None = None, **change: Any) -> Json:
        """Let something happen at a school now, such as `moved`, `enrolled` or `hired`; see `SchoolChange`."""
        return dict(self._do("change_school", vendor or self.vendor, SchoolChange(kind=kind, **change)))

    def let_happen(self, kinds: Iterable[str] | None = None, *, vendor: str | None = None, **which: Any) -> Json:
        """Decide what happens at a school by itself as the clock moves, by default everything; see `Living`."""
        living = Living(kinds=None if kinds is None else tuple(kinds), **which)
        return dict(self._do("let_happen", vendor or self.vendor, living))

    def happened(self, *, vendor: str | None = None, brincode: str | None = None) -> list[Json]:
        """What happened at a school since its roster was first changed, oldest first."""
        return list(self._do("happened", vendor or self.vendor, brincode, None))

    def enter_numbers(self, numbers: Iterable[str], *, vendor: str | None = None, brincode: str | None = None) -> None:
        """Enter leerlingnummers without pupils at a receiver, which from now on stores results of these."""
        entered = NumbersEntered(leerlingnummers=tuple(numbers), brincode=brincode)
        self._do("enter_numbers", vendor or self.vendor, entered)

    def set_number(self, leerling: str, leerlingnummer: str, *, vendor: str | None = None, **more: Any) -> None:
        """Give one pupil of a receiver a leerlingnummer; for `more` see `NumberOfPupil`."""
        number = NumberOfPupil(leerling=leerling, leerlingnummer=leerlingnummer, **more)
        self._do("set_number", vendor or self.vendor, number)

    def pupils(self, *, vendor: str | None = None, brincode: str | None = None) -> list[Json]:
        """The pupils of a school: key, name and the leerlingnummer that was entered."""
        groups = self._do("pupils", vendor or self.vendor, brincode, None)["groepen"]
        return [pupil for group in groups for pupil in group["leerlingen"]]

    def pupil(self, leerling: str, *, vendor: str | None = None, brincode: str | None = None) -> Json:
        """The file of a pupil by key, with results as far as the vendor shows them there."""
        return dict(self._do("pupil", vendor or self.vendor, leerling, brincode, None))

    def enter_result(self, *, vendor: str | None = None, **entered: Any) -> None:
        """Type in a result at a pupil; for `entered` see `EnteredResult`."""
        self._do("enter_result", vendor or self.vendor, msgspec.convert(entered, EnteredResult))

    def pull(self, url: str | None = None, *, vendor: str | None = None, **order: Any) -> Json:
        """Let a vendor fetch results, from an address or where its school set it up; for `order` see `PullOrder`."""
        return dict(self._do("pull", vendor or self.vendor, msgspec.convert({"url": url, **order}, PullOrder)))

    def pull_settings(self, *, vendor: str | None = None, brincode: str | None = None) -> Json:
        """What a school has set up to fetch results, and how far it has come with it."""
        return dict(self._do("pull_settings", vendor or self.vendor, brincode, None))

    def set_pull_settings(self, *, vendor: str | None = None, **settings: Any) -> None:
        """Set up the fetching of results; for `settings` see `PullSettings`."""
        self._do("set_pull_settings", vendor or self.vendor, msgspec.convert(settings, PullSettings))

    def dashboard(self, groep: str | None = None, *, vendor: str | None = None, brincode: str | None = None) -> Json:
        """What the dashboard of a group shows; by default that of the first group with results."""
        return dict(self._do("dashboard", vendor or self.vendor, brincode, None, groep))

    def plan_fault(self, kind: FaultKind, **more: Any) -> None:
        """Plan a fault; for `more` see `PlannedFault`."""
        self._do("plan_fault", msgspec.convert({"kind": kind, **more}, PlannedFault))

    def remove_fault(self, kind: FaultKind, **more: Any) -> None:
        """Cancel one such fault; the others keep their counts."""
        self._do("remove_fault", msgspec.convert({"kind": kind, **more}, PlannedFault))

    def clear_faults(self) -> None:
        """Cancel all planned faults."""
        self._do("clear_faults")

    def exchanges(
        self, vendor: str | None = None, operation: str | None = None, faultcode: str | None = None
    ) -> list[Json]:
        """The exchanges, oldest first, without their messages."""
        return list(self._do("exchanges", vendor, operation, faultcode))

    def exchange(self, number: int) -> Json:
        """One exchange with its messages, without keys and personal data."""
        return dict(self._do("exchange", number))

    def export(self, file: Path) -> None:
        """Write every exchange to a file as JSON, without keys and personal data."""
        write_private(file, (json.dumps(self._do("export"), ensure_ascii=False, indent=1) + "\n").encode())

    def expect_invalid(self) -> None:
        """Announce invalid requests, so that the fixture `mock_las` does not fail the test because of them."""
        self._expects_invalid = True

    def unexpected_invalid(self) -> list[str]:
        """The requests that were invalid in themselves, one line each; none if they were announced."""
        if self._expects_invalid:
            return []
        return [exchange["line"] for exchange in self.exchanges() if exchange["invalid"]]

    def described(self) -> list[str]:
        """The exchanges, one line each, without anything personal."""
        return [exchange["line"] for exchange in self.exchanges()]


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
    ) -> None:
        vendors.load(vendor)  # refused before anything is open
        world = World(seed, leerlingen, path=state)
        self._server = Server(world, host=host, port=port, threads=threads, tls=tls)
        super().__init__(self._server.url, vendor)
        self._verbs = Verbs(self._server.fakes, self.url)

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


class RemoteLas(Las):
    """Fakes that already run elsewhere, such as in a container, through their control API.

    Args:
        url: their address, such as `mock-las serve` prints.
        vendor: the default vendor.
    """

    def __init__(self, url: str, vendor: str = "standaard") -> None:
        super().__init__(url.rstrip("/"), vendor)

    def _do(self, verb: str, *arguments: Any) -> Any:
        """Call a verb.

        Raises:
            Unknown: there is no such vendor, school, coupling or exchange.
            ConfigurationError: the fakes refuse it.
            TransportError, Fault: a supplier that they called did not answer, or refused.
            ConnectError: nobody answers at the address.
        """
        route = BY_VERB[verb]
        given = list(arguments)
        body = given.pop() if route.body is not None else None
        path = route.path
        while "{" in path:
            start, end = path.index("{"), path.index("}")
            path = f"{path[:start]}{given.pop(0)}{path[end + 1 :]}"
        query = {name: value for name, value in zip(route.query, given, strict=False) if value is not None}
        url = f"{self.url}{CONTROL}{path}" + (f"?{urlencode(query)}" if query else "")
        xml = isinstance(body, bytes)
        data = body if xml else msgspec.json.encode(body) if route.body is not None else None
        headers = {"Content-Type": "application/xml" if xml else "application/json"}
        request = urllib.request.Request(url, data, headers, method=route.method)  # noqa: S310 - the caller's address
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                content = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error.code, json.loads(error.read())) from None
        except OSError as error:
            raise ConnectError(f"the fakes do not answer at {self.url}: {error}") from None
        return json.loads(content) if content else None


def _refusal(status: int, answer: Json) -> UwlrError:
    """Turn an answer of the control API into the error that the same verb raises within one process."""
    text = str(answer.get("error", ""))
    if status == _NOT_FOUND:
        return Unknown(text)
    if status != _BAD_GATEWAY:
        return ConfigurationError(text)
    faultcode = answer.get("faultcode")
    return ClientFault(faultcode, text) if faultcode else TransportError(text)
