"""PostgreSQL: two imports of one school, upgrades at once, connections that are lost."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from helpers.programs import ran
from uwlr.exchange import Koppelingen, Nightly, SqlLeden, Store
from uwlr.exchange.store import is_away
from uwlr.testing import make_school


@pytest.fixture
def postgres(postgres_url, las):
    """A store on PostgreSQL, in real time."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    with Store(postgres_url) as store:
        store.upgrade()
        yield store


def test_two_koppelingen_of_one_school_import_it_once(postgres, postgres_url, las, couple):
    """Two imports of the same school at the same time give each pupil once, and both are applied."""
    to = las.connection()
    roster = make_school(7, 60, brincode=to.brincode, schooljaar=to.schooljaar)
    las.load_school(replace(roster, leerkrachten=()))
    for _ in range(3):
        couple(postgres)
    assert Nightly(postgres_url, apply=True, workers=3).run().toegepast == 3
    pupils = SqlLeden(postgres, "s1").find("leerling")
    assert len(pupils) == len({lid.gegevens.key for lid in pupils}) == 60


def test_upgrades_at_once(postgres_url):
    """Of several `uwlr store upgrade` at once each ends well, and the store is there."""
    runs = ran("uwlr.cli:main", "store", "upgrade", "--store", postgres_url, times=4)
    assert [run.returncode for run in runs] == [0, 0, 0, 0]
    with Store(postgres_url) as store:
        store.check()


def test_connections_that_are_lost_during_a_night(postgres, postgres_url, las, couple):
    """A night whose connections are all ended once, as by a restart, does every school and loses none."""
    for number in range(6):
        couple(postgres, school=f"s{number}")
    las.plan_fault("delay", operation="HaalLeerlinggegevens", seconds=0.2, times=0)

    def end_connections() -> None:
        ended = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                     " AND datname = current_database() AND query LIKE '%slot%'")  # fmt: skip
        with postgres.engine.connect() as connection:
            connection.execute(ended)

    timer = threading.Timer(0.6, end_connections)
    timer.start()
    summary = Nightly(postgres_url, workers=2).run()
    timer.join()
    assert (summary.failed, summary.exit_code) == (0, 1)
    assert all(koppeling.laatste_nacht for koppeling in Koppelingen(postgres).all())


class _Lost(Exception):  # noqa: N818
    """As a driver says it."""

    def __init__(self, sqlstate):
        super().__init__("lost")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "away"),
    [*((state, True) for state in ("57P01", "08006", "40001", "40P01", "53300")), ("23505", False), ("42P01", False)],
)
def test_what_passes_and_what_does_not(sqlstate, away):
    """A lost connection, a restart and a conflict are tried again; a wrong statement or a broken rule is not."""
    assert is_away(OperationalError("", {}, _Lost(sqlstate))) is away


def test_patience_has_an_end(lite, monkeypatch):
    """What is away for a moment is tried again; what stays away is raised."""
    monkeypatch.setattr("uwlr.exchange.store._PAUSES", (0, 0))
    tries = []

    def work(count):
        tries.append(1)
        if len(tries) <= count:
            raise OperationalError("", {}, _Lost("57P01"))
        return "done"

    assert lite.patiently(lambda: work(2)) == "done"
    tries.clear()
    with pytest.raises(OperationalError):
        lite.patiently(lambda: work(9))
    assert len(tries) == 3
