"""The command `mock-las`."""

from __future__ import annotations

import datetime as dt
import os
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.request import urlopen

import click
import msgspec

from mock_las import vendors
from mock_las.reaching import address, why
from uwlr.cli.help_language import program_lang_option
from uwlr.cli.program import PORT, Coded, failing
from uwlr.cli.speaking import say
from uwlr.errors import ConnectError
from uwlr.secret_files import read_key
from uwlr.visible import in_json, one_line

if TYPE_CHECKING:
    from mock_las.remote_las import RemoteLas
    from mock_las.world import Begin

_PORT = 8080
_failing = partial(failing, "mock-las", "mock")
_F = TypeVar("_F", bound=Callable[..., Any])


@click.group(cls=Coded, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="uwlr")
@program_lang_option
def main() -> None:
    """School systems to test against.

    Exit codes: 0 success; 2 wrong use; 3 failure.
    """


def _option(name: str, **more: Any) -> Callable[[_F], _F]:
    """Make an option that can also be given as an environment variable MOCK_LAS_NAME."""
    variable = f"MOCK_LAS_{name.removeprefix('--').replace('-', '_').upper()}"
    more.setdefault("show_default", "default" in more)
    return click.option(name, envvar=variable, show_envvar=True, **more)


_URL = _option("--url", help="Address of the fakes. By default the port of MOCK_LAS_PORT, or 8080, on this machine.")
_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@main.command()
@_option(
    "--vendor",
    multiple=True,
    type=click.Choice(vendors.NAMES),
    help="Serve only this vendor; may be repeated. By default all.",
)
@_option("--host", default="127.0.0.1", help="Address to listen on.")
@_option("--port", default=_PORT, type=PORT, help="Port; 0 takes a free one.")
@_option("--seed", default=1, help="Seed of schools and keys.")
@_option("--leerlingen", default=200, type=click.IntRange(1), help="Pupils of a made-up school.")
@_option("--threads", default=64, type=click.IntRange(1), help="Requests that are answered at the same time.")
@_option("--state", type=click.Path(dir_okay=False, path_type=Path), help="File that keeps the state.")
@_option(
    "--begin",
    type=click.Choice(["leeg", "aangevraagd", "goedgekeurd", "actief", "gepauzeerd", "beeindigd"]),
    default="actief",
    help="How far the coupling of each system has come at the start; leeg is without couplings.",
)
@_option("--tls-cert", type=_FILE, help="Our certificate, PEM.")
@_option("--tls-key", type=_FILE, help="Its key, PEM.")
@_option("--client-ca", type=_FILE, help="CA of client certificates, PEM; vendors that use them then require one.")
def serve(
    vendor: tuple[str, ...],
    host: str,
    port: int,
    seed: int,
    leerlingen: int,
    threads: int,
    state: Path | None,
    begin: Begin,
    tls_cert: Path | None,
    tls_key: Path | None,
    client_ca: Path | None,
) -> None:
    """Serve the fakes until SIGTERM or Ctrl-C.

    Prints one line, MOCK_LAS_URL=..., once they answer.
    """
    if (tls_cert is None) != (tls_key is None) or (client_ca is not None and tls_cert is None):
        raise click.UsageError("TLS needs both --tls-cert and --tls-key; --client-ca needs them too.")
    with _failing():
        from mock_las.answering import Tls  # noqa: PLC0415 - `ready` needs none of it and must be quick
        from mock_las.server import Server  # noqa: PLC0415
        from mock_las.world import World  # noqa: PLC0415

        tls = Tls(tls_cert, tls_key, client_ca) if tls_cert and tls_key else None
        world = World(seed, leerlingen, vendor or vendors.NAMES, state, begin)
        Server(world, host=host, port=port, threads=threads, tls=tls).serve_until_signal()


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--order", is_flag=True, help="Answer in the order of the recording; by default by what is asked.")
@click.option("--delays", is_flag=True, help="Wait as long as it took when it was recorded.")
@_option("--host", default="127.0.0.1", help="Address to listen on.")
@_option("--port", default=_PORT, type=PORT, help="Port; 0 takes a free one.")
def replay(folder: Path, order: bool, delays: bool, host: str, port: int) -> None:
    """Serve a recording until SIGTERM or Ctrl-C: the answers of a real LAS, to whoever asks the same.

    Prints one line, MOCK_LAS_URL=..., once it answers; any path will do. What was never recorded gets a fault that
    says so.
    """
    with _failing():
        from mock_las.replay import Replay  # noqa: PLC0415 - `ready` needs none of it and must be quick

        Replay(folder, order=order, delays=delays, host=host, port=port).serve_until_signal()


@main.command()
@_URL
@_option("--wait", default=0.0, help="Seconds to wait for an answer.")
@_option("--ca", type=_FILE, help="CA of their certificate, PEM.")
def ready(url: str | None, wait: float, ca: Path | None) -> None:
    """Tell whether the fakes answer: exit code 0 if they do, 3 if they do not in time."""
    deadline = time.monotonic() + wait
    with _failing():
        at = address(_place(url))
        while True:
            try:
                with _open(f"{at}/__mock__/ready", ca):
                    break
            except (OSError, HTTPException) as error:
                if time.monotonic() >= deadline:
                    raise ConnectError(f"the fakes do not answer at {at}: {why(error)}{_hint(url)}") from None
                time.sleep(0.1)
    say("ready")


