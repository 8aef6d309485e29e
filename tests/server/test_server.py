"""The services as a client meets them, over real HTTP."""

from __future__ import annotations

import gzip
import json
import logging
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urljoin

import msgspec
import pytest
from lxml import etree

import uwlr
from helpers.needs import needs
from uwlr import norm, schemas
from uwlr.berichten import (
    Autorisatie,
    GeenGegevens,
    GeenWijzigingen,
    LeerkrachtenAntwoord,
    LeerkrachtenVerzoek,
    Leerling,
    LeerlingenAntwoord,
    LeerlingenVerzoek,
    Leerlinggegevens,
    LeerlinggegevensAntwoord,
    LeerlinggegevensStructuur,
    LeerlinggegevensVerzoek,
    LeerresultatenBevestiging,
    LeerresultatenVerzoek,
    Norm,
    Normering,
    Resultaat,
    StructuurAntwoord,
    StructuurVerzoek,
    Toets,
    Toetsafname,
    VerzoekGroep,
    VocabulaireGebondenVeld,
)
from uwlr.berichten.leerlinggegevens import School
from uwlr.berichten.leerresultaten import School as ResultatenSchool
from uwlr.berichten.tabel import wire_name
from uwlr.codec import soap_reading
from uwlr.codec.parser import parse
from uwlr.foutcodes import Foutcode
from uwlr.server import Encoded, Providers, Refusal, Settings, make_wsgi, same_key
from uwlr.soap.answer import answer, encode
from uwlr.soap.envelope import write_envelope
from uwlr.soap.http import Request
from uwlr.soap.operations import HAAL_LEERLINGGEGEVENS, OPERATIONS, Operation
from uwlr.soap.receive import receive

KEY = "99XX00sleutel"
AUTORISATIE = Autorisatie(autorisatiesleutel=KEY, klantcode="UIT", klantnaam="Uitgever")
XS = "http://www.w3.org/2001/XMLSchema"
BASIS = {"schooljaar": "2026-2027", "brincode": "99XX", "xsdversie": "2.2"}
VERZOEK = LeerlinggegevensVerzoek(**BASIS)
RESULTATEN = LeerresultatenVerzoek(
    school=ResultatenSchool(**BASIS, aanmaakdatum=datetime(2026, 11, 22, 9, tzinfo=UTC)),
    toetsafnames=(
        Toetsafname(
            leerlingid="l1",
            resultaten=(Resultaat(key="r1", afnamedatum=date(2026, 11, 20), toetscode="t1", uitkomst=7),),
        ),
    ),
    toetsen=(
        Toets(
            toetscode=VocabulaireGebondenVeld(waarde="t1"),
            toetsnormering=Normering(norm=(Norm(term="goed", beginnormwaarde=0, eindnormwaarde=10),)),
        ),
    ),
)


def code(got) -> str | None:
    """The code of the fault in an answer, None where it holds none."""
    element = soap_reading.open_envelope(parse(got.body)).body
    if element.tag != soap_reading.FAULT:
        return None
    assert got.status == 500
    return str(soap_reading.read_fault(element).code)


def read_valid(body: bytes):
    """Read the message of an answer that the schema accepts."""
    element = soap_reading.open_envelope(parse(body)).body
    assert schemas.schema().validate(element), schemas.schema().error_log
    return uwlr.read(body)


def test_whole_roster_is_given(serve, las, peer) -> None:
    """HaalLeerlinggegevens answers with the roster that the provider gives."""
    got = peer.send(serve(las), VERZOEK)
    bericht = read_valid(got.body)
    assert isinstance(bericht, LeerlinggegevensAntwoord)
    assert isinstance(bericht.inhoud, Leerlinggegevens)
    assert [leerling.key for leerling in bericht.inhoud.leerlingen] == ["l1", "l2"]
    assert (got.status, got.headers["content-type"]) == (200, "text/xml; charset=utf-8")


