"""Differences in words, for whoever has to do something about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from uwlr.drift.differences import USUAL, Apart, Asked, Difference, Drift
from uwlr.paths import Path

_YEARS: Final = {-1: "the year before", 0: "", 1: "the year after"}
_TAIL: Final = 2
"""Steps by which a place in several messages is the same one."""


class Line(NamedTuple):
    """Differences that are one, in several messages.

    Attributes:
        kind: what it is.
        where: the place, the header, or the question.
        one: what the first side shows.
        other: what the other side shows.
        times: in how many kinds of messages.
    """

    kind: str
    where: str
    one: str
    other: str
    times: int


def lines(differences: Iterable[Difference]) -> list[Line]:
    """Put differences into words, those of the same place in several messages together."""
    found: dict[tuple[str, str], list[Difference]] = {}
    for difference in differences:
        kind = f"{difference.kind}: {difference.feature}" if difference.kind == "form" else difference.kind
        found.setdefault((kind, _where(difference)), []).append(difference)
    return [
        Line(kind, where, _side(group, "one"), _side(group, "other"), len({_message(one) for one in group}))
        for (kind, where), group in found.items()
    ]


def asked_in_words(asked: Asked) -> str:
    """Say what was asked."""
    words = [asked.kind if asked.method == "POST" else f"{asked.method} ?{asked.kind}"]
    if asked.school == "other":
        words.append("of another school")
    if asked.named_by == ("schoolkey",):
        words.append("by schoolkey")
    elif asked.school != "none" and asked.dependancecode is None:
        words.append("without dependancecode")
    if asked.year:
        words.append(_YEARS.get(asked.year) or f"{asked.year:+d} years")
    if asked.since:
        words.append("what changed")
    for name in ("xsdversie", "gegevenssetid"):
        value = getattr(asked, name)
        if value != USUAL and asked.school != "none":
            words.append(f"{name} {value}" if value else f"without {name}")
    if asked.method == "POST" and not asked.soap_action:
        words.append("without SOAPAction")
    if asked.findings:
        words.append(f"with the defects {', '.join(asked.findings)}")
    return ", ".join(words)


def summary(drift: Drift) -> str:
    """Say it in one line."""
    sides = f"{drift.one} ({drift.exchanges[0]} exchanges) and {drift.other} ({drift.exchanges[1]} exchanges)"
    number = len(lines(drift.differences))
    if not number:
        return f"No difference between {sides}."
    return f"{number} difference{'s' if number > 1 else ''} between {sides}."


def people(drift: Drift) -> list[Apart]:
    """The lists of pupils, staff and groups; each once, though several messages have it."""
    found: dict[str, Apart] = {}
    places = {apart.place for apart in drift.apart}
    for apart in drift.apart:
        inside = any(apart.place != other and apart.place.is_within(other) for other in places)
        known = found.get(apart.place.last.name)
        if not inside and (known is None or apart.one + apart.other > known.one + known.other):
            found[apart.place.last.name] = apart
    return list(found.values())


def place_in_words(place: Path) -> str:
    """Name a place by its last steps, which it has in several messages."""
    return str(Path(place.steps[-_TAIL:]))


def _where(difference: Difference) -> str:
    if difference.asked is not None:
        return asked_in_words(difference.asked)
    if difference.kind == "header":
        return difference.place.last.name
    return place_in_words(difference.place)


def _message(difference: Difference) -> Path:
    """The message that a difference is in; the place of a header begins with `HTTP`."""
    return Path(difference.place.steps[: 2 if difference.kind == "header" else 1])


def _side(group: Sequence[Difference], name: str) -> str:
    seen = [getattr(difference, name) for difference in group]
    values = list(dict.fromkeys(value for one in seen for value in one.values))
    first = group[0]
    match first.kind:
        case "appears" | "disappears":
            of = sum(one.of for one in seen)
            return f"in {sum(one.count for one in seen)} of {of}"
        case "moves":
            return f"after {' or '.join(values)}" if values else "first"
        case "timing":
            return f"{', '.join(values)} ({seen[0].count} ms)"
        case "form" if first.feature == "empty":
            return f"empty in {sum(one.count for one in seen)} of {sum(one.of for one in seen)}"
        case _:
            return ", ".join(value or "none" for value in values)
