"""What a case is given: the LAS under test, ways to ask it something, and answers that can be judged."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final, TypeVar

import msgspec

from uwlr.berichten import (
    Autorisatie,
    Leerling,
    Leerlinggegevens,
    LeerlinggegevensVerzoek,
    StructuurVerzoek,
)
from uwlr.berichten.tabel import Bericht, wire_name
from uwlr.client.answer_reading import read_answer
from uwlr.client.http_body import xml_of
from uwlr.client.records import HttpAnswer
from uwlr.codec.read import Received
from uwlr.conformance.declarations import Las
from uwlr.conformance.line import Line
from uwlr.conformance.masking import Persons, plain_words
from uwlr.conformance.outcomes import Absent, Unmet
from uwlr.conformance.traffic import Exchange, Wanted
from uwlr.errors import Fault, TransportError, UwlrError
from uwlr.norm import Versie
from uwlr.soap.envelope import write_envelope
from uwlr.soap.operations import BY_VERZOEK, Operation
from uwlr.text import Text
from uwlr.validation import Report, validate

B = TypeVar("B", bound=Bericht)
Edit = Callable[[bytes], bytes]
ROSTER: Final = "rooster"
STRUCTURE: Final = "structuur"
PUPILS: Final = "leerlingen"
BLAMES_SERVER: Final = "FT-12"
"""The requirement that a refusal does not blame the server."""


class Reply:
    """An answer of the LAS, read as far as it can be.

    Attributes:
        exchange: the exchange.
        received: the message in it.
        error: why there is no message: a fault, or what is wrong with the answer.
        document: the XML in the answer, without what stands around it.
    """

    def __init__(
        self,
        operation: Operation,
        versie: Versie,
        exchange: Exchange,
        persons: Persons,
        reports: dict[bytes, Report],
    ) -> None:
        self.operation = operation
        self.versie: Versie = versie
        self.exchange = exchange
        self.error: UwlrError | None = None
        self.received: Received | None = None
        self._persons = persons
        self._reports = reports
        self.document = exchange.answer
        if exchange.problem is not None or exchange.status is None:
            self.error = TransportError(exchange.problem or "no answer")
            return
        # Read as a client would, who overlooks what stands around the XML; that is judged apart.
        found = xml_of(exchange.answer, exchange.answer_headers)
        headers = {**exchange.answer_headers, "content-type": found.content_type}
        http = HttpAnswer(status=exchange.status, headers=headers, body=found.body)
        self.document = found.body
        try:
            self.received = read_answer(http, operation.antwoord, versie=versie, secret="")
        except UwlrError as problem:
            self.error = problem

    @cached_property
    def plain(self) -> bytes:
        """The body, of UTF-16 in UTF-8, so that it can be looked through."""
        body = self.exchange.answer
        if not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return body
        return body.decode("utf-16", "replace").encode()

    @property
    def status(self) -> int | None:
        """HTTP status."""
        return self.exchange.status

    @property
    def fault(self) -> Fault | None:
        """The fault, if the answer is one."""
        return self.error if isinstance(self.error, Fault) else None

    @property
    def report(self) -> Report:
        """What the validator says of it; no finding shows a personal value."""
        if self.document not in self._reports:
            self._reports[self.document] = validate(self.document, versie=self.versie, name=self.operation.name)
        return self._reports[self.document]

    @property
    def inhoud(self) -> Any:
        """What a roster answer holds; None if there is no such answer."""
        return None if self.received is None else getattr(self.received.bericht, "inhoud", None)

    def described(self) -> Text:
        """Say what came: a fault in the system's own words, without anything personal."""
        if self.fault is not None:
            code = self.fault.shown_code
            words = plain_words(self.fault.text or "", self._persons)[:200]
            status = f"HTTP {self.status}" + (f": “{words}”" if words else "")
            return Text(f"de fout {code} ({status})", f"the fault {code} ({status})")
        if self.error is not None:
            return Text(f"geen bruikbaar antwoord: {self.error.args[0]}", f"no usable answer: {self.error.args[0]}")
        name = wire_name(type(self.inhoud)) if self.inhoud is not None else wire_name(self.operation.antwoord)
        return Text(f"een gewoon antwoord: {name}", f"an ordinary answer: {name}")

    @property
    def refused(self) -> bool:
        """Whether nothing was done: a fault, or an HTTP error without a message."""
        return self.received is None and (self.fault is not None or (self.status or 0) >= 400)

    def must_be_refused(self, *, broken: str | None = BLAMES_SERVER) -> None:
        """Ask for a refusal that says that the request is wrong: a fault `Client…`, or a plain HTTP status 4xx.

        Args:
            broken: the requirement that is not met where the service broke on it; None for the first of the case.

        Raises:
            Unmet: it was taken, or the service broke on it.
        """
        if not self.refused:
            raise Unmet(self.described())
        if self.fault is not None:
            code = str(self.fault.code)
            if code.partition(".")[0] not in {"Client", "VersionMismatch", "MustUnderstand"}:
                raise Unmet(self.described(), requirement=broken)
        elif not 400 <= (self.status or 0) < 500:
            raise Unmet(self.described(), requirement=broken)

    def must_refuse_with(self, *codes: str, requirement: str) -> None:
        """Ask for a refusal, and then for one of these fault codes, which is a requirement of its own.

        Raises:
            Unmet: it is something else.
        """
        self.must_be_refused()
        if self.fault is None or self.fault.code not in codes:
            raise Unmet(self.described(), requirement=requirement)

    def must_hold(self, cls: type[B] | tuple[type[B], ...], *, requirement: str | None = None) -> B:
        """Ask for a roster answer with this in it.

        Raises:
            Unmet: it is something else.
        """
        if self.received is None or not isinstance(self.inhoud, cls):
            raise Unmet(self.described(), requirement=requirement)
        return self.inhoud

    def must_answer(self) -> Bericht:
        """Ask for the message that is due, whatever is in it.

        Raises:
            Unmet: it is something else.
        """
        if self.received is None:
            raise Unmet(self.described())
        return self.received.bericht


