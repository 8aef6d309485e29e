"""A quick look at the facets of an item: does it need the slow one?

A message that the schema refuses may have one bad value among a hundred thousand pupils; nearly all of them pass here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from uwlr.berichten.tabel import Bericht, Field, Simple, table
from uwlr.codec.values import facet_problem, format_value

Screen = Callable[[Any], bool]


def screen(cls: type[Bericht]) -> Screen:
    """Make a function that says whether all values of an item surely fit; False only means: look again.

    It remembers values that many items share, so it is made for one document and let go with it.
    """
    fields = table(cls).fields
    checks = [(field.name, _passes(field)) for field in fields]

    def look(item: Any) -> bool:
        for name, passes in checks:
            value = getattr(item, name)
            if value is not None and value != () and not passes(value):
                return False
        return True

    return look


def _passes(field: Field) -> Screen:
    simple = field.first.simple
    if simple is None or len(field.alternatives) > 1:
        return lambda _: False
    one = _of_simple(simple)
    if field.many:
        return lambda values: all(map(one, values))
    return one


def _of_simple(simple: Simple) -> Screen:
    known: set[Any] = set()

    def passes(value: Any) -> bool:
        if value in known:
            return True
        try:
            text = format_value(simple, value)
        except (TypeError, ValueError):
            return False
        if facet_problem(simple, value, text) is not None:
            return False
        if simple.repeats:
            known.add(value)
        return True

    return passes
