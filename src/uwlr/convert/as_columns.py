"""A roster or results as columns: for each table a dict of headings to lists, and back.

What pandas, polars and pyarrow make a frame of; no library is preferred. Texts are `str`, and so are keys and codes;
numbers are `int` and `Decimal`, days `date`, moments `datetime`; what is absent is None. A value that these cannot
hold exactly, such as a day with a zone, is the text of the message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from uwlr.berichten.tabel import Bericht
from uwlr.convert.assembly import Source, assemble
from uwlr.convert.cells import Value
from uwlr.convert.layout import Sheet
from uwlr.convert.loss import roster
from uwlr.convert.sheet_rows import Row, fill
from uwlr.errors import ConfigurationError

Columns = dict[str, list[Value | None]]


def to_columns(bericht: Bericht, *, guarded: bool = True) -> dict[str, Columns]:
    """Give the tables of a roster or results by name, each as its columns by heading; nothing is lost.

    Args:
        bericht: `Leerlinggegevens`, an answer that holds one, or `LeerresultatenVerzoek`.
        guarded: put an apostrophe before a text that a spreadsheet would run, and before an empty one, as in CSV.

    Raises:
        ConfigurationError: another message.
        InvalidMessage: a value that could not be read, or has another Python type than its table says.
    """
    tables = _Columns()
    fill(tables, roster(bericht), guarded=guarded)
    return tables.made


def from_columns(tables: Mapping[str, Mapping[str, Sequence[Any]]], *, guarded: bool = True) -> Bericht:
    """Make a roster or results of columns, strict as `uwlr.read`.

    None, NaN and NaT are absent values. A number is refused where a text is due: the key 42 may have been 0042.

    Args:
        tables: the columns of each table; a table without the column `nr` has its rows counted from 1.
        guarded: whether texts have the apostrophe that `to_columns` puts before some, and "" is an absent value.

    Raises:
        ConfigurationError: columns of one table that differ in length.
        InvalidMessage: deviations; all are listed, each with its table, row (from 1) and column.
    """
    sources = {}
    for name, columns in tables.items():
        if len({len(column) for column in columns.values()}) > 1:
            raise ConfigurationError(f"the columns of {name} differ in length")
        rows = enumerate(zip(*columns.values(), strict=True), 1)
        sources[name] = Source(name, tuple(map(str, columns)), rows)
    return assemble(sources, guarded=guarded)


class _Columns:
    """Takes rows as columns."""

    def __init__(self) -> None:
        self.made: dict[str, Columns] = {}

    def put(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        """Add the values of each row to their columns."""
        columns = self.made.setdefault(sheet.name, {heading: [] for heading in sheet.headings})
        for column, values in zip(columns.values(), zip(*rows, strict=True), strict=False):
            column.extend(values)
