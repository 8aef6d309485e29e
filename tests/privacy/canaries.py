"""Marked values, and finding them again in whatever form a text has them."""

from __future__ import annotations

import base64
import re

WORD = "Kanarie7q"
"""Letters and a digit only, so that URLs, XML and JSON do not change it; texts around it hold what they do change."""

_SURE = 8
"""Letters of base64 that do not come about by chance."""


def marked(number: int | str = "") -> str:
    """Give a value with the mark in it, beside characters that are written differently in XML, URLs and JSON."""
    return f"{WORD}{number} & <é>"


def find(text: str, words: tuple[str, ...] = (WORD,)) -> list[str]:
    """Give where a text holds one of the words, in any case: plain, in base64 or in hexadecimal.

    URLs, XML, JSON and Python's own notation leave the words as they are.
    """
    found = []
    for word in words:
        for form in _forms(word):
            found += [text[max(0, m.start() - 60) : m.end() + 20] for m in re.finditer(re.escape(form), text)]
        for m in re.finditer(re.escape(word), text, re.IGNORECASE):
            found.append(text[max(0, m.start() - 60) : m.end() + 20])
    return found


def _forms(word: str) -> set[str]:
    data = word.encode()
    # What base64 makes of a text depends on where in a group of three bytes it begins.
    shifted = (base64.b64encode(b"\0" * shift + data) for shift in range(3))
    middles = {code.decode()[4 if shift else 0 : -4] for shift, code in enumerate(shifted)}
    # Four letters of it stand in any ciphertext of some length by chance.
    return {middle for middle in middles if len(middle) >= _SURE} | {data.hex(), data.hex().upper()}
