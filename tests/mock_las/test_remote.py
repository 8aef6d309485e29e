"""The fakes at an address: the same verbs, by the control API alone."""

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from helpers.plain_client import ask, post, roster, scores
from mock_las.remote_las import RemoteLas
from mock_las.routes import ROUTES
from mock_las.verbs import Unknown
from uwlr.errors import ConfigurationError, ConnectError
from uwlr.testing import make_school

AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def remote(las):
    """The running fakes, at their address."""
    return RemoteLas(las.url, "esis")


def test_every_read_is_the_same(las, remote):
    """What the control API tells is what the fakes tell in-process."""
    las.set_clock(now=AT)
    assert remote.connections() == las.connections()
    assert remote.connection() == las.connection("esis")
    assert remote.state() == las.state()
    assert remote.couplings() == las.couplings("esis")
    assert remote.outbox("focuspo") == las.outbox("focuspo")


def test_every_change_takes_effect(las, remote):
    """What is done by the control API is done to the fakes."""
    remote.set_clock(now=AT)
    remote.activate("99QQ00VanVerreGezet2026")
    remote.add_school(brincode="99QR", leerlingen=3)
    remote.load_school(make_school(2, leerlingen=4, brincode="99QS", schooljaar="2026-2027"))
    remote.change_school("left")
    remote.enter_numbers(["L1"], vendor="focuspo")
    remote.plan_fault("http", vendor="parnassys")
    connection = las.connection("parnassys")
    assert post(connection, ask(connection)).status == 503
    esis = las.connection("esis")
    assert esis.autorisatie.autorisatiesleutel == "99QQ00VanVerreGezet2026"
    assert len(post(esis, ask(esis)).bericht.inhoud.leerlingen) == 39
    assert [school.brincode for school in las.state().vendors["esis"].schools] == ["99QQ", "99QR", "99QS"]
    remote.remove_key()
    assert las.couplings("esis")[0].status == "gepauzeerd"
    remote.clear_faults()
    assert [exchange.status for exchange in remote.exchanges("parnassys")] == [503]
    remote.reset(seed=9)
    assert (las.state().seed, las.exchanges()) == (9, [])
    las.reset(seed=7)


def test_refusals_are_told_apart(remote):
    """What is not there and what is refused are different errors, with the reason."""
    with pytest.raises(Unknown, match="no school 99ZZ"):
        remote.activate(brincode="99ZZ")
    with pytest.raises(ConfigurationError, match="does not start with BRIN"):
        remote.activate("00AA00abcdefghijklmnop")
    with pytest.raises(Unknown, match="exchange 5"):
        remote.exchange(5)
    with pytest.raises(ConnectError):
        RemoteLas("http://127.0.0.1:9").state()
    for nonsense in ("nonsense", "127.0.0.1:8080", "ftp://127.0.0.1", "http://", "http://127.0.0.1/?a"):
        with pytest.raises(ConfigurationError, match="address"):
            RemoteLas(nonsense)


@pytest.mark.parametrize("status", [200, 404])
def test_something_else_answers(status):
    """What answers as no mock-las does is not taken for one."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"<html/>")

        def log_message(self, *_):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.handle_request).start()
        with pytest.raises(ConnectError, match="is no mock-las"):
            RemoteLas(f"http://127.0.0.1:{server.server_port}").state()


def test_exported_exchanges_hold_nothing_personal(las, remote, tmp_path):
    """An export shows the form of every message, and no key, name, number or score's owner."""
    connection = las.connection("esis")
    pupils = roster(connection).leerlingen
    given = {("geheime-sleutel", pupils[0].key): 5}
    for minute in range(2):
        post(connection, scores(connection, given, AT + dt.timedelta(minutes=minute)))
    remote.export(tmp_path / "export.json")
    text = (tmp_path / "export.json").read_text()
    secret = [connection.autorisatie.autorisatiesleutel, "geheime-sleutel"]
    for pupil in pupils:
        secret += [pupil.key, pupil.eckid, pupil.achternaam, str(pupil.geboortedatum)]
    assert not [value for value in secret if (value and f">{value}<" in text) or f'"{value}\\"' in text]
    exported = json.loads(text)
    assert "<brincode>99QQ</brincode>" in exported[0]["request"]
    assert exported[0]["answer"].count("<leerling ") == len(pupils)
    keys = [exchange["request"].partition('<resultaat key="')[2].partition('"')[0] for exchange in exported[1:]]
    assert keys[0].startswith("…")
    assert keys[0] == keys[1], "a repeated key can be seen to repeat"


def test_every_route_is_a_verb_with_a_sentence():
    """Every route of the control API says in one sentence what it does."""
    assert all(route.summary.endswith(".") for route in ROUTES)


def test_openapi_document_agrees_with_the_server(las):
    """Whatever the OpenAPI document allows is answered as it says; schemathesis makes the requests."""
    import hypothesis
    import schemathesis

    # A vendor may refuse what the document allows: a school that it does not have, a key against its rule.
    excluded = [schemathesis.checks.unsupported_method, schemathesis.checks.positive_data_acceptance]
    schema = schemathesis.openapi.from_url(f"{las.url}/__mock__/openapi.json")
    for found in schema.get_all_operations():
        operation = found.ok()

        @hypothesis.given(case=operation.as_strategy())
        @hypothesis.settings(max_examples=3, deadline=None, database=None, derandomize=True)
        def check(case):
            case.call_and_validate(excluded_checks=excluded)

        check()
    las.reset(seed=7)
