"""What the validator finds in the messages of an exchange, and in a file with a roster."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from mock_las.journal import PULLED, Exchange
from uwlr.dutch_time import dutch_day
from uwlr.validation import Context, Finding, validate


def request_findings(exchange: Exchange) -> tuple[Finding, ...]:
    """What is wrong with the request, without personal values."""
    return _findings(exchange, exchange.request)


def answer_findings(exchange: Exchange) -> tuple[Finding, ...]:
    """What is wrong with the answer; faults and HTTP errors are not validated."""
    return _findings(exchange, exchange.answer) if exchange.status == 200 else ()


def findings_in(message: bytes, at: dt.datetime, systeem: Literal["esis"] | None = None) -> tuple[Finding, ...]:
    """What is wrong with a message, or an EDEXML file, at a moment."""
    context = Context(vandaag=dutch_day(at), systeem=systeem)
    return validate(message, context=context).findings


def as_plain_data(finding: Finding) -> dict[str, Any]:
    """A finding with its texts in both languages; `steps` are the elements on its path, with their numbers."""
    return {
        "id": finding.id,
        "severity": str(finding.severity),
        "path": str(finding.path),
        "steps": [[step.name, step.number or 1] for step in finding.path.element],
        "line": finding.line,
        "message": finding.message("en"),
        "remedy": finding.remedy("en"),
        "message_nl": finding.message("nl"),
        "remedy_nl": finding.remedy("nl"),
    }


def _findings(exchange: Exchange, message: bytes) -> tuple[Finding, ...]:
    if not message.strip() or exchange.service == PULLED:
        return ()
    to_esis = exchange.vendor == "esis" and message is exchange.request
    return findings_in(message, exchange.at, "esis" if to_esis else None)
