"""Items of a tree whose written form is not the usual one: libxml2 writes them anew, and the expressions read that.

Comments, CDATA, quotes, white space inside tags, encodings: all of it is gone once the parser has read a document. To
write a tree and match the text costs a third of a walk over its elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from lxml import etree

from uwlr import norm
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Alternative, table
from uwlr.codec.expressions import BATCH, Names, Shape, UnusualError, run, shape
from uwlr.norm import Versie

FEWEST = 8
"""Items in a list from which this is worth while."""
_PARTS = 8
_MANY_ODD = 32
"""Items that no expression can read; if they are most of those seen, none of the rest is tried."""
_STRANGE = 40
"""Times that a set of prefixes is asked about, some ten a document, before it is worth expressions of its own."""
_TAG = re.compile(r"""<(/?+)(?:[^<>"']++|"[^"]*+"|'[^']*+')*+>""")
"""A tag as libxml2 writes it; in a text that it wrote nothing else begins with `<`."""
NAMESPACES = (norm.LEERLINGGEGEVENS, norm.LEERRESULTATEN, norm.TOETSDEFINITIES, norm.OSO)


@lru_cache(maxsize=1024)
def _sightings(names: Names) -> list[None]:  # noqa: ARG001 - one list for each set of names
    return []


def is_familiar(names: Names) -> bool:
    """Tell whether documents with these prefixes came by before: compiling for one costs as much as reading a dozen."""
    if all(not prefix for _, prefix in names):
        return True
    seen = _sightings(names)
    if len(seen) < _STRANGE:
        seen.append(None)
        return False
    return True


def names_of(prefixes: dict[str, str], namespace: str, prefix: str) -> Names:
    """The namespaces of messages and what stands for them in names; `prefix` is that of the element around.

    Args:
        prefixes: the namespaces in force by their prefix, an empty one for the default.
        namespace: that of the element around.
        prefix: its prefix.
    """
    found = {uri: p for p, uri in prefixes.items() if uri in NAMESPACES}
    if namespace in NAMESPACES:
        found[namespace] = prefix
    return tuple(sorted((uri, f"{p}:" if p else "") for uri, p in found.items()))


def read_items(
    wrapper: etree._Element, alternatives: Sequence[Alternative], versie: Versie | None, *, tolerant: bool, bare: bool
) -> list[Any] | None:
    """Read the elements inside one; None in the place of each that the exact reader has to read, or for all of them."""
    if any(a.cls is None or issubclass(a.cls, RawElement) for a in alternatives):
        return None
    names = _names(wrapper, alternatives[0], bare=bare)
    if not names or not is_familiar(names):
        return None
    text = etree.tostring(wrapper, encoding="unicode", with_tail=False)
    try:
        items = list(_Walk(text, alternatives, names, versie, tolerant=tolerant).items())
    except UnusualError:
        return None
    return items if len(items) == len(wrapper) else None


def _names(wrapper: etree._Element, first: Alternative, *, bare: bool) -> Names:
    if bare:
        return ((first.namespace, ""),)
    prefixes = {prefix or "": uri for prefix, uri in wrapper.nsmap.items()}
    return names_of(prefixes, str(wrapper.tag)[1:].partition("}")[0], wrapper.prefix or "")


class _Walk:
    """A walk over the text of a list."""

    def __init__(
        self, text: str, alternatives: Sequence[Alternative], names: Names, versie: Versie | None, *, tolerant: bool
    ) -> None:
        self.text = text
        if alternatives[0].namespace not in dict(names):
            raise UnusualError
        self.shapes = [shape(a, names, versie, tolerant=tolerant) for a in alternatives]
        turned = [a for a in alternatives if a.cls is not None and len(table(a.cls).attributes) > 1]
        self.shapes += [shape(a, names, versie, tolerant=tolerant, turned=True) for a in turned]

    def items(self) -> Iterator[Any]:
        """Yield the items, None for each that no expression matches."""
        text = self.text
        start = _TAG.match(text)
        if start is None:
            raise UnusualError
        position = start.end()
        seen = odd = 0
        while True:
            if odd > _MANY_ODD and 2 * odd > seen:
                raise UnusualError
            for reader in self.shapes:
                matches = list(run(reader.regex, text, position, BATCH))
                if matches:
                    position = matches[-1].end()
                    items = _build(reader, matches)
                    seen += len(items)
                    odd += items.count(None)
                    yield from items
                    break
            else:
                end = self._behind_element(position)
                if end is None:
                    return
                position = end
                seen += 1
                odd += 1
                yield None

    def _behind_element(self, position: int) -> int | None:
        """The place behind the next element, whatever it is and holds; None at the end of the list.

        Each element of the list has to give one item, or those behind it would be taken for one another.
        """
        depth = 0
        for tag in _TAG.finditer(self.text, position):
            if tag[1]:
                depth -= 1
            elif not tag[0].endswith("/>"):
                depth += 1
            if depth <= 0:
                return tag.end() if depth == 0 else None
        raise UnusualError


def _build(reader: Shape, matches: Sequence[re.Match[str]]) -> list[Any]:
    """Make messages of matches, and None of those whose values the exact reader has to judge."""
    escaped = any("&" in match[0] for match in matches)
    try:
        return reader.build([match.groups() for match in matches], escaped=escaped)
    except UnusualError:
        if len(matches) == 1:
            return [None]
    size = -(-len(matches) // _PARTS)
    parts = (matches[start : start + size] for start in range(0, len(matches), size))
    return [item for part in parts for item in _build(reader, part)]
