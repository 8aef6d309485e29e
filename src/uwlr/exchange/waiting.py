"""Results that wait for their pupil to be known, and what ends that at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from uwlr.exchange.pseudoniem import pseudonym_of
from uwlr.exchange.store import chunks
from uwlr.exchange.tables import ResultaatRow

_CHUNK: Final = 500


def stop_waiting(session: Session, koppeling_id: int, leerlingids: Iterable[str]) -> int:
    """Have results of these pupils go out with the next message; gives how many waited.

    A roster that holds the pupils brings this about, numbers that were entered, and new keys.
    """
    waits = (ResultaatRow.koppeling_id == koppeling_id, ResultaatRow.status == "klaar", ResultaatRow.wacht)
    if session.scalar(select(ResultaatRow.key).where(*waits).limit(1)) is None:
        return 0
    pseudonym = pseudonym_of(session.connection())
    count = 0
    for chunk in chunks(map(pseudonym, leerlingids), _CHUNK):
        done = session.execute(update(ResultaatRow).where(*waits, ResultaatRow.leerling.in_(chunk)).values(wacht=False))
        count += done.rowcount  # type: ignore[attr-defined]
    return count
