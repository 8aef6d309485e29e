"""The profiles Smalle set and LVS-set, from the tables in `uwlr.berichten.profielen`.

Where the profile schemas and the documentation of 2.2 differ, the schemas are followed and the documentation is a rule
of its own, of severity info, whose source says so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, Final

from uwlr.berichten import (
    Groep,
    Leerkracht,
    Leerling,
    LeerlinggegevensStructuur,
    SamengesteldeGroep,
    leerlinggegevens,
)
from uwlr.berichten.profielen import Profiel, profiel
from uwlr.berichten.tabel import Bericht, table
from uwlr.norm import Versie
from uwlr.validation.key_index import Index
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import END, ERROR, INFO, Example, Hits, hit, rule

SMAL: Final = "Smalle set"
LVS: Final = "LVS-set"
_ITEMS: Final = (leerlinggegevens.School, Groep, SamengesteldeGroep, Leerling, Leerkracht)
_REMEDY: Final = {
    "remedy_nl": "Laat het veld weg; uwlr.minimise doet dat voor een heel bericht. Partijen mogen anders afspreken.",
    "remedy_en": "Leave the field out; uwlr.minimise does so for a whole message. Parties may agree otherwise.",
}
_REMOVED: Final = {(SMAL, "geboortedatum"), (LVS, "voorletters_1"), (LVS, "bsn_ondwnr_4")}
"""Fields of a leerling that 2.3 took out; each is a rule of its own, with its own source."""


@cache
def _forbidden(naam: str, versie: Versie, cls: type[Bericht]) -> tuple[tuple[str, str], ...]:
    """Name and wire name of the fields that the profile does not have, but for those that 2.3 took out."""
    allowed = profiel(naam, versie).allowed.get(cls)
    if allowed is None:
        return ()
    return tuple(
        (f.name, f.wire)
        for f in table(cls).fields
        if f.name not in allowed and not (versie == "2.3" and cls is Leerling and (naam, f.name) in _REMOVED)
    )


@cache
def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    # Two names at least, so that the result is a tuple.
    return attrgetter(*names, *names[:1])


def _not_allowed(item: Bericht, index: Index, naam: str) -> Hits:
    fields = _forbidden(naam, index.versie, type(item))
    if not fields:
        return
    values = _getter(tuple(name for name, _ in fields))(item)
    if not any(values):
        return
    for (_, wire), value in zip(fields, values, strict=False):
        if value is not None and value != ():
            yield hit(wire)


def _required(item: Bericht, tables: Profiel) -> Hits:
    fields = table(type(item)).by_name
    for name in sorted(tables.required.get(type(item), ())):
        if getattr(item, name) is None:
            yield hit(fields[name].wire)


def _source(naam: str, what: str) -> Source:
    return Source("UWLR 2.2", f"profile schema of the {naam}, {what}")


def _allowed_rule(rule_id: str, naam: str, base: str) -> None:
    @rule(
        rule_id,
        on=_ITEMS,
        layer="profile",
        profiel=naam,
        severity=ERROR,
        source=_source(naam, "what it does not name is not allowed"),
        nl=f"{{field}} van {{where}} hoort niet in de {naam}",
        en=f"{{field}} of {{where}} is not part of the {naam}",
        example=Example(
            base,
            '<groep key="g1"/>',
            '<groep key="g1"/>\n        <fotourl>https://foto.example/1</fotourl>',
            option=base,
        ),
        **_REMEDY,
    )
    def check(item: Bericht, index: Index) -> Hits:
        return _not_allowed(item, index, naam)


def _vestigingen_rule(rule_id: str, naam: str, base: str) -> None:
    @rule(
        rule_id,
        on=END,
        layer="profile",
        profiel=naam,
        severity=ERROR,
        source=_source(naam, "no vestigingen"),
        nl=f"vestigingen horen niet in de {naam}",
        en=f"vestigingen are not part of the {naam}",
        example=Example(
            base,
            "</school>",
            '</school>\n    <vestigingen>\n      <vestiging key="v1">\n'
            "        <naam>Noord</naam>\n      </vestiging>\n    </vestigingen>",
            option=base,
        ),
        **_REMEDY,
    )
    def check(index: Index) -> Hits:
        if index.keys["vestiging"]:
            yield hit("vestigingen")


def _removed_rule(rule_id: str, naam: str, field: str, base: str, basis: Any, old: str, new: str) -> None:
    wire = table(Leerling).by_name[field].wire

    @rule(
        rule_id,
        on=Leerling,
        layer="profile",
        profiel=naam,
        severity=ERROR,
        versies=("2.3",),
        source=Source(
            "UWLR 2.3",
            f"{wire} left the {naam}"
            + (
                ""
                if basis == "norm"
                else "; the readable text breaks off after 'BSN-', so which field is meant is inferred"
            ),
            basis,
        ),
        nl=f"{wire} van {{where}} hoort in 2.3 niet meer in de {naam}",
        en=f"{wire} of {{where}} is no longer part of the {naam} in 2.3",
        example=Example(f"{base}-2.3", old, new, option=base),
        **_REMEDY,
    )
    def check(leerling: Leerling, _: Index) -> Hits:
        if getattr(leerling, field) is not None:
            yield hit(wire)


_allowed_rule("PS-101", SMAL, "smalle-set")
_vestigingen_rule("PS-102", SMAL, "smalle-set")
_removed_rule(
    "PS-103",
    SMAL,
    "geboortedatum",
    "smalle-set",
    "norm",
    "<roepnaam>Anna</roepnaam>",
    "<roepnaam>Anna</roepnaam>\n        <geboortedatum>2015-03-01</geboortedatum>",
)
_allowed_rule("PL-101", LVS, "lvs-set")
_vestigingen_rule("PL-102", LVS, "lvs-set")
_removed_rule(
    "PL-103",
    LVS,
    "voorletters_1",
    "lvs-set",
    "norm",
    "<roepnaam>Anna</roepnaam>",
    "<voorletters-1>AM</voorletters-1>\n        <roepnaam>Anna</roepnaam>",
)
_removed_rule(
    "PL-104",
    LVS,
    "bsn_ondwnr_4",
    "lvs-set",
    "inferred",
    '<groep key="g1"/>',
    '<groep key="g1"/>\n        <bsn_ondwnr-4>1234</bsn_ondwnr-4>',
)


@rule(
    "PL-201",
    on=_ITEMS,
    layer="profile",
    profiel=LVS,
    severity=ERROR,
    source=_source(LVS, "mandatory fields"),
    nl="de LVS-set vraagt {field} bij {where}",
    en="the LVS-set asks for {field} of {where}",
    remedy_nl="Voeg {field} toe.",
    remedy_en="Add {field}.",
    example=Example("lvs-set", "        <geslacht>2</geslacht>\n", "", option="lvs-set"),
)
def lvs_velden_zijn_er(item: Bericht, index: Index) -> Hits:
    """The LVS-set makes some optional fields mandatory."""
    return _required(item, profiel(LVS, index.versie))


@rule(
    "PL-202",
    on=END,
    layer="profile",
    profiel=LVS,
    severity=ERROR,
    source=_source(LVS, "groepen mandatory in leerlinggegevens-structuur"),
    nl="de LVS-set vraagt groepen in een structuurantwoord",
    en="the LVS-set asks for groepen in a structuur answer",
    remedy_nl="Neem de groepen van de school op.",
    remedy_en="Include the groepen of the school.",
    example=Example(
        "lvs-structuur",
        '    <groepen><groep key="g1"><naam>8</naam><jaargroep>8</jaargroep></groep></groepen>\n',
        "",
        option="lvs-set",
    ),
)
def lvs_structuur_heeft_groepen(index: Index) -> Hits:
    """Without groups the first stage leads nowhere."""
    if index.root is LeerlinggegevensStructuur and not index.keys["groep"] and not index.keys["samengestelde_groep"]:
        yield hit("groepen")


def _documentation(field: str, demand: str, schema: str) -> Source:
    return Source(
        "UWLR 2.2.1",
        f"documentation viewer, Smalle set: {field} is {demand}; mismatch: the profile schema has it {schema}",
    )


def _documented(
    rule_id: str, cls: type[Bericht], field: str, old: str, new: str, versies: tuple[Versie, ...] = ("2.2", "2.3")
) -> None:
    @rule(
        rule_id,
        on=cls,
        layer="profile",
        profiel=SMAL,
        severity=INFO,
        versies=versies,
        source=_documentation(f"{field} of a {table(cls).cls.__name__.casefold()}", "mandatory", "optional"),
        nl=(
            "de documentatie van de Smalle set noemt {field} verplicht; bij {where} ontbreekt het (het "
            "schema staat dat toe)"
        ),
        en="the documentation of the Smalle set calls {field} mandatory; {where} lacks it (the schema allows that)",
        remedy_nl="Voeg {field} toe als u het heeft.",
        remedy_en="Add {field} if you have it.",
        example=Example("smalle-set", old, new, option="smalle-set"),
    )
    def check(item: Bericht, _: Index) -> Hits:
        if getattr(item, field) is None:
            yield hit(field)


_documented("PS-201", Leerling, "geboortedatum", "        <geboortedatum>2015-03-01</geboortedatum>\n", "", ("2.2",))
_documented(
    "PS-202",
    Leerling,
    "jaargroep",
    '        <jaargroep>8</jaargroep>\n        <groep key="g1"/>',
    '        <groep key="g1"/>',
)
_documented("PS-203", Leerkracht, "emailadres", "        <emailadres>jan@school.example</emailadres>\n", "")


@rule(
    "PS-204",
    on=SamengesteldeGroep,
    layer="profile",
    profiel=SMAL,
    severity=INFO,
    source=_documentation("omschrijving of a samengestelde_groep", "not allowed", "optional"),
    nl="de documentatie van de Smalle set kent geen omschrijving; {where} heeft er een (het schema staat dat toe)",
    en="the documentation of the Smalle set has no omschrijving; {where} has one (the schema allows that)",
    remedy_nl="Laat omschrijving weg.",
    remedy_en="Leave omschrijving out.",
    example=Example(
        "smalle-set",
        "<naam>Plusklas</naam>",
        "<naam>Plusklas</naam>\n        <omschrijving>Meer</omschrijving>",
        option="smalle-set",
    ),
)
def samengestelde_groep_zonder_omschrijving(groep: SamengesteldeGroep, _: Index) -> Hits:
    """Schema and documentation differ."""
    if groep.omschrijving is not None:
        yield hit("omschrijving")
