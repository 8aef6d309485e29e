"""A message as lines, with the findings of each line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias

from lxml import etree

from uwlr.codec.parser import parse
from uwlr.errors import NotXml

Json: TypeAlias = dict[str, Any]
_Steps: TypeAlias = tuple[tuple[str, int], ...]
"""The elements from the message down to one, each with its number among those of its name."""

_LINES = 2000
_FINDINGS = 200
"""Limits of what is shown: a browser on a phone can still lay it out at once."""

_SEVERITIES = ("error", "warning", "info")


class Line(NamedTuple):
    """One line, the numbers of its findings, counted from 1, and the severity of the worst of them."""

    number: int
    text: str
    findings: tuple[int, ...]
    severity: str


class Shown(NamedTuple):
    """A message on a page: its first lines, its first findings with their lines, and the number of further ones."""

    lines: tuple[Line, ...]
    more_lines: int
    findings: tuple[tuple[Json, int | None], ...]
    more_findings: int


def shown(message: str, findings: list[Json]) -> Shown:
    """Lay out a message with one element on each line."""
    text, places = _laid_out(message)
    lines = text.splitlines()
    placed = [(finding, _place(finding["steps"], places)) for finding in findings[:_FINDINGS]]
    at: dict[int, list[int]] = {}
    for number, (_, line) in enumerate(placed, 1):
        if line is not None and line <= _LINES:
            at.setdefault(line, []).append(number)
    return Shown(
        lines=tuple(
            Line(n, line, tuple(at.get(n, ())), _worst(findings[number - 1]["severity"] for number in at.get(n, ())))
            for n, line in enumerate(lines[:_LINES], 1)
        ),
        more_lines=max(len(lines) - _LINES, 0),
        findings=tuple((finding, line if line in at else None) for finding, line in placed),
        more_findings=max(len(findings) - _FINDINGS, 0),
    )


def _worst(severities: Iterable[str]) -> str:
    return min(severities, key=_SEVERITIES.index, default="")


def _laid_out(message: str) -> tuple[str, dict[_Steps, int]]:
    """The message with one element on each line, and the line of each element."""
    try:
        root = parse(message.encode())
    except NotXml:
        return message, {}
    etree.indent(root)
    text = etree.tostring(root, encoding="unicode")
    places: dict[_Steps, int] = {}
    again = parse(text.encode())
    # A path begins at the message or at the header block, in an envelope or not.
    for top in (again, *again.iterfind("{*}Header/{*}*"), *again.iterfind("{*}Body/{*}*")):
        _visit(top, ((etree.QName(top).localname, 1),), places)
    return text, places


def _visit(element: etree._Element, path: _Steps, places: dict[_Steps, int]) -> None:
    places[path] = element.sourceline or 1
    counts: dict[str, int] = {}
    for child in element.iterchildren("{*}*"):
        name = etree.QName(child).localname
        counts[name] = counts.get(name, 0) + 1
        _visit(child, (*path, (name, counts[name])), places)


def _place(steps: list[list[Any]], places: dict[_Steps, int]) -> int | None:
    """The line of an element, or of the nearest above it that is there."""
    path = tuple((name, number) for name, number in steps)
    for length in range(len(path), 0, -1):
        if (line := places.get(path[:length])) is not None:
            return line
    return None
