"""The facets of the standard, checked in columns: the values of one field of many items.

A column that is in order costs next to nothing; of one that is not, every value out of bounds is named with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from msgspec.structs import astuple

from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Alternative, Bericht, Field, Simple, table
from uwlr.berichten.waarden import Onleesbaar
from uwlr.codec.check import alternative_for
from uwlr.codec.dialect import UWLR, Dialect
from uwlr.codec.values import facet_problem, format_value
from uwlr.deviations import Deviation, Facet
from uwlr.paths import Path

Place: TypeAlias = Callable[[int], Path]
"""The path of each item, by its index: asked for only if something is wrong."""


class Facets:
    """Looks at the items of one document; remembers values that many of them share."""

    MOST = 4096

    def __init__(self, dialect: Dialect = UWLR) -> None:
        self._dialect = dialect
        self._known: dict[Simple, set[Any]] = {}

    def deviations(self, cls: type[Bericht], items: Sequence[Bericht], place: Place) -> Iterator[Deviation]:
        """Name every value of items of one class that a facet forbids; what could not be read is passed over."""
        if not items or issubclass(cls, RawElement):
            return
        for field, column in zip(table(cls).fields, zip(*map(astuple, items), strict=True), strict=True):
            if field.many:
                yield from self._lists(field, column, place)
            elif column.count(None) < len(column):
                rows = [row for row, value in enumerate(column) if value is not None]
                values = column if len(rows) == len(column) else [column[row] for row in rows]
                yield from self._values(field, values, _single(field, rows, place))

    def _lists(self, field: Field, column: Sequence[Any], place: Place) -> Iterator[Deviation]:
        values = [value for row in column for value in row]
        if values:
            yield from self._values(field, values, _listed(field, column, place))

    def _values(self, field: Field, values: Sequence[Any], place: _PlaceOf) -> Iterator[Deviation]:
        """Look at the values of one field, which may be of several elements."""
        if len(field.alternatives) == 1:
            yield from self._alternative(field.first, values, place)
            return
        kinds = dict(zip(map(type, values), values, strict=True))
        chosen = {kind: alternative_for(field, value) for kind, value in kinds.items()}
        for alternative in field.alternatives:
            rows = [row for row, value in enumerate(values) if chosen[type(value)] is alternative]
            if rows:
                yield from self._alternative(alternative, [values[row] for row in rows], _some(place, rows))

    def _alternative(self, alternative: Alternative, values: Sequence[Any], place: _PlaceOf) -> Iterator[Deviation]:
        if alternative.simple is not None:
            simple = self._dialect.types.get(alternative.simple.name, alternative.simple)
            for row, facet, text in self._broken(simple, values):
                yield Deviation(path=place(row, alternative), reason=facet, raw=text)
        elif alternative.cls is not None:
            rows = [row for row, value in enumerate(values) if type(value) is alternative.cls]
            parts = values if len(rows) == len(values) else [values[row] for row in rows]
            yield from self.deviations(alternative.cls, parts, lambda row: place(rows[row], alternative))

    def _broken(self, simple: Simple, values: Sequence[Any]) -> Iterator[tuple[int, Facet, str]]:
        known = self._known.setdefault(simple, set())
        if self._fit(simple, values, known):
            return
        for row, value in enumerate(values):
            if isinstance(value, Onleesbaar) or value in known:
                continue
            text = format_value(simple, value)
            facet = facet_problem(simple, value, text)
            if facet is not None:
                yield row, facet, text
            elif simple.repeats or simple.codes:
                if len(known) >= self.MOST:
                    known.clear()
                known.add(value)

    @staticmethod
    def _fit(simple: Simple, values: Sequence[Any], known: set[Any]) -> bool:
        """Tell whether all values surely fit; False means that each has to be checked."""
        if simple.is_text and not simple.pattern and not simple.codes:
            try:
                lengths = list(map(len, values))
            except TypeError:
                return False
            return min(lengths) >= simple.min_length and (
                simple.max_length is None or max(lengths) <= simple.max_length
            )
        if simple.base in {"date", "dateTime"}:
            # Without facets: what was read as one is one.
            return True
        return known.issuperset(values)


_PlaceOf: TypeAlias = Callable[[int, Alternative], Path]


def _some(place: _PlaceOf, rows: Sequence[int]) -> _PlaceOf:
    return lambda row, alternative: place(rows[row], alternative)


def _single(field: Field, rows: Sequence[int], place: Place) -> _PlaceOf:
    """The places of the values of a field that occurs once."""

    def at(row: int, alternative: Alternative) -> Path:
        path = place(rows[row])
        if field.kind == "content":
            return path
        return path.attribute(field.wire) if field.kind == "attribute" else path.child(alternative.wire)

    return at


def _listed(field: Field, column: Sequence[Any], place: Place) -> _PlaceOf:
    """The places of the values of a list in each item; they are numbered when the first is asked for."""
    numbered: list[tuple[int, int]] = []

    def at(row: int, alternative: Alternative) -> Path:
        if not numbered:
            numbered.extend(_numbers(field, column))
        owner, number = numbered[row]
        path = place(owner)
        if field.wrapper is not None:
            path = path.child(field.wrapper)
        return path.child(alternative.wire, number)

    return at


def _numbers(field: Field, column: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """For each value of the lists: the item that it is of, and its number among the elements of its name."""
    for owner, values in enumerate(column):
        counts: dict[int, int] = {}
        for value in values:
            kind = id(alternative_for(field, value))
            number = counts[kind] = counts.get(kind, 0) + 1
            yield owner, number
