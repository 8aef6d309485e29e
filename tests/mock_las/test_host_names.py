"""A fake on loopback answers only for this machine's own names, so that no other site can read it through its own."""

import http.client
import urllib.parse

import pytest

from mock_las import MockLas

DOORS = ("/__mock__/vendors", "/__mock__/openapi.json", "/__mock__/", "/", "/koppelingen/esis", "/static/style.css")

STRANGE = (
    "127.0.0.1.evil.example",
    "127.0.0.1.evil.example:8080",
    "127.evil.example",
    "localhost.evil.example",
    "evil.example",
    "127.0.0.1..",
    "[::1].evil.example",
    "[::ffff:10.0.0.1]",
    "[localhost]",
    "localhost@evil.example",
    "127.0.0.1, evil.example",
    "0.0.0.0",
    "",
)
OURS = ("127.0.0.1.", "127.9.9.9:1", "localhost", "LOCALHOST.:8080", "[::1]:8080", "[::ffff:127.0.0.1]")


def ask_as(las: MockLas, path: str, *hosts: str) -> tuple[int, bytes]:
    """Ask for a path with these Host headers; status and body."""
    address = urllib.parse.urlsplit(las.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    connection.putrequest("GET", path, skip_host=True)
    for host in hosts:
        connection.putheader("Host", host)
    connection.endheaders()
    with connection.getresponse() as answer:
        found = answer.status, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize("path", DOORS)
def test_strange_host_names_read_nothing(las, path):
    """Neither the control API nor a page says anything to a request for another name than this machine's."""
    keys = [connection.autorisatie.autorisatiesleutel.encode() for connection in las.connections()]
    for host in STRANGE:
        status, body = ask_as(las, path, host)
        assert status == 403, host
        assert not [key for key in keys if key in body], host


@pytest.mark.parametrize("path", DOORS)
def test_own_host_names_are_answered(las, path):
    """Every valid way of naming this machine gets the page."""
    assert {ask_as(las, path, host)[0] for host in OURS} <= {200, 308}


def test_a_server_for_everybody_answers_by_any_name():
    """Whoever has the fakes listen on every address reaches them by the name that the machine has there."""
    with MockLas("esis", leerlingen=1, host="0.0.0.0") as las:
        assert ask_as(las, "/__mock__/vendors", "las.test.example")[0] == 200
