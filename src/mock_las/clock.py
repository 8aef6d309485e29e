"""The time in the fakes: real until a test sets it."""

from __future__ import annotations

import datetime as dt
import threading
from functools import cache
from zoneinfo import ZoneInfo

import msgspec

from mock_las.state import State
from uwlr.errors import ConfigurationError


@cache
def amsterdam() -> dt.tzinfo:
    """The time zone of the schools, in which a moment without a zone is meant."""
    return ZoneInfo("Europe/Amsterdam")


class _Kept(msgspec.Struct, array_like=True):
    shift: dt.timedelta = dt.timedelta()
    frozen: dt.datetime | None = None


class Clock:
    """A clock that runs, shifted by what a test asks for, or stands still at a moment.

    It is kept in the state: what happened at a moment of this clock would otherwise lie in the future, or far away,
    after a new start.

    Args:
        state: where it is kept.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._lock = threading.Lock()
        row = state.row("SELECT value FROM setting WHERE name = 'clock'")
        kept = msgspec.json.decode(row["value"], type=_Kept) if row else _Kept()
        self._shift, self._frozen = kept.shift, kept.frozen

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
        self._keep(moment - dt.datetime.now(dt.UTC), moment if frozen else None)

    def advance(self, seconds: float) -> None:
        """Move the clock on (or back) by so many seconds."""
        step = dt.timedelta(seconds=seconds)
        with self._state.transaction():
            self._keep(self._shift + step, None if self._frozen is None else self._frozen + step)

    def reset(self) -> None:
        """Go back to real time."""
        self._keep(dt.timedelta(), None)

    def _keep(self, shift: dt.timedelta, frozen: dt.datetime | None) -> None:
        value = msgspec.json.encode(_Kept(shift, frozen)).decode()
        # The state's lock always comes before the clock's: whoever is changing the state asks for the time.
        with self._state.transaction() as db:
            db.execute("INSERT OR REPLACE INTO setting VALUES ('clock', ?)", (value,))
            with self._lock:
                self._shift, self._frozen = shift, frozen

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
