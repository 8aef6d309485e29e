"""What is said of a field beside its meaning: the type of the schema, its facets, and how often it stands."""

from __future__ import annotations

from typing import Any

from uwlr.berichten.tabel import Bericht, Field, Simple, table

_CODES = 8
"""Codes that are named; of longer lists the number is."""


def _simple(simple: Simple) -> str:
    facets = []
    if simple.max_length is not None:
        facets.append(f"{simple.min_length} to {simple.max_length} characters")
    if simple.pattern is not None:
        facets.append("form " + simple.pattern.replace(r"\p{Nd}", "[0-9]").replace(r"\p{Lu}", "[A-Z]"))
    if simple.codes:
        few = len(simple.codes) <= _CODES
        facets.append(f"one of {' '.join(simple.codes)}" if few else f"one of {len(simple.codes)} codes")
    if simple.minimum is not None or simple.maximum is not None:
        facets.append(f"from {simple.minimum} to {'…' if simple.maximum is None else simple.maximum}")
    return simple.name + (f" ({'; '.join(facets)})" if facets else "")


def _of(field: Field) -> str:
    kinds = [_simple(a.simple) if a.simple is not None else str(a.wire) for a in field.alternatives]
    kind = "@" if field.kind == "attribute" else ""
    times = ("1" if field.required else "0") + ("..n" if field.many else "..1")
    return f"{kind}{field.wire} [{times}] {' | '.join(kinds)}"


def facts(cls: type[Bericht], name: str) -> str:
    """Give the facts of a field; of a class that is only a base, those of the first class made of it."""
    concrete: Any = cls
    while True:
        try:
            found = next(field for field in table(concrete).fields if field.name == name)
        except (StopIteration, AttributeError, TypeError, KeyError):
            concrete = concrete.__subclasses__()[0]
        else:
            return f"{_of(found)}."
