"""Names as they are compared: without what systems write differently, and how near two of them are.

A form is for comparing only: what is stored and shown is what the LAS wrote.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

Likeness: TypeAlias = Literal["same", "near", "other", "silent"]
"""How two values compare; silent where one of them was not given."""

PREFIXES: Final = frozenset(
    [
        "aan",
        "bij",
        "d",
        "da",
        "dal",
        "de",
        "del",
        "della",
        "den",
        "der",
        "des",
        "di",
        "die",
        "dos",
        "du",
        "el",
        "het",
        "in",
        "la",
        "las",
        "le",
        "les",
        "los",
        "l",
        "op",
        "s",
        "t",
        "te",
        "ten",
        "ter",
        "thoe",
        "tot",
        "uijt",
        "uit",
        "uyt",
        "van",
        "vande",
        "vanden",
        "vander",
        "vd",
        "vdr",
        "ven",
        "ver",
        "v",
        "vom",
        "von",
        "voor",
        "vooren",
        "z",
        "zu",
        "zum",
        "zur",
    ]
)
"""Tussenvoegsels of Dutch and of its neighbours, and how they are shortened; they decide nothing about a person."""

_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h", "ÿ": "ij"}
)
_APART: Final = re.compile(r"[^\w]+|_+")
_NOTHING: Final = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_SPACES: Final = re.compile(r"\s+")
_SOUNDS: Final = (
    ("sch", "sg"), ("ch", "g"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("qu", "kw"), ("x", "ks"), ("c", "k"),
    ("z", "s"), ("v", "f"), ("dt", "t"), ("ij", "y"), ("ei", "y"), ("uy", "ui"), ("au", "ou"), ("ie", "i"),
)  # fmt: skip
"""What sounds alike in Dutch names and is written in two ways."""
_TWICE: Final = re.compile(r"(.)\1+")
_CACHED: Final = 8192
_SHORT, _MIDDLE = 3, 5
"""Letters up to which no difference, and one difference, is still near."""


class Name(NamedTuple):
    """The name of a person in the form in which it is compared; empty if it was not given."""

    surname: str
    first: str


def tidy(text: str) -> str:
    """Give a name as it is stored: composed letters, single spaces, nothing invisible."""
    if text.isascii() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", _NOTHING.sub("", unicodedata.normalize("NFC", text))).strip()


@lru_cache(_CACHED)
def words(text: str) -> tuple[str, ...]:
    """Take a text apart into words without accents, case, apostrophes and hyphens."""
    if not text.isascii() or "&" in text:
        text = _mended(text).translate(_LETTERS)
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return tuple(word for word in _APART.split(text.casefold().translate(_LETTERS)) if word)


def _mended(text: str) -> str:
    """Undo what an export escaped twice or read in the wrong encoding, as far as that can be told."""
    text = _NOTHING.sub("", html.unescape(text)).replace("Ÿ", "IJ")
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text


@lru_cache(_CACHED)
def surname(achternaam: str | None, voorvoegsel: str | None = None) -> str:
    """Give the form of a surname: its prefixes, wherever they stand, are left out unless nothing else is there."""
    found = words(f"{voorvoegsel or ''} {achternaam or ''}")
    return "".join(word for word in found if word not in PREFIXES) or "".join(found)


@lru_cache(_CACHED)
def joined(text: str | None) -> str:
    """Give the form of a first name, or of the name of a group."""
    return "".join(words(text or ""))


def likeness(one: str, other: str) -> Likeness:
    """Tell how near two forms are.

    Near are two that sound alike, that differ by one slip in four letters or five, by two in longer ones, and one that
    begins or holds the other; names of up to three letters have to sound alike.
    """
    if not one or not other:
        return "silent"
    if one == other:
        return "same"
    short, long = sorted((one.replace("ij", "y"), other.replace("ij", "y")), key=len)
    if short == long or _sound(short) == _sound(long):
        return "near"
    if len(short) >= _SHORT and (long.startswith(short) or long.endswith(short)):
        return "near"
    if len(short) == 1 and long.startswith(short):
        return "near"  # an initial
    if len(short) <= _SHORT or (len(short) <= _MIDDLE and short[0] != long[0]):
        return "other"
    return "near" if slips(short, long, 1 if len(short) <= _MIDDLE else 2) else "other"


@lru_cache(_CACHED)
def _sound(form: str) -> str:
    for written, sound in _SOUNDS:
        form = form.replace(written, sound)
    return _TWICE.sub(r"\1", form)


def slips(one: str, other: str, most: int) -> bool:
    """Tell whether at most so many slips (a letter more, less, other, or two swapped) lie between two words."""
    if abs(len(one) - len(other)) > most:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, mine in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, yours in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (mine != yours))
            if i > 1 and j > 1 and mine == other[j - 2] and one[i - 2] == yours:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
    return row[-1] <= most
