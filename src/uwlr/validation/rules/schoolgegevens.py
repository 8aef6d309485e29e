"""The school: its year, its identification, the version.

Source: UWLR 2.2, SchoolType, ctpSchool and gVerzoekBasis; EDEXML 2.1 manual.
"""

from __future__ import annotations

import re
from typing import Any, Final

from uwlr.berichten import (
    LeerkrachtenVerzoek,
    LeerlingenVerzoek,
    LeerlinggegevensVerzoek,
    StructuurVerzoek,
    leerlinggegevens,
    leerresultaten,
)
from uwlr.convert.loss import EDEXML_VERSIE
from uwlr.norm import VERSIES
from uwlr.validation import days
from uwlr.validation.key_index import Index
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import ERROR, INFO, WARNING, Example, Hits, hit, rule

VERZOEKEN: Final = (LeerlinggegevensVerzoek, StructuurVerzoek, LeerlingenVerzoek, LeerkrachtenVerzoek)
_EVERY: Final = (leerlinggegevens.School, leerresultaten.School, *VERZOEKEN)
_BRINCODE = re.compile(r"[0-9]{2}[A-Z]{2}", re.ASCII)
_YEARS = re.compile(r"([0-9]{4})-([0-9]{4})", re.ASCII)


@rule(
    "SC-101",
    on=_EVERY,
    severity=ERROR,
    source=Source("EDEXML 2.1", "manual, schooljaar; the schema's pattern takes any two years"),
    nl="schooljaar '{value}' in {where}: het tweede jaar hoort op het eerste te volgen",
    en="schooljaar '{value}' in {where}: the second year should follow the first",
    remedy_nl="Schrijf het schooljaar als 2026-2027, met gewone cijfers.",
    remedy_en="Write the school year as 2026-2027, with plain digits.",
    example=Example("antwoord", "<schooljaar>2026-2027", "<schooljaar>2026-2028"),
)
def schooljaar_loopt_door(school: Any, _: Index) -> Hits:
    """A school year is one year and the next."""
    if isinstance(school.schooljaar, str):
        years = _YEARS.fullmatch(school.schooljaar)
        if years is None or int(years[2]) != int(years[1]) + 1:
            yield hit("schooljaar", school.schooljaar)


@rule(
    "SC-102",
    on=leerlinggegevens.School,
    severity=WARNING,
    source=Source("EDEXML 2.1", "manual, peildatum is the date the data is true for"),
    nl="peildatum {value} valt buiten schooljaar {schooljaar}",
    en="peildatum {value} is outside school year {schooljaar}",
    remedy_nl="Kies een peildatum tussen 1 augustus en 31 juli van het schooljaar, of corrigeer het schooljaar.",
    remedy_en="Choose a peildatum between 1 August and 31 July of the school year, or correct the year.",
    example=Example("antwoord", "<peildatum>2026-10-01", "<peildatum>2025-10-01", "<peildatum>2027-07-31"),
)
def peildatum_in_schooljaar(school: leerlinggegevens.School, index: Index) -> Hits:
    """A school year runs from 1 August to 31 July."""
    day = days.ordinal(school.peildatum)
    if day is not None and index.outside_year(day):
        yield hit("peildatum", days.text(school.peildatum), schooljaar=school.schooljaar)


@rule(
    "SC-103",
    on=leerlinggegevens.School,
    severity=ERROR,
    source=Source("UWLR 2.2", "EDEXML SchoolType: the choice may be left empty, the meaning may not", "inferred"),
    nl="de school heeft brincode, instellingsnummer noch schoolkey",
    en="the school has neither brincode, instellingsnummer nor schoolkey",
    remedy_nl="Noem de brincode, of de schoolkey die met de afnemer is afgesproken.",
    remedy_en="Give the brincode, or the schoolkey agreed on with the receiver.",
    example=Example("vo", "    <brincode>99XX</brincode>\n", "", "    <schoolkey>s1</schoolkey>\n"),
)
def school_is_te_herkennen(school: leerlinggegevens.School, _: Index) -> Hits:
    """The schema accepts a school that says nothing about which one it is."""
    if school.brincode is None and school.instellingsnummer is None and school.schoolkey is None:
        yield hit("brincode")


@rule(
    "SC-104",
    on=_EVERY,
    severity=ERROR,
    source=Source("UWLR 2.2", "EDEXBrincodeType: its pattern also takes digits and capitals of other scripts"),
    nl="brincode '{value}' in {where} is niet twee gewone cijfers en twee hoofdletters A-Z",
    en="brincode '{value}' in {where} is not two plain digits and two capitals A-Z",
    remedy_nl="Schrijf de brincode als 99XX.",
    remedy_en="Write the brincode as 99XX.",
    example=Example("antwoord", "<brincode>99XX", "<brincode>99ÉÉ"),
)
def brincode_is_ascii(school: Any, _: Index) -> Hits:
    """The pattern of the schema speaks of any digit and any capital in Unicode."""
    if isinstance(school.brincode, str) and not school.brincode.isascii():
        yield hit("brincode", school.brincode)


