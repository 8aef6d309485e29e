"""Ways to write one and the same answer: all valid XML, all seen in the field, each fatal to some reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from lxml import etree

from uwlr import norm
from uwlr.codec.parser import parse

Form = Callable[[bytes], bytes]
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_TEXT: Final = re.compile(r"(<(?:achternaam|roepnaam|naam)>)([^<]*)(</)")


def other_prefixes(envelope: bytes) -> bytes:
    """Every element with a prefix, and another prefix for the envelope."""
    root = parse(envelope)
    names = {norm.SOAP_ENVELOPE: "SOAP-ENV", norm.LEERLINGGEGEVENS: "ns2", norm.LEERRESULTATEN: "ns3"}
    return _document(_copied(root, {prefix: uri for uri, prefix in names.items()}))


def laid_out(envelope: bytes) -> bytes:
    """Each element on a line of its own, with comments in between, and Windows line ends."""
    root = parse(envelope)
    etree.indent(root, "    ")
    for place, element in enumerate(list(root.iter("{*}leerling", "{*}groep"))):
        if place % 5 == 0:
            element.addprevious(etree.Comment(" <leerling key='x'> "))
    return _document(root).replace(b"\n", b"\r\n")


def cdata_and_references(envelope: bytes) -> bytes:
    """Names in CDATA, or with each letter as a number."""
    text = envelope.decode()
    place = 0

    def write(found: re.Match[str]) -> str:
        nonlocal place
        place += 1
        plain = found[2].replace("&amp;", "&")
        if place % 2:
            return f"{found[1]}<![CDATA[{plain}]]>{found[3]}"
        return f"{found[1]}{''.join(f'&#x{ord(letter):x};' for letter in plain)}{found[3]}"

    return _TEXT.sub(write, text).encode()


def single_quotes(envelope: bytes) -> bytes:
    """Attributes in single quotes, with white space in tags, the last attribute first."""
    text = re.sub(r'([\w:.-]+)="([^"\']*)"', r"\1='\2'", envelope.decode())
    text = re.sub(r"(<(?:leerling|leerkracht)) (key='[^']*') (eckid='[^']*')", r"\1\n  \3  \2 ", text)
    return re.sub(r"<(groep|samengestelde_groep) (key='[^']*')/>", r"<\1  \2 ></\1 >", text).encode()


def latin_1(envelope: bytes) -> bytes:
    """Another encoding, declared; what it lacks as character references."""
    text = envelope.decode().replace('encoding="UTF-8"', 'encoding="ISO-8859-1"', 1)
    return text.encode("iso-8859-1", "xmlcharrefreplace")


def utf_16(envelope: bytes) -> bytes:
    """UTF-16 with a byte order mark."""
    return envelope.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"', 1).encode("utf-16")


def more_attributes(envelope: bytes) -> bytes:
    """Attributes of XML Schema, and namespaces that nothing uses, as toolkits write them."""
    root = parse(envelope)
    for element in root.iter("{*}leerlinggegevens_antwoord"):
        element.set(f"{{{_XSI}}}schemaLocation", f"{norm.LEERLINGGEGEVENS} UWLR_Leerlinggegevens_v2p2.xsd")
    return _document(
        _copied(root, {None: norm.LEERLINGGEGEVENS, "xsi": _XSI, "xsd": "http://www.w3.org/2001/XMLSchema"})
    )


def _copied(root: etree._Element, nsmap: dict[str | None, str] | dict[str, str]) -> etree._Element:
    """The same tree under other declarations."""
    made: etree._Element = etree.Element(root.tag, attrib=dict(root.attrib), nsmap=nsmap)
    made.text, made.tail = root.text, root.tail
    for child in root:
        made.append(_copied(child, nsmap) if isinstance(child.tag, str) else child)
    return made


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
