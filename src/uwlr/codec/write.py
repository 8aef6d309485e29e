"""A message to bytes, column by column.

All items of a list are written together: for each field the values of all items are taken as one column, checked
and escaped as one, and put into a template of the element. That way the checks of the field tables cost next to
nothing, and there is no writer to generate. What a column holds that the table does not allow sends the message to
`uwlr.codec.check`, which names every place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, cast

from uwlr import norm
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import (
    Alternative,
    AtLeastOne,
    AtMostOne,
    Bericht,
    Field,
    Needs,
    Simple,
    table,
    wire_name,
)
from uwlr.berichten.waarden import Onleesbaar
from uwlr.codec import check
from uwlr.codec.dialect import UWLR, Dialect
from uwlr.codec.escape import escape_attribute, escape_text, illegal_character, is_ordinary
from uwlr.codec.values import facet_problem, format_value
from uwlr.errors import ConfigurationError, Deviation, InvalidMessage
from uwlr.norm import VERSIES, Versie

_ROWS = 1024
_PREFIXES = {norm.OSO: "oso:", norm.TOETSDEFINITIES: "td:"}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


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
    text = "".join(pieces(bericht, versie=versie, unchecked=unchecked, dialect=dialect))
    return (_DECLARATION + text).encode()


def pieces(
    bericht: Bericht,
    *,
    versie: Versie = "2.2",
    unchecked: bool = False,
    dialect: Dialect = UWLR,
) -> Sequence[str]:
    """Write a message as text in pieces, without XML declaration: to stand alone or inside an envelope.

    Raises:
        InvalidMessage, ConfigurationError: as `write`.
    """
    if versie not in VERSIES:
        raise ConfigurationError(f"versie {versie!r} is not one of {', '.join(VERSIES)}")
    name = wire_name(type(bericht))
    if name is None:
        raise ConfigurationError(f"{type(bericht).__name__} is a part of a message, not one that stands alone")
    name = dialect.roots.get(name, name)
    try:
        text = _Writer(bericht, versie, dialect, checked=not unchecked).root()
    except (_RefusedError, TypeError, ValueError, AttributeError) as error:
        found = check.deviations(bericht, versie, dialect)
        if not found:
            problem = f"cannot be written ({type(error).__name__})"
            found = [Deviation(kind="unreadable", path=name, problem=problem)]
        raise InvalidMessage(found, element=name) from None
    if not unchecked:
        identity = list(check.identity_deviations(bericht))
        if identity:
            raise InvalidMessage(identity, element=name)
    return text


class _Writer:
    def __init__(self, bericht: Bericht, versie: Versie, dialect: Dialect, *, checked: bool) -> None:
        self.bericht = bericht
        self.versie = versie
        self.dialect = dialect
        self.checked = checked
        self.default = bericht.namespace
        self.known: dict[tuple[str, bool], dict[Any, str]] = {}

    def root(self) -> Sequence[str]:
        cls = type(self.bericht)
        name = cast("str", wire_name(cls))
        name = self.dialect.roots.get(name, name)
        prefix = _PREFIXES[cls.tag_namespace] if cls.tag_namespace else ""
        declared = "" if self.dialect.bare else f' xmlns="{self.default}"'
        if cls.tag_namespace:
            declared += f' xmlns:{prefix[:-1]}="{cls.tag_namespace}"'
        if self.default == norm.LEERRESULTATEN:
            declared += f' xmlns:oso="{norm.OSO}"'
        if issubclass(cls, RawElement):
            return self._raw([cast("RawElement", self.bericht)])
        attributes, columns = self._columns(cls, [self.bericht])
        start = f"<{prefix}{name}{declared}" + "".join(column[0] for column in attributes)
        content = [piece for column in columns for piece in column if piece]
        if not content:
            return [start + "/>"]
        return [start + ">", *content, f"</{prefix}{name}>"]

    def _name(self, alternative: Alternative) -> str:
        if alternative.namespace == self.default:
            return alternative.wire
        return _PREFIXES[alternative.namespace] + alternative.wire

    def _elements(self, name: str, cls: type[Bericht], items: Sequence[Any]) -> list[str]:
        """Write each item as an element of that name."""
        if len(items) <= _ROWS:
            return self._element_rows(name, cls, items)
        written: list[str] = []
        for start in range(0, len(items), _ROWS):
            written += self._element_rows(name, cls, items[start : start + _ROWS])
        return written

    def _element_rows(self, name: str, cls: type[Bericht], items: Sequence[Any]) -> list[str]:
        if issubclass(cls, RawElement):
            return self._raw(items)
        attributes, columns = self._columns(cls, items)
        if not columns:
            template = f"<{name}{'%s' * len(attributes)}/>"
        else:
            template = f"<{name}{'%s' * len(attributes)}>{'%s' * len(columns)}</{name}>"
        every = attributes + columns
        if not every:
            return [template] * len(items)
        rows = list(map(template.__mod__, zip(*every, strict=True)))
        if columns and not any(field.required for field in table(cls).elements) and not table(cls).content:
            empty = f"></{name}>"
            return [row.replace(empty, "/>") if row.count("<") == 2 else row for row in rows]
        return rows

    def _columns(self, cls: type[Bericht], items: Sequence[Any]) -> tuple[list[list[str]], list[list[str]]]:
        attributes: list[list[str]] = []
        columns: list[list[str]] = []
        present: dict[str, list[Any]] = {}
        for field in table(cls).fields:
            values = list(map(attrgetter(field.name), items))
            if field.many:
                columns += self._many(field, values)
                continue
            absent = values.count(None)
            if absent and self.checked and field.is_required(self.versie):
                raise _RefusedError
            present[field.name] = values
            if absent == len(values):
                continue
            write_one = self._attribute if field.kind == "attribute" else self._one
            if absent:
                some = [v for v in values if v is not None]
                written = iter(write_one(field, some))
                column = ["" if v is None else next(written) for v in values]
            else:
                column = write_one(field, values)
            (attributes if field.kind == "attribute" else columns).append(column)
        if self.checked:
            _check_choices(cls, present)
        return attributes, columns

    def _attribute(self, field: Field, values: list[Any]) -> list[str]:
        wire = field.first.wire
        texts = self._texts(cast("Simple", field.first.simple), values, attribute=True)
        return [f' {wire}="{text}"' for text in texts]

    def _one(self, field: Field, values: list[Any]) -> list[str]:
        """Write the values of a field that is present in each item."""
        if field.kind == "content":
            return self._texts(cast("Simple", field.first.simple), values)
        if len(field.alternatives) == 1:
            return self._alternative(field.first, values)
        return self._mixed(field, values)

    def _mixed(self, field: Field, values: list[Any]) -> list[str]:
        """Write values of several alternatives, keeping their order."""
        kinds = list(map(type, values))
        alternatives = {kind: check.alternative_for(field, values[kinds.index(kind)]) for kind in set(kinds)}
        if len(set(map(id, alternatives.values()))) == 1:
            return self._alternative(_due(next(iter(alternatives.values()))), values)
        written: list[str] = [""] * len(values)
        for alternative in {id(a): a for a in alternatives.values()}.values():
            places = [i for i, kind in enumerate(kinds) if alternatives[kind] is alternative]
            texts = self._alternative(_due(alternative), [values[i] for i in places])
            for place, text in zip(places, texts, strict=True):
                written[place] = text
        return written

    def _alternative(self, alternative: Alternative, values: list[Any]) -> list[str]:
        name = self._name(alternative)
        if alternative.cls is not None:
            if set(map(type, values)) != {alternative.cls}:
                raise _RefusedError
            return self._elements(name, alternative.cls, values)
        simple = cast("Simple", alternative.simple)
        if alternative.reference:
            return [f'<{name} key="{text}"/>' for text in self._texts(simple, values, attribute=True)]
        start, end = f"<{name}>", f"</{name}>"
        return [f"{start}{text}{end}" for text in self._texts(simple, values)]

    def _many(self, field: Field, values: list[Any]) -> list[list[str]]:
        """Write a repeated field of all items at once, and hand each item its own share."""
        if self.checked and set(map(type, values)) != {tuple}:
            raise _RefusedError
        lengths = list(map(len, values))
        if self.checked and field.is_required(self.versie) and 0 in lengths:
            raise _RefusedError
        if not any(lengths):
            return []
        written = self._one(field, [item for value in values for item in value])
        if field.wrapper is None:
            start = end = ""
        else:
            wrapper = field.wrapper
            start, end = f"<{wrapper}>", f"</{wrapper}>"
        if len(values) == 1:
            return [[start], *([text] for text in written), [end]] if len(written) > 1 else [[start + written[0] + end]]
        if all(n == 1 for n in lengths):
            return [[f"{start}{text}{end}" for text in written]]
        rest = iter(written)
        return [[f"{start}{''.join(islice(rest, n))}{end}" if n else "" for n in lengths]]

    def _raw(self, items: Sequence[RawElement]) -> list[str]:
        if self.checked and not all(map(self.dialect.can_hold, items)):
            raise _RefusedError
        return [item.xml.decode() for item in items]

    def _texts(self, simple: Simple, values: list[Any], *, attribute: bool = False) -> list[str]:
        """Check and escape a column of values of one simple type."""
        simple = self.dialect.types.get(simple.name, simple)
        if not self.checked:
            return [_unchecked_text(simple, value, attribute=attribute) for value in values]
        if simple.repeats and simple.base != "dateTime":
            known = self._known(simple, attribute=attribute)
            try:
                return [known[value] for value in values]
            except KeyError as error:
                raise _RefusedError from error
        if simple.base == "string":
            return self._strings(simple, values, attribute=attribute)
        if simple.base == "dateTime":
            moments = self._known(simple, attribute=attribute)
            return [moments[value, value.tzinfo] for value in values]
        texts = [format_value(simple, value) for value in values]
        if any(facet_problem(simple, value, text) for value, text in zip(values, texts, strict=True)):
            raise _RefusedError
        return texts

    def _strings(self, simple: Simple, values: list[Any], *, attribute: bool) -> list[str]:
        lengths = list(map(len, values))
        if min(lengths) < simple.min_length or (simple.max_length is not None and max(lengths) > simple.max_length):
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

    def _known(self, simple: Simple, *, attribute: bool) -> dict[Any, str]:
        key = (simple.name + simple.base, attribute)
        if key not in self.known:
            self.known[key] = _Known(simple, attribute=attribute)
        return self.known[key]


class _Known(dict[Any, str]):
    """Texts of values that recur, checked and escaped once; forgets all when it has seen too many."""

    LIMIT = 4096

    def __init__(self, simple: Simple, *, attribute: bool) -> None:
        super().__init__()
        self.simple = simple
        self.escape: Callable[[str], str] = escape_attribute if attribute else escape_text

    def __missing__(self, key: Any) -> str:
        value = key[0] if isinstance(key, tuple) else key
        text = format_value(self.simple, value)
        if illegal_character(text) or facet_problem(self.simple, value, text):
            raise _RefusedError
        if len(self) >= self.LIMIT:
            self.clear()
        self[key] = written = self.escape(text)
        return written


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


def _check_choices(cls: type[Bericht], columns: dict[str, list[Any]]) -> None:
    """Refuse a column set in which some item breaks a choice of the class."""
    for choice in cls.choices:
        rows = zip(*(columns[name] for name in choice.fields), strict=True)
        match choice:
            case AtMostOne():
                used = [n for n in choice.fields if any(v is not None for v in columns[n])]
                if len(used) > 1 and any(_count(row) > 1 for row in rows):
                    raise _RefusedError
            case AtLeastOne():
                if all(None in columns[n] for n in choice.fields) and any(not _count(row) for row in rows):
                    raise _RefusedError
            case Needs(other=other):
                if None in columns[other] and any(
                    o is None and _count(row) for row, o in zip(rows, columns[other], strict=True)
                ):
                    raise _RefusedError


def _count(row: tuple[Any, ...]) -> int:
    return len(row) - row.count(None)


def chunks(bericht: Bericht, *, versie: Versie = "2.2", size: int = 1 << 16) -> Iterator[bytes]:
    """Write a message as UTF-8 in chunks of about `size` bytes; the checks are done before the first one.

    Raises:
        InvalidMessage, ConfigurationError: as `write`.
    """
    waiting: list[str] = [_DECLARATION]
    length = 0
    for piece in pieces(bericht, versie=versie):
        waiting.append(piece)
        length += len(piece)
        if length >= size:
            yield "".join(waiting).encode()
            waiting, length = [], 0
    yield "".join(waiting).encode()
