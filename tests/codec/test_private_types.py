"""Elements of a private type: kept as they came, written once their type is registered."""

import pytest
from lxml import etree

import uwlr
from uwlr import norm
from uwlr.berichten import AnderResultaat, Leerlinggegevens, ToevoegingsBlok, raw, register_private_type
from uwlr.errors import InvalidMessage

XSI = f'xmlns:xsi="{norm.XSI}"'
TYPE = "{urn:eigen}Blok"


@pytest.fixture
def registered(monkeypatch) -> None:
    """The private type is known, for one test."""
    monkeypatch.setattr(raw, "_registered", set())
    register_private_type(TYPE)


def _roster(blok: str, declared: str = "") -> bytes:
    return (
        f'<l:leerlinggegevens xmlns:l="{norm.LEERLINGGEGEVENS}" {XSI} {declared}><l:school>'
        f"<l:schooljaar>2024-2025</l:schooljaar><l:toevoegingen>{blok}</l:toevoegingen></l:school>"
        '<l:leerlingen><l:leerling key="l1"><l:roepnaam>Bo</l:roepnaam></l:leerling></l:leerlingen>'
        "</l:leerlinggegevens>"
    ).encode()


def _results(result: str) -> bytes:
    return (
        f'<leerresultaten_verzoek xmlns="{norm.LEERRESULTATEN}"><school><schooljaar>2024-2025</schooljaar>'
        "<brincode>99ZZ</brincode><aanmaakdatum>2024-09-01T10:00:00</aanmaakdatum><xsdversie>2.2</xsdversie></school>"
        '<toetsafnames><toetsafname><leerlingid>l1</leerlingid><resultaten><resultaat key="r1"><afnamedatum>2024-09-01'
        f"</afnamedatum><toetscode>t</toetscode>{result}</resultaat></resultaten></toetsafname></toetsafnames><toetsen>"
        "<toets><toetscode>t</toetscode></toets></toetsen></leerresultaten_verzoek>"
    ).encode()


BLOKKEN = [
    ('<l:blok xsi:type="e:Blok" nr="1"><e:a>e:naam</e:a> &amp; <l:b/></l:blok>', 'xmlns:e="urn:eigen"'),
    ('<l:blok xmlns:e="urn:eigen" xsi:type="e:Blok"/>', ""),
    ('<l:blok xsi:type="Blok"><a>x</a></l:blok>', 'xmlns="urn:eigen"'),
    ('<l:blok xsi:type="e:Blok"><a><b xmlns="urn:anders"><c xmlns=""/></b></a></l:blok>', 'xmlns:e="urn:eigen"'),
    ('<l:blok xsi:type=" e:Blok "><!-- weg --><![CDATA[<x>]]><?weg?></l:blok>', 'xmlns:e="urn:eigen" xmlns:u="urn:u"'),
    (
        '<blok xmlns="http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens" xsi:type="e:Blok"><x/></blok>',
        'xmlns:e="urn:eigen"',
    ),
]


@pytest.mark.parametrize(("blok", "declared"), BLOKKEN)
def test_a_private_element_goes_round(registered, blok, declared):
    """Read, written and read again it is equal, and every name in it means what it meant."""
    document = _roster(blok, declared)
    bericht = uwlr.read(document)
    assert bericht.school.toevoegingen[0].private_type == TYPE
    written = uwlr.write(bericht)
    assert uwlr.read(written) == bericht
    before, after = (
        etree.fromstring(text, etree.XMLParser(remove_comments=True, remove_pis=True)).find(".//{*}blok")
        for text in (document, written)
    )
    assert [e.tag for e in before.iter()] == [e.tag for e in after.iter()]
    assert "".join(before.itertext()) == "".join(after.itertext())
    name = f"{{{norm.XSI}}}type"
    prefix = after.get(name).strip().rpartition(":")[0] or None
    assert after.nsmap[prefix] == "urn:eigen"


def test_a_private_result_goes_round(registered):
    """Anderresultaat is kept in the same way, among the other results."""
    result = f'<anderresultaat {XSI} xmlns:e="urn:eigen" xsi:type="e:Blok"><e:niveau>B</e:niveau></anderresultaat>'
    bericht = uwlr.read(_results(result))
    found = bericht.toetsafnames[0].resultaten[0].uitkomst
    assert type(found) is AnderResultaat
    assert found.private_type == TYPE
    assert uwlr.read(uwlr.write(bericht)) == bericht


def test_an_unregistered_type_is_refused_by_its_place(monkeypatch):
    """A type that nobody registered is not written, unless unchecked."""
    monkeypatch.setattr(raw, "_registered", set())
    bericht = uwlr.read(_roster(*BLOKKEN[0]))
    with pytest.raises(InvalidMessage) as caught:
        uwlr.write(bericht)
    assert [str(d.path) for d in caught.value.deviations] == ["leerlinggegevens/school/toevoegingen/blok[1]"]
    assert uwlr.read(uwlr.write(bericht, unchecked=True)) == bericht


def test_an_element_without_a_type_is_read_and_not_written(registered):
    """The schema declares the type abstract, so without a private one it is never valid."""
    bericht = uwlr.read(_roster("<l:blok><x/></l:blok>"))
    assert bericht.school.toevoegingen[0].private_type is None
    with pytest.raises(InvalidMessage):
        uwlr.write(bericht)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"geen xml",
        b"<blok/>",
        b"<blok>",
        f'<x xmlns="{norm.LEERLINGGEGEVENS}"/>'.encode(),
        f'<blok xmlns="{norm.LEERLINGGEGEVENS}"/>'.encode(),
        f'<blok xmlns="{norm.LEERLINGGEGEVENS}" {XSI} xmlns:e="urn:ander" xsi:type="e:Blok"/>'.encode(),
        f'<blok xmlns="{norm.LEERLINGGEGEVENS}" {XSI} xmlns:e="urn:eigen" xsi:type="e:Blok"/><x/>'.encode(),
    ],
)
def test_a_private_element_that_is_not_what_it_says_is_refused(registered, xml):
    """Whatever a caller puts in, the message stays well-formed and means what the object says."""
    bericht = uwlr.read(_roster(*BLOKKEN[0]))
    blok = ToevoegingsBlok(private_type=TYPE, xml=xml)
    school = type(bericht.school)(schooljaar="2024-2025", toevoegingen=(blok,))
    with pytest.raises(InvalidMessage):
        uwlr.write(Leerlinggegevens(school=school, leerlingen=bericht.leerlingen))


def test_an_xml_declaration_of_a_private_element_is_left_out(registered):
    """A caller may hand over a whole document."""
    bericht = uwlr.read(_roster(*BLOKKEN[0]))
    blok = bericht.school.toevoegingen[0]
    whole = ToevoegingsBlok(private_type=TYPE, xml=b'<?xml version="1.0"?>\n' + blok.xml)
    school = type(bericht.school)(schooljaar="2024-2025", toevoegingen=(whole,))
    written = uwlr.write(Leerlinggegevens(school=school, leerlingen=bericht.leerlingen))
    assert uwlr.read(written).school.toevoegingen == (blok,)


def test_private_types_are_named_with_their_namespace():
    """A name without a namespace could be anybody's."""
    with pytest.raises(ValueError, match=r"\{namespace\}name"):
        register_private_type("Blok")


def test_the_contents_do_not_show():
    """What two parties put inside may be personal."""
    blok = ToevoegingsBlok(private_type=TYPE, xml=b"<geheim/>")
    assert repr(blok) == "ToevoegingsBlok(private_type='{urn:eigen}Blok', xml=…)"
