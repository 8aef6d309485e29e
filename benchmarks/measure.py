"""Run variants in processes of their own, turn by turn, and keep the best of each."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import programs

LONGEST = 60
"""Seconds that one run may take; a variant that needs more is left out, and the tables say so."""
_SLOW = 2
"""Seconds of a run beyond which a variant has one turn of one run: what wavers is far less than what it takes."""
_ROOM = 60
"""Seconds on top of it for what is not measured: starting, reading in, generating classes."""


class Measurement(NamedTuple):
    """What one variant took on one document: the best time, and the most memory that a first run added."""

    seconds: float
    peak_bytes: int
    size: int
    items: int

    @property
    def megabytes_per_second(self) -> float:
        """Bytes read or written, in millions a second."""
        return self.size / self.seconds / 1e6


class Absent(NamedTuple):
    """Why there is no measurement of a variant."""

    reason: str


Outcome = Measurement | Absent


class VariantError(Exception):
    """A variant did not run to its end, or dealt with another number of items than the document has."""


def measure(
    variants: Sequence[str],
    file: Path,
    *,
    items: int,
    rounds: int,
    runs: int,
    done: Callable[[str], None],
    before: Mapping[str, Outcome] | None = None,
    others: bool = True,
) -> dict[str, Outcome]:
    """Measure variants of one document.

    Args:
        variants: `module.function` of each, or `stack.task` of a program.
        file: the document.
        items: number of pupils or toetsafnames in it.
        rounds: times that every variant has its turn; whatever slows the machine for a while then hits all of them.
        runs: runs in each turn; the first one in a process also pays for what is made on first use.
        done: called after each turn, with the name of the variant.
        before: what the same variants took on a smaller document, to tell which will be slow.
        others: measure programs in other languages too.

    Raises:
        VariantError: a process failed, or left items out.
    """
    turns: dict[str, list[Measurement]] = {name: [] for name in variants}
    outcomes: dict[str, Outcome] = {}
    slow = set()
    for name in variants:
        reason = _left_out(name, others=others)
        expected = 0.0
        match (before or {}).get(name):
            case Measurement(seconds=seconds, items=fewer):
                expected = seconds * items / fewer
            case Absent(reason=found):
                reason = found
        if expected > LONGEST:
            reason = f"left out: by the smaller document it would take {expected:.0f} s; the limit is {LONGEST} s"
        if reason:
            outcomes[name] = Absent(reason)
        elif expected > _SLOW:
            slow.add(name)
    for number in range(rounds):
        for name in variants:
            if name not in outcomes and not (number and name in slow):
                taken = _turn(name, file, items=items, runs=1 if name in slow else runs)
                if isinstance(taken, Absent):
                    outcomes[name] = taken
                else:
                    turns[name].append(taken)
            done(name)
    for name, taken_turns in turns.items():
        if name not in outcomes:
            outcomes[name] = Measurement(
                seconds=min(turn.seconds for turn in taken_turns),
                peak_bytes=max(turn.peak_bytes for turn in taken_turns),
                size=taken_turns[0].size,
                items=items,
            )
    return {name: outcomes[name] for name in variants}


def _left_out(name: str, *, others: bool) -> str:
    if not programs.is_program(name):
        return ""
    if not others:
        return "not asked for: --python-only"
    absent = programs.missing(name.partition(".")[0])
    return f"not here: {absent}; tests/install-needs installs it" if absent else ""


def _turn(name: str, file: Path, *, items: int, runs: int) -> Outcome:
    here = [sys.executable, "-m", "benchmarks.variant", name, str(file), str(runs)]
    with programs.command(name, file, runs) if programs.is_program(name) else nullcontext(here) as command:
        found = _run(name, command, LONGEST + _ROOM)
    if found is None:
        return Absent(f"left out: not done in {LONGEST + _ROOM} s, with all that it prepares")
    if found["items"] != items:
        raise VariantError(f"{name} dealt with {found['items']} of {items} items")
    return Measurement(min(found["seconds"]), found["peak_bytes"], found["size"], items)


def _run(name: str, command: list[str], limit: float) -> Any:
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(
        command,
        cwd=root,
        env=programs.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        try:
            output, complaint = child.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            return None
    if child.returncode:
        raise VariantError(f"{name} ended with {child.returncode}: {complaint.strip()[-500:]}")
    return json.loads(output.strip().splitlines()[-1])
