"""The schools of the fakes: made up from a seed when they are first asked for, or as a test left them."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from functools import cache
from typing import Any, NamedTuple

from mock_las.clock import Clock, amsterdam
from mock_las.shape import Shape
from mock_las.state import State
from uwlr import edexml
from uwlr.berichten import GeenGegevens, Leerlinggegevens, LeerlinggegevensAntwoord
from uwlr.codec.read import read, read_tolerant
from uwlr.codec.write import write
from uwlr.errors import ConfigurationError, UnexpectedElement
from uwlr.soap.answer import encode
from uwlr.soap.providers import Encoded

_KEPT = 64
"""Rosters, and encoded answers, that are kept ready."""


_VO = {str(jaargroep) for jaargroep in range(11, 17)}


class _Kept:
    """The last things that were made, by what they were made from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._things: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        with self._lock:
            if key not in self._things:
                return None
            self._things.move_to_end(key)
            return self._things[key]

    def put(self, key: Hashable, thing: Any) -> None:
        with self._lock:
            self._things[key] = thing
            if len(self._things) > _KEPT:
                self._things.popitem(last=False)


@cache
def _first_day(schooljaar: str) -> dt.datetime:
    """The moment a school year begins."""
    return dt.datetime(int(schooljaar[:4]), 8, 1, tzinfo=amsterdam())


class School(NamedTuple):
    """A school at a vendor: what its roster is made from."""

    vendor: str
    brincode: str
    dependancecode: str
    sector: str
    seed: int
    leerlingen: int


class Version(NamedTuple):
    """Which roster of a school is meant: the year, a number that every change renews (0: none yet), and its moment."""

    schooljaar: str
    revision: int
    changed_at: dt.datetime


