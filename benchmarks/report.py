"""The figures as JSON, which is what is kept, and as tables on the screen."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from math import log
from pathlib import Path
from typing import Any

from lxml import etree
from rich.console import Console
from rich.table import Table

from benchmarks import programs
from benchmarks.measure import Absent, Measurement, Outcome
from benchmarks.plan import FORM, GROWTH, Bar, Contest, judge

UNITS = {
    "slower": "{:.2f} x",
    "faster": "{:.1f} x",
    "speed": "{:.0%}",
    "memory": "{:.1f} MB",
    "each": "{:,.0f} bytes",
    "time": "{:.0f} µs",
}
_LIBRARIES = ("uwlr", "lxml", "msgspec", "zeep", "xsdata", "pydantic-xml")


def describe_machine(*, others: bool) -> dict[str, Any]:
    """What the figures were measured on: cores, how busy they were, and versions; nothing that tells whose it is."""
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day here is what a reader compares
        "cores": os.cpu_count(),
        "processor": _processor(),
        "load": round(os.getloadavg()[0], 1),
        "architecture": platform.machine(),
        "system": platform.system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libxml2": ".".join(map(str, etree.LIBXML_VERSION)),
        **{name: version(name) for name in _LIBRARIES},
        **(programs.versions() if others else {}),
    }


def _processor() -> str:
    """The kind of processor, as Linux names it."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def contest_json(contest: Contest, found: Mapping[str, Outcome]) -> dict[str, Any]:
    """Put down what one contest brought."""
    return {
        "name": contest.name,
        "series": contest.series,
        "document": contest.kind,
        "items": contest.items,
        "variants": {
            name: {
                "seconds": round(taken.seconds, 6),
                "mb_per_second": round(taken.megabytes_per_second, 2),
                "items_per_second": round(taken.items / taken.seconds),
                "peak_bytes": taken.peak_bytes,
                "size": taken.size,
            }
            for name, taken in found.items()
            if isinstance(taken, Measurement)
        },
        "absent": {name: taken.reason for name, taken in found.items() if isinstance(taken, Absent)},
    }


def outcomes(contest: Mapping[str, Any]) -> dict[str, Outcome]:
    """Take up what was put down of a contest."""
    measured = {
        name: Measurement(taken["seconds"], taken["peak_bytes"], taken["size"], contest["items"])
        for name, taken in contest["variants"].items()
    }
    return measured | {name: Absent(reason) for name, reason in contest["absent"].items()}


def judged(bars: Sequence[Bar], contests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Hold the figures against the bars."""
    by_name = {contest["name"]: outcomes(contest) for contest in contests}
    verdicts = [judge(bar, by_name.get(bar.contest, {})) for bar in bars]
    return [
        {**v.bar._asdict(), "figure": None if v.figure is None else round(v.figure, 3), "met": v.met} for v in verdicts
    ]


def growth(contests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How the cost of each variant follows the size of the document.

    `exponent` is the slope of the best line through the logarithms of size and time: 1 is a straight line. `deviation`
    is how far the time of an item at any size is from the middle one, as a share of it. `memory_exponent` is the same
    slope for the growth of memory.
    """
    found = []
    for series in dict.fromkeys(c["series"] for c in contests if c["series"].startswith(GROWTH)):
        of_series = sorted((c for c in contests if c["series"] == series), key=lambda c: c["items"])
        for name in dict.fromkeys(name for c in of_series for name in c["variants"]):
            points = [(c["items"], c["variants"][name]) for c in of_series if name in c["variants"]]
            each = [taken["seconds"] / items for items, taken in points]
            middle = sorted(each)[len(each) // 2]
            found.append(
                {
                    "series": series,
                    "variant": name,
                    "smallest": points[0][0],
                    "largest": points[-1][0],
                    "exponent": round(_slope([(items, taken["seconds"]) for items, taken in points]), 3),
                    "deviation": round(max(abs(one / middle - 1) for one in each), 3),
                    "peak_mb": [round(points[i][1]["peak_bytes"] / 1e6, 1) for i in (0, -1)],
                }
            )
    return found


def _slope(points: Sequence[tuple[float, float]]) -> float:
    logs = [(log(x), log(y)) for x, y in points]
    mean_x, mean_y = (sum(axis) / len(logs) for axis in zip(*logs, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / spread if spread else 1.0


def show(console: Console, figures: Mapping[str, Any]) -> None:
    """Print a table of all figures and one of the bars."""
    table = Table(title="Best of all turns; memory in MB is what the first run adds")
    table.add_column("variant", no_wrap=True)
    for heading in ("seconds", "MB/s", "items/s", "x first", "memory"):
        table.add_column(heading, justify="right", no_wrap=True)
    for contest in figures["contests"]:
        taken = contest["variants"]
        first = next(iter(taken.values()))["seconds"] if taken else 1
        table.add_row(f"[bold]{contest['name']}[/]")
        for name, one in taken.items():
            table.add_row(
                f"  {name}",
                f"{one['seconds']:.4f}",
                f"{one['mb_per_second']:.1f}",
                f"{one['items_per_second']:,.0f}",
                f"{one['seconds'] / first:.2f}",
                f"{one['peak_bytes'] / 1e6:.1f}",
            )
        for name, reason in contest["absent"].items():
            table.add_row(f"  {name}", "-", "-", "-", "-", "-")
            table.caption = f"{table.caption or ''}\n{contest['name']}, {name}: {reason}".strip()
        table.add_section()
    console.print(table)
    bars = Table("bar", "measured on", title="Bars")
    bars.add_column("figure", justify="right")
    bars.add_column("")
    verdicts = {True: "[green]met[/]", False: "[red]missed[/]", None: "not measured"}
    for bar in figures["bars"]:
        if FORM in bar["contest"] and bar["met"]:
            continue
        figure = "-" if bar["figure"] is None else UNITS[bar["measure"]].format(bar["figure"])
        bars.add_row(bar["promise"], bar["contest"], figure, verdicts[bar["met"]])
    console.print(bars)
