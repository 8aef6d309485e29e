"""Schools per second of a night: `python -m benchmarks.nightly [--schools 1000] [--store URL]`.

The fake LAS runs in a process of its own. Every koppeling asks for the same school, so that the fake has its answer
ready and does not take the time that is measured.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec
from sqlalchemy import update

from mock_las.las import RemoteLas
from uwlr.berichten import Leerlinggegevens
from uwlr.exchange import Bron, Koppeling, Koppelingen, Nightly, Store
from uwlr.exchange.tables import LidRow, PlanRow
from uwlr.testing import make_school


@contextmanager
def fake(leerlingen: int) -> Iterator[RemoteLas]:
    """Run the fake in its own process."""
    program = str(Path(sys.executable).with_name("mock-las"))
    command = [program, "serve", "--port", "0", "--leerlingen", str(leerlingen), "--vendor", "standaard"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline() if process.stdout else ""
        yield RemoteLas(line.strip().removeprefix("MOCK_LAS_URL="))
        process.terminate()


def couple(store: Store, las: RemoteLas, schools: int) -> None:
    """Make actief koppelingen, without the probe that each would have."""
    to = las.connection()
    for number in range(schools):
        Koppelingen(store).add(
            naam=f"school {number}",
            school=f"s{number}",
            vendor="standaard",
            url=to["leerlinggegevens_url"],
            leerresultaten_url=to["leerresultaten_url"],
            bronnen=[Bron(brincode=to["brincode"], dependancecode=to["dependancecode"])],
            **to["autorisatie"],
        )
    with store.write() as session:
        session.execute(update(Koppeling).values(status="actief", geactiveerd_op=store.now()))


def again(store: Store, *, empty: bool) -> None:
    """Make the night due again, for schools that are as new or as they are now."""
    with store.write() as session:
        session.execute(update(Koppeling).values(laatste_nacht=date(2000, 1, 1)))
        if empty:
            session.query(LidRow).delete()
            session.query(PlanRow).delete()
            session.execute(update(Koppeling).values(roster_hash=None))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=1000)
    parser.add_argument("--leerlingen", type=int, default=220)
    parser.add_argument("--store", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, fake(given.leerlingen) as las:
        url = given.store or str(Path(folder, "uwlr.db"))
        with Store(url) as store:
            store.upgrade()
            las.load_school(school(las, given.leerlingen))
            couple(store, las, given.schools)
            kind = store.engine.dialect.name
            print(f"{given.schools} schools of {given.leerlingen} pupils, {kind}, {os.cpu_count()} cores")
            for workers in (1, 2, 4):
                again(store, empty=True)
                night(url, "first night", workers)
            again(store, empty=False)
            night(url, "unchanged night", 1)
            las.plan_fault("delay", seconds=0.2, times=0)
            for workers in (1, 32):
                again(store, empty=False)
                night(url, "unchanged night, 200 ms delay", workers)


def school(las: RemoteLas, leerlingen: int) -> Leerlinggegevens:
    """Make a school whose staff all have an e-mail address, so that no import waits for one."""
    to = las.connection()
    made = make_school(
        leerlingen=leerlingen,
        schooljaar=to["schooljaar"],
        brincode=to["brincode"],
        dependancecode=to["dependancecode"],
    )
    staff = [msgspec.structs.replace(one, emailadres="iemand@example.org") for one in made.leerkrachten]
    return msgspec.structs.replace(made, leerkrachten=tuple(staff))


def night(url: str, name: str, workers: int) -> None:
    """Run and report."""
    started = time.monotonic()
    summary = Nightly(url, apply=True, workers=workers, notifier=_Silent()).run()
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:32} {workers:3} workers {summary.total / seconds:8.1f} schools/s"
        f" {summary.cpu_ms / max(1, summary.total):6.1f} ms CPU each, peak {peak:.0f} MB;"
        f" ok {summary.ok} review {summary.review} failed {summary.failed}",
        flush=True,
    )


class _Silent:
    def notify(self, notification: object) -> None:
        """Tell nobody."""


if __name__ == "__main__":
    main()
