"""How long a start takes, beside yardsticks: `python -m benchmarks.startup`."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

_ROOT = Path(__file__).resolve().parent.parent
_TIMES = 9


class Start(NamedTuple):
    """What was started, the best and the middle of its times in seconds, and the time that was promised."""

    name: str
    best: float
    middle: float
    bar: float | None


def measure(advance: Callable[[], None]) -> list[Start]:
    """Start everything some times, in turns; `advance` is called after each."""
    python = sys.executable
    mock_las = str(Path(python).with_name("mock-las"))
    kinds: list[tuple[str, Callable[[], float], float | None]] = [
        ("python -c pass", lambda: _run(python, "-c", "pass"), None),
        ("import uwlr", lambda: _run(python, "-c", "import uwlr"), 0.06),
        ("import lxml.etree", lambda: _run(python, "-c", "import lxml.etree"), None),
        ("import uwlr; uwlr.read", lambda: _run(python, "-c", "import uwlr; uwlr.read"), None),
        ("mock-las serve, ready", lambda: _ready("/__mock__/ready", mock_las, "serve", "--port", "0"), 0.7),
        (
            "bare Flask on waitress, ready",
            lambda: _ready("/", python, "-m", "benchmarks.served", "waitress", "flask", "any"),
            None,
        ),
    ]
    taken: dict[str, list[float]] = {name: [] for name, _, _ in kinds}
    for _ in range(_TIMES):
        for name, start, _ in kinds:
            taken[name].append(start())
            advance()
    return [Start(name, min(taken[name]), sorted(taken[name])[_TIMES // 2], bar) for name, _, bar in kinds]


TURNS = _TIMES * 6


def _run(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - began


def _ready(path: str, *command: str) -> float:
    """From the start of the process until it has answered a request."""
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline().strip() if process.stdout else ""
        url = said.partition("=")[2] or f"http://127.0.0.1:{said}"
        urllib.request.urlopen(url + path, timeout=10).close()
        seconds = time.perf_counter() - began
        process.terminate()
    return seconds


def table(starts: Sequence[Start]) -> list[str]:
    """The times as a table in Markdown."""
    rows = ["| | best, ms | middle, ms | promised |", "|---|--:|--:|---|"]
    for start in starts:
        bar = (
            ""
            if start.bar is None
            else f"under {start.bar * 1000:.0f} ms: {'met' if start.middle < start.bar else 'MISSED'}"
        )
        rows.append(f"| {start.name} | {start.best * 1000:.0f} | {start.middle * 1000:.0f} | {bar} |")
    return rows


if __name__ == "__main__":
    print("\n".join(table(measure(lambda: None))))
