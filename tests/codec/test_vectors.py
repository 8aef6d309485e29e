"""The 600 messages written for this project: what reading keeps, what it refuses, what writing gives back."""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import unescape

import pytest
from lxml import etree

import uwlr
from uwlr import norm, schemas
from uwlr.berichten import ROOTS
from uwlr.berichten.tabel import Bericht, element_tag, table
from uwlr.codec.write import write
from uwlr.errors import InvalidMessage, UnexpectedElement

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "vectors" / "uwlr-2.2.jsonl").read_text("utf-8").splitlines()
]
VALID = [v for v in VECTORS if v["valid"]]
INVALID = [v for v in VECTORS if not v["valid"]]
_XSI = f"{{{norm.XSI}}}"

STRUCTURAL = {
    "addattr",
    "case",
    "drop",
    "dropattr",
    "dup",
    "extra",
    "move",
    "nil",
    "ns",
    "rename",
    "swap",
    "textinparent",
}
"""Damage that no message can hold, so that a strict reader has to refuse it wherever it made the message invalid."""


def _id(vector: dict) -> str:
    return f"{vector['id']}-{vector['mutation']}"


def _data(vector: dict) -> bytes:
    return vector["xml"].encode()


# --- one lexical form -----------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*")
_MOMENT = re.compile(r"\s*(-?\d{4,}-\d\d-\d\d)(T\d\d:\d\d:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?\s*")


def _typed() -> dict[str, str]:
    """Base type of each element and attribute name, from the field tables."""
    found: dict[str, str] = {}
    todo: list[type[Bericht]] = list(ROOTS)
    seen = set(todo)
    while todo:
        for field in table(todo.pop()).fields:
            for alternative in field.alternatives:
                if alternative.simple is not None:
                    found[("@" if field.kind == "attribute" else "") + alternative.wire] = alternative.simple.base
                elif alternative.cls not in seen and not hasattr(alternative.cls, "xml"):
                    seen.add(alternative.cls)
                    todo.append(alternative.cls)
    return found


_TYPES = _typed()


def _fixed(base: str, text: str) -> str:
    if base in {"integer", "decimal"} and _NUMBER.fullmatch(text):
        return format(Decimal(text.strip()).normalize() + 0, "f")
    moment = _MOMENT.fullmatch(text)
    if base in {"date", "dateTime"} and moment:
        day, time, fraction, zone = moment.groups()
        zone = "Z" if zone in {"+00:00", "-00:00"} else zone or ""
        return day + (time or "") + ("." + fraction.strip(".0") if (fraction or "").strip(".0") else "") + zone
    return " ".join(text.split()) if base == "anyURI" else text


def canonical(document: bytes) -> str:
    """Canonical XML of a message with every date, moment and number in one form."""
    root = ET.fromstring(document)
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        element.tail = None
        if len(element) or (element.text and not element.text.strip() and name not in _TYPES):
            element.text = None
        elif element.text is not None and name in _TYPES:
            element.text = _fixed(_TYPES[name], element.text)
        element.attrib.pop(f"{_XSI}schemaLocation", None)
        for attribute, value in element.attrib.items():
            element.set(attribute, _fixed(_TYPES.get(f"@{attribute}", "string"), value))
    return ET.canonicalize(ET.tostring(root, encoding="unicode"), rewrite_prefixes=True)


# --- valid ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VALID, ids=_id)
def test_a_valid_message_goes_round(vector):
    """It reads, is written schema-valid with the same canonical XML, and reads back equal."""
    bericht = uwlr.read(_data(vector))
    written = uwlr.write(bericht)
    assert schemas.schema().validate(etree.fromstring(written)), schemas.schema().error_log.last_error
    assert uwlr.read(written) == bericht
    assert canonical(written) == canonical(_data(vector))


@pytest.mark.parametrize("vector", VALID, ids=_id)
def test_a_valid_message_read_tolerantly_is_the_same_message(vector):
    """Tolerance changes nothing where nothing is wrong."""
    read = uwlr.read_tolerant(_data(vector))
    assert read.bericht == uwlr.read(_data(vector))
    assert read.deviations == ()


def _is_structural(vector: dict) -> bool:
    if vector["mutation"] == "emptyel":
        schemas.schema().validate(etree.fromstring(_data(vector)))
        return "ELEMENT_CONTENT" in str(schemas.schema().error_log)
    return vector["mutation"] in STRUCTURAL


# --- invalid --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", INVALID, ids=_id)
def test_what_is_invalid_is_refused_by_reading_or_by_writing(vector):
    """No invalid message passes both a strict reader and a writer: one of them finds the fault."""
    with pytest.raises((InvalidMessage, UnexpectedElement)):
        write(uwlr.read(_data(vector)))


@pytest.mark.parametrize("vector", [v for v in INVALID if _is_structural(v)], ids=_id)
def test_structural_damage_is_refused_by_strict_reading(vector):
    """Order, unknown and missing parts, and stray text never pass a strict reader."""
    with pytest.raises((InvalidMessage, UnexpectedElement)):
        uwlr.read(_data(vector))


def _pieces(document: bytes) -> Counter[str]:
    """Every element, attribute and text of a document; for one that is left out, as `raw` of a deviation."""
    found: Counter[str] = Counter()
    for element in etree.fromstring(document).iter():
        found[f"<{etree.QName(element).localname}>"] += 1
        for name, value in element.attrib.items():
            found[f"@{etree.QName(name).localname}"] += 1
            found[_loose(value)] += 1
        for text in (element.text, element.tail):
            if text and text.strip():
                found[_loose(text)] += 1
    return found


def _loose(text: str) -> str:
    """A text in a form that does not depend on how its number or date is written."""
    text = " ".join(text.split())
    return _fixed("decimal", _fixed("dateTime", text))


@pytest.mark.parametrize("vector", VECTORS, ids=_id)
def test_tolerant_reading_drops_nothing_silently(vector):
    """Each element, attribute value and text stands in the message that was read, or in the raw text of a deviation."""
    root = etree.fromstring(_data(vector))
    known = {element_tag(cls).rpartition("}")[2].casefold() for cls in ROOTS}
    if etree.QName(root).localname.casefold() not in known:
        with pytest.raises(UnexpectedElement):
            uwlr.read_tolerant(_data(vector))
        return
    read = uwlr.read_tolerant(_data(vector))
    raws = [unescape(d.raw) for d in read.deviations if d.raw is not None]
    kept = _pieces(write(read.bericht, unchecked=True))
    lost = _pieces(_data(vector)) - kept
    for piece in lost:
        explained = any(
            (piece[0] == "<" and re.search(rf"<([\w.-]+:)?{re.escape(piece[1:-1])}[\s/>]", raw))
            or (piece[0] == "@" and f"{piece[1:]}=" in raw)
            or piece in _loose(raw)
            or piece in {_loose(t) for t in re.split(r"[<>\"]", raw)}
            for raw in raws
        )
        named = any(piece.strip("<>") in {str(step) for step in d.path.kind.steps[-2:]} for d in read.deviations)
        assert explained or named, f"{piece} of {vector['id']} is nowhere"
