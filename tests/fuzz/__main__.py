"""Search for inputs that break a promise: `python -m fuzz read wsgi --seconds 600`, with `tests` on the path.

Starts from the kept corpus, or from the seeds where there is none yet. Findings, and inputs that reached new code, are
left in build/fuzz.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fuzz.seeds import seeds
from fuzz.targets import TARGETS
from fuzz.words import dictionary

KEPT = Path(__file__).with_name("corpus")
WORK = Path("build", "fuzz")
LONGEST = 20_000
"""Bytes: enough for the fast reader to be asked, small enough to try many."""
RSS = 1024
"""Megabytes that a search may hold, instrumentation and corpus included."""


def search(doors: tuple[str, ...], seconds: int, seed: int) -> tuple[str, int, list[str]]:
    """Search behind one door, or several in one process: a line of figures, the exit code, and what was found."""
    name = doors[0] if len(doors) == 1 else "together"
    corpus, found = WORK / name / "corpus", WORK / name / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    words = WORK / "words.dict"
    words.write_text(dictionary(), "utf-8")
    kept = [KEPT / door for door in doors if (KEPT / door).exists()]
    new = (data for door in doors if KEPT / door not in kept for data in seeds(door))
    for number, data in enumerate(new):
        Path(corpus, f"seed-{number:03}").write_bytes(data)
    before = set(found.iterdir())
    options = [
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-max_len={LONGEST}",
        f"-dict={words}",
        f"-rss_limit_mb={RSS}",
    ]
    options += ["-timeout=30", "-print_final_stats=1", f"-artifact_prefix={found}/", "-close_fd_mask=1"]
    folders = [str(corpus), *map(str, kept)]
    command = [sys.executable, "-m", "fuzz.search", ",".join(doors), str(found), *options, *folders]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    left = sorted(path for path in set(found.iterdir()) - before if path.suffix != ".txt")
    told = [f"{path}: {_last_line(path)}" for path in left]
    if done.returncode:
        told += [line for line in done.stderr.splitlines()[-60:] if not line.startswith("INFO")]
    return f"{name:14} {_figures(done.stderr)}, {len(left)} found", done.returncode or bool(left), told


def _last_line(found: Path) -> str:
    text = found.with_name(f"{found.name}.txt")
    return text.read_text("utf-8").strip().splitlines()[-1] if text.exists() else "libFuzzer stopped at it"


def _figures(said: str) -> str:
    runs = re.findall(r"number_of_executed_units: (\d+)", said)
    states = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", said)
    edges, features, kept = states[-1] if states else ("?", "?", "?")
    peak = re.findall(r"peak_rss_mb: (\d+)", said)
    return (
        f"{runs[-1] if runs else '?':>9} runs, {edges:>5} edges, {features:>6} features, "
        f"{kept:>5} inputs, {peak[-1] if peak else '?'} MB"
    )


def main() -> int:
    """Search behind the doors that were named, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="*", choices=[*TARGETS, []], help="by default all of them")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0, help="of the dice; by default another each time")
    parser.add_argument("--together", action="store_true", help="behind all of these doors in one process")
    parser.add_argument("--jobs", type=int, default=2, help="searches at a time")
    asked = parser.parse_args()
    failed = 0
    with ThreadPoolExecutor(asked.jobs) as pool:
        names = tuple(asked.target or TARGETS)
        searches = [names] if asked.together else [(name,) for name in names]
        for line, code, told in pool.map(lambda doors: search(doors, asked.seconds, asked.seed), searches):
            print("\n".join([line, *told]), flush=True)  # noqa: T201
            failed |= bool(code)
    return failed


if __name__ == "__main__":
    sys.exit(main())
