"""A group of commands that are imported when they are called, with the exit codes of this program."""

from __future__ import annotations

import errno
import io
import os
import re
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, cast

import click
from click.core import ParameterSource
from click.shell_completion import add_completion_class

from uwlr.cli.help_language import asked_for, said, spoken, translated
from uwlr.cli.shell_values import Bash
from uwlr.cli.speaking import tell
from uwlr.errors import UwlrError
from uwlr.extras import extra
from uwlr.ports import HIGHEST

OK: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
FAILED: Final = 3
DEFECT: Final = 4

PORT: Final = click.IntRange(0, HIGHEST)
"""Type of an option that is a port."""

add_completion_class(Bash)

_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})
_SQLITE_DISK: Final = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR")
_PASSWORD: Final = re.compile(r"://[^/@]*:[^/@]+@|[?&]password=")

_GIVEN: Final = frozenset({ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT})

F = TypeVar("F", bound=Callable[..., Any])
Find: TypeAlias = Callable[[Mapping[str, Any]], Iterable[str]]
"""Says what the values of a command's parameters lack, a sentence each."""

_EPILOG = """\b
Exit codes:
  0  nothing wrong
  1  findings: what was looked at is not in order
  2  usage: an option or argument is wrong
  3  could not be carried out: endpoint, configuration, unreadable file, full disk
  4  a defect in this program
"""


class Entry(NamedTuple):
    """Where a command is, as `module:name`, and the sentence that stands in the list."""

    place: str
    text: str


def lacking(find: Find) -> Callable[[F], F]:
    """Have a command look for what no single option can say is required; `together` with all else it is named."""

    def mark(command: F) -> F:
        command.lacking = (find, *getattr(command, "lacking", ()))  # type: ignore[attr-defined]
        return command

    return mark


def together(absent: Iterable[str]) -> str:
    """Name several things that are absent, each on a line, behind the word with which click begins an error."""
    return "\n       ".join(absent)


@contextmanager
def failing(program: str, extra_name: str) -> Iterator[None]:
    """End a program by its name with what went wrong in this block; a module that is absent is of that extra."""
    try:
        with extra(extra_name):
            yield
    except UwlrError as error:
        tell(f"{program}: {error}")
        sys.exit(FAILED)


class Command(click.Command):
    """A command that names at once all options, arguments and settings that a call lacks."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what was given.

        Raises:
            click.UsageError: it is wrong, or something is absent; all of that is named.
        """
        again = list(args)
        try:
            rest = super().parse_args(ctx, args)
        except click.MissingParameter:
            with self.make_context(ctx.info_name, again, parent=ctx.parent, resilient_parsing=True) as tried:
                absent = [*self._required(tried), *self._lacking(tried)]
            raise click.UsageError(together(absent), ctx) from None
        if not ctx.resilient_parsing and (absent := list(self._lacking(ctx))):
            raise click.UsageError(together(absent), ctx)
        return rest

    def _required(self, ctx: click.Context) -> Iterator[str]:
        for parameter in self.params:
            name = parameter.name or ""
            is_given = ctx.params.get(name) if parameter.nargs == -1 else ctx.get_parameter_source(name) in _GIVEN
            if parameter.required and not is_given:
                yield click.MissingParameter(ctx=ctx, param=parameter).format_message()

    def _lacking(self, ctx: click.Context) -> Iterator[str]:
        for find in getattr(self.callback, "lacking", ()):
            yield from find(ctx.params)


class Commands(click.Group):
    """Commands that name at once all that a call lacks, and of a name that there is not the nearest ones."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command.

        Raises:
            click.NoSuchOption: there is none of this name. It is the form that click has for options; for commands it
                has one since 8.4, which knows no commands that are imported when they are called.
        """
        name = args[0]
        if name[:1].isalnum() and not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            text = said("No such command {name!r}.").format(name=name)
            raise click.NoSuchOption(name, text, get_close_matches(name, self.list_commands(ctx)), ctx)
        return super().resolve_command(ctx, args)


