"""Constants of the agreement: namespaces, versions, operations.

Source: UWLR 2.2 technical files (schema set 20170515), the two WSDLs.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

LEERLINGGEGEVENS: Final = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"
LEERRESULTATEN: Final = "http://www.edustandaard.nl/leerresultaten/2/leerresultaten"
TOETSDEFINITIES: Final = "http://www.edustandaard.nl/leerresultaten/2/toetsdefinities"
AUTORISATIE: Final = "http://www.edustandaard.nl/leerresultaten/2/autorisatie"
OSO: Final = "http://www.edustandaard.nl/oso_gegevensset/1.2/dossier"
SOAP_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_PREFIX: Final = "soap"
"""The prefix of an envelope where nobody asks for another."""
SOAP12_ENVELOPE: Final = "http://www.w3.org/2003/05/soap-envelope"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"

Versie = Literal["2.2", "2.3"]
"""Versions of the agreement; 2.2.1 uses the technical files of 2.2."""

VERSIES: Final[tuple[Versie, ...]] = ("2.2", "2.3")


def schooljaar_for(day: date) -> str:
    """Give the school year that holds a day, as `2025-2026`; it starts on 1 August (Wet op het primair onderwijs)."""
    start = day.year if day.month >= 8 else day.year - 1
    return f"{start:04}-{start + 1:04}"
