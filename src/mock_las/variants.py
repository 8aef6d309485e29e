"""The vendors' ways as they are now: those of their files, or what a tester made of them."""

from __future__ import annotations

import threading
from typing import Any

import msgspec

from mock_las import vendors
from mock_las.state import State
from mock_las.vendors import Traits
from uwlr.errors import ConfigurationError

FIXED = frozenset({"services", "sector", "paths"})
"""Traits that the addresses and the made-up schools are made from, so that they cannot change while it runs."""


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tester changed about a vendor.

    Attributes:
        variant: a variant of the vendor; None for none.
        traits: values of single traits, on top of it.
    """

    variant: str | None = None
    traits: dict[str, Any] = {}


class Variants:
    """The traits of every vendor, and what was changed about them.

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
            # Under the lock of the state, so that no reset comes between reading and keeping it.
            with self._state.transaction(), self._lock:
                found = self._traits[vendor] = _put_together(vendor, self.changed(vendor))
        return found

    def changed(self, vendor: str) -> Change:
        """What was changed about a vendor."""
        return self._state.setting(f"traits/{vendor}", Change) or Change()

    def change(self, vendor: str, change: Change) -> None:
        """Change a vendor's traits, in place of what was changed before.

        Raises:
            ConfigurationError: no such variant, a trait that is fixed, or a value that a trait cannot have.
        """
        traits = _put_together(vendor, change)
        with self._state.transaction():
            self._state.keep(f"traits/{vendor}", change)
            with self._lock:
                self._traits[vendor] = traits

    def forget(self) -> None:
        """Take the traits from the state again, after that was cleared."""
        with self._lock:
            self._traits.clear()


def _put_together(vendor: str, change: Change) -> Traits:
    if fixed := FIXED & change.traits.keys():
        raise ConfigurationError(f"{', '.join(sorted(fixed))} cannot change while the fakes run")
    return vendors.load(vendor).traits(change.variant, change.traits)
