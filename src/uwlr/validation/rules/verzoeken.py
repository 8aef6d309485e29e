"""The header of a request, and what particular systems ask of it.

Source: UWLR 2.2, UWLR_Autorisatie; vendors' manuals.
"""

from __future__ import annotations

from uwlr.berichten import Autorisatie
from uwlr.validation.key_index import Index
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import WARNING, Example, Hits, hit, rule
from uwlr.verificatiecode import verificatiecode_problems


@rule(
    "AU-102",
    on=Autorisatie,
    severity=WARNING,
    source=Source("UWLR 2.2", "UWLR_Autorisatie; keys are typed and pasted by hand", "practice"),
    nl="{field} heeft spaties of een regeleinde aan het begin of eind",
    en="{field} has spaces or a line end around it",
    remedy_nl="Plak de waarde opnieuw, zonder spaties eromheen.",
    remedy_en="Paste the value again, without spaces around it.",
    example=Example("verzoek", "<klantcode>uitgever<", "<klantcode>uitgever <"),
)
def autorisatie_zonder_spaties(autorisatie: Autorisatie, _: Index) -> Hits:
    """They travel byte for byte, and a LAS compares byte for byte."""
    for field in ("autorisatiesleutel", "klantcode", "klantnaam"):
        value = getattr(autorisatie, field)
        if isinstance(value, str) and value != value.strip():
            yield hit(field)


@rule(
    "AU-103",
    on=Autorisatie,
    severity=WARNING,
    source=Source(
        "ESIS",
        "manuals: a verificatiecode is brincode and vestigingsnummer, then letters and digits, 20 to 50",
        "practice",
    ),
    nl="autorisatiesleutel kan geen verificatiecode van ESIS zijn: 99XX00 en letters of cijfers, samen 20 tot 50",
    en="autorisatiesleutel cannot be a verificatiecode of ESIS: 99XX00 and letters or digits, 20 to 50 together",
    remedy_nl="Neem in beide systemen dezelfde code over, zonder spaties en leestekens.",
    remedy_en="Enter the same code in both systems, without spaces and punctuation.",
    example=Example("verzoek", "99XX01abcdefghijklmnop", "geheim", option="esis"),
)
def verificatiecode_van_esis(autorisatie: Autorisatie, index: Index) -> Hits:
    """Only where the context says that the request goes to ESIS."""
    key = autorisatie.autorisatiesleutel
    if index.context.systeem == "esis" and isinstance(key, str) and verificatiecode_problems(key):
        yield hit("autorisatiesleutel")
