"""Members of staff, beyond what holds for every person.

Source: UWLR 2.2, LeerkrachtType.
"""

from __future__ import annotations

from uwlr.berichten import Leerkracht
from uwlr.validation.key_index import Index
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import WARNING, Example, Hits, hit, rule


@rule(
    "LG-505",
    on=Leerkracht,
    severity=WARNING,
    source=Source("UWLR 2.2", "leerkracht/groepen: one reference for each groep, its roles inside", "inferred"),
    nl="{where} noemt dezelfde groep twee keer",
    en="{where} names the same groep twice",
    remedy_nl="Noem elke groep één keer, met alle rollen daarin.",
    remedy_en="Name each groep once, with all roles inside.",
    example=Example(
        "antwoord",
        '<samengestelde_groep key="s2"/>\n        </groepen>',
        '<samengestelde_groep key="s2"/>\n          <samengestelde_groep key="s2"/>\n        </groepen>',
    ),
)
def groep_een_keer_genoemd(leerkracht: Leerkracht, _: Index) -> Hits:
    """A receiver that overwrites keeps the roles of the last one only."""
    if len(leerkracht.groepen) > 1 and len({(type(g), g.key) for g in leerkracht.groepen}) < len(leerkracht.groepen):
        yield hit("groepen")
