"""The lives that tests import, short and long, and how an application fares with them."""

from __future__ import annotations

from collections import Counter
from itertools import cycle

from msgspec.structs import replace

from schoollife.driver import Bounds, Driver
from uwlr.exchange.guards import GUARDS
from uwlr.testing import LENSES
from uwlr.testing.dice import Dice

NEEDLESS = 1
"""How many rows a year may wait although the rosters say enough, the list of a summer and new staff without an address
apart. The bar, `ASKED`, is far wider."""
ONE, DOUBLE, THREE = ("99XX00",), ("99XX00", "99YY00"), ("99XX00", "99XX01", "99ZZ00")
ASKED = 0.01
"""Share of the rows about which a person may be asked although the rosters say enough."""

UNTOLD = replace(LENSES["untidy"], eckids=False, births=False, unicode="NFD")
"""What a LAS without any number or date in common with the one before would send."""

EVENTFUL = [
    Bounds(0, "careful", 20, years=1, pace=5, then=LENSES["untidy"]),
    Bounds(1, "present", 35, DOUBLE, "VO", years=1, pace=7, every=12, then=LENSES["numbered"]),
    Bounds(2, "numbered", 35, years=1, pace=7, every=12, then=LENSES["narrow"]),
    Bounds(3, "decomposed", 35, DOUBLE, years=1, pace=7, every=12, then=LENSES["anonymous"]),
    Bounds(4, "narrow", 35, years=1, pace=7, every=12, then=UNTOLD),
    Bounds(34, "anonymous", 35, years=1, pace=9, every=12, then=LENSES["numbered"]),
    Bounds(6, "untidy", 35, years=1, pace=7, every=12, then=LENSES["decomposed"]),
    Bounds(7, "bare", 35, DOUBLE, years=1, pace=7, every=12, then=LENSES["careful"]),
    Bounds(221, "anonymous", 35, years=1, pace=7, every=12, then=LENSES["numbered"]),
    Bounds(223, "bare", 35, years=1, pace=7, every=12, then=LENSES["numbered"]),
    Bounds(1380, "narrow", 35, years=1, pace=12, every=12, then=LENSES["bare"]),
]
"""The short form."""

QUIET = Bounds(0, "careful", 60, years=1, every=10)
"""The life whose incidents the short form looks at."""

BOARDS = [
    Bounds(100 + seed, lens, size, schools=schools, sector=sector, years=20)
    for seed, lens, schools, sector, size in zip(
        range(50), cycle(LENSES), cycle((ONE, ONE, DOUBLE, ONE, THREE)), cycle(("PO", "PO", "VO")),
        cycle((60, 90, 140, 40, 220, 75, 110)), strict=False,
    )
]  # fmt: skip
"""The bars: 50 boards."""

STATED = {
    "half": "ontbreken", "scattered": "ontbreken", "groups-gone": "ontbreken", "empty": "ontbreken",
    "other-school": "ontbreken", "older": "ouder dan de vorige", "groups-renamed": "groepen hernoemd",
    "staff-gone": "personeel weg", "keys": "sleutels veranderd", "keys-swapped": "namen veranderd",
    "eckids": "ECK-iD veranderd", "births": "geboortedatum veranderd", "names": "namen veranderd",
    "no-groups": "stamgroep kwijt", "no-subgroups": "samengestelde groepen kwijt",
}  # fmt: skip
"""The guard that states a share for each incident."""


def told(driver: Driver) -> str:
    """Say what was found: how many of each kind, and the first of each, with what makes it again."""
    counts = Counter(finding.kind for finding in driver.findings)
    first = {finding.kind: finding for finding in reversed(driver.findings)}
    asked = [f"asked in vain: {dict(driver.why)}", *driver.asked_needlessly[:5]]
    return "\n".join([str(dict(counts)), *map(str, first.values()), *asked])


def stopped(bounds: Bounds, folder, kinds) -> list[tuple[str, float, bool]]:
    """Give for each incident its size above the share that a guard states, and whether it was stopped."""
    found = []
    with bounds.driven(folder) as (driver, life):
        for night in bounds.nights(life):
            driver.night(night)
        before = driver.contents()
        for kind in kinds:
            guard = GUARDS[STATED[kind]]
            stated = guard.share
            share = stated * 1.3 + 0.02 + Dice(bounds.seed, kind).below(1000) / 1000 * (0.95 - stated * 1.3)
            spoiled = life.incident(kind, share)
            # A group that is gone takes its pupils along: whatever the number of groups, these are many.
            least = 1 if kind == "groups-gone" else guard.least
            if spoiled.incident.share > stated and spoiled.incident.rows >= least:
                found.append((kind, spoiled.incident.share, driver.stops(spoiled)))
        assert driver.contents() == before
    return found
