"""What a case is given: the LAS under test, ways to ask it something, and answers that can be judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from uwlr.client.records import HttpAnswer
from uwlr.codec.read import Received
from uwlr.conformance.declarations import Las
from uwlr.conformance.line import Wire
from uwlr.conformance.outcomes import Absent, Evidence, Unmet
from uwlr.errors import Fault, HttpError, TransportError, UwlrError
from uwlr.foutcodes import Foutcode
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


class Reply:
    """An answer of the LAS, read as far as it can be.

    Attributes:
        http: the HTTP answer; None where none came.
        received: the message in it.
        error: why there is no message: a fault, or what is wrong with the answer.
    """

    def __init__(self, operation: Operation, versie: Versie, http: HttpAnswer | None, error: UwlrError | None) -> None:
        self.operation = operation
        self.versie: Versie = versie
        self.http = http
        self.error = error
        self.received: Received | None = None
        if http is not None:
            try:
                self.received = read_answer(http, operation.antwoord, versie=versie, secret="")
            except UwlrError as problem:
                self.error = problem

    @property
    def fault(self) -> Fault | None:
        """The fault, where it is one."""
        return self.error if isinstance(self.error, Fault) else None

    @cached_property
    def report(self) -> Report:
        """What the validator says of it; no finding shows a personal value."""
        return validate(self.http.body if self.http else b"", versie=self.versie, name=self.operation.name)

    @property
    def inhoud(self) -> Any:
        """What a roster answer holds; None where there is no such answer."""
        return None if self.received is None else getattr(self.received.bericht, "inhoud", None)

    def described(self) -> Text:
        """Say what came, without anything personal."""
        if self.fault is not None:
            code = self.fault.shown_code
            status = f"HTTP {self.fault.http_status}"
            return Text(f"de fout {code} ({status})", f"the fault {code} ({status})")
        if self.error is not None:
            return Text(f"geen bruikbaar antwoord: {self.error.args[0]}", f"no usable answer: {self.error.args[0]}")
        name = wire_name(type(self.inhoud)) if self.inhoud is not None else self.operation.antwoord.__name__
        return Text(f"een gewoon antwoord: {name}", f"an ordinary answer: {name}")

    def must_be_fault(self, *codes: str, lenient: bool = False) -> Fault:
        """Ask for a fault, with one of these codes where they are given.

        Raises:
            Unmet: it is something else.
        """
        if self.fault is None or (codes and self.fault.code not in codes):
            raise Unmet(self.described(), lenient=lenient)
        return self.fault

    def must_be_refused(self) -> None:
        """Ask for a refusal of any kind that is meant: a fault, or a plain HTTP status from 400 to 499.

        Raises:
            Unmet: it was taken, or the service broke on it.
        """
        if self.fault is not None:
            if self.fault.code == Foutcode.INTERNE_FOUT:
                raise Unmet(self.described())
            return
        if isinstance(self.error, HttpError) and self.http is not None and 400 <= self.http.status < 500:
            return
        raise Unmet(self.described())

    def must_hold(self, cls: type[B] | tuple[type[B], ...]) -> B:
        """Ask for a roster answer with this in it.

        Raises:
            Unmet: it is something else.
        """
        if self.received is None or not isinstance(self.inhoud, cls):
            raise Unmet(self.described())
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
    """

    def __init__(self, config: Las) -> None:
        self.config = config
        self.autorisatie: Final[Autorisatie] = config.key()
        self.wire = Wire(config, self.autorisatie.autorisatiesleutel)
        self.versie: Final[Versie] = "2.3" if config.versie == "2.3" else "2.2"
        self.last_moment: datetime | None = None
        """The latest aanmaakdatum of results that were taken."""
        self._shared: dict[str, Reply] = {}
        self.shared_evidence: dict[str, Evidence] = {}
        """What went over the line for the exchanges that cases share."""

    def close(self) -> None:
        """Close the connections."""
        self.wire.close()

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
    ) -> Reply:
        """Send a request and read the answer.

        Args:
            verzoek: the request; what the standard forbids in it goes out too.
            autorisatie: another header than the right one.
            without_header: leave the header out.
            edit: a last change to the bytes of the envelope.
            headers: HTTP headers beside or instead of the usual; None leaves one out.
            chunked: send the body in chunks.
        """
        operation = BY_VERZOEK[type(verzoek)]
        header = None if without_header else autorisatie or self.autorisatie
        body = write_envelope(verzoek, autorisatie=header, versie=self.versie, unchecked=True)
        return self.post(operation, edit(body) if edit else body, headers=headers, chunked=chunked)

    def post(
        self,
        operation: Operation,
        body: bytes,
        *,
        headers: Mapping[str, str | None] = {},
        chunked: bool = False,
    ) -> Reply:
        """Send a body as it is."""
        usual = {
            "Content-Type": "text/xml; charset=utf-8",
            "Accept": "text/xml",
            "Accept-Encoding": "gzip, deflate",
            "SOAPAction": f'"{operation.soap_action}"',
        }
        sent = {name: value for name, value in {**usual, **headers}.items() if value is not None}
        try:
            answer = self.wire.send(operation.name, self.url_of(operation), sent, body, chunked=chunked)
        except TransportError as error:
            return Reply(operation, self.versie, None, error)
        return Reply(operation, self.versie, answer, None)

    def get(self, operation: Operation, query: str) -> HttpAnswer:
        """Fetch from the address of a service.

        Raises:
            Unmet: no answer came.
        """
        url = self.url_of(operation)
        joint = "&" if "?" in url else "?"
        try:
            return self.wire.send("GET", f"{url}{joint}{query}" if query else url, {"Accept": "text/xml"}, None)
        except TransportError as error:
            raise Unmet(Text(f"geen antwoord: {error.args[0]}", f"no answer: {error.args[0]}")) from None

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
            self.shared_evidence[name] = self.wire.evidence[-1]
        return self._shared[name]

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


def same(one: Any, other: Any, *, actual: Text) -> None:
    """Ask for two equal values.

    Raises:
        Unmet: they differ.
    """
    if one != other:
        raise Unmet(actual)
