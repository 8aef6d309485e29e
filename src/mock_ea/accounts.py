"""The schools that have an account at the applications, and who logs in there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

import msgspec

from mock_las import vendors
from mock_las.las_answers import Connection
from mock_las.school_names import school_name
from mock_las.state import State
from uwlr.errors import ConfigurationError

Rol: TypeAlias = Literal["beheerder", "leerkracht", "klantenservice"]
"""Who works in an application; customer service is its maker's."""

_KEPT: Final = "scholen"


class School(msgspec.Struct, frozen=True, kw_only=True):
    """A school with an account.

    Attributes:
        las: the system that it works with, as a vendor of the fakes; empty for another.
    """

    brincode: str
    dependancecode: str = "00"
    naam: str = "Basisschool De Proef"
    las: str = ""
    beheerders: tuple[str, ...] = ("beheerder@school.example", "ict@school.example")

    @property
    def id(self) -> str:
        """BRIN and dependance, such as 99QQ00."""
        return self.brincode + self.dependancecode


class Accounts:
    """The schools that are customers.

    Args:
        state: where they are kept.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> list[School]:
        """Give the schools."""
        found: list[School] = self._state.setting(_KEPT, list[School]) or []
        return found

    def add(self, school: School) -> School:
        """Add a school, in place of one with the same BRIN and dependance."""
        others = [one for one in self.all() if one.id != school.id]
        self._state.keep(_KEPT, [*others, school])
        return school

    def get(self, school_id: str) -> School:
        """Give a school.

        Raises:
            ConfigurationError: it has no account.
        """
        for school in self.all():
            if school.id == school_id:
                return school
        raise ConfigurationError(f"there is no school {school_id}")


def schools_of(connections: Iterable[Connection]) -> list[School]:
    """Make an account for the school of each system of the fakes that gives a roster or pulls results.

    It has the name that the system itself shows.
    """
    return [
        School(
            brincode=one.brincode,
            dependancecode=one.dependancecode,
            naam=school_name(one.brincode, one.dependancecode, vendors.load(one.name).traits().sector),
            las=one.name,
        )
        for one in connections
        if one.name in vendors.NAMES and one.leerlinggegevens_url
    ]
