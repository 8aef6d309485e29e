"""Elements of a private type: their XML taken out of a message and put into one, with the namespaces it needs.

Source: XML Schema part 1, section 2.6.1 (xsi:type holds a QName); Exclusive XML Canonicalization 1.0.
"""

from __future__ import annotations

from lxml import etree

from uwlr import norm
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import element_tag, wire_name
from uwlr.codec.dialect import Dialect
from uwlr.codec.escape import escape_attribute
from uwlr.codec.parser import local_name, parse
from uwlr.deviations import PrivateType
from uwlr.errors import NotXml
from uwlr.xml_problems import XmlProblem

_XSI_TYPE = f"{{{norm.XSI}}}type"


def private_type(element: etree._Element) -> str | None:
    """Give the type that `xsi:type` names, as `{namespace}name`; None if there is no such attribute."""
    name = element.get(_XSI_TYPE)
    if name is None:
        return None
    prefix, _, local = name.strip(" \t\r\n").rpartition(":")
    namespace = element.nsmap.get(prefix or None)
    return f"{{{namespace}}}{local}" if namespace else local


def standalone(element: etree._Element) -> bytes:
    """Write the element in canonical form with every namespace that it, or a name in its text, rests on.

    Canonical XML drops a prefix that occurs in values only, as in xsi:type, and the fact that there is no default
    namespace; in another message either would change the meaning, so both are written.

    Raises:
        NotXml: a namespace in it is a relative reference.
    """
    values = "\n".join(value for inner in element.iter() for value in _values(inner))
    prefixes = {str(prefix) for inner in element.iter() for prefix in inner.nsmap if prefix}
    kept = sorted(prefix for prefix in prefixes if f"{prefix}:" in values)
    try:
        xml = etree.tostring(element, method="c14n", exclusive=True, inclusive_ns_prefixes=kept)
    except etree.C14NError:
        # Canonical XML 1.0, section 1.1: a document with a relative namespace URI has no canonical form.
        raise NotXml(
            XmlProblem.RELATIVE_NAMESPACE,
            line=element.sourceline,
            column=1,
        ) from None
    in_none = any(not str(inner.tag).startswith("{") for inner in element.iter())
    bare_type = any(":" not in inner.get(_XSI_TYPE, ":") for inner in element.iter())
    if not element.prefix or not (in_none or bare_type):
        return xml
    default = "" if in_none else element.nsmap.get(None) or ""
    name = f"<{element.prefix}:{local_name(element.tag)}".encode()
    return b'%s xmlns="%s"%s' % (name, escape_attribute(default).encode(), xml[len(name) :])


def _values(element: etree._Element) -> list[str]:
    return [*map(str, element.attrib.values()), element.text or "", element.tail or ""]


def written(item: RawElement) -> str:
    """Give the element as it goes into a message.

    Raises:
        NotXml: what it holds is not XML.
    """
    return standalone(parse(item.xml)).decode()


def problem(item: RawElement, dialect: Dialect) -> PrivateType | None:
    """Say why the element cannot be written, None if it can."""
    name = wire_name(type(item)) or ""
    if not dialect.can_hold(item):
        return PrivateType("unregistered", name)
    try:
        element = parse(item.xml)
        standalone(element)
    except NotXml:
        return PrivateType("not-xml", name)
    if element.tag != (name if dialect.bare else element_tag(type(item))):
        return PrivateType("other-element", name)
    if private_type(element) != item.private_type:
        return PrivateType("other-type", name)
    return None
