"""This library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import uwlr
from benchmarks.floors import is_valid
from benchmarks.job import Job
from uwlr.errors import InvalidMessage
from uwlr.soap.envelope import write_envelope

_T = TypeVar("_T")


def read(file: Path) -> Job:
    """`uwlr.read`."""
    data = file.read_bytes()
    return Job(lambda: uwlr.read(data), len(data), items)


def read_tolerant(file: Path) -> Job:
    """`uwlr.read_tolerant`."""
    data = file.read_bytes()
    return Job(lambda: uwlr.read_tolerant(data), len(data), lambda found: items(found.bericht))


def read_or_refuse(file: Path) -> Job:
    """`uwlr.read` until it gives the message, or refuses it with all its deviations."""
    data = file.read_bytes()

    def run() -> Any:
        try:
            return uwlr.read(data)
        except InvalidMessage as error:
            return error

    def count(found: Any) -> int:
        return items(uwlr.read_tolerant(data).bericht if isinstance(found, InvalidMessage) else found)

    return Job(run, len(data), count)


def stream(file: Path) -> Job:
    """`uwlr.iter_leerlingen` or `iter_resultaten` from a file, each item forgotten at once."""
    return Job(lambda: sum(1 for _ in _iterate(file)), file.stat().st_size, int)


def stream_validated(file: Path) -> Job:
    """As `stream`, while a thread validates the same file against the schema.

    libxml2 works outside the interpreter's lock, so the two overlap where there are two cores.
    """

    return Job(lambda: _beside(file, lambda: sum(1 for _ in _iterate(file))), file.stat().st_size, int)


def read_validated(file: Path) -> Job:
    """`uwlr.read`, while a thread validates the same file against the schema."""
    data = file.read_bytes()
    return Job(lambda: _beside(file, lambda: uwlr.read(data)), len(data), items)


def validate(file: Path) -> Job:
    """`uwlr.validate`: the schema, and every rule of the standard over every item; no message is kept."""
    count = file.read_bytes().count(b"</toetsafname>" if _has_results(file) else b"</leerling>")
    return Job(
        lambda: uwlr.validate(file),
        file.stat().st_size,
        lambda report: count if _checked(report) else 0,
    )


def write(file: Path) -> Job:
    """Write the message in an envelope, with all its checks."""
    bericht = uwlr.read(file.read_bytes())
    return Job(lambda: write_envelope(bericht), len(write_envelope(bericht)), lambda _: items(bericht))


def write_each(file: Path) -> Job:
    """Write many small messages, each in an envelope of its own."""
    data = file.read_bytes()
    berichten = [uwlr.read(line) for line in data.splitlines()]
    return Job(lambda: [write_envelope(bericht) for bericht in berichten], len(data), len)


def items(bericht: Any) -> int:
    """Count the pupils or toetsafnames of a message."""
    return len(bericht.inhoud.leerlingen if hasattr(bericht, "inhoud") else bericht.toetsafnames)


def _iterate(file: Path) -> Any:
    return uwlr.iter_resultaten(file) if _has_results(file) else uwlr.iter_leerlingen(file)


def _has_results(file: Path) -> bool:
    return file.name.startswith("leerresultaten")


def _checked(report: uwlr.Report) -> bool:
    """Tell whether the layers that look at every item came to their end and found no error."""
    found = {layer.name: layer.validity for layer in report.layers}
    return found["xsd"] == found["rules"] == uwlr.Validity.VALID


def _beside(file: Path, work: Callable[[], _T]) -> _T:
    """Do the work while a thread validates the file."""
    verdicts: list[bool] = []
    beside = Thread(target=lambda: verdicts.append(is_valid(file)))
    beside.start()
    done = work()
    beside.join()
    if verdicts != [True]:
        raise ValueError("the document is not valid")
    return done
