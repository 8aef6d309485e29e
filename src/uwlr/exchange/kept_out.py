"""Who was forgotten stays out: the numbers in rosters and results held against keyed hashes of those that are gone.

The hashes are an HMAC-SHA-256 under a secret of the store, which is encrypted where there is a cipher. A number that
somebody else has too is none of theirs, and what contradicts it is left to a person, as with everybody who is known.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uwlr.exchange.identity import fingerprint
from uwlr.exchange.pseudoniem import forgetting_secret
from uwlr.exchange.roster_rows import RosterRow, is_dummy
from uwlr.exchange.tables import VergetenRow

_KEY, _ECKID, _SAID = "s", "e", "v"
"""What a mark is of: a key with its bron, an ECK-iD, all that a row without a number says."""

_UNKNOWN: Final = ""
"""In place of the bron of a key, where it is not known."""


class Found(NamedTuple):
    """A pupil who was forgotten, in a roster.

    Attributes:
        order: number of the order by which.
        certain: whether it is that pupil; else a person has to look.
    """

    order: int
    certain: bool


class KeptOut:
    """Tells who was forgotten.

    Args:
        secret: under which the marks were made.
        marks: those of each order.
        last: number of the last order of the school; 0 is none.
    """

    def __init__(self, secret: bytes, marks: Mapping[int, Iterable[str]], last: int) -> None:
        self._secret = secret
        self._orders = {mark: order for order, own in marks.items() for mark in own}
        self._with_eckid = {order for mark, order in self._orders.items() if mark.startswith(_ECKID)}
        self.last = last

    def __bool__(self) -> bool:
        return bool(self._orders)

    def who(self, bron: str | None, keys: Iterable[str | None], eckid: str | None) -> Found | None:
        """Tell whose numbers these are; None if nobody's who was forgotten.

        Args:
            bron: space of the keys; None is not known.
            keys: the key, and those that it took the place of.
            eckid: None where there is none, or others in the roster have it too.
        """
        if not self._orders:
            return None
        by_eckid = self._of(_ECKID, eckid) if eckid else None
        if by_eckid is not None:
            return Found(by_eckid, certain=True)
        for key in keys:
            if not key or is_dummy(key):
                continue
            order = self._of(_KEY, bron, key) if bron else None
            known = order is not None
            order = order if known else self._of(_KEY, _UNKNOWN, key)
            if order is not None:
                return Found(order, certain=known and not (eckid and order in self._with_eckid))
        return None

    def is_out(self, bron: str | None, key: object, eckid: object) -> bool:
        """Tell whether these are certainly the numbers of one who was forgotten; what is no text is no number."""
        found = self.who(bron, [key if isinstance(key, str) else None], eckid if isinstance(eckid, str) else None)
        return found is not None and found.certain

    def follow(self, session: Session, spaces: Sequence[str], keys: Mapping[str, str]) -> set[str]:
        """Keep those out under their new keys too who were forgotten under old ones.

        Args:
            session: a transaction.
            spaces: of the keys.
            keys: old keys and those that took their place.

        Returns:
            The old keys that were theirs.
        """
        theirs = set()
        for old, new in keys.items() if self else ():
            for bron in spaces:
                found = self.who(bron, [old], None)
                if found is not None and found.certain:
                    row = session.get_one(VergetenRow, found.order)
                    row.kenmerken = (*row.kenmerken, _mark(self._secret, _KEY, bron, new))
                    theirs.add(old)
        return theirs

    def split(
        self, rows: Sequence[RosterRow], new_keys: Mapping[str, str] | None = None
    ) -> tuple[list[RosterRow], tuple[int, ...], list[RosterRow]]:
        """Take out of the rows of pupils who was forgotten.

        Args:
            rows: of one kind.
            new_keys: old keys and those that took their place.

        Returns:
            The rows that stay, the orders of those that do not, and the rows out of the former that a person has to
            look at.
        """
        if not self._orders:
            return list(rows), (), []
        older: dict[str, list[str]] = {}
        for old, new in (new_keys or {}).items():
            older.setdefault(new, []).append(old)
        counts = Counter(row.gegevens.eckid for row in rows)
        stay, orders, odd = [], [], []
        for row in rows:
            g = row.gegevens
            eckid = g.eckid if counts[g.eckid] == 1 else None
            found = self.who(g.bron, [g.key, *older.get(g.key or "", ())], eckid)
            if found is None and (order := self._of(_SAID, fingerprint(row))) is not None:
                found = Found(order, certain=True)
            if found is None or not found.certain:
                stay.append(row)
                odd += [] if found is None else [row]
            else:
                orders.append(found.order)
        return stay, tuple(sorted(set(orders))), odd

    def _of(self, kind: str, *parts: str | None) -> int | None:
        return self._orders.get(_mark(self._secret, kind, *parts))


def kept_out(session: Session, school: str) -> KeptOut:
    """Give who was forgotten of a school."""
    wanted = select(VergetenRow.id, VergetenRow.kenmerken).where(VergetenRow.school == school)
    marks: dict[int, tuple[str, ...]] = {row.id: row.kenmerken for row in session.execute(wanted)}
    secret = forgetting_secret(session.connection()) if any(marks.values()) else b""
    return KeptOut(secret, marks, max(marks, default=0))


def last_order(session: Session, school: str) -> int:
    """Give the number of the last order to forget a pupil of a school; 0 is none."""
    return session.scalar(select(func.max(VergetenRow.id)).where(VergetenRow.school == school)) or 0


def marks_of(
    secret: bytes, numbers: Iterable[tuple[str, str]], eckids: Iterable[str], fingerprints: Iterable[str]
) -> Iterator[str]:
    """Give the marks of a pupil.

    Args:
        secret: see `forgetting_secret`.
        numbers: bron and key of each; an empty bron is not known.
        eckids: of the pupil alone.
        fingerprints: of rows that have no number to know them by.
    """
    yield from (_mark(secret, _KEY, bron, key) for bron, key in numbers if not is_dummy(key))
    yield from (_mark(secret, _ECKID, eckid) for eckid in eckids)
    yield from (_mark(secret, _SAID, said) for said in fingerprints)


def _mark(secret: bytes, kind: str, *parts: str | None) -> str:
    text = "\x1f".join((kind, *(part or "" for part in parts)))
    return kind + hmac.digest(secret, text.encode(), "sha256").hex()
