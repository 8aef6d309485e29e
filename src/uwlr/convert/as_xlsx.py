"""A roster or results as a workbook of Excel, one sheet per table, and back.

Keys, codes and names stand in cells that are text, so that 0042 stays what it is when somebody types in them; numbers
and days are numbers and days, shown with the digits they have in the message. A value that Excel cannot hold exactly,
such as a day before 1900 or a moment with a zone, is text. Texts are guarded against formulas as in CSV.

Rows are written and read one at a time.
"""

from __future__ import annotations

import io
import os
import pathlib
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Self

from uwlr.berichten.tabel import Bericht
from uwlr.convert.assembly import Source, assemble
from uwlr.convert.cells import Value, written
from uwlr.convert.layout import ROOTS, Column, Sheet, every, layout
from uwlr.convert.loss import roster
from uwlr.convert.sheet_rows import Row, fill
from uwlr.errors import MessageError
from uwlr.extras import extra
from uwlr.private_files import open_private

_LONGEST_CELL = 32_767
_MOST_ROWS = 1_048_576
_LARGEST = 2**30
"""Bytes that a workbook may be unpacked; a roster of 100,000 pupils has some 200 million."""
_TEXT = "@"
_DAY = "yyyy-mm-dd"
_MOMENT = "yyyy-mm-dd hh:mm:ss"
_FRACTION = re.compile(r"0\.(0+)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How a workbook writes a character that XML would lose, such as CR."""
_FIRST_YEAR = 1900
_DIGITS = 15
"""What Excel keeps of a number."""
_HEADING = "heading"
_NO_WORKBOOK = "no workbook of Excel (.xlsx), or a damaged one"
_Stored = tuple[str | float | date, str]


class Formula:
    """Stands for a cell that holds a formula: its value is not the sender's, and may be old."""


class NoValue:
    """Stands for a cell with an error such as #N/A."""


def to_xlsx(bericht: Bericht, target: str | os.PathLike[str] | BinaryIO) -> None:
    """Write a roster or results as a workbook; nothing is lost.

    A file appears when it is whole, for its owner alone, and takes the place of one that was there.

    Args:
        bericht: `Leerlinggegevens`, an answer that holds one, or `LeerresultatenVerzoek`.
        target: the file, or an open one.

    Raises:
        ConfigurationError: another message.
        InvalidMessage: a value that could not be read, or has another Python type than its table says.
        MessageError: a text of more than 32,767 characters, or a table of more than 1,048,575 rows.
        MissingExtraError: without the extra `tables`.
        OSError: the file cannot be written.
    """
    with XlsxTables(target) as tables:
        fill(tables, roster(bericht))
        tables.keep()


class XlsxTables:
    """A workbook in the making: beside its file until it is kept, with its rows in a folder of their own.

    Args:
        target: as `to_xlsx`.

    Raises:
        MissingExtraError: without the extra `tables`.
        OSError: the file cannot be written.
    """

    def __init__(self, target: str | os.PathLike[str] | BinaryIO) -> None:
        with extra("tables"):
            import xlsxwriter  # noqa: PLC0415
        self._part: pathlib.Path | None = None
        self._opened: BinaryIO | None = None
        if isinstance(target, str | os.PathLike):
            self._place = pathlib.Path(target).resolve()
            # What is no file, such as a pipe, has nothing beside it and keeps its name.
            if self._place.is_file() or not self._place.exists():
                self._part = self._place.with_name(f".{self._place.name}.part")
            self._opened = open_private(self._part or self._place)
        self._sink = _Sink(self._opened or target)
        self._rows = tempfile.TemporaryDirectory()
        self._book = xlsxwriter.Workbook(self._sink, {"constant_memory": True, "tmpdir": self._rows.name})
        self._formats = _Formats(self._book)
        self._pages: dict[str, _Page] = {}

    def __enter__(self) -> Self:
        return self

    def put(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        """Write rows to the sheet of their table.

        Raises:
            MessageError: a text of more than 32,767 characters, or a table of more than 1,048,575 rows.
            OSError: the row cannot be written.
        """
        if sheet.name not in self._pages:
            self._pages[sheet.name] = _Page(self._book.add_worksheet(sheet.tab), sheet, self._formats)
        self._pages[sheet.name].put(rows)

    def keep(self) -> None:
        """Make the workbook of what was written, with the sheets in the order of the message.

        Raises:
            OSError: the file cannot be written.
        """
        from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415 - an extra

        order = [sheet.tab for root in ROOTS for sheet in every(layout(root))]
        self._book.worksheets_objs.sort(key=lambda page: order.index(page.name))
        try:
            self._book.close()
        except FileCreateError as error:
            self._sink.file = io.BytesIO()
            raise error.args[0] from None
        if self._opened is not None:
            self._opened.close()
        if self._part is not None:
            os.replace(self._part, self._place)  # noqa: PTH105 - over a file that is there, on every system

    def __exit__(self, *_: object) -> None:
        for page in self._book.worksheets():
            page.row_data_fh.close()
        self._rows.cleanup()
        if self._opened is not None:
            with suppress(OSError):  # of a full disk
                self._opened.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)


class _Sink:
    """The file of a workbook, or another once that fails: a ZipFile that is given up writes its end all the same."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


class _Page:
    """The sheet of a table, row by row."""

    def __init__(self, page: Any, sheet: Sheet, formats: _Formats) -> None:
        self._page = page
        self._sheet = sheet
        self._formats = formats
        self._number = 0
        page.freeze_panes(1, 0)
        for at, (heading, column) in enumerate(sheet.every_column):
            page.set_column(at, at, max(len(heading) + 2, 10), formats[_TEXT] if column and column.text else None)
            page.write_string(0, at, heading, formats[_HEADING])

    def put(self, rows: Sequence[Row]) -> None:
        columns = self._sheet.every_column
        for row in rows:
            self._number += 1
            if self._number >= _MOST_ROWS:
                raise MessageError(f"{self._sheet.name} has more rows than a sheet can hold")
            for at, ((heading, column), value) in enumerate(zip(columns, row, strict=True)):
                if value is not None:
                    self._put((self._number, at), heading, _stored(column, value))

    def _put(self, place: tuple[int, int], heading: str, stored: _Stored) -> None:
        value, shape = stored
        if not isinstance(value, str):
            put = self._page.write_datetime if isinstance(value, date) else self._page.write_number
            put(*place, value, self._formats[shape])
        elif (length := _length(value)) > _LONGEST_CELL:
            raise MessageError(f"a value of {heading} has {length} characters, more than a cell can hold")
        else:
            self._page.write_string(*place, value, self._formats[shape])


def _length(text: str) -> int:
    """Count the characters of a text as Excel does: one beyond the first 65,536 of Unicode is two."""
    return len(text.encode("utf-16-le")) // 2 if len(text) > _LONGEST_CELL // 2 else len(text)


def from_xlsx(source: str | os.PathLike[str] | bytes) -> Bericht:
    """Read a workbook that `to_xlsx` wrote, or that was made in that form.

    A formula is refused, and so is a number where a text is due: the key 42 may have been 0042.

    Raises:
        MessageError: no workbook, or one that unpacks to more than a gigabyte.
        InvalidMessage: deviations; all are listed, each with its sheet, row and column.
        MissingExtraError: without the extra `tables`.
        OSError: the file cannot be read.
    """
    with extra("tables"):
        import openpyxl  # noqa: PLC0415
    data = source if isinstance(source, bytes) else pathlib.Path(source).read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile:
        raise MessageError(_NO_WORKBOOK) from None
    if size > _LARGEST:
        raise MessageError("the workbook unpacks to more than a gigabyte")
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sources = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # the size that a file claims is not to be trusted
            rows = _rows(sheet)
            if headings := next(rows, None):
                texts = tuple("" if heading is None else str(heading) for heading in headings)
                sources[sheet.title] = Source(sheet.title, texts, enumerate(rows, 2))
    except (MessageError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - openpyxl raises whatever its parts raise
        raise MessageError(_NO_WORKBOOK) from None
    return assemble(sources)


def _rows(sheet: Any) -> Iterator[list[Any]]:
    try:
        for row in sheet.iter_rows():
            yield [_found(cell) for cell in row]
    except Exception:  # noqa: BLE001 - as above
        raise MessageError(f"the sheet {sheet.title} is damaged") from None


def _found(cell: Any) -> Any:
    value = cell.value
    if value is None or isinstance(value, str):
        text = _ESCAPED.sub(_character, value) if value else None
        return {"f": Formula(), "e": NoValue()}.get(cell.data_type, text)
    if cell.data_type == "f":
        return Formula()
    digits = _FRACTION.fullmatch(cell.number_format) if isinstance(value, int | float) else None
    if digits is None or isinstance(value, bool):
        return value
    number = Decimal(str(value))
    wider = number.quantize(Decimal(1).scaleb(-len(digits[1])))
    return wider if wider == number else number


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _stored(column: Column | None, value: Value) -> _Stored:
    """Give what a cell holds and how it is shown: the value itself if Excel keeps it whole, else its text."""
    if isinstance(value, datetime):
        if value.year >= _FIRST_YEAR and value.tzinfo is None and not value.microsecond:
            return value, _MOMENT
    elif isinstance(value, date):
        if value.year >= _FIRST_YEAR:
            return value, _DAY
    elif not isinstance(value, str):
        text = written(column, value)
        digits = len(text.partition(".")[2])
        if len(text) <= _DIGITS and not text.startswith("-0") and Decimal(repr(float(value))) == value:
            return float(value), "0." + "0" * digits if digits else "0"
    return written(column, value), _TEXT


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[str, Any] = {_HEADING: book.add_format({"bold": True})}

    def __getitem__(self, shape: str) -> Any:
        if shape not in self.made:
            self.made[shape] = self.book.add_format({"num_format": shape})
        return self.made[shape]
