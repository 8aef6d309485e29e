"""Time as Dutch schools keep it: their zone, the day it is there, and hours of the day.

The school year of a day is `uwlr.norm.schooljaar_for`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
"""The time zone of the schools, in which a moment without a zone is meant."""


def as_utc(moment: datetime) -> datetime:
    """A moment of a message in UTC; without a zone it is Dutch time.

    A moment that UTC cannot hold, such as .NET's 0001-01-01T00:00:00 for "never", becomes the first or the last one
    that it can.
    """
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)).astimezone(UTC)
    except OverflowError:
        return _end(moment, UTC)


def dutch_moment(moment: datetime) -> datetime:
    """A moment in Dutch time, at the ends of the range the first or the last one there is."""
    try:
        return moment.astimezone(AMSTERDAM)
    except OverflowError:
        return _end(moment, AMSTERDAM)


def dutch_day(moment: datetime) -> date:
    """The day it is in the schools at a moment."""
    return dutch_moment(moment).date()


def is_between(moment: datetime, start: str, end: str) -> bool:
    """Tell whether a moment lies within hours of the day in Dutch time.

    Args:
        moment: with its zone.
        start: first minute that counts, "HH:MM".
        end: first minute that no longer counts; before `start`: on the next day; equal to it: the whole day counts.
    """
    now = dutch_moment(moment).strftime("%H:%M")
    return start <= now < end if start < end else now >= start or now < end


def _end(moment: datetime, zone: tzinfo) -> datetime:
    return datetime.min.replace(tzinfo=zone) if moment.year == 1 else datetime.max.replace(tzinfo=zone)
