"""Imports of simulated schools over years: no two people merged, nobody split, nobody lost or asked in vain.

The bars of `make proof` are 50 schools of 20 years and 500 incidents; the short form has an eventful year of each lens.
"""

from __future__ import annotations

from collections import Counter

import pytest

from schoollife.driver import Bounds, live
from schoollife.lives import ASKED, BOARDS, EVENTFUL, NEEDLESS, QUIET, stopped, told
from uwlr.testing.incidents import INCIDENTS


def judge(bounds: Bounds, folder) -> None:
    """Hold one life against the bars."""
    driver = live(bounds, folder)
    assert not [finding for finding in driver.findings if finding.kind != "false stop"], told(driver)
    assert driver.false_stops < len(bounds.schools) * bounds.years, told(driver)
    assert driver.asked_in_vain <= ASKED * driver.rows, told(driver)
    assert driver.why["summer"] <= bounds.years, told(driver)
    assert len(driver.asked_needlessly) <= NEEDLESS * bounds.years, told(driver)


@pytest.mark.parametrize("bounds", EVENTFUL, ids=str)
def test_nobody_is_mistaken_in_an_eventful_year(bounds, tmp_path):
    """Every silent decision of a year is right, and few rows wait about which the rosters are clear."""
    judge(bounds, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize("bounds", BOARDS, ids=str)
def test_nobody_is_mistaken_in_twenty_years(bounds, tmp_path):
    """The same for 20 usual years of each of 50 boards, with ten unchanged nights a year."""
    judge(bounds, tmp_path)


def test_incidents_are_stopped(tmp_path):
    """Each kind of incident above the share that its guard states is stopped before anything is written."""
    found = stopped(QUIET, tmp_path, INCIDENTS)
    assert [kind for kind, *_ in found] == list(INCIDENTS)
    assert [incident for incident in found if not incident[-1]] == []


@pytest.mark.proof
def test_of_five_hundred_incidents_nearly_all_are_stopped(tmp_path):
    """Of 500 incidents over all lenses at least 99 of 100 are stopped."""
    found = []
    for seed, bounds in enumerate(BOARDS[:36]):
        found += stopped(bounds._replace(seed=500 + seed, years=1, every=15), tmp_path, INCIDENTS)
    missed = [incident for incident in found if not incident[-1]]
    assert len(found) >= 500
    assert len(missed) <= 0.01 * len(found), Counter(kind for kind, *_ in missed)
