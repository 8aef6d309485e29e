"""`uwlr conformance`: judge a LAS or an educational application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from uwlr.cli.help_language import lang_option
from uwlr.cli.judging import VERDICTS, case_ids
from uwlr.cli.program import FINDINGS, OK, Command, Entry, Program
from uwlr.cli.shell_values import among
from uwlr.cli.speaking import say, say_folded, tell

if TYPE_CHECKING:
    from uwlr.text import Lang

COMMANDS: Final = {
    "list": Entry("uwlr.cli.conformance:list_cases", "List the cases: what would be done, and whether it writes."),
    "run": Entry("uwlr.cli.judging:run", "Judge a LAS."),
    "referee": Entry("uwlr.cli.judging:referee", "Judge an application: play the LAS for it."),
    "verify": Entry("uwlr.cli.judging:verify", "See that a bundle is whole, and derive its verdicts again."),
    "serve": Entry("uwlr.cli.judging:serve", "Serve a page to judge a LAS from, for who has no Python."),
    "compare": Entry("uwlr.cli.conformance:compare", "Tell what changed between two runs."),
    "coverage": Entry("uwlr.cli.conformance:coverage", "Show requirements against cases."),
    "example": Entry("uwlr.cli.conformance:example", "Print settings to begin with, every word explained."),
}

_role = click.option("--role", type=click.Choice(["LAS", "EA"]), default="LAS", help="Who is judged.")


@click.group(cls=Program, entries=COMMANDS, epilog=VERDICTS)
def conformance() -> None:
    """Judge a real LAS, requirement by requirement, and report with evidence."""


@click.command("list", cls=Command)
@click.argument("selectors", nargs=-1, shell_complete=among(lambda ctx: case_ids(ctx.params["role"])))
@_role
@lang_option("en")
def list_cases(selectors: tuple[str, ...], role: Any, lang: Lang) -> None:
    """List the cases that SELECTORS choose: a whole id, or the first words of one."""
    from uwlr.conformance.casebook import named, planned_requests  # noqa: PLC0415 - loads every case

    chosen = named(selectors, role)
    for case in chosen:
        say(f"{case.id}{'  [writes]' if case.writes else ''}")
        say_folded(f"    {case.sends.at(lang)} -> {case.holds.at(lang)}  ({', '.join(case.requirements)})")
    tell(f"{len(chosen)} cases, {planned_requests(chosen)} requests at most")


@click.command(cls=Command)
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
def compare(before: Path, after: Path) -> int:
    """Tell what changed between two JSON reports; something that got worse is a finding."""
    from uwlr.conformance import compare as comparing  # noqa: PLC0415

    changes = comparing.compare(before, after)
    for change in changes:
        mark = "worse " if change.worse else "      "
        say(f"{mark} {change.case}: {change.before or 'absent'} -> {change.after or 'absent'}")
    if not changes:
        tell("no case changed")
    return FINDINGS if any(change.worse for change in changes) else OK


@click.command(cls=Command)
@lang_option("en")
def coverage(lang: Lang) -> None:
    """Show every requirement with the cases that test it, or why none does, as Markdown."""
    from uwlr.conformance.coverage import as_markdown  # noqa: PLC0415

    say(as_markdown(lang), end="")


def _examples() -> list[str]:
    from uwlr.conformance.declarations import EXAMPLES  # noqa: PLC0415

    return sorted(path.stem for path in EXAMPLES.glob("*.toml"))


@click.command(cls=Command)
@click.argument("name", default="las", metavar="[NAME]", shell_complete=among(lambda _: _examples()))
def example(name: str) -> None:
    """Print settings to begin with: las (the default), ea, baseline, or what is known of a system such as esis."""
    from uwlr.conformance.declarations import EXAMPLES  # noqa: PLC0415

    names = _examples()
    if name not in names:
        raise click.UsageError(f"there is no example {name}; there are {', '.join(names)}")
    say((EXAMPLES / f"{name}.toml").read_text("utf-8"), end="")
