"""What `pytest --pyargs uwlr.conformance` collects: one test for each case."""

from __future__ import annotations

from typing import Any

import pytest

from uwlr.conformance.pytest_plugin import judge


def test_case(uwlr_conformance_run: Any, uwlr_conformance_case: Any, request: pytest.FixtureRequest) -> None:
    """The LAS does what the requirements of the case ask."""
    judge(uwlr_conformance_run, uwlr_conformance_case, request)
