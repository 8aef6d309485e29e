"""`uwlr conformance run` and `referee`: the two that judge."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from uwlr.cli.program import FINDINGS, OK
from uwlr.cli.shared import KEY_VARIABLE, tell
from uwlr.loopback import is_loopback_url

if TYPE_CHECKING:
    from uwlr.conformance.outcomes import Listener
    from uwlr.conformance.referee import Referee
    from uwlr.text import Lang

KINDS: Final = ("json", "junit", "html")
VERDICTS = """\b
Verdicts:
  pass           what must hold was seen to hold
  fail           a mandatory requirement is not met (red)
  warn           a recommendation is not met (red with --strict)
  skip           not judged: data are absent, or a precondition failed
  not-supported  not judged: the configuration says the system does not do it
  error          the suite itself could not carry it out (red)
A run without a single pass is red. A red run ends with exit code 1.
"""
_ASK: Final = {
    "nl": "Laat de toepassing dit doen: {}; druk dan op Enter",
    "en": "Have the application do: {}; then press Enter",
}
_ENDPOINTS: Final = {"leerlinggegevens": "UWLR_URL", "leerresultaten": "UWLR_LEERRESULTATEN_URL"}
lang_option = click.option(
    "--lang", type=click.Choice(["nl", "en"]), default="en", envvar="UWLR_LANG", show_envvar=True, help="Language."
)
_strict = click.option("--strict", is_flag=True, help="Count recommendations as mandatory.")
_baseline = click.option(
    "--baseline", "baseline_file", type=click.Path(path_type=Path), help="Known findings, with reason and end."
)
_reports = click.option(
    "--report", "reports", multiple=True, metavar="KIND=PATH", help=f"Write a report: {', '.join(KINDS)}."
)


@click.command(epilog=VERDICTS)
@click.argument("url", required=False, envvar="UWLR_URL")
@click.argument("selectors", nargs=-1)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="las.toml; see `example`.")
@click.option("--leerresultaten-url", envvar="UWLR_LEERRESULTATEN_URL", show_envvar=True, help="Address for results.")
@click.option("--allow-writes", is_flag=True, help="Bring results too: the system may keep them.")
@_strict
@_baseline
@_reports
@click.option("--yes", is_flag=True, help="Go on though the address looks like production.")
@lang_option
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
    from uwlr.conformance.casebook import select  # noqa: PLC0415
    from uwlr.conformance.declarations import Las, load, looks_like_production, make  # noqa: PLC0415
    from uwlr.conformance.execution import Run  # noqa: PLC0415
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
        repeat = _repeat(
            *(["run", url] if url else ["run"]),
            **{"--config": config_file, "--leerresultaten-url": leerresultaten_url, "--baseline": baseline_file},
            **{"--allow-writes": allow_writes, "--strict": strict, "--yes": yes},
        )
        ended = Run(system, chosen, make_listeners(reports, lang), baseline=baseline, strict=strict, repeat=repeat)()
    finally:
        system.close()
    return OK if ended.green else FINDINGS


def make_listeners(reports: tuple[str, ...], lang: Lang) -> list[Listener]:
    """Make the console's report, and those that were asked for as KIND=PATH.

    Raises:
        click.UsageError: another kind, or no path.
    """
    from rich.console import Console  # noqa: PLC0415

    from uwlr.conformance.report.console import ConsoleReport  # noqa: PLC0415
    from uwlr.conformance.report.junit_suite import JunitReport  # noqa: PLC0415
    from uwlr.conformance.report.one_page import HtmlReport  # noqa: PLC0415
    from uwlr.conformance.report.run_json import JsonReport  # noqa: PLC0415

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
        listeners.append(made[kind](_writable(Path(path))))
    return listeners


def _writable(path: Path) -> Path:
    """Look before the run whether a report can be written.

    Raises:
        click.UsageError: it cannot.
    """
    if path.is_dir() or not path.parent.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise click.UsageError(f"--report: {path} cannot be written")
    return path


def _repeat(*begin: str, **options: Any) -> str:
    """Write the command that repeats one case, `{}` in the place of its id; an option that is True has no value."""
    given = [
        [name] if value is True else [name, str(value)]
        for name, value in options.items()
        if value not in {None, False, ""}
    ]
    words = ["uwlr", "conformance", *begin, "{}", *(word for option in given for word in option)]
    return " ".join(word if word == "{}" else shlex.quote(word) for word in words)


@click.command(epilog=VERDICTS)
@click.argument("selectors", nargs=-1)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is every one.")
@click.option("--port", default=0, help="Port; 0 takes a free one.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="ea.toml; see `example ea`.")
@click.option("--command", help="Has the application fetch or bring; it gets leerlinggegevens or leerresultaten.")
@_strict
@_baseline
@_reports
@lang_option
def referee(
    selectors: tuple[str, ...],
    host: str,
    port: int,
    config_file: Path | None,
    command: str | None,
    strict: bool,
    baseline_file: Path | None,
    reports: tuple[str, ...],
    lang: Lang,
) -> int:
    """Play the LAS for an application, and judge what it sends.

    The application gets the address and the key that are printed. Then, for each case, --command has it fetch or
    bring; without one you are asked to do so by hand, and to press Enter when it is done.

    The command finds the connection in the variables that `uwlr fetch` and `uwlr send` read: UWLR_URL,
    UWLR_LEERRESULTATEN_URL, UWLR_AUTORISATIESLEUTEL, UWLR_KLANTCODE, UWLR_KLANTNAAM, UWLR_BRINCODE, UWLR_SCHOOLJAAR.
    Whatever it exits with, only what it sends is judged; what it prints is not shown, its errors are.
    """
    from uwlr.conformance.baseline import Baseline  # noqa: PLC0415
    from uwlr.conformance.casebook import select  # noqa: PLC0415
    from uwlr.conformance.declarations import Ea, load  # noqa: PLC0415
    from uwlr.conformance.execution import Run  # noqa: PLC0415
    from uwlr.conformance.referee import Action, Referee  # noqa: PLC0415

    words = shlex.split(command or "")
    if words and shutil.which(words[0]) is None:
        raise click.UsageError(f"--command: there is no program {words[0]}")

    def trigger(action: Action) -> None:
        if words:
            # What it writes is no part of the report, and may be a roster; what goes wrong is shown.
            subprocess.run([*words, action], env=environment, stdout=subprocess.DEVNULL, check=False)  # noqa: S603
        else:
            click.prompt(_ASK[lang].format(action), default="", show_default=False, err=True)

    chosen = select(selectors, "EA")
    config = Ea() if config_file is None else load(config_file, Ea)
    baseline = Baseline() if baseline_file is None else Baseline.load(baseline_file)
    listeners = make_listeners(reports, lang)
    repeat = _repeat(
        "referee",
        **{"--host": host if host != "127.0.0.1" else None, "--port": port or None, "--config": config_file},
        **{"--command": command, "--baseline": baseline_file, "--strict": strict},
    )
    with Referee(config, trigger, port, host) as las:
        environment = {**os.environ, **_connection(las)}
        if not is_loopback_url(las.url):
            tell("Warning: whoever reaches this address can talk to the referee, over plain http.")
        for service, variable in _ENDPOINTS.items():
            tell(f"{service}: {environment[variable]}")
        # A key that was invented here is told; one that was given is a secret.
        given = config.autorisatie.sleutel()
        tell(f"autorisatiesleutel: {'the one that was given' if given else las.autorisatie.autorisatiesleutel}")
        tell(f"klantcode: {las.autorisatie.klantcode}")
        tell(f"klantnaam: {las.autorisatie.klantnaam}")
        tell(f"school: {las.school.brincode} {las.school.schooljaar}")
        ended = Run(las, chosen, listeners, baseline=baseline, strict=strict, repeat=repeat)("EA")
    return OK if ended.green else FINDINGS


def _connection(las: Referee) -> dict[str, str]:
    """What an application has to know of the referee, by the variables that the other commands read."""
    return {
        **{variable: f"{las.url}/{service}" for service, variable in _ENDPOINTS.items()},
        KEY_VARIABLE: las.autorisatie.autorisatiesleutel,
        "UWLR_KLANTCODE": las.autorisatie.klantcode,
        "UWLR_KLANTNAAM": las.autorisatie.klantnaam,
        "UWLR_BRINCODE": str(las.school.brincode),
        "UWLR_SCHOOLJAAR": las.school.schooljaar,
    }
