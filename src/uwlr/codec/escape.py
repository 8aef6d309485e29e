"""Escaping for XML, and the characters XML does not have."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
_ATTRIBUTE = {**_TEXT, ord('"'): "&quot;", ord("\t"): "&#9;", ord("\n"): "&#10;"}
_ORDINARY = bytes(b for b in range(0x20, 0x100) if b not in b'&<>"')


def is_ordinary(joined: str) -> bool:
    """Tell whether a text, of any length, has no character that needs care: two passes at C speed.

    The two characters beyond ASCII are looked for in the text, not in its bytes: Python knows at once that text in
    ASCII does not hold them.
    """
    try:
        data = joined.encode()
    except UnicodeEncodeError:
        return False
    return not data.translate(None, _ORDINARY) and "\ufffe" not in joined and "\uffff" not in joined


def illegal_character(text: str) -> str | None:
    """Give the first character that XML 1.0 cannot hold, as U+XXXX; None if there is none."""
    match = _ILLEGAL.search(text)
    return f"U+{ord(match[0]):04X}" if match else None


def escape_text(text: str) -> str:
    """Escape element content."""
    return text.translate(_TEXT)


def escape_attribute(text: str) -> str:
    """Escape an attribute value, white space included."""
    return text.translate(_ATTRIBUTE)
