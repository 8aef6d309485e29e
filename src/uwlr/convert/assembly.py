"""Tables back to the plain form of a message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from uwlr.berichten.tabel import Bericht, Simple, wire_name
from uwlr.codec.values import UnwritableError
from uwlr.convert.cells import Item, absent, accept, unguard
from uwlr.convert.layout import NR, PRESENT, ROOTS, Column, Keys, Sheet, every, layout
from uwlr.convert.plain_form import Plain, from_plain
from uwlr.deviations import (
    Deviation,
    Facet,
    Reason,
    Repeated,
    Table,
    TwiceTheSame,
    UnknownElement,
    Unreadable,
)
from uwlr.errors import InvalidMessage
from uwlr.paths import Path

Row = dict[str, Any]
Lists = dict[int | None, list[tuple[int, Any]]]
"""The items of a table with their number, by the number of their owner."""
_RESULTS = "resultaten"
_XML = Simple(name="xml")
_NUMBER = Simple(name="nr", base="integer")


class Source(NamedTuple):
    """A table as it was found: what a person calls it, its headings, and its rows with the number a person sees."""

    label: str
    headings: Sequence[str]
    rows: Iterable[tuple[int, Sequence[Any]]]


def assemble(sources: Mapping[str, Source], *, guarded: bool = True) -> Bericht:
    """Make a message of its tables: results if there is a table of them, else a roster.

    Args:
        sources: the tables by name, or by as much of it as names a sheet of a workbook.
        guarded: whether texts have the apostrophe of `guard`, and an empty text is an absent value.

    Raises:
        InvalidMessage: deviations; all are listed, each with its table, row and column.
    """
    cls = ROOTS[_RESULTS in sources]
    name = str(wire_name(cls))
    assembly = _Assembly(sources, layout(cls), guarded=guarded)
    plain = assembly.message()
    if assembly.deviations:
        raise InvalidMessage(assembly.deviations, element=name)
    try:
        return from_plain({**plain, "type": name})
    except InvalidMessage as error:
        located = [assembly.located(plain, deviation) for deviation in error.deviations]
        raise InvalidMessage(located, element=name) from None


class _Assembly:
    """Puts the tables of one message together and collects what is wrong with them."""

    def __init__(self, sources: Mapping[str, Source], sheets: tuple[Sheet, ...], *, guarded: bool) -> None:
        self.deviations: list[Deviation] = []
        self.sheets = sheets
        self.guarded = guarded
        self.places: dict[int, tuple[Path, tuple[Column, ...]]] = {}
        self.labels: dict[str, str] = {}
        self.rows: dict[str, Iterator[tuple[Path, Row]]] = {}
        known = {name: sheet for sheet in every(sheets) for name in (sheet.tab, sheet.name)}
        for name, source in sources.items():
            sheet = known.get(name)
            if sheet is None or sheet.name in self.rows:
                self._note(Path.of(source.label), UnknownElement() if sheet is None else Repeated())
            else:
                self.labels[sheet.name] = source.label
                self.rows[sheet.name] = self._read(sheet, source)

    def message(self) -> Plain:
        """Put the whole message together."""
        message = Item()
        message.plain = {}
        lists: list[tuple[Sheet, Lists]] = []
        for sheet in self.sheets:
            if not sheet.single:
                lists.append((sheet, self._items(sheet)))
                continue
            rows = list(self.rows.get(sheet.name, ()))
            if len(rows) > 1:
                self._note(rows[1][0], Repeated())
            if rows:
                self._fill(message, sheet.columns, rows[0][1], rows[0][0], base=sheet.path)
                self.places[id(message.plain.get(sheet.name))] = (rows[0][0], sheet.columns)
        self._attach(message, None, lists)
        return message.plain if isinstance(message.plain, dict) else {}

    def located(self, plain: Plain, deviation: Deviation) -> Deviation:
        """Say where in the tables a deviation of the message is."""
        found: tuple[Path, tuple[Column, ...]] | None = None
        here: Any = plain
        rest: list[str] = []
        for step in deviation.path.steps[1:]:
            here = here.get(step.name) if isinstance(here, dict) else None
            if isinstance(here, list) and step.number is not None:
                here = here[step.number - 1]
            rest.append(step.name)
            if id(here) in self.places:
                found, rest = self.places[id(here)], []
        if found is None:
            return deviation
        place, columns = found
        heading = next(
            (c.heading for c in columns if [s for s in c.path if isinstance(s, str)] == rest), ".".join(rest)
        )
        return msgspec.structs.replace(deviation, path=place.child(heading) if heading else place)

    def _note(self, path: Path, reason: Reason) -> None:
        self.deviations.append(Deviation(path=path, reason=reason))

    def _label(self, sheet: Sheet) -> str:
        return self.labels.get(sheet.name, sheet.name)

    def _read(self, sheet: Sheet, source: Source) -> Iterator[tuple[Path, Row]]:
        """Give the rows that hold anything, each with its place and without its empty cells."""
        headings = source.headings
        for heading in sorted(set(headings) - set(sheet.headings)):
            self._note(Path.of(source.label, heading), UnknownElement())
        for heading in sorted({heading for heading in headings if headings.count(heading) > 1}):
            self._note(Path.of(source.label, heading), Repeated())
        for number, cells in source.rows:
            place = Path.of(source.label, ("row", number))
            if any(not self._absent(cell) for cell in cells[len(headings) :]):
                self._note(place.child("cell", len(headings) + 1), UnknownElement())
            pairs = zip(headings, cells, strict=False)
            if row := {heading: cell for heading, cell in pairs if not self._absent(cell)}:
                yield place, row

    def _absent(self, cell: Any) -> bool:
        return absent(cell) and (self.guarded or not isinstance(cell, str))

    def _items(self, sheet: Sheet) -> Lists:
        lists: Lists = defaultdict(list)
        seen: set[int] = set()
        children = [(child, self._items(child)) for child in sheet.children]
        owners: dict[int, tuple[Path, Row]] = {}
        for index, (place, row) in enumerate(self.rows.get(sheet.name, ()), 1):
            number = self._number(row, NR, place) if NR in row else index
            link = sheet.link if sheet.joined is None else sheet.joined.link
            owner = None if link is None else self._number(row, link, place)
            if number in seen:
                self._note(place.child(NR), TwiceTheSame("row"))
            seen.add(number)
            item = Item(None if sheet.only is None else sheet.only.wire)
            self._fill(item, sheet.columns, row, place)
            self._attach(item, number, children)
            plain = item.plain if item.plain is not None else {}
            self.places[id(plain)] = (place, sheet.columns)
            lists[owner].append((number, plain))
            if sheet.joined is not None and owner is not None:
                _, first = owners.setdefault(owner, (place, row))
                if any(first.get(c.heading) != row.get(c.heading) for c in sheet.joined.columns):
                    self._note(place.child(str(link)), Table("conflicting"))
        for child, items in children:
            if items.keys() - seen:
                self._note(Path.of(self._label(child), str(child.link)), Table("unlinked", self._label(sheet)))
        return lists if sheet.joined is None else self._joined(sheet, lists, owners)

    def _joined(self, sheet: Sheet, lists: Lists, owners: dict[int, tuple[Path, Row]]) -> Lists:
        """Make the owners whose columns are on the rows of their items."""
        found: Lists = {None: []}
        for number, (place, row) in owners.items():
            owner = Item()
            if sheet.joined is not None:
                self._fill(owner, sheet.joined.columns, row, place)
                owner.put(sheet.joined.path, [item for _, item in sorted(lists[number], key=_by_number)])
                self.places[id(owner.plain)] = (place, sheet.joined.columns)
            found[None].append((number, owner.plain))
        return found

    def _number(self, row: Row, heading: str, place: Path) -> int:
        try:
            return int(accept(_NUMBER, row.get(heading, "")))
        except ValueError:
            self._note(place.child(heading), Unreadable("integer"))
            return 0

    def _fill(self, item: Item, columns: tuple[Column, ...], row: Row, place: Path, *, base: Keys = ()) -> None:
        for column in columns:
            cell = row.get(column.heading)
            if cell is None:
                continue
            value: Any = unguard(cell) if self.guarded and column.text and isinstance(cell, str) else cell
            if column.kind == "present":
                if cell != PRESENT:
                    self._note(place.child(column.heading), Facet("codes", PRESENT))
                value = {}
            else:
                try:
                    value = accept(column.simple or _XML, value)
                except UnwritableError as error:
                    self._note(place.child(column.heading), error.reason)
                    continue
            if not item.put((*base, *column.path), value):
                self._note(place.child(column.heading), Repeated())

    def _attach(self, item: Item, number: int | None, children: list[tuple[Sheet, Lists]]) -> None:
        """Put the lists that belong to an item into it; kinds that have a table each come together by number."""
        together: dict[Any, list[tuple[int, Any]]] = defaultdict(list)
        for sheet, lists in children:
            together[sheet.path] += lists.get(number, [])
        for path, items in together.items():
            if items and not item.put(path, [plain for _, plain in sorted(items, key=_by_number)]):
                self._note(Path.of(*map(str, path)), Repeated())


def _by_number(item: tuple[int, Any]) -> int:
    return item[0]
