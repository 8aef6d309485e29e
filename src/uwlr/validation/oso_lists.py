"""Code lists of OSO, which the part of OSO that UWLR carries does not hold.

Source: OSO 2019.1, lists 11 and 22.
"""

from __future__ import annotations

from typing import Final

OSO_REFERENTIESCORES: Final = frozenset(
    {
        "AE", "CAE", "IV", "CIV", "FN", "ON", "DLE", "Percentiel", "Percentage", "T-score", "Stanine", "DQ", "IQ",
        "ERK", "C-score", "Norm", "RNTRM", "ZML", "LGH", "AVI", "NAZ", "LM", "Standaardscore", "LA",
    }
)  # fmt: skip
OSO_VERGELIJKINGSGROEPEN: Final = frozenset({"BB+", "BB", "KB", "GT", "HAVO", "VWO", "Landelijk"})
