"""The usual written form of each class as one regular expression, made from its field table.

Nearly every message on the wire is plain: elements in order, double quotes, no comments, no CDATA, namespaces
declared once at the top. The content of one pupil or one result is then a regular language, and a single match
checks its order and takes all its values out at once. Quantifiers are possessive, so matching takes time in proportion
to the text. What does not match is not wrong, only unusual: `uwlr.codec.tree` reads it, and says what is wrong.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, islice
from typing import Any, Final, cast

from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Alternative, Bericht, Field, Simple, table
from uwlr.codec.choices import breaks_a_choice
from uwlr.codec.escape import illegal_character
from uwlr.codec.values import has_space_around, parse_all
from uwlr.norm import Versie

Names = tuple[tuple[str, str], ...]
"""Namespaces and the prefix, colon included, that stands for each; sorted."""

_ILLEGAL = r"\x00-\x08\x0b-\x1f\ufffe\uffff"
_SPACE = r"[ \t\n]*+"
_TEXT = rf"[^<>{_ILLEGAL}]*+"
_ATTRIBUTE = r'[^<>"\x00-\x1f\ufffe\uffff]*+'
_AROUND = re.compile(_SPACE)
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}))?+(;?)")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

BATCH: Final = 256
"""Items at hand at once, wherever a message is read in batches. More is no faster, and takes memory."""


class UnusualError(Exception):
    """The text is outside the usual form; the exact reader has to look at it."""


class Shape:
    """The usual form of one class under one element name; `turned` if its attributes come in the other order."""

    def __init__(
        self, alternative: Alternative, names: Names, versie: Versie | None, *, tolerant: bool, turned: bool = False
    ) -> None:
        self.cls = cast("type[Bericht]", alternative.cls)
        self.versie = versie
        self.tolerant = tolerant
        self.names = names
        rows = table(self.cls)
        attributes = rows.attributes[::-1] if turned else rows.attributes
        others = (f for f in rows.fields if f.kind != "attribute" and _usable(f, names))
        self.fields = [*attributes, *others]
        self.regex = re.compile(_SPACE + _element(alternative, names, capture=True, turned=turned))
        self.columns: list[Callable[[Sequence[str | None], bool], list[Any]]] = [
            self._converter(field) for field in self.fields
        ]

    def build(self, rows: Sequence[tuple[str | None, ...]], *, escaped: bool) -> list[Any]:
        """Make the messages of as many matches; `escaped` says whether an ampersand stands somewhere in them.

        Raises:
            UnusualError: a value, or a combination of them, that the exact reader has to judge.
        """
        count = len(rows)
        present: dict[str, list[Any]] = {}
        for field, convert, column in zip(self.fields, self.columns, zip(*rows, strict=True), strict=True):
            missing = column.count(None)
            if missing and field.is_required(self.versie):
                raise UnusualError
            if missing < count:
                present[field.name] = convert(column, escaped)
        if breaks_a_choice(self.cls, present):
            raise UnusualError
        if not present:
            return [self.cls() for _ in rows]
        return _maker(self.cls, tuple(present))(*present.values())

    def _converter(self, field: Field) -> Callable[[Sequence[str | None], bool], list[Any]]:
        first = field.first
        if first.simple is not None and not field.many and len(field.alternatives) == 1:
            return _simple_column(first.simple, tolerant=self.tolerant)
        decode = self._regions(field)
        nothing = () if field.many else None
        if field.many and first.cls is not None and len(field.alternatives) == 1:
            # Lists of parts are hardly ever the same, and are read together.
            def each(column: Sequence[str | None], _: bool) -> list[Any]:
                regions = [region for region in column if region is not None]
                values = iter(decode(regions))
                return [nothing if region is None else next(values) for region in column]

            return each
        known: dict[str | None, Any] = {}

        def convert(column: Sequence[str | None], _: bool) -> list[Any]:
            new = set(column).difference(known)
            new.discard(None)
            if new:
                if len(known) > _KNOWN:
                    known.clear()
                    new = set(column) - {None}
                texts = cast("list[str]", list(new))
                known.update(zip(texts, decode(texts), strict=True))
            known[None] = nothing
            values = [known[region] for region in column]
            if new and max(map(len, new - {None})) > _LONG:  # type: ignore[arg-type]
                known.clear()
            return values

        return convert

    def _regions(self, field: Field) -> Callable[[list[str]], Iterable[Any]]:
        """How to read the text of a field that holds elements of its own."""
        if len(field.alternatives) == 1 and field.first.reference:
            keys = re.compile(f'="({_ATTRIBUTE})"')
            column = _simple_column(cast("Simple", field.first.simple), tolerant=self.tolerant)
            return lambda regions: [tuple(column(keys.findall(region), "&" in region)) for region in regions]
        readers = [self._reader(a) for a in field.alternatives if _known(a, self.names)]
        if field.many and len(readers) == 1:
            shape = readers[0]
            return lambda regions: _split(shape, regions)
        if field.many:
            return lambda regions: [tuple(_mixed(readers, region)) for region in regions]
        return lambda regions: [next(iter(_mixed(readers, region))) for region in regions]

    def _reader(self, alternative: Alternative) -> Shape | _Leaf:
        if alternative.cls is not None:
            return shape(alternative, self.names, self.versie, tolerant=self.tolerant)
        return _Leaf(alternative, self.names, tolerant=self.tolerant)


class _Leaf:
    """An element of a simple type among alternatives: shaped like a class with one value."""

    def __init__(self, alternative: Alternative, names: Names, *, tolerant: bool) -> None:
        self.regex = re.compile(_SPACE + _element(alternative, names, capture=True))
        self.column = _simple_column(cast("Simple", alternative.simple), tolerant=tolerant)

    def build(self, rows: Sequence[tuple[str | None, ...]], *, escaped: bool) -> list[Any]:
        return self.column([row[0] for row in rows], escaped)


@lru_cache(maxsize=256)
def shape(
    alternative: Alternative, names: Names, versie: Versie | None, *, tolerant: bool, turned: bool = False
) -> Shape:
    """The shape of a class under an element name and a set of prefixes; compiled once."""
    return Shape(alternative, names, versie, tolerant=tolerant, turned=turned)


def run(regex: re.Pattern[str], text: str, position: int, limit: int) -> Iterator[re.Match[str]]:
    """Match again and again, each time where the last one ended, at most `limit` times."""
    # The scanner of an expression goes on where its last match ended; `re.Scanner` of the standard library rests on it.
    scanner = cast("Any", regex).scanner(text, position)
    return islice(iter(scanner.match, None), limit)


def _split(reader: Shape | _Leaf, regions: list[str]) -> list[tuple[Any, ...]]:
    """Read the lists of many items at once, and hand each its own share."""
    joined = "".join(regions)
    matches = list(run(reader.regex, joined, 0, len(joined)))
    ends = [0, *map(_END, matches)]
    items = reader.build(list(map(_GROUPS, matches)), escaped="&" in joined) if matches else []
    if len(matches) == len(regions) and ends[1:] == list(accumulate(map(len, regions))):
        return [(item,) for item in items]
    shares: list[tuple[Any, ...]] = []
    start = 0
    for end in accumulate(map(len, regions)):
        stop = bisect_right(ends, end, start) - 1
        # An item that begins in one list and ends in the next would be none.
        if stop == start or joined[ends[stop] : end].strip(" \t\n"):
            raise UnusualError
        shares.append(tuple(items[start:stop]))
        start = stop
    return shares


def _mixed(readers: Sequence[Shape | _Leaf], region: str) -> Iterable[Any]:
    """Read elements of several kinds in the order in which they stand."""
    position = 0
    while _AROUND.match(region, position).end() < len(region):  # type: ignore[union-attr]
        for reader in readers:
            match = reader.regex.match(region, position)
            if match is not None:
                yield reader.build([match.groups()], escaped="&" in match[0])[0]
                position = match.end()
                break
        else:
            raise UnusualError


_GROUPS = re.Match.groups
_END = re.Match.end
_LONG = 256
"""Characters of a text beyond which values are not kept from batch to batch."""
_KNOWN = 1 << 14
"""Texts of one type whose values are kept from batch to batch; beyond it all are forgotten."""


def _simple_column(simple: Simple, *, tolerant: bool) -> Callable[[Sequence[str | None], bool], list[Any]]:
    refused_when_empty = tolerant and not simple.may_be_empty
    plain = simple.base == "string" and simple.code_type is None and not simple.repeats
    known: dict[str | None, Any] = {}

    def convert(column: Sequence[str | None], escaped: bool) -> list[Any]:
        nonlocal known
        if refused_when_empty and "" in column:
            raise UnusualError
        if escaped:
            column = [v if v is None or "&" not in v else _unescape(v) for v in column]
        if plain:
            return cast("list[Any]", column)
        # Other threads may be at it: what this one looks up is never taken away from it.
        values = known
        new = set(column).difference(values)
        if new:
            if len(values) > _KNOWN:
                known = values = {}
                new = set(column)
            new.discard(None)
            texts = cast("list[str]", list(new))
            if any(has_space_around(simple, text) for text in texts):
                raise UnusualError
            try:
                values.update(zip(texts, parse_all(simple, texts), strict=True))
            except ValueError:
                raise UnusualError from None
            values[None] = None
        return list(map(values.__getitem__, column))

    return convert


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        name, decimal, hexadecimal, end = match.groups()
        if not end:
            raise UnusualError
        if name is not None:
            return _ENTITIES[name]
        if decimal is None and hexadecimal is None:
            raise UnusualError
        number = int(decimal) if decimal is not None else int(hexadecimal, 16)
        if number > sys.maxunicode or illegal_character(chr(number)):
            raise UnusualError
        return chr(number)

    return _REFERENCE.sub(character, text)


@cache
def _maker(cls: type[Bericht], names: tuple[str, ...]) -> Callable[..., list[Any]]:
    """Make `[cls(a=a, b=b) for a, b in zip(a_column, b_column)]` for these names.

    A comprehension with the names written out makes a message in a third of the time of `cls(**values)`.
    The names are attributes of the class, so nothing from outside enters the expression.
    """
    arguments = ", ".join(f"{name}={name}" for name in names)
    columns = ", ".join(f"c_{name}" for name in names)
    source = f"lambda {columns}: [cls({arguments}) for {', '.join(names)}, in zip({columns})]"
    return cast("Callable[..., list[Any]]", eval(source, {"cls": cls}))  # noqa: S307 - see the docstring


def _known(alternative: Alternative, names: Names) -> bool:
    """Tell whether the alternative can occur in the usual form: not raw, and its namespace has a prefix."""
    if alternative.cls is not None and issubclass(alternative.cls, RawElement):
        return False
    return any(namespace == alternative.namespace for namespace, _ in names)


def _usable(field: Field, names: Names) -> bool:
    return field.kind != "element" or any(_known(a, names) for a in field.alternatives)


def _name(alternative: Alternative, names: Names) -> str:
    return re.escape(dict(names)[alternative.namespace] + alternative.wire)


def _element(alternative: Alternative, names: Names, *, capture: bool, turned: bool = False) -> str:
    """The expression of one element."""
    name = _name(alternative, names)
    group = "(" if capture else "(?:"
    if alternative.cls is None:
        if alternative.reference:
            return rf'<{name} key="{group}{_ATTRIBUTE})"{_SPACE}(?:/>|></{name}>)'
        return f"<{name}>{group}{_TEXT})</{name}>"
    rows = table(alternative.cls)
    # Some declare the namespace anew on each item, before its attributes or behind them.
    declared = _declaration(alternative, names) if capture else ""
    start = f"<{name}{declared}"
    for field in rows.attributes[::-1] if turned else rows.attributes:
        attribute = rf' {field.first.wire}="{group}{_ATTRIBUTE})"'
        start += attribute if field.required else f"(?:{attribute})?+"
    if rows.attributes:
        start += declared
    if rows.content is not None:
        return f"{start}>{group}{_TEXT})</{name}>"
    prefix = name[: len(name) - len(re.escape(alternative.wire))]
    fields = [f for f in rows.elements if _usable(f, names)]
    inner = "".join(_field(f, prefix, names, capture=capture) for f in fields)
    # An element that can hold no other is empty: white space in it is not allowed.
    whole = f">{inner}{_SPACE}</{name}>" if rows.elements else f"></{name}>"
    if any(field.required for field in rows.elements):
        return start + whole
    return f"{start}{_SPACE}(?:/>|{whole})"


def _declaration(alternative: Alternative, names: Names) -> str:
    prefix = dict(names)[alternative.namespace].rstrip(":")
    return rf'(?: xmlns{re.escape(prefix and f":{prefix}")}="{re.escape(alternative.namespace)}")?+'


def _field(field: Field, prefix: str, names: Names, *, capture: bool) -> str:
    """The expression of one field, with one group that holds its text."""
    group = "(" if capture else "(?:"
    optional = "" if field.required else "?+"
    if len(field.alternatives) == 1 and field.first.simple is not None and not field.many:
        return f"(?:{_SPACE}{_element(field.first, names, capture=capture)}){optional}"
    units = "|".join(_element(a, names, capture=False) for a in field.alternatives if _known(a, names))
    region = f"{group}{_SPACE}(?:{units}))"
    if field.many:
        region = f"{group}(?:{_SPACE}(?:{units}))++)"
    if field.wrapper is not None:
        wrapper = prefix + re.escape(field.wrapper)
        if capture and len(field.alternatives) == 1 and field.first.cls is not None:
            # `_split` matches all of it item by item: here its end is enough.
            region = rf"((?:[^<]*+<(?!/{wrapper}>))++[^<]*+)"
        region = f"{_SPACE}<{wrapper}>{region}{_SPACE}</{wrapper}>"
    return f"(?:{region}){optional}"
