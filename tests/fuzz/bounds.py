"""What an input may cost: processor time by the byte, and memory.

Time is held against the median of what usual inputs take for a byte. A pause of the machine costs no processor time; a
first compilation or a full cache does, so what looks too dear is measured again, and counts only if it stays so.
"""

from __future__ import annotations

import resource
import statistics
from collections.abc import Callable, Iterable
from time import process_time

from fuzz.targets import BrokenError, Target

FACTOR = 10
"""Times the median."""
SMALL = 8192
"""Bytes that an input is billed for at least: what a call, and the checks of the target, cost in themselves."""
MEMORY = 96 << 20
"""Bytes that one input may add to the peak of the process, and `PER_BYTE` for each byte of it."""
PER_BYTE = 200


class Bounds:
    """The bounds of one target, drawn from usual inputs."""

    def __init__(self, target: Target, usual: Iterable[bytes]) -> None:
        self._target = target
        costs = [_best(target, data) / max(len(data), SMALL // 8) for data in usual]
        self.median = statistics.median(costs)
        """Seconds of processor time for a byte."""
        self._peak = _peak()

    def __call__(self, data: bytes) -> None:
        """Run the target within its bounds.

        Raises:
            BrokenError: over a bound, or what the target raises.
        """
        limit = FACTOR * self.median * max(len(data), SMALL)
        began = process_time()
        self._target(data)
        if process_time() - began > limit and _best(self._target, data) > limit:
            raise BrokenError(f"takes more than {FACTOR} times the median for a byte")
        peak = _peak()
        grown, self._peak = peak - self._peak, peak
        if grown > MEMORY + PER_BYTE * len(data):
            raise BrokenError("takes more memory than its length allows")


def _best(target: Callable[[bytes], None], data: bytes) -> float:
    best = float("inf")
    for _ in range(4):
        began = process_time()
        target(data)
        best = min(best, process_time() - began)
    return best


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