@main.command("vendors")
@_URL
@_FORMAT
def show_vendors(url: str | None, form: str) -> None:
    """Show the systems that are faked, and what a client needs to connect to each of them."""
    with _asking(url) as las:
        connections = las.connections()
    if form == "json":
        say(in_json(_as_json(connections)))
        return
    for connection in connections:
        say(one_line(f"{connection.title} ({connection.name})"))
        if connection.leerlinggegevens_url:
            say(one_line(f"  leerlinggegevens {connection.leerlinggegevens_url}"))
        if connection.leerresultaten_url:
            say(one_line(f"  leerresultaten   {connection.leerresultaten_url}"))
        key = connection.autorisatie
        say(one_line(f"  autorisatie      {key.autorisatiesleutel} {key.klantcode} {key.klantnaam}"))
        for name, value in connection.http_headers.items():
            say(one_line(f"  HTTP header      {name}: {value}"))
        school = [connection.brincode, connection.dependancecode, connection.schooljaar, connection.xsdversie]
        say(one_line(f"  school           {' '.join(filter(None, [*school, connection.gegevenssetid]))}"))


@main.command()
@_URL
@_FORMAT
@click.option("--vendor", type=click.Choice(vendors.NAMES), help="Only exchanges of this vendor.")
@click.option("--export", type=click.Path(dir_okay=False, path_type=Path), help="Write them to a file, redacted.")
def journal(url: str | None, form: str, vendor: str | None, export: Path | None) -> None:
    """Show the exchanges, oldest first; nothing personal, and no keys."""
    with _asking(url) as las:
        if export is not None:
            las.export(export)
            return
        exchanges = las.exchanges(vendor)
    if form == "json":
        say(in_json(_as_json(exchanges)))
        return
    for exchange in exchanges:
        say(one_line(exchange.line))


@main.command()
@_URL
@click.option("--seed", type=int, help="Use another seed.")
def reset(url: str | None, seed: int | None) -> None:
    """Return to the state at the start: schools, couplings, results, journal, clock and faults."""
    with _asking(url) as las:
        las.reset(seed)


@main.command()
def fidelity() -> None:
    """Print how far each fake can be trusted, as Markdown: norm, observed or assumed."""
    from mock_las.fidelity import page  # noqa: PLC0415 - only needed here

    say(page(), end="")


def _as_json(answer: object) -> str:
    return msgspec.json.format(msgspec.json.encode(answer), indent=1).decode()


def _place(url: str | None) -> str:
    return url or f"http://127.0.0.1:{os.environ.get('MOCK_LAS_PORT', _PORT)}"


def _hint(url: str | None) -> str:
    return "" if url else "; start them with `mock-las serve`, or say with --url or MOCK_LAS_URL where they are"


@contextmanager
def _asking(url: str | None) -> Iterator[RemoteLas]:
    from mock_las.remote_las import RemoteLas  # noqa: PLC0415 - `ready` needs none of it and must be quick

    with _failing():
        try:
            yield RemoteLas(_place(url))
        except ConnectError as error:
            raise ConnectError(f"{error}{_hint(url)}") from None


@main.command()
@click.argument("url")
@_option("--instellingscode", required=True, help="The school's code at the supplier.")
@_option(
    "--sleutel-file", type=_FILE, required=True, help="File with the SOAP-key; white space around it is not part of it."
)
@_option("--state", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File that keeps the state.")
@_option("--brincode", help="The school. By default the vendor's own made-up school.")
@_option(
    "--vanaf",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Processing date to fetch from; by default where the last import stopped.",
)
@_option("--batchgrootte", type=click.IntRange(1, 1000), help="Results in a batch.")
@_option("--batches", type=click.IntRange(1), help="Stop after so many batches. By default when no results are left.")
@_option("--seed", default=1, help="Seed of a new school.")
@_option("--leerlingen", default=200, type=click.IntRange(1), help="Pupils of a new school.")
def pull(
    url: str,
    instellingscode: str,
    sleutel_file: Path,
    state: Path,
    brincode: str | None,
    vanaf: dt.datetime | None,
    batchgrootte: int | None,
    batches: int | None,
    seed: int,
    leerlingen: int,
) -> None:
    """Let the fake Magister fetch results from a supplier at URL, as Magister does from JIJ!.

    The real contract is not public; the supplier must implement that of `mock_las.jij`. After a crash, run it again: it
    continues where it stopped.
    """
    with _failing():
        from mock_las.pull_arguments import PullOrder  # noqa: PLC0415
        from mock_las.results_from_jij import Puller  # noqa: PLC0415 - `ready` needs none of it and must be quick
        from mock_las.world import World  # noqa: PLC0415

        order = PullOrder(
            url=url,
            instellingscode=instellingscode,
            soapkey=read_key(sleutel_file),
            vanaf=vanaf.date() if vanaf else None,
            batchgrootte=batchgrootte,
            batches=batches,
            brincode=brincode,
        )
        with closing(World(seed, leerlingen, ("magister",), state)) as world:
            for report in Puller(world).steps(order):
                say(one_line(report.line()))


def _open(url: str, ca: Path | None) -> Any:
    context = ssl.create_default_context(cafile=ca) if url.startswith("https:") else None
    return urlopen(url, timeout=5, context=context)  # noqa: S310 - the caller's own address
