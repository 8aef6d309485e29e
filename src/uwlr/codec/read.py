"""Reading a message: strictly, or tolerantly with the deviations beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar, overload

from lxml import etree

from uwlr.berichten import ROOTS
from uwlr.berichten.tabel import Bericht, element_tag, wire_name
from uwlr.codec import scanner, soap_reading
from uwlr.codec.parser import local_name, namespace_of, parse
from uwlr.codec.tree import TreeReader
from uwlr.deviations import Deviation, UnknownElement
from uwlr.errors import InvalidMessage, UnexpectedElement
from uwlr.norm import Versie
from uwlr.paths import Path

B = TypeVar("B", bound=Bericht)
B_co = TypeVar("B_co", bound=Bericht, covariant=True)
Roots: TypeAlias = tuple[type[Bericht], ...]
"""The messages that can be read: those of the standard, unless a service beside it has its own."""

LARGE = 1 << 14
"""Bytes from which a message is worth the fast reader; below, a tree is as quick and needs no expressions."""


class Read(NamedTuple, Generic[B_co]):
    """A message that was read tolerantly, and where it deviates from the standard."""

    bericht: B_co
    deviations: tuple[Deviation, ...]


class Received(NamedTuple):
    """What an envelope held: its header, if there is one, the message, and the message's deviations."""

    header: etree._Element | None
    bericht: Bericht
    deviations: tuple[Deviation, ...]


@cache
def _by_tag(roots: Roots) -> Mapping[str, type[Bericht]]:
    return {element_tag(cls): cls for cls in roots}


@cache
def _by_name(roots: Roots) -> Mapping[str, type[Bericht]]:
    return {local_name(tag).casefold(): cls for tag, cls in _by_tag(roots).items()}


@overload
def read(data: bytes, *, versie: Versie | None = None) -> Bericht: ...


@overload
def read(data: bytes, *, expect: type[B], versie: Versie | None = None) -> B: ...


def read(data: bytes, *, expect: type[Bericht] | None = None, versie: Versie | None = None) -> Bericht:
    """Read a message, bare or in a SOAP envelope.

    Strict about what a message object cannot represent faithfully: order, unknown and missing elements, choices,
    values that do not parse. Facets, lengths and references are the validator's business.

    Args:
        data: the document.
        expect: the class that the message must have, which is then the type of what is returned; None reads any.
        versie: "2.2" or "2.3" to ask for what that version makes mandatory; None accepts either.

    Raises:
        NotXml: not well-formed, or a DOCTYPE.
        NotSoap: an envelope that does not hold one element.
        UnexpectedElement: no message of the standard, or another than the expected one.
        InvalidMessage: deviations; all are listed.
        Fault: the envelope holds a fault.
        TypeError: `expect` is no message of the standard.
    """
    _check_expected(expect)
    quick = _quick(data, versie, tolerant=False)
    if quick:
        _compare(type(quick.bericht), expect)
        return _sound(quick)
    element = _opened(data).body
    _compare(_by_tag(ROOTS).get(str(element.tag)), expect)
    return read_element(element, versie=versie)


@overload
def read_tolerant(data: bytes, *, versie: Versie | None = None) -> Read[Bericht]: ...


@overload
def read_tolerant(data: bytes, *, expect: type[B], versie: Versie | None = None) -> Read[B]: ...


def read_tolerant(data: bytes, *, expect: type[Bericht] | None = None, versie: Versie | None = None) -> Read[Any]:
    """Read a message whatever its order, unknown elements, empty elements or unreadable values.

    Nothing is dropped silently: every deviation is in the result, with its raw text and what was made of it. A
    mandatory value that is missing or unreadable becomes `Onleesbaar`, which `write` refuses.

    Raises:
        NotXml, NotSoap, UnexpectedElement, Fault, TypeError: as `read`; there is no message then.
    """
    _check_expected(expect)
    quick = _quick(data, versie, tolerant=True)
    found: Read[Bericht]
    if quick:
        found = Read(quick.bericht, tuple(quick.deviations))
    else:
        found = read_element_tolerant(_opened(data).body, versie=versie)
    _compare(type(found.bericht), expect)
    return found


