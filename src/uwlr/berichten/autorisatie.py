"""Autorisatie: the SOAP header of every request.

Source: UWLR 2.2, UWLR_Autorisatie_v2p2.xsd (20170515).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from uwlr import norm
from uwlr.berichten.tabel import Bericht, Simple

LONGEST: Final = 64
"""Characters in each part (tpString64); some systems hand out longer keys."""

Secret = Annotated[str, Simple(name="tpString64", min_length=1, max_length=LONGEST, personal=True)]
_Text64 = Annotated[str, Simple(name="tpString64", min_length=1, max_length=LONGEST)]


class Autorisatie(Bericht, tag="autorisatie"):
    """The caller, and the key that the school handed over. Element autorisatie.

    The key never shows in `repr`. It travels byte for byte: surrounding white space is kept, and reported.
    """

    namespace: ClassVar[str] = norm.AUTORISATIE

    autorisatiesleutel: Secret
    """The secret key that the school handed over for this coupling.

    autorisatiesleutel [1..1] tpString64 (1 to 64 characters).
    """
    klantcode: _Text64
    """Code by which the supplier is known. klantcode [1..1] tpString64 (1 to 64 characters)."""
    klantnaam: _Text64
    """Name of the supplier. klantnaam [1..1] tpString64 (1 to 64 characters)."""
