"""Documents made to do harm: refused quickly, with an error of this library and nothing of the document in it."""

import io
import time

import pytest

import uwlr
import uwlr.edexml
from uwlr import norm
from uwlr.errors import InvalidMessage, MessageError, NotXml, UnexpectedElement

ROOT = f'<leerlinggegevens_verzoek xmlns="{norm.LEERLINGGEGEVENS}">%s</leerlinggegevens_verzoek>'
PUPILS = (
    f'<leerlinggegevens xmlns="{norm.LEERLINGGEGEVENS}"><school><schooljaar>2024-2025</schooljaar></school><leerlingen>'
)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = {
    "bare": "<!DOCTYPE a>",
    "external": '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
    "public": '<!DOCTYPE a PUBLIC "x" "http://127.0.0.1:9/x.dtd">',
    "entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>',
    "quadratic": f'<!DOCTYPE a [<!ENTITY x "{"ha" * 10_000}">]>',
    "parameter": '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>',
    "after a comment": "<!-- c --><?p i?>\n<!DOCTYPE a>",
    "broken": "<!DOCTYPE a [",
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1")


def _every_way(document: bytes):
    yield lambda: uwlr.read(document)
    yield lambda: uwlr.read_tolerant(document)
    yield lambda: list(uwlr.iter_leerlingen(document))
    yield lambda: list(uwlr.iter_leerlingen(io.BytesIO(document)))


def _refused(document: bytes, kind: type[Exception], seconds: float = 2.0):
    for attempt in _every_way(document):
        began = time.perf_counter()
        with pytest.raises(kind) as caught:
            attempt()
        assert time.perf_counter() - began < seconds
        assert "passwd" not in str(caught.value)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("form", DOCTYPES)
def test_a_doctype_is_refused_in_every_form_and_encoding(form, encoding):
    """Before any of it is acted upon, small or large, whichever way the document is read."""
    declared = "utf-16" if "16" in encoding else "latin-1" if encoding == "latin-1" else "utf-8"
    for padding in ("", "x" * 20_000):
        document = f'<?xml version="1.0" encoding="{declared}"?>{DOCTYPES[form]}{ROOT % f"&x;&l9;{padding}"}'
        _refused(document.encode(encoding), NotXml)


def test_depth_is_bounded():
    """A hundred thousand levels are refused, not descended into."""
    _refused((ROOT % ("<a>" * 100_000 + "</a>" * 100_000)).encode(), NotXml)


def test_attributes_by_the_hundred_thousand_are_read_or_refused_quickly():
    """Many attributes are unknown ones, each a deviation."""
    document = ROOT.replace(" xmlns", "".join(f' a{n}="1"' for n in range(100_000)) + " xmlns", 1) % ""
    with pytest.raises((InvalidMessage, NotXml)):
        uwlr.read(document.encode())


def test_one_giant_text_is_refused():
    """Eleven million characters in one place are beyond the limit of the parser, for the fast reader too."""
    pupil = f'<leerling key="1"><achternaam>{"a" * 11_000_000}</achternaam></leerling>'
    document = f"{PUPILS}{pupil}</leerlingen></leerlinggegevens>"
    _refused(document.encode(), NotXml, seconds=5)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"   ",
        b"<",
        b"<a",
        b"\x00",
        b"\xff\xfe",
        b"geen xml",
        b"<a></b>",
        b"<a/><b/>",
        b'{"a": 1}',
        b'<?xml version="1.0" encoding="onzin"?><a/>',
        b'<?xml version="1.0" encoding="utf-16"?><a/>',
        b"<a>\xff</a>",
        b"<a>&x;</a>",
        b"<a b='1' b='2'/>",
        b"<x:a/>",
        b"<a>" + b" " * 100_000,
        b"<!-- " + b"x" * 100_000,
        b"<?xml version='1.0'?>" + b"<!-- x -->" * 20_000 + b"<a/>",
    ],
    ids=range(19),
)
def test_what_is_not_well_formed_is_refused_as_such(document):
    """Every way of reading says NotXml."""
    _refused(document, NotXml)


def test_other_documents_are_no_message():
    """Well-formed XML of another kind is an unexpected element."""
    for document in (b"<html><body/></html>", b"<a xmlns='urn:x'/>", b"<!-- c --><a/>"):
        _refused(document, UnexpectedElement)


def test_text_that_takes_long_to_match_does_not():
    """Half a megabyte that nearly fits costs no more than in proportion: nothing is tried twice."""
    began = time.perf_counter()
    for filler in ("<leerling", '<leerling key="', "<leerling><achternaam>", " ", "&amp;", "<groep/>"):
        body = filler * (500_000 // len(filler))
        document = PUPILS + body
        for attempt in _every_way(document.encode()):
            with pytest.raises(MessageError):
                attempt()
    assert time.perf_counter() - began < 10


def test_white_space_in_an_element_that_must_be_empty_is_seen():
    """As the schema has it: strict reading refuses it, tolerant reading says so and reads on, large or small."""
    empty = '<leerlinggegevens_antwoord xmlns="{}"><{}>{}</{}></leerlinggegevens_antwoord>'
    for name in ("geenwijzigingen", "geengegevens"):
        for inside, refused in ((" ", True), ("\n", True), ("<!-- c --> ", True), ("<!-- c -->", False), ("", False)):
            document = empty.format(norm.LEERLINGGEGEVENS, name, inside, name).encode()
            document += b" " * 20_000
            found = [d.kind for d in uwlr.read_tolerant(document).deviations]
            assert found == (["text"] if refused else [])
            if refused:
                with pytest.raises(InvalidMessage, match="must be empty"):
                    uwlr.read(document)
            else:
                assert uwlr.read(document).inhoud is not None


def test_a_namespace_without_a_canonical_form_is_refused():
    """A private element in a relative namespace, which canonical XML cannot hold, is no crash."""
    blok = '<toevoegingen><blok xmlns:p="relatief" p:a="1"/></toevoegingen>'
    document = f'{PUPILS}<leerling key="1"><roepnaam>Bo</roepnaam>{blok}</leerling></leerlingen></leerlinggegevens>'
    _refused(document.encode(), NotXml)


def test_names_that_only_libxml2_knows_are_refused_as_ours():
    """Letters in a name that other parsers refuse, and a prefix that is declared nowhere, raise our own errors."""
    odd = f'<e:Envelope xmlns:e="{norm.SOAP_ENVELOPE}"><e:Body><a\ufffdb/></e:Body></e:Envelope>'
    _refused(odd.encode(), UnexpectedElement)
    with pytest.raises(MessageError):
        list(uwlr.edexml.iter_leerlingen(io.BytesIO(b"<x:EDEX/>")))


def test_a_large_document_of_nothing_but_tags_is_refused():
    """Two megabytes of empty elements are refused before they become a tree of fifty times that size."""
    with pytest.raises(NotXml, match="all tags"):
        uwlr.read_tolerant(b"<a>" + b"<a/>" * 500_000 + b"</a>")


def test_deviations_beyond_the_list_are_told():
    """Where there are more deviations than are listed, the last one says so."""
    start = f'<Toetsdefinities xmlns="{norm.TOETSDEFINITIES}">'

    found = uwlr.read_tolerant(f"{start}{'<onbekend>x</onbekend>' * 100_005}</Toetsdefinities>".encode()).deviations

    assert len(found) == 100_001
    assert "no more are listed" in found[-1].problem
