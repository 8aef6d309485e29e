"""What a tester can change about a vendor while it runs: one of its variants, or single traits."""

import datetime as dt
import json
import re
import urllib.error
import urllib.request

import pytest

import uwlr
from helpers.plain_client import ask, post, roster, scores
from mock_las import vendors
from mock_las.local_las import MockLas
from mock_las.remote_las import RemoteLas
from mock_las.verbs import Unknown
from uwlr.berichten import (
    Groep,
    GroepReferentie,
    LeerlingenVerzoek,
    Leerlinggegevens,
    LeerresultatenBevestiging,
    SamengesteldeGroep,
    StructuurVerzoek,
    VerzoekGroep,
)
from uwlr.client import UwlrClient
from uwlr.errors import ConfigurationError

AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
VARIANTS = [(name, variant.name) for name in vendors.NAMES for variant in vendors.load(name).variant]


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_every_variant_can_be_switched_on(name, variant):
    """A variant changes something, and each of its deviations has a value that the trait can have."""
    vendor = vendors.load(name)
    assert vendor.traits(variant) != vendor.traits()


@pytest.mark.parametrize(
    ("name", "prefix"),
    [("standaard", "soap"), ("magister", "s"), ("esis", "s"), ("parnassys", "soap"), ("somtoday", "soap")],
)
def test_envelope_prefix_of_each_vendor(las, name, prefix):
    """Answers, confirmations and faults of a vendor, planned ones too, have its prefix."""
    connection = las.connection(name)
    roster = post(connection, ask(connection))
    pupil = roster.bericht.inhoud.leerlingen[0].key
    taken = post(connection, scores(connection, {("r1", pupil): 5}, AT))
    assert isinstance(taken.bericht, LeerresultatenBevestiging)
    refused = post(connection, ask(connection), autorisatiesleutel="99QQ00nietDeSleutel2026")
    las.plan_fault("foutcode", vendor=name)
    planned = post(connection, ask(connection))
    for reply in (roster, taken, refused, planned):
        assert f"<{prefix}:Envelope ".encode() in reply.body
    for reply in (refused, planned):
        assert f"<faultcode>{prefix}:".encode() in reply.body
        assert reply.faultcode


def test_prefixes_change_nothing_but_prefixes(las):
    """A roster whose body has a prefix says what it says without, in all stages; a fault stays readable."""
    connection = las.connection("standaard")
    plain = roster(connection)
    las.set_traits(vendor="standaard", soap_prefix="SOAP-ENV", body_prefix="le")
    reply = post(connection, ask(connection))
    assert b"<le:leerlinggegevens_antwoord xmlns:le=" in reply.body
    assert not re.search(rb"</?[a-z_-]+[ />]", reply.body)
    assert reply.bericht.inhoud == plain
    assert b"<faultcode>SOAP-ENV:Client." in post(connection, ask(connection, brincode="99ZZ")).body
    fields = {n: getattr(ask(connection), n) for n in ("schooljaar", "brincode", "xsdversie")}
    assert post(connection, StructuurVerzoek(**fields)).bericht.inhoud.groepen == plain.groepen
    verzoek = LeerlingenVerzoek(**fields, groepen=(VerzoekGroep(key=plain.leerlingen[0].groep),))
    assert post(connection, verzoek).bericht.inhoud.leerlingen


def test_older_hub(las):
    """The older gateway wants its header, answers in its prefixes and order, and codes the years from 1."""
    las.set_traits("iddink-hub", vendor="magister")
    connection = las.connection("magister")
    assert connection.gegevenssetid is None
    refused = post(connection, ask(connection))
    assert refused.status == 401
    assert set(json.loads(refused.body)) == {"statusCode", "message"}
    assert las.exchanges()[-1].remarks == ("the HTTP header IddinkHub-Subscription-Key is missing or wrong",)
    autorisatie = connection.header
    headers = connection.http_headers
    assert re.fullmatch("[0-9a-f]{32}", headers["IddinkHub-Subscription-Key"])
    url = connection.leerlinggegevens_url
    with UwlrClient(url, autorisatie=autorisatie, http_headers=headers, versie="2.3") as client:
        got = client.haal_leerlinggegevens(schooljaar=connection.schooljaar, brincode=connection.brincode)
    assert isinstance(got, Leerlinggegevens)
    assert {str(leerling.jaargroep) for leerling in got.leerlingen} <= set("123456")
    assert {str(groep.jaargroep) for groep in got.groepen if isinstance(groep, Groep)} <= set("123456C")
    assert any(leerling.voorvoegsel is None or leerling.voorvoegsel == "" for leerling in got.leerlingen)
    las.reset()
    assert las.connection("magister").http_headers == {}
    assert post(las.connection("magister"), ask(las.connection("magister"))).status == 200


