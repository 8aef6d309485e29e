"""Claims of SECURITY.md about keys and addresses, each tried."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import msgspec
import pytest

from mock_las import MockLas
from uwlr.client import Retry, UwlrClient
from uwlr.errors import ClientFault
from uwlr.foutcodes import Foutcode


@pytest.fixture(scope="module")
def las():
    """A LAS with two schools, each with a key of its own."""
    with MockLas(leerlingen=3) as las:
        las.add_school(brincode="99AB", leerlingen=3)
        yield las


def client(las, key):
    """A client with a key."""
    to = las.connection()
    autorisatie = msgspec.structs.replace(to.header, autorisatiesleutel=key)
    return UwlrClient(to.leerlinggegevens_url, autorisatie=autorisatie, retry=Retry(attempts=1))


def test_a_key_opens_the_schools_of_its_coupling_only(las):
    """With the key of one school nothing of another is had, and the answer does not repeat the key."""
    key = las.activate(brincode="99AB").autorisatiesleutel
    with client(las, key) as asks:
        assert asks.haal_leerlinggegevens(schooljaar=las.school["schooljaar"], brincode="99AB").leerlingen
        with pytest.raises(ClientFault) as caught:
            asks.haal_leerlinggegevens(**las.school)
    assert caught.value.code == Foutcode.AUTORISATIE_ONGELDIG
    assert key not in f"{caught.value.text} {caught.value.detail}"


def test_the_fakes_listen_on_loopback_unless_told_otherwise(las):
    """Another address of the same machine finds nobody on that port."""
    port = urlsplit(las.url).port
    with socket.socket() as here, socket.socket() as elsewhere:
        assert here.connect_ex(("127.0.0.1", port)) == 0
        assert elsewhere.connect_ex(("127.0.0.2", port)) != 0
