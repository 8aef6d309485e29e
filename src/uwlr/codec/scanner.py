"""Large messages in their usual form, read by shapes: several times faster than by a tree, at the same strictness.

A cursor walks over the text: prolog, envelope, the message's own elements, and list by list its items, in batches
and, from a file, with no more than a window of the text in memory. All of the text has to be matched from the first
character to the last, so nothing that is not well-formed or not in order can slip through. Whatever is unusual ends
in `UnusualError`, and the exact reader starts afresh.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, NamedTuple, cast

from lxml import etree

from uwlr import norm
from uwlr.berichten import ROOTS
from uwlr.berichten.tabel import Alternative, Bericht, Field, element_tag, table, wire_name
from uwlr.codec import envelope
from uwlr.codec.expressions import Names, Shape, UnusualError, run, shape
from uwlr.codec.parser import parse
from uwlr.errors import MessageError
from uwlr.norm import Versie

BATCH = 256
WINDOW = 1 << 18
"""Items, and characters, at hand at once. Larger is no faster, and all memory beyond the messages is made of these."""
_LOOKAHEAD = 1 << 12
_LONGEST = 1 << 24
_HUGE = 10_000_000 // 4
"""Characters of one item beyond which a text in it could exceed libxml2's limit, of as many bytes times four."""
_PROLOG = re.compile(
    r"\ufeff?+(?:<\?xml version=([\"'])1\.0\1(?: encoding=([\"'])[uU][tT][fF]-8\2)?"
    r"(?: standalone=([\"'])(?:yes|no)\3)? ?\?>)?+[ \t\n]*+"
)
_START = re.compile(
    r"[ \t\n]*+<(?:([A-Za-z_][\w.-]*+):)?+([A-Za-z_][\w.-]*+)"
    r"((?: xmlns(?::[A-Za-z_][\w.-]*+)?+=\"(?:https?+://[\w.-]++(?:/[\w./~-]*+)?+(?:#[\w.-]*+)?+|urn:[\w:.-]++)\")*+)"
    r"(/?+)>",
    re.ASCII,
)
_XMLNS = re.compile(r" xmlns(?::([\w.-]+))?=\"([^\"]*)\"")
_SPACE = re.compile(r"[ \t\n]*+")
_RESERVED = {"xml", "xmlns"}
_NAMESPACES = (norm.LEERLINGGEGEVENS, norm.LEERRESULTATEN, norm.TOETSDEFINITIES, norm.OSO)


class Found(NamedTuple):
    """A message, the header that stood before it, and whether there was an envelope around both."""

    bericht: Bericht
    header: etree._Element | None
    enveloped: bool


Batch = tuple[Field, list[Bericht]]
"""The field of a list, and some of its items, in document order."""


def read(data: bytes, *, versie: Versie | None = None, tolerant: bool = False) -> Found | None:
    """Read a message that is all in its usual form; None hands it to the exact reader."""
    pieces = _pieces(data)
    scanner = Scanner("", lambda: next(pieces, ""), versie=versie, tolerant=tolerant)
    try:
        batches = scanner.document(keep=True)
        while True:
            try:
                next(batches)
            except StopIteration as end:
                return Found(cast("Bericht", end.value), scanner.header, scanner.enveloped)
    except (UnusualError, UnicodeDecodeError):
        return None