def test_structure_is_cut_from_the_whole(serve, las, peer) -> None:
    """HaalStructuur answers with the school and its groups."""
    bericht = read_valid(peer.send(serve(las), StructuurVerzoek(**BASIS)).body)
    assert isinstance(bericht, StructuurAntwoord)
    assert [groep.key for groep in bericht.inhoud.groepen] == ["g5", "g6"]


def test_pupils_of_the_groups_asked_for_are_cut_from_the_whole(serve, las, peer) -> None:
    """HaalLeerlingen answers with the pupils of the groups that were asked for."""
    verzoek = LeerlingenVerzoek(**BASIS, groepen=(VerzoekGroep(key="g6"),))
    bericht = read_valid(peer.send(serve(las), verzoek).body)
    assert isinstance(bericht, LeerlingenAntwoord)
    assert [leerling.key for leerling in bericht.inhoud.leerlingen] == ["l2"]


def test_staff_of_no_group_is_cut_from_the_whole(serve, las, peer) -> None:
    """HaalLeerkrachten with a group without a key answers with the staff that has none."""
    verzoek = LeerkrachtenVerzoek(**BASIS, groepen=(VerzoekGroep(),))
    bericht = read_valid(peer.send(serve(las), verzoek).body)
    assert isinstance(bericht, LeerkrachtenAntwoord)
    assert [leerkracht.key for leerkracht in bericht.inhoud.leerkrachten] == ["k1"]


def test_results_are_taken_and_confirmed(serve, las, peer) -> None:
    """BrengLeerresultaten hands the provider the message as it was sent, and confirms."""
    got = peer.send(serve(las), RESULTATEN)
    assert isinstance(read_valid(got.body), LeerresultatenBevestiging)
    assert las.taken == [RESULTATEN]


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({"laatstontvangengegevens": datetime(2026, 11, 22, tzinfo=UTC)}, GeenWijzigingen()),
        ({"schooljaar": "2001-2002"}, GeenGegevens()),
    ],
)
@pytest.mark.parametrize(
    "verzoek",
    [VERZOEK, StructuurVerzoek(**BASIS), LeerlingenVerzoek(**BASIS, groepen=(VerzoekGroep(),))],
    ids=["whole", "structuur", "leerlingen"],
)
def test_both_empty_answers_are_answers(verzoek, change, due, serve, las, peer) -> None:
    """Nothing changed and nothing there are answers with status 200, whole and staged."""
    got = peer.send(serve(las), msgspec.structs.replace(verzoek, **change))
    assert (got.status, read_valid(got.body).inhoud) == (200, due)


def test_a_roster_may_make_the_stages_itself(serve, las, peer) -> None:
    """A provider with its own staged methods is asked for the stage, not for the whole."""

    def whole(school, verzoek):
        raise AssertionError

    las.leerlinggegevens = whole
    las.structuur = lambda school, _: LeerlinggegevensStructuur(school=School(schooljaar=school.schooljaar))
    las.leerlingen = las.leerkrachten = lambda *_: GeenGegevens()
    port = serve(las)
    assert isinstance(uwlr.read(peer.send(port, StructuurVerzoek(**BASIS)).body).inhoud, LeerlinggegevensStructuur)
    verzoek = LeerlingenVerzoek(**BASIS, groepen=(VerzoekGroep(),))
    assert uwlr.read(peer.send(port, verzoek).body).inhoud == GeenGegevens()


def test_an_encoded_answer_goes_out_as_it_is(serve, las, peer) -> None:
    """Bytes that the provider encoded before are the body, with their length known beforehand."""
    las.answer = encode(LeerlinggegevensAntwoord(inhoud=GeenGegevens()))
    got = peer.send(serve(las), VERZOEK)
    assert got.body == b"".join(las.answer.chunks)
    assert got.headers["content-length"] == str(len(got.body))


