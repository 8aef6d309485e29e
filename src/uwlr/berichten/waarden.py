"""Values that Python has no type for: a date with a zone, a moment beyond the microsecond, what could not be read."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Any, Self

from msgspec import Struct


class ZonedDate(date):
    """An xs:date that carries a time zone; unlike a plain date, and unlike the same day in another zone."""

    zone: tzinfo

    def __new__(cls, year: int, month: int, day: int, zone: tzinfo) -> Self:
        """Make the date; `zone` is a fixed offset."""
        self = super().__new__(cls, year, month, day)
        self.zone = zone
        return self

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ZonedDate):
            return self.toordinal() == other.toordinal() and self.zone == other.zone
        return False if isinstance(other, date) else NotImplemented

    def __ne__(self, other: object) -> bool:
        # date has a __ne__ of its own, which knows no zone.
        return not self == other

    def __hash__(self) -> int:
        return hash((self.toordinal(), self.zone))

    def __reduce__(self) -> tuple[type[Self], tuple[int, int, int, tzinfo]]:
        return type(self), (self.year, self.month, self.day, self.zone)


class FineMoment(datetime):
    """An xs:dateTime with digits beyond the microsecond, as .NET writes them; unlike a moment without those."""

    finer: str = ""
    """The digits behind the microseconds, without zeros at their end."""

    @classmethod
    def beyond(cls, moment: datetime, finer: str) -> Self:
        """Make the moment that lies so much behind `moment`."""
        self = cls.combine(moment.date(), moment.timetz())
        self.finer = finer
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, datetime):
            return NotImplemented
        finer = other.finer if isinstance(other, FineMoment) else ""
        return self.finer == finer and bool(super().__eq__(other))

    def __ne__(self, other: object) -> bool:
        # datetime has a __ne__ of its own, which knows no finer digits.
        return not self == other

    def __hash__(self) -> int:
        # What `replace` and `astimezone` give has no finer digits, and is a moment like any other.
        return hash((super().__hash__(), self.finer)) if self.finer else super().__hash__()

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return type(self).beyond, (datetime.combine(self.date(), self.timetz()), self.finer)


class Onleesbaar(Struct, frozen=True):
    """Stands in a tolerantly read message for a mandatory value that is missing or could not be read.

    `raw` is the text that stood there, None if nothing did. `write` refuses it.
    """

    raw: str | None = None

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [] if self.raw is None else [("raw", ...)]

    def __repr__(self) -> str:
        return "Onleesbaar()" if self.raw is None else "Onleesbaar(…)"


class OutOfRange(Onleesbaar, frozen=True):
    """A date, moment or number that the standard allows and Python cannot hold.

    A year before 1 or after 9999, or thousands of digits: `raw` is its text, and `write` writes that.
    """

    def __repr__(self) -> str:
        return "OutOfRange(…)"
