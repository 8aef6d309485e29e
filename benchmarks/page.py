"""The figures as a page and plots for docs/performance: `python -m benchmarks.page FIGURES FOLDER`.

Both are made of the kept figures alone, and the same figures make the same bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.plan import FORM, GROWTH
from benchmarks.report import UNITS

NAMES = {
    "floors.pyexpat": "expat, no handlers",
    "floors.tree": "libxml2: lxml's tree",
    "floors.iterparse": "libxml2: lxml's iterparse",
    "floors.tostring": "libxml2: lxml's tostring",
    "floors.tostring_each": "libxml2: lxml's tostring",
    "floors.validated": "libxml2 validates a stream",
    "ours.read": "uwlr.read",
    "ours.read_tolerant": "uwlr.read_tolerant",
    "ours.read_or_refuse": "uwlr.read",
    "ours.read_validated": "uwlr.read, schema beside",
    "ours.validate": "uwlr.validate, all rules",
    "ours.stream": "uwlr.iter_…",
    "ours.stream_validated": "uwlr.iter_…, schema beside",
    "ours.write": "uwlr writes",
    "ours.write_each": "uwlr writes",
    "python_peers.pydantic_read": "pydantic-xml",
    "python_peers.xsdata_read": "xsdata",
    "python_peers.zeep_read": "zeep",
    "python_peers.pydantic_write": "pydantic-xml",
    "python_peers.xsdata_write": "xsdata",
    "python_peers.zeep_write": "zeep",
    "php.read": "PHP SoapClient",
    "php.write": "PHP SoapClient",
    "node.read": "node soap",
    "node.write": "node soap",
    "jaxws.call": "JAX-WS, warm, over loopback",
    "jaxb.read": "JAXB, warm",
    "jaxb.read_cold": "JAXB, cold",
    "jaxb.validate": "JAXB with Xerces, warm",
    "jaxb.stream": "JAXB over StAX, warm",
    "jaxb.write": "JAXB, warm",
    "gsoap.read": "gSOAP",
    "gsoap.write": "gSOAP",
    "classes.struct": "msgspec.Struct",
    "classes.dataclass": "dataclass",
}
_VERDICTS = {True: "met", False: "**missed**", None: "not measured"}
_COLOURS = {"ours": "#1b7837", "floors": "#9e9e9e"}
_PEER = "#4575b4"
_PLOTS = (
    ("read.svg", "read pupils", "Reading {items:,} pupils into typed values: MB/s, more is better"),
    ("write.svg", "write results", "Writing {items:,} results: MB/s, more is better"),
)


def write_page(figures: Mapping[str, Any], folder: Path) -> None:
    """Write figures.md and the plots."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.md").write_text("\n".join(_page(figures)) + "\n", encoding="utf-8")
    _plot(figures, folder)


def _page(figures: Mapping[str, Any]) -> Iterable[str]:
    machine = figures["machine"]
    yield "# Figures of one run"
    yield ""
    yield "`make bench` writes this page and its plots. What is compared, and how: [performance.md](../performance.md)."
    yield ""
    yield (
        f"{machine['date']}: {machine['cores']} cores ({machine['processor']}, {machine['architecture']},"
        f" {machine['system']}), load {machine['load']} at the start, {machine['python']}."
    )
    told = {"date", "cores", "processor", "load", "architecture", "system", "python"}
    versions = ", ".join(f"{name} {version}" for name, version in machine.items() if name not in told)
    yield f"Versions: {versions}."
    yield ""
    forms = [bar for bar in figures["bars"] if FORM in bar["contest"]]
    yield from _bars([bar for bar in figures["bars"] if bar not in forms])
    yield from _forms(forms)
    yield from _growth(figures["growth"])
    for series in dict.fromkeys(c["series"] for c in figures["contests"]):
        if not series.startswith(GROWTH) and FORM not in series:
            yield from _series(series, [c for c in figures["contests"] if c["series"] == series])


