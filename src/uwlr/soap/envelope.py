"""Writing envelopes: a message with its header, or a fault.

Source: SOAP 1.1 (W3C note of 8 May 2000); the header part of the two WSDLs.
"""

from __future__ import annotations

from uwlr import norm
from uwlr.berichten.tabel import Bericht
from uwlr.codec.escape import escape_text, illegal_character
from uwlr.codec.write import pieces
from uwlr.foutcodes import Foutcode
from uwlr.norm import Versie

_START = f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{norm.SOAP_ENVELOPE}">'
_END = "</soap:Body></soap:Envelope>"


def write_envelope(
    bericht: Bericht,
    *,
    autorisatie: Bericht | None = None,
    versie: Versie = "2.2",
    unchecked: bool = False,
) -> bytes:
    """Write a message in an envelope, with a header where one is given: an Autorisatie, or that of another service.

    The header is written as it is: a key over 64 characters, or with white space around it, goes out unchanged.

    Raises:
        InvalidMessage: the message deviates from its field tables, unless `unchecked`.
    """
    return b"".join(envelope_pieces(bericht, autorisatie=autorisatie, versie=versie, unchecked=unchecked))


def envelope_pieces(
    bericht: Bericht,
    *,
    autorisatie: Bericht | None = None,
    versie: Versie = "2.2",
    unchecked: bool = False,
) -> list[bytes]:
    """Write an envelope in pieces of some tens of kilobytes, to send one after the other; as `write_envelope`."""
    header: list[bytes] = []
    if autorisatie is not None:
        header = [b"<soap:Header>", *pieces(autorisatie, unchecked=True), b"</soap:Header>"]
    body = pieces(bericht, versie=versie, unchecked=unchecked)
    return [_START.encode(), *header, b"<soap:Body>", *body, _END.encode()]


def write_fault(code: Foutcode | str, text: str | None = None, *, detail: str | None = None) -> bytes:
    """Write a fault; the code is qualified with the envelope's prefix, as SOAP 1.1 asks.

    Args:
        code: a `Foutcode` or another dotted code such as `Client` or `MustUnderstand`.
        text: the faultstring; by default the sentence that goes with the code.
        detail: text of the detail element, in no namespace, where one is wanted.
    """
    if text is None:
        text = code.omschrijving if isinstance(code, Foutcode) else str(code)
    if illegal_character(text):
        text = text.encode("ascii", "replace").decode()
    more = f"<detail><melding>{escape_text(detail)}</melding></detail>" if detail else ""
    return (
        f"{_START}<soap:Body><soap:Fault><faultcode>soap:{code}</faultcode>"
        f"<faultstring>{escape_text(text)}</faultstring>{more}</soap:Fault>{_END}"
    ).encode()