def test_an_encoded_answer_may_be_made_while_it_goes_out(serve, las, peer) -> None:
    """Chunks from a generator are sent one by one."""
    whole = b"".join(encode(LeerlinggegevensAntwoord(inhoud=GeenGegevens())).chunks)
    las.answer = Encoded(whole[at : at + 100] for at in range(0, len(whole), 100))
    assert peer.send(serve(las), VERZOEK).body == whole


@pytest.mark.parametrize(("xsdversie", "eckids"), [("2.1", 0), ("2.2", 3), ("2.3", 3)])
def test_eckid_is_left_out_of_2_1(xsdversie, eckids, serve, las, peer) -> None:
    """An answer to a request of version 2.1 has no eckid, which that version does not know."""
    port = serve(las, Settings(xsdversies=frozenset({"2.1", "2.2", "2.3"})))
    got = peer.send(port, msgspec.structs.replace(VERZOEK, xsdversie=xsdversie))
    assert got.body.count(b"eckid=") == eckids


def test_a_pupil_may_lack_a_key_in_2_3(serve, las, peer) -> None:
    """An answer of version 2.3 may have a pupil with an eckid only; of 2.2 it may not."""
    las.answer = Leerlinggegevens(
        school=School(schooljaar="2026-2027"), leerlingen=(Leerling(eckid="https://ketenid.nl/a", roepnaam="Bo"),)
    )
    port = serve(las, Settings(xsdversies=frozenset({"2.2", "2.3"})))
    assert code(peer.send(port, msgspec.structs.replace(VERZOEK, xsdversie="2.3"))) is None
    assert code(peer.send(port, VERZOEK)) == Foutcode.INTERNE_FOUT


WRONG = {
    "header": {"autorisatie": None},
    "xsdversie": {"xsdversie": "9"},
    "bericht": {"schooljaar": "2026"},
    "klant": {"klantcode": "ANDER"},
    "sleutel": {"autorisatiesleutel": "99XX00ander"},
    "school": {"brincode": "99ZZ"},
    "leerling": {"leerlingid": "l9"},
}
CHECKS = [
    ("header", Foutcode.AUTORISATIE_ONGELDIG),
    ("bericht", Foutcode.ONGELDIG_BERICHT),
    ("xsdversie", Foutcode.XSD_VERSIE_ONGELDIG),
    ("klant", Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE),
    ("sleutel", Foutcode.AUTORISATIE_ONGELDIG),
    ("school", Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE),
    ("leerling", Foutcode.LEERLING_ONGELDIG),
]


@pytest.mark.parametrize("first", range(len(CHECKS)), ids=[name for name, _ in CHECKS])
def test_checks_come_in_the_order_of_the_agreement(first, serve, las, peer) -> None:
    """Of a request that is wrong from some check onwards, the fault is that of the first check it fails."""
    wrong: dict = {}
    for name, _ in CHECKS[first:]:
        wrong |= WRONG[name]
    autorisatie = msgspec.structs.replace(
        AUTORISATIE, **{name: wrong[name] for name in ("klantcode", "autorisatiesleutel") if name in wrong}
    )
    school = {name: wrong[name] for name in ("xsdversie", "schooljaar", "brincode") if name in wrong}
    bericht = msgspec.structs.replace(
        RESULTATEN,
        school=msgspec.structs.replace(RESULTATEN.school, **school),
        toetsafnames=(msgspec.structs.replace(RESULTATEN.toetsafnames[0], leerlingid=wrong["leerlingid"]),),
    )
    got = peer.send(serve(las), bericht, autorisatie=wrong.get("autorisatie", autorisatie))
    assert code(got) == CHECKS[first][1]
    assert not las.taken


@pytest.mark.parametrize("foutcode", Foutcode)
def test_a_provider_may_answer_with_every_agreed_fault(foutcode, serve, las, peer) -> None:
    """A refusal by the provider goes out under its code, with the sentence that goes with it."""
    las.answer = Refusal(foutcode)
    got = peer.send(serve(las), VERZOEK)
    assert code(got) == foutcode
    assert soap_reading.read_fault(soap_reading.open_envelope(parse(got.body)).body).text == foutcode.omschrijving


