"""The rows of every table of a message, made of its parts as they come: all of them, or a batch at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from uwlr.berichten.tabel import Bericht, Field, table
from uwlr.convert.cells import Value, cells, take
from uwlr.convert.layout import ROOTS, Column, Joined, Keys, Sheet, layout
from uwlr.errors import ConfigurationError

Row = tuple[Value | None, ...]
Part = tuple[Field, Sequence[Any]]
"""A field of a message and some items of its list, in their order; of a field that occurs once, its value."""

_BATCH = 256


class Tables(Protocol):
    """What takes rows: files of CSV, the sheets of a workbook, columns."""

    def put(self, sheet: Sheet, rows: Sequence[Row], /) -> None:
        """Add rows to a table; none make it an empty one, if it is not there yet."""


def fill(tables: Tables, bericht: Bericht, *, guarded: bool = True) -> None:
    """Put the rows of a whole message into its tables.

    Raises:
        ConfigurationError: a message that cannot be tables.
        InvalidMessage: a value that could not be read, or of another Python type than its table says.
    """
    filling = Filling(tables, type(bericht), guarded=guarded)
    for part in _parts(bericht):
        filling.put(part)


def _parts(bericht: Bericht) -> Iterator[Part]:
    for field in table(type(bericht)).elements:
        value = getattr(bericht, field.name)
        if not field.many:
            yield field, (value,)
            continue
        for start in range(0, len(value), _BATCH):
            yield field, value[start : start + _BATCH]


def holder_of(field: Field) -> type[Bericht] | None:
    """Find the message that a field stands in, if that can be tables."""
    return next((root for root in ROOTS if any(own is field for own in table(root).elements)), None)


class Filling:
    """Puts the rows of one message into its tables, part by part.

    There is a table for each list and part of the message itself, also if that is empty; of a list inside an item or a
    part only if it has rows.

    Raises:
        ConfigurationError: a message that cannot be tables.
    """

    def __init__(self, tables: Tables, cls: type[Bericht], *, guarded: bool = True) -> None:
        if cls not in ROOTS:
            names = " and ".join(root.__name__ for root in ROOTS)
            raise ConfigurationError(f"{cls.__name__} cannot be tables, only {names}")
        self._tables = tables
        self._of_field: dict[str, list[_Rows]] = defaultdict(list)
        for sheet in layout(cls):
            name, *path = sheet.path
            self._of_field[str(name)].append(_Rows(sheet, tuple(path), guarded=guarded))
            if not path:
                tables.put(sheet, ())

    def put(self, part: Part) -> None:
        """Put the rows of a part, which comes behind those before it in the message.

        Raises:
            InvalidMessage: a value that could not be read, or of another Python type than its table says.
        """
        field, items = part
        holder = items if field.many else items[0]
        for rows in self._of_field[field.name]:
            for sheet, made in rows.of([(None, holder)]):
                self._tables.put(sheet, made)


class _Rows:
    """Makes the rows of one table and of those below it; kinds of items that have a table each are numbered through."""

    def __init__(self, sheet: Sheet, path: Keys, *, guarded: bool) -> None:
        self.sheet = sheet
        self.path = path
        self.guarded = guarded
        self.owners = 0
        self.number = 0
        self.children = [_Rows(child, child.path, guarded=guarded) for child in sheet.children]

    def of(self, owners: Iterable[tuple[int | None, Any]]) -> Iterator[tuple[Sheet, list[Row]]]:
        """Give the rows of what these hold, each with its number, and behind them those of the tables below."""
        sheet = self.sheet
        if sheet.single:
            yield sheet, list(zip(*self._cells(sheet.columns, [holder for _, holder in owners]), strict=True))
            return
        found = self._listed(owners) if sheet.joined is None else self._joined(sheet.joined, owners)
        leading: list[Row] = []
        numbers: list[int] = []
        items: list[Any] = []
        for lead, item in found:
            self.number += 1
            if sheet.only is None or sheet.only.admits(item):
                leading.append(lead)
                numbers.append(self.number)
                items.append(item)
        if not items:
            return
        columns = self._cells(sheet.columns, items)
        yield (
            sheet,
            [
                (*lead, number, *row)
                for lead, number, row in zip(leading, numbers, zip(*columns, strict=True), strict=True)
            ],
        )
        for child in self.children:
            yield from child.of(zip(numbers, items, strict=True))

    def _listed(self, owners: Iterable[tuple[int | None, Any]]) -> Iterator[tuple[Row, Any]]:
        """Give the items, each behind the number of its owner if the table tells it."""
        for number, holder in owners:
            lead: Row = () if self.sheet.link is None else (number,)
            for item in take(holder, self.path) or ():
                yield lead, item

    def _joined(self, joined: Joined, owners: Iterable[tuple[int | None, Any]]) -> Iterator[tuple[Row, Any]]:
        """Give the items of items, each behind the number and the columns of what it lies in."""
        outer = [item for _, holder in owners for item in take(holder, self.path) or ()]
        for item, row in zip(outer, zip(*self._cells(joined.columns, outer), strict=True), strict=True):
            self.owners += 1
            for inner in take(item, joined.path) or ():
                yield (self.owners, *row), inner

    def _cells(self, columns: tuple[Column, ...], items: list[Any]) -> Iterator[list[Value | None]]:
        return (cells(column, items, guarded=self.guarded) for column in columns)
