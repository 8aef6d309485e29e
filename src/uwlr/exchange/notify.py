"""Telling people that an import waits for them (R11): in the log, by mail, or in a way of the application's own."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from typing import Protocol

import msgspec

from uwlr.exchange.leden import SOORTEN, Soort
from uwlr.exchange.show import rows

_log = logging.getLogger("uwlr.exchange")


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """An import that waits; counts, nothing personal.

    Attributes:
        koppeling_id: whose import.
        naam: what the application calls the koppeling.
        plan: number of the plan.
        unmatched: rows per kind that matched nothing.
        open_rows: rows that wait for a decision.
        guarded: whether it would deactivate too many pupils.
    """

    koppeling_id: int
    naam: str
    plan: int | None
    unmatched: dict[Soort, int]
    open_rows: int
    guarded: bool

    @property
    def text(self) -> str:
        """Say it to people."""
        counts = [f"{self.unmatched[soort]} {soort}" for soort in SOORTEN if self.unmatched.get(soort)]
        lines = [f"De import van {self.naam} wacht op controle."]
        if counts:
            lines.append(f"Niet herkend: {', '.join(counts)}.")
        if self.open_rows:
            lines.append(f"Te beslissen: {rows(self.open_rows)}.")
        if self.guarded:
            lines.append("Er zouden ongewoon veel leerlingen gedeactiveerd worden.")
        return "\n".join(lines)


class Notifier(Protocol):
    """Tells people."""

    def notify(self, notification: Notification) -> None:
        """Tell about one import."""


class LogNotifier:
    """Tells the log."""

    def notify(self, notification: Notification) -> None:
        """Write one line."""
        fields = {"koppeling": notification.koppeling_id, "plan": notification.plan, "open": notification.open_rows}
        _log.warning("koppeling %(koppeling)d: plan %(plan)s waits for review", fields, extra=fields)


class SmtpNotifier:
    """Tells by mail.

    Args:
        host: the mail server.
        sender: address the mails come from.
        recipients: gives the addresses for a notification.
        link: gives the address of the review.
        port: of the mail server.
    """

    def __init__(
        self,
        host: str,
        *,
        sender: str,
        recipients: Callable[[Notification], list[str]],
        link: Callable[[Notification], str] | None = None,
        port: int = 25,
    ) -> None:
        self._host, self._port = host, port
        self._sender, self._recipients, self._link = sender, recipients, link

    def notify(self, notification: Notification) -> None:
        """Send one mail to all recipients.

        Raises:
            OSError, smtplib.SMTPException: the mail server does not take it.
        """
        to = self._recipients(notification)
        if not to:
            return
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, ", ".join(to)
        mail["Subject"] = f"Import van {notification.naam} wacht op controle"
        more = f"\n\n{self._link(notification)}" if self._link else ""
        mail.set_content(notification.text + more + "\n")
        with smtplib.SMTP(self._host, self._port, timeout=30) as server:
            server.send_message(mail)
