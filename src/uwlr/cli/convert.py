"""`uwlr convert`: a roster or results from one form into another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, NoReturn

import click

from uwlr.convert import FORMS, Form, Lost, dump, dump_tables, load
from uwlr.errors import ConfigurationError, MessageError

_STANDARD = "-"
_FINDINGS = 1
_NOT_CARRIED_OUT = 3


@click.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--from", "source_form", type=click.Choice(FORMS), help="What IN is; told by its content if not given.")
@click.option("--to", "target_form", type=click.Choice(FORMS), help="What OUT becomes; told by its name if not given.")
@click.option("--allow-loss", is_flag=True, help="Write also what OUT can only carry in part.")
@click.option("--lang", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Language of the list.")
def convert(
    source: str,
    target: str,
    source_form: Form | None,
    target_form: Form | None,
    allow_loss: bool,
    lang: Literal["nl", "en"],
) -> None:
    """Convert a roster or results between UWLR, EDEXML, JSON and CSV.

    IN and OUT are files, or - for standard input and output; CSV is a folder with one file per table. A name that
    ends in .json is JSON, one without ending is a CSV folder. An .xml file becomes EDEXML where IN is UWLR, and UWLR
    where IN is EDEXML; say --to where IN is neither.

    What OUT cannot carry is listed on standard error. Nothing is written then, unless --allow-loss is given.

    Exit codes: 0 written; 1 not a valid message, or something would be lost; 2 usage; 3 IN cannot be read or OUT
    cannot be written.
    """
    try:
        loaded = load(_read(source), source_form)
        form = target_form or _form_of(target, loaded.form)
        if form == "csv":
            if target == _STANDARD:
                raise click.UsageError("CSV is a folder: it cannot go to standard output.")
            _report(loaded.lost, lang, allow_loss=allow_loss)
            dump_tables(loaded.bericht, Path(target))
        else:
            dumped = dump(loaded.bericht, form)
            _report((*loaded.lost, *dumped.lost), lang, allow_loss=allow_loss)
            _write(target, dumped.data)
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from None
    except MessageError as error:
        _stop(str(error), _FINDINGS)
    except OSError as error:
        _stop(f"{error.filename or source}: {error.strerror}", _NOT_CARRIED_OUT)


def _read(source: str) -> bytes | Path:
    if source == _STANDARD:
        return sys.stdin.buffer.read()
    path = Path(source)
    return path if path.is_dir() else path.read_bytes()


def _form_of(target: str, source: Form) -> Form:
    """Tell by its name what OUT becomes."""
    path = Path(target)
    if path.suffix.lower() == ".json":
        return "json"
    if target != _STANDARD and (path.is_dir() or not path.suffix):
        return "csv"
    others: dict[Form, Form] = {"uwlr": "edexml", "edexml": "uwlr"}
    if path.suffix.lower() == ".xml" and source in others:
        return others[source]
    raise click.UsageError("OUT does not tell what it becomes; say --to.")


def _report(lost: tuple[Lost, ...], lang: Literal["nl", "en"], *, allow_loss: bool) -> None:
    """List what is lost, and end the program where that is not allowed."""
    for item in lost:
        click.echo(f"{item.path}: {item.count} ({item.reden if lang == 'nl' else item.reason})", err=True)
    if lost and not allow_loss:
        _stop(
            "Er zou iets verloren gaan; er is niets geschreven. Met --allow-loss wel."
            if lang == "nl"
            else "Something would be lost; nothing was written. With --allow-loss it is.",
            _FINDINGS,
        )


def _write(target: str, data: bytes) -> None:
    if target == _STANDARD:
        sys.stdout.buffer.write(data)
    else:
        Path(target).write_bytes(data)


def _stop(text: str, code: int) -> NoReturn:
    click.echo(text, err=True)
    raise SystemExit(code)
