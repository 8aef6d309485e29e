"""The verdict of the schema: libxml2's alone, but for white space around dates, reached in constant memory."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from lxml import etree

from uwlr import norm, schemas
from uwlr.codec.parser import SAFE, explain
from uwlr.schema_whitespace import is_space_around_date
from uwlr.validation.document import Document

_SOAP_ATTRIBUTE: Final = f"attribute '{{{norm.SOAP_ENVELOPE}}}"


class Verdict(NamedTuple):
    """What libxml2 says.

    Attributes:
        valid: whether the document is what the schema says.
        errors: the number of places where it is not.
        spaces: the number of dates and moments that are valid but for libxml2, which refuses white space around them.
    """

    valid: bool
    errors: int
    spaces: int


class _Target:
    """Takes no events: libxml2 checks, and nothing comes up to Python."""

    def close(self) -> None:
        return None


def verdict(document: Document, versie: str) -> Verdict:
    """Check the document against the schema of a version, or of EDEXML files.

    Raises:
        NotXml: not well-formed.
    """
    target: Any = _Target()
    parser: Any = etree.XMLParser(target=target, schema=schemas.schema(versie), **SAFE)
    try:
        if document.path is not None:
            etree.parse(str(document.path), parser)
        else:
            etree.fromstring(document.data or b"", parser)
    except (etree.XMLSyntaxError, OSError) as error:
        with document.open() as stream:
            raise explain(stream, error) from None
    # Validating while parsing never raises; the log is the only sign.
    errors = spaces = 0
    for entry in parser.error_log:
        if is_space_around_date(entry):
            spaces += 1
        elif not is_of_soap(entry):
            errors += 1
    return Verdict(not errors, errors, spaces)


def is_of_soap(error: etree._LogEntry) -> bool:
    """Whether libxml2 blames an attribute of SOAP, such as mustUnderstand, which may stand on any header."""
    return _SOAP_ATTRIBUTE in error.message
