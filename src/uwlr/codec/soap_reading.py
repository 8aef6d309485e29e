"""SOAP 1.1 envelopes: what is inside, and faults, those of SOAP 1.2 too.

Source: SOAP 1.1 (W3C note of 8 May 2000), sections 4 and 4.4; SOAP 1.2 part 1, section 5.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from uwlr import norm
from uwlr.codec.parser import local_name, parse
from uwlr.errors import ClientFault, Fault, NotSoap, ServerFault
from uwlr.foutcodes import Foutcode, blames_server, known_code

ENVELOPE = f"{{{norm.SOAP_ENVELOPE}}}Envelope"
HEADER = f"{{{norm.SOAP_ENVELOPE}}}Header"
BODY = f"{{{norm.SOAP_ENVELOPE}}}Body"
FAULT = f"{{{norm.SOAP_ENVELOPE}}}Fault"
ENVELOPE_12 = f"{{{norm.SOAP12_ENVELOPE}}}Envelope"
BODY_12 = f"{{{norm.SOAP12_ENVELOPE}}}Body"
FAULT_12 = f"{{{norm.SOAP12_ENVELOPE}}}Fault"

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Opened(NamedTuple):
    """The header of an envelope, if there is one, and the one element in its body."""

    header: etree._Element | None
    body: etree._Element


def open_envelope(root: etree._Element) -> Opened:
    """Take the header and the body's element out of an envelope.

    Raises:
        NotSoap: SOAP 1.2, no envelope, no body, an empty body, or more than one element in it.
    """
    if root.tag == ENVELOPE_12:
        raise NotSoap("a SOAP 1.2 envelope; UWLR uses SOAP 1.1")
    if root.tag != ENVELOPE:
        raise NotSoap("the root element is not a SOAP 1.1 Envelope")
    bodies = root.findall(BODY)
    if len(bodies) != 1:
        raise NotSoap(f"an envelope has one Body, this one has {len(bodies)}")
    children = list(bodies[0])
    if len(children) != 1:
        raise NotSoap(f"a Body has one element, this one has {len(children)}")
    return Opened(root.find(HEADER), children[0])


def body_document(data: bytes) -> bytes:
    """Give the content of an envelope's body as a UTF-8 document of its own, unchanged but for comments.

    Raises:
        NotXml, NotSoap: no envelope with one element in its body.
    """
    return etree.tostring(open_envelope(parse(data)).body, encoding="UTF-8", xml_declaration=True, with_tail=False)


def open_answer(root: etree._Element) -> Opened:
    """Take the header and the body's element out of an envelope that is an answer.

    Raises:
        Fault: it holds a fault, of SOAP 1.1 or 1.2.
        NotSoap: as `open_envelope`.
    """
    if root.tag in {ENVELOPE, ENVELOPE_12}:
        for body in root.iterchildren(BODY, BODY_12):
            for element in body.iterchildren(FAULT, FAULT_12):
                raise read_fault(element)
    return open_envelope(root)


def read_fault(element: etree._Element, *, http_status: int | None = None) -> Fault:
    """Turn a Fault element into the error it stands for.

    Both versions of SOAP are read, children in whatever namespace: SOAP 1.1 has them in none, and some servers write
    them in the envelope's. Codes are compared by their local part, so every prefix, and none, will do. Of several
    codes, of SOAP 1.2, one of the agreement counts, else the first; the innermost is the subcode. The first says
    who is blamed. A fault without a code, or with one that is not known, is the server's.
    """
    parts = {local_name(child.tag): child for child in reversed(element)}
    first = parts.get("faultcode")
    codes = [known_code(text) for text in ([first.text or ""] if first is not None else _codes(parts.get("Code")))]
    code = next((code for code in codes if isinstance(code, Foutcode)), codes[0] if codes else "")
    reason = parts.get("faultstring")
    text = (reason.text or "") if reason is not None else _reason(parts.get("Reason"))
    detail = next((parts[name] for name in ("detail", "Detail") if name in parts), None)
    return (ServerFault if blames_server(code) else ClientFault)(
        code,
        text.strip(),
        subcode=codes[-1] if len(codes) > 1 else None,
        detail="".join(detail.itertext()).strip() if detail is not None else None,
        http_status=http_status,
    )


def _codes(element: etree._Element | None) -> Iterator[str]:
    """Give the codes of SOAP 1.2 from the outermost to the innermost: a value, and a subcode built in the same way."""
    while element is not None:
        parts = {local_name(child.tag): child for child in reversed(element)}
        if "Value" in parts:
            yield parts["Value"].text or ""
        element = parts.get("Subcode")


def _reason(element: etree._Element | None) -> str:
    """Give the reason of SOAP 1.2 in Dutch if it is there, else in the first language."""
    texts = [child for child in element if local_name(child.tag) == "Text"] if element is not None else []
    dutch = [child for child in texts if (child.get(_LANG) or "").casefold().startswith("nl")]
    return next((child.text for child in (*dutch, *texts) if child.text), "")
