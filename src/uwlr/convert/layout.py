"""Which tables a message becomes, worked out from the field tables.

Each list of the message is a table with a row per item. A row has the number of its item (`nr`) and, if the list
belongs to an item of another table, the number of that item. Parts that occur once become columns of their owner,
their names joined by a dot. The results of a pupil carry the pupil's columns, so that each row tells all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Literal

import msgspec

from uwlr.berichten import Leerlinggegevens, LeerresultatenVerzoek
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Alternative, Bericht, Field, Simple, table


class Variant(msgspec.Struct, frozen=True):
    """A step of a path: the value has to be this alternative of its field, a class or, without one, a simple value."""

    wire: str
    cls: type[Bericht] | None

    def admits(self, value: object) -> bool:
        """Tell whether a value of a message is this alternative."""
        return not isinstance(value, Bericht) if self.cls is None else type(value) is self.cls


Keys = tuple[str | Variant, ...]
Kind = Literal["value", "xml", "present"]
NR = "nr"
PRESENT = "ja"
"""Stands in the column of a part that is there but may hold nothing."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column: its heading, where its value lies in the item, and the simple type of a value."""

    heading: str
    path: Keys
    kind: Kind = "value"
    simple: Simple | None = None

    @property
    def text(self) -> bool:
        """Whether the cells are texts: keys, codes, names, XML."""
        return self.kind == "xml" or (self.simple is not None and self.simple.base in {"string", "anyURI"})


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One table.

    Attributes:
        name: name of the table.
        path: where the list lies in its owner; of the only row, where it lies in the message.
        columns: the columns of an item.
        children: the tables of the lists inside an item.
        only: the kind of the items, if the list holds several kinds and each has its own table.
        link: heading of the owner's number; None if the owner is the message or a single part of it.
        single: whether there is one row, without number.
        joined: the owner's columns and number, repeated on each of its items; the owner has no table of its own.
    """

    name: str
    path: Keys
    columns: tuple[Column, ...]
    children: tuple[Sheet, ...] = ()
    only: Variant | None = None
    link: str | None = None
    single: bool = False
    joined: Joined | None = None

    @property
    def tab(self) -> str:
        """The name of the sheet in a workbook, which may have 31 characters."""
        return self.name[:31]

    @property
    def every_column(self) -> tuple[tuple[str, Column | None], ...]:
        """The headings of the table, each with its column; the number of a row has none."""
        owner = () if self.joined is None else ((self.joined.link, None), *_headed(self.joined.columns))
        link = () if self.link is None else ((self.link, None),)
        number = () if self.single else ((NR, None),)
        return (*owner, *link, *number, *_headed(self.columns))

    @property
    def headings(self) -> tuple[str, ...]:
        """The first row of the table."""
        return tuple(heading for heading, _ in self.every_column)


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """An item whose columns stand on the rows of its own list: where that list lies in it, and its columns."""

    path: Keys
    link: str
    columns: tuple[Column, ...]


def _headed(columns: tuple[Column, ...]) -> Iterator[tuple[str, Column]]:
    return ((column.heading, column) for column in columns)


ROOTS: tuple[type[Bericht], ...] = (Leerlinggegevens, LeerresultatenVerzoek)
"""The messages that can be tables."""


@cache
def layout(cls: type[Bericht]) -> tuple[Sheet, ...]:
    """Work out the tables of a message."""
    sheets: list[Sheet] = []
    for field in table(cls).elements:
        if field.many:
            sheets += _lists(field, (field.name,), "", None)
        else:
            part = field.first.cls
            columns, lists = _parts(part, (), "") if part is not None else ([], [])
            sheets.append(Sheet(name=field.name, path=(field.name,), columns=tuple(columns), single=True))
            for inner, path in lists:
                sheets += _lists(inner, (field.name, *path), f"{field.name}_", None)
    return tuple(sheets)


def every(sheets: tuple[Sheet, ...]) -> Iterator[Sheet]:
    """Give each table and the tables below it."""
    for sheet in sheets:
        yield sheet
        yield from every(sheet.children)


def _lists(field: Field, path: Keys, prefix: str, link: str | None) -> list[Sheet]:
    """Make the table of a list, or one for each kind of item if the kinds are classes of their own."""
    alternatives = field.alternatives
    if len(alternatives) == 1 or any(a.simple is not None for a in alternatives):
        return [_list(field, path, f"{prefix}{field.name}", f"{prefix}{field.first.wire}", link)]
    return [_list(field, path, f"{prefix}{a.wire}en", f"{prefix}{a.wire}", link, only=a) for a in alternatives]


def _list(
    field: Field,
    path: Keys,
    name: str,
    singular: str,
    link: str | None,
    *,
    only: Alternative | None = None,
) -> Sheet:
    columns: list[Column] = []
    lists: list[tuple[Field, Keys]] = []
    alternatives = field.alternatives if only is None else (only,)
    for alternative in alternatives:
        step = (_variant(alternative),) if len(alternatives) > 1 else ()
        heading = alternative.wire if alternative.cls is None or len(alternatives) > 1 else ""
        more = _alternative(alternative, step, heading)
        columns += more[0]
        lists += more[1]
    if only is None and len(lists) == 1:
        inner, place = lists[0]
        if inner.required and place == (inner.name,):
            return _joined(field, path, columns, inner)
    return Sheet(
        name=name,
        path=path,
        columns=tuple(columns),
        children=tuple(s for f, p in lists for s in _lists(f, p, f"{singular}_", f"{singular}_{NR}")),
        only=_variant(only) if only is not None else None,
        link=link,
    )


def _joined(owner: Field, path: Keys, columns: list[Column], inner: Field) -> Sheet:
    sheet = _list(inner, path, inner.name, inner.first.wire, None)
    joined = Joined(path=(inner.name,), link=f"{owner.first.wire}_{NR}", columns=tuple(columns))
    return msgspec.structs.replace(sheet, joined=joined)


def _parts(cls: type[Bericht], path: Keys, heading: str) -> tuple[list[Column], list[tuple[Field, Keys]]]:
    """Give the columns of a part that occurs once, and the lists in it."""
    columns: list[Column] = []
    lists: list[tuple[Field, Keys]] = []
    for field in sorted(table(cls).fields, key=lambda field: field.kind != "content"):
        place = (*path, field.name)
        if field.many:
            lists.append((field, place))
            continue
        several = len(field.alternatives) > 1
        for alternative in field.alternatives:
            name = alternative.wire if several else field.name
            full = heading if heading and field.kind == "content" else f"{heading}.{name}".lstrip(".")
            more = _alternative(alternative, (*place, _variant(alternative)) if several else place, full)
            columns += more[0]
            lists += more[1]
    return columns, lists


def _variant(alternative: Alternative) -> Variant:
    return Variant(alternative.wire, alternative.cls)


def _alternative(
    alternative: Alternative,
    path: Keys,
    heading: str,
) -> tuple[list[Column], list[tuple[Field, Keys]]]:
    if alternative.simple is not None:
        return [Column(heading=heading, path=path, simple=alternative.simple)], []
    cls = alternative.cls
    if cls is None or issubclass(cls, RawElement):
        return [Column(heading=heading or "xml", path=(*path, "xml"), kind="xml")], []
    columns, lists = _parts(cls, path, heading)
    if heading and not any(field.required and not field.many for field in table(cls).fields):
        columns.insert(0, Column(heading=heading, path=path, kind="present"))
    return columns, lists
