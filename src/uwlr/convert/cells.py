"""The cell of a table: what it shows of a message, safe for a spreadsheet, and what it becomes in the plain form."""

from __future__ import annotations

import operator
import re
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Real
from typing import Any, SupportsIndex, cast

from uwlr.berichten.tabel import Bericht, Simple
from uwlr.berichten.waarden import Onleesbaar, OutOfRange
from uwlr.codec.values import UnwritableError, format_value
from uwlr.convert.layout import PRESENT, Column, Keys, Variant
from uwlr.deviations import Deviation, Reason, WasUnreadable, WrongType
from uwlr.errors import InvalidMessage
from uwlr.paths import Path

Value = str | int | Decimal | date | datetime
_NATIVE: dict[str, type] = {"integer": int, "decimal": Decimal, "date": date, "dateTime": datetime}
"""What a cell may hold as it is; a subclass (a day with a zone, a moment of finer digits) is text, like all else."""
_SPACED = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\S*)")
"""How pandas and Python write a moment."""
_MIDNIGHT = "00:00:00"

_GUARDED = re.compile(r"'*(?:[=+\-@\t\r\n＝＋－＠]|\Z)")  # noqa: RUF001 - wide forms start a formula too
"""Texts that get an apostrophe: what starts a formula, and nothing at all, behind any number of apostrophes."""


def guard(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run, or that would look like an absent value."""
    return f"'{text}" if _GUARDED.match(text) else text


def unguard(cell: str) -> str:
    """Take off the apostrophe that `guard` put there."""
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell


def take(item: Any, path: Keys) -> Any:
    """Find a value in an item of a message; None if it is absent.

    Raises:
        InvalidMessage: a part that could not be read, or is no part of a message.
    """
    for step in path:
        if isinstance(step, Variant):
            if not step.admits(item):
                return None
        elif isinstance(item, Bericht):
            item = getattr(item, step)
        else:
            found = WasUnreadable() if isinstance(item, Onleesbaar) else WrongType("object", type(item).__name__)
            raise InvalidMessage([Deviation(path=Path.of(step), reason=found)], element=step)
        if item is None:
            return None
    return item


def cells(column: Column, items: list[Any], *, guarded: bool) -> list[Value | None]:
    """Give the cells of a column: texts, or numbers, days and moments that Python holds exactly; None if absent.

    Raises:
        InvalidMessage: a value that could not be read, or of another Python type than its table says.
    """
    values = _values(column.path, items)
    if column.simple is None:
        if column.kind == "present":
            return [None if value is None else PRESENT for value in values]
        return [None if value is None else str(value.decode()) for value in values]
    if not column.text:
        native: Any = _NATIVE.get(column.simple.base)
        return [value if value is None or type(value) is native else _text(column, value) for value in values]
    protect = guard if guarded else str
    return [None if value is None else protect(_text(column, value)) for value in values]


def _values(path: Keys, items: list[Any]) -> list[Any]:
    """Find the values of a column; at once if they are fields of the items themselves."""
    if len(path) == 1 and isinstance(path[0], str) and all(isinstance(item, Bericht) for item in items):
        return list(map(operator.attrgetter(path[0]), items))
    return [take(item, path) for item in items]


def _text(column: Column, value: Any) -> str:
    """Give the text of a value."""
    if type(value) is str:
        return value
    reason: Reason = WasUnreadable()
    if not isinstance(value, Onleesbaar) or isinstance(value, OutOfRange):
        try:
            return format_value(cast("Simple", column.simple), value)
        except UnwritableError as error:
            reason = error.reason
    found = Deviation(path=Path.of(column.heading), reason=reason)
    raise InvalidMessage([found], element=column.heading)


def written(column: Column | None, value: Value | None) -> str:
    """Give the text of a cell, in the form XML has it; the number of a row has no column."""
    if value is None or isinstance(value, str):
        return value or ""
    return str(value) if column is None or column.simple is None else format_value(column.simple, value)


def accept(simple: Simple, cell: Any) -> str | int:
    """Turn a cell that is no text into the plain form of a value.

    A number is no key: 42 may have been 0042. It stands for a code only if the code list has it so.

    Raises:
        UnwritableError: the type cannot hold this value.
    """
    base = simple.base
    if isinstance(cell, str):
        return _unspaced(base, cell)
    if base in {"integer", "decimal", "string"} and isinstance(cell, SupportsIndex) and not isinstance(cell, bool):
        number = operator.index(cell)
        if base != "string":
            return number if base == "integer" else str(number)
        if str(number) in simple.codes:
            return str(number)
    elif base in {"integer", "decimal"} and isinstance(cell, Real | Decimal):
        exact = cell if isinstance(cell, Decimal) else Decimal(str(float(cell)))
        if base == "integer" and exact == exact.to_integral_value():
            return int(exact)
        if base == "decimal":
            return format_value(simple, exact)
    elif base == "date" and isinstance(cell, datetime) and cell == datetime.combine(cell, time()):
        return cell.date().isoformat()
    elif isinstance(cell, date):
        return format_value(simple, cell)
    raise UnwritableError(WrongType(base, type(cell).__name__))


def _unspaced(base: str, text: str) -> str:
    """Put a moment that pandas made a text of into the form of XML; a day may have become a moment on the way."""
    found = _SPACED.fullmatch(text) if base in {"date", "dateTime"} else None
    if found is None:
        return text
    if base == "date":
        return found[1] if found[2] == _MIDNIGHT else text
    return f"{found[1]}T{found[2]}"


def absent(cell: Any) -> bool:
    """Tell whether a cell is empty: None, no text, and what pandas and NumPy have for a missing value."""
    if cell is None or isinstance(cell, str):
        return not cell
    try:
        return bool(cell != cell)  # noqa: PLR0124 - NaN and NaT differ from themselves
    except TypeError:  # pandas' NA is neither
        return True


class Item:
    """A plain item that is put together cell by cell."""

    def __init__(self, tag: str | None = None) -> None:
        self.plain: Any = None if tag is None else {"type": tag}

    def put(self, path: Keys, value: Any) -> bool:
        """Put a value in its place; False if another alternative of the same field is there already."""
        holder: dict[str, Any] = {"": self.plain}
        container, key = holder, ""
        for step in path:
            here = container.get(key)
            if isinstance(step, Variant) and step.cls is None:
                if here is not None:
                    return False
                continue
            if here is None:
                here = container[key] = {}
            if not isinstance(here, dict):
                return False
            if isinstance(step, Variant):
                if here.setdefault("type", step.wire) != step.wire:
                    return False
            else:
                container, key = here, step
        if value != {} or container.get(key) is None:
            container[key] = value
        self.plain = holder[""]
        return True
