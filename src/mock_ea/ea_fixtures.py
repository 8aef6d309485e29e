"""The applications in pytest: a fixture. Only pytest and typing are imported until a test asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_ea.ea import MockEa


@pytest.fixture
def mock_ea_las() -> dict[str, Any]:
    """Where the LAS is that is tested, as arguments of `MockEa`; override it in a conftest, or test the fakes."""
    return {}


@pytest.fixture
def mock_ea(request: pytest.FixtureRequest, mock_ea_las: dict[str, Any]) -> Iterator[MockEa]:
    """The applications, as new; beside the fakes of `mock_las` and on their clock, unless a LAS was named."""
    from mock_ea import MockEa  # noqa: PLC0415

    if mock_ea_las:
        with MockEa(**mock_ea_las) as ea:
            yield ea
        return
    with MockEa(request.getfixturevalue("mock_las")) as ea:
        yield ea
