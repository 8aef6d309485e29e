"""The time in the fakes: real until a test sets it."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Final

import msgspec

from mock_las.declined import Declined
from mock_las.state import State
from uwlr.dutch_time import AMSTERDAM, as_utc, dutch_day
from uwlr.errors import ConfigurationError
from uwlr.norm import schooljaar_for

_FIRST: Final = dt.datetime(1002, 1, 1, tzinfo=dt.UTC)
_LAST: Final = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
"""Between these the current school year and the previous one can be written: UWLR 2.2, tpSchooljaar."""


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
        kept = state.setting("clock", _Kept) or _Kept()
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
            ConfigurationError: the moment has no time zone, or is of a year in which no school year can be written.
        """
        if moment.tzinfo is None:
            raise ConfigurationError("the clock needs a moment with a time zone, such as 2026-03-01T08:00:00Z")
        moment = as_utc(moment)
        _check(moment)
        self._keep(moment - dt.datetime.now(dt.UTC), moment if frozen else None)

    def advance(self, seconds: float) -> None:
        """Move the clock on (or back) by so many seconds.

        Raises:
            ConfigurationError: as `set`.
        """
        with self._state.transaction():
            try:
                step = dt.timedelta(seconds=seconds)
                _check(self.now() + step)
            except (OverflowError, ValueError):
                raise Declined(
                    f"the clock cannot move {seconds:g} seconds",
                    f"{seconds:g} seconden is te ver: de klok loopt van {_FIRST.year} tot en met {_LAST.year - 1}.",
                ) from None
            self._keep(self._shift + step, None if self._frozen is None else self._frozen + step)

    def to_next_schooljaar(self) -> None:
        """Move the clock to eight in the morning of 1 August, when the next school year begins.

        Raises:
            ConfigurationError: as `set`.
        """
        year = int(self.schooljaar()[5:])
        self.set(dt.datetime(year, 8, 1, 8, tzinfo=AMSTERDAM), frozen=self.frozen)

    def reset(self) -> None:
        """Go back to real time."""
        self._keep(dt.timedelta(), None)

    def _keep(self, shift: dt.timedelta, frozen: dt.datetime | None) -> None:
        # The state's lock always comes before the clock's: code that changes the state asks for the time.
        with self._state.transaction():
            self._state.keep("clock", _Kept(shift, frozen))
            with self._lock:
                self._shift, self._frozen = shift, frozen

    def today(self) -> dt.date:
        """The day it is in the schools."""
        return dutch_day(self.now())

    def schooljaar(self) -> str:
        """The school year it is."""
        return schooljaar_for(self.today())


def _check(moment: dt.datetime) -> None:
    if not _FIRST <= moment < _LAST:
        raise Declined(
            f"the clock goes from {_FIRST.year} to {_LAST.year - 1}",
            f"Het jaar {moment.year} heeft de klok niet: kies er een van {_FIRST.year} tot en met {_LAST.year - 1}.",
        )
