"""What the validator finds in the messages of an exchange, and in a roster from a file."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from mock_las.clock import amsterdam
from mock_las.journal import Exchange
from uwlr.validation import Context, Finding, validate


def request_findings(exchange: Exchange) -> tuple[Finding, ...]:
    """What is wrong with the request; personal values are not in it."""
    return _findings(exchange, exchange.request)


def answer_findings(exchange: Exchange) -> tuple[Finding, ...]:
    """What is wrong with the answer; a fault and an HTTP error are not judged."""
    return _findings(exchange, exchange.answer) if exchange.status == 200 else ()


def findings_in(message: bytes, at: dt.datetime, systeem: Literal["esis"] | None = None) -> tuple[Finding, ...]:
    """What is wrong with a message, or an EDEXML file, at that moment."""
    context = Context(vandaag=at.astimezone(amsterdam()).date(), systeem=systeem)
    return validate(message, context=context).findings


def as_plain_data(finding: Finding) -> dict[str, Any]:
    """A finding with its texts in both languages."""
    return {
        "id": finding.id,
        "severity": str(finding.severity),
        "path": str(finding.path),
        "line": finding.line,
        "message": finding.message("en"),
        "remedy": finding.remedy("en"),
        "message_nl": finding.message("nl"),
        "remedy_nl": finding.remedy("nl"),
    }


def _findings(exchange: Exchange, message: bytes) -> tuple[Finding, ...]:
    if not message.strip():
        return ()
    to_esis = exchange.vendor == "esis" and message is exchange.request
    return findings_in(message, exchange.at, "esis" if to_esis else None)
