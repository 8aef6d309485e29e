"""Evidence for the eye: one element on a line."""

from __future__ import annotations

import re
from typing import Final

_BETWEEN: Final = re.compile(r"(?<=>)\s*(?=<)")
_BEGINS: Final = re.compile(r"<[^/?!][^>]*[^/]?>$")
_INDENT: Final = "  "


def indented(message: str) -> str:
    """Put each element on a line of its own, as deep as it stands; a message that is no XML stays as it is."""
    depth, lines = 0, []
    for piece in _BETWEEN.split(message):
        if piece.startswith("</"):
            depth = max(0, depth - 1)
        lines.append(_INDENT * depth + piece)
        if _BEGINS.match(piece) and not piece.endswith("/>"):
            depth += 1
    return "\n".join(lines)
