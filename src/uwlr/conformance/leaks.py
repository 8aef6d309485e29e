"""What an answer gives away: something of the program, a key, a person."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from uwlr.conformance.masking import Persons

SHORTEST_KEY: Final = 6
_LONG_KEY: Final = 12
_RARE: Final = 3
_INSIDE: Final = re.compile(
    rb"Traceback \(most recent|^\s+at [\w$.<>`]+\(|\bat [\w$]+(?:\.[\w$<>]+)+\("
    rb"|\.(?:java|cs|php|py|rb|go|js|vb|pl):(?:line )?\d+|\.(?:cs|vb|php|phtml|inc|pl|py|rb)\W{1,12}(?:on )?line \d+"
    rb"|(?:java|javax|org|com|nl)\.[\w.]+(?:Exception|Error)\b|\b[A-Z]\w+(?:\.[A-Z]\w+)*\.\w+Exception\b"
    rb"|/(?:var|srv|home|opt|usr|app|etc)/[\w./-]{3,}|\b[A-Za-z]:\\[\w\\. -]{3,}|\\\\[\w.-]+\\\w+|goroutine \d+ \["
    rb"|ORA-\d{5}|SQLSTATE|\bSELECT\b.{1,80}\bFROM\b|(?:Password|Pwd|User Id)\s*=|\bjdbc:\w+:|error in your SQL syntax"
    rb"|\brelation \S+ does not exist|\b(?:PRIMARY|FOREIGN|UNIQUE) KEY constraint|\bdbo\.\w"
    rb"|Access violation at address",
    re.MULTILINE | re.DOTALL,
)
_ADDRESS: Final = re.compile(rb"https?://[^\s<>\"']+")
"""The path of a web address is no path of a file."""


def shows_inside(text: bytes) -> bool:
    """Whether a stack trace, a file path or something of a database stands in a text."""
    return _INSIDE.search(_ADDRESS.sub(b" ", text)) is not None


def repeats(key: str, text: bytes) -> bool:
    """Whether a key stands in a text, whole or nearly whole: as it is, escaped, encoded, in other capitals."""
    text = text.lower()
    if b"&#" in text:
        text += html.unescape(text.decode("utf-8", "replace")).lower().encode()
    return any(form.lower() in text for form in _forms(key) if len(form) >= SHORTEST_KEY)


def _forms(key: str) -> Iterator[bytes]:
    yield key.encode()
    yield quote(key).encode()
    yield base64.b64encode(key.encode())
    yield key.encode().hex().encode()
    yield key.replace("-", "").encode()
    yield key.encode("utf-16-le")
    if len(key) >= _LONG_KEY:  # who has three quarters of it can guess the rest
        part = len(key) * 3 // 4
        yield key[:part].encode()
        yield key[-part:].encode()


def names_somebody(text: str, asked: str, persons: Persons) -> bool:
    """Whether a person that was seen stands in a text, other than by what the request itself named."""
    words = set(re.findall(r"[^\s<>()\"',;“”]{5,}", text))
    found = (words & persons.values) - set(re.findall(r"[^<>\"]+", asked))
    if any("@" in value or any(character.isdigit() for character in value) for value in found):
        return True
    return any(_both(first, last, text) for first, last in persons.names | persons.born)


def _both(first: str, last: str, text: str) -> bool:
    return (
        len(first) >= _RARE
        and len(last) >= _RARE
        and first in text
        and last in text
        and all(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) is not None for part in (first, last))
    )
