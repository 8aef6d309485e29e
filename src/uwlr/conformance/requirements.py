"""The register of requirements: what the agreement asks, where it says so, and which case tests it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from uwlr.conformance.outcomes import Role
from uwlr.text import Text

Strength: TypeAlias = Literal["must", "should", "may"]
_ORDER: Final[tuple[Strength, ...]] = ("must", "should", "may")


class Requirement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is asked of a LAS or an EA.

    Attributes:
        id: stable name.
        document: where it stands; "good practice" where it is nobody's rule.
        version: version of that document.
        section: place in it.
        strength: must, should or may.
        role: who it is asked of.
        text: what is asked, in our own words.
        condition: when it holds, where it does not always.
        tested_by: ids of the cases that test it.
        not_tested_because: why none can.
    """

    id: str
    document: str
    version: str
    section: str
    strength: Strength
    role: Role
    text: Text
    condition: Text | None = None
    tested_by: tuple[str, ...] = ()
    not_tested_because: Text | None = None

    @property
    def source(self) -> str:
        """Where it stands, in one line."""
        return f"{self.document} {self.version}, {self.section}".replace(" ,", ",")


class _Register(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    requirement: tuple[Requirement, ...]


@cache
def register() -> Mapping[str, Requirement]:
    """All requirements, by id."""
    data = Path(__file__).with_name("requirements.toml").read_bytes()
    found = msgspec.toml.decode(data, type=_Register).requirement
    return MappingProxyType({requirement.id: requirement for requirement in found})


def strength_of(names: Iterable[str]) -> Strength:
    """The strongest of some requirements."""
    return min((register()[name].strength for name in names), key=_ORDER.index, default="may")
