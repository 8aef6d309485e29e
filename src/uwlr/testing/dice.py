"""Chance that falls the same way on every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Choices that depend on nothing but the words they are made with.

    Of `random.Random` only `random()` gives the same sequence in every Python; `choice` and `shuffle` do not
    promise it. So everything here is made of `random()`, and the seed is a digest rather than a hash.
    """

    __slots__ = ("_random",)

    def __init__(self, *words: object) -> None:
        digest = sha256("/".join(map(str, words)).encode()).digest()
        self._random = Random(int.from_bytes(digest, "big")).random  # noqa: S311 - test data, not secrets

    def below(self, limit: int) -> int:
        """A whole number from 0 up to `limit`, the limit left out."""
        return int(self._random() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """Whether something happens that happens in so many of a hundred cases."""
        return self.below(100) < percent

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[self.below(len(items))]

    def some(self, items: Sequence[T], number: int) -> list[T]:
        """At most `number` of the items, no item twice, in their own order."""
        if number >= len(items):
            return list(items)
        chosen: set[int] = set()
        while len(chosen) < number:
            chosen.add(self.below(len(items)))
        return [items[place] for place in sorted(chosen)]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order, each order as likely."""
        rest = list(items)
        for place in range(len(rest) - 1, 0, -1):
            other = self.below(place + 1)
            rest[place], rest[other] = rest[other], rest[place]
        return rest
