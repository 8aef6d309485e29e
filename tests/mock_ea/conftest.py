"""What tests of the applications need running: the fakes on both sides, on one clock, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from helpers.browsing import chromium
from mock_ea import MockEa
from mock_las import MockLas


@pytest.fixture
def las() -> Iterator[MockLas]:
    """A school with ESIS, on a Friday morning; the other systems are there too."""
    with MockLas("esis", seed=7, leerlingen=24) as las:
        las.set_clock(now="2026-03-06T10:00:00Z")
        yield las


@pytest.fixture
def ea(las: MockLas) -> Iterator[MockEa]:
    """The applications, for the school with ESIS."""
    with MockEa(las) as ea:
        yield ea


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for the tests of a module."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def open_page(browser: Any) -> Any:
    """One page for the tests of a module, without JavaScript and as wide as a phone."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    context.set_default_timeout(10_000)
    return context.new_page()


@pytest.fixture
def page(open_page: Any) -> Any:
    """The page, with nobody logged in anywhere."""
    open_page.context.clear_cookies()
    return open_page
