"""Couplings between a school and a supplier, and the states they pass through.

aangevraagd -> goedgekeurd -> actief <-> gepauzeerd -> beeindigd. Every step is written in the coupling's log.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from mock_las.clock import Clock
from mock_las.state import State
from mock_las.variants import Variants
from mock_las.vendors.coupling_keys import KeyRefused, key_problem, make_key, make_subscription_key
from uwlr.errors import ConfigurationError
from uwlr.schoolref import HOOFDVESTIGING
from uwlr.soap.providers import same_key
from uwlr.undisclosed import Undisclosed

Status: TypeAlias = Literal["aangevraagd", "goedgekeurd", "actief", "gepauzeerd", "beeindigd"]


class Klant(NamedTuple):
    """A supplier as a LAS knows it."""

    klantcode: str
    klantnaam: str


class Step(NamedTuple):
    """What happened to a coupling: when, what, and who did it as far as somebody said so."""

    at: str
    event: str
    door: str | None


class Coupling(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A coupling. The key never shows in `repr`.

    `brincode` is empty if one key serves every school of the supplier.
    """

    id: int
    vendor: str
    brincode: str
    dependancecode: str
    klantcode: str
    klantnaam: str
    status: Status
    autorisatiesleutel: str | None
    startdatum: str | None

    def __repr__(self) -> str:
        return f"<Coupling {self.vendor} {self.brincode} {self.dependancecode} {self.status}>"

    @property
    def klant(self) -> Klant:
        """The supplier."""
        return Klant(self.klantcode, self.klantnaam)

    def serves(self, brincode: str | None, dependancecode: str | None) -> bool:
        """Tell whether it gives access to this school."""
        return _serves(self.brincode, self.dependancecode, brincode, dependancecode)


def _serves(own_brincode: str, own_dependancecode: str, brincode: str | None, dependancecode: str | None) -> bool:
    return not own_brincode or (own_brincode, own_dependancecode) == (brincode, dependancecode or HOOFDVESTIGING)


