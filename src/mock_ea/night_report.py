"""The night: everything that is due is fetched, planned and sent; and its report, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final, Protocol

import msgspec

from mock_ea.suite import POLICIES, Suite
from uwlr.dutch_time import AMSTERDAM, dutch_moment
from uwlr.exchange import Koppeling, Nightly
from uwlr.exchange.koppeling import explained
from uwlr.exchange.lifecycle import Storing
from uwlr.exchange.sendable import Held

_HOUR: Final = 2
"""Hour of the night at which it runs."""

HELD: Final[dict[Held, str]] = {
    "te oud": "van een schooljaar voor het vorige",
    "afnamedatum in de toekomst": "met een afnamedatum in de toekomst",
    "genormeerd voor de activering": "genormeerd voor de koppeling actief werd (er is geen terugwerkende kracht)",
}
"""Why results are not sent, for people."""


class Sender(Protocol):
    """One school in one application, with results to send."""

    name: str

    def record(self, koppeling: Koppeling) -> None:
        """Give the exchange what is normed."""

    def not_sendable(self) -> tuple[int, int]:
        """Count the scores that are not normed, and those of pupils without a number."""


class KoppelingReport(msgspec.Struct, kw_only=True):
    """What a night did for one koppeling.

    Attributes:
        verzonden: results that were taken.
        wacht: results that wait, as the LAS does not know the pupil or could not be reached.
        geweigerd: results that were refused for their content.
        niet_verzonden: how many are not sent, by the reason.
        niet_genormeerd: scores that are no result yet.
        zonder_nummer: normed scores of pupils without a number.
        controleren: number of the import that waits for a person.
        storing: what keeps it from working, in a word.
        uitleg: the same for people, and what to do.
    """

    koppeling_id: int
    naam: str
    verzonden: int = 0
    wacht: int = 0
    geweigerd: int = 0
    niet_verzonden: dict[Held, int] = msgspec.field(default_factory=dict)
    niet_genormeerd: int = 0
    zonder_nummer: int = 0
    controleren: int | None = None
    storing: str = ""
    uitleg: str = ""


class NightReport(msgspec.Struct, kw_only=True):
    """What a night did."""

    nacht: str
    koppelingen: list[KoppelingReport] = msgspec.field(default_factory=list)
    mails: int = 0

    @property
    def verzonden(self) -> int:
        """How many results were taken."""
        return sum(one.verzonden for one in self.koppelingen)


def run_night(suite: Suite, senders: Iterable[Sender], *, advance: bool = True) -> NightReport:
    """Do the work of a night.

    Args:
        suite: what all share.
        senders: who has results.
        advance: move the clock to the next night first; else it is run at the moment it is.
    """
    if advance:
        suite.clock.set(next_night(suite.clock.now()), frozen=suite.clock.frozen)
    by_name = {sender.name: sender for sender in senders}
    active = [one for one in suite.koppelingen.all("actief") if one.school in by_name]
    before = {}
    for koppeling in active:
        by_name[koppeling.school].record(koppeling)
        before[koppeling.id] = suite.ledger.counts(koppeling.id)["bezorgd"]
    mails = len(suite.mailbox.all())
    summary = Nightly(
        str(suite.store.engine.url),
        policies=POLICIES,
        notifier=suite.postman,
        clock=suite.clock.now,
        workers=2,
    ).run()
    report = NightReport(nacht=summary.night)
    for koppeling in active:
        counts = suite.ledger.counts(koppeling.id)
        held = suite.ledger.held(koppeling.id)
        now = suite.koppelingen.get(koppeling.id)
        unnormed, numberless = by_name[koppeling.school].not_sendable()
        plan = suite.importer.open_plan(koppeling.id) if koppeling.url else None
        storing: Storing | None = now.storing  # type: ignore[assignment]
        report.koppelingen.append(
            KoppelingReport(
                koppeling_id=koppeling.id,
                naam=koppeling.naam,
                verzonden=counts["bezorgd"] - before[koppeling.id],
                wacht=counts["klaar"] - sum(held.values()),
                geweigerd=counts["geweigerd"],
                niet_verzonden=held,
                niet_genormeerd=unnormed,
                zonder_nummer=numberless,
                controleren=plan.id if plan is not None else None,
                storing=storing or "",
                uitleg=explained(now, storing) if storing else "",
            )
        )
    report.mails = len(suite.mailbox.all()) - mails
    suite.state.keep("nachten", [*reports(suite), report][-_KEPT:])
    return report


_KEPT: Final = 30
"""Nights that are remembered."""


def reports(suite: Suite) -> list[NightReport]:
    """Give the reports of the last nights, oldest first."""
    found: list[NightReport] = suite.setting("nachten", list[NightReport]) or []
    return found


def next_night(moment: dt.datetime) -> dt.datetime:
    """Give the moment of the next night after a moment."""
    local = dutch_moment(moment)
    day = local.date() if local.hour < _HOUR else local.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(_HOUR), tzinfo=AMSTERDAM)
