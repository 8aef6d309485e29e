"""Keys and references of the roster, which the published schema names but does not enforce.

Source: UWLR 2.2, the identity constraints of UWLR_Leerlinggegevens; EDEXML 2.1 manual, on keys.
"""

from __future__ import annotations

import re
from typing import Any, Final

from uwlr.berichten import (
    Groep,
    Leerkracht,
    Leerling,
    Resultaat,
    SamengesteldeGroep,
    Toetsafname,
    Vestiging,
)
from uwlr.validation.key_index import Index, item_path
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import AT_ECKID, AT_KEY, END, ERROR, INFO, WARNING, Example, Hits, hit, rule
from uwlr.validation.sample_messages import ECKID, ECKID_2

_PEOPLE: Final = frozenset({"leerling", "leerkracht"})
_MANUAL: Final = Source("EDEXML 2.1", "manual, on keys")
_REMEDY: Final = {
    "remedy_nl": "Geef elk object binnen zijn soort een eigen sleutel, die bij elke uitwisseling dezelfde blijft.",
    "remedy_en": "Give each object a key of its own within its kind, the same at every exchange.",
}


def _constraint(name: str) -> Source:
    return Source("UWLR 2.2", f"leerlinggegevens, {name} (in the schema, but never enforced by it)")


def _doubles(index: Index, kind: str) -> Hits:
    holder, _, eckid = kind.partition(" ")
    for double in index.doubles:
        if double.kind == kind:
            yield hit(
                item_path(holder, double.number) + (AT_ECKID if eckid else AT_KEY),
                double.key,
                personal=holder in _PEOPLE,
                first=f"{holder} {double.first}",
            )


def _double(rule_id: str, kind: str, constraint: str, old: str, new: str) -> None:
    eckid = kind.endswith("eckid")
    name = "eckid" if eckid else "sleutel"

    @rule(
        rule_id,
        on=END,
        severity=ERROR,
        source=_constraint(constraint),
        nl=f"{{where}} heeft {name} '{{value}}', die {{first}} ook heeft",
        en=f"{{where}} has {'eckid' if eckid else 'key'} '{{value}}', which {{first}} has too",
        example=Example("antwoord", old, new),
        **_REMEDY,
    )
    def check(index: Index) -> Hits:
        return _doubles(index, kind)


_double("LG-101", "leerling", "key leerlingKey", 'key="l2"', 'key="l1"')
_double("LG-102", "leerkracht", "key leerkrachtKey", 'key="m2"', 'key="m1"')
_double(
    "LG-103",
    "groep",
    "key groepsKey",
    '<samengestelde_groep key="s1">',
    '<groep key="g2">\n        <naam>6b</naam>\n        <jaargroep>6</jaargroep>\n      </groep>\n'
    '      <samengestelde_groep key="s1">',
)
_double(
    "LG-104",
    "samengestelde_groep",
    "key samengesteldegroepsKey",
    '<samengestelde_groep key="s2">',
    '<samengestelde_groep key="s1">\n        <naam>Schaken</naam>\n      </samengestelde_groep>\n'
    '      <samengestelde_groep key="s2">',
)
_double("LG-105", "vestiging", "key vestigingsKey", 'key="v2"', 'key="v1"')
_double("LG-107", "leerling eckid", "unique leerlingEckidUnique", 'key="l2"', f'key="l2" eckid="{ECKID}"')
_double("LG-108", "leerkracht eckid", "unique leerkrachtEckidUnique", 'key="m2"', f'key="m2" eckid="{ECKID_2}"')


