"""EDEXML 2.1 files: schema, reading, writing, streaming."""

import io
import json
import re
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

import uwlr
from uwlr import edexml, norm, schemas
from uwlr.berichten import Leerling, Leerlinggegevens, Onleesbaar, Rol
from uwlr.berichten.leerlinggegevens import School
from uwlr.codec.parser import parse
from uwlr.edexml.keys import key_deviations
from uwlr.errors import InvalidMessage, NotXml, UnexpectedElement

VECTORS = Path(__file__).parent / "vectors"
EXAMPLE = (VECTORS / "edexml-2.1" / "voorbeeld.xml").read_bytes()
EDEX_XSD = schemas.xsd_file("EDEXML.structuur.xsd", schemas.EDEXML)
ANSWERS = [
    vector["xml"].encode()
    for vector in map(json.loads, (VECTORS / "uwlr-2.2.jsonl").read_text("utf-8").splitlines())
    if vector["root"] == "leerlinggegevens_antwoord" and vector["valid"] and "leerlingen>" in vector["xml"]
]

# one thing wrong at a time: what stands in the example, what to put there
KEY_DAMAGE = {
    "leerling key twice": (b'key="L2"', b'key="L1"'),
    "eckid of leerlingen twice": (b'key="L2"', b'key="L2" eckid="https://ketenid.nl/pilot/aa01"'),
    "key of groep and samengestelde_groep": (b'<samengestelde_groep key="plus">', b'<samengestelde_groep key="g3">'),
    "groep of leerling": (b'<groep key="g4"/>\n      <toe', b'<groep key="none"/>\n      <toe'),
    "groep of leerling is samengesteld": (b'<groep key="g4"/>\n      <toe', b'<groep key="plus"/>\n      <toe'),
    "samengestelde_groep of leerling": (
        b'<samengestelde_groep key="plus"/>\n      </s',
        b'<samengestelde_groep key="g3"/>\n      </s',
    ),
    "vestiging of leerling": (b'<vestiging key="hoofd"/>', b'<vestiging key="elders"/>'),
    "groep of leerkracht": (b'<groep key="g4"/>\n      </g', b'<groep key="plus"/>\n      </g'),
    "samengestelde_groep of leerkracht": (
        b'<samengestelde_groep key="plus"/>\n        <g',
        b'<samengestelde_groep key="x"/>\n        <g',
    ),
    "leerkracht key twice": (
        b"</leerkracht>",
        b'</leerkracht><leerkracht key="K1"><roepnaam>Ab</roepnaam></leerkracht>',
    ),
    "vestiging key twice": (b"</vestiging>", b'</vestiging><vestiging key="hoofd"><naam>B</naam></vestiging>'),
}


def damaged(old, new):
    """Replace what stands once in the example."""
    assert EXAMPLE.count(old) == 1
    return EXAMPLE.replace(old, new)


def is_valid(data):
    """Ask libxml2."""
    return schemas.schema(schemas.EDEXML).validate(parse(data))


def test_example_is_valid_in_both_engines():
    """The example, with a school year past the published list, is valid by libxml2 and by xmlschema."""
    assert is_valid(EXAMPLE)
    assert xmlschema.XMLSchema(EDEX_XSD).is_valid(EXAMPLE.decode())


@pytest.mark.parametrize("name", KEY_DAMAGE)
def test_keys_fire(name):
    """Each broken key is invalid by the schema in both engines, is read, and is not written."""
    data = damaged(*KEY_DAMAGE[name])
    assert not is_valid(data)
    assert not xmlschema.XMLSchema(EDEX_XSD).is_valid(data.decode())
    roster = edexml.read(data)
    with pytest.raises(InvalidMessage) as caught:
        edexml.write(roster)
    assert {d.kind for d in caught.value.deviations} == {"identity"}


def test_schema_differs_from_that_of_uwlr_only_as_said():
    """Apart from the namespace, TAL, OpmerkingGegevensType and annotations the types are those of UWLR 2.2."""
    for name in ("EDEXML.types.vast.xsd", "EDEXML.types.variabel.xsd", "EDEXML.elementen.xsd"):
        ours, theirs = (_plain(schemas.xsd_file(name, versie)) for versie in (schemas.EDEXML, "2.2"))
        assert ours.replace('<xs:enumeration value="TAL"/>', "") == theirs


def _plain(path):
    tree = etree.parse(path, etree.XMLParser(remove_blank_text=True, remove_comments=True))
    for annotation in list(tree.iter("{http://www.w3.org/2001/XMLSchema}annotation")):
        annotation.getparent().remove(annotation)
    root = tree.getroot()
    root.attrib.pop("targetNamespace", None)
    text = etree.tostring(root, encoding="unicode").replace("></xs:enumeration>", "/>")
    return re.sub(r' xmlns:lg="[^"]*"', "", text).replace('"lg:', '"')


def test_reads_what_uwlr_lacks():
    """The role TAL, also in a group, and the concrete blok are in the message."""
    roster = edexml.read(EXAMPLE)
    leerkracht = roster.leerkrachten[0]
    assert leerkracht.rol[0] == edexml.TAL
    assert leerkracht.rol[2] is Rol.LRK
    assert leerkracht.groepen[0].rol == (edexml.TAL,)
    (blok,) = roster.groepen[0].toevoegingen
    assert blok.private_type == edexml.OPMERKING
    assert b"begane grond &amp; gang" in blok.xml


def test_written_file_is_valid_and_reads_back_equal():
    """Writing and reading the example gives the same message, in a valid file without namespaces."""
    roster = edexml.read(EXAMPLE)
    data = edexml.write(roster)
    assert is_valid(data)
    assert norm.LEERLINGGEGEVENS.encode() not in data
    assert edexml.read(data) == roster


