"""Which school: a school year, and a BRIN with a dependance, or a schoolkey.

Source: UWLR 2.2, xsd leerlinggegevens, group gVerzoekBasis; xsd leerresultaten, type of the element school.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Self, TypedDict

HOOFDVESTIGING: Final = "00"
"""The dependancecode that a request means when it has a brincode alone."""

_BRINCODE: Final = 4
"""Characters of a brincode."""


class LocatieArguments(TypedDict):
    """A school without its year, as arguments of a request, or of a method of a client."""

    brincode: str | None
    dependancecode: str | None
    schoolkey: str | None


class SchoolArguments(LocatieArguments):
    """A school and its year, as arguments of a request, or of a method of a client."""

    schooljaar: str


class Locatie(NamedTuple):
    """A school without its year: equal where two requests mean the same place."""

    brincode: str | None
    dependancecode: str | None
    schoolkey: str | None


class SchoolRef(NamedTuple):
    """The school and the year that a request is about.

    Either `brincode` is given, or `schoolkey`. What a server hands to its providers has a dependancecode beside every
    brincode ("00" if the request leaves it out); under a lenient `Settings` it may have both ways of naming a
    school, or an empty `schooljaar`.
    """

    schooljaar: str
    brincode: str | None = None
    dependancecode: str | None = None
    schoolkey: str | None = None

    @classmethod
    def parse(cls, code: str, schooljaar: str) -> Self:
        """Read a code such as `99XX` or `99XX00`: a brincode, with a dependancecode or without."""
        return cls(schooljaar, code[:_BRINCODE], code[_BRINCODE:] or None)

    @property
    def locatie(self) -> Locatie:
        """The place alone, in one form: no dependancecode means the hoofdvestiging."""
        dependancecode = (self.dependancecode or HOOFDVESTIGING) if self.brincode else None
        return Locatie(self.brincode, dependancecode, self.schoolkey)

    @property
    def arguments(self) -> SchoolArguments:
        """It as the arguments of a request."""
        return {
            "schooljaar": self.schooljaar,
            "brincode": self.brincode,
            "dependancecode": self.dependancecode,
            "schoolkey": self.schoolkey,
        }
