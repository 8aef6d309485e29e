"""One pupil or one toetsafname at a time, from a message of any size.

A file in the usual form is read through a window of text; anything else by libxml2's iterparse, which is slower and
also keeps the memory constant. Each item is read strictly; the rest of the message is not looked at.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from os import PathLike
from typing import Any, BinaryIO, TypeVar, cast

from lxml import etree

from uwlr import norm
from uwlr.berichten import Leerling, Toetsafname
from uwlr.berichten.tabel import Bericht, element_tag, wire_name
from uwlr.codec import soap_reading
from uwlr.codec.document_text import chunks_of, text_of
from uwlr.codec.expressions import UnusualError
from uwlr.codec.parser import EVENTS, HEAD, SAFE, check_head, ended, explain, local_name
from uwlr.codec.scanner import LARGE, Scanner
from uwlr.codec.tree import TreeReader
from uwlr.errors import InvalidMessage, UnexpectedElement
from uwlr.norm import Versie
from uwlr.paths import Path

Source = bytes | str | PathLike[str] | BinaryIO
"""A document, the path of one, or a file opened in binary mode."""

_Item = TypeVar("_Item", bound=Bericht)
_EMPTY = tuple(f"{{{norm.LEERLINGGEGEVENS}}}{name}" for name in ("geenwijzigingen", "geengegevens"))


def iter_leerlingen(source: Source, *, versie: Versie | None = None) -> Iterator[Leerling]:
    """Read the pupils of an answer one by one, in memory that does not grow with the message.

    Args:
        source: the answer, bare or in an envelope: bytes, a path, or a binary file.
        versie: as `uwlr.read`.

    Raises:
        InvalidMessage: a pupil deviates; its deviations are listed.
        NotXml: not well-formed, or a DOCTYPE; pupils before the problem have been given.
        UnexpectedElement: there are no pupils: an empty answer (geenwijzigingen, geengegevens) or another message.
        Fault: the envelope holds a fault.
        OSError: the file cannot be read.
    """
    return _items(source, Leerling, versie)


def iter_resultaten(source: Source, *, versie: Versie | None = None) -> Iterator[Toetsafname]:
    """Read results pupil by pupil (each a `Toetsafname` with its resultaten); otherwise as `iter_leerlingen`."""
    return _items(source, Toetsafname, versie)


def _items(source: Source, cls: type[_Item], versie: Versie | None) -> Iterator[_Item]:
    if isinstance(source, bytes):
        yield from _from_file(io.BytesIO(source), cls, versie)
    elif isinstance(source, str | PathLike):
        with open(source, "rb") as file:  # noqa: PTH123 - any path-like will do
            yield from _from_file(file, cls, versie)
    else:
        yield from _from_file(source, cls, versie)


def _from_file(file: BinaryIO, cls: type[_Item], versie: Versie | None) -> Iterator[_Item]:
    given = 0
    if file.seekable():
        start = file.tell()
        try:
            for batch in _by_expressions(file, cls, versie):
                given += len(batch)
                yield from batch
        except (UnusualError, UnicodeDecodeError):
            file.seek(start)
        else:
            return
    yield from _by_tree(file, cls, versie, skip=given)


def _by_expressions(file: BinaryIO, cls: type[_Item], versie: Versie | None) -> Iterator[list[_Item]]:
    scanner = Scanner(text_of(chunks_of(file)), versie=versie, tolerant=False, size=LARGE)
    found = False
    for field, batch in scanner.document(keep=False):
        if scanner.deviations:
            # The exact reader says which item deviates, after those before it were yielded.
            raise UnusualError
        if field.first.cls is cls:
            found = True
            yield cast("list[_Item]", batch)
    if not found:
        raise UnusualError


def _by_tree(file: BinaryIO, cls: type[_Item], versie: Versie | None, *, skip: int) -> Iterator[_Item]:
    head = file.read(HEAD)
    check_head(head)
    rest = _Joined(head, file)
    tag = element_tag(cls)
    name = cast("str", wire_name(cls))
    count = 0
    try:
        wanted = (tag, soap_reading.FAULT, *_EMPTY)
        for element in ended(etree.iterparse(cast("Any", rest), events=EVENTS, tag=wanted, **SAFE)):
            if element.tag == soap_reading.FAULT:
                raise soap_reading.read_fault(element)
            if element.tag != tag:
                raise _nothing(local_name(element.tag), name)
            if next(element.iterancestors(tag, soap_reading.HEADER), None) is not None:
                # No item of the message, but part of one or of the header.
                continue
            count += 1
            if count > skip:
                yield _strictly(element, cls, Path.of((name, count)), versie)
            _forget(element)
    except etree.XMLSyntaxError as error:
        raise explain(file if file.seekable() else head, error) from None
    if not count:
        raise _nothing("this message", name)


def _strictly(element: etree._Element, cls: type[_Item], path: Path, versie: Versie | None) -> _Item:
    reader = TreeReader(tolerant=False, versie=versie)
    item = reader.message(element, cls, path)
    if reader.deviations:
        raise InvalidMessage(reader.deviations, element=str(path))
    return cast("_Item", item)


def _forget(element: etree._Element) -> None:
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _nothing(what: str, name: str) -> UnexpectedElement:
    return UnexpectedElement(f"{what} holds no {name}; read it with uwlr.read to see what it says", element=name)


class _Joined(io.RawIOBase):
    """A file whose beginning was read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self.head = head
        self.rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self.head:
            head, self.head = self.head, b""
            return head
        return self.rest.read(size)
