"""What a vendor leaves out of its answers: what its profile does not name, and ECK-iDs that it does not have."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from mock_las.vendors import Traits
from uwlr.berichten import GeenGegevens, Leerlinggegevens
from uwlr.berichten.profielen import ProfielNaam, profiel
from uwlr.minimisation import minimise
from uwlr.norm import Versie


class Shape(NamedTuple):
    """The form in which a vendor hands out a roster; calling it gives a roster that form."""

    profile: ProfielNaam | None = None
    xsdversie: str = "2.2"
    leerling_eckid: bool = True
    leerkracht_eckid: bool = True

    @classmethod
    def of(cls, traits: Traits) -> Shape:
        """The form that a vendor's traits ask for."""
        return cls(traits.profile, traits.xsdversies[-1], traits.leerling_eckid, traits.leerkracht_eckid)

    def __call__(self, roster: Leerlinggegevens | GeenGegevens) -> Leerlinggegevens | GeenGegevens:
        """Leave out what the vendor leaves out."""
        if isinstance(roster, GeenGegevens):
            return roster
        school = msgspec.structs.replace(roster.school, xsdversie=self.xsdversie)
        roster = msgspec.structs.replace(roster, school=school)
        if self.profile is not None:
            versie: Versie = "2.3" if self.xsdversie == "2.3" else "2.2"
            roster = minimise(roster, profiel(self.profile, versie)).bericht
        if not self.leerling_eckid:
            without = tuple(msgspec.structs.replace(leerling, eckid=None) for leerling in roster.leerlingen)
            roster = msgspec.structs.replace(roster, leerlingen=without)
        if not self.leerkracht_eckid:
            staff = tuple(msgspec.structs.replace(leerkracht, eckid=None) for leerkracht in roster.leerkrachten)
            roster = msgspec.structs.replace(roster, leerkrachten=staff)
        return roster
