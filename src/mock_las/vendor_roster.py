"""The form in which a vendor hands out a roster: what it leaves out, and what it encodes in a way of its own."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from mock_las.vendors import Part, Traits
from uwlr.berichten import (
    GeenGegevens,
    Groep,
    GroepReferentie,
    Leerkracht,
    Leerling,
    Leerlinggegevens,
    SamengesteldeGroep,
)
from uwlr.berichten.codelijsten import Jaargroep
from uwlr.berichten.profielen import ProfielNaam, profiel
from uwlr.minimisation import minimise
from uwlr.norm import Versie

_FROM_1 = {str(10 + jaar): Jaargroep(str(jaar)) for jaar in range(1, 7)}


class RosterForm(NamedTuple):
    """The form of one vendor's rosters; calling it gives a roster that form."""

    profile: ProfielNaam | None = None
    xsdversie: str = "2.2"
    leerling_eckid: bool = True
    leerkracht_eckid: bool = True
    omits: tuple[Part, ...] = ()
    vo_jaargroep_from_1: bool = False
    leerkracht_key_prefix: str = ""

    @classmethod
    def of(cls, traits: Traits) -> RosterForm:
        """The form that follows from a vendor's traits."""
        return cls(
            traits.profile,
            traits.xsdversies[-1],
            traits.leerling_eckid,
            traits.leerkracht_eckid,
            traits.omits,
            traits.vo_jaargroep_from_1,
            traits.leerkracht_key_prefix,
        )

    def __call__(self, roster: Leerlinggegevens | GeenGegevens) -> Leerlinggegevens | GeenGegevens:
        """Give a roster the form."""
        if isinstance(roster, GeenGegevens):
            return roster
        school = msgspec.structs.replace(roster.school, xsdversie=self.xsdversie)
        roster = msgspec.structs.replace(roster, school=school)
        if self.profile is not None:
            versie: Versie = "2.3" if self.xsdversie == "2.3" else "2.2"
            roster = minimise(roster, profiel(self.profile, versie)).bericht
        return msgspec.structs.replace(
            roster,
            vestigingen=() if "vestigingen" in self.omits else roster.vestigingen,
            groepen=tuple(self._groep(groep) for groep in roster.groepen if self._has(groep)),
            leerlingen=tuple(map(self._leerling, roster.leerlingen)),
            leerkrachten=() if "leerkrachten" in self.omits else tuple(map(self._leerkracht, roster.leerkrachten)),
        )

    def _has(self, groep: object) -> bool:
        """Tell whether a group, or a reference to one, is handed out."""
        part: Part = "groepen" if isinstance(groep, Groep | GroepReferentie) else "samengestelde_groepen"
        return part not in self.omits

    def _groep(self, groep: Groep | SamengesteldeGroep) -> Groep | SamengesteldeGroep:
        if self.vo_jaargroep_from_1 and isinstance(groep, Groep):
            return msgspec.structs.replace(groep, jaargroep=_FROM_1.get(str(groep.jaargroep), groep.jaargroep))
        return groep

    def _leerling(self, leerling: Leerling) -> Leerling:
        jaargroep = leerling.jaargroep
        return msgspec.structs.replace(
            leerling,
            eckid=leerling.eckid if self.leerling_eckid else None,
            jaargroep=_FROM_1.get(str(jaargroep), jaargroep) if self.vo_jaargroep_from_1 else jaargroep,
            groep=None if "groepen" in self.omits else leerling.groep,
            samengestelde_groepen=() if "samengestelde_groepen" in self.omits else leerling.samengestelde_groepen,
            vestiging=None if "vestigingen" in self.omits else leerling.vestiging,
        )

    def _leerkracht(self, leerkracht: Leerkracht) -> Leerkracht:
        return msgspec.structs.replace(
            leerkracht,
            key=f"{self.leerkracht_key_prefix}{leerkracht.key}",
            eckid=leerkracht.eckid if self.leerkracht_eckid else None,
            groepen=tuple(filter(self._has, leerkracht.groepen)),
        )
