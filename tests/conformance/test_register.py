"""The register of requirements against the cases."""

from __future__ import annotations

from pathlib import Path

from uwlr.conformance.casebook import cases
from uwlr.conformance.coverage import as_markdown
from uwlr.conformance.report.phrases import TOPICS
from uwlr.conformance.requirements import causes, register

PAGE = Path(__file__).parents[2] / "docs" / "conformance" / "coverage.md"
ALL = (*cases("LAS"), *cases("EA"))


def test_every_requirement_is_tested_or_says_why_not() -> None:
    """A requirement has cases or a reason, and never both; a reason stands beside a topic."""
    tested = {name for case in ALL for name in case.requirements}

    assert not [r.id for r in register().values() if (r.id in tested) == bool(r.not_tested_because)]
    assert not [r.id for r in register().values() if bool(r.not_tested_because) != bool(r.beside)]
    assert {r.beside for r in register().values() if r.beside} <= set(TOPICS)


def test_every_case_names_requirements_that_there_are() -> None:
    """A case names at least one, and each is in the register."""
    assert not [case.id for case in ALL if not case.requirements or set(case.requirements) - set(register())]


def test_every_requirement_has_a_cause_that_is_used() -> None:
    """Each requirement says what it fails together with, and no cause is left over."""
    assert {r.cause for r in register().values()} == set(causes())


def test_a_fault_code_of_one_supplier_is_a_recommendation() -> None:
    """What rests on one supplier's list alone is no mandatory requirement of a LAS."""
    listed = [r for r in register().values() if r.document.startswith("UWLR fault codes") and r.role == "LAS"]

    assert not [r.id for r in listed if r.strength == "must" and not r.not_tested_because and r.id != "LR-05"]


def test_a_case_is_of_the_role_of_its_requirements() -> None:
    """What is asked of a LAS is not tested on an application."""
    roles = {r.id: r.role for r in register().values()}

    assert not [case.id for case in ALL if {roles[name] for name in case.requirements} != {case.role}]


def test_every_requirement_says_where_it_stands() -> None:
    """Document, section and both languages are filled in."""
    assert not [r.id for r in register().values() if not (r.document and r.section and r.text.nl and r.text.en)]


def test_the_coverage_page_is_in_step() -> None:
    """The page is what the program makes: `uwlr conformance coverage > docs/conformance/coverage.md`."""
    assert PAGE.read_text("utf-8") == as_markdown("en")


def test_every_step_of_the_older_test_set_has_a_case() -> None:
    """The fourteen steps for a LAS are all taken over, and stand on the page; four were defective and are mended."""
    older = [case.older for case in ALL if case.older]

    assert len({step.name for step in older}) == len(older) == 14
    assert sum(1 for step in older if step.mended) == 4
    assert not [step.name for step in older if f"| {step.name} | `" not in PAGE.read_text("utf-8")]


def test_every_topic_has_a_title() -> None:
    """Reports call each topic by words for people."""
    assert {case.topic for case in ALL} == set(TOPICS)
