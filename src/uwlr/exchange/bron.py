"""A school or location as a school system knows it, and the key that opens it."""

from __future__ import annotations

import re
from typing import Final, Self

import msgspec

from uwlr.errors import ConfigurationError
from uwlr.schoolref import HOOFDVESTIGING, LocatieArguments
from uwlr.undisclosed import Undisclosed

_LABEL: Final = re.compile(r"([0-9]{2}[A-Z]{2})\.?([0-9]{2})?")


class Bron(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A school or location as the system knows it: BRIN and dependance, or a schoolkey; never both.

    Attributes:
        autorisatiesleutel: its own key, where the system gives each location one; else that of the koppeling.
    """

    brincode: str | None = None
    dependancecode: str | None = None
    schoolkey: str | None = None
    autorisatiesleutel: str | None = None

    def __post_init__(self) -> None:
        if (self.brincode is None) == (self.schoolkey is None):
            raise ConfigurationError("a bron has a brincode or a schoolkey")

    def __repr__(self) -> str:
        return f"<Bron {self.brincode or 'schoolkey'} {self.dependancecode or ''}>"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `99XX`, `99XX00` or `99XX.00`.

        Raises:
            ConfigurationError: it is written in another way.
        """
        match = _LABEL.fullmatch(text.strip())
        if match is None:
            raise ConfigurationError("write a bron as BRIN and dependance, such as 99XX00")
        return cls(brincode=match[1], dependancecode=match[2])

    @property
    def arguments(self) -> LocatieArguments:
        """It as arguments of a request."""
        return {"brincode": self.brincode, "dependancecode": self.dependancecode, "schoolkey": self.schoolkey}

    @property
    def label(self) -> str:
        """BRIN and dependance, where none is 00; the schoolkey itself where that names the school."""
        return f"{self.brincode}{self.dependancecode or HOOFDVESTIGING}" if self.brincode else str(self.schoolkey)

    @property
    def roster_name(self) -> str:
        """What its roster is called in an import."""
        return f"{self.brincode}{self.dependancecode or ''}" if self.brincode else f"schoolkey {self.schoolkey}"


Bronnen = tuple[Bron, ...]
