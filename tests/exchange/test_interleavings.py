"""Nothing is lost and nothing is doubled in effect, whatever order things happen in and wherever a worker dies."""

from __future__ import annotations

import pytest

from exchange.interleaving import explore


@pytest.mark.parametrize(
    ("results", "kills", "batch", "limit"),
    [
        (1, 1, 2, 60),
        pytest.param(4, 1, 4, None, marks=pytest.mark.proof),
        pytest.param(4, 1, 2, 6000, marks=pytest.mark.proof),
    ],
    ids=["some of it", "four results in a message: all", "four results in two messages: the first 6,000 runs"],
)
def test_every_interleaving(tmp_path, capsys, results, kills, batch, limit):
    """Two workers, a correction and the network in every order: the receiver ends with just what the ledger holds."""
    states, runs = explore(tmp_path, results=results, kills=kills, batch=batch, limit=limit)
    with capsys.disabled():
        print(f"\n{results} results, {kills} deaths: {states} states in {runs} runs")  # noqa: T201 - how much was tried
    assert states > 100
