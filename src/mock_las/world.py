"""The world that the fakes share: schools, couplings, results, and the time."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from mock_las import vendors
from mock_las.clock import Clock
from mock_las.couplings import Couplings
from mock_las.kept_rosters import School
from mock_las.received_results import Results
from mock_las.school_register import Schools
from mock_las.state import State
from mock_las.variants import Variants
from mock_las.vendors import Traits
from uwlr.schoolref import HOOFDVESTIGING

Begin: TypeAlias = Literal["leeg", "aangevraagd", "goedgekeurd", "actief", "gepauzeerd", "beeindigd"]
"""How far the coupling of each vendor has come at the start; "leeg" is without couplings. A vendor that has no such
state stays at the one before."""

BEGINS: Final[tuple[Begin, ...]] = get_args(Begin)


class World:
    """Every school of every vendor.

    Args:
        seed: everything that is made up depends on it; the same seed gives the same world.
        leerlingen: pupils of a made-up school.
        names: the vendors that are faked; by default all.
        path: file that keeps the state; None keeps it in memory.
        begin: how far the couplings have come at the start.
    """

    def __init__(
        self,
        seed: int = 1,
        leerlingen: int = 200,
        names: tuple[str, ...] = vendors.NAMES,
        path: Path | None = None,
        begin: Begin = "actief",
    ) -> None:
        self.seed = seed
        self.leerlingen = leerlingen
        self.names = names
        self._begin: Begin = begin
        self.state = State(path)
        self.clock = Clock(self.state)
        self.variants = Variants(self.state)
        self.schools = Schools(self.state, self.clock)
        self.couplings = Couplings(self.state, self.clock, self.variants, seed)
        self.results = Results(self.state, self.clock)
        with self.state.transaction():
            self._populate()

    def traits(self, vendor: str) -> Traits:
        """How a vendor behaves now."""
        return self.variants.traits(vendor)

    def _populate(self) -> None:
        """Give each vendor that has no school one, with a coupling that has come as far as it should."""
        for name in self.names:
            if self.schools.of(name):
                continue
            vendor = vendors.load(name)
            self.schools.add(
                School(name, vendor.brincode, HOOFDVESTIGING, self.traits(name).sector, self.seed, self.leerlingen)
            )
            self._begin_coupling(name, vendor.brincode, self.traits(name))

    def _begin_coupling(self, name: str, brincode: str, traits: Traits) -> None:
        reached = BEGINS.index(self._begin)
        if self._begin == "leeg":
            return
        coupling = self.couplings.request(name, brincode, HOOFDVESTIGING)
        # A vendor that mails its key has it active as soon as it is approved.
        approved = BEGINS.index("actief" if traits.key_origin == "mail" else "goedgekeurd")
        if coupling.status == "aangevraagd" and reached >= approved:
            coupling = self.couplings.approve(coupling)
        if coupling.status == "goedgekeurd" and reached >= BEGINS.index("actief"):
            coupling = self.couplings.activate(coupling)
        if self._begin == "gepauzeerd" and traits.removing_key == "pauses":
            self.couplings.remove_key(coupling)
        if self._begin == "beeindigd":
            self.couplings.end(coupling)

    def reset(self, seed: int | None = None) -> None:
        """Return to the state at the start, or to what it would have been with another seed."""
        self.seed = self.couplings.seed = self.seed if seed is None else seed
        with self.state.transaction():
            self.state.clear()
            self.clock.reset()
            self.variants.forget()
            self.schools.forget()
            self._populate()
        self.state.wipe()

    def close(self) -> None:
        """Close the state."""
        self.state.close()
