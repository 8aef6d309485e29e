"""An application that imports a simulated school night after night, and a person who decides and knows the truth.

What nobody is asked is applied at once, as `uwlr nightly --apply` does. Where somebody is asked, the person answers by
the truth: `Driver` checks what was decided *without* a person, and what the application's tables hold afterwards.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import update

from uwlr.errors import ConfigurationError, UwlrError
from uwlr.exchange import Bron, Importer, Koppeling, Koppelingen, SqlLeden, Store
from uwlr.exchange.plan import Plan, Rij
from uwlr.testing import SchoolLife
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
        self.declined: set[str] = set()

    # A night.

    def night(self, night: Night) -> None:
        """Import one night, with the person where somebody has to decide."""
        self.nights += 1
        self.day = str(night.day)
        self.clock.moment = datetime.combine(night.day, time(20), tzinfo=UTC)
        self._index(night)
        koppeling = Koppelingen(self.store).get(self.koppeling_id)
        if self.importer.unchanged(koppeling, night.rosters):
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
        """Tell whether an import of an incident would be stopped before anything is written."""
        self.clock.moment = datetime.combine(night.day, time(21), tzinfo=UTC)
        koppeling = Koppelingen(self.store).get(self.koppeling_id)
        try:
            plan = self.importer.plan(koppeling, night.rosters)
        except UwlrError:
            return True
        return plan.guarded

    def _index(self, night: Night) -> None:
        """Note who each row is about, by what an import has of it."""
        self.person: dict[Place, str] = {}
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
        """Give the rows of the night that a row of the plan is made of."""
        g = rij.gegevens
        found: list[Place] = []
        for number, school in enumerate(rij.bronnen):
            by_key = self.by_number.get((rij.soort, school, g.key or ""), []) if number == 0 or not g.eckid else []
            by_eckid = self.by_number.get((rij.soort, school, g.eckid or ""), [])
            both = [place for place in by_key if place in by_eckid] or by_key or by_eckid
            found += both if len(both) == 1 else [p for p in both if p in by_key]
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
        for rij in plan.rijen:
            if rij in plan.open_rows:
                continue
            person, soort = self._of(rij, persons), rij.soort
            if rij.keuze == "nieuw" and self.lid_of[soort, person]:
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
                    self.why[f"{rij.soort} {rij.reden if rij.keuze == 'conflict' else 'zonder e-mailadres'}"] += 1
        for rij in waiting:
            self._decide_row(plan, rij, persons)
        if getattr(plan, "waits", False):
            gone = {self.who["leerling", weg.lid] for weg in plan.vertrokken}
            self.asked_in_vain += 1
            self.why["vertrokken"] += 1
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
        mail = {"emailadres": f"{person.lower()}@example.org"} if rij.soort == "leerkracht" else {}
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
            plan.choose(rij.nummer, "nieuw", **mail)
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

    def _look(self, plan: Plan, persons: dict[int, list[Place]], night: Night) -> None:
        truth = night.truth
        taken: dict[str, list[Place]] = defaultdict(list)
        declined = set()
        for rij in plan.rijen:
            if rij.soort == "leerling":
                if rij.keuze in {"nieuw", "bestaand"}:
                    taken[self._of(rij, persons)] += persons[rij.nummer]
                else:
                    declined.add(self._of(rij, persons))
        active = {}
        for lid in self.leden.find("leerling"):
            person = self.who.get(("leerling", lid.id), "")
            if lid.actief:
                if person in active:
                    self._found("split", f"{person} is active twice")
                active[person] = lid
        for person in truth.enrolled - active.keys():
            if person not in declined or person in taken:
                self._found("lost", f"{person} is enrolled and not active")
            elif person not in self.declined:
                self._found("lost", f"{person} is enrolled and declined without a person")
        told = {weg.lid for weg in plan.weg} | {rij.lid for rij in plan.rijen if getattr(rij, "outside", False)}
        for person in active.keys() - truth.enrolled:
            if active[person].id not in told:
                self._found("left active", f"{person} left and is active, and no row says so")
        for person, places in taken.items():
            lid = active.get(person)
            if lid is None or person not in truth.enrolled:
                continue
            expected = frozenset().union(*(self.in_groups[place] for place in places))
            held = frozenset(self._group(lid.gegevens, ref) for ref in lid.gegevens.groepen)
            if held != expected:
                self._found("wrong group", f"{person} is in {sorted(held)}, and really in {sorted(expected)}")
            year = lid.gegevens.jaargroep
            if year is not None and len(places) == 1 and year != truth.jaargroep[person]:
                self._found("wrong jaargroep", f"{person} is in {year}, and really in {truth.jaargroep[person]}")
        if not night.events and self.nights > 1 and plan.changes and not declined:
            self._found("restless", "something changes on a night on which nothing did")

    def _group(self, gegevens, ref) -> str:
        """Give the group that a reference of a person leads to."""
        bron, key = ref if isinstance(ref, tuple) else (getattr(gegevens, "bron", None), ref)
        for (school, other), group in self.groups.items():
            if other == key and (bron is None or (school[:4] in bron and (school[4:] in bron or school[4:] == "00"))):
                return group
        return f"? {key}"

    def _found(self, kind: str, what: str) -> None:
        self.findings.append(Finding(kind, self.day, what, self.name))


@contextmanager
def driven(folder: Path, name: str, schools: Iterable[str]) -> Iterator[Driver]:
    """Give the application of one school, with a store of its own."""
    clock = Clock()
    with Store(str(folder / f"{sum(map(ord, name))}-{len(list(folder.iterdir()))}.db"), clock=clock) as store:
        store.upgrade()
        yield Driver(store, schools, name=name, clock=clock)


class Bounds(NamedTuple):
    """How a life is lived: what `SchoolLife` takes, and for how many years."""

    seed: int
    lens: str
    leerlingen: int
    schools: tuple[str, ...] = ("99XX00",)
    sector: str = "PO"
    years: int = 2

    def life(self) -> SchoolLife:
        """The life."""
        return SchoolLife(self.seed, self.leerlingen, sector=self.sector, schools=self.schools, lens=self.lens)

    def __str__(self) -> str:
        more = f"sector={self.sector!r}, schools={self.schools}, lens={self.lens!r}"
        return f"SchoolLife({self.seed}, {self.leerlingen}, {more})"


def live(bounds: Bounds, folder: Path, *, stop: Callable[[Driver], bool] = lambda _: False) -> Driver:
    """Let an application import a life, until it is over or `stop` says so."""
    with driven(folder, str(bounds), bounds.schools) as driver:
        for night in bounds.life().nights(bounds.years):
            driver.night(night)
            if stop(driver):
                break
        return driver
