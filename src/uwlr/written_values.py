"""The values of a message as they are written: each can be changed where it stands, and no other byte is.

Tags, white space, CDATA, references, comments and damage stay. A message is read once and in parts, so that its size
does not matter. Whether it is XML does not matter either: what cannot be told apart is taken for words of a program.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final, NamedTuple, TypeAlias

from uwlr.berichten import ROOTS, Autorisatie
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Alternative, Bericht, Simple, element_tag, table

_ENVELOPE: Final = frozenset({"Envelope", "Header", "Body", "Fault"})
_MOST_HELD: Final = 1 << 20
"""Characters that are waited for where something that began does not end."""
_HEAD: Final = 256
"""Bytes of a document that tell its encoding."""

_TAG: Final = re.compile(r"<[^!?/<>\s](?:[^<>\"']++|\"[^\"]*\"|'[^']*')*+>")
_CLOSE: Final = re.compile(r"</[^<>]*>")
_NAME: Final = re.compile(r"</?\s*([^\s/>]+)")
_ATTRIBUTE: Final = re.compile(r"(\s)([^\s=\"'<>/]+)(\s*=\s*)(\"[^\"]*\"|'[^']*')")
_REFERENCE: Final = re.compile(r"&#x([0-9A-Fa-f]{1,6});|&#([0-9]{1,7});|&(\w+);|(.)", re.DOTALL)
_DECLARATION: Final = re.compile(r"<\?xml\s[\w\s.=\"'-]*\?>")
_DECLARED: Final = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']""")
_SPECIAL: Final = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))


class Spot(NamedTuple):
    """Where a value stands.

    Attributes:
        parent: the element around that of the value, by its local name.
        element: the element.
        attribute: the attribute, as it is written; empty for the text of the element.
        simple: the simple type that the field tables have for it.
        by_name: whether only the name is known, and not in this parent.
        words: whether it is text of a program or between messages: of a fault, a page, a comment.
    """

    parent: str
    element: str
    attribute: str = ""
    simple: Simple | None = None
    by_name: bool = False
    words: bool = False


Change: TypeAlias = Callable[[str, Spot], str]
"""Gives what takes the place of a value."""

OUTSIDE: Final = Spot("", "", words=True)
"""Where text stands that is in no element."""


class Rewriting:
    """Changes the values of one document, a part at a time.

    Args:
        change: gives what takes the place of a value.
    """

    def __init__(self, change: Change) -> None:
        self._change = change
        self._raw = b""
        self._text = ""
        self._path: list[tuple[str, bool]] = []
        self._decoder: codecs.IncrementalDecoder | None = None
        self._encoding = "utf-8"

    def feed(self, data: bytes) -> bytes:
        """Take a part, and give what is ready."""
        if self._decoder is None:
            self._raw += data
            return self._begin() if len(self._raw) >= _HEAD else b""
        self._text += self._decoder.decode(data)
        return self._ready(last=False)

    def close(self) -> bytes:
        """Give the rest."""
        made = self._begin() if self._decoder is None else b""
        if self._decoder is not None:
            self._text += self._decoder.decode(b"", final=True)
        return made + self._ready(last=True)

    def _begin(self) -> bytes:
        self._encoding, mark = encoding_of(self._raw)
        handler = "replace" if "16" in self._encoding or "32" in self._encoding else "surrogateescape"
        self._decoder = codecs.getincrementaldecoder(self._encoding)(handler)
        self._text = self._decoder.decode(self._raw[len(mark) :])
        self._raw = b""
        return mark + self._ready(last=False)

    def _ready(self, *, last: bool) -> bytes:
        text, place, made = self._text, 0, []
        absent: set[str] = set()
        while place < len(text):
            end = _end(text, place, absent, last=last)
            if end is None:
                break
            made.append(self._written(text[place:end]))
            place = end
        self._text = text[place:]
        return "".join(made).encode(self._encoding, _HANDLER)

    def _written(self, part: str) -> str:
        if part[0] != "<" or part == "<":
            return rewritten(part, self._change, self._spot()) if part.strip() else part
        for start, end in _SPECIAL:
            if part.startswith(start) and part.endswith(end):
                return self._special(part, start, end)
        if part.startswith("<!"):
            return "<!" + self._words(part[2:-1]) + ">"
        if part.startswith("</"):
            if self._path:
                self._path.pop()
            return part
        self._push(_local(part))
        made = _ATTRIBUTE.sub(self._attribute, part)
        if part.endswith("/>"):
            self._path.pop()
        return made

    def _special(self, token: str, start: str, end: str) -> str:
        inside = token[len(start) : -len(end)]
        if start == "<?":
            return token if _DECLARATION.fullmatch(token) else f"<?{self._words(inside)}?>"
        if start == "<!--":
            return f"<!--{self._words(inside)}-->"
        return f"<![CDATA[{self._change(inside, self._spot()) if inside.strip() else inside}]]>"

    def _words(self, text: str) -> str:
        return self._change(text, OUTSIDE) if text.strip() else text

    def _push(self, name: str) -> None:
        inside = self._path[-1][1] if self._path else False
        page = name.lower() == "html" or (name.lower() == "head" and self._path[-1:] != [("Envelope", False)])
        self._path.append((name, inside or page or name == "Fault"))

    def _spot(self) -> Spot:
        if not self._path:
            return OUTSIDE
        name, program = self._path[-1]
        return _text_at(self._path[-2][0] if len(self._path) > 1 else "", name, program)

    def _attribute(self, found: re.Match[str]) -> str:
        before, name, equals, quoted = found.groups()
        spot = _attribute_at(*self._path[-1], name)
        return f"{before}{name}{equals}{quoted[0]}{rewritten(quoted[1:-1], self._change, spot)}{quoted[0]}"


