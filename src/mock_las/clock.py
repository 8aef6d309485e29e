"""The time in the fakes: real until a test sets it."""

from __future__ import annotations

import datetime as dt
import threading
from functools import cache
from zoneinfo import ZoneInfo

from uwlr.errors import ConfigurationError


@cache
def amsterdam() -> dt.tzinfo:
    """The time zone of the schools, in which a moment without a zone is meant."""
    return ZoneInfo("Europe/Amsterdam")


class Clock:
    """A clock that runs, shifted by what a test asks for, or stands still at a moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shift = dt.timedelta()
        self._frozen: dt.datetime | None = None

    def now(self) -> dt.datetime:
        """The moment it is, in UTC."""
        with self._lock:
            return self._frozen or dt.datetime.now(dt.UTC) + self._shift

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen is not None

    def set(self, moment: dt.datetime, *, frozen: bool = True) -> None:
        """Set the clock to a moment, to stand still there or to run on from there.

        Raises:
            ConfigurationError: the moment has no time zone.
        """
        if moment.tzinfo is None:
            raise ConfigurationError("the clock needs a moment with a time zone, such as 2026-03-01T08:00:00Z")
        moment = moment.astimezone(dt.UTC)
        with self._lock:
            self._frozen = moment if frozen else None
            self._shift = moment - dt.datetime.now(dt.UTC)

    def advance(self, seconds: float) -> None:
        """Move the clock on (or back) by so many seconds."""
        step = dt.timedelta(seconds=seconds)
        with self._lock:
            self._shift += step
            if self._frozen is not None:
                self._frozen += step

    def reset(self) -> None:
        """Go back to real time."""
        with self._lock:
            self._shift, self._frozen = dt.timedelta(), None

    def schooljaar(self) -> str:
        """The school year it is, in Dutch time: it begins on 1 August."""
        return schooljaar_of(self.now().astimezone(amsterdam()).date())


def schooljaar_of(day: dt.date) -> str:
    """The school year of a day, such as `2025-2026`."""
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}-{first + 1}"


def as_utc(moment: dt.datetime) -> dt.datetime:
    """A moment of a message in UTC; without a zone it is Dutch time."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=amsterdam())).astimezone(dt.UTC)