@rule(
    "SC-105",
    on=_EVERY,
    severity=INFO,
    source=Source("UWLR 2.2", "dependancecode: 00 equals absent"),
    nl="dependancecode 00 in {where} zegt hetzelfde als geen dependancecode",
    en="dependancecode 00 in {where} says the same as no dependancecode",
    remedy_nl="Vergelijk 00 en afwezig als gelijk; laat het element bij voorkeur weg.",
    remedy_en="Compare 00 and absent as equal; preferably leave the element out.",
    example=Example("antwoord", "<dependancecode>01", "<dependancecode>00"),
)
def dependancecode_zegt_iets(school: Any, _: Index) -> Hits:
    """Two ways to say the same tempt a receiver to see two schools."""
    if school.dependancecode == "00":
        yield hit("dependancecode", "00")


@rule(
    "SC-106",
    on=_EVERY,
    severity=WARNING,
    source=Source("UWLR 2.2", "xsdversie must be one that both sides support"),
    nl="xsdversie '{value}' in {where} is geen versie die wij kennen ({known})",
    en="xsdversie '{value}' in {where} is not a known version ({known})",
    remedy_nl="Vul 2.2 in; ook voor 2.2.1, dat dezelfde technische bestanden heeft.",
    remedy_en="Write 2.2; also for 2.2.1, which has the same technical files.",
    example=Example("antwoord", "<xsdversie>VERSIE", "<xsdversie>1"),
)
def xsdversie_is_bekend(school: Any, index: Index) -> Hits:
    """The field takes any text; a receiver knows a few versions."""
    if not index.edexml and isinstance(school.xsdversie, str) and school.xsdversie not in {*VERSIES, "2.1"}:
        yield hit("xsdversie", school.xsdversie, known=", ".join(("2.1", *VERSIES)))


@rule(
    "SC-109",
    on=leerlinggegevens.School,
    severity=WARNING,
    source=Source("EDEXML 2.1", "xsdversie: the version of the EDEXML schema, not of UWLR", "inferred"),
    nl="xsdversie '{value}' in {where}: voor een EDEXML-bestand is 2.1 bedoeld",
    en="xsdversie '{value}' in {where}: for an EDEXML file 2.1 is meant",
    remedy_nl="Vul 2.1 in: EDEXML heeft eigen versienummers; 2.2 en 2.3 zijn versies van UWLR.",
    remedy_en="Write 2.1: EDEXML has version numbers of its own; 2.2 and 2.3 are versions of UWLR.",
    example=Example("edexml", "<xsdversie>2.1", "<xsdversie>2.2"),
)
def xsdversie_van_edexml(school: leerlinggegevens.School, index: Index) -> Hits:
    """A file with the number of UWLR, or of an older EDEXML."""
    if index.edexml and isinstance(school.xsdversie, str) and school.xsdversie != EDEXML_VERSIE:
        yield hit("xsdversie", school.xsdversie)


@rule(
    "SC-107",
    on=leerlinggegevens.School,
    severity=WARNING,
    source=Source("UWLR 2.2", "the answer follows the xsdversie of the request", "inferred"),
    nl="xsdversie {value} in het antwoord is niet {asked}, waar het verzoek om vroeg",
    en="xsdversie {value} in the answer is not {asked}, which the request asked for",
    remedy_nl="Antwoord in de versie van het verzoek, of weiger met Client.XsdVersieOngeldig.",
    remedy_en="Answer in the version of the request, or refuse with Client.XsdVersieOngeldig.",
    example=Example("antwoord", "<xsdversie>VERSIE", "<xsdversie>2.1", option="verzoek"),
)
def xsdversie_als_gevraagd(school: leerlinggegevens.School, index: Index) -> Hits:
    """Needs the request as context."""
    asked = getattr(index.context.verzoek, "xsdversie", None)
    if isinstance(asked, str) and isinstance(school.xsdversie, str) and school.xsdversie != asked:
        yield hit("xsdversie", school.xsdversie, asked=asked)


@rule(
    "SC-108",
    on=(leerlinggegevens.School, leerresultaten.School),
    severity=WARNING,
    source=Source("UWLR 2.2", "aanmaakdatum is when the message was made", "inferred"),
    nl="aanmaakdatum {value} ligt in de toekomst",
    en="aanmaakdatum {value} is in the future",
    remedy_nl="Zet de klok van het systeem goed, en noem de tijdzone (Z of +01:00).",
    remedy_en="Correct the clock of the system, and name the time zone (Z or +01:00).",
    example=Example("antwoord", "2026-11-01T08:00:00Z", "2027-11-01T08:00:00Z"),
)
def aanmaakdatum_is_geweest(school: Any, index: Index) -> Hits:
    """By date only: clocks differ, and the time zone may be absent."""
    made = days.ordinal(school.aanmaakdatum)
    if made is not None and made > index.today + 1:
        yield hit("aanmaakdatum", days.text(school.aanmaakdatum))
