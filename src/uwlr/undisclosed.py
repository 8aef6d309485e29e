"""Records that show no more of themselves than they say themselves."""

from __future__ import annotations

from typing import Any


class Undisclosed:
    """Mixin for a record that holds keys, messages or persons: it comes before msgspec.Struct among the bases.

    msgspec gives every record a `__repr__` and a `__rich_repr__` that show all fields, the latter also in rich's
    tracebacks with locals. This one shows what a record names in a `__rich_repr__` of its own, and nothing otherwise.
    """

    __slots__ = ()

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Give the fields that may be seen: none."""
        return []

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"
