"""Days of a message in order, those that Python's calendar does not reach among them."""

from __future__ import annotations

import math
from datetime import date

from uwlr.berichten.waarden import OutOfRange


def ordinal(value: object) -> float | None:
    """The number of a day or of the day of a moment, infinite beyond the years 1 to 9999; None for what is no day."""
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, OutOfRange):
        return -math.inf if (value.raw or "").startswith("-") else math.inf
    return None


def text(value: object) -> str:
    """A day or moment as XML Schema writes it, without its time zone for a day."""
    if isinstance(value, OutOfRange):
        return value.raw or ""
    return value.isoformat() if isinstance(value, date) else ""
