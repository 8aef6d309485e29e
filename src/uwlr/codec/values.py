"""Text of a simple type to a Python value and back.

Source: XML Schema part 2 (datatypes). Reading is as strict as the lexical space; facets are not checked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import cache
from typing import Any

from uwlr.berichten.tabel import Simple
from uwlr.berichten.waarden import FineMoment, OutOfRange, ZonedDate
from uwlr.deviations import Facet, NotFinite, Reason, Why, WrongType, ZoneTooFine

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
_YEAR = r"(-?(?:[1-9][0-9]{4,17}|[0-9]{4}))"
_DATE = re.compile(_YEAR + r"-([0-9]{2})-([0-9]{2})" + _ZONE)
_DATETIME = re.compile(_YEAR + r"-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?" + _ZONE)
_USUAL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_USUAL_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?"
)
_SPACE = re.compile(r"[ \t\r\n]+")
_MOST_DIGITS = 4000
"""Digits of a number that Python turns into an int; it refuses more than 4,300."""
_LONGEST_KEPT = 64
"""Characters of a text that is remembered with its value."""


@cache
def _uri_reference() -> re.Pattern[str]:
    """RFC 3986, with the characters that xs:anyURI allows besides; `[` and `]` in a fragment, as libxml2 has it.

    Compiling it takes longer than all else that is imported here, so that waits for the first address.
    """

    def character(more: str) -> str:
        return rf"(?:[\w.~!$&'()*+,;={more}\x00-\x20<>\"{{}}|\\^`\x7f-\U0010ffff-]|%[0-9A-Fa-f]{{2}})"

    segment = character(":@")
    authority = rf"//(?:{character(':')}*@)?(?:\[[^\]]*\]|{character('')}*)(?::[0-9]+)?(?:/{segment}*)*"
    rooted = f"/(?:{segment}+(?:/{segment}*)*)?"
    absolute = rf"[A-Za-z][A-Za-z0-9+.-]*:(?:{authority}|{rooted}|{segment}+(?:/{segment}*)*)?"
    relative = f"{authority}|{rooted}|{character('@')}+(?:/{segment}*)*"
    tail = rf"(?:\?(?:{segment}|[/?])*)?(?:#(?:{segment}|[/?\[\]])*)?"
    return re.compile(f"(?:{absolute}|{relative})?{tail}", re.ASCII)


def collapse(text: str) -> str:
    """White space as `whiteSpace=collapse` leaves it."""
    return _SPACE.sub(" ", text).strip(" ")


def has_space_around(simple: Simple, text: str) -> bool:
    """Tell whether white space stands around a date or moment. XML Schema takes it away, and libxml2 refuses it."""
    return simple.base in {"date", "dateTime"} and text != text.strip(" \t\r\n")


class UnparsableError(ValueError):
    """Text outside the lexical space of its type.

    Attributes:
        why: what is wrong with it.
    """

    def __init__(self, why: Why = "form") -> None:
        super().__init__(why)
        self.why: Why = why


def parse(simple: Simple, text: str) -> Any:
    """Turn text into the value of the type.

    What Python cannot hold is held beside its value: a `FineMoment` keeps digits beyond the microsecond, an
    `OutOfRange` a year before 1 or after 9999, and a number of thousands of digits.

    Raises:
        UnparsableError: the text is outside the lexical space.
    """
    value = _PARSERS[simple.base](text)
    if simple.code_type is None:
        return value
    try:
        return simple.code_type(value)
    except ValueError:
        return value


def parse_all(simple: Simple, texts: Sequence[str]) -> Sequence[Any]:
    """Turn texts into values of the type, as `parse` does; moments in their usual form as one.

    Raises:
        UnparsableError: as `parse`.
    """
    if simple.base == "string" and simple.code_type is None:
        return texts
    if simple.base == "dateTime" and all(map(_USUAL_DATETIME.fullmatch, texts)):
        return list(map(datetime.fromisoformat, texts))
    return [parse(simple, text) for text in texts]


class KnownValues(dict[str, Any]):
    """The values of one simple type by their text, as far as they have been seen; forgets all when there are too many.

    Looking up what has no value raises ValueError, as do a URI of nothing but white space, which may be absent, and a
    date with white space around it, which is worth a remark.
    """

    LIMIT = 1 << 14

    def __init__(self, simple: Simple) -> None:
        super().__init__()
        self.simple = simple

    def __missing__(self, text: str) -> Any:
        value = parse(self.simple, text)
        if value == "" or has_space_around(self.simple, text):
            raise UnparsableError
        if len(self) >= self.LIMIT:
            self.clear()
        if len(text) <= _LONGEST_KEPT:
            self[text] = value
        return value


@cache
def known_values(simple: Simple) -> KnownValues:
    """The known values of a type."""
    return KnownValues(simple)


def _parse_integer(text: str) -> int | OutOfRange:
    if not (text.isascii() and text.isdigit()):
        text = collapse(text)
        if not _INTEGER.fullmatch(text):
            raise UnparsableError
    if len(text) <= _MOST_DIGITS:
        return int(text)
    digits = text.lstrip("+-").lstrip("0")
    if len(digits) > _MOST_DIGITS:
        return OutOfRange(text)
    return int(f"-{digits or 0}" if text.startswith("-") else digits or 0)


def _parse_decimal(text: str) -> Decimal:
    text = collapse(text)
    if not _DECIMAL.fullmatch(text):
        raise UnparsableError
    return Decimal(text)


def _parse_zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in {"Z", "+00:00", "-00:00"}:
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or offset > timedelta(hours=14):
        raise UnparsableError("zone")
    return timezone(-offset if text[0] == "-" else offset)


def _parse_date(text: str) -> date | OutOfRange:
    match = _DATE.fullmatch(collapse(text))
    if match is None:
        raise UnparsableError
    year, month, day, zone_text = match.groups()
    zone = _parse_zone(zone_text)
    try:
        if not _is_held(year):
            date(_like(year), int(month), int(day))
            return OutOfRange(match[0])
        if zone is None:
            return date(int(year), int(month), int(day))
        return ZonedDate(int(year), int(month), int(day), zone)
    except ValueError:
        raise UnparsableError("range") from None


def _parse_datetime(text: str) -> datetime | OutOfRange:
    # `fromisoformat` takes more than the lexical space, and in hour 24 and the zones less than it, hence the check.
    if _USUAL_DATETIME.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise UnparsableError("range") from None
    match = _DATETIME.fullmatch(collapse(text))
    if match is None:
        raise UnparsableError
    year, *parts, fraction, zone_text = match.groups()
    month, day, hour, minute, second = map(int, parts)
    fraction = (fraction or "").rstrip("0")
    zone = _parse_zone(zone_text)
    midnight = hour == 24
    if midnight and (minute or second or fraction):
        raise UnparsableError("hour")
    micro = int(fraction[:6].ljust(6, "0"))
    try:
        held = _is_held(year)
        moment = datetime(
            int(year) if held else _like(year), month, day, 0 if midnight else hour, minute, second, micro, zone
        )
    except ValueError:
        raise UnparsableError("range") from None
    if not held:
        return OutOfRange(match[0])
    if len(fraction) > 6:
        return FineMoment.beyond(moment, fraction[6:])
    if not midnight:
        return moment
    try:
        return moment + timedelta(days=1)
    except OverflowError:
        return OutOfRange(match[0])


def _is_held(year: str) -> bool:
    """Tell whether Python's dates have that year.

    Raises:
        UnparsableError: XML Schema has no year 0.
    """
    if year.strip("-0") == "":
        raise UnparsableError("range")
    return len(year) == 4


def _like(year: str) -> int:
    """Give a year of Python's with the same days: the calendar repeats itself every 400 years."""
    return int(year.lstrip("-")) % 400 + 2000


