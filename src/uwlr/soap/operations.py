"""The five operations of the two services.

Source: UWLR_Leerlinggegevens_v2p2.wsdl and UWLR_Leerresultaten_v2p2.wsdl.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from uwlr import norm
from uwlr.berichten import (
    LeerkrachtenAntwoord,
    LeerkrachtenVerzoek,
    LeerlingenAntwoord,
    LeerlingenVerzoek,
    LeerlinggegevensAntwoord,
    LeerlinggegevensVerzoek,
    LeerresultatenBevestiging,
    LeerresultatenVerzoek,
    StructuurAntwoord,
    StructuurVerzoek,
)
from uwlr.berichten.tabel import Bericht

Service = Literal["leerlinggegevens", "leerresultaten"]


class Operation(NamedTuple):
    """One operation: its name, SOAPAction, service, and the classes of request and answer."""

    name: str
    soap_action: str
    service: Service
    verzoek: type[Bericht]
    antwoord: type[Bericht]


HAAL_LEERLINGGEGEVENS: Final = Operation(
    "HaalLeerlinggegevens",
    "HaalLeerlinggegevens",
    "leerlinggegevens",
    LeerlinggegevensVerzoek,
    LeerlinggegevensAntwoord,
)
HAAL_STRUCTUUR: Final = Operation(
    "HaalStructuur",
    f"{norm.LEERLINGGEGEVENS}/structuur_verzoek",
    "leerlinggegevens",
    StructuurVerzoek,
    StructuurAntwoord,
)
HAAL_LEERLINGEN: Final = Operation(
    "HaalLeerlingen",
    f"{norm.LEERLINGGEGEVENS}/leerlingen_verzoek",
    "leerlinggegevens",
    LeerlingenVerzoek,
    LeerlingenAntwoord,
)
HAAL_LEERKRACHTEN: Final = Operation(
    "HaalLeerkrachten",
    f"{norm.LEERLINGGEGEVENS}/leerkrachten_verzoek",
    "leerlinggegevens",
    LeerkrachtenVerzoek,
    LeerkrachtenAntwoord,
)
BRENG_LEERRESULTATEN: Final = Operation(
    "BrengLeerresultaten",
    "BrengLeerresultaten",
    "leerresultaten",
    LeerresultatenVerzoek,
    LeerresultatenBevestiging,
)
OPERATIONS: Final = (
    HAAL_LEERLINGGEGEVENS,
    HAAL_STRUCTUUR,
    HAAL_LEERLINGEN,
    HAAL_LEERKRACHTEN,
    BRENG_LEERRESULTATEN,
)
BY_VERZOEK: Final[Mapping[type[Bericht], Operation]] = {op.verzoek: op for op in OPERATIONS}
"""The operation of a request."""