@rule(
    "LG-106",
    on=END,
    severity=ERROR,
    source=_constraint("unique groepKeyUnique"),
    nl="{where} heeft sleutel '{value}', die ook een groep heeft; een verwijzing is dan dubbelzinnig",
    en="{where} has key '{value}', which a groep has too; a reference is then ambiguous",
    remedy_nl="Houd de sleutels van groepen en samengestelde groepen uit elkaar.",
    remedy_en="Keep the keys of groepen and samengestelde groepen apart.",
    example=Example(
        "antwoord",
        '<samengestelde_groep key="s2">',
        '<samengestelde_groep key="g2">\n        <naam>Schaken</naam>\n      </samengestelde_groep>\n'
        '      <samengestelde_groep key="s2">',
    ),
)
def groep_en_samengestelde_groep_verschillen(index: Index) -> Hits:
    """The two kinds of group share one space of keys."""
    for key, number in index.keys["samengestelde_groep"].items():
        if key in index.keys["groep"]:
            yield hit(item_path("samengestelde_groep", number) + AT_KEY, key)


def _dangling(index: Index, holder: str, kind: str, at: str) -> Hits:
    if not index.complete:
        return
    known = index.keys[kind]
    for key, numbers in index.references[f"{holder} {kind}"].items():
        if key not in known:
            for number in numbers:
                yield hit(item_path(holder, number).child(at), key if isinstance(key, str) else None)


def _reference(rule_id: str, holder: str, kind: str, constraint: str, at: str, old: str, new: str) -> None:
    @rule(
        rule_id,
        on=END,
        severity=ERROR,
        source=_constraint(constraint),
        nl=f"{{where}} verwijst naar {kind} '{{value}}', die niet in het bericht staat",
        en=f"{{where}} refers to {kind} '{{value}}', which is not in the message",
        remedy_nl=f"Neem de {kind} op in het bericht, of haal de verwijzing weg.",
        remedy_en=f"Include the {kind} in the message, or remove the reference.",
        example=Example("antwoord", old, new),
    )
    def check(index: Index) -> Hits:
        return _dangling(index, holder, kind, at)


_reference(
    "LG-201",
    "leerling",
    "groep",
    "keyref groepsRefLeerling",
    "groep",
    '<jaargroep>6</jaargroep>\n        <groep key="g2"/>',
    '<jaargroep>6</jaargroep>\n        <groep key="g9"/>',
)
_reference(
    "LG-202",
    "leerling",
    "samengestelde_groep",
    "keyref samengesteldegroepsRefLeerling",
    "samengestelde_groepen",
    '<samengestelde_groep key="s1"/>',
    '<samengestelde_groep key="s9"/>',
)
_reference(
    "LG-203",
    "leerling",
    "vestiging",
    "keyref vestigingsRefLeerling",
    "vestiging",
    '<vestiging key="v1"/>',
    '<vestiging key="v9"/>',
)
_reference(
    "LG-204",
    "leerkracht",
    "groep",
    "keyref groepsRefLeerkracht",
    "groepen",
    '<groep key="g1">\n            <rol>',
    '<groep key="g9">\n            <rol>',
)
_reference(
    "LG-205",
    "leerkracht",
    "samengestelde_groep",
    "keyref samengesteldegroepsRefLeerkracht",
    "groepen",
    '<samengestelde_groep key="s2"/>',
    '<samengestelde_groep key="s9"/>',
)

_WITH_KEY: Final = (Vestiging, Groep, SamengesteldeGroep, Leerling, Leerkracht, Resultaat)


@rule(
    "LG-110",
    on=(*_WITH_KEY, Toetsafname),
    severity=WARNING,
    source=_MANUAL,
    nl="de sleutel van {where} heeft spaties aan het begin of eind; een schema ziet 'T1' en 'T1 ' als twee sleutels",
    en="the key of {where} has spaces around it; a schema takes 'T1' and 'T1 ' for two keys",
    remedy_nl="Haal de spaties rond de sleutel weg, ook waar ernaar wordt verwezen.",
    remedy_en="Remove the spaces around the key, and from references to it.",
    example=Example("antwoord", 'key="m2"', 'key="m2 "', 'key="m 2"'),
)
def sleutel_zonder_spaties(item: Any, _: Index) -> Hits:
    """Spaces around a key carry no meaning, but every comparison sees them."""
    key = item.leerlingid if type(item) is Toetsafname else item.key
    if type(key) is str and (key[:1] <= " " or key[-1:] <= " "):
        yield hit("leerlingid" if type(item) is Toetsafname else AT_KEY)


