"""`python -m benchmarks`: measure, print, and write the figures, the page and the plots."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from benchmarks.data import make
from benchmarks.measure import Outcome, measure
from benchmarks.page import write_page
from benchmarks.plan import bars, contests
from benchmarks.report import contest_json, describe_machine, growth, judged, outcomes, show

_QUICK = (1_000, 10_000)
_WHOLE = (1_000, 10_000, 100_000)
_LARGEST = 1_000_000


def _sizes(_: click.Context, __: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    try:
        found = tuple(sorted(int(size) for size in value.split(","))) if value else None
    except ValueError:
        raise click.BadParameter("numbers with commas between them are due, such as 1000,10000") from None
    if found and found[0] < 1:
        raise click.BadParameter("sizes start at 1")
    return found


@click.command()
@click.option("--quick", is_flag=True, help="Up to 10,000 pupils, one turn each; writes no page unless --docs says so.")
@click.option("--sizes", callback=_sizes, metavar="N,N", help="Pupils or results of the documents.")
@click.option("--largest", type=click.IntRange(1), help="The largest document on which the growth is followed.")
@click.option("--python-only", is_flag=True, help="Leave out the programs in other languages.")
@click.option(
    "--only", metavar="TEXT", help="Measure contests with this in their name, such as 'read pupils,'; keep the rest."
)
@click.option("--output", type=click.Path(path_type=Path), default=Path("bench-results/latest.json"), show_default=True)
@click.option("--docs", type=click.Path(path_type=Path), help="Folder of page and plots. [default: docs/performance]")
def main(
    *,
    quick: bool,
    sizes: tuple[int, ...] | None,
    largest: int | None,
    python_only: bool,
    only: str | None,
    output: Path,
    docs: Path | None,
) -> None:
    """Measure this library beside the floors of C parsers and beside its peers."""
    sizes = sizes or (_QUICK if quick else _WHOLE)
    laid_out = contests(sizes=sizes, largest=largest or (max(sizes) if quick else _LARGEST), rounds=1 if quick else 3)
    due = [contest for contest in laid_out if not only or only in contest.name]
    if not due:
        raise click.BadParameter(f"no contest has {only!r} in its name", param_hint="--only")
    console = Console()
    machine = describe_machine(others=not python_only)
    if machine["load"] > 1:
        console.print(f"[yellow]Other work is under way here (load {machine['load']}): ratios will waver.[/]")
    kept: dict[str, dict[str, Any]] = {}
    if only and output.exists():
        kept = {contest["name"]: contest for contest in json.loads(output.read_text())["contests"]}
    output.parent.mkdir(parents=True, exist_ok=True)

    def figures_of(kept: dict[str, dict[str, Any]]) -> dict[str, Any]:
        # In the order of the plan, whatever was measured when.
        measured = [kept[contest.name] for contest in laid_out if contest.name in kept]
        judgement = judged(bars(sizes=sizes), measured)
        return {"machine": machine, "contests": measured, "bars": judgement, "growth": growth(measured)}

    before: dict[str, dict[str, Outcome]] = {}
    with tempfile.TemporaryDirectory(prefix="uwlr-bench-") as folder, Progress(console=console) as progress:
        task = progress.add_task("", total=sum(contest.rounds * len(contest.variants) for contest in due))

        def done(name: str) -> None:
            progress.update(task, advance=1, description=f"{contest.name}: {name}")

        for contest in laid_out:
            if contest not in due:
                if contest.name in kept:
                    before[contest.series] = outcomes(kept[contest.name])
                continue
            progress.update(task, description=f"{contest.name}: making the document")
            found = before[contest.series] = measure(
                contest.variants,
                make(contest.kind, contest.items, Path(folder), contest.form),
                items=contest.items,
                rounds=contest.rounds,
                runs=contest.runs,
                done=done,
                before=before.get(contest.series),
                others=not python_only,
            )
            kept[contest.name] = contest_json(contest, found)
            # After each contest, so that a run that is broken off can be gone on with by --only.
            output.write_text(json.dumps(figures_of(kept), indent=2, ensure_ascii=False) + "\n")
    figures = figures_of(kept)
    show(console, figures)
    console.print(f"Figures written to {output}")
    page = docs or (None if quick else Path("docs/performance"))
    if page is not None:
        write_page(figures, page)
        console.print(f"Page and plots written to {page}")


if __name__ == "__main__":
    main()
