"""`uwlr completion`: let a shell complete commands and options."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click
from click.shell_completion import get_completion_class

from uwlr.cli.program import Commands
from uwlr.cli.speaking import say, tell
from uwlr.private_files import private_folder, write_private

SHELLS: Final = ("bash", "zsh", "fish")
PROGRAMS: Final = ("uwlr", "mock-las", "mock-ea")
"""The programs that come with the library: a script for each."""


@click.group(cls=Commands)
def completion() -> None:
    """Let the shell complete commands and options with Tab."""


def _shell(given: str | None) -> str:
    name = given or Path(os.environ.get("SHELL", "")).name
    if name not in SHELLS:
        raise click.UsageError(f"which shell? give one of {', '.join(SHELLS)}")
    return name


@completion.command()
@click.argument("shell", required=False, type=click.Choice(SHELLS))
def show(shell: str | None) -> None:
    """Print the scripts for SHELL; by default the shell of $SHELL."""
    name = _shell(shell)
    for program in PROGRAMS:
        say(_script(program, name))


@completion.command()
@click.argument("shell", required=False, type=click.Choice(SHELLS))
def install(shell: str | None) -> None:
    """Write the scripts to where SHELL looks for them; by default the shell of $SHELL.

    bash needs the package bash-completion. zsh looks there if the folder is in its fpath: what to add to .zshrc is
    printed. A new shell has them.
    """
    name = _shell(shell)
    for program in PROGRAMS:
        path = _path(program, name)
        try:
            private_folder(path.parent)
            write_private(path, f"{_script(program, name)}\n".encode())
        except OSError as error:
            raise click.FileError(str(path), error.strerror) from None
        say(str(path))
    if name == "zsh":
        tell(f"Add this to .zshrc, before compinit: fpath=({_path('uwlr', name).parent} $fpath)")


def _script(program: str, shell: str) -> str:
    """What click has for a program; it asks the program itself while the user types."""
    cls = get_completion_class(shell)
    if cls is None:
        raise AssertionError(f"click does not know {shell}")
    # The sources do not depend on the command, and asking bash for its version would start it.
    made = cls(click.Command(program), {}, program, f"_{program.replace('-', '_').upper()}_COMPLETE")
    return (made.source_template % made.source_vars()).rstrip()


def _path(program: str, shell: str) -> Path:
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return {
        "bash": data / "bash-completion" / "completions" / program,
        "zsh": data / "zsh" / "site-functions" / f"_{program}",
        "fish": config / "fish" / "completions" / f"{program}.fish",
    }[shell]