class Coded(Commands):
    """Commands that leave with the exit codes of this program."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; whoever stops reading its output has seen enough, and that is no failure."""
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _let_go_of_stdout()
            return OK
        return code

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and leave with one of the exit codes.

        Raises:
            click.UsageError: without `standalone_mode`, wrong use; a password in an address is, since every user of the
                machine can see the arguments of a process.
        """
        languages, rest = asked_for(sys.argv[1:] if args is None else args)
        args = [*(word for language in languages for word in ("--lang", language)), *rest]
        with spoken(languages):
            return translated(self)._main(args, prog_name, complete_var, standalone_mode, extra)  # noqa: SLF001 - a copy

    def _main(
        self,
        args: Sequence[str] | None,
        prog_name: str | None,
        complete_var: str | None,
        standalone_mode: bool,
        extra: dict[str, Any],
    ) -> Any:
        if not standalone_mode:
            _refuse_passwords(args)
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        sys.exit(self._run(args, prog_name, complete_var, extra))

    def _run(
        self, args: Sequence[str] | None, prog_name: str | None, complete_var: str | None, extra: dict[str, Any]
    ) -> int:
        try:
            _refuse_passwords(args)
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.UsageError as error:
            _tell_click(error)
            return USAGE
        except click.ClickException as error:
            _tell_click(error)
            return FAILED
        except click.Abort:
            tell("Aborted.")
            return FAILED
        except UwlrError as error:
            tell(f"Error: {error}")
            return FAILED
        except Exception as error:  # noqa: BLE001 - the last resort
            full = disk_trouble(error)
            if full is not None:
                _let_go_of_stdout()
                tell(f"Error: cannot be written: {full}")
                return FAILED
            _tell_defect(error)
            return DEFECT
        return code if isinstance(code, int) else OK


class Program(Coded):
    """Commands by name. A command returns its exit code, or None for 0."""

    def __init__(self, *, entries: Mapping[str, Entry], **more: Any) -> None:
        names = {"help_option_names": ["-h", "--help"]}
        super().__init__(**{"epilog": _EPILOG, "no_args_is_help": True, "context_settings": names, **more})
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.place.partition(":")
        return translated(cast("click.Command", getattr(import_module(module), name)))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section(said("Commands")):
            formatter.write_dl([(name, said(entry.text)) for name, entry in self.entries.items()])


def disk_trouble(error: BaseException) -> str | None:
    """Say it if an error comes of a disk that is full, broken or read-only, also where a database tells of it."""
    for one in (error, error.__cause__, error.__context__, getattr(error, "orig", None)):
        if isinstance(one, OSError) and one.errno in _DISK:
            return os.strerror(one.errno)
        if isinstance(one, sqlite3.OperationalError) and getattr(one, "sqlite_errorname", "").startswith(_SQLITE_DISK):
            return str(one)
    return None


def _let_go_of_stdout() -> None:
    """Send what is left in its buffer nowhere: Python would fail on it once more at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse_passwords(args: Sequence[str] | None) -> None:
    if any(_PASSWORD.search(word) for word in (sys.argv[1:] if args is None else args)):
        raise click.UsageError(
            "a password does not belong on the command line, where every user of this machine can read it: "
            "give the address as a variable, such as UWLR_STORE or UWLR_URL"
        )


def _tell_click(error: click.ClickException) -> None:
    """Say it as click does."""
    text = io.StringIO()
    error.show(file=text)
    tell(text.getvalue().rstrip())


def _tell_defect(error: Exception) -> None:
    """Name the place, not the text: that may hold a person."""
    if os.environ.get("UWLR_TRACEBACK"):
        tell("".join(traceback.format_exception(error)).rstrip())
        return
    place = traceback.extract_tb(error.__traceback__)[-1]
    tell(
        f"Error: a defect in this program: {type(error).__name__} in {place.name}, {place.filename}:{place.lineno}. "
        "UWLR_TRACEBACK=1 shows all of it, and may show personal data."
    )
