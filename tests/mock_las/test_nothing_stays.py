"""What is left of fakes that were started, used and stopped: nothing."""

from __future__ import annotations

import gc
import tempfile
import threading
import weakref
from pathlib import Path

import pytest

from mock_las import MockLas
from uwlr.client import UwlrClient
from uwlr.testing import make_results

MOST_OBJECTS = 50
"""Objects that a cycle may add, for caches that fill up; fakes with a school are some ten thousand."""


def cycle(folder: Path) -> list[weakref.ref]:
    """Start fakes that keep their state, ask and bring something, stop them; gives what should be gone."""
    state = folder / "state.db"
    state.unlink(missing_ok=True)
    with MockLas("parnassys", leerlingen=20, state=state) as las:
        to = las.connection()
        client = UwlrClient(
            to.leerlinggegevens_url,
            leerresultaten_url=to.leerresultaten_url,
            autorisatie=to.header,
        )
        with client:
            roster = client.haal_leerlinggegevens(**las.school)
            client.breng_leerresultaten(make_results(roster))
        assert len(las.exchanges()) == 2
        answering = las._server._answering
        parts = (las, las._server, answering, answering._server, las._server.fakes, las._server.fakes.journal)
        return [weakref.ref(part) for part in parts]


def left() -> tuple[int, int, int]:
    """Threads, descriptors and temporary files there are."""
    return threading.active_count(), *(len(list(Path(d).iterdir())) for d in ("/proc/self/fd", tempfile.gettempdir()))


@pytest.mark.parametrize("cycles", [6, pytest.param(300, marks=pytest.mark.proof)])
def test_nothing_stays_of_stopped_fakes(cycles, tmp_path, monkeypatch) -> None:
    """Server, journal, threads, descriptors, temporary files and memory are as they were, however often it is done."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    for _ in range(5):
        cycle(tmp_path)  # what is loaded once and kept is loaded
    gc.collect()
    before, objects = left(), len(gc.get_objects())

    gone = [part for _ in range(cycles) for part in cycle(tmp_path)]

    gc.collect()
    assert [part() for part in gone if part() is not None] == []
    assert left() == before
    assert (len(gc.get_objects()) - objects - len(gone)) / cycles < MOST_OBJECTS
