"""The fake Magister pulls: known stamnummers, one school year, until empty, and nothing twice."""

from __future__ import annotations

import datetime as dt
import json
import urllib.error
import urllib.request

import msgspec
import pytest

from mock_ea.jij.supplier import serving
from mock_las import MockLas
from mock_las.declined import Declined
from mock_las.jij import JijFoutcode
from mock_las.remote_las import RemoteLas
from uwlr.errors import ClientFault, ConfigurationError, InvalidMessage
from uwlr.testing import make_results, make_school


@pytest.fixture
def las(supplier):
    """A fake Magister whose school is the one that the supplier has results of, at the supplier's time."""
    with MockLas("magister", seed=7, leerlingen=40) as las:
        las.set_clock(now=supplier.now)
        yield las


@pytest.fixture
def settings(url, toegang):
    """The three settings of the coupling."""
    return {"url": url, "instellingscode": toegang.instellingscode, "soapkey": toegang.soapkey}


def landed(las):
    """The keys of the results that are there."""
    return {result.key for result in las.received()}


@pytest.mark.manual("E-26", "E-27")
def test_first_import_takes_everything_until_nothing_is_found(supplier, las, settings):
    """R14: with nothing but the three settings, everything since the start comes in batches, until there is no more."""
    report = las.pull(**settings, batchgrootte=50)

    assert report.complete
    assert report.batches > 2
    assert landed(las) == supplier.keys("2025-2026") | supplier.keys("2024-2025")
    assert report.new == len(landed(las))
    assert las.pull(**settings).batches == 0, "later times are quick"


@pytest.mark.manual("E-24", "E-36")
def test_next_import_takes_only_what_was_processed_since(supplier, las, settings):
    """R14: the second import begins where the first one ended."""
    las.pull(**settings)
    school = make_school(7, leerlingen=40, sector="VO", brincode="99MM")
    late = make_results(school, seed=5, afnamedatum=dt.date(2026, 2, 27))
    supplier.add("99MM-JIJ", late, supplier.now)
    supplier.now += dt.timedelta(hours=1)

    report = las.pull(**settings)

    fresh = sum(len(a.resultaten) for a in late.toetsafnames)
    assert (report.new, report.already) == (fresh, 0)


