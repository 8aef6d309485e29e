"""What can be asked of the fakes and done to them, in plain data: the control API and `MockLas` both speak these."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec

from mock_las import vendors
from mock_las.couplings import Coupling, Klant
from mock_las.schools import School
from mock_las.world import DEPENDANCECODE
from uwlr.errors import UwlrError

if TYPE_CHECKING:
    from mock_las.server import Application

Json = dict[str, Any]


class Unknown(UwlrError, LookupError):  # noqa: N818 - the name says what happened
    """There is no such vendor, school, coupling or exchange."""


class CouplingChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How a coupling is activated.

    Attributes:
        autorisatiesleutel: the key to put in force; None has the vendor make one.
        brincode: the school; by default the vendor's own made-up school.
        dependancecode: its location.
        klantcode: the supplier; by default the one that the vendor knows from the start.
        klantnaam: its name; by default that of the known supplier.
        startdatum: day from which the key opens anything; by default at once.
    """

    autorisatiesleutel: str | None = None
    brincode: str | None = None
    dependancecode: str = DEPENDANCECODE
    klantcode: str | None = None
    klantnaam: str | None = None
    startdatum: dt.date | None = None


class ClockChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How the clock is set: to a moment, on by so many seconds, or both.

    Attributes:
        now: moment with a time zone.
        frozen: whether it then stands still.
        advance: seconds to move on.
    """

    now: dt.datetime | None = None
    frozen: bool = True
    advance: float | None = None


class NumbersEntered(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Leerlingnummers that a school enters by hand.

    Attributes:
        leerlingnummers: the numbers.
        brincode: the school; by default the vendor's own made-up school.
        dependancecode: its location.
    """

    leerlingnummers: tuple[str, ...]
    brincode: str | None = None
    dependancecode: str = DEPENDANCECODE


class Verbs:
    """The verbs, on one running server.

    Args:
        application: the server's application.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._world = application.world

    def reset(self, seed: int | None = None) -> None:
        """Make everything as it was at the start, or with another seed: schools, couplings, results, journal, clock."""
        self._application.reset(seed)

    def vendors(self, base_url: str) -> list[Json]:
        """Everything a client needs to connect, per vendor; the keys are synthetic, made from the seed."""
        return [self._connection(name, base_url) for name in self._world.names]

    def vendor(self, name: str, base_url: str) -> Json:
        """Everything a client needs to connect to one vendor.

        Raises:
            Unknown: it is not served here.
        """
        return self._connection(self._served(name), base_url)

    def state(self) -> Json:
        """What was received, per vendor."""
        return {
            "clock": self.clock(),
            "seed": self._world.seed,
            "vendors": {name: self._received(name) for name in self._world.names},
        }

    def clock(self) -> Json:
        """The time it is."""
        clock = self._world.clock
        return {"now": clock.now().isoformat(), "frozen": clock.frozen, "schooljaar": clock.schooljaar()}

    def set_clock(self, change: ClockChange) -> Json:
        """Set the clock.

        Raises:
            ConfigurationError: a moment without a time zone.
        """
        if change.now is not None:
            self._world.clock.set(change.now, frozen=change.frozen)
        if change.advance is not None:
            self._world.clock.advance(change.advance)
        return self.clock()

    def couplings(self, vendor: str) -> list[Json]:
        """The couplings of a vendor, with what happened to them."""
        return [self._coupling(coupling) for coupling in self._world.couplings.of(self._served(vendor))]

    def activate(self, vendor: str, change: CouplingChange) -> Json:
        """Activate a coupling with a key, or with a new key of the vendor's making; the previous key opens nothing now.

        Raises:
            Unknown: no such vendor or school.
            ConfigurationError: the vendor would not take this key.
        """
        couplings = self._world.couplings
        brincode = self._school(vendor, change.brincode, change.dependancecode).brincode
        known = couplings.klant(vendor)
        klant = Klant(change.klantcode or known.klantcode, change.klantnaam or known.klantnaam)
        coupling = couplings.find(vendor, brincode, change.dependancecode, klant.klantcode)
        if coupling is None:
            coupling = couplings.request(vendor, brincode, change.dependancecode, klant)
        return self._coupling(couplings.activate(coupling, change.autorisatiesleutel, change.startdatum))

    def enter_numbers(self, vendor: str, entered: NumbersEntered) -> None:
        """Enter leerlingnummers by hand: results of these pupils land from now on, where a vendor goes by numbers.

        Raises:
            Unknown: no such vendor or school.
        """
        school = self._school(vendor, entered.brincode, entered.dependancecode)
        self._world.schools.enter_numbers(school, entered.leerlingnummers)

    def exchanges(self, vendor: str | None = None) -> list[Json]:
        """The exchanges, oldest first, without their bytes."""
        return [exchange.summary() for exchange in self._application.journal.list(vendor)]

    def _served(self, name: str) -> str:
        if name not in self._world.names:
            raise Unknown(f"vendor {name!r} is not served here; there are {', '.join(self._world.names)}")
        return name

    def _school(self, vendor: str, brincode: str | None, dependancecode: str) -> School:
        brincode = brincode or vendors.load(self._served(vendor)).brincode
        school = self._world.schools.find(vendor, brincode, dependancecode)
        if school is None:
            raise Unknown(f"{vendor} has no school {brincode} {dependancecode}")
        return school

    def _connection(self, name: str, base_url: str) -> Json:
        vendor = vendors.load(name)
        traits = vendor.traits()
        coupling = self._world.couplings.find(name, vendor.brincode, DEPENDANCECODE)
        entry: Json = {
            "name": name,
            "title": vendor.title,
            **{
                f"{service}_url": f"{base_url}/{name}/{service}" if service in traits.services else None
                for service in ("leerlinggegevens", "leerresultaten")
            },
            "autorisatie": _autorisatie(coupling, self._world.couplings.klant(name)),
            "brincode": vendor.brincode,
            "dependancecode": DEPENDANCECODE,
            "schooljaar": self._world.clock.schooljaar(),
            "xsdversie": traits.xsdversies[-1],
        }
        if traits.gegevenssetids:
            entry["gegevenssetid"] = traits.gegevenssetids[0]
        return entry

    def _received(self, name: str) -> Json:
        results = self._world.results
        deliveries = results.deliveries(name)
        received = results.received(name, vendors.load(name).traits())
        return {
            "schools": [_shown(school) for school in self._world.schools.of(name)],
            "deliveries": len(deliveries),
            "results": len(received),
            "delivered": deliveries,
            "received": received,
        }

    def _coupling(self, coupling: Coupling) -> Json:
        log = self._world.couplings.log(coupling)
        return {**msgspec.to_builtins(coupling), "log": [{"at": at, "event": event} for at, event in log]}


def _autorisatie(coupling: Coupling | None, klant: Klant) -> Json:
    klant = coupling.klant if coupling else klant
    key = coupling.autorisatiesleutel if coupling else None
    return {"autorisatiesleutel": key, "klantcode": klant.klantcode, "klantnaam": klant.klantnaam}


def _shown(school: School) -> Json:
    return {
        "brincode": school.brincode,
        "dependancecode": school.dependancecode,
        "sector": school.sector,
        "leerlingen": school.leerlingen,
    }
