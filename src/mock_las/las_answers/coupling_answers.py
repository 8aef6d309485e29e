"""What the verbs answer about couplings, and the mails that go with them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from mock_las.couplings import Status
from uwlr.undisclosed import Undisclosed


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a coupling: when, what, and who did it as far as somebody said so."""

    at: dt.datetime
    event: str
    door: str | None


class CouplingShown(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A coupling of a school with a supplier; `repr` does not show its key.

    Attributes:
        id: its number.
        vendor: the vendor.
        brincode: the school; empty if one key serves every school of the supplier.
        dependancecode: its location.
        klantcode: code of the supplier.
        klantnaam: name of the supplier.
        status: how far it is.
        autorisatiesleutel: the key.
        startdatum: first day on which the key is accepted; None: at once.
        log: what happened to it, oldest first.
    """

    id: int
    vendor: str
    brincode: str
    dependancecode: str
    klantcode: str
    klantnaam: str
    status: Status
    autorisatiesleutel: str | None
    startdatum: dt.date | None
    log: tuple[Step, ...]

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show what is no key."""
        return [("vendor", self.vendor), ("brincode", self.brincode), ("status", self.status)]


class Mail(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A mail that a vendor sent; it may hold a key."""

    at: dt.datetime
    subject: str
    body: str

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show its subject."""
        return [("subject", self.subject)]
