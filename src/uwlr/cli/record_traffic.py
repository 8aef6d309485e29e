"""`uwlr record`: stand between an application and a LAS, show what passes, and record it without anybody in it."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Final

import click

from uwlr.cli.program import OK, Command
from uwlr.cli.speaking import say_coloured, tell
from uwlr.loopback import is_loopback, is_loopback_url
from uwlr.ports import HIGHEST
from uwlr.recorded import RecordedExchange

_ADDRESS: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:\s]+)):([0-9]{1,5})")
_SHOWN: Final = 3
"""Rules that are named on a line."""


@click.command(cls=Command)
@click.option("--listen", default="127.0.0.1:8020", show_default=True, metavar="HOST:PORT", help="Where to listen.")
@click.option("--to", envvar="UWLR_URL", show_envvar=True, required=True, metavar="URL", help="Address of the LAS.")
@click.option("--label", default="", help="What to call the recording; it is written as it is.")
@click.option(
    "--secret-file",
    type=click.Path(),
    help="File with what the values follow from, made if absent: the same person becomes the same one next time.",
)
@click.option("--queue", default=64, show_default=True, type=click.IntRange(1), help="Megabytes that wait at most.")
@click.option("--tls-ca", envvar="UWLR_TLS_CA", show_envvar=True, help="PEM file of the authority to trust.")
@click.option("--tls-cert", envvar="UWLR_TLS_CERT", show_envvar=True, help="PEM file of the certificate to show.")
@click.option("--tls-key", envvar="UWLR_TLS_KEY", show_envvar=True, help="PEM file of its key, where apart.")
@click.argument("folder", type=click.Path())
def record(
    listen: str,
    to: str,
    label: str,
    secret_file: str | None,
    queue: int,
    tls_ca: str | None,
    tls_cert: str | None,
    tls_key: str | None,
    folder: str,
) -> int:
    """Pass on what an application asks a LAS, and record it in FOLDER.

    The application is given the address that is shown here in place of that of the LAS. Nothing of a message changes on
    its way, except the addresses in a WSDL. Recorded are messages without anybody in them; a line on stdout says of
    each exchange what was asked, what came, and which rules are broken. SIGTERM or Ctrl-C ends it.
    """
    from uwlr.recorded.recording_proxy import RecordingProxy  # noqa: PLC0415 - an extra

    host, port = _listening(listen)
    lock = Lock()

    def show(*cells: tuple[str, str | None]) -> None:
        with lock:
            say_coloured(*cells)

    with (
        _until_told() as told,
        RecordingProxy(
            to,
            folder,
            label=label,
            secret_file=secret_file,
            host=host,
            port=port,
            ca=tls_ca,
            cert=tls_cert,
            key=tls_key,
            queue=queue << 20,
            kept=lambda exchange: show(*_line(exchange)),
            left_out=lambda why: show(("   -", None), (f"not recorded: {why}", "red")),
        ) as proxy,
    ):
        if not is_loopback(host):
            tell(f"Warning: whoever reaches {host} reaches the LAS through this proxy.")
        if to.startswith("http:") and not is_loopback_url(to):
            tell("Warning: the LAS is called without TLS: keys and pupils travel readable.")
        tell(f"{proxy.url} stands for the LAS, and what passes is recorded in {folder}. Ctrl-C ends it.")
        told.wait()
    left = f", {proxy.lost} not" if proxy.lost else ""
    tell(f"{proxy.count} exchanges recorded{left}: {os.path.join(folder, 'README.md')}")  # noqa: PTH118 - as given
    return OK


def _listening(address: str) -> tuple[str, int]:
    found = _ADDRESS.fullmatch(address)
    if found is None or int(found[3]) > HIGHEST:
        raise click.BadParameter("write it as HOST:PORT", param_hint="--listen")
    return found[1] or found[2], int(found[3])


@contextmanager
def _until_told() -> Iterator[Event]:
    """Give what is set when somebody ends the program."""
    told = Event()
    before = {number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _line(exchange: RecordedExchange) -> list[tuple[str, str | None]]:
    """Show an exchange: no value of a message is in it; each cell with its colour."""
    what = exchange.operation or f"{exchange.method} {exchange.service}"
    good = exchange.status is not None and exchange.status < 400 and exchange.problem is None
    outcome = exchange.problem or f"{exchange.status or ''}{f' {exchange.fault}' if exchange.fault else ''}"
    took = "" if exchange.last_byte_ms is None else f"{exchange.last_byte_ms:,.0f} ms"
    size = f"{exchange.answer.bytes:,} bytes"
    findings = {**exchange.request.findings}
    for name, count in exchange.answer.findings.items():
        findings[name] = findings.get(name, 0) + count
    named = [f"{name} ×{count}" if count > 1 else name for name, count in findings.items()]  # noqa: RUF001
    more = [f"and {len(named) - _SHOWN} more"] if len(named) > _SHOWN else []
    return [
        (f"{exchange.number:4d}", None),
        (f"{what:<20}", None),
        (f"{outcome:<4}", "green" if good else "red"),
        (f"{took:>9}", None),
        (f"{size:>18}", None),
        (", ".join([*named[:_SHOWN], *more]), "yellow") if named else ("no findings", None),
    ]
