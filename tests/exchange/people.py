"""Small rosters, and an application that keeps its people in memory: what the tests of imports are made of."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date

import msgspec

from uwlr.berichten import Groep, Leerkracht, Leerling, Leerlinggegevens, SamengesteldeGroep
from uwlr.berichten.leerlinggegevens import GroepReferentie, School
from uwlr.exchange.applying import undo_plan, write_plan
from uwlr.exchange.enrolment import ImportMemory
from uwlr.exchange.import_history import find_all
from uwlr.exchange.leden import FIELDS, Lid
from uwlr.exchange.matching import make_plan

TODAY = date(2026, 11, 20)
YEAR = "2026-2027"
ECKID = "https://ketenid.nl/pilot/" + "a" * 128


class ListLeden:
    """An application's own tables, in memory."""

    fields = FIELDS

    def __init__(self):
        self.rows = {}

    @contextmanager
    def transaction(self):
        before = dict(self.rows)
        try:
            yield
        except BaseException:
            self.rows = before
            raise

    def find(self, soort):
        return [lid for (kind, _), lid in self.rows.items() if kind == soort]

    def create(self, soort, gegevens):
        new = f"{soort[:3]}{len(self.rows) + 1}"
        self.rows[soort, new] = Lid(id=new, gegevens=_kept(gegevens))
        return new

    def update(self, soort, id, gegevens):  # noqa: A002
        self.rows[soort, id] = Lid(id=id, gegevens=_kept(gegevens))

    def deactivate(self, soort, id):  # noqa: A002
        self.rows[soort, id] = msgspec.structs.replace(self.rows[soort, id], actief=False)

    def reactivate(self, soort, id):  # noqa: A002
        self.rows[soort, id] = msgspec.structs.replace(self.rows[soort, id], actief=True)

    def forget(self, soort, id):  # noqa: A002
        self.rows.pop((soort, id), None)

    def named(self, label, soort="leerling"):
        """The one with this name."""
        [found] = [lid for lid in self.find(soort) if lid.gegevens.label == label]
        return found

    def active(self, soort="leerling"):
        """The names of who is active."""
        return sorted(lid.gegevens.label for lid in self.find(soort) if lid.actief)


def _kept(gegevens):
    return msgspec.structs.replace(gegevens, instroomdatum=None, uitstroomdatum=None)


def pupil(key, name, born="2018-01-01", groep="g1", **more):
    """A pupil; the name is `roepnaam achternaam` or `roepnaam voorvoegsel, achternaam`."""
    first, _, last = name.partition(" ")
    prefix, comma, rest = last.partition(", ")
    given = {"achternaam": (rest if comma else last) or None, "voorvoegsel": prefix if comma else None}
    given |= {"roepnaam": first or None, "geboortedatum": date.fromisoformat(born) if born else None}
    return Leerling(key=key, groep=groep, **(given | more))


def staff(key, name, email="x", groepen=("g1",), **more):
    """A member of staff; the e-mail address is made of the key unless it is given."""
    first, _, last = name.partition(" ")
    refs = tuple(GroepReferentie(key=groep) for groep in groepen)
    address = f"{key}@example.org" if email == "x" else email
    return Leerkracht(key=key, roepnaam=first, achternaam=last, emailadres=address, groepen=refs, **more)


def group(key="g1", naam="Groep 3A", jaargroep="3"):
    """A stamgroep."""
    return Groep(key=key, naam=naam, jaargroep=jaargroep)


def subgroup(key, naam):
    """A samengestelde groep."""
    return SamengesteldeGroep(key=key, naam=naam)


def roster(*people, groups=None, year=YEAR, **school):
    """A roster of pupils and staff, in one group unless told otherwise."""
    return Leerlinggegevens(
        school=School(schooljaar=year, brincode="99XX", **school),
        groepen=tuple((group(),) if groups is None else groups),
        leerlingen=tuple(one for one in people if isinstance(one, Leerling)),
        leerkrachten=tuple(one for one in people if isinstance(one, Leerkracht)),
    )


class Imports:
    """The imports of one koppeling into an application, without a database."""

    def __init__(self):
        self.leden = ListLeden()
        self.memory = ImportMemory()
        self.ignored = set()

    def plan(self, *rosters, today=TODAY, **more):
        """Plan rosters, or one."""
        named = [one if isinstance(one, tuple) else ("99XX00", one) for one in rosters]
        year = named[0][1].school.schooljaar
        given = {"memory": self.memory, "today": today, "ignored": self.ignored, "las": "esis", **more}
        return make_plan(1, year, named, self.leden, **given)

    def apply(self, plan):
        """Apply a plan that waits for nobody."""
        from uwlr.exchange.applying import ignored_after

        plan.check()
        self.memory = write_plan(plan, self.leden, find_all(self.leden), self.memory)
        self.ignored = ignored_after(plan)
        return plan

    def take(self, *rosters, **more):
        """Plan and apply; rows that wait are taken as new."""
        plan = self.plan(*rosters, **more)
        for rij in plan.open_rows:
            plan.choose(rij.nummer, "nieuw", zeker=True)
        plan.toegestaan = True
        return self.apply(plan)

    def undo(self, plan):
        """Take an import back."""
        undo_plan(plan, self.leden, find_all(self.leden))


def told(plan, soort="leerling"):
    """What became of the rows of a kind: the name, and what happens to it."""
    return {rij.gegevens.label: rij.keuze for rij in plan.of(soort)}
