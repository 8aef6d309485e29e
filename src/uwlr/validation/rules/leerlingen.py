"""Pupils, and the names of everyone.

Source: UWLR 2.2, LeerlingType; EDEXML 2.1 manual; python-stdnum for the tests of numbers.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from stdnum.nl import bsn as bsn_test
from stdnum.nl import onderwijsnummer as onderwijsnummer_test

from uwlr.berichten import Leerkracht, Leerling
from uwlr.validation import days
from uwlr.validation.key_index import Index
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import ERROR, WARNING, Example, Hits, hit, rule
from uwlr.validation.rules.groepen import PO_AS_VO

_MANUAL: Final = Source("EDEXML 2.1", "manual, names")
_YEAR: Final[dict[str, int]] = {str(n): n for n in (*range(1, 9), *range(11, 17))}
"""Year groups whose usual age is known."""


@rule(
    "LG-401",
    on=Leerling,
    severity=ERROR,
    source=Source("EDEXML 2.1", "bsn and sofinummer: nine digits that pass the elfproef"),
    nl="{field} '{value}' van {where} doorstaat de elfproef niet",
    en="{field} '{value}' of {where} fails the check (elfproef)",
    remedy_nl="Controleer het nummer in de administratie; een onderwijsnummer hoort in onderwijsnummer.",
    remedy_en="Check the number in the administration; an onderwijsnummer belongs in onderwijsnummer.",
    example=Example("antwoord", "<bsn>111222333", "<bsn>111222334"),
)
def bsn_doorstaat_de_elfproef(leerling: Leerling, _: Index) -> Hits:
    """The schema asks for nine digits only."""
    if leerling.bsn is not None and not bsn_test.is_valid(leerling.bsn):
        yield hit("bsn", leerling.bsn, personal=True)
    if leerling.sofinummer is not None and not bsn_test.is_valid(leerling.sofinummer):
        yield hit("sofinummer", leerling.sofinummer, personal=True)


@rule(
    "LG-402",
    on=Leerling,
    severity=ERROR,
    source=Source("EDEXML 2.1", "onderwijsnummer: nine digits with a test of their own, unlike that of a bsn"),
    nl="onderwijsnummer '{value}' van {where} is niet geldig",
    en="onderwijsnummer '{value}' of {where} is not valid",
    remedy_nl="Controleer het nummer in de administratie; een BSN hoort in bsn.",
    remedy_en="Check the number in the administration; a BSN belongs in bsn.",
    example=Example("antwoord", "<onderwijsnummer>101000012", "<onderwijsnummer>101000013"),
)
def onderwijsnummer_is_geldig(leerling: Leerling, _: Index) -> Hits:
    """The test differs from that of a BSN."""
    if leerling.onderwijsnummer is not None and not onderwijsnummer_test.is_valid(leerling.onderwijsnummer):
        yield hit("onderwijsnummer", leerling.onderwijsnummer, personal=True)


@rule(
    "LG-403",
    on=Leerling,
    severity=WARNING,
    source=Source("EDEXML 2.1", "manual, jaargroep: C means that it is kept per pupil"),
    nl="{where} zit in een combinatiegroep en heeft zelf geen jaargroep",
    en="{where} is in a combination group and has no jaargroep of its own",
    remedy_nl="Vul jaargroep bij de leerling in.",
    remedy_en="Give the pupil a jaargroep.",
    example=Example("antwoord", "<jaargroep>8</jaargroep>\n        ", ""),
)
def jaargroep_in_combinatiegroep(leerling: Leerling, index: Index) -> Hits:
    """The group alone does not say in which year a pupil of a combination group is."""
    if leerling.jaargroep is None and leerling.groep is not None and index.jaargroepen.get(leerling.groep) == "C":
        yield hit("jaargroep")


@rule(
    "LG-406",
    on=Leerling,
    severity=WARNING,
    source=Source("UWLR 2.2", "EDEXJaargroepType: 11 to 16 are years 1 to 6 of voortgezet onderwijs"),
    nl=(
        "{where} heeft jaargroep {value}, maar de leeftijd van een leerling in leerjaar {value} van het "
        "VO; dat is code 1{value}"
    ),
    en=(
        "{where} has jaargroep {value}, but the age of a pupil in year {value} of secondary education; "
        "that is code 1{value}"
    ),
    remedy_nl="Codeer leerjaar 1 tot en met 6 van het voortgezet onderwijs als 11 tot en met 16.",
    remedy_en="Code years 1 to 6 of secondary education as 11 to 16.",
    example=Example("vo", "<jaargroep>11</jaargroep>\n      <groep", "<jaargroep>1</jaargroep>\n      <groep"),
)
def leerling_van_het_vo_heeft_vo_code(leerling: Leerling, index: Index) -> Hits:
    """Some systems send the year of secondary education as if it were a group of primary education."""
    if leerling.jaargroep in PO_AS_VO:
        age = _age(leerling, index)
        if age is not None and _looks_like_vo(age, int(str(leerling.jaargroep))):
            yield hit("jaargroep", str(leerling.jaargroep))


def _looks_like_vo(age: int, year: int) -> bool:
    return 10 <= age - year <= 14


@rule(
    "LG-407",
    on=Leerling,
    severity=ERROR,
    source=Source("EDEXML 2.1", "geboortedatum", "inferred"),
    nl="geboortedatum {value} van {where} ligt in de toekomst of meer dan honderd jaar terug",
    en="geboortedatum {value} of {where} is in the future or more than a hundred years ago",
    remedy_nl="Controleer de datum in de administratie.",
    remedy_en="Check the date in the administration.",
    example=Example("antwoord", "<geboortedatum>2015-03-01", "<geboortedatum>1815-03-01"),
)
def geboortedatum_kan(leerling: Leerling, index: Index) -> Hits:
    """Nobody is born tomorrow, and no pupil is over a hundred."""
    born = days.ordinal(leerling.geboortedatum)
    if born is not None and not index.oldest <= born <= index.today:
        yield hit("geboortedatum", days.text(leerling.geboortedatum), personal=True)


@rule(
    "LG-408",
    on=Leerling,
    severity=ERROR,
    source=Source("EDEXML 2.1", "instroomdatum and uitstroomdatum", "inferred"),
    nl="uitstroomdatum van {where} ligt voor de instroomdatum",
    en="uitstroomdatum of {where} is before instroomdatum",
    remedy_nl="Corrigeer een van beide datums in de administratie.",
    remedy_en="Correct one of the two dates in the administration.",
    example=Example("antwoord", "<uitstroomdatum>2027-07-31", "<uitstroomdatum>2018-07-31"),
)
def uitstroom_na_instroom(leerling: Leerling, _: Index) -> Hits:
    """Nobody leaves before arriving."""
    left, came = days.ordinal(leerling.uitstroomdatum), days.ordinal(leerling.instroomdatum)
    if left is not None and came is not None and left < came:
        yield hit("uitstroomdatum", days.text(leerling.uitstroomdatum), personal=True)


@rule(
    "LG-409",
    on=Leerling,
    severity=WARNING,
    source=Source("this project", "usual ages: jaargroep + 3 to + 7 in PO, leerjaar + 11 to + 15 in VO", "assumed"),
    nl="{where} heeft jaargroep {jaargroep} en een leeftijd die daar zelden bij hoort (op 1 oktober)",
    en="{where} has jaargroep {jaargroep} and an age that seldom goes with it (on 1 October)",
    remedy_nl="Controleer geboortedatum en jaargroep; klopt het, dan is er niets aan de hand.",
    remedy_en="Check geboortedatum and jaargroep; if they are right, nothing is wrong.",
    example=Example("antwoord", "<geboortedatum>2015-03-01", "<geboortedatum>2021-03-01", "<geboortedatum>2013-03-01"),
)
def leeftijd_past_bij_jaargroep(leerling: Leerling, index: Index) -> Hits:
    """Bounds are wide and assumed: they catch a swapped date or code, not a child that is quick or slow."""
    if leerling.geboortedatum is None:
        return
    jaargroep = leerling.jaargroep
    if jaargroep is None and leerling.groep is not None:
        jaargroep = index.jaargroepen.get(leerling.groep)
    year = _YEAR.get(jaargroep) if jaargroep is not None else None
    age = _age(leerling, index)
    if year is None or age is None or age < 0 or age > 99:
        return
    low, high = (3, 7) if year < 9 else (1, 5)
    if not low <= age - year <= high and not (jaargroep in PO_AS_VO and _looks_like_vo(age, year)):
        yield hit("geboortedatum", days.text(leerling.geboortedatum), personal=True, jaargroep=str(jaargroep))


def _age(leerling: Leerling, index: Index) -> int | None:
    """Age on 1 October of the school year."""
    born = leerling.geboortedatum
    if not isinstance(born, date) or index.start_year is None:
        return None
    return index.start_year - born.year - ((born.month, born.day) > (10, 1))


@rule(
    "LG-410",
    on=(Leerling, Leerkracht),
    severity=WARNING,
    source=Source("EDEXML 2.1", "mutatiedatum is when the data last changed", "inferred"),
    nl="mutatiedatum {value} van {where} ligt in de toekomst",
    en="mutatiedatum {value} of {where} is in the future",
    remedy_nl="Zet de klok van het systeem goed.",
    remedy_en="Correct the clock of the system.",
    example=Example(
        "antwoord",
        "<uitstroomdatum>2027-07-31</uitstroomdatum>",
        "<mutatiedatum>2027-07-31T08:00:00Z</mutatiedatum>",
        "<mutatiedatum>2026-07-31T08:00:00Z</mutatiedatum>",
    ),
)
def mutatiedatum_is_geweest(persoon: Leerling | Leerkracht, index: Index) -> Hits:
    """By date only: clocks differ."""
    changed = days.ordinal(persoon.mutatiedatum)
    if changed is not None and changed > index.today + 1:
        yield hit("mutatiedatum", days.text(persoon.mutatiedatum))


@rule(
    "LG-501",
    on=(Leerling, Leerkracht),
    severity=WARNING,
    source=_MANUAL,
    nl="{field} van {where} heeft dubbele spaties, of spaties aan het begin of eind",
    en="{field} of {where} has double spaces, or spaces around it",
    remedy_nl="Haal de overbodige spaties uit de naam.",
    remedy_en="Remove the superfluous spaces from the name.",
    example=Example("antwoord", "<achternaam>Visser", "<achternaam>Visser  Bos", "<achternaam>Visser Bos"),
)
def naam_zonder_losse_spaties(persoon: Leerling | Leerkracht, _: Index) -> Hits:
    """Such a name matches nothing elsewhere."""
    if _is_untidy(persoon.achternaam):
        yield hit("achternaam", persoon.achternaam, personal=True)
    if _is_untidy(persoon.roepnaam):
        yield hit("roepnaam", persoon.roepnaam, personal=True)
    if persoon.voorvoegsel is not None and _is_untidy(persoon.voorvoegsel):
        yield hit("voorvoegsel", persoon.voorvoegsel, personal=True)
    if persoon.voornamen is not None and _is_untidy(persoon.voornamen):
        yield hit("voornamen", persoon.voornamen, personal=True)


def _is_untidy(name: str | None) -> bool:
    return name is not None and " " in name and ("  " in name or name[0] == " " or name[-1] == " ")


@rule(
    "LG-502",
    on=(Leerling, Leerkracht),
    severity=WARNING,
    source=_MANUAL,
    nl="achternaam van {where} begint met het voorvoegsel, dat ook apart staat",
    en="achternaam of {where} starts with the voorvoegsel, which also stands apart",
    remedy_nl="Schrijf het voorvoegsel alleen in voorvoegsel.",
    remedy_en="Write the voorvoegsel in voorvoegsel only.",
    example=Example("antwoord", "<achternaam>Bakker", "<achternaam>de Bakker", "<achternaam>Debakker"),
)
def achternaam_zonder_voorvoegsel(persoon: Leerling | Leerkracht, _: Index) -> Hits:
    """Otherwise the name shows it twice, or sorts under it."""
    prefix, name = persoon.voorvoegsel, persoon.achternaam
    if prefix is not None and name is not None and name.casefold().startswith(f"{prefix.casefold()} "):
        yield hit("achternaam", name, personal=True)


@rule(
    "LG-504",
    on=(Leerling, Leerkracht),
    severity=WARNING,
    source=Source("EDEXML 2.1", "manual, voorletters-1: initials without dots"),
    nl="voorletters-1 van {where} bevat punten of spaties",
    en="voorletters-1 of {where} has dots or spaces",
    remedy_nl="Schrijf de voorletters aaneen, zonder punten: AM.",
    remedy_en="Write the initials together, without dots: AM.",
    example=Example("antwoord", "<voorletters-1>AM", "<voorletters-1>A.M."),
)
def voorletters_zonder_punten(persoon: Leerling | Leerkracht, _: Index) -> Hits:
    """Six characters are soon full with dots."""
    initials = persoon.voorletters_1
    if initials is not None and ("." in initials or " " in initials):
        yield hit("voorletters-1", initials, personal=True)
