"""What the verbs answer about a dashboard: the tests as columns, the pupils as rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from uwlr.undisclosed import Undisclosed


class GroupShown(msgspec.Struct, frozen=True, kw_only=True):
    """A group and the number of its pupils."""

    key: str
    naam: str
    leerlingen: int


class ColourShown(msgspec.Struct, frozen=True, kw_only=True):
    """A colour: red, green, blue 0 to 255, transparantie 0 (clear) to 1 (opaque)."""

    rood_code: int
    groen_code: int
    blauw_code: int
    transparantie: Decimal


class NormShown(msgspec.Struct, frozen=True, kw_only=True):
    """A norm of a test: the scores it covers, and what they mean."""

    term: str
    omschrijving: str | None = None
    beginnormwaarde: int
    eindnormwaarde: int
    normkleur: ColourShown | None = None
    schoolcijfer_vanaf: Decimal | None = None
    schoolcijfer_totenmet: Decimal | None = None


class ColumnShown(msgspec.Struct, frozen=True, kw_only=True):
    """A test, or a part of one, as a column of the dashboard."""

    klantcode: str
    toetscode: str
    versie: str | None
    toetsnaam: str | None
    toetsonderdeelcode: str | None
    toetsonderdeelnaam: str | None
    normen: tuple[NormShown, ...]


class CellShown(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A result of a pupil in a column; `norm` is the place of the norm that covers it, in `normen` of the column."""

    key: str
    afnamedatum: dt.date
    infourl: str | None
    score: int | None = None
    osoresultaat: dict[str, Any] | None = None
    anderresultaat: str | None = None
    norm: int | None


class PupilShown(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A pupil as a row of the dashboard: a result or None for each column."""

    key: str
    naam: str
    leerlingnummer: str | None = None
    resultaten: tuple[CellShown | None, ...]


class DashboardShown(msgspec.Struct, frozen=True, kw_only=True):
    """What the dashboard of a group shows.

    Attributes:
        brincode: the school.
        dependancecode: its location.
        naam: its name.
        sector: PO or VO.
        schooljaar: the school year.
        groepen: the groups of the school.
        groep: key of the group that is shown.
        toetsen: the tests, as columns.
        leerlingen: the pupils, as rows.
        nog_niet_zichtbaar: results of these pupils that do not show yet.
        van_eerdere_schooljaren: results of these pupils that never will, as they are of earlier years.
    """

    brincode: str
    dependancecode: str
    naam: str
    sector: str
    schooljaar: str
    groepen: tuple[GroupShown, ...]
    groep: str | None
    toetsen: tuple[ColumnShown, ...]
    leerlingen: tuple[PupilShown, ...]
    nog_niet_zichtbaar: int
    van_eerdere_schooljaren: int
