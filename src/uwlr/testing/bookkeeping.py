"""What happens in the books alone: rows doubled and merged, keys renewed, ECK-iDs that come, change or are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from uwlr.berichten import Leerling
from uwlr.testing import renaming
from uwlr.testing.administration import Impossible, Kind, Occasion, Record
from uwlr.testing.happenings import People, enrolled


def doubled(at: Occasion) -> People:
    """A pupil is written down a second time, with another key, and often without the ECK-iD; it is found out later."""
    books, dice = at.books, at.dice
    one = at.pupil(lambda r: r.row.groep and r.row.uitstroomdatum is None)
    row = replace(one.row, key=books.new_key(), eckid=one.row.eckid if dice.chance(40) else None)
    if dice.chance(50):
        row = renaming.typed_again(row, dice)
    other = books.admit(row, one.school, person=one.person, stroom=one.stroom)
    books.later(dice.between(20, 60), "merged", other)
    return (one.person,)


def merged(at: Occasion) -> People:
    """Two rows about one pupil become one again: either may be the one that stays."""
    rows = [r for r in at.books.pupils if at.record and (r.person, r.school) == (at.record.person, at.record.school)]
    if len(rows) < 2:
        raise Impossible
    goes = at.dice.pick(rows[:2])
    stays = rows[rows[0] is goes]
    stays.row = replace(stays.row, eckid=stays.row.eckid or goes.row.eckid)
    at.books.pupils.remove(goes)
    return (goes.person,)


def rekeyed(at: Occasion) -> People:
    """One pupil gets another key."""
    record = at.pupil(lambda r: r.row.key)
    _renew(at, record)
    return (record.person,)


def all_rekeyed(at: Occasion) -> People:
    """Every pupil and every member of staff gets another key."""
    for pupil in at.books.pupils:
        _renew(at, pupil)
    for member in at.books.staff:
        member.number = at.books.count(f"staff {member.school}")
        member.row = replace(member.row, key=f"{member.school}-m{at.books.count('hired')}")
    return (*(pupil.person for pupil in at.books.pupils), *(member.person for member in at.books.staff))


def dummy(at: Occasion) -> People:
    """A pupil comes who has no key of their own yet, but a dummy by place: those who had one move up by one."""
    people = enrolled(at)
    record = at.books.pupils[-1]
    waiting = [r for r in at.books.pupils if r.school == record.school and (r.row.key or "").startswith("#")]
    for number, other in enumerate([record, *waiting], 1):
        other.row = replace(other.row, key=f"#{number:03d}")
    if not at.dice.chance(30):
        record.row = replace(record.row, eckid=None)
    at.books.later(at.dice.between(20, 120), "keyed", record)
    return people


def keyed(at: Occasion) -> People:
    """One with a dummy gets a key of their own."""
    if at.record not in at.books.pupils:
        raise Impossible
    at.record.row = replace(at.record.row, key=at.books.new_key())
    return (at.record.person,)


def reissued(at: Occasion) -> People:
    """A pupil comes who is given the key of one who left, as no LAS should."""
    taken = {r.row.key for r in at.books.pupils}
    free = [r for r in at.books.left if r.row.key not in taken and r.row.key and not r.row.key.startswith("#")]
    if not free:
        raise Impossible
    before = at.dice.pick(free)
    people = enrolled(at)
    record = at.books.pupils[-1]
    record.row = replace(record.row, key=before.row.key, eckid=record.row.eckid if at.dice.chance(50) else None)
    if record.school == before.school:
        record.number = before.number
    return people


def eckid_added(at: Occasion) -> People:
    """A pupil in whose row there was no ECK-iD gets theirs."""
    record = at.pupil(lambda r: not r.row.eckid)
    record.row = replace(record.row, eckid=at.books.eckid(record.person))
    return (record.person,)


def eckid_changed(at: Occasion) -> People:
    """A pupil gets another ECK-iD."""
    record = at.pupil(lambda r: r.row.eckid)
    eckid = at.books.new_eckid(record.person)
    for other in at.books.pupils:
        if other.person == record.person and other.row.eckid:
            other.row = replace(other.row, eckid=eckid)
    return (record.person,)


def eckid_shared(at: Occasion) -> People:
    """A pupil is given the ECK-iD of another, who may have left, as when a BSN was typed twice; it is mended later."""
    left = [r for r in at.books.left if r.row.eckid]
    one = at.dice.pick(left) if left and at.dice.chance(40) else at.pupil(lambda r: r.row.eckid)
    others = [r for r in at.books.enrolled(one.school) if r.person != one.person]
    if not others:
        raise Impossible
    other = at.dice.pick(others)
    other.row = replace(other.row, eckid=one.row.eckid)
    at.books.later(at.dice.between(5, 40), "eckid-mended", other)
    return (one.person, other.person)


def eckid_mended(at: Occasion) -> People:
    """One who had another's ECK-iD gets their own."""
    if at.record not in at.books.pupils:
        raise Impossible
    at.record.row = replace(at.record.row, eckid=at.books.eckid(at.record.person))
    return (at.record.person,)


def _renew(at: Occasion, record: Record[Leerling]) -> None:
    record.number = at.books.count(f"pupil {record.school}")
    record.row = replace(record.row, key=at.books.new_key())


IN_THE_BOOKS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "doubled": Kind(doubled, 0.4),
        "merged": Kind(merged, 0),
        "rekeyed": Kind(rekeyed, 0.4),
        "all-rekeyed": Kind(all_rekeyed, 0.03, incident=True),
        "dummy": Kind(dummy, 0.5),
        "keyed": Kind(keyed, 0),
        "reissued": Kind(reissued, 0.3),
        "eckid-added": Kind(eckid_added, 1.5),
        "eckid-changed": Kind(eckid_changed, 0.3),
        "eckid-shared": Kind(eckid_shared, 0.15),
        "eckid-mended": Kind(eckid_mended, 0),
    }
)
"""What happens in the books, with its rate; all of them assumed."""
