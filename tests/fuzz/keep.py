"""Choose from build/fuzz the fewest, smallest inputs that reach what all of them reach: the kept corpus.

`python -m fuzz.keep`, with `tests` on the path, after a long search. What stands in the corpus under a name of its own,
rather than that of its hash, stays: it broke a promise once.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from fuzz.__main__ import KEPT, WORK
from fuzz.targets import TARGETS, Target

MOST = 36_000
"""Bytes of the corpus of one target, without the named ones."""

Step = tuple[str, int, int]


def steps(target: Target, data: bytes) -> set[Step]:
    """The steps from line to line inside uwlr that an input leads to."""
    seen: set[Step] = set()

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        del event, argument
        name = frame.f_code.co_filename
        if "/uwlr/" not in name or "/berichten/" in name:
            return None
        last = 0

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal last
            del event, argument
            seen.add((name, last, frame.f_lineno))
            last = frame.f_lineno
            return line

        return line

    sys.settrace(enter)
    try:
        target(data)
    finally:
        sys.settrace(None)
    return seen


def choose(target: Target, inputs: Iterable[bytes]) -> list[bytes]:
    """The smallest inputs first, each one that takes a step which none before it took."""
    known: set[Step] = set()
    kept: list[bytes] = []
    for data in sorted(set(inputs), key=len):
        new = steps(target, data) - known
        if new and sum(map(len, kept)) + len(data) < MOST:
            known |= new
            kept.append(data)
    return kept


def main() -> None:
    """Replace the kept corpus of every target."""
    for name, target in TARGETS.items():
        folder = KEPT / name
        folder.mkdir(parents=True, exist_ok=True)
        found = [*folder.iterdir(), *(WORK / name / "corpus").glob("*")]
        kept = choose(target, (path.read_bytes() for path in found))
        for path in folder.iterdir():
            if len(path.name) == len("0123456789abcdef") and path.suffix == "":
                path.unlink()
        for data in kept:
            hashed = hashlib.sha1(data, usedforsecurity=False).hexdigest()[:16]
            Path(folder, hashed).write_bytes(data)
        print(f"{name}: {len(kept)} inputs, {sum(map(len, kept))} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
