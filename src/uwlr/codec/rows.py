"""Rows of text, put together from parts: what is the same in every row, and the columns with what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, repeat
from typing import Any, Protocol, cast

Values = Sequence[Any]
Part = str | Sequence[str] | Iterator[list[str]]
"""A piece of every row: the same text for all, or a column with the text of each.

If there is one row, and it is long, an iterator gives its text batch by batch.
"""


class ResultKeys:
    """The results of one message and what they refer to, noted while their columns are at hand.

    Going over all results again would cost a tenth of the time.
    """

    def __init__(self) -> None:
        self.count = 0
        self.keys: set[str] = set()
        self.toetscodes: set[str] = set()


class Writer(Protocol):
    """Writes the values of one field, as many items have it."""

    def parts(self, values: Values, results: ResultKeys, /) -> list[Part]:
        """Give what goes into each row. No value is absent.

        Raises:
            RefusedError, TypeError, ValueError, AttributeError: a value is not allowed.
        """


def join(parts: Sequence[Part], count: int) -> list[str]:
    """Put the parts of each row together."""
    if not parts:
        return [""] * count
    if len(parts) == 1 and isinstance(parts[0], list):
        return parts[0]
    if count == 1:
        return ["".join([part if isinstance(part, str) else "".join(_flat(part)) for part in parts])]
    columns: list[Iterable[str]] = []
    for kind, run in groupby(parts, type):
        if kind is str:
            columns.append(repeat("".join(cast("Iterable[str]", run)), count))
        else:
            columns += cast("Iterable[list[str]]", run)
    return list(map("".join, zip(*columns, strict=True)))


def _flat(part: Sequence[str] | Iterator[list[str]]) -> Iterable[str]:
    return part if isinstance(part, list | tuple) else chain.from_iterable(cast("Iterator[list[str]]", part))


def spread(texts: Iterable[str], values: Values, nothing: object) -> list[str]:
    """Hand the texts out in order to the values that are not `nothing`; the others get an empty one."""
    following = iter(texts)
    return ["" if value is nothing else next(following) for value in values]