def _pieces(data: bytes) -> Iterator[str]:
    """Decode window by window: one letter outside Latin-1 doubles the memory of all the text around it."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")(), translate=True)
    for start in range(0, len(data), WINDOW):
        piece = decoder.decode(data[start : start + WINDOW], final=start + WINDOW >= len(data))
        if piece:
            yield piece


class Scanner:
    """Walks over the text of one document. `more` gives the next piece of it, an empty one at the end."""

    def __init__(self, text: str, more: Callable[[], str] | None, *, versie: Versie | None, tolerant: bool) -> None:
        self.text = text
        self.more = more
        self.position = 0
        self.versie = versie
        self.tolerant = tolerant
        self.prefixes: dict[str, str] = {}
        self.names: Names = ()
        self.header: etree._Element | None = None
        self.enveloped = False

    def document(self, *, keep: bool) -> Generator[Batch, None, Bericht | None]:
        """Yield the lists of the message in batches; return the message if it is to be kept.

        Raises:
            UnusualError: the exact reader has to look.
        """
        self._fill()
        prolog = _PROLOG.match(self.text)
        self.position = prolog.end() if prolog is not None else 0
        tag, name, empty = self._start()
        closing: list[str] = []
        if tag == envelope.ENVELOPE and not empty:
            closing.append(name)
            self.enveloped = True
            start = self.text[: self.position]
            self._read_header(start, name)
            tag, name, empty = self._start()
            if tag != envelope.BODY or empty:
                raise UnusualError
            closing.append(name)
            tag, name, empty = self._start()
        cls = _scannable_roots().get(tag)
        if cls is None:
            raise UnusualError
        bericht = yield from self._message(cls, name, empty=empty, keep=keep)
        for outer in reversed(closing):
            self._close(outer)
        self._to_end()
        return bericht

    def _read_header(self, start: str, name: str) -> None:
        """Read a header, which is small, with the parser: between its tags anything may stand."""
        opening = re.compile(rf"[ \t\n]*+<{re.escape(name[: -len('Envelope')])}Header(?=[ />])").match(
            self.text, self.position
        )
        if opening is None:
            return
        end_tag = f"</{name[: -len('Envelope')]}Header>"
        end = self.text.find(end_tag, self.position)
        if end < 0:
            raise UnusualError
        end += len(end_tag)
        segment = self.text[self.position : end]
        if "<!" in segment or "<?" in segment:
            raise UnusualError
        try:
            whole = parse(f"{_PROLOG.sub('', start, count=1)}{segment}</{name}>".encode())
        except MessageError:
            raise UnusualError from None
        if len(whole) != 1:
            raise UnusualError
        self.header = whole.find(envelope.HEADER)
        self.position = end

    def _start(self) -> tuple[str, str, bool]:
        """Step into an element: its tag, its name as written, and whether it is already closed."""
        self._look_ahead()
        match = _START.match(self.text, self.position)
        if match is None:
            raise UnusualError
        prefix, local, declarations, slash = match.groups()
        found = dict(_XMLNS.findall(declarations))
        if len(found) < declarations.count("=") or found.keys() & _RESERVED or any(map(_is_reserved, found.values())):
            raise UnusualError
        self.prefixes |= found
        self.position = match.end()
        namespace = self.prefixes.get(prefix or "")
        if namespace is None:
            raise UnusualError
        self._set_names(prefix or "", namespace)
        name = f"{prefix}:{local}" if prefix else local
        return f"{{{namespace}}}{local}", name, bool(slash)

    def _set_names(self, prefix: str, namespace: str) -> None:
        by_namespace = {uri: p for p, uri in self.prefixes.items() if uri in _NAMESPACES}
        if namespace in _NAMESPACES:
            by_namespace[namespace] = prefix
        self.names = tuple(sorted((uri, f"{p}:" if p else "") for uri, p in by_namespace.items()))

    def _message(
        self, cls: type[Bericht], name: str, *, empty: bool, keep: bool
    ) -> Generator[Batch, None, Bericht | None]:
        """Read an element that holds lists or other such elements, up to its end tag."""
        values: dict[str, Any] = {}
        fields = table(cls).elements
        if not empty:
            for field in fields:
                value: Any = None
                if field.wrapper is not None:
                    value = yield from self._list(field, keep=keep)
                else:
                    value = yield from self._single(field, keep=keep)
                if value is not None:
                    values[field.name] = value
            self._close(name, blank=bool(fields))
        if any(field.required and field.name not in values for field in fields):
            raise UnusualError
        return cls(**values) if keep else None

    def _single(self, field: Field, *, keep: bool) -> Generator[Batch, None, Any]:
        for alternative in field.alternatives:
            cls = cast("type[Bericht]", alternative.cls)
            if not scannable(cls):
                reader = self._shape(alternative)
                rows, escaped = self._rows(reader, 1, patient=field.required)
                if not rows:
                    raise UnusualError
                found = reader.build(rows, escaped=escaped)
                yield field, found
                return found[0]
            if self._peek(alternative):
                _, name, empty = self._start()
                inner = yield from self._message(cls, name, empty=empty, keep=keep)
                return inner if keep else True
        return None

    def _peek(self, alternative: Alternative) -> bool:
        self._look_ahead()
        match = _START.match(self.text, self.position)
        if match is None:
            return False
        declared = dict(_XMLNS.findall(match[3]))
        namespace = {**self.prefixes, **declared}.get(match[1] or "")
        return match[2] == alternative.wire and namespace == alternative.namespace

    def _list(self, field: Field, *, keep: bool) -> Generator[Batch, None, tuple[Bericht, ...] | None]:
        prefix = dict(self.names).get(field.first.namespace)
        if prefix is None:
            raise UnusualError
        wrapper = f"{prefix}{field.wrapper}"
        self._look_ahead()
        position = cast("re.Match[str]", _SPACE.match(self.text, self.position)).end()
        if not self.text.startswith(f"<{wrapper}>", position):
            return None
        self.position = position + len(wrapper) + 2
        kept: list[Bericht] = []
        count = 0
        waited = False
        readers = [self._shape(a) for a in field.alternatives]
        turned = [a for a in field.alternatives if len(table(cast("type[Bericht]", a.cls)).attributes) > 1]
        end = re.compile(rf"[ \t\n]*+</{re.escape(wrapper)}>")
        while True:
            for reader in readers:
                rows, escaped = self._rows(reader, BATCH)
                if rows:
                    items = reader.build(rows, escaped=escaped)
                    count += len(items)
                    if keep:
                        kept += items
                    yield field, items
                    break
            else:
                match = end.match(self.text, self.position)
                if match is not None:
                    self.position = match.end()
                    break
                if turned and (waited or not self._fill()):
                    # Some write eckid before key. Looked at last, and from then on first.
                    readers = [*(self._shape(a, turned=True) for a in turned), *readers]
                    turned = []
                elif not turned and not self._fill():
                    raise UnusualError
                waited = True
        if not count:
            raise UnusualError
        return tuple(kept)

    def _shape(self, alternative: Alternative, *, turned: bool = False) -> Shape:
        if all(namespace != alternative.namespace for namespace, _ in self.names):
            raise UnusualError
        return shape(alternative, self.names, self.versie, tolerant=self.tolerant, turned=turned)

    def _rows(self, reader: Shape, limit: int, *, patient: bool = False) -> tuple[list[tuple[str | None, ...]], bool]:
        """Match as many items as stand ready, at most `limit`; `patient` waits for one that is still coming."""
        while True:
            matches = list(run(reader.regex, self.text, self.position, limit))
            if matches:
                start, self.position = self.position, matches[-1].end()
                if self.position - start > _HUGE and any(m.end() - m.start() > _HUGE for m in matches):
                    raise UnusualError
                return [m.groups() for m in matches], self.text.find("&", start, self.position) >= 0
            if not patient or not self._fill():
                return [], False

    def _close(self, name: str, *, blank: bool = True) -> None:
        """Step out of an element; `blank` says whether white space may precede its end, as in all but an empty one."""
        self._look_ahead()
        space = r"[ \t\n]*+" if blank else ""
        match = re.compile(rf"{space}</{re.escape(name)}>").match(self.text, self.position)
        if match is None:
            raise UnusualError
        self.position = match.end()

    def _to_end(self) -> None:
        while True:
            self.position = cast("re.Match[str]", _SPACE.match(self.text, self.position)).end()
            if self.position < len(self.text):
                raise UnusualError
            if not self._fill():
                return

    def _look_ahead(self) -> None:
        """Have enough of the text at hand to tell which tag comes next."""
        while len(self.text) - self.position < _LOOKAHEAD and self._fill():
            pass

    def _fill(self) -> bool:
        """Take in more of the text and let go of what was read; False at the end.

        What is still at hand is the start of an item: at least as much again is taken in, so that an item longer than
        the window is looked at a few times, not once for each piece.
        """
        left = len(self.text) - self.position
        if left > _LONGEST:
            raise UnusualError
        pieces = [self.text[self.position :]]
        taken = 0
        while self.more is not None and taken <= left:
            piece = self.more()
            if not piece:
                self.more = None
            pieces.append(piece)
            taken += len(piece)
        if not taken:
            return False
        self.text = "".join(pieces)
        self.position = 0
        return True


def _is_reserved(namespace: str) -> bool:
    """Tell whether XML itself owns the namespace, so that declaring it is an error or changes nothing."""
    return namespace.startswith(("http://www.w3.org/2000/xmlns", "http://www.w3.org/XML/1998/namespace"))


def scannable(cls: type[Bericht]) -> bool:
    """Tell whether a class holds nothing but other classes and lists of them."""
    rows = table(cls)
    return (
        not rows.attributes
        and rows.content is None
        and all(a.cls is not None for field in rows.elements for a in field.alternatives)
        and all(field.wrapper is not None or not field.many for field in rows.elements)
    )


def _scannable_roots() -> Mapping[str, type[Bericht]]:
    if not _ROOTS:
        _ROOTS.update({element_tag(c): c for c in ROOTS if wire_name(c) and scannable(c)})
    return _ROOTS


_ROOTS: dict[str, type[Bericht]] = {}
