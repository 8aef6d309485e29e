"""A bad value in each personal field of the tables: whatever is said of it, the value is not repeated."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

import uwlr
from helpers.filled_messages import whole
from privacy.canaries import WORD, find
from privacy.seen import shown
from uwlr import edexml
from uwlr.berichten import ROOTS
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Bericht, element_tag, table, wire_name
from uwlr.errors import MessageError, UwlrError
from uwlr.validation import validate
from uwlr.validation.reporters import FORMATS, render

XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
HOLDER = "Plaats1"
"""What stands where damage to the bytes comes."""


def _personal(cls: type[Bericht], tag: str, seen: set[Any]) -> Iterator[tuple[str, str | None]]:
    """Every place of a message that is personal: the tag of an element, and the attribute if it is one."""
    if (cls, tag) in seen or issubclass(cls, RawElement):
        return
    seen.add((cls, tag))
    for field in table(cls).fields:
        if field.personal:
            yield (field.first.tag, None) if field.kind == "element" else (tag, field.wire)
        for alternative in field.alternatives if field.kind == "element" else ():
            if alternative.cls is not None:
                yield from _personal(alternative.cls, alternative.tag, seen)


def places(cls: type[Bericht]) -> set[tuple[str, str | None]]:
    """The personal places of a message."""
    return set(_personal(cls, element_tag(cls), set()))


def spots(root: etree._Element, wanted: set[tuple[str, str | None]]) -> list[tuple[etree._Element, str | None]]:
    """The places of a document that are personal: an element, or an element and its attribute."""
    return [
        (element, attribute)
        for element in root.iter("*")
        for tag, attribute in wanted
        if element.tag == tag and (attribute is None or attribute in element.attrib)
    ]


def _put(element: etree._Element, attribute: str | None, text: str) -> None:
    if attribute is None:
        element.text = text
    else:
        element.set(attribute, text)


def _again(element: etree._Element, _: str | None) -> None:
    element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))


def _stranger() -> etree._Element:
    element = etree.Element("onbekend")
    element.text = WORD
    return element


def _tail(element: etree._Element) -> None:
    element.tail = WORD if element.getparent() is not None else None


VALUES = {
    "plain": lambda element, attribute: _put(element, attribute, WORD),
    "long": lambda element, attribute: _put(element, attribute, WORD + "x" * 300),
    "lines": lambda element, attribute: _put(element, attribute, f"{WORD}\n{WORD}"),
    "digits": lambda element, attribute: _put(element, attribute, f"12{WORD}"),
    "twice": lambda element, attribute: (_put(element, attribute, WORD), _again(element, attribute)),
}
"""What is done to the value at each personal place."""

STRANGE = {
    "attribute": lambda element: element.set("onbekend", WORD),
    "type": lambda element: element.set(XSI_TYPE, WORD),
    "nil": lambda element: element.set(XSI_NIL, WORD),
    "child": lambda element: element.append(_stranger()),
    "tail": _tail,
    "comment": lambda element: element.append(etree.Comment(WORD)),
    "instruction": lambda element: element.append(etree.ProcessingInstruction("x", WORD)),
}
"""What is put in or beside each element, personal or not."""

BYTES = (
    f"{WORD}&{WORD};".encode(),
    f"{WORD}<".encode(),
    f"{WORD}\x01".encode(),
    WORD.encode() + b"\xff",
    f"</{WORD}>".encode(),
    f"<{WORD}".encode(),
    f"<x:a>{WORD}</x:a>".encode(),
    f"<x:a x:b='{WORD}'/>".encode(),
    f"{WORD}]]>".encode(),
    f"&#xD800;{WORD}".encode(),
)
"""Damage to XML itself, in the place of a text."""


def damaged(cls: type[Bericht]) -> Iterator[tuple[str, bytes]]:
    """The message of a class with the same damage everywhere, and with its bytes damaged at a personal place."""
    good = uwlr.write(whole(cls))
    wanted = places(cls)
    for name, change in VALUES.items():
        root = etree.fromstring(good)
        for element, attribute in spots(root, wanted):
            change(element, attribute)
        yield name, etree.tostring(root)
    for name, add in STRANGE.items():
        root = etree.fromstring(good)
        for element in list(root.iter("*")):
            add(element)
        yield name, etree.tostring(root)
    # An XML error does not depend on the field it is in.
    for number in {0, len(spots(etree.fromstring(good), wanted)) - 1} if wanted else ():
        root = etree.fromstring(good)
        element, attribute = spots(root, wanted)[number]
        _put(element, attribute, HOLDER)
        data = etree.tostring(root)
        for bad in BYTES:
            yield f"{element.tag} {bad!r}", data.replace(HOLDER.encode(), bad)


def said_when_read(data: bytes) -> Iterator[str]:
    """What reading tells about a message, strictly, tolerantly and item by item."""
    for read in (uwlr.read, uwlr.read_tolerant, _streamed):
        try:
            result = read(data)
        except UwlrError as error:
            yield shown(error)
            yield shown(getattr(error, "deviations", ()))
        else:
            yield shown(getattr(result, "deviations", ()))
            yield shown(result)


def _streamed(data: bytes) -> list[Any]:
    return [*uwlr.iter_leerlingen(io.BytesIO(data)), *uwlr.iter_resultaten(io.BytesIO(data))]


def said_when_validated(data: bytes) -> Iterator[str]:
    """What a report tells about a message, in every form and language."""
    report = validate(data)
    for form in FORMATS:
        for lang in ("nl", "en"):
            yield render([report], form, lang=lang).decode()
    yield shown(report)
    try:
        report.raise_for_errors()
    except UwlrError as error:
        yield shown(error)


@pytest.mark.parametrize("cls", ROOTS, ids=lambda cls: str(wire_name(cls)))
def test_no_reader_repeats_a_value(cls, log):
    """Neither errors, deviations, reprs nor the log hold what stood at a personal place."""
    for name, data in damaged(cls):
        for text in said_when_read(data):
            assert find(text) == [], name
    assert find(log.getvalue()) == []


@pytest.mark.parametrize("cls", ROOTS, ids=lambda cls: str(wire_name(cls)))
def test_no_report_repeats_a_value(cls, log):
    """No finding in any form of report holds what stood at a personal place."""
    for name, data in damaged(cls):
        for text in said_when_validated(data):
            assert find(text) == [], name
    assert find(log.getvalue()) == []


@pytest.mark.parametrize("data", [b"<x:a/>", b"<x:Envelope><x:Body/></x:Envelope>", b"<a><x:b/></a>", b'<a x:b="1"/>'])
def test_a_prefix_that_is_not_declared_is_not_xml(data):
    """Every reader and the validator say so, wherever it stands."""
    for read in (uwlr.read, uwlr.read_tolerant, _streamed, edexml.read, edexml.read_tolerant):
        with pytest.raises(MessageError):
            read(data)
    assert not validate(data).valid


def test_the_search_finds_what_it_is_for():
    """A marked value is found plain, escaped, in a URL, in JSON, in base64 and in capitals; another text is not."""
    import base64
    import json
    from urllib.parse import quote
    from xml.sax.saxutils import escape

    from privacy.canaries import marked

    value = marked(3)
    forms = [value, escape(value), quote(value), json.dumps(value), repr(value), value.upper(), value.encode().hex()]
    forms += [base64.b64encode(b"x" * shift + value.encode()).decode() for shift in range(3)]
    assert all(find(form) for form in forms)
    assert find("Kanarie7 and anarie7q") == []
