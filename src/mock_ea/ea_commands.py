"""The command `mock-ea`."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from mock_las import vendors
from uwlr.cli.help_language import program_lang_option
from uwlr.cli.program import PORT, Coded, failing
from uwlr.private_files import private_folder

_PORT = 8090
_LAS_PORT = 8080
_failing = partial(failing, "mock-ea", "mock-ea")
_FOLDER = click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Keeps everything; without it nothing is kept."
)
_BEGIN = click.option(
    "--begin",
    type=click.Choice(["leeg", "aangevraagd", "goedgekeurd", "actief", "geimporteerd", "resultaten"]),
    default="leeg",
    show_default=True,
    help="How far the couplings have come at the start.",
)
_HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")


@click.group(cls=Coded, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="uwlr")
@program_lang_option
def main() -> None:
    """Educational applications to test a LAS against: Boom testcentrum, IEP LVS and JIJ!.

    Exit codes: 0 success; 2 wrong use; 3 failure.
    """


@main.command()
@click.option("--las", "las_url", help="Address of fakes that run (`mock-las serve`); each system is found there.")
@click.option(
    "--adres",
    "addresses",
    multiple=True,
    metavar="NAME=URL[,URL]",
    help="Where a LAS takes requests: leerlinggegevens, and leerresultaten if elsewhere; NAME is esis, standaard, …",
)
@_BEGIN
@click.option("--school", help="BRIN and vestiging of the school, such as 99XX00.")
@_HOST
@click.option("--port", default=_PORT, type=PORT, show_default=True, help="Port; 0 takes a free one.")
@_FOLDER
def serve(
    las_url: str | None,
    addresses: tuple[str, ...],
    begin: str,
    school: str | None,
    host: str,
    port: int,
    folder: Path | None,
) -> None:
    """Serve the applications until SIGTERM or Ctrl-C.

    Prints one line, MOCK_EA_URL=..., once they answer.
    """
    with _failing():
        from mock_ea.ea import MockEa  # noqa: PLC0415 - `--help` needs none of it and must be quick
        from mock_ea.ea_server import wait_for_signal  # noqa: PLC0415
        from mock_ea.mid_life import bring  # noqa: PLC0415
        from mock_ea.suite import Address  # noqa: PLC0415
        from mock_las.remote_las import RemoteLas  # noqa: PLC0415

        systems = {}
        for text in addresses:
            name, _, urls = text.partition("=")
            if name not in vendors.NAMES or not urls:
                raise click.UsageError(f"--adres: write NAME=URL, where NAME is one of {', '.join(vendors.NAMES)}")
            roster, _, results = urls.partition(",")
            systems[name] = Address(roster, results or roster)
        las = RemoteLas(las_url) if las_url else None
        with MockEa(las, systems=systems, school=school, host=host, port=port, folder=folder) as ea:
            if begin != "leeg":
                bring(ea, begin)
            wait_for_signal(f"MOCK_EA_URL={ea.url}")


@main.command()
@_HOST
@_BEGIN
@click.option(
    "--port", default=_PORT, type=PORT, show_default=True, help="Port of the applications; 0 takes a free one."
)
@click.option(
    "--las-port", default=_LAS_PORT, type=PORT, show_default=True, help="Port of the LAS systems; 0 takes a free one."
)
@click.option("--leerlingen", default=60, show_default=True, type=click.IntRange(1), help="Pupils of a school.")
@_FOLDER
def play(host: str, begin: str, port: int, las_port: int, leerlingen: int, folder: Path | None) -> None:
    """Open both sides on one clock: fake LAS systems and fake applications, to walk through the manuals."""
    with _failing(), ExitStack() as open_sides:
        from mock_ea.ea import MockEa  # noqa: PLC0415 - as above
        from mock_ea.ea_server import wait_for_signal  # noqa: PLC0415
        from mock_ea.mid_life import bring  # noqa: PLC0415
        from mock_las.local_las import MockLas  # noqa: PLC0415

        if folder is not None:
            private_folder(folder)
        state = folder / "las.db" if folder is not None else None
        las = open_sides.enter_context(
            MockLas("esis", leerlingen=leerlingen, host=host, port=las_port, threads=16, state=state, begin="leeg")
        )
        ea = open_sides.enter_context(MockEa(las, host=host, port=port, folder=folder))
        if not ea.koppelingen():  # else the folder has a life already
            bring(ea, begin)
        ea.meet_dashboards()
        wait_for_signal(f"Schoolsystemen  {las.url}/\nToepassingen    {ea.url}/")
