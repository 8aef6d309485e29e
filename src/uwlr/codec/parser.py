"""A hardened XML parser: no DOCTYPE, no entities, no network, bounded depth."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO
from xml.parsers import expat
from xml.parsers.expat import errors

from lxml import etree

from uwlr.codec import encodings
from uwlr.errors import NotXml
from uwlr.xml_problems import XmlProblem

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

MOST_ATTRIBUTES = 64
"""Attributes of one element; the standard has three at most, and toolkits add a few."""

_MOST_NAMESPACES = 64
"""Namespaces that hold at one place; libxml2 looks at all of them for each part that is written out by itself."""
_LONGEST_NAMESPACE = 256
"""Characters of a namespace; lxml writes it before the name of each element."""
_LONG_VALUE = re.compile(rb"xmlns[^=<>]*+=[ \t\r\n]*+(?:\"[^\"<]{256}|'[^'<]{256})")

_ROOT_COMES_FIRST = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=([\"'])1\.0\1(?: encoding=([\"'])(?i:utf-8|us-ascii|iso-8859-1)\2)?"
    rb"(?: standalone=([\"'])(?:yes|no)\3)? ?\?>)?[ \t\r\n]*<[A-Za-z_]"
)
"""The beginning of a document, in an encoding that is certain, that has no DOCTYPE before its root."""
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
    parser = encodings.expat_parser(head)

    def doctype(*_: object) -> None:
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        raise NotXml(XmlProblem.DOCTYPE, line=line, column=column)

    def root(*_: object) -> None:
        raise _RootReachedError

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = root
    try:
        parser.Parse(head, len(head) < HEAD)
    except _RootReachedError:
        return
    except expat.ExpatError as error:
        raise _described(error, parser, io.BytesIO(head)) from None
    except (LookupError, ValueError, UnicodeError):
        raise NotXml(XmlProblem.UNKNOWN_ENCODING, encoding=encodings.declared(head), line=1, column=1) from None
    raise NotXml(XmlProblem.LATE_ROOT)


def root_tag(head: bytes) -> str | None:
    """Give the tag of the root from the first `HEAD` bytes of a document; None if they are not well-formed.

    Raises:
        NotXml: as `check_head`.
    """
    check_head(head)
    parser = etree.XMLPullParser(events=("start",), **SAFE)
    try:
        parser.feed(head)
    except etree.XMLSyntaxError:
        return None
    return next((str(element.tag) for _, element in parser.read_events()), None)


_BY_CODE = {
    errors.codes[message]: problem
    for message, problem in (
        (errors.XML_ERROR_SYNTAX, XmlProblem.NO_ELEMENT),
        (errors.XML_ERROR_NO_ELEMENTS, XmlProblem.ENDS_EARLY),
        (errors.XML_ERROR_INVALID_TOKEN, XmlProblem.BAD_CHARACTER),
        (errors.XML_ERROR_UNCLOSED_TOKEN, XmlProblem.UNCLOSED_TAG),
        (errors.XML_ERROR_PARTIAL_CHAR, XmlProblem.HALF_A_CHARACTER),
        (errors.XML_ERROR_TAG_MISMATCH, XmlProblem.MISMATCHED_TAG),
        (errors.XML_ERROR_DUPLICATE_ATTRIBUTE, XmlProblem.DUPLICATE_ATTRIBUTE),
        (errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT, XmlProblem.MORE_AFTER_END),
        (errors.XML_ERROR_UNDEFINED_ENTITY, XmlProblem.UNDEFINED_ENTITY),
        (errors.XML_ERROR_MISPLACED_XML_PI, XmlProblem.LATE_DECLARATION),
        (errors.XML_ERROR_XML_DECL, XmlProblem.BAD_DECLARATION),
        (errors.XML_ERROR_UNCLOSED_CDATA_SECTION, XmlProblem.UNCLOSED_CDATA),
        (errors.XML_ERROR_UNBOUND_PREFIX, XmlProblem.UNDECLARED_PREFIX),
        (errors.XML_ERROR_UNKNOWN_ENCODING, XmlProblem.UNKNOWN_ENCODING),
        (errors.XML_ERROR_INCORRECT_ENCODING, XmlProblem.WRONG_ENCODING),
    )
}
"""What expat finds, by its number."""
_LONGEST_CHARACTER = 4


def _described(error: expat.ExpatError, parser: Any, source: BinaryIO) -> NotXml:
    """Say what expat found; `source` is the document, from its start."""
    problem = _BY_CODE.get(error.code, XmlProblem.SYNTAX)
    head = source.read(HEAD)
    if not head.strip():
        problem = XmlProblem.NOTHING
    elif encodings.is_wide(head):
        return NotXml(XmlProblem.UNKNOWN_ENCODING, encoding=encodings.declared(head) or "UTF-32", line=1, column=1)
    elif problem is XmlProblem.BAD_CHARACTER:
        source.seek(0)
        if encodings.is_broken(source, until=parser.ErrorByteIndex + _LONGEST_CHARACTER):
            problem = XmlProblem.WRONG_ENCODING
    return NotXml(problem, encoding=encodings.declared(head), line=error.lineno, column=error.offset + 1)


def xml_parser(**more: Any) -> etree.XMLParser[etree._Element]:
    """Make a parser with the settings that every document of this library is read with."""
    parser: etree.XMLParser[etree._Element] = etree.XMLParser(**SAFE, **more)
    return parser


def parse(data: bytes) -> etree._Element:
    """Parse a document into a tree.

    Raises:
        NotXml: not well-formed, a DOCTYPE, beyond the parser's limits (depth 256, 10 MB of text in one place), too
            many namespaces or one that is too long, or a large document of hardly more than tags, whose tree would
            take fifty times its size.
    """
    check_head(data[:HEAD])
    if len(data) > _LARGE and data.count(b"<") * _FEWEST_BYTES_A_TAG > len(data):
        raise NotXml(XmlProblem.ALL_TAGS)
    parser = xml_parser()
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise explain(data, error) from None
    # lxml misses an undeclared prefix if a warning about another namespace comes after it.
    for found in parser.error_log.filter_from_errors():
        raise NotXml(XmlProblem.UNDECLARED_PREFIX, line=found.line, column=1)
    text = data.replace(b"\0", b"") if b"\0" in data[:HEAD] else data
    if text.count(b"xmlns") > _MOST_NAMESPACES or _LONG_VALUE.search(text):
        for _ in ended(etree.iterwalk(root, events=EVENTS[1:])):
            pass
    return root


EVENTS: Any = ("end", "start-ns", "end-ns")
"""What `ended` has to be given."""


def ended(events: Iterable[tuple[str, Any]]) -> Iterator[etree._Element]:
    """Give the elements that end, out of the `EVENTS` of a document that is being parsed.

    Raises:
        NotXml: too many namespaces, or one that is too long.
        etree.XMLSyntaxError: not well-formed.
    """
    check = _Namespaces()
    for event, found in events:
        if event == "end":
            yield found
        else:
            check.take(event, found)


class _Namespaces:
    """Counts the namespaces that hold."""

    def __init__(self) -> None:
        self._open = 0

    def take(self, event: str, found: Any) -> None:
        """Take an event of lxml.

        Raises:
            NotXml: there are too many, or one is too long.
        """
        self._open += 1 if event == "start-ns" else -1
        if self._open > _MOST_NAMESPACES or (event == "start-ns" and len(found[1]) > _LONGEST_NAMESPACE):
            raise NotXml(XmlProblem.NAMESPACES)


def attributes(element: etree._Element) -> list[tuple[str, str]]:
    """Give the attributes of an element.

    Raises:
        NotXml: it has more than `MOST_ATTRIBUTES`. lxml looks each one up by walking past those before it, so that an
            element with very many would keep it busy for minutes.
    """
    if len(element.keys()) > MOST_ATTRIBUTES:
        raise NotXml(XmlProblem.MANY_ATTRIBUTES, line=element.sourceline, column=1)
    return element.items()


def local_name(name: object) -> str:
    """Give the local part of a tag or an attribute's name.

    Unlike `etree.QName` it takes every name that libxml2 accepts. libxml2 knows more letters than lxml does, and while
    a document is still coming in it hands over elements with an undeclared prefix as `x:name`, to refuse them only at
    the end.
    """
    return str(name).rpartition("}")[2]


def namespace_of(name: object) -> str:
    """Give the namespace of a tag or an attribute's name, empty if it has none; as `local_name`."""
    return str(name).rpartition("}")[0][1:]


def explain(source: bytes | BinaryIO, error: etree.XMLSyntaxError | OSError) -> NotXml:
    """Describe what libxml2 refused without quoting it: its own text can hold a name or a number.

    lxml takes some errors of encoding in a file for errors of input, hence the OSError.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    stream.seek(0)
    head = stream.read(HEAD)
    encoding = encodings.declared(head)
    if encoding is not None and not encodings.is_known(encoding):
        return NotXml(XmlProblem.UNKNOWN_ENCODING, encoding=encoding, line=1, column=1)
    parser = encodings.expat_parser(head)
    try:
        stream.seek(0)
        encodings.feed(parser, stream)
    except expat.ExpatError as found:
        stream.seek(0)
        return _described(found, parser, stream)
    except (LookupError, ValueError, UnicodeError):
        pass
    stream.seek(0)
    problem = XmlProblem.WRONG_ENCODING if encodings.is_broken(stream) else XmlProblem.SYNTAX
    line, column = error.position if isinstance(error, etree.XMLSyntaxError) else (None, None)
    return NotXml(problem, encoding=encoding, line=line, column=column)
