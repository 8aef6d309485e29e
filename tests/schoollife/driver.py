"""An application that imports a simulated school night after night, and a person who decides and knows the truth.

What nobody is asked is applied at once, as `uwlr nightly --apply` does. Where somebody is asked, the person answers by
the truth: `Driver` checks what was decided *without* a person, and what the application's tables hold afterwards.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy import event, update

from uwlr.errors import ConfigurationError, UwlrError
from uwlr.exchange import Bron, Importer, Koppeling, Koppelingen, SqlLeden, Store
from uwlr.exchange.leden import Gegevens, Lid
from uwlr.exchange.plan import Plan
from uwlr.exchange.plan_rows import Rij
from uwlr.testing import Lens, SchoolLife
from uwlr.testing.administration import Sector
from uwlr.testing.names import plain
from uwlr.testing.truth import Night

SOORTEN = ("groep", "leerkracht", "leerling")


class Finding(NamedTuple):
    """One thing that an import did and should not have done, and how to see it again."""

    kind: str
    day: str
    what: str
    life: str

    def __str__(self) -> str:
        return f"{self.kind} {self.day}: {self.what} [{self.life}]"


class Place(NamedTuple):
    """One row of a night: kind, school, number in its list."""

    soort: str
    school: str
    place: int


class Clock:
    """The moment of a night."""

    moment = datetime(2025, 9, 1, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


class Driver:
    """One school's application.

    Args:
        store: with its tables; made for this school alone.
        name: how to make the life again, for findings.
        clock: that the store has.
    """

    def __init__(self, store: Store, schools: Iterable[str], *, name: str, clock: Clock) -> None:
        self.store, self.name, self.clock = store, name, clock
        self.importer = Importer(store)
        self.leden = SqlLeden(store, "s1")
        bronnen = [Bron(brincode=school[:4], dependancecode=school[4:]) for school in schools]
        self.koppeling_id = (
            Koppelingen(store)
            .add(
                naam="Het Leven",
                school="s1",
                vendor="standaard",
                url="http://127.0.0.1:9/",
                klantcode="KC",
                klantnaam="KN",
                autorisatiesleutel="sleutel-1234567890",
                bronnen=bronnen,
            )
            .id
        )
        with store.write() as session:  # no LAS answers: there is nothing to probe
            session.execute(update(Koppeling).values(status="actief", geactiveerd_op=clock()))
        self.who: dict[tuple[str, str], str] = {}
        self.lid_of: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.findings: list[Finding] = []
        self.rows = self.asked = self.asked_in_vain = self.false_stops = self.nights = 0
        self.why: Counter[str] = Counter()
        self.asked_needlessly: list[str] = []
        self.declined: set[str] = set()
        self.forgiven: set[str] = set()
        self.year_of: dict[str, str] = {}

    # A night.

    def night(self, night: Night) -> None:
        """Import one night, with the person where somebody has to decide."""
        self.nights += 1
        self.day = str(night.day)
        self.clock.moment = datetime.combine(night.day, time(20), tzinfo=UTC)
        self._index(night)
        self.unlike = night.truth.unrecognisable
        koppeling = Koppelingen(self.store).get(self.koppeling_id)
        if self.importer.unchanged(koppeling, night.rosters):
            self._look(None, self._last, night)
            return
        try:
            plan = self.importer.plan(koppeling, night.rosters)
            persons = self._persons(plan)
            self._judge(plan, persons)
            self._decide(plan, persons, night)
            self.importer.apply(plan, recheck=False)
        except UwlrError as error:
            self._found("stopped", f"{type(error).__name__}: {error}")
            return
        self._take_over(plan, persons)
        self._look(plan, persons, night)

    def stops(self, night: Night) -> bool:
        """Tell whether an import of an incident is stopped before anything is written.

        A guard stops it, or the most of the rows that it is about wait for a person.
        """
        self.clock.moment = datetime.combine(night.day, time(21), tzinfo=UTC)
        koppeling = Koppelingen(self.store).get(self.koppeling_id)
        try:
            plan = self.importer.plan(koppeling, night.rosters)
        except UwlrError:
            return True
        return plan.guarded or (night.incident is not None and 2 * len(plan.open_rows) >= night.incident.rows > 0)

    def contents(self) -> list[list[Lid]]:
        """Give what the application's tables hold."""
        return [self.leden.find(soort) for soort in SOORTEN]

    def _index(self, night: Night) -> None:
        """Note who each row is about, by what an import has of it."""
        self.person: dict[Place, str] = {}
        self.named: dict[Place, str] = {}
        self.rows_of: Counter[str] = Counter()
        self.groups: dict[tuple[str, str], str] = {}
        self.by_number: dict[tuple[str, str, str], list[Place]] = defaultdict(list)
        self.in_groups: dict[Place, frozenset[str]] = {}
        for answer in night.answers:
            school, bericht = answer.school, answer.bericht
            lists = (
                ("groep", bericht.groepen, answer.groepen),
                ("leerkracht", bericht.leerkrachten, answer.leerkrachten),
                ("leerling", bericht.leerlingen, answer.leerlingen),
            )
            for soort, rows, persons in lists:
                self.rows += len(rows)
                for number, (row, person) in enumerate(zip(rows, persons, strict=True)):
                    place = Place(soort, school, number)
                    self.person[place] = person
                    self.rows_of[person] += 1
                    self.named[place] = _named(row)
                    for sign in {row.key, getattr(row, "eckid", None)} - {None}:
                        self.by_number[soort, school, sign].append(place)
                    if soort == "groep":
                        self.groups[school, row.key] = person
                    elif soort == "leerling":
                        keys = [key for key in (row.groep, *row.samengestelde_groepen) if key]
                        self.in_groups[place] = frozenset(self.groups[school, key] for key in keys)
                    else:
                        self.in_groups[place] = frozenset(self.groups[school, ref.key] for ref in row.groepen)

    def _places(self, rij: Rij) -> list[Place]:
        """Give the rows of the night that a row of the plan is made of: by numbers, and by name if these are shared."""
        g = rij.gegevens
        found: list[Place] = []
        for number, school in enumerate(rij.bronnen):
            by_key = self.by_number.get((rij.soort, school, g.key or ""), []) if number == 0 or not g.eckid else []
            by_eckid = self.by_number.get((rij.soort, school, g.eckid or ""), [])
            both = [place for place in by_key if place in by_eckid] or by_key or by_eckid
            found += both if len(both) == 1 else [place for place in both if self.named[place] == plain(g.label)]
        return found

    def _persons(self, plan: Plan) -> dict[int, list[Place]]:
        """Give the rows of the night behind each row of the plan; nobody may be behind none."""
        persons = {rij.nummer: self._places(rij) for rij in plan.rijen}
        covered = {place for places in persons.values() for place in places}
        for place in self.person.keys() - covered:
            self._found("swallowed", f"{place} is in no row of the plan")
        for rij in plan.rijen:
            people = {self.person[place] for place in persons[rij.nummer]}
            if len(people) != 1:
                self._found("merged", f"row {rij.nummer} {rij.soort} is made of the rows of {len(people)} persons")
        return persons

    def _of(self, rij: Rij, persons: dict[int, list[Place]]) -> str:
        places = persons[rij.nummer]
        return self.person[places[0]] if places else ""

    # What was decided without a person.

    def _judge(self, plan: Plan, persons: dict[int, list[Place]]) -> None:
        waiting = {rij.nummer for rij in plan.open_rows}
        for rij in plan.rijen:
            if rij.nummer in waiting:
                continue
            person, soort = self._of(rij, persons), rij.soort
            if rij.keuze == "nieuw" and self.lid_of[soort, person]:
                if self.unlike.issuperset(map(tuple, persons[rij.nummer])):
                    self.forgiven.add(person)
                self._found("split", f"row {rij.nummer} {soort} {person} is new beside {self.lid_of[soort, person]}")
            elif rij.keuze == "bestaand" and self.who.get((soort, rij.lid or "")) != person:
                was = self.who.get((soort, rij.lid or ""))
                self._found("merged", f"row {rij.nummer} {soort} {person} becomes {was}: {rij.reden}")

    # What a person decides.

    def _decide(self, plan: Plan, persons: dict[int, list[Place]], night: Night) -> None:
        ambiguous = night.truth.ambiguous
        waiting = plan.open_rows
        if not night.incident and self.nights > 1:
            self.asked += len(waiting)
            for rij in waiting:
                if not any(tuple(place) in ambiguous for place in persons[rij.nummer]):
                    self.asked_in_vain += 1
                    if rij.soort == "groep":
                        self._found("asked about a group", f"row {rij.nummer}: {rij.reden}")
                    if rij.keuze == "conflict":
                        self.asked_needlessly.append(
                            f"{self.day} row {rij.nummer} {self._of(rij, persons)}: {rij.reden}"
                        )
                    self.why[f"{rij.soort} {rij.reden if rij.keuze == 'conflict' else 'without an address'}"] += 1
        for rij in waiting:
            self._decide_row(plan, rij, persons)
        if getattr(plan, "waits", False):
            gone = {self.who["leerling", weg.lid] for weg in plan.vertrokken}
            self.asked_in_vain += 1
            self.why["summer"] += 1
            if not gone & night.truth.enrolled:
                plan.vertrek = "deactiveren"
        if plan.guarded:
            if not night.incident:
                self.false_stops += 1
                self._found("false stop", ", ".join(map(str, getattr(plan, "alarms", ("deactiveren",)))))
            plan.toegestaan = True
        self.importer.save(plan)

    def _decide_row(self, plan: Plan, rij: Rij, persons: dict[int, list[Place]]) -> None:
        """Answer by the truth: who it is, or nobody known; of two rows about one person, the second is left out."""
        person = self._of(rij, persons)
        known = self.lid_of[rij.soort, person][:1]
        others = [o for o in plan.rijen if o.soort == rij.soort and o is not rij and o.keuze != "conflict"]
        twice = any(o.keuze in {"nieuw", "bestaand"} and self._of(o, persons) == person for o in others)
        typed = rij.soort == "leerkracht" and not rij.gegevens.emailadres  # what the LAS sends goes before it
        mail = {"emailadres": f"{person.lower()}@example.org"} if typed else {}
        try:
            if twice:
                self._leave_out(plan, rij, person)
            elif known:
                plan.choose(rij.nummer, "bestaand", lid=known[0], **mail)
            else:
                self._as_new(plan, rij, mail)
        except ConfigurationError as error:
            self._found("refused", f"row {rij.nummer} {rij.soort} {rij.reden}: {error}")
            self._leave_out(plan, rij, person)

    def _leave_out(self, plan: Plan, rij: Rij, person: str) -> None:
        plan.choose(rij.nummer, "niet importeren")
        self.declined.add(person)

    def _as_new(self, plan: Plan, rij: Rij, mail: dict[str, str]) -> None:
        try:
            plan.choose(rij.nummer, "nieuw", verwijder_nummers=bool(rij.nummers), **mail)
        except ConfigurationError:
            # Somebody else had the number, or there are two of the same name: the person knows.
            plan.choose(rij.nummer, "nieuw", verwijder_nummers=True, zeker=True, **mail)

    # What the tables hold afterwards.

    def _take_over(self, plan: Plan, persons: dict[int, list[Place]]) -> None:
        for rij in plan.rijen:
            if rij.keuze in {"nieuw", "bestaand"} and rij.lid is not None:
                name = (rij.soort, rij.lid)
                person = self._of(rij, persons)
                self.who.setdefault(name, person)
                if rij.lid not in self.lid_of[rij.soort, person]:
                    self.lid_of[rij.soort, person].append(rij.lid)

    def _look(self, plan: Plan | None, persons: dict[int, list[Place]], night: Night) -> None:
        """Hold the tables against the truth; without a plan, nothing was written."""
        if plan is not None:
            self._last_plan, self._last = plan, persons
        taken: dict[tuple[str, str], list[Place]] = defaultdict(list)
        for rij in self._last_plan.rijen:
            if rij.keuze in {"nieuw", "bestaand"}:
                taken[rij.soort, self._of(rij, persons)] += persons[rij.nummer]
        told = {weg.lid for weg in self._last_plan.weg} | {rij.lid for rij in self._last_plan.rijen if rij.outside}
        active = self._active("leerling")
        for person in night.truth.enrolled - active.keys():
            if person not in self.declined or ("leerling", person) in taken:
                self._found("lost", f"{person} is enrolled and not active")
        for person in active.keys() - night.truth.enrolled:
            if active[person].id not in told:
                self._found("left active", f"{person} left and is active, and no row says so")
        for person in active.keys() & night.truth.enrolled:
            if places := taken["leerling", person]:
                self._compare(person, places, active[person].gegevens)
                year = active[person].gegevens.jaargroep
                if self.rows_of[person] == 1 and year != night.truth.jaargroep[person]:
                    self._found("wrong jaargroep", f"{person} is in {year}, and is in {night.truth.jaargroep[person]}")
        staff = self._active("leerkracht")
        for person in staff.keys() & night.truth.employed:
            if places := taken["leerkracht", person]:
                self._compare(person, places, staff[person].gegevens)
        there = {group for answer in night.answers for group in answer.groepen}
        self.year_of.update(dict.fromkeys(there, night.schooljaar))
        listed = {weg.lid for weg in self._last_plan.groepen_weg}
        for group, lid in self._active("groep").items():
            if self.year_of.get(group, "") < night.schooljaar or (group not in there and lid.id not in listed):
                self._found("group left open", f"{group} is active and is not there any more")
        if plan is not None and not night.events and self.nights > 1 and plan.changes:
            self._found("restless", "something changes on a night on which nothing did")

    def _active(self, soort: str) -> dict[str, Lid]:
        """Give who is active, by who they are."""
        active: dict[str, Lid] = {}
        for lid in self.leden.find(soort):
            person = self.who.get((soort, lid.id), f"? {lid.id}")
            if lid.actief:
                if person in active:
                    self._found("split", f"{soort} {person} is active twice")
                active[person] = lid
        return active

    def _compare(self, person: str, places: list[Place], held: Gegevens) -> None:
        """Hold what is kept of one person against the rows that are about them."""
        rows = [self.in_groups[place] for place in places]
        expected = frozenset().union(*rows)
        groups = frozenset(self._group(held, ref) for ref in held.groepen)
        if groups != expected and groups not in rows:
            self._found("wrong group", f"{person} is in {sorted(groups)}, and is in {sorted(expected)}")
        if plain(held.label) not in {self.named[place] for place in places}:
            self._found("wrong name", f"{person} has a name that no row has")

    def _group(self, gegevens, ref) -> str:
        """Give the group that a reference of a person leads to."""
        bron, key = ref if isinstance(ref, tuple) else (getattr(gegevens, "bron", None), ref)
        for (school, other), group in self.groups.items():
            if other == key and (bron is None or bron.endswith(school)):
                return group
        return f"? {key}"

    def _found(self, kind: str, what: str) -> None:
        if self.forgiven and not self.forgiven.isdisjoint(what.split()):
            return  # somebody whom nobody could have told from a newcomer: two of them are no mistake from then on
        self.findings.append(Finding(kind, self.day, what, self.name))


