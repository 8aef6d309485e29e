"""`uwlr send`: one delivery to a LAS."""

from __future__ import annotations

import click

import uwlr
from uwlr.berichten import LeerresultatenVerzoek
from uwlr.cli.program import FINDINGS, OK, Commands
from uwlr.cli.shared import Connection, connection_options, read_results, sign_of_life, url_argument
from uwlr.cli.speaking import say, tell
from uwlr.errors import InvalidMessage
from uwlr.loopback import is_loopback_url


@click.group(cls=Commands)
def send() -> None:
    """Bring results to a LAS."""


@send.command()
@click.argument("file")
@url_argument("UWLR_LEERRESULTATEN_URL")
@click.option("--yes", is_flag=True, help="Write into a system on another machine.")
@connection_options
def leerresultaten(file: str, url: str, yes: bool, connection: Connection) -> int:
    """Bring the leerresultaten_verzoek in FILE to the service at URL.

    Anything but this machine is written to only with --yes.
    """
    from uwlr.client.config import host_of  # noqa: PLC0415 - with the rest of the client

    if not yes and not is_loopback_url(url):
        raise click.UsageError(f"this writes results into the system at {host_of(url)}; say --yes if you mean it")
    verzoek = read_results(file)
    if verzoek is None:
        return FINDINGS
    with connection.client(None, leerresultaten_url=url) as client:
        return _send(client, verzoek)


def _send(client: uwlr.UwlrClient, verzoek: LeerresultatenVerzoek) -> int:
    try:
        with sign_of_life("Waiting for the LAS"):
            exchange = client.exchange(verzoek)
    except InvalidMessage as error:
        tell(str(error))
        return FINDINGS
    count = sum(len(afname.resultaten) for afname in verzoek.toetsafnames)
    attempts = f", after {exchange.attempts} attempts" if exchange.attempts > 1 else ""
    say(f"{exchange.endpoint} took {count} resultaten in {exchange.duration_ms} ms{attempts}")
    return OK
