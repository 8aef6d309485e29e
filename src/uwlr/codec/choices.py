"""Choices of the schema: which of a class are broken, in one row of values or in columns of many."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, compress
from typing import Any

from uwlr.berichten.tabel import AtLeastOne, AtMostOne, Bericht, Choice, Needs, table
from uwlr.deviations import Choice as BrokenChoice


def breaks(choice: Choice, present: Collection[str]) -> bool:
    """Tell whether a row in which these fields are present breaks the choice."""
    match choice:
        case AtMostOne(fields):
            return sum(name in present for name in fields) > 1
        case AtLeastOne(fields):
            return not any(name in present for name in fields)
        case Needs(fields, other):
            return other not in present and any(name in present for name in fields)


def broken_choices(cls: type[Bericht], present: Collection[str]) -> list[BrokenChoice]:
    """List the choices of a class that a row with these fields breaks, in wire names."""
    return [_broken(cls, choice, present) for choice in cls.choices if breaks(choice, present)]


def _broken(cls: type[Bericht], choice: Choice, present: Collection[str]) -> BrokenChoice:
    rows = table(cls).by_name
    names = choice.fields if isinstance(choice, AtLeastOne) else [name for name in choice.fields if name in present]
    wires = tuple(rows[name].wire for name in names)
    match choice:
        case AtMostOne():
            return BrokenChoice("at-most-one", wires)
        case AtLeastOne():
            return BrokenChoice("at-least-one", wires)
        case Needs(other=other):
            return BrokenChoice("needs", wires, rows[other].wire)


def breaks_a_choice(choices: Iterable[Choice], columns: Mapping[str, Sequence[Any]]) -> bool:
    """Tell whether some row breaks a choice; a field without a column is absent from all rows."""
    for choice in choices:
        used = [name for name in _fields(choice) if name in columns]
        sometimes = [name for name in used if None in columns[name]]
        always = set(used).difference(sometimes)
        # What no combination of present fields can break needs no look at the rows.
        if not any(breaks(choice, always.union(some)) for some in _subsets(sometimes)):
            continue
        rows = set(zip(*([value is not None for value in columns[name]] for name in sometimes), strict=True))
        if any(breaks(choice, always.union(compress(sometimes, row))) for row in rows or [()]):
            return True
    return False


def _fields(choice: Choice) -> tuple[str, ...]:
    return (*choice.fields, choice.other) if isinstance(choice, Needs) else choice.fields


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))
