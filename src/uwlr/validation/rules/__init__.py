"""Every rule, one module per subject; importing this package registers them all."""

from uwlr.validation.registry import RULES
from uwlr.validation.rules import (
    groepen,
    leerkrachten,
    leerlingen,
    metingen,
    normeringen,
    profielen,
    schema,
    school,
    sleutels,
    toetsen,
    transport,
    verzoeken,
)

__all__ = [
    "RULES",
    "groepen",
    "leerkrachten",
    "leerlingen",
    "metingen",
    "normeringen",
    "profielen",
    "schema",
    "school",
    "sleutels",
    "toetsen",
    "transport",
    "verzoeken",
]