@pytest.mark.parametrize(
    "header",
    [
        "",
        "<x:autorisatie/>",
        "<x:autorisatie>geheim</x:autorisatie>",
        "<x:autorisatie>{s}{c}</x:autorisatie>",
        "<x:autorisatie>{c}{s}{n}</x:autorisatie>",
        "<x:autorisatie>{s}{s}{c}{n}</x:autorisatie>",
        "<x:autorisatie>{s}{c}{n}<x:meer/></x:autorisatie>",
        "<x:autorisatie>{e}{c}{n}</x:autorisatie>",
        "<x:autorisatie>{l}{c}{n}</x:autorisatie>",
        "<x:autorisatie extra='1'>{s}{c}{n}</x:autorisatie>",
        "<autorisatie>{s}{c}{n}</autorisatie>",
        "<x:autorisatie>{s}{c}{n}</x:autorisatie><x:autorisatie>{s}{c}{n}</x:autorisatie>",
    ],
)
def test_an_incomplete_header_is_refused(header, serve, las, peer) -> None:
    """The header has the key, the code and the name, each once, in order, none of them empty or too long."""
    filled = header.format(
        s=f"<x:autorisatiesleutel>{KEY}</x:autorisatiesleutel>",
        e="<x:autorisatiesleutel/>",
        l=f"<x:autorisatiesleutel>{'s' * 65}</x:autorisatiesleutel>",
        c="<x:klantcode>UIT</x:klantcode>",
        n="<x:klantnaam>Uitgever</x:klantnaam>",
    )
    body = write_envelope(VERZOEK).replace(
        b"<soap:Body>",
        b'<soap:Header xmlns:x="http://www.edustandaard.nl/leerresultaten/2/autorisatie">'
        + filled.encode()
        + b"</soap:Header><soap:Body>",
    )
    assert code(peer.raw(serve(las), peer.request(body))) == Foutcode.AUTORISATIE_ONGELDIG


@pytest.mark.parametrize(
    "attributes", [b'soap:mustUnderstand="1"', b'soap:mustUnderstand="1" soap:actor="http://school"']
)
def test_must_understand_on_autorisatie_is_understood(attributes, serve, las, peer) -> None:
    """The SOAP attributes that toolkits put on the header are accepted, though its type has no room for them."""
    body = write_envelope(VERZOEK, autorisatie=AUTORISATIE).replace(b"<autorisatie ", b"<autorisatie %b " % attributes)
    assert attributes in body
    assert code(peer.raw(serve(las), peer.request(body))) is None


@pytest.mark.parametrize(
    ("block", "due"),
    [
        (b'<x soap:mustUnderstand="1"/>', "MustUnderstand"),
        (b'<x soap:mustUnderstand="1" soap:actor="http://schemas.xmlsoap.org/soap/actor/next"/>', "MustUnderstand"),
        (b'<x soap:mustUnderstand="1" soap:actor="http://elders"/>', None),
        (b'<x soap:mustUnderstand="0"/>', None),
        (b"<x/>", None),
    ],
)
def test_only_blocks_meant_for_this_server_must_be_understood(block, due, serve, las, peer) -> None:
    """An unknown header block is a fault only where it must be understood and by this server."""
    body = write_envelope(VERZOEK, autorisatie=AUTORISATIE).replace(b"</soap:Header>", block + b"</soap:Header>")
    assert code(peer.raw(serve(las), peer.request(body))) == due


