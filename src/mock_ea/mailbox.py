"""The mails that the applications send and get: kept here, never sent outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

import msgspec

from mock_las.clock import Clock
from mock_las.state import State
from uwlr.exchange import Notification

_KEPT: Final = "mails"


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail; `link` leads to a page of ours."""

    at: dt.datetime
    van: str
    aan: str
    onderwerp: str
    tekst: str
    link: str | None = None


class Mailbox:
    """All mails, oldest first.

    Args:
        state: where they are kept.
        clock: the time.
    """

    def __init__(self, state: State, clock: Clock) -> None:
        self._state, self._clock = state, clock

    def send(self, van: str, aan: str, onderwerp: str, tekst: str, *, link: str | None = None) -> Mail:
        """Send a mail."""
        mail = Mail(at=self._clock.now(), van=van, aan=aan, onderwerp=onderwerp, tekst=tekst, link=link)
        with self._state.transaction():
            self._state.keep(_KEPT, [*self.all(), mail])
        return mail

    def all(self, aan: str | None = None) -> list[Mail]:
        """Give the mails, or those to one address."""
        found: list[Mail] = self._state.setting(_KEPT, list[Mail]) or []
        return [mail for mail in found if aan in {None, mail.aan}]


class Postman:
    """Tells the administrators of a school what the exchange has to say; each gets a mail of their own.

    Args:
        mailbox: where the mails go.
        sender: gives the address that a mail comes from.
        addresses: gives those of the administrators.
        link: gives the page on which something can be done about it.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        *,
        sender: Callable[[Notification], str],
        addresses: Callable[[Notification], list[str]],
        link: Callable[[Notification], str],
    ) -> None:
        self._mailbox = mailbox
        self._sender, self._addresses, self._link = sender, addresses, link

    def recipients(self, notification: Notification) -> list[str]:
        """Give the addresses of those who are to know."""
        return self._addresses(notification)

    def notify(self, notification: Notification) -> None:
        """Send one mail to each."""
        for recipient in self.recipients(notification):
            self.notify_one(notification, recipient)

    def notify_one(self, notification: Notification, recipient: str) -> None:
        """Send one mail."""
        text = notification.text
        if notification.soort == "import":
            text += "\nEen deel van de gegevens kan niet automatisch worden ingelezen, bijvoorbeeld omdat er geen code "
            text += "is om op te koppelen. Controleer ze via deze link:"
        link = self._link(notification)
        self._mailbox.send(self._sender(notification), recipient, notification.subject, text, link=link)
