"""Values of one simple type in a column: checked and escaped together, and put between their tags or quotes.

A column raises `RefusedError`, or what Python raises for a value of another type, if a value is not allowed; which one
it is, and why, is for `uwlr.codec.check` to say. Columns are made once and serve every message: they keep nothing but
the texts of values that recur.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import date, datetime, timezone
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from uwlr.berichten.codelijsten import Geslacht
from uwlr.berichten.tabel import Simple
from uwlr.berichten.waarden import Onleesbaar
from uwlr.codec.escape import escape_attribute, escape_text, illegal_character, is_ordinary
from uwlr.codec.rows import Part, ResultKeys, Values
from uwlr.codec.values import facet_problem, format_value

_WHOLE = {int, Geslacht}
_FIXED = {type(None), timezone}
"""Types of a zone whose offset does not depend on the moment."""
_TWO = tuple(f"{number:02d}" for number in range(60))
_TO_SECONDS = len("2025-10-01T04:30:00")


class RefusedError(Exception):
    """A column holds a value that its table does not allow."""


class Column(Protocol):
    """Writes the values of a simple type."""

    def parts(self, values: Values, _: ResultKeys, /) -> list[Part]:
        """Give what goes into each row, as every `Writer`."""

    def alone(self, value: Any, /) -> str:
        """Give the whole text of one value; for a single one that is faster than a column."""


def column(simple: Simple, start: str, end: str, *, attribute: bool, checked: bool) -> Column:
    """Make the column of a simple type between two texts: tags, or the name and the quotes of an attribute."""
    escape = escape_attribute if attribute else escape_text
    if not checked:
        return _Unchecked(simple, start, end, escape)
    if simple.base == "string" and not simple.codes and (simple.personal or not simple.repeats):
        return _Texts(simple, start, end, escape)
    if simple.base == "dateTime" and simple.pattern is None:
        return _Moments(simple, start, end, escape)
    # Moments that are equal may be written with different zones, and decimals with different digits.
    if simple.base in {"dateTime", "decimal"}:
        return _Formatted(simple, start, end, escape)
    return _Recurring(simple, start, end, escape)


class _Formatted:
    """Values that are formatted and checked one by one."""

    def __init__(self, simple: Simple, start: str, end: str, escape: Callable[[str], str]) -> None:
        self.simple = simple
        self.start = start
        self.end = end
        self.escape = escape

    def parts(self, values: Values, _: ResultKeys) -> list[Part]:
        return [list(map(self.alone, values))]

    def alone(self, value: Any) -> str:
        text = format_value(self.simple, value)
        if facet_problem(self.simple, value, text) or illegal_character(text):
            raise RefusedError
        return f"{self.start}{self.escape(text)}{self.end}"


class _Texts(_Formatted):
    """Free text, names and keys, most of which are new."""

    def __init__(self, simple: Simple, start: str, end: str, escape: Callable[[str], str]) -> None:
        super().__init__(simple, start, end, escape)
        # No type of the standard asks for more than one character.
        self.may_be_empty = simple.min_length == 0
        self.longest = sys.maxsize if simple.max_length is None else simple.max_length
        # What fits a pattern of the standard has no character to escape, and is no longer than allowed.
        self.patterns = None if simple.pattern is None else _patterns(simple.pattern)

    def parts(self, values: Values, _: ResultKeys) -> list[Part]:
        if self.patterns is not None:
            joined = "\n".join(values) + "\n"
            if self.patterns.lines.fullmatch(joined) and joined.count("\n") == len(values):
                return [self.start, values, self.end]
            return super().parts(values, _)
        if max(map(len, values)) > self.longest or not (self.may_be_empty or all(values)):
            raise RefusedError
        if is_ordinary("".join(values)):
            return [self.start, values, self.end]
        if any(map(illegal_character, values)):
            raise RefusedError
        return [self.start, list(map(self.escape, values)), self.end]

    def alone(self, value: Any) -> str:
        if self.patterns is not None:
            usual = self.patterns.line.fullmatch(value) is not None
        else:
            usual = len(value) <= self.longest and (self.may_be_empty or value != "") and is_ordinary(value)
        return f"{self.start}{value}{self.end}" if usual else super().alone(value)


class _Patterns(NamedTuple):
    line: re.Pattern[str]
    lines: re.Pattern[str]


@lru_cache
def _patterns(pattern: str) -> _Patterns:
    """Match a text that fits a pattern in ASCII, and any number of lines that do."""
    ascii_only = pattern.replace(r"\p{Nd}", "[0-9]").replace(r"\p{Lu}", "[A-Z]")
    return _Patterns(re.compile(ascii_only), re.compile(f"(?:(?:{ascii_only})\n)*+"))


class _Known(dict[Any, str]):
    """The texts of values that recur; forgets all when it has seen too many."""

    LIMIT = 4096

    def __init__(self, make: Callable[[Any], str]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, value: Any) -> str:
        made = self.make(value)
        if len(self) >= self.LIMIT:
            self.clear()
        self[value] = made
        return made


class _Recurring(_Formatted):
    """Codes, dates, whole numbers, keys of groups and tests: the same values again and again."""

    def __init__(self, simple: Simple, start: str, end: str, escape: Callable[[str], str]) -> None:
        super().__init__(simple, start, end, escape)
        self.whole = simple.base == "integer"
        self.known = _Known(super().alone)

    def parts(self, values: Values, _: ResultKeys) -> list[Part]:
        # True and 1.0 are equal to 1, but they are no whole numbers.
        if self.whole and not set(map(type, values)) <= _WHOLE:
            return super().parts(values, _)
        return [list(map(self.known.__getitem__, values))]

    def alone(self, value: Any) -> str:
        return super().alone(value) if self.whole and type(value) not in _WHOLE else self.known[value]


class _Moments(_Formatted):
    """Moments, put together from the texts of their parts; `isoformat` takes five times as long."""

    def __init__(self, simple: Simple, start: str, end: str, escape: Callable[[str], str]) -> None:
        super().__init__(simple, start, end, escape)
        self.days = _Known(date.isoformat)
        self.zones = _Known(lambda zone: format_value(simple, datetime(2000, 1, 1, tzinfo=zone))[_TO_SECONDS:])

    def parts(self, values: Values, _: ResultKeys) -> list[Part]:
        if set(map(type, values)) != {datetime} or any(v.microsecond for v in values):
            return super().parts(values, _)
        zones = {v.tzinfo for v in values}
        if not _FIXED.issuperset(map(type, zones)):
            return super().parts(values, _)
        days = self.days
        texts = [f"{days[v.date()]}T{_TWO[v.hour]}:{_TWO[v.minute]}:{_TWO[v.second]}" for v in values]
        zone: Part = self.zones[zones.pop()] if len(zones) == 1 else [self.zones[v.tzinfo] for v in values]
        return [self.start, texts, zone, self.end]

    def alone(self, value: Any) -> str:
        if type(value) is not datetime or value.microsecond or type(value.tzinfo) not in _FIXED:
            return super().alone(value)
        time = f"{_TWO[value.hour]}:{_TWO[value.minute]}:{_TWO[value.second]}"
        return f"{self.start}{self.days[value.date()]}T{time}{self.zones[value.tzinfo]}{self.end}"


class _Unchecked(_Formatted):
    """Values of any kind, written as well as can be."""

    def alone(self, value: Any) -> str:
        if isinstance(value, Onleesbaar):
            text = value.raw or ""
        else:
            try:
                text = format_value(self.simple, value)
            except (TypeError, ValueError):
                text = str(value)
        if illegal_character(text):
            raise RefusedError
        return f"{self.start}{self.escape(text)}{self.end}"
