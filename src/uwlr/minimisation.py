"""Data minimisation: the part of a roster that a profile lets a school share, and what was left out."""

from __future__ import annotations

from typing import Any, Generic

import msgspec

from uwlr.berichten.profielen import Profiel
from uwlr.berichten.prune import B, Removed, prune
from uwlr.berichten.tabel import Bericht, Field
from uwlr.errors import ConfigurationError


class Minimised(msgspec.Struct, Generic[B], frozen=True, kw_only=True):
    """A message that holds what a profile allows.

    Attributes:
        bericht: the message; equal to the one given if nothing was taken out.
        removed: the fields that were taken out, with how many values of each; no values.
    """

    bericht: B
    removed: tuple[Removed, ...]


def minimise(bericht: B, profiel: Profiel) -> Minimised[B]:
    """Take out of a roster or an answer what the profile does not allow. What it asks for is not added.

        minimised = uwlr.minimise(antwoord, uwlr.profiel("Smalle set"))

    Raises:
        ConfigurationError: the profile does not speak of such a message: only of leerlinggegevens, whole or in stages.
    """
    if type(bericht) not in profiel.allowed:
        raise ConfigurationError(f"{profiel.naam} says nothing of {type(bericht).__name__}, only of leerlinggegevens")

    def keep(cls: type[Bericht], field: Field, _: Any) -> bool:
        names = profiel.allowed.get(cls)
        return names is None or field.name in names

    kept, removed = prune(bericht, keep)
    return Minimised(bericht=kept, removed=removed)
