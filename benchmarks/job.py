"""What a variant hands over: the work to measure, and how to see that it was done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class Job(NamedTuple):
    """One piece of work on one document, ready to start.

    `size` is the number of bytes it reads or writes, for MB/s. `count` looks at what `run` returned and tells how many
    pupils or results were dealt with, so that a variant that leaves something out cannot shine by it.
    """

    run: Callable[[], Any]
    size: int
    count: Callable[[Any], int]


Prepare = Callable[[Path], Job]
