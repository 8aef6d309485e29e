"""Where libxml2 refuses what XML Schema allows: white space around a date or a moment.

Source: XML Schema part 2, 4.3.6: the white space of every type but string is collapsed before a value is looked at.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from lxml import etree

from uwlr.schemas import compile_schema

_XS: Final = "http://www.w3.org/2001/XMLSchema"
_NO_DATE: Final = re.compile(
    r"Element '[^']*': '([ \t\r\n].*|.*[ \t\r\n])' is not a valid value of the atomic type 'xs:(date|dateTime)'\.",
    re.DOTALL,
)
_LONGEST_DATE: Final = 200


def is_valid(schema: etree.XMLSchema, element: etree._Element) -> bool:
    """Tell whether an element is what the schema says, white space around dates taken away as it is to be."""
    return schema.validate(element) or all(is_space_around_date(error) for error in schema.error_log)


def is_space_around_date(error: etree._LogEntry) -> bool:
    """Whether libxml2 blames nothing but white space around a date, which XML Schema takes away."""
    found = _NO_DATE.fullmatch(error.message.strip())
    return found is not None and len(found[1]) < _LONGEST_DATE and _is_date(found[2], found[1].strip(" \t\r\n"))


@lru_cache(1024)
def _is_date(base: str, text: str) -> bool:
    element = etree.Element(base)
    element.text = text
    return _dates().validate(element)


@cache
def _dates() -> etree.XMLSchema:
    names = "".join(f'<element name="{base}" type="xs:{base}"/>' for base in ("date", "dateTime"))
    return compile_schema(etree.fromstring(f'<schema xmlns="{_XS}" xmlns:xs="{_XS}">{names}</schema>'))
