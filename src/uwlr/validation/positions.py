"""Lines and columns of paths: a pass over the document with expat, made only if there is something to point at."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any, NamedTuple
from xml.parsers import expat

from uwlr import norm
from uwlr.codec import encodings
from uwlr.paths import Path
from uwlr.validation.document import Document


class Place(NamedTuple):
    """Line and column of a start tag, from 1."""

    line: int
    column: int


class _Node:
    """A step of the paths that are looked for."""

    __slots__ = ("children", "counts", "paths", "place")

    def __init__(self) -> None:
        self.children: dict[tuple[str, int], _Node] = {}
        self.counts: dict[str, int] = {}
        self.paths: list[Path] = []
        self.place: Place | None = None

    def open_paths(self) -> int:
        """How many elements that are pointed at were not seen, here and below."""
        own = bool(self.paths) and self.place is None
        return own + sum(child.open_paths() for child in self.children.values())


class _DoneError(Exception):
    """Every path was found, or cannot be found any more."""


def find_places(document: Document, paths: Iterable[Path]) -> dict[Path, Place]:
    """Find the start tag of each path; for an attribute its element, for what is absent the element it misses from."""
    root = _Node()
    wanted = list(dict.fromkeys(paths))
    for path in wanted:
        _lay_out(root, path)
    finder = _Finder(root)
    # Without its namespaces: expat would write that of each element out, however long it is.
    parser = encodings.expat_parser(document.head(encodings.PIECE))
    parser.StartElementHandler = finder.start
    parser.EndElementHandler = finder.end
    finder.parser = parser
    # Places before an error are still right; the error itself is a finding of the xml layer. LookupError and ValueError
    # come from an encoding that Python does not know.
    with document.open() as stream, contextlib.suppress(expat.ExpatError, LookupError, ValueError, _DoneError):
        encodings.feed(parser, stream)
    found: dict[Path, Place] = {}
    _collect(root, None, found)
    return found


def _lay_out(root: _Node, path: Path) -> None:
    node = root
    for step in path.element:
        node = node.children.setdefault((step.name, step.number or 1), _Node())
    node.paths.append(path)


def _collect(node: _Node, above: Place | None, found: dict[Path, Place]) -> None:
    place = node.place or above
    if place is not None:
        for path in node.paths:
            found[path] = place
    for child in node.children.values():
        _collect(child, place, found)


class _Finder:
    """Follows the document with a stack of the steps that match so far."""

    def __init__(self, root: _Node) -> None:
        self.parser: Any = None
        self._root = root
        self._stack: list[_Node] = []
        self._skip = 0
        self._soap: dict[str, bool] = {}
        self._left = root.open_paths()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._skip:
            self._skip += 1
            return
        prefix, _, name = tag.rpartition(":")
        if self._stack:
            parent = self._stack[-1]
        elif name in {"Envelope", "Header", "Body"} and self._is_soap(prefix, attributes):
            # A path begins at the message; the envelope around it does not count, unless it is what is pointed at.
            self._mark(self._root.children.get((name, 1)))
            return
        else:
            parent = self._root
        if not parent.children:
            self._skip = 1
            return
        count = parent.counts[name] = parent.counts.get(name, 0) + 1
        node = parent.children.get((name, count))
        if node is not None:
            self._mark(node)
        if node is None:
            self._skip = 1
            return
        self._stack.append(node)

    def _is_soap(self, prefix: str, attributes: dict[str, str]) -> bool:
        """Whether a prefix stands for SOAP, around the message."""
        for declared, uri in attributes.items():
            if declared == "xmlns" or declared.startswith("xmlns:"):
                self._soap[declared[6:]] = uri == norm.SOAP_ENVELOPE
        return self._soap.get(prefix, False)

    def _mark(self, node: _Node | None) -> None:
        if node is not None and node.place is None:
            self._left -= bool(node.paths)
            node.place = Place(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def end(self, _: str) -> None:
        if self._skip:
            self._skip -= 1
        elif self._stack:
            # What was not seen inside this element will not come any more.
            self._left -= self._stack.pop().open_paths()
            if not self._left:
                raise _DoneError
