"""An XML tree to a message, by the field tables: exact, and able to say where the message deviates.

This is what reading means. The fast way in `uwlr.codec.fast` gives the same messages or hands over to here.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from lxml import etree

from uwlr import norm
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import (
    Alternative,
    AtLeastOne,
    AtMostOne,
    Bericht,
    Choice,
    Field,
    Needs,
    Simple,
    table,
)
from uwlr.berichten.waarden import Onleesbaar
from uwlr.codec import private
from uwlr.codec.parser import attributes, local_name
from uwlr.codec.values import TooFineError, parse
from uwlr.errors import Deviation, DeviationKind
from uwlr.norm import Versie

_HARMLESS = {f"{{{norm.XSI}}}schemaLocation", f"{{{norm.XSI}}}noNamespaceSchemaLocation"}
_MAX_DEVIATIONS = 100_000

Place = tuple[Field, int, Alternative]


class _Places(NamedTuple):
    """Where a child element belongs: by its full name, and by its local name for tolerant reading."""

    exact: dict[str, Place]
    alike: dict[str, Place]


class TreeReader:
    """Reads one message and collects its deviations.

    Tolerant reading turns an empty optional element into an absent value and notes it; strict reading keeps the
    empty text where the type is text, since that is faithful and its length is the validator's business. In a `bare`
    document the elements are in no namespace.
    """

    def __init__(self, *, tolerant: bool, versie: Versie | None = None, bare: bool = False) -> None:
        self.tolerant = tolerant
        self.versie = versie
        self.bare = bare
        self.deviations: list[Deviation] = []

    def message(self, element: etree._Element, cls: type[Bericht], path: str) -> Bericht:
        """Read an element as a message or a part of one."""
        if issubclass(cls, RawElement):
            return cls(private_type=private.private_type(element), xml=private.standalone(element))
        rows = table(cls)
        values: dict[str, Any] = {}
        self._attributes(element, cls, path, values)
        if rows.content is not None:
            content = rows.content
            simple = cast("Simple", content.first.simple)
            values[content.name] = self._text(element, simple, path, required=True)
        else:
            self._children(element, cls, path, values)
        self._choices(element, cls.choices, values, path)
        for field in rows.fields:
            if field.name not in values:
                if field.is_required(self.versie):
                    self._missing(element, field, path)
                if field.required:
                    values[field.name] = () if field.many else Onleesbaar()
        return cls(**values)

    def _note(
        self,
        kind: DeviationKind,
        element: etree._Element,
        path: str,
        problem: str,
        *,
        raw: str | None = None,
        made: str | None = None,
    ) -> None:
        if len(self.deviations) > _MAX_DEVIATIONS:
            return
        if len(self.deviations) == _MAX_DEVIATIONS:
            problem, raw, made = (
                f"deviates, and with this more than {_MAX_DEVIATIONS} places: no more are listed",
                None,
                None,
            )
        self.deviations.append(
            Deviation(
                kind=kind,
                path=path,
                problem=problem,
                line=element.sourceline,
                raw=raw,
                made=made if self.tolerant else None,
            )
        )

    def _missing(self, element: etree._Element, field: Field, path: str) -> None:
        name = f"@{field.wire}" if field.kind == "attribute" else field.wire
        self._note("missing", element, f"{path}/{name}", "is missing")

    def _attributes(
        self,
        element: etree._Element,
        cls: type[Bericht] | None,
        path: str,
        values: dict[str, Any],
    ) -> None:
        known = {f.first.wire: f for f in table(cls).attributes} if cls is not None else {}
        for name, raw in attributes(element):
            field = known.get(str(name))
            if field is not None:
                simple = cast("Simple", field.first.simple)
                value = self._value(element, simple, str(raw), f"{path}/@{name}", required=field.required)
                if value is not None:
                    values[field.name] = value
            elif name not in _HARMLESS:
                local = local_name(name)
                self._note(
                    "unknown-attribute",
                    element,
                    f"{path}/@{local}",
                    "is an attribute the standard does not have here",
                    raw=str(raw),
                    made="left out",
                )

    def _children(self, element: etree._Element, cls: type[Bericht], path: str, values: dict[str, Any]) -> None:
        self._stray_text(element, path, empty=not table(cls).elements)
        places = _places(cls, bare=self.bare)
        counts: dict[str, int] = {}
        lists: dict[str, list[Any]] = {}
        last = -1
        for child in element:
            place = places.exact.get(cast("str", child.tag)) or self._alike(child, places, path)
            if place is None:
                continue
            field, position, alternative = place
            wire = alternative.wire if field.wrapper is None else field.wrapper
            if position < last:
                self._note(
                    "order",
                    child,
                    f"{path}/{field.wrapper or wire}",
                    "stands after an element that it should precede",
                    made="read all the same",
                )
            last = max(last, position)
            if field.wrapper is not None:
                self._wrapped(child, field, f"{path}/{field.wrapper}", lists, cls)
            elif field.many:
                counts[wire] = counts.get(wire, 0) + 1
                item = self._element(child, alternative, f"{path}/{wire}[{counts[wire]}]", required=True)
                lists.setdefault(field.name, []).append(item)
            elif field.name in values:
                self._note(
                    "repeated",
                    child,
                    f"{path}/{wire}",
                    "stands more than once, or beside another that excludes it",
                    raw=_raw_text(child),
                    made="the first was kept",
                )
            else:
                value = self._element(child, alternative, f"{path}/{wire}", required=field.required)
                if value is not None:
                    values[field.name] = value
        values.update((name, tuple(items)) for name, items in lists.items())

    def _alike(self, child: etree._Element, places: _Places, path: str) -> Place | None:
        """Find the place of an element by its local name, and note that it is not what it should be."""
        local = _local(child)
        alike = places.alike.get(local) or places.alike.get(local.casefold())
        self._note(
            "unknown-element",
            child,
            f"{path}/{local}",
            "is an element the standard does not have here",
            raw=_raw_text(child),
            made=f"read as {alike[2].wire if alike[0].wrapper is None else alike[0].wrapper}" if alike else "left out",
        )
        return alike

    def _wrapped(
        self,
        wrapper: etree._Element,
        field: Field,
        path: str,
        lists: dict[str, list[Any]],
        cls: type[Bericht],
    ) -> None:
        self._attributes(wrapper, None, path, {})
        self._stray_text(wrapper, path)
        if field.name in lists:
            self._note("repeated", wrapper, path, "stands more than once", made="the contents were joined")
        places = _items(cls, field.name, bare=self.bare)
        counts: dict[str, int] = {}
        items: list[Any] = []
        for child in wrapper:
            place = places.exact.get(cast("str", child.tag)) or self._alike(child, places, path)
            if place is None:
                continue
            wire = place[2].wire
            counts[wire] = counts.get(wire, 0) + 1
            items.append(self._element(child, place[2], f"{path}/{wire}[{counts[wire]}]", required=True))
        if not items:
            item = "|".join(a.wire for a in field.alternatives)
            self._note("missing", wrapper, f"{path}/{item}", "is missing: the list is empty")
        lists.setdefault(field.name, []).extend(items)

    def _element(self, child: etree._Element, alternative: Alternative, path: str, *, required: bool) -> Any:
        if alternative.cls is not None:
            return self.message(child, alternative.cls, path)
        simple = cast("Simple", alternative.simple)
        if alternative.reference:
            return self._reference(child, simple, path, required=required)
        self._attributes(child, None, path, {})
        return self._text(child, simple, path, required=required)

    def _reference(self, child: etree._Element, simple: Simple, path: str, *, required: bool) -> Any:
        self._stray_text(child, path, empty=True)
        for inner in child:
            self._unexpected_child(inner, path)
        key: Any = None
        for name, raw in attributes(child):
            if name == "key":
                key = self._value(child, simple, str(raw), f"{path}/@key", required=required)
            elif name not in _HARMLESS:
                self._note(
                    "unknown-attribute",
                    child,
                    f"{path}/@{local_name(name)}",
                    "is an attribute the standard does not have here",
                    raw=str(raw),
                    made="left out",
                )
        if child.get("key") is None:
            self._note("missing", child, f"{path}/@key", "is missing", made="no reference")
            return Onleesbaar() if required else None
        return key

    def _text(self, element: etree._Element, simple: Simple, path: str, *, required: bool) -> Any:
        text = element.text or ""
        for inner in element:
            self._unexpected_child(inner, path)
            text += inner.tail or ""
        return self._value(element, simple, text, path, required=required)

    def _unexpected_child(self, inner: etree._Element, path: str) -> None:
        self._note(
            "unknown-element",
            inner,
            f"{path}/{_local(inner)}",
            "is an element the standard does not have here",
            raw=_raw_text(inner),
            made="left out",
        )

    def _value(self, element: etree._Element, simple: Simple, text: str, path: str, *, required: bool) -> Any:
        if (
            (not text or text.isspace())
            and not simple.may_be_empty
            and self.tolerant
            and (not text or simple.base != "string")
        ):
            self._note(
                "empty",
                element,
                path,
                "is empty where a value is due",
                raw=text,
                made="kept as unreadable" if required else "read as absent",
            )
            return Onleesbaar(text) if required else None
        try:
            return parse(simple, text)
        except TooFineError as error:
            made = "read to the microsecond"
            self._note("unreadable", element, path, f"cannot be read as {simple.base}: {error}", raw=text, made=made)
            return error.cut
        except ValueError as error:
            reason = str(error) if str(error).startswith(("not a", "no such")) else ""
            self._note(
                "unreadable",
                element,
                path,
                f"cannot be read as {simple.base}" + (f": {reason}" if reason else ""),
                raw=text,
                made="kept as unreadable" if required else "read as absent",
            )
            return Onleesbaar(text) if required else None

    def _stray_text(self, element: etree._Element, path: str, *, empty: bool = False) -> None:
        """Note text where only elements may stand; white space too where the schema has an `empty` type."""
        texts = [element.text, *(child.tail for child in element)]
        stray = "".join(t for t in texts if t and (empty or t.strip(" \t\r\n")))
        if stray:
            problem = "has text between its elements"
            if empty:
                # XML Schema part 1, 3.4.4 (Element Locally Valid, Complex Type), clause 2.1
                problem = "has text or white space in it, and must be empty"
            self._note("text", element, path, problem, raw=stray, made="left out")

    def _choices(
        self,
        element: etree._Element,
        choices: tuple[Choice, ...],
        values: dict[str, Any],
        path: str,
    ) -> None:
        for problem in choice_problems(choices, values):
            self._note("choice", element, path, problem, made="kept as it came")


def choice_problems(choices: tuple[Choice, ...], values: dict[str, Any]) -> list[str]:
    """Say which choices of a class the present values break."""
    problems = []
    for choice in choices:
        present = [name for name in choice.fields if values.get(name) is not None]
        match choice:
            case AtMostOne() if len(present) > 1:
                problems.append(f"has {' and '.join(present)}: at most one may be present")
            case AtLeastOne() if not present:
                problems.append(f"has none of {', '.join(choice.fields)}: one must be present")
            case Needs(other=other) if present and values.get(other) is None:
                problems.append(f"has {', '.join(present)} without {other}")
            case _:
                pass
    return problems


_PLACES: dict[tuple[type[Bericht], bool], _Places] = {}
_ITEMS: dict[tuple[type[Bericht], str, bool], _Places] = {}


def _places(cls: type[Bericht], *, bare: bool) -> _Places:
    """The elements inside an element of that class."""
    found = _PLACES.get((cls, bare))
    if found is None:
        entries = [
            (field.wrapper if field.wrapper is not None else a.wire, a, (field, position, a))
            for position, field in enumerate(table(cls).elements)
            for a in field.alternatives
        ]
        found = _index(entries, bare=bare, wrapper_namespace=cls.namespace)
        _PLACES[cls, bare] = found
    return found


def _items(cls: type[Bericht], name: str, *, bare: bool) -> _Places:
    """The elements inside a wrapper."""
    found = _ITEMS.get((cls, name, bare))
    if found is None:
        field = table(cls).by_name[name]
        found = _index([(a.wire, a, (field, 0, a)) for a in field.alternatives], bare=bare)
        _ITEMS[cls, name, bare] = found
    return found


def _index(
    entries: list[tuple[str, Alternative, Place]],
    *,
    bare: bool,
    wrapper_namespace: str | None = None,
) -> _Places:
    found = _Places({}, {})
    for wire, alternative, place in entries:
        wrapped = wrapper_namespace is not None and place[0].wrapper is not None
        namespace = wrapper_namespace if wrapped else alternative.namespace
        found.exact.setdefault(wire if bare else f"{{{namespace}}}{wire}", place)
        found.alike.setdefault(wire.casefold(), place)
        found.alike.setdefault(wire, place)
    return found


def _local(element: etree._Element) -> str:
    return local_name(element.tag)


def _raw_text(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)
