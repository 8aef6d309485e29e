"""A run through the results, and its cursor: the place in the run, handed to the client.

The supplier stores nothing about a run. The cursor holds all of it, signed, so that it survives a crash of either side
and nobody can forge one for another school. It names a place in the order of processing, not a count: what is
processed while a run goes on neither shifts nor doubles anything.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import date, datetime
from typing import NamedTuple, Self

import msgspec

from uwlr.dutch_time import AMSTERDAM

_SIGNATURE = 16


class Place(NamedTuple):
    """The place of a result in the order of processing: its moment, then its key."""

    moment: datetime
    key: str


class Run(msgspec.Struct, frozen=True, array_like=True):
    """What a run covers, and how far it has come.

    Attributes:
        start: from this moment; None is from the beginning.
        end: up to this moment, not included.
        after: the last result that was given.
    """

    start: datetime | None
    end: datetime
    after: Place | None = None

    @classmethod
    def begin(cls, sinds: datetime | None, vanaf: date | None, now: datetime) -> Self:
        """Begin a run that ends now.

        Args:
            sinds: from this moment.
            vanaf: from this day.
            now: the current moment; nothing may be processed before it any more.
        """
        if vanaf is None:
            return cls(sinds, now)
        start = datetime(vanaf.year, vanaf.month, vanaf.day, tzinfo=AMSTERDAM)
        return cls(max(start, sinds) if sinds is not None else start, now)

    def holds(self, moment: datetime) -> bool:
        """Tell whether a result processed at that moment belongs to the run."""
        return (self.start is None or self.start <= moment) and moment < self.end

    def to_cursor(self, secret: bytes, instellingscode: str) -> str:
        """Write the run as a cursor for one school."""
        told = msgspec.json.encode(self)
        return base64.urlsafe_b64encode(_sign(secret, instellingscode, told) + told).decode()

    @classmethod
    def from_cursor(cls, cursor: str, secret: bytes, instellingscode: str) -> Self | None:
        """Read a cursor; None if it was not issued to this school."""
        try:
            raw = base64.b64decode(cursor, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        signature, told = raw[:_SIGNATURE], raw[_SIGNATURE:]
        if not hmac.compare_digest(signature, _sign(secret, instellingscode, told)):
            return None
        return msgspec.json.decode(told, type=cls)


def _sign(secret: bytes, instellingscode: str, told: bytes) -> bytes:
    return hmac.digest(secret, instellingscode.encode() + b"\0" + told, "sha256")[:_SIGNATURE]
