"""The forms a message can have, how to tell them apart, and conversion between them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final, Literal

import msgspec

from uwlr import edexml
from uwlr.berichten.tabel import Bericht
from uwlr.codec import soap_reading
from uwlr.codec.parser import parse
from uwlr.codec.read import Read, read, read_tolerant
from uwlr.codec.write import write
from uwlr.convert.as_csv import from_csv, to_csv
from uwlr.convert.as_json import from_json, to_json
from uwlr.convert.as_xlsx import from_xlsx, to_xlsx
from uwlr.convert.loss import Lost, for_edexml, for_uwlr, roster
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
        source: the document, or the folder of a CSV form.
        form: what it is; None: found from the content.
        tolerant: read UWLR and EDEXML even if they deviate, and list the deviations.

    Raises:
        MessageError: not that form, or deviations.
        ConfigurationError: a folder that should be a document, or the other way round.
        OSError: the folder cannot be read.
    """
    form = form or guess(source)
    if isinstance(source, Path) != (form == "csv"):
        raise ConfigurationError("CSV is a folder with a file per table; the other forms are one document")
    if isinstance(source, Path):
        return Loaded(bericht=from_csv(source), form=form)
    if form == "json":
        return Loaded(bericht=from_json(source), form=form)
    if form == "xlsx":
        return Loaded(bericht=from_xlsx(source), form=form)
    if tolerant:
        found = edexml.read_tolerant(source) if form == "edexml" else read_tolerant(source)
    else:
        found = Read(edexml.read(source) if form == "edexml" else read(source), ())
    lost = _header(source) if form == "uwlr" else ()
    return Loaded(bericht=found.bericht, form=form, deviations=found.deviations, lost=lost)


def guess(source: bytes | Path) -> Form:
    """Find the form from the content: a folder, a workbook, JSON, the root EDEX, or any other XML.

    Raises:
        NotXml: none of these.
    """
    if isinstance(source, Path):
        return "csv"
    if source.startswith(_ZIP):
        return "xlsx"
    if source.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        return "json"
    return "edexml" if parse(source).tag == edexml.ROOT else "uwlr"


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


def dump_tables(bericht: Bericht, folder: Path) -> None:
    """Write a roster, an answer that holds one, or results as tables in a new or empty folder; nothing is lost.

    Raises:
        ConfigurationError, InvalidMessage, MessageError, OSError: as `to_csv`.
    """
    to_csv(roster(bericht), folder)


def _header(source: bytes) -> tuple[Lost, ...]:
    """Say that the header of an envelope is not part of its message."""
    root = parse(source)
    if root.tag != soap_reading.ENVELOPE:
        return ()
    header = soap_reading.open_envelope(root).header
    if header is None or not len(header):
        return ()
    lost = Lost(
        path="Envelope/Header",
        count=len(header),
        reason="the header belongs to the envelope, not to the message",
        reden="de header hoort bij de envelop, niet bij het bericht",
    )
    return (lost,)
