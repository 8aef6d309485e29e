"""Schools per second of a night: `python -m benchmarks.nightly [--schools 1000] [--store URL] [--part workers]`.

The fake LAS and each night run in processes of their own. Every koppeling asks for the same school, so that the fake
has its answer ready and does not take the time that is measured.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec
from sqlalchemy import func, select, update

from mock_las.remote_las import RemoteLas
from uwlr.berichten import Leerlinggegevens
from uwlr.exchange import Bron, Koppeling, Koppelingen, Store
from uwlr.exchange.tables import LidRow, PlanRow
from uwlr.testing import make_school

PARTS = ("sizes", "workers", "processes", "delay")
SIZES = (100, 300)
"""Numbers of schools at which the peak of memory is told, besides the one that was asked for."""

BIN = Path(sys.executable).parent


@contextmanager
def fake(leerlingen: int) -> Iterator[RemoteLas]:
    """Run the fake in its own process."""
    command = [BIN / "mock-las", "serve", "--port", "0", "--leerlingen", str(leerlingen), "--vendor", "standaard"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline() if process.stdout else ""
        try:
            yield RemoteLas(line.strip().removeprefix("MOCK_LAS_URL="))
        finally:
            process.terminate()


def couple(store: Store, las: RemoteLas, schools: int) -> None:
    """Have so many koppelingen that are actief, without the probe that each would have."""
    to = las.connection()
    with store.read() as session:
        there = session.scalar(select(func.count()).select_from(Koppeling)) or 0
    for number in range(there, schools):
        Koppelingen(store).add(
            naam=f"school {number}",
            school=f"s{number}",
            vendor="standaard",
            url=to.leerlinggegevens_url,
            leerresultaten_url=to.leerresultaten_url,
            bronnen=[Bron(brincode=to.brincode, dependancecode=to.dependancecode)],
            autorisatiesleutel=to.autorisatie.autorisatiesleutel,
            klantcode=to.autorisatie.klantcode,
            klantnaam=to.autorisatie.klantnaam,
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
    parser.add_argument("--part", choices=PARTS, action="append", help="only this; may be repeated")
    given = parser.parse_args()
    parts = given.part or PARTS
    with tempfile.TemporaryDirectory() as folder, fake(given.leerlingen) as las:
        url = given.store or str(Path(folder, "uwlr.db"))
        with Store(url) as store:
            store.upgrade()
            las.load_school(school(las, given.leerlingen))
            kind = "SQLite" if store.is_sqlite else "PostgreSQL"
            print(f"{given.schools} schools of {given.leerlingen} pupils, {kind}, {os.cpu_count()} cores")
            if "sizes" in parts:
                for schools in (*(size for size in SIZES if size < given.schools), given.schools):
                    couple(store, las, schools)
                    again(store, empty=True)
                    night(url, f"first night of {schools}", 1)
            couple(store, las, given.schools)
            if "workers" in parts:
                for workers in (1, 2, 4):
                    again(store, empty=True)
                    night(url, "first night", workers)
                    again(store, empty=False)
                    night(url, "unchanged night", workers)
            if "processes" in parts and not store.is_sqlite:
                for processes in (1, 2, 4):
                    again(store, empty=True)
                    night(url, f"first night, {processes} processes", 1, processes)
                    again(store, empty=False)
                    night(url, f"unchanged night, {processes} processes", 1, processes)
            if "delay" in parts:
                if parts == ["delay"]:
                    night(url, "first night", 4)
                las.plan_fault("delay", seconds=0.2, times=0)
                for workers in (1, 32):
                    again(store, empty=False)
                    night(url, "unchanged, answers 200 ms late", workers)


def school(las: RemoteLas, leerlingen: int) -> Leerlinggegevens:
    """Make a school whose staff all have an e-mail address, so that no import waits for one."""
    to = las.connection()
    made = make_school(
        leerlingen=leerlingen,
        schooljaar=to.schooljaar,
        brincode=to.brincode,
        dependancecode=to.dependancecode,
    )
    staff = [msgspec.structs.replace(one, emailadres="iemand@example.org") for one in made.leerkrachten]
    return msgspec.structs.replace(made, leerkrachten=tuple(staff))


def night(url: str, name: str, workers: int, processes: int = 1) -> None:
    """Run `uwlr nightly`, once or several side by side, and report.

    The processor time is that of these processes, not of the database or the fake.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.json") for number in range(processes)]
        command = [BIN / "uwlr", "nightly", "--store", url, "--apply", "--workers", str(workers), "--json"]
        runs = [
            subprocess.Popen([*command, file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for file in files
        ]
        used = [os.wait4(run.pid, 0)[2] for run in runs]
        for run in runs:
            run.returncode = 0  # it was waited for above, and its summary tells how it went
        summaries = [msgspec.json.decode(file.read_bytes()) for file in files]
    seconds = max(summary["seconds"] for summary in summaries)
    ok, unchanged, busy = (sum(s[name] for s in summaries) for name in ("ok", "ongewijzigd", "busy"))
    bad = sum(s["review"] + s["failed"] + s["skipped"] for s in summaries)
    processor = sum(one.ru_utime + one.ru_stime for one in used)
    peak = max(one.ru_maxrss for one in used) / 1024
    each = processor * 1000 / max(1, ok)
    print(
        f"{name:31} {workers:2} threads {ok / seconds:6.1f} schools/s, CPU {each:5.1f} ms each,"
        f" {processor / seconds:4.0%} of a core, peak {peak:4.0f} MB;"
        f" ok {ok} unchanged {unchanged} busy {busy} other {bad}",
        flush=True,
    )


if __name__ == "__main__":
    main()