class Schools:
    """Schools by vendor, BRIN and dependance.

    Args:
        state: where they are kept.
        clock: the time, and with it the school year.
    """

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._rosters = _Kept()
        self._encoded = _Kept()

    def add(self, school: School) -> None:
        """Add a school, or make it anew from another seed."""
        with self._state.transaction() as db:
            db.execute("INSERT OR REPLACE INTO school VALUES (?, ?, ?, ?, ?, ?)", school)
            db.execute("DELETE FROM roster WHERE vendor = ? AND brincode = ? AND dependancecode = ?", school[:3])

    def of(self, vendor: str) -> list[School]:
        """The schools of a vendor."""
        rows = self._state.rows("SELECT * FROM school WHERE vendor = ? ORDER BY brincode, dependancecode", vendor)
        return [School(*row) for row in rows]

    def find(self, vendor: str, brincode: str | None, dependancecode: str | None) -> School | None:
        """One school; no dependance is 00."""
        row = self._state.row(
            "SELECT * FROM school WHERE vendor = ? AND brincode = ? AND dependancecode = ?",
            vendor,
            brincode,
            dependancecode or "00",
        )
        return School(*row) if row else None

    def version(self, school: School, schooljaar: str) -> Version:
        """The roster of a year that is in force: untouched since the year began, or as it was changed."""
        row = self._state.row(
            "SELECT revision, changed_at FROM roster"
            " WHERE vendor = ? AND brincode = ? AND dependancecode = ? AND schooljaar = ?",
            *school[:3],
            schooljaar,
        )
        if row is None:
            return Version(schooljaar, 0, _first_day(schooljaar))
        return Version(schooljaar, row["revision"], dt.datetime.fromisoformat(row["changed_at"]))

    def years(self, school: School) -> list[str]:
        """The school years of which it has a roster, the newest first."""
        rows = self._state.rows(
            "SELECT schooljaar FROM roster WHERE vendor = ? AND brincode = ? AND dependancecode = ?", *school[:3]
        )
        return sorted({*self._held(), *(row["schooljaar"] for row in rows)}, reverse=True)

    def roster(self, school: School, schooljaar: str) -> Leerlinggegevens | GeenGegevens:
        """The roster of a year; no school holds other years than the current and the previous one."""
        version = self.version(school, schooljaar)
        if version.revision == 0 and schooljaar not in self._held():
            return GeenGegevens()
        key = (school, schooljaar, version.revision)
        roster: Leerlinggegevens | GeenGegevens | None = self._rosters.get(key)
        if roster is None:
            roster = self._make(school, version)
            self._rosters.put(key, roster)
        return roster

    def change(self, school: School, schooljaar: str, roster: Leerlinggegevens | GeenGegevens) -> None:
        """Put another roster in the place of a year's."""
        message = None if isinstance(roster, GeenGegevens) else write(roster, unchecked=True)
        self._state.execute(
            "INSERT OR REPLACE INTO roster VALUES (?, ?, ?, ?, ?, ?, ?)",
            *school[:3],
            schooljaar,
            time.time_ns(),  # never used before, also not before a reset, so nothing that is kept is taken for it
            self._clock.now().isoformat(),
            message,
        )

    def load(self, vendor: str, roster: Leerlinggegevens) -> tuple[School, str]:
        """Add a school with this roster, in place of what it had for that year; the school and the year.

        Raises:
            ConfigurationError: the roster does not say of which school it is.
        """
        about = roster.school
        if about.brincode is None:
            raise ConfigurationError("the roster has no brincode, so it is not clear of which school it is")
        school = self.find(vendor, about.brincode, about.dependancecode)
        if school is None:
            vo = any(str(leerling.jaargroep) in _VO for leerling in roster.leerlingen)
            school = School(
                vendor, about.brincode, about.dependancecode or "00", "VO" if vo else "PO", 1, len(roster.leerlingen)
            )
            self.add(school)
        self.change(school, about.schooljaar, roster)
        return school, about.schooljaar

    def numbers(self, school: School) -> set[str]:
        """The leerlingnummers that were entered by hand at a school."""
        rows = self._state.rows(
            "SELECT leerlingid FROM leerlingnummer WHERE vendor = ? AND brincode = ? AND dependancecode = ?",
            *school[:3],
        )
        return {row["leerlingid"] for row in rows}

    def enter_numbers(self, school: School, numbers: Iterable[str]) -> None:
        """Enter leerlingnummers by hand, so that results of these pupils land from now on."""
        with self._state.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO leerlingnummer VALUES (?, ?, ?, ?)",
                ((*school[:3], number) for number in numbers),
            )

    def encoded(self, school: School, schooljaar: str, xsdversie: str, shape: Shape, prefix: str) -> Encoded:
        """The whole answer, written once for each form in which it is asked for."""
        version = self.version(school, schooljaar)
        key = (school, schooljaar, version.revision, xsdversie, shape, prefix)
        kept: Encoded | None = self._encoded.get(key)
        if kept is None:
            inhoud = shape(self.roster(school, schooljaar))
            kept = encode(LeerlinggegevensAntwoord(inhoud=inhoud), xsdversie=xsdversie, prefix=prefix)
            self._encoded.put(key, kept)
        return kept

    def _held(self) -> tuple[str, str]:
        current = self._clock.schooljaar()
        first = int(current[:4])
        return current, f"{first - 1}-{first}"

    def _make(self, school: School, version: Version) -> Leerlinggegevens | GeenGegevens:
        if version.revision == 0:
            from uwlr.testing import make_school  # noqa: PLC0415 - loaded with the first school that is asked for

            return make_school(
                school.seed,
                leerlingen=school.leerlingen,
                sector="VO" if school.sector == "VO" else "PO",
                schooljaar=version.schooljaar,
                brincode=school.brincode,
                dependancecode=school.dependancecode,
            )
        row = self._state.row(
            "SELECT message FROM roster WHERE vendor = ? AND brincode = ? AND dependancecode = ? AND schooljaar = ?",
            *school[:3],
            version.schooljaar,
        )
        if row is None or row["message"] is None:
            return GeenGegevens()
        bericht = read_tolerant(row["message"]).bericht
        return bericht if isinstance(bericht, Leerlinggegevens) else GeenGegevens()


def read_roster(message: bytes) -> Leerlinggegevens:
    """Read a roster: a UWLR answer, in an envelope or not, or an EDEXML file.

    Raises:
        MessageError: it is neither, or deviates.
    """
    if b"<EDEX" in message[:4096]:
        return edexml.read(message)
    bericht = read(message)
    inhoud = bericht.inhoud if isinstance(bericht, LeerlinggegevensAntwoord) else bericht
    if not isinstance(inhoud, Leerlinggegevens):
        raise UnexpectedElement("a roster was due: leerlinggegevens_antwoord with pupils, or EDEX", element="/")
    return inhoud
