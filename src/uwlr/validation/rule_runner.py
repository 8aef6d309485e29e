"""Runs the rules over the items as they come by, and over the end of the message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Any, NamedTuple, cast

from uwlr.berichten import Resultaat, Toetsafname
from uwlr.berichten.tabel import Bericht
from uwlr.norm import Versie
from uwlr.paths import Path
from uwlr.text import Text
from uwlr.validation.context import Context
from uwlr.validation.items import EDEX, Batch
from uwlr.validation.key_index import Index
from uwlr.validation.rule_registry import END, Hit, Rule
from uwlr.validation.rules import RULES
from uwlr.validation.tally import Raised, Tally

Progress = Callable[[int], None]
"""Called with the number of items seen so far."""


class Settings(NamedTuple):
    """What decides which rules run."""

    versie: Versie
    profiel: str | None
    context: Context
    ignore: Collection[str] = ()
    progress: Progress | None = None

    def rules(self) -> dict[Any, list[Rule]]:
        """The rules that apply, by the class of their items; those over the end of the message under END."""
        found: dict[Any, list[Rule]] = defaultdict(list)
        for rule in RULES:
            if rule.on is None or self.versie not in rule.versies or rule.id in self.ignore:
                continue
            if rule.profiel is not None and rule.profiel != self.profiel:
                continue
            for subject in rule.on if isinstance(rule.on, tuple) else (rule.on,):
                found[subject].append(rule)
        return found


class Runner:
    """Takes a message batch by batch.

    Attributes:
        index: what the rules share.
        raised: what they found.
    """

    def __init__(self, root: type[Bericht], prefix: Path, settings: Settings) -> None:
        self.index = Index(root, settings.context, versie=settings.versie, edexml=prefix.steps[0].name == EDEX)
        self.raised = Tally()
        self._prefix = prefix
        self._rules = settings.rules()
        self._progress = settings.progress
        self._seen = 0

    def take(self, batch: Batch) -> None:
        """Take the items in and run their rules; the keys of a batch are known before its rules run."""
        start = batch.start or 1
        self.index.add(batch.items, batch.cls, start)
        index = self.index
        for rule in self._rules.get(batch.cls, ()):
            check = rule.check
            for row, item in enumerate(batch.items):
                for hit in check(item, index):
                    self._raise(rule, hit, batch.place(row))
        if batch.cls is Toetsafname:
            self._results(batch)
        self._seen += len(batch.items)
        if self._progress is not None:
            self._progress(self._seen)

    def whole(self, bericht: Bericht, path: Path) -> None:
        """Run the rules of a message that has no lists, or of the header."""
        for rule in self._rules.get(type(bericht), ()):
            for hit in rule.check(bericht, self.index):
                self._raise(rule, hit, path)

    def end(self) -> None:
        """Run the rules over the end of the message."""
        for rule in self._rules.get(END, ()):
            for hit in rule.check(self.index):
                self._raise(rule, hit, self._prefix)

    def _results(self, batch: Batch) -> None:
        index = self.index
        for rule in self._rules.get(Resultaat, ()):
            check = rule.check
            for row, afname in enumerate(cast("list[Toetsafname]", batch.items)):
                for position, resultaat in enumerate(afname.resultaten, 1):
                    for hit in check(resultaat, index):
                        place = batch.place(row) + Path.of("resultaten", ("resultaat", position))
                        self._raise(rule, hit, place)

    def _raise(self, rule: Rule, hit: Hit, path: Path) -> None:
        self.raised.add(
            Raised(
                rule,
                path + hit.at,
                None if hit.value is None else str(hit.value),
                hit.personal,
                {name: value.nl if isinstance(value, Text) else str(value) for name, value in hit.data.items()},
                {name: value.en for name, value in hit.data.items() if isinstance(value, Text)},
            )
        )
