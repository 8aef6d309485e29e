"""Run variants in processes of their own, turn by turn, and keep the best of each."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

_TIMEOUT = 600


class Measurement(NamedTuple):
    """What one variant took on one document: the best time, and the most memory that a first run added."""

    seconds: float
    peak_bytes: int
    size: int
    items: int

    @property
    def megabytes_per_second(self) -> float:
        """Bytes read or written, in millions a second."""
        return self.size / self.seconds / 1e6


class VariantError(Exception):
    """A variant did not run to its end, or dealt with another number of items than the document has."""


def measure(
    variants: Sequence[str], file: Path, *, items: int, rounds: int, runs: int, done: Callable[[], None]
) -> dict[str, Measurement]:
    """Measure variants of one document.

    Args:
        variants: `module.function` of each.
        file: the document.
        items: number of pupils or toetsafnames in it.
        rounds: times that every variant has its turn; whatever slows the machine for a while then hits all of them.
        runs: runs in each turn; the first one in a process also pays for what is made on first use.
        done: called after each turn.

    Raises:
        VariantError: a process failed, or left items out.
    """
    turns: dict[str, list[Measurement]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name in variants:
            turns[name].append(_turn(name, file, items=items, runs=runs))
            done()
    return {
        name: Measurement(
            seconds=min(turn.seconds for turn in taken),
            peak_bytes=max(turn.peak_bytes for turn in taken),
            size=taken[0].size,
            items=items,
        )
        for name, taken in turns.items()
    }


def _turn(name: str, file: Path, *, items: int, runs: int) -> Measurement:
    command = [sys.executable, "-m", "benchmarks.variant", name, str(file), str(runs)]
    root = Path(__file__).resolve().parent.parent
    child = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True, timeout=_TIMEOUT)
    if child.returncode:
        raise VariantError(f"{name} ended with {child.returncode}: {child.stderr.strip()[-500:]}")
    found = json.loads(child.stdout)
    if found["items"] != items:
        raise VariantError(f"{name} dealt with {found['items']} of {items} items")
    return Measurement(min(found["seconds"]), found["peak_bytes"], found["size"], items)
