"""Lists that the schemas do not hold.

Source: OSO 2019.1, lists 11 and 22; the concept Vakgebieden (methode, PO) of June 2018, which Edustandaard recommends.
"""

from __future__ import annotations

from typing import Final

VAKGEBIEDEN_URI: Final = "http://purl.edustandaard.nl/concept/328cc12a-87b2-41c4-aef8-853595f9f9dd"
VAKGEBIEDEN: Final = frozenset(
    {
        "Voorschoolse educatie",
        "Wereldoriëntatie",
        "Bewegen",
        "Kleuteronderwijs",
        "Verkeer",
        "Mondeling Taalonderwijs",
        "Groep 3 lezen, taal en spelling",
        "Natuur- en techniekonderwijs",
        "Spelling",
        "Voortgezet taal",
        "Aardrijkskunde",
        "Begrijpend/studerend lezen",
        "Schrijven",
        "Geschiedenis",
        "Voortgezet technisch lezen",
        "Engels",
        "Beeldende vorming",
        "Voortgezet lezen",
        "Fries",
        "Muzische vorming of muziek",
        "Godsdienst / levensbeschouwing",
        "Rekenen en wiskunde",
        "Drama",
    }
)
OSO_REFERENTIESCORES: Final = frozenset(
    {
        "AE", "CAE", "IV", "CIV", "FN", "ON", "DLE", "Percentiel", "Percentage", "T-score", "Stanine", "DQ", "IQ",
        "ERK", "C-score", "Norm", "RNTRM", "ZML", "LGH", "AVI", "NAZ", "LM", "Standaardscore", "LA",
    }
)  # fmt: skip
OSO_VERGELIJKINGSGROEPEN: Final = frozenset({"BB+", "BB", "KB", "GT", "HAVO", "VWO", "Landelijk"})
