"""The items of a message in the order of the document, in batches: fast where the message is in its usual form,
tolerant and by a tree where it is not. Either way no more than a batch of items is in memory.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from lxml import etree

from uwlr import norm
from uwlr.berichten import ROOTS
from uwlr.berichten.tabel import Bericht, Field, element_tag, table, wire_name
from uwlr.codec import envelope
from uwlr.codec.fast import WINDOW, Scanner, scannable
from uwlr.codec.parser import SAFE, explain
from uwlr.codec.tree import TreeReader
from uwlr.errors import Deviation
from uwlr.norm import Versie
from uwlr.validation.source import Document

BATCH = 256
_BY_TAG = {element_tag(cls): cls for cls in ROOTS}
_BY_NAME = {etree.QName(tag).localname.casefold(): cls for tag, cls in _BY_TAG.items()}
CONTAINERS = {
    cls for cls in ROOTS if scannable(cls) and any(field.wrapper is not None for field in table(cls).elements)
}
"""The messages that hold lists of items."""
_ITEMS = {a.wire for cls in CONTAINERS for field in table(cls).elements for a in field.alternatives}


class Batch(NamedTuple):
    """Items of one field of the message that stands at `prefix`."""

    prefix: str
    field: Field
    items: list[Bericht]
    deviations: list[Deviation]


def message_class(tag: str) -> type[Bericht] | None:
    """The class of a message element; in another namespace or case, the one it resembles."""
    return _BY_TAG.get(tag) or _BY_NAME.get(etree.QName(tag).localname.casefold())


def is_known(tag: str) -> bool:
    """Whether the element is a message of the standard, exactly."""
    return tag in _BY_TAG


def container(root: type[Bericht]) -> tuple[type[Bericht], str]:
    """The class that holds the lists of a message, and the path to it: an answer holds it one level down."""
    name = wire_name(root) or ""
    if root in CONTAINERS:
        return root, name
    for field in table(root).elements:
        for alternative in field.alternatives:
            if alternative.cls in CONTAINERS:
                return alternative.cls, f"{name}/{alternative.wire}"
    return root, name


class FastReading:
    """Reads by shapes. Gives up with `UnusualError` on anything that is not in its usual form."""

    def __init__(self, document: Document, root: type[Bericht], *, versie: Versie) -> None:
        self._document = document
        self._prefix = container(root)[1]
        self._versie = versie
        self.header: etree._Element | None = None

    def batches(self) -> Iterator[Batch]:
        """Yield the items.

        Raises:
            UnusualError: the tree has to look; forget what was yielded.
        """
        with self._document.open() as stream:
            more = _Pieces(stream)
            scanner = Scanner("", more, versie=self._versie, tolerant=True)
            for field, items in scanner.document(keep=False):
                yield Batch(self._prefix, field, items, [])
            self.header = scanner.header


class _Pieces:
    """Decodes a stream piece by piece, with line ends as XML has them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._held = ""

    def __call__(self) -> str:
        while True:
            data = self._stream.read(WINDOW)
            text = self._held + self._decoder.decode(data, final=not data)
            self._held = ""
            if data and text.endswith("\r"):
                text, self._held = text[:-1], "\r"
            if "\r" in text:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            if text or not data:
                return text


