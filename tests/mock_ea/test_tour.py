"""Couplings that start at any step of their life, and how far that brings the tours."""

from __future__ import annotations

import pytest

from mock_ea import MockEa, tour
from mock_ea.mid_life import STEPS, bring
from mock_las import MockLas


def done(ea):
    """How many steps of each tour were done, and of how many."""
    found = {letter: tour.steps(ea.apps, letter, tour.school_of(ea.apps, letter)) for letter in tour.TITLES}
    return {letter: (sum(step.done for step in steps), len(steps)) for letter, steps in found.items()}


def test_every_step_of_a_life_can_be_the_start():
    """From nothing to results the tours come further with each step, and at the end all of them are done."""
    reached = []
    for step in STEPS:
        with MockLas("esis", seed=7, leerlingen=8, begin="leeg") as las, MockEa(las) as ea:
            las.set_clock(now="2026-03-06T10:00:00Z")
            bring(ea, step)
            las.set_clock(advance=300)
            reached.append(done(ea))
    for letter in tour.TITLES:
        counts = [found[letter][0] for found in reached]
        assert counts == sorted(counts)
        assert (counts[0], counts[-1]) == (0, reached[-1][letter][1]), letter


@pytest.mark.parametrize(
    ("begin", "statuses"),
    [
        ("leeg", {}),
        ("aangevraagd", {"esis": "goedgekeurd", "parnassys": "aangevraagd", "schoolkr8": "aangevraagd"}),
        ("goedgekeurd", {"esis": "goedgekeurd", "parnassys": "goedgekeurd", "schoolkr8": "aangevraagd"}),
        ("actief", {"esis": "actief", "parnassys": "actief", "schoolkr8": "actief"}),
        ("gepauzeerd", {"esis": "gepauzeerd", "parnassys": "actief", "schoolkr8": "actief"}),
        ("beeindigd", {"esis": "beeindigd", "parnassys": "beeindigd", "schoolkr8": "beeindigd"}),
    ],
)
def test_fakes_start_with_couplings_at_any_step(begin, statuses):
    """Couplings begin where they were told to, or at the step before that the system has; also after a reset."""
    with MockLas("esis", leerlingen=5, begin=begin) as las:
        for _ in range(2):
            found = {vendor: las.couplings(vendor) for vendor in ("esis", "parnassys", "schoolkr8")}
            assert {vendor: one[0].status for vendor, one in found.items() if one} == statuses
            las.reset()
