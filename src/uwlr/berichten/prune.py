"""Take parts out of a message and count what went, without saying what it held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Bericht, Field, table, wire_name

B = TypeVar("B", bound=Bericht)
Keep = Callable[[type[Bericht], Field, Any], bool]
"""Decides on one value of a field of that class: a single value, or each item of a list."""


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """How many values of one field were taken out.

    Attributes:
        path: the field, from the message down: element names without numbers, never a value.
        count: number of values; each item of a list counts.
    """

    path: str
    count: int

    def __str__(self) -> str:
        return f"{self.path}: {self.count}"


def prune(bericht: B, keep: Keep) -> tuple[B, tuple[Removed, ...]]:
    """Make the message without the values that `keep` refuses; parts that lose nothing are shared, not copied."""
    counts: Counter[str] = Counter()
    kept = _prune(bericht, keep, wire_name(type(bericht)) or type(bericht).__name__, counts)
    return kept, tuple(Removed(path=path, count=count) for path, count in counts.items())


def _prune(bericht: B, keep: Keep, path: str, counts: Counter[str]) -> B:
    cls = type(bericht)
    changes: dict[str, Any] = {}
    for field in table(cls).fields:
        value = getattr(bericht, field.name)
        if value is None or value == ():
            continue
        place = f"{path}/@{field.wire}" if field.kind == "attribute" else f"{path}/{field.wire}"
        items = value if field.many else (value,)
        kept = [item for item in items if keep(cls, field, item)]
        if len(kept) < len(items):
            counts[place] += len(items) - len(kept)
        pruned = [_inside(field, item, keep, path, counts) for item in kept]
        if len(pruned) < len(items) or any(new is not old for new, old in zip(pruned, kept, strict=True)):
            changes[field.name] = tuple(pruned) if field.many else next(iter(pruned), None)
    return msgspec.structs.replace(bericht, **changes) if changes else bericht


def _inside(field: Field, item: Any, keep: Keep, path: str, counts: Counter[str]) -> Any:
    if not isinstance(item, Bericht) or isinstance(item, RawElement):
        return item
    name = wire_name(type(item)) or field.wire
    return _prune(item, keep, f"{path}/{field.wrapper}/{name}" if field.wrapper else f"{path}/{name}", counts)
