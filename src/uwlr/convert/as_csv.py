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
from collections.abc import Iterator

from uwlr.berichten.tabel import Bericht
from uwlr.convert.assembly import Source, assemble
from uwlr.convert.cells import written
from uwlr.convert.layout import Sheet
from uwlr.convert.sheet_rows import Cells, sheet_rows, sheets_of
from uwlr.errors import ConfigurationError, MessageError
from uwlr.private_files import open_private, private_folder

_LONGEST_CELL = 131_072
"""What Python's csv module reads by default; a spreadsheet stops at 32,767."""


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
    sheets = sheets_of(bericht)
    private_folder(folder)
    if any(folder.iterdir()):
        raise ConfigurationError("the folder is not empty; CSV is written into a new or empty folder")
    files: list[pathlib.Path] = []
    try:
        for sheet, rows in sheet_rows(bericht, sheets):
            files.append(folder / f"{sheet.name}.csv")
            with open_private(files[-1]) as file, io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
                writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
                writer.writerow(sheet.headings)
                writer.writerows(_texts(sheet, row) for row in rows)
    except BaseException:
        for path in files:
            path.unlink(missing_ok=True)
        raise


def from_csv(folder: pathlib.Path) -> Bericht:
    """Read the tables that `to_csv` wrote, or that were made in that form.

    A table without the column `nr` has its rows counted. A file or column that no table has is refused.

    Raises:
        MessageError: a file that is not CSV in UTF-8.
        InvalidMessage: deviations; all are listed.
        OSError: the folder cannot be read.
    """
    files = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv"}
    return assemble({name: _source(path) for name, path in files.items()})


def _texts(sheet: Sheet, row: Cells) -> Iterator[str]:
    for (heading, column), value in zip(sheet.every_column, row, strict=True):
        text = written(column, value)
        if len(text) > _LONGEST_CELL:
            raise MessageError(f"a value of {heading} has {len(text)} characters, more than a cell can hold")
        yield text


def _source(path: pathlib.Path) -> Source:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MessageError(f"{path.name} is not UTF-8; a spreadsheet saves that as 'CSV UTF-8'") from None
    first = text.partition("\n")[0]
    delimiter = ";" if ";" in first or "," not in first else ","
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = _checked(path.name, table)
    return Source(path.name, next(rows, []), enumerate(rows, 2))


def _checked(name: str, table: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from table
    except csv.Error:
        raise MessageError(f"{name} is not CSV: a quote is not closed, or a cell is too long") from None
