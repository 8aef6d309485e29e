"""The words of the standard, from the field tables: what a message is damaged with."""

from __future__ import annotations

from collections.abc import Iterator

from uwlr import norm
from uwlr.berichten import ROOTS
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Bericht, Simple, element_tag, table

XSI = norm.XSI


def classes() -> Iterator[type[Bericht]]:
    """Every message and every part of one that has a table."""
    todo, seen = list(ROOTS), set(ROOTS)
    while todo:
        cls = todo.pop(0)
        yield cls
        for field in table(cls).fields:
            for alternative in field.alternatives:
                part = alternative.cls
                if part is not None and not issubclass(part, RawElement) and part not in seen:
                    seen.add(part)
                    todo.append(part)


CLASSES = frozenset(classes())


def _collect() -> tuple[list[str], list[str], list[Simple]]:
    elements: dict[str, None] = dict.fromkeys(element_tag(cls) for cls in ROOTS)
    attributes: dict[str, None] = {}
    simples: dict[str, Simple] = {}
    for cls in classes():
        for field in table(cls).fields:
            if field.wrapper is not None:
                elements[f"{{{cls.namespace}}}{field.wrapper}"] = None
            for alternative in field.alternatives:
                if alternative.simple is not None:
                    simples.setdefault(alternative.simple.name, alternative.simple)
                if field.kind == "attribute":
                    attributes[alternative.wire] = None
                elif field.kind == "element":
                    elements[alternative.tag] = None
    return list(elements), list(attributes), list(simples.values())


TAGS, ATTRIBUTES, SIMPLES = _collect()
"""Elements as `{namespace}name`, attributes, and the simple types of their values."""
NAMESPACES = (
    norm.LEERLINGGEGEVENS,
    norm.LEERRESULTATEN,
    norm.TOETSDEFINITIES,
    norm.OSO,
    norm.AUTORISATIE,
    norm.SOAP_ENVELOPE,
    norm.SOAP12_ENVELOPE,
    norm.XSI,
    "urn:x",
)
EDGES = (
    *("", " ", "\t\n ", "0", "-0", "+1", "00", "1.0", ".5", "5.", "1e3", "NaN", "INF", "1" * 30, "-1", "4294967296"),
    *("9" * 5000, "\u0661\u0662", "\u0967", "1,5", "1 2", "0x10", "1_000", "true"),
    *("2024-02-30", "2023-02-29", "2024-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "-0044-03-15"),
    *("2024-01-01Z", "2024-01-01+14:00", "2024-01-01+14:01", "2024-01-01-13:59", "24-01-01", "2024-1-1"),
    *("2024-01-01T24:00:00", "9999-12-31T24:00:00", "2024-01-01T23:59:60", "2024-01-01T00:00:00.1234567"),
    *("2024-01-01T00:00:00.", "2024-01-01T00:00:00.000000000Z", "0001-01-01T00:00:00+14:00", "2024-01-01T25:00:00"),
    *("http://[::1", "http://a:b:c/", "%", "%zz", "a b", "//", ":", "#", "##", "urn:", "http://é.nl/", "\\", "a:[]"),
    *(
        "99XX",
        "99xx",
        "2024-2025",
        "1234AB",
        "1234 AB",
        "999990019",
        "é" * 300,
        "\u00a0",
        "\u2028",
        "\u0085",
        "e\u0301",
    ),
    *("\U0001f469", "Kanarie7vogel", "Kanarie7vogel" * 20, "]]>", "<!--", "&amp;", "lg:x", "{urn:x}y"),
)
"""Values at and over the edge of some type."""
VALUES = (*EDGES, *dict.fromkeys(code for simple in SIMPLES for code in simple.codes[:5]))
CANARY = "Kanarie7vogel"
"""Stands where a person's name or key would; no error, log or fault may show it."""


def dictionary() -> str:
    """The words as a dictionary of libFuzzer."""
    names = {tag.rpartition("}")[2] for tag in TAGS}
    texts = [*sorted(names), *ATTRIBUTES, *NAMESPACES, "xsi:type", "xmlns", "xmlns:", "<!--", "-->", "<![CDATA[", "]]>"]
    texts += ["<?", "?>", "</", "/>", "&amp;", "&#13;", "&#x41;", 'encoding="UTF-16"', "<!DOCTYPE", "<!ENTITY"]
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "".join(f'"{text}"\n' for text in quoted)