def test_element_order_and_empty_voorvoegsel(las):
    """Elements stand in the order of the trait, and everyone has a voorvoegsel, if need be an empty one."""
    order = {"school": ["dependancecode", "brincode", "schooljaar"], "leerkracht": ["roepnaam", "groepen"]}
    las.set_traits(vendor="standaard", element_order=order, empty_voorvoegsel=True)
    connection = las.connection("standaard")
    read = uwlr.read_tolerant(post(connection, ask(connection)).body)
    kinds = {deviation.kind for deviation in read.deviations}
    assert "order" in kinds
    body = post(connection, ask(connection)).body.decode()
    assert re.search(r"<school><dependancecode>\d\d</dependancecode><brincode>\w+</brincode><schooljaar>", body)
    assert re.search(r"<leerkracht [^>]*><roepnaam>[^<]*</roepnaam><groepen>", body)
    assert body.count("</achternaam><voorvoegsel") + body.count("<voorvoegsel") > body.count("<achternaam>")
    assert "<voorvoegsel/>" in body


def test_parts_that_are_left_out(las):
    """A part that a roster never has is gone with everything that points at it."""
    connection = las.connection("standaard")
    las.set_traits(vendor="standaard", omits=["samengestelde_groepen", "vestigingen"])
    got = roster(connection)
    assert not any(isinstance(groep, SamengesteldeGroep) for groep in got.groepen)
    assert got.groepen
    assert not got.vestigingen
    assert not any(leerling.samengestelde_groepen or leerling.vestiging for leerling in got.leerlingen)
    assert all(isinstance(ref, GroepReferentie) for leerkracht in got.leerkrachten for ref in leerkracht.groepen)
    las.set_traits(vendor="standaard", omits=["groepen", "leerkrachten"])
    got = roster(connection)
    assert not got.leerkrachten
    assert not any(isinstance(groep, Groep) for groep in got.groepen)
    assert not any(leerling.groep for leerling in got.leerlingen)


def test_keys_and_eckids_of_persons(las):
    """Keys of staff get their prefix, and nobody has an ECK-iD where the variants say so."""
    somtoday, magister = las.connection("somtoday"), las.connection("magister")
    keys = [leerkracht.key for leerkracht in roster(somtoday).leerkrachten]
    las.set_traits("medewerkersleutels", vendor="somtoday")
    assert [leerkracht.key for leerkracht in roster(somtoday).leerkrachten] == [f"medewerker{key}" for key in keys]
    assert any(leerling.eckid for leerling in roster(magister).leerlingen)
    las.set_traits("acceptatie", vendor="magister")
    got = roster(magister)
    assert not any(person.eckid for person in (*got.leerlingen, *got.leerkrachten))


def test_night_window_follows_the_clock(las):
    """In its night window a vendor gives rosters from the first minute to the last, in Dutch time, and not by day."""
    las.set_traits("nachtvenster", vendor="somtoday")
    connection = las.connection("somtoday")
    for hour, code in {
        "18:59:59": "Server.TijdelijkNietBeschikbaar",
        "19:00:00": "",
        "23:59:59": "",
        "00:00:00": "",
        "04:59:59": "",
        "05:00:00": "Server.TijdelijkNietBeschikbaar",
    }.items():
        las.set_clock(now=f"2026-11-20T{hour}+01:00")
        assert post(connection, ask(connection)).faultcode == code, hour
    las.set_clock(now="2026-07-01T17:00:00Z")
    assert post(connection, ask(connection, schooljaar="2025-2026")).faultcode == "", "19:00 in summer"


def test_known_toetscodes(las):
    """A vendor with a list of tests refuses a delivery with another one, or takes it, as it has it."""
    connection = las.connection("parnassys")
    pupil = roster(connection).leerlingen[0].key
    las.set_traits(vendor="parnassys", known_toetscodes=["T2"], unknown_toetscode="refuse")
    refused = post(connection, scores(connection, {("r1", pupil): 5}, AT))
    assert refused.faultcode == "Client.ToetsNormeringOngeldig"
    assert las.received("parnassys") == []
    las.set_traits(vendor="parnassys", known_toetscodes=["T1"], unknown_toetscode="refuse")
    assert post(connection, scores(connection, {("r1", pupil): 5}, AT)).status == 200
    las.set_traits(vendor="parnassys", known_toetscodes=["T2"])
    later = AT + dt.timedelta(minutes=1)
    assert post(connection, scores(connection, {("r2", pupil): 6}, later)).status == 200
    assert [result.key for result in las.received("parnassys")] == ["r1", "r2"]


