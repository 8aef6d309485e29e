"""Names of made-up schools, so that people need not know a BRIN by heart. Which one follows from the BRIN."""

from __future__ import annotations

import zlib
from typing import Final

_NAMES: Final = (
    *("De Kievit", "De Grutto", "De Wulp", "De Tureluur", "De Leeuwerik", "De Zwaluw", "De IJsvogel", "De Reiger"),
    *("De Hazelaar", "De Lijsterbes", "De Meidoorn", "De Vlier", "De Gagel", "De Linde", "De Esdoorn", "De Wilg"),
    *("Het Drijfzand", "De Kwelder", "De Terp", "Het Wad", "De Plaat", "De Slenk", "De Dobbe", "De Brink"),
)


def school_name(brincode: str, dependancecode: str, sector: str) -> str:
    """The name of a school."""
    number = zlib.crc32(f"{brincode}{dependancecode}".encode())
    return f"{'Basisschool' if sector == 'PO' else 'Scholengemeenschap'} {_NAMES[number % len(_NAMES)]}"
