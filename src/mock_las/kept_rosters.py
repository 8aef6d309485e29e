"""The rosters of the schools: generated from a seed, or kept as somebody left them; and the answers made from them."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from functools import cache
from typing import Any, NamedTuple

from mock_las.clock import Clock
from mock_las.state import AT_SCHOOL, Place, State
from mock_las.vendor_roster import RosterForm
from uwlr.berichten import GeenGegevens, Leerlinggegevens, LeerlinggegevensAntwoord
from uwlr.codec.read import read_tolerant
from uwlr.codec.write import write
from uwlr.dutch_time import AMSTERDAM
from uwlr.soap.answer import encode
from uwlr.soap.providers import Encoded
from uwlr.testing import make_school

_KEPT = 64
"""Number of rosters, and of encoded answers, that are kept ready."""


class _Kept:
    """The things that were made last, by what they were made from."""

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
    return dt.datetime(int(schooljaar[:4]), 8, 1, tzinfo=AMSTERDAM)


class School(NamedTuple):
    """A school at a vendor: what its roster is made from."""

    vendor: str
    brincode: str
    dependancecode: str
    sector: str
    seed: int
    leerlingen: int

    @property
    def place(self) -> Place:
        """Where everything about it is kept."""
        return Place(self.vendor, self.brincode, self.dependancecode)


class Version(NamedTuple):
    """Which roster of a school is meant: the year, a number that every change renews (0: none yet), and its moment."""

    schooljaar: str
    revision: int
    changed_at: dt.datetime


class Rosters:
    """The rosters of all schools, one for each school year.

    Args:
        state: where they are kept.
        clock: the time, and with it the school year.
    """

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._rosters = _Kept()
        self._encoded = _Kept()

    def version(self, school: School, schooljaar: str) -> Version:
        """Which roster of a year is valid now: the one from the seed since the year began, or a later one."""
        row = self._state.row(
            f"SELECT revision, changed_at FROM roster WHERE {AT_SCHOOL} AND schooljaar = ?",  # noqa: S608
            *school.place,
            schooljaar,
        )
        if row is None:
            return Version(schooljaar, 0, _first_day(schooljaar))
        return Version(schooljaar, row["revision"], dt.datetime.fromisoformat(row["changed_at"]))

    def years(self, school: School) -> list[str]:
        """The school years of which it has a roster, the newest first."""
        rows = self._state.rows(f"SELECT schooljaar FROM roster WHERE {AT_SCHOOL}", *school.place)  # noqa: S608
        return sorted({*self._held(), *(row["schooljaar"] for row in rows)}, reverse=True)

    def holds(self, school: School, schooljaar: str) -> bool:
        """Tell whether a school has a roster of a year: the current one, the previous one, or one that was loaded."""
        return schooljaar in self._held() or self.version(school, schooljaar).revision != 0

    def roster(self, school: School, schooljaar: str) -> Leerlinggegevens | GeenGegevens:
        """The roster of a year; geengegevens of one that it does not hold."""
        version = self.version(school, schooljaar)
        if version.revision == 0 and schooljaar not in self._held():
            return GeenGegevens()
        key = (school, schooljaar, version.revision)
        roster: Leerlinggegevens | GeenGegevens | None = self._rosters.get(key)
        if roster is None:
            roster = self._make(school, version)
            self._rosters.put(key, roster)
        return roster

    def keep(
        self, school: School, schooljaar: str, roster: Leerlinggegevens | GeenGegevens, changed_at: dt.datetime
    ) -> None:
        """Keep a roster, in place of the one that the school had for that year."""
        message = None if isinstance(roster, GeenGegevens) else write(roster, unchecked=True)
        self._state.execute(
            "INSERT OR REPLACE INTO roster VALUES (?, ?, ?, ?, ?, ?, ?)",
            *school.place,
            schooljaar,
            time.time_ns(),  # never used before, not even before a reset, so no roster in memory is mistaken for it
            changed_at.astimezone(dt.UTC).isoformat(),
            message,
        )

    def drop(self, place: Place) -> None:
        """Forget what was kept of a school, so that its rosters are generated from its seed again."""
        self._state.execute(f"DELETE FROM roster WHERE {AT_SCHOOL}", *place)  # noqa: S608 - our own names

    def encoded(self, school: School, schooljaar: str, xsdversie: str, form: RosterForm, prefix: str) -> Encoded:
        """The whole answer, written once for each form in which it is requested."""
        version = self.version(school, schooljaar)
        key = (school, schooljaar, version.revision, xsdversie, form, prefix)
        kept: Encoded | None = self._encoded.get(key)
        if kept is None:
            inhoud = form(self.roster(school, schooljaar))
            kept = encode(LeerlinggegevensAntwoord(inhoud=inhoud), xsdversie=xsdversie, prefix=prefix)
            self._encoded.put(key, kept)
        return kept

    def _held(self) -> tuple[str, str]:
        current = self._clock.schooljaar()
        first = int(current[:4])
        return current, f"{first - 1}-{first}"

    def _make(self, school: School, version: Version) -> Leerlinggegevens | GeenGegevens:
        if version.revision == 0:
            return make_school(
                school.seed,
                leerlingen=school.leerlingen,
                sector="VO" if school.sector == "VO" else "PO",
                schooljaar=version.schooljaar,
                brincode=school.brincode,
                dependancecode=school.dependancecode,
            )
        row = self._state.row(
            f"SELECT message FROM roster WHERE {AT_SCHOOL} AND schooljaar = ?",  # noqa: S608
            *school.place,
            version.schooljaar,
        )
        if row is None or row["message"] is None:
            return GeenGegevens()
        bericht = read_tolerant(row["message"]).bericht
        return bericht if isinstance(bericht, Leerlinggegevens) else GeenGegevens()
