"""Groups.

Source: UWLR 2.2, EDEXJaargroepType; EDEXML 2.1 manual.
"""

from __future__ import annotations

from typing import Final

from uwlr.validation.key_index import Index, item_path
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import END, WARNING, Example, Hits, hit, rule

PO_AS_VO: Final = frozenset("123456")
VO: Final = frozenset({"11", "12", "13", "14", "15", "16"})


@rule(
    "LG-405",
    on=END,
    severity=WARNING,
    source=Source("UWLR 2.2", "EDEXJaargroepType: 11 to 16 are years 1 to 6 of voortgezet onderwijs"),
    nl=(
        "{where} heeft jaargroep {value} naast groepen van het voortgezet onderwijs; leerjaar {value} van "
        "het VO is code 1{value}"
    ),
    en="{where} has jaargroep {value} beside groups of secondary education; year {value} there is code 1{value}",
    remedy_nl="Codeer leerjaar 1 tot en met 6 van het voortgezet onderwijs als 11 tot en met 16.",
    remedy_en="Code years 1 to 6 of secondary education as 11 to 16.",
    example=Example("vo", "<jaargroep>12<", "<jaargroep>2<"),
)
def vo_leerjaar_heeft_vo_code(index: Index) -> Hits:
    """A school with VO codes has no 1 to 6, which are the groups of primary education."""
    if not VO.isdisjoint(index.jaargroepen.values()):
        for key, jaargroep in index.jaargroepen.items():
            if jaargroep in PO_AS_VO:
                yield hit(item_path("groep", index.keys["groep"][key]).child("jaargroep"), str(jaargroep))
