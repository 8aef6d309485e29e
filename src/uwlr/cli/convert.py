"""`uwlr convert`: a roster or results from one form into another."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from uwlr.cli.help_language import lang_option
from uwlr.cli.program import FINDINGS, OK, Command
from uwlr.cli.shared import SHOWN, read_input
from uwlr.cli.speaking import say_document, tell
from uwlr.convert import FORMS, Form, Lost, dump, dump_tables, load
from uwlr.deviations import Deviation
from uwlr.errors import ConfigurationError, MessageError
from uwlr.private_files import write_private

_STANDARD = "-"
_REFUSED = {
    "nl": "Er zou iets verloren gaan; er is niets geschreven. Met --allow-loss wel.",
    "en": "Something would be lost; nothing was written. With --allow-loss it is.",
}


@click.command(cls=Command)
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--from", "source_form", type=click.Choice(FORMS), help="What IN is; by default found from its content.")
@click.option("--to", "target_form", type=click.Choice(FORMS), help="What OUT becomes; by default found from its name.")
@click.option("--tolerant", is_flag=True, help="Read IN also where it deviates, and list the deviations.")
@click.option("--allow-loss", is_flag=True, help="Write also what OUT can only carry in part.")
@lang_option("nl")
def convert(
    source: str,
    target: str,
    source_form: Form | None,
    target_form: Form | None,
    tolerant: bool,
    allow_loss: bool,
    lang: Literal["nl", "en"],
) -> int:
    """Convert a roster or results between UWLR, EDEXML, JSON, CSV and Excel.

    IN and OUT are files, or - for stdin and stdout; CSV is a folder with one file per table. A name that
    ends in .json is JSON, .xlsx a workbook of Excel, one without ending is a CSV folder. An .xml file becomes
    EDEXML where IN is UWLR, and UWLR where IN is EDEXML; say --to where IN is neither.

    What OUT cannot carry is listed on stderr. Nothing is written then, unless --allow-loss is given.
    """
    try:
        loaded = load(_read(source), source_form, tolerant=tolerant)
        _tell_deviations(loaded.deviations)
        form = target_form or _form_of(target, loaded.form)
        if form == "csv" and target == _STANDARD:
            raise click.UsageError("CSV is a folder: it cannot go to stdout.")
        if form == "csv" and Path(target).exists() and not Path(target).is_dir():
            raise click.UsageError("CSV is a folder, and OUT is none; for a file say --to.")
        dumped = None if form == "csv" else dump(loaded.bericht, form)
        lost = loaded.lost if dumped is None else (*loaded.lost, *dumped.lost)
        _tell_lost(lost, lang, refused=not allow_loss)
        if lost and not allow_loss:
            return FINDINGS
        if dumped is None:
            dump_tables(loaded.bericht, Path(target))
        else:
            _write(target, dumped.data)
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from None
    except MessageError as error:
        tell(str(error))
        return FINDINGS
    except OSError as error:
        if target == _STANDARD and error.filename is None:
            raise  # behind stdout, as of every command
        raise click.FileError(str(error.filename or target), error.strerror) from None
    return OK


def _read(source: str) -> bytes | Path:
    return Path(source) if source != _STANDARD and Path(source).is_dir() else read_input(source)


def _form_of(target: str, source: Form) -> Form:
    """Tell by its name what OUT becomes."""
    path = Path(target)
    named: dict[str, Form] = {".json": "json", ".xlsx": "xlsx"}
    if found := named.get(path.suffix.lower()):
        return found
    if target != _STANDARD and (path.is_dir() or not path.suffix):
        return "csv"
    others: dict[Form, Form] = {"uwlr": "edexml", "edexml": "uwlr"}
    if path.suffix.lower() == ".xml" and source in others:
        return others[source]
    raise click.UsageError("OUT does not tell what it becomes; say --to.")


def _tell_deviations(deviations: tuple[Deviation, ...]) -> None:
    for deviation in deviations[:SHOWN]:
        tell(str(deviation))
    if len(deviations) > SHOWN:
        tell(f"… and {len(deviations) - SHOWN} more deviations")


def _tell_lost(lost: tuple[Lost, ...], lang: Literal["nl", "en"], *, refused: bool) -> None:
    for item in lost:
        tell(f"{item.path}: {item.count} ({item.reden if lang == 'nl' else item.reason})")
    if lost and refused:
        tell(_REFUSED[lang])


def _write(target: str, data: bytes) -> None:
    if target == _STANDARD:
        say_document(data)
    else:
        write_private(target, data)