class TreeReading:
    """Reads by lxml, tolerantly. Items leave the tree once they were read; what remains is the frame of the message.

    Attributes:
        root: the document's root element, after reading.
        header: the SOAP header, where there is one.
        bericht: the message without its items but the first of each kind, after reading.
        deviations: those of the frame.
    """

    def __init__(self, document: Document, *, versie: Versie) -> None:
        self._document = document
        self._versie = versie
        self._counts: dict[tuple[str, str], int] = {}
        self._done: set[str] = set()
        self._last: tuple[etree._Element, str] | None = None
        self.root: etree._Element | None = None
        self.header: etree._Element | None = None
        self.bericht: Bericht | None = None
        self.deviations: list[Deviation] = []

    def batches(self) -> Iterator[Batch]:
        """Yield the items.

        Raises:
            NotXml: not well-formed.
        """
        waiting: Batch | None = None
        with self._document.open() as stream:
            events: Any = etree.iterparse(stream, events=("end",), tag=[f"{{*}}{name}" for name in _ITEMS], **SAFE)
            try:
                for _, element in events:
                    self.deviations += self._forget()
                    found = self._item(element)
                    if found is None:
                        continue
                    if waiting is not None and (waiting.field is not found.field or len(waiting.items) >= BATCH):
                        yield waiting
                        waiting = None
                    if waiting is None:
                        waiting = found
                    else:
                        waiting.items.extend(found.items)
                        waiting.deviations.extend(found.deviations)
            except etree.XMLSyntaxError as error:
                raise explain(stream, error) from None
            if waiting is not None:
                yield waiting
            self.root = events.root
        self.deviations += self._forget()
        self._frame()

    def _item(self, element: etree._Element) -> Batch | None:
        parent = element.getparent()
        owner = parent
        wrapper: str | None = None
        if parent is not None and str(parent.tag) not in _BY_TAG:
            owner = parent.getparent()
            wrapper = etree.QName(parent).localname
        cls = _BY_TAG.get(str(owner.tag)) if owner is not None else None
        if cls not in CONTAINERS or owner is None:
            return None
        for field in table(cls).elements:
            for alternative in field.alternatives:
                if field.wrapper == wrapper and alternative.tag == element.tag and alternative.cls is not None:
                    prefix = self._prefix(owner)
                    path = f"{prefix}/{alternative.wire}"
                    if wrapper is not None:
                        number = self._counts.get((wrapper, alternative.wire), 0) + 1
                        self._counts[wrapper, alternative.wire] = number
                        path = f"{prefix}/{wrapper}/{alternative.wire}[{number}]"
                    reader = TreeReader(tolerant=True, versie=self._versie)
                    item = reader.message(element, alternative.cls, path)
                    if path.endswith("]") and not path.endswith("[1]"):
                        self._last = element, f"{prefix}/{wrapper}"
                    else:
                        self._done.add(path)
                    return Batch(prefix, field, [item], reader.deviations)
        return None

    def _prefix(self, owner: etree._Element) -> str:
        name = etree.QName(owner).localname
        above = owner.getparent()
        if above is not None and str(above.tag) in _BY_TAG:
            return f"{etree.QName(above).localname}/{name}"
        return name

    def _forget(self) -> list[Deviation]:
        """Let go of the item that was read last; by now the text after it has been parsed."""
        if self._last is None:
            return []
        element, path = self._last
        self._last = None
        parent = element.getparent()
        stray = element.tail
        if parent is not None:
            parent.remove(element)
        if not stray or not stray.strip(" \t\r\n"):
            return []
        return [
            Deviation(
                kind="text",
                path=path,
                problem="has text between its elements",
                line=element.sourceline,
                raw=stray,
                made="left out",
            )
        ]

    def _frame(self) -> None:
        element = self.message_element()
        if element is None:
            return
        cls = message_class(str(element.tag))
        if cls is None:
            return
        reader = TreeReader(tolerant=True, versie=self._versie)
        self.bericht = reader.message(element, cls, etree.QName(element).localname)
        self.deviations += [
            d for d in reader.deviations if not any(d.path == p or d.path.startswith(f"{p}/") for p in self._done)
        ]

    def message_element(self) -> etree._Element | None:
        """The element of the message: the root, or the one in the body of an envelope."""
        root = self.root
        if root is None or root.tag != envelope.ENVELOPE:
            return root
        self.header = root.find(envelope.HEADER)
        body = root.find(envelope.BODY)
        return body[0] if body is not None and len(body) == 1 else None


def fault_namespace(tag: str) -> bool:
    """Whether the element is a SOAP 1.1 fault."""
    return tag == f"{{{norm.SOAP_ENVELOPE}}}Fault"
