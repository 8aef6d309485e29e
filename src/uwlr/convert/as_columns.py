"""A roster or results as columns: for each table a dict of headings to lists, and back.

What pandas, polars and pyarrow make a frame of; no library is preferred. Texts are `str`, and so are keys and codes;
numbers are `int` and `Decimal`, days `date`; what is absent is None. Moments are the texts of the message: each may
have a zone of its own, which no column of a frame and no cell of Excel holds. `pandas.to_datetime(column, utc=True)`
and, in polars, `column.str.to_datetime(time_zone="UTC")` make moments of them. Any other value that is not exact in
Python, such as a day with a zone, is text too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from uwlr.berichten.tabel import Bericht
from uwlr.convert.assembly import Source, assemble
from uwlr.convert.cells import Value, written
from uwlr.convert.layout import Sheet, every, layout
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
    whole = roster(bericht)
    tables = _Columns()
    fill(tables, whole, guarded=guarded)
    return {sheet.name: tables.made[sheet.name] for sheet in every(layout(type(whole))) if sheet.name in tables.made}


def from_columns(tables: Mapping[str, Mapping[str, Sequence[Any]] | Any], *, guarded: bool = True) -> Bericht:
    """Make a roster or results of columns, strict as `uwlr.read`.

    None, NaN and NaT are absent values. A number is refused where a text is due: the key 42 may have been 0042.

    Args:
        tables: of each table its columns, as a dict or as a frame of pandas or polars, by the name of the table or of
            its sheet in a workbook; a table without the column `nr` has its rows counted from 1.
        guarded: whether texts have the apostrophe that `to_columns` puts before some, and "" is an absent value.

    Raises:
        ConfigurationError: columns of one table that differ in length, or have the same name.
        InvalidMessage: deviations; all are listed, each with its table, row (from 1) and column.
        TypeError: no tables by name, or a table that is neither a dict nor a frame.
    """
    if not isinstance(tables, Mapping):
        raise TypeError(f"tables: a dict of tables by name is due, such as {{'leerlingen': …}}, no {_kind(tables)}")
    sources = {}
    for name, table in tables.items():
        columns = _columns_of(name, table)
        if len({len(column) for column in columns.values()}) > 1:
            raise ConfigurationError(f"the columns of {name} differ in length")
        rows = enumerate(zip(*columns.values(), strict=True), 1)
        sources[name] = Source(name, tuple(map(str, columns)), rows)
    return assemble(sources, guarded=guarded)


def _columns_of(name: str, table: Any) -> Mapping[str, Sequence[Any]]:
    """Give the columns of a table; a frame has their names in `columns`."""
    if isinstance(table, Mapping):
        return table
    try:
        names = list(table.columns)
        columns = {heading: table[heading] for heading in names}
    except (AttributeError, TypeError, LookupError):
        raise TypeError(f"{name}: a dict of lists by heading is due, or a frame, no {_kind(table)}") from None
    if len(columns) < len(names):
        raise ConfigurationError(f"{name} has two columns of one name")
    return columns


def _kind(value: object) -> str:
    return type(value).__name__


class _Columns:
    """Takes rows as columns."""

    def __init__(self) -> None:
        self.made: dict[str, Columns] = {}

    def put(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        """Add the values of each row to their columns."""
        made = self.made.setdefault(sheet.name, {heading: [] for heading in sheet.headings})
        for (heading, column), values in zip(sheet.every_column, zip(*rows, strict=True), strict=False):
            if column is not None and column.simple is not None and column.simple.base == "dateTime":
                made[heading].extend(None if value is None else written(column, value) for value in values)
            else:
                made[heading].extend(values)
