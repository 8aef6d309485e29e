"""What a roster says about results: which school a pupil is at, and that results need not wait for them any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from uwlr.berichten import Leerling, Leerlinggegevens
from uwlr.exchange.kept_out import KeptOut
from uwlr.exchange.pseudoniem import pupil_pseudonym_of
from uwlr.exchange.roster_rows import scope
from uwlr.exchange.store import chunks
from uwlr.exchange.tables import Koppeling, LeerlingRow, ResultaatRow

_CHUNK: Final = 500

AMBIGUOUS: Final = -1
"""In place of a bron: the key is of different pupils in different ones."""


def stop_waiting(session: Session, koppeling_id: int, leerlingids: Iterable[str]) -> int:
    """Have results of these pupils go out with the next message; gives how many waited.

    A roster that holds the pupils brings this about, numbers that were entered, and new keys.
    """
    waits = (ResultaatRow.koppeling_id == koppeling_id, ResultaatRow.status == "klaar", ResultaatRow.wacht)
    if session.scalar(select(ResultaatRow.key).where(*waits).limit(1)) is None:
        return 0
    pseudonym = pupil_pseudonym_of(session.connection())
    count = 0
    for chunk in chunks(map(pseudonym, leerlingids), _CHUNK):
        done = session.execute(update(ResultaatRow).where(*waits, ResultaatRow.leerling.in_(chunk)).values(wacht=False))
        count += done.rowcount  # type: ignore[attr-defined]
    return count


def note_pupils(
    session: Session,
    koppeling: Koppeling,
    rosters: Sequence[tuple[str, Leerlinggegevens]],
    out: KeptOut | None = None,
) -> None:
    """Keep which bron each pupil of new rosters is in, and send what waited for them.

    Args:
        session: a transaction.
        koppeling: whose rosters they are.
        rosters: one per bron, in their order; a pupil who is in several counts for the first. A key
            that is of different pupils there is of no bron: each result has to say which.
        out: tells which pupils were forgotten: nothing is kept of them.
    """
    if koppeling.leerresultaten_url is None:
        return
    stop_waiting(session, koppeling.id, [p.key for _, roster in rosters for p in roster.leerlingen if p.key])
    if len(koppeling.bronnen) == 1:
        return
    pseudonym = pupil_pseudonym_of(session.connection())
    places: dict[str, int] = {}
    seen: dict[str, Leerling] = {}
    for number, (name, roster) in enumerate(rosters):
        for pupil in roster.leerlingen:
            if not pupil.key or (out and out.is_out(scope(koppeling.vendor, name), pupil.key, pupil.eckid)):
                continue
            key = pseudonym(pupil.key)
            if not _may_be_same(seen.setdefault(key, pupil), pupil):
                places[key] = AMBIGUOUS
            places.setdefault(key, number)
    session.execute(delete(LeerlingRow).where(LeerlingRow.koppeling_id == koppeling.id))
    session.add_all(LeerlingRow(koppeling_id=koppeling.id, leerling=key, bron=bron) for key, bron in places.items())


def _may_be_same(one: Leerling, other: Leerling) -> bool:
    """Tell whether nothing says that two pupils with the same key are different ones."""
    pairs = ((one.roepnaam, other.roepnaam), (one.geboortedatum, other.geboortedatum), (one.eckid, other.eckid))
    return all(a == b for a, b in pairs if a is not None and b is not None)
