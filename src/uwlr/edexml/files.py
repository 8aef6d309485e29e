"""Reading and writing EDEXML files by the field tables of UWLR.

An EDEXML file has the content of `leerlinggegevens`, in no namespace. It also knows the role TAL and one concrete type
of blok, which is kept as it came like every blok, and it enforces its keys.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from types import MappingProxyType
from typing import BinaryIO, Final, cast

import msgspec
from lxml import etree

from uwlr.berichten import Leerling, Leerlinggegevens
from uwlr.berichten import typen as t
from uwlr.berichten.tabel import Simple
from uwlr.codec.dialect import Dialect
from uwlr.codec.parser import HEAD, SAFE, check_head, explain, local_name, namespace_of, parse
from uwlr.codec.read import Read
from uwlr.codec.tree import TreeReader
from uwlr.codec.write import write as write_document
from uwlr.deviations import Deviation, UnknownElement
from uwlr.edexml.keys import key_deviations
from uwlr.errors import InvalidMessage, UnexpectedElement
from uwlr.paths import Path

ROOT: Final = "EDEX"
OPMERKING: Final = "OpmerkingGegevensType"
"""The only type of blok that EDEXML defines, as `ToevoegingsBlok.private_type` has it."""
TAL: Final = "TAL"
"""The role toetsafname leider, which UWLR 2.2 does not have."""

_ROL: Final[Simple] = typing.get_args(t.RolCode)[1]
DIALECT: Final = Dialect(
    bare=True,
    roots=MappingProxyType({"leerlinggegevens": ROOT}),
    types=MappingProxyType({_ROL.name: msgspec.structs.replace(_ROL, codes=(*_ROL.codes, TAL))}),
    private_types=frozenset({OPMERKING}),
)
"""How an EDEXML file departs from the field tables."""
_LEERLINGEN_DEPTH: Final = 2
"""EDEX, leerlingen: what a leerling stands in."""


def read(data: bytes) -> Leerlinggegevens:
    """Read an EDEXML file, as strict as `uwlr.read`.

    A role TAL is kept as text. Facets, lengths and references are the validator's business.

    Raises:
        NotXml: not well-formed, or a DOCTYPE.
        UnexpectedElement: the root is not EDEX.
        InvalidMessage: deviations; all are listed.
    """
    element = parse(data)
    if element.tag != ROOT:
        raise _unexpected(element)
    reader = TreeReader(tolerant=False, versie="2.2", bare=True)
    bericht = reader.message(element, Leerlinggegevens, Path.of(ROOT))
    if reader.deviations:
        raise InvalidMessage(reader.deviations, element=ROOT)
    return cast("Leerlinggegevens", bericht)


def read_tolerant(data: bytes) -> Read[Leerlinggegevens]:
    """Read an EDEXML file whatever its order, unknown elements, empty elements or unreadable values.

    As `uwlr.read_tolerant`: every deviation is in the result. Elements in a namespace are read and noted.

    Raises:
        NotXml, UnexpectedElement: as `read`.
    """
    element = parse(data)
    local = local_name(element.tag)
    if local.casefold() != ROOT.casefold():
        raise _unexpected(element)
    reader = TreeReader(tolerant=True, versie="2.2", bare=True)
    if element.tag != ROOT:
        reader.deviations.append(
            Deviation(path=Path.of(local), reason=UnknownElement(ROOT), line=element.sourceline, raw=str(element.tag))
        )
    bericht = reader.message(element, Leerlinggegevens, Path.of(ROOT))
    return Read(cast("Leerlinggegevens", bericht), tuple(reader.deviations))


def write(bericht: Leerlinggegevens, *, unchecked: bool = False) -> bytes:
    """Write a roster as an EDEXML 2.1 file.

    `school.xsdversie` is written as it stands; `uwlr.convert` sets it.

    Args:
        bericht: the roster.
        unchecked: write what the tables and keys forbid too; for fakes and tests.

    Raises:
        InvalidMessage: the roster deviates from the tables, a key is there twice, or a reference leads nowhere.
    """
    data = write_document(bericht, unchecked=unchecked, dialect=DIALECT)
    if not unchecked:
        found = key_deviations(bericht)
        if found:
            raise InvalidMessage(found, element=ROOT)
    return data


def iter_leerlingen(file: BinaryIO) -> Iterator[Leerling]:
    """Read the pupils of a seekable EDEXML file one by one, in memory that does not grow with their number.

    Raises:
        NotXml: not well-formed, or a DOCTYPE.
        UnexpectedElement: the root is not EDEX.
        InvalidMessage: a pupil deviates; those before it have been given.
    """
    check_head(file.read(HEAD))
    file.seek(0)
    depth = number = 0
    inside = False
    try:
        for event, element in etree.iterparse(file, events=("start", "end"), **SAFE):
            if event == "start":
                if depth == 0 and element.tag != ROOT:
                    raise _unexpected(element)
                depth += 1
                if depth == _LEERLINGEN_DEPTH:
                    inside = element.tag == "leerlingen"
                continue
            depth -= 1
            if depth != _LEERLINGEN_DEPTH:
                continue
            if inside and element.tag == "leerling":
                number += 1
                yield _leerling(element, number)
            parent = element.getparent()
            element.clear(keep_tail=True)
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise explain(file, error) from None


def _leerling(element: etree._Element, number: int) -> Leerling:
    reader = TreeReader(tolerant=False, versie="2.2", bare=True)
    path = Path.of(ROOT, "leerlingen", ("leerling", number))
    bericht = reader.message(element, Leerling, path)
    if reader.deviations:
        raise InvalidMessage(reader.deviations, element=str(path))
    return cast("Leerling", bericht)


def _unexpected(element: etree._Element) -> UnexpectedElement:
    name = local_name(element.tag)
    return UnexpectedElement(
        f"{name} (namespace {namespace_of(element.tag) or 'none'}) is no EDEXML file, whose root is {ROOT}",
        element=name,
        line=element.sourceline,
    )
