"""The items of a message in the order of the document, in batches.

Fast where the message is in its usual form, tolerant and by a tree where it is not. Either way no more than a batch of
items is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from lxml import etree

from uwlr.berichten import ROOTS, Leerlinggegevens
from uwlr.berichten.tabel import Bericht, Field, element_tag, table, wire_name
from uwlr.codec import envelope
from uwlr.codec.parser import SAFE, explain, local_name
from uwlr.codec.expressions import UnusualError
from uwlr.codec.scanner import Scanner, chunks_of, scannable, text_of
from uwlr.codec.tree import TreeReader
from uwlr.errors import Deviation
from uwlr.norm import Versie
from uwlr.validation.source import Document

BATCH: Final = 256
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
    """Items of one field of the message that stands at `prefix`."""

    prefix: str
    field: Field
    items: list[Bericht]
    deviations: list[Deviation]


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
        return self.root == envelope.ENVELOPE

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


def container(root: type[Bericht], name: str | None = None) -> tuple[type[Bericht], str]:
    """The class that holds the lists of a message, and the path to it: an answer holds it one level down."""
    name = name or wire_name(root) or ""
    if root in CONTAINERS:
        return root, name
    for field in table(root).elements:
        for alternative in field.alternatives:
            if alternative.cls in CONTAINERS:
                return alternative.cls, f"{name}/{alternative.wire}"
    return root, name


class _FoundError(Exception):
    pass


def peek(head: bytes) -> Frame | None:
    """Look at the beginning of a document for its root and its message; None where they are not within it."""
    parser = expat.ParserCreate(namespace_separator="}")
    tags: list[str] = []
    depth = 0

    def start(tag: str, _: object) -> None:
        nonlocal depth
        depth += 1
        name = "{" + tag if "}" in tag else tag
        if depth == 1:
            tags.append(name)
            if name != envelope.ENVELOPE:
                raise _FoundError
        elif depth == 2 and name == envelope.BODY:
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
    """Reads by shapes. Gives up with `UnusualError` on anything that is not in its usual form."""

    def __init__(self, document: Document, frame: Frame, *, versie: Versie) -> None:
        self._document = document
        self._peeked = frame
        self._versie = versie
        self.frame = frame

    def batches(self) -> Iterator[Batch]:
        """Yield the items.

        Raises:
            UnusualError, UnicodeDecodeError: the tree has to look; forget what was yielded.
        """
        cls = self._peeked.cls
        prefix = container(cls)[1] if cls is not None else ""
        with self._document.open() as stream:
            scanner = Scanner(text_of(chunks_of(stream)), versie=self._versie, tolerant=True, size=self._document.size)
            for field, items in scanner.document(keep=False):
                if scanner.deviations:
                    raise UnusualError
                yield Batch(prefix, field, items, [])
        self.frame = self._peeked._replace(header=scanner.header)


class TreeReading:
    """Reads by lxml, tolerantly. Items leave the tree once they were read; what remains is the frame of the message.

    Attributes:
        frame: what stands around the items, after reading.
        deviations: those outside the items, after reading.
    """

    def __init__(self, document: Document, *, versie: Versie) -> None:
        self._document = document
        self._versie = versie
        self._counts: dict[tuple[str, str], int] = {}
        self._done: set[str] = set()
        self._last: tuple[etree._Element, str] | None = None
        self.frame = Frame("", None)
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
            self.deviations += self._forget()
            self.frame = self._frame(events.root)

    def _item(self, element: etree._Element) -> Batch | None:
        parent = element.getparent()
        owner = parent
        wrapper: str | None = None
        if parent is not None and str(parent.tag) not in _BY_TAG:
            owner = parent.getparent()
            wrapper = local_name(parent.tag)
        cls = _BY_TAG.get(str(owner.tag)) if owner is not None else None
        if cls not in CONTAINERS or owner is None:
            return None
        bare = owner.tag == EDEX
        for field in table(cls).elements:
            for alternative in field.alternatives:
                if (
                    field.wrapper == wrapper
                    and (alternative.wire if bare else alternative.tag) == element.tag
                    and alternative.cls is not None
                ):
                    prefix = self._prefix(owner)
                    path = f"{prefix}/{alternative.wire}"
                    if wrapper is not None:
                        number = self._counts.get((wrapper, alternative.wire), 0) + 1
                        self._counts[wrapper, alternative.wire] = number
                        path = f"{prefix}/{wrapper}/{alternative.wire}[{number}]"
                    reader = TreeReader(tolerant=True, versie=self._versie, bare=bare)
                    item = reader.message(element, alternative.cls, path)
                    if path.endswith("]") and not path.endswith("[1]"):
                        self._last = element, f"{prefix}/{wrapper}"
                    else:
                        self._done.add(path)
                    return Batch(prefix, field, [item], reader.deviations)
        return None

    def _prefix(self, owner: etree._Element) -> str:
        name = local_name(owner.tag)
        above = owner.getparent()
        if above is not None and str(above.tag) in _BY_TAG:
            return f"{local_name(above.tag)}/{name}"
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
        told = bool(self.deviations) and self.deviations[-1].kind == "text" and self.deviations[-1].path == path
        if told or not stray or not stray.strip(" \t\r\n"):
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

    def _frame(self, root: etree._Element) -> Frame:
        frame = Frame(str(root.tag), str(root.tag))
        element: etree._Element | None = root
        if frame.enveloped:
            bodies = root.findall(envelope.BODY)
            children = [child for body in bodies for child in body]
            element = children[0] if len(bodies) == 1 and len(children) == 1 else None
            frame = frame._replace(
                message=None if element is None else str(element.tag),
                header=root.find(envelope.HEADER),
                bodies=len(bodies),
                children=len(children),
            )
        if element is None:
            return frame
        if element.tag == envelope.FAULT:
            return frame._replace(faultcode=str(envelope.read_fault(element).code))
        cls = frame.cls
        if cls is None:
            return frame
        reader = TreeReader(tolerant=True, versie=self._versie, bare=element.tag == EDEX)
        bericht = reader.message(element, cls, local_name(element.tag))
        # Items that are still in the tree were reported when they came by; but not how they stand to each other.
        self.deviations += [
            d
            for d in reader.deviations
            if (d.kind in {"order", "repeated"} and d.path in self._done)
            or not any(d.path == p or d.path.startswith(f"{p}/") for p in self._done)
        ]
        return frame._replace(bericht=bericht)
