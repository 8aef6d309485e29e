"""The bench of the server under load runs from end to end; how fast anything is, is not for a test to say."""

from __future__ import annotations

import pytest
from benchmarks import load
from benchmarks.startup import Start, table

from helpers.needs import needs


@pytest.mark.proof
@needs("wrk")
def test_a_row_has_figures_of_both_applications_on_the_same_bytes(monkeypatch):
    """One answer over one number of connections gives rates and latencies of the bare application and of this one."""
    monkeypatch.setattr(load, "SERVERS", ("cheroot",))
    monkeypatch.setattr(load, "ANSWERS", {"small": "1 KB"})
    monkeypatch.setattr(load, "CONNECTIONS", (4,))
    [row] = load.measure(1, ("any", "any"), lambda: None)
    for figures in (row.bare, row.uwlr):
        assert figures.rate > 0
        assert list(figures.milliseconds) == sorted(figures.milliseconds)
    assert f"| 1 KB | 4 | {row.bare.rate:,.0f} | {row.uwlr.rate:,.0f} | {row.share:.0%}" in "\n".join(load.table([row]))


@needs("wrk")
def test_an_answer_that_is_no_200_ends_the_run():
    """Figures of refusals are no figures: wrk's errors are raised."""
    with load.served("waitress", "flask", "any") as port, pytest.raises(load.LoadError, match="errors in"):
        load.ask(port, connections=1, seconds=1, core="any")


def test_a_start_over_its_time_is_said_to_be():
    """What was promised and not kept shows in the table."""
    assert "MISSED" in table([Start("slow", 0.5, 0.9, 0.7)])[-1]
    assert "met" in table([Start("quick", 0.5, 0.6, 0.7)])[-1]
