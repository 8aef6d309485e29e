"""The xsd layer: libxml2's verdict, and the words that explain it.

The verdict is libxml2's alone, reached in constant memory. The explanation comes from the field tables, by reading the
message tolerantly item by item: unlike libxml2 they go on after the first error in an element, and know what was
expected in the words of the standard. What libxml2 refuses and the tables do not explain is reported by its kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from lxml import etree

from uwlr import norm, schemas
from uwlr.berichten import Autorisatie
from uwlr.berichten.tabel import Bericht, Field, Simple, table
from uwlr.codec.check import part_deviations
from uwlr.codec.dialect import UWLR
from uwlr.codec.parser import SAFE, explain, local_name, xml_parser
from uwlr.codec.tree import TreeReader
from uwlr.deviations import Deviation
from uwlr.edexml.files import DIALECT
from uwlr.norm import Versie
from uwlr.paths import Path, Step
from uwlr.validation.document import Document
from uwlr.validation.items import (
    CONTAINERS,
    EDEX,
    Batch,
    FastReading,
    Frame,
    TreeReading,
    container,
    message_class,
)
from uwlr.validation.screen import Screen, screen
from uwlr.validation.unexplained import Nodes

TREE_LIMIT: Final = 16 << 20
"""Bytes up to which a refused message is also read as a tree, for what the tables do not explain."""
MAX_UNEXPLAINED: Final = 200
MAX_EXPLAINED: Final = 20_000
"""Paths that are held against the errors of libxml2."""
MAX_ERRORS: Final = 2_000
"""Errors of libxml2 up to which they are looked at: it walks past all siblings to name the place of each."""
_PRIVATE: Final = frozenset({"blok", "anderresultaat"})

_SOAP_ATTRIBUTE = f"attribute '{{{norm.SOAP_ENVELOPE}}}"
_AUTORISATIE = f"{{{norm.AUTORISATIE}}}autorisatie"
_HEADER: Final = Path.of("autorisatie")
_OF_SOAP: Final = {_HEADER.attribute("mustUnderstand"), _HEADER.attribute("actor")}


class Verdict(NamedTuple):
    """What libxml2 says, and the kinds of its errors."""

    valid: bool
    kinds: tuple[str, ...]


class Unexplained(NamedTuple):
    """An error of libxml2 that the field tables do not account for."""

    path: Path
    kind: str
    private: bool
    """Whether it is an element whose type two parties agree on in private."""


class _Target:
    """Takes no events: libxml2 checks, and nothing comes up to Python."""

    def close(self) -> None:
        return None


def verdict(document: Document, versie: str) -> Verdict:
    """Hold the document against the schema of a version, or of EDEXML files.

    Raises:
        NotXml: not well-formed.
    """
    target: Any = _Target()
    parser: Any = etree.XMLParser(target=target, schema=schemas.schema(versie), **SAFE)
    try:
        if document.path is not None:
            etree.parse(str(document.path), parser)
        else:
            etree.fromstring(document.data or b"", parser)
    except etree.XMLSyntaxError as error:
        with document.open() as stream:
            raise explain(stream, error) from None
    # Validating while parsing never raises; the log is the only sign.
    kinds = tuple(e.type_name for e in parser.error_log if _SOAP_ATTRIBUTE not in e.message)
    return Verdict(not kinds, kinds)


def deviations(document: Document, versie: Versie, peeked: Frame, *, by_shapes: bool) -> Iterator[Deviation]:
    """Every place where the message is not what the field tables say, facets included.

    `by_shapes` says that the document was read so before: only facets can be wrong then.
    """
    if by_shapes:
        fast = FastReading(document, peeked, versie=versie)
        yield from _facets_of(fast.batches(), versie)
        frame = fast.frame
    else:
        reading = TreeReading(document, versie=versie)
        yield from _facets_of(reading.batches(), versie)
        yield from reading.deviations
        frame = reading.frame
    if frame.bericht is not None and frame.message is not None and container(type(frame.bericht))[0] not in CONTAINERS:
        yield from _facets(frame.bericht, versie, Path.of(local_name(frame.message)))
    header = frame.header.find(_AUTORISATIE) if frame.header is not None else None
    if header is not None:
        yield from _header(header, versie)


def _facets_of(batches: Iterator[Batch], versie: Versie) -> Iterator[Deviation]:
    counts: dict[tuple[str | None, str], int] = {}
    screens: dict[type, Screen] = {}
    for batch in batches:
        yield from batch.deviations
        for item in batch.items:
            path = item_path(batch.prefix, batch.field, item, counts)
            look = screens.get(type(item))
            if look is None:
                look = screens[type(item)] = screen(type(item))
            if not look(item):
                yield from _facets(item, versie, path)


def _header(element: etree._Element, versie: Versie) -> Iterator[Deviation]:
    reader = TreeReader(tolerant=True, versie=versie)
    autorisatie = reader.message(element, Autorisatie, _HEADER)
    # SOAP lets any client say that a header must be understood; gSOAP does.
    yield from (deviation for deviation in reader.deviations if deviation.path not in _OF_SOAP)
    yield from _facets(autorisatie, versie, _HEADER)


def _facets(item: Bericht, versie: Versie, path: Path) -> Iterator[Deviation]:
    dialect = DIALECT if path.steps[0].name == EDEX else UWLR
    for deviation in part_deviations(item, versie, path, dialect):
        if deviation.kind == "facet":
            yield deviation


def item_path(prefix: Path, field: Field, item: Bericht, counts: dict[tuple[str | None, str], int]) -> Path:
    """The path of the next item of a list."""
    wire = next((a.wire for a in field.alternatives if a.cls is type(item)), field.wire)
    if field.wrapper is None:
        return prefix.child(wire)
    number = counts[field.wrapper, wire] = counts.get((field.wrapper, wire), 0) + 1
    return prefix.child(field.wrapper).child(wire, number)


def unexplained(document: Document, versie: str, explained: Collection[Path]) -> list[Unexplained]:
    """Errors of libxml2 at or beside none of the paths that were explained.

    None for a document that is too large, or was wrong in too many places.
    """
    if document.size > TREE_LIMIT or len(explained) >= MAX_EXPLAINED:
        return []
    with document.open() as stream:
        root = etree.parse(stream, xml_parser()).getroot()
    schema = schemas.schema(versie)
    schema.validate(root)
    nodes = Nodes(root)
    # libxml2 may blame an element or its parent.
    pointed = [node for path in explained if (node := nodes.at(path)) is not None]
    covered = {*pointed, *(node.getparent() for node in pointed)}
    found: dict[Path, Unexplained] = {}
    for error in schema.error_log:
        if _SOAP_ATTRIBUTE in error.message or error.type_name == "SCHEMAV_CVC_IDC" or len(found) >= MAX_UNEXPLAINED:
            continue
        node = nodes.at_libxml2(error.path)
        if node in covered or (node.getparent() in covered and error.type_name == "SCHEMAV_ELEMENT_CONTENT"):
            continue
        path = nodes.path(node)
        private = local_name(node.tag) in _PRIVATE
        found.setdefault(path, Unexplained(path, error.type_name.removeprefix("SCHEMAV_"), private))
    return list(found.values())


class Spot(NamedTuple):
    """What the tables know of the place that a path points at, as far as it is known.

    Attributes:
        owner: the class that holds the last step.
        field: the row of that step.
        simple: its simple type.
        cls: the class of the element itself.
    """

    owner: type[Bericht] | None
    field: Field | None = None
    simple: Simple | None = None
    cls: type[Bericht] | None = None


def resolve(path: Path) -> Spot:
    """Follow a path through the field tables."""
    message, *steps = path
    found = message_class(message.name)
    spot = Spot(None, cls=found)
    field: Field | None = None
    for step in steps:
        owner = spot.owner if field is not None else spot.cls
        if owner is None:
            return spot
        if field is None:
            field = _row(owner, step)
            spot = Spot(owner, field)
            if field is None or field.wrapper == step.name:
                continue
        alternative = next((a for a in field.alternatives if a.wire == step.name), None)
        if alternative is None or alternative.cls is None:
            return Spot(owner, field, alternative.simple if alternative is not None else None)
        content = table(alternative.cls).content
        spot = Spot(owner, field, content.first.simple if content is not None else None, alternative.cls)
        field = None
    return spot


def _row(cls: type[Bericht], step: Step) -> Field | None:
    for field in table(cls).fields:
        if (field.kind == "attribute") == step.attribute:
            if field.wrapper == step.name:
                return field
            if field.wrapper is None and any(a.wire == step.name for a in field.alternatives):
                return field
    return None
