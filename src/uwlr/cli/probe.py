"""`uwlr probe`: is a coupling in order?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from uwlr.cli.program import FINDINGS, OK, Command, lacking
from uwlr.cli.shared import (
    AskedSchool,
    Connection,
    connection_options,
    read_results,
    request_is_usage,
    school_options,
    sign_of_life,
)
from uwlr.cli.speaking import say_pieces

_COLOURS: Final = {"ok": "green", "unclear": "yellow", "failed": "red"}


def _no_address(given: Mapping[str, Any]) -> Iterator[str]:
    if given["leerresultaten_url"]:
        return
    if not given["url"]:
        yield "no address: give URL, --leerresultaten-url, or both, or set UWLR_URL or UWLR_LEERRESULTATEN_URL"
    if given["testbericht"] is not None:
        yield "no address for results: --testbericht needs --leerresultaten-url"


@click.command(cls=Command)
@lacking(_no_address)
@click.argument("url", required=False, envvar="UWLR_URL")
@click.option("--leerresultaten-url", envvar="UWLR_LEERRESULTATEN_URL", help="Address that takes results.")
@click.option("--testbericht", help="File with results the receiver may take; it is sent.")
@school_options
@connection_options
def probe(
    url: str | None,
    leerresultaten_url: str | None,
    testbericht: str | None,
    school: AskedSchool,
    connection: Connection,
) -> int:
    """Tell whether endpoint, TLS, key, school and version are in order, part by part.

    URL is the service for leerlinggegevens; it is asked what changed since now, and its answer is discarded. A
    receiver of results is only probed from the outside, unless there is a test message.
    """
    verzoek = None
    if testbericht is not None:
        verzoek = read_results(testbericht)
        if verzoek is None:
            return FINDINGS
    with (
        connection.client(url, leerresultaten_url=leerresultaten_url) as client,
        sign_of_life("Asking"),
        request_is_usage(),
    ):
        result = client.probe(testbericht=verzoek, **school)
    say_pieces((f"{result.endpoint}: ", None), (result.verdict, _COLOURS[result.verdict]))
    for check in result.checks:
        say_pieces((f"  {check.verdict:8}", _COLOURS[check.verdict]), (f"{check.subject}: {check.text}", None))
    return FINDINGS if result.verdict == "failed" else OK
