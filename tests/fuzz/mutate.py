"""Damage with an eye for what it damages: the tree of a message, its text, or the HTTP request around it."""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Callable
from copy import deepcopy
from random import Random

from lxml import etree

from fuzz.words import ATTRIBUTES, CANARY, NAMESPACES, TAGS, VALUES, XSI
from uwlr.codec.parser import local_name, namespace_of, xml_parser

Element = etree._Element
TreeEdit = Callable[[Element, Random], None]
TextEdit = Callable[[str, Random], str]


def message(data: bytes, dice: Random) -> bytes:
    """Damage a document: its tree where it has one, its text, its encoding."""
    try:
        root = etree.fromstring(data, xml_parser())
    except (etree.XMLSyntaxError, ValueError):
        text = data.decode("utf-8", "replace")
    else:
        for _ in range(dice.choice((0, 1, 1, 2, 4))):
            root = tree(root, dice)
        text = etree.tostring(root, encoding="unicode", with_tail=False)
    for _ in range(dice.choice((0, 0, 1, 2))):
        text = dice.choice(TEXT_EDITS)(text, dice)
    return _encoded(text, dice)


def tree(root: Element, dice: Random) -> Element:
    """Make one edit, and give the root, which may be another one."""
    elements = list(root.iter("{*}*"))
    chosen = dice.choice(elements)
    edit = dice.choice(TREE_EDITS)
    if edit is _promote:
        return chosen
    with contextlib.suppress(ValueError):  # of a name that libxml2 reads and lxml does not write
        edit(chosen, dice)
    return root


def _promote(element: Element, dice: Random) -> None:
    """The element becomes the document."""


def _drop(element: Element, dice: Random) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _copy(element: Element) -> Element:
    copied = deepcopy(element)
    copied.tail = None
    return copied


def _double(element: Element, dice: Random) -> None:
    parent = element.getparent()
    if parent is not None:
        for _ in range(dice.choice((1, 1, 2, 20))):
            parent.insert(parent.index(element) + dice.randrange(2), _copy(element))


def _swap(element: Element, dice: Random) -> None:
    following = element.getnext()
    if following is not None:
        following.addnext(element)


def _move(element: Element, dice: Random) -> None:
    others = [
        e for e in element.getroottree().getroot().iter("{*}*") if element not in e.iterancestors() and e is not element
    ]
    if others and element.getparent() is not None:
        target = dice.choice(others)
        if not any(ancestor is element for ancestor in target.iterancestors()):
            target.insert(dice.randrange(len(target) + 1), element)


def _rename(element: Element, dice: Random) -> None:
    element.tag = dice.choice(TAGS)


def _case(element: Element, dice: Random) -> None:
    name, namespace = local_name(element.tag), namespace_of(element.tag)
    local = dice.choice((name.upper(), name.capitalize(), name + "s"))
    element.tag = f"{{{namespace}}}{local}" if namespace else local


def _other_namespace(element: Element, dice: Random) -> None:
    namespace = dice.choice((*NAMESPACES, ""))
    for one in element.iter("{*}*") if dice.random() < 0.5 else (element,):
        own = local_name(one.tag)
        one.tag = f"{{{namespace}}}{own}" if namespace else own


def _add(element: Element, dice: Random) -> None:
    added = etree.Element(dice.choice(TAGS))
    if dice.random() < 0.7:
        _value(added, dice)
    element.insert(dice.randrange(len(element) + 1), added)


def _wrap(element: Element, dice: Random) -> None:
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    wrapper = etree.Element(dice.choice(TAGS))
    wrapper.append(element)
    parent.insert(place, wrapper)


def _unwrap(element: Element, dice: Random) -> None:
    parent = element.getparent()
    if parent is not None:
        place = parent.index(element)
        for child in reversed(element):
            parent.insert(place, child)
        parent.remove(element)


def _value(element: Element, dice: Random) -> None:
    element.text = dice.choice(VALUES)


def _text_between(element: Element, dice: Random) -> None:
    element.tail = dice.choice((CANARY, " ", "\n\t", "\u00a0", "x"))


def _text_inside(element: Element, dice: Random) -> None:
    element.text = dice.choice((CANARY, " ", "\n", "", "x"))


