"""Columns of values of one simple type: checked and escaped together, and put between their tags or quotes.

A column raises `RefusedError`, or what Python raises for a value of another type, if a value is not allowed; which one
and why is for `uwlr.codec.check` to say. Columns are made once and used for every message, so they keep no state but
what was made of values that recur.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from functools import lru_cache
from typing import Any

from uwlr.berichten.codelijsten import Geslacht
from uwlr.berichten.tabel import Simple
from uwlr.berichten.waarden import Onleesbaar
from uwlr.codec.escape import escape_attribute, escape_text, illegal_character, is_ordinary
from uwlr.codec.rows import Part, Tally, Values, Writer
from uwlr.codec.values import facet_problem, format_value

_WHOLE = {int, Geslacht}
_FIXED = {type(None), timezone}
_TWO_DIGITS = tuple(f"{number:02d}" for number in range(60))
_SECONDS = len("2025-10-01T04:30:00")


class RefusedError(Exception):
    """A column holds a value that its table does not allow."""


def column(simple: Simple, start: str, end: str, *, attribute: bool, checked: bool) -> Writer:
    """Make the column of a simple type between two texts: tags, or the name and the quotes of an attribute."""
    escape = escape_attribute if attribute else escape_text
    if not checked:
        return _Unchecked(simple, start, end, escape)
    if simple.base == "string" and not simple.codes and (simple.personal or not simple.repeats):
        return _Texts(simple, start, end, escape)
    if simple.base == "dateTime":
        return _Moments(simple, start, end)
    if simple.base == "decimal":
        return _Numbers(simple, start, end)
    return _Recurring(simple, start, end, escape)


class _Texts:
    """Free text, names, keys: most values are new."""

    def __init__(self, simple: Simple, start: str, end: str, escape: Callable[[str], str]) -> None:
        self.simple = simple
        self.start = start
        self.end = end
        self.escape = escape
        self.longest = simple.max_length
        self.most = sys.maxsize if simple.max_length is None else simple.max_length
        self.least = simple.min_length
        self.lines = _lines(simple.pattern) if simple.pattern is not None else None

    def parts(self, values: Values, _: Tally) -> list[Part]:
        if self.lines is not None:
            joined = "\n".join(values) + "\n"
            if self.lines.fullmatch(joined) and joined.count("\n") == len(values):
                return [self.start, values, self.end]
            if any(facet_problem(self.simple, text, text) for text in values):
                raise RefusedError
        # An empty text is the only one that is too short: no type of the standard asks for more than one character.
        elif (self.simple.min_length and not all(values)) or (
            self.longest is not None and max(map(len, values)) > self.longest
        ):
            raise RefusedError
        if is_ordinary("".join(values)):
            return [self.start, values, self.end]
        if any(map(illegal_character, values)):
            raise RefusedError
        return [self.start, list(map(self.escape, values)), self.end]


    def alone(self, text: Any) -> str:
        length = len(text)
        if length > self.most or length < self.least:
            raise RefusedError
        if self.lines is not None and not self.lines.fullmatch(text + "\n") and facet_problem(self.simple, text, text):
            raise RefusedError
        if is_ordinary(text):
            return f"{self.start}{text}{self.end}"
        if illegal_character(text):
            raise RefusedError
        return f"{self.start}{self.escape(text)}{self.end}"


@lru_cache
def _lines(pattern: str) -> re.Pattern[str]:
    """Match any number of lines that each fit a pattern, in ASCII."""
    ascii_only = pattern.replace(r"\p{Nd}", "[0-9]").replace(r"\p{Lu}", "[A-Z]")
    return re.compile(f"(?:(?:{ascii_only})\n)*+")


class _Known(dict[Any, str]):
    """What was made of values that recur; forgets all when it has seen too many."""

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


class _Recurring:
    """Codes, whole numbers, dates, addresses of vocabularies: the same values again and again."""

    def __init__(self, simple: Simple, start: str, end: str, escape: Callable[[str], str]) -> None:
        self.simple = simple
        self.start = start
        self.end = end
        self.escape = escape
        self.known = _Known(self._made)

    def parts(self, values: Values, _: Tally) -> list[Part]:
        # True and 1.0 are equal to 1, but no whole numbers.
        if self.simple.base == "integer" and not set(map(type, values)) <= _WHOLE:
            return [list(map(self._made, values))]
        return [list(map(self.known.__getitem__, values))]

    def alone(self, value: Any) -> str:
        return self._made(value) if type(value) is bool or type(value) is float else self.known[value]

    def _made(self, value: Any) -> str:
        text = _allowed(self.simple, value)
        if illegal_character(text):
            raise RefusedError
        return f"{self.start}{self.escape(text)}{self.end}"


class _Numbers:
    """Decimals."""

    def __init__(self, simple: Simple, start: str, end: str) -> None:
        self.simple = simple
        self.start = start
        self.end = end

    def parts(self, values: Values, _: Tally) -> list[Part]:
        return [self.start, [_allowed(self.simple, value) for value in values], self.end]


    def alone(self, value: Any) -> str:
        return f"{self.start}{_allowed(self.simple, value)}{self.end}"


class _Moments(_Numbers):
    """Moments, put together from the texts of their parts; `isoformat` takes five times as long."""

    def __init__(self, simple: Simple, start: str, end: str) -> None:
        super().__init__(simple, start, end)
        self.days = _Known(date.isoformat)
        self.zones = _Known(lambda zone: format_value(simple, datetime(2000, 1, 1, tzinfo=zone))[_SECONDS:])

    def parts(self, values: Values, _: Tally) -> list[Part]:
        if set(map(type, values)) != {datetime}:
            return super().parts(values, _)
        zones = {moment.tzinfo for moment in values}
        if any(type(zone) not in _FIXED for zone in zones):
            return super().parts(values, _)
        days, two = self.days, _TWO_DIGITS
        texts = [
            f"{days[v.date()]}T{two[v.hour]}:{two[v.minute]}:{two[v.second]}"
            if not v.microsecond
            else format_value(self.simple, v.replace(tzinfo=None))
            for v in values
        ]
        if len(zones) == 1:
            return [self.start, texts, self.zones[zones.pop()] + self.end]
        return [self.start, texts, [self.zones[v.tzinfo] for v in values], self.end]


    def alone(self, v: Any) -> str:
        if type(v) is not datetime or type(v.tzinfo) not in _FIXED or v.microsecond:
            return super().alone(v)
        two = _TWO_DIGITS
        return (
            f"{self.start}{self.days[v.date()]}T{two[v.hour]}:{two[v.minute]}:{two[v.second]}{self.zones[v.tzinfo]}"
            f"{self.end}"
        )


def _allowed(simple: Simple, value: Any) -> str:
    text = format_value(simple, value)
    if facet_problem(simple, value, text):
        raise RefusedError
    return text


class _Unchecked:
    """Any values of any type, as well as they can be written."""

    def __init__(self, simple: Simple, start: str, end: str, escape: Callable[[str], str]) -> None:
        self.simple = simple
        self.start = start
        self.end = end
        self.escape = escape

    def parts(self, values: Values, _: Tally) -> list[Part]:
        return [self.start, list(map(self._text, values)), self.end]

    def _text(self, value: Any) -> str:
        if isinstance(value, Onleesbaar):
            text = value.raw or ""
        else:
            try:
                text = format_value(self.simple, value)
            except (TypeError, ValueError):
                text = str(value)
        if illegal_character(text):
            raise RefusedError
        return self.escape(text)
