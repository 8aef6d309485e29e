"""The server under load and the times of a start: `python -m benchmarks.load [--seconds 5] [--page docs/load.md]`.

wrk asks, on a core of its own; the server has another. The limit is a bare WSGI application on the same server that
reads the same request and gives the same bytes.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import click
from rich.console import Console
from rich.progress import Progress

from benchmarks import startup
from benchmarks.served import request

_ROOT = Path(__file__).resolve().parent.parent
SERVERS = ("cheroot", "gunicorn")
ANSWERS = {"small": "1 KB", "written": "1 KB, written for each request", "large": "2 MB"}
BARS = {"small": 1 / 3, "large": 2 / 3}
"""Requests per second, as a share of the bare application's."""
CONNECTIONS = (1, 4, 16, 64)

_MARKS = ("<!-- figures -->\n", "<!-- end of figures -->\n")
_LUA = """
local file = io.open("%s", "rb")
wrk.body = file:read("*a")
file:close()
wrk.method = "POST"
wrk.path = "/leerlinggegevens"
wrk.headers["Content-Type"] = "text/xml; charset=utf-8"
wrk.headers["SOAPAction"] = '"HaalLeerlinggegevens"'
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\\nFIGURES {"requests": %%d, "microseconds": %%d, "errors": %%d, "at": [%%f, %%f, %%f, %%f]}\\n',
    summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max))
end
"""


class Figures(NamedTuple):
    """Answers a second, and milliseconds: p50, p90, p99 and the longest."""

    rate: float
    milliseconds: tuple[float, ...]


class Row(NamedTuple):
    """One server, answer and number of connections: the bare application and this library."""

    server: str
    answer: str
    connections: int
    bare: Figures
    uwlr: Figures

    @property
    def share(self) -> float:
        """What is left of the bare application's requests per second."""
        return self.uwlr.rate / self.bare.rate

    @property
    def missed(self) -> bool:
        """Whether it is below its bar."""
        return self.share < BARS.get(self.answer, 0)


class LoadError(Exception):
    """wrk met errors, or the two applications gave other bytes."""


@contextmanager
def served(server: str, application: str, core: str) -> Iterator[int]:
    """Serve an application; gives the port."""
    command = [sys.executable, "-m", "benchmarks.served", server, application, core]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline()) if process.stdout else 0
        finally:
            process.terminate()


def ask(port: int, *, connections: int, seconds: float, core: str) -> Figures:
    """Have wrk ask for some seconds.

    Raises:
        LoadError: an answer did not come, or was no 200.
    """
    with tempfile.TemporaryDirectory() as folder:
        body, script = Path(folder, "body.xml"), Path(folder, "request.lua")
        body.write_bytes(request())
        script.write_text(_LUA % body)
        pinned = [] if core == "any" else ["taskset", "-c", core]
        limits = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s"]
        command = [*pinned, "wrk", *limits, "-s", str(script), f"http://127.0.0.1:{port}/"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(said.partition("FIGURES ")[2].splitlines()[0])
    if found["errors"] or not found["requests"]:
        raise LoadError(f"{found['errors']} errors in {found['requests']} requests over {connections} connections")
    return Figures(
        rate=found["requests"] / found["microseconds"] * 1e6,
        milliseconds=tuple(microseconds / 1000 for microseconds in found["at"]),
    )


def _answer(port: int) -> bytes:
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"HaalLeerlinggegevens"'}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/leerlinggegevens", request(), headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.read()


def measure(seconds: float, cores: tuple[str, str], advance: Callable[[], None]) -> Iterator[Row]:
    """Measure every server, answer and number of connections; the two applications take turns.

    Raises:
        LoadError: as `ask`; or the answers are not the same.
    """
    for server in SERVERS:
        for answer in ANSWERS:
            with served(server, f"bare-{answer}", cores[0]) as bare, served(server, f"uwlr-{answer}", cores[0]) as uwlr:
                if _answer(bare) != _answer(uwlr):
                    raise LoadError(f"the two applications do not give the same bytes for {answer}")
                for port in (bare, uwlr):
                    ask(port, connections=CONNECTIONS[-1], seconds=1, core=cores[1])  # all threads have had a turn
                for connections in CONNECTIONS:
                    limits = {"connections": connections, "seconds": seconds, "core": cores[1]}
                    row = Row(server, answer, connections, ask(bare, **limits), ask(uwlr, **limits))
                    yield row
                    advance()


def table(rows: Sequence[Row]) -> list[str]:
    """The figures as tables in Markdown."""
    lines: list[str] = []
    for server in SERVERS:
        lines += [
            f"### {server}",
            "",
            "| answer | connections | bare, req/s | uwlr, req/s | share | p50 | p90 | p99 | max | bare: p50 | p99 |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        ]
        for row in rows:
            if row.server == server:
                times = " | ".join(f"{value:.1f}" for value in row.uwlr.milliseconds)
                share = f"{row.share:.0%}" + (" MISSED" if row.missed else "")
                rates = f"{row.bare.rate:,.0f} | {row.uwlr.rate:,.0f}"
                lines.append(
                    f"| {ANSWERS[row.answer]} | {row.connections} | {rates} | {share} "
                    f"| {times} | {row.bare.milliseconds[0]:.1f} | {row.bare.milliseconds[2]:.1f} |"
                )
        lines.append("")
    return lines


def conditions(cores: tuple[str, str], load: float) -> str:
    """What the figures were measured on, in a sentence; nothing that tells whose it is."""
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("cheroot", "gunicorn", "waitress", "Flask", "spyne", "lxml")
    )
    where = "server and wrk on any core" if "any" in cores else "the server on one core, wrk on another"
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {where}; {platform.python_implementation()} "
        f"{platform.python_version()}, {libraries}; load average {load:.1f} before the run. Milliseconds."
    )


@click.command()
@click.option("--seconds", default=5.0, show_default=True, help="Seconds for each figure.")
@click.option("--free", is_flag=True, help="Let server and wrk run on any core, as the system has it.")
@click.option("--page", type=click.Path(path_type=Path), default=_ROOT / "docs" / "load.md", help="Page to write to.")
def main(*, seconds: float, free: bool, page: Path) -> None:
    """Measure requests per second and latencies beside a bare application, and the times of a start."""
    if shutil.which("wrk") is None:
        raise click.ClickException("wrk is not installed (Debian: wrk)")
    available = sorted(os.sched_getaffinity(0))
    cores = ("any", "any") if free or len(available) < 2 else (str(available[0]), str(available[1]))
    console = Console()
    load = os.getloadavg()[0]
    if load > 1:
        console.print(f"[yellow]Other work is under way here (load {load:.1f}): figures will waver.[/]")
    with Progress(console=console) as progress:
        task = progress.add_task("start", total=startup.TURNS + len(SERVERS) * len(ANSWERS) * len(CONNECTIONS))
        starts = startup.measure(lambda: progress.advance(task))
        progress.update(task, description="load")
        rows = list(measure(seconds, cores, lambda: progress.advance(task)))
    lines = [conditions(cores, load), "", *table(rows), "### Start", "", *startup.table(starts)]
    figures = "\n".join(lines) + "\n"
    print(figures)
    before, _, rest = page.read_text().partition(_MARKS[0])
    page.write_text(f"{before}{_MARKS[0]}\n{figures}\n{_MARKS[1]}{rest.partition(_MARKS[1])[2]}")
    console.print(f"Figures written to {page}")


if __name__ == "__main__":
    main()
