"""Named ways to damage a written message: what senders get wrong, on purpose.

Every way is deterministic. The ways of `NOT_XML` leave something that is no XML message at all, those of `INVALID`
a message the schema refuses, those of `DEFECTS` one it accepts although it makes no sense.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from lxml import etree

from uwlr import norm
from uwlr.codec.parser import parse
from uwlr.errors import ConfigurationError

Way = Callable[[bytes], bytes]

_DATES: Final = frozenset({"peildatum", "geboortedatum", "aanmaakdatum", "afnamedatum", "laatstontvangengegevens"})


class _NoPlaceError(Exception):
    """The message has nothing that this way can damage."""


def damaged(data: bytes, way: str) -> bytes:
    """Give a message with one thing wrong, bare or in an envelope as it came.

    Args:
        data: a well-formed message.
        way: one of `WAYS`.

    Raises:
        ConfigurationError: no such way, or the message has no place for it.
        NotXml: the message was not well-formed to begin with.
    """
    try:
        apply = WAYS[way]
    except KeyError:
        raise ConfigurationError(f"{way!r} is not one of {', '.join(sorted(WAYS))}") from None
    try:
        return apply(data)
    except (_NoPlaceError, StopIteration, IndexError):
        raise ConfigurationError(f"this message has no place for the damage {way!r}") from None


def _truncated(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def _empty(_: bytes) -> bytes:
    return b""


def _html_page(_: bytes) -> bytes:
    return b"<!DOCTYPE html>\n<html><head><title>503</title></head><body><h1>Onderhoud</h1><br></body></html>\n"


def _doctype(data: bytes) -> bytes:
    _, end, rest = data.partition(b"?>")
    return b"<!DOCTYPE bericht [<!ENTITY school 'x'>]>" + (rest.lstrip() if end else data)


def _not_utf8(data: bytes) -> bytes:
    """Put a byte that no UTF-8 text has into the first text there is."""
    place = next(at + 1 for at in range(len(data) - 1) if data[at : at + 1] == b">" and data[at + 1 : at + 2].isalnum())
    return data[:place] + b"\xe9" + data[place:]


def _wrong_namespace(data: bytes) -> bytes:
    """Use the namespace of version 1 of the agreement."""
    message = _message(parse(data))
    namespace = etree.QName(message).namespace
    if namespace is None:
        raise _NoPlaceError
    return data.replace(namespace.encode(), namespace.replace("/2/", "/1/").encode())


def _no_namespace(data: bytes) -> bytes:
    root = parse(data)
    message = _message(root)
    parent, bare = message.getparent(), _bare(message)
    if parent is None:
        return _written(bare)
    parent.replace(message, bare)
    return _written(root)


def _bare(element: etree._Element) -> etree._Element:
    """Copy an element with all it holds, without namespaces."""
    copy = etree.Element(etree.QName(element).localname, dict(element.attrib))
    copy.text, copy.tail = element.text, element.tail
    copy.extend([_bare(child) for child in element])
    return copy


def _order(message: etree._Element) -> None:
    """Swap the first two neighbours that are different elements with text."""
    first, second = next(
        (one, other)
        for one in message.iter(etree.Element)
        if (other := one.getnext()) is not None and other.tag != one.tag and one.text and other.text
    )
    second.addnext(first)


def _missing(message: etree._Element) -> None:
    element = _named(message, "schooljaar")
    _parent(element).remove(element)


def _repeated(message: etree._Element) -> None:
    element = _named(message, "schooljaar")
    twin = etree.Element(element.tag)
    twin.text = element.text
    element.addnext(twin)


def _empty_element(message: etree._Element) -> None:
    _named(message, "schooljaar").text = None


def _unknown_element(message: etree._Element) -> None:
    element = etree.SubElement(
        _parent(_named(message, "schooljaar")), f"{{{etree.QName(message).namespace}}}schoolnaam"
    )
    element.text = "onbekend"


def _unknown_attribute(message: etree._Element) -> None:
    _named(message, "schooljaar").set("versie", "1")


def _text_between(message: etree._Element) -> None:
    _named(message, "schooljaar").tail = "tekst"


def _bad_date(message: etree._Element) -> None:
    next(e for e in message.iter(etree.Element) if etree.QName(e).localname in _DATES).text = "31-12-2025"


def _long_key(message: etree._Element) -> None:
    next(e for e in message.iter(etree.Element) if e.get("key")).set("key", "k" * 257)


def _duplicate_key(message: etree._Element) -> None:
    """Give the second pupil the key of the first."""
    pupils = [e for e in message.iter(etree.Element) if etree.QName(e).localname == "leerling" and e.get("key")]
    pupils[1].set("key", pupils[0].get("key", ""))


def _dangling_group(message: etree._Element) -> None:
    """Let the first pupil belong to a group that is not there."""
    pupil = _named(message, "leerling")
    next(e for e in pupil if etree.QName(e).localname == "groep").set("key", "groep-die-er-niet-is")


def _voorvoegsel_in_achternaam(message: etree._Element) -> None:
    element = _named(message, "voorvoegsel")
    achternaam = next(e for e in _parent(element) if etree.QName(e).localname == "achternaam")
    achternaam.text = f"{element.text} {achternaam.text}"


def _message(root: etree._Element) -> etree._Element:
    """The message itself, out of its envelope if it has one."""
    if root.tag != f"{{{norm.SOAP_ENVELOPE}}}Envelope":
        return root
    return next(root.iterchildren(f"{{{norm.SOAP_ENVELOPE}}}Body"))[0]


def _named(message: etree._Element, name: str) -> etree._Element:
    return next(e for e in message.iter(etree.Element) if etree.QName(e).localname == name)


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    if parent is None:
        raise _NoPlaceError
    return parent


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _on_tree(way: Callable[[etree._Element], None]) -> Way:
    def apply(data: bytes) -> bytes:
        root = parse(data)
        way(_message(root))
        return _written(root)

    return apply


NOT_XML: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "truncated": _truncated,
        "empty": _empty,
        "html-page": _html_page,
        "doctype": _doctype,
        "not-utf8": _not_utf8,
    }
)
INVALID: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "wrong-namespace": _wrong_namespace,
        "no-namespace": _no_namespace,
        "order": _on_tree(_order),
        "missing": _on_tree(_missing),
        "repeated": _on_tree(_repeated),
        "empty-element": _on_tree(_empty_element),
        "unknown-element": _on_tree(_unknown_element),
        "unknown-attribute": _on_tree(_unknown_attribute),
        "text-between": _on_tree(_text_between),
        "bad-date": _on_tree(_bad_date),
        "long-key": _on_tree(_long_key),
    }
)
DEFECTS: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "duplicate-key": _on_tree(_duplicate_key),
        "dangling-group": _on_tree(_dangling_group),
        "voorvoegsel-in-achternaam": _on_tree(_voorvoegsel_in_achternaam),
    }
)
WAYS: Final[Mapping[str, Way]] = MappingProxyType({**NOT_XML, **INVALID, **DEFECTS})
"""Every way, by name."""
