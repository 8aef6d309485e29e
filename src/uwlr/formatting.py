"""A message with a line for each element, so that a finding has a line of its own; no value changes."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from uwlr.codec.parser import parse
from uwlr.written_values import encoding_of

_PART: Final = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')+>|[^<]+", re.DOTALL
)
_PRESERVE: Final = re.compile(r"\sxml:space\s*=\s*[\"']preserve[\"']")
_SPACE: Final = " \t\r\n"
_INDENT: Final = "  "


def pretty(data: bytes) -> bytes:
    """Write each element of a message on a line of its own, indented by its depth.

    Only white space between elements changes, where no text stands beside them: tags, values, comments, prefixes, order
    and encoding stay as they are written. A message that came out of this comes out the same again.

    Raises:
        NotXml: it is not well-formed, or has a DOCTYPE.
    """
    parse(data)
    encoding, mark = encoding_of(data)
    text = data[len(mark) :].decode(encoding, "surrogateescape")
    made = "".join(
        part.text if part.inside.is_kept else f"\n{_INDENT * part.depth}{part.text}"
        for part in _parts(text)
        if part.inside.is_kept or part.text.strip(_SPACE)
    )
    return mark + f"{made.lstrip(_SPACE)}\n".encode(encoding, "surrogateescape")


class _Element:
    """What is known of an element: whether elements are in it, text, and whether its white space means something."""

    def __init__(self, *, preserved: bool) -> None:
        self.preserved = preserved
        self.nests = False
        self.has_text = False

    @property
    def is_kept(self) -> bool:
        """Whether what is in it stays as it is written."""
        return self.preserved or self.has_text or not self.nests


class _Part(NamedTuple):
    """A tag, a text, a comment or an instruction, the element that holds it, and its depth."""

    text: str
    inside: _Element
    depth: int


def _parts(text: str) -> list[_Part]:
    document = _Element(preserved=False)
    document.nests = True
    open_elements = [document]
    found = []
    for part in _PART.findall(text):
        inside = open_elements[-1]
        if part.startswith("</"):
            open_elements.pop()
        found.append(_Part(part, inside, len(open_elements) - 1))
        if not part.startswith("<") or part.startswith("<!["):
            inside.has_text = inside.has_text or bool(part.strip(_SPACE))
        elif part[1] not in "/!?":
            inside.nests = True
            if not part.endswith("/>"):
                open_elements.append(_Element(preserved=inside.preserved or _PRESERVE.search(part) is not None))
    return found
