"""Any message survives JSON and CSV: properties, over messages worked out from the field tables."""

import io
import tempfile
from datetime import UTC, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uwlr import convert
from uwlr.berichten import (
    AnderResultaat,
    Autorisatie,
    LeerlingenVerzoek,
    LeerlinggegevensAntwoord,
    LeerresultatenVerzoek,
    Onleesbaar,
    Toetsdefinities,
    ToevoegingsBlok,
    ZonedDate,
)
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import AtLeastOne, AtMostOne, Needs, table
from uwlr.codec.parser import parse as parse_xml
from uwlr.codec.tree import TreeReader
from uwlr.codec.values import parse
from uwlr.convert.cells import guard, unguard
from uwlr.convert.layout import ROOTS as TABLES

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-11, minutes=-30))])
NASTY = st.sampled_from(
    [
        "",
        "'",
        "''",
        "'t",
        "=1+1",
        "'=1",
        "''=1",
        "-5",
        "+31",
        "@x",
        "\tx",
        "\rx",
        "\r\n",
        "a;b",
        'q"q',
        " x ",
        "ja",
        "0042",
        "\uff1dx",
        "\u2028",
        "\ufeffx",
        "\U0001d11e",
        "NA",
        "a,b",
        "'-",
        "' x",
    ]
)
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", min_codepoint=32)
TEXTS = NASTY | st.text(CHARACTERS, max_size=8)
BLOCKS = [
    (
        '<blok xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="OpmerkingGegevensType"><code>c</code>'
        "<opmerking>a &amp; b\n=x</opmerking></blok>"
    ),
    (
        '<l:blok xmlns:l="http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens" xmlns:p="urn:p"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="p:X"><l:code>c</l:code><p:y/></l:blok>'
    ),
]
RESULTS = [
    (
        '<anderresultaat xmlns="http://www.edustandaard.nl/leerresultaten/2/leerresultaten" xmlns:p="urn:p"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="p:R">'
        "<andere_score>goed</andere_score></anderresultaat>"
    ),
]


def _raw(cls, xml):
    return TreeReader(tolerant=False).message(parse_xml(xml.encode()), cls, "x")


RAW = {ToevoegingsBlok: BLOCKS, AnderResultaat: RESULTS}


def _simple(simple):
    if simple.base == "integer":
        numbers = st.integers(-(10**20), 10**20)
        return numbers.map(lambda n: parse(simple, str(n))) | st.sampled_from([0, 1, 9]).map(
            lambda n: parse(simple, str(n))
        )
    if simple.base == "decimal":
        return st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.sampled_from(
            ["1.50", "-0", "007.10"]
        ).map(lambda text: parse(simple, text))
    if simple.base == "date":
        zoned = st.builds(lambda day, zone: ZonedDate(day.year, day.month, day.day, zone), st.dates(), ZONES)
        return st.dates() | zoned
    if simple.base == "dateTime":
        return st.datetimes() | st.datetimes(timezones=ZONES)
    if simple.codes:
        return st.sampled_from(simple.codes).map(lambda code: parse(simple, code)) | TEXTS.filter(
            lambda text: text not in simple.codes
        )
    return TEXTS


def _alternative(alternative):
    if alternative.simple is not None:
        return _simple(alternative.simple)
    return berichten(alternative.cls)


@cache
def berichten(cls):
    """Any message of a class whose mandatory fields are there and whose choices hold; facets may be broken."""
    if issubclass(cls, RawElement):
        return st.sampled_from([_raw(cls, xml) for xml in RAW[cls]])
    fields = table(cls).fields
    # a few optional fields at a time, so that large classes stay quick
    optional = st.sets(st.sampled_from([f.name for f in fields if not f.required] or [""]), max_size=5)
    return optional.flatmap(lambda chosen: _with(cls, [f for f in fields if f.required or f.name in chosen]))


def _with(cls, fields):
    values = {}
    for field in fields:
        one = st.one_of([_alternative(a) for a in field.alternatives])
        values[field.name] = st.lists(one, min_size=1, max_size=3).map(tuple) if field.many else one
    return st.fixed_dictionaries(values).map(lambda given: _choices(cls, given))


def _choices(cls, values):
    for choice in cls.choices:
        present = [name for name in choice.fields if name in values]
        match choice:
            case AtMostOne():
                for name in present[1:]:
                    del values[name]
            case AtLeastOne() if not present:
                values[choice.fields[-1]] = "x"
            case Needs(other=other) if other not in values:
                for name in present:
                    del values[name]
            case _:
                pass
    return cls(**values)


ONLEESBAAR = st.builds(Onleesbaar, raw=st.none() | TEXTS)

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def through_csv(bericht):
    """Write to a folder and read it back."""
    with tempfile.TemporaryDirectory() as folder:
        convert.to_csv(bericht, Path(folder))
        return convert.from_csv(Path(folder))


@pytest.mark.parametrize("cls", [LeerlinggegevensAntwoord, LeerlingenVerzoek, LeerresultatenVerzoek, Toetsdefinities])
def test_any_message_through_json(cls):
    """Any message of any kind comes back equal from JSON: zones, zeros, unknown codes and private XML included."""

    @QUICK
    @given(berichten(cls))
    def holds(bericht):
        assert same(convert.from_json(convert.to_json(bericht)), bericht)

    holds()


def same(one, other):
    """Equal, and also in what equality does not see: the zone of a moment and the zeros of a number."""
    return one == other and convert.to_json(one) == convert.to_json(other)


@QUICK
@given(ONLEESBAAR)
def test_unreadable_values_through_json(value):
    """What could not be read is kept as it stood."""
    broken = Autorisatie(autorisatiesleutel=value, klantcode="c", klantnaam="n")
    assert convert.from_json(convert.to_json(broken)) == broken


def through_xlsx(bericht):
    """Write a workbook and read it back."""
    workbook = io.BytesIO()
    convert.to_xlsx(bericht, workbook)
    return convert.from_xlsx(workbook.getvalue())


def through_columns(bericht):
    """Make columns and read them back, with the apostrophes of a spreadsheet and without."""
    exact = convert.from_columns(convert.to_columns(bericht, guarded=False), guarded=False)
    assert same(exact, bericht)
    return convert.from_columns(convert.to_columns(bericht))


@pytest.mark.parametrize("through", [through_csv, through_xlsx, through_columns])
@pytest.mark.parametrize("cls", TABLES)
def test_any_message_through_tables(cls, through):
    """Any roster and any results come back equal from CSV, Excel and columns, whatever the texts in them."""

    @QUICK
    @given(berichten(cls))
    def holds(bericht):
        assert same(through(bericht), bericht)

    holds()


@given(TEXTS)
def test_guard(text):
    """Guarding is undone by unguarding, gives no empty cell, and leaves no text that starts a formula."""
    cell = guard(text)
    assert unguard(cell) == text
    assert cell[:1] not in set("=+-@\t\r\n") | {""}