class Couplings:
    """The couplings of all vendors.

    Args:
        state: where they are kept.
        clock: the time.
        variants: how each vendor behaves.
        seed: what made-up keys are drawn from.
    """

    def __init__(self, state: State, clock: Clock, variants: Variants, seed: int) -> None:
        self._state = state
        self._clock = clock
        self._variants = variants
        self.seed = seed

    def klant(self, vendor: str) -> Klant:
        """The supplier that every vendor knows from the start."""
        traits = self._variants.traits(vendor)
        if traits.klantcode is not None:
            return Klant(traits.klantcode, traits.klantnaam or traits.klantcode)
        dice = Random(f"{self.seed}/{vendor}/klant")  # noqa: S311 - test data, the same on every run
        return Klant(f"EA{dice.randrange(1000, 10000)}", "Voorbeeld Toetsen")

    def http_headers(self, vendor: str) -> dict[str, str]:
        """The HTTP headers that every request to a vendor must have."""
        return {
            name: make_subscription_key(Random(f"{self.seed}/{vendor}/{name.casefold()}"))  # noqa: S311 - test data
            for name in self._variants.traits(vendor).http_headers
        }

    def of(self, vendor: str) -> list[Coupling]:
        """The couplings of a vendor."""
        rows = self._state.rows("SELECT * FROM coupling WHERE vendor = ? ORDER BY id", vendor)
        return [msgspec.convert(dict(row), Coupling) for row in rows]

    def find(self, vendor: str, brincode: str, dependancecode: str, klantcode: str | None = None) -> Coupling | None:
        """The coupling of a school with a supplier; by default the first that serves the school."""
        for coupling in self.of(vendor):
            if coupling.serves(brincode, dependancecode) and klantcode in {None, coupling.klantcode}:
                return coupling
        return None

    def klant_known(self, vendor: str, klant: Klant) -> bool:
        """Tell whether this code and this name belong together at this vendor."""
        row = self._state.row(
            "SELECT 1 FROM coupling WHERE vendor = ? AND klantcode = ? AND klantnaam = ? LIMIT 1", vendor, *klant
        )
        return row is not None

    def opens(self, vendor: str, klantcode: str, key: str, brincode: str | None, dependancecode: str | None) -> bool:
        """Tell whether an active coupling has this key and serves this school."""
        rows = self._state.rows(
            "SELECT * FROM coupling WHERE vendor = ? AND klantcode = ? AND status = 'actief'",
            vendor,
            klantcode,
        )
        today = self._clock.today().isoformat()
        found = False
        for row in rows:
            right = same_key(key, row["autorisatiesleutel"] or "")
            started = (row["startdatum"] or today) <= today
            found |= right and started and _serves(row["brincode"], row["dependancecode"], brincode, dependancecode)
        return found

    def request(
        self, vendor: str, brincode: str, dependancecode: str, klant: Klant | None = None, door: str | None = None
    ) -> Coupling:
        """Request a coupling, or request one again that has ended; it gets the first status that the vendor has."""
        traits = self._variants.traits(vendor)
        if traits.key_scope == "supplier":
            brincode = dependancecode = ""
        klant = klant or self.klant(vendor)
        changed = self._state.execute(
            "INSERT INTO coupling (vendor, brincode, dependancecode, klantcode, klantnaam, status)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status WHERE status = 'beeindigd'",
            vendor,
            brincode,
            dependancecode,
            *klant,
            traits.start_status,
        )
        coupling = self._get(vendor, brincode, dependancecode, klant.klantcode)
        return self._log(coupling, traits.start_status, door) if changed else coupling

    def approve(self, coupling: Coupling, door: str | None = None) -> Coupling:
        """Have the supplier or the maker of the system approve a coupling; a vendor that mails its keys mails one now.

        Raises:
            ConfigurationError: it was approved already, or has ended.
        """
        approved = self._become(coupling, "goedgekeurd", {"aangevraagd"}, door)
        if self._variants.traits(coupling.vendor).key_origin != "mail":
            return approved
        active = self.activate(approved, door=door)
        self._state.execute(
            "INSERT INTO mail (vendor, at, subject, body) VALUES (?, ?, ?, ?)",
            coupling.vendor,
            self._clock.now().isoformat(),
            f"Uw koppeling voor {coupling.brincode} {coupling.dependancecode}",
            f"De autorisatiesleutel voor {coupling.klantnaam} is: {active.autorisatiesleutel}",
        )
        return active

    def mails(self, vendor: str) -> list[dict[str, str]]:
        """The mails that a vendor sent, oldest first."""
        rows = self._state.rows("SELECT at, subject, body FROM mail WHERE vendor = ? ORDER BY id", vendor)
        return [dict(row) for row in rows]

    def take(self, coupling: Coupling, door: str | None = None) -> Coupling:
        """Note that the school takes a coupling that was opened for it; a key makes it active.

        Raises:
            ConfigurationError: it is not approved.
        """
        if coupling.status != "goedgekeurd":
            raise ConfigurationError(f"{coupling.vendor}: a coupling that is {coupling.status} cannot be taken")
        return coupling if self.taken(coupling) else self._log(coupling, "afgenomen", door)

    def taken(self, coupling: Coupling) -> bool:
        """Tell whether the school took the coupling since it was last opened."""
        for step in reversed(self.log(coupling)):
            if step.event in {"afgenomen", "goedgekeurd"}:
                return step.event == "afgenomen"
        return False

    def activate(
        self,
        coupling: Coupling,
        key: str | None = None,
        startdatum: dt.date | None = None,
        door: str | None = None,
        *,
        consent: bool = False,
        without_key: bool = False,
    ) -> Coupling:
        """Make a key valid: the given one, or a new one that the vendor makes. It replaces the previous key.

        Args:
            coupling: the coupling.
            key: the key; None has the vendor make one.
            startdatum: the first day on which it is accepted.
            door: who did it.
            consent: whether that person said that the school agrees, which the log then has.
            without_key: whether the school fills in its key later; until then the coupling is paused.

        Raises:
            KeyRefused: the vendor does not accept this key.
            ConfigurationError: the coupling is not approved, or cannot be without a key.
        """
        traits = self._variants.traits(coupling.vendor)
        if key is None:
            made = len(self.log(coupling))
            name = f"{self.seed}/{coupling.vendor}/{coupling.brincode}{coupling.dependancecode}/{coupling.klantcode}"
            dice = Random(f"{name}/{made}")  # noqa: S311 - test data, the same on every run
            key = make_key(traits, dice, coupling.brincode, coupling.dependancecode)
        elif not without_key and (problem := key_problem(traits, key, coupling.brincode, coupling.dependancecode)):
            raise KeyRefused(coupling.vendor, problem)
        if without_key and traits.removing_key != "pauses":
            raise ConfigurationError(f"{coupling.vendor}: a coupling cannot be without a key")
        before: set[Status] = {"goedgekeurd", "actief", "gepauzeerd"}
        if consent and coupling.status in before:
            self._log(coupling, "akkoord", door)
        active = self._become(coupling, "gepauzeerd" if without_key else "actief", before, door)
        self._state.execute(
            "UPDATE coupling SET autorisatiesleutel = ?, startdatum = ? WHERE id = ?",
            None if without_key else key,
            startdatum.isoformat() if startdatum else None,
            active.id,
        )
        return self._get(active.vendor, active.brincode, active.dependancecode, active.klantcode)

    def remove_key(self, coupling: Coupling, door: str | None = None) -> Coupling:
        """Remove the key: the exchange then pauses or ends, depending on the vendor.

        Raises:
            ConfigurationError: the coupling is not active.
        """
        traits = self._variants.traits(coupling.vendor)
        status: Status = "gepauzeerd" if traits.removing_key == "pauses" else "beeindigd"
        return self._close(coupling, status, {"actief"}, door)

    def end(self, coupling: Coupling, door: str | None = None) -> Coupling:
        """End the coupling; its key is no longer accepted.

        Raises:
            ConfigurationError: it has ended already.
        """
        return self._close(coupling, "beeindigd", {"aangevraagd", "goedgekeurd", "actief", "gepauzeerd"}, door)

    def _close(self, coupling: Coupling, status: Status, before: set[Status], door: str | None) -> Coupling:
        self._become(coupling, status, before, door)
        self._state.execute("UPDATE coupling SET autorisatiesleutel = NULL WHERE id = ?", coupling.id)
        return self._get(coupling.vendor, coupling.brincode, coupling.dependancecode, coupling.klantcode)

    def log(self, coupling: Coupling) -> list[Step]:
        """What happened to it, oldest first."""
        rows = self._state.rows(
            "SELECT at, event, door FROM coupling_log WHERE coupling = ? ORDER BY rowid", coupling.id
        )
        return [Step(*row) for row in rows]

    def _become(self, coupling: Coupling, status: Status, before: set[Status], door: str | None) -> Coupling:
        if coupling.status not in before:
            raise ConfigurationError(f"{coupling.vendor}: a coupling that is {coupling.status} cannot become {status}")
        self._state.execute("UPDATE coupling SET status = ? WHERE id = ?", status, coupling.id)
        return self._log(
            self._get(coupling.vendor, coupling.brincode, coupling.dependancecode, coupling.klantcode), status, door
        )

    def _log(self, coupling: Coupling, event: str, door: str | None) -> Coupling:
        self._state.execute(
            "INSERT INTO coupling_log VALUES (?, ?, ?, ?)", coupling.id, self._clock.now().isoformat(), event, door
        )
        return coupling

    def _get(self, vendor: str, brincode: str, dependancecode: str, klantcode: str) -> Coupling:
        row = self._state.row(
            "SELECT * FROM coupling WHERE vendor = ? AND brincode = ? AND dependancecode = ? AND klantcode = ?",
            vendor,
            brincode,
            dependancecode,
            klantcode,
        )
        return msgspec.convert(dict(row or {}), Coupling)
