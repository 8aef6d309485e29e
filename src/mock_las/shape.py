"""What a vendor leaves out of its answers.

Source: UWLR 2.2, profile Smalle set; for 2.3 the published change list, which takes geboortedatum out of it.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeVar

import msgspec

from mock_las.vendors import Traits
from uwlr.berichten import GeenGegevens, Groep, Leerkracht, Leerling, Leerlinggegevens, SamengesteldeGroep
from uwlr.berichten.tabel import Bericht

_KEPT: Final[dict[type[Bericht], frozenset[str]]] = {
    Groep: frozenset({"key", "naam", "jaargroep"}),
    SamengesteldeGroep: frozenset({"key", "naam", "omschrijving"}),
    Leerling: frozenset(
        {
            "key",
            "eckid",
            "achternaam",
            "voorvoegsel",
            "roepnaam",
            "jaargroep",
            "groep",
            "samengestelde_groepen",
        }
    ),
    Leerkracht: frozenset({"key", "eckid", "achternaam", "voorvoegsel", "roepnaam", "emailadres", "groepen"}),
}


_Part = TypeVar("_Part", bound=Groep | SamengesteldeGroep | Leerling | Leerkracht)


class Shape(NamedTuple):
    """The form in which a vendor hands out a roster; calling it gives a roster that form."""

    smalle_set: bool = False
    leerling_eckid: bool = True
    leerkracht_eckid: bool = True

    @classmethod
    def of(cls, traits: Traits) -> Shape:
        """The form that a vendor's traits ask for."""
        return cls(traits.profile == "smalle-set-2.3", traits.leerling_eckid, traits.leerkracht_eckid)

    def __call__(self, roster: Leerlinggegevens | GeenGegevens) -> Leerlinggegevens | GeenGegevens:
        """Leave out what the vendor leaves out."""
        if isinstance(roster, GeenGegevens) or self == Shape():
            return roster
        return msgspec.structs.replace(
            roster,
            school=msgspec.structs.replace(roster.school, xsdversie="2.3") if self.smalle_set else roster.school,
            vestigingen=() if self.smalle_set else roster.vestigingen,
            groepen=tuple(self._cut(groep) for groep in roster.groepen),
            leerlingen=tuple(self._cut(leerling) for leerling in roster.leerlingen),
            leerkrachten=tuple(self._cut(leerkracht) for leerkracht in roster.leerkrachten),
        )

    def _cut(self, part: _Part) -> _Part:
        kept = {name: getattr(part, name) for name in _KEPT[type(part)]} if self.smalle_set else None
        cut = part if kept is None else type(part)(**kept)
        if isinstance(cut, Leerling) and not self.leerling_eckid:
            return msgspec.structs.replace(cut, eckid=None)
        if isinstance(cut, Leerkracht) and not self.leerkracht_eckid:
            return msgspec.structs.replace(cut, eckid=None)
        return cut
