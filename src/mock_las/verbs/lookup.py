"""What every group of verbs needs: the fakes, and finding the vendor and the school that are meant."""

from __future__ import annotations

from typing import Any, TypeAlias

from mock_las import vendors
from mock_las.fakes import Fakes
from mock_las.kept_rosters import School
from mock_las.school_names import school_name
from uwlr.errors import UwlrError

Json: TypeAlias = dict[str, Any]


class Unknown(UwlrError, LookupError):  # noqa: N818 - the name says what happened
    """There is no such vendor, school, coupling or exchange."""


class Base:
    """Verbs on the fakes of one server.

    Args:
        fakes: what they work on.
        base_url: address of the server as the caller knows it.
    """

    def __init__(self, fakes: Fakes, base_url: str) -> None:
        self._fakes = fakes
        self._base_url = base_url
        self._world = fakes.world

    def _served(self, name: str) -> str:
        if name not in self._world.names:
            raise Unknown(f"vendor {name!r} is not served here; there are {', '.join(self._world.names)}")
        return name

    def _school(self, vendor: str, brincode: str | None, dependancecode: str) -> School:
        brincode = brincode or vendors.load(self._served(vendor)).brincode
        school = self._world.schools.find(vendor, brincode, dependancecode)
        if school is None:
            raise Unknown(f"{vendor} has no school {brincode} {dependancecode}")
        return school


def shown(school: School) -> Json:
    """A school in plain data."""
    return {
        "brincode": school.brincode,
        "dependancecode": school.dependancecode,
        "naam": school_name(school.brincode, school.dependancecode, school.sector),
        "sector": school.sector,
        "leerlingen": school.leerlingen,
    }
