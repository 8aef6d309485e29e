"""The layers: their verdicts, how one stops the next, and how the schema's verdict is put into words."""

from __future__ import annotations

import io
import json
import random
from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

import uwlr
from uwlr import norm, schemas
from uwlr.edexml.files import write as write_edexml
from uwlr.errors import ConfigurationError, InvalidReport
from uwlr.testing import make_school
from uwlr.validation import Validity, validate
from uwlr.validation.sample_messages import GEEN_GEGEVENS, HEADER, sample, settings

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "vectors" / "uwlr-2.2.jsonl").read_text("utf-8").splitlines()
]


def check(text, **options):
    """Validate a text with a fixed today."""
    return validate(text.encode(), **{**settings(""), **options})


def verdicts(report):
    """The validity of each layer."""
    return [layer.validity.value for layer in report.layers]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["id"])
def test_the_xsd_layer_gives_the_verdict_of_the_schema(vector):
    """The verdict is that of two schema processors; what is refused is explained, with a line, and nothing twice."""
    report = validate(vector["xml"].encode(), versie="2.2")

    assert (report.layer("xsd").validity == "valid") is vector["valid"]
    explained = [(f.id, f.path, f.message()) for f in report.findings if f.layer == "xsd"]
    assert bool(explained) is not vector["valid"]
    assert len(explained) == len(set(explained))
    assert all(f.line is not None for f in report.findings)
    assert "XS-199" not in {f.id for f in report.findings}


def test_order_is_told_in_words():
    """A pupil with voorvoegsel after roepnaam is told so, with the line and the order that is due."""
    text = sample("antwoord").replace(
        "<voorvoegsel>de</voorvoegsel>\n        <voornamen>Anna Maria</voornamen>\n"
        "        <voorletters-1>AM</voorletters-1>\n        <roepnaam>Anna</roepnaam>",
        "<roepnaam>Anna</roepnaam>\n        <voorvoegsel>de</voorvoegsel>",
    )

    report = check(text)

    line = text[: text.index("<voorvoegsel>de")].count("\n") + 1
    said = f"in leerling 1 (regel {line}) staat voorvoegsel na roepnaam; de volgorde is "
    assert [f.message("nl") for f in report.findings] == [said + "voorvoegsel, voornamen, voorletters-1, roepnaam"]
    assert [(f.line, f.column) for f in report.findings] == [(line, 9)]


def test_all_errors_of_one_element_are_told():
    """Where libxml2 stops at the first wrong child of an element, the report goes on."""
    text = (
        sample("antwoord")
        .replace("<geslacht>2</geslacht>", "<geslacht>7</geslacht><extra/>")
        .replace("<bsn>111222333</bsn>", "<bsn>11122233</bsn>")
        .replace("<postcodenl>1234AB</postcodenl>", "<postcodenl>1234 ab</postcodenl>")
    )

    report = check(text)

    assert sorted(f.id for f in report.findings if f.layer == "xsd") == ["XS-103", "XS-111", "XS-111", "XS-112"]


def test_text_that_is_not_xml_is_a_finding():
    """Anything that is not XML is invalid in layer xml, and no later layer is taken for fine."""
    report = check("schooljaar;brincode\n2026-2027;99XX\n")

    assert verdicts(report) == ["invalid", "skipped", "skipped", "skipped", "skipped"]
    assert [f.id for f in report.findings] == ["XM-101"]
    assert report.layer("rules").note is not None


@pytest.mark.parametrize("size", [100, 400_000], ids=["small", "large"])
def test_a_document_that_breaks_off_gives_one_finding(size):
    """What was found before the end of a broken document is not reported, only the break."""
    text = sample("antwoord").replace("111222333", "111222334")
    text = text[: text.index("</leerkrachten>")] + " " * size

    report = check(text)

    assert [f.id for f in report.findings] == ["XM-101"]
    assert report.findings[0].message("nl").endswith("het document houdt te vroeg op")


def test_an_empty_document_is_a_finding():
    """No bytes at all are not XML either."""
    assert [f.message("nl") for f in check("").findings] == ["dit is geen geldige XML (regel 1): het document is leeg"]


def test_an_envelope_without_a_message_stops_there():
    """The layers after soap are skipped when the body is empty."""
    text = f'<soap:Envelope xmlns:soap="{norm.SOAP_ENVELOPE}"><soap:Body/></soap:Envelope>'

    report = check(text)

    assert verdicts(report) == ["valid", "invalid", "skipped", "skipped", "skipped"]
    assert [f.id for f in report.findings] == ["SO-102"]


