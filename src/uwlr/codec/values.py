"""Text of a simple type to a Python value and back.

Source: XML Schema part 2 (datatypes). Reading is as strict as the lexical space; facets are not looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import cache
from typing import Any

from uwlr.berichten.tabel import Simple
from uwlr.berichten.waarden import ZonedDate

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})" + _ZONE)
_DATETIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?" + _ZONE)
_USUAL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_USUAL_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?"
)
_SPACE = re.compile(r"[ \t\r\n]+")


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


class TooFineError(ValueError):
    """A moment finer than a microsecond.

    Attributes:
        cut: the moment without what lies beyond the microsecond.
    """

    def __init__(self, cut: datetime) -> None:
        super().__init__("finer than a microsecond")
        self.cut = cut


def parse(simple: Simple, text: str) -> Any:
    """Turn text into the value of the type.

    Raises:
        TooFineError: a fraction of a second beyond the microsecond.
        ValueError: the text is outside the lexical space, or outside what Python can hold (years before 1 or
            after 9999).
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
        TooFineError, ValueError: as `parse`.
    """
    if simple.base == "string" and simple.code_type is None:
        return texts
    if simple.base == "dateTime" and all(map(_USUAL_DATETIME.fullmatch, texts)):
        return list(map(datetime.fromisoformat, texts))
    return [parse(simple, text) for text in texts]


def _parse_integer(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    text = collapse(text)
    if not _INTEGER.fullmatch(text):
        raise ValueError("not a whole number")
    return int(text)


def _parse_decimal(text: str) -> Decimal:
    text = collapse(text)
    if not _DECIMAL.fullmatch(text):
        raise ValueError("not a decimal number")
    return Decimal(text)


def _parse_zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in {"Z", "+00:00", "-00:00"}:
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or offset > timedelta(hours=14):
        raise ValueError("no such time zone")
    return timezone(-offset if text[0] == "-" else offset)


def _parse_date(text: str) -> date:
    if _USUAL_DATE.fullmatch(text):
        return date.fromisoformat(text)
    match = _DATE.fullmatch(collapse(text))
    if match is None:
        raise ValueError("not a date (yyyy-mm-dd)")
    year, month, day, zone = match.groups()
    if zone is None:
        return date(int(year), int(month), int(day))
    return ZonedDate(int(year), int(month), int(day), _parse_zone(zone) or UTC)


def _parse_datetime(text: str) -> datetime:
    # `fromisoformat` takes more than the lexical space, and in hour 24 and the zones less than it, hence the check.
    if _USUAL_DATETIME.fullmatch(text):
        return datetime.fromisoformat(text)
    match = _DATETIME.fullmatch(collapse(text))
    if match is None:
        raise ValueError("not a moment (yyyy-mm-ddThh:mm:ss)")
    *parts, fraction, zone = match.groups()
    year, month, day, hour, minute, second = (int(part) for part in parts)
    fraction = (fraction or "").rstrip("0")
    micro = int(fraction[:6].ljust(6, "0"))
    midnight = hour == 24
    if midnight and (minute or second or fraction):
        raise ValueError("not a moment (hour 24)")
    moment = datetime(year, month, day, 0 if midnight else hour, minute, second, micro, _parse_zone(zone))
    if len(fraction) > 6:
        raise TooFineError(moment)
    if not midnight:
        return moment
    try:
        return moment + timedelta(days=1)
    except OverflowError:
        raise ValueError("not a moment (after the year 9999)") from None


def format_value(simple: Simple, value: Any) -> str:
    """Turn a value into the one lexical form that this library writes.

    Raises:
        ValueError: the type cannot hold this value.
        TypeError: the value is not of the type's Python type.
    """
    return _FORMATTERS[simple.base](value)


def _format_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text is due")
    return str(value)


def _format_integer(value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a whole number (int) is due")
    return str(int(value))


def _format_decimal(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, Decimal):
        raise TypeError("a Decimal is due")
    if not value.is_finite():
        raise ValueError("a finite number is due")
    return format(value, "f")


def _format_zone(zone: tzinfo | None, moment: datetime | None) -> str:
    offset = zone.utcoffset(moment) if zone is not None else None
    if offset is None:
        return ""
    minutes, rest = divmod(int(offset.total_seconds()), 60)
    if rest or abs(minutes) > 14 * 60 or offset.microseconds:
        raise ValueError("a time zone of whole minutes, at most 14 hours, is due")
    if minutes == 0:
        return "Z"
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _format_date(value: Any) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("a date is due")
    zone = value.zone if isinstance(value, ZonedDate) else None
    return value.isoformat() + _format_zone(zone, None)


def _format_datetime(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError("a datetime is due")
    text = value.replace(tzinfo=None).isoformat()
    if value.microsecond:
        text = text.rstrip("0")
    return text + _format_zone(value.tzinfo, value)


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


def facet_problem(simple: Simple, value: Any, text: str) -> str | None:
    """Say which facet of the type the value breaks, None where it breaks none. The text is its written form."""
    if simple.empty_is is not None and not text:
        return None
    if len(text) < simple.min_length:
        return "may not be empty" if simple.min_length == 1 else "is too short"
    if simple.max_length is not None and len(text) > simple.max_length:
        return f"is longer than {simple.max_length} characters ({len(text)})"
    if simple.base == "anyURI" and (text != collapse(text) or not _uri_reference().fullmatch(text)):
        return "is not a URI reference, or has white space to spare"
    if not simple.matches(text):
        return f"does not have the form {simple.pattern}"
    if simple.codes and text not in simple.codes:
        return f"is not a code of {simple.name}"
    if simple.minimum is not None and value < simple.minimum:
        return f"is less than {simple.minimum}"
    if simple.maximum is not None and value > simple.maximum:
        return f"is more than {simple.maximum}"
    return None
