"""Columns: the values of one field of many items, one after the other. The writer and the shapes work on these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, repeat
from typing import Any, cast

from uwlr.berichten.tabel import AtLeastOne, AtMostOne, Choice, Needs

Values = Sequence[Any]
Part = str | Sequence[str] | Iterator[str]
"""A piece of every row: the same text for all, or a column with the text of each.

Where there is one row, and it is long, an iterator gives its text bit by bit.
"""

_ABSENT = (None,)


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


def breaks_a_choice(choices: Iterable[Choice], columns: Mapping[str, Values], count: int) -> bool:
    """Tell whether some row breaks a choice. A field without a column is absent from all `count` rows."""
    for choice in choices:
        used = [columns[name] for name in choice.fields if name in columns]
        rows = zip(*used, strict=True)
        match choice:
            case AtMostOne() if len(used) > 1:
                broken = any(len(row) - row.count(None) > 1 for row in rows)
            case AtLeastOne() if all(None in columns.get(name, _ABSENT) for name in choice.fields):
                broken = not used or any(row.count(None) == len(row) for row in rows)
            case Needs(other=other) if used and None in columns.get(other, _ABSENT):
                others = columns.get(other, _ABSENT * count)
                broken = any(o is None and row.count(None) < len(row) for o, row in zip(others, rows, strict=True))
            case _:
                broken = False
        if broken:
            return True
    return False
