"""What people are told, and how: in the log, by mail, or in a way of the application's own (R11)."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from hashlib import sha256
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

import msgspec

from uwlr.exchange.leden import SOORTEN, Soort
from uwlr.visible import logger, one_line

_log = logger("uwlr.exchange")

MeldingSoort: TypeAlias = Literal["import", "geweigerd", "storing", "hersteld", "nachten"]
"""Kinds of news: an import that waits, results that were refused, what keeps a koppeling from working, that it works
again, nights that did not run."""


class _Words(NamedTuple):
    """The words of a kind of news; names in braces are those of `Notification.words`."""

    subject: str
    text: tuple[str, ...]
    todo: str


_WORDS: Final[Mapping[MeldingSoort, _Words]] = {
    "import": _Words(
        "Import van {naam} wacht op controle",
        ("De import van {naam} wacht op controle.", "{herkend}", "{rijen}", "{guard}"),
        "Controleer de rijen en bevestig de import. Tot dan verandert er niets.",
    ),
    "geweigerd": _Words(
        "{Resultaten} van {naam} geweigerd",
        ("{las} heeft {resultaten} van {naam} geweigerd.",),
        "Bekijk welke en waarom (`uwlr koppeling results {koppeling}`), verbeter ze en leg ze opnieuw vast.",
    ),
    "storing": _Words("Koppeling {naam} werkt niet: {storing}", ("De koppeling {naam} werkt niet.", "{uitleg}"), ""),
    "hersteld": _Words(
        "Koppeling {naam} werkt weer",
        ("De koppeling {naam} werkt weer. Wat is blijven liggen, is of wordt alsnog uitgewisseld.",),
        "",
    ),
    "nachten": _Words(
        "Koppeling {naam}: {nachten} niet gedraaid",
        ("De uitwisseling van {naam} is {nachten} niet gedraaid. Nu wel.",),
        "Vraag de beheerder van de toepassing waarom; resultaten zijn bewaard en worden alsnog verzonden.",
    ),
}

_COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    "groep": ("groep", "groepen"),
    "leerkracht": ("leerkracht", "leerkrachten"),
    "leerling": ("leerling", "leerlingen"),
    "rij": ("rij", "rijen"),
    "resultaat": ("resultaat", "resultaten"),
    "nacht": ("nacht", "nachten"),
    "koppeling": ("koppeling", "koppelingen"),
}


def counted(count: int, what: str) -> str:
    """Say a number of things: 1 rij, 2 rijen."""
    return f"{count} {_COUNTED[what][count != 1]}"


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of news; counts, nothing personal.

    Attributes:
        koppeling_id: which koppeling.
        naam: what the application calls it.
        soort: what kind of news.
        plan: number of the plan that waits.
        unmatched: rows per kind that matched nothing.
        open_rows: rows that wait for a decision.
        guarded: whether it would deactivate too many pupils.
        aantal: results that were refused, or nights that did not run.
        storing: what keeps it from working.
        uitleg: the same in a sentence, and what to do.
        las: what people call the system.
        id: the same each time that this is told, so that whoever gets it twice can see so.
    """

    koppeling_id: int
    naam: str
    soort: MeldingSoort = "import"
    plan: int | None = None
    unmatched: dict[Soort, int] = msgspec.field(default_factory=dict)
    open_rows: int = 0
    guarded: bool = False
    aantal: int = 0
    storing: str = ""
    uitleg: str = ""
    las: str = ""
    id: str = ""

    @property
    def words(self) -> dict[str, str]:
        """What the texts of a kind are filled with; an empty one leaves its line out."""
        kinds = [counted(self.unmatched[soort], soort) for soort in SOORTEN if self.unmatched.get(soort)]
        resultaten = counted(self.aantal, "resultaat")
        return {
            "naam": one_line(self.naam),
            "koppeling": str(self.koppeling_id),
            "las": one_line(self.las) or "Het andere systeem",
            "herkend": f"Niet herkend: {', '.join(kinds)}." if kinds else "",
            "rijen": f"Te beslissen: {counted(self.open_rows, 'rij')}." if self.open_rows else "",
            "guard": "Er zouden ongewoon veel leerlingen gedeactiveerd worden." if self.guarded else "",
            "resultaten": resultaten,
            "Resultaten": resultaten,
            "nachten": counted(self.aantal, "nacht"),
            "storing": self.storing,
            "uitleg": self.uitleg,
        }

    @property
    def subject(self) -> str:
        """Say it in a line."""
        return _WORDS[self.soort].subject.format(**self.words)

    @property
    def text(self) -> str:
        """Say it to people, and what to do."""
        words, values = _WORDS[self.soort], self.words
        lines = [line.format(**values) for line in (*words.text, words.todo)]
        return "\n".join(line for line in lines if line)


class Notifier(Protocol):
    """Tells people. One that knows their addresses is an `AddressedNotifier`."""

    def notify(self, notification: Notification) -> None:
        """Tell about one thing; an exception has it told again later."""


class AddressedNotifier(Notifier, Protocol):
    """Tells people one by one, so that one who cannot be reached is tried again without the others."""

    def recipients(self, notification: Notification) -> list[str]:
        """Give the addresses of those who are to know."""

    def notify_one(self, notification: Notification, recipient: str) -> None:
        """Tell one of them."""


class LogNotifier:
    """Tells the log."""

    def notify(self, notification: Notification) -> None:
        """Write one line."""
        fields = {
            "koppeling": notification.koppeling_id,
            "news": notification.soort,
            "plan": notification.plan,
            "open": notification.open_rows,
        }
        _log.warning("koppeling %(koppeling)d: %(news)s, plan %(plan)s", fields, extra=fields)


class SmtpNotifier:
    """Tells by mail, each administrator in a mail of their own.

    Args:
        host: the mail server.
        sender: address the mails come from.
        recipients: gives the addresses for a notification.
        link: gives the address where something can be done about it, such as the review of the plan.
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

    def recipients(self, notification: Notification) -> list[str]:
        """Give the addresses of those who are to know."""
        return list(dict.fromkeys(self._recipients(notification)))

    def notify(self, notification: Notification) -> None:
        """Send one mail to each."""
        for recipient in self.recipients(notification):
            self.notify_one(notification, recipient)

    def notify_one(self, notification: Notification, recipient: str) -> None:
        """Send one mail.

        Raises:
            OSError, smtplib.SMTPException: the mail server does not take it.
        """
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, recipient, notification.subject
        if notification.id:
            who = sha256(recipient.encode()).hexdigest()[:16]
            mail["Message-ID"] = f"<uwlr.{notification.id}.{who}@{self._sender.rpartition('@')[2]}>"
        more = f"\n\n{self._link(notification)}" if self._link else ""
        mail.set_content(notification.text + more + "\n")
        with smtplib.SMTP(self._host, self._port, timeout=30) as server:
            server.send_message(mail)