def test_visible_after_follows_the_clock(las):
    """A result shows from the moment that the trait sets, by the clock of the fakes."""
    connection = las.connection("parnassys")
    las.set_traits(vendor="parnassys", visible_after=60)
    las.set_clock(now=AT.isoformat())
    pupil = roster(connection).leerlingen[0].key
    post(connection, scores(connection, {("r1", pupil): 5}, AT))
    assert [result.zichtbaar for result in las.received("parnassys")] == [False]
    las.set_clock(advance=60)
    assert [result.zichtbaar for result in las.received("parnassys")] == [True]


def test_change_takes_the_place_of_the_one_before(las):
    """Traits are told as they are, a change replaces the previous one, and nothing or a reset takes it back."""
    before = las.traits("esis")
    assert (before.variant, before.traits) == (None, {})
    las.set_traits("zonder-instructiegroepen", vendor="esis", visible_after=0)
    told = las.traits("esis")
    assert (told.variant, told.traits) == ("zonder-instructiegroepen", {"visible_after": 0})
    assert (told.in_force.omits, told.in_force.visible_after) == (("samengestelde_groepen",), 0)
    assert las.set_traits(vendor="esis", start_status="aangevraagd").in_force.omits == ()
    assert las.set_traits(vendor="esis") == before
    las.set_traits(vendor="esis", soap_prefix="x")
    las.reset()
    assert las.traits("esis") == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"variant": "nergens"}, "there are: zonder-instructiegroepen"),
        ({"soap_prefix": "1 x"}, "soap_prefix"),
        ({"onbekend": 1}, "onbekend"),
        ({"sector": "VO"}, "sector cannot change"),
        ({"xsdversies": []}, "xsdversies"),
        ({"night_window": ["19:00", "25:00"]}, "night_window"),
        ({"http_headers": ["X\r\nY"]}, "http_headers"),
    ],
)
def test_change_that_cannot_be(las, change, reason):
    """A variant, trait or value that cannot be is refused with a reason, and nothing changes."""
    before = las.traits("esis")
    for fakes in (las, RemoteLas(las.url)):
        with pytest.raises(ConfigurationError, match=reason):
            fakes.set_traits(vendor="esis", **change)
    assert las.traits("esis") == before
    with pytest.raises(Unknown):
        las.set_traits(vendor="nergens")


def test_change_from_elsewhere(las):
    """The control API changes traits as the verbs in this process do."""
    remote = RemoteLas(las.url, "magister")
    told = remote.set_traits("acceptatie", leerkracht_key_prefix="m")
    assert told == las.traits("magister")
    assert all(leerkracht.key.startswith("m") for leerkracht in roster(las.connection("magister")).leerkrachten)
    assert [variant.name for variant in remote.traits().variants] == ["acceptatie", "iddink-hub"]


def test_header_is_asked_for_before_the_wsdl(las):
    """A gateway gives nothing without its header, not even the WSDL."""
    las.set_traits(vendor="standaard", http_headers=["X-Key"])
    url = f"{las.url}/standaard/leerlinggegevens?wsdl"
    with pytest.raises(urllib.error.HTTPError, match="401") as caught:
        urllib.request.urlopen(url, timeout=30)
    caught.value.close()
    request = urllib.request.Request(url, headers=las.connection("standaard").http_headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def test_what_a_state_file_keeps(tmp_path):
    """A state file keeps the clock, the traits and the planned faults until a reset; exchanges are those of one run."""
    state = tmp_path / "state.sqlite"
    with MockLas(state=state, leerlingen=5) as las:
        las.set_clock(now="2027-08-02T08:00:00Z")
        las.set_clock(advance=30)
        las.set_traits(vendor="esis", soap_prefix="x")
        las.plan_fault("http", vendor="parnassys")
        connection = las.connection()
        assert post(connection, ask(connection)).status == 200
        assert len(las.exchanges()) == 1
    with MockLas(state=state, leerlingen=5) as las:
        told = las.state().clock
        assert (told.now.isoformat(), told.frozen, told.schooljaar) == ("2027-08-02T08:00:30+00:00", True, "2027-2028")
        assert las.traits("esis").in_force.soap_prefix == "x"
        assert [fault.kind for fault in las.faults()] == ["http"]
        assert las.exchanges() == []
        las.reset()
        assert not las.state().clock.frozen
    with MockLas(state=state, leerlingen=5) as las:
        assert not las.state().clock.frozen
        assert las._do("faults") == []
        assert las.traits("esis").in_force.soap_prefix == "s"
