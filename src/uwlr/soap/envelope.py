"""Writing envelopes: a message with its header, or a fault.

Source: SOAP 1.1 (W3C note of 8 May 2000); the header part of the two WSDLs.
"""

from __future__ import annotations

from io import BytesIO

from uwlr import norm
from uwlr.berichten.tabel import Bericht
from uwlr.codec.escape import escape_text, illegal_character
from uwlr.codec.write import pieces, write_into
from uwlr.foutcodes import Foutcode
from uwlr.norm import Versie


def write_envelope(
    bericht: Bericht,
    *,
    autorisatie: Bericht | None = None,
    versie: Versie = "2.2",
    unchecked: bool = False,
    prefix: str = norm.SOAP_PREFIX,
) -> bytes:
    """Write a message in an envelope, with an optional header: an Autorisatie, or that of another service.

    The header is written unchecked: a key over 64 characters, or with white space around it, is sent unchanged. The
    prefix is that of the envelope; header and body content has none.

    Raises:
        InvalidMessage: the message deviates from its field tables, unless `unchecked`.
    """
    document = BytesIO()
    document.writelines(_before(autorisatie, prefix))
    write_into(document, bericht, versie=versie, unchecked=unchecked)
    document.write(_end(prefix))
    return document.getvalue()


def envelope_pieces(
    bericht: Bericht,
    *,
    autorisatie: Bericht | None = None,
    versie: Versie = "2.2",
    unchecked: bool = False,
    prefix: str = norm.SOAP_PREFIX,
) -> list[bytes]:
    """Write an envelope in pieces of some tens of kilobytes; as `write_envelope`."""
    body = pieces(bericht, versie=versie, unchecked=unchecked)
    return [*_before(autorisatie, prefix), *body, _end(prefix)]


def write_fault(
    code: Foutcode | str, text: str | None = None, *, detail: str | None = None, prefix: str = norm.SOAP_PREFIX
) -> bytes:
    """Write a fault; the code is qualified with the envelope's prefix, as SOAP 1.1 asks.

    Args:
        code: a `Foutcode` or another dotted code such as `Client` or `MustUnderstand`.
        text: the faultstring; by default the sentence that goes with the code.
        detail: text of the detail element, in no namespace; None leaves it out.
        prefix: prefix of the envelope.
    """
    if text is None:
        text = code.omschrijving if isinstance(code, Foutcode) else str(code)
    if illegal_character(text):
        text = text.encode("ascii", "replace").decode()
    more = f"<detail><melding>{escape_text(detail)}</melding></detail>" if detail else ""
    fault = (
        f"<{prefix}:Body><{prefix}:Fault><faultcode>{prefix}:{code}</faultcode>"
        f"<faultstring>{escape_text(text)}</faultstring>{more}</{prefix}:Fault>"
    )
    return _start(prefix) + fault.encode() + _end(prefix)


def _before(autorisatie: Bericht | None, prefix: str) -> list[bytes]:
    """Write what precedes the message: the start of the envelope, the header, the start of the body."""
    header: list[bytes] = []
    if autorisatie is not None:
        start, end = f"<{prefix}:Header>".encode(), f"</{prefix}:Header>".encode()
        header = [start, *pieces(autorisatie, unchecked=True), end]
    return [_start(prefix), *header, f"<{prefix}:Body>".encode()]


def _start(prefix: str) -> bytes:
    declared = f'xmlns:{prefix}="{norm.SOAP_ENVELOPE}"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{prefix}:Envelope {declared}>'.encode()


def _end(prefix: str) -> bytes:
    return f"</{prefix}:Body></{prefix}:Envelope>".encode()
