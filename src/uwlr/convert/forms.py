"""The forms a message can have, how to tell them apart, and conversion between them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final, Literal

import msgspec

from uwlr import edexml
from uwlr.berichten.tabel import Bericht
from uwlr.codec.parser import HEAD, root_tag
from uwlr.codec.read import Read, read_any
from uwlr.codec.write import write
from uwlr.convert.as_csv import from_csv
from uwlr.convert.as_json import from_json, to_json
from uwlr.convert.as_xlsx import from_xlsx, to_xlsx
from uwlr.convert.loss import Lost, for_edexml, for_uwlr, lost_header
from uwlr.deviations import Deviation
from uwlr.errors import ConfigurationError
from uwlr.undisclosed import Undisclosed

Form = Literal["uwlr", "edexml", "json", "csv", "xlsx"]
FORMS: Final[tuple[Form, ...]] = ("uwlr", "edexml", "json", "csv", "xlsx")
_ZIP: Final = b"PK\x03\x04"
_INDENT: Final = 2


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was read from some form, where that deviated, and what of the source is not in it."""

    bericht: Bericht
    form: Form
    deviations: tuple[Deviation, ...] = ()
    lost: tuple[Lost, ...] = ()


class Dumped(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A message in another form, and what that form could not carry."""

    data: bytes
    lost: tuple[Lost, ...]

    def __repr__(self) -> str:
        return f"<Dumped {len(self.data)} bytes, lost={self.lost}>"


def load(source: bytes | Path, form: Form | None = None, *, tolerant: bool = False) -> Loaded:
    """Read a message of any form.

    Args:
        source: the document, its file, or the folder of a CSV form.
        form: what it is; None: found from the content.
        tolerant: read UWLR and EDEXML even if they deviate, and list the deviations.

    Raises:
        MessageError: not that form, or deviations.
        ConfigurationError: a folder that should be a document, or the other way round.
        OSError: the file or folder cannot be read.
    """
    form = form or guess(source)
    folder = source if isinstance(source, Path) and source.is_dir() else None
    if (folder is not None) != (form == "csv"):
        raise ConfigurationError("CSV is a folder with a file per table; the other forms are one document")
    if folder is not None:
        return Loaded(bericht=from_csv(folder), form=form)
    data = source.read_bytes() if isinstance(source, Path) else source
    if form == "json":
        return Loaded(bericht=from_json(data), form=form)
    if form == "xlsx":
        return Loaded(bericht=from_xlsx(data), form=form)
    if form == "edexml":
        found = edexml.read_tolerant(data) if tolerant else Read(edexml.read(data), ())
        return Loaded(bericht=found.bericht, form=form, deviations=found.deviations)
    header, bericht, deviations = read_any(data, tolerant=tolerant)
    return Loaded(bericht=bericht, form=form, deviations=deviations, lost=lost_header(header))


def guess(source: bytes | Path) -> Form:
    """Find the form from the beginning: a folder, a workbook, JSON, the root EDEX, or any other XML.

    Raises:
        NotXml: none of these.
        OSError: the file cannot be read.
    """
    if isinstance(source, Path):
        if source.is_dir():
            return "csv"
        with source.open("rb") as file:
            head = file.read(HEAD)
    else:
        head = source[:HEAD]
    if head.startswith(_ZIP):
        return "xlsx"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        return "json"
    return "edexml" if root_tag(head) == edexml.ROOT else "uwlr"


def dump(bericht: Bericht, form: Literal["uwlr", "edexml", "json", "xlsx"]) -> Dumped:
    """Write a message as a document of that form; what it cannot carry is left out and listed.

    Raises:
        InvalidMessage: what is left deviates from the form's tables or keys.
        ConfigurationError: the form cannot hold such a message at all.
    """
    if form == "json":
        return Dumped(data=to_json(bericht, indent=_INDENT), lost=())
    if form == "xlsx":
        buffer = io.BytesIO()
        to_xlsx(bericht, buffer)
        return Dumped(data=buffer.getvalue(), lost=())
    if form == "edexml":
        file = for_edexml(bericht)
        return Dumped(data=edexml.write(file.bericht), lost=file.lost)
    message = for_uwlr(bericht)
    return Dumped(data=write(message.bericht), lost=message.lost)