@pytest.mark.parametrize(
    ("action", "required", "due"),
    [
        ('"HaalLeerlinggegevens"', True, None),
        ("HaalLeerlinggegevens", True, None),
        ("", True, Foutcode.ONGELDIG_BERICHT),
        ('""', True, Foutcode.ONGELDIG_BERICHT),
        (None, True, Foutcode.ONGELDIG_BERICHT),
        ("", False, None),
        ('""', False, None),
        (None, False, None),
        ("BrengLeerresultaten", False, Foutcode.ONGELDIG_BERICHT),
        ("BrengLeerresultaten", True, Foutcode.ONGELDIG_BERICHT),
    ],
)
def test_soap_action_fits_the_body(action, required, due, serve, las, peer) -> None:
    """SOAPAction, quoted or bare, has to be that of the request; whether it may be missing is a setting."""
    port = serve(las, Settings(soap_action_required=required))
    assert code(peer.send(port, VERZOEK, SOAPAction=action)) == due


LENIENT = {
    "empty-schooljaar": b"<schooljaar/><brincode>99XX</brincode><xsdversie>2.2</xsdversie>",
    "brincode-beside-schoolkey": (
        b"<schooljaar>2026-2027</schooljaar><brincode>99XX</brincode><schoolkey>school-1</schoolkey>"
        b"<xsdversie>2.2</xsdversie>"
    ),
    "order": b"<xsdversie>2.2</xsdversie><schooljaar>2026-2027</schooljaar><brincode>99XX</brincode>",
}


@pytest.mark.parametrize("leniency", LENIENT)
def test_a_deviation_passes_only_where_it_is_forgiven(leniency, serve, las, peer) -> None:
    """A system that lets a deviation pass answers; one that forgives only the others refuses."""
    start, end = write_envelope(VERZOEK, autorisatie=AUTORISATIE).split(b"<schooljaar>")
    body = start + LENIENT[leniency] + end[end.index(b"</leerlinggegevens_verzoek>") :]
    others = Settings(forgives=frozenset(LENIENT) - {leniency} | {"long-key"})
    assert code(peer.raw(serve(las, others), peer.request(body))) == Foutcode.ONGELDIG_BERICHT
    assert code(peer.raw(serve(las, Settings(forgives=frozenset({leniency}))), peer.request(body))) is None


def test_forgiving_one_deviation_does_not_hide_another(serve, las, peer) -> None:
    """Under a lenient setting what is not forgiven is still refused."""
    lenient = Settings(forgives=frozenset({"empty-schooljaar", "order", "brincode-beside-schoolkey"}))
    verzoek = msgspec.structs.replace(VERZOEK, schooljaar="", brincode="onzin")
    assert code(peer.send(serve(las, lenient), verzoek)) == Foutcode.ONGELDIG_BERICHT


def test_a_long_key_reaches_the_provider_where_it_is_forgiven(serve, las, peer) -> None:
    """A key of 88 characters is looked at, and so refused for what it is, only where its length is forgiven."""
    seen = []
    las.sleutel_geldig = lambda autorisatie, _: bool(seen.append(autorisatie.autorisatiesleutel)) or True
    long = msgspec.structs.replace(AUTORISATIE, autorisatiesleutel="s" * 88)
    assert code(peer.send(serve(las), VERZOEK, autorisatie=long)) == Foutcode.AUTORISATIE_ONGELDIG
    assert not seen
    assert code(peer.send(serve(las, Settings(forgives=frozenset({"long-key"}))), VERZOEK, autorisatie=long)) is None
    assert seen == ["s" * 88]


@pytest.mark.parametrize("dependancecode", [None, "", "00"])
def test_dependancecode_00_is_the_same_as_none(dependancecode, serve, las, peer) -> None:
    """The provider sees 00 whether the request says 00, says nothing, or leaves it empty."""
    schools = []
    las.school_bekend = lambda school: bool(schools.append(school)) or True
    peer.send(serve(las), msgspec.structs.replace(VERZOEK, dependancecode=dependancecode))
    assert [school.dependancecode for school in schools] == ["00"]


