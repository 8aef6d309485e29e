"""`uwlr conformance run`, `referee`, `verify` and `serve`."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import click

from uwlr.cli.help_language import lang_option
from uwlr.cli.program import FINDINGS, OK, PORT, Command, together
from uwlr.cli.shell_values import among
from uwlr.cli.speaking import say, tell
from uwlr.visible import one_line

if TYPE_CHECKING:
    from uwlr.conformance.outcomes import Listener, Role
    from uwlr.text import Lang

F = TypeVar("F", bound=Callable[..., Any])
VERDICTS = """\b
Verdicts:
  pass           what must hold was seen to hold
  fail           a mandatory requirement is not met (red)
  warn           a recommendation is not met (red with --strict)
  skip           not judged: data are absent, or a precondition failed
  not-supported  not judged: the configuration says the system does not do it
  error          not judged: the network or the settings stood in between, or the suite broke (red)
A run without a single pass is red. A red run ends with exit code 1.
"""
_KEYS: Final = {"": "done", "h": "again", "o": "skip", "s": "stop"}
_CHOICES: Final = {
    "nl": "Enter: gedaan, h: deze case opnieuw, o: overslaan, s: stoppen en later verder",
    "en": "Enter: done, h: this case again, o: pass over, s: stop and go on later",
}
_strict = click.option("--strict", is_flag=True, help="Count recommendations as mandatory.")
_baseline = click.option(
    "--baseline", "baseline_file", type=click.Path(path_type=Path), help="Known findings, with reason and end."
)
_reports = click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="KIND=PATH",
    help="Write a report: json, junit, html, markdown, badge, or a bundle to verify.",
)
_url = click.argument("url", required=False, envvar="UWLR_URL", shell_complete=among(lambda _: case_ids("LAS")))
_sign = click.option("--sign", "key_file", type=click.Path(path_type=Path), help="File with a key to sign the bundle.")


def case_ids(role: Role) -> list[str]:
    """Name the cases that there are for a role."""
    from uwlr.conformance.casebook import cases  # noqa: PLC0415 - loads every case

    return [case.id for case in cases(role)]


def _selectors(role: Role) -> Callable[[F], F]:
    return click.argument("selectors", nargs=-1, shell_complete=among(lambda _: case_ids(role)))


def _preset(kind: Literal["Las", "Ea"]) -> Callable[[F], F]:
    def known(_: click.Context) -> list[str]:
        from uwlr.conformance import declarations  # noqa: PLC0415 - loads the client

        return declarations.presets(getattr(declarations, kind))

    text = "Begin with what is known of a product; see `example`."
    return click.option("--preset", metavar="NAME", shell_complete=among(known), help=text)


@click.command(cls=Command, epilog=VERDICTS)
@_url
@_selectors("LAS")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="las.toml; see `example`.")
@_preset("Las")
@click.option("--leerresultaten-url", envvar="UWLR_LEERRESULTATEN_URL", show_envvar=True, help="Address for results.")
@click.option("--allow-writes", is_flag=True, help="Bring results too: the system may keep them.")
@click.option("--allow-load", type=click.IntRange(2, 16), default=None, help="Requests that may be sent at once.")
@_strict
@_baseline
@_reports
@_sign
@click.option("--yes", is_flag=True, help="Go on though the address looks like production.")
@lang_option("en")
def run(
    url: str | None,
    selectors: tuple[str, ...],
    config_file: Path | None,
    preset: str | None,
    leerresultaten_url: str | None,
    allow_writes: bool,
    allow_load: int | None,
    strict: bool,
    baseline_file: Path | None,
    reports: tuple[str, ...],
    key_file: Path | None,
    yes: bool,
    lang: Lang,
) -> int:
    """Judge the LAS at URL, or the cases of it that SELECTORS choose.

    One request at a time, and nothing that writes unless --allow-writes. The key comes from a file that las.toml
    names, or from $UWLR_AUTORISATIESLEUTEL.
    """
    from uwlr.conformance import declarations  # noqa: PLC0415
    from uwlr.conformance.baseline import Baseline  # noqa: PLC0415
    from uwlr.conformance.bundle import BundleReport  # noqa: PLC0415
    from uwlr.conformance.casebook import select  # noqa: PLC0415
    from uwlr.conformance.execution import Run  # noqa: PLC0415
    from uwlr.conformance.report.kinds import BUNDLE  # noqa: PLC0415
    from uwlr.conformance.system import LasSystem  # noqa: PLC0415

    if url is not None and "://" not in url:
        selectors = (url, *selectors)
        url = None
    instead: dict[str, Any] = {"url": url, "leerresultaten_url": leerresultaten_url}
    base = declarations.preset(preset, declarations.Las) if preset else {}
    if config_file is None:
        config = declarations.make(base, declarations.Las, **instead)
    else:
        config = declarations.load(config_file, declarations.Las, base, **instead)
    if any(declarations.looks_like_production(address) for address in config.addresses) and not yes:
        raise click.UsageError("the address looks like a production system: look again, then give --yes")
    if absent := config.lacking():
        raise click.UsageError(together(absent))
    chosen = select(selectors)
    paths = _paths(reports)
    baseline = Baseline() if baseline_file is None else Baseline.load(baseline_file)
    system = LasSystem(config, allow_writes=allow_writes, allow_load=allow_load or 0)
    listeners = _listeners(paths, lang)
    if BUNDLE in paths:
        key = _key(key_file)
        listeners.append(BundleReport(paths[BUNDLE], system, baseline=baseline, strict=strict, key=key))
    repeat = _repeat(
        *(["run", url] if url else ["run"]),
        **{"--config": config_file, "--preset": preset, "--leerresultaten-url": leerresultaten_url},
        **{"--baseline": baseline_file, "--allow-writes": allow_writes, "--allow-load": allow_load},
        **{"--strict": strict, "--yes": yes},
    )
    try:
        ended = Run(system, chosen, listeners, baseline=baseline, strict=strict, repeat=repeat)()
    finally:
        system.close()
    return OK if ended.green else FINDINGS


def _paths(reports: tuple[str, ...]) -> dict[str, Path]:
    """Read where reports go.

    Raises:
        click.UsageError: a kind that there is not, or a path that cannot be written.
    """
    from uwlr.conformance.report.kinds import asked_for  # noqa: PLC0415
    from uwlr.errors import ConfigurationError  # noqa: PLC0415

    try:
        return asked_for(reports)
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from None


def _listeners(paths: dict[str, Path], lang: Lang) -> list[Listener]:
    from rich.console import Console  # noqa: PLC0415

    from uwlr.conformance.report.console import ConsoleReport  # noqa: PLC0415
    from uwlr.conformance.report.kinds import make  # noqa: PLC0415

    return [ConsoleReport(Console(file=sys.stdout), lang), *make(paths, lang)]


def _key(path: Path | None) -> bytes | None:
    """Read a key that signs.

    Raises:
        click.UsageError: it cannot be read, or is empty.
    """
    if path is None:
        return None
    try:
        key = path.read_bytes().strip()
    except OSError:
        key = b""
    if not key:
        raise click.UsageError(f"{path} holds no key")
    return key


def _repeat(*begin: str, **options: Any) -> str:
    """Write the command that repeats one case, with `{}` standing for its id; an option that is True has no value."""
    given = [
        [name] if value is True else [name, str(value)]
        for name, value in options.items()
        if value not in {None, False, ""}
    ]
    words = ["uwlr", "conformance", *begin, "{}", *(word for option in given for word in option)]
    return " ".join(word if word == "{}" else shlex.quote(word) for word in words)


@click.command(cls=Command, epilog=VERDICTS)
@_selectors("EA")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is every one.")
@click.option("--port", default=0, type=PORT, help="Port; 0 takes a free one.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="ea.toml; see `example ea`.")
@_preset("Ea")
@click.option("--command", help="Has the application fetch or bring; it gets leerlinggegevens or leerresultaten.")
@click.option("--own-clock", is_flag=True, help="Wait for what the application does by itself, such as every night.")
@click.option("--resume", "resume_file", type=click.Path(path_type=Path), help="File that keeps what was played.")
@_strict
@_baseline
@_reports
@_sign
@lang_option("en")
def referee(
    selectors: tuple[str, ...],
    host: str,
    port: int,
    config_file: Path | None,
    preset: str | None,
    command: str | None,
    own_clock: bool,
    resume_file: Path | None,
    strict: bool,
    baseline_file: Path | None,
    reports: tuple[str, ...],
    key_file: Path | None,
    lang: Lang,
) -> int:
    """Play the LAS for an application, and judge what it sends.

    The application gets the address and the key that are printed. Then, for each case, --command has it fetch or
    bring; without one you are told what to do, and asked what came of it. With --own-clock nobody does anything: each
    step waits for the next request of the application itself. With --resume FILE a run can be broken off and go on.

    The command finds the connection in the variables that `uwlr fetch` and `uwlr send` read: UWLR_URL,
    UWLR_LEERRESULTATEN_URL, UWLR_AUTORISATIESLEUTEL, UWLR_KLANTCODE, UWLR_KLANTNAAM, UWLR_BRINCODE, UWLR_SCHOOLJAAR.
    Whatever it exits with, only what it sends is judged; what it prints is not shown, its errors are.
    """
    from uwlr.conformance import declarations  # noqa: PLC0415
    from uwlr.conformance.baseline import Baseline  # noqa: PLC0415
    from uwlr.conformance.bundle import BundleReport  # noqa: PLC0415
    from uwlr.conformance.casebook import select  # noqa: PLC0415
    from uwlr.conformance.execution import Run  # noqa: PLC0415
    from uwlr.conformance.progress import Progress  # noqa: PLC0415
    from uwlr.conformance.referee import Referee  # noqa: PLC0415
    from uwlr.conformance.report.kinds import BUNDLE  # noqa: PLC0415
    from uwlr.conformance.triggers import ByCommand, ByHand, ByItsOwnClock  # noqa: PLC0415
    from uwlr.loopback import is_loopback_url  # noqa: PLC0415

    words = shlex.split(command or "")
    if words and shutil.which(words[0]) is None:
        raise click.UsageError(f"--command: there is no program {words[0]}")
    chosen = select(selectors, "EA")
    base = declarations.preset(preset, declarations.Ea) if preset else {}
    if config_file is None:
        config = declarations.make(base, declarations.Ea)
    else:
        config = declarations.load(config_file, declarations.Ea, base)
    baseline = Baseline() if baseline_file is None else Baseline.load(baseline_file)
    paths = _paths(reports)
    listeners = _listeners(paths, lang)
    progress = Progress(resume_file, "EA") if resume_file else None
    repeat = _repeat(
        "referee",
        **{"--host": host if host != "127.0.0.1" else None, "--port": port or None, "--config": config_file},
        **{"--preset": preset, "--command": command, "--own-clock": own_clock},
        **{"--baseline": baseline_file, "--strict": strict},
    )
    with Referee(config, None, port, host) as las:
        if words:
            las.trigger = ByCommand(words, {**os.environ, **las.connection})
        elif own_clock:
            las.trigger = ByItsOwnClock(lambda: las, tell, lang, config.quiet_s)
        else:
            las.trigger = ByHand(lambda: las, tell, lambda: _ask(lang), lang, [case.id for case in chosen])
        _introduce(las, is_loopback=is_loopback_url(las.url), given=bool(config.autorisatie.sleutel()))
        if progress:
            listeners.append(progress)
        if BUNDLE in paths:
            key = _key(key_file)
            listeners.append(BundleReport(paths[BUNDLE], las, baseline=baseline, strict=strict, key=key))
        done = progress.done if progress else {}
        ended = Run(las, chosen, listeners, baseline=baseline, strict=strict, repeat=repeat, done=done)("EA")
    return OK if ended.green else FINDINGS


def _introduce(las: Any, *, is_loopback: bool, given: bool) -> None:
    """Say what the application has to know."""
    if not is_loopback:
        plain = "over plain http" if las.url.startswith("http:") else "over the network"
        tell(f"Warning: whoever reaches this address can talk to the referee, {plain}.")
    tell(f"leerlinggegevens: {las.url_of('leerlinggegevens')}")
    tell(f"leerresultaten: {las.url_of('leerresultaten')}")
    # A key that was invented here is printed; one that was configured is a secret.
    tell(f"autorisatiesleutel: {'the one that was given' if given else las.autorisatie.autorisatiesleutel}")
    tell(f"klantcode: {las.autorisatie.klantcode}")
    tell(f"klantnaam: {las.autorisatie.klantnaam}")
    tell(f"school: {las.school.brincode} {las.school.schooljaar}")


def _ask(lang: Lang) -> Any:
    while True:
        given = click.prompt(_CHOICES[lang], default="", show_default=False, err=True).strip().lower()
        if given in _KEYS:
            return _KEYS[given]


@click.command(cls=Command)
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--key", "key_file", type=click.Path(path_type=Path), help="File with the key that signed it.")
def verify(bundle: Path, key_file: Path | None) -> int:
    """See that no byte of BUNDLE was changed, and derive every verdict in it again."""
    from uwlr.conformance import bundle as bundles  # noqa: PLC0415

    try:
        found = bundles.verify(bundle, _key(key_file))
    except bundles.Broken as broken:
        say(f"{one_line(bundle.name)} is not what was written: {broken}")
        return FINDINGS
    say(f"{one_line(found.system)} ({found.role}), judged by {one_line(found.suite)}, derived again by {found.by_now}")
    say(f"chain: {found.lines} lines, none changed")
    signed = {True: "by this key", False: "NOT by this key", None: "not looked at"}[found.signed]
    say(f"signature: {signed if found.has_signature else 'none'}")
    say(f"verdicts: {found.verdicts}, {len(found.differ)} of them differ; fingerprint {found.fingerprint}")
    for name in found.differ:
        say(f"  differs: {one_line(name)}")
    return OK if found.holds else FINDINGS


@click.command(cls=Command)
@click.option("--port", default=0, type=PORT, help="Port; 0 takes a free one.")
@click.option("--dir", "folder", type=click.Path(path_type=Path, file_okay=False), help="Where reports are kept.")
def serve(port: int, folder: Path | None) -> None:
    """Serve a page to run the referee from, in Dutch, on this machine only."""
    from uwlr.conformance.page.serving import PageServer  # noqa: PLC0415

    with PageServer(port, folder) as server:
        tell(f"De scheidsrechter staat op {server.url} (stoppen: Ctrl-C)")
        server.wait()