def _bars(bars: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    yield "## Bars"
    yield ""
    yield "| bar | measured on | figure | |"
    yield "|---|---|--:|---|"
    for bar in bars:
        figure = "" if bar["figure"] is None else UNITS[bar["measure"]].format(bar["figure"])
        yield f"| {bar['promise']} | {bar['contest']} | {figure} | {_VERDICTS[bar['met']]} |"
    yield ""


def _forms(bars: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """One row for each written form, the time against lxml's bare tree of the same bytes in each column."""
    if not bars:
        return
    limits = dict.fromkeys(f"{bar['contest'].partition(FORM)[0]} ≤ {bar['limit']:g}" for bar in bars)
    columns = list(dict.fromkeys(_column(bar) for bar in bars))
    found: dict[str, dict[str, str]] = {}
    for bar in bars:
        form = bar["contest"].partition(FORM)[2].partition(", ")[0]
        figure = "-" if bar["figure"] is None else f"{bar['figure']:.2f}"
        found.setdefault(form, {})[_column(bar)] = f"**{figure}**" if bar["met"] is False else figure
    yield "## Written forms"
    yield ""
    yield f"Time against lxml's bare tree of the same bytes: {', '.join(limits)} in any form; bold is beyond that."
    yield ""
    yield f"| form | {' | '.join(columns)} |"
    yield f"|---|{'--:|' * len(columns)}"
    for form, figures in found.items():
        yield f"| {form} | {' | '.join(figures.get(column, '') for column in columns)} |"
    yield ""


def _column(bar: Mapping[str, Any]) -> str:
    what, _, rest = bar["contest"].partition(FORM)
    return f"{what}, {rest.rpartition(', ')[2]}: {NAMES[bar['subject']]}"


def _growth(lines: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    if not lines:
        return
    yield "## Cost as the work grows"
    yield ""
    yield "![time and memory against the size of the message](growth.svg)"
    yield ""
    yield (
        "The exponent is the slope of the best line through the logarithms of size and time: 1 is a straight line. The"
        " deviation is how far the time of one item, at any of the sizes, is from the middle one. Small messages may"
        " cost more by the item, because what is made on first use is shared by fewer."
    )
    yield ""
    yield "| | from | to | exponent | deviation | memory at the first size, MB | at the last, MB |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for line in lines:
        first, last = line["peak_mb"]
        yield (
            f"| {line['series'].removeprefix(GROWTH)}: {NAMES[line['variant']]} | {line['smallest']:,}"
            f" | {line['largest']:,} | {line['exponent']:.2f} | {line['deviation']:.0%} | {first} | {last} |"
        )
    yield ""


def _series(series: str, contests: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    yield f"## {series[0].upper()}{series[1:]}"
    yield ""
    for file, of_series, _ in _PLOTS:
        if of_series == series:
            yield f"![{series}]({file})"
            yield ""
    floor = next(iter({**contests[0]["variants"], **contests[0]["absent"]}))
    yield f"Ratio: the time against {NAMES[floor]}. Memory: what the first run adds to the peak of the process."
    yield ""
    yield "| items | | seconds | MB/s | memory, MB | ratio |"
    yield "|--:|---|--:|--:|--:|--:|"
    for contest in contests:
        taken = contest["variants"]
        speed = taken[floor]["seconds"]
        for name, one in taken.items():
            seconds = f"{one['seconds']:.3g}" if one["seconds"] < 1 else f"{one['seconds']:.2f}"
            yield (
                f"| {contest['items']:,} | {NAMES[name]} | {seconds} | {one['mb_per_second']:.1f}"
                f" | {one['peak_bytes'] / 1e6:.1f} | {one['seconds'] / speed:.2f} |"
            )
        for name, reason in contest["absent"].items():
            yield f"| {contest['items']:,} | {NAMES[name]} | not measured: {reason} | | | |"
    yield ""


def _plot(figures: Mapping[str, Any], folder: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    # The same figures make the same file: no date in it, and names of its parts that do not depend on chance.
    mpl.rcParams.update({"svg.hashsalt": "uwlr", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10})
    for file, series, title in _PLOTS:
        contests = [c for c in figures["contests"] if c["series"] == series]
        if contests:
            figure = _bars_plot(plt, max(contests, key=lambda c: c["items"]), title)
            figure.savefig(folder / file, metadata={"Date": None}, bbox_inches="tight")
            plt.close(figure)
    if figures["growth"]:
        figure = _growth_plot(plt, figures)
        figure.savefig(folder / "growth.svg", metadata={"Date": None}, bbox_inches="tight")
        plt.close(figure)


def _bars_plot(pyplot: Any, contest: Mapping[str, Any], title: str) -> Any:
    taken = sorted(contest["variants"].items(), key=lambda item: item[1]["mb_per_second"])
    figure, axes = pyplot.subplots(figsize=(8, 0.36 * len(taken) + 1.1))
    speeds = [one["mb_per_second"] for _, one in taken]
    colours = [_COLOURS.get(name.partition(".")[0], _PEER) for name, _ in taken]
    bars = axes.barh([NAMES[name] for name, _ in taken], speeds, color=colours)
    axes.bar_label(bars, [f"{speed:.3g}" for speed in speeds], padding=3)
    axes.set_xlim(0, max(speeds) * 1.1)
    axes.set_title(title.format(items=contest["items"]), loc="left")
    axes.set_xlabel("MB/s; green: this library, grey: floors that make no typed value, blue: peers")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure


def _growth_plot(pyplot: Any, figures: Mapping[str, Any]) -> Any:
    figure, panels = pyplot.subplots(1, 2, figsize=(10, 4.4))
    series = f"{GROWTH}pupils"
    contests = sorted((c for c in figures["contests"] if c["series"] == series), key=lambda c: c["items"])
    markers = dict(zip(dict.fromkeys(name for c in contests for name in c["variants"]), "osv^", strict=False))
    for panel, label, value in (
        (panels[0], "seconds", lambda one: one["seconds"]),
        (panels[1], "memory added, MB", lambda one: max(one["peak_bytes"] / 1e6, 0.1)),
    ):
        for name, marker in markers.items():
            points = [(c["items"], value(c["variants"][name])) for c in contests if name in c["variants"]]
            panel.plot(*zip(*points, strict=True), marker=marker, label=NAMES[name])
        panel.set_xscale("log")
        panel.set_yscale("log")
        panel.set_xlabel("pupils in the message")
        panel.set_title(label, loc="left")
        panel.grid(visible=True, which="major", alpha=0.3)
    panels[0].legend(frameon=False)
    return figure


if __name__ == "__main__":
    write_page(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
