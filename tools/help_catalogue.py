"""Bring the Dutch of the help up to date with the English: `make catalogue`.

The texts of all commands and options, and those of click, go into messages.po; what has no Dutch yet is told.
messages.mo is made of it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import mock_ea.ea_commands
import mock_las.cli
import uwlr.cli
from uwlr.cli.help_language import LOCALE, texts_of

PROGRAMS = {"uwlr": uwlr.cli.main, "mock-las": mock_las.cli.main, "mock-ea": mock_ea.ea_commands.main}
PO = LOCALE / "nl" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")


def texts() -> Iterator[tuple[str, str]]:
    """Each text of the help, with the command that has it."""
    for program, command in PROGRAMS.items():
        yield from _texts(program, command)


def _texts(words: str, command: click.Command) -> Iterator[tuple[str, str]]:
    yield from ((text, words) for text in texts_of(command))
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _texts(f"{words} {name}", found)


def template() -> Catalog:
    """What there is to translate: our texts, with where they stand, and click's."""
    made = Catalog(domain="messages", project="uwlr")
    places: dict[str, list[str]] = {}
    for text, place in texts():
        places.setdefault(text, []).append(place)
    for text, found in places.items():
        made.add(text, auto_comments=[found[0] if len(found) == 1 else f"{found[0]} and {len(found) - 1} more"])
    keywords = {"_": None, "ngettext": (1, 2)}
    for _, _, message, _, _ in extract_from_dir(Path(click.__file__).parent, keywords=keywords):
        made.add(message, auto_comments=["click"])
    return made


def compiled(catalogue: Catalog) -> bytes:
    """What gettext reads."""
    data = io.BytesIO()
    write_mo(data, catalogue)
    return data.getvalue()


def read() -> Catalog:
    """The catalogue as it is kept."""
    with PO.open("rb") as file:
        return read_po(file, locale="nl")


def untranslated(catalogue: Catalog) -> list[str]:
    """Our own texts without Dutch; of click's only those that users meet have it."""
    return [text for text, _ in texts() if not (found := catalogue.get(text)) or not found.string]


def main() -> None:
    """Bring both files up to date, and say what has no Dutch yet."""
    catalogue, found = read(), template()
    found.creation_date = catalogue.creation_date
    catalogue.update(found, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, catalogue, width=118, no_location=True, include_previous=False)
    MO.write_bytes(compiled(catalogue))
    for text in untranslated(catalogue):
        print("no Dutch yet:", text)


if __name__ == "__main__":
    main()
