"""`uwlr validate`: every defect of a message."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.text import Text

from uwlr import norm
from uwlr.berichten import (
    LeerlingenAntwoord,
    Leerlinggegevens,
    LeerlinggegevensAntwoord,
    LeerlinggegevensLeerlingen,
    LeerresultatenVerzoek,
)
from uwlr.berichten.profielen import PROFIELEN
from uwlr.berichten.tabel import Bericht
from uwlr.cli.help_language import lang_option
from uwlr.cli.program import FAILED, FINDINGS, OK, Command
from uwlr.cli.shared import read_input
from uwlr.cli.shell_values import among
from uwlr.cli.speaking import columns, say, say_document, say_pieces, tell
from uwlr.codec.read import read_tolerant
from uwlr.errors import ConfigurationError, Fault, MessageError
from uwlr.norm import Versie
from uwlr.private_files import write_private
from uwlr.text import Lang
from uwlr.validation import Context, Report, Severity
from uwlr.validation import validate as find_defects
from uwlr.validation.document import LIMIT
from uwlr.validation.reporters import FORMATS, render, terminal
from uwlr.validation.rule_runner import Progress
from uwlr.validation.rules import RULES
from uwlr.visible import in_json, one_line
from uwlr.vocabulaires import Vocabulaire, read_vdex

_COLOURS: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
MEGABYTE: Final = 1 << 20
PROGRESS_FROM: Final = 20_000
"""Items from which progress is shown to somebody who watches."""


@click.command(cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--versie", type=click.Choice(norm.VERSIES), help="Version of UWLR; default: what the message says.")
@click.option(
    "--profiel",
    metavar="NAME",
    shell_complete=among(lambda _: PROFIELEN),
    help="Ask for a profile too: 'Smalle set' or 'LVS-set'.",
)
@click.option("--leerlinggegevens", "roster", metavar="FILE", help="Roster to hold results against.")
@click.option("--vorige", metavar="FILE", help="Results that were sent before these.")
@click.option("--verzoek", metavar="FILE", help="Request that these files answer.")
@click.option("--vocabulaire", metavar="FILE", multiple=True, help="VDEX file to hold terms against; may repeat.")
@click.option("--systeem", type=click.Choice(["esis"]), help="System that a request goes to, for its own rules.")
@lang_option("nl")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Form on stdout.")
@click.option("--report", "reports", metavar="FORMAT=FILE", multiple=True, help="Write a report to a file; may repeat.")
@click.option(
    "--ignore",
    metavar="ID",
    multiple=True,
    shell_complete=among(lambda _: (rule.id for rule in RULES)),
    help="Leave a rule out; may repeat.",
)
@click.option("--strict", is_flag=True, help="Warnings count as well: exit 1.")
@click.option("--show-values", is_flag=True, help="Show personal values. Mind who reads it.")
@click.option("--max-size", type=click.IntRange(min=1), default=LIMIT // MEGABYTE, show_default=True, help="In MB.")
def validate(
    files: tuple[str, ...],
    versie: Versie | None,
    profiel: str | None,
    roster: str | None,
    vorige: str | None,
    verzoek: str | None,
    vocabulaire: tuple[str, ...],
    systeem: str | None,
    lang: Lang,
    form: str,
    reports: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    show_values: bool,
    max_size: int,
) -> int:
    """Find every defect of a message: XML, SOAP, schema, rules and, if asked for, a profile.

    FILE is a message, bare or in a SOAP envelope, or an EDEXML file; `-` is stdin. Exit code 1 means that a message
    has errors.
    """
    targets = [_target(report) for report in reports]
    context = Context(
        leerlinggegevens=_roster(roster),
        vorige=_results(vorige),
        verzoek=_message(verzoek) if verzoek is not None else None,
        vocabulaires=tuple(_vocabulary(path) for path in vocabulaire),
        systeem="esis" if systeem == "esis" else None,
    )
    done: list[Report] = []
    unreadable = False
    for name in files:
        try:
            with _progress(name) as progress:
                report = find_defects(
                    sys.stdin.buffer if name == "-" else Path(name),
                    versie=versie,
                    profiel=profiel,
                    context=context,
                    show_values=show_values,
                    ignore=ignore,
                    limit=max_size * MEGABYTE,
                    name="<stdin>" if name == "-" else name,
                    progress=progress,
                )
        except OSError as error:
            tell(f"{one_line(name)}: cannot be read: {error.strerror}")
            unreadable = True
        except ConfigurationError as error:
            raise click.UsageError(str(error)) from None
        else:
            done.append(report)
    _write(done, form, lang, targets)
    if unreadable:
        return FAILED
    return FINDINGS if any(_is_wrong(report, strict=strict) for report in done) else OK


def _is_wrong(report: Report, *, strict: bool) -> bool:
    return not report.valid or bool(report.count(Severity.ERROR)) or (strict and bool(report.count(Severity.WARNING)))


def _write(done: Sequence[Report], form: str, lang: Lang, targets: Sequence[tuple[str, Path]]) -> None:
    for kind, path in targets:
        try:
            write_private(path, render(done, kind, lang=lang))
        except OSError as error:
            raise click.FileError(str(path), error.strerror) from None
    if form in {"json", "sarif"}:
        say(in_json(render(done, form, lang=lang).decode()), end="")
    elif form != "text":
        say_document(render(done, form, lang=lang))
    elif done:
        for line in terminal.lines(done, lang=lang, width=columns()):
            say_pieces(*((piece.text, piece.severity and _COLOURS[piece.severity]) for piece in line))


def _target(report: str) -> tuple[str, Path]:
    kind, _, path = report.partition("=")
    if kind not in FORMATS or not path:
        raise click.UsageError(f"--report {report}: FORMAT=FILE is due, with FORMAT one of {', '.join(FORMATS)}")
    return kind, Path(path)


def _message(path: str) -> Bericht:
    """Read a message that serves as context; its own defects are not what was asked about."""
    try:
        return read_tolerant(read_input(path)).bericht
    except (MessageError, Fault) as error:
        raise click.FileError(path, str(error)) from None


def _roster(path: str | None) -> Leerlinggegevens | LeerlinggegevensLeerlingen | None:
    if path is None:
        return None
    bericht = _message(path)
    if isinstance(bericht, LeerlinggegevensAntwoord | LeerlingenAntwoord):
        bericht = bericht.inhoud
    if isinstance(bericht, Leerlinggegevens | LeerlinggegevensLeerlingen):
        return bericht
    raise click.FileError(path, f"it holds {type(bericht).__name__}, not leerlinggegevens")


def _vocabulary(path: str) -> Vocabulaire:
    try:
        return read_vdex(read_input(path))
    except MessageError as error:
        raise click.FileError(path, str(error)) from None


def _results(path: str | None) -> LeerresultatenVerzoek | None:
    if path is None:
        return None
    bericht = _message(path)
    if isinstance(bericht, LeerresultatenVerzoek):
        return bericht
    raise click.FileError(path, f"it holds {type(bericht).__name__}, not a leerresultaten_verzoek")


@contextmanager
def _progress(name: str) -> Iterator[Progress | None]:
    """Show the progress of a large message, if somebody watches."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    status = console.status(Text(one_line(name)))
    shown = False

    def tell_how_far(items: int) -> None:
        nonlocal shown
        if items < PROGRESS_FROM:
            return
        if not shown:
            shown = True
            status.start()
        status.update(Text(f"{one_line(name)}: {items}"))

    try:
        yield tell_how_far
    finally:
        if shown:
            status.stop()
