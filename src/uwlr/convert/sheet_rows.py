"""The rows of every table of a message, one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from uwlr.berichten.tabel import Bericht
from uwlr.convert.cells import Value, show, take
from uwlr.convert.layout import ROOTS, Column, Sheet, layout
from uwlr.errors import ConfigurationError

Cells = list[Value | None]


class _Numbered(NamedTuple):
    """An item: its owner's number if its table tells it, its own number, what holds it, and itself."""

    link: Cells
    number: int
    holder: Any
    item: Any


def sheets_of(bericht: Bericht) -> tuple[Sheet, ...]:
    """Give the tables of a message.

    Raises:
        ConfigurationError: a message that cannot be tables.
    """
    if type(bericht) not in ROOTS:
        names = " and ".join(cls.__name__ for cls in ROOTS)
        raise ConfigurationError(f"{type(bericht).__name__} cannot be tables, only {names}")
    return layout(type(bericht))


def sheet_rows(
    bericht: Bericht, sheets: tuple[Sheet, ...], *, guarded: bool = True
) -> Iterator[tuple[Sheet, Iterator[Cells]]]:
    """Give each table with its rows; the table of a list inside an item or a part only if it has any.

    Args:
        bericht: the message.
        sheets: its tables, of `sheets_of`.
        guarded: whether a text that a spreadsheet would run has an apostrophe before it.

    Raises:
        InvalidMessage: a value that could not be read, or of another Python type than its table says.
    """
    for line in _lines(sheets, ()):
        rows = _rows(bericht, line, guarded)
        if len(line) == 1 and len(line[0].path) == 1:
            yield line[-1], rows
        elif (first := next(rows, None)) is not None:
            yield line[-1], chain((first,), rows)


def _lines(sheets: tuple[Sheet, ...], above: tuple[Sheet, ...]) -> Iterator[tuple[Sheet, ...]]:
    """Give each table behind those that it lies in."""
    for sheet in sheets:
        yield (*above, sheet)
        yield from _lines(sheet.children, (*above, sheet))


def _rows(bericht: Bericht, line: tuple[Sheet, ...], guarded: bool) -> Iterator[Cells]:
    sheet = line[-1]
    if sheet.single:
        yield _shown(sheet.columns, take(bericht, sheet.path), guarded)
        return
    joined: tuple[Column, ...] = () if sheet.joined is None else sheet.joined.columns
    for link, number, holder, item in _numbered(bericht, line):
        yield [*link, *_shown(joined, holder, guarded), number, *_shown(sheet.columns, item, guarded)]


def _numbered(bericht: Bericht, line: tuple[Sheet, ...]) -> Iterator[_Numbered]:
    """Give the items of a table; kinds of items that have a table each are numbered through."""
    *above, sheet = line
    number = 0
    owners = ((owner.number, owner.item) for owner in _numbered(bericht, tuple(above))) if above else ((None, bericht),)
    for holder_number, holder in owners:
        for group, outer in enumerate(take(holder, sheet.path) or (), 1):
            link: Cells
            items: Iterable[Any]
            if sheet.joined is None:
                link, items = ([] if sheet.link is None else [holder_number]), (outer,)
            else:
                link, items = [group], take(outer, sheet.joined.path) or ()
            for item in items:
                number += 1
                if sheet.only is None or sheet.only.admits(item):
                    yield _Numbered(link, number, outer, item)


def _shown(columns: tuple[Column, ...], item: Any, guarded: bool) -> Cells:
    return [show(column, item, guarded=guarded) for column in columns]
