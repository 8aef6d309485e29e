"""A hardened XML parser: no DOCTYPE, no entities, no network, bounded depth."""

from __future__ import annotations

import re
from typing import Any, BinaryIO
from xml.parsers import expat

from lxml import etree

from uwlr.errors import NotXml

HEAD = 1 << 16
"""Bytes looked at to find a DOCTYPE before the root element; XML that has more before its root is refused."""

SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""Options of lxml's parsers, `iterparse` included."""

MOST_ATTRIBUTES = 256
"""Attributes of one element; the standard has three at most."""


_ROOT_COMES_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml [^<>]*\?>)?[ \t\r\n]*<[A-Za-z_]")
"""The beginning of a document that has nothing before its root, so no DOCTYPE either."""
_LARGE = 1 << 20
_FEWEST_BYTES_A_TAG = 6
"""The densest message there can be has seven: `<rol>VAK</rol>` is fourteen bytes for two tags."""


class _RootReachedError(Exception):
    pass


def check_head(head: bytes) -> None:
    """Refuse a DOCTYPE before any of it is acted upon.

    Raises:
        NotXml: there is a DOCTYPE, no root element within the head, or text that is not XML.
    """
    if _ROOT_COMES_FIRST.match(head):
        return
    parser = expat.ParserCreate()

    def doctype(*_: object) -> None:
        raise NotXml(
            "a DOCTYPE is refused: UWLR messages have none, and entities in it can do harm",
            line=parser.CurrentLineNumber,
            column=parser.CurrentColumnNumber + 1,
        )

    def root(*_: object) -> None:
        raise _RootReachedError

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = root
    try:
        parser.Parse(head, len(head) < HEAD)
    except _RootReachedError:
        return
    except expat.ExpatError as error:
        raise _expat_problem(error, empty=not head.strip()) from None
    except (LookupError, ValueError, UnicodeError):
        raise NotXml("the encoding it declares is not known") from None
    raise NotXml(f"no element within the first {HEAD} bytes")


def _expat_problem(error: expat.ExpatError, *, empty: bool) -> NotXml:
    reason = "empty" if empty else expat.ErrorString(error.code)
    return NotXml(f"not well-formed XML: {reason}", line=error.lineno, column=error.offset + 1)


def xml_parser(**more: Any) -> etree.XMLParser[etree._Element]:
    """Make a parser with the settings that every document of this library is read with."""
    parser: etree.XMLParser[etree._Element] = etree.XMLParser(**SAFE, **more)
    return parser


def parse(data: bytes) -> etree._Element:
    """Parse a document into a tree.

    Raises:
        NotXml: not well-formed, a DOCTYPE, beyond the parser's limits (depth 256, 10 MB of text in one place), or a
            large document of hardly more than tags, whose tree would take fifty times its size.
    """
    check_head(data[:HEAD])
    if len(data) > _LARGE and data.count(b"<") * _FEWEST_BYTES_A_TAG > len(data):
        raise NotXml("a large document that is all tags, which no message is")
    parser = xml_parser()
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise explain(data, error) from None
    # An undeclared prefix goes by lxml unseen where a warning about another namespace comes after it.
    for found in parser.error_log.filter_from_errors():
        raise NotXml("a prefix that is declared nowhere, or another error of namespaces", line=found.line, column=1)
    return root


def attributes(element: etree._Element) -> list[tuple[str, str]]:
    """Give the attributes of an element.

    Raises:
        NotXml: it has more than `MOST_ATTRIBUTES`. lxml looks each one up by a walk past those before it, so that an
            element with very many would keep it busy for minutes.
    """
    if len(element.keys()) > MOST_ATTRIBUTES:
        raise NotXml(f"an element has more than {MOST_ATTRIBUTES} attributes", line=element.sourceline, column=1)
    return element.items()


def local_name(name: object) -> str:
    """Give the local part of a tag or an attribute's name.

    Unlike `etree.QName` it takes every name that libxml2 lets through. That knows more letters than lxml does, and of a
    document that is still coming in it hands over elements with an undeclared prefix as `x:name`, to refuse them only
    at the end.
    """
    return str(name).rpartition("}")[2]


def namespace_of(name: object) -> str:
    """Give the namespace of a tag or an attribute's name, empty where it has none; as `local_name`."""
    return str(name).rpartition("}")[0][1:]


def explain(source: bytes | BinaryIO, error: etree.XMLSyntaxError) -> NotXml:
    """Describe a syntax error without quoting the message: libxml2's own text can hold a name or a number."""
    parser = expat.ParserCreate()
    try:
        if isinstance(source, bytes):
            parser.Parse(source, True)
        else:
            source.seek(0)
            parser.ParseFile(source)
    except expat.ExpatError as found:
        return _expat_problem(found, empty=False)
    except (LookupError, ValueError, UnicodeError, OSError):
        pass
    line, column = error.position
    return NotXml("not well-formed XML, or beyond the limits of the parser", line=line, column=column)