def test_uwlr_refuses_what_it_lacks():
    """Written as UWLR the same roster is refused, for its role and its blok."""
    with pytest.raises(InvalidMessage) as caught:
        uwlr.write(edexml.read(EXAMPLE))
    assert {d.kind for d in caught.value.deviations} == {"facet", "unknown-element"}


@pytest.mark.parametrize("data", ANSWERS[:40])
def test_vectors_pass_through_edexml(data):
    """A valid roster of UWLR written as EDEXML reads back equal, and is valid where its keys are in order."""
    roster = uwlr.read(data).inhoud
    assert edexml.read(edexml.write(roster, unchecked=True)) == roster
    assert is_valid(edexml.write(roster, unchecked=True)) == (not key_deviations(roster))


def test_strict_lists_deviations():
    """Order, unknown elements and a missing key are all listed, with their line."""
    data = damaged(
        b"<roepnaam>Bo</roepnaam>\n", b"<kleur>rood</kleur>\n<jaargroep>4</jaargroep><roepnaam>Bo</roepnaam>"
    )
    data = data.replace(b'key="L2"', b"")
    with pytest.raises(InvalidMessage) as caught:
        edexml.read(data)
    assert {d.kind for d in caught.value.deviations} == {"missing", "unknown-element", "order"}
    assert all(d.line for d in caught.value.deviations)
    assert "Bo" not in str(caught.value)


def test_tolerant_keeps_all():
    """Tolerant reading notes an empty element, a wrong order and a namespace, and still gives the pupils."""
    data = EXAMPLE.replace(b"<EDEX ", b'<edex xmlns="urn:x" ').replace(b"</EDEX>", b"</edex>")
    data = data.replace(b"<geslacht>2</geslacht>", b"<geslacht/>")
    read = edexml.read_tolerant(data)
    assert [p.roepnaam for p in read.bericht.leerlingen] == ["Anna", "Bo"]
    assert read.bericht.leerlingen[0].geslacht is None
    assert {"unknown-element", "empty"} <= {d.kind for d in read.deviations}


def test_tolerant_stand_in():
    """A mandatory value that is missing becomes Onleesbaar, and such a roster is not written."""
    read = edexml.read_tolerant(damaged(b"<naam>Plusklas</naam>", b""))
    assert isinstance(read.bericht.groepen[1].naam, Onleesbaar)
    with pytest.raises(InvalidMessage):
        edexml.write(read.bericht)


@pytest.mark.parametrize("data", [b"<x/>", ANSWERS[0], b"<EDEX xmlns='urn:x'/>"])
def test_other_documents(data):
    """A document with another root, or EDEX in a namespace, is no EDEXML file."""
    with pytest.raises(UnexpectedElement, match="is no EDEXML file"):
        edexml.read(data)
    with pytest.raises(UnexpectedElement):
        next(edexml.iter_leerlingen(io.BytesIO(data)))


HOSTILE = {
    "entity": b'<!DOCTYPE EDEX [<!ENTITY a "aaaa">]><EDEX>&a;</EDEX>',
    "external": b'<!DOCTYPE EDEX SYSTEM "file:///etc/passwd"><EDEX/>',
    "depth": b"<EDEX>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</EDEX>",
    "cut off": EXAMPLE[:-200],
    "empty": b"",
    "binary": b"\x00\x01\x02",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name):
    """Hostile or broken bytes are NotXml for every way of reading, and nothing of the text is quoted."""
    data = HOSTILE[name]
    for reading in (edexml.read, edexml.read_tolerant, lambda d: list(edexml.iter_leerlingen(io.BytesIO(d)))):
        with pytest.raises(NotXml) as caught:
            reading(data)
        assert "Proefkees" not in str(caught.value)


def test_streaming_gives_the_same_pupils():
    """Streaming gives the pupils that reading gives."""
    assert list(edexml.iter_leerlingen(io.BytesIO(EXAMPLE))) == list(edexml.read(EXAMPLE).leerlingen)


def test_streaming_gives_pupils_only():
    """What is called leerling in another place of the file is not given."""
    data = damaged(b"<vestigingen>", b'<vestigingen><leerling key="x"><roepnaam>Cas</roepnaam></leerling>')
    assert [leerling.roepnaam for leerling in edexml.iter_leerlingen(io.BytesIO(data))] == ["Anna", "Bo"]


def test_streaming_starts_at_once():
    """The first pupil is there when only the first part of the file has been read."""
    roster = Leerlinggegevens(
        school=School(schooljaar="2026-2027", brincode="99XX"),
        leerlingen=tuple(Leerling(key=str(n), roepnaam="Anna") for n in range(20_000)),
    )
    data = edexml.write(roster)
    file = io.BytesIO(data)
    given = edexml.iter_leerlingen(file)
    assert next(given) == roster.leerlingen[0]
    assert file.tell() < len(data) / 4
    assert list(given) == list(roster.leerlingen[1:])


def test_streaming_names_the_pupil():
    """A pupil that deviates stops the stream with its place; those before it were given."""
    given = edexml.iter_leerlingen(io.BytesIO(damaged(b"<roepnaam>Bo</roepnaam>", b"")))
    assert next(given).roepnaam == "Anna"
    with pytest.raises(InvalidMessage, match=r"leerling\[2\]"):
        next(given)


def test_no_namespace_is_noted_in_uwlr():
    """An element in no namespace inside a UWLR message is a deviation."""
    data = uwlr.write(uwlr.read(ANSWERS[0])).replace(b"<school>", b'<school xmlns="">', 1)
    assert b'xmlns=""' in data
    with pytest.raises(InvalidMessage, match="school"):
        uwlr.read(data)
