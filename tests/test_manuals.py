"""The register of the manuals: every statement has a test that shows it, or one of a few reasons."""

import runpy
from pathlib import Path

import pytest

TOOL = runpy.run_path(str(Path(__file__).parent.parent / "tools" / "manuals.py"))


def test_page_is_what_the_tests_say():
    """docs/manuals.md is what the marks of the tests give; `python tools/manuals.py` writes it."""
    assert TOOL["PAGE"].read_text("utf-8") == TOOL["page"]()


def test_marks_name_statements():
    """A test names only statements that there are, each once."""
    known = {name for part in TOOL["register"]()["parts"].values() for name in part["statements"]}
    marks = list(TOOL["marks"]())
    assert {mark.statement for mark in marks} <= known
    assert len(set(marks)) == len(marks)


@pytest.mark.parametrize("part", TOOL["parts"](), ids=lambda part: part.letter)
def test_every_statement_is_shown_or_has_a_reason(part):
    """Each statement has a test or a reason, and none has both."""
    assert not [s.name for s in part.statements if not s.marks and s.reason is None]
    assert not [s.name for s in part.statements if s.marks and s.reason is not None]
