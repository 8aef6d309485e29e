"""The log of everything, for all tests of privacy."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from privacy.seen import everything_logged


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that any logger says at DEBUG level, with its fields and tracebacks."""
    with everything_logged() as stream:
        yield stream
