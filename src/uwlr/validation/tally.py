"""What was found so far, as much of it as is worth keeping: a message can be wrong in a million places."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from uwlr.paths import Path
from uwlr.validation.rule_registry import Rule

MOST: Final = 1000
"""Findings of one rule that a report holds; the rest is a number in it."""
MAX_EXPLAINED: Final = 20_000
"""Places that are compared with the errors of libxml2."""


class Raised(NamedTuple):
    """A finding whose place is not yet known."""

    rule: Rule
    path: Path
    value: str | None = None
    personal: bool = False
    data: dict[str, str] = {}  # noqa: RUF012
    data_en: dict[str, str] = {}  # noqa: RUF012


class Tally:
    """The findings of a validation: the first of each rule, and the number of the rest.

    Attributes:
        kept: the first `MOST` findings of each rule.
        omitted: the number of further ones by the rule's id, of the rules that have any.
    """

    def __init__(self) -> None:
        self.kept: list[Raised] = []
        self.omitted: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def has_room(self, rule: Rule) -> bool:
        """Tell whether another finding of the rule would be kept."""
        return self._counts.get(rule.id, 0) < MOST

    def add(self, raised: Raised) -> None:
        """Keep a finding, or count it."""
        rule = raised.rule
        if self.has_room(rule):
            self._counts[rule.id] = self._counts.get(rule.id, 0) + 1
            self.kept.append(raised)
        else:
            self.omit(rule.id, 1)

    def omit(self, rule_id: str, number: int) -> None:
        """Count findings of a rule that has no room left."""
        self.omitted[rule_id] = self.omitted.get(rule_id, 0) + number

    def take_over(self, other: Tally, only: Collection[str] | None = None) -> None:
        """Add what another tally found, of all rules or of some."""
        for raised in other.kept:
            if only is None or raised.rule.id in only:
                self.add(raised)
        for rule_id, number in other.omitted.items():
            if only is None or rule_id in only:
                self.omit(rule_id, number)
