"""What commands share: who asks, which school, reading a file, and showing that a long wait goes on."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import reduce, wraps
from pathlib import Path
from threading import Event, Timer
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec
from rich.console import Console

import uwlr
from uwlr import norm
from uwlr.berichten import Autorisatie, LeerresultatenVerzoek
from uwlr.cli.program import lacking
from uwlr.cli.speaking import tell
from uwlr.errors import InvalidMessage, MessageError
from uwlr.norm import Versie
from uwlr.schoolref import SchoolArguments, SchoolRef
from uwlr.secret_files import headers_in, key_in

if TYPE_CHECKING:
    from uwlr.client import UwlrClient

F = TypeVar("F", bound=Callable[..., Any])
KEY_VARIABLE = "UWLR_AUTORISATIESLEUTEL"
PATIENCE = 1.0
"""Seconds after which a command says what it is doing."""

SHOWN = 10
"""Deviations listed on stderr."""


class AskedSchool(SchoolArguments):
    """What the options of `school_options` ask for, as the arguments of a request."""

    gegevenssetid: str | None


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """How to call an endpoint, from the options."""

    sleutel_file: str | None
    klantcode: str | None
    klantnaam: str | None
    versie: Versie
    timeout: float | None
    bare_soap_action: bool
    http_headers_file: str | None
    tls_ca: str | None
    tls_cert: str | None
    tls_key: str | None

    def client(self, url: str | None, *, leerresultaten_url: str | None = None) -> UwlrClient:
        """Make the client; it is closed by whoever uses it.

        Nothing that it needs is absent: the command was refused otherwise.
        """
        from uwlr.client import LongKeyWarning, UwlrClient  # noqa: PLC0415 - commands that call nobody do without
        from uwlr.client.http_sessions import tls_arguments  # noqa: PLC0415

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", LongKeyWarning)
            client = UwlrClient(
                url,
                leerresultaten_url=leerresultaten_url,
                autorisatie=self._autorisatie(),
                versie=self.versie,
                **tls_arguments(ca=self.tls_ca, cert=self.tls_cert, key=self.tls_key),
                http_headers=self._headers(),
                quoted_soap_action=not self.bare_soap_action,
                timeout=None if self.timeout is None else timedelta(seconds=self.timeout),
                on_deviations=lambda _: None,  # commands look at the exchange itself
            )
        for warning in caught:
            tell(f"Warning: {warning.message}")
        return client

    def _autorisatie(self) -> Autorisatie:
        if self.sleutel_file is not None:
            sleutel = key_in(read_input(self.sleutel_file), self.sleutel_file)
        else:
            sleutel = os.environ.get(KEY_VARIABLE, "")
        return Autorisatie(autorisatiesleutel=sleutel, klantcode=self.klantcode or "", klantnaam=self.klantnaam or "")

    def _headers(self) -> dict[str, str]:
        path = self.http_headers_file
        return {} if path is None else headers_in(read_input(path), path)


def _no_connection(given: Mapping[str, Any]) -> Iterator[str]:
    if given["sleutel_file"] is None and not os.environ.get(KEY_VARIABLE):
        yield f"no key: set {KEY_VARIABLE}, or give --sleutel-file"
    for name in ("klantcode", "klantnaam"):
        if not given[name]:
            yield f"no {name}: give --{name}, or set UWLR_{name.upper()}"


def _no_school(given: Mapping[str, Any]) -> Iterator[str]:
    is_asked = given["url"] or not given.get("leerresultaten_url")  # a receiver of results is asked about none
    if is_asked and not given["brincode"] and not given["schoolkey"]:
        yield "no school: give --brincode or --schoolkey, or set UWLR_BRINCODE or UWLR_SCHOOLKEY"


def url_argument(variable: str) -> Callable[[F], F]:
    """Add the address of a service as an argument, or as a variable; the command gets it as `url`."""

    def find(given: Mapping[str, Any]) -> Iterator[str]:
        if not given["url"]:
            yield f"no address: give URL, or set {variable}"

    argument: Callable[[F], F] = click.argument("url", metavar="URL", required=False, envvar=variable)
    return lambda command: lacking(find)(argument(command))


def connection_options(command: F) -> F:
    """Add the options that say how to call an endpoint; the command gets them as `connection`."""
    options = [
        click.option(
            "--sleutel-file",
            envvar="UWLR_SLEUTEL_FILE",
            show_envvar=True,
            help=f"File with the key; else ${KEY_VARIABLE}.",
        ),
        click.option("--klantcode", envvar="UWLR_KLANTCODE", show_envvar=True, help="Code of the supplier who asks."),
        click.option("--klantnaam", envvar="UWLR_KLANTNAAM", show_envvar=True, help="Name of the supplier who asks."),
        click.option(
            "--versie",
            type=click.Choice(norm.VERSIES),
            default="2.2",
            envvar="UWLR_VERSIE",
            show_envvar=True,
            help="Version spoken.",
        ),
        click.option("--timeout", type=click.FloatRange(min=0, min_open=True), help="Longest silence, in seconds."),
        click.option("--bare-soap-action", is_flag=True, help="Send the SOAPAction without quotes."),
        click.option(
            "--http-headers-file",
            envvar="UWLR_HTTP_HEADERS_FILE",
            show_envvar=True,
            help="File of lines `Name: value`.",
        ),
        click.option("--tls-ca", envvar="UWLR_TLS_CA", show_envvar=True, help="PEM file of the authority to trust."),
        click.option(
            "--tls-cert", envvar="UWLR_TLS_CERT", show_envvar=True, help="PEM file of the certificate to show."
        ),
        click.option("--tls-key", envvar="UWLR_TLS_KEY", show_envvar=True, help="PEM file of its key, where apart."),
    ]
    return lacking(_no_connection)(_gathered(command, options, "connection", lambda values: Connection(**values)))


def school_options(command: F) -> F:
    """Add the options that name a school; the command gets them as `school`."""
    options = [
        click.option(
            "--schooljaar",
            envvar="UWLR_SCHOOLJAAR",
            show_envvar=True,
            help="Such as 2025-2026; default: that of today.",
        ),
        click.option("--brincode", envvar="UWLR_BRINCODE", show_envvar=True, help="Such as 99QQ."),
        click.option("--dependancecode", envvar="UWLR_DEPENDANCECODE", show_envvar=True, help="Such as 00."),
        click.option("--schoolkey", envvar="UWLR_SCHOOLKEY", show_envvar=True, help="Instead of brincode."),
        click.option("--gegevenssetid", envvar="UWLR_GEGEVENSSETID", show_envvar=True, help="Such as Smalle-set-VO."),
    ]

    def gather(values: dict[str, Any]) -> AskedSchool:
        gegevenssetid = values.pop("gegevenssetid")
        values["schooljaar"] = values["schooljaar"] or norm.schooljaar_for(date.today())  # noqa: DTZ011 - the school's
        return {**SchoolRef(**values).arguments, "gegevenssetid": gegevenssetid}

    return lacking(_no_school)(_gathered(command, options, "school", gather))


def _gathered(command: F, options: list[Callable[[Any], Any]], name: str, gather: Callable[[dict[str, Any]], Any]) -> F:
    """Add options that reach the command as one argument."""
    bare = reduce(lambda function, option: option(function), reversed(options), lambda: None)
    parameters = bare.__click_params__  # type: ignore[attr-defined]
    names = [parameter.name for parameter in parameters]

    @wraps(command)
    def run(**given: Any) -> Any:
        values = {option: given.pop(option) for option in names}
        return command(**given, **{name: gather(values)})

    return reduce(lambda function, option: option(function), reversed(options), run)  # type: ignore[return-value]


def read_input(path: str) -> bytes:
    """Read a file, or stdin where it is `-`.

    Raises:
        click.FileError: it cannot be read.
    """
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise click.FileError(path, error.strerror) from None


def read_results(path: str) -> LeerresultatenVerzoek | None:
    """Read a file of results; if it holds another message or a damaged one, stderr says what is wrong.

    Raises:
        click.FileError: it cannot be read.
    """
    try:
        bericht = uwlr.read(read_input(path))
    except MessageError as error:
        tell(str(error))
        return None
    if not isinstance(bericht, LeerresultatenVerzoek):
        tell(f"{path} holds {type(bericht).__name__}, not a leerresultaten_verzoek")
        return None
    return bericht


def read_text(path: str) -> str:
    """Read a small file of text, as `read_input`."""
    try:
        return read_input(path).decode()
    except UnicodeDecodeError:
        raise click.FileError(path, "it is not text in UTF-8") from None


@contextmanager
def sign_of_life(text: str) -> Iterator[Event]:
    """Show what is going on if it takes more than a second and stderr is a terminal; yields an event that says so."""
    status = Console(stderr=True).status(text)
    shown = Event()

    def show() -> None:
        status.start()
        shown.set()

    timer = Timer(PATIENCE, show)
    timer.daemon = True
    timer.start()
    try:
        yield shown
    finally:
        timer.cancel()
        timer.join()
        status.stop()


@contextmanager
def request_is_usage() -> Iterator[None]:
    """Report a request that deviates from the standard as wrong usage: it was made from the options."""
    try:
        yield
    except InvalidMessage as error:
        raise click.UsageError(str(error)) from None
