"""`uwlr rules`: the rules of the validator."""

from __future__ import annotations

import click

from uwlr.cli.help_language import lang_option
from uwlr.cli.program import Command
from uwlr.cli.speaking import say_folded, say_json
from uwlr.text import Lang
from uwlr.validation.explanations import describe
from uwlr.validation.report_data import LAYERS, Severity
from uwlr.validation.rules import RULES


@click.command(cls=Command)
@click.option("--layer", type=click.Choice(LAYERS), help="Only the rules of one layer.")
@click.option("--severity", type=click.Choice([s.value for s in Severity]), help="Only the rules of one severity.")
@lang_option("nl")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form.")
def rules(layer: str | None, severity: str | None, lang: Lang, form: str) -> None:
    """List the rules: id, severity, layer and what they say. `uwlr explain ID` tells all of one."""
    chosen = [r for r in RULES if (layer or r.layer) == r.layer and (severity or r.severity) == r.severity]
    if form == "json":
        say_json([describe(r) for r in chosen])
        return
    for rule in chosen:
        head = f"{rule.id}  {rule.severity:<7}  {rule.layer:<7}  "
        say_folded(f"{head}{rule.outline(lang)}", " " * len(head))
