"""A message as lines, with the findings of each line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias

from lxml import etree

from uwlr.codec.parser import parse
from uwlr.errors import NotXml

Json: TypeAlias = dict[str, Any]

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
    placed = [(finding, _place(finding["path"], places)) for finding in findings[:_FINDINGS]]
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


def _laid_out(message: str) -> tuple[str, dict[str, int]]:
    """The message with one element on each line, and the line of each path."""
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
    """The line of a path, or of the nearest element above it that is there."""
    if path is None:
        return None
    steps = [step if index == 0 or step.endswith("]") else f"{step}[1]" for index, step in enumerate(path.split("/"))]
    for length in range(len(steps), 0, -1):
        if (line := places.get("/".join(steps[:length]))) is not None:
            return line
    return None