def _attribute(element: Element, dice: Random) -> None:
    name = dice.choice((*ATTRIBUTES, "id", "href", f"{{{XSI}}}nil", f"{{{XSI}}}type", f"{{{XSI}}}schemaLocation", "x"))
    try:
        element.set(name, dice.choice((*VALUES, "true", "1", "lg:LeerlingType")))
    except ValueError:
        element.set(name, "1")


def _drop_attribute(element: Element, dice: Random) -> None:
    if element.attrib:
        del element.attrib[dice.choice(list(element.attrib))]


def _empty(element: Element, dice: Random) -> None:
    tail = element.tail
    element.clear()
    element.tail = tail


def _deep(element: Element, dice: Random) -> None:
    inner = element
    for _ in range(dice.choice((3, 60, 300))):
        inner = etree.SubElement(inner, element.tag)
    inner.text = CANARY


def _comment(element: Element, dice: Random) -> None:
    element.insert(
        dice.randrange(len(element) + 1),
        dice.choice((etree.Comment(" x "), etree.ProcessingInstruction("pi", "x"), etree.Comment(CANARY))),
    )


TREE_EDITS: tuple[TreeEdit, ...] = (
    *(_promote, _drop, _double, _swap, _move, _rename, _case, _other_namespace, _add, _wrap, _unwrap, _value, _value),
    *(_value, _text_between, _text_inside, _attribute, _attribute, _drop_attribute, _empty, _deep, _comment, _drop),
)


def _at(pattern: str, *by: str) -> TextEdit:
    """Replace one match of the pattern by one of the texts."""

    def edit(text: str, dice: Random) -> str:
        found = list(re.finditer(pattern, text[: 1 << 16]))
        if not found:
            return text
        match = dice.choice(found)
        return text[: match.start()] + match.expand(dice.choice(by)) + text[match.end() :]

    return edit


def _cut(text: str, dice: Random) -> str:
    return text[: dice.randrange(len(text) + 1)]


def _drop_piece(text: str, dice: Random) -> str:
    start = dice.randrange(len(text) + 1)
    return text[:start] + text[start + dice.randrange(1, 40) :]


def _repeat_piece(text: str, dice: Random) -> str:
    start = dice.randrange(len(text) + 1)
    end = start + dice.randrange(1, 80)
    return text[:end] + text[start:end] + text[end:]


def _flip(text: str, dice: Random) -> str:
    place = dice.randrange(len(text) + 1)
    return (
        text[:place] + dice.choice("<>&\"'/= \t\n\r\x00\x01\x0b\x7f\x85\u2028\ufffe\ufeff]x;:!?é") + text[place + 1 :]
    )


TEXT_EDITS: tuple[TextEdit, ...] = (
    *(_cut, _drop_piece, _repeat_piece, _flip, _flip),
    _at("(?<=>)(?=[<\\w])", "&amp;", "&#65;", "&#x0;", "&#13;", "&x;", "&#1114112;", "<![CDATA[x]]>", "<![CDATA[]]>"),
    _at("(?<=>)(?=[<\\w])", "<!-- -->", "<?p?>", " ", "\r\n", "\u00a0", "]]>", "<!DOCTYPE a>", "<a/>", CANARY),
    _at("(?<=\\w)(?=/?>)", " ", "\n", "\t/", " a='1'", ' xmlns="urn:x"', ' xmlns=""', ' xmlns:xml="urn:x"'),
    _at("(?<=\\w)(?=/?>)", f' xmlns:lg="{NAMESPACES[0]}"', f' xmlns="{NAMESPACES[1]}"', ' xml:space="preserve"'),
    _at('"([^"]*)"', "'\\1'", '"\\1 "', "\\1", '""', '" \\1"', '"\\1<"', '"\\1&lt;"', '"\\1\n"'),
    _at("<(\\w+)", "<x:\\1", "<\\1 ", "< \\1", "<\\1\n"),
    _at("<(\\w+)([^>]*)/>", "<\\1\\2></\\1>", "<\\1\\2> </\\1>", "<\\1\\2>\n<!-- --></\\1>"),
    _at(">([^<]+)<", "><![CDATA[\\1]]><", ">\\1 <", "> \\1<", "><", ">\\1\\1<", ">&#32;\\1<", f">{CANARY}<"),
    _at(
        "^",
        "\ufeff",
        " ",
        '<?xml version="1.0"?>',
        '<?xml version="1.1"?>',
        "<!-- x -->",
        '<?xml version="1.0" encoding="latin-1"?>',
    ),
    _at("$", "<!-- x -->", "\n", "x", "<a/>", "\x00"),
)


