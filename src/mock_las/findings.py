"""What the validator finds in the messages of an exchange."""

from __future__ import annotations

from mock_las.clock import amsterdam
from mock_las.journal import Exchange
from uwlr.validation import Context, Finding, validate


def request_findings(exchange: Exchange) -> tuple[Finding, ...]:
    """What is wrong with the request; personal values are not in it."""
    return _findings(exchange, exchange.request)


def answer_findings(exchange: Exchange) -> tuple[Finding, ...]:
    """What is wrong with the answer; a fault and an HTTP error are not judged."""
    return _findings(exchange, exchange.answer) if exchange.status == 200 else ()


def _findings(exchange: Exchange, message: bytes) -> tuple[Finding, ...]:
    if not message.strip():
        return ()
    context = Context(
        vandaag=exchange.at.astimezone(amsterdam()).date(),
        systeem="esis" if exchange.vendor == "esis" and message is exchange.request else None,
    )
    return validate(message, context=context).findings
