"""One search by atheris, in a process of its own: libFuzzer leaves by itself when the time is over.

Arguments: the targets with commas between them, a folder for what is found, then those of libFuzzer.
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["uwlr"], enable_loader_override=False):
    from fuzz import mutate, targets
    from fuzz.bounds import Bounds
    from fuzz.seeds import seeds

MOST_FINDINGS = 50


class Search:
    """Runs targets, and keeps the smallest input for each way in which one broke."""

    def __init__(self, names: list[str], folder: Path) -> None:
        self._folder = folder
        self._runs = {name: Bounds(targets.TARGETS[name], seeds(name)[::4]) for name in names}
        self._headed = targets.HEADED.intersection(names)
        self._found: dict[str, int] = {}

    def one(self, data: bytes) -> None:
        """Try one input behind each door that takes its form."""
        headed = self._is_headed(data)
        for name, run in self._runs.items():
            if (name in targets.HEADED) != headed:
                continue
            try:
                run(data)
            except Exception as error:  # noqa: BLE001 - whatever a target raises is a finding
                self._keep(data, error)

    def _is_headed(self, data: bytes) -> bool:
        return len(self._headed) == len(self._runs) or (bool(self._headed) and not data.lstrip().startswith(b"<"))

    def _keep(self, data: bytes, error: Exception) -> None:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        broken = isinstance(error, targets.BrokenError)
        what = str(error) if broken else f"{type(error).__name__} {Path(frame.filename).name}:{frame.lineno}"
        if self._found.get(what, sys.maxsize) <= len(data) or len(self._found) > MOST_FINDINGS:
            return
        self._found[what] = len(data)
        name = hashlib.sha1(what.encode(), usedforsecurity=False).hexdigest()[:8]
        Path(self._folder, name).write_bytes(data)
        Path(self._folder, f"{name}.txt").write_text("".join(traceback.format_exception(error)), "utf-8")

    def mutate(self, data: bytes, longest: int, seed: int) -> bytes:
        """Damage an input with an eye for its structure, or byte by byte as libFuzzer does."""
        dice = Random(seed)
        if dice.random() < 0.3:
            return bytes(atheris.Mutate(data, longest))
        damaged = mutate.headed(data, dice) if self._is_headed(data) else mutate.message(data, dice)
        return damaged[:longest]


def main() -> None:
    """Search until libFuzzer has had enough."""
    names, folder, *options = sys.argv[1:]
    search = Search(names.split(","), Path(folder))
    atheris.Setup([sys.argv[0], *options], search.one, custom_mutator=search.mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
