"""Dates of a roster that were there and could not be read, marked in the rows that they belong to.

Tolerant reading takes an optional value that it cannot read for absent, with a deviation beside the message. An import
shows it at its row, so it has to be seen there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from msgspec.structs import replace

from uwlr.berichten import Leerlinggegevens
from uwlr.berichten.waarden import Onleesbaar
from uwlr.deviations import Deviation, Unreadable

_DATES: Final = frozenset({"geboortedatum", "instroomdatum", "uitstroomdatum"})


def marked(roster: Leerlinggegevens, deviations: Iterable[Deviation]) -> Leerlinggegevens:
    """Put `Onleesbaar`, without the text that stood there, in the place of each date that could not be read."""
    unread: dict[int, dict[str, Any]] = defaultdict(dict)
    for deviation in deviations:
        steps = deviation.path.steps
        if len(steps) < 2 or not isinstance(deviation.reason, Unreadable):
            continue
        of, field = steps[-2:]
        if of.name == "leerling" and field.name in _DATES:
            unread[(of.number or 1) - 1][field.name] = Onleesbaar()
    if not unread:
        return roster
    rows = enumerate(roster.leerlingen)
    return replace(roster, leerlingen=tuple(replace(row, **unread.get(place, {})) for place, row in rows))
