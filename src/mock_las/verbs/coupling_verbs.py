"""Verbs about couplings: requesting, approving, activating and ending them, and the mails that are sent."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from mock_las.arguments import Activation, Which
from mock_las.couplings import Coupling, Klant
from mock_las.verbs.lookup import Base, Json, Unknown
from uwlr.errors import ConfigurationError

Action: TypeAlias = Literal["request", "approve", "take", "remove_key", "end"]


class CouplingVerbs(Base):
    """The verbs about couplings."""

    def couplings(self, vendor: str) -> list[Json]:
        """The couplings of a vendor, each with its log."""
        return [self._coupling(coupling) for coupling in self._world.couplings.of(self._served(vendor))]

    def activate(self, vendor: str, wanted: Activation) -> Json:
        """Activate a coupling with a key, or with a new key that the vendor makes; the previous key becomes invalid.

        A coupling that does not exist yet is requested first; if the vendor requires approval, that comes next.

        Raises:
            Unknown: no such vendor or school.
            ConfigurationError: the vendor does not accept this key, or the coupling cannot be activated now.
        """
        if self._world.traits(self._served(vendor)).consent_required and not wanted.akkoord:
            raise ConfigurationError(f"{vendor}: the school's board must agree before a coupling is activated")
        with self._world.state.transaction():
            active = self._world.couplings.activate(
                self._requested(vendor, wanted),
                wanted.autorisatiesleutel,
                wanted.startdatum,
                wanted.door,
                consent=wanted.akkoord and wanted.door is not None,
                without_key=wanted.without_key,
            )
        return self._coupling(active)

    def act(self, vendor: str, action: Action, which: Which) -> Json:
        """Change the status of a coupling.

        request requests it; approve approves it, and mails the key if the vendor mails keys; take notes that the school
        takes what was opened for it; remove_key pauses or ends it, depending on the vendor; end ends it.

        Raises:
            Unknown: no such vendor, school or coupling.
            ConfigurationError: its status does not allow the step.
        """
        couplings = self._world.couplings
        if action == "request":
            return self._coupling(self._requested(vendor, which))
        school = self._school(vendor, which.brincode, which.dependancecode)
        coupling = couplings.find(vendor, school.brincode, school.dependancecode, which.klantcode)
        if coupling is None:
            raise Unknown(f"{vendor} has no coupling for {school.brincode} {school.dependancecode}")
        match action:
            case "approve":
                return self._coupling(couplings.approve(coupling, which.door))
            case "take":
                return self._coupling(couplings.take(coupling, which.door))
            case "remove_key":
                return self._coupling(couplings.remove_key(coupling, which.door))
            case "end":
                return self._coupling(couplings.end(coupling, which.door))

    def outbox(self, vendor: str) -> list[Json]:
        """The mails that a vendor sent, oldest first."""
        return list(self._world.couplings.mails(self._served(vendor)))

    def _requested(self, vendor: str, which: Which) -> Coupling:
        school = self._school(vendor, which.brincode, which.dependancecode)
        known = self._world.couplings.klant(vendor)
        klant = Klant(which.klantcode or known.klantcode, which.klantnaam or known.klantnaam)
        return self._world.couplings.request(vendor, school.brincode, school.dependancecode, klant, which.door)

    def _coupling(self, coupling: Coupling) -> Json:
        log = [step._asdict() for step in self._world.couplings.log(coupling)]
        return {**msgspec.to_builtins(coupling), "log": log}
