"""School life: a school in which things happen, the rosters that its LAS gives, and the truth about every row.

`SchoolLife` is deterministic: the same arguments give the same years on every machine and every Python. Nobody in it
exists::

    from uwlr.testing import SchoolLife

    life = SchoolLife(seed=7, leerlingen=120, lens="numbered")
    for night in life.nights(years=2):
        for answer in night.answers:                 # one for each school of the board
            for row, person in zip(answer.bericht.leerlingen, answer.leerlingen, strict=True):
                ...                                  # `person` is who the row is about
        night.events                                 # what happened since the night before
        night.truth.enrolled                         # who is at school
        night.truth.ambiguous                        # the rows that do not tell who they are about

Two words of a night are for those who judge an import: `ambiguous` is the simulator's own word for what could not be
known from the rosters so far, and `incident` says that the night is one at which an import should wait for a person.
One thing at a time, for a fake or a demonstration::

    life = SchoolLife(roster=roster)                 # begins with a roster that is there
    life.happen("moved", who=roster.leerlingen[0].key)
    life.advance(date(2026, 8, 1))                   # and all that happens until then
    roster = life.night().answers[0].bericht
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from uwlr.berichten import Groep, Leerkracht, Leerling, Leerlinggegevens
from uwlr.berichten.leerlinggegevens import School
from uwlr.errors import ConfigurationError
from uwlr.norm import schooljaar_for
from uwlr.testing.administration import Administration, Impossible, Kind, Occasion, Record, Sector, first_of
from uwlr.testing.august import new_year
from uwlr.testing.bookkeeping import IN_THE_BOOKS, all_rekeyed
from uwlr.testing.dice import Dice
from uwlr.testing.happenings import AMONG_PEOPLE
from uwlr.testing.incidents import spoiled
from uwlr.testing.knowable import Memory, Sent, shared_numbers
from uwlr.testing.lens import CAREFUL, LENSES, Lens
from uwlr.testing.recipe import without_recipe
from uwlr.testing.school import first_year, make_school
from uwlr.testing.truth import Answer, Event, Incident, Night, Truth

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        **AMONG_PEOPLE,
        **IN_THE_BOOKS,
        "august": Kind(new_year, 0),
        "las-changed": Kind(all_rekeyed, 0.03, incident=True),
        "las-updated": Kind(lambda _: (), 0.03),
    }
)
"""All that can happen, by name, with its rate in a year for each hundred pupils. 1 August comes once a year."""
_REMEMBERED: Final = 20
"""How many nights back an older roster may be."""


class SchoolLife:
    """A board's school or schools, living from a day on.

    Args:
        seed: which school.
        leerlingen: number of pupils of all schools together; they stay about as many.
        sector: PO or VO.
        schools: brincode and dependancecode of each school that the LAS serves.
        schooljaar: the first year; life begins on 1 September.
        lens: a lens or its name; the LAS may change in the course of the years.
        kinds: which of `KINDS` happen of themselves; by default all. 1 August always comes.
        pace: how many times as much happens as at a usual school.
        roster: begin with a roster that is there, of one school, on its peildatum; everybody in it is somebody else,
            and what neither a lens nor an event is about stays as it is. `leerlingen` and `schools` say nothing then.

    Raises:
        ConfigurationError: an unknown kind or lens, or as `make_school`.
    """

    def __init__(
        self,
        seed: int = 1,
        leerlingen: int = 220,
        *,
        sector: Sector = "PO",
        schools: Collection[str] = ("99XX00",),
        schooljaar: str = "2025-2026",
        lens: Lens | str = CAREFUL,
        kinds: Collection[str] = KINDS,
        pace: float = 1.0,
        roster: Leerlinggegevens | None = None,
    ) -> None:
        self.seed = seed
        self.lens = lens_of(lens)
        self._kinds = _known(kinds)
        self._pace = pace
        rosters = {}
        if roster is not None:
            rosters[f"{roster.school.brincode or ''}{roster.school.dependancecode or ''}"] = roster
            schooljaar = roster.school.schooljaar
            sector = "VO" if any(str(row.jaargroep) in {"11", "12", "13"} for row in roster.leerlingen) else "PO"
        for number, school in enumerate(schools if roster is None else ()):
            share = leerlingen * (number + 1) // len(schools) - leerlingen * number // len(schools)
            rosters[school] = make_school(
                seed, share, sector=sector, schooljaar=schooljaar, brincode=school[:4], dependancecode=school[4:]
            )
        day = roster.school.peildatum if roster is not None else None
        self._books = Administration(f"life/{seed}", sector, day or date(first_year(schooljaar), 9, 1))
        for school, begin in rosters.items():
            self._books.open(school, begin)
        self._headers = {school: (_living(begin.school), begin.vestigingen) for school, begin in rosters.items()}
        self._calendar = deque(self._plan())
        self._since: list[Event] = []
        self._memories = {"leerling": Memory(), "leerkracht": Memory()}
        self._older: deque[tuple[Answer, ...]] = deque(maxlen=_REMEMBERED)

    @property
    def day(self) -> date:
        """Today."""
        return self._books.day

    def nights(self, years: int, *, unchanged: int = 10) -> Iterator[Night]:
        """Live on for some years, and give every night on which something changed, and some on which nothing did.

        Args:
            years: how many.
            unchanged: nights a year, about, on which nothing happened.
        """
        yield self.night()
        end = date(self.day.year + years, self.day.month, self.day.day)
        quiet = self.day + timedelta(days=365 // max(unchanged, 1))
        while (day := min(self._next(), end)) < end:
            while unchanged and quiet < day:
                self._books.day = quiet
                yield self.night()
                quiet += timedelta(days=365 // unchanged)
            if self.advance(day):
                yield self.night()

    def advance(self, until: date) -> tuple[Event, ...]:
        """Let days pass, with all that happens on them; give what happened.

        Raises:
            ConfigurationError: `until` is past.
        """
        if until < self.day:
            raise ConfigurationError(f"it is {self.day} already")
        before = len(self._since)
        while (day := self._next()) <= until:
            self._books.day = day
            follow = self._books.next_due(day)
            if follow is not None:
                self._try(follow[1], record=follow[2])
                continue
            _, kind = self._calendar.popleft()
            self._try(kind)
            if kind == "august":
                self._calendar.extend(self._plan())
        self._books.day = until
        return tuple(self._since[before:])

    def happen(self, kind: str, *, who: str | None = None, groep: str | None = None) -> Event:
        """Let one thing happen now; 1 August comes with all the days until then.

        Args:
            kind: one of `KINDS`.
            who: key or ECK-iD, as it is on the books, of the pupil or member of staff; by default chance decides.
            groep: key of the group that somebody comes to; by default chance decides.

        Raises:
            ConfigurationError: there is no such kind, or nobody to whom it can happen.
        """
        if kind not in KINDS:
            raise ConfigurationError(f"{kind!r} is not one of {', '.join(sorted(KINDS))}")
        if kind == "august":
            return next(e for e in self.advance(date(first_of(self.day) + 1, 8, 1)) if e.kind == kind)
        record = next((r for r in self._books.pupils if who and who in {r.row.key, r.row.eckid}), None)
        try:
            return self._do(kind, Occasion(self._books, self._dice(kind), who, groep, record))
        except Impossible:
            raise ConfigurationError(f"{kind}: there is nobody, or no group, to whom this can happen") from None

    def let_happen(self, kinds: Collection[str]) -> None:
        """Change which kinds happen of themselves from now on.

        Raises:
            ConfigurationError: an unknown kind.
        """
        self._kinds = _known(kinds)
        self._calendar = deque(self._plan())

    def night(self) -> Night:
        """Give what the LAS answers today, with the truth; what it sends is remembered as known from now on."""
        answers, ambiguous = self._answers()
        self._older.append(answers)
        events = tuple(self._marked(answers, ambiguous))
        self._since.clear()
        gone = next((event for event in events if event.incident), None)
        incident = Incident(gone.kind, 1.0) if gone else None
        return Night(self.day, schooljaar_for(self.day), self.lens, answers, self._truth(ambiguous), events, incident)

    def answers(self) -> tuple[Answer, ...]:
        """Give what the LAS answers today, one answer for each school, without the truth about the night."""
        return self._answers(remember=False)[0]

    def incident(self, kind: str, share: float = 0.5) -> Night:
        """Give a night on which the LAS answers something that is not so; nothing of it is remembered.

        Args:
            kind: one of `incidents.INCIDENTS`.
            share: how much of the roster it is about, where it can be less than all.

        Raises:
            ConfigurationError: there is no such kind.
        """
        answers, _ = self._answers(remember=False)
        truth = self._truth(frozenset())
        night = Night(self.day, schooljaar_for(self.day), self.lens, answers, truth)
        now = [answer.bericht.leerlingen for answer in answers]
        others = [old for old in self._older if [answer.bericht.leerlingen for answer in old] != now]
        return spoiled(
            night, kind, share, self._dice("incident", kind), others[-1] if others else answers, self._stranger
        )

    def _next(self) -> date:
        due = self._books.due[0][0] if self._books.due else date.max
        return min(due, self._calendar[0][0] if self._calendar else date.max)

    def _plan(self) -> list[tuple[date, str]]:
        """Draw the days of what will happen up to and with the next 1 August."""
        start = self._books.day
        august = date(first_of(start) + 1, 8, 1)
        days = (august - start).days
        plan = [(august, "august")]
        pupils, apart = sum(self._books.sizes.values()), len(self._books.sizes) > 1
        for name, kind in KINDS.items():
            if name not in self._kinds or (kind.apart and not apart):
                continue
            dice = Dice(self._books.seed, "plan", start, name)
            expected = kind.rate * self._pace * pupils / 100 * days / 365
            number = int(expected) + (dice.below(1000) < expected % 1 * 1000)
            plan += [(start + timedelta(days=dice.between(1, days - 1)), name) for _ in range(number)]
        return sorted(plan)

    def _dice(self, *words: object) -> Dice:
        return Dice(self._books.seed, self.day, self._books.count("dice"), *words)

    def _try(self, kind: str, record: object = None) -> None:
        try:
            self._do(kind, Occasion(self._books, self._dice(kind), record=record))
        except Impossible:
            return

    def _do(self, kind: str, at: Occasion) -> Event:
        sent = self._sent_keys() if KINDS[kind].incident else {}
        people = KINDS[kind].does(at)
        if kind in {"las-changed", "las-updated"}:
            self.lens = self._another_lens(at.dice, same_fields=kind == "las-updated")
        after = self._sent_keys() if sent else {}
        keys = {old: new for record, old in sent.items() if (new := after.get(record)) and new != old}
        event = Event(self.day, kind, people, incident=KINDS[kind].incident, keys=keys)
        self._since.append(event)
        return event

    def _another_lens(self, dice: Dice, *, same_fields: bool) -> Lens:
        if same_fields:
            form = "NFC" if self.lens.unicode == "NFD" else "NFD"
            return replace(self.lens, unicode=form, apostrophe=dice.pick(("'", "\u2019")))
        return dice.pick([lens for lens in LENSES.values() if lens.name != self.lens.name])

    def _sent_keys(self) -> dict[int, str]:
        """The keys of all rows as they are sent now, by row."""
        books, lens = self._books, self.lens
        rows = [(id(r), lens.pupil(r, books.by_key(r.school)).key) for r in books.pupils]
        rows += [(id(r), lens.member(r, books.by_key(r.school)).key) for r in books.staff]
        return {record: key for record, key in rows if key}

    def _answers(self, *, remember: bool = True) -> tuple[tuple[Answer, ...], frozenset[tuple[str, str, int]]]:
        """Show the books by the lens; tell which rows do not say who they are about."""
        answers = []
        sent: dict[str, list[Sent]] = {"leerling": [], "leerkracht": []}
        for school in self._books.sizes:
            pupils, staff = self._shown(school)
            lists: dict[str, list[tuple[str, Leerling | Leerkracht, Any]]] = {
                "leerling": [(r.person, row, r) for r, row in pupils],
                "leerkracht": [(r.person, row, r) for r, row in staff],
            }
            defect = False
            for kind, rows in lists.items():
                here = [
                    Sent((school, place), person, row, row is not record.sent)
                    for place, (person, row, record) in enumerate(rows)
                ]
                sent[kind] += here
                defect = defect or shared_numbers(here)
                if remember:
                    for _, row, record in rows:
                        record.sent = row
            answers.append(self._answer(school, pupils, staff, defect=defect))
        if not remember:
            return tuple(answers), frozenset()
        found = {kind: self._memories[kind].ambiguous(rows) for kind, rows in sent.items()}
        return tuple(answers), frozenset((kind, *place) for kind, places in found.items() for place in places)

    def _shown(
        self, school: str
    ) -> tuple[list[tuple[Record[Leerling], Leerling]], list[tuple[Record[Leerkracht], Leerkracht]]]:
        books, lens = self._books, self.lens
        groups = books.by_key(school)
        pupils = [
            (r, lens.pupil(r, groups)) for r in books.pupils if r.school == school and lens.shows(r.row, books.day)
        ]
        staff = [(r, lens.member(r, groups)) for r in books.staff if r.school == school and lens.staff]
        if lens.shuffled:
            dice = Dice(books.seed, school, books.day, "order")
            pupils, staff = dice.shuffled(pupils), dice.shuffled(staff)
        return pupils, staff

    def _answer(
        self,
        school: str,
        pupils: list[tuple[Record[Leerling], Leerling]],
        staff: list[tuple[Record[Leerkracht], Leerkracht]],
        *,
        defect: bool,
    ) -> Answer:
        books, lens = self._books, self.lens
        header, vestigingen = self._headers[school]
        groups = [g for g in books.groups if g.school == school and (lens.subgroups or isinstance(g.row, Groep))]
        bericht = Leerlinggegevens(
            school=replace(
                header,
                schooljaar=schooljaar_for(books.day),
                peildatum=books.day,
                aanmaakdatum=datetime.combine(books.day, time(4, 30), tzinfo=UTC),
                xsdversie=lens.versie,
            ),
            vestigingen=vestigingen,
            groepen=tuple(lens.group(group) for group in groups),
            leerlingen=tuple(row for _, row in pupils),
            leerkrachten=tuple(row for _, row in staff),
        )
        return Answer(
            school,
            bericht,
            tuple(record.person for record, _ in pupils),
            tuple(record.person for record, _ in staff),
            tuple(lens.group_id(group) for group in groups),
            defect,
        )

    def _marked(self, answers: tuple[Answer, ...], ambiguous: frozenset[tuple[str, str, int]]) -> Iterator[Event]:
        """Say of each event whether a row about one of its people is ambiguous."""
        by_school = {answer.school: answer for answer in answers}
        unclear = {
            (by_school[school].leerlingen if kind == "leerling" else by_school[school].leerkrachten)[place]
            for kind, school, place in ambiguous
        }
        for event in self._since:
            yield event._replace(ambiguous=not unclear.isdisjoint(event.people))

    def _truth(self, ambiguous: frozenset[tuple[str, str, int]]) -> Truth:
        books, lens = self._books, self.lens
        by_key = {school: books.by_key(school) for school in books.sizes}
        groepen: dict[str, frozenset[str]] = {}
        jaargroep: dict[str, str] = {}
        for record in books.enrolled():
            row = record.row
            keys = [row.groep, *(row.samengestelde_groepen if lens.subgroups else ())]
            known = by_key[record.school]
            ids = frozenset(lens.group_id(known[key]) for key in keys if key in known)
            groepen[record.person] = groepen.get(record.person, frozenset()) | ids
            jaargroep[record.person] = str(row.jaargroep)
        employed = frozenset(record.person for record in books.staff)
        unlike = [(kind, *place) for kind, memory in self._memories.items() for place in memory.unrecognisable]
        return Truth(frozenset(groepen), employed, groepen, jaargroep, ambiguous, frozenset(unlike))

    def _stranger(self) -> tuple[Answer, ...]:
        """What the same LAS would answer for a school that is another, and as large."""
        sizes = self._books.sizes
        other = SchoolLife(
            self.seed + 100_003,
            sum(sizes.values()),
            sector=self._books.sector,
            schools=tuple(sizes),
            schooljaar=schooljaar_for(self.day),
            lens=self.lens,
        )
        return other.night().answers


def _known(kinds: Collection[str]) -> frozenset[str]:
    if unknown := set(kinds) - set(KINDS):
        raise ConfigurationError(f"{', '.join(sorted(unknown))}: not one of {', '.join(sorted(KINDS))}")
    return frozenset(kinds)


def _living(school: School) -> School:
    return msgspec.structs.replace(school, commentaar=without_recipe(school.commentaar))


def lens_of(lens: Lens | str) -> Lens:
    """Give a lens by its name.

    Raises:
        ConfigurationError: there is none of that name.
    """
    if isinstance(lens, Lens):
        return lens
    try:
        return LENSES[lens]
    except KeyError:
        raise ConfigurationError(f"{lens!r} is not one of {', '.join(sorted(LENSES))}") from None
