"""What the tests of the referee share: runs against a LAS on loopback, and of an application."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.right_las import KEY, OTHER_KEY, LasServer
from uwlr.conformance.casebook import select
from uwlr.conformance.declarations import KEY_VARIABLE, Las, make
from uwlr.conformance.execution import Run
from uwlr.conformance.outcomes import RunEnded
from uwlr.conformance.system import LasSystem


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys stand where a run looks for them."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.setenv("UWLR_ANDERE_SLEUTEL", OTHER_KEY)


@pytest.fixture(scope="session")
def server() -> Iterator[LasServer]:
    """A server for one LAS after the other."""
    server = LasServer()
    yield server
    server.stop()


@pytest.fixture
def judge() -> Iterator[Callable[..., RunEnded]]:
    """Run the suite, or some cases of it, against a LAS."""
    systems = []

    def run(
        given: dict[str, Any] | Las,
        *selectors: str,
        listeners: Any = (),
        writes: bool = True,
        load: int = 0,
        **more: Any,
    ) -> RunEnded:
        config = given if isinstance(given, Las) else make(given, Las)
        system = LasSystem(config, allow_writes=writes, allow_load=load)
        systems.append(system)
        made = listeners(system) if callable(listeners) else listeners
        return Run(system, select(selectors), made, **more)()

    yield run
    for system in systems:
        system.close()


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """A fault that a broken system raises on purpose need not be told."""
    caplog.set_level(logging.CRITICAL, "uwlr")
