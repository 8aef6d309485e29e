"""Vocabularies: VDEX files and bound terms."""

from datetime import UTC, date, datetime

import pytest

from uwlr import vocabulaires
from uwlr.berichten import (
    AnderResultaat,
    Ingang,
    LeerresultatenVerzoek,
    Resultaat,
    Toets,
    Toetsafname,
    ToetsOnderdeel,
    VocabulaireGebondenVeld,
)
from uwlr.berichten.leerresultaten import School
from uwlr.errors import InvalidMessage, NotXml, UnexpectedElement
from uwlr.paths import Path
from uwlr.vocabulaires import VAKGEBIEDEN, Vocabulaire

FILE = b"""<?xml version="1.0" encoding="UTF-8"?>
<vdex xmlns="http://www.imsglobal.org/xsd/imsvdex_v1p0" profileType="lax" language="nl">
  <vocabName><langstring language="en">Levels</langstring><langstring language="nl">Niveaus</langstring></vocabName>
  <vocabIdentifier isRegistered="false">urn:x:niveaus</vocabIdentifier>
  <term><termIdentifier>n1</termIdentifier><caption><langstring language="nl">Een</langstring></caption>
    <term><termIdentifier>n1a</termIdentifier></term>
  </term>
  <term><termIdentifier>n2</termIdentifier><caption><langstring>Twee</langstring></caption></term>
</vdex>"""


def bound(term, uri):
    """A field that names a vocabulary."""
    return VocabulaireGebondenVeld(vocabulaire=uri, waarde=term)


def results(**toets):
    """Results of one test."""
    return LeerresultatenVerzoek(
        school=School(
            schooljaar="2026-2027", schoolkey="s", aanmaakdatum=datetime(2026, 10, 1, tzinfo=UTC), xsdversie="2.2"
        ),
        toetsafnames=(
            Toetsafname(
                leerlingid="L",
                resultaten=(
                    Resultaat(
                        key="r",
                        afnamedatum=date(2026, 10, 1),
                        toetscode="t",
                        versie=bound("n9", "urn:x:niveaus"),
                        uitkomst=3,
                    ),
                    Resultaat(
                        key="q",
                        afnamedatum=date(2026, 10, 1),
                        toetscode="t",
                        uitkomst=AnderResultaat(private_type="{urn:x}T", xml=b"<anderresultaat/>"),
                    ),
                ),
            ),
        ),
        toetsen=(Toets(toetscode=VocabulaireGebondenVeld(waarde="t"), **toets),),
    )


def test_read():
    """A file gives its URI, its Dutch name, and every term with its caption, terms inside terms included."""
    found = vocabulaires.read_vdex(FILE)
    assert found == Vocabulaire(id="urn:x:niveaus", naam="Niveaus", terms={"n1": "Een", "n1a": "n1a", "n2": "Twee"})


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b"<termIdentifier>n2</termIdentifier>", b"", "missing"),
        (b"<termIdentifier>n2<", b"<termIdentifier>n1<", "identity"),
        (b"urn:x:niveaus", b" ", "missing"),
    ],
)
def test_broken_file(old, new, kind):
    """A term without identifier, one that stands twice, and a vocabulary without URI are refused with their line."""
    with pytest.raises(InvalidMessage) as caught:
        vocabulaires.read_vdex(FILE.replace(old, new))
    assert [d.kind for d in caught.value.deviations] == [kind]
    assert caught.value.deviations[0].line


def test_other_document():
    """Another document is no vocabulary."""
    with pytest.raises(UnexpectedElement):
        vocabulaires.read_vdex(b"<vdex/>")


@pytest.mark.parametrize(
    "data",
    [b'<!DOCTYPE vdex [<!ENTITY x "y">]><vdex>&x;</vdex>', b"", FILE[:200]],
)
def test_hostile_file(data):
    """A DOCTYPE, nothing, and half a file are NotXml."""
    with pytest.raises(NotXml):
        vocabulaires.read_vdex(data)


def test_vakgebieden():
    """The vocabulary of subjects has 23 terms, each known by its caption."""
    assert len(VAKGEBIEDEN.terms) == 23
    assert VAKGEBIEDEN.match("Rekenen en wiskunde")
    assert VAKGEBIEDEN.match("rekenen") is None


def test_either_identifier_or_caption():
    """A term may be the identifier or the caption."""
    found = vocabulaires.read_vdex(FILE)
    assert [found.match(term) for term in ("n1", "Een", "een")] == ["identifier", "caption", None]


def test_check():
    """Terms outside a named vocabulary are listed with their place, whatever kind of field names it."""
    bericht = results(
        vakgebied=bound("Wiskunde", VAKGEBIEDEN.id),
        leerjaar=bound("x", "urn:unknown"),
        toetshierarchie=(
            Ingang(niveau=1, waarde="Een", vocabulaire="urn:x:niveaus"),
            Ingang(niveau=2, waarde="Drie", vocabulaire="urn:x:niveaus"),
        ),
        toetsonderdelen=(ToetsOnderdeel(toetsonderdeelvolgnummer=1, toetsonderdeelcode=bound("n2", "urn:x:niveaus")),),
    )
    problems = vocabulaires.check(bericht, [VAKGEBIEDEN, vocabulaires.read_vdex(FILE)])
    assert [(str(Path(p.path.steps[1:])), p.term) for p in problems] == [
        ("toetsafnames/toetsafname[1]/resultaten/resultaat[1]/versie", "n9"),
        ("toetsen/toets[1]/vakgebied", "Wiskunde"),
        ("toetsen/toets[1]/toetshierarchie/ingang[2]", "Drie"),
    ]
    assert all("identifier" in p.assumed for p in problems)


def test_unknown_vocabularies_are_left_alone():
    """Without vocabularies nothing is wrong."""
    assert vocabulaires.check(results(vakgebied=bound("Wiskunde", VAKGEBIEDEN.id)), []) == []
