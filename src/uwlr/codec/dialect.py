"""Where a family of documents departs from the field tables: EDEXML files use those of UWLR with other names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from uwlr.berichten.raw import RawElement, is_registered
from uwlr.berichten.tabel import Simple


class Dialect(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """The differences between a document and the field tables it is read and written by.

    Attributes:
        bare: whether the elements are in no namespace.
        roots: other names for the element of a message, by the name in the tables.
        types: simple types with other facets, by their name.
        private_types: the only types of raw elements it can hold; None for those that were registered.
    """

    bare: bool = False
    roots: Mapping[str, str] = MappingProxyType({})
    types: Mapping[str, Simple] = MappingProxyType({})
    private_types: frozenset[str] | None = None

    def can_hold(self, raw: RawElement) -> bool:
        """Tell whether a document may hold a raw element of this private type."""
        if self.private_types is None:
            return is_registered(raw.private_type)
        return raw.private_type in self.private_types


UWLR: Final = Dialect()
"""Messages as the agreement has them: the tables say it all."""
