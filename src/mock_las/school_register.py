"""The schools of the fakes: made up from a seed when first asked for, or as a test left them."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from functools import cache
from typing import Any, NamedTuple

from msgspec.structs import replace

from mock_las.clock import Clock
from mock_las.school_lives import Happened, Life, Lives, Step, is_over
from mock_las.state import AT_SCHOOL, Place, State
from mock_las.vendor_roster import RosterForm
from uwlr import edexml
from uwlr.berichten import GeenGegevens, Leerlinggegevens, LeerlinggegevensAntwoord
from uwlr.codec.read import read, read_tolerant
from uwlr.codec.write import write
from uwlr.dutch_time import AMSTERDAM, dutch_day
from uwlr.errors import ConfigurationError, UnexpectedElement
from uwlr.norm import schooljaar_for
from uwlr.schoolref import HOOFDVESTIGING
from uwlr.soap.answer import encode
from uwlr.soap.providers import Encoded
from uwlr.testing import make_school

_KEPT = 64
"""Number of rosters, and of encoded answers, that are kept ready."""

_VO = {str(jaargroep) for jaargroep in range(11, 17)}


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


class Schools:
    """Schools by vendor, BRIN and dependance.

    Args:
        state: where they are kept.
        clock: the time, and with it the school year.
    """

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._lives = Lives(state)
        self._up_to_date: dict[Place, dt.date] = {}
        self._rosters = _Kept()
        self._encoded = _Kept()

    def add(self, school: School) -> None:
        """Add a school, or make it again from another seed."""
        with self._state.transaction() as db:
            db.execute("INSERT OR REPLACE INTO school VALUES (?, ?, ?, ?, ?, ?)", school)
            db.execute(f"DELETE FROM roster WHERE {AT_SCHOOL}", school.place)  # noqa: S608 - our own names
            self._end_life(school)

    def forget(self) -> None:
        """Read everything from the state again, after it was cleared."""
        self._lives.clear()
        self._up_to_date.clear()

    def of(self, vendor: str) -> list[School]:
        """The schools of a vendor."""
        rows = self._state.rows("SELECT * FROM school WHERE vendor = ? ORDER BY brincode, dependancecode", vendor)
        return [School(*row) for row in rows]

    def find(self, vendor: str, brincode: str | None, dependancecode: str | None) -> School | None:
        """One school; no dependance is 00."""
        row = self._state.row(
            f"SELECT * FROM school WHERE {AT_SCHOOL}",  # noqa: S608
            vendor,
            brincode,
            dependancecode or HOOFDVESTIGING,
        )
        return School(*row) if row else None

    def version(self, school: School, schooljaar: str) -> Version:
        """Which roster of a year is valid now: the one from the seed since the year began, or a later one."""
        self._live_on(school)
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
        self._live_on(school)
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

    def empty(self, school: School) -> None:
        """Let everybody be gone."""
        with self._state.transaction():
            schooljaar = self._clock.schooljaar()
            if isinstance(self.roster(school, schooljaar), GeenGegevens):
                raise ConfigurationError("the school has no roster to change")
            self._end_life(school)
            self._keep(school, schooljaar, GeenGegevens(), self._clock.now())

    def happen(self, school: School, kind: str, who: str | None = None, groep: str | None = None) -> Happened:
        """Let something happen at a school now.

        Args:
            school: the school.
            kind: one of `school_lives.OFFERED`.
            who: key or ECK-iD of the pupil or member of staff; by default chance decides.
            groep: key of the group that somebody comes to; by default chance decides.

        Raises:
            ConfigurationError: there is no such kind, or nobody to whom it can happen.
        """
        happened = self._step(school, Step(day=self._clock.today(), kind=kind, who=who, groep=groep))
        assert happened is not None  # noqa: S101 - a step with a kind
        return happened

    def let_happen(self, school: School, kinds: tuple[str, ...]) -> None:
        """Decide what happens at a school of itself from now on, as the clock moves; August always brings a new year.

        Raises:
            ConfigurationError: there is no such kind.
        """
        self._step(school, Step(day=self._clock.today(), kinds=kinds))

    def life(self, school: School) -> Life | None:
        """The life of a school, if anything happened at it."""
        with self._state.transaction():
            self._live_on(school)
            return self._lives.get(school.place)

    def _step(self, school: School, step: Step) -> Happened | None:
        with self._state.transaction():
            self._live_on(school)
            life = self._lives.get(school.place)
            try:
                if life is None or life.schooljaar > schooljaar_for(step.day):
                    life = self._begin(school, step.day)
                happened = self._lives.step(school.place, life, step)
            except BaseException:
                self._lives.drop(school.place)
                raise
            if happened is not None:
                self._keep_life(school, life, self._clock.now())
            return happened

    def _begin(self, school: School, day: dt.date) -> Life:
        roster = self.roster(school, schooljaar_for(day))
        if isinstance(roster, GeenGegevens):
            raise ConfigurationError("the school has no roster to change")
        self._up_to_date.pop(school.place, None)
        return self._lives.begin(school.place, school.seed, roster, day)

    def _live_on(self, school: School) -> None:
        """Let the life of a school catch up with the clock, and keep the roster of every year that ends on the way."""
        today = self._clock.today()
        if self._up_to_date.get(school.place) == today:
            return
        reached = self._lives.reached(school.place)
        if reached is not None and reached < today:
            try:
                with self._state.transaction():
                    self._catch_up(school, today)
            except BaseException:
                self._lives.drop(school.place)
                raise
        self._up_to_date[school.place] = today

    def _catch_up(self, school: School, today: dt.date) -> None:
        life = self._lives.get(school.place)
        if life is None or is_over(life.day, today):
            self._end_life(school)
            return
        for august in life.augusts(today):
            self._advance(school, life, august - dt.timedelta(days=1))
            self._advance(school, life, august)
        self._advance(school, life, today)
        self._lives.reach(school.place, life)

    def _advance(self, school: School, life: Life, until: dt.date) -> None:
        if happened := life.advance(until):
            changed_at = dt.datetime.combine(happened[-1].day, dt.time(), AMSTERDAM)
            self._keep_life(school, life, changed_at)

    def _end_life(self, school: School) -> None:
        self._lives.forget(school.place)
        self._up_to_date.pop(school.place, None)

    def _keep_life(self, school: School, life: Life, changed_at: dt.datetime) -> None:
        """Keep the roster of a school as its life made it."""
        roster = life.roster
        if isinstance(roster, Leerlinggegevens):
            about = replace(roster.school, peildatum=dutch_day(changed_at), aanmaakdatum=changed_at.astimezone(dt.UTC))
            roster = replace(roster, school=about)
        self._keep(school, life.schooljaar, roster, changed_at)

    def _keep(
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
                vendor,
                about.brincode,
                about.dependancecode or HOOFDVESTIGING,
                "VO" if vo else "PO",
                1,
                len(roster.leerlingen),
            )
            self.add(school)
        with self._state.transaction():
            self._end_life(school)
            self._keep(school, about.schooljaar, roster, self._clock.now())
        return school, about.schooljaar

    def numbers(self, school: School) -> set[str]:
        """The leerlingnummers that were entered by hand at a school."""
        rows = self._state.rows(
            f"SELECT leerlingid FROM leerlingnummer WHERE {AT_SCHOOL}",  # noqa: S608
            *school.place,
        )
        return {row["leerlingid"] for row in rows}

    def enter_numbers(self, school: School, numbers: Iterable[str]) -> None:
        """Enter leerlingnummers by hand, so that results of these pupils are stored from now on."""
        with self._state.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO leerlingnummer VALUES (?, ?, ?, ?)",
                ((*school.place, number) for number in numbers),
            )

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
