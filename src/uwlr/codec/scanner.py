"""Large messages read from their text by expressions: faster than by a tree, at the same strictness.

A cursor walks over the text: prolog, envelope, the message's own elements, and list by list its items, in batches
and, from a file, with no more than a window of the text in memory. All of the text has to be matched from the first
character to the last, so nothing that is not well-formed or not in order can slip through. Items in another written
form, or out of order, are handed to the exact reader a stretch at a time, and the walk goes on behind them. Whatever is
unusual around the items ends in `UnusualError`: then the exact reader takes the whole document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple, cast

from lxml import etree

from uwlr import norm
from uwlr.berichten import ROOTS
from uwlr.berichten.tabel import Alternative, Bericht, Field, element_tag, table, wire_name
from uwlr.codec import soap_reading
from uwlr.codec.document_text import WINDOW, text_of
from uwlr.codec.escape import illegal_character
from uwlr.codec.expressions import BATCH, Names, Shape, UnusualError, run, shape
from uwlr.codec.parser import local_name, parse
from uwlr.codec.rewritten import is_familiar, names_of
from uwlr.codec.tree import TreeReader
from uwlr.deviations import Deviation
from uwlr.errors import MessageError
from uwlr.norm import Versie
from uwlr.paths import Path

LARGE = 1 << 20
"""Bytes of a document from which expressions are compiled for its prefixes at once; else when these come again."""
_LOOKAHEAD = 1 << 12
_LONGEST = 1 << 24
_HUGE = 10_000_000 // 4
"""Characters of one item beyond which a text in it could exceed libxml2's limit, of as many bytes times four."""
_TRIES = 6
"""Stretches that are tried before the whole document goes to the exact reader."""
_FEWEST, _MOST = 16, 512
"""Items in the first stretch that the exact reader takes, and in the longest, when one stretch follows another."""
_PROLOG = re.compile(
    r"\ufeff?+(?:<\?xml version=([\"'])1\.0\1(?: encoding=([\"'])[\w.-]+\2)?"
    r"(?: standalone=([\"'])(?:yes|no)\3)? ?\?>)?+[ \t\n]*+",
    re.ASCII,
)
_START = re.compile(
    r"[ \t\n]*+<(?:([A-Za-z_][\w.-]{0,99}+):)?+([A-Za-z_][\w.-]{0,99}+)"
    r"((?:[ \t\n]++[A-Za-z_][\w.-]{0,99}+(?::[A-Za-z_][\w.-]{0,99}+)?+[ \t\n]*+="
    r"[ \t\n]*+(?:\"[^\"<&\x00-\x1f\ufffe\uffff]*+\"|'[^'<&\x00-\x1f\ufffe\uffff]*+'))*+)"
    r"[ \t\n]*+(/?+)>",
    re.ASCII,
)
_ATTRIBUTES = re.compile(r"([\w.:-]+)[ \t\n]*=[ \t\n]*(?:\"([^\"]*)\"|'([^']*)')")
_PLAIN_NAMESPACE = re.compile(r"https?://[\w.-]+(?:/[\w./~-]*)?(?:#[\w.-]*)?|urn:[\w:.-]+", re.ASCII)
_HARMLESS = {f"{{{norm.XSI}}}schemaLocation", f"{{{norm.XSI}}}noNamespaceSchemaLocation"}
_SPACE = re.compile(r"[ \t\n]*+")
_RESERVED = {"xml", "xmlns"}


class Found(NamedTuple):
    """A message, the header that stood before it, whether there was an envelope around both, and what deviated."""

    bericht: Bericht
    header: etree._Element | None
    enveloped: bool
    deviations: list[Deviation]


Batch = tuple[Field, list[Bericht]]
"""The field of a list, and some of its items, in document order."""