def vectors() -> list[dict]:
    """The published schema's verdicts on some hundreds of messages."""
    text = Path(__file__).parents[1].joinpath("vectors", "uwlr-2.2.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def received(header: str, body: str, operation: Operation) -> str | None:
    """The code that a request is refused with before any provider is asked, None where it is taken in."""
    document = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
    headers = {"content-type": "text/xml", "soapaction": operation.soap_action}
    try:
        receive(Request(operation.service, headers=headers, body=document.encode()), Settings())
    except Refusal as refusal:
        return refusal.code
    return None


def test_requests_are_judged_as_the_schema_judges_them() -> None:
    """Of the vectors that are requests, those the schema accepts come through, and only those."""
    operations = {wire_name(operation.verzoek): operation for operation in OPERATIONS}
    requests = [vector for vector in vectors() if vector["root"] in operations]
    header = uwlr.write(AUTORISATIE).decode().partition("?>")[2]
    for vector in requests:
        found = received(header, vector["xml"], operations[vector["root"]])
        # Any text is a valid xsdversie to the schema; which ones are answered is another check.
        assert (found in {None, Foutcode.XSD_VERSIE_ONGELDIG}) == vector["valid"], vector["id"]
    assert len(requests) > 100


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("2026-11-21T20:15:30Z", "2026-11-21T20:15:30.1234567Z"),
        ("2026-11-21T20:15:30Z", "2026-11-21T20:15:30.123456789012+01:00"),
        ("2026-11-21T20:15:30Z", "\n  2026-11-21T20:15:30Z\t"),
        ("2026-11-21T20:15:30Z", "12026-11-21T20:15:30Z"),
        ("gegevens>2026", f'gegevens xmlns:i="{norm.XSI}" xmlns:x="{XS}" i:type="x:dateTime">2026'),
    ],
    ids=["seven digits", "twelve digits", "white space", "a year beyond Python", "xsi:type"],
)
def test_what_xml_schema_allows_is_taken(there, instead) -> None:
    """A moment finer or further off than Python has, with white space around it, or with its type: no refusal."""
    operations = {wire_name(operation.verzoek): operation for operation in OPERATIONS}
    moment = datetime(2026, 11, 21, 20, 15, 30, tzinfo=UTC)
    verzoek = uwlr.write(LeerlinggegevensVerzoek(**BASIS, laatstontvangengegevens=moment)).decode()
    changed = verzoek.partition("?>")[2].replace(there, instead, 1)
    assert changed.count(instead) == 1
    header = uwlr.write(AUTORISATIE).decode().partition("?>")[2]
    assert received(header, changed, operations["leerlinggegevens_verzoek"]) is None


def test_headers_are_judged_as_the_schema_judges_them() -> None:
    """Of the vectors that are an autorisatie, those the schema accepts come through, and only those."""
    headers = [vector for vector in vectors() if vector["root"] == "autorisatie"]
    body = uwlr.write(VERZOEK).decode().partition("?>")[2]
    for vector in headers:
        found = received(vector["xml"], body, HAAL_LEERLINGGEGEVENS)
        assert found == (None if vector["valid"] else Foutcode.AUTORISATIE_ONGELDIG), vector["id"]
    assert len(headers) > 10


def test_results_that_break_a_key_of_the_schema_are_refused(serve, las, peer) -> None:
    """A result key that comes twice, which only the schema sees, is refused without the key being told."""
    twice = RESULTATEN.toetsafnames * 2
    got = peer.send(serve(las), msgspec.structs.replace(RESULTATEN, toetsafnames=twice))
    assert code(got) == Foutcode.ONGELDIG_BERICHT
    assert not las.taken


def test_a_gzipped_and_a_chunked_request_are_read(serve, las, peer) -> None:
    """A request may come packed, and in chunks without a length."""
    port = serve(las)
    body = gzip.compress(write_envelope(VERZOEK, autorisatie=AUTORISATIE))
    assert code(peer.raw(port, peer.request(body, Content_Encoding="gzip"))) is None
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    headers = {"Content_Encoding": "gzip", "Content_Length": None, "Transfer_Encoding": "chunked"}
    assert code(peer.raw(port, peer.request(chunked, **headers))) is None