def _encoded(text: str, dice: Random) -> bytes:
    encoding = dice.choice(("utf-8",) * 24 + ("utf-16", "utf-16-le", "utf-8-sig", "latin-1", "cp037", "utf-32"))
    if encoding.startswith("utf-16") and dice.random() < 0.5:
        text = '<?xml version="1.0" encoding="UTF-16"?>' + text
    elif encoding == "latin-1":
        text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + text
    data = text.encode(encoding, "replace" if encoding != "utf-8" else "surrogatepass")
    if dice.random() < 0.03:
        place = dice.randrange(len(data) + 1)
        data = (
            data[:place]
            + dice.choice((b"\xff", b"\xc0\x80", b"\xed\xa0\x80", codecs.BOM_UTF16_LE, b"\x00"))
            + data[place:]
        )
    return data


# --- a head of lines before the document --------------------------------------------------------------------------


HEAD_LINES = (
    *("Content-Type: text/xml; charset=utf-8", "Content-Type: text/xml", "Content-Type: application/soap+xml"),
    *("Content-Type: text/xml; charset=utf-16", "Content-Type: text/xml; charset=klingon", 'Content-Type: ;;=";'),
    *("Content-Type: text/html", 'Content-Type: text/xml; charset="utf-8"', "Content-Type: text/xml; charset=zlib"),
    *(
        "Content-Length: *",
        "Content-Length: 0",
        "Content-Length: -1",
        "Content-Length: 99999999999",
        "Content-Length: x",
    ),
    *("Content-Length: 10", "Content-Length: \u00b2", "Transfer-Encoding: chunked", "Content-Encoding: gzip"),
    *("Content-Encoding: br", "Content-Encoding: x-gzip", "Content-Encoding: identity", "Packed: gzip", "Packed: half"),
    *("Stream: breaks", "Stream: ends", "Stream: drips", 'SOAPAction: "HaalLeerlinggegevens"', "SOAPAction:"),
    *(
        'SOAPAction: ""',
        "SOAPAction: BrengLeerresultaten",
        "SOAPAction: '",
        "Host: x",
        "Host: \x01",
        'Host: "><x>',
        "Host:",
    ),
    *("X-Forwarded-Proto: https", "Expect: 100-continue", f"X: {CANARY}", "Location: http://[", "Location: http://x/y"),
)
START_LINES = (
    *("POST /leerlinggegevens", "POST /leerresultaten", "GET /leerlinggegevens?wsdl", "GET /leerresultaten?WSDL"),
    *(
        "GET /leerlinggegevens?xsd=UWLR_Autorisatie_v2p2.xsd",
        "GET /leerlinggegevens?xsd=..",
        "GET /",
        "PUT /leerlinggegevens",
    ),
    *("BREW /leerresultaten", "POST /leerlinggegevens?wsdl", "GET /leerlinggegevens?xsd=%00", "HEAD /leerlinggegevens"),
    *("200", "500", "302", "401", "404", "502", "204", "999", "100"),
)


def headed(data: bytes, dice: Random) -> bytes:
    """Damage the head of a request or an answer, the document after it, or both."""
    head, _, body = data.partition(b"\n\n")
    if dice.random() < 0.6:
        body = message(body, dice)
    if dice.random() < 0.6:
        start, *lines = head.decode("utf-8", "replace").split("\n")
        if dice.random() < 0.3:
            start = dice.choice(START_LINES)
        if lines and dice.random() < 0.4:
            lines.pop(dice.randrange(len(lines)))
        if dice.random() < 0.7:
            lines.insert(dice.randrange(len(lines) + 1), dice.choice(HEAD_LINES))
        head = "\n".join([start, *lines]).encode()
    return head + b"\n\n" + body
