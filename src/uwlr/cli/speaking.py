"""All that commands print goes through here, and shows what it holds without letting it act."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from uwlr.visible import in_json, in_lines, one_line


def say(text: str, *, end: str = "\n") -> None:
    """Print text on stdout."""
    click.echo(in_lines(text) + end, nl=False)


def say_folded(text: str, indent: str = "    ") -> None:
    """Print lines on stdout, on a terminal folded to its width; what continues has the margin of its line and more."""
    width = columns()
    if width is None:
        say(text)
        return
    for line in in_lines(text).split("\n"):
        margin = line[: len(line) - len(line.lstrip())] + indent
        folded = textwrap.wrap(line, width, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False)
        click.echo("\n".join(folded))


def columns() -> int | None:
    """How wide the terminal behind stdout is; None if it is none: there each line is whole."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def say_row(*cells: object) -> None:
    """Print a line on stdout, with a tab between its cells."""
    say("\t".join(one_line(str(cell)) for cell in cells))


def say_coloured(*cells: tuple[str, str | None]) -> None:
    """Print a line on stdout, with two spaces between its cells; each in its colour, if that is a terminal."""
    _say_coloured(cells, "  ")


def say_pieces(*pieces: tuple[str, str | None]) -> None:
    """Print a line on stdout that is made of pieces; each in its colour, if that is a terminal."""
    _say_coloured(pieces, "")


def say_headed(text: str, colour: str | None) -> None:
    """Print lines on stdout; the first tells how it stands, and is in its colour if that is a terminal."""
    head, *rest = in_lines(text).split("\n")
    say_pieces((head, colour))
    for line in rest:
        click.echo(line)


def _say_coloured(parts: Sequence[tuple[str, str | None]], between: str) -> None:
    shown = (click.style(one_line(text), fg=colour) if text and colour else one_line(text) for text, colour in parts)
    click.echo(between.join(shown), color=False if os.environ.get("NO_COLOR") else None)


def say_json(value: Any) -> None:
    """Print a value on stdout as JSON, as others read it: escaped in JSON's own way."""
    say(in_json(msgspec.json.format(msgspec.json.encode(value)).decode()))


def say_document(data: bytes) -> None:
    """Write a document to stdout: to a file or another program byte for byte, on a terminal shown."""
    if sys.stdout.isatty():
        click.echo(in_lines(data.decode("utf-8", "backslashreplace")), nl=False)
    else:
        sys.stdout.buffer.write(data)


def tell(text: str) -> None:
    """Print a line on stderr."""
    click.echo(in_lines(text), err=True)
