"""placeholder while the exact reader is proven."""

from __future__ import annotations

from uwlr.berichten.tabel import Bericht
from uwlr.norm import Versie


def read(data: bytes, *, versie: Versie | None = None) -> Bericht | None:
    return None


def has_empty_text(data: bytes) -> bool:
    return True
