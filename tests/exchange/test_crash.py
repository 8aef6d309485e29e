"""Killing the process at any moment loses no result and no pupil, and doubles none."""

from __future__ import annotations

import pytest

from exchange.crashing import bring_in
from helpers.programs import ran
from uwlr.exchange import Importer, Koppelingen, Ledger, SqlLeden, Store


@pytest.mark.parametrize("kills", ["6", pytest.param("200", marks=pytest.mark.proof)])
def test_killed_at_random_moments(made_url, las, couple, tmp_path, kills):
    """After any number of kills the receiver has what was recorded, and the application who is at school, each once."""
    with Store(made_url) as store:
        las.set_clock(now=store.now(), frozen=False)
        koppeling = couple(store)
        pupils = [key for key, _ in _roster(store, koppeling)]
        recorded = tmp_path / "recorded"
        given = made_url, koppeling.id, kills, 7, recorded, ",".join(pupils), las.url
        [done] = ran("exchange.crashing:main", *given)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == kills
        counts = Ledger(store).counts(koppeling.id)
        bring_in(store, koppeling.id)
        roster = sorted((key, groep) for key, groep in _roster(store, koppeling))
        leden = SqlLeden(store, "s1").find("leerling")
        assert sorted((lid.gegevens.key, lid.gegevens.groepen[0]) for lid in leden if lid.actief) == roster
    expected = dict(line.split() for line in recorded.read_text("utf-8").splitlines())
    received = {result.key: str(result.score) for result in las.received()}
    assert received.items() >= expected.items()
    # What was committed a moment before a kill had no time to be noted in the file, but it is in the ledger.
    assert len(received) == counts["bezorgd"] == sum(counts[s] for s in ("klaar", "onderweg", "bezorgd", "geweigerd"))


def _roster(store, koppeling):
    [(_, roster)] = Importer(store).fetch(Koppelingen(store).get(koppeling.id))
    return [(leerling.key, leerling.groep) for leerling in roster.leerlingen]
