"""What a LAS has on its books: rows about pupils and staff, each of a person who is who they are, and groups.

A person is an id that never changes and that no message carries. The books may have two rows about one person, and what
stands in a row may be wrong; who the row is about never is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from msgspec.structs import replace

from uwlr.berichten import Groep, Jaargroep, Leerkracht, Leerling, Leerlinggegevens, SamengesteldeGroep
from uwlr.testing.dice import Dice
from uwlr.testing.eckid import make_eckid
from uwlr.testing.names import make_person, plain

P = TypeVar("P", Leerling, Leerkracht)
Sector: TypeAlias = Literal["PO", "VO"]
LAST: Final = {"": 8, "T": 14, "H": 15, "V": 16}
"""The jaargroep after which pupils leave, by stream."""
_NEW_KEY: Final = re.compile(r"[0-9]{2}9[0-9]{7}")
"""A key as `new_key` makes it."""
_AGES: Final = {False: 3, True: 1}
"""Years to add to a jaargroep for the age of the youngest on 1 October; True is VO."""


@dataclass(slots=True, eq=False)
class Record(Generic[P]):
    """One row of the books.

    Attributes:
        person: who it is about.
        school: brincode and dependancecode.
        row: what it says, as it was typed.
        number: of the row in its school, for a LAS that numbers by school.
        stroom: of a pupil in VO.
        seen: what a lens made of it last.
        sent: what of it was sent last.
    """

    person: str
    school: str
    row: P
    number: int
    stroom: str = ""
    seen: Any = None
    sent: Any = None


@dataclass(slots=True, eq=False)
class Group:
    """One group of one school year; `id` is its own among all there ever were."""

    id: str
    school: str
    row: Groep | SamengesteldeGroep
    number: int


@dataclass(slots=True)
class Administration:
    """The books of one LAS, for one school or several under one board, on one day."""

    seed: object
    sector: Sector
    day: date
    pupils: list[Record[Leerling]] = field(default_factory=list)
    staff: list[Record[Leerkracht]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    left: list[Record[Leerling]] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    due: list[tuple[date, int, str, Any]] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _eckids: dict[str, str] = field(default_factory=dict)

    def open(self, school: str, roster: Leerlinggegevens) -> None:
        """Begin with the roster of one school: everybody in it is somebody else."""
        self.sizes[school] = len(roster.leerlingen)
        for groep in roster.groepen:
            self.found(groep, school)
        for leerling in roster.leerlingen:
            self.admit(leerling, school, stroom=self._stroom(leerling))
            # A roster of an earlier life has keys that were new then.
            if leerling.key is not None and _NEW_KEY.fullmatch(leerling.key):
                self._counts["key"] = max(self._counts["key"], int(leerling.key[3:]))
        for leerkracht in roster.leerkrachten:
            self.appoint(leerkracht, school)

    def _stroom(self, leerling: Leerling) -> str:
        if self.sector == "PO":
            return ""
        # The third digit of a key of `make_school` is the stream; others are given one by their key.
        digit = (leerling.key or "0")[2:3]
        return "THV"[int(digit) - 1] if digit in {"1", "2", "3"} else Dice(self.seed, leerling.key).pick("THV")

    def found(self, groep: Groep | SamengesteldeGroep, school: str) -> Group:
        """Found a group."""
        group = Group(f"G{self.count('group')}", school, groep, self.count(f"group {school}"))
        self.groups.append(group)
        return group

    def admit(self, row: Leerling, school: str, *, person: str | None = None, stroom: str = "") -> Record[Leerling]:
        """Write a pupil down, a new person where nobody is named."""
        person = person or f"L{self.count('pupil')}"
        record = Record(person, school, row, self.count(f"pupil {school}"), stroom)
        if row.eckid is not None:
            self._eckids.setdefault(person, row.eckid)
        self.pupils.append(record)
        return record

    def appoint(self, row: Leerkracht, school: str, *, person: str | None = None) -> Record[Leerkracht]:
        """Write a member of staff down, a new person where nobody is named."""
        person = person or f"S{self.count('staff')}"
        record = Record(person, school, row, self.count(f"staff {school}"))
        self.staff.append(record)
        return record

    def strike(self, record: Record[Leerling]) -> None:
        """Strike a row out; it is kept for the day they come back."""
        self.pupils.remove(record)
        self.left.append(record)

    def count(self, what: str) -> int:
        """The next number of something, from 1."""
        self._counts[what] += 1
        return self._counts[what]

    def enrolled(self, school: str | None = None) -> list[Record[Leerling]]:
        """The rows of those who are at school today."""
        return [r for r in self.pupils if is_enrolled(r.row, self.day) and school in {None, r.school}]

    def by_key(self, school: str) -> dict[str, Group]:
        """The groups of one school, by key."""
        return {group.row.key: group for group in self.groups if group.school == school}

    def stamgroepen(self, school: str) -> list[Group]:
        """The stamgroepen of one school."""
        return [group for group in self.groups if group.school == school and isinstance(group.row, Groep)]

    def years_of(self, group: Group) -> list[int]:
        """The jaargroepen of a stamgroep: its own, or those of its pupils."""
        stated = getattr(group.row, "jaargroep", None)
        if stated is not None and str(stated).isdigit():
            return [int(stated)]
        there = {year_of(r.row) for r in self.pupils if r.school == group.school and r.row.groep == group.row.key}
        return sorted(there) or [1 if self.sector == "PO" else 11]

    def subgroepen(self, school: str) -> list[Group]:
        """The groups for some lessons of one school."""
        return [group for group in self.groups if group.school == school and not isinstance(group.row, Groep)]

    def new_key(self) -> str:
        """A key for a pupil, that none ever had: the third digit is one that `make_school` never gives."""
        return f"{self.day.year % 100:02d}9{self.count('key'):07d}"

    def eckid(self, person: str) -> str:
        """The ECK-iD of somebody: it is made from their BSN, so it is the same in every row about them."""
        return self._eckids.get(person) or self.new_eckid(person)

    def new_eckid(self, person: str) -> str:
        """Another ECK-iD for somebody, as after their BSN was corrected."""
        self._eckids[person] = make_eckid(self.seed, person, self.count("eckid"))
        return self._eckids[person]

    def newcomer(self, dice: Dice, school: str, year: int, stroom: str, instroom: date) -> Record[Leerling]:
        """Write down a pupil who was never there, in no group yet."""
        made = make_person(dice)
        first = first_of(self.day)
        born = date(first - year - _AGES[year > 10] - dice.pick((0, 0, 0, 0, 1)), 10, 1) - timedelta(
            days=dice.below(365)
        )
        row = Leerling(
            key=self.new_key(),
            achternaam=made.achternaam,
            voorvoegsel=made.voorvoegsel,
            voorletters_1=made.voorletters,
            roepnaam=made.roepnaam,
            geboortedatum=born,
            geslacht=made.geslacht,
            jaargroep=Jaargroep(str(year)),
            instroomdatum=instroom,
        )
        record = self.admit(row, school, stroom=stroom)
        if dice.chance(80):
            record.row = replace(row, eckid=self.eckid(record.person))
        return record

    def hire(self, dice: Dice, school: str) -> Record[Leerkracht]:
        """Write down a member of staff who was never there, without a group yet."""
        made = make_person(dice)
        number = self.count("hired")
        user = f"{plain(made.roepnaam)[:1]}.{plain(made.voorvoegsel or '')}{plain(made.achternaam)}{number}"
        row = Leerkracht(
            key=f"{school}-m{number}",
            achternaam=made.achternaam,
            voorvoegsel=made.voorvoegsel,
            voorletters_1=made.voorletters,
            roepnaam=made.roepnaam,
            emailadres=f"{user}@school.example.invalid" if dice.chance(85) else None,
        )
        record = self.appoint(row, school)
        if dice.chance(75):
            record.row = replace(row, eckid=self.eckid(record.person))
        return record

    def later(self, days: int, kind: str, record: Any = None) -> None:
        """Let something follow in so many days."""
        heappush(self.due, (self.day + timedelta(days=days), self.count("due"), kind, record))

    def next_due(self, until: date) -> tuple[date, str, Any] | None:
        """Take the first thing that follows up to a day."""
        if not self.due or self.due[0][0] > until:
            return None
        day, _, kind, record = heappop(self.due)
        return day, kind, record


class Impossible(Exception):  # noqa: N818 - it is no fault: nobody is there to whom it can happen
    """Nobody and nothing is there to which this can happen."""


@dataclass(slots=True)
class Occasion:
    """When something happens: the books, the chances, and whom and what was asked for.

    Attributes:
        who: key or ECK-iD of the pupil or member of staff; None lets chance decide.
        groep: key of the group that somebody comes to.
        record: the row that something earlier was about.
    """

    books: Administration
    dice: Dice
    who: str | None = None
    groep: str | None = None
    record: Any = None

    def pupil(self, suits: Callable[[Record[Leerling]], object] = lambda _: True) -> Record[Leerling]:
        """One of the pupils who are at school."""
        return self._one([r for r in self.books.enrolled() if suits(r)])

    def member(self, suits: Callable[[Record[Leerkracht]], object] = lambda _: True) -> Record[Leerkracht]:
        """One of the staff."""
        return self._one([r for r in self.books.staff if suits(r)])

    def _one(self, found: list[Record[P]]) -> Record[P]:
        if self.who is not None:
            found = [record for record in found if self.who in {record.row.key, record.row.eckid}]
        if not found:
            raise Impossible
        return self.dice.pick(found)

    def school(self, but: str | None = None) -> str:
        """One of the schools, another than `but`."""
        schools = [school for school in self.books.sizes if school != but]
        if self.groep is not None:
            named = {group.school for group in self.books.groups if group.row.key == self.groep}
            schools = [school for school in schools if school in named]
        if not schools:
            raise Impossible
        return self.dice.pick(schools)

    def stamgroep(self, school: str, year: int | None = None, but: str | None = None) -> Group:
        """One of the stamgroepen of a school, as near to a jaargroep as there are, another than that with key `but`."""
        groups = [group for group in self.books.stamgroepen(school) if group.row.key != but]
        if self.groep is not None:
            groups = [group for group in groups if group.row.key == self.groep]
        if not groups:
            raise Impossible
        if year is None:
            return self.dice.pick(groups)
        apart = {group.id: min(abs(year - other) for other in self.books.years_of(group)) for group in groups}
        return self.dice.pick([group for group in groups if apart[group.id] == min(apart.values())])

    def put(self, record: Record[Leerling], group: Group) -> None:
        """Put a pupil in a stamgroep, and in the jaargroep that it is for."""
        years = self.books.years_of(group)
        year = min(years, key=lambda one: abs(one - year_of(record.row)))
        record.row = replace(record.row, groep=group.row.key, jaargroep=Jaargroep(str(year)))


Deed: TypeAlias = Callable[[Occasion], tuple[str, ...]]
"""Something that happens; it gives the persons to whom."""


class Kind:
    """One kind of thing that happens.

    Attributes:
        does: what it does to the books.
        rate: how often it happens in a year, for each hundred pupils; 0 is never of itself.
        apart: whether it takes more than one school.
        incident: whether it is on a scale at which an import should wait for a person.
    """

    __slots__ = ("apart", "does", "incident", "rate")

    def __init__(self, does: Deed, rate: float, *, apart: bool = False, incident: bool = False) -> None:
        self.does, self.rate, self.apart, self.incident = does, rate, apart, incident


def is_enrolled(row: Leerling, day: date) -> bool:
    """Tell whether a pupil is at school on a day: from the instroomdatum up to and with the uitstroomdatum."""
    return (row.instroomdatum is None or row.instroomdatum <= day) and (
        row.uitstroomdatum is None or day <= row.uitstroomdatum
    )


def year_of(row: Leerling) -> int:
    """The jaargroep of a pupil as a number; where it is none, the first."""
    return int(row.jaargroep) if row.jaargroep is not None and str(row.jaargroep).isdigit() else 1


def usual_year(row: Leerling, day: date, *, vo: bool) -> int:
    """The jaargroep that goes with the age of a pupil, or if that is not known the pupil's own."""
    if row.geboortedatum is None:
        return year_of(row)
    first = first_of(day)
    age = first - row.geboortedatum.year - ((row.geboortedatum.month, row.geboortedatum.day) > (10, 1))
    return age - _AGES[vo]


def first_of(day: date) -> int:
    """The year in which the school year of a day starts."""
    return day.year - (day.month < 8)
