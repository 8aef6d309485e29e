"""Tables made of a document of any size, and kept only when all of it has been read.

The usual form of a UWLR message is read and written a few hundred items at a time. A message in another form, such as
one of an unusual encoding or with its lists in another order, and every other document is read whole first.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, cast

from uwlr.berichten.tabel import Bericht, wire_name
from uwlr.codec.document_text import chunks_of, text_of
from uwlr.codec.expressions import UnusualError
from uwlr.codec.read import LARGE
from uwlr.codec.scanner import LARGE as WORTH_COMPILING
from uwlr.codec.scanner import Scanner
from uwlr.convert.as_csv import CsvTables
from uwlr.convert.as_xlsx import XlsxTables
from uwlr.convert.forms import Form, guess, load
from uwlr.convert.loss import Lost, lost_header, roster
from uwlr.convert.sheet_rows import Filling, fill, holder_of
from uwlr.deviations import Deviation
from uwlr.errors import ConfigurationError, InvalidMessage, MessageError, UwlrError


class Prepared:
    """Tables that stand ready beside their target.

    Attributes:
        deviations: where the document deviated, if it was read tolerantly.
        lost: what of the document is not in the tables.
    """

    def __init__(
        self,
        tables: CsvTables | XlsxTables,
        deviations: tuple[Deviation, ...],
        lost: tuple[Lost, ...],
        refused: UwlrError | None,
    ) -> None:
        self.deviations = deviations
        self.lost = lost
        self._tables = tables
        self._refused = refused

    def keep(self) -> None:
        """Put the tables in their place.

        Raises:
            ConfigurationError, InvalidMessage, MessageError, OSError: as `to_csv` and `to_xlsx`.
        """
        if self._refused is not None:
            raise self._refused
        self._tables.keep()


@contextmanager
def prepare_tables(
    source: bytes | Path,
    target: Path | BinaryIO,
    form: Literal["csv", "xlsx"],
    *,
    source_form: Form | None = None,
    tolerant: bool = False,
) -> Iterator[Prepared]:
    """Make tables of a document; what is not kept is gone at the end.

    Args:
        source: the document, its file, or the folder of a CSV form.
        target: the folder of CSV, as `to_csv`; the file of a workbook, or an open one.
        form: what to make.
        source_form: what the document is; None: found from its content.
        tolerant: read UWLR and EDEXML even if they deviate, and list the deviations.

    Raises:
        MessageError: not that form, or deviations.
        ConfigurationError: a source that is a folder and should be a document, or the other way round; a target that is
            a folder with something in it.
        MissingExtraError: a workbook without the extra `tables`.
        OSError: the source cannot be read, or the target not be written.
    """
    if (source_form or guess(source)) == "uwlr" and not (isinstance(source, Path) and source.is_dir()):
        with _opened(source) as file, _tables(target, form) as tables:
            found = _streamed(file, tables, tolerant=tolerant)
            if found is not None:
                yield found
                return
    loaded = load(source, source_form, tolerant=tolerant)
    refused: UwlrError | None = None
    with _tables(target, form) as tables:
        try:
            fill(tables, roster(loaded.bericht))
        except (ConfigurationError, MessageError) as error:
            refused = error
        yield Prepared(tables, loaded.deviations, loaded.lost, refused)


def _opened(source: bytes | Path) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _tables(target: Path | BinaryIO, form: Literal["csv", "xlsx"]) -> CsvTables | XlsxTables:
    if form == "xlsx":
        return XlsxTables(target)
    if not isinstance(target, Path):
        raise ConfigurationError("CSV is a folder with a file per table")
    return CsvTables(target)


def _streamed(file: BinaryIO, tables: CsvTables | XlsxTables, *, tolerant: bool) -> Prepared | None:
    """Make tables of a file as it is read; None if it has to be read whole.

    What no table can hold is raised when the tables are kept, as there may be more to say about the message first.
    """
    if file.seek(0, io.SEEK_END) < LARGE:
        return None
    file.seek(0)
    scanner = Scanner(text_of(chunks_of(file)), versie=None, tolerant=tolerant, size=WORTH_COMPILING)
    filling: Filling | None = None
    refused: MessageError | None = None
    try:
        for part in scanner.document(keep=False):
            if filling is None:
                cls = holder_of(part[0])
                if cls is None:
                    return None
                filling = Filling(tables, cls)
            if refused is None and (tolerant or not scanner.deviations):
                try:
                    filling.put(part)
                except MessageError as error:
                    refused = error
    except (UnusualError, UnicodeDecodeError):
        return None
    if filling is None:
        return None
    if scanner.deviations and not tolerant:
        raise InvalidMessage(scanner.deviations, element=wire_name(cast("type[Bericht]", scanner.root)) or "")
    return Prepared(tables, tuple(scanner.deviations), lost_header(scanner.header), refused)
