"""What C parsers and writers take for the bytes alone: no typed value comes out."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from lxml import etree

from benchmarks.job import Job
from uwlr import norm
from uwlr.schemas import schema

_ITEMS = (f"{{{norm.LEERLINGGEGEVENS}}}leerling", f"{{{norm.LEERRESULTATEN}}}toetsafname")


def tree(file: Path) -> Job:
    """lxml makes a tree, and nothing is done with it."""
    data = file.read_bytes()
    return Job(lambda: etree.fromstring(data), len(data), _items)


def iterparse(file: Path) -> Job:
    """lxml hands out item after item of a file, and each is cleared."""

    def run() -> int:
        count = 0
        for _, element in etree.iterparse(file, tag=_ITEMS):
            count += 1
            element.clear()
            parent = element.getparent()
            while element.getprevious() is not None:
                del parent[0]
        return count

    return Job(run, file.stat().st_size, int)


def pyexpat(file: Path) -> Job:
    """Expat walks over the document without calling anyone."""
    data = file.read_bytes()

    def run() -> int:
        parser = expat.ParserCreate()
        return parser.Parse(data, True)

    # Nothing comes out that could be counted: the end tags in the text stand in.
    return Job(run, len(data), lambda _: _count_tags(data))


def tostring(file: Path) -> Job:
    """lxml writes a tree that stands ready."""
    root = etree.fromstring(file.read_bytes())
    return Job(
        lambda: etree.tostring(root, encoding="UTF-8", xml_declaration=True),
        file.stat().st_size,
        lambda _: _items(root),
    )


def tostring_each(file: Path) -> Job:
    """As `tostring`, of each of many small trees."""
    data = file.read_bytes()
    roots = [etree.fromstring(line) for line in data.splitlines()]
    return Job(lambda: [etree.tostring(root, encoding="UTF-8", xml_declaration=True) for root in roots], len(data), len)


def validated(file: Path) -> Job:
    """libxml2 validates a file against the schema while it reads it, and keeps nothing."""
    return Job(
        lambda: is_valid(file), file.stat().st_size, lambda valid: _count_tags(file.read_bytes()) if valid else 0
    )


def is_valid(file: Path) -> bool:
    """Validate a file without a tree.

    With a target, lxml's parser does not raise for a document that is not valid: its error log has to be looked at.
    """
    parser = etree.XMLParser(target=_Nothing(), schema=schema())
    etree.parse(file, parser)
    return not parser.error_log


class _Nothing:
    """A target that asks for no events, so that none are made."""

    def close(self) -> None:
        """End without a result."""


def _count_tags(data: bytes) -> int:
    return data.count(b"</leerling>") + data.count(b"</toetsafname>")


def _items(root: etree._Element) -> int:
    return sum(1 for _ in root.iter(_ITEMS))
