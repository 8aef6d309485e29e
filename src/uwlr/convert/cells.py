"""The cell of a table: safe for a spreadsheet, and its place in the plain form of a message."""

from __future__ import annotations

import re
from typing import Any

from uwlr.convert.layout import Keys, Variant

_GUARDED = re.compile(r"'*(?:[=+\-@\t\r\n＝＋－＠]|\Z)")  # noqa: RUF001 - wide forms start a formula too
"""Texts that get an apostrophe: what starts a formula, and nothing at all, behind any number of apostrophes."""


def guard(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run, or that would look like an absent value."""
    return f"'{text}" if _GUARDED.match(text) else text


def unguard(cell: str) -> str:
    """Take off the apostrophe that `guard` put there."""
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell


def take(plain: Any, path: Keys) -> Any:
    """Find a value in a plain item; None if it is absent."""
    for step in path:
        if isinstance(step, Variant):
            if not (plain.get("type") == step.wire if isinstance(plain, dict) else step.simple):
                return None
        elif isinstance(plain, dict):
            plain = plain.get(step)
        if plain is None:
            return None
    return plain


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
            if isinstance(step, Variant) and step.simple:
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
