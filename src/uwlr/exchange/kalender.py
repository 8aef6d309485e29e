"""Days and school years as the schools have them."""

from __future__ import annotations

from datetime import datetime

from uwlr.dutch_time import dutch_day
from uwlr.norm import schooljaar_for


def history_window(moment: datetime) -> tuple[str, str]:
    """The school years whose results may be sent: the previous one, and that of the day (R3)."""
    today = dutch_day(moment)
    return schooljaar_for(today.replace(year=today.year - 1, day=1)), schooljaar_for(today)
