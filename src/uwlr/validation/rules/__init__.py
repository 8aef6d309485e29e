"""Every rule, one module per subject; importing this package registers them all."""

from uwlr.validation.rule_registry import RULES
from uwlr.validation.rules import (
    beschadigde_namen,
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
    "beschadigde_namen",
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