class LasSession:
    """The LAS under test, during one run.

    Args:
        config: the system.
        line: the line to it, or one that plays back what another recorded.
        autorisatie: who asks.
    """

    def __init__(self, config: Las, line: Line, autorisatie: Autorisatie) -> None:
        self.config = config
        self.autorisatie: Final[Autorisatie] = autorisatie
        self.line = line
        self.versie: Final[Versie] = "2.3" if config.versie == "2.3" else "2.2"
        self.last_moment: datetime | None = None
        """The latest aanmaakdatum of results that were taken."""
        self.replies: list[Reply] = []
        self.persons = Persons()
        self.documents: dict[str, list[Any]] = {}
        self.other_key_of_school: str | None = None
        self.at_once = 0
        """Requests that may be sent at once."""
        self._shared: dict[str, Reply] = {}
        self._reports: dict[bytes, Report] = {}  # the same answer comes many times

    @cached_property
    def school(self) -> dict[str, str]:
        """The school, as a request names it."""
        return self.config.school.named() | {"schooljaar": self.config.schooljaar}

    def verzoek(self, cls: type[Bericht] = LeerlinggegevensVerzoek, /, **change: Any) -> Bericht:
        """Make a request for the school; `change` replaces fields, None leaves them out."""
        values = {"xsdversie": self.config.versie, **self.school, **change}
        return cls(**{name: value for name, value in values.items() if value is not None or name not in self.school})

    def ask(
        self,
        verzoek: Bericht,
        *,
        autorisatie: Autorisatie | None = None,
        without_header: bool = False,
        edit: Edit | None = None,
        headers: Mapping[str, str | None] = {},
        chunked: bool = False,
        fresh: bool = False,
    ) -> Reply:
        """Send a request and read the answer.

        Args:
            verzoek: the request; what the standard forbids in it goes out too.
            autorisatie: another header than the right one.
            without_header: leave the header out.
            edit: a last change to the bytes of the envelope.
            headers: HTTP headers beside or instead of the usual; None leaves one out.
            chunked: send the body in chunks.
            fresh: on a new connection.

        Raises:
            Unreached: the network stood in between.
        """
        operation = BY_VERZOEK[type(verzoek)]
        body = self.envelope(verzoek, autorisatie=autorisatie, without_header=without_header)
        return self.post(operation, edit(body) if edit else body, headers=headers, chunked=chunked, fresh=fresh)

    def envelope(
        self, verzoek: Bericht, *, autorisatie: Autorisatie | None = None, without_header: bool = False
    ) -> bytes:
        """Write a request."""
        header = None if without_header else autorisatie or self.autorisatie
        return write_envelope(verzoek, autorisatie=header, versie=self.versie, unchecked=True)

    def wanted(
        self,
        operation: Operation,
        body: bytes,
        *,
        headers: Mapping[str, str | None] = {},
        chunked: bool = False,
        fresh: bool = False,
    ) -> Wanted:
        """Make an HTTP request of a body as it is."""
        usual = {
            "Content-Type": "text/xml; charset=utf-8",
            "Accept": "text/xml",
            "Accept-Encoding": "gzip, deflate",
            "SOAPAction": f'"{operation.soap_action}"',
        }
        return Wanted(
            operation=operation.name,
            service=operation.service,
            url=self.url_of(operation),
            headers={name: value for name, value in {**usual, **headers}.items() if value is not None},
            body=body,
            chunked=chunked,
            fresh=fresh,
        )

    def post(self, operation: Operation, body: bytes, **more: Any) -> Reply:
        """Send a body as it is."""
        return self.take(operation, self.line.send(self.wanted(operation, body, **more)))

    def take(self, operation: Operation, exchange: Exchange) -> Reply:
        """Read the answer of an exchange, and remember whom it names."""
        reply = Reply(operation, self.versie, exchange, self.persons, self._reports)
        self.replies.append(reply)
        if reply.inhoud is not None:
            self.persons.learn(reply.inhoud)
        return reply

    def get(self, operation: Operation, query: str) -> Exchange:
        """Fetch from the address of a service.

        Raises:
            Unreached: the network stood in between.
            Unmet: no answer came.
        """
        exchange = self.line.send(
            Wanted(
                operation="GET",
                service=operation.service,
                url=self.url_of(operation),
                headers={"Accept": "text/xml"},
                body=None,
                query=query,
            )
        )
        if exchange.problem is not None:
            raise Unmet(Text(f"geen antwoord: {exchange.problem}", f"no answer: {exchange.problem}"))
        return exchange

    def url_of(self, operation: Operation) -> str:
        """Give the address of a service."""
        url = self.config.url if operation.service == "leerlinggegevens" else self.config.leerresultaten_url
        if url is None:
            raise Absent(Text(f"er is geen adres voor {operation.service}", f"no address for {operation.service}"))
        return url

    def share(self, name: str, ask: Callable[[], Reply]) -> Reply:
        """Give an exchange that several cases look at; it takes place once."""
        if name not in self._shared:
            self._shared[name] = ask()
        return self._shared[name]

    def shared_numbers(self, names: Iterable[str]) -> list[int]:
        """Numbers of the exchanges of those names that took place."""
        return [self._shared[name].exchange.number for name in names if name in self._shared]

    def roster_reply(self) -> Reply:
        """The answer to the plain request for the whole roster."""
        return self.share(ROSTER, lambda: self.ask(self.verzoek()))

    def roster(self) -> Leerlinggegevens:
        """The whole roster.

        Raises:
            Absent: there is none to look at.
        """
        inhoud = self.roster_reply().inhoud
        if not isinstance(inhoud, Leerlinggegevens):
            at = "leerlinggegevens/rooster/normaal"
            raise Absent(Text(f"voorwaarde {at}: er is geen rooster", f"precondition {at}: there is no roster"))
        return inhoud

    def structure_reply(self) -> Reply:
        """The answer to the plain request for the structure."""
        return self.share(STRUCTURE, lambda: self.ask(self.verzoek(StructuurVerzoek)))

    def other_key(self, **change: str) -> Autorisatie:
        """The header with something else in it."""
        return msgspec.structs.replace(self.autorisatie, **change)

    def leerlingid(self) -> str:
        """The pupil for whom results are brought.

        Raises:
            Absent: none was named, and there is no roster to take one from.
        """
        given = self.config.leerresultaten.leerlingid
        if given is not None:
            return given
        if self.config.url is None:
            raise Absent(Text("leerresultaten.leerlingid is niet ingevuld", "leerresultaten.leerlingid is not given"))
        first: Leerling = self.roster().leerlingen[0]
        return str(first.key)


def same(one: Any, other: Any, *, actual: Text, requirement: str | None = None) -> None:
    """Ask for two equal values.

    Raises:
        Unmet: they differ.
    """
    if one != other:
        raise Unmet(actual, requirement=requirement)
