"""Puts into words what the schema refuses, in bounded memory however much that is."""

from __future__ import annotations

from collections.abc import Collection

from uwlr.deviations import Deviation, Order, Reason
from uwlr.norm import Versie
from uwlr.paths import Path
from uwlr.validation import schema_verdict as schema
from uwlr.validation.document import Document
from uwlr.validation.items import Frame
from uwlr.validation.positions import find_places
from uwlr.validation.rules.schema_rules import Words, words
from uwlr.validation.tally import MOST, Raised, Tally


class Refused:
    """The deviations of one document on their way into a tally.

    Attributes:
        explained: the paths that were put into words, up to `schema.MAX_EXPLAINED`.
    """

    def __init__(self, tally: Tally, ignore: Collection[str]) -> None:
        self.explained: set[Path] = set()
        self._tally = tally
        self._ignore = ignore
        self._told: set[tuple[str, Path]] = set()

    def tell(self, document: Document, versie: Versie, frame: Frame, *, by_shapes: bool) -> None:
        """Raise a finding for each place; `by_shapes` as in `schema.deviations`."""
        misplaced: list[Deviation] = []
        # Of deviations like one whose rule has no room left, only the number is of interest.
        crowded: dict[tuple[Path, Reason], str] = {}
        last: tuple[Path, Reason] | None = None
        for deviation in schema.deviations(document, versie, frame, by_shapes=by_shapes):
            if last == (last := (deviation.path, deviation.reason)):
                continue
            kind = deviation.path.kind, deviation.reason
            if kind in crowded:
                self._tally.omit(crowded[kind], 1)
                continue
            found = words(deviation, ())
            if found is None:
                continue
            if len(self.explained) < schema.MAX_EXPLAINED:
                self.explained.add(deviation.path)
            if found.rule.id in self._ignore:
                continue
            if not isinstance(deviation.reason, Order):
                if not self._tally.has_room(found.rule):
                    crowded[kind] = found.rule.id
                self._raise(found, deviation.path)
            elif len(misplaced) < MOST:
                misplaced.append(deviation)
            else:
                crowded[kind] = found.rule.id
                self._tally.omit(found.rule.id, 1)
        # What stands before an element takes another pass over the document to see.
        places = find_places(document, (d.path for d in misplaced))
        for deviation in misplaced:
            place = places.get(deviation.path)
            found = words(deviation, place.before if place is not None else ())
            if found is not None:
                self._raise(found, deviation.path)

    def _raise(self, found: Words, path: Path) -> None:
        """Raise a finding, once for a rule and a path."""
        key = found.rule.id, path
        if key in self._told:
            return
        if self._tally.has_room(found.rule):
            self._told.add(key)
        self._tally.add(Raised(found.rule, path, found.value, found.personal, found.data, found.data_en))
