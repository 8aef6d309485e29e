"""What every group of verbs stands on: the running server, and finding what is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from mock_las import vendors
from mock_las.schools import School
from uwlr.errors import UwlrError

if TYPE_CHECKING:
    from mock_las.application import Application

Json: TypeAlias = dict[str, Any]


class Unknown(UwlrError, LookupError):  # noqa: N818 - the name says what happened
    """There is no such vendor, school, coupling or exchange."""


class Base:
    """Verbs on one running server.

    Args:
        application: the server's application.
        base_url: address of the server as whoever asks knows it.
    """

    def __init__(self, application: Application, base_url: str) -> None:
        self._application = application
        self._base_url = base_url
        self._world = application.world

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
        "sector": school.sector,
        "leerlingen": school.leerlingen,
    }
