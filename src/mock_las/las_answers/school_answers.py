"""What the verbs answer about a school, and what happened at it."""

from __future__ import annotations

import datetime as dt

import msgspec


class SchoolShown(msgspec.Struct, frozen=True, kw_only=True):
    """A school of a vendor.

    Attributes:
        brincode: its BRIN.
        dependancecode: its location.
        naam: its name.
        sector: PO or VO.
        leerlingen: number of its pupils.
    """

    brincode: str
    dependancecode: str
    naam: str
    sector: str
    leerlingen: int


class SchoolLoaded(SchoolShown, frozen=True, kw_only=True):
    """A school whose roster was loaded, and of which school year it is."""

    schooljaar: str


class SchoolChanged(SchoolShown, frozen=True, kw_only=True):
    """A school at which something happened: in which school year, when, and the keys of whom it happened to."""

    schooljaar: str
    changed_at: dt.datetime
    people: tuple[str, ...]


class SchoolLiving(SchoolShown, frozen=True, kw_only=True):
    """A school, and what happens at it by itself from now on."""

    kinds: tuple[str, ...]


class PersonShown(msgspec.Struct, frozen=True, kw_only=True):
    """A pupil or member of staff."""

    key: str
    naam: str


class HappenedShown(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened: the day, what it was, and to whom."""

    day: dt.date
    kind: str
    people: tuple[PersonShown, ...]
