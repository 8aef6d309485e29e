"""The figures as tables for people and as JSON for machines."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from lxml import etree
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Measurement
from benchmarks.plan import Contest, Verdict

Found = Mapping[str, Mapping[str, Measurement]]
"""Measurements by contest and variant."""

_UNITS = {"slower": "{:.2f} x", "faster": "{:.0f} x", "speed": "{:.0%}", "memory": "{:.1f} MB"}
_LIBRARIES = ("uwlr", "lxml", "msgspec", "zeep", "xsdata")


def describe_machine() -> dict[str, Any]:
    """What the figures were measured on: cores, how busy they were, and versions; nothing that tells whose it is."""
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "architecture": platform.machine(),
        "system": platform.system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libxml2": ".".join(map(str, etree.LIBXML_VERSION)),
        **{name: version(name) for name in _LIBRARIES},
    }


def as_json(
    machine: Mapping[str, Any], contests: Sequence[Contest], found: Found, verdicts: Sequence[Verdict]
) -> dict[str, Any]:
    """Put everything that was found together."""
    return {
        "machine": machine,
        "contests": [
            {
                "name": contest.name,
                "document": contest.kind,
                "items": contest.items,
                "variants": {
                    name: {
                        "seconds": round(taken.seconds, 6),
                        "mb_per_second": round(taken.megabytes_per_second, 2),
                        "items_per_second": round(taken.items / taken.seconds),
                        "peak_mb": round(taken.peak_bytes / 1e6, 1),
                        "size": taken.size,
                    }
                    for name, taken in found[contest.name].items()
                },
            }
            for contest in contests
        ],
        "bars": [
            {**verdict.bar._asdict(), "figure": round(verdict.figure, 3), "met": verdict.met} for verdict in verdicts
        ],
    }


def show(console: Console, contests: Sequence[Contest], found: Found, verdicts: Sequence[Verdict]) -> None:
    """Print a table of all figures and one of the bars."""
    table = Table(title="Best of all turns; memory in MB is what the first run adds")
    table.add_column("variant", no_wrap=True)
    for heading in ("seconds", "MB/s", "items/s", "x first", "memory"):
        table.add_column(heading, justify="right", no_wrap=True)
    for contest in contests:
        figures = found[contest.name]
        first = figures[contest.variants[0]].seconds
        table.add_row(f"[bold]{contest.name}[/]")
        for name, taken in figures.items():
            table.add_row(
                f"  {name}",
                f"{taken.seconds:.4f}",
                f"{taken.megabytes_per_second:.1f}",
                f"{taken.items / taken.seconds:,.0f}",
                f"{taken.seconds / first:.2f}",
                f"{taken.peak_bytes / 1e6:.1f}",
            )
        table.add_section()
    console.print(table)
    bars = Table("bar", "measured on", title="Bars")
    bars.add_column("figure", justify="right")
    bars.add_column("")
    for verdict in verdicts:
        figure = _UNITS[verdict.bar.measure].format(verdict.figure)
        bars.add_row(
            verdict.bar.promise, verdict.bar.contest, figure, "[green]met[/]" if verdict.met else "[red]missed[/]"
        )
    console.print(bars)
