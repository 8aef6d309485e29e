"""The transport is zeep's: its session, its certificates, its client; and what a probe finds over it."""

from __future__ import annotations

import datetime as dt
import ssl
from datetime import timedelta

import httpx
import pytest
import requests
import trustme
import zeep.transports

from uwlr.berichten import Autorisatie
from uwlr.client import AsyncUwlrClient, ProbeResult, UwlrClient
from uwlr.client.certificates import not_after
from uwlr.errors import ConfigurationError, Timeout, TlsError
from uwlr.foutcodes import Foutcode

KEY = Autorisatie(autorisatiesleutel="sleutel", klantcode="c", klantnaam="n")
SCHOOL = {"schooljaar": "2025-2026", "brincode": "99QQ"}
WSDL = b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>'


@pytest.fixture
def over_tls(kind, make_client, authority, tmp_path):
    """Make a client whose own session trusts the tests' authority and shows a certificate where given."""
    bundle, pem = tmp_path / "ca.pem", tmp_path / "client.pem"
    authority.cert_pem.write_to_path(bundle)
    opened = []

    def make(url: str, certificate: trustme.LeafCert | None = None):
        if certificate is not None:
            certificate.private_key_and_cert_chain_pem.write_to_path(pem)
        if kind == "sync":
            session = requests.Session()
            session.verify = str(bundle)
            session.cert = str(pem) if certificate is not None else None
            return make_client(url, transport=zeep.transports.Transport(session=session))
        context = ssl.create_default_context(cafile=bundle)
        if certificate is not None:
            context.load_cert_chain(pem)
        client = httpx.AsyncClient(verify=context)
        face = make_client(url, transport=zeep.transports.AsyncTransport(client=client))
        opened.append((face, client))
        return face

    yield make
    for face, client in opened:
        face.runner.run(client.aclose())


def test_tls_with_the_users_own_authority(tls_parrot, over_tls, antwoord):
    """A session that trusts an authority of its own is used as it is."""
    bird = tls_parrot()
    bird.says(antwoord("<geengegevens/>"))

    over_tls(bird.url).vraag()

    assert len(bird.heard) == 1


def test_the_sessions_authority_wins_over_a_variable(tls_parrot, over_tls, antwoord, monkeypatch, tmp_path):
    """A bundle that a variable names does not replace the one of the session."""
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    bird = tls_parrot()
    bird.says(antwoord("<geengegevens/>"))

    over_tls(bird.url).vraag()

    assert len(bird.heard) == 1


@pytest.fixture
def proxied(parrot, kind, make_client):
    """A client of another host, by way of the parrot as the proxy of its session."""
    proxy = f"http://{parrot.host}"
    if kind == "sync":
        session = requests.Session()
        session.trust_env = False
        session.proxies = {"http": proxy}
        yield make_client("http://las.example/uwlr", transport=zeep.transports.Transport(session=session))
    else:
        transport = zeep.transports.AsyncTransport(proxy=proxy)
        las = make_client("http://las.example/uwlr", transport=transport)
        yield las
        transport.wsdl_client.close()
        las.runner.run(transport.aclose())


def test_a_proxy_of_the_session_is_used(parrot, proxied, antwoord):
    """A proxy that the session or the client names gets the request, with the whole address."""
    parrot.says(antwoord("<geengegevens/>"))

    proxied.vraag()

    assert [heard.path for heard in parrot.heard] == ["http://las.example/uwlr"]


def test_an_unknown_authority_is_refused_and_not_tried_again(tls_parrot, make_client, antwoord, caplog):
    """A certificate nobody vouches for is a TlsError with OpenSSL's reason."""
    bird = tls_parrot()
    bird.says(antwoord("<geengegevens/>"))

    with pytest.raises(TlsError, match="unable to get local issuer certificate") as caught:
        make_client(bird.url).vraag()

    assert caught.value.endpoint == bird.host
    assert bird.heard == []
    assert caplog.text.count("TlsError") == 1


def test_a_client_certificate_of_the_session_is_shown(tls_parrot, over_tls, authority, antwoord):
    """A server that asks a client certificate gets the session's."""
    bird = tls_parrot(client_ca=authority)
    bird.says(antwoord("<geengegevens/>"))

    over_tls(bird.url, authority.issue_cert("ea.example")).vraag()

    assert len(bird.heard) == 1


def test_headers_and_hooks_of_the_session_work(parrot, antwoord):
    """A session's own headers go along and its hooks run, also one that reads the whole answer."""
    seen = []
    session = requests.Session()
    session.headers["X-Own"] = "yes"
    session.hooks["response"].append(lambda response, **_: seen.append(response.content))
    parrot.says(antwoord("<geengegevens/>"))

    with UwlrClient(parrot.url, autorisatie=KEY, transport=zeep.transports.Transport(session=session)) as las:
        las.haal_leerlinggegevens(**SCHOOL)

    assert parrot.heard[0].headers["x-own"] == "yes"
    assert b"geengegevens" in seen[0]


