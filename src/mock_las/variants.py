"""How the vendors behave now: as their files say, or as a tester changed it."""

from __future__ import annotations

import threading
from typing import Any

import msgspec

from mock_las import vendors
from mock_las.state import State
from mock_las.vendors import Traits
from uwlr.errors import ConfigurationError

FIXED = frozenset({"services", "sector", "paths"})
"""Traits that addresses and made-up schools depend on, so that they cannot change while the fakes run."""


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tester changed in the traits of a vendor.

    Attributes:
        variant: a variant of the vendor, if any.
        traits: values of single traits, which come after those of the variant.
    """

    variant: str | None = None
    traits: dict[str, Any] = {}


class Variants:
    """The traits of every vendor, and what was changed in them.

    Args:
        state: where changes are kept.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._traits: dict[str, Traits] = {}

    def traits(self, vendor: str) -> Traits:
        """The traits in force; the same object until they are changed."""
        with self._lock:
            found = self._traits.get(vendor)
        if found is None:
            # Under the lock of the state, so that no reset happens between reading and keeping it.
            with self._state.transaction(), self._lock:
                found = self._traits[vendor] = _put_together(vendor, self.changed(vendor))
        return found

    def changed(self, vendor: str) -> Change:
        """What was changed in the traits of a vendor."""
        return self._state.setting(f"traits/{vendor}", Change) or Change()

    def change(self, vendor: str, change: Change) -> None:
        """Change a vendor's traits; this replaces earlier changes.

        Raises:
            ConfigurationError: no such variant, a trait that is fixed, or a value that a trait cannot have.
        """
        traits = _put_together(vendor, change)
        with self._state.transaction():
            self._state.keep(f"traits/{vendor}", change)
            with self._lock:
                self._traits[vendor] = traits

    def forget(self) -> None:
        """Read the traits from the state again, after it was cleared."""
        with self._lock:
            self._traits.clear()


def _put_together(vendor: str, change: Change) -> Traits:
    if fixed := FIXED & change.traits.keys():
        raise ConfigurationError(f"{', '.join(sorted(fixed))} cannot change while the fakes run")
    return vendors.load(vendor).traits(change.variant, change.traits)
