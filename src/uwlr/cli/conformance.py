"""`uwlr conformance`: judge a LAS or an educational application."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from uwlr.cli.program import FINDINGS, OK, Entry, Program
from uwlr.cli.shared import tell

if TYPE_CHECKING:
    from uwlr.conformance.model import Lang, Listener

KINDS: Final = ("json", "junit", "html")
COMMANDS: Final = {
    "list": Entry("uwlr.cli.conformance:list_cases", "List the cases: what would be done, and whether it writes."),
    "run": Entry("uwlr.cli.conformance:run", "Judge a LAS."),
    "referee": Entry("uwlr.cli.conformance:referee", "Judge an application: play the LAS for it."),
    "compare": Entry("uwlr.cli.conformance:compare", "Tell what changed between two runs."),
    "coverage": Entry("uwlr.cli.conformance:coverage", "Show requirements against cases."),
    "example": Entry("uwlr.cli.conformance:example", "Print a las.toml with every word explained."),
}

_VERDICTS = """\b
Verdicts:
  pass           what must hold was seen to hold
  fail           a mandatory requirement is not met (red)
  warn           a recommendation is not met (red with --strict)
  skip           not judged: data are absent, or a precondition failed
  not-supported  not judged: the configuration says the system does not do it
  error          the suite itself could not carry it out (red)
