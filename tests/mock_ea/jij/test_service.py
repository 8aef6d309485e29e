"""Pulling results over real HTTP: batches, cursors, dates, refusals."""

from __future__ import annotations

import datetime as dt
import urllib.error
import urllib.request

import msgspec
import pytest
from lxml import etree

from mock_ea.jij.supplier import Keys, serving
from mock_las.jij import (
    GeenResultatenMeer,
    JijClient,
    JijFoutcode,
    Toegang,
    ToetsresultatenAntwoord,
    ToetsresultatenVerzoek,
)
from mock_las.jij.toetsresultaten import contract_file
from uwlr import schemas, write
from uwlr.errors import ClientFault, ConfigurationError, Fault, InvalidMessage
from uwlr.soap.envelope import write_envelope
from uwlr.testing import make_results, make_school

AUGUST = dt.date(2025, 8, 1)


def keys(batch):
    """The keys of the results in a batch, in order."""
    return [r.key for a in batch.leerresultaten_verzoek.toetsafnames for r in a.resultaten]


def pulled(answers):
    """The keys of all batches, and the last answer."""
    *batches, end = answers
    assert isinstance(end, GeenResultatenMeer)
    return [key for batch in batches for key in keys(batch)], end


def test_batches_together_hold_every_result_of_the_year_once(supplier, jij):
    """R14: pulled in batches until there are no more, each result of the school year comes once."""
    found, _ = pulled(jij.pull(verwerkingsdatum_vanaf=AUGUST, batchgrootte=17))

    assert len(found) == len(set(found)) > 17
    assert set(found) == supplier.keys("2025-2026")


def test_batch_has_at_most_the_asked_number_of_results(jij):
    """A batch holds no more results than batchgrootte, and the tests of those results."""
    batch = jij.haal_toetsresultaten(batchgrootte=3)

    assert len(keys(batch)) == 3
    used = {r.toetscode for a in batch.leerresultaten_verzoek.toetsafnames for r in a.resultaten}
    assert {t.toetscode.waarde for t in batch.leerresultaten_verzoek.toetsen} == used


def test_batch_is_a_message_that_uwlr_accepts(jij):
    """What is in a batch can be brought to a LAS as it is."""
    batch = jij.haal_toetsresultaten(batchgrootte=50)

    assert schemas.schema().validate(etree.fromstring(write(batch.leerresultaten_verzoek)))


def test_same_cursor_gives_the_same_results_again(jij):
    """A puller that dies before it stored a batch gets that batch again."""
    first = jij.haal_toetsresultaten(batchgrootte=5)
    second = jij.haal_toetsresultaten(cursor=first.cursor, batchgrootte=5)

    again = jij.haal_toetsresultaten(cursor=first.cursor, batchgrootte=5)

    assert keys(again) == keys(second)
    assert set(keys(second)).isdisjoint(keys(first))


def test_cursor_survives_a_restart_of_the_supplier(supplier, jij):
    """A supplier that was started again goes on where the one before it was."""
    first = jij.haal_toetsresultaten(verwerkingsdatum_vanaf=AUGUST, batchgrootte=5)
    supplier.source = supplier.made()

    found, _ = pulled(jij.pull(cursor=first.cursor))

    assert set(found) == supplier.keys("2025-2026") - set(keys(first))


def test_results_processed_during_a_run_wait_for_the_next(supplier, jij):
    """What comes in while a run goes on neither shifts it nor is lost: the next run has it, from `tot` on."""
    first = jij.haal_toetsresultaten(verwerkingsdatum_vanaf=AUGUST, batchgrootte=5)
    supplier.now += dt.timedelta(hours=1)
    school = make_school(7, leerlingen=40, sector="VO", brincode="99MM")
    late = make_results(school, seed=9, afnamedatum=dt.date(2026, 2, 26))
    supplier.add("99MM-JIJ", late, supplier.now)
    supplier.now += dt.timedelta(hours=1)

    rest, end = pulled(jij.pull(cursor=first.cursor))
    later, _ = pulled(jij.pull(sinds=end.tot))

    fresh = {r.key for a in late.toetsafnames for r in a.resultaten}
    assert fresh.isdisjoint(rest)
    assert set(later) == fresh


def test_corrected_result_comes_again(supplier, jij):
    """A result that is processed anew is in the next run, under its own key."""
    _, end = pulled(jij.pull())
    school = make_school(7, leerlingen=40, sector="VO", brincode="99MM")
    corrected = make_results(school, seed=99, afnamedatum=dt.date(2025, 11, 10))
    supplier.add("99MM-JIJ", corrected, supplier.now)
    supplier.now += dt.timedelta(minutes=1)

    found, _ = pulled(jij.pull(sinds=end.tot))

    assert set(found) == {r.key for a in corrected.toetsafnames for r in a.resultaten}


