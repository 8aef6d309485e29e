"""`uwlr convert`: a roster or results from one form into another."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Literal

import click

from uwlr.cli.help_language import lang_option
from uwlr.cli.program import FINDINGS, OK, Command
from uwlr.cli.shared import SHOWN, read_input
from uwlr.cli.speaking import say_document, tell
from uwlr.convert import FORMS, Form, Lost, dump, guess, load, prepare_tables
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
        given = read_input(source) if source == _STANDARD else Path(source)
        form = target_form or _form_of(target, source_form or guess(given))
        if form == "csv" or form == "xlsx":  # noqa: PLR1714 - mypy does not narrow by `in`
            return _to_tables(given, target, form, source_form, tolerant=tolerant, allow_loss=allow_loss, lang=lang)
        loaded = load(given, source_form, tolerant=tolerant)
        _tell_deviations(loaded.deviations)
        dumped = dump(loaded.bericht, form)
        if _is_refused((*loaded.lost, *dumped.lost), lang, allow_loss=allow_loss):
            return FINDINGS
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


def _to_tables(
    source: bytes | Path,
    target: str,
    form: Literal["csv", "xlsx"],
    source_form: Form | None,
    *,
    tolerant: bool,
    allow_loss: bool,
    lang: Literal["nl", "en"],
) -> int:
    if form == "csv" and target == _STANDARD:
        raise click.UsageError("CSV is a folder: it cannot go to stdout.")
    if form == "csv" and Path(target).exists() and not Path(target).is_dir():
        raise click.UsageError("CSV is a folder, and OUT is none; for a file say --to.")
    buffer = io.BytesIO() if target == _STANDARD else None
    place = Path(target) if buffer is None else buffer
    with prepare_tables(source, place, form, source_form=source_form, tolerant=tolerant) as prepared:
        _tell_deviations(prepared.deviations)
        if _is_refused(prepared.lost, lang, allow_loss=allow_loss):
            return FINDINGS
        prepared.keep()
    if buffer is not None:
        say_document(buffer.getvalue())
    return OK


def _form_of(target: str, source: Form) -> Form:
    """Tell by its name what OUT becomes."""
    path = Path(target)
    named: dict[str, Form] = {".json": "json", ".xlsx": "xlsx"}
    if found := named.get(path.suffix.lower()):
        return found
    if target != _STANDARD and (path.is_dir() or not (path.suffix or path.exists())):
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


def _is_refused(lost: tuple[Lost, ...], lang: Literal["nl", "en"], *, allow_loss: bool) -> bool:
    """List what would be lost, and tell whether that is too much."""
    for item in lost:
        tell(f"{item.path}: {item.count} ({item.reden if lang == 'nl' else item.reason})")
    if lost and not allow_loss:
        tell(_REFUSED[lang])
        return True
    return False


def _write(target: str, data: bytes) -> None:
    if target == _STANDARD:
        say_document(data)
    else:
        write_private(target, data)
