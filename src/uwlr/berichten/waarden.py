"""Values that Python has no type for: a date with a time zone, and a value that could not be read."""

from __future__ import annotations

from datetime import date, tzinfo
from typing import Self

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


class Onleesbaar(Struct, frozen=True):
    """Stands in a tolerantly read message for a mandatory value that is missing or could not be read.

    `raw` is the text that stood there, None where nothing did. `write` refuses it.
    """

    raw: str | None = None

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [] if self.raw is None else [("raw", ...)]

    def __repr__(self) -> str:
        return "Onleesbaar()" if self.raw is None else "Onleesbaar(…)"