def test_date_gives_everything_from_that_day_on(supplier, jij):
    """From a date on a run goes until now, over as many school years as there are."""
    both, end = pulled(jij.pull(verwerkingsdatum_vanaf=dt.date(2024, 8, 1)))
    one, _ = pulled(jij.pull(verwerkingsdatum_vanaf=AUGUST))

    assert set(both) == supplier.keys("2024-2025") | supplier.keys("2025-2026")
    assert set(one) == supplier.keys("2025-2026")
    assert end.tot == dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_date_within_a_year_leaves_out_what_was_processed_before(jij):
    """verwerkingsdatum_vanaf counts by the day of processing."""
    whole, _ = pulled(jij.pull(verwerkingsdatum_vanaf=AUGUST))
    late, _ = pulled(jij.pull(verwerkingsdatum_vanaf=dt.date(2025, 11, 15)))
    none, _ = pulled(jij.pull(verwerkingsdatum_vanaf=dt.date(2025, 11, 22)))

    assert set(late) < set(whole)
    assert late
    assert none == []


def test_run_without_a_date_splits_its_batches_by_school_year(supplier, jij):
    """A batch is one UWLR message, which has one schooljaar; without a date all years come."""
    *batches, _ = jij.pull(batchgrootte=1000)

    assert [b.leerresultaten_verzoek.school.schooljaar for b in batches] == ["2024-2025", "2025-2026"]


def refused(url, **change):
    """The code with which a request of that toegang is refused."""
    given = {"instellingscode": "99MM-JIJ", "soapkey": "jij-sleutel-van-de-school", **change}
    with JijClient(url, toegang=Toegang(**given)) as client, pytest.raises(ClientFault) as caught:
        client.haal_toetsresultaten()
    return caught.value


def test_toa_key_is_refused(url, toa_key):
    """R18: the key of TOA does not open JIJ!, and the fault says whose key it is."""
    fault = refused(url, soapkey=toa_key)

    assert fault.code == JijFoutcode.SOAPKEY_ONGELDIG
    assert "TOA" in fault.text
    assert toa_key not in fault.text


@pytest.mark.manual("E-20")
def test_wrong_key_is_refused(url):
    """Any other key is refused."""
    assert refused(url, soapkey="iets-anders").code == JijFoutcode.SOAPKEY_ONGELDIG


@pytest.mark.manual("E-19")
def test_unknown_instellingscode_is_refused(url):
    """A school that is no customer is refused."""
    assert refused(url, instellingscode="99ZZ").code == JijFoutcode.INSTELLINGSCODE_ONBEKEND


@pytest.mark.parametrize(
    "pattern", ["x{}", "{}AAAA", "niet van ons", "é", "bmlldCB2YW4gb25zLCBvb2sgYWwgbGlqa3QgaGV0IGVyIG9w"]
)
def test_unknown_cursor_is_refused(jij, pattern):
    """A cursor that was not given out, or was changed, is refused."""
    cursor = pattern.format(jij.haal_toetsresultaten(batchgrootte=1).cursor)

    with pytest.raises(ClientFault) as caught:
        jij.haal_toetsresultaten(cursor=cursor)

    assert caught.value.code == JijFoutcode.CURSOR_ONBEKEND


def test_cursor_of_another_school_is_unknown(supplier, url, jij):
    """A cursor opens nothing but the run of its own school."""
    supplier.register("99ZZ-JIJ", Keys("andere-jij", "andere-toa"))
    cursor = jij.haal_toetsresultaten(batchgrootte=1).cursor

    other = JijClient(url, toegang=Toegang(instellingscode="99ZZ-JIJ", soapkey="andere-jij"))
    with other, pytest.raises(ClientFault) as caught:
        other.haal_toetsresultaten(cursor=cursor)

    assert caught.value.code == JijFoutcode.CURSOR_ONBEKEND


