"""Every vendor answers what its own entry in the vendor list asks for, and refuses what it should."""

import datetime as dt
import json
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import astuple, replace

import uwlr
from helpers.needs import needs
from helpers.plain_client import ask, post, roster
from mock_las import vendors
from mock_las.fidelity import page
from mock_las.vendors.coupling_keys import key_problem
from uwlr.berichten import (
    GeenGegevens,
    GeenWijzigingen,
    Groep,
    LeerlingenVerzoek,
    Leerlinggegevens,
    StructuurVerzoek,
    VerzoekGroep,
)

ROOT = Path(__file__).parents[2]
LAS_NAMES = [name for name in vendors.NAMES if "leerlinggegevens" in vendors.load(name).traits().services]


@pytest.mark.parametrize("name", vendors.NAMES)
def test_deviations_are_known_traits_with_evidence(name):
    """Every deviation of a vendor is a trait with a value that it can have, and names its evidence."""
    vendor = vendors.load(name)
    vendor.traits()
    assert all(deviation.reference and deviation.date for deviation in _deviations(vendor))


def test_fidelity_page_is_up_to_date():
    """The page in the documentation is the one that the vendors' files give, and names every deviation."""
    assert (ROOT / "docs/fidelity.md").read_text("utf-8") == page()
    rows = [line for line in page().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(_deviations(vendors.load(name))) for name in vendors.NAMES)


def _deviations(vendor):
    """The deviations of a vendor and its variants."""
    return [*vendor.deviation, *(deviation for variant in vendor.variant for deviation in variant.deviation)]


@pytest.mark.parametrize("name", vendors.NAMES)
def test_key_of_the_vendor_list_has_the_vendors_own_form(las, name):
    """The key in the vendor list is one that the vendor itself would accept at activation."""
    connection = las.connection(name)
    key = connection.autorisatie.autorisatiesleutel
    assert key_problem(vendors.load(name).traits(), key, connection.brincode, connection.dependancecode) is None


@pytest.mark.parametrize("name", LAS_NAMES)
def test_roster_by_its_own_entry(las, name):
    """The entry in the vendor list is all that a request needs to get the roster."""
    got = roster(las.connection(name))
    assert isinstance(got, Leerlinggegevens)
    assert len(got.leerlingen) == 40


@pytest.mark.parametrize("name", LAS_NAMES)
def test_answer_passes_the_validator(las, name):
    """The roster of every vendor passes the validator, and the profile where the vendor keeps to one."""
    connection = las.connection(name)
    traits = vendors.load(name).traits()
    report = uwlr.validate(post(connection, ask(connection)).body, profiel=traits.profile)
    report.raise_for_errors()
    assert report.valid
    assert report.count("warning") == 0


@pytest.mark.parametrize("name", LAS_NAMES)
@pytest.mark.parametrize(
    ("change", "faultcode"),
    [
        ({"brincode": "99ZZ"}, "Client.AutorisatieOngeldig"),
        ({"brincode": "9ZZ"}, "Client.OngeldigBericht"),
        ({"dependancecode": "07"}, "Client.AutorisatieOngeldig"),
        ({"xsdversie": "1.0"}, "Client.XsdVersieOngeldig"),
        ({"schooljaar": "nu"}, "Client.OngeldigBericht"),
    ],
)
def test_wrong_request(las, name, change, faultcode):
    """A request with one thing wrong gets the fault of the agreement."""
    connection = las.connection(name)
    if vendors.load(name).traits().key_scope == "supplier" and faultcode == "Client.AutorisatieOngeldig":
        # The key opens every school, so it is the school that is not known.
        faultcode = "Client.OngeldigeKlantIdentificatie"
    reply = post(connection, ask(connection, **change))
    assert (reply.status, reply.faultcode) == (500, faultcode)


@pytest.mark.parametrize("name", LAS_NAMES)
def test_wrong_key(las, name):
    """A key that was not given out is refused, and so is the right key with white space around it."""
    connection = las.connection(name)
    right = connection.autorisatie.autorisatiesleutel
    for wrong in (right[:-1] + "x", f"{right} "):
        reply = post(connection, ask(connection), autorisatiesleutel=wrong)
        assert reply.faultcode == "Client.AutorisatieOngeldig"


@pytest.mark.parametrize("name", LAS_NAMES)
def test_unknown_supplier(las, name):
    """A klantcode or klantnaam that does not belong to a known supplier is refused as such."""
    connection = las.connection(name)
    for wrong in ({"klantcode": "XX"}, {"klantnaam": "Iemand anders"}):
        assert post(connection, ask(connection), **wrong).faultcode == "Client.OngeldigeKlantIdentificatie"


