"""`uwlr explain`: what a rule, a fault code or a term means."""

from __future__ import annotations

import click

from uwlr.cli.help_language import lang_option
from uwlr.cli.program import Command
from uwlr.cli.shell_values import among
from uwlr.cli.speaking import say_folded
from uwlr.text import Lang
from uwlr.validation.explanations import explain as find
from uwlr.validation.explanations import explained


@click.command(cls=Command)
@click.argument("name", metavar="ID", shell_complete=among(lambda _: explained()))
@lang_option("nl")
def explain(name: str, lang: Lang) -> None:
    """Explain a rule (LG-201), a fault code (Client.OngeldigBericht) or a term of the standard (leerling)."""
    text = find(name, lang)
    if text is None:
        raise click.UsageError(f"{name} is no rule, fault code or term; `uwlr rules` lists the rules")
    say_folded(text)
