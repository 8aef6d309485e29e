"""A message means the same in every written form, whichever road reads it: by expressions, anew, or exactly."""

from __future__ import annotations

import io
from typing import Any

import pytest
from benchmarks.written_forms import FORMS, ODD, PUPILS, RESULTS, Items, changed
from lxml import etree

import uwlr
from helpers.strategies import exact
from uwlr import norm, schemas
from uwlr.berichten import LeerlinggegevensAntwoord, LeerresultatenVerzoek
from uwlr.codec import scanner, soap_reading, tree
from uwlr.codec.parser import parse
from uwlr.codec.tree import TreeReader
from uwlr.errors import InvalidMessage
from uwlr.paths import Path
from uwlr.testing import make_results, make_school

ITEMS = 80
XS = "http://www.w3.org/2001/XMLSchema"


def _documents() -> dict[Items, bytes]:
    school = make_school(seed=7, leerlingen=ITEMS)
    results = make_results(school, seed=7)
    start = f'<soap:Envelope xmlns:soap="{norm.SOAP_ENVELOPE}"><soap:Body>'
    found = {}
    for items, bericht in ((PUPILS, LeerlinggegevensAntwoord(inhoud=school)), (RESULTS, results)):
        declaration, _, body = uwlr.write(bericht).decode().partition("\n")
        found[items] = f"{declaration}\n{start}{body}</soap:Body></soap:Envelope>".encode()
    return found


DOCUMENTS = _documents()
EVERY = [(items, name) for items in DOCUMENTS for name in FORMS | ODD]


def _exactly(document: bytes, *, tolerant: bool) -> tuple[Any, list[Any]]:
    """Read every element of the tree as it stands, nothing by expressions."""
    element = soap_reading.open_envelope(parse(document)).body
    reader = TreeReader(tolerant=tolerant)
    reader._rewrites = False
    cls = LeerlinggegevensAntwoord if "leerlinggegevens" in str(element.tag) else LeerresultatenVerzoek
    return reader.message(element, cls, Path.of(tree.local_name(element.tag))), reader.deviations


def _ids(value: object) -> str:
    return value.item if isinstance(value, Items) else str(value)


@pytest.mark.parametrize(("items", "name"), EVERY, ids=_ids)
@pytest.mark.parametrize("tolerant", [False, True], ids=["strict", "tolerant"])
def test_every_road_gives_the_same_message(items, name, tolerant):
    """By expressions and by the tree written anew: the message and the deviations of the exact reader."""
    document = changed(name, DOCUMENTS[items], items)
    bericht, deviations = _exactly(document, tolerant=tolerant)
    element = soap_reading.open_envelope(parse(document)).body
    reader = TreeReader(tolerant=tolerant)
    anew = reader.message(element, type(bericht), Path.of(tree.local_name(element.tag)))
    assert (exact(anew), reader.deviations) == (exact(bericht), deviations)
    found = scanner.read(document, tolerant=tolerant)
    if found is not None:
        assert (exact(found.bericht), found.deviations) == (exact(bericht), deviations)
    if tolerant:
        read = uwlr.read_tolerant(document)
        assert (exact(read.bericht), list(read.deviations)) == (exact(bericht), deviations)
    elif deviations:
        with pytest.raises(InvalidMessage) as refused:
            uwlr.read(document)
        assert list(refused.value.deviations) == deviations
    else:
        assert exact(uwlr.read(document)) == exact(bericht)


@pytest.mark.parametrize(("items", "name"), [(i, n) for i, n in EVERY if n in FORMS], ids=_ids)
def test_a_form_of_a_message_in_order_is_in_order(items, name):
    """The schema accepts it, `validate` too, strict reading and a stream give the message itself."""
    document = changed(name, DOCUMENTS[items], items)
    usual = uwlr.read(DOCUMENTS[items])
    assert schemas.schema().validate(soap_reading.open_envelope(parse(document)).body)
    assert uwlr.validate(document).layer("xsd").validity == "valid"
    found = uwlr.read(document)
    if name != "seven digits":
        assert exact(found) == exact(usual)
    stream = uwlr.iter_leerlingen if items is PUPILS else uwlr.iter_resultaten
    whole = found.inhoud.leerlingen if items is PUPILS else found.toetsafnames
    assert list(map(exact, stream(io.BytesIO(document)))) == list(map(exact, whole))


@pytest.mark.parametrize("items", DOCUMENTS, ids=_ids)
def test_what_is_around_a_few_odd_items_is_read_by_expressions(items):
    """One comment, one CDATA section, one item out of order: no reason to leave the quick road for good."""
    for name in ("comment at the top", "comment in the middle", "one CDATA", "schemaLocation", "one wrong order"):
        assert scanner.read(changed(name, DOCUMENTS[items], items), tolerant=True) is not None, name


def _types() -> list[str]:
    """The names of all types there are, of the schemas and built in, as prefixed names."""
    built_in = ("string", "token", "date", "dateTime", "integer", "int", "decimal", "anyURI", "NCName", "anyType")
    prefixes = {norm.LEERLINGGEGEVENS: "lg", norm.LEERRESULTATEN: "lr"}
    found = [f"xsd:{name}" for name in built_in]
    for path in schemas.xsd_files():
        root = etree.parse(path).getroot()
        prefix = prefixes.get(str(root.get("targetNamespace")))
        names = [node.get("name") for node in root if str(node.tag).endswith("Type")] if prefix else []
        found += [f"{prefix}:{name}" for name in names if name]
    return found


def _each_once(root: etree._Element) -> None:
    """Take out what stands elsewhere too, as long as the schema accepts the rest."""
    for element in reversed(list(root.iterdescendants())):
        parent = element.getparent()
        place = parent.index(element)
        parent.remove(element)
        left = {other.tag for other in root.iter()}
        if not left.issuperset(inner.tag for inner in element.iter()) or not schemas.schema().validate(root):
            parent.insert(place, element)


@pytest.mark.parametrize("items", DOCUMENTS, ids=_ids)
def test_xsi_type_is_taken_where_the_schema_takes_it(items):
    """At every element, and for every type there is: what libxml2 accepts is read, what it calls underived is not."""
    school = make_school(seed=3, leerlingen=1)
    bericht = LeerlinggegevensAntwoord(inhoud=school) if items is PUPILS else make_results(school, seed=3)
    root = etree.fromstring(uwlr.write(bericht))
    _each_once(root)
    prefixes = (
        f'xmlns:xsi="{norm.XSI}" xmlns:xsd="{XS}" xmlns:lg="{norm.LEERLINGGEGEVENS}" xmlns:lr="{norm.LEERRESULTATEN}"'
    )
    text = etree.tostring(root, encoding="unicode")
    root = etree.fromstring(text.replace(" xmlns=", f" {prefixes} xmlns=", 1))
    schema = schemas.schema()
    seen: set[str] = set()
    accepted, types = 0, _types()
    for element in root.iter():
        if str(element.tag) in seen:
            continue
        seen.add(str(element.tag))
        for name in types:
            element.set(f"{{{norm.XSI}}}type", name)
            valid = schema.validate(root)
            underived = any(error.type_name == "SCHEMAV_CVC_ELT_4_3" for error in schema.error_log)
            if valid or underived:
                reader = TreeReader(tolerant=True)
                reader.message(root, type(bericht), Path.of("x"))
                assert bool(reader.deviations) == underived, (element.tag, name, reader.deviations)
                accepted += valid
        del element.attrib[f"{{{norm.XSI}}}type"]
    assert accepted > 10
