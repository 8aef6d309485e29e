"""A message as plain dicts, lists, texts and numbers, and back: what JSON and CSV are made of.

By the field tables, under the Python names of the fields. What is absent is left out. Dates, moments and decimal
numbers are text in the form XML has them, so that zones and trailing zeros survive. Where a field has several
alternatives, `type` says which one; so it does at the top. A raw element is its XML.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, cast

from lxml import etree

from uwlr.berichten import ROOTS
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Alternative, Bericht, Field, Simple, table, wire_name
from uwlr.berichten.waarden import Onleesbaar, OutOfRange
from uwlr.codec import check
from uwlr.codec.choices import broken_choices
from uwlr.codec.parser import parse as parse_xml
from uwlr.codec.tree import TreeReader
from uwlr.codec.values import format_value, parse
from uwlr.deviations import (
    Base,
    Deviation,
    Missing,
    PrivateType,
    Reason,
    UnknownElement,
    Unreadable,
    WrongType,
)
from uwlr.errors import InvalidMessage, NotXml, UnexpectedElement
from uwlr.paths import Path

Plain = dict[str, Any]
_LONGEST_NUMBER = 15
"""Digits up to which every reader of JSON keeps a number exact; a longer one is text."""
UNREADABLE = "onleesbaar"
"""Key of the dict that stands for an `Onleesbaar`; its value is the raw text."""


def to_plain(bericht: Bericht) -> Plain:
    """Turn a message into plain values.

    Raises:
        InvalidMessage: a field holds a value of another Python type than its table says.
    """
    try:
        return {"type": wire_name(type(bericht)), **_message(bericht)}
    except (TypeError, ValueError) as error:
        name = wire_name(type(bericht)) or type(bericht).__name__
        wrong = Deviation(path=Path.of(name), reason=WrongType("object", type(error).__name__))
        found = check.deviations(bericht, "2.2") or [wrong]
        raise InvalidMessage(found, element=name) from None


def _message(bericht: Bericht) -> Plain:
    if isinstance(bericht, RawElement):
        return {"xml": bericht.xml.decode()}
    plain: Plain = {}
    for field in table(type(bericht)).fields:
        value = getattr(bericht, field.name)
        if value is None or value == ():
            continue
        plain[field.name] = [_value(field, item) for item in value] if field.many else _value(field, value)
    return plain


def _value(field: Field, value: Any) -> Any:
    if isinstance(value, Onleesbaar) and not isinstance(value, OutOfRange):
        return {UNREADABLE: value.raw}
    alternative = check.alternative_for(field, value)
    if alternative is None:
        raise TypeError(f"{field.name} cannot hold a {type(value).__name__}")
    if alternative.simple is not None:
        text = format_value(alternative.simple, value)
        return int(text) if alternative.simple.base == "integer" and len(text) <= _LONGEST_NUMBER else text
    plain = _message(value)
    return {"type": alternative.wire, **plain} if len(field.alternatives) > 1 else plain


@cache
def _roots() -> dict[str, type[Bericht]]:
    return {str(wire_name(cls)): cls for cls in ROOTS}


def from_plain(plain: object) -> Bericht:
    """Turn plain values into the message they came from, as strict as `uwlr.read`.

    Raises:
        UnexpectedElement: the top has no `type` that is a message.
        InvalidMessage: deviations; all are listed.
    """
    name = plain.get("type") if isinstance(plain, dict) else None
    cls = _roots().get(name) if isinstance(name, str) else None
    if cls is None:
        raise UnexpectedElement("no message of UWLR: there is no type at the top that names one", element="type")
    builder = _Builder()
    given = {key: value for key, value in cast("Plain", plain).items() if key != "type"}
    bericht = builder.message(given, cls, Path.of(cast("str", name)))
    if builder.deviations:
        raise InvalidMessage(builder.deviations, element=cast("str", name))
    return cast("Bericht", bericht)


class _Builder:
    """Builds one message and collects its deviations."""

    def __init__(self) -> None:
        self.deviations: list[Deviation] = []

    def message(self, plain: object, cls: type[Bericht], path: Path) -> Any:
        if not isinstance(plain, dict):
            return self._wrong(path, "object", plain)
        if issubclass(cls, RawElement):
            return self._raw(plain, cls, path)
        fields = table(cls).by_name
        for key in plain.keys() - fields.keys():
            self._note(path.child(str(key)), UnknownElement())
        values: dict[str, Any] = {}
        for field in fields.values():
            given = plain.get(field.name)
            if given is None or (field.many and given == []):
                if field.is_required(None):
                    self._note(path.child(field.name), Missing())
                if field.required:
                    values[field.name] = () if field.many else Onleesbaar()
            elif not field.many:
                values[field.name] = self._value(field, given, path.child(field.name))
            elif isinstance(given, list):
                places = (path.child(field.name, number) for number in range(1, len(given) + 1))
                values[field.name] = tuple(map(self._value, [field] * len(given), given, places))
            else:
                self._wrong(path.child(field.name), "list", given)
        present = {name for name, value in values.items() if value is not None}
        for broken in broken_choices(cls, present):
            self._note(path, broken)
        return cls(**values)

    def _note(self, path: Path, reason: Reason) -> Onleesbaar:
        self.deviations.append(Deviation(path=path, reason=reason))
        return Onleesbaar()

    def _wrong(self, path: Path, due: Base | Literal["list", "object", "element"], plain: object) -> Onleesbaar:
        return self._note(path, WrongType(due, type(plain).__name__))

    def _value(self, field: Field, plain: Any, path: Path) -> Any:
        if isinstance(plain, dict) and plain.keys() == {UNREADABLE}:
            raw = plain[UNREADABLE]
            return Onleesbaar(raw) if raw is None or isinstance(raw, str) else self._wrong(path, "string", raw)
        alternative = self._alternative(field, plain)
        if alternative is None:
            return self._wrong(path, "element", plain)
        if alternative.cls is not None:
            if len(field.alternatives) > 1:
                plain = {key: value for key, value in plain.items() if key != "type"}
            return self.message(plain, alternative.cls, path)
        simple = cast("Simple", alternative.simple)
        number = simple.base == "integer" and isinstance(plain, int) and not isinstance(plain, bool)
        if not number and not isinstance(plain, str):
            return self._note(path, Unreadable(simple.base))
        try:
            return _parsed(simple, plain)
        except ValueError:
            return self._note(path, Unreadable(simple.base))

    def _alternative(self, field: Field, plain: Any) -> Alternative | None:
        if len(field.alternatives) == 1:
            return field.first
        if isinstance(plain, dict):
            return next((a for a in field.alternatives if a.cls is not None and a.wire == plain.get("type")), None)
        return next((a for a in field.alternatives if a.simple is not None), None)

    def _raw(self, plain: Plain, cls: type[RawElement], path: Path) -> Any:
        """Read the XML anew: it must be one element of that name, and its type is what it says itself."""
        xml = plain.get("xml")
        if plain.keys() != {"xml"} or not isinstance(xml, str):
            return self._wrong(path, "object", xml)
        try:
            element = parse_xml(xml.encode())
        except NotXml:
            return self._note(path, PrivateType("not-xml", wire_name(cls) or ""))
        if etree.QName(element).localname != wire_name(cls):
            return self._note(path, PrivateType("other-element", wire_name(cls) or ""))
        return TreeReader(tolerant=False).message(element, cls, path)


def _parsed(simple: Simple, plain: str | int) -> Any:
    """Give the value of the type; text keeps its white space, also where XML would collapse it."""
    if simple.base not in {"string", "anyURI"}:
        return parse(simple, str(plain))
    if simple.code_type is None:
        return plain
    try:
        return simple.code_type(plain)
    except ValueError:
        return plain
