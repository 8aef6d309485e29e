"""What is wrong with a message by its schema, put into words as it is read, in bounded memory however much that is.

The words come from the field tables: unlike libxml2 they go on after the first error in an element, and know what was
expected in the words of the standard.
"""

from __future__ import annotations

from collections.abc import Collection

from uwlr.berichten.tabel import Bericht
from uwlr.codec.facets import Facets
from uwlr.deviations import Deviation, Reason
from uwlr.edexml.files import DIALECT
from uwlr.paths import Path
from uwlr.validation.deviation_rules import words
from uwlr.validation.items import EDEX, Batch
from uwlr.validation.tally import MAX_EXPLAINED, Raised, Tally


class SchemaFindings:
    """The deviations of one document.

    Attributes:
        tally: what they are as findings.
        explained: the paths that were put into words, up to `MAX_EXPLAINED`.
    """

    def __init__(self, ignore: Collection[str]) -> None:
        self.tally = Tally()
        self.explained: set[Path] = set()
        self._ignore = ignore
        self._facets = {False: Facets(), True: Facets(DIALECT)}
        self._last: tuple[Path, Reason] | None = None
        self._crowded: dict[tuple[tuple[str, ...], Reason], str] = {}
        self._raised: set[tuple[str, Path]] = set()

    def batch(self, batch: Batch) -> None:
        """Take what deviates in some items, and look at the facets of their values."""
        for deviation in batch.deviations:
            self.take(deviation)
        facets = self._facets[batch.inside.steps[0].name == EDEX]
        for deviation in facets.deviations(batch.cls, batch.items, batch.place):
            self.take(deviation)

    def whole(self, bericht: Bericht, path: Path) -> None:
        """Look at the facets of a message that has no lists, or of the header."""
        for deviation in self._facets[False].deviations(type(bericht), [bericht], lambda _: path):
            self.take(deviation)

    def take(self, deviation: Deviation) -> None:
        """Raise a finding, once for a rule and a path."""
        if self._last == (last := (deviation.path, deviation.reason)):
            return
        self._last = last
        # Of deviations like one whose rule has no room left, only the number is of interest.
        kind = deviation.path.names, deviation.reason
        if kind in self._crowded:
            self.tally.omit(self._crowded[kind], 1)
            return
        found = words(deviation)
        if found is None:
            return
        if len(self.explained) < MAX_EXPLAINED:
            self.explained.add(deviation.path)
        rule = found.rule
        if rule.id in self._ignore or (rule.id, deviation.path) in self._raised:
            return
        if self.tally.has_room(rule):
            self._raised.add((rule.id, deviation.path))
        else:
            self._crowded[kind] = rule.id
        self.tally.add(Raised(rule, deviation.path, found.value, found.personal, found.data, found.data_en))
