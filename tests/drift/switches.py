"""Traits of the fakes, switched: what each has to show as, and what else it may."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from random import Random
from typing import Any, NamedTuple

Mark = tuple[str, str]
"""Kind of a difference, and the end of its place, its feature or the defect in its question."""


class Switch(NamedTuple):
    """Traits that are switched together.

    Attributes:
        about: what they are about; those about one thing hide each other.
        traits: the traits and their new values.
        shows: the differences that have to be found.
        may: differences that come with it.
        pupils: as many as the school has to have: what a system does to its staff, chance explains where they are few.
    """

    about: str
    traits: dict[str, Any]
    shows: frozenset[Mark]
    may: frozenset[Mark] = frozenset()
    pupils: int = 60


def _switch(about: str, shows: set[Mark], may: set[Mark] = frozenset(), **traits: Any) -> Switch:  # type: ignore[assignment]
    pupils = _LARGE if about == "staff" else _SMALL
    return Switch(about, traits, frozenset(shows), frozenset(may), pupils)


_SMALL = 60
_LARGE = 300


_WRITTEN_ANEW = {("form", "declaration")}
_SMALLE_SET = {
    ("disappears", f"{person}/{name}")
    for person, names in {
        "leerling": ("geslacht", "voorletters-1"),
        "leerkracht": ("voorletters-1", "gebruikersnaam", "rol"),
    }.items()
    for name in names
}
SWITCHES = (
    _switch("envelope", {("form", "prefix")}, soap_prefix="env"),
    _switch("body", {("form", "body prefix")}, body_prefix="le"),
    _switch("eckid", {("disappears", "leerling/@eckid")}, leerling_eckid=False),
    _switch("staff", {("disappears", "leerkracht/@eckid")}, leerkracht_eckid=False),
    _switch("staff", {("form", "word before the key")}, leerkracht_key_prefix="medewerker"),
    _switch(
        "staff",
        {("disappears", "leerlinggegevens/leerkrachten"), ("answer", "leerkrachten_verzoek")},
        {
            ("disappears", "leerkrachten_antwoord/leerlinggegevens-leerkrachten"),
            ("appears", "leerkrachten_antwoord/geengegevens"),
        },
        omits=["leerkrachten"],
    ),
    _switch(
        "groups",
        {("disappears", "groepen/samengestelde_groep"), ("disappears", "leerling/samengestelde_groepen")},
        {("disappears", "leerkracht/groepen")},
        omits=["samengestelde_groepen"],
    ),
    _switch(
        "groups",
        {("disappears", "groepen/groep"), ("disappears", "leerling/groep")},
        # The pupils of all groups are asked for, which are fewer now: each of them is in one that is left.
        {("disappears", "leerkracht/groepen"), ("appears", "leerling/samengestelde_groepen")},
        omits=["groepen"],
    ),
    _switch(
        "order",
        {("moves", "school/brincode"), ("moves", "school/dependancecode")},
        _WRITTEN_ANEW,
        element_order={"school": ["dependancecode", "brincode", "schooljaar"]},
    ),
    _switch("names", {("form", "empty")}, _WRITTEN_ANEW, empty_voorvoegsel=True),
    _switch("staff", _SMALLE_SET, {("disappears", "leerkracht/roepnaam")}, profile="Smalle set"),
    _switch("forgives", {("fault", "XS-102")}, forgives=["order"]),
    _switch("forgives", {("fault", "VZ-101")}, forgives=["empty-schooljaar"]),
    _switch("forgives", {("fault", "VZ-102")}, forgives=["brincode-beside-schoolkey"]),
    _switch("action", {("fault", "without SOAPAction")}, soap_action_required=False),
    _switch("year", {("answer", "the year before")}, current_year_only=True),
    _switch("versions", {("fault", "xsdversie 2.1")}, xsdversies=["2.2"]),
    _switch("results", {("fault", "leerresultaten_verzoek")}, unknown_leerling="take"),
    _switch("results", {("fault", "leerresultaten_verzoek")}, knows_pupils_by_number=True),
    _switch("results", {("fault", "leerresultaten_verzoek")}, aanmaakdatum_must_rise=False),
    _switch(
        "results", {("fault", "leerresultaten_verzoek")}, known_toetscodes=["onbekend"], unknown_toetscode="refuse"
    ),
    _switch("set", {("fault", "gegevenssetid Onbekende-set")}, gegevenssetids=["Set-A"]),
    _switch(
        "gateway",
        {("status", "leerlinggegevens_verzoek")},
        {("answer", "leerlinggegevens_verzoek")},
        http_headers=["X-Key"],
    ),
)


def both(one: Switch, other: Switch) -> Switch:
    """Two switches at once."""
    pupils = max(one.pupils, other.pupils)
    return Switch("", one.traits | other.traits, one.shows | other.shows, one.may | other.may, pupils)


def drifts(number: int, seed: int = 16) -> Iterator[Switch]:
    """Give every switch, and then as many pairs as fill the number; those about one thing, or one trait, never meet."""
    yield from SWITCHES[:number]
    pairs = [
        both(one, other)
        for one, other in combinations(SWITCHES, 2)
        if one.about != other.about and not one.traits.keys() & other.traits.keys()
    ]
    yield from Random(seed).sample(pairs, number - len(SWITCHES))