@pytest.mark.manual("E-35", "E-37", "E-38")
def test_one_batch_at_a_time(supplier, las, settings):
    """One press on the button is one batch; pressing on gets all of it, and then hears that there is no more."""
    due = supplier.keys("2025-2026"), supplier.keys("2024-2025")
    presses = 0
    while not las.pull(**settings, batchgrootte=100, batches=1).complete:
        presses += 1

    assert presses == sum(-(-len(year) // 100) for year in due)
    assert landed(las) == due[0] | due[1]


@pytest.mark.manual("E-28", "E-29", "E-30", "F-44")
def test_older_years_newest_first(supplier, las, settings):
    """R15: from 1 August, then from 1 August before, a year comes each time and nothing twice; more years warn."""
    first = las.pull(**settings, vanaf=dt.date(2025, 8, 1))
    second = las.pull(**settings, vanaf=first.volgende_vanaf)
    far = las.pull(**settings, vanaf=dt.date(2021, 8, 1))

    assert [r.volgende_vanaf for r in (first, second)] == [dt.date(2024, 8, 1), dt.date(2023, 8, 1)]
    assert (first.new, second.new) == (len(supplier.keys("2025-2026")), len(supplier.keys("2024-2025")))
    assert second.already == first.new
    assert (far.new, far.already) == (0, first.new + second.new)
    assert [r.long for r in (first, second, far)] == [False, False, True]


@pytest.mark.manual("F-42", "E-25")
def test_who_becomes_known_later_is_fetched_from_an_earlier_day(supplier, las, settings):
    """Results of a stamnummer that was unknown are missed by a plain import, and come by an earlier date."""
    whole = make_school(7, leerlingen=40, sector="VO", brincode="99MM")
    key = supplier.source._instellingen["99MM-JIJ"].results.values()
    later = next(p.afname.leerlingid for _, p in key if p.school.schooljaar == "2025-2026")
    some = tuple(leerling for leerling in whole.leerlingen if leerling.key != later)
    las.load_school(msgspec.structs.replace(whole, leerlingen=some))
    assert las.pull(**settings, vanaf=dt.date(2025, 8, 1)).unknown > 0
    las.load_school(whole)

    assert las.pull(**settings).new == 0
    assert las.pull(**settings, vanaf=dt.date(2025, 8, 1)).new > 0
    assert later in {result.leerlingid for result in las.received()}


@pytest.mark.manual("F-45", "F-46")
def test_the_end_of_an_import_is_exact(supplier, las, settings):
    """After the end a further import changes nothing; what is processed at that very moment comes, once."""
    las.pull(**settings)
    before = landed(las)
    assert las.pull(**settings).batches == 0
    assert landed(las) == before
    school = make_school(7, leerlingen=40, sector="VO", brincode="99MM")
    supplier.add("99MM-JIJ", make_results(school, seed=5, afnamedatum=dt.date(2026, 2, 27)), supplier.now)
    supplier.now += dt.timedelta(minutes=1)
    assert las.pull(**settings).new > 0
    assert (las.pull(**settings).new, las.pull(**settings).already) == (0, 0)


def test_a_later_date_leaves_a_gap_that_is_told(supplier, las, settings):
    """An import from a day after the last import says between which days nothing was fetched."""
    las.pull(**settings)
    supplier.now += dt.timedelta(days=20)
    las.set_clock(now=supplier.now)
    report = las.pull(**settings, vanaf=dt.date(2026, 3, 15))

    assert [str(moment)[:10] for moment in report.gap] == ["2026-03-01", "2026-03-15"]


def test_address_with_and_without_wsdl_is_one(supplier, las, settings):
    """An import under way goes on when the address is written with `?wsdl`, or without it."""
    las.pull(**settings, batchgrootte=50, batches=1)
    rest = las.pull(**{**settings, "url": settings["url"] + "?WSDL"}, batchgrootte=50)

    assert (rest.already, rest.complete) == (0, True)


def test_settings_are_kept_and_used(supplier, las, settings):
    """What was set up is where results are fetched; white space around what was pasted is not part of it."""
    las.set_pull_settings(jij={**settings, "soapkey": f" {settings['soapkey']}\n"})
    assert las.pull().new > 0
    assert las.pull_settings().voortgang.opgehaald == len(landed(las))
    las.set_pull_settings()
    with pytest.raises(Declined) as caught:
        las.pull()
    assert caught.value.uitleg == "Vul eerst in: Webservice adres, Instellingscode, SOAP-key."


def test_every_exchange_with_the_supplier_is_in_the_journal(supplier, las, settings, toa_key):
    """The journal has each request that the fake sent, with the fault, and neither keys nor pupils."""
    with pytest.raises(ClientFault):
        las.pull(**{**settings, "soapkey": toa_key})
    las.pull(**settings, batchgrootte=100, batches=1)
    refused, fetched = las.exchanges("magister")
    assert (refused.faultcode, refused.service) == ("Client.SoapkeyOngeldig", "toetsresultaten")
    assert (fetched.status, fetched.invalid) == (200, False)
    shown = msgspec.json.encode([las.exchange(one.id) for one in (refused, fetched)]).decode()
    assert "leerresultaten_verzoek" in shown
    results = supplier.source._instellingen["99MM-JIJ"].results.values()
    assert not any(word in shown for word in (toa_key, settings["soapkey"], *(p.afname.leerlingid for _, p in results)))


@pytest.mark.manual("E-33")
def test_import_from_an_earlier_day_fetches_the_gap_and_nothing_twice(supplier, las, settings):
    """An import that began half way the year is widened by an earlier date; what was there is left alone."""
    late = las.pull(**settings, vanaf=dt.date(2025, 11, 15))
    whole = las.pull(**settings, vanaf=dt.date(2025, 8, 1))

    assert late.new == whole.already > 0
    assert landed(las) == supplier.keys("2025-2026")


@pytest.mark.manual("E-25")
def test_unknown_stamnummers_do_not_land(supplier, las, settings):
    """R17: results of a pupil whose stamnummer Magister does not know are counted, and do not land."""
    gone = las.change_school("left").people[0]

    report = las.pull(**settings)

    assert report.unknown > 0
    assert gone not in {r.leerlingid for r in las.received() if r.schooljaar == "2025-2026"}
    assert report.new + report.unknown == len(supplier.keys("2025-2026") | supplier.keys("2024-2025"))


def test_eckid_alone_is_no_stamnummer(supplier, las, settings):
    """R17: a result whose leerlingid is not a known stamnummer does not land by its ECK-iD."""
    school = make_school(7, leerlingen=40, sector="VO", brincode="99MM")
    results = make_results(school, seed=3, afnamedatum=dt.date(2026, 1, 12))
    named = next(a for a in results.toetsafnames if a.eckid)
    stranger = msgspec.structs.replace(named, leerlingid="onbekend")
    supplier.add("99MM-JIJ", msgspec.structs.replace(results, toetsafnames=(stranger,)), supplier.now)
    supplier.now += dt.timedelta(hours=1)

    assert las.pull(**settings).unknown == len(named.resultaten)


def test_correction_replaces(supplier, las, settings):
    """A result that the supplier corrected takes the place of the one before."""
    las.pull(**settings)
    before = {result.key: result.score for result in las.received()}
    school = make_school(7, leerlingen=40, sector="VO", brincode="99MM")
    supplier.add("99MM-JIJ", make_results(school, seed=99, afnamedatum=dt.date(2025, 11, 10)), supplier.now)
    supplier.now += dt.timedelta(hours=1)

    report = las.pull(**settings)

    after = {result.key: result.score for result in las.received()}
    assert after.keys() == before.keys()
    assert report.new == 0
    assert report.replaced == sum(before[key] != after[key] for key in after) > 0


def test_supplier_that_forgot_its_cursors_is_asked_anew(supplier, las, settings):
    """A cursor that is not known any more ends no import: it begins again, and what was there is left alone."""
    las.pull(**settings, batchgrootte=50, batches=2)
    supplier.source = supplier.made(secret=b"another secret")

    report = las.pull(**settings, batchgrootte=50)

    assert report.complete
    assert report.already == 100
    assert landed(las) == supplier.keys("2025-2026") | supplier.keys("2024-2025")


@pytest.mark.manual("E-21")
def test_toa_key_is_refused(las, settings, toa_key):
    """R18: with TOA's key nothing is fetched."""
    with pytest.raises(ClientFault) as caught:
        las.pull(**{**settings, "soapkey": toa_key})

    assert caught.value.code == JijFoutcode.SOAPKEY_ONGELDIG
    assert landed(las) == set()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"vanaf": dt.date(2026, 3, 2)}, "in the future"),
        ({"vendor": "esis"}, "does not fetch"),
        ({"brincode": "99ZZ"}, "no school"),
        ({"soapkey": "sleutel\n"}, "white space"),
    ],
)
def test_order_that_cannot_be_right_is_refused(las, settings, change, why):
    """What is wrong with an order is told before anything is asked."""
    with pytest.raises(ConfigurationError, match=why):
        las.pull(**{**settings, **change})


