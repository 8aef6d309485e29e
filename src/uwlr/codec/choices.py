"""Choices of the schema: which of a class are broken, in one row of values or in columns of many."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
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
    return list(_broken_by(cls, tuple(present)))


@lru_cache(maxsize=1024)
def _broken_by(cls: type[Bericht], present: tuple[str, ...]) -> tuple[BrokenChoice, ...]:
    return tuple(_broken(cls, choice, present) for choice in cls.choices if breaks(choice, present))


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


def breaks_a_choice(cls: type[Bericht], columns: Mapping[str, Sequence[Any]]) -> bool:
    """Tell whether some row breaks a choice; a field without a column is absent from all rows."""
    sometimes = {name: column for name, column in columns.items() if None in column}
    return some_row_breaks(cls, tuple(name for name in columns if name not in sometimes), sometimes)


def some_row_breaks(cls: type[Bericht], always: tuple[str, ...], sometimes: Mapping[str, Sequence[Any]]) -> bool:
    """Tell whether some row breaks a choice, from the fields that all rows have and the columns that some have."""
    at_risk = _at_risk(cls, always, tuple(sometimes))
    if not at_risk:
        return False
    rows = set(zip(*([value is not None for value in column] for column in sometimes.values()), strict=True)) or {()}
    return any(breaks(choice, {*always, *compress(sometimes, row)}) for choice in at_risk for row in rows)


@lru_cache(maxsize=1024)
def _at_risk(cls: type[Bericht], always: tuple[str, ...], sometimes: tuple[str, ...]) -> tuple[Choice, ...]:
    """The choices that some combination of those fields breaks: the others need no look at the rows."""
    return tuple(
        choice
        for choice in cls.choices
        if any(
            breaks(choice, {*always, *some}) for some in _subsets([n for n in sometimes if n in choice_fields(choice)])
        )
    )


def choice_fields(choice: Choice) -> tuple[str, ...]:
    """The fields that a choice is about."""
    return (*choice.fields, choice.other) if isinstance(choice, Needs) else choice.fields


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))