def rewrite(data: bytes, change: Change) -> bytes:
    """Change the values of a document."""
    rewriting = Rewriting(change)
    return rewriting.feed(data) + rewriting.close()


def _end(text: str, place: int, absent: set[str], *, last: bool) -> int | None:
    """Give where a token ends that begins here; None if that is still to come.

    Args:
        text: what there is.
        place: where the token begins.
        absent: ends that come nowhere any more; what is found to be absent is added, so that nothing is sought twice.
        last: whether there is no more text.
    """
    if text[place] != "<":
        end = text.find("<", place)
        if end < 0:
            return len(text) if last or len(text) - place > _MOST_HELD else None
        return end
    wait = not last and len(text) - place < _MOST_HELD
    if wait and len(text) - place < len("<![CDATA["):
        return None
    for start, close in _SPECIAL:
        if text.startswith(start, place):
            closed = _sought(text, close, place + len(start), absent)
            return closed if closed is not None or wait else place + 1
    if text.startswith("<!", place):
        closed = _sought(text, ">", place, absent)
        return closed if closed is not None or wait else place + 1
    found = (_CLOSE if text.startswith("</", place) else _TAG).match(text, place)
    if found is not None:
        return found.end()
    return None if wait else place + 1


def _sought(text: str, close: str, place: int, absent: set[str]) -> int | None:
    """Give where the next end of a token stops; None if there is none."""
    end = -1 if close in absent else text.find(close, place)
    if end < 0:
        absent.add(close)
        return None
    return end + len(close)


def rewritten(raw: str, change: Change, spot: Spot) -> str:
    """Change the meaning of a value, and keep the way it was written: references stay references."""
    if "&" not in raw:
        return change(raw, spot)
    pieces: list[tuple[str, str]] = []
    for hexadecimal, decimal, named, plain in _REFERENCE.findall(raw):
        if hexadecimal or decimal:
            pieces.append(_numbered(hexadecimal, decimal))
        elif named:
            pieces.append((html.unescape(f"&{named};"), f"&{named};"))
        else:
            pieces.append((plain, ""))
    made = change("".join(character for character, _ in pieces), spot)
    if len(made) == len(pieces):
        return "".join(
            form.format(ord(new)) if "{" in form else form or new for new, (_, form) in zip(made, pieces, strict=True)
        )
    # A longer value: each kind of character is written as the first of its kind was.
    forms: dict[str, str] = {}
    for character, form in pieces:
        forms.setdefault(_alike(character), form)
    return "".join(_as_reference(new, forms.get(_alike(new), "")) for new in made)


def _numbered(hexadecimal: str, decimal: str) -> tuple[str, str]:
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    character = chr(code) if code < 0x110000 else "\ufffd"
    return character, "&#x{:x};" if hexadecimal else "&#{};"


def _alike(character: str) -> str:
    return "letter" if character.isascii() and character.isalnum() else "other" if character.isalnum() else character


def _as_reference(character: str, form: str) -> str:
    if "{" in form:
        return form.format(ord(character))
    if character in "&<>\"'" and form:
        return form
    return html.escape(character, quote=False)


