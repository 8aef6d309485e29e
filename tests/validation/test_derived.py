"""Tests that follow from the field tables: each required element dropped, each length exceeded, each order swapped."""

from __future__ import annotations

from datetime import date, datetime
from itertools import product

import pytest
from lxml import etree

from helpers.wire_names import python_names
from uwlr import norm
from uwlr.berichten import (
    Leerling,
    Leerlinggegevens,
    LeerlinggegevensVerzoek,
    LeerresultatenVerzoek,
    leerlinggegevens,
    leerresultaten,
)
from uwlr.berichten.tabel import table
from uwlr.codec.write import write
from uwlr.errors import ConfigurationError
from uwlr.testing.damage import WAYS, damaged
from uwlr.validation import validate
from uwlr.validation.sample_messages import sample, settings

BASES = {"antwoord": sample("antwoord"), "resultaten": sample("resultaten"), "verzoek": sample("verzoek")}


def elements(base):
    """Every element of a sample below its message: its number in the document and its path."""
    root = etree.fromstring(BASES[base])
    return [(number, element) for number, element in enumerate(root.iter()) if element.getparent() is not None]


def nth(base, number):
    """A fresh tree of a sample, and one element of it."""
    root = etree.fromstring(BASES[base])
    return root, list(root.iter())[number]


def local(element):
    """Name without namespace."""
    return etree.QName(element).localname


def required_elements():
    """Elements that a class of the tables requires, where they stand in the samples."""
    for base in BASES:
        for number, element in elements(base):
            for cls in CLASSES:
                parent = element.getparent()
                owners = {cls.__name__.casefold(), (cls.__struct_config__.tag or "")}
                if local(parent) in owners and cls.namespace == etree.QName(parent).namespace:
                    field = next((f for f in table(cls).elements if f.wire == local(element)), None)
                    if field is not None and field.required:
                        yield pytest.param(
                            base, number, local(element), id=f"{base}-{local(parent)}-{local(element)}-{number}"
                        )


CLASSES = [
    leerlinggegevens.School,
    leerlinggegevens.Vestiging,
    leerlinggegevens.Groep,
    leerlinggegevens.SamengesteldeGroep,
    Leerling,
    Leerlinggegevens,
    LeerlinggegevensVerzoek,
    leerresultaten.School,
    leerresultaten.Toetsafname,
    leerresultaten.Resultaat,
    leerresultaten.Toets,
    leerresultaten.ToetsOnderdeel,
    leerresultaten.Norm,
    leerresultaten.Normkleur,
    LeerresultatenVerzoek,
]
REQUIRED = list(required_elements())


def findings(root):
    """The report, whose texts hold no Python name, and the ids of what the xsd layer found."""
    report = validate(etree.tostring(root), **settings(""))
    assert python_names(report) == set()
    return report, {f.id for f in report.findings if f.layer == "xsd"}


@pytest.mark.parametrize(("base", "number", "name"), REQUIRED)
def test_each_required_element_is_missed(base, number, name):
    """A message without an element that its table requires is invalid, and the report names that element."""
    root, element = nth(base, number)
    element.getparent().remove(element)

    report, _ = findings(root)

    assert report.layer("xsd").validity == "invalid"
    named = [f.id for f in report.findings if f.layer == "xsd" and f.path.last.name == name]
    # A test without its code also leaves its results behind.
    assert [rule_id for rule_id in named if rule_id != "LR-201"] in (["XS-105"], ["LR-306"])


def test_enough_required_elements_are_tried():
    """The list above is not empty by accident."""
    assert len(REQUIRED) > 30


def lengths():
    """Text fields of a pupil with a longest length."""
    for field in table(Leerling).fields:
        simple = field.first.simple
        if simple is not None and simple.max_length is not None and not field.first.reference and not field.many:
            yield pytest.param(field, simple.max_length, id=field.name)


@pytest.mark.parametrize(("field", "longest"), list(lengths()))
def test_each_length_is_held(field, longest):
    """One character too many is told with the length that is allowed; the longest text passes."""
    for length, expected in ((longest, set()), (longest + 1, {"XS-110"})):
        leerling = Leerling(**{"key": "l1", "achternaam": "Bakker", field.name: "x" * length})
        data = write(roster(leerling), unchecked=True)

        report = validate(data, **settings(""))

        assert {f.id for f in report.findings if f.layer == "xsd"} == expected
        assert python_names(report) == set()
        assert report.layer("xsd").validity == ("invalid" if expected else "valid")


