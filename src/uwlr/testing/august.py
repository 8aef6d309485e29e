"""1 August: the last year leaves, everybody moves up, a new first year comes, and every group is another one."""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec.structs import replace

from uwlr.berichten import Groep, Jaargroep, Leerling, SamengesteldeGroep
from uwlr.testing.administration import LAST, Administration, Occasion, Record, first_of, year_of
from uwlr.testing.dice import Dice
from uwlr.testing.groups import Plaats, make_groups, make_subgroups
from uwlr.testing.staff import make_staff

_REPEATS: Final = 2
"""Of a hundred pupils, how many stay in their year."""
_LATER: Final = 30
"""Of a hundred new pupils of the first year in PO, how many come when they turn four."""


def new_year(at: Occasion) -> tuple[str, ...]:
    """Move the books to another school year; it gives who left and who came."""
    people: list[str] = []
    for school in at.books.sizes:
        people += _leave_and_move_up(at, school)
        people += _come(at, school)
        _regroup(at, school)
    return tuple(people)


def _leave_and_move_up(at: Occasion, school: str) -> list[str]:
    books, out = at.books, []
    for record in [r for r in books.pupils if r.school == school]:
        row = replace(record.row, groep=None, samengestelde_groepen=())
        if row.uitstroomdatum is not None and row.uitstroomdatum < books.day:
            record.row = row
            continue
        year = year_of(row)
        here = row.instroomdatum is None or row.instroomdatum <= books.day
        repeats = Dice(books.seed, books.day, record.person, "repeats").chance(_REPEATS)
        if here and year >= LAST[record.stroom]:
            record.row = replace(row, uitstroomdatum=date(books.day.year, 7, 31))
            books.later(at.dice.between(20, 80), "dropped", record)
            out.append(record.person)
            continue
        if here and not repeats:
            year += 1
        record.row = replace(row, jaargroep=Jaargroep(str(year)))
    return out


def _come(at: Occasion, school: str) -> list[str]:
    """Fill the school up to its size; in PO some of the new ones come in the course of the year."""
    books, come = at.books, []
    room = books.sizes[school] - len([r for r in books.pupils if r.school == school and _stays(r, books.day)])
    for _ in range(max(room, 1)):
        stroom = "" if books.sector == "PO" else at.dice.pick("TTHHHVVV")
        record = books.newcomer(at.dice, school, 11 if stroom else 1, stroom, books.day)
        if not stroom and at.dice.chance(_LATER):
            days = at.dice.between(40, 280)
            record.row = replace(record.row, instroomdatum=date.fromordinal(books.day.toordinal() + days))
            books.later(days, "started", record)
        come.append(record.person)
    return come


def _stays(record: Record[Leerling], day: date) -> bool:
    return record.row.uitstroomdatum is None or record.row.uitstroomdatum >= day


def _regroup(at: Occasion, school: str) -> None:
    """Make groups for the year, put the pupils into them and share them out over the staff."""
    books = at.books
    first = first_of(books.day)
    stay = [r for r in books.pupils if r.school == school and _stays(r, books.day)]
    stay.sort(key=lambda r: (r.stroom, year_of(r.row)))
    plaatsen = [Plaats(r.stroom, year_of(r.row), first, nummer) for nummer, r in enumerate(stay)]
    prefix = f"{school}-{first % 100:02d}{(first + 1) % 100:02d}"
    stam = make_groups(plaatsen, books.sector, prefix=prefix, described=True)
    dice = Dice(books.seed, school, first, "subgroepen")
    sub = make_subgroups(dice, plaatsen, books.sector, prefix=prefix)
    books.groups = [group for group in books.groups if group.school != school]
    for indeling in stam:
        books.found(indeling.deel, school)
        for lid in indeling.leden:
            stay[lid].row = replace(stay[lid].row, groep=indeling.deel.key)
    for samen in sub:
        books.found(samen.deel, school)
        for lid in samen.leden:
            row = stay[lid].row
            stay[lid].row = replace(row, samengestelde_groepen=(*row.samengestelde_groepen, samen.deel.key))
    _share_out(at, school, [i.deel for i in stam], [i.deel for i in sub])


def _share_out(at: Occasion, school: str, stam: list[Groep], sub: list[SamengesteldeGroep]) -> None:
    """Give each post of the new year to one of the staff, and hire for what is left over."""
    books: Administration = at.books
    posts = make_staff((books.seed, school), stam, sub, books.sector, lvs=False)
    here = [record for record in books.staff if record.school == school]
    while len(here) < len(posts):
        here.append(books.hire(at.dice, school))
    for number, record in enumerate(here):
        post = posts[number] if number < len(posts) else None
        record.row = replace(record.row, rol=post.rol if post else (), groepen=post.groepen if post else ())