class UnwritableError(ValueError):
    """A Python value that its type cannot hold.

    Attributes:
        reason: what is wrong with it.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text())
        self.reason = reason


def format_value(simple: Simple, value: Any) -> str:
    """Turn a value into the one lexical form that this library writes.

    Raises:
        UnwritableError: the type cannot hold this value.
    """
    if isinstance(value, OutOfRange) and simple.base in {"date", "dateTime", "integer"}:
        text = str(value.raw)
        if parse(simple, text) != value:
            raise UnwritableError(WrongType(simple.base, type(value).__name__))
        return text
    return _FORMATTERS[simple.base](value)


def _format_text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnwritableError(WrongType("string", type(value).__name__))
    return str(value)


def _format_integer(value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnwritableError(WrongType("integer", type(value).__name__))
    return str(int(value))


def _format_decimal(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, Decimal):
        raise UnwritableError(WrongType("decimal", type(value).__name__))
    if not value.is_finite():
        raise UnwritableError(NotFinite())
    return format(value, "f")


def _format_zone(zone: tzinfo | None, moment: datetime | None) -> str:
    offset = zone.utcoffset(moment) if zone is not None else None
    if offset is None:
        return ""
    minutes, rest = divmod(int(offset.total_seconds()), 60)
    if rest or abs(minutes) > 14 * 60 or offset.microseconds:
        raise UnwritableError(ZoneTooFine())
    if minutes == 0:
        return "Z"
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _format_date(value: Any) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise UnwritableError(WrongType("date", type(value).__name__))
    zone = value.zone if isinstance(value, ZonedDate) else None
    return value.isoformat() + _format_zone(zone, None)


def _format_datetime(value: Any) -> str:
    if not isinstance(value, datetime):
        raise UnwritableError(WrongType("dateTime", type(value).__name__))
    text = value.replace(tzinfo=None, microsecond=0).isoformat()
    finer = value.finer if isinstance(value, FineMoment) else ""
    fraction = f".{value.microsecond:06d}{finer}".rstrip(".0")
    return text + fraction + _format_zone(value.tzinfo, value)


_PARSERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": _parse_integer,
    "decimal": _parse_decimal,
    "date": _parse_date,
    "dateTime": _parse_datetime,
    "anyURI": collapse,
}
_FORMATTERS: dict[str, Callable[[Any], str]] = {
    "string": _format_text,
    "integer": _format_integer,
    "decimal": _format_decimal,
    "date": _format_date,
    "dateTime": _format_datetime,
    "anyURI": _format_text,
}


def facet_problem(simple: Simple, value: Any, text: str) -> Facet | None:
    """Give the facet of the type that the value breaks, None if it breaks none. The text is its written form."""
    if simple.empty_is is not None and not text:
        return None
    if isinstance(value, OutOfRange):
        return _out_of_range_problem(simple, text)
    if len(text) < simple.min_length:
        return Facet("min-length", simple.min_length, len(text))
    if simple.max_length is not None and len(text) > simple.max_length:
        return Facet("max-length", simple.max_length, len(text))
    if simple.base == "anyURI" and (text != collapse(text) or not _uri_reference().fullmatch(text)):
        return Facet("uri")
    if not simple.matches(text):
        return Facet("pattern", simple.pattern)
    if simple.codes and text not in simple.codes:
        return Facet("codes", simple.name)
    if simple.minimum is not None and value < simple.minimum:
        return Facet("minimum", simple.minimum)
    if simple.maximum is not None and value > simple.maximum:
        return Facet("maximum", simple.maximum)
    return None


def _out_of_range_problem(simple: Simple, text: str) -> Facet | None:
    """As `facet_problem` of what Python cannot hold: it is no code, and a number lies beyond any limit on its side."""
    if simple.codes:
        return Facet("codes", simple.name)
    if text.startswith("-"):
        return None if simple.minimum is None else Facet("minimum", simple.minimum)
    return None if simple.maximum is None else Facet("maximum", simple.maximum)
