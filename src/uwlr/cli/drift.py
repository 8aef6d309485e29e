"""`uwlr drift`: how two sides differ."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, cast, get_args

import click

from uwlr.cli.program import FINDINGS, OK, Command
from uwlr.cli.shared import sign_of_life
from uwlr.cli.speaking import say, say_pieces
from uwlr.drift import drift_words
from uwlr.drift.comparing import compare
from uwlr.drift.differences import KINDS, Drift, Kind
from uwlr.drift.drift_reports import Form, render, text_lines
from uwlr.extras import extra
from uwlr.private_files import write_private
from uwlr.recorded import Recording
from uwlr.visible import one_line

if TYPE_CHECKING:
    from mock_las.las import Las

_FORMS: Final = get_args(Form)


class _Side(NamedTuple):
    """A side as it was named: the folder of a recording, a vendor, or a fake that runs at an address."""

    name: str
    folder: Path | None = None
    vendor: str = ""
    url: str = ""


@click.command(cls=Command)
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--ignore", metavar="KIND", multiple=True, type=click.Choice(KINDS), help="Leave a kind out; may repeat.")
@click.option("--format", "form", type=click.Choice(_FORMS), default="text", show_default=True, help="Form on stdout.")
@click.option("--report", "reports", metavar="FORMAT=FILE", multiple=True, help="Write a report to a file; may repeat.")
@click.option("--script", is_flag=True, help="Ask a fake the standard questions, not those of the recording.")
@click.option("--suggest", is_flag=True, help="Write the lines of a vendor's file that would make fake B like A.")
def drift(
    one: str, other: str, ignore: tuple[Kind, ...], form: Form, reports: tuple[str, ...], script: bool, suggest: bool
) -> int:
    """Tell how two systems differ in what they answer: typed, without the people, keys, days and order in it.

    A and B are folders of recordings, names of vendors of mock-las, or addresses of fakes that run, such as
    http://127.0.0.1:8080/esis. A fake is asked what the other side was asked; two fakes are asked the standard
    questions. A fake that runs keeps the results that it is brought. Exit code 1 means that there are differences.
    """
    sides = _side(one), _side(other)
    targets = [_target(report) for report in reports]
    if suggest and sides[1].folder is not None:
        raise click.UsageError("--suggest is about a fake: B has to be a vendor, or the address of one")
    with _recordings(sides, script=script) as found:
        told = compare(*found, ignore=ignore, names=(sides[0].name, sides[1].name))
        for kind, path in targets:
            _write(path, render(told, kind))
        if suggest:
            _suggest(found, sides[1], told, script=script)
        elif form == "text":
            for marked, rest in text_lines(told):
                say_pieces((marked, "yellow" if told.differences else "green"), (rest, None))
        else:
            say(render(told, form), end="")
    return FINDINGS if told.differences else OK


def _suggest(found: tuple[Recording, Recording], side: _Side, told: Drift, *, script: bool) -> None:
    """Print what would make the fake alike, and what would be left: the fake is asked again as it would be then."""
    from mock_las import MockLas, likeness  # noqa: PLC0415 - an extra
    from mock_las.vendors import load  # noqa: PLC0415

    vendor = side.vendor
    suggested = likeness.suggest(*found, load(vendor).traits())
    say(likeness.as_toml(suggested), end="")
    with tempfile.TemporaryDirectory() as folder, MockLas(vendor) as las:
        settable = likeness.settable(suggested)
        if settable:
            las.set_traits(**settable)
        again = _asked(las, Path(folder) / vendor, None if script else found[0])
        left = compare(found[0], again, names=(told.one, f"{vendor}, so changed"))
    lines = drift_words.lines(left.differences)
    say(f"# With these lines {len(lines) or 'no'} difference{'' if len(lines) == 1 else 's'} would be left.")
    for line in lines:
        say(one_line(f"# {line.kind}: {line.where}: {line.one}; here {line.other}"))


def _side(text: str) -> _Side:
    if text.startswith(("http://", "https://")):
        url, _, vendor = text.rstrip("/").rpartition("/")
        return _Side(f"{vendor} at {url}", vendor=vendor, url=url)
    folder = Path(text)
    if folder.is_dir():
        return _Side(folder.name or text, folder=folder)
    with extra("mock"):
        from mock_las.vendors import NAMES  # noqa: PLC0415 - an extra
    if text not in NAMES:
        raise click.UsageError(f"{text} is no folder, no address, and no vendor; there are {', '.join(NAMES)}")
    return _Side(text, vendor=text)


@contextmanager
def _recordings(sides: tuple[_Side, _Side], *, script: bool) -> Iterator[tuple[Recording, Recording]]:
    """Open the recordings of both sides; those of fakes are made now, and gone afterwards."""
    opened = [Recording.open(side.folder) if side.folder else None for side in sides]
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for place, side in enumerate(sides):
            recording = opened[place]
            if recording is None:
                with sign_of_life(f"Asking {side.name}"):
                    recording = _asked_side(side, Path(folder) / str(place), None if script else opened[1 - place])
            found.append(recording)
        yield found[0], found[1]


def _asked_side(side: _Side, folder: Path, like: Recording | None) -> Recording:
    with extra("mock"):
        from mock_las import MockLas, RemoteLas  # noqa: PLC0415 - an extra
    if side.url:
        return _asked(RemoteLas(side.url, side.vendor), folder, like)
    with MockLas(side.vendor) as las:
        return _asked(las, folder, like)


def _asked(las: Las, folder: Path, like: Recording | None) -> Recording:
    from mock_las.asked_fakes import ask_running  # noqa: PLC0415 - an extra

    return ask_running(las, folder, like=like)


def _write(path: Path, report: str) -> None:
    try:
        write_private(path, report.encode())
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from None


def _target(report: str) -> tuple[Form, Path]:
    kind, _, path = report.partition("=")
    if kind not in _FORMS or not path:
        raise click.UsageError(f"--report {report}: FORMAT=FILE is due, with FORMAT one of {', '.join(_FORMS)}")
    return cast("Form", kind), Path(path)
