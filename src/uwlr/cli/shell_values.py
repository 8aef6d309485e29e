"""What a shell proposes for values: those of a known list, and in bash also those with a space in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import click
from click.shell_completion import BashComplete, CompletionItem

from uwlr.errors import MissingExtraError


def among(
    names: Callable[[click.Context], Iterable[str]],
) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Propose names that begin as what was typed, in capitals or not; none where an extra is not installed."""

    def propose(ctx: click.Context, _: click.Parameter, typed: str) -> list[str]:
        with suppress(ImportError, MissingExtraError):
            return [name for name in names(ctx) if name.casefold().startswith(typed.casefold())]
        return []

    return propose


class Bash(BashComplete):
    """Bash, which puts what it is given on the line as it is: a space in it would begin another word."""

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Write an item; of two backslashes the script reads one."""
        shown = super().format_completion(item)
        return shown.replace(" ", r"\\ ") if item.type == "plain" else shown
