"""How a document and its values are written, whatever they say."""

from __future__ import annotations

import codecs
import re
from typing import Final

from uwlr.drift.differences import Feature

_DECLARATION: Final = re.compile(r"\s*(<\?xml\s[^>]{0,200}\?>)")
_ENCODING: Final = re.compile(r"""(encoding\s*=\s*["'])[^"']*""")
_BETWEEN: Final = re.compile(r">\s+<")
_CLOSED: Final = re.compile(r"(\s?)/>")
_PAIR: Final = re.compile(r"<([\w:.-]+)(?:\s[^<>]*)?></\1\s*>")
_MOMENT: Final = re.compile(r"[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?")
_DAY: Final = re.compile(r"[0-9]{4,}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?")
_PADDING: Final = 1024
"""Characters of white space after the end that no program writes by mistake."""
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/]*/")
_WORD: Final = re.compile(r"([A-Za-z]{3,})[-_.:]?(?=(?:xq|9900|facade00))", re.IGNORECASE)


def whole_form(body: bytes, encoding: str) -> dict[Feature, str]:
    """Tell how a document is written: encoding, declaration, white space, empty elements."""
    text = body.decode(encoding or "utf-8", "replace").removeprefix("\ufeff")
    marked = body.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    found = _DECLARATION.match(text)
    inside = text[found.end() :] if found else text
    end = len(inside.rstrip())
    after = len(inside) - end
    broken = _not_in(body, encoding)
    form: dict[Feature, str] = {
        "encoding": f"{encoding}{', with a mark' if marked else ''}{', broken' if broken else ''}",
        "declaration": _ENCODING.sub(r"\1…", found[1]) if found else "none",
        "white space": "between elements" if _BETWEEN.search(inside[:end]) else "none",
        "after the end": "none" if not after else "padding" if after > _PADDING else "white space",
    }
    empties = {*(f"<a{space}/>" for space in _CLOSED.findall(inside)), *("<a></a>" for _ in _PAIR.finditer(inside))}
    if empties:
        form["empty elements"] = ", ".join(sorted(empties))
    return form


def _not_in(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding or "utf-8")
    except UnicodeError:
        return True
    return False


def value_form(text: str) -> str:
    """Tell how a day or a moment is written; nothing of other values."""
    if found := _MOMENT.fullmatch(text):
        return f"moment{', with a fraction' if found[1] else ''}, {_zone(found[2])}"
    if found := _DAY.fullmatch(text):
        return f"day, {_zone(found[1])}"
    return ""


def _zone(zone: str | None) -> str:
    return "without zone" if zone is None else "Z" if zone == "Z" else "with an offset"


def key_word(value: str) -> str:
    """Give the word that a key begins with, such as `medewerker`; empty if there is none."""
    found = _WORD.match(value.strip())
    return found[1] if found else ""


def key_form(value: str) -> str:
    """Tell what a key looks like, of those that a recording has: their letters are invented, their form is not."""
    bare = value.strip()
    space = ", with white space around it" if bare != value else ""
    address = _ADDRESS.match(bare)
    if address:
        return f"{address[0]}…{space}"
    word = _WORD.match(bare)
    rest = bare[word.end() :] if word else bare
    if rest.isdecimal():
        return f"digits{space}"
    return f"{'hexadecimal digits' if 'facade00' in rest.lower() else 'letters and digits'}{space}"
