"""The settings of a client: addresses, credentials, limits. Checked here, so that mistakes show at once."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from uwlr.berichten import Autorisatie
from uwlr.berichten.autorisatie import LONGEST
from uwlr.client.records import AnswerEvent, Exchange, RequestEvent
from uwlr.client.retry import Retry
from uwlr.errors import ConfigurationError
from uwlr.loopback import in_url
from uwlr.norm import VERSIES, Versie
from uwlr.soap.operations import Service
from uwlr.undisclosed import Undisclosed

DEFAULT_TIMEOUT = timedelta(seconds=60)
DEFAULT_CONNECT_TIMEOUT = timedelta(seconds=10)
DEFAULT_TOTAL_TIMEOUT = timedelta(minutes=10)
DEFAULT_MAX_RESPONSE_SIZE = 256 << 20
"""Bytes; a roster takes about 800 for each pupil."""

DEFAULT_RETRY = Retry()
NO_RETRY = Retry(attempts=1)


class LongKeyWarning(UserWarning):
    """The autorisatiesleutel is longer than the schema allows; it is sent as it is."""


class Limits(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """How long and how much a client waits for; see `UwlrClient` for their meaning."""

    timeout: timedelta | None = None
    connect_timeout: timedelta = DEFAULT_CONNECT_TIMEOUT
    total_timeout: timedelta = DEFAULT_TOTAL_TIMEOUT
    max_response_size: int = DEFAULT_MAX_RESPONSE_SIZE
    retry: Retry = DEFAULT_RETRY

    def __post_init__(self) -> None:
        for name in ("timeout", "connect_timeout", "total_timeout"):
            limit = getattr(self, name)
            if limit is not None and limit <= timedelta():
                raise ConfigurationError(f"{name} must be longer than nothing")
        if self.max_response_size < 1:
            raise ConfigurationError("max_response_size is a number of bytes, at least 1")


class Config(Limits, frozen=True, kw_only=True):
    """The settings of a client; see `UwlrClient` for their meaning."""

    url: str | None
    leerresultaten_url: str | None
    autorisatie: Autorisatie
    versie: Versie = "2.2"
    http_headers: Mapping[str, str] = {}
    quoted_soap_action: bool = True
    allow_surrounding_space: bool = False
    allow_long_key: bool = False
    retry_results: bool = True
    check_answer: bool = False
    on_deviations: Callable[[Exchange], None] | None = None
    on_request: Callable[[RequestEvent], None] | None = None
    on_answer: Callable[[AnswerEvent], None] | None = None

    def __post_init__(self) -> None:
        if self.url is None and self.leerresultaten_url is None:
            raise ConfigurationError("give url (leerlinggegevens), leerresultaten_url, or both")
        for name in ("url", "leerresultaten_url"):
            check_url(getattr(self, name), name)
        if self.versie not in VERSIES:
            raise ConfigurationError(f"versie {self.versie!r} is not one of {', '.join(VERSIES)}")
        super().__post_init__()
        check_autorisatie(
            self.autorisatie,
            allow_surrounding_space=self.allow_surrounding_space,
            allow_long_key=self.allow_long_key,
        )
        check_headers(self.http_headers)

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show only hosts and version: an address may hold a password, and a header a key."""
        hosts = [host_of(url) for url in (self.url, self.leerresultaten_url) if url is not None]
        return [("hosts", list(dict.fromkeys(hosts))), ("versie", self.versie)]

    def url_of(self, service: Service) -> str:
        """Give the address of a service.

        Raises:
            ConfigurationError: the client was made without it.
        """
        url = self.url if service == "leerlinggegevens" else self.leerresultaten_url
        if url is None:
            argument = "url" if service == "leerlinggegevens" else "leerresultaten_url"
            raise ConfigurationError(f"this client has no address for {service}: make it with {argument}=…")
        return url


def check_autorisatie(
    autorisatie: Autorisatie, *, allow_surrounding_space: bool = False, allow_long_key: bool = False
) -> None:
    """Check a key before it is sent.

    Raises:
        ConfigurationError: a value is empty, or has white space around it and that was not allowed.
    """
    if not isinstance(autorisatie, Autorisatie):
        raise ConfigurationError(f"autorisatie must be a uwlr.Autorisatie, not {type(autorisatie).__name__}")
    for name in ("autorisatiesleutel", "klantcode", "klantnaam"):
        value = getattr(autorisatie, name)
        if not isinstance(value, str) or not value:
            raise ConfigurationError(f"autorisatie: {name} is empty")
        if value != value.strip() and not allow_surrounding_space:
            raise ConfigurationError(
                f"autorisatie: {name} has white space before or after it, mostly a slip in copying; "
                "remove it, or pass allow_surrounding_space=True to send it so"
            )
    length = len(autorisatie.autorisatiesleutel)
    if length > LONGEST and not allow_long_key:
        warnings.warn(
            f"the autorisatiesleutel has {length} characters where the schema allows {LONGEST}",
            LongKeyWarning,
            stacklevel=4,  # where the client is made
        )


def check_url(url: str | None, argument: str) -> None:
    """Refuse an address that cannot be called.

    Raises:
        ConfigurationError: not http or https, or no host; the address itself does not show.
    """
    if url is None:
        return
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError(f"{argument} is not a whole http or https address")


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse a header that would break the request.

    Raises:
        ConfigurationError: a name or value with a line break or outside Latin-1; the value does not show.
    """
    for name, value in headers.items():
        text = f"{name}{value}"
        if not name or any(ord(character) > 255 or character in "\r\n\0" for character in text):
            raise ConfigurationError(f"http_headers: {name.strip()!r} has a character that a header cannot hold")


def host_of(url: str) -> str:
    """Return host and port of an address: what may appear in a log."""
    parts = urlsplit(url)
    host = in_url(parts.hostname or "")
    return host if parts.port is None else f"{host}:{parts.port}"
