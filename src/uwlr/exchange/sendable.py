"""Which results may be sent now, and why the others may not; decisions only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select

from uwlr.dutch_time import dutch_day
from uwlr.exchange.tables import Koppeling, ResultaatRow
from uwlr.norm import schooljaar_for

Held: TypeAlias = Literal["te oud", "afnamedatum in de toekomst", "genormeerd voor de activering"]
"""Why a result that is klaar is not sent."""

_WINDOW: Final = 1
"""School years before the current one whose results may be sent (R3)."""


def history_window(moment: datetime) -> tuple[str, str]:
    """The school years whose results may be sent: the previous one, and that of the day (R3)."""
    today = dutch_day(moment)
    return schooljaar_for(date(max(today.year - _WINDOW, 1), today.month, 1)), schooljaar_for(today)


def held_because(koppeling: Koppeling, now: datetime) -> Mapping[Held, ColumnElement[bool]]:
    """Give each reason for which a result that is klaar stays here, as a condition on its row; the first one counts.

    A result goes out if it was normed since the activation (R1), or is of a year that was asked for (R2); if it is of
    this school year or the one before (R3); and if the day it was taken has come.
    """
    previous, _ = history_window(now)
    normed_before = ResultaatRow.genormeerd_op < koppeling.geactiveerd_op
    if koppeling.vorig_schooljaar is not None:
        normed_before = and_(normed_before, ResultaatRow.schooljaar != koppeling.vorig_schooljaar)
    return {
        "te oud": ResultaatRow.schooljaar < previous,
        "afnamedatum in de toekomst": ResultaatRow.afnamedatum > dutch_day(now),
        "genormeerd voor de activering": normed_before,
    }


def ready(koppeling_id: int) -> ColumnElement[bool]:
    """The results of a koppeling that are klaar, as a condition."""
    return and_(ResultaatRow.koppeling_id == koppeling_id, ResultaatRow.status == "klaar")


def may_be_sent(koppeling: Koppeling, now: datetime) -> Select[Any]:
    """Select what may be sent now."""
    held = or_(*held_because(koppeling, now).values())
    return select(ResultaatRow).where(ready(koppeling.id), not_(held))
