"""Days and school years as the schools have them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from uwlr.norm import schooljaar_for

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
"""The time zone of the schools."""


def dutch_day(moment: datetime) -> date:
    """The day it is in the schools at a moment."""
    return moment.astimezone(AMSTERDAM).date()


def history_window(moment: datetime) -> tuple[str, str]:
    """The school years whose results may be sent: the previous one, and that of the day (R3)."""
    today = dutch_day(moment)
    return schooljaar_for(today.replace(year=today.year - 1, day=1)), schooljaar_for(today)