def read_envelope(data: bytes, *, tolerant: bool, versie: Versie | None = None, roots: Roots = ROOTS) -> Received:
    """Read a SOAP envelope: header and message.

    Args:
        data: the document.
        tolerant: read whatever the deviations, and list them.
        versie: as `read`.
        roots: the messages that may be in it.

    Raises:
        NotXml, NotSoap, UnexpectedElement, Fault: as `read`.
        InvalidMessage: deviations, unless `tolerant`.
    """
    quick = _quick(data, versie, tolerant=tolerant) if roots is ROOTS else None
    if quick and quick.enveloped:
        if tolerant:
            return Received(quick.header, quick.bericht, tuple(quick.deviations))
        return Received(quick.header, _sound(quick), ())
    opened = soap_reading.open_answer(parse(data))
    if tolerant:
        return Received(opened.header, *read_element_tolerant(opened.body, versie=versie, roots=roots))
    return Received(opened.header, read_element(opened.body, versie=versie, roots=roots), ())


def read_any(data: bytes, *, tolerant: bool) -> Received:
    """Read a message, bare or in an envelope, as `read` or `read_tolerant`, and the header of its envelope with it.

    Raises:
        NotXml, NotSoap, UnexpectedElement, Fault: as `read`.
        InvalidMessage: deviations, unless `tolerant`.
    """
    quick = _quick(data, None, tolerant=tolerant)
    if quick:
        return Received(quick.header, quick.bericht if tolerant else _sound(quick), tuple(quick.deviations))
    opened = _opened(data)
    if tolerant:
        return Received(opened.header, *read_element_tolerant(opened.body))
    return Received(opened.header, read_element(opened.body), ())


def read_parsed(data: bytes, element: etree._Element, *, versie: Versie | None = None) -> Bericht:
    """Read the message of a document that was parsed already: `element` is its message, `data` the document.

    As `read_element`; a large message is read from the text, which is quicker than from its tree.
    """
    quick = _quick(data, versie, tolerant=False)
    return _sound(quick) if quick else read_element(element, versie=versie)


def read_element(element: etree._Element, *, versie: Versie | None = None, roots: Roots = ROOTS) -> Bericht:
    """Read a message from a tree, strictly; as `read`. It may be any of `roots`."""
    name = str(element.tag)
    cls = _by_tag(roots).get(name)
    if cls is None:
        raise _unexpected(element)
    reader = TreeReader(tolerant=False, versie=versie)
    bericht = reader.message(element, cls, Path.of(local_name(name)))
    if reader.deviations:
        raise InvalidMessage(reader.deviations, element=local_name(name))
    return bericht


def read_element_tolerant(
    element: etree._Element, *, versie: Versie | None = None, roots: Roots = ROOTS
) -> Read[Bericht]:
    """Read a message from a tree, tolerantly; as `read_tolerant`. It may be any of `roots`."""
    local = local_name(element.tag)
    reader = TreeReader(tolerant=True, versie=versie)
    cls = _by_tag(roots).get(str(element.tag))
    if cls is None:
        cls = _by_name(roots).get(local.casefold())
        if cls is None:
            raise _unexpected(element)
        reader.deviations.append(
            Deviation(
                path=Path.of(local),
                reason=UnknownElement(element_tag(cls)),
                line=element.sourceline,
                raw=str(element.tag),
            )
        )
    bericht = reader.message(element, cls, Path.of(local))
    return Read(bericht, tuple(reader.deviations))


def _quick(data: bytes, versie: Versie | None, *, tolerant: bool) -> scanner.Found | None:
    return scanner.read(data, versie=versie, tolerant=tolerant) if len(data) >= LARGE else None


def _sound(found: scanner.Found) -> Bericht:
    if found.deviations:
        raise InvalidMessage(found.deviations, element=wire_name(type(found.bericht)) or "")
    return found.bericht


def _check_expected(expect: type[Bericht] | None) -> None:
    given: object = expect
    if given is not None and given not in ROOTS:
        raise TypeError(f"expect: {getattr(given, '__name__', given)!s} is no message that can stand alone")


def _compare(found: type[Bericht] | None, expect: type[Bericht] | None) -> None:
    """Refuse another message than the expected one; what is no message at all is refused elsewhere."""
    if expect is not None and found is not None and found is not expect:
        name = wire_name(found) or ""
        raise UnexpectedElement(f"{name} where {wire_name(expect)} was expected", element=name)


def _opened(data: bytes) -> soap_reading.Opened:
    """Parse a document; one that is bare has no header."""
    root = parse(data)
    if root.tag in _by_tag(ROOTS) or local_name(root.tag) != "Envelope":
        return soap_reading.Opened(None, root)
    return soap_reading.open_answer(root)


def _unexpected(element: etree._Element) -> UnexpectedElement:
    name = local_name(element.tag)
    return UnexpectedElement(
        f"{name} (namespace {namespace_of(element.tag) or 'none'}) is no message of UWLR",
        element=name,
        line=element.sourceline,
    )