@pytest.mark.parametrize("text", ["<html/>", '<x xmlns="urn:x"/>', sample("vo").replace("/2/", "/1/")])
def test_a_bare_element_that_is_no_message_is_invalid_in_the_schema(text):
    """A bare element needs no envelope, but it has to be a message."""
    report = check(text)

    assert verdicts(report) == ["valid", "skipped", "invalid", "skipped", "skipped"]
    assert [f.id for f in report.findings] == ["XS-101"]


def test_an_unknown_element_in_a_body_is_invalid_in_the_schema():
    """The schema lets a body hold anything; the layer does not."""
    text = f'<s:Envelope xmlns:s="{norm.SOAP_ENVELOPE}"><s:Body><x/></s:Body></s:Envelope>'

    assert verdicts(check(text))[2] == "invalid"


def test_rules_run_on_a_message_that_the_schema_refuses():
    """A wrong order does not hide a dangling reference."""
    text = (
        sample("antwoord")
        .replace("<geslacht>2</geslacht>", "<extra/>")
        .replace('<groep key="g2"/>', '<groep key="g9"/>')
    )

    assert {f.id for f in check(text).findings} == {"XS-103", "LG-201"}


def test_rules_without_findings_are_unclear_where_the_schema_refuses():
    """What could not be read could not be checked, so the rules do not count as passed."""
    report = check(sample("antwoord").replace("<geslacht>2</geslacht>", "<extra/>"))

    assert report.layer("rules").validity is Validity.UNCLEAR
    assert not report.valid


def test_a_rule_that_the_schema_enforces_too_is_told_once():
    """An unknown toetscode is one finding, in the layer of the schema."""
    report = check(
        sample("resultaten").replace(
            "<toetscode>T2</toetscode>\n          <oso", "<toetscode>T9</toetscode>\n          <oso"
        )
    )

    assert [(f.id, f.layer) for f in report.findings] == [("LR-201", "xsd")]
    assert verdicts(report) == ["valid", "skipped", "invalid", "unclear", "skipped"]


def test_soap_attributes_on_the_header_are_allowed():
    """MustUnderstand on autorisatie, which gSOAP sends, is SOAP's business and no error."""
    text = sample("verzoek").replace("<autorisatie ", '<autorisatie soap:mustUnderstand="1" ')

    assert check(text).valid


def test_a_request_in_an_envelope_needs_its_header():
    """A request without autorisatie is refused by every LAS."""
    report = check(sample("verzoek").replace(HEADER, ""))

    assert [f.id for f in report.findings] == ["SO-103"]
    assert report.layer("soap").validity is Validity.INVALID
    assert report.layer("xsd").validity is Validity.VALID


def test_a_fault_is_told_by_its_code():
    """A fault is no UWLR message; it is named and the rules are skipped."""
    report = check(sample("fault"))

    assert verdicts(report) == ["valid", "valid", "valid", "skipped", "skipped"]
    assert report.findings[0].message("en").startswith("this is a SOAP fault with code Client.AutorisatieOngeldig")


def test_a_fault_that_is_no_fault_is_refused_by_the_schema():
    """A fault with an element SOAP does not know is told by the layer of the schema."""
    report = check(sample("fault").replace("<faultcode>", "<code/><faultcode>"))

    assert report.layer("xsd").validity is Validity.INVALID
    assert [f.id for f in report.findings if f.layer == "xsd"] == ["XS-199"]


def test_damage_is_told_and_breaks_nothing():
    """Whatever is done to a message, the report comes, and what the schema refuses is explained."""
    dice = random.Random(7)
    for _ in range(300):
        base = dice.choice(["antwoord", "resultaten", "verzoek", "smalle-set", "fault"])
        root = etree.fromstring(sample(base))
        for _ in range(dice.randint(1, 3)):
            damage(dice, dice.choice(list(root.iter())))

        report = validate(etree.tostring(root), **settings("rooster"))

        assert report.as_text(lang="en").startswith("<bytes>:")
        assert all(f.line is not None for f in report.findings)
        explained = [f for f in report.findings if f.layer == "xsd"]
        assert (report.layer("xsd").validity == "invalid") <= bool(explained)


TEXTS = ["", "  ", "x" * 300, "-5", "9" * 40, "2026-13-40", "0000-01-01", "12026-01-01", "1.5", "TAL", "http://[x"]


def damage(dice, element):
    """Do one of six things to an element."""
    parent = element.getparent()
    match dice.randrange(6):
        case 0 if parent is not None:
            parent.remove(element)
        case 1 if parent is not None:
            parent.append(deepcopy(element))
        case 2:
            element.text = dice.choice(TEXTS)
        case 3 if element.attrib:
            element.set(dice.choice(list(element.attrib)), dice.choice(TEXTS))
        case 4:
            element[:] = dice.sample(list(element), len(element))
        case _:
            element.tag = dice.choice(["x", "{urn:x}leerling", element.tag])


