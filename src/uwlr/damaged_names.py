"""Names that an encoding or an export damaged: Müller as MÃ¼ller, Zoë as Zo?, René as Ren&eacute;."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

Damage: TypeAlias = Literal["replacement", "mojibake", "entity", "invisible", "question-mark"]
"""What happened: a letter replaced by U+FFFD or the picture of a control character, UTF-8 read as another encoding,
escaped twice, a character that nobody sees, a letter replaced by a question mark."""

_ENTITY: Final = re.compile(r"&(?:#[0-9]+|#x[0-9a-f]+|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_RUN: Final = re.compile(r"[^\x00-\x7f]{2,}")
_BOXES: Final = re.compile("[\u2500-\u259f]")
"""What code page 437 or 850 shows for the first byte of a letter with an accent."""

_SYMBOL: Final = "[\u00a1-\u00a6\u00ac\u00ae\u00bc\u00bd\u00bf\u00d7\u0192]"
_SYMBOLS: Final = re.compile(f"{_SYMBOL}(?=[^\x00-\x7f])|(?<=[^\x00-\x7f]){_SYMBOL}")
"""What it shows for a byte of a letter of another script, beside the picture of another byte."""

_C1: Final = re.compile("[\x80-\x9f]")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00a0\u00ad\u180e\u200b\u200e\u200f\u2028-\u202f\u205f\u2060-\u2064\ufeff]"
)
_REPLACED: Final = re.compile("[\ufffd\u2400-\u2426]")
_JOINERS: Final = re.compile("[\u200c\u200d]")
_JOINED_SCRIPT: Final = re.compile("[\u0590-\u0fff]")
"""Scripts in which the two joiners belong to the spelling."""

_QUESTION: Final = re.compile(r"\w\?|\?\w")


def damage(text: str) -> tuple[Damage, ...]:
    """Tell how a name was damaged; nothing if it looks whole."""
    found: list[Damage] = []
    if not text.isascii():
        if _REPLACED.search(text):
            found.append("replacement")
        if any(seen.search(text) for seen in (_C1, _BOXES, _SYMBOLS)) or any(
            _was_utf8(run) for run in _RUN.findall(text)
        ):
            found.append("mojibake")
    if "&" in text and _ENTITY.search(text):
        found.append("entity")
    if _INVISIBLE.search(text) or (_JOINERS.search(text) and not _JOINED_SCRIPT.search(text)):
        found.append("invisible")
    if "?" in text and _QUESTION.search(text):
        found.append("question-mark")
    return tuple(found)


def _was_utf8(run: str) -> bool:
    """Tell whether a run of letters is what Windows-1252 shows for other letters in UTF-8."""
    octets = bytearray()
    for character in run:
        try:
            octets += character.encode("cp1252")
        except UnicodeEncodeError:
            octets += b"\xff"  # no part of UTF-8, so it ends the letter before it
    for start, octet in enumerate(octets):
        length = 2 if 0xC2 <= octet <= 0xDF else 3 if 0xE0 <= octet <= 0xEF else 4 if 0xF0 <= octet <= 0xF4 else 0
        if length and _decodes(bytes(octets[start : start + length])):
            return True
    return False


def _decodes(octets: bytes) -> bool:
    try:
        return len(octets.decode()) == 1
    except UnicodeDecodeError:
        return False