@lru_cache(maxsize=4096)
def _text_at(parent: str, element: str, program: bool) -> Spot:
    if program or element in _ENVELOPE:
        return Spot(parent, element, words=True)
    elements = _tables()[0]
    exact = elements.get((parent, element), elements.get((_ANYWHERE, element)))
    simple = exact if exact is not None else elements.get(("", element))
    return Spot(parent, element, simple=simple, by_name=exact is None)


@lru_cache(maxsize=4096)
def _attribute_at(element: str, program: bool, name: str) -> Spot:
    simple = _tables()[1].get((element, name))
    return Spot("", element, name, simple, words=program or element in _ENVELOPE)


def _local(tag: str) -> str:
    found = _NAME.match(tag)
    return found[1].rpartition(":")[2] if found else ""


def encoding_of(data: bytes) -> tuple[str, bytes]:
    """Tell the encoding of a document from its beginning, and its byte order mark."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return name, mark
    for start, name in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if data.startswith(start):
            return name, b""
    found = _DECLARED.match(data[:_HEAD])
    try:
        name = codecs.lookup(found[1].decode()).name if found else "utf-8"
        # What was read up to here is ASCII, and "text" of Python's own codecs (rot13, hex) is none.
        usable = "<é".encode(name, "ignore")[:1] == b"<" and codecs.getincrementaldecoder(name)
    except (LookupError, TypeError, ValueError, UnicodeError):
        usable = None
    return (name, b"") if usable else ("iso-8859-1", b"")


def _surrogate_or_reference(error: UnicodeError) -> tuple[bytes | str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    if "\udc80" <= character <= "\udcff":
        return bytes([ord(character) - 0xDC00]), error.start + 1
    return f"&#{ord(character)};", error.start + 1


_HANDLER: Final = "uwlr.written"
codecs.register_error(_HANDLER, _surrogate_or_reference)

Place: TypeAlias = tuple[str, str]

_ANYWHERE: Final = "*"
"""In place of a parent: an element with a content of its own, wherever it stands."""


@cache
def _tables() -> tuple[dict[Place, Simple], dict[Place, Simple]]:
    """The simple type of each element, by its parent, and of each attribute, by its element."""
    elements: dict[Place, Simple] = {}
    attributes: dict[Place, Simple] = {}
    seen: set[tuple[type[Bericht], str]] = set()
    roots: tuple[type[Bericht], ...] = (*ROOTS, Autorisatie)
    for cls in roots:
        _visit(cls, element_tag(cls).rpartition("}")[2], elements, attributes, seen)
    return elements, attributes


def _visit(
    cls: type[Bericht],
    name: str,
    elements: dict[Place, Simple],
    attributes: dict[Place, Simple],
    seen: set[tuple[type[Bericht], str]],
) -> None:
    # What a private extension holds is not known.
    if (cls, name) in seen or issubclass(cls, RawElement):
        return
    seen.add((cls, name))
    for field in table(cls).fields:
        for alternative in field.alternatives:
            if field.kind == "attribute" and alternative.simple is not None:
                attributes[name, field.wire] = alternative.simple
            elif field.kind == "content" and alternative.simple is not None:
                elements[_ANYWHERE, name] = alternative.simple
            else:
                _visit_element(name, alternative, elements, attributes, seen)


def _visit_element(
    parent: str,
    alternative: Alternative,
    elements: dict[Place, Simple],
    attributes: dict[Place, Simple],
    seen: set[tuple[type[Bericht], str]],
) -> None:
    if alternative.simple is not None:
        if alternative.reference:
            attributes[alternative.wire, "key"] = alternative.simple
        else:
            elements[parent, alternative.wire] = alternative.simple
            elements.setdefault(("", alternative.wire), alternative.simple)
    if alternative.cls is not None:
        _visit(alternative.cls, alternative.wire, elements, attributes, seen)


def code_list_of(parent: str, element: str) -> frozenset[str]:
    """Give the codes of a field; none if it holds no code, or is not known."""
    simple = _text_at(parent, element, False).simple
    return frozenset(simple.codes) if simple is not None else frozenset()


def names_of_fields() -> frozenset[str]:
    """Give the names of all elements and attributes that the field tables know."""
    elements, attributes = _tables()
    return frozenset(name for place in (*elements, *attributes) for name in place if name not in {"", _ANYWHERE})
