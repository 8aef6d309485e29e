"""What the field tables know of the place that a path points at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Bericht, Field, Simple, table
from uwlr.paths import Path
from uwlr.validation.items import message_class


class Spot(NamedTuple):
    """What the tables know of the place that a path points at, as far as it is known.

    Attributes:
        owner: the class that holds the last step.
        field: the row of that step.
        simple: its simple type.
        cls: the class of the element itself.
    """

    owner: type[Bericht] | None
    field: Field | None = None
    simple: Simple | None = None
    cls: type[Bericht] | None = None


def resolve(path: Path) -> Spot:
    """Follow a path through the field tables."""
    message, *steps = path
    found = message_class(message.name)
    spot = Spot(None, cls=found)
    field: Field | None = None
    for step in steps:
        owner = spot.owner if field is not None else spot.cls
        if owner is None:
            return spot
        if field is None:
            field = _rows(owner).get((step.attribute, step.name))
            spot = Spot(owner, field)
            if field is None or field.wrapper == step.name:
                continue
        alternative = next((a for a in field.alternatives if a.wire == step.name), None)
        if alternative is None or alternative.cls is None:
            return Spot(owner, field, alternative.simple if alternative is not None else None)
        if issubclass(alternative.cls, RawElement):
            return Spot(owner, field)  # What two parties agree on in private has no table.
        content = table(alternative.cls).content
        spot = Spot(owner, field, content.first.simple if content is not None else None, alternative.cls)
        field = None
    return spot


@cache
def _rows(cls: type[Bericht]) -> Mapping[tuple[bool, str], Field]:
    """The rows of a class by the names they have in a message, and whether that is an attribute."""
    found: dict[tuple[bool, str], Field] = {}
    for field in table(cls).fields:
        names = [a.wire for a in field.alternatives] if field.wrapper is None else [field.wrapper]
        for name in names:
            found.setdefault((field.kind == "attribute", name), field)
    return found
