"""The outbox: news is written in the transaction that makes it so, and told afterwards until it was told.

Who is killed in between neither loses nor doubles it. Killed after a mail server took a mail and before that was
written, it is sent again with the same Message-ID: more is not possible with mail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, cast

import msgspec
from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from uwlr.exchange.notify import AddressedNotifier, MeldingSoort, Notification, Notifier
from uwlr.exchange.store import Store
from uwlr.exchange.tables import Koppeling, MeldingRow, PlanRow
from uwlr.visible import logger

_log = logger("uwlr.exchange")

_LEASE: Final = timedelta(minutes=5)
"""Time to tell one piece of news; whoever takes longer is taken for dead."""


def queue(
    session: Session, koppeling_id: int, now: datetime, soort: MeldingSoort, onderwerp: str, **gegevens: Any
) -> None:
    """Have something told once, if the transaction of the session ends well.

    Args:
        session: the transaction that makes it so.
        koppeling_id: whose news it is.
        now: the moment it is.
        soort: what kind of news.
        onderwerp: what it is about; the same again is not told again.
        gegevens: attributes of the `Notification`.
    """
    told = select(MeldingRow.id).where(
        MeldingRow.koppeling_id == koppeling_id, MeldingRow.soort == soort, MeldingRow.onderwerp == onderwerp
    )
    if session.scalar(told.limit(1)) is None:
        session.add(
            MeldingRow(
                koppeling_id=koppeling_id,
                soort=soort,
                onderwerp=onderwerp,
                gegevens=gegevens,
                gemaakt_op=now,
                status="open",
            )
        )


def take_back(session: Session, koppeling_id: int, soort: MeldingSoort, onderwerp: str) -> bool:
    """Let go of news that was not told yet; tells whether some of it was told already."""
    mine = (MeldingRow.koppeling_id == koppeling_id, MeldingRow.soort == soort, MeldingRow.onderwerp == onderwerp)
    session.execute(update(MeldingRow).where(*mine, MeldingRow.status == "open").values(status="vervallen"))
    told = select(MeldingRow.id).where(*mine, MeldingRow.status.in_(("verzonden", "bezig")))
    return session.scalar(told.limit(1)) is not None


def end_storing(session: Session, koppeling: Koppeling, now: datetime) -> None:
    """Note that what kept a koppeling from working is over, and tell those who were told of it."""
    since = koppeling.storing_sinds
    if since is not None and take_back(session, koppeling.id, "storing", about(since)):
        queue(session, koppeling.id, now, "hersteld", about(since))
    koppeling.storing = koppeling.storing_sinds = None


def about(since: datetime) -> str:
    """Name what began at a moment."""
    return f"sinds {since.isoformat(timespec='microseconds')}"


class Outbox:
    """News that waits to be told.

    Args:
        store: where it is.
        notifier: tells people.
    """

    def __init__(self, store: Store, notifier: Notifier) -> None:
        self._store = store
        self._notifier = notifier
        self._broken = False

    def send(self, koppeling_id: int | None = None) -> int:
        """Tell what waits, of one koppeling or of all; gives how much was told.

        After a failure nothing more is tried: what was not told waits for the next time.
        """
        count = 0
        for melding_id in self._waiting(koppeling_id):
            if self._broken:
                break
            count += self._tell(melding_id)
        return count

    def _waiting(self, koppeling_id: int | None) -> Iterator[int]:
        """Give what waits, also what is added meanwhile."""
        last = 0
        while True:
            wanted = select(MeldingRow.id).where(self._free(), MeldingRow.id > last).order_by(MeldingRow.id)
            if koppeling_id is not None:
                wanted = wanted.where(MeldingRow.koppeling_id == koppeling_id)
            with self._store.read() as session:
                found = session.scalars(wanted.limit(100)).all()
            if not found:
                return
            yield from found
            last = found[-1]

    def _free(self) -> Any:
        dead = and_(MeldingRow.status == "bezig", MeldingRow.bezig_tot < self._store.now())
        return or_(MeldingRow.status == "open", dead)

    def _tell(self, melding_id: int) -> bool:
        with self._store.write() as session:
            mine = update(MeldingRow).where(MeldingRow.id == melding_id, self._free())
            taken = session.execute(mine.values(status="bezig", bezig_tot=self._store.now() + _LEASE))
            if not taken.rowcount:  # type: ignore[attr-defined]
                return False
            row = session.get_one(MeldingRow, melding_id)
            koppeling = session.get_one(Koppeling, row.koppeling_id)
            notification = _notification(row, koppeling)
            if not _is_news(session, row) or self._spread(session, row, notification):
                return False
        try:
            if row.aan is None:
                self._notifier.notify(notification)
            else:
                cast("AddressedNotifier", self._notifier).notify_one(notification, row.aan)
        except Exception as error:  # noqa: BLE001 - a mail server that is down stops no exchange
            _log.warning("koppeling %d: nobody was told: %s", row.koppeling_id, type(error).__name__)
            self._broken = True
            self._end(melding_id, status="open", bezig_tot=None)
            return False
        self._end(melding_id, status="verzonden", verzonden_op=self._store.now())
        return True

    def _spread(self, session: Session, row: MeldingRow, notification: Notification) -> bool:
        """Make one of it for each address, where the notifier knows addresses."""
        if row.aan is not None or not hasattr(self._notifier, "recipients"):
            return False
        row.status = "verdeeld"
        for recipient in cast("AddressedNotifier", self._notifier).recipients(notification):
            session.add(
                MeldingRow(
                    koppeling_id=row.koppeling_id,
                    soort=row.soort,
                    onderwerp=row.onderwerp,
                    gegevens=row.gegevens,
                    gemaakt_op=row.gemaakt_op,
                    aan=recipient,
                    status="open",
                )
            )
        return True

    def _end(self, melding_id: int, **values: object) -> None:
        with self._store.write() as session:
            session.execute(update(MeldingRow).where(MeldingRow.id == melding_id).values(**values))


def _is_news(session: Session, row: MeldingRow) -> bool:
    """See whether it is news still: an import that was applied or replaced waits for nobody."""
    if row.soort != "import":
        return True
    plan = session.get(PlanRow, row.gegevens.get("plan"))
    if plan is not None and plan.status == "open":
        return True
    row.status = "vervallen"
    return False


def _notification(row: MeldingRow, koppeling: Koppeling) -> Notification:
    given = {"koppeling_id": koppeling.id, "naam": koppeling.naam, "soort": row.soort, **row.gegevens}
    return msgspec.convert(given | {"id": f"{row.id}.{int(row.gemaakt_op.timestamp())}"}, Notification)
