"""`python -m benchmarks`: measure, print, and write the figures."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from benchmarks.data import make
from benchmarks.measure import Measurement, measure
from benchmarks.plan import judge, plan
from benchmarks.report import as_json, describe_machine, show


@click.command()
@click.option("--quick", is_flag=True, help="1,000 and 10,000 pupils in place of 10,000 and 100,000, one turn each.")
@click.option("--small", type=click.IntRange(1), help="Pupils where the slow peers take part.")
@click.option("--large", type=click.IntRange(1), help="Pupils elsewhere.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("bench-results/latest.json"), show_default=True)
def main(*, quick: bool, small: int | None, large: int | None, output: Path) -> None:
    """Measure this library beside the floors of C parsers and beside its peers."""
    laid_out = plan(
        small=small or (1_000 if quick else 10_000),
        large=large or (10_000 if quick else 100_000),
        rounds=1 if quick else 3,
    )
    console = Console()
    machine = describe_machine()
    if machine["load"] > 1:
        console.print(f"[yellow]Other work is under way here (load {machine['load']}): ratios will waver.[/]")
    found: dict[str, dict[str, Measurement]] = {}
    with tempfile.TemporaryDirectory(prefix="uwlr-bench-") as folder, Progress(console=console) as progress:
        turns = sum(contest.rounds * len(contest.variants) for contest in laid_out.contests)
        task = progress.add_task("making documents", total=turns)
        for contest in laid_out.contests:
            file = make(contest.kind, contest.items, Path(folder))
            progress.update(task, description=contest.name)
            found[contest.name] = measure(
                contest.variants,
                file,
                items=contest.items,
                rounds=contest.rounds,
                runs=contest.runs,
                done=lambda: progress.advance(task),
            )
    verdicts = [judge(bar, found[bar.contest]) for bar in laid_out.bars]
    show(console, laid_out.contests, found, verdicts)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(
        json.dumps(as_json(machine, laid_out.contests, found, verdicts), indent=2, ensure_ascii=False) + "\n"
    )
    console.print(f"Figures written to {output}")


if __name__ == "__main__":
    main()
