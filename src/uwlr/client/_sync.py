"""The client."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Self, TypeVar, cast

from uwlr.berichten import (
    GeenGegevens,
    GeenWijzigingen,
    LeerkrachtenVerzoek,
    LeerlingenVerzoek,
    Leerlinggegevens,
    LeerlinggegevensLeerkrachten,
    LeerlinggegevensLeerlingen,
    LeerlinggegevensStructuur,
    LeerlinggegevensVerzoek,
    LeerresultatenBevestiging,
    LeerresultatenVerzoek,
    StructuurVerzoek,
)
from uwlr.berichten.tabel import Bericht
from uwlr.client._base import ClientBase
from uwlr.client.core import GevraagdeGroep, Steps, inhoud_of
from uwlr.client.coupling_check import Prober, ProbeResult, probe_verzoek
from uwlr.client.http_sessions import HasSession, Means, SyncSession
from uwlr.client.records import Exchange
from uwlr.errors import UwlrError

T = TypeVar("T")


class UwlrClient(ClientBase[HasSession, SyncSession]):
    """Asks a LAS for its roster, and brings it results.

    ::

        with UwlrClient(url, autorisatie=Autorisatie(autorisatiesleutel=…, klantcode=…, klantnaam=…)) as las:
            match las.haal_leerlinggegevens(schooljaar="2025-2026", brincode="99QQ"):
                case Leerlinggegevens() as gegevens: …
                case GeenWijzigingen(): …
                case GeenGegevens(): …

    One client serves any number of schools; it may be shared by threads as far as its session may.
    Answers are read tolerantly: deviations go to `on_deviations`, or are counted in the log.

    Args:
        url: address of the service for leerlinggegevens; None for a receiver of results only.
        autorisatie: who asks, and the key. It shows in no log, error or repr.
        leerresultaten_url: address of the service for leerresultaten.
        versie: version spoken; also the xsdversie of the requests.
        session: a `requests.Session` or an `httpx.Client` of your own, with its certificates, proxies, headers and
            hooks. It is not closed. By default one is made, and closed with the client.
        cert: PEM file of the client certificate with its key, or the files of certificate and key.
        verify: PEM file, or folder of such files, of the authority to trust; True trusts those of the system.
        proxy: address of the proxy, such as `http://proxy.example:8080`; None takes that of the environment.
        transport: a `zeep.Transport` in place of a session; zeep itself is not needed otherwise.
        http_headers: headers added to each request.
        quoted_soap_action: send the SOAPAction in quotes, as SOAP 1.1 asks; some systems want it bare.
        allow_surrounding_space: send white space around a key instead of refusing it.
        allow_long_key: do without `LongKeyWarning` for a key that is longer than the schema allows, as those of
            Somtoday are.
        timeout: longest silence while waiting for an answer; None takes operation_timeout of the `transport`, or
            60 seconds.
        connect_timeout: longest wait for a connection.
        total_timeout: longest time to receive one whole answer.
        max_response_size: size limit of an answer in bytes, after decompression.
        retry: how often and for how long a request is retried while the LAS is temporarily unavailable; None never.
        retry_results: retry leerresultaten too. Each attempt carries a later aanmaakdatum. This assumes that a LAS
            replaces a result that arrives again under the same key; switch it off for one that does not.
        check_answer: refuse an answer of another school, location, year or version than was asked for.
        on_deviations: called with each exchange whose answer deviates from the standard.
        on_request: called before each attempt is sent, with what may be seen of it: no key, no person.
        on_answer: called after each attempt, whether it was answered or failed. An exception of either ends the call.

    Raises:
        ConfigurationError: an argument is wrong; the text says which.
        MissingExtraError: the extra `client` is not installed.
    """

    def _open(self, means: Means) -> None:
        self._transport = means.open(self._core.config, self._core.collector)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, except those of a session or transport that was passed in."""
        self._transport.close()

    def haal_leerlinggegevens(
        self,
        *,
        schooljaar: str,
        brincode: str | None = None,
        dependancecode: str | None = None,
        schoolkey: str | None = None,
        gegevenssetid: str | None = None,
        laatstontvangengegevens: datetime | None = None,
    ) -> Leerlinggegevens | GeenWijzigingen | GeenGegevens:
        """Ask for the whole roster of a school. Operation HaalLeerlinggegevens.

        Args:
            schooljaar: such as `2025-2026`.
            brincode: of the school; or schoolkey, not both.
            dependancecode: of the location; absent means 00.
            schoolkey: a name for the school that both sides agreed on.
            gegevenssetid: the set of data that was agreed on.
            laatstontvangengegevens: ask only whether anything changed since.

        Raises:
            InvalidMessage: the request deviates from the standard, or the answer so much that it cannot be used.
            TransportError, MessageError, Fault: no answer, a wrong one, or a refusal.
        """
        verzoek = self._core.verzoek(
            LeerlinggegevensVerzoek,
            schooljaar=schooljaar,
            brincode=brincode,
            dependancecode=dependancecode,
            schoolkey=schoolkey,
            gegevenssetid=gegevenssetid,
            laatstontvangengegevens=laatstontvangengegevens,
        )
        return inhoud_of(self.exchange(verzoek), Leerlinggegevens)

    def haal_structuur(
        self,
        *,
        schooljaar: str,
        brincode: str | None = None,
        dependancecode: str | None = None,
        schoolkey: str | None = None,
        gegevenssetid: str | None = None,
        laatstontvangengegevens: datetime | None = None,
    ) -> LeerlinggegevensStructuur | GeenWijzigingen | GeenGegevens:
        """Ask for the school and its groups. Operation HaalStructuur; arguments and errors as the whole roster."""
        verzoek = self._core.verzoek(
            StructuurVerzoek,
            schooljaar=schooljaar,
            brincode=brincode,
            dependancecode=dependancecode,
            schoolkey=schoolkey,
            gegevenssetid=gegevenssetid,
            laatstontvangengegevens=laatstontvangengegevens,
        )
        return inhoud_of(self.exchange(verzoek), LeerlinggegevensStructuur)

    def haal_leerlingen(
        self,
        *,
        groepen: Iterable[GevraagdeGroep],
        schooljaar: str,
        brincode: str | None = None,
        dependancecode: str | None = None,
        schoolkey: str | None = None,
        gegevenssetid: str | None = None,
        laatstontvangengegevens: datetime | None = None,
    ) -> LeerlinggegevensLeerlingen | GeenWijzigingen | GeenGegevens:
        """Ask for the pupils of some groups. Operation HaalLeerlingen; more as for the whole roster.

        `groepen` are groups of a structuur, or VerzoekGroep and VerzoekSamengesteldeGroep; one without a key asks for
        the pupils who are in no group of that kind.
        """
        verzoek = self._core.verzoek(
            LeerlingenVerzoek,
            groepen,
            schooljaar=schooljaar,
            brincode=brincode,
            dependancecode=dependancecode,
            schoolkey=schoolkey,
            gegevenssetid=gegevenssetid,
            laatstontvangengegevens=laatstontvangengegevens,
        )
        return inhoud_of(self.exchange(verzoek), LeerlinggegevensLeerlingen)

    def haal_leerkrachten(
        self,
        *,
        groepen: Iterable[GevraagdeGroep],
        schooljaar: str,
        brincode: str | None = None,
        dependancecode: str | None = None,
        schoolkey: str | None = None,
        gegevenssetid: str | None = None,
        laatstontvangengegevens: datetime | None = None,
    ) -> LeerlinggegevensLeerkrachten | GeenWijzigingen | GeenGegevens:
        """Ask for the staff of some groups. Operation HaalLeerkrachten; groepen as for haal_leerlingen."""
        verzoek = self._core.verzoek(
            LeerkrachtenVerzoek,
            groepen,
            schooljaar=schooljaar,
            brincode=brincode,
            dependancecode=dependancecode,
            schoolkey=schoolkey,
            gegevenssetid=gegevenssetid,
            laatstontvangengegevens=laatstontvangengegevens,
        )
        return inhoud_of(self.exchange(verzoek), LeerlinggegevensLeerkrachten)

    def breng_leerresultaten(self, verzoek: LeerresultatenVerzoek) -> LeerresultatenBevestiging:
        """Bring results. Operation BrengLeerresultaten.

        The aanmaakdatum is sent unchanged, unless this client already sent the same or a later one for the same school:
        then it becomes one second later than that one. `exchange` returns the request as it was sent.

        Raises:
            InvalidMessage: the request deviates from the standard; nothing was sent.
            TransportError, MessageError, Fault: no answer, a wrong one, or a refusal. Unless it is a refusal, the
                results may have arrived.
        """
        return cast("LeerresultatenBevestiging", self.exchange(verzoek).bericht)

    def exchange(self, verzoek: Bericht) -> Exchange:
        """Send any of the five requests unchanged, and return the answer with everything known about it.

        The other methods build on this one. `Retry` documents what is retried.

        Raises:
            ConfigurationError: not a request, or no address for its service.
            InvalidMessage: the request deviates from the standard; nothing was sent.
            TransportError, MessageError, Fault: no answer, a wrong one, or a refusal.
        """
        call = self._core.call(verzoek)
        for attempt in self._attempts(on=call.may_retry, **call.retrying):
            with attempt, call.watch():
                return call.interpret(self._transport.send(call.request()))
        raise AssertionError("the last attempt returns or raises")

    def probe(
        self,
        *,
        schooljaar: str | None = None,
        brincode: str | None = None,
        dependancecode: str | None = None,
        schoolkey: str | None = None,
        gegevenssetid: str | None = None,
        testbericht: LeerresultatenVerzoek | None = None,
    ) -> ProbeResult:
        """Tell whether endpoint, TLS, key, school and version are in order, and what is wrong if not.

        Asks the roster service what changed since now, and discards the answer. The service for leerresultaten is only
        probed from the outside, unless there is a test message to send. Nothing is retried.

        Args:
            schooljaar: None takes the school year of today.
            brincode: of the school, as in the other methods.
            dependancecode: of its location.
            schoolkey: instead of brincode.
            gegevenssetid: the set of data that was agreed on.
            testbericht: results that the receiver may take; it is sent as it is.

        Raises:
            InvalidMessage: the arguments make a request that deviates from the standard; nothing was sent.
        """
        verzoek = probe_verzoek(
            self._core,
            schooljaar=schooljaar,
            brincode=brincode,
            dependancecode=dependancecode,
            schoolkey=schoolkey,
            gegevenssetid=gegevenssetid,
        )
        return self._run(Prober(self._core, self._transport.client_certificate()).steps(verzoek, testbericht))

    def _run(self, steps: Steps[T]) -> T:
        """Drive requests that depend on each other."""
        try:
            request = next(steps)
            while True:
                try:
                    answer = self._transport.send(request)
                except UwlrError as error:
                    request = steps.throw(error)
                else:
                    request = steps.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
