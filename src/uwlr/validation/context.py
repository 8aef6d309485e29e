"""What a validation may know beside the message itself."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from uwlr.berichten import Leerlinggegevens, LeerlinggegevensLeerlingen, LeerresultatenVerzoek
from uwlr.berichten.tabel import Bericht
from uwlr.vocabulaires import Vocabulaire


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Other messages and facts to compare a message with, each optional; rules that need an absent one are silent.

    Attributes:
        leerlinggegevens: the roster that results are about.
        vorige: the message with results sent before this one.
        verzoek: the request that this answer answers.
        vandaag: the day that counts as today; by default the day of validation.
        vocabulaires: vocabularies that terms may be bound to, beside Vakgebieden, which is known; see `read_vdex`.
        systeem: the system that a request goes to, for what its manuals ask beyond the agreement.
    """

    leerlinggegevens: Leerlinggegevens | LeerlinggegevensLeerlingen | None = None
    vorige: LeerresultatenVerzoek | None = None
    verzoek: Bericht | None = None
    vandaag: date | None = None
    vocabulaires: tuple[Vocabulaire, ...] = ()
    systeem: Literal["esis"] | None = None
