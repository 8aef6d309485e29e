"""Every rule, one module per subject; importing this package registers them all."""

from uwlr.validation.rule_registry import RULES
from uwlr.validation.rules import (
    groepen,
    leerkrachten,
    leerlingen,
    metingen,
    normeringen,
    profielregels,
    schema_rules,
    schoolgegevens,
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
    "profielregels",
    "schema_rules",
    "schoolgegevens",
    "sleutels",
    "toetsen",
    "transport",
    "verzoeken",
]
