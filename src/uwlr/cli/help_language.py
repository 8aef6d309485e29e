"""The language of help, and of what click says: of --lang, of UWLR_LANG, else of the machine.

The Dutch lies in `locale/nl/LC_MESSAGES/messages.po`, by the English; `make catalogue` keeps the two together.
"""

from __future__ import annotations

import copy
import gettext
import inspect
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from uwlr.text import LANGS, Lang

LOCALE: Final = Path(__file__).with_name("locale")
_DOMAIN: Final = "messages"
"""Where click looks for its own texts."""

_OPTION: Final = "--lang"
_KEEP_LINES: Final = "\b\n"
_META: Final = "uwlr.lang"
C = TypeVar("C", bound=click.Command)
F = TypeVar("F", bound=Callable[..., Any])


def _keep(ctx: click.Context, _: click.Parameter, value: Lang | None) -> None:
    ctx.meta[_META] = value


program_lang_option = click.option(
    _OPTION,
    type=click.Choice(LANGS),
    envvar="UWLR_LANG",
    show_envvar=True,
    expose_value=False,
    callback=_keep,
    help="Language of help and of what is found.",
)
"""The option of a program, before its command."""


def lang_option(default: Lang) -> Callable[[F], F]:
    """Make the option of a command; without it, what the program was asked for, or else the default."""
    return click.option(
        _OPTION,
        type=click.Choice(LANGS),
        callback=lambda ctx, _, value: value or ctx.meta.get(_META) or default,
        show_default=default,
        help="Language of what is found.",
    )


def asked_for(args: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split a call into the languages that it asks for, wherever --lang stands, and the rest of its words.

    So it goes for all of a call: also for a command that finds nothing, and where --help ends the reading of it.
    """
    languages: list[str] = []
    rest: list[str] = []
    words = iter(args)
    for word in words:
        name, is_given, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif name != _OPTION:
            rest.append(word)
        elif given := value if is_given else next(words, None):
            languages.append(given)
        else:
            rest.append(word)
    return languages, rest


@contextmanager
def spoken(languages: Sequence[str]) -> Iterator[None]:
    """Have gettext, and so click, speak the last of these languages, else that of UWLR_LANG or of the machine."""
    before, bound = os.environ.get("LANGUAGE"), gettext.bindtextdomain(_DOMAIN)
    gettext.bindtextdomain(_DOMAIN, str(LOCALE))
    chosen = languages[-1] if languages else os.environ.get("UWLR_LANG")
    if chosen in LANGS:
        os.environ["LANGUAGE"] = chosen
    try:
        yield
    finally:
        gettext.bindtextdomain(_DOMAIN, bound)
        if before is None:
            os.environ.pop("LANGUAGE", None)
        else:
            os.environ["LANGUAGE"] = before


def translated(command: C) -> C:
    """Copy a command, and those in it, with its help in the language that is spoken; itself, where that is English."""
    if gettext.find(_DOMAIN, str(LOCALE)) is None:
        return command
    made = copy.copy(command)
    made.help, made.epilog, made.short_help = _own(made.help), _own(made.epilog), _own(made.short_help)
    made._help_option = None  # noqa: SLF001 - click keeps it, in the language of its first use
    made.params = [_with_own_help(parameter) for parameter in command.params]
    if isinstance(command, click.Group):
        made.commands = {name: translated(one) for name, one in command.commands.items()}  # type: ignore[attr-defined]
    return made


def said(text: str) -> str:
    """Give a text of a program in the language that is spoken; a paragraph is what is translated."""
    return "\n\n".join(mark + gettext.dgettext(_DOMAIN, part) for mark, part in _paragraphs(text))


def texts_of(command: click.Command) -> Iterator[str]:
    """Give each text of a command that is translated, by paragraph."""
    options = (parameter.help for parameter in command.params if isinstance(parameter, click.Option))
    entries = (entry.text for entry in getattr(command, "entries", {}).values())
    for text in (command.help, command.epilog, command.short_help, *options, *entries):
        yield from (part for _, part in _paragraphs(text or ""))


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    r"""Cut into what catalogues have: each on one line, but where click's mark `\b` asks to keep lines."""
    for part in inspect.cleandoc(text).split("\n\n"):
        if part.startswith(_KEEP_LINES):
            yield _KEEP_LINES, part.removeprefix(_KEEP_LINES)
        elif part:
            yield "", " ".join(part.split())


def _with_own_help(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option):
        return parameter
    made = copy.copy(parameter)
    made.help = _own(parameter.help)
    return made


def _own(text: str | None) -> str | None:
    return said(text) if text else text