def test_many_megabytes_of_results_arrive_whole(serve, las, peer) -> None:
    """A message of many megabytes is taken to its last result, with a length and in chunks."""
    afnames = tuple(
        Toetsafname(
            leerlingid="l1",
            resultaten=(Resultaat(key=f"r{n}", afnamedatum=date(2026, 11, 20), toetscode="t1", uitkomst=n),),
        )
        for n in range(20_000)
    )
    bericht = msgspec.structs.replace(RESULTATEN, toetsafnames=afnames)
    body = write_envelope(bericht, autorisatie=AUTORISATIE)
    assert len(body) > 3 << 20
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    port = serve(las, Settings(max_body=len(body)))
    to = {"path": "/leerresultaten", "SOAPAction": "BrengLeerresultaten"}
    assert code(peer.raw(port, peer.request(body, **to))) is None
    headers = {"Content_Length": None, "Transfer_Encoding": "chunked"}
    assert code(peer.raw(port, peer.request(chunked, **to, **headers))) is None
    assert las.taken == [bericht, bericht]


def test_a_defect_of_the_provider_is_an_internal_fault(serve, las, peer, caplog) -> None:
    """What a provider raises becomes Server.InterneFout; its text, which may name a pupil, is not told or logged."""
    las.answer = ValueError("Jan Jansen")
    with caplog.at_level(logging.DEBUG):
        got = peer.send(serve(las), VERZOEK)
    assert code(got) == Foutcode.INTERNE_FOUT
    assert b"Jansen" not in got.body
    assert "ValueError at" in caplog.text
    assert "Jansen" not in caplog.text
    assert KEY not in caplog.text


def test_an_answer_that_cannot_be_written_is_an_internal_fault(serve, las, peer, caplog) -> None:
    """A roster that breaks the standard is not sent; the log says where it breaks, without the value."""
    las.answer = Leerlinggegevens(
        school=School(schooljaar="2026-2027"), leerlingen=(Leerling(key="l1", achternaam="J" * 201),)
    )
    assert code(peer.send(serve(las), VERZOEK)) == Foutcode.INTERNE_FOUT
    assert "leerling[1]/achternaam" in caplog.text
    assert "JJJ" not in caplog.text


@pytest.mark.parametrize("via", ["spyne", "plain"])
def test_a_service_without_provider_is_not_there(via, las) -> None:
    """A LAS that takes no results has no such address."""
    application = make_wsgi(Providers(las, las, None), via=via)
    said = []
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/leerresultaten"}
    body = application(environ, lambda status, _: said.append(status))
    assert said == ["404 Not Found"]
    assert b"".join(body)


@pytest.mark.parametrize("prefix", ["soap", "s", "SOAP-ENV"])
def test_the_prefix_is_a_choice(serve, las, peer, prefix) -> None:
    """Answers, confirmations and faults have the prefix of the settings, the faultcode too, and mean the same."""
    url = serve(las, Settings(prefix=prefix))
    for verzoek in (VERZOEK, StructuurVerzoek(**BASIS), RESULTATEN):
        got = peer.send(url, verzoek)
        assert f"<{prefix}:Envelope xmlns:{prefix}=".encode() in got.body
        read_valid(got.body)
    for got in (peer.send(url, msgspec.structs.replace(VERZOEK, brincode="00AA")), peer.raw(url, peer.request(b"<x"))):
        assert f"<faultcode>{prefix}:Client.".encode() in got.body
        assert code(got) is not None


def test_answer_needs_no_framework(las) -> None:
    """The whole LAS is one function of a request, whatever carries it."""
    body = write_envelope(VERZOEK, autorisatie=AUTORISATIE)
    headers = {"content-type": "text/xml", "soapaction": "HaalLeerlinggegevens"}
    providers = Providers(las, las, las)
    got = answer(Request("leerlinggegevens", headers=headers, body=body), providers)
    assert isinstance(uwlr.read(b"".join(got.chunks)).inhoud, Leerlinggegevens)
    assert answer(Request("leerlinggegevens", method="PUT"), providers).status == 405
    refused = answer(Request("leerresultaten", headers=headers, body=body), providers)
    assert (refused.status, b"OngeldigBericht" in b"".join(refused.chunks)) == (500, True)


