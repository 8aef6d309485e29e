"""What happens at the schools of the fakes: a school whose roster was changed has a life, which follows the clock.

A life begins with the roster of the day on which something first happens. It is kept as that roster and the steps that
testers took since; chance in it depends on nothing else, so the same steps lead to the same school after a restart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from mock_las.pupils_by_group import full_name
from mock_las.state import AT_SCHOOL, Place, State, as_json, from_json
from uwlr.berichten import GeenGegevens, Leerlinggegevens
from uwlr.codec.read import read_tolerant
from uwlr.codec.write import write
from uwlr.errors import ConfigurationError
from uwlr.norm import schooljaar_for
from uwlr.testing.schoollife import KINDS, SchoolLife
from uwlr.undisclosed import Undisclosed

_OF_THEMSELVES: Final = frozenset({"august", "started", "gone"})
"""Kinds that only time brings."""

OFFERED: Final = tuple(name for name, kind in KINDS.items() if name not in _OF_THEMSELVES and not kind.apart)
"""What a tester can let happen at a school: the kinds of `SchoolLife` that need neither time nor a second school."""

_LONGEST: Final = 50
"""Years after which nobody of a school is left, so that it begins a new life."""


class Step(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a tester did: let something happen, or decide what happens by itself from then on.

    Attributes:
        day: the day on which.
        kind: what happened; one of `OFFERED`.
        who: key or ECK-iD of the pupil or member of staff.
        groep: key of the group that somebody comes to.
        kinds: what happens by itself from then on.
    """

    day: dt.date
    kind: str | None = None
    who: str | None = None
    groep: str | None = None
    kinds: tuple[str, ...] | None = None

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Give what is about nobody."""
        return [("day", self.day), ("kind", self.kind), ("kinds", self.kinds)]


class Person(NamedTuple):
    """A pupil or member of staff as in the roster after something happened, or as last seen if they are gone."""

    key: str
    naam: str

    def __repr__(self) -> str:
        return "<Person>"


class Happened(NamedTuple):
    """Something that happened: the day, what it was, and the pupils and staff to whom."""

    day: dt.date
    kind: str
    people: tuple[Person, ...]


class Life:
    """The life of one school.

    Args:
        seed: what chance depends on.
        roster: the school on the first day, which is its peildatum.

    Attributes:
        kinds: what happens by itself.
        happened: everything that happened, oldest first.
    """

    def __init__(self, seed: int, roster: Leerlinggegevens) -> None:
        self._life = SchoolLife(seed, roster=roster, kinds=())
        self._people: dict[str, Person] = {}
        self.kinds: tuple[str, ...] = ()
        self.happened: list[Happened] = []
        self.roster = self._look()

    @property
    def day(self) -> dt.date:
        """The day up to which it was lived."""
        return self._life.day

    @property
    def schooljaar(self) -> str:
        """The school year of that day."""
        return schooljaar_for(self.day)

    def step(self, step: Step) -> Happened | None:
        """Take a step, after living on until its day.

        Raises:
            ConfigurationError: there is nobody, or no group, to whom this can happen. The life is spoiled then.
        """
        if step.day > self.day:
            self.advance(step.day)
        if step.kinds is not None:
            self._life.let_happen(step.kinds)
            self.kinds = step.kinds
        if step.kind is None:
            return None
        event = self._life.happen(step.kind, who=step.who, groep=step.groep)
        return self._note([(event.day, event.kind, event.people)])[0]

    def advance(self, until: dt.date) -> list[Happened]:
        """Live on until a day, and give what happened."""
        found: list[Happened] = []
        # Day by day, so that the history is the same however far the clock moves at a time.
        while self.day < until:
            events = self._life.advance(self.day + dt.timedelta(days=1))
            found += self._note([(event.day, event.kind, event.people) for event in events])
        return found

    def augusts(self, until: dt.date) -> Iterator[dt.date]:
        """Every 1 August from now until a day."""
        year = int(self.schooljaar[5:])
        while (august := dt.date(year, 8, 1)) <= until:
            yield august
            year += 1

    def _note(self, events: list[tuple[dt.date, str, tuple[str, ...]]]) -> list[Happened]:
        if not events:
            return []
        self.roster = self._look()
        found = [
            # Who came and went between two looks was never in a roster.
            Happened(day, kind, tuple(self._people[person] for person in people if person in self._people))
            for day, kind, people in events
        ]
        self.happened += found
        return found

    def _look(self) -> Leerlinggegevens | GeenGegevens:
        (answer,) = self._life.answers()
        bericht = answer.bericht
        for person, leerling in zip(answer.leerlingen, bericht.leerlingen, strict=True):
            self._people[person] = Person(leerling.key or leerling.eckid or "", full_name(leerling))
        for person, leerkracht in zip(answer.leerkrachten, bericht.leerkrachten, strict=True):
            self._people[person] = Person(leerkracht.key, full_name(leerkracht))
        return bericht if bericht.leerlingen else GeenGegevens()


class Lives:
    """The lives of all schools; every method runs in a transaction of the caller.

    Args:
        state: where they are kept.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._alive: dict[Place, Life] = {}

    def get(self, place: Place) -> Life | None:
        """The life of a school, if it has one."""
        if place not in self._alive:
            row = self._state.row(f"SELECT seed, reached, message FROM life WHERE {AT_SCHOOL}", *place)  # noqa: S608
            if row is None:
                return None
            roster = read_tolerant(row["message"]).bericht
            assert isinstance(roster, Leerlinggegevens)  # noqa: S101 - `begin` wrote it
            life = Life(row["seed"], roster)
            for step in self._steps(place):
                life.step(step)
            life.advance(max(life.day, dt.date.fromisoformat(row["reached"])))
            self._alive[place] = life
        return self._alive[place]

    def reached(self, place: Place) -> dt.date | None:
        """The day up to which a school lived, if it has a life."""
        row = self._state.row(f"SELECT reached FROM life WHERE {AT_SCHOOL}", *place)  # noqa: S608
        return None if row is None else dt.date.fromisoformat(row["reached"])

    def begin(self, place: Place, seed: int, roster: Leerlinggegevens, day: dt.date) -> None:
        """Begin the life of a school that has none."""
        today = msgspec.structs.replace(roster.school, peildatum=day)
        roster = msgspec.structs.replace(roster, school=today)
        message = write(roster, unchecked=True)
        self._state.execute("INSERT INTO life VALUES (?, ?, ?, ?, ?, ?)", *place, seed, day.isoformat(), message)

    def step(self, place: Place, life: Life, step: Step) -> Happened | None:
        """Take a step in the life of a school, and keep it.

        Raises:
            ConfigurationError: as `Life.step`; the caller then drops the life.
        """
        if step.kind is not None and step.kind not in OFFERED:
            raise ConfigurationError(f"{step.kind!r} is not one of {', '.join(sorted(OFFERED))}")
        happened = life.step(step)
        self._state.execute("INSERT INTO step VALUES (?, ?, ?, ?, ?)", *place, self._number(place), as_json(step))
        self.reach(place, life)
        return happened

    def reach(self, place: Place, life: Life) -> None:
        """Keep the day up to which a school lived."""
        self._state.execute(f"UPDATE life SET reached = ? WHERE {AT_SCHOOL}", life.day.isoformat(), *place)  # noqa: S608

    def forget(self, place: Place) -> None:
        """End the life of a school; its rosters stay."""
        for table in ("life", "step"):
            self._state.execute(f"DELETE FROM {table} WHERE {AT_SCHOOL}", *place)  # noqa: S608 - our own names
        self.drop(place)

    def drop(self, place: Place) -> None:
        """Read the life of a school from the state again when it is next needed."""
        self._alive.pop(place, None)

    def clear(self) -> None:
        """Read every life from the state again when it is next needed."""
        self._alive.clear()

    def _steps(self, place: Place) -> list[Step]:
        rows = self._state.rows(f"SELECT step FROM step WHERE {AT_SCHOOL} ORDER BY number", *place)  # noqa: S608
        return [from_json(row["step"], Step) for row in rows]

    def _number(self, place: Place) -> int:
        row = self._state.row(f"SELECT count(*) FROM step WHERE {AT_SCHOOL}", *place)  # noqa: S608
        return int(row[0]) if row else 0


def is_over(reached: dt.date, today: dt.date) -> bool:
    """Tell whether nobody of a school can be left."""
    return today.year - reached.year > _LONGEST
