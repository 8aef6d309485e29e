"""A roster or results as CSV, one file per table in a folder, and back.

The files are UTF-8 with a byte order mark, separated by semicolons, with lines that end in CR LF: a spreadsheet with
Dutch settings opens them as they are, and pandas reads them with `sep=";", dtype=str, keep_default_na=False`. The
last two matter: keys, codes and the last digits of a bsn may begin with zeros. Commas and tabs are
accepted when reading.

An empty cell is an absent value. A text that a spreadsheet would take for a formula, and an empty text, has an
apostrophe before it, which reading takes off; a name such as 't Hart is left as it is.
"""

from __future__ import annotations

import csv
import io
import os
import pathlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any, Self

from uwlr.berichten.tabel import Bericht
from uwlr.convert.assembly import Source, assemble
from uwlr.convert.cells import Value, written
from uwlr.convert.layout import Column, Sheet
from uwlr.convert.loss import roster
from uwlr.convert.sheet_rows import Row, fill
from uwlr.errors import ConfigurationError, MessageError
from uwlr.private_files import open_private, private_folder

_PART = ".part"
_SEPARATORS = ";,\t"
"""What may separate cells; none of them stands in a heading."""
_NO_HEADING = re.compile(r"[^\w\s.\"'-]")
_LONGEST_CELL = 131_072
"""What Python's csv module reads by default; a spreadsheet stops at 32,767."""


def to_csv(bericht: Bericht, folder: str | os.PathLike[str]) -> None:
    """Write a roster or results as tables in a folder; nothing is lost.

    Args:
        bericht: `Leerlinggegevens`, an answer that holds one, or `LeerresultatenVerzoek`.
        folder: where to write; made if it is not there, else empty.

    Raises:
        ConfigurationError: another message, or a folder that is not empty.
        InvalidMessage: a value that could not be read, or has another Python type than its table says.
        MessageError: a value of more than 131,072 characters.
        OSError: the folder cannot be written.
    """
    with CsvTables(pathlib.Path(folder)) as tables:
        fill(tables, roster(bericht))
        tables.keep()


class CsvTables:
    """Files of CSV in the making: under other names in their folder, until they are kept.

    Args:
        folder: as `to_csv`.

    Raises:
        ConfigurationError: a folder that is not empty.
        OSError: the folder cannot be written.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._new = [path for path in (folder, *folder.parents) if not path.exists()]
        self._folder = private_folder(folder)
        if any(folder.iterdir()):
            raise ConfigurationError("the folder is not empty; CSV is written into a new or empty folder")
        self._files: dict[str, io.TextIOWrapper] = {}

    def __enter__(self) -> Self:
        return self

    def put(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        """Write rows to the file of their table.

        Raises:
            MessageError: a value of more than 131,072 characters.
            OSError: the file cannot be written.
        """
        if sheet.name not in self._files:
            part = open_private(self._folder / f"{sheet.name}{_PART}")
            self._files[sheet.name] = io.TextIOWrapper(part, "utf-8-sig", newline="")
            self._writer(sheet).writerow(sheet.headings)
        if rows:
            columns = zip(sheet.every_column, zip(*rows, strict=True), strict=True)
            texts = [_texts(heading, column, values) for (heading, column), values in columns]
            self._writer(sheet).writerows(zip(*texts, strict=True))

    def keep(self) -> None:
        """Give the files their names.

        Raises:
            OSError: they cannot be written.
        """
        for file in self._files.values():
            file.close()
        while self._files:
            name = next(iter(self._files))
            (self._folder / f"{name}{_PART}").rename(self._folder / f"{name}.csv")
            del self._files[name]
        self._new.clear()

    def __exit__(self, *_: object) -> None:
        for name, file in self._files.items():
            with suppress(OSError):  # of a full disk
                file.close()
            (self._folder / f"{name}{_PART}").unlink(missing_ok=True)
        for folder in self._new:
            with suppress(OSError):  # somebody else has put something into it
                folder.rmdir()

    def _writer(self, sheet: Sheet) -> Any:
        return csv.writer(self._files[sheet.name], delimiter=";", lineterminator="\r\n")


def from_csv(folder: str | os.PathLike[str]) -> Bericht:
    """Read the tables that `to_csv` wrote, or that were made in that form.

    A table without the column `nr` has its rows counted. A file or column that no table has is refused.

    Raises:
        MessageError: a file that is not CSV in UTF-8.
        InvalidMessage: deviations; all are listed.
        OSError: the folder cannot be read.
    """
    files = {path.stem: path for path in sorted(pathlib.Path(folder).iterdir()) if path.suffix.lower() == ".csv"}
    return assemble({name: _source(path) for name, path in files.items()})


def _texts(heading: str, column: Column | None, values: Sequence[Value | None]) -> Sequence[Value | None]:
    """Give the texts of a column; numbers of rows and absent values are written well as they are."""
    if column is None:
        return values
    texts = [value if value is None or isinstance(value, str) else written(column, value) for value in values]
    longest = max((len(text) for text in texts if text is not None), default=0)
    if longest > _LONGEST_CELL:
        raise MessageError(f"a value of {heading} has {longest} characters, more than a cell can hold")
    return texts


def _source(path: pathlib.Path) -> Source:
    rows = _rows(path)
    return Source(path.name, next(rows, []), enumerate(rows, 2))


def _rows(path: pathlib.Path) -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            yield from csv.reader(chain((first,), file), delimiter=_separator(path.name, first), strict=True)
    except UnicodeDecodeError:
        raise MessageError(f"{path.name} is not UTF-8; a spreadsheet saves that as 'CSV UTF-8'") from None
    except csv.Error:
        raise MessageError(f"{path.name} is not CSV: a quote is not closed, or a cell is too long") from None


def _separator(name: str, headings: str) -> str:
    """Find what separates the headings; a table of one column needs nothing."""
    if found := next((separator for separator in _SEPARATORS if separator in headings), None):
        return found
    if odd := _NO_HEADING.search(headings):
        raise MessageError(f"{name} is separated by {odd[0]!r}; semicolons, commas and tabs can be read")
    return _SEPARATORS[0]
