"""Fakes that are asked what `uwlr drift` asks, as recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mock_las import MockLas
from mock_las.asked_fakes import ask_running
from uwlr.recorded import Recording


def asked(folder: Path, vendor: str, *, seed: int = 1, leerlingen: int = 60, **traits: Any) -> Recording:
    """Record a fake with other traits."""
    with MockLas(vendor, seed=seed, leerlingen=leerlingen) as las:
        if traits:
            las.set_traits(**traits)
        return ask_running(las, folder)
