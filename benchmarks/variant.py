"""The child process: run one variant on one document and print what it took, as JSON.

    python -m benchmarks.variant floors.tree leerlinggegevens-10000.xml 3

A peer that is not written in Python can stand in its place: a program that prints the same object.
"""

from __future__ import annotations

import gc
import importlib
import json
import resource
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.job import Prepare

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"


def main(name: str, file: str, runs: str) -> None:
    """Measure and print `seconds` (of each run), `peak_bytes` (growth during the first), `size` and `items`."""
    module, _, function = name.partition(".")
    prepare: Prepare = getattr(importlib.import_module(f"benchmarks.{module}"), function)
    job = prepare(Path(file))
    seconds = []
    items = peak = 0
    for number in range(int(runs)):
        gc.collect()
        before = _start_of_peak()
        start = perf_counter()
        result = job.run()
        seconds.append(perf_counter() - start)
        if number == 0:
            peak = _peak() - before
            items = job.count(result)
        del result
    print(json.dumps({"seconds": seconds, "peak_bytes": max(peak, 0), "size": job.size, "items": items}))


def _start_of_peak() -> int:
    """Let the peak begin at what is in use now, where the system can do that, and tell what it is in bytes.

    What getrusage gives is inherited from the process that started this one, and holds what preparation took.
    """
    if _CLEAR.exists():
        _CLEAR.write_text(_RESET_PEAK)
    return _peak()


def _peak() -> int:
    if _STATUS.exists():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main(*sys.argv[1:])
