"""The client without I/O: what to send, what an answer means, when to try again.

Both clients are thin shells around it that move bytes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from uwlr.berichten import (
    GeenGegevens,
    GeenWijzigingen,
    Groep,
    LeerresultatenVerzoek,
    SamengesteldeGroep,
    VerzoekGroep,
    VerzoekSamengesteldeGroep,
)
from uwlr.berichten.tabel import Bericht, wire_name
from uwlr.client.answer_reading import Collector, read_answer
from uwlr.client.config import Config, host_of
from uwlr.client.records import AnswerEvent, Exchange, HttpAnswer, HttpRequest, RequestEvent
from uwlr.client.retry import Aanmaakdata, StaminaArguments, is_temporary
from uwlr.contradictions import check_answer
from uwlr.deviations import Deviation, EmptyRoster, NoContent
from uwlr.errors import ConfigurationError, Fault, HttpError, InvalidMessage, UwlrError
from uwlr.loopback import is_loopback_url
from uwlr.paths import Path
from uwlr.soap.envelope import write_envelope
from uwlr.soap.operations import BY_VERZOEK, Operation
from uwlr.visible import logger

T = TypeVar("T")
B = TypeVar("B", bound=Bericht)
V = TypeVar("V", bound=Bericht)
GevraagdeGroep: TypeAlias = VerzoekGroep | VerzoekSamengesteldeGroep | Groep | SamengesteldeGroep
Steps: TypeAlias = Generator[HttpRequest, HttpAnswer, T]
"""Requests that depend on each other: each one yielded is sent, and its answer (or error) is sent back in."""

_log = logger("uwlr.client")
# Without logging set up by the application, nothing is printed.
logging.getLogger("uwlr").addHandler(logging.NullHandler())


class Core:
    """The settings, and the state kept between requests."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.aanmaakdata = Aanmaakdata()
        for url in (config.url, config.leerresultaten_url):
            if url is not None and url.startswith("http:") and not is_loopback_url(url):
                _log.warning("%s is called without TLS: keys and pupils travel readable", host_of(url))

    def call(self, verzoek: Bericht) -> Call:
        """Prepare an exchange.

        Raises:
            ConfigurationError: not a request, or one for a service whose address is not known.
        """
        operation = BY_VERZOEK.get(type(verzoek))
        if operation is None:
            raise ConfigurationError(f"{type(verzoek).__name__} is not a request")
        return Call(self, operation, self.config.url_of(operation.service), verzoek)

    def verzoek(self, cls: type[V], groepen: Iterable[GevraagdeGroep] | None = None, **values: Any) -> V:
        """Make a request of that class, in the version of this client."""
        if groepen is not None:
            values["groepen"] = tuple(_gevraagd(groep) for groep in groepen)
        return cls(xsdversie=self.config.versie, **values)

    def collector(self) -> Collector:
        """Make a collector with the limits of this client."""
        return Collector(limit=self.config.max_response_size, total=self.config.total_timeout)


