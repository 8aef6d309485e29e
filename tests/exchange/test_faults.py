"""docs/faults.md is what happens: each planned fault of the mock against the client and a night, over HTTP."""

from __future__ import annotations

from typing import get_args

import pytest
from tools import faults

from mock_las.faults import Kind

PAGE = faults.PAGE.read_text("utf-8")
ROWS = [row for row in PAGE.splitlines() if row.startswith("| `")]
SHORT = ("Client.ScoreOngeldig", "truncate", "close_connection, processed")


@pytest.fixture(scope="module")
def on():
    """The fake in a process of its own."""
    with faults.bench() as on:
        yield on


@pytest.fixture(scope="module")
def school(on, tmp_path_factory):
    """The store that nights begin with, and its results."""
    return faults.sqlite_school(on, tmp_path_factory.mktemp("faults"))


@pytest.mark.parametrize("planned", [one for one in faults.FAULTS if one.name in SHORT], ids=lambda one: one.name)
def test_a_fault_does_what_the_page_says(on, school, planned):
    """What the caller sees, what the night tells and what is lost or doubled stand in the page."""
    found = faults.tried(on, planned, *school)
    assert [found.client, *found.night.values()] == [row for row in ROWS if row.startswith(f"| `{planned.name}` |")]


@pytest.mark.proof
def test_the_page_is_what_a_run_gives():
    """All of the page, every fault of it, is what trying gives; `python tools/faults.py` writes it."""
    assert faults.page() == PAGE


@pytest.mark.proof
@pytest.mark.parametrize("times", faults.TIMES, ids=["once", "always"])
@pytest.mark.parametrize("operation", faults.OPERATIONS)
@pytest.mark.parametrize("planned", faults.FAULTS, ids=lambda one: one.name)
def test_on_postgresql_a_night_fares_the_same(on, planned, operation, times, postgres_url):
    """A night on PostgreSQL tells what the page says of SQLite, and loses and doubles as little."""
    found = faults.try_night(on, planned, operation, times, postgres_url, faults.imported_school(on, postgres_url))
    rows = [row for row in ROWS if row.startswith(f"| `{planned.name}` |")]
    row = rows[1 + faults.OPERATIONS.index(operation)]
    column = 2 + faults.TIMES.index(times)
    assert faults.cells(planned, found.night).split(" | ")[1].removesuffix(" |") == row.split(" | ")[column - 1]
    assert found.damage == (0, 0)


def test_nothing_is_lost_or_doubled_by_any_fault():
    """Every kind of fault that can be planned stands in the page three times, with nothing lost and nothing doubled."""
    assert {planned.plan["kind"] for planned in faults.FAULTS} == set(get_args(Kind))
    assert len(ROWS) == 3 * len(faults.FAULTS)
    assert [row for row in ROWS if not row.endswith(" | 0 | 0 |")] == []
