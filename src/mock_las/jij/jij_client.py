"""The client side: ask a supplier for results, batch by batch, until there are no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Final, Self, cast

from mock_las.jij.toetsresultaten import (
    ROOTS,
    SOAP_ACTION,
    Batch,
    GeenResultatenMeer,
    JijFoutcode,
    Toegang,
    ToetsresultatenAntwoord,
    ToetsresultatenVerzoek,
)
from uwlr.client import config as c
from uwlr.client.answer_reading import Collector, read_answer
from uwlr.client.core import add_context
from uwlr.client.http_sessions import Cert, HasSession, Means, SyncSession, Verify
from uwlr.client.records import HttpAnswer, HttpRequest
from uwlr.client.retry import Retry, is_temporary
from uwlr.codec import check
from uwlr.deviations import Deviation, StandsStill
from uwlr.errors import ClientFault, ConfigurationError, Fault, InvalidMessage, UwlrError
from uwlr.extras import extra
from uwlr.loopback import is_loopback_url
from uwlr.paths import Path
from uwlr.soap.envelope import write_envelope
from uwlr.visible import logger

_ANTWOORD: Final = "toetsresultaten_antwoord"

_log = logger("mock_las.jij")


class JijClient:
    """Pulls results from a supplier.

    ::

        with JijClient(url, toegang=Toegang(instellingscode=…, soapkey=…)) as jij:
            for answer in jij.pull(cursor=stored_cursor):
                match answer:
                    case Batch(): store(answer.leerresultaten_verzoek, answer.cursor)  # in one transaction
                    case GeenResultatenMeer(): finish(answer.tot)

    Every result arrives at least once. It is stored exactly once if the results of a batch and its cursor are stored in
    one transaction, and a result that arrives again under the same key is recognised.

    Args:
        url: address of the web service.
        toegang: the Instellingscode and the SOAP-key; the key shows in no log, error or repr.
        transport: a `zeep.Transport`, as for `uwlr.UwlrClient`.
        session: a session of requests or a client of httpx, likewise.
        cert: the certificate to show, likewise.
        verify: the authority to trust, likewise.
        proxy: address of a proxy, likewise.
        timeout: longest silence while waiting for an answer.
        connect_timeout: longest wait for a connection.
        total_timeout: longest time to receive one whole answer.
        max_response_size: size limit of an answer in bytes, after decompression.
        on_answer: is given the body of every request, with status and body of its answer; they hold the key and pupils.
        retry: how often and how long a request is repeated while the supplier is temporarily not there; None never.
            Asking changes nothing at the supplier, so it is always safe.

    Raises:
        ConfigurationError: an argument is wrong; the text says which.
        MissingExtraError: the extra `client` is not installed.
    """

    def __init__(
        self,
        url: str,
        *,
        toegang: Toegang,
        transport: HasSession | None = None,
        session: SyncSession | None = None,
        cert: Cert | None = None,
        verify: Verify = True,
        proxy: str | None = None,
        timeout: timedelta | None = None,
        connect_timeout: timedelta = c.DEFAULT_CONNECT_TIMEOUT,
        total_timeout: timedelta = c.DEFAULT_TOTAL_TIMEOUT,
        max_response_size: int = c.DEFAULT_MAX_RESPONSE_SIZE,
        on_answer: Callable[[bytes, int, bytes], None] = lambda *_: None,
        retry: Retry | None = c.DEFAULT_RETRY,
    ) -> None:
        c.check_url(url, "url")
        _check_toegang(toegang)
        self._url = url
        self._toegang = toegang
        self._on_answer = on_answer
        self._limits = c.Limits(
            timeout=timeout,
            connect_timeout=connect_timeout,
            total_timeout=total_timeout,
            max_response_size=max_response_size,
            retry=retry or c.NO_RETRY,
        )
        with extra("client"):
            import stamina  # noqa: PLC0415 - an optional dependency
        self._attempts = stamina.retry_context
        means = Means(transport=transport, session=session, cert=cert, verify=verify, proxy=proxy)
        self._transport = means.open(self._limits, self._collector)
        if url.startswith("http:") and not is_loopback_url(url):
            _log.warning("%s is called without TLS: the key and pupils travel readable", c.host_of(url))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<JijClient {c.host_of(self._url)}>"

    def close(self) -> None:
        """Close the connections, except those of a transport that was passed in."""
        self._transport.close()

    def pull(
        self,
        *,
        cursor: str | None = None,
        sinds: datetime | None = None,
        verwerkingsdatum_vanaf: date | None = None,
        batchgrootte: int | None = None,
    ) -> Iterator[Batch | GeenResultatenMeer]:
        """Yield one batch after another, and finally `GeenResultatenMeer`.

        The next batch is requested when the caller asks for it, so after the previous one is stored. Arguments and
        errors as `haal_toetsresultaten`; after an error, continue with the last cursor that was stored.
        """
        while True:
            inhoud = self.haal_toetsresultaten(
                cursor=cursor,
                sinds=sinds,
                verwerkingsdatum_vanaf=verwerkingsdatum_vanaf,
                batchgrootte=batchgrootte,
            )
            yield inhoud
            if isinstance(inhoud, GeenResultatenMeer):
                return
            cursor, sinds, verwerkingsdatum_vanaf = inhoud.cursor, None, None

    def haal_toetsresultaten(
        self,
        *,
        cursor: str | None = None,
        sinds: datetime | None = None,
        verwerkingsdatum_vanaf: date | None = None,
        batchgrootte: int | None = None,
    ) -> Batch | GeenResultatenMeer:
        """Ask for one batch. Operation HaalToetsresultaten.

        Args:
            cursor: of the previous batch; then neither `sinds` nor `verwerkingsdatum_vanaf`.
            sinds: begin with what was processed at or after this moment; it has a time zone.
            verwerkingsdatum_vanaf: begin with what was processed on or after this day.
            batchgrootte: results at most, 1 to 1000; None leaves it to the supplier.

        Raises:
            InvalidMessage: the request is wrong and was not sent, or the answer deviates. Storing part of an
                answer and continuing after it would lose the rest, so none of it is returned.
            TransportError, MessageError, Fault: no answer, a wrong one, or a refusal; its code is a `JijFoutcode`.
        """
        verzoek = ToetsresultatenVerzoek(
            cursor=cursor,
            sinds=sinds,
            verwerkingsdatum_vanaf=verwerkingsdatum_vanaf,
            batchgrootte=batchgrootte,
        )
        retrying = self._limits.retry.arguments(repeat=True)
        for attempt in self._attempts(on=is_temporary, **retrying):
            with attempt:
                return self._attempt(verzoek)
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, verzoek: ToetsresultatenVerzoek) -> Batch | GeenResultatenMeer:
        try:
            request = HttpRequest(
                operation=SOAP_ACTION,
                method="POST",
                url=self._url,
                headers={
                    "Content-Type": "text/xml; charset=utf-8",
                    "Accept": "text/xml",
                    "Accept-Encoding": "gzip, deflate",
                    "SOAPAction": f'"{SOAP_ACTION}"',
                },
                body=write_envelope(verzoek, autorisatie=self._toegang),
            )
            answer = self._transport.send(request)
            self._on_answer(request.body or b"", answer.status, answer.body)
            inhoud = self._interpret(answer, verzoek.cursor)
        except UwlrError as error:
            add_context(error, SOAP_ACTION, self._url)
            _log.warning("%s %s %s", SOAP_ACTION, c.host_of(self._url), type(error).__name__)
            raise
        _log.info("%s %s ok", SOAP_ACTION, c.host_of(self._url))
        return inhoud

    def _interpret(self, answer: HttpAnswer, cursor: str | None) -> Batch | GeenResultatenMeer:
        try:
            received = read_answer(
                answer, ToetsresultatenAntwoord, versie="2.2", secret=self._toegang.soapkey, roots=ROOTS
            )
        except Fault as fault:
            raise _of_this_service(fault) from None
        found = received.deviations or tuple(check.deviations(received.bericht, "2.2"))
        if found:
            raise InvalidMessage(found, element=_ANTWOORD)
        inhoud = cast("ToetsresultatenAntwoord", received.bericht).inhoud
        if isinstance(inhoud, Batch) and inhoud.cursor == cursor:
            standing = Deviation(path=Path.of(_ANTWOORD, "batch", "cursor"), reason=StandsStill())
            raise InvalidMessage((standing,), element=_ANTWOORD)
        return inhoud

    def _collector(self) -> Collector:
        return Collector(limit=self._limits.max_response_size, total=self._limits.total_timeout)


def _of_this_service(fault: Fault) -> Fault:
    """Give the code of a fault as the `JijFoutcode` it is, where it is one."""
    try:
        code = JijFoutcode(fault.code)
    except ValueError:
        return fault
    return ClientFault(code, fault.text, detail=fault.detail, http_status=fault.http_status)


def _check_toegang(toegang: Toegang) -> None:
    for name in ("instellingscode", "soapkey"):
        value = getattr(toegang, name)
        if not isinstance(value, str) or not value:
            raise ConfigurationError(f"toegang: {name} is empty")
        if value != value.strip():
            raise ConfigurationError(f"toegang: {name} has white space before or after it, mostly a slip in copying")
