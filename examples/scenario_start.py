"""What every scenario begins with: a fake system, a store, one clock for both, and people who get mail.

Run by itself it shows what a supplier writes for a koppeling with each system that is known.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from mock_las import MockLas
from uwlr.berichten import Toets, VocabulaireGebondenVeld
from uwlr.exchange import Koppeling, Koppelingen, NewResult, Nightly, Notification, Store
from uwlr.exchange.presets import PRESETS

TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="REK-M6"), toetsnaam="Rekenen midden groep 6")


class Clock:
    """The moment it is, for the store, the nights and the fake alike."""

    def __init__(self, las: MockLas, moment: datetime) -> None:
        self.las, self.moment = las, moment
        self.advance()

    def __call__(self) -> datetime:
        """Tell it."""
        return self.moment

    def advance(self, **step: float) -> None:
        """Let time pass, such as `days=1`."""
        self.moment += timedelta(**step)
        self.las.set_clock(now=self.moment)


class Mail:
    """Prints what the administrators are mailed; `SmtpNotifier` sends it."""

    def __init__(self) -> None:
        self.subjects: list[str] = []

    def notify(self, notification: Notification) -> None:
        """Print the subject."""
        self.subjects.append(notification.subject)
        print("  mail:", notification.subject)


class Scenario(NamedTuple):
    """A koppeling that was asked for, and all around it."""

    las: MockLas
    store: Store
    clock: Clock
    mail: Mail
    koppelingen: Koppelingen
    koppeling: Koppeling

    def night(self, **options: Any) -> None:
        """Let a day pass, and run the night."""
        self.clock.advance(days=1)
        print(Nightly(str(self.store.engine.url), clock=self.clock, notifier=self.mail, **options).run())

    def result(
        self, leerlingid: str, score: int, *, afnamedatum: date | None = None, genormeerd_op: datetime | None = None
    ) -> NewResult:
        """Make a result of today that was normed just now, unless told otherwise."""
        now = self.clock()
        return NewResult(
            leerlingid=leerlingid,
            toets=TOETS,
            score=score,
            afnamedatum=afnamedatum or now.date(),
            genormeerd_op=genormeerd_op or now,
        )


@contextmanager
def started(vendor: str, *, roster: bool = True) -> Iterator[Scenario]:
    """Start a fake, make a store, and ask for a koppeling: what it says of the system is in `couple`."""
    with tempfile.TemporaryDirectory() as folder, MockLas(vendor, seed=7, leerlingen=40) as las:
        clock = Clock(las, datetime(2026, 11, 20, 20, tzinfo=UTC))
        with Store(str(Path(folder, "uwlr.db")), clock=clock) as store:
            store.upgrade()
            koppelingen, koppeling = couple(store, las, vendor, roster=roster)
            yield Scenario(las, store, clock, Mail(), koppelingen, koppeling)


def couple(store: Store, las: MockLas, vendor: str, *, roster: bool = True) -> tuple[Koppelingen, Koppeling]:
    """Ask for a koppeling with a fake: what is known of the system is filled in."""
    to = las.connection(vendor)
    koppelingen = Koppelingen(store, klantcode=to.autorisatie.klantcode, klantnaam=to.autorisatie.klantnaam)
    return koppelingen, koppelingen.add(
        vendor,
        naam="De Proef",
        school="school-1",
        bronnen=[to.brincode + to.dependancecode],
        url=to.leerlinggegevens_url if roster else None,
        leerresultaten_url=to.leerresultaten_url,
    )


if __name__ == "__main__":
    for name, preset in PRESETS.items():
        with started(name, roster=not preset.silent) as scenario:
            print(scenario.koppeling, preset.titel, scenario.koppeling.versie)