def test_an_empty_answer_is_a_valid_message():
    """Geengegevens is a normal answer."""
    assert verdicts(check(GEEN_GEGEVENS))[:4] == ["valid", "skipped", "valid", "valid"]


def test_the_version_comes_from_the_message_unless_given():
    """A message of 2.3 is judged by 2.3, where a pupil may do without key."""
    text = sample("antwoord", "2.3").replace('<leerling key="l1" eckid', "<leerling eckid")

    assert validate(text.encode(), context=settings("")["context"]).versie == "2.3"
    assert check(text, versie="2.3").valid
    assert [f.id for f in check(text, versie="2.2").findings if f.layer == "xsd"] == ["XS-105"]


def test_a_profile_is_about_leerlinggegevens_only():
    """Results under a profile: the layer is skipped and says why."""
    report = check(sample("resultaten"), profiel="Smalle set")

    assert report.layer("profile").validity is Validity.SKIPPED
    assert "leerlinggegevens" in report.layer("profile").note.nl


def test_an_unknown_profile_or_version_is_a_wrong_argument():
    """A profile or version that does not exist is the caller's mistake."""
    with pytest.raises(ConfigurationError):
        check("<x/>", profiel="Brede set")
    with pytest.raises(ConfigurationError):
        check("<x/>", versie="3.0")


def test_an_edexml_file_is_validated_by_its_own_schema():
    """An EDEXML file passes, its role TAL too, and its dangling references are found."""
    school = make_school(seed=3, leerlingen=30, schooljaar="2026-2027")
    data = write_edexml(replace(school, school=replace(school.school, xsdversie="2.1")))
    report = validate(data, context=settings("")["context"])
    assert report.message_name == "EDEX"
    assert [f.id for f in report.findings if f.severity != "info"] == []

    one = data.decode().index("<leerling ")
    start = data.decode().index('<groep key="', one)
    damaged = data.decode()[:start] + '<groep key="weg' + data.decode()[start + len('<groep key="') :]
    broken = validate(damaged.encode(), context=settings("")["context"])

    assert "LG-201" in {f.id for f in broken.findings}
    assert broken.layer("xsd").validity is Validity.INVALID
    assert schemas.EDEXML


def test_a_file_and_a_stream_give_the_same_report(tmp_path):
    """Bytes, a path and an open file are validated alike."""
    data = sample("antwoord").replace('<groep key="g2"/>', '<groep key="g9"/>').encode()
    path = tmp_path / "bericht.xml"
    path.write_bytes(data)

    reports = [validate(source, **settings("")) for source in (data, path, str(path), io.BytesIO(data))]

    assert {tuple((f.id, f.line, f.column) for f in r.findings) for r in reports} == {(("LG-201", 63, 9),)}


def test_a_document_over_the_limit_is_not_read():
    """The limit is on bytes, and going over it is an error of the system kind."""
    with pytest.raises(OSError, match="limit of 10 bytes"):
        validate(sample("vo").encode(), limit=10)


def test_raise_for_errors_carries_the_report_and_shows_no_person():
    """An error in the report raises; its text names rule and line, not the number of a pupil."""
    report = check(sample("antwoord").replace("111222333", "111222334"))

    with pytest.raises(InvalidReport) as caught:
        report.raise_for_errors()

    assert caught.value.report is report
    assert "LG-401" in str(caught.value)
    assert "111222334" not in str(caught.value)


def test_warnings_do_not_raise():
    """A report with warnings only raises nothing."""
    report = check(sample("antwoord").replace('key="m2"', 'key="m2 "'))

    assert report.count("warning") == 1
    report.raise_for_errors()


def test_values_show_only_when_asked():
    """show_values puts a personal value in the finding; without it there is an ellipsis."""
    text = sample("antwoord").replace("111222333", "111222334")

    assert "'…'" in check(text).findings[0].message()
    assert "'111222334'" in check(text, show_values=True).findings[0].message()


def test_the_public_name_is_uwlr_validate():
    """The validator is at hand as uwlr.validate."""
    assert uwlr.validate is validate


@pytest.mark.parametrize(
    "inside", ["<fout/>", "<blok/><fout/>", '<fout a="1">tekst</fout>', "<blok><fout/></blok><fout/>"]
)
def test_what_stands_among_private_additions_is_reported(inside):
    """An element that has no place beside blocks of a private type is a finding with its name, and stops no report."""
    text = sample("antwoord").replace("</leerling>", f"<toevoegingen>{inside}</toevoegingen></leerling>", 1)
    found = check(text).findings
    assert [f.path for f in found if f.id == "XS-103" and str(f.path).endswith("/toevoegingen/fout")]
