"""What the verbs answer about exchanges, and schools that always react in one way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from uwlr.undisclosed import Undisclosed


class MagicSchool(msgspec.Struct, frozen=True, kw_only=True):
    """A school that always reacts in one way."""

    brincode: str
    reaction: str


class ExchangeSummary(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """An exchange of the fakes with a client, without its messages.

    Attributes:
        id: number, rising from 1.
        vendor: the vendor that was called.
        service: its service.
        operation: name of the operation, if the request shows it.
        at: when it began, on the clock of the fakes.
        milliseconds: time it took to make the answer.
        status: HTTP status; 0 if the connection was closed instead.
        faultcode: code of the fault, if the answer is one.
        planned: the planned fault that struck.
        invalid: whether the request itself was invalid.
        line: the exchange in one line, without anything personal.
        remarks: reasons for what the fakes decided.
        request_bytes: size of the request.
        answer_bytes: size of the answer.
    """

    id: int
    vendor: str
    service: str
    operation: str | None
    at: dt.datetime
    milliseconds: float
    status: int
    faultcode: str | None
    planned: str | None
    invalid: bool
    line: str
    remarks: tuple[str, ...]
    request_bytes: int
    answer_bytes: int

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show the line, without the messages of those that have them."""
        return [("line", self.line)]


class ExchangeExported(ExchangeSummary, frozen=True, kw_only=True):
    """An exchange with its messages, without keys and personal data."""

    request: str
    answer: str


class FindingShown(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of the validator, without personal values.

    Attributes:
        id: the rule.
        severity: how bad it is.
        path: where it stands.
        steps: the elements on the path, with their numbers.
        line: its line.
        message: what is wrong, in English.
        remedy: what to do, in English.
        message_nl: what is wrong, in Dutch.
        remedy_nl: what to do, in Dutch.
    """

    id: str
    severity: str
    path: str
    steps: tuple[tuple[str, int], ...]
    line: int | None
    message: str
    remedy: str
    message_nl: str
    remedy_nl: str


class ExchangeShown(ExchangeExported, frozen=True, kw_only=True):
    """An exchange with its messages, and what the validator finds in them."""

    request_findings: tuple[FindingShown, ...]
    answer_findings: tuple[FindingShown, ...]