def test_same_key_compares_any_text() -> None:
    """Keys are equal or not, whatever characters are in them."""
    assert same_key("sleutel-é", "sleutel-é")
    assert not same_key("sleutel-é", "sleutel-e")
    assert not same_key("", "x")


def test_wsdl_has_its_address_and_all_its_schemas(serve, las, peer) -> None:
    """From ?wsdl every schema can be reached, and every port has the address that was asked."""
    port = serve(las)
    for service in ("leerlinggegevens", "leerresultaten"):
        base = f"/{service}"
        waiting, seen = [f"{base}?wsdl"], set()
        while waiting:
            path = waiting.pop()
            seen.add(path)
            got = peer.raw(port, peer.request(b"", method="GET", path=path, Host=f"127.0.0.1:{port}"))
            assert got.status == 200
            root = etree.fromstring(got.body)
            places = [urljoin(path, place) for place in root.xpath("//*/@schemaLocation")]
            waiting += [place for place in places if place not in seen]
            if path == f"{base}?wsdl":
                addresses = root.xpath("//*[local-name()='address']/@location")
                assert set(addresses) == {f"http://127.0.0.1:{port}{base}"}
        assert len(seen) > 3


ZEEP = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (4_000_000_000, 4_000_000_000))
import zeep
base = sys.argv[1]
client = zeep.Client(base + "/leerlinggegevens?wsdl")
header = {"msgpHeader": {"autorisatiesleutel": sys.argv[2], "klantcode": "UIT", "klantnaam": "Uitgever"}}
got = client.service.HaalLeerlinggegevens(
    schooljaar="2026-2027", brincode="99XX", xsdversie="2.2", _soapheaders=header
)
assert [pupil.key for pupil in got.leerlinggegevens.leerlingen.leerling] == ["l1", "l2"], got
zeep.Client(base + "/leerresultaten?wsdl")
"""


def test_zeep_loads_the_served_wsdl_and_calls(serve, las) -> None:
    """Zeep finds everything from the served WSDL and gets the roster from the address in it."""
    base = f"http://127.0.0.1:{serve(las)}"
    done = subprocess.run(
        [sys.executable, "-c", ZEEP, base, KEY], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


PHP = """
$base = $argv[1];
$client = new SoapClient("$base/leerlinggegevens?wsdl", ["cache_wsdl" => WSDL_CACHE_NONE, "exceptions" => true]);
$sleutel = $argv[2];
$header = new SoapHeader("http://www.edustandaard.nl/leerresultaten/2/autorisatie", "autorisatie",
    ["autorisatiesleutel" => $sleutel, "klantcode" => "UIT", "klantnaam" => "Uitgever"]);
$client->__setSoapHeaders($header);
$verzoek = ["schooljaar" => "2026-2027", "brincode" => "99XX", "xsdversie" => "2.2"];
$got = $client->HaalLeerlinggegevens($verzoek);
echo count($got->leerlinggegevens->leerlingen->leerling), "\\n";
$verzoek["xsdversie"] = "9";
try { $client->HaalLeerlinggegevens($verzoek); } catch (SoapFault $fault) { echo $fault->faultcode, "\\n"; }
new SoapClient("$base/leerresultaten?wsdl", ["cache_wsdl" => WSDL_CACHE_NONE]);
"""


@needs("php-soap")
def test_php_loads_the_served_wsdl_and_calls(serve, las) -> None:
    """PHP's SoapClient gets the roster, and a fault with its code, by way of the served WSDL."""
    base = f"http://127.0.0.1:{serve(las)}"
    done = subprocess.run(["php", "-r", PHP, base, KEY], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["2", "soap:Client.XsdVersieOngeldig"], done.stdout + done.stderr
