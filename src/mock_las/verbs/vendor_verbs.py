"""Verbs about vendors and about the fakes as a whole: connections, behaviour, the clock, and starting again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mock_las import vendors
from mock_las.arguments import ClockChange, Seed
from mock_las.couplings import Coupling, Klant
from mock_las.variants import Change
from mock_las.verbs.lookup import Base, Json, shown
from uwlr.schoolref import HOOFDVESTIGING

if TYPE_CHECKING:
    from mock_las.vendors import Traits


class VendorVerbs(Base):
    """The verbs about vendors and about the fakes as a whole."""

    def reset(self, wanted: Seed) -> None:
        """Return to the state at the start, or to what it would have been with another seed."""
        self._fakes.reset(wanted.seed)

    def vendors(self) -> list[Json]:
        """Everything a client needs to connect, for each vendor; keys are synthetic and made from the seed."""
        return [self._connection(name) for name in self._world.names]

    def vendor(self, vendor: str) -> Json:
        """Everything a client needs to connect to one vendor.

        Raises:
            Unknown: it is not served here.
        """
        return self._connection(self._served(vendor))

    def traits_in_force(self, vendor: str) -> Traits:
        """How a vendor behaves now.

        Raises:
            Unknown: it is not served here.
        """
        return self._world.traits(self._served(vendor))

    def traits(self, vendor: str) -> Json:
        """How a vendor behaves now, what was changed, and the variants it has.

        Raises:
            Unknown: it is not served here.
        """
        change = self._world.variants.changed(self._served(vendor))
        return {
            **msgspec.to_builtins(change),
            "in_force": msgspec.json.decode(msgspec.json.encode(self._world.traits(vendor))),
            "variants": [{"name": v.name, "about": v.about.en} for v in vendors.load(vendor).variant],
        }

    def set_traits(self, vendor: str, change: Change) -> Json:
        """Switch on a variant of a vendor, or change single traits; this replaces earlier changes.

        Raises:
            Unknown: it is not served here.
            ConfigurationError: no such variant or trait, or a value that the trait cannot have.
        """
        self._world.variants.change(self._served(vendor), change)
        return self.traits(vendor)

    def state(self) -> Json:
        """What was received, for each vendor."""
        return {
            "clock": self.clock(),
            "seed": self._world.seed,
            "vendors": {name: self._received(name) for name in self._world.names},
        }

    def clock(self) -> Json:
        """The time and the school year."""
        clock = self._world.clock
        return {"now": clock.now().isoformat(), "frozen": clock.frozen, "schooljaar": clock.schooljaar()}

    def set_clock(self, change: ClockChange) -> Json:
        """Set the clock.

        Raises:
            ConfigurationError: a moment without a time zone, or a year that the clock does not have.
        """
        if change.now is not None:
            self._world.clock.set(change.now, frozen=change.frozen)
        if change.next_schooljaar:
            self._world.clock.to_next_schooljaar()
        if change.advance is not None:
            self._world.clock.advance(change.advance)
        return self.clock()

    def _connection(self, name: str) -> Json:
        vendor = vendors.load(name)
        traits = self._world.traits(name)
        coupling = self._world.couplings.find(name, vendor.brincode, HOOFDVESTIGING)
        entry: Json = {
            "name": name,
            "title": vendor.title,
            **{
                f"{service}_url": f"{self._base_url}/{name}/{service}" if service in traits.services else None
                for service in ("leerlinggegevens", "leerresultaten")
            },
            "autorisatie": _autorisatie(coupling, self._world.couplings.klant(name)),
            "brincode": vendor.brincode,
            "dependancecode": HOOFDVESTIGING,
            "schooljaar": self._world.clock.schooljaar(),
            "xsdversie": traits.xsdversies[-1],
        }
        if traits.gegevenssetids:
            entry["gegevenssetid"] = traits.gegevenssetids[0]
        if traits.http_headers:
            entry["http_headers"] = self._world.couplings.http_headers(name)
        return entry

    def _received(self, name: str) -> Json:
        results = self._world.results
        deliveries = results.deliveries(name)
        received = results.received(name, self._world.traits(name))
        return {
            "schools": [shown(school) for school in self._world.schools.of(name)],
            "deliveries": len(deliveries),
            "results": len(received),
            "delivered": deliveries,
            "received": received,
        }


def _autorisatie(coupling: Coupling | None, klant: Klant) -> Json:
    klant = coupling.klant if coupling else klant
    key = coupling.autorisatiesleutel if coupling else None
    return {"autorisatiesleutel": key, "klantcode": klant.klantcode, "klantnaam": klant.klantnaam}
