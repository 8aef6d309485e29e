"""One pupil: all that is kept is shown, and all of it is erased; everybody else stays as they were."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.forgetting import (
    ENVIRONMENT,
    NOW,
    WHO,
    dump,
    eckid,
    filled,
    key,
    opened,
    others,
    readable,
    traces,
)
from uwlr.exchange import Importer, Ledger
from uwlr.exchange.person_places import PLACES
from uwlr.exchange.pupils import Pupils
from uwlr.personal_data import about_pupils


def test_every_table_about_pupils_has_its_way():
    """What the register says holds something about pupils is shown and erased, and nothing else."""
    assert set(PLACES) == set(about_pupils())


@pytest.mark.parametrize(
    ("count", "sealed"),
    [
        pytest.param(60, False, id="60"),
        pytest.param(60, True, id="60-sealed"),
        pytest.param(10_000, False, id="10000", marks=pytest.mark.proof),
        pytest.param(10_000, True, id="10000-sealed", marks=pytest.mark.proof),
    ],
)
def test_nothing_is_left_of_a_pupil(store_url, count, sealed):
    """No file, free page, WAL or dump holds a value that only the pupil had; everybody else is as before."""
    with opened(store_url, sealed) as store:
        filled(store, count)
        mine = traces(store)
        whole = readable(store)
        assert [word for word in mine if word not in whole] == []
        rows = [rij for plan_id in range(1, 6) for rij in Importer(store).load(plan_id).rijen]
        assert any(one.gegevens.key == key(WHO) for rij in rows for one in rij.kandidaten)
        before, counts = others(store, mine), Ledger(store).counts(1)
        receipt = Pupils(store).forget(1, key(WHO), door="directie")
        assert others(store, mine) == before
        assert [word for word in mine if word in readable(store)] == []
        left = dump(store_url)
        assert [word for word in mine if word.encode() in left] == []
    left = dump(store_url)
    assert [word for word in mine if word.encode() in left] == []
    assert receipt.status == "klaar"
    assert receipt.klaar_op == NOW
    assert receipt.aantallen["resultaten"] == 4
    assert receipt.aantallen["bij_ontvanger"] == 2
    assert receipt.aantallen["leden"] == 1
    assert counts["klaar"] >= 40
