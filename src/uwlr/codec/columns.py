"""Columns: the values of one field of many items, one after the other. The writer works on these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, repeat
from typing import Any, cast

Values = Sequence[Any]
Part = str | Sequence[str] | Iterator[str]
"""A piece of every row: the same text for all, or a column with the text of each.

Where there is one row, and it is long, an iterator gives its text bit by bit.
"""


def join(parts: Sequence[Part], count: int) -> list[str]:
    """Put the parts of each row together."""
    if not parts:
        return [""] * count
    if len(parts) == 1 and isinstance(parts[0], list):
        return parts[0]
    if count == 1:
        return ["".join(map("".join, parts))]
    columns: list[Iterable[str]] = []
    for kind, run in groupby(parts, type):
        if kind is str:
            columns.append(repeat("".join(cast("Iterable[str]", run)), count))
        else:
            columns += cast("Iterable[list[str]]", run)
    return list(map("".join, zip(*columns, strict=True)))