A run without a single pass is red. A red run ends with exit code 1.
"""
_lang = click.option(
    "--lang", type=click.Choice(["nl", "en"]), default="en", envvar="UWLR_LANG", show_envvar=True, help="Language."
)
_role = click.option("--role", type=click.Choice(["LAS", "EA"]), default="LAS", help="Who is judged.")


@click.group(cls=Program, entries=COMMANDS, epilog=_VERDICTS)
def conformance() -> None:
    """Judge a real LAS, requirement by requirement, and report with evidence."""


@click.command("list")
@click.argument("selectors", nargs=-1)
@_role
@_lang
def list_cases(selectors: tuple[str, ...], role: Any, lang: Lang) -> None:
    """List the cases that SELECTORS choose: a whole id, or the first words of one."""
    from uwlr.conformance.registry import planned_requests, select  # noqa: PLC0415 - loads every case

    chosen = select(selectors, role)
    for case in chosen:
        click.echo(f"{case.id}{'  [writes]' if case.writes else ''}")
        click.echo(f"    {case.sends.at(lang)} -> {case.holds.at(lang)}  ({', '.join(case.requirements)})")
    tell(f"{len(chosen)} cases, {planned_requests(chosen)} requests at most")


@click.command(epilog=_VERDICTS)
@click.argument("url", required=False, envvar="UWLR_URL")
@click.argument("selectors", nargs=-1)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="las.toml; see `example`.")
@click.option("--leerresultaten-url", envvar="UWLR_LEERRESULTATEN_URL", show_envvar=True, help="Address for results.")
@click.option("--allow-writes", is_flag=True, help="Bring results too: the system may keep them.")
@click.option("--strict", is_flag=True, help="Count recommendations as mandatory.")
@click.option(
    "--baseline", "baseline_file", type=click.Path(path_type=Path), help="Known findings, with reason and end."
)
@click.option("--report", "reports", multiple=True, metavar="KIND=PATH", help=f"Write a report: {', '.join(KINDS)}.")
@click.option("--yes", is_flag=True, help="Go on though the address looks like production.")
@_lang
def run(
    url: str | None,
    selectors: tuple[str, ...],
    config_file: Path | None,
    leerresultaten_url: str | None,
    allow_writes: bool,
    strict: bool,
    baseline_file: Path | None,
    reports: tuple[str, ...],
    yes: bool,
    lang: Lang,
) -> int:
    """Judge the LAS at URL, or the cases of it that SELECTORS choose.

    One request at a time, and nothing that writes unless --allow-writes. The key comes from a file that las.toml
    names, or from $UWLR_AUTORISATIESLEUTEL.
    """
    from uwlr.conformance.baseline import Baseline  # noqa: PLC0415
    from uwlr.conformance.config import Las, load, looks_like_production, make  # noqa: PLC0415
    from uwlr.conformance.engine import Run  # noqa: PLC0415
    from uwlr.conformance.registry import select  # noqa: PLC0415
    from uwlr.conformance.system import LasSystem  # noqa: PLC0415

    if url is not None and "://" not in url:
        selectors = (url, *selectors)
        url = None
    instead: dict[str, Any] = {"url": url, "leerresultaten_url": leerresultaten_url}
    config = make({}, Las, **instead) if config_file is None else load(config_file, Las, **instead)
    doubtful = [address for address in config.addresses if looks_like_production(address)]
    if doubtful and not yes:
        raise click.UsageError("the address looks like a production system: look again, then give --yes")
    chosen = select(selectors)
    system = LasSystem(config, allow_writes=allow_writes)
    try:
        baseline = Baseline() if baseline_file is None else Baseline.load(baseline_file)
        listeners = make_listeners(reports, lang)
        repeat = _repeat(url, config_file, leerresultaten_url, allow_writes=allow_writes, yes=yes)
        ended = Run(system, chosen, listeners, baseline=baseline, strict=strict, repeat=repeat)()
    finally:
        system.close()
    return OK if ended.green else FINDINGS


def make_listeners(reports: tuple[str, ...], lang: Lang) -> list[Listener]:
    """Make the console's report, and those that were asked for as KIND=PATH.

    Raises:
        click.UsageError: another kind, or no path.
    """
    from rich.console import Console  # noqa: PLC0415

    from uwlr.conformance.report.as_json import JsonReport  # noqa: PLC0415
    from uwlr.conformance.report.console import ConsoleReport  # noqa: PLC0415
    from uwlr.conformance.report.html import HtmlReport  # noqa: PLC0415
    from uwlr.conformance.report.junit import JunitReport  # noqa: PLC0415

    made: dict[str, Callable[[Path], Listener]] = {
        "json": JsonReport,
        "junit": lambda path: JunitReport(path, lang),
        "html": lambda path: HtmlReport(path, lang),
    }
    listeners: list[Listener] = [ConsoleReport(Console(file=sys.stdout), lang)]
    for given in reports:
        kind, _, path = given.partition("=")
        if kind not in made or not path:
            raise click.UsageError(f"--report takes KIND=PATH, where KIND is one of {', '.join(KINDS)}")
        listeners.append(made[kind](Path(path)))
    return listeners


def _repeat(
    url: str | None, config_file: Path | None, leerresultaten_url: str | None, *, allow_writes: bool, yes: bool
) -> str:
    """Write the command that repeats one case, `{}` in the place of its id."""
    words = ["uwlr", "conformance", "run", *([url] if url else []), "{}"]
    words += ["--config", str(config_file)] if config_file else []
    words += ["--leerresultaten-url", leerresultaten_url] if leerresultaten_url else []
    words += ["--allow-writes"] if allow_writes else []
    words += ["--yes"] if yes else []
    return " ".join(word if word == "{}" else shlex.quote(word) for word in words)


@click.command(epilog=_VERDICTS)
@click.argument("selectors", nargs=-1)
@click.option("--port", default=0, help="Port on loopback; 0 takes a free one.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="ea.toml: name, min_wait_s, slow_s, …")
@click.option("--command", help="Has the application fetch or bring; it gets leerlinggegevens or leerresultaten.")
@click.option("--report", "reports", multiple=True, metavar="KIND=PATH", help=f"Write a report: {', '.join(KINDS)}.")
@click.option("--strict", is_flag=True, help="Count recommendations as mandatory.")
@_lang
def referee(
    selectors: tuple[str, ...],
    port: int,
    config_file: Path | None,
    command: str | None,
    reports: tuple[str, ...],
    strict: bool,
    lang: Lang,
) -> int:
    """Play the LAS for an application, and judge what it sends.

    The application gets the address and the key that are printed. Then, for each case, --command has it fetch or
    bring; without one you are asked to do so by hand, and to press Enter when it is done.
    """
    from uwlr.conformance.config import load  # noqa: PLC0415
    from uwlr.conformance.engine import Run  # noqa: PLC0415
    from uwlr.conformance.referee import Action, Ea, Referee  # noqa: PLC0415
    from uwlr.conformance.registry import select  # noqa: PLC0415

    def trigger(action: Action) -> None:
        if command is None:
            click.prompt(f"Have the application do: {action}; then press Enter", default="", err=True)
        else:
            subprocess.run([*shlex.split(command), action], check=False)  # noqa: S603 - the user's own command

    chosen = select(selectors, "EA")
    config = Ea() if config_file is None else load(config_file, Ea)
    with Referee(config, trigger, port) as las:
        for service in ("leerlinggegevens", "leerresultaten"):
            tell(f"{service}: {las.url}/{service}")
        tell(f"autorisatiesleutel: {las.autorisatie.autorisatiesleutel}")
        tell(f"klantcode, klantnaam: {las.autorisatie.klantcode}")
        tell(f"school: {las.school.brincode} {las.school.schooljaar}")
        listeners = make_listeners(reports, lang)
        ended = Run(las, chosen, listeners, strict=strict, repeat="uwlr conformance referee {}")("EA")
    return OK if ended.green else FINDINGS


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
def compare(before: Path, after: Path) -> int:
    """Tell what changed between two JSON reports; something that got worse is a finding."""
    from uwlr.conformance import compare as comparing  # noqa: PLC0415

    changes = comparing.compare(before, after)
    for change in changes:
        mark = "worse " if change.worse else "      "
        click.echo(f"{mark} {change.case}: {change.before or 'absent'} -> {change.after or 'absent'}")
    if not changes:
        tell("no case changed")
    return FINDINGS if any(change.worse for change in changes) else OK


@click.command()
@_lang
def coverage(lang: Lang) -> None:
    """Show every requirement with the cases that test it, or why none does, as Markdown."""
    from uwlr.conformance.coverage import as_markdown  # noqa: PLC0415

    click.echo(as_markdown(lang), nl=False)


@click.command()
def example() -> None:
    """Print a las.toml with every word explained."""
    from uwlr.conformance.config import EXAMPLE  # noqa: PLC0415

    click.echo(EXAMPLE.read_text("utf-8"), nl=False)
