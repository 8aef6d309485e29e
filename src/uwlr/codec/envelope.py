"""SOAP 1.1 envelopes: what is inside, and faults.

Source: SOAP 1.1 (W3C note of 8 May 2000), sections 4 and 4.4.
"""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

from uwlr import norm
from uwlr.codec.parser import local_name, parse
from uwlr.errors import ClientFault, Fault, NotSoap, ServerFault
from uwlr.foutcodes import Foutcode

ENVELOPE = f"{{{norm.SOAP_ENVELOPE}}}Envelope"
HEADER = f"{{{norm.SOAP_ENVELOPE}}}Header"
BODY = f"{{{norm.SOAP_ENVELOPE}}}Body"
FAULT = f"{{{norm.SOAP_ENVELOPE}}}Fault"
ENVELOPE_12 = f"{{{norm.SOAP12_ENVELOPE}}}Envelope"


class Opened(NamedTuple):
    """The header of an envelope, where there is one, and the one element in its body."""

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
        raise NotSoap(f"the root element is {local_name(root.tag)}, not a SOAP 1.1 Envelope")
    bodies = root.findall(BODY)
    if len(bodies) != 1:
        raise NotSoap(f"an envelope has one Body, this one has {len(bodies)}")
    children = list(bodies[0])
    if len(children) != 1:
        raise NotSoap(f"a Body has one element, this one has {len(children)}")
    return Opened(root.find(HEADER), children[0])


def body_document(data: bytes) -> bytes:
    """Give what stands in the body of an envelope as a UTF-8 document of its own, as it came but for comments.

    Raises:
        NotXml, NotSoap: no envelope with one element in its body.
    """
    return etree.tostring(open_envelope(parse(data)).body, encoding="UTF-8", xml_declaration=True, with_tail=False)


def read_fault(element: etree._Element, *, http_status: int | None = None) -> Fault:
    """Turn a Fault element into the error it stands for.

    The code is compared by its local part after the last colon, so every prefix, and none, will do. Children are
    found in no namespace, as SOAP 1.1 has them, and in the envelope's, as some servers write them.
    """
    faultcode = _child_text(element, "faultcode") or ""
    text = _child_text(element, "faultstring") or ""
    code = Foutcode.parse(faultcode)
    detail = _child(element, "detail")
    detail_text = "".join(detail.itertext()).strip() if detail is not None else None
    blames_server = code.partition(".")[0].casefold() == "server"
    kind = ServerFault if blames_server else ClientFault
    return kind(code, text.strip(), detail=detail_text, http_status=http_status)


def _child(element: etree._Element, name: str) -> etree._Element | None:
    found = element.find(name)
    return found if found is not None else element.find(f"{{{norm.SOAP_ENVELOPE}}}{name}")


def _child_text(element: etree._Element, name: str) -> str | None:
    child = _child(element, name)
    return child.text if child is not None else None