def read(data: bytes, *, versie: Versie | None = None, tolerant: bool = False) -> Found | None:
    """Read a message by expressions; None hands it to the exact reader.

    A strict reader gets the deviations too: it is to refuse the message if there are any.
    """
    chunks = (data[start : start + WINDOW] for start in range(0, len(data), WINDOW))
    scanner = Scanner(text_of(chunks), versie=versie, tolerant=tolerant, size=len(data), whole=True)
    try:
        batches = scanner.document(keep=True)
        while True:
            try:
                next(batches)
            except StopIteration as end:
                return Found(cast("Bericht", end.value), scanner.header, scanner.enveloped, scanner.deviations)
    except (UnusualError, UnicodeDecodeError):
        return None


class Scanner:
    """Walks over the text of one document.

    Args:
        more: gives the next piece of the text, an empty one at the end.
        versie: as `uwlr.read`.
        tolerant: whether what deviates is read all the same.
        size: the bytes of the document, as far as known: how much compiling it is worth.
        whole: whether the caller has all of it in memory.

    Attributes:
        root: the message that it is, once its first element was read.
        header: the header of the envelope, if there is one.
        enveloped: whether there is an envelope.
        deviations: of the items that the exact reader took.
    """

    def __init__(
        self, more: Callable[[], str], *, versie: Versie | None, tolerant: bool, size: int = 0, whole: bool = False
    ) -> None:
        self.text = ""
        self.more: Callable[[], str] | None = more
        self.position = 0
        self.versie = versie
        self.tolerant = tolerant
        self.size = size
        self.whole = whole
        self.prefixes: dict[str, str] = {}
        self.names: Names = ()
        self.root: type[Bericht] | None = None
        self.header: etree._Element | None = None
        self.enveloped = False
        self._lines = 0
        self._opened: list[tuple[str, str]] = []
        self._reader = TreeReader(tolerant=tolerant, versie=versie)
        self._stretch = _FEWEST

    @property
    def deviations(self) -> list[Deviation]:
        """The deviations so far."""
        return self._reader.deviations

    @property
    def remarks(self) -> list[Deviation]:
        """The remarks so far, as `TreeReader` has them."""
        return self._reader.remarks

    def document(self, *, keep: bool) -> Generator[Batch, None, Bericht | None]:
        """Yield the lists of the message in batches; return the message if it is to be kept.

        Raises:
            UnusualError: the exact reader has to look.
        """
        self._fill()
        prolog = _PROLOG.match(self.text)
        self.position = prolog.end() if prolog is not None else 0
        tag, empty = self._start()
        if tag == soap_reading.ENVELOPE and not empty:
            self.enveloped = True
            self._read_header()
            tag, empty = self._start()
            if tag != soap_reading.BODY or empty:
                raise UnusualError
            tag, empty = self._start()
        cls = self.root = _scannable_roots().get(tag)
        if cls is None:
            raise UnusualError
        bericht = yield from self._message(cls, Path.of(local_name(tag)), empty=empty, keep=keep)
        while self._opened:
            self._close()
        self._to_end()
        return bericht

    def _read_header(self) -> None:
        """Read a header, which is small, with the parser: between its tags anything may stand."""
        self._skip()
        start, name = self._opened[-1]
        header = f"{name[: -len('Envelope')]}Header"
        if re.compile(rf"<{re.escape(header)}(?=[ />])").match(self.text, self.position) is None:
            return
        end_tag = f"</{header}>"
        end = self.text.find(end_tag, self.position)
        if end < 0:
            raise UnusualError
        end += len(end_tag)
        segment = self.text[self.position : end]
        if "<!" in segment or "<?" in segment:
            raise UnusualError
        whole = _parsed(f"{start}{segment}</{name}>")
        if len(whole) != 1:
            raise UnusualError
        self.header = whole.find(soap_reading.HEADER)
        self.position = end

    def _start(self) -> tuple[str, bool]:
        """Step into an element: its tag, and whether it is already closed."""
        self._skip()
        match = _START.match(self.text, self.position)
        if match is None:
            raise UnusualError
        prefix, local, attributes, slash = match.groups()
        self.prefixes = self._declared(attributes)
        namespace = self.prefixes.get(prefix or "")
        if namespace is None:
            raise UnusualError
        self.names = names_of(self.prefixes, namespace, prefix or "")
        self.position = match.end()
        if not slash:
            self._opened.append((match[0], f"{prefix}:{local}" if prefix else local))
        return f"{{{namespace}}}{local}", bool(slash)

    def _declared(self, attributes: str) -> dict[str, str]:
        """The prefixes in force where a start tag with these attributes stands; it may have few others."""
        prefixes = dict(self.prefixes)
        others: list[str] = []
        names: set[str] = set()
        for name, double, single in _ATTRIBUTES.findall(attributes):
            kind, _, prefix = name.partition(":")
            value = double or single
            if name in names:
                raise UnusualError
            names.add(name)
            if kind != "xmlns":
                others.append(name)
            elif prefix in _RESERVED or _is_reserved(value) or not _PLAIN_NAMESPACE.fullmatch(value):
                raise UnusualError
            else:
                prefixes[prefix] = value
        for name in others:
            prefix, _, local = name.partition(":")
            tag = f"{{{prefixes.get(prefix)}}}{local}"
            if tag not in _HARMLESS or tag in names:
                raise UnusualError
            names.add(tag)
        return prefixes

    def _message(
        self, cls: type[Bericht], path: Path, *, empty: bool, keep: bool
    ) -> Generator[Batch, None, Bericht | None]:
        """Read an element that holds lists or other such elements, up to its end tag."""
        values: dict[str, Any] = {}
        fields = table(cls).elements
        if not empty:
            for field in fields:
                value: Any = None
                if field.wrapper is not None:
                    value = yield from self._list(cls, field, path, keep=keep)
                else:
                    value = yield from self._single(cls, field, path, keep=keep)
                if value is not None:
                    values[field.name] = value
            self._close(blank=bool(fields))
        if any(field.required and field.name not in values for field in fields):
            raise UnusualError
        return cls(**values) if keep else None

    def _single(self, cls: type[Bericht], field: Field, path: Path, *, keep: bool) -> Generator[Batch, None, Any]:
        for alternative in field.alternatives:
            inner_cls = cast("type[Bericht]", alternative.cls)
            if not scannable(inner_cls):
                self._skip()
                items = self._one(cls, field, path)
                yield field, items
                return items[0]
            if self._is_next(alternative):
                _, empty = self._start()
                inner = yield from self._message(inner_cls, path.child(alternative.wire), empty=empty, keep=keep)
                return inner if keep else True
        return None

    def _one(self, cls: type[Bericht], field: Field, path: Path) -> list[Bericht]:
        """Read the element of a field that occurs once, by its expression or by the exact reader."""
        if not self._is_next(field.first):
            raise UnusualError
        reader = self._shape(field.first)
        start = self.position
        while True:
            rows, escaped = self._rows(reader, 1)
            if rows:
                with suppress(UnusualError):
                    return reader.build(rows, escaped=escaped)
                self.position = start
            elif not self._has_end(field) and self._fill():
                start = self.position
                continue
            items = self._hand_over(cls, field, path, {}, 1)
            if len(items) != 1:
                raise UnusualError
            return items

    def _is_next(self, alternative: Alternative) -> bool:
        self._skip()
        match = _START.match(self.text, self.position)
        if match is None:
            return False
        namespace = self._declared(match[3]).get(match[1] or "")
        return match[2] == alternative.wire and namespace == alternative.namespace

    def _list(
        self, cls: type[Bericht], field: Field, path: Path, *, keep: bool
    ) -> Generator[Batch, None, tuple[Bericht, ...] | None]:
        prefix = dict(self.names).get(field.first.namespace)
        if prefix is None:
            raise UnusualError
        self._skip()
        start = re.compile(rf"<{re.escape(prefix)}{field.wrapper}[ \t\n]*+>").match(self.text, self.position)
        if start is None:
            return None
        self.position = start.end()
        self._opened.append((start[0], f"{prefix}{field.wrapper}"))
        kept: list[Bericht] = []
        counts: dict[str, int] = {}
        for items in self._items(cls, field, path.child(cast("str", field.wrapper)), counts):
            if keep:
                kept += items
            yield field, items
        if not counts:
            raise UnusualError
        return tuple(kept)

    def _items(self, cls: type[Bericht], field: Field, path: Path, counts: dict[str, int]) -> Iterator[list[Bericht]]:
        """Read the items of a list up to its end tag; `counts` tells how many there were of each kind."""
        readers = [(a.wire, self._shape(a)) for a in field.alternatives]
        turned = [a for a in field.alternatives if len(table(cast("type[Bericht]", a.cls)).attributes) > 1]
        end = re.compile(rf"[ \t\n]*+</{re.escape(self._opened[-1][1])}[ \t\n]*+>")
        while True:
            start = self.position
            for name, expression in readers:
                wire, reader = name, expression
                rows, escaped = self._rows(reader, BATCH)
                if rows:
                    break
            else:
                if end.match(self.text, self.position) is not None:
                    self._close()
                    return
                ahead = len(self.text) - self.position
                if (
                    self._skip()
                    or len(self.text) - self.position > ahead
                    or (not self._has_end(field) and self._fill())
                ):
                    continue
                if turned:
                    # Some write eckid before key. Looked at last, and from then on first.
                    readers = [*((a.wire, self._shape(a, turned=True)) for a in turned), *readers]
                    turned = []
                    continue
                yield self._hand_over(cls, field, path, counts, self._stretch)
                self._stretch = min(2 * self._stretch, _MOST)
                if self.whole and self._stretch == _MOST:
                    # Item after item is unusual: with all of the document at hand, one tree is quicker than many.
                    raise UnusualError
                continue
            try:
                items = reader.build(rows, escaped=escaped)
            except UnusualError:
                length, self.position = self.position - start, start
                yield self._hand_over(cls, field, path, counts, self._stretch, length)
                continue
            if len(items) >= _FEWEST:
                self._stretch = _FEWEST
            counts[wire] = counts.get(wire, 0) + len(items)
            yield items

    def _hand_over(
        self, cls: type[Bericht], field: Field, path: Path, counts: dict[str, int], count: int, length: int = 0
    ) -> list[Bericht]:
        """Let the exact reader take some items: those in the next `length` characters, or up to `count` of them.

        It gets them between the start tags that are open here and their end tags. A stretch that ends within an item
        is not well-formed; then another is tried, that ends behind a later end tag.
        """
        opening = "".join(start for start, _ in self._opened)
        closing = "".join(f"</{name}>" for _, name in reversed(self._opened))
        for _ in range(_TRIES):
            if not length:
                length = self._length(field, count)
            stretch = self.text[self.position : self.position + length]
            with suppress(UnusualError):
                parent = _parsed(f"{opening}{stretch}{closing}")
                break
            length, count = 0, 2 * count
        else:
            raise UnusualError
        for _ in self._opened[1:]:
            parent = parent[0]
        if any(text and text.strip(" \t\n") for text in (parent.text, *(child.tail for child in parent))):
            raise UnusualError
        self._reader.lines = self._lines + self.text.count("\n", 0, self.position) - opening.count("\n")
        try:
            items = self._reader.items(parent, cls, field.name, path, counts)
        except MessageError:
            # Beyond the limits of this library. Where, is told by the exact reader.
            raise UnusualError from None
        self.position += length
        return items

    def _ends(self, field: Field) -> re.Pattern[str]:
        """The end tags of the items of a field."""
        prefix = dict(self.names)[field.first.namespace]
        return _end_tags(tuple(prefix + a.wire for a in field.alternatives))

    def _has_end(self, field: Field) -> bool:
        """Tell whether the end tag of an item is at hand."""
        return self._ends(field).search(self.text, self.position) is not None

    def _length(self, field: Field, count: int) -> int:
        """The number of characters up to the end tag of the last of so many items; no further than their list."""
        ends = self._ends(field)
        around = f"</{self._opened[-1][1]}"
        while True:
            places = [match.end() for match in islice(ends.finditer(self.text, self.position), count)]
            # Not looked for behind them: after a huge item there may be very much of that.
            limit = self.text.find(around, self.position, places[-1] if places else len(self.text))
            places = [place for place in places if limit < 0 or place <= limit]
            if places:
                return places[-1] - self.position
            if limit > self.position:
                return limit - self.position
            if limit == self.position or not self._fill():
                raise UnusualError

    def _shape(self, alternative: Alternative, *, turned: bool = False) -> Shape:
        if all(namespace != alternative.namespace for namespace, _ in self.names):
            raise UnusualError
        if self.size < LARGE and not is_familiar(self.names):
            raise UnusualError
        return shape(alternative, self.names, self.versie, tolerant=self.tolerant, turned=turned)

    def _rows(self, reader: Shape, limit: int) -> tuple[list[tuple[str | None, ...]], bool]:
        """Match as many items as stand ready, at most `limit`; tell too whether an ampersand stands in them."""
        matches = list(run(reader.regex, self.text, self.position, limit))
        if not matches:
            return [], False
        start, self.position = self.position, matches[-1].end()
        if self.position - start > _HUGE and any(m.end() - m.start() > _HUGE for m in matches):
            raise UnusualError
        return list(map(re.Match.groups, matches)), self.text.find("&", start, self.position) >= 0

    def _close(self, *, blank: bool = True) -> None:
        """Step out of an element; `blank` says whether white space may precede its end, as in all but an empty one."""
        _, name = self._opened.pop()
        if blank:
            self._skip()
        else:
            self._look_ahead()
        match = re.compile(rf"</{re.escape(name)}[ \t\n]*+>").match(self.text, self.position)
        if match is None:
            raise UnusualError
        self.position = match.end()

    def _to_end(self) -> None:
        self._skip()
        if self.position < len(self.text) or self._fill():
            raise UnusualError

    def _skip(self) -> bool:
        """Step over white space and comments, and have what follows at hand; tell whether there were any."""
        skipped = False
        blank = 0
        while True:
            self._look_ahead()
            end = cast("re.Match[str]", _SPACE.match(self.text, self.position)).end()
            blank += end - self.position
            if blank > _HUGE:
                raise UnusualError
            skipped |= end > self.position
            self.position = end
            if end == len(self.text):
                if not self._fill():
                    return skipped
            elif self.text.startswith("<!--", end):
                self.position = self._end_of_comment(end + 4)
                skipped = True
                blank = 0
            elif end < len(self.text):
                return skipped

    def _end_of_comment(self, start: int) -> int:
        """Find the end of a comment, whose text starts here; it may have neither `--` nor what XML does not."""
        end = self.text.find("--", start)
        while end < 0 or end + 2 >= len(self.text):
            start -= self.position
            if not self._fill():
                raise UnusualError
            end = self.text.find("--", start)
        if self.text[end + 2] != ">" or illegal_character(self.text[start:end]) or end - start > _HUGE:
            raise UnusualError
        return end + 3

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
        self._lines += self.text.count("\n", 0, self.position)
        self.text = "".join(pieces)
        self.position = 0
        return True


@lru_cache(maxsize=256)
def _end_tags(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"</(?:{'|'.join(map(re.escape, names))})[ \t\n]*+>")


def _parsed(document: str) -> etree._Element:
    try:
        return parse(document.encode())
    except MessageError:
        raise UnusualError from None


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
