"""Requests of an application under test, read as far as they can be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import msgspec

from uwlr.berichten import Autorisatie, LeerresultatenVerzoek
from uwlr.berichten.tabel import Bericht, wire_name
from uwlr.codec.read import read_envelope
from uwlr.errors import UwlrError
from uwlr.soap.http import XML, Request
from uwlr.soap.operations import OPERATIONS, Operation
from uwlr.soap.providers import Refusal
from uwlr.soap.receive import Incoming, receive
from uwlr.soap.settings import Settings
from uwlr.undisclosed import Undisclosed
from uwlr.validation import Report, validate

SETTINGS: Final = Settings(xsdversies=frozenset({"2.1", "2.2", "2.3"}), soap_action_required=False)


class Call(Undisclosed, msgspec.Struct, kw_only=True, dict=True):
    """One request of the application.

    Attributes:
        number: place in the run, from 1.
        operation: what was asked, by the element in the Body; None if that is none of the standard.
        headers: HTTP headers.
        body: the request.
        at: when it began, in seconds.
        beside: whether another request of the same operation was under way.
        taken: whether it was answered by an ordinary message.
        status: HTTP status of the answer.
        answer: the answer.
        duration_ms: milliseconds until the answer was given.
    """

    number: int
    operation: Operation | None
    headers: Mapping[str, str]
    body: bytes
    at: float
    beside: bool = False
    taken: bool = False
    status: int | None = None
    answer: bytes = b""
    duration_ms: int = 0

    def __repr__(self) -> str:
        return f"<Call {self.number} {self.operation.name if self.operation else None}>"

    @cached_property
    def received(self) -> Incoming | str:
        """The request where it is in order, else the code of the first check that it fails."""
        try:
            return receive(self.plain, SETTINGS)
        except Refusal as refusal:
            return str(refusal.code)

    @property
    def incoming(self) -> Incoming | None:
        """The request, if it is valid."""
        return self.received if isinstance(self.received, Incoming) else None

    @property
    def refused(self) -> str | None:
        """Code of the first check of a message that it fails."""
        return self.received if isinstance(self.received, str) else None

    @property
    def plain(self) -> Request:
        """The request as if its HTTP headers were in order: those are judged apart."""
        service = self.operation.service if self.operation else "leerlinggegevens"
        return Request(service, headers={"content-type": XML}, body=self.body)

    @cached_property
    def message(self) -> Bericht | None:
        """The message in it, whatever is wrong with it; None if there is none to be found."""
        try:
            return read_envelope(self.body, tolerant=True).bericht
        except UwlrError:
            return None

    @cached_property
    def report(self) -> Report:
        """What the validator says of it."""
        return validate(self.body)

    @property
    def results(self) -> LeerresultatenVerzoek | None:
        """The results in it."""
        return self.message if isinstance(self.message, LeerresultatenVerzoek) else None

    def carries(self, autorisatie: Autorisatie) -> bool:
        """Whether the header is this one; also true if the message cannot be read at all."""
        if self.incoming is not None:
            return self.incoming.autorisatie == autorisatie
        values = (autorisatie.autorisatiesleutel, autorisatie.klantcode, autorisatie.klantnaam)
        return self.message is None or all(value.encode() in self.body for value in values)


def operation_of(body: bytes) -> Operation | None:
    """Tell by the name of its element which operation a request is for, also where it cannot be read."""
    return next((one for one in OPERATIONS if str(wire_name(one.verzoek)).encode() in body), None)