def test_connections_are_used_again(parrot, las, antwoord):
    """A server that keeps the connection is asked again over the same one."""
    parrot.says(antwoord("<geengegevens/>", keep=True))

    las.vraag()
    las.vraag()

    assert len(parrot.heard) == 2


def test_the_transports_own_limit_counts_where_the_client_has_none(parrot, silence):
    """operation_timeout of a zeep.Transport bounds the waiting."""
    parrot.says(silence)
    transport = zeep.transports.Transport(operation_timeout=0.05)

    with UwlrClient(parrot.url, autorisatie=KEY, transport=transport) as las, pytest.raises(Timeout, match=r"0\.05 s"):
        las.haal_leerlinggegevens(**SCHOOL)


def test_a_session_that_was_given_stays_open(parrot, antwoord):
    """Closing the client does not close the user's session."""
    parrot.says(antwoord("<geengegevens/>"))
    closed = []
    session = requests.Session()
    session.close = lambda: closed.append(True)

    with UwlrClient(parrot.url, autorisatie=KEY, transport=zeep.transports.Transport(session=session)) as las:
        las.haal_leerlinggegevens(**SCHOOL)

    assert closed == []


@pytest.mark.parametrize(
    ("cls", "transport"),
    [(UwlrClient, zeep.transports.AsyncTransport), (AsyncUwlrClient, zeep.transports.Transport)],
)
def test_the_other_kind_of_transport_is_refused(cls, transport):
    """A transport that cannot serve this client is named at once."""
    with pytest.raises(ConfigurationError, match="transport is not a zeep"):
        cls("https://las.example", autorisatie=KEY, transport=transport())


def verdicts(result: ProbeResult) -> dict[str, str]:
    """The checks, short."""
    return {check.subject: check.verdict for check in result.checks}


def test_a_probe_of_a_coupling_in_order(tls_parrot, over_tls, authority, antwoord):
    """All parts are in order, the certificate's last day is told, and the roster was asked for changes only."""
    expires = dt.datetime.now(dt.UTC).replace(microsecond=0) + timedelta(days=90)
    bird = tls_parrot(authority.issue_cert("127.0.0.1", not_after=expires))
    bird.says(antwoord("<geenwijzigingen/>"))

    result = over_tls(bird.url).probe(**SCHOOL)

    assert result.ok, str(result)
    assert set(verdicts(result)) == {"endpoint", "tls", "klant", "sleutel", "school", "versie"}
    assert result.certificate_expires == expires
    assert f"{expires:%Y-%m-%d}" in result.check("tls").text
    assert b"<laatstontvangengegevens>" in bird.heard[0].body


def test_a_probe_sees_the_certificate_on_a_connection_that_is_kept(tls_parrot, over_tls, antwoord):
    """Kept or closed after the answer, the connection shows its certificate."""
    bird = tls_parrot()
    bird.says(antwoord("<geengegevens/>", keep=True))

    assert over_tls(bird.url).probe(**SCHOOL).certificate_expires is not None


def test_a_certificate_that_expires_soon_is_told(tls_parrot, over_tls, authority, antwoord):
    """Within thirty days the probe says to renew it."""
    soon = dt.datetime.now(dt.UTC) + timedelta(days=5, hours=1)
    bird = tls_parrot(authority.issue_cert("127.0.0.1", not_after=soon))
    bird.says(antwoord("<geenwijzigingen/>"))

    assert "in 5 days: renew it" in over_tls(bird.url).probe(**SCHOOL).check("tls").text


def test_an_expired_certificate_fails(tls_parrot, over_tls, authority):
    """A certificate that expired keeps everything else unclear."""
    past = dt.datetime.now(dt.UTC) - timedelta(days=1)
    bird = tls_parrot(authority.issue_cert("127.0.0.1", not_after=past))

    result = over_tls(bird.url).probe(**SCHOOL)

    assert verdicts(result)["tls"] == "failed"
    assert "certificate has expired" in result.check("tls").text
    assert verdicts(result)["sleutel"] == "unclear"


def test_the_expiry_of_the_own_certificate_is_told(tls_parrot, authority, antwoord, tmp_path):
    """A session with a client certificate gets that certificate's last day too."""
    bird = tls_parrot(client_ca=authority)
    bird.says(antwoord("<geenwijzigingen/>"))
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("ea.example").private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    session = requests.Session()
    session.verify, session.cert = str(tmp_path / "ca.pem"), str(tmp_path / "client.pem")

    with UwlrClient(bird.url, autorisatie=KEY, transport=zeep.transports.Transport(session=session)) as las:
        result = las.probe(**SCHOOL)

    assert verdicts(result)["client_certificate"] == "ok"


def test_not_after_reads_what_openssl_reads(authority):
    """The date read from the bytes is the date the certificate was made with, before and after 2050."""
    for year in (2049, 2051):
        moment = dt.datetime(year, 6, 30, 12, tzinfo=dt.UTC)
        pem = authority.issue_cert("x.example", not_after=moment).cert_chain_pems[0].bytes().decode()
        assert not_after(ssl.PEM_cert_to_DER_cert(pem)) == moment


