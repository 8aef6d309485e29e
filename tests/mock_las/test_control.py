"""The control API: what it tells, what it changes, and whom it refuses."""

import http.client
import json
import urllib.parse

import pytest

from helpers.plain_client import ask, post


@pytest.fixture
def call(las):
    """Call the control API; status and JSON."""

    def call(method, path, body=None, **headers):
        address = urllib.parse.urlsplit(las.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        data = json.dumps(body) if body is not None else None
        if data is not None:
            headers.setdefault("Content_Type", "application/json")
        connection.request(method, f"/__mock__{path}", data, {n.replace("_", "-"): v for n, v in headers.items()})
        with connection.getresponse() as answer:
            content = answer.read()
            plain = not answer.headers.get("Content-Type", "").startswith("application/json")
            status = answer.status
        connection.close()
        return status, content.decode() if plain else json.loads(content)

    return call


def test_vendor_list_is_complete(call, las):
    """The vendor list has, per vendor, everything that a client needs to connect."""
    status, listed = call("GET", "/vendors")
    assert status == 200
    assert {"standaard", "esis", "parnassys", "magister"} <= {entry["name"] for entry in listed}
    for entry in listed:
        assert set(entry["autorisatie"]) == {"autorisatiesleutel", "klantcode", "klantnaam"}
        assert entry["leerresultaten_url"] == f"{las.url}/{entry['name']}/leerresultaten"
        assert {"brincode", "dependancecode", "schooljaar", "xsdversie"} <= set(entry)


def test_ready(call):
    """The server says that it is ready."""
    assert call("GET", "/ready") == (200, "ready\n")


def test_own_key_activates_and_replaces(call):
    """A key of the tester's own opens the school at once, and the previous key no longer does."""
    old = call("GET", "/vendors/esis")[1]
    key = f"{old['brincode']}00MijnEigenCode2026"
    status, coupling = call("PUT", "/couplings/esis", {"autorisatiesleutel": key})
    assert (status, coupling["status"]) == (200, "actief")
    assert call("GET", "/vendors/esis")[1]["autorisatie"]["autorisatiesleutel"] == key
    assert post(old, ask(old), autorisatiesleutel=key).status == 200
    assert post(old, ask(old)).faultcode == "Client.AutorisatieOngeldig"


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("99ZZ00abcdefghijklmn", "does not start with BRIN"),
        ("99QQ00tekort", "12 characters"),
        ("99QQ00" + "a" * 45, "51 characters"),
        ("99QQ00abcdefg-hijklmn", "21 characters"),
        (" 99QQ00abcdefghijklmn", "white space"),
        ("", "empty"),
    ],
)
def test_esis_refuses_a_code_against_its_rule(call, key, reason):
    """ESIS says what is wrong with a verificatiecode, without repeating it."""
    status, answer = call("PUT", "/couplings/esis", {"autorisatiesleutel": key})
    assert status == 422
    assert reason in answer["error"]
    assert not key or key not in answer["error"]


def test_parnassys_makes_a_new_key(call):
    """ParnasSys makes a key itself when none is given, and another one each time."""
    made = [call("PUT", "/couplings/parnassys", {})[1]["autorisatiesleutel"] for _ in range(2)]
    assert [len(key) for key in made] == [20, 20]
    assert made[0] != made[1]


def test_what_is_not_there(call):
    """A vendor or a school that is not there is not found."""
    assert call("PUT", "/couplings/esis", {"brincode": "99ZZ"})[0] == 404
    assert call("PUT", "/couplings/nergens", {})[0] == 404
    assert call("GET", "/vendors/nergens")[0] == 404


def test_body_that_does_not_fit(call):
    """A body with an unknown field is refused with a reason."""
    status, answer = call("PUT", "/couplings/esis", {"sleutel": "x"})
    assert status == 422
    assert "sleutel" in answer["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://example.com"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_other_sites_change_nothing(call, headers):
    """A request that a page of another site made changes nothing."""
    assert call("POST", "/reset", **headers)[0] == 403


def test_form_changes_nothing(call):
    """A body that a form of another site can send is refused."""
    assert call("PUT", "/clock", {"advance": 5}, Content_Type="text/plain")[0] == 415


def test_clock_moves_the_school_year(call):
    """The school year of the vendor list follows the clock, in Dutch time."""
    assert call("PUT", "/clock", {"now": "2027-07-31T21:59:59Z"})[1]["schooljaar"] == "2026-2027"
    assert call("PUT", "/clock", {"advance": 1})[1]["schooljaar"] == "2027-2028"
    assert call("GET", "/vendors/esis")[1]["schooljaar"] == "2027-2028"
    assert call("PUT", "/clock", {"now": "2027-07-31T21:59:59"})[0] == 422


def test_journal_says_why(call, las):
    """The journal tells why a request was refused, and what would have fitted."""
    connection = las.connection("esis")
    post(connection, ask(connection, dependancecode="01"))
    _, exchanges = call("GET", "/exchanges?vendor=esis")
    assert exchanges[-1]["faultcode"] == "Client.AutorisatieOngeldig"
    assert exchanges[-1]["remarks"] == ["no coupling for 99QQ 01; there is one for 99QQ 00"]


def test_journal_has_the_validators_findings(call, las):
    """One exchange shows what the validator finds in the request, without the value that is wrong."""
    connection = las.connection("standaard")
    post(connection, ask(connection, schooljaar="2026-2028"))
    _, exchange = call("GET", "/exchanges/1")
    assert any("schooljaar" in finding["path"] for finding in exchange["request_findings"])
    assert all(finding["message"] and finding["remedy"] for finding in exchange["request_findings"])
    post(connection, ask(connection))
    _, exchange = call("GET", "/exchanges/2")
    assert [f for f in exchange["answer_findings"] if f["severity"] == "error"] == []