def test_cursor_excludes_a_moment(jij):
    """A request that goes on and begins at the same time is not sent."""
    with pytest.raises(InvalidMessage):
        jij.haal_toetsresultaten(cursor="c", sinds=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


def test_moment_needs_a_time_zone(jij):
    """A moment without a zone would mean different things on the two sides."""
    with pytest.raises(InvalidMessage, match="does not have the form"):
        jij.haal_toetsresultaten(sinds=dt.datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_key_with_white_space_is_not_sent(url):
    """R20: white space around a key is the classic mistake, and is told before anything is sent."""
    with pytest.raises(ConfigurationError, match="white space"):
        JijClient(url, toegang=Toegang(instellingscode="99MM-JIJ", soapkey="sleutel "))


def test_key_shows_nowhere(toegang, url):
    """The key shows in no repr of the settings or the client."""
    with JijClient(url, toegang=toegang) as client:
        assert toegang.soapkey not in repr(toegang) + repr(client)


def post(url, data, **headers):
    """Post bytes; the status and body of the answer."""
    request = urllib.request.Request(url, data, {"Content-Type": "text/xml; charset=utf-8", **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.mark.parametrize(
    ("verzoek", "why"),
    [
        (ToetsresultatenVerzoek(batchgrootte=1001), "batchgrootte"),
        (ToetsresultatenVerzoek(batchgrootte=0), "batchgrootte"),
        (ToetsresultatenVerzoek(cursor="c", verwerkingsdatum_vanaf=AUGUST), "one may be present"),
        (Toegang(instellingscode="99MM-JIJ", soapkey="s"), "no request"),
    ],
)
def test_request_that_deviates_is_refused(url, toegang, verzoek, why):
    """The service checks what a client may have left unchecked."""
    status, body = post(url, write_envelope(verzoek, autorisatie=toegang, unchecked=True))

    assert status == 500
    assert b"Client.OngeldigBericht" in body
    assert why.encode() in body


@pytest.mark.parametrize("count", [0, 2])
def test_request_without_one_header_is_refused(url, toegang, count):
    """Who asks must be told, once."""
    whole = write_envelope(ToetsresultatenVerzoek(), autorisatie=toegang)
    start, end = whole.index(b"<soap:Header>") + 13, whole.index(b"</soap:Header>")

    _, body = post(url, whole[:start] + whole[start:end] * count + whole[end:])

    assert b"Client.OngeldigBericht" in body


def test_soapaction_of_another_service_is_refused(url, toegang):
    """A request for another operation does not pass for this one."""
    _, body = post(
        url, write_envelope(ToetsresultatenVerzoek(), autorisatie=toegang), SOAPAction='"BrengLeerresultaten"'
    )

    assert b"SOAPAction" in body


@pytest.mark.parametrize(("method", "path", "status"), [("PUT", "", 405), ("GET", "", 405), ("GET", "x", 404)])
def test_what_is_not_soap_gets_a_plain_http_error(url, method, path, status):
    """Another method or path is answered by HTTP itself."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(url + path, method=method), timeout=30)
    with caught.value as error:
        assert error.code == status


class Broken:
    """A supplier whose code fails."""

    def instelling_bekend(self, instellingscode):
        """Fail."""
        raise RuntimeError("geheim")


def test_failing_supplier_is_an_internal_fault(toegang, caplog):
    """What a supplier's code raises becomes Server.InterneFout, and its text goes nowhere."""
    with serving(Broken()) as url, JijClient(url, toegang=toegang) as client, pytest.raises(Fault) as caught:
        client.haal_toetsresultaten()

    assert caught.value.code == "Server.InterneFout"
    assert "geheim" not in caplog.text


class Doubling:
    """A supplier that puts a result into a batch twice."""

    def __init__(self, source):
        self.source = source

    def __getattr__(self, name):
        return getattr(self.source, name)

    def haal_toetsresultaten(self, code, verzoek):
        """Double the first pupil."""
        batch = self.source.haal_toetsresultaten(code, verzoek)
        bericht = batch.leerresultaten_verzoek
        doubled = msgspec.structs.replace(bericht, toetsafnames=bericht.toetsafnames[:1] * 2)
        return msgspec.structs.replace(batch, leerresultaten_verzoek=doubled)


def test_supplier_cannot_send_a_key_twice(supplier, toegang):
    """A batch that breaks the identity rules of UWLR does not go out."""
    with serving(Doubling(supplier)) as url, JijClient(url, toegang=toegang) as client, pytest.raises(Fault) as caught:
        client.haal_toetsresultaten(batchgrootte=4)

    assert caught.value.code == "Server.InterneFout"


class Bundled(etree.Resolver):
    """Finds the schemas that the contract refers to by their bare names."""

    def resolve(self, url, public_id, context):
        """Give the file of that name."""
        return self.resolve_filename(str(contract_file(url.rpartition("/")[2])), context)


def test_answers_fit_the_schema(supplier, jij):
    """Both kinds of answer, as written, are valid against the schema of the service."""
    parser = etree.XMLParser()
    parser.resolvers.add(Bundled())
    schema = etree.XMLSchema(etree.parse(contract_file("Toetsresultaten.xsd"), parser))
    *_, batch, end = jij.pull(batchgrootte=200)

    for inhoud in (batch, end):
        assert schema.validate(etree.fromstring(write(ToetsresultatenAntwoord(inhoud=inhoud)))), schema.error_log


def test_contract_says_that_it_is_an_invention(url):
    """Whoever opens the WSDL or the schema reads that the real contract is not public."""
    for query in ("wsdl", "xsd=Toetsresultaten.xsd"):
        with urllib.request.urlopen(f"{url}?{query}", timeout=30) as answer:
            assert "niet openbaar" in answer.read().decode()
