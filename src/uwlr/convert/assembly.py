"""Tables back to the plain form of a message."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from uwlr.convert.cells import Item, unguard
from uwlr.convert.layout import NR, PRESENT, Column, Keys, Sheet, every
from uwlr.convert.plain_form import Plain
from uwlr.deviations import (
    Deviation,
    Facet,
    Reason,
    Repeated,
    Table,
    TwiceTheSame,
    UnknownElement,
    WrongType,
)
from uwlr.errors import MessageError
from uwlr.paths import Path

Row = dict[str, str]
Lists = dict[int | None, list[tuple[int, Any]]]
"""The items of a table with their number, by the number of their owner."""


class Assembly:
    """Puts the tables of one message together and collects what is wrong with them."""

    def __init__(self, files: Mapping[str, bytes], sheets: tuple[Sheet, ...]) -> None:
        self.deviations: list[Deviation] = []
        self.sheets = sheets
        known = {sheet.name: sheet for sheet in every(sheets)}
        for name in files.keys() - known.keys():
            self._note(Path.of(f"{name}.csv"), UnknownElement())
        self.rows = {name: self._read(known[name], data) for name, data in files.items() if name in known}

    def message(self) -> Plain:
        """Put the whole message together."""
        message = Item()
        message.plain = {}
        lists: list[tuple[Sheet, Lists]] = []
        for sheet in self.sheets:
            if not sheet.single:
                lists.append((sheet, self._items(sheet)))
                continue
            rows = self.rows.get(sheet.name, [])
            if len(rows) > 1:
                self._note(Path.of(sheet.file, ("row", 2)), Repeated())
            if rows:
                self._fill(message, sheet.columns, rows[0], Path.of(sheet.file), base=sheet.path)
        self._attach(message, None, lists)
        return message.plain if isinstance(message.plain, dict) else {}

    def _note(self, path: Path, reason: Reason) -> None:
        self.deviations.append(Deviation(path=path, reason=reason))

    def _read(self, sheet: Sheet, data: bytes) -> list[Row]:
        name = sheet.file
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise MessageError(f"{name} is not UTF-8; a spreadsheet saves that as 'CSV UTF-8'") from None
        delimiter = ";" if ";" in text.partition("\n")[0] or "," not in text.partition("\n")[0] else ","
        try:
            table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            raise MessageError(f"{name} is not CSV: a quote is not closed, or a cell is too long") from None
        headings = table[0] if table else []
        for heading in sorted(set(headings) - set(sheet.headings)):
            self._note(Path.of(name, heading), UnknownElement())
        for heading in sorted({heading for heading in headings if headings.count(heading) > 1}):
            self._note(Path.of(name, heading), Repeated())
        rows = []
        for number, cells in enumerate(table[1:], 2):
            if len(cells) > len(headings):
                self._note(Path.of(name, ("row", number), ("cell", len(headings) + 1)), UnknownElement())
            if any(cells):
                rows.append(dict(zip(headings, cells, strict=False)))
        return rows

    def _items(self, sheet: Sheet) -> Lists:
        lists: Lists = defaultdict(list)
        seen: set[int] = set()
        children = [(child, self._items(child)) for child in sheet.children]
        owners: dict[int, Row] = {}
        for index, row in enumerate(self.rows.get(sheet.name, []), 1):
            place = Path.of(sheet.file, ("row", index + 1))
            number = self._number(row, NR, place) if NR in row else index
            link = sheet.link if sheet.joined is None else sheet.joined.link
            owner = None if link is None else self._number(row, link, place)
            if number in seen:
                self._note(place.child(NR), TwiceTheSame("row"))
            seen.add(number)
            item = Item(sheet.tag)
            self._fill(item, sheet.columns, row, place)
            self._attach(item, number, children)
            lists[owner].append((number, item.plain if item.plain is not None else {}))
            if sheet.joined is not None and owner is not None:
                first = owners.setdefault(owner, row)
                if any(first.get(c.heading, "") != row.get(c.heading, "") for c in sheet.joined.columns):
                    self._note(place.child(str(link)), Table("conflicting"))
        for child, items in children:
            if items.keys() - seen:
                self._note(Path.of(child.file, str(child.link)), Table("unlinked", sheet.file))
        return lists if sheet.joined is None else self._joined(sheet, lists, owners)

    def _joined(self, sheet: Sheet, lists: Lists, owners: dict[int, Row]) -> Lists:
        """Make the owners whose columns are on the rows of their items."""
        found: Lists = {None: []}
        for number, row in owners.items():
            owner = Item()
            if sheet.joined is not None:
                self._fill(owner, sheet.joined.columns, row, Path.of(sheet.file))
                owner.put(sheet.joined.path, [item for _, item in sorted(lists[number], key=_by_number)])
            found[None].append((number, owner.plain))
        return found

    def _number(self, row: Row, heading: str, place: Path) -> int:
        try:
            return int(row.get(heading, ""))
        except ValueError:
            self._note(place.child(heading), WrongType("integer", "text"))
            return 0

    def _fill(self, item: Item, columns: tuple[Column, ...], row: Row, place: Path, *, base: Keys = ()) -> None:
        for column in columns:
            cell = row.get(column.heading, "")
            if not cell:
                continue
            value: Any = unguard(cell) if column.text else cell
            if column.kind == "present":
                if cell != PRESENT:
                    self._note(place.child(column.heading), Facet("codes", PRESENT))
                value = {}
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
