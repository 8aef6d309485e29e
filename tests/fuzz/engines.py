"""Two schema engines that share no code, libxml2 and xmlschema, over the same random and damaged messages."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import xmlschema
from lxml import etree
from xmlschema.exceptions import XMLSchemaException

from fuzz import mutate, words
from uwlr import schemas
from uwlr.berichten import ROOTS
from uwlr.berichten.tabel import Alternative, Bericht, Simple, element_tag, table
from uwlr.codec.parser import local_name

VECTORS = Path(__file__).parents[1] / "vectors" / "uwlr-2.2.jsonl"
LONGEST = 4000
"""Bytes of a message; xmlschema needs a second for two megabytes."""

Element = etree._Element


@cache
def _bases() -> list[bytes]:
    lines = VECTORS.read_text("utf-8").splitlines()
    return [xml for line in lines if len(xml := json.loads(line)["xml"].encode()) < LONGEST]


@cache
def _second() -> Any:
    return xmlschema.XMLSchema(schemas.xsd_file("UWLR_v2p2.xsd"))


def verdicts(document: bytes) -> tuple[bool, bool]:
    """What libxml2 says, and what xmlschema says."""
    first = bool(schemas.schema().validate(etree.fromstring(document)))
    try:
        return first, bool(_second().is_valid(document.decode()))
    except XMLSchemaException:  # an xsi:type that names no type
        return first, False


def message(dice: Random) -> bytes:
    """A random message: one of the vectors or one from the field tables, damaged or not."""
    while True:
        if dice.random() < 0.5:
            root = etree.fromstring(dice.choice(_bases()))
        else:
            cls = dice.choice(ROOTS)
            root = _element(element_tag(cls), cls, dice)
        for _ in range(dice.choice((0, 0, 1, 1, 2))):
            root = mutate.tree(root, dice)
        document = etree.tostring(root, encoding="utf-8", with_tail=False)
        if len(document) < 2 * LONGEST and _depth(root) < 60:
            return document


def _depth(element: Element) -> int:
    return max(sum(1 for _ in e.iterancestors()) for e in element.iter("{*}*"))


def _element(tag: str, cls: type[Bericht], dice: Random) -> Element:
    """An element of a class with a random part of its fields; choices and facets are kept by chance only."""
    element = etree.Element(tag)
    for field in table(cls).fields:
        if not (field.required or dice.random() < 0.35):
            continue
        if field.kind == "attribute":
            element.set(field.first.wire, _text(field.first.simple, dice))
        elif field.kind == "content":
            element.text = _text(field.first.simple, dice)
        else:
            into = element
            if field.wrapper is not None:
                into = etree.SubElement(element, f"{{{cls.namespace}}}{field.wrapper}")
            for _ in range(dice.choice((1, 1, 2, 3)) if field.many else 1):
                _append(into, dice.choice(field.alternatives), dice)
    return element


def _append(into: Element, alternative: Alternative, dice: Random) -> None:
    if alternative.cls is not None and alternative.cls in words.CLASSES:
        into.append(_element(alternative.tag, alternative.cls, dice))
        return
    added = etree.SubElement(into, alternative.tag)
    if alternative.reference:
        added.set("key", _text(alternative.simple, dice))
    elif alternative.simple is not None:
        added.text = _text(alternative.simple, dice)


_USUAL = {
    "string": ("a", "Noor", "x y", "é", "1"),
    "integer": ("0", "1", "7", "100"),
    "decimal": ("0", "1.5", "10"),
    "date": ("2024-02-29", "2026-10-01"),
    "dateTime": ("2026-10-01T08:00:00", "2026-10-01T08:00:00Z"),
    "anyURI": ("http://a.example/b", ""),
}
_FORMS = ("99XX", "00", "2026-2027", "1234AB", "999990019", "1000", "0042")


def _text(simple: Simple | None, dice: Random) -> str:
    if simple is None or dice.random() < 0.04:
        return dice.choice(words.VALUES)
    if simple.codes:
        return dice.choice(simple.codes)
    if simple.pattern is not None:
        return next((form for form in dice.sample(_FORMS, len(_FORMS)) if simple.matches(form)), "1")
    return dice.choice(_USUAL[simple.base])


# --- where the engines are known to differ --------------------------------------------------------------------------

DIFFERENCES: dict[str, tuple[str | None, re.Pattern[str]]] = {
    "libxml2 refuses a date or moment with white space around it, which the type collapses": (
        None,
        re.compile(r"(?:\s+[-0-9]+-[0-9-]+(?:T[0-9:.]+)?(?:Z|[+-][0-9:]+)?\s*|[-0-9]+-[0-9-]+(?:T[0-9:.]+)?\s+)"),
    ),
    "xmlschema takes no number of more digits than Python turns into one": (None, re.compile(r"[0-9]{4300,}")),
    "xmlschema takes whole numbers as Python does: digits of other scripts, underscores": (
        "integer",
        re.compile(r"\s*[+-]?(?=.*[^0-9])[\d_]+\s*"),
    ),
    "xmlschema overlooks white space within a decimal": ("decimal", re.compile(r"[0-9.+-]+(?:\s+[0-9.]+)+")),
    "xmlschema takes nearly every text for a URI": ("anyURI", re.compile(r".*[:%\[\]#{}<>\\^`|\"].*", re.DOTALL)),
    "xmlschema takes white space that XML does not know for blank": (
        "blank",
        re.compile(r"(?=.*[^ \t\r\n])\s+", re.DOTALL),
    ),
}
"""Why the engines may judge a message differently: the type of value it is about (None: any), and the value's form."""


@cache
def _types() -> dict[str, set[str]]:
    """The base types that an element or attribute of a name can have."""
    found: dict[str, set[str]] = {}
    for cls in words.CLASSES:
        for field in table(cls).fields:
            for alternative in field.alternatives:
                content = table(alternative.cls).content if alternative.cls in words.CLASSES else None
                simple = content.first.simple if content is not None else alternative.simple
                if simple is not None:
                    found.setdefault(alternative.wire, set()).add(simple.base)
    return found


def known_difference(document: bytes) -> str | None:
    """Say why the engines may differ over this message, None where they have to agree."""
    for element in etree.fromstring(document).iter("{*}*"):
        name = local_name(element.tag)
        held = [(name, element.text or ""), *((local_name(n), str(v)) for n, v in element.attrib.items())]
        for own, value in held:
            for reason, (base, pattern) in DIFFERENCES.items():
                if base in {None, *_types().get(own, ())} and pattern.fullmatch(value):
                    return reason
        for text in (element.text, *(child.tail for child in element)):
            reason, (_, pattern) = list(DIFFERENCES.items())[-1]
            if text and pattern.fullmatch(text):
                return reason
    return None


def disagreements(seed: int, count: int) -> tuple[int, list[bytes]]:
    """Judge as many messages: how many are valid to both engines, and those on which they differ without a reason."""
    dice = Random(seed)
    valid = 0
    found = []
    for _ in range(count):
        document = message(dice)
        first, second = verdicts(document)
        valid += first and second
        if first is not second and known_difference(document) is None:
            found.append(document)
    return valid, found