def test_what_is_no_certificate_has_no_date():
    """Bytes that are no certificate are a ValueError."""
    for data in (b"", b"0", b"\x30\x03abc"):
        with pytest.raises(ValueError, match="not a certificate"):
            not_after(data)


@pytest.mark.parametrize(
    ("code", "failed", "unclear"),
    [
        (Foutcode.AUTORISATIE_ONGELDIG, "sleutel", {"klant", "school", "versie"}),
        (Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE, "klant", {"sleutel", "school", "versie"}),
        (Foutcode.XSD_VERSIE_ONGELDIG, "versie", {"klant", "sleutel", "school"}),
        (Foutcode.ONGELDIG_BERICHT, "school", {"klant", "sleutel", "versie"}),
        (Foutcode.TIJDELIJK_NIET_BESCHIKBAAR, "endpoint", {"klant", "sleutel", "school", "versie"}),
        ("Client.Iets", "endpoint", {"klant", "sleutel", "school", "versie"}),
    ],
)
def test_a_fault_is_told_where_it_belongs(parrot, las_roster, fault, code, failed, unclear):
    """Each code fails the part it is about, and leaves open what it does not tell."""
    parrot.says(fault(code))

    result = las_roster.probe(**SCHOOL)

    found = verdicts(result)
    assert result.verdict == "failed"
    assert [subject for subject, verdict in found.items() if verdict == "failed"] == [failed]
    assert {subject for subject, verdict in found.items() if verdict == "unclear"} == unclear
    assert len(parrot.heard) == 1


@pytest.fixture
def las_roster(parrot, make_client):
    """A client without an address for results."""
    return make_client(parrot.url)


@pytest.mark.parametrize("status", ["401 Unauthorized", "502 Bad Gateway", "200 OK"])
def test_an_endpoint_that_is_no_service_fails(parrot, las_roster, http, status):
    """A page instead of SOAP fails the endpoint, and nothing else can be told."""
    parrot.says(http(b"<html>", status, content_type="text/html"))

    found = verdicts(las_roster.probe(**SCHOOL))

    assert found == {
        "endpoint": "failed",
        "tls": "ok",
        "klant": "unclear",
        "sleutel": "unclear",
        "school": "unclear",
        "versie": "unclear",
    }


def test_a_probe_finds_nobody(parrot, las_roster):
    """An address where nobody listens fails the endpoint."""
    parrot.close()

    assert "refused" in las_roster.probe(**SCHOOL).check("endpoint").text


@pytest.mark.parametrize(("body", "verdict"), [(WSDL, "ok"), (b"hello", "unclear")])
def test_a_receiver_of_results_is_looked_at_from_outside(parrot, make_client, http, body, verdict):
    """Without a test message only the WSDL is fetched, and the rest is unclear."""
    parrot.says(http(body))

    result = make_client(None, leerresultaten_url=parrot.results_url).probe()

    assert [(heard.method, heard.path, heard.body) for heard in parrot.heard] == [("GET", "/resultaten?wsdl", b"")]
    assert verdicts(result) == {
        "endpoint": verdict,
        "tls": "ok",
        "klant": "unclear",
        "sleutel": "unclear",
        "school": "unclear",
        "versie": "unclear",
        "leerresultaten": "unclear",
    }


def test_a_test_message_tells_all(parrot, make_client, bevestiging, verzoek):
    """With a test message that is taken, every part of a receiver is in order."""
    parrot.says(bevestiging)

    result = make_client(None, leerresultaten_url=parrot.results_url).probe(testbericht=verzoek)

    assert result.ok, str(result)


def test_a_test_message_that_is_refused_says_why(parrot, make_client, fault, verzoek):
    """With a test message that is refused, the part it is about fails."""
    parrot.says(fault(Foutcode.AUTORISATIE_ONGELDIG))

    result = make_client(None, leerresultaten_url=parrot.results_url).probe(testbericht=verzoek)

    assert {s for s, v in verdicts(result).items() if v == "failed"} == {"sleutel", "leerresultaten"}


def test_roster_and_results_are_probed_together(parrot, las, antwoord, http):
    """With both addresses, the roster tells the coupling and the WSDL that the other service is there."""
    parrot.says(antwoord("<geengegevens/>"), http(WSDL))

    result = las.probe(**SCHOOL)

    assert verdicts(result)["leerresultaten"] == "unclear"
    assert verdicts(result)["sleutel"] == "ok"
    assert "no data" in result.check("school").text


def test_plain_http_to_another_host_fails_the_tls_check(parrot, proxied, antwoord):
    """Without TLS the check fails, though everything else is in order."""
    parrot.says(antwoord("<geenwijzigingen/>"))

    result = proxied.probe(**SCHOOL)

    assert [subject for subject, verdict in verdicts(result).items() if verdict != "ok"] == ["tls"]
