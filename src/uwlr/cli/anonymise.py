"""`uwlr anonymise`: messages of real people become messages that can be shown to anybody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
import msgspec

from uwlr.anonymising import Anonymiser, Left, Tally
from uwlr.cli.program import FINDINGS, OK, Command
from uwlr.cli.shared import read_input, sign_of_life
from uwlr.cli.speaking import say, say_document, say_pieces, tell
from uwlr.cli.text_table import text_table
from uwlr.private_files import private_folder, write_private
from uwlr.secret_files import make_secret
from uwlr.visible import in_json, one_line

_HEADS: Final = 2
"""Lines above the rows of a table."""

_WHY: Final = {"vocabulary": "not an invented value", "original": "stands in the original"}


@click.command(cls=Command)
@click.argument("sources", metavar="FILE|FOLDER", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), help="File, or new folder, to write; default: stdout.")
@click.option("--check", is_flag=True, help="Look whether all personal fields hold invented values; writes nothing.")
@click.option("--original", metavar="FILE", help="With --check: the original, no value of which may be there.")
@click.option(
    "--secret-file",
    type=click.Path(path_type=Path),
    help="File with what the values follow from, made if absent: the same person becomes the same one next time.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def anonymise(
    sources: tuple[str, ...], out: Path | None, check: bool, original: str | None, secret_file: Path | None, form: str
) -> int:
    """Replace everybody in messages by people that are recognisably invented.

    FILE is a message, bare or in a SOAP envelope, an EDEXML file, or `-` for stdin; of a FOLDER every file is taken.
    What is no value stays as it is written: prefixes, order, white space, encoding and defects. Names of files may
    name somebody too: of a folder, the results are numbered. Exit code 1 means that --check found a value; several
    FILEs go with --check.
    """
    if original is not None and not check:
        raise click.UsageError("--original goes with --check")
    if check:
        return _check(sources, original, form)
    source, *more = sources
    if more:
        raise click.UsageError("one FILE or FOLDER, or --check for several")
    anonymiser = Anonymiser(make_secret(secret_file) if secret_file else None)
    with sign_of_life("Anonymising"):
        if source != "-" and Path(source).is_dir():
            _folder(anonymiser, Path(source), out)
        elif source != "-" and out is not None:
            anonymiser.file(Path(source), out)
        else:
            made = anonymiser.message(read_input(source))
            _write(made, out)
    _show(anonymiser.tally, form, on_stderr=out is None)
    return OK


def _check(sources: Sequence[str], original: str | None, form: str) -> int:
    from uwlr.testing.recognising import not_made_up  # noqa: PLC0415 - its word lists are for this only

    compared = read_input(original) if original is not None else None
    files = [file for source in sources for file in _files(source)]
    found = [(one, left) for one in files for left in not_made_up(read_input(one), compared)]
    if form == "json":
        rows = [{"file": name, **msgspec.structs.asdict(left)} for name, left in found]
        say(in_json(msgspec.json.encode(rows).decode()))
    elif found:
        table = text_table(("file", "field", "holds", "values", "what is wrong"), [_row(*one) for one in found])
        for number, line in enumerate(table.split("\n")):
            say_pieces((line, "red" if number >= _HEADS else None))
    else:
        say_pieces(("Every personal field holds an invented value.", "green"))
    return FINDINGS if found else OK


def _files(source: str) -> list[str]:
    if not Path(source).is_dir():
        return [source]
    return [str(one) for one in sorted(Path(source).rglob("*")) if one.is_file()]


def _row(name: str, left: Left) -> Sequence[str]:
    return name, left.name, left.sort, str(left.count), _WHY[left.why]


def _folder(anonymiser: Anonymiser, source: Path, out: Path | None) -> None:
    if out is None:
        raise click.UsageError("a folder needs --out, a folder too")
    files = sorted(one for one in source.rglob("*") if one.is_file())
    try:
        private_folder(out, new=True)
    except OSError as error:
        raise click.FileError(str(out), error.strerror) from None
    for number, one in enumerate(files, 1):
        anonymiser.file(one, out / f"message-{number:04d}.xml")
        tell(f"{one_line(str(one))} -> message-{number:04d}.xml")


def _write(made: bytes, out: Path | None) -> None:
    if out is None:
        say_document(made)
        return
    try:
        write_private(out, made)
    except OSError as error:
        raise click.FileError(str(out), error.strerror) from None


def _show(tally: Tally, form: str, *, on_stderr: bool) -> None:
    if form == "json":
        rows = [
            {"field": field.name, "sort": field.sort, "replaced": replaced, "stayed": stayed}
            for field, replaced, stayed in tally.rows()
        ]
        (tell if on_stderr else say)(in_json(msgspec.json.encode(rows).decode()))
        return
    lines = [(field.name, field.sort, str(replaced), str(stayed)) for field, replaced, stayed in tally.rows()]
    (tell if on_stderr else say)(text_table(("field", "holds", "replaced", "stayed"), lines))