def roster(leerling):
    """A school with one pupil."""
    return Leerlinggegevens(
        school=leerlinggegevens.School(schooljaar="2026-2027", brincode="99XX"), leerlingen=(leerling,)
    )


def neighbours():
    """Pairs of elements of different kinds that stand next to each other in a sample."""
    for base in BASES:
        for number, element in elements(base):
            after = element.getnext()
            soap = etree.QName(element).namespace == norm.SOAP_ENVELOPE
            if after is not None and local(after) != local(element) and not soap:
                yield pytest.param(base, number, id=f"{base}-{number}-{local(element)}-{local(after)}")


FREE = {("groep", "samengestelde_groep")}
"""Neighbours whose order is free."""


@pytest.mark.parametrize(("base", "number"), list(neighbours()))
def test_each_swap_is_told(base, number):
    """Two neighbours in the wrong order are told by name, with their line, unless their order is free."""
    root, element = nth(base, number)
    after = element.getnext()
    names = (local(element), local(after))
    element.addprevious(after)

    report, found = findings(root)

    if names in FREE:
        assert report.layer("xsd").validity == "valid"
        return
    assert report.layer("xsd").validity == "invalid"
    assert found == {"XS-102"}
    told = next(f for f in report.findings if f.id == "XS-102")
    assert told.path.last.name == names[0]
    assert f"na {names[1]};" in told.message("nl")


WRONG_CHOICES = {
    "two numbers": Leerling(key="l1", achternaam="Bakker", bsn="111222333", bsn_ondwnr_4="2333"),
    "two codes": Leerling(key="l1", achternaam="Bakker", postcodenl="1234AB", postcodeoverig="1"),
    "no name": Leerling(key="l1", geslacht=1),
    "initials alone": Leerling(key="l1", roepnaam="Anna", voorletters_1="AM"),
}


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ("two numbers", {"nl": "bsn en bsn_ondwnr-4", "en": "bsn and bsn_ondwnr-4"}),
        ("two codes", {"nl": "heeft postcodenl en postcodeoverig", "en": "has postcodenl and postcodeoverig"}),
        ("no name", {"nl": "geen van achternaam, roepnaam", "en": "none of achternaam, roepnaam"}),
        ("initials alone", {"nl": "heeft voorletters-1 zonder", "en": "has voorletters-1 without"}),
    ],
)
def test_a_broken_choice_names_elements(wrong, names):
    """A choice that is broken is told in the names of elements, in both languages."""
    report = validate(write(roster(WRONG_CHOICES[wrong]), unchecked=True), **settings(""))

    [told] = [f for f in report.findings if f.layer == "xsd"]
    assert python_names(report) == set()
    for lang, phrase in names.items():
        assert phrase in told.message(lang)


def test_damage_is_told_in_names_of_elements():
    """Whatever is damaged, no text of a report holds a Python name that a message does not know."""
    for base, way in product(BASES, WAYS):
        try:
            data = damaged(BASES[base].encode(), way)
        except ConfigurationError:
            continue  # no place in this message for that damage
        assert python_names(validate(data, **settings(""))) == set(), (base, way)


def test_a_full_pupil_is_valid():
    """A pupil with every field that may stand together breaks nothing."""
    leerling = Leerling(
        key="l1",
        achternaam="Bakker",
        voorvoegsel="de",
        voornamen="Anna Maria",
        voorletters_1="AM",
        roepnaam="Anna",
        geboortedatum=date(2015, 3, 1),
        geslacht=2,
        jaargroep="8",
        gebruikersnaam="anna",
        emailadres="a@school.example",
        fotourl="https://foto.example/1",
        etniciteit="9",
        land="NL",
        land_vader="?",
        land_moeder="NL",
        bsn="111222333",
        gewicht_nieuw="0",
        gewicht="0.00",
        postcodenl="1234AB",
        instroomdatum=date(2019, 8, 1),
        uitstroomdatum=date(2027, 7, 31),
        mutatiedatum=datetime(2026, 1, 1, 8, 0, 0),  # noqa: DTZ001 - a message may leave the zone out
    )

    assert validate(write(roster(leerling)), **settings("")).findings == ()
