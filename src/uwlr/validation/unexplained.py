"""Finds elements of a tree by their path, in time that does not grow with the number of their siblings."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from uwlr.codec.parser import local_name
from uwlr.paths import Path, Step

_ANY: Final = "*"
_STEP: Final = re.compile(r"(?:[\w.-]+:)?([\w.-]+|\*)(?:\[([0-9]+)\])?")


class Nodes:
    """The elements of a tree; children are sorted by name once for each parent that is asked for."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._children: dict[etree._Element, dict[str, list[etree._Element]]] = {}
        self._numbers: dict[etree._Element, int] = {}

    def at(self, path: Path) -> etree._Element | None:
        """The element that a path of ours points at; of what is absent, the one it misses from."""
        message, *steps = path.element
        node: etree._Element | None = next(
            (e for e in (self._root, *self._root.iterfind("*/*")) if local_name(e.tag) == message.name), None
        )
        for step in steps:
            if node is None:
                return None
            found = self._child(node, step.name, step.number or 1)
            if found is None:
                return node
            node = found
        return node

    def at_libxml2(self, path: str | None) -> etree._Element:
        """The element that libxml2 blames; the root where its path leads nowhere.

        libxml2 writes the document's own prefixes, and a star for an element in a default namespace, with its number
        among all its siblings.
        """
        node = self._root
        for step in (path or "").split("/")[2:]:
            match = _STEP.fullmatch(step)
            found = self._child(node, match[1], int(match[2] or 1)) if match is not None else None
            if found is None:
                return node if step.startswith("@") else self._root
            node = found
        return node

    def path(self, node: etree._Element) -> Path:
        """The path of an element, from its message on."""
        steps = []
        above: etree._Element | None = node
        while above is not None:
            parent = above.getparent()
            name = local_name(above.tag)
            repeats = parent is not None and len(self._sorted(parent).get(name, ())) > 1
            steps.append(Step(name, self._numbers[above] if repeats else None))
            above = parent
        steps.reverse()
        return Path(tuple(steps[2:] if steps[0].name == "Envelope" and len(steps) > 2 else steps))

    def _child(self, parent: etree._Element, name: str, number: int) -> etree._Element | None:
        same = self._sorted(parent).get(name, [])
        return same[number - 1] if 0 < number <= len(same) else None

    def _sorted(self, parent: etree._Element) -> dict[str, list[etree._Element]]:
        """The children by local name, and all of them under a star."""
        found = self._children.get(parent)
        if found is None:
            found = self._children[parent] = {_ANY: list(parent)}
            for child in found[_ANY]:
                same = found.setdefault(local_name(child.tag), [])
                same.append(child)
                self._numbers[child] = len(same)
        return found
