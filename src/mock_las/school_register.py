"""The schools of the fakes: which there are, what happens at them, and what they make of a roster from a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec.structs import replace

from mock_las.clock import Clock
from mock_las.declined import Declined
from mock_las.kept_rosters import Rosters, School
from mock_las.school_lives import Happened, Life, Lives, Step, is_over
from mock_las.state import AT_SCHOOL, Place, State
from uwlr import edexml
from uwlr.berichten import GeenGegevens, Leerlinggegevens, LeerlinggegevensAntwoord
from uwlr.codec.read import read
from uwlr.dutch_time import AMSTERDAM, dutch_day
from uwlr.errors import ConfigurationError, UnexpectedElement
from uwlr.norm import schooljaar_for
from uwlr.schoolref import HOOFDVESTIGING

_NOBODY = (
    "Deze school heeft dit schooljaar geen leerlingen, dus er kan niets veranderen. "
    "Laad een rooster, of verzin de school opnieuw."
)
_VO = {str(jaargroep) for jaargroep in range(11, 17)}


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
        self._rosters = Rosters(state, clock)

    def add(self, school: School) -> None:
        """Add a school, or make it again from another seed."""
        with self._state.transaction() as db:
            db.execute("INSERT OR REPLACE INTO school VALUES (?, ?, ?, ?, ?, ?)", school)
            self._rosters.drop(school.place)
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

    def rosters(self, school: School) -> Rosters:
        """The rosters, after those of this school have caught up with the clock."""
        self._live_on(school)
        return self._rosters

    def empty(self, school: School) -> None:
        """Let everybody be gone."""
        with self._state.transaction():
            schooljaar = self._clock.schooljaar()
            if isinstance(self.rosters(school).roster(school, schooljaar), GeenGegevens):
                raise Declined("the school has no roster to change", _NOBODY)
            self._end_life(school)
            self._rosters.keep(school, schooljaar, GeenGegevens(), self._clock.now())

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
        """Decide what happens at a school by itself from now on, as the clock moves; August always brings a new year.

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
                    life = self._first_life(school, step.day)
                happened = self._lives.step(school.place, life, step)
            except BaseException:
                self._lives.drop(school.place)
                raise
            if happened is not None:
                self._keep_life(school, life, self._clock.now())
            return happened

    def _first_life(self, school: School, day: dt.date) -> Life:
        roster = self.rosters(school).roster(school, schooljaar_for(day))
        if isinstance(roster, GeenGegevens):
            raise Declined("the school has no roster to change", _NOBODY)
        self._begin_life(school, roster, day)
        life = self._lives.get(school.place)
        assert life is not None  # noqa: S101 - it began just now
        return life

    def _begin_life(self, school: School, roster: Leerlinggegevens, day: dt.date) -> None:
        self._end_life(school)
        self._lives.begin(school.place, school.seed, roster, day)

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
        self._rosters.keep(school, life.schooljaar, roster, changed_at)

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
            self._rosters.keep(school, about.schooljaar, roster, self._clock.now())
            if about.schooljaar == self._clock.schooljaar():
                self._begin_life(school, roster, self._clock.today())
        return school, about.schooljaar

    def numbers(self, school: School) -> dict[str, str]:
        """The leerlingnummers that were entered by hand at a school, by the pupil; one without a pupil by itself."""
        rows = self._state.rows(
            f"SELECT leerling, leerlingid FROM leerlingnummer WHERE {AT_SCHOOL}",  # noqa: S608
            *school.place,
        )
        return {row["leerling"] or row["leerlingid"]: row["leerlingid"] for row in rows}

    def enter_numbers(self, school: School, numbers: Iterable[str]) -> None:
        """Enter leerlingnummers of pupils without a name, so that their results are stored from now on."""
        with self._state.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO leerlingnummer VALUES (?, ?, ?, '', ?)",
                ((*school.place, number) for number in numbers),
            )

    def set_number(self, school: School, leerling: str, number: str) -> None:
        """Give a pupil a leerlingnummer in place of the one before; an empty one takes it away."""
        with self._state.transaction() as db:
            where = f"DELETE FROM leerlingnummer WHERE {AT_SCHOOL} AND leerling = ?"  # noqa: S608
            db.execute(where, (*school.place, leerling))
            if number:
                db.execute("INSERT INTO leerlingnummer VALUES (?, ?, ?, ?, ?)", (*school.place, leerling, number))


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
