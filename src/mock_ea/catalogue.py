"""The tests of each application, with norms; the names of the Boom tests are those that a public manual shows."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from uwlr.berichten import Norm, Normering, Normkleur, Toets, VocabulaireGebondenVeld

_LEVELS: Final = (
    ("D", "ver onder het gemiddelde", 0, 24, (215, 48, 39)),
    ("C", "onder het gemiddelde", 25, 49, (253, 174, 97)),
    ("B", "boven het gemiddelde", 50, 74, (166, 217, 106)),
    ("A", "ver boven het gemiddelde", 75, 100, (26, 152, 80)),
)
"""Term, meaning, first and last score, colour; made up."""


class Test(NamedTuple):
    """A test that pupils take.

    Attributes:
        code: as it goes to a LAS.
        naam: as people call it.
        shared: whether its results go to a LAS; the compulsory eindtoets stays where it is.
    """

    code: str
    naam: str
    shared: bool = True

    @property
    def toets(self) -> Toets:
        """It as it goes to a LAS."""
        norms = tuple(
            Norm(
                term=term,
                omschrijving=meaning,
                beginnormwaarde=first,
                eindnormwaarde=last,
                normkleur=Normkleur(rood_code=red, groen_code=green, blauw_code=blue, transparantie=Decimal(1)),
            )
            for term, meaning, first, last, (red, green, blue) in _LEVELS
        )
        return Toets(
            toetscode=VocabulaireGebondenVeld(waarde=self.code),
            toetsnaam=self.naam,
            toetsnormering=Normering(norm=norms),
        )


LEVELS: Final = tuple(term for term, *_ in reversed(_LEVELS))
"""The terms, the best first."""

BOOM: Final = (
    Test("LVS-RW-2019", "LVS Rekenen-Wiskunde 2019"),
    Test("LVS-BL", "LVS Begrijpend Lezen"),
    Test("PI-DICTEE", "PI-dictee"),
    Test("TTA", "Tempotoets Automatiseren"),
)
IEP: Final = (
    Test("IEP-LVS-REKENEN", "IEP LVS Rekenen"),
    Test("IEP-LVS-LEZEN", "IEP LVS Lezen"),
    Test("IEP-EINDTOETS", "IEP Eindtoets", shared=False),
)
JIJ: Final = (
    Test("JIJ-NL-2F", "JIJ! Nederlands lezen 2F"),
    Test("JIJ-RK-2F", "JIJ! Rekenen 2F"),
)


def level_of(score: int) -> tuple[str, str]:
    """Give the term and the meaning of a score."""
    for term, meaning, first, last, _ in _LEVELS:
        if first <= score <= last:
            return term, meaning
    return "", ""
