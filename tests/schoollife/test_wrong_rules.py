"""A wrong rule in the importer makes the short form red: the driver sees what a school would suffer from."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from schoollife.driver import Driver, live
from schoollife.lives import ASKED, EVENTFUL, NEEDLESS, QUIET, stopped
from schoollife.wrong_rules import WRONG
from uwlr.testing.incidents import INCIDENTS

FEW = (
    "dates of enrolment are forgotten",
    "a key is unique among all schools",
    "groups for some lessons do not count",
    "last year's groups stay",
)
"""Those that `make test` plants."""


def serious(driver: Driver) -> bool:
    """Tell whether the short form would be red by now."""
    return any(finding.kind != "false stop" for finding in driver.findings)


def seen(folder) -> Iterator[str]:
    """Give what the short form finds, as soon as it does."""
    for bounds in EVENTFUL:
        driver = live(bounds, folder, stop=serious)
        yield from map(str, driver.findings[:1] if serious(driver) else ())
        if driver.false_stops >= len(bounds.schools) * bounds.years:
            yield f"false stops: {driver.false_stops}"
        if driver.asked_in_vain > ASKED * driver.rows or len(driver.asked_needlessly) > NEEDLESS * bounds.years:
            yield f"asked in vain: {dict(driver.why)}"
    yield from (
        f"not stopped: {kind} {share:.2f}" for kind, share, held in stopped(QUIET, folder, INCIDENTS) if not held
    )


@pytest.mark.parametrize("says", FEW)
def test_a_wrong_rule_is_seen(says, tmp_path, monkeypatch):
    """The short form is red when the rule is planted."""
    WRONG[says](monkeypatch)
    assert next(seen(tmp_path), None) is not None


@pytest.mark.proof
@pytest.mark.parametrize("says", WRONG)
def test_every_wrong_rule_is_seen(says, tmp_path, monkeypatch, capsys):
    """The same for each, and what was seen is printed."""
    WRONG[says](monkeypatch)
    found = next(seen(tmp_path), None)
    with capsys.disabled():
        sys.stdout.write(f"\n{says}: {found}\n")
    assert found is not None


def test_there_are_enough_wrong_rules():
    """At least 25 wrong rules are kept."""
    assert len(WRONG) >= 25
