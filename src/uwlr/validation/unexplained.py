"""What libxml2 refuses and no field table explains: found by reading the document once more, as a tree."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, NamedTuple

from lxml import etree

from uwlr import schemas
from uwlr.codec.parser import local_name, xml_parser
from uwlr.paths import Path, Step
from uwlr.schema_whitespace import is_space_around_date
from uwlr.validation.document import Document
from uwlr.validation.rule_registry import Rule
from uwlr.validation.rules import schema_rules as rules
from uwlr.validation.schema_verdict import Verdict, is_of_soap
from uwlr.validation.tally import MAX_EXPLAINED

MAX_ERRORS: Final = 2_000
"""Errors of libxml2 up to which they are looked at: it walks past all siblings to name the place of each."""
MAX_UNEXPLAINED: Final = 200
TREE_LIMIT: Final = 16 << 20
"""Bytes up to which a document is read as a tree for this."""
_PRIVATE: Final = frozenset({"blok", "anderresultaat"})


class Unexplained(NamedTuple):
    """An error of libxml2 that the field tables do not account for.

    Attributes:
        path: the element that it blames.
        kind: libxml2's name for the clause of XML Schema.
        private: whether it is an element whose type two parties agree on in private.
    """

    path: Path
    kind: str
    private: bool


def unexplained(document: Document, versie: str, verdict: Verdict, explained: Collection[Path]) -> list[Unexplained]:
    """Errors of libxml2 at or beside none of the paths that were explained.

    None for a document that is too large, or was wrong in too many places.
    """
    if verdict.errors > MAX_ERRORS or document.size > TREE_LIMIT or len(explained) >= MAX_EXPLAINED:
        return []
    with document.open() as stream:
        root = etree.parse(stream, xml_parser()).getroot()
    schema = schemas.schema(versie)
    schema.validate(root)
    nodes = _Nodes(root)
    # libxml2 may blame an element or its parent.
    pointed = [node for path in explained if (node := nodes.at(path)) is not None]
    covered = {*pointed, *(node.getparent() for node in pointed)}
    found: dict[Path, Unexplained] = {}
    for error in schema.error_log:
        if is_of_soap(error) or error.type_name == "SCHEMAV_CVC_IDC" or is_space_around_date(error):
            continue
        if len(found) >= MAX_UNEXPLAINED:
            break
        node = nodes.at_libxml2(error.path)
        if node in covered or (node.getparent() in covered and error.type_name == "SCHEMAV_ELEMENT_CONTENT"):
            continue
        path = nodes.path(node)
        private = local_name(node.tag) in _PRIVATE
        found.setdefault(path, Unexplained(path, error.type_name.removeprefix("SCHEMAV_"), private))
    return list(found.values())


def rule_for(error: Unexplained) -> Rule:
    """The rule for what libxml2 refuses and no table explains."""
    if error.private:
        return rules.PRIVATE
    # Text where only elements may be, and in an element that is to be empty, where white space counts too.
    return rules.TEXT if error.kind in {"CVC_COMPLEX_TYPE_2_1", "CVC_COMPLEX_TYPE_2_3"} else rules.OTHER


_ANY: Final = "*"
_STEP: Final = re.compile(r"(?:[\w.-]+:)?([\w.-]+|\*)(?:\[([0-9]+)\])?")


class _Nodes:
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
        """The element that libxml2 blames; the root if its path leads nowhere.

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