@rule(
    "LG-111",
    on=_WITH_KEY,
    severity=INFO,
    source=_MANUAL,
    nl="de sleutel van {where} begint met #: een tijdelijke sleutel, die een volgende keer anders kan zijn",
    en="the key of {where} starts with #: a dummy key, which may differ next time",
    remedy_nl="Koppel niet op deze sleutel; gebruik eckid als die er is.",
    remedy_en="Do not match on this key; use eckid if there is one.",
    example=Example("antwoord", 'key="m2"', 'key="#001"'),
)
def sleutel_is_blijvend(item: Any, _: Index) -> Hits:
    """A key that starts with # is a dummy."""
    if type(item.key) is str and item.key[:1] == "#":
        yield hit(AT_KEY)


_is_eckid = re.compile(r"https://ketenid\.nl/(?:[0-9]{6}|pilot)/[0-9a-f]{128}").fullmatch


@rule(
    "LG-112",
    on=(Leerling, Leerkracht, Toetsafname),
    severity=WARNING,
    source=Source("Nummervoorziening", "form of an ECK-iD as published examples show it", "practice"),
    nl="eckid van {where} heeft niet de vorm van een ECK-iD: https://ketenid.nl/<jaar en maand>/<128 tekens 0-9 a-f>",
    en=(
        "eckid of {where} does not have the form of an ECK-iD: https://ketenid.nl/<year and month>/<128 "
        "characters 0-9 a-f>"
    ),
    remedy_nl="Stuur het ECK-iD ongewijzigd zoals de Nummervoorziening het gaf, of laat eckid weg.",
    remedy_en="Send the ECK-iD unchanged as the Nummervoorziening gave it, or leave eckid out.",
    example=Example("antwoord", 'key="l2"', 'key="l2" eckid="L2"'),
)
def eckid_heeft_de_vorm(item: Any, _: Index) -> Hits:
    """An ECK-iD is a URI of a fixed form; an invented one matches nobody elsewhere."""
    eckid = item.eckid
    if type(eckid) is str and not _is_eckid(eckid):
        yield hit("eckid" if type(item) is Toetsafname else AT_ECKID)


@rule(
    "LG-113",
    on=Leerling,
    severity=ERROR,
    versies=("2.3",),
    source=Source("UWLR 2.3", "ECK-iD is the primary identifier; at least one of the two", "inferred"),
    nl="{where} heeft key noch eckid; in 2.3 moet er een van beide zijn",
    en="{where} has neither key nor eckid; in 2.3 one of them is due",
    remedy_nl="Stuur eckid; alleen als de leerling die niet heeft, de sleutel van het LAS.",
    remedy_en="Send eckid; only if the pupil has none, the key of the LAS.",
    example=Example("antwoord", '<leerling key="l2">', "<leerling>"),
)
def leerling_is_te_herkennen(leerling: Leerling, _: Index) -> Hits:
    """A pupil without any identifier cannot be distinguished from another."""
    if leerling.key is None and leerling.eckid is None:
        yield hit(AT_ECKID)


@rule(
    "LG-114",
    on=Leerling,
    severity=INFO,
    versies=("2.3",),
    source=Source("UWLR 2.3", "the key of the LAS alone only for a learner without ECK-iD"),
    nl="{where} heeft geen eckid; dat mag in 2.3 alleen als de leerling geen ECK-iD heeft",
    en="{where} has no eckid; 2.3 allows that only for a pupil who has no ECK-iD",
    remedy_nl="Stuur eckid zodra de leerling een ECK-iD heeft; de sleutel mag er voorlopig naast staan.",
    remedy_en="Send eckid as soon as the pupil has an ECK-iD; the key may stand beside it for the time being.",
    example=Example("smalle-set-2.3", f'key="l1" eckid="{ECKID}"', 'key="l1"'),
)
def leerling_heeft_eckid(leerling: Leerling, _: Index) -> Hits:
    """Whether the pupil has one cannot be seen in the message."""
    if leerling.eckid is None and leerling.key is not None:
        yield hit(AT_ECKID)
