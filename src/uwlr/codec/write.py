"""A message to bytes, column by column.

All items of a list are written together: for each field the values of all items are taken as one column, checked
and escaped as one, and put into a template of the element. That way the checks of the field tables cost next to
nothing, and there is no writer to generate. What a column holds that the table does not allow sends the message to
`uwlr.codec.check`, which names every place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from io import BytesIO
from itertools import chain, islice
from typing import Any, cast

from msgspec.structs import astuple

from uwlr import norm
from uwlr.berichten import LeerresultatenVerzoek, Resultaat
from uwlr.berichten.codelijsten import Geslacht
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import (
    Alternative,
    Bericht,
    Field,
    Simple,
    table,
    wire_name,
)
from uwlr.berichten.waarden import Onleesbaar
from uwlr.codec import check, private
from uwlr.codec.choices import breaks_a_choice
from uwlr.codec.columns import Part, Values, join
from uwlr.codec.dialect import UWLR, Dialect
from uwlr.codec.escape import escape_attribute, escape_text, illegal_character, is_ordinary
from uwlr.codec.values import facet_problem, format_value
from uwlr.deviations import Deviation, WrongType
from uwlr.errors import ConfigurationError, InvalidMessage
from uwlr.norm import VERSIES, Versie
from uwlr.paths import Path

_ROWS = 256
_PREFIXES = {norm.OSO: "oso:", norm.TOETSDEFINITIES: "td:", norm.LEERRESULTATEN: "lr:"}
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


_WHOLE = {int, Geslacht}


class _RefusedError(Exception):
    """A column holds a value that its table does not allow."""


def write(
    bericht: Bericht,
    *,
    versie: Versie = "2.2",
    unchecked: bool = False,
    dialect: Dialect = UWLR,
) -> bytes:
    """Write a message as a UTF-8 document.

    Args:
        bericht: one of the messages that can stand alone.
        versie: the version whose field tables hold.
        unchecked: write what the tables forbid too; for fakes and tests. Text that XML cannot hold is refused
            even then.
        dialect: where the document departs from those tables.

    Raises:
        InvalidMessage: the message deviates from the tables; every deviation is listed.
        ConfigurationError: an unknown version.
    """
    document = BytesIO()
    document.write(_DECLARATION)
    write_into(document, bericht, versie=versie, unchecked=unchecked, dialect=dialect)
    return document.getvalue()


def write_into(
    document: BytesIO,
    bericht: Bericht,
    *,
    versie: Versie = "2.2",
    unchecked: bool = False,
    dialect: Dialect = UWLR,
) -> None:
    """Write a message as UTF-8 behind what the document holds: each piece is let go of before the next is made.

    Raises:
        InvalidMessage, ConfigurationError: as `write`; the document then holds the start of the message.
    """
    document.writelines(_pieces(bericht, versie, dialect, checked=not unchecked))


def pieces(
    bericht: Bericht,
    *,
    versie: Versie = "2.2",
    unchecked: bool = False,
    dialect: Dialect = UWLR,
) -> list[bytes]:
    """Write a message as UTF-8 in pieces, without XML declaration: to stand alone or inside an envelope.

    Raises:
        InvalidMessage, ConfigurationError: as `write`.
    """
    return list(_pieces(bericht, versie, dialect, checked=not unchecked))


def _pieces(bericht: Bericht, versie: Versie, dialect: Dialect, *, checked: bool) -> Iterator[bytes]:
    if versie not in VERSIES:
        raise ConfigurationError(f"versie {versie!r} is not one of {', '.join(VERSIES)}")
    name = wire_name(type(bericht))
    if name is None:
        raise ConfigurationError(f"{type(bericht).__name__} is a part of a message, not one that stands alone")
    name = dialect.roots.get(name, name)
    writer = _Writer(bericht, versie, dialect, checked=checked)
    try:
        yield from map(str.encode, writer.root())
    except (_RefusedError, TypeError, ValueError, AttributeError) as error:
        found = check.deviations(bericht, versie, dialect)
        if not found:
            found = [Deviation(path=Path.of(name), reason=WrongType("object", type(error).__name__))]
        raise InvalidMessage(found, element=name) from None
    if checked:
        identity = check.identity_deviations(bericht, results=not writer.results_in_order())
        if identity:
            raise InvalidMessage(identity, element=name)


class _Writer:
    def __init__(self, bericht: Bericht, versie: Versie, dialect: Dialect, *, checked: bool) -> None:
        self.bericht = bericht
        self.versie = versie
        self.dialect = dialect
        self.checked = checked
        self.default = bericht.namespace
        self.known: dict[tuple[str, str], dict[Any, str]] = {}
        self.results = 0
        self.result_keys: set[str] = set()
        self.result_toetscodes: set[str] = set()

    def root(self) -> Iterator[str]:
        cls = type(self.bericht)
        name = cast("str", wire_name(cls))
        name = self.dialect.roots.get(name, name)
        prefix = _PREFIXES[cls.tag_namespace] if cls.tag_namespace else ""
        declared = "" if self.dialect.bare else f' xmlns="{self.default}"'
        if cls.tag_namespace:
            declared += f' xmlns:{prefix[:-1]}="{cls.tag_namespace}"'
        for namespace in sorted(_namespaces(cls) - {self.default}):
            declared += f' xmlns:{_PREFIXES[namespace][:-1]}="{namespace}"'
        attributes, content = self._content(cls, [self.bericht])
        start = f"<{prefix}{name}{declared}{''.join(join(attributes, 1))}"
        if not content:
            yield start + "/>"
            return
        yield start + ">"
        for part in content:
            if isinstance(part, str):
                yield part
            else:
                yield from part
        yield f"</{prefix}{name}>"

    def _name(self, alternative: Alternative) -> str:
        return self._prefix(alternative.namespace) + alternative.wire

    def _prefix(self, namespace: str) -> str:
        return "" if namespace == self.default else _PREFIXES[namespace]

    def _element(self, name: str, cls: type[Bericht], items: Sequence[Any]) -> list[Part]:
        if issubclass(cls, RawElement):
            return [self._raw(items)]
        attributes, content = self._content(cls, items)
        start = [f"<{name}", *attributes]
        if not content:
            return [*start, "/>"]
        parts = [*start, ">", *content, f"</{name}>"]
        if table(cls).content is not None or any(field.required for field in table(cls).elements):
            return parts
        empty = f"></{name}>"
        rows = join(parts, len(items))
        return [[row.replace(empty, "/>") if row.count("<") == 2 else row for row in rows]]

    def _content(self, cls: type[Bericht], items: Sequence[Any]) -> tuple[list[Part], list[Part]]:
        """Write the fields of all items: what goes into the start tags, and what stands between the tags."""
        attributes: list[Part] = []
        content: list[Part] = []
        present: dict[str, Values] = {}
        columns: Iterable[tuple[Any, ...]] = zip(*map(astuple, items), strict=True)
        if not self.checked:
            columns = map(_without_missing, columns)
        for field, values in zip(table(cls).fields, columns, strict=True):
            if field.many:
                content += self._many(field, values, self._prefix(cls.namespace))
                continue
            # Comparing with None is dear. In a mandatory column it is not needed: no text can be made of None.
            absent = 0 if self.checked and field.is_required(self.versie) else values.count(None)
            if absent == len(values):
                continue
            present[field.name] = values
            write_one = self._attribute if field.kind == "attribute" else self._one
            if absent:
                some = [v for v in values if v is not None]
                written = iter(join(write_one(field, some), len(some)))
                parts: list[Part] = [["" if v is None else next(written) for v in values]]
            else:
                parts = write_one(field, values)
            if field.kind == "attribute":
                attributes += parts
            else:
                content += parts
        if self.checked:
            if breaks_a_choice(cls.choices, present):
                raise _RefusedError
            if cls is Resultaat:
                # Here, while the columns are at hand: to go over all results again would cost a tenth of the time.
                self.results += len(items)
                self.result_keys.update(present["key"])
                self.result_toetscodes.update(present["toetscode"])
        return attributes, content

    def results_in_order(self) -> bool:
        """Tell of the results that were written whether keys are unique and every toetscode resolves."""
        if not isinstance(self.bericht, LeerresultatenVerzoek):
            return True
        codes = [toets.toetscode.waarde for toets in self.bericht.toetsen]
        return (
            len(set(codes)) == len(codes)
            and len(self.result_keys) == self.results
            and self.result_toetscodes.issubset(codes)
        )

    def _attribute(self, field: Field, values: Values) -> list[Part]:
        return self._texts(f' {field.first.wire}="', cast("Simple", field.first.simple), values, '"', attribute=True)

    def _one(self, field: Field, values: Values) -> list[Part]:
        """Write the values of a field that is present in each item."""
        if field.kind == "content":
            return self._texts("", cast("Simple", field.first.simple), values, "")
        if len(field.alternatives) == 1:
            return self._alternative(field.first, values)
        return self._mixed(field, values)

    def _mixed(self, field: Field, values: Values) -> list[Part]:
        """Write values of several alternatives, keeping their order."""
        kinds = list(map(type, values))
        alternatives = {kind: check.alternative_for(field, values[kinds.index(kind)]) for kind in set(kinds)}
        if len(set(map(id, alternatives.values()))) == 1:
            return self._alternative(_due(next(iter(alternatives.values()))), values)
        written: list[str] = [""] * len(values)
        for alternative in {id(a): a for a in alternatives.values()}.values():
            places = [i for i, kind in enumerate(kinds) if alternatives[kind] is alternative]
            parts = self._alternative(_due(alternative), [values[i] for i in places])
            for place, text in zip(places, join(parts, len(places)), strict=True):
                written[place] = text
        return [written]

    def _alternative(self, alternative: Alternative, values: Values) -> list[Part]:
        name = self._name(alternative)
        if alternative.cls is not None:
            if set(map(type, values)) != {alternative.cls}:
                raise _RefusedError
            return self._element(name, alternative.cls, values)
        simple = cast("Simple", alternative.simple)
        if alternative.reference:
            return self._texts(f'<{name} key="', simple, values, '"/>', attribute=True)
        return self._texts(f"<{name}>", simple, values, f"</{name}>")

    def _many(self, field: Field, values: Values, prefix: str) -> list[Part]:
        """Write a repeated field of all items at once, and hand each item its own share."""
        if self.checked and set(map(type, values)) != {tuple}:
            raise _RefusedError
        lengths = list(map(len, values))
        if self.checked and field.is_required(self.versie) and 0 in lengths:
            raise _RefusedError
        if not any(lengths):
            return []
        wrapper = f"{prefix}{field.wrapper}"
        start, end = (f"<{wrapper}>", f"</{wrapper}>") if field.wrapper is not None else ("", "")
        flat = list(chain.from_iterable(values))
        if lengths.count(1) == len(lengths):
            return [start, *self._one(field, flat), end]
        batches = (flat[i : i + _ROWS] for i in range(0, len(flat), _ROWS))
        if len(values) == 1:
            # The list of a whole message: each batch is put together when its turn comes, in the memory of the last.
            return [start, ("".join(join(self._one(field, rows), len(rows))) for rows in batches), end]
        written = chain.from_iterable(join(self._one(field, rows), len(rows)) for rows in batches)
        return [[f"{start}{''.join(islice(written, n))}{end}" if n else "" for n in lengths]]

    def _raw(self, items: Sequence[RawElement]) -> list[str]:
        if not self.checked:
            return [item.xml.decode() for item in items]
        if any(private.problem(item, self.dialect) for item in items):
            raise _RefusedError
        return [private.written(item) for item in items]

    def _texts(self, start: str, simple: Simple, values: Values, end: str, *, attribute: bool = False) -> list[Part]:
        """Check and escape a column of values of one simple type, and put it between its tags or quotes."""
        simple = self.dialect.types.get(simple.name, simple)
        if not self.checked:
            return [start, [_unchecked_text(simple, value, attribute=attribute) for value in values], end]
        if simple.base == "string" and not simple.repeats:
            return [start, self._strings(simple, values, attribute=attribute), end]
        known = self._known(start, simple, end, attribute=attribute)
        if simple.base == "dateTime":
            return [[known[value, value.tzinfo, value.fold] for value in values]]
        if (simple.base == "integer" and set(map(type, values)) <= _WHOLE) or simple.repeats:
            return [list(map(known.__getitem__, values))]
        texts = [format_value(simple, value) for value in values]
        if any(facet_problem(simple, value, text) for value, text in zip(values, texts, strict=True)):
            raise _RefusedError
        return [start, texts, end]

    def _strings(self, simple: Simple, values: Values, *, attribute: bool) -> Sequence[str]:
        # An empty text is the only one that is too short: no type of the standard asks for more than one character.
        if simple.min_length and "" in values:
            raise _RefusedError
        if simple.max_length is not None and max(map(len, values)) > simple.max_length:
            raise _RefusedError
        if (simple.pattern is not None or simple.codes) and any(
            facet_problem(simple, text, text) for text in set(values)
        ):
            raise _RefusedError
        if is_ordinary("".join(values)):
            return values
        if any(illegal_character(text) for text in values):
            raise _RefusedError
        return list(map(escape_attribute if attribute else escape_text, values))

    def _known(self, start: str, simple: Simple, end: str, *, attribute: bool) -> dict[Any, str]:
        key = (start, simple.name + simple.base)
        if key not in self.known:
            self.known[key] = _Known(start, simple, end, attribute=attribute)
        return self.known[key]


class _Known(dict[Any, str]):
    """Values that recur, checked, escaped and put between their tags once; forgets all when it has seen too many."""

    LIMIT = 4096

    def __init__(self, start: str, simple: Simple, end: str, *, attribute: bool) -> None:
        super().__init__()
        self.start = start
        self.simple = simple
        self.end = end
        self.escape: Callable[[str], str] = escape_attribute if attribute else escape_text

    def __missing__(self, key: Any) -> str:
        value = key[0] if isinstance(key, tuple) else key
        text = format_value(self.simple, value)
        if illegal_character(text) or facet_problem(self.simple, value, text):
            raise _RefusedError
        if len(self) >= self.LIMIT:
            self.clear()
        self[key] = written = f"{self.start}{self.escape(text)}{self.end}"
        return written


@cache
def _namespaces(cls: type[Bericht]) -> frozenset[str]:
    """The namespaces of all elements that can stand inside one of that class."""
    found: set[str] = set()
    waiting, seen = [cls], {cls}
    while waiting:
        for field in table(waiting.pop()).elements:
            for alternative in field.alternatives:
                found.add(alternative.namespace)
                inner = alternative.cls
                if inner is not None and inner not in seen and not issubclass(inner, RawElement):
                    seen.add(inner)
                    waiting.append(inner)
    return frozenset(found)


def _due(alternative: Alternative | None) -> Alternative:
    if alternative is None:
        raise _RefusedError
    return alternative


def _unchecked_text(simple: Simple, value: Any, *, attribute: bool) -> str:
    if isinstance(value, Onleesbaar):
        text = value.raw or ""
    else:
        try:
            text = format_value(simple, value)
        except (TypeError, ValueError):
            text = str(value)
    if illegal_character(text):
        raise _RefusedError
    return escape_attribute(text) if attribute else escape_text(text)


def _without_missing(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Leave out what was missing when the message was read, so that it stays missing."""
    return tuple(None if isinstance(value, Onleesbaar) and value.raw is None else value for value in values)
