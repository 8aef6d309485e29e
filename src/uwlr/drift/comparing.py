"""Holds two sides against each other.

A school is not another system: what people have and lack, and which codes they have, differs between schools and days.
What an item of a list shows counts only if chance does not explain it: by Fisher's exact test, which says how likely
it is that all bearers of a trait fall on one side. What a whole answer shows counts if it is always so on one side and
never on the other; what answers a question counts always.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from math import comb
from typing import Final, TypeAlias

from uwlr.drift.differences import KINDS, Apart, Difference, Drift, Kind, Seen
from uwlr.drift.observations import ABSENT, EMPTY, FILLED, Aspect, Observations, Values
from uwlr.paths import Path
from uwlr.recorded import Recording

Before: TypeAlias = Counter[tuple[str, str]]
"""How often the first stands before the second."""

_CHANCE: Final = 1e-5
"""A difference among items that is less likely than this is one of the systems."""
_BOUNDS: Final = ((1_000, "within a second"), (10_000, "within ten seconds"), (60_000, "within a minute"))
"""Milliseconds that a class of times ends at; `Within` is what nobody notices."""
_SLOWER: Final = 3
"""A class of times is another only if the times differ by this factor."""


def compare(
    one: Recording, other: Recording, *, ignore: Iterable[Kind] = (), names: tuple[str, str] = ("", "")
) -> Drift:
    """Hold two recordings against each other.

    Args:
        one: the first side.
        other: the other side.
        ignore: kinds of differences that do not matter.
        names: what to call the sides; by default by their folders.
    """
    first, second = Observations(one), Observations(other)
    found = [d for d in _told_once(list(_found(first, second))) if d.kind not in set(ignore)]
    found.sort(key=lambda d: (KINDS.index(d.kind), str(d.place), d.feature, str(d.asked)))
    return Drift(
        one=names[0] or one.folder.name,
        other=names[1] or other.folder.name,
        exchanges=(first.exchanges, second.exchanges),
        differences=tuple(d for d in found if d.sure),
        unsure=tuple(d for d in found if not d.sure),
        apart=tuple(_apart(first, second)),
        only_one=tuple(sorted(first.asked - second.asked, key=str)),
        only_other=tuple(sorted(second.asked - first.asked, key=str)),
    )


def _found(first: Observations, second: Observations) -> Iterator[Difference]:
    yield from _elements(first, second)
    yield from _moves(first, second)
    for aspect in {**first.values, **second.values}:
        if aspect.kind == "header":
            yield from _header(aspect, first, second)
        else:
            shares = first.persons(aspect.place), second.persons(aspect.place)
            yield from _values(aspect, first.values.get(aspect), second.values.get(aspect), shares)
    yield from _times(first, second)


def _told_once(found: list[Difference]) -> Iterator[Difference]:
    """Leave out the statuses that a fault comes with, where it is the fault that differs."""
    faults = {d.asked for d in found if d.kind == "fault"}
    for difference in found:
        usual = {*difference.one.values, *difference.other.values} == {"200", "500"}
        if not (difference.kind == "status" and usual and difference.asked in faults):
            yield difference


def _values(
    aspect: Aspect, one: Values | None, other: Values | None, shares: tuple[float, float] = (1.0, 1.0)
) -> Iterator[Difference]:
    """Find values that only one side shows; both have to have shown any."""
    if not one or not other or set(one) == set(other):
        return
    changed = [value for value in {**one, **other} if (value in one) != (value in other)]
    counts = {value: [_of(one, value, shares[0]), _of(other, value, shares[1])] for value in changed}
    apart = _are_apart(aspect, one, other, shares)
    weights = {value: apart or _sure(aspect, count) for value, count in counts.items()}
    for sure in (True, False):
        values = [value for value in changed if weights[value] is sure]
        if not values:
            continue
        yield Difference(
            kind=aspect.kind,
            place=aspect.place,
            feature=aspect.feature,
            asked=aspect.asked,
            one=_seen(one, values),
            other=_seen(other, values),
            sure=sure,
        )


def _seen(side: Values, changed: list[str]) -> Seen:
    return Seen(
        values=tuple(sorted(side)),
        count=sum(side[value] for value in changed),
        of=side.total(),
    )


def _are_apart(aspect: Aspect, one: Values, other: Values, shares: tuple[float, float]) -> bool:
    """Tell whether items have no value in common, though values repeat: each alone may be too rare to prove it."""
    if not aspect.many or one.keys() & other.keys():
        return False
    sizes = [round(side.total() * share) for side, share in zip((one, other), shares, strict=True)]
    repeat = all(2 * len(side) <= size for side, size in zip((one, other), sizes, strict=True))
    return repeat and _chance(sizes[0], sizes[0], 0, sizes[1]) < _CHANCE


def _of(side: Values, value: str, share: float) -> tuple[int, int]:
    """How many different items show a value, and among how many."""
    return round(side[value] * share), round(side.total() * share)


def _sure(aspect: Aspect, counts: list[tuple[int, int]]) -> bool:
    if aspect.asked is not None:
        return True
    (count, of), (other_count, other_of) = counts
    if not aspect.many and {(count == of), (other_count == other_of)} == {True, False} and 0 in {count, other_count}:
        return True
    return _chance(count, of, other_count, other_of) < _CHANCE


def _chance(count: int, of: int, other_count: int, other_of: int) -> float:
    """How likely it is that all bearers of a trait fall on the side where they are, if sides make no difference."""
    both, bearers = of + other_of, count + other_count
    if not of or not other_of or (count and other_count):
        return 1.0
    return comb(of if count else other_of, bearers) / comb(both, bearers)


def _elements(first: Observations, second: Observations) -> Iterator[Difference]:
    """Find elements and attributes that appear or disappear, wholly, partly, or but for their content."""
    for place in sorted({*first.children, *second.children}, key=str):
        parent = place.parent
        of = first.parents[parent], second.parents[parent]
        if not all(of):
            continue
        one, other = (_states(side.children[place], all_) for side, all_ in zip((first, second), of, strict=True))
        many = parent in first.many or parent in second.many
        aspect = Aspect("appears", place, many=many)
        changed = [state for state in (ABSENT, EMPTY, FILLED) if (state in one) != (state in other)]
        shares = first.persons(parent), second.persons(parent)
        sure = [s for s in changed if _sure(aspect, [_of(one, s, shares[0]), _of(other, s, shares[1])])]
        for state, is_sure in _telling(changed, sure):
            yield Difference(
                kind=_kind(state, one),
                place=place,
                feature="empty" if state == EMPTY else "presence",
                one=_seen(one, [state]),
                other=_seen(other, [state]),
                sure=is_sure,
            )


def _telling(changed: list[str], sure: list[str]) -> Iterator[tuple[str, bool]]:
    """Of the states that only one side has, give the one that says most, and whether it is sure."""
    among = sure or changed
    for state in (FILLED, EMPTY, ABSENT):
        if state in among:
            yield state, bool(sure)
            return


def _kind(state: str, one: Values) -> Kind:
    if state == EMPTY:
        return "form"
    gone = state in one
    return "disappears" if gone is (state == FILLED) else "appears"


def _states(found: Values, of: int) -> Values:
    states = Counter({state: count for state, count in found.items() if count})
    absent = of - states.total()
    if absent > 0:
        states[ABSENT] = absent
    return states


def _moves(first: Observations, second: Observations) -> Iterator[Difference]:
    for place, one, other in moved(first, second):
        parent = place.parent
        names = {name for pair in one for name in pair} & {name for pair in other for name in pair}
        yield Difference(
            kind="moves",
            place=place,
            one=_after(place.last.name, one, names, first.parents[parent]),
            other=_after(place.last.name, other, names, second.parents[parent]),
        )


def moved(first: Observations, second: Observations) -> Iterator[tuple[Path, Before, Before]]:
    """Find children that stand elsewhere among those that both sides have: the fewest whose moving explains it.

    Gives the place of each, and how often one child stands before another there, on both sides.
    """
    for place in sorted(set(first.sequences) & set(second.sequences), key=str):
        one, other = before_each(first.sequences[place]), before_each(second.sequences[place])
        turned = {pair for pair in one if pair[::-1] in other and pair not in other and pair[::-1] not in one}
        while turned:
            counted = Counter(name for pair in turned for name in pair)
            name = max(sorted(counted), key=lambda name: counted[name])
            turned = {pair for pair in turned if name not in pair}
            yield place.child(name), one, other


def before_each(sequences: Counter[tuple[str, ...]]) -> Before:
    """Count how often one name stands before another."""
    found: Before = Counter()
    for sequence, count in sequences.items():
        for position, name in enumerate(sequence):
            for later in sequence[position + 1 :]:
                found[name, later] += count
    return found


def in_order(before: Before, names: set[str]) -> list[str]:
    """Put names in the order in which they stand."""
    return sorted(names, key=lambda name: (sum(before[one, name] > before[name, one] for one in names), name))


def _after(name: str, before: Before, names: set[str], of: int) -> Seen:
    """Say after which name one stands; after none if it is the first."""
    order = in_order(before, names)
    at = order.index(name)
    beside = [before[pair] for pair in before if name in pair]
    return Seen(values=tuple(order[at - 1 : at]) if at else (), count=max(beside, default=0), of=of)


def _header(aspect: Aspect, first: Observations, second: Observations) -> Iterator[Difference]:
    """Find a header that only one side has, or that says something else."""
    one, other = (_states(s.values.get(aspect, Counter()), s.parents[aspect.place.parent]) for s in (first, second))
    yield from _values(aspect, one, other)


def _times(first: Observations, second: Observations) -> Iterator[Difference]:
    for asked in sorted(first.asked & second.asked, key=str):
        one, other = first.times_of(asked), second.times_of(asked)
        if one is None or other is None or _class(one) == _class(other):
            continue
        if max(one, other) >= _SLOWER * min(one, other):
            yield Difference(
                kind="timing",
                asked=asked,
                one=Seen(values=(_class(one),), count=round(one), of=len(first.times[asked])),
                other=Seen(values=(_class(other),), count=round(other), of=len(second.times[asked])),
            )


def _class(milliseconds: float) -> str:
    return next((name for bound, name in _BOUNDS if milliseconds < bound), "more than a minute")


def _apart(first: Observations, second: Observations) -> Iterator[Apart]:
    for place in sorted({*first.items, *second.items}, key=str):
        one, other = first.keys[place], second.keys[place]
        shared = [key for key in one if key in other]
        yield Apart(
            place=Path(place.steps),
            one=first.items[place],
            other=second.items[place],
            keys_shared=len(shared),
            same_order=shared == [key for key in other if key in one],
        )
