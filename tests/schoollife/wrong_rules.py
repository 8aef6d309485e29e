"""Wrong rules to plant in the importer, each a mistake that somebody could well make; the short form has to see each.

A rule patches named functions or data of the importer. Where one of these is renamed, the patch fails: the rule is to
be written for what took its place, never left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

import msgspec
import pytest

from uwlr.exchange import (
    applying,
    candidates,
    declined_rows,
    enrolment,
    field_rules,
    guards,
    identity,
    importing,
    leden,
    matching,
    name_forms,
    roster_rows,
)
from uwlr.exchange.plan import Plan

Rule = Callable[[pytest.MonkeyPatch], None]
WRONG: Final[dict[str, Rule]] = {}
"""Every wrong rule, by what it says."""


def wrong(says: str) -> Callable[[Rule], Rule]:
    """Register a wrong rule."""

    def register(rule: Rule) -> Rule:
        WRONG[says] = rule
        return rule

    return register


def everywhere(patch: pytest.MonkeyPatch, name: str, new: Any) -> None:
    """Replace a function in each module of the importer that has it."""
    modules = [
        m
        for m in (identity, candidates, roster_rows, guards, matching, declined_rows, enrolment, applying)
        if hasattr(m, name)
    ]
    assert modules, name
    for module in modules:
        patch.setattr(module, name, new)


# Names.


@wrong("names are compared letter by letter")
def _(patch):
    everywhere(patch, "surname", lambda achternaam, voorvoegsel=None: f"{voorvoegsel or ''} {achternaam or ''}".strip())
    everywhere(patch, "joined", lambda text: text or "")


@wrong("a voorvoegsel is part of the name")
def _(patch):
    everywhere(patch, "surname", lambda last, prefix=None: "".join(identity.joined(f"{prefix or ''}{last or ''}")))


@wrong("one name is one person")
def _(patch):
    before = identity.Identifier._recognised

    def recognised(self, row, holders):
        found = [lid for lid in self.known if candidates.form(lid.gegevens)[1:] == candidates.form(row.gegevens)[1:]]
        if len(found) == 1 and row.soort != "groep":
            return 1, identity.Match(keuze="bestaand", reden="onbekend", lid=found[0], holders=holders)
        return before(self, row, holders)

    patch.setattr(identity.Identifier, "_recognised", recognised)


@wrong("one birth date and family name is one person")
def _(patch):
    before = identity.Identifier._recognised

    def recognised(self, row, holders):
        form = candidates.form(row.gegevens)[:2]
        found = [lid for lid in self.known if all(form) and candidates.form(lid.gegevens)[:2] == form]
        if len(found) == 1:
            return 1, identity.Match(keuze="bestaand", reden="onbekend", lid=found[0], holders=holders)
        return before(self, row, holders)

    patch.setattr(identity.Identifier, "_recognised", recognised)


@wrong("nobody is a candidate")
def _(patch):
    patch.setattr(candidates.Candidates, "offer", lambda *_: None)


@wrong("a candidate needs the same birth date")
def _(patch):
    before = candidates._alike

    def alike(row, lid):
        born = row.gegevens.geboortedatum
        return before(row, lid) if born and born == lid.gegevens.geboortedatum else None

    patch.setattr(candidates, "_alike", alike)


@wrong("accents count")
def _(patch):
    def words(text):
        return tuple(word for word in name_forms._APART.split(name_forms.tidy(text).casefold()) if word)

    patch.setattr(name_forms, "words", words)
    for cached in (name_forms.surname, name_forms.joined):
        everywhere(patch, cached.__name__, cached.__wrapped__)


@wrong("a candidate has the very name")
def _(patch):
    before = candidates._alike
    patch.setattr(
        candidates,
        "_alike",
        lambda row, lid: before(row, lid) if candidates._compared(row.gegevens, lid.gegevens).exact else None,
    )


@wrong("a name that sounds the same is another")
def _(patch):
    patch.setattr(name_forms, "_sound", lambda form: form)


@wrong("rows of one roster are never one person")
def _(patch):
    patch.setattr(candidates, "_once", lambda *_: ())


# Numbers.


@wrong("a voorlopige sleutel is a key like any other")
def _(patch):
    everywhere(patch, "is_dummy", lambda _: False)


@wrong("an ECK-iD always wins")
def _(patch):
    def by_eckid(self, row, by_eckid, by_key, holders):
        return 3, identity.Match(keuze="bestaand", reden="ECK-iD bekend", lid=by_eckid[0], holders=holders)

    patch.setattr(identity.Identifier, "_by_eckid", by_eckid)


@wrong("a key always wins")
def _(patch):
    before = identity.Identifier._certain

    def certain(self, row):
        by_key = self._of_bron(self.by_key.get(row.gegevens.key or "", []), row.gegevens.bron)
        if by_key and row.soort != "groep":
            return 3, identity.Match(keuze="bestaand", reden="sleutel bekend", lid=by_key[0])
        return before(self, row)

    patch.setattr(identity.Identifier, "_certain", certain)


@wrong("another ECK-iD beside a known key is nothing")
def _(patch):
    def by_key(self, row, lid, holders, *more):
        return 2, identity.Match(keuze="bestaand", reden="sleutel bekend", lid=lid, holders=holders)

    patch.setattr(identity.Identifier, "_by_key", by_key)


@wrong("who has a number is the same, whatever the name and the birth date")
def _(patch):
    everywhere(patch, "is_somebody_else", lambda *_: False)


@wrong("another family name is somebody else")
def _(patch):
    everywhere(patch, "is_somebody_else", lambda one, other: roster_rows.last_name(one, other) == "other")


@wrong("another birth date is somebody else")
def _(patch):
    def somebody_else(one, other):
        return bool(one.geboortedatum and other.geboortedatum and one.geboortedatum != other.geboortedatum)

    everywhere(patch, "is_somebody_else", somebody_else)


@wrong("a key is unique among all schools")
def _(patch):
    everywhere(patch, "scope", lambda las, _: las)


@wrong("one ECK-iD in two rows is one person")
def _(patch):
    before = roster_rows._is_one
    patch.setattr(
        roster_rows,
        "_is_one",
        lambda one, other: (
            before(one, other) or bool(one.gegevens.eckid and one.gegevens.eckid == other.gegevens.eckid)
        ),
    )


@wrong("of two rows with one number the first has it")
def _(patch):
    patch.setattr(identity.Identifier, "_winner", lambda _, claimed, __: claimed[0][1])
    patch.setattr(identity.Identifier, "_share", lambda *_: None)
    everywhere(patch, "count_numbers", lambda _: Counter())


@wrong("who was deactivated is not known any more")
def _(patch):
    before = identity.Identifier.__init__

    def init(self, rows, known, **more):
        before(self, rows, [lid for lid in known if lid.actief], **more)

    patch.setattr(identity.Identifier, "__init__", init)


@wrong("what a person decided about a row without a number is asked again")
def _(patch):
    everywhere(patch, "remembered", lambda _: None)


# Enrolment and the year.


@wrong("dates of enrolment are forgotten")
def _(patch):
    everywhere(patch, "outside", lambda *_: None)


@wrong("only the uitstroomdatum counts")
def _(patch):
    before = enrolment.outside
    everywhere(patch, "outside", lambda g, day: before(msgspec.structs.replace(g, instroomdatum=None), day))


@wrong("who leaves is gone on the uitstroomdatum itself")
def _(patch):
    before = enrolment.outside
    everywhere(patch, "outside", lambda g, day: before(g, day) or (enrolment.LEFT if g.uitstroomdatum == day else None))


@wrong("nothing changes while the roster stays the same")
def _(patch):
    before = importing.Importer.unchanged

    def unchanged(self, koppeling, rosters):
        return koppeling.roster_hash == matching.hash_rosters(rosters) or before(self, koppeling, rosters)

    patch.setattr(importing.Importer, "unchanged", unchanged)


@wrong("who is not in the roster stays")
def _(patch):
    patch.setattr(enrolment.Absent, "pupils", lambda _: [])


@wrong("who comes back stays inactive")
def _(patch):
    before = leden.SqlLeden.update

    def update(self, soort, id, gegevens):  # noqa: A002 - as it is called there
        inactive = {lid.id for lid in self.find(soort) if not lid.actief}
        before(self, soort, id, gegevens)
        if id in inactive:
            self.deactivate(soort, id)

    patch.setattr(leden.SqlLeden, "update", update)


@wrong("1 August is a night like any other")
def _(patch):
    everywhere(patch, "kind_of_plan", lambda memory, *_: "wijzigingen" if memory.schooljaar else "eerste import")


@wrong("last year's groups stay")
def _(patch):
    patch.setattr(Plan, "sluiten", property(lambda _: ()))


# What is written.


@wrong("groups for some lessons do not count")
def _(patch):
    before = roster_rows._Reader.leerling

    def leerling(self, persoon):
        return before(self, msgspec.structs.replace(persoon, samengestelde_groepen=()))

    patch.setattr(roster_rows._Reader, "leerling", leerling)


@wrong("a jaargroep is what the pupil's own row says")
def _(patch):
    before = roster_rows._Reader.leerling

    def leerling(self, persoon):
        row = before(self, persoon)
        if persoon.jaargroep is None:
            row.gegevens = msgspec.structs.replace(row.gegevens, jaargroep=None)
        return row

    patch.setattr(roster_rows._Reader, "leerling", leerling)


@wrong("a voorvoegsel that is gone stays")
def _(patch):
    patch.setattr(field_rules, "RULES", MappingProxyType({**field_rules.RULES, "voorvoegsel": "kept"}))


@wrong("of one who works at two schools, the groups of the first")
def _(patch):
    patch.setattr(roster_rows, "_joined", lambda one, _: one)


@wrong("groups stay as they were")
def _(patch):
    before = field_rules.settle
    everywhere(
        patch,
        "settle",
        lambda was, said: msgspec.structs.replace(before(was, said), groepen=was.groepen or said.groepen),
    )


# Guards.


@wrong("no guard looks")
def _(patch):
    everywhere(patch, "alarms", lambda *_: ())


@wrong("an older roster is as good")
def _(patch):
    before = guards.look
    everywhere(patch, "look", lambda seen, aard: before(msgspec.structs.replace(seen, older=False), aard))


@wrong("guards look in summer as on any night")
def _(patch):
    before = guards.alarms
    usual = {"jaarwisseling": "wijzigingen"}
    everywhere(patch, "alarms", lambda looks, passed, aard: before(looks, passed, usual.get(aard, aard)))
