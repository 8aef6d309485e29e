"""The items of a message in the order of the document, in batches, with what deviates in them.

By expressions if the message is in its usual form, by a tree if it is not; tolerantly either way. No more than a
batch of items is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from lxml import etree

from uwlr.berichten import ROOTS, Leerlinggegevens
from uwlr.berichten.tabel import Alternative, Bericht, element_tag, table, wire_name
from uwlr.codec import encodings, soap_reading
from uwlr.codec.document_text import chunks_of, text_of
from uwlr.codec.expressions import BATCH
from uwlr.codec.parser import EVENTS, SAFE, ended, explain, local_name
from uwlr.codec.scanner import Scanner, scannable
from uwlr.codec.tree import TreeReader
from uwlr.deviations import Deviation, Made, Order, Repeated, RepeatedList, Text
from uwlr.norm import Versie
from uwlr.paths import Path
from uwlr.validation.document import Document

EDEX: Final = "EDEX"
"""Root of an EDEXML file, in no namespace; its content is that of leerlinggegevens."""

_BY_TAG = {element_tag(cls): cls for cls in ROOTS} | {EDEX: Leerlinggegevens}
_BY_NAME = {local_name(tag).casefold(): cls for tag, cls in _BY_TAG.items()}
CONTAINERS: Final = {
    cls for cls in ROOTS if scannable(cls) and any(field.wrapper is not None for field in table(cls).elements)
}
"""The messages that hold lists of items."""
_ITEMS = {a.wire for cls in CONTAINERS for field in table(cls).elements for a in field.alternatives}


class Batch(NamedTuple):
    """Items of one class that follow each other.

    Attributes:
        cls: their class.
        items: the items.
        inside: what they stand in.
        wire: the name of their element.
        start: the number of the first; None if there can be only one.
        deviations: what deviates in them.
    """

    cls: type[Bericht]
    items: list[Bericht]
    inside: Path
    wire: str
    start: int | None
    deviations: list[Deviation]

    def place(self, index: int) -> Path:
        """The path of an item, by its index in the batch."""
        return self.inside.child(self.wire, None if self.start is None else self.start + index)


class Frame(NamedTuple):
    """What stands around the items.

    `root` and `message` are tags: of the document, and of the message in it. `bodies` and `children` count what an
    envelope holds. `bericht` is the message with at most one item of each kind; None after fast reading, which keeps
    nothing.
    """

    root: str
    message: str | None
    header: etree._Element | None = None
    bodies: int = 1
    children: int = 1
    faultcode: str | None = None
    bericht: Bericht | None = None

    @property
    def enveloped(self) -> bool:
        """Whether the document is a SOAP 1.1 envelope."""
        return self.root == soap_reading.ENVELOPE

    @property
    def cls(self) -> type[Bericht] | None:
        """The class of the message."""
        return message_class(self.message) if self.message is not None else None


def message_class(tag: str) -> type[Bericht] | None:
    """The class of a message element; in another namespace or case, the one it resembles."""
    return _BY_TAG.get(tag) or _BY_NAME.get(local_name(tag).casefold())


def is_known(tag: str) -> bool:
    """Whether the element is a message of the standard, exactly."""
    return tag in _BY_TAG


def container(root: type[Bericht], name: str | None = None) -> tuple[type[Bericht], Path]:
    """The class that holds the lists of a message, and the path to it: an answer holds it one level down."""
    path = Path.of(name or wire_name(root) or "")
    if root in CONTAINERS:
        return root, path
    for field in table(root).elements:
        for alternative in field.alternatives:
            if alternative.cls in CONTAINERS:
                return alternative.cls, path.child(alternative.wire)
    return root, path


class _FoundError(Exception):
    pass


def peek(head: bytes) -> Frame | None:
    """Look at the beginning of a document for its root and its message; None if they are not within it."""
    parser = encodings.expat_parser(head, namespace_separator="}")
    tags: list[str] = []
    depth = 0

    def start(tag: str, _: object) -> None:
        nonlocal depth
        depth += 1
        name = "{" + tag if "}" in tag else tag
        if depth == 1:
            tags.append(name)
            if name != soap_reading.ENVELOPE:
                raise _FoundError
        elif depth == 2 and name == soap_reading.BODY:
            tags.append(name)
        elif depth == 3 and len(tags) == 2:
            tags.append(name)
            raise _FoundError

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(head, False)
    except _FoundError:
        return Frame(tags[0], tags[-1])
    except (expat.ExpatError, LookupError, ValueError):
        pass
    return Frame(tags[0], None) if tags else None


class FastReading:
    """Reads by expressions. Gives up with `UnusualError` on what is in no usual form."""

    def __init__(self, document: Document, frame: Frame, *, versie: Versie) -> None:
        self._document = document
        self._versie = versie
        self.frame = frame
        self.deviations: list[Deviation] = []

    def batches(self) -> Iterator[Batch]:
        """Yield the items.

        Raises:
            UnusualError, UnicodeDecodeError: the tree has to look; forget what was yielded.
        """
        prefix = container(self.frame.cls)[1] if self.frame.cls is not None else Path()
        counts: dict[str, int] = {}
        with self._document.open() as stream:
            scanner = Scanner(text_of(chunks_of(stream)), versie=self._versie, tolerant=True, size=self._document.size)
            for field, mixed in scanner.document(keep=False):
                inside = prefix if field.wrapper is None else prefix.child(field.wrapper)
                wires = {a.cls: a.wire for a in field.alternatives}
                self.deviations += scanner.deviations + scanner.remarks
                scanner.deviations.clear()
                scanner.remarks.clear()
                for cls, run in groupby(mixed, type):
                    items = list(run)
                    start = None if field.wrapper is None else counts.get(wires[cls], 0) + 1
                    counts[wires[cls]] = counts.get(wires[cls], 0) + len(items)
                    yield Batch(cls, items, inside, wires[cls], start, self._taken())
        self.deviations += scanner.deviations + scanner.remarks
        self.frame = self.frame._replace(header=scanner.header)

    def _taken(self) -> list[Deviation]:
        taken, self.deviations = self.deviations, []
        return taken


class _Listing(NamedTuple):
    """The items that may stand in one element: their alternatives by tag, and its own path."""

    alternatives: dict[str, Alternative]
    path: Path
    repeats: bool


class TreeReading:
    """Reads by lxml, tolerantly. Items leave the tree once they were read; what remains is the frame of the message.

    Attributes:
        frame: what stands around the items, after reading.
        deviations: those outside the items, after reading.
    """

    def __init__(self, document: Document, *, versie: Versie) -> None:
        self._document = document
        self._versie = versie
        self._counts: dict[str, int] = {}
        self._parent: etree._Element | None = None
        self._listing: _Listing | None = None
        self._done: set[Path] = set()
        self._last: tuple[etree._Element, Path] | None = None
        self._told: Path | None = None
        self.frame = Frame("", None)
        self.deviations: list[Deviation] = []

    def batches(self) -> Iterator[Batch]:
        """Yield the items.

        Raises:
            NotXml: not well-formed.
        """
        waiting: Batch | None = None
        with self._document.open() as stream:
            events: Any = etree.iterparse(stream, events=EVENTS, tag=[f"{{*}}{name}" for name in _ITEMS], **SAFE)
            try:
                for element in ended(events):
                    self._forget()
                    found = self._item(element)
                    if found is None:
                        continue
                    if waiting is None:
                        waiting = found
                    elif waiting.cls is found.cls and waiting.inside == found.inside and len(waiting.items) < BATCH:
                        waiting.items.extend(found.items)
                        waiting.deviations.extend(found.deviations)
                    else:
                        yield waiting
                        waiting = found
            except (etree.XMLSyntaxError, OSError) as error:
                raise explain(stream, error) from None
            if waiting is not None:
                yield waiting
            self._forget()
            self.frame = self._frame(events.root)

    def _item(self, element: etree._Element) -> Batch | None:
        parent = element.getparent()
        if parent is not self._parent:
            self._parent, self._listing = parent, _listing(parent)
        alternative = self._listing.alternatives.get(str(element.tag)) if self._listing is not None else None
        if self._listing is None or alternative is None or alternative.cls is None:
            return None
        inside, wire = self._listing.path, alternative.wire
        start: int | None = None
        if self._listing.repeats:
            start = self._counts[wire] = self._counts.get(wire, 0) + 1
        path = inside.child(wire, start)
        reader = TreeReader(tolerant=True, versie=self._versie, bare=not str(element.tag).startswith("{"))
        item = reader.message(element, alternative.cls, path)
        if start is not None and start > 1:
            self._last = element, inside
        else:
            self._done.add(path)
        return Batch(type(item), [item], inside, wire, start, reader.deviations + reader.remarks)

    def _forget(self) -> None:
        """Let go of the item that was read last; by now the text after it has been parsed."""
        if self._last is None:
            return
        element, inside = self._last
        self._last = None
        stray = element.tail
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
        if inside != self._told and stray and stray.strip(" \t\r\n"):
            self._told = inside
            self.deviations.append(
                Deviation(path=inside, reason=Text(), line=element.sourceline, raw=stray, made=Made.LEFT_OUT)
            )

    def _frame(self, root: etree._Element) -> Frame:
        frame = Frame(str(root.tag), str(root.tag))
        element: etree._Element | None = root
        if frame.enveloped:
            bodies = root.findall(soap_reading.BODY)
            children = [child for body in bodies for child in body]
            element = children[0] if len(bodies) == 1 and len(children) == 1 else None
            frame = frame._replace(
                message=None if element is None else str(element.tag),
                header=root.find(soap_reading.HEADER),
                bodies=len(bodies),
                children=len(children),
            )
        if element is None:
            return frame
        if element.tag == soap_reading.FAULT:
            return frame._replace(faultcode=str(soap_reading.read_fault(element).code))
        cls = frame.cls
        if cls is None:
            return frame
        reader = TreeReader(tolerant=True, versie=self._versie, bare=element.tag == EDEX)
        bericht = reader.message(element, cls, Path.of(local_name(element.tag)))
        # Items that are still in the tree were reported when they came by; but not how they stand to each other.
        self.deviations += [
            d
            for d in (*reader.deviations, *reader.remarks)
            if (d.path in self._done and isinstance(d.reason, Order | Repeated | RepeatedList))
            or not any(d.path.is_within(path) for path in self._done)
        ]
        return frame._replace(bericht=bericht)


def _listing(parent: etree._Element | None) -> _Listing | None:
    """The items that may stand in an element: in the list of a message, or in the message itself."""
    if parent is None:
        return None
    owner: etree._Element | None = parent
    wrapper: str | None = None
    if str(parent.tag) not in _BY_TAG:
        owner, wrapper = parent.getparent(), local_name(parent.tag)
    cls = _BY_TAG.get(str(owner.tag)) if owner is not None else None
    if owner is None or cls not in CONTAINERS:
        return None
    found = {
        alternative.wire if owner.tag == EDEX else alternative.tag: alternative
        for field in table(cls).elements
        if field.wrapper == wrapper
        for alternative in field.alternatives
    }
    above = owner.getparent()
    path = Path.of(local_name(owner.tag))
    if above is not None and str(above.tag) in _BY_TAG:
        path = Path.of(local_name(above.tag)) + path
    return _Listing(found, path if wrapper is None else path.child(wrapper), wrapper is not None)
