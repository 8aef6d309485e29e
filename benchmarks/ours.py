"""This library."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import Any

import uwlr
from benchmarks.floors import is_valid
from benchmarks.job import Job
from uwlr.soap.envelope import write_envelope


def read(file: Path) -> Job:
    """`uwlr.read`."""
    data = file.read_bytes()
    return Job(lambda: uwlr.read(data), len(data), items)


def read_tolerant(file: Path) -> Job:
    """`uwlr.read_tolerant`."""
    data = file.read_bytes()
    return Job(lambda: uwlr.read_tolerant(data), len(data), lambda found: items(found.bericht))


def read_unusual(file: Path) -> Job:
    """`uwlr.read` of a document with a comment in it, which sends it down the exact road, by way of a tree."""
    data = file.read_bytes().replace(b"</school>", b"<!-- --></school>", 1)
    return Job(lambda: uwlr.read(data), len(data), items)


def stream(file: Path) -> Job:
    """`uwlr.iter_leerlingen` or `iter_resultaten` from a file, each item forgotten at once."""
    return Job(lambda: sum(1 for _ in _iterate(file)), file.stat().st_size, int)


def stream_validated(file: Path) -> Job:
    """As `stream`, while a thread validates the same file against the schema.

    libxml2 works outside the interpreter's lock, so the two overlap where there are two cores.
    """

    def run() -> int:
        verdicts: list[bool] = []
        beside = Thread(target=lambda: verdicts.append(is_valid(file)))
        beside.start()
        count = sum(1 for _ in _iterate(file))
        beside.join()
        if verdicts != [True]:
            raise ValueError("the document is not valid")
        return count

    return Job(run, file.stat().st_size, int)


def write(file: Path) -> Job:
    """Write the message in an envelope, with all its checks."""
    bericht = uwlr.read(file.read_bytes())
    return Job(lambda: write_envelope(bericht), len(write_envelope(bericht)), lambda _: items(bericht))


def items(bericht: Any) -> int:
    """Count the pupils or toetsafnames of a message."""
    return len(bericht.inhoud.leerlingen if hasattr(bericht, "inhoud") else bericht.toetsafnames)


def _iterate(file: Path) -> Any:
    return uwlr.iter_resultaten(file) if file.name.startswith("leerresultaten") else uwlr.iter_leerlingen(file)
