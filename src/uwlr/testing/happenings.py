"""What happens to people in a school year: they come, go, come back, move, and get another name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from uwlr.berichten import Groep, GroepReferentie, Leerling, Rol, SamengesteldeGroepReferentie
from uwlr.testing import renaming
from uwlr.testing.administration import LAST, Group, Impossible, Kind, Occasion, Record, usual_year, year_of
from uwlr.testing.names import make_person

People = tuple[str, ...]


def enrolled(at: Occasion) -> People:
    """A pupil comes who was never there."""
    return (_comes(at).person,)


def announced(at: Occasion) -> People:
    """A pupil is written down who comes some weeks later."""
    days = at.dice.between(15, 75)
    record = _comes(at, days=days)
    at.books.later(days, "started", record)
    return (record.person,)


def started(at: Occasion) -> People:
    """The first day of one who was announced."""
    return _still(at)


def left(at: Occasion) -> People:
    """A pupil is gone, and nothing says so."""
    record = at.pupil()
    at.books.strike(record)
    return (record.person,)


def leaving(at: Occasion) -> People:
    """A pupil gets an uitstroomdatum, of today or some weeks on; the row stays for a while after that."""
    record = at.pupil(lambda r: r.row.uitstroomdatum is None)
    days = at.dice.pick((0, 1, 10, 30))
    record.row = replace(record.row, uitstroomdatum=at.books.day + timedelta(days=days))
    at.books.later(days + 1, "gone", record)
    at.books.later(days + at.dice.between(20, 80), "dropped", record)
    return (record.person,)


def gone(at: Occasion) -> People:
    """The day after an uitstroomdatum."""
    return _still(at)


def dropped(at: Occasion) -> People:
    """The row of one who left is struck out."""
    people = _still(at)
    at.books.strike(at.record)
    return people


def returned(at: Occasion) -> People:
    """One who left comes back: with the old row, with a new one and the old ECK-iD, or as if never there before."""
    books, dice = at.books, at.dice
    present = {record.person for record in books.pupils}
    who = [
        record
        for record in books.left
        if record.person not in present
        and usual_year(record.row, books.day, vo=books.sector == "VO") <= LAST[record.stroom]
        and at.who in {None, record.row.key, record.row.eckid}
    ]
    if not who:
        raise Impossible
    before = dice.pick(who)
    way = dice.below(10)
    row = replace(before.row, uitstroomdatum=None, instroomdatum=books.day, samengestelde_groepen=(), vestiging=None)
    if way >= 4:
        row = replace(row, key=books.new_key(), eckid=row.eckid if way < 7 else None)
    if dice.chance(50):
        row = renaming.typed_again(row, dice)
    record = books.admit(row, before.school, person=before.person, stroom=before.stroom)
    if way < 4:
        record.number = before.number
    at.put(record, at.stamgroep(before.school, usual_year(row, books.day, vo=books.sector == "VO")))
    return (record.person,)


def moved(at: Occasion) -> People:
    """A pupil goes to another stamgroep."""
    record = at.pupil(lambda r: r.row.groep)
    at.put(record, at.stamgroep(record.school, year_of(record.row), but=record.row.groep))
    return (record.person,)


def joined(at: Occasion) -> People:
    """A pupil comes into one more group for some lessons."""
    record = at.pupil(lambda r: r.row.groep)
    groups = [g for g in at.books.subgroepen(record.school) if g.row.key not in record.row.samengestelde_groepen]
    if not groups:
        raise Impossible
    more = (*record.row.samengestelde_groepen, at.dice.pick(groups).row.key)
    record.row = replace(record.row, samengestelde_groepen=more)
    return (record.person,)


def unjoined(at: Occasion) -> People:
    """A pupil leaves a group for some lessons."""
    record = at.pupil(lambda r: r.row.samengestelde_groepen)
    rest = list(record.row.samengestelde_groepen)
    rest.remove(at.dice.pick(rest))
    record.row = replace(record.row, samengestelde_groepen=tuple(rest))
    return (record.person,)


def elsewhere(at: Occasion) -> People:
    """A pupil goes to another school or location of the board: another row there, with or without the old numbers."""
    books, dice = at.books, at.dice
    before = at.pupil(lambda r: r.row.groep)
    school = at.school(before.school)
    books.strike(before)
    row = replace(before.row, samengestelde_groepen=(), vestiging=None, instroomdatum=books.day, uitstroomdatum=None)
    way = dice.below(10)
    row = replace(row, key=row.key if way < 5 else books.new_key(), eckid=row.eckid if way < 8 else None)
    if dice.chance(30):
        row = renaming.typed_again(row, dice)
    record = books.admit(row, school, person=before.person, stroom=before.stroom)
    at.put(record, at.stamgroep(school, year_of(row)))
    return (record.person,)


def twins(at: Occasion) -> People:
    """Two come with one family name and one birth date, on one day or the second some weeks later."""
    one = _comes(at)
    row = replace(one.row, key=at.books.new_key(), eckid=None)
    while row.roepnaam == one.row.roepnaam:
        row = replace(row, roepnaam=make_person(at.dice).roepnaam)
    other = at.books.admit(replace(row, voorletters_1=(row.roepnaam or "")[:1]), one.school, stroom=one.stroom)
    other.row = replace(other.row, eckid=one.row.eckid and at.books.eckid(other.person))
    if at.dice.chance(40):
        days = at.dice.between(5, 40)
        other.row = replace(other.row, instroomdatum=at.books.day + timedelta(days=days))
        at.books.later(days, "started", other)
    return (one.person, other.person)


def namesake(at: Occasion) -> People:
    """One comes who has the very name of a pupil who is there, or who left, and another birth date."""
    left = [record for record in at.books.left if record.row.roepnaam and record.row.achternaam]
    like = (
        at.dice.pick(left) if left and at.dice.chance(40) else at.pupil(lambda r: r.row.roepnaam and r.row.achternaam)
    )
    record = _comes(at)
    born = record.row.geboortedatum
    if born is not None and born == like.row.geboortedatum:
        born -= timedelta(days=100)
    same = {field: getattr(like.row, field) for field in ("achternaam", "voorvoegsel", "roepnaam")}
    record.row = replace(record.row, geboortedatum=born, **same)
    return (record.person,)


def respelled(at: Occasion) -> People:
    """The spelling of a name is corrected."""
    record = at.pupil(lambda r: r.row.achternaam or r.row.roepnaam)
    record.row = renaming.respelled(record.row, at.dice)
    return (record.person,)


def prefixed(at: Occasion) -> People:
    """A voorvoegsel comes, goes or changes."""
    record = at.pupil(lambda r: r.row.achternaam)
    record.row = renaming.another_prefix(record.row, at.dice)
    return (record.person,)


def renamed(at: Occasion) -> People:
    """A pupil gets another family name."""
    record = at.pupil()
    record.row = renaming.another_family(record.row, at.dice)
    return (record.person,)


def rebirthed(at: Occasion) -> People:
    """A birth date that was typed wrong is put right."""
    record = at.pupil(lambda r: r.row.geboortedatum)
    born = record.row.geboortedatum
    assert born is not None  # noqa: S101 - for the type checker: those without one were left out
    record.row = replace(record.row, geboortedatum=renaming.born_otherwise(born, at.dice))
    return (record.person,)


def hired(at: Occasion) -> People:
    """A member of staff comes."""
    school = at.school()
    record = at.books.hire(at.dice, school)
    record.row = replace(record.row, groepen=(reference(at.stamgroep(school)),))
    return (record.person,)


def resigned(at: Occasion) -> People:
    """A member of staff leaves; what they taught is taken over by another."""
    record = at.member()
    others = [other for other in at.books.staff if other.school == record.school and other is not record]
    if not others:
        raise Impossible
    at.books.staff.remove(record)
    heir = at.dice.pick(others)
    known = {ref.key for ref in heir.row.groepen}
    more = tuple(ref for ref in record.row.groepen if ref.key not in known)
    heir.row = replace(heir.row, groepen=heir.row.groepen + more)
    return (record.person, heir.person)


def rostered(at: Occasion) -> People:
    """A member of staff gets another group beside the others, or one less."""
    record = at.member(lambda r: r.row.groepen)
    known = {ref.key for ref in record.row.groepen}
    free = [group for group in at.books.stamgroepen(record.school) if group.row.key not in known]
    refs = record.row.groepen
    if len(refs) > 1 and (not free or at.dice.chance(50)):
        record.row = replace(record.row, groepen=refs[:-1])
    elif free:
        record.row = replace(record.row, groepen=(*refs, reference(at.dice.pick(free))))
    else:
        raise Impossible
    return (record.person,)


def married(at: Occasion) -> People:
    """A member of staff gets another family name; the address stays."""
    record = at.member()
    record.row = renaming.another_family(record.row, at.dice)
    return (record.person,)


def seconded(at: Occasion) -> People:
    """A member of staff comes to work at another school of the board too: a row there, with its own key."""
    here = at.member()
    school = at.school(here.school)
    if any(other.person == here.person and other.school == school for other in at.books.staff):
        raise Impossible
    row = replace(here.row, key=f"{school}-m{at.books.count('hired')}", groepen=(reference(at.stamgroep(school)),))
    at.books.appoint(row, school, person=here.person)
    return (here.person,)


def group_renamed(at: Occasion) -> People:
    """One group gets another name."""
    group = at.stamgroep(at.school())
    group.row = replace(group.row, naam=f"{group.row.naam[:40]} {at.dice.pick(('Zon', 'Maan', 'Ster', 'Eik', 'Beuk'))}")
    return ()


def reference(group: Group) -> GroepReferentie | SamengesteldeGroepReferentie:
    """Refer to a group as its teacher."""
    kind = GroepReferentie if isinstance(group.row, Groep) else SamengesteldeGroepReferentie
    return kind(key=group.row.key, rol=(Rol.LRK,))


def _comes(at: Occasion, *, days: int = 0) -> Record[Leerling]:
    """Write down a new pupil of the same jaargroep as one of the group they come to."""
    school = at.school()
    group = at.stamgroep(school)
    there = [r for r in at.books.enrolled(school) if r.row.groep == group.row.key]
    like = there or at.books.pupils or at.books.left
    if not like:
        raise Impossible
    stroom = at.dice.pick(like).stroom
    instroom = at.books.day + timedelta(days=days)
    record = at.books.newcomer(at.dice, school, at.dice.pick(at.books.years_of(group)), stroom, instroom)
    record.row = replace(record.row, groep=group.row.key)
    return record


def _is_named(record: Record[Leerling]) -> bool:
    return bool(record.row.roepnaam and record.row.achternaam)


def _still(at: Occasion) -> People:
    """The person of an earlier row, where the row is still in the books."""
    if at.record is None or at.record not in at.books.pupils:
        raise Impossible
    return (at.record.person,)


AMONG_PEOPLE: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "enrolled": Kind(enrolled, 3.0),
        "announced": Kind(announced, 2.5),
        "started": Kind(started, 0),
        "left": Kind(left, 2.0),
        "leaving": Kind(leaving, 2.0),
        "gone": Kind(gone, 0),
        "dropped": Kind(dropped, 0),
        "returned": Kind(returned, 1.0),
        "moved": Kind(moved, 3.0),
        "joined": Kind(joined, 3.0),
        "unjoined": Kind(unjoined, 2.0),
        "elsewhere": Kind(elsewhere, 1.5, apart=True),
        "twins": Kind(twins, 0.5),
        "namesake": Kind(namesake, 0.4),
        "respelled": Kind(respelled, 1.0),
        "prefixed": Kind(prefixed, 0.5),
        "renamed": Kind(renamed, 0.7),
        "rebirthed": Kind(rebirthed, 0.3),
        "hired": Kind(hired, 1.0),
        "resigned": Kind(resigned, 1.0),
        "rostered": Kind(rostered, 1.5),
        "married": Kind(married, 0.4),
        "seconded": Kind(seconded, 0.4, apart=True),
        "group-renamed": Kind(group_renamed, 0.3),
    }
)
"""What happens to people, with its rate: none of them a measurement, all of them an assumption about a usual school."""
