"""What is known of each system beforehand, so that a koppeling is added in a few lines; all of it data.

Sources: the public manuals of the couplings, and public client code; see docs/fidelity.md, which names them one by one.
What is not listed is as the standard has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from uwlr.norm import Versie


class Preset(NamedTuple):
    """What a koppeling with a system begins with.

    Attributes:
        titel: what people call the system.
        versie: the version that it speaks.
        gegevenssetid: what it asks for in each request.
        silent: whether it says nothing about pupils it does not know, and drops their results.
        key: the form of its keys, where that is known for certain.
        key_per_bron: whether each location has a key of its own.
    """

    titel: str
    versie: Versie = "2.2"
    gegevenssetid: str | None = None
    silent: bool = False
    key: Literal["verificatiecode"] | None = None
    key_per_bron: bool = False


PRESETS: Final[Mapping[str, Preset]] = {
    "esis": Preset("ESIS", key="verificatiecode", key_per_bron=True),
    "parnassys": Preset("ParnasSys"),
    "somtoday": Preset("Somtoday", key_per_bron=True),
    "magister": Preset("Magister", versie="2.3", gegevenssetid="Smalle-set-VO"),
    "schoolkr8": Preset("Schoolkr8", silent=True),
    "focuspo": Preset("Focus PO", silent=True),
}


def preset_of(vendor: str) -> Preset:
    """What is known of a system; of one that is not listed only its name."""
    return PRESETS.get(vendor, Preset(vendor))
