"""The register of requirements: what the agreement asks, where it says so, and which case tests it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from uwlr.conformance.outcomes import Role
from uwlr.text import Text

Strength: TypeAlias = Literal["must", "should", "may"]
Severity: TypeAlias = Literal["kritiek", "hoog", "middel", "laag"]
SEVERITIES: Final[tuple[Severity, ...]] = ("kritiek", "hoog", "middel", "laag")
"""Worst first."""


class Cause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What requirements that fail together have in common.

    Attributes:
        id: stable name.
        severity: how bad it is.
        title: what it is about.
        impact: what it does to a school.
        remedy: what to do.
    """

    id: str
    severity: Severity
    title: Text
    impact: Text
    remedy: Text


class Requirement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is asked of a LAS or an EA.

    Attributes:
        id: stable name.
        cause: what it fails together with.
        document: where it stands; "good practice" where it is nobody's rule.
        version: version of that document.
        section: place in it.
        strength: must, should or may.
        role: who it is asked of.
        text: what is asked, in our own words.
        condition: when it applies, if not always.
        not_tested_because: why no case can test it.
        beside: the topic beside which a report says so.
    """

    id: str
    cause: str
    document: str
    version: str
    section: str
    strength: Strength
    role: Role
    text: Text
    condition: Text | None = None
    not_tested_because: Text | None = None
    beside: str | None = None

    @property
    def source(self) -> str:
        """Where it stands, in one line."""
        return f"{self.document} {self.version}, {self.section}".replace(" ,", ",")


class _Register(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    cause: tuple[Cause, ...]
    requirement: tuple[Requirement, ...]


@cache
def _read() -> _Register:
    return msgspec.toml.decode(Path(__file__).with_name("requirements.toml").read_bytes(), type=_Register)


@cache
def register() -> Mapping[str, Requirement]:
    """All requirements, by id."""
    return MappingProxyType({requirement.id: requirement for requirement in _read().requirement})


@cache
def causes() -> Mapping[str, Cause]:
    """All causes, by id."""
    return MappingProxyType({cause.id: cause for cause in _read().cause})