def _named(row: Any) -> str:
    """The name of a group or person, in letters alone."""
    parts = (row.naam,) if hasattr(row, "naam") else (row.roepnaam, row.voorvoegsel, row.achternaam)
    return plain(" ".join(filter(None, parts)))


class Bounds(NamedTuple):
    """A life, and how it is lived.

    Attributes:
        every: days between imports; 0 is every night on which something happened, and some others.
        then: the lens of the LAS that takes the place of this one at the end.
    """

    seed: int
    lens: str
    leerlingen: int
    schools: tuple[str, ...] = ("99XX00",)
    sector: Sector = "PO"
    years: int = 2
    pace: float = 1.0
    every: int = 0
    then: Lens | None = None

    def __str__(self) -> str:
        more = f"sector={self.sector!r}, schools={self.schools}, lens={self.lens!r}, pace={self.pace}"
        return f"SchoolLife({self.seed}, {self.leerlingen}, {more}), every={self.every}"

    @contextmanager
    def driven(self, folder: Path) -> Iterator[tuple[Driver, SchoolLife]]:
        """Give the life, and the application that imports it, with a store of its own."""
        life = SchoolLife(
            self.seed, self.leerlingen, sector=self.sector, schools=self.schools, lens=self.lens, pace=self.pace
        )
        clock = Clock()
        with TemporaryDirectory(dir=folder) as own, Store(str(Path(own, "uwlr.db")), clock=clock) as store:
            store.upgrade()
            event.listen(store.engine, "connect", _unsafe)
            store.engine.dispose()
            yield Driver(store, self.schools, name=str(self), clock=clock), life

    def nights(self, life: SchoolLife) -> Iterator[Night]:
        """Give the nights on which there is an import."""
        if not self.every:
            yield from life.nights(self.years)
            return
        yield life.night()
        for _ in range(self.years * 366 // self.every):
            life.advance(life.day + timedelta(days=self.every))
            yield life.night()

    def another_las(self, life: SchoolLife) -> Iterator[Night]:
        """Give the first night of another LAS, where there is one."""
        if self.then is not None:
            life.happen("las-changed")
            life.lens = self.then
            yield life.night()


def _unsafe(connection: Any, _: object) -> None:
    """Spare the waits for the disk: what survives a crash is proven elsewhere."""
    connection.execute("PRAGMA synchronous=OFF")


def live(bounds: Bounds, folder: Path, *, stop: Callable[[Driver], object] = lambda _: False) -> Driver:
    """Let an application import a life, and another LAS at the end of it, until it is over or `stop` says so."""
    with bounds.driven(folder) as (driver, life):
        for night in chain(bounds.nights(life), bounds.another_las(life)):
            driver.night(night)
            if stop(driver):
                break
        return driver
