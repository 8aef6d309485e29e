"""An XML tree to a message, by the field tables: exact, able to say where the message deviates, and fast.

This is what reading means. For each class the tables are laid out once as a look-up by tag, so that an element in order
costs a few steps; only what deviates gets a path and a reason. The way by expressions (`uwlr.codec.scanner`) gives the
same messages, or hands over to here.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import Any, NamedTuple, TypeAlias, cast

from lxml import etree

from uwlr import norm
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Alternative, Bericht, Field, Simple, Table, table
from uwlr.berichten.waarden import Onleesbaar
from uwlr.codec import private
from uwlr.codec.choices import broken_choices
from uwlr.codec.declared import declares
from uwlr.codec.parser import attributes, local_name
from uwlr.codec.raw_text import raw_text
from uwlr.codec.rewritten import FEWEST, read_items
from uwlr.codec.values import KnownValues, UnparsableError, has_space_around, known_values, parse
from uwlr.deviations import (
    Deviation,
    Empty,
    EmptyList,
    Made,
    Missing,
    NotEmpty,
    Order,
    Reason,
    Repeated,
    RepeatedList,
    SpaceAround,
    Text,
    UnknownAttribute,
    UnknownElement,
    Unlisted,
    Unreadable,
)
from uwlr.norm import Versie
from uwlr.paths import Path, Step

_HARMLESS = frozenset({f"{{{norm.XSI}}}schemaLocation", f"{{{norm.XSI}}}noNamespaceSchemaLocation"})
_XSI_TYPE = f"{{{norm.XSI}}}type"
_MOST_DEVIATIONS = {True: 100_000, False: 1_000}
"""How many are listed in tolerant reading, and in strict reading, which refuses the message at the first."""
_MOST_COMPLETE = 4096
_KEY = ["key"]
_SPACE = " \t\r\n"
_NEAR = 100
"""Elements that are looked past for the name of one: more than any class of the standard has."""


class _Slot(NamedTuple):
    """Where a child element belongs.

    Attributes:
        position: of its field, in the order of the schema.
        name: of its field.
        wire: the element's own name.
        alternative: what it is; of an element around a list, its first item.
        inside: what it holds, if it is a part of a message or an element around a list.
        required: whether it must have a value.
        many: whether it is one of several in a row.
        listed: whether it is the element around a list.
    """

    position: int
    name: str
    wire: str
    alternative: Alternative
    inside: _Layout | None
    required: bool
    many: bool = False
    listed: bool = False


class _Layout(NamedTuple):
    """The table of a class, by what is met in a document.

    Attributes:
        simple: position, field and known values of the elements that hold one text, and whether that is a key; without
            known values the text is the value.
        alike: the slots by local name, for tolerant reading.
        complete: combinations of fields, in their order of appearance, that were seen to lack nothing.
    """

    rows: Table
    attributes: dict[str, tuple[str, KnownValues | None, Field]]
    simple: dict[str, tuple[int, str, KnownValues | None, bool]]
    slots: dict[str, _Slot]
    alike: dict[str, _Slot]
    complete: set[tuple[str, ...]]

    @classmethod
    def of(cls, rows: Table, attributes: tuple[Field, ...] = ()) -> _Layout:
        """Make one without elements."""
        return cls(rows, {f.first.wire: (f.name, _known(f.first.simple), f) for f in attributes}, {}, {}, {}, set())

    def take(self, tag: str, slot: _Slot, *, bare: bool) -> None:
        """Take in what stands at a tag."""
        local = local_name(tag)
        tag = local if bare else tag
        simple = slot.alternative.simple
        if simple is not None and not (slot.many or slot.listed):
            self.simple.setdefault(tag, (slot.position, slot.name, _known(simple), slot.alternative.reference))
        self.slots.setdefault(tag, slot)
        self.alike.setdefault(local.casefold(), slot)
        self.alike.setdefault(local, slot)


class _Row(NamedTuple):
    """What stands in a row: its items, and how many there were of each kind, which are numbered by themselves."""

    items: list[Any]
    counts: dict[str, int]


_At: TypeAlias = tuple[Any, str, int | None]
"""A place on the way down: the place above it, a name, a number. A path is made of it only when there is something to
tell, so it is a bare tuple."""


class TreeReader:
    """Reads one message and collects its deviations.

    Tolerant reading turns an empty optional element into an absent value and notes it; strict reading keeps the
    empty text if the type is text, since that is faithful and its length is the validator's business. In a `bare`
    document the elements are in no namespace. `lines` stand before the document that is read.

    Attributes:
        deviations: where the message is not what the standard says.
        remarks: what the standard allows, and some systems refuse.
    """

    def __init__(self, *, tolerant: bool, versie: Versie | None = None, bare: bool = False, lines: int = 0) -> None:
        self.tolerant = tolerant
        self.versie = versie
        self.bare = bare
        self.lines = lines
        self._start = Path()
        self._rewrites = True
        self.deviations: list[Deviation] = []
        self.remarks: list[Deviation] = []

    def message(self, element: etree._Element, cls: type[Bericht], path: Path) -> Bericht:
        """Read an element as a message or a part of one; it stands at `path`."""
        self._start = path
        if issubclass(cls, RawElement):
            return _raw(element, cls)
        return self._message(element, _layout(cls, self.bare, self.versie), (None, "", None))

    def items(
        self, parent: etree._Element, cls: type[Bericht], name: str, path: Path, counts: dict[str, int]
    ) -> list[Any]:
        """Read the elements inside `parent`, which stands at `path`, as some of those of a field of a class.

        `counts` tells how many of each kind stood before them, and is brought up to date.
        """
        self._start = path
        layout = _layout(cls, self.bare, self.versie)
        slot = next(slot for slot in layout.slots.values() if slot.name == name)
        if slot.listed:
            return self._items(parent, cast("_Layout", slot.inside), (None, "", None), counts)
        return [self._part(child, slot, ((None, "", None), slot.wire, None)) for child in parent]

    def _message(self, element: etree._Element, layout: _Layout, at: _At) -> Bericht:
        rows = layout.rows
        values: dict[str, Any] = {}
        if element.keys():
            self._attributes(element, layout.attributes, at, values)
        if rows.content is None:
            self._children(element, layout, at, values)
        else:
            simple = cast("Simple", rows.content.first.simple)
            values[rows.content.name] = self._text(element, simple, at, required=True)
        present = tuple(values)
        if present not in layout.complete:
            noted = len(self.deviations)
            self._complete(element, rows, values, at)
            if len(values) == len(present) and len(self.deviations) == noted and len(layout.complete) < _MOST_COMPLETE:
                layout.complete.add(present)
        return rows.cls(**values)

    def _path(self, at: _At) -> Path:
        steps: list[Step] = []
        above: Any = at
        while above[0] is not None:
            above, name, number = above
            steps.append(Step(name[1:], None, True) if name.startswith("@") else Step(name, number))
        return Path((*self._start.steps, *reversed(steps)))

    def _complete(self, element: etree._Element, rows: Table, values: dict[str, Any], at: _At) -> None:
        """Note choices that the fields present break, and fields that are missing."""
        for broken in broken_choices(rows.cls, values):
            self._note(broken, element, at, made=Made.AS_IT_CAME)
        for field in rows.mandatory:
            if field.name not in values:
                if field.is_required(self.versie):
                    self._note(
                        Missing(), element, (at, f"@{field.wire}" if field.kind == "attribute" else field.wire, None)
                    )
                if field.required:
                    values[field.name] = () if field.many else Onleesbaar()

    def _note(
        self, reason: Reason, element: etree._Element, at: _At, raw: str | None = None, made: Made | None = None
    ) -> None:
        most = _MOST_DEVIATIONS[self.tolerant]
        if len(self.deviations) > most:
            return
        if len(self.deviations) == most:
            reason, raw, made = Unlisted(most), None, None
        line = None if element.sourceline is None else element.sourceline + self.lines
        made = made if self.tolerant else None
        self.deviations.append(Deviation(path=self._path(at), reason=reason, line=line, raw=raw, made=made))

    def _raw(self, element: etree._Element) -> str | None:
        """How an element is written, as long as deviations are listed."""
        return raw_text(element) if len(self.deviations) < _MOST_DEVIATIONS[self.tolerant] else None

    # What stands in a start tag

    def _attributes(
        self,
        element: etree._Element,
        known: dict[str, tuple[str, KnownValues | None, Field]],
        at: _At,
        values: dict[str, Any],
    ) -> None:
        for name, raw in attributes(element):
            row = known.get(name)
            if row is None:
                self._foreign_attribute(element, name, raw, at)
                continue
            field_name, column, field = row
            if column is None and raw:
                values[field_name] = raw
                continue
            simple = cast("Simple", field.first.simple)
            inner = (at, f"@{name}", None)
            value = self._value(element, simple, raw, inner, required=field.required)
            if value is not None:
                values[field_name] = value

    def _foreign_attribute(self, element: etree._Element, name: str, raw: str, at: _At) -> None:
        if name in _HARMLESS or (name == _XSI_TYPE and declares(element)):
            return
        self._note(UnknownAttribute(), element, (at, f"@{local_name(name)}", None), raw=raw, made=Made.LEFT_OUT)

    # What stands inside

    def _children(self, element: etree._Element, layout: _Layout, at: _At, values: dict[str, Any]) -> None:
        simple = layout.simple.get
        text = element.text
        stray = text is not None and (not layout.slots or bool(text.strip(_SPACE)))
        many: dict[str, _Row] = {}
        last = -1
        for child in element:
            tail = child.tail
            if tail is not None and tail.strip(_SPACE):
                stray = True
            tag = child.tag
            found = simple(tag)  # type: ignore[arg-type]
            # Behind all that came before it, it can be neither repeated nor out of order.
            if found is not None and found[0] > last and not len(child):
                position, name, known, reference = found
                text = child.text
                if reference:
                    if text is None and child.keys() == _KEY and (key := child.get("key")):
                        values[name] = key
                        last = position
                        continue
                elif child.keys():
                    pass
                elif known is None:
                    if text or not self.tolerant:
                        values[name] = text or ""
                        last = position
                        continue
                elif text:
                    try:
                        values[name] = known[text]
                    except ValueError:
                        pass
                    else:
                        last = position
                        continue
            slot = layout.slots.get(tag) or self._alike(child, layout, at)  # type: ignore[arg-type]
            if slot is not None:
                if slot.position < last:
                    self._note(Order(_furthest(child, layout, last)), child, (at, slot.wire, None), made=Made.READ)
                last = max(last, slot.position)
                self._child(child, slot, at, values, many)
        if stray:
            self._stray_text(element, at, empty=not layout.slots)
        for name, row in many.items():
            values[name] = tuple(row.items)

    def _child(
        self,
        child: etree._Element,
        slot: _Slot,
        at: _At,
        values: dict[str, Any],
        many: dict[str, _Row],
    ) -> None:
        """Read a child that is not plain text in its place."""
        wire = slot.wire
        if slot.listed:
            self._list(child, slot, (at, wire, None), many)
        elif slot.many:
            row = many.setdefault(slot.name, _Row([], {}))
            number = row.counts[wire] = row.counts.get(wire, 0) + 1
            row.items.append(self._part(child, slot, (at, wire, number)))
        elif slot.name in values:
            self._note(Repeated(), child, (at, wire, None), raw=self._raw(child), made=Made.FIRST_KEPT)
        else:
            value = self._part(child, slot, (at, wire, None))
            if value is not None:
                values[slot.name] = value

    def _alike(self, child: etree._Element, layout: _Layout, at: _At) -> _Slot | None:
        """Find the place of an element by its local name, and note that it is not what it should be."""
        local = local_name(child.tag)
        alike = layout.alike.get(local) or layout.alike.get(local.casefold())
        reason = UnknownElement(alike.wire if alike is not None and self.tolerant else None)
        made = None if alike is not None else Made.LEFT_OUT
        self._note(reason, child, (at, local, None), raw=self._raw(child), made=made)
        return alike

    def _list(self, wrapper: etree._Element, slot: _Slot, at: _At, many: dict[str, _Row]) -> None:
        if wrapper.keys():
            self._attributes(wrapper, {}, at, {})
        inside = cast("_Layout", slot.inside)
        if slot.name in many:
            self._note(RepeatedList(), wrapper, at, made=Made.JOINED)
        row = many.setdefault(slot.name, _Row([], {}))
        found = self._items(wrapper, inside, at, {})
        texts = (wrapper.text, *(child.tail for child in wrapper))
        if any(text and text.strip(_SPACE) for text in texts):
            self._stray_text(wrapper, at)
        if not found:
            due = "|".join(item.alternative.wire for item in inside.slots.values())
            self._note(EmptyList(), wrapper, (at, due, None))
        row.items.extend(found)

    def _items(self, wrapper: etree._Element, inside: _Layout, at: _At, counts: dict[str, int]) -> list[Any]:
        """Read the elements inside one around a list."""
        known = self._rewritten(wrapper, inside) if self._rewrites and len(wrapper) >= FEWEST else None
        items: list[Any] = []
        for place, child in enumerate(wrapper):
            slot = inside.slots.get(child.tag) or self._alike(child, inside, at)  # type: ignore[arg-type]
            if slot is None:
                continue
            wire = slot.wire
            number = counts[wire] = counts.get(wire, 0) + 1
            if known and known[place] is not None:
                items.append(known[place])
            elif slot.inside is not None:
                items.append(self._message(child, slot.inside, (at, wire, number)))
            elif slot.alternative.reference and child.text is None and child.keys() == _KEY and not len(child):
                items.append(child.get("key") or self._part(child, slot, (at, wire, number)))
            else:
                items.append(self._part(child, slot, (at, wire, number)))
        return items

    def _rewritten(self, wrapper: etree._Element, inside: _Layout) -> list[Any] | None:
        """Read items by expressions once they are written anew, if that is worth while."""
        alternatives = [slot.alternative for slot in inside.slots.values()]
        known = read_items(wrapper, alternatives, self.versie, tolerant=self.tolerant, bare=self.bare)
        self._rewrites = known is not None
        return known

    def _part(self, child: etree._Element, slot: _Slot, at: _At) -> Any:
        alternative = slot.alternative
        if alternative.cls is not None:
            if slot.inside is None:
                return _raw(child, cast("type[RawElement]", alternative.cls))
            return self._message(child, slot.inside, at)
        simple = cast("Simple", alternative.simple)
        if alternative.reference:
            return self._reference(child, simple, at, required=slot.required)
        if child.keys():
            self._attributes(child, {}, at, {})
        return self._text(child, simple, at, required=slot.required)

    def _reference(self, child: etree._Element, simple: Simple, at: _At, *, required: bool) -> Any:
        if child.text is not None or len(child):
            self._stray_text(child, at, empty=True)
            for inner in child:
                self._unexpected_child(inner, at)
        key: Any = None
        for name, raw in attributes(child):
            if name == "key":
                key = self._value(child, simple, raw, (at, f"@{name}", None), required=required)
            else:
                self._foreign_attribute(child, name, raw, at)
        if child.get("key") is None:
            self._note(Missing(), child, (at, "@key", None), made=Made.NO_REFERENCE)
            return Onleesbaar() if required else None
        return key

    def _text(self, element: etree._Element, simple: Simple, at: _At, *, required: bool) -> Any:
        text = element.text or ""
        for inner in element:
            self._unexpected_child(inner, at)
            text += inner.tail or ""
        return self._value(element, simple, text, at, required=required)

    def _unexpected_child(self, inner: etree._Element, at: _At) -> None:
        at = (at, local_name(inner.tag), None)
        self._note(UnknownElement(), inner, at, raw=self._raw(inner), made=Made.LEFT_OUT)

    def _value(self, element: etree._Element, simple: Simple, text: str, at: _At, *, required: bool) -> Any:
        absent = Made.UNREADABLE if required else Made.ABSENT
        blank = not text or (text.isspace() and simple.base != "string")
        if blank and self.tolerant and not simple.may_be_empty:
            self._note(Empty(), element, at, raw=text, made=absent)
            return Onleesbaar(text) if required else None
        if not blank and (known := _known(simple)) is not None and text in known:
            return known[text]
        try:
            value = parse(simple, text)
        except UnparsableError as error:
            self._note(Unreadable(simple.base, error.why), element, at, raw=text, made=absent)
            return Onleesbaar(text) if required else None
        if has_space_around(simple, text) and len(self.remarks) < _MOST_DEVIATIONS[True]:
            line = None if element.sourceline is None else element.sourceline + self.lines
            self.remarks.append(Deviation(path=self._path(at), reason=SpaceAround(simple.base), line=line, raw=text))
        return value

    def _stray_text(self, element: etree._Element, at: _At, *, empty: bool = False) -> None:
        """Note text where only elements may stand; white space too if the schema has an `empty` type."""
        texts = [element.text, *(child.tail for child in element)]
        stray = "".join(t for t in texts if t and (empty or t.strip(_SPACE)))
        if stray:
            self._note(NotEmpty() if empty else Text(), element, at, raw=stray, made=Made.LEFT_OUT)


def _raw(element: etree._Element, cls: type[RawElement]) -> RawElement:
    return cls(private_type=private.private_type(element), xml=private.standalone(element))


@cache
def _layout(cls: type[Bericht], bare: bool, versie: Versie | None) -> _Layout:
    """Lay out the table of a class, and of the classes in it."""
    rows = table(cls)
    found = _Layout.of(rows, rows.attributes)
    for position, field in enumerate(rows.elements):
        slots = [
            _Slot(position, field.name, a.wire, a, _inside(a, bare, versie), field.required or field.many, field.many)
            for a in field.alternatives
        ]
        if field.wrapper is None:
            for slot in slots:
                found.take(slot.alternative.tag, slot, bare=bare)
            continue
        items = _Layout.of(rows)
        for slot in slots:
            items.take(slot.alternative.tag, slot, bare=bare)
        wrapper = _Slot(position, field.name, field.wrapper, field.first, items, field.required, listed=True)
        found.take(f"{{{cls.namespace}}}{field.wrapper}", wrapper, bare=bare)
    return found


def _inside(alternative: Alternative, bare: bool, versie: Versie | None) -> _Layout | None:
    cls = alternative.cls
    return None if cls is None or issubclass(cls, RawElement) else _layout(cls, bare, versie)


def _known(simple: Simple | None) -> KnownValues | None:
    return None if simple is None or simple.is_text else known_values(simple)


def _furthest(child: etree._Element, layout: _Layout, position: int) -> str:
    """The name of the element before `child` that stands furthest in the order of the schema."""
    for before in islice(child.itersiblings(preceding=True), _NEAR):
        slot = layout.slots.get(str(before.tag))
        if slot is not None and slot.position == position:
            return slot.wire
    return layout.rows.elements[position].wire
