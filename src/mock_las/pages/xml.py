"""A message as lines, with what is wrong beside the line where it is."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from lxml import etree

from uwlr.codec.parser import parse
from uwlr.errors import NotXml

Json: TypeAlias = dict[str, Any]

_SHOWN = 2000
"""Lines that are shown: a browser can still lay them out at once on a phone."""


class Line(NamedTuple):
    """One line, and the numbers of the findings at it, from 1."""

    number: int
    text: str
    findings: tuple[int, ...]


class Shown(NamedTuple):
    """A message on a page: its first lines, how many more there are, and each finding with its line."""

    lines: tuple[Line, ...]
    more: int
    findings: tuple[tuple[Json, int | None], ...]


def shown(message: str, findings: list[Json]) -> Shown:
    """Lay a message out, one element a line."""
    text, places = _laid_out(message)
    lines = text.splitlines()
    placed = [(finding, _place(finding["path"], places)) for finding in findings]
    at: dict[int, list[int]] = {}
    for number, (_, line) in enumerate(placed, 1):
        if line is not None:
            at.setdefault(line, []).append(number)
    return Shown(
        tuple(Line(n, line, tuple(at.get(n, ()))) for n, line in enumerate(lines[:_SHOWN], 1)),
        max(len(lines) - _SHOWN, 0),
        tuple((finding, line if line is not None and line <= _SHOWN else None) for finding, line in placed),
    )


def _laid_out(message: str) -> tuple[str, dict[str, int]]:
    """The message with one element a line, and the line of each path."""
    try:
        root = parse(message.encode())
    except NotXml:
        return message, {}
    etree.indent(root)
    text = etree.tostring(root, encoding="unicode")
    places: dict[str, int] = {}
    again = parse(text.encode())
    # A path begins at the message or at the header block, in an envelope or not.
    for top in (again, *again.iterfind("{*}Header/{*}*"), *again.iterfind("{*}Body/{*}*")):
        _visit(top, etree.QName(top).localname, places)
    return text, places


def _visit(element: etree._Element, path: str, places: dict[str, int]) -> None:
    places[path] = element.sourceline or 1
    counts: dict[str, int] = {}
    for child in element.iterchildren("{*}*"):
        name = etree.QName(child).localname
        counts[name] = counts.get(name, 0) + 1
        _visit(child, f"{path}/{name}[{counts[name]}]", places)


def _place(path: str | None, places: dict[str, int]) -> int | None:
    """The line of a path; of the element that holds it where it is not there itself."""
    if path is None:
        return None
    steps = [step if index == 0 or step.endswith("]") else f"{step}[1]" for index, step in enumerate(path.split("/"))]
    for length in range(len(steps), 0, -1):
        if (line := places.get("/".join(steps[:length]))) is not None:
            return line
    return None
