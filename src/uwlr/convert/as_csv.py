"""A roster or results as CSV, one file per table in a folder, and back.

The files are UTF-8 with a byte order mark, separated by semicolons, with lines that end in CR LF: a spreadsheet with
Dutch settings opens them as they are, and pandas reads them with `sep=";", dtype=str, keep_default_na=False`. The
last two matter: keys, codes and the last digits of a bsn may begin with zeros. Commas are accepted when reading.

An empty cell is an absent value. A text that a spreadsheet would take for a formula, and an empty text, has an
apostrophe before it, which reading takes off; a name such as 't Hart is left as it is.
"""

from __future__ import annotations

import csv
import io
import pathlib
from collections import Counter
from typing import Any

from uwlr.berichten.tabel import Bericht, wire_name
from uwlr.convert.assembly import Assembly
from uwlr.convert.cells import guard, take
from uwlr.convert.layout import PRESENT, ROOTS, Column, Sheet, every, layout
from uwlr.convert.plain_form import from_plain, to_plain
from uwlr.deviations import Deviation, WasUnreadable
from uwlr.errors import ConfigurationError, InvalidMessage, MessageError
from uwlr.paths import Path
from uwlr.private_files import private_folder, write_private

_LONGEST_CELL = 131_072
"""What Python's csv module reads by default; a spreadsheet stops at 32,767."""
_RESULTS = "resultaten"


def to_csv(bericht: Bericht, folder: pathlib.Path) -> None:
    """Write a roster or results as tables in a folder; nothing is lost.

    Args:
        bericht: `Leerlinggegevens` or `LeerresultatenVerzoek`.
        folder: where to write; made if it is not there, else empty.

    Raises:
        ConfigurationError: another message, or a folder that is not empty.
        InvalidMessage: a value that could not be read, or has another Python type than its table says.
        MessageError: a value of more than 131,072 characters.
        OSError: the folder cannot be written.
    """
    if type(bericht) not in ROOTS:
        names = " and ".join(cls.__name__ for cls in ROOTS)
        raise ConfigurationError(f"{type(bericht).__name__} cannot be tables, only {names}")
    private_folder(folder)
    if any(folder.iterdir()):
        raise ConfigurationError("the folder is not empty; CSV is written into a new or empty folder")
    tables = _Tables()
    plain = to_plain(bericht)
    for sheet in layout(type(bericht)):
        if len(sheet.path) == 1:
            tables.rows[sheet.name] = []
        tables.add(sheet, take(plain, sheet.path), None)
    for sheet in every(layout(type(bericht))):
        if sheet.name in tables.rows:
            data = _text(sheet, tables.rows[sheet.name]).encode("utf-8-sig")
            write_private(folder / f"{sheet.name}.csv", data)


def from_csv(folder: pathlib.Path) -> Bericht:
    """Read the tables that `to_csv` wrote, or that were made in that form.

    A table without the column `nr` has its rows counted. A file or column that no table has is refused.

    Raises:
        MessageError: a file that is not CSV in UTF-8.
        InvalidMessage: deviations; all are listed.
        OSError: the folder cannot be read.
    """
    files = {path.stem: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv"}
    cls = ROOTS[1] if _RESULTS in files else ROOTS[0]
    name = str(wire_name(cls))
    assembly = Assembly(files, layout(cls))
    plain = assembly.message()
    if assembly.deviations:
        raise InvalidMessage(assembly.deviations, element=name)
    return from_plain({**plain, "type": name})


class _Tables:
    """The rows of every table; those of a list inside an item appear with the first of its items."""

    def __init__(self) -> None:
        self.rows: dict[str, list[list[str]]] = {}
        self.last: Counter[str] = Counter()

    def add(self, sheet: Sheet, plain: Any, owner: int | None) -> None:
        """Add the rows of one list. Kinds of items that have a table each are numbered through."""
        if sheet.single:
            self.rows[sheet.name].append([_cell(column, plain) for column in sheet.columns])
            return
        for group, item in enumerate(plain or (), 1):
            if sheet.joined is None:
                self._item(sheet, item, [] if sheet.link is None else [str(owner)])
                continue
            repeated = [str(group), *(_cell(column, item) for column in sheet.joined.columns)]
            for inner in take(item, sheet.joined.path) or ():
                self._item(sheet, inner, repeated)

    def _item(self, sheet: Sheet, item: Any, start: list[str]) -> None:
        self.last[sheet.name] += 1
        if sheet.tag is not None and item.get("type") != sheet.tag:
            return
        number = self.last[sheet.name]
        cells = [_cell(column, item) for column in sheet.columns]
        self.rows.setdefault(sheet.name, []).append([*start, str(number), *cells])
        for child in sheet.children:
            self.add(child, take(item, child.path), number)


def _cell(column: Column, item: Any) -> str:
    value = take(item, column.path)
    if value is None:
        return ""
    if column.kind == "present":
        return PRESENT
    if isinstance(value, dict):
        found = Deviation(path=Path.of(column.heading), reason=WasUnreadable())
        raise InvalidMessage([found], element=column.heading)
    text = guard(value) if column.text else str(value)
    if len(text) > _LONGEST_CELL:
        raise MessageError(f"a value of {column.heading} has {len(text)} characters, more than a cell can hold")
    return text


def _text(sheet: Sheet, rows: list[list[str]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(sheet.headings)
    writer.writerows(rows)
    return buffer.getvalue()
