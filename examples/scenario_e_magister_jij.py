"""Scenario E: a fake Magister pulls results from a supplier, batch by batch, and goes on after it was stopped.

The real contract between Magister and JIJ! is not public. The two sides here speak one of this project's own; see
docs/jij.md. Run it by itself: python examples/scenario_e_magister_jij.py
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from mock_ea.jij.supplier import Keys, MemorySupplier, serving
from mock_las import MockLas
from uwlr.errors import ClientFault
from uwlr.testing import make_results, make_school

TODAY = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
KEYS = Keys(jij="sleutel-voor-jij", toa="sleutel-voor-toa")


def make_supplier() -> MemorySupplier:
    """A supplier that processed the same school's tests of two school years."""
    supplier = MemorySupplier(secret=b"signs the cursors", now=lambda: TODAY)
    supplier.register("99MM", KEYS)
    for schooljaar, processed_at in (
        ("2025-2026", dt.datetime(2025, 11, 17, 20, tzinfo=dt.UTC)),
        ("2024-2025", dt.datetime(2024, 11, 17, 20, tzinfo=dt.UTC)),
    ):
        school = make_school(7, leerlingen=120, sector="VO", schooljaar=schooljaar, brincode="99MM")
        supplier.add("99MM", make_results(school), processed_at)
    return supplier


@contextmanager
def magister(state: Path) -> Iterator[MockLas]:
    """A fake Magister of that school; what it remembers is in the file."""
    with MockLas("magister", seed=7, leerlingen=120, state=state) as las:
        las.set_clock(now=TODAY)
        yield las


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serving(make_supplier()) as url:
        state = Path(folder) / "magister.db"

        with magister(state) as las:
            pull = partial(las.pull, url, instellingscode="99MM", soapkey=KEYS.jij)
            try:
                pull(soapkey=KEYS.toa)
            except ClientFault as fault:
                print(f"with TOA's key: {fault.code}")
            assert las.received() == []

            las.change_school("left")
            since = dt.date(2025, 8, 1)
            started = pull(vanaf=since, batchgrootte=100, batches=2)
            print(f"two batches since {since}: {started.new} results; then Magister stops")
            print(f"  and {started.unknown} of a pupil who left, whose stamnummer is not known any more")

        with magister(state) as las:
            pull = partial(las.pull, url, instellingscode="99MM", soapkey=KEYS.jij)
            rest = pull(batchgrootte=100)
            print(f"started again: {rest.new} more, {rest.already} processed again, until nothing is found")
            assert rest.complete
            assert rest.already == 0

            nothing = pull()
            print(f"asked once more: {nothing.new} new")
            assert nothing.batches == 0

            older = pull(vanaf=rest.volgende_vanaf)
            print(f"the year before: {older.new} results, and {older.already} were there already")
            assert len(las.received()) == started.new + rest.new + older.new


if __name__ == "__main__":
    main()
