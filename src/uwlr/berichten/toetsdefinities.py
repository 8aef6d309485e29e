"""Toetsdefinities: tests without results, exchanged as a file.

Source: UWLR 2.2, UWLR_Toetsdefinities_v2p2.xsd (20170515).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from uwlr import norm
from uwlr.berichten.leerresultaten import Toets
from uwlr.berichten.tabel import Bericht, Wrapped


class Toetsdefinities(Bericht, tag="Toetsdefinities"):
    """Definitions of tests. Element Toetsdefinities; its children are in the leerresultaten namespace."""

    namespace: ClassVar[str] = norm.LEERRESULTATEN
    tag_namespace: ClassVar[str | None] = norm.TOETSDEFINITIES

    toetsen: Annotated[tuple[Toets, ...], Wrapped()]
    """The tests that results refer to. toetsen [1..n] toets."""