class Call:
    """One exchange in progress, with all its attempts."""

    def __init__(self, core: Core, operation: Operation, url: str, verzoek: Bericht) -> None:
        self.core = core
        self.operation = operation
        self.url = url
        self.verzoek = verzoek
        self.attempts = 0
        self._first = time.monotonic()
        self._start = self._first
        self._answer: HttpAnswer | None = None
        self._open = False

    @property
    def retrying(self) -> StaminaArguments:
        """Arguments of stamina for this call."""
        config = self.core.config
        return config.retry.arguments(repeat=self.operation.service != "leerresultaten" or config.retry_results)

    def may_retry(self, error: Exception) -> bool:
        """Tell whether another attempt makes sense."""
        return is_temporary(error)

    def request(self) -> HttpRequest:
        """Build the next attempt.

        Raises:
            InvalidMessage: the request deviates from the standard; every deviation is listed.
        """
        self.attempts += 1
        self._start = time.monotonic()
        config = self.core.config
        if isinstance(self.verzoek, LeerresultatenVerzoek):
            elapsed = timedelta(seconds=self._start - self._first)
            self.verzoek = self.core.aanmaakdata.stamp(self.verzoek, elapsed if self.attempts > 1 else timedelta())
        action = self.operation.soap_action
        body = write_envelope(self.verzoek, autorisatie=config.autorisatie, versie=config.versie)
        if config.on_request is not None:
            config.on_request(
                RequestEvent(
                    operation=self.operation.name,
                    endpoint=host_of(self.url),
                    versie=config.versie,
                    attempt=self.attempts,
                    request_bytes=len(body),
                )
            )
        self._open = True
        self._answer = None
        self._start = time.monotonic()
        return HttpRequest(
            operation=self.operation.name,
            method="POST",
            url=self.url,
            headers=_headers(config, {"SOAPAction": f'"{action}"' if config.quoted_soap_action else action}),
            body=body,
        )

    def interpret(self, answer: HttpAnswer) -> Exchange:
        """Interpret an answer.

        Raises:
            HttpError, NotXml, NotSoap, UnexpectedElement, Fault: no message.
            WrongAnswer: with `check_answer`, a message that contradicts the request.
        """
        duration_ms = self._duration()
        self._answer = answer
        config = self.core.config
        received = read_answer(
            answer, self.operation.antwoord, versie=config.versie, secret=config.autorisatie.autorisatiesleutel
        )
        if config.check_answer and self.operation.service == "leerlinggegevens":
            check_answer(self.verzoek, received.bericht)
        exchange = Exchange(
            operation=self.operation.name,
            endpoint=host_of(self.url),
            verzoek=self.verzoek,
            bericht=received.bericht,
            deviations=received.deviations,
            http_status=answer.status,
            duration_ms=duration_ms,
            received_at=datetime.now(UTC),
            attempts=self.attempts,
            body=answer.body,
            remarks=answer.remarks,
        )
        self._ended(None, duration_ms, len(exchange.deviations))
        self._hand_over(exchange)
        return exchange

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Add the context of this call to an error, and log it."""
        try:
            yield
        except UwlrError as error:
            add_context(error, self.operation.name, self.url)
            self._ended(error, self._duration(), 0)
            raise

    def _hand_over(self, exchange: Exchange) -> None:
        found = len(exchange.deviations)
        if not found:
            return
        if self.core.config.on_deviations is not None:
            self.core.config.on_deviations(exchange)
        else:
            _log.warning("%s %s: the answer deviates in %d places", self.operation.name, host_of(self.url), found)

    def _duration(self) -> int:
        return round((time.monotonic() - self._start) * 1000)

    def _ended(self, error: UwlrError | None, duration_ms: int, deviations: int) -> None:
        """Log how an attempt ended and tell the hook: no body, no header, and of an address only its host."""
        status = None if self._answer is None else self._answer.status
        if isinstance(error, HttpError):
            status = error.status
        event = AnswerEvent(
            operation=self.operation.name,
            endpoint=host_of(self.url),
            versie=self.core.config.versie,
            attempt=self.attempts,
            outcome="ok" if error is None else type(error).__name__,
            foutcode=error.shown_code if isinstance(error, Fault) else None,
            http_status=status,
            duration_ms=duration_ms,
            response_bytes=None if self._answer is None else len(self._answer.body),
            deviations=deviations,
        )
        fields = {
            "operation": event.operation,
            "host": event.endpoint,
            "status": event.http_status,
            "outcome": " ".join(filter(None, (event.outcome, event.foutcode))),
            "duration_ms": event.duration_ms,
            "attempt": event.attempt,
            "response_bytes": event.response_bytes,
        }
        _log.log(
            logging.INFO if error is None else logging.WARNING,
            "%(operation)s %(host)s status=%(status)s %(outcome)s %(duration_ms)d ms attempt=%(attempt)d",
            fields,
            extra=fields,
        )
        hook, sent, self._open = self.core.config.on_answer, self._open, False
        if hook is not None and sent:
            hook(event)


def add_context(error: UwlrError, operation: str, url: str) -> None:
    """Record in an error which operation was in progress, and where."""
    error.operation = operation
    error.endpoint = host_of(url)


def wsdl_request(config: Config, url: str) -> HttpRequest:
    """Build the request for the service description."""
    headers = {name: value for name, value in _headers(config, {}).items() if name != "Content-Type"}
    joint = "&" if "?" in url else "?"
    return HttpRequest(operation="wsdl", method="GET", url=f"{url}{joint}wsdl", headers=headers)


def _headers(config: Config, more: dict[str, str]) -> dict[str, str]:
    own = {
        "Content-Type": "text/xml; charset=utf-8",
        "Accept": "text/xml",
        "Accept-Encoding": "gzip, deflate",
        **more,
    }
    given = {name.lower() for name in config.http_headers}
    return {name: value for name, value in own.items() if name.lower() not in given} | dict(config.http_headers)


def _gevraagd(groep: GevraagdeGroep) -> VerzoekGroep | VerzoekSamengesteldeGroep:
    match groep:
        case Groep():
            return VerzoekGroep(key=groep.key)
        case SamengesteldeGroep():
            return VerzoekSamengesteldeGroep(key=groep.key)
    return groep


def inhoud_of(exchange: Exchange, cls: type[B]) -> B | GeenWijzigingen | GeenGegevens:
    """Return the content of an answer, in one of its three forms.

    Raises:
        InvalidMessage: it is empty, or it is a roster without a single leerling, which must not be taken for a school
            without pupils: that is geengegevens.
    """
    inhoud = getattr(exchange.bericht, "inhoud", None)
    name = wire_name(type(exchange.bericht)) or ""
    if not isinstance(inhoud, cls | GeenWijzigingen | GeenGegevens):
        found = exchange.deviations or (Deviation(path=Path.of(name), reason=NoContent()),)
        raise _invalid(exchange, found, name)
    if getattr(inhoud, "leerlingen", None) == ():
        path = Path.of(name, wire_name(type(inhoud)) or "", "leerlingen")
        found = tuple(d for d in exchange.deviations if d.path != path)
        raise _invalid(exchange, (Deviation(path=path, reason=EmptyRoster()), *found), name)
    return inhoud


def _invalid(exchange: Exchange, deviations: tuple[Deviation, ...], element: str) -> InvalidMessage:
    error = InvalidMessage(deviations, element=element)
    error.operation = exchange.operation
    error.endpoint = exchange.endpoint
    return error
