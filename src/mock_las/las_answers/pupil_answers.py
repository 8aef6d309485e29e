"""What the verbs answer about the pupils of a school, and the file of one."""

from __future__ import annotations

import datetime as dt

import msgspec

from mock_las.las_answers.dashboard_answers import CellShown, ColumnShown
from mock_las.las_answers.school_answers import SchoolShown
from uwlr.undisclosed import Undisclosed


class ListedPupil(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A pupil: key, names, birth date, and the leerlingnummer that was entered."""

    key: str
    naam: str
    leerlingnummer: str | None
    eckid: str | None = None
    roepnaam: str | None = None
    voorvoegsel: str | None = None
    achternaam: str | None = None
    geboortedatum: str | None = None


class ListedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group with its pupils."""

    key: str
    naam: str
    leerlingen: tuple[ListedPupil, ...]


class PupilsShown(SchoolShown, frozen=True, kw_only=True):
    """The groups of a school with their pupils."""

    groepen: tuple[ListedGroup, ...]


class ResultAtPupil(CellShown, frozen=True, kw_only=True):
    """A result in the file of a pupil: the name of the test, and the test."""

    toets: str
    test: ColumnShown


class EnteredShown(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A result that was typed in."""

    toets: str
    afnamedatum: dt.date
    score: str
    dle: int | None


class PupilFile(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """The file of a pupil.

    Attributes:
        school: the school.
        key: the pupil.
        naam: the whole name.
        voornaam: the first name.
        achternaam: the last name.
        geboortedatum: day of birth.
        geslacht: the code of the standard.
        jaargroep: year.
        groep: name of the group.
        leerlingnummer: the number that was entered.
        resultaten: results as far as the vendor shows them here.
        ingevoerd: results that were typed in.
    """

    school: SchoolShown
    key: str
    naam: str
    voornaam: str
    achternaam: str
    geboortedatum: dt.date | None
    geslacht: int | None
    jaargroep: str | None
    groep: str | None
    leerlingnummer: str | None
    resultaten: tuple[ResultAtPupil, ...]
    ingevoerd: tuple[EnteredShown, ...]
