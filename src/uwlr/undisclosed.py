"""Records that show no more of themselves than their `repr` says."""

from __future__ import annotations

from typing import Any


class Undisclosed:
    """Mixin for a record with a `repr` of its own that leaves out keys, messages or persons.

    msgspec gives every record a `__rich_repr__` too, by which rich would show all fields, in its tracebacks with locals
    among others.
    """

    __slots__ = ()

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show no field."""
        return []
