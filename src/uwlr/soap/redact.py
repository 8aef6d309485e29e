"""Redaction of messages that leave the machine: no keys, no personal data.

The register of personal data (`uwlr.personal_data`) decides what is shown: a value is kept only if its element is known
and its type is not personal. Everything else becomes a short mark, the same for equal values within one export, so that
a repeated key is still recognisable as repeated.
"""

from __future__ import annotations

import secrets
from functools import cache
from hashlib import blake2s
from typing import Final

from lxml import etree

from uwlr.berichten import ROOTS, Autorisatie
from uwlr.berichten.tabel import Alternative, Bericht, table
from uwlr.codec.parser import attributes, local_name, parse
from uwlr.errors import NotXml
from uwlr.personal_data import places
from uwlr.soap.operations import OPERATIONS

_FAULT_TEXT: Final = frozenset({"faultstring", "detail", "melding"})
_LISTS: Final = frozenset(field.wrapper for cls in ROOTS for field in table(cls).elements if field.wrapper is not None)
"""The elements around the lists of a message."""


class Redaction:
    """Redacts the messages of one export; equal values get equal marks.

    Args:
        most_items: items shown of a long list of pupils, groups and the like; None shows all.
        fault_text: whether the text of a fault is shown; that of a foreign system may name a person.
    """

    def __init__(self, *, most_items: int | None = None, fault_text: bool = True) -> None:
        self._salt = secrets.token_bytes(16)
        self._most_items = most_items
        self._fault_text = _FAULT_TEXT if fault_text else frozenset()

    def redact(self, message: bytes) -> str:
        """Give a message without keys and personal data."""
        if not message.strip():
            return ""
        try:
            return self._redacted(parse(message))
        except NotXml:
            return f"[{len(message)} bytes that are no XML]"

    def _redacted(self, root: etree._Element) -> str:
        for element in list(root.iter("{*}*")) if self._most_items is not None else ():
            if local_name(element.tag) in _LISTS:
                _shorten(element, self._most_items or 0)
        elements, shown_attributes = _shown()
        for element in root.iter("{*}*"):
            tag = str(element.tag)
            text, tail = element.text, element.tail
            if text and text.strip() and tag not in elements and tag not in self._fault_text:
                element.text = self._mark(text)
            if tail and tail.strip():
                element.tail = self._mark(tail)
            for name, value in attributes(element):
                if value and (tag, name) not in shown_attributes:
                    element.set(name, self._mark(value))
        return etree.tostring(root, encoding="unicode")

    def _mark(self, value: str) -> str:
        return f"…{blake2s(value.encode(), key=self._salt, digest_size=4).hexdigest()}"


def _shorten(element: etree._Element, most: int) -> None:
    """Keep the first items, and note how many were left out."""
    more = list(element)[most:]
    for item in more:
        element.remove(item)
    if more:
        element.append(etree.Comment(f" + {len(more)} "))


@cache
def _shown() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The elements whose text is shown, and the attributes by element."""
    elements: set[str] = {"faultcode"}
    attributes: set[tuple[str, str]] = set()
    messages: list[type[Bericht]] = [Autorisatie, *(cls for one in OPERATIONS for cls in (one.verzoek, one.antwoord))]
    for _, tag, field in places(messages):
        if field.personal:
            continue
        match field.kind:
            case "attribute":
                attributes.add((tag, field.wire))
            case "content":
                elements.add(tag)
            case "element":
                for alternative in field.alternatives:
                    _show(alternative, elements, attributes)
    return frozenset(elements), frozenset(attributes)


def _show(alternative: Alternative, elements: set[str], attributes: set[tuple[str, str]]) -> None:
    if alternative.reference:
        attributes.add((alternative.tag, "key"))
    elif alternative.simple is not None:
        elements.add(alternative.tag)
