"""The same message in other written forms: what real systems write, and what XML allows besides.

Each form takes a document as `benchmarks.data` or `uwlr.write` makes it, in one line, and gives it as another system
would write it. Those in `ODD` deviate from the standard, so that a strict reader refuses them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from uwlr import norm

Form = Callable[[bytes, "Items"], bytes]


class Items(NamedTuple):
    """What a document is made of: its namespace, the name of its items, and of the first element in each."""

    namespace: str
    item: str
    first: str
    pair: tuple[str, str]


PUPILS = Items(norm.LEERLINGGEGEVENS, "leerling", "achternaam", ("voornamen", "roepnaam"))
RESULTS = Items(norm.LEERRESULTATEN, "toetsafname", "leerlingid", ("afnamedatum", "toetscode"))


def _in_the_middle(text: str) -> Form:
    def form(document: bytes, items: Items) -> bytes:
        end = f"</{items.item}>".encode()
        parts = document.split(end)
        half = len(parts) // 2
        return end.join(parts[:half]) + end + text.encode() + end.join(parts[half:])

    return form


def _cdata(count: int = 0, every: int = 1) -> Form:
    def form(document: bytes, items: Items) -> bytes:
        pattern = rf"(<{items.first}>)([^<&]*)(?=</)".encode()
        seen = 0

        def change(match: re.Match[bytes]) -> bytes:
            nonlocal seen
            seen += 1
            return match.expand(rb"\1<![CDATA[\2]]>") if seen % every == 0 else match[0]

        return re.sub(pattern, change, document, count=count)

    return form


def _declared(document: bytes, items: Items) -> bytes:
    return re.sub(rf"<{items.item}(?=[ >])".encode(), f'<{items.item} xmlns="{items.namespace}"'.encode(), document)


def _root(more: str) -> Form:
    def form(document: bytes, items: Items) -> bytes:
        declaration = f' xmlns="{items.namespace}"'
        return document.replace(declaration.encode(), (declaration + more).encode(), 1)

    return form


def _prefixed(document: bytes, _: Items) -> bytes:
    names = re.sub(rb"<(/?)(?!soap:|\?)([a-z])", rb"<\1ns3:\2", document)
    return names.replace(b' xmlns="', b' xmlns:ns3="')


def _encoded(name: str) -> Form:
    def form(document: bytes, _: Items) -> bytes:
        return document.decode().replace("UTF-8", name, 1).encode(name, "xmlcharrefreplace")

    return form


def _sub(pattern: bytes, by: bytes) -> Form:
    return lambda document, _: re.sub(pattern, by, document)


def _after_first(text: str, count: int = 0) -> Form:
    def form(document: bytes, items: Items) -> bytes:
        return re.sub(
            rf"(<{items.first}>[^<]*</{items.first}>)".encode(), rb"\1" + text.encode(), document, count=count
        )

    return form


def _swapped(count: int = 0) -> Form:
    def form(document: bytes, items: Items) -> bytes:
        one, other = items.pair
        return re.sub(
            rf"(<{one}>[^<]*</{one}>)((?:<[\w-]+>[^<]*</[\w-]+>)*?<{other}>[^<]*</{other}>)".encode(),
            rb"\2\1",
            document,
            count=count,
        )

    return form


def _typed(document: bytes, items: Items) -> bytes:
    xs = "http://www.w3.org/2001/XMLSchema"
    typed = _root(f' xmlns:xsi="{norm.XSI}" xmlns:xsd="{xs}"')(document, items)
    return re.sub(rb"<(geboortedatum|afnamedatum)>", rb'<\1 xsi:type="xsd:date">', typed)


_HTTP = "http://example.org/uwlr"

FORMS: dict[str, Form] = {
    "usual": lambda document, _: document,
    "comment at the top": lambda document, _: document.replace(b"?>", b"?>\n<!-- made by a system -->\n", 1),
    "comment in the middle": _in_the_middle("<!-- <leerling> half-way -->"),
    "one CDATA": _cdata(count=1),
    "all CDATA": _cdata(),
    "single quotes": _sub(rb'="([^"]*)"', rb"='\1'"),
    "schemaLocation": _root(f' xmlns:xsi="{norm.XSI}" xsi:schemaLocation="{_HTTP} uwlr.xsd"'),
    "space in tags": _sub(rb"</([\w:-]+)>", rb"</\1 >"),
    "ISO 8859-1": _encoded("ISO-8859-1"),
    "UTF-16": _encoded("UTF-16"),
    "namespace on each item": _declared,
    "other prefixes": _prefixed,
    "pretty-printed": _sub(rb"><(?!/)", rb">\n    <"),
    "CRLF": _sub(rb"><(?!/)", rb">\r\n  <"),
    "one item in a hundred odd": _cdata(every=100),
    "seven digits": _sub(rb"T(\d\d:\d\d:\d\d)(?=[Z+<-])", rb"T\1.1234567"),
    "xsi:type on each item": _typed,
}
"""Forms of a message that is in order."""

ODD: dict[str, Form] = {
    "one empty element": _after_first("<voorvoegsel/>", count=1),
    "one wrong order": _swapped(count=1),
    "one unknown element": _after_first("<onbekend>x</onbekend>", count=1),
    "one value unreadable": lambda document, _: re.sub(rb"(datum>)\d", rb"\1x", document, count=1),
    "stray text": _in_the_middle("tekst"),
}
"""Forms with something that the standard does not have."""


def changed(name: str, document: bytes, items: Items) -> bytes:
    """Give a document in the form of that name."""
    # The examples name elements of pupils; results have an eckid in that place.
    form = (FORMS | ODD)[name](document, items)
    return form if items is PUPILS else form.replace(b"<voorvoegsel/>", b"<eckid/>")