@pytest.mark.parametrize("name", LAS_NAMES)
def test_nothing_changed(las, name):
    """A request with a later laatstontvangengegevens is answered by geenwijzigingen, an earlier one by the roster."""
    connection = las.connection(name)
    now = dt.datetime.now(dt.UTC)
    assert isinstance(post(connection, ask(connection, laatstontvangengegevens=now)).bericht.inhoud, GeenWijzigingen)
    long_ago = now - dt.timedelta(days=800)
    got = post(connection, ask(connection, laatstontvangengegevens=long_ago)).bericht.inhoud
    assert isinstance(got, Leerlinggegevens)


@pytest.mark.parametrize("name", LAS_NAMES)
def test_stages_agree_with_the_whole(las, name):
    """The staged requests give the groups of the whole roster, and the pupils of one group."""
    connection = las.connection(name)
    whole = roster(connection)
    fields = {n: getattr(ask(connection), n) for n in ("schooljaar", "brincode", "xsdversie", "gegevenssetid")}
    assert post(connection, StructuurVerzoek(**fields)).bericht.inhoud.groepen == whole.groepen
    group = whole.leerlingen[0].groep
    verzoek = LeerlingenVerzoek(**fields, groepen=(VerzoekGroep(key=group),))
    got = post(connection, verzoek).bericht.inhoud.leerlingen
    assert got == tuple(leerling for leerling in whole.leerlingen if leerling.groep == group)


def test_other_years(las):
    """ESIS gives the current year only; another LAS gives the previous one too, and no year that it does not hold."""
    standaard, esis = las.connection("standaard"), las.connection("esis")
    first = int(standaard.schooljaar[:4])
    before = f"{first - 1}-{first}"
    assert roster(standaard, schooljaar=before).school.schooljaar == before
    assert isinstance(roster(standaard, schooljaar="2011-2012"), GeenGegevens)
    assert isinstance(roster(esis, schooljaar=before), GeenGegevens)


def test_esis_takes_an_empty_year_as_the_current_one(las):
    """ESIS answers a request without a year with the current one."""
    connection = las.connection("esis")
    assert roster(connection, schooljaar="").school.schooljaar == connection.schooljaar


def test_version_2_1_has_no_eckid(las):
    """ParnasSys answers a request of version 2.1 without ECK-iDs."""
    connection = las.connection("parnassys")
    assert any(leerling.eckid for leerling in roster(connection).leerlingen)
    assert not any(leerling.eckid for leerling in roster(connection, xsdversie="2.1").leerlingen)


def test_magister_keeps_to_the_smalle_set(las):
    """Magister wants the gegevenssetid, and leaves out what Smalle set 2.3 leaves out."""
    connection = las.connection("magister")
    got = roster(connection)
    assert all(
        leerling.geboortedatum is None and leerling.voornamen is None and leerling.geslacht is None and leerling.key
        for leerling in got.leerlingen
    )
    assert all(groep.omschrijving is None for groep in got.groepen if isinstance(groep, Groep))
    assert post(connection, ask(connection, gegevenssetid=None)).faultcode == "Client.OngeldigBericht"


def test_paths_like_the_real_ones(las):
    """ESIS, Magister and Somtoday answer at paths like those of the real systems too."""
    for name, path in (
        ("esis", "/uwlr2.2.svc"),
        ("magister", "/uwlr-l/leerlinggegevens-smalle-set.svc"),
        ("somtoday", "/services/v2/leerlinggegevens"),
    ):
        connection = replace(las.connection(name), leerlinggegevens_url=f"{las.url}{path}")
        assert isinstance(roster(connection), Leerlinggegevens)


PHP_FETCH = """
[, $url, $sleutel, $code, $naam, $verzoek] = $argv;
$client = new SoapClient("$url?wsdl", ["features" => SOAP_SINGLE_ELEMENT_ARRAYS, "cache_wsdl" => WSDL_CACHE_NONE]);
$ns = "http://www.edustandaard.nl/leerresultaten/2/autorisatie";
$header = ["autorisatiesleutel" => $sleutel, "klantcode" => $code, "klantnaam" => $naam];
$client->__setSoapHeaders(new SoapHeader($ns, "autorisatie", (object) $header));
$answer = $client->HaalLeerlinggegevens(json_decode($verzoek));
echo count($answer->leerlinggegevens->leerlingen->leerling);
"""


@needs("php-soap")
@pytest.mark.parametrize("name", LAS_NAMES)
def test_php_fetches_the_roster(las, name):
    """PHP's SoapClient fetches the roster of each vendor by the WSDL that the vendor serves."""
    connection = las.connection(name)
    names = ("schooljaar", "brincode", "dependancecode", "xsdversie", "gegevenssetid")
    verzoek = json.dumps({n: getattr(connection, n) for n in names if getattr(connection, n) is not None})
    arguments = [connection.leerlinggegevens_url, *astuple(connection.autorisatie), verzoek]
    done = subprocess.run(["php", "-r", PHP_FETCH, "--", *arguments], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("40", "")
