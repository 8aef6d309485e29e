"""`uwlr format`: a line for each element, so that findings have lines."""

from __future__ import annotations

from pathlib import Path

import click

from uwlr.cli.program import FINDINGS, OK, Command
from uwlr.cli.shared import read_input
from uwlr.cli.speaking import say_document, tell
from uwlr.formatting import pretty
from uwlr.private_files import write_private


@click.command("format", cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--write", is_flag=True, help="Write each file anew in its place, if it changes.")
@click.option("--check", is_flag=True, help="Tell which files would change; writes nothing.")
def format_(files: tuple[str, ...], write: bool, check: bool) -> int:
    """Write a message with each element on a line of its own.

    Only white space between elements changes: values, tags, comments, order and encoding stay as they are written. The
    result of one FILE, or of `-` for stdin, goes to stdout. Exit code 1 means that --check found a file that would
    change.
    """
    if write and (check or "-" in files):
        raise click.UsageError("--write goes with neither --check nor stdin")
    if len(files) > 1 and not (write or check):
        raise click.UsageError("several files go with --write or --check")
    changes = False
    for file in files:
        data = read_input(file)
        made = pretty(data)
        if not (write or check):
            say_document(made)
        elif made != data:
            changes = True
            tell(file)
            if write:
                _replace(Path(file), made)
    return FINDINGS if changes and check else OK


def _replace(file: Path, made: bytes) -> None:
    """Put a file in the place of another at once, so that none is ever half written."""
    beside = file.with_name(f"{file.name}.new")
    try:
        write_private(beside, made)
        beside.chmod(file.stat().st_mode)
        beside.replace(file)
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from None
