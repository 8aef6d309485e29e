"""What the applications share: one store of the exchange, one clock, one mailbox, and where the systems are."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from mock_ea.accounts import Accounts, School
from mock_ea.mailbox import Mailbox, Postman
from mock_las.clock import Clock
from mock_las.declined import Declined
from mock_las.las import Las
from mock_las.state import State
from uwlr.exchange import Importer, Koppeling, Koppelingen, Ledger, Notification, Policies, Store, VendorPolicy
from uwlr.exchange.outbox import Outbox
from uwlr.private_files import private_folder

SERVICE: Final = "klantenservice@testcentrum.example"
"""Where Boom's customer service gets its mail."""

POLICIES: Final = Policies(
    attempts=1,
    backoff=0,
    breaker=1000,
    vendor={vendor: VendorPolicy(silent=False) for vendor in ("schoolkr8", "focuspo")},
)
"""One attempt a night; and as the manuals tell it, a result is sent once, also to a dashboard that does not know the
pupil yet: what it drops is not sent again."""


class Address(NamedTuple):
    """Where a system takes requests; None where it has no such service."""

    leerlinggegevens: str | None = None
    leerresultaten: str | None = None


def addresses_of(las: Las) -> dict[str, Address]:
    """Where the systems of running fakes are."""
    return {one.name: Address(one.leerlinggegevens_url, one.leerresultaten_url) for one in las.connections()}


class Suite:
    """The shared part.

    Args:
        folder: keeps everything; None keeps it as long as the process lives.
        clock: the time; None makes one that is kept here.
        systems: where each system is, by its name among the fakes.
        las: running fakes, which the school can be told of beyond UWLR, as Basispoort does.
    """

    def __init__(
        self,
        *,
        folder: Path | None = None,
        clock: Clock | None = None,
        systems: Mapping[str, Address] | None = None,
        las: Las | None = None,
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory() if folder is None else None
        home = Path(self._temporary.name) if self._temporary else folder
        assert home is not None  # noqa: S101 - for mypy
        private_folder(home)
        self.state = State(home / "toepassingen.db" if folder is not None else None)
        self.clock = clock or Clock(self.state)
        self.systems = dict(systems or {})
        self.las = las
        self.url = ""
        """Where the applications are; set once they listen."""
        self.store = Store(str(home / "uitwisseling.db"), clock=self.clock.now)
        self.store.upgrade()
        self.accounts = Accounts(self.state)
        self.mailbox = Mailbox(self.state, self.clock)
        self.koppelingen = Koppelingen(self.store)
        self.importer = Importer(self.store)
        self.ledger = Ledger(self.store)
        self.postman = Postman(
            self.mailbox, sender=lambda _: SERVICE, addresses=self._administrators, link=self._page_of
        )

    def close(self) -> None:
        """Let go of everything."""
        self.store.close()
        self.state.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def address(self, vendor: str) -> Address:
        """Where a system is.

        Raises:
            Declined: nobody said.
        """
        if vendor not in self.systems:
            raise Declined(
                f"there is no address of {vendor}: give one when you start the applications",
                f"Van {vendor} is geen adres bekend; geef het op bij het starten.",
            )
        return self.systems[vendor]

    def koppelingen_of(self, school: str) -> list[Koppeling]:
        """Give the koppelingen of a school in one application, such as `boom 99QQ00`, the ended ones too."""
        return [koppeling for koppeling in self.koppelingen.all() if koppeling.school == school]

    def tell(self) -> int:
        """Mail what waits to be told; gives how many mails."""
        return Outbox(self.store, self.postman).send()

    def mail_school(self, school: School, onderwerp: str, tekst: str, *, van: str = SERVICE, page: str = "") -> None:
        """Mail every administrator of a school."""
        for address in school.beheerders:
            self.mailbox.send(van, address, onderwerp, tekst, link=f"{self.url}{page}" if page else None)

    def setting(self, name: str, kind: Any) -> Any:
        """Give what is kept under a name."""
        return self.state.setting(name, kind)

    def _school_of(self, notification: Notification) -> School:
        koppeling = self.koppelingen.get(notification.koppeling_id)
        return self.accounts.get(koppeling.school.partition(" ")[2])

    def _administrators(self, notification: Notification) -> list[str]:
        return list(self._school_of(notification).beheerders)

    def _page_of(self, notification: Notification) -> str:
        application, _, school = self.koppelingen.get(notification.koppeling_id).school.partition(" ")
        if notification.plan is not None:
            return f"{self.url}/boom/{school}/import/{notification.plan}"
        return f"{self.url}/{application}/{school}/koppelingen"


def working_days_after(day: dt.date, count: int) -> dt.date:
    """Give the day that lies so many working days after a day."""
    while count:
        day += dt.timedelta(days=1)
        count -= day.weekday() < 5
    return day