class Standing:
    """A supplier that gives the same cursor for ever."""

    def __init__(self, source):
        self.source = source

    def __getattr__(self, name):
        return getattr(self.source, name)

    def haal_toetsresultaten(self, code, verzoek):
        """Give the first batch, always."""
        batch = self.source.haal_toetsresultaten(code, msgspec.structs.replace(verzoek, cursor=None))
        return msgspec.structs.replace(batch, cursor="hier")


def test_supplier_that_stands_still_does_not_hold_the_import_for_ever(supplier, las, settings):
    """An import that could never end is broken off; what was processed stays."""
    with serving(Standing(supplier)) as url, pytest.raises(InvalidMessage, match="must move on"):
        las.pull(**{**settings, "url": url}, batchgrootte=10)

    assert len(landed(las)) == 10


def control(las, vendor, body):
    """Have a vendor pull by the control API; the status and what it says."""
    request = urllib.request.Request(
        f"{las.url}/__mock__/pull/{vendor}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_control_api_pulls(supplier, las, settings):
    """The control API has a vendor pull, and gives the report."""
    status, report = control(las, "magister", settings)

    assert (status, report["complete"]) == (200, True)
    assert landed(las) == supplier.keys("2025-2026") | supplier.keys("2024-2025")


@pytest.mark.parametrize(
    ("vendor", "change", "status", "faultcode"),
    [
        ("magister", {"instellingscode": "99ZZ"}, 502, "Client.InstellingscodeOnbekend"),
        ("magister", {"instellingscode": "\t"}, 422, None),
        ("magister", {"batchgrootte": 0}, 422, None),
        ("parnassys", {}, 422, None),
        ("niemand", {}, 404, None),
    ],
)
def test_control_api_says_what_is_wrong(las, settings, vendor, change, status, faultcode):
    """A refusal of the supplier is told apart from a wrong question, and no key shows."""
    found, told = control(las, vendor, {**settings, **change})

    assert (found, told.get("faultcode")) == (status, faultcode)
    assert settings["soapkey"] not in json.dumps(told)


def test_fakes_elsewhere_raise_the_same(las, settings, toa_key):
    """By the control API the verb gives and raises what it does in this process."""
    remote = RemoteLas(las.url, "magister")

    with pytest.raises(ClientFault) as caught:
        remote.pull(**{**settings, "soapkey": toa_key})
    report = remote.pull(**settings)

    assert caught.value.code == JijFoutcode.SOAPKEY_ONGELDIG
    assert report.new == len(landed(las)) > 0


def test_control_api_tells_of_an_address_without_a_service(las, settings):
    """An address that answers with something else is the supplier's matter, and says what came."""
    status, told = control(las, "magister", {**settings, "url": settings["url"] + "/oud"})

    assert status == 502
    assert "404" in told["error"]
