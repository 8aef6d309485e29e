"""What a client is told, and what it never tells."""

from __future__ import annotations

import inspect
import logging
import subprocess
import sys
import tempfile
import traceback
import warnings
from datetime import timedelta

import pytest
from rich.pretty import pretty_repr

import uwlr
from uwlr import berichten
from uwlr.berichten import Autorisatie
from uwlr.client import (
    AsyncUwlrClient,
    LongKeyWarning,
    Retry,
    UwlrClient,
)
from uwlr.client.records import HttpAnswer, HttpRequest
from uwlr.errors import ConfigurationError, UwlrError

URL = "https://las.example/uwlr"


def _key(sleutel: str) -> Autorisatie:
    return Autorisatie(autorisatiesleutel=sleutel, klantcode="c", klantnaam="n")


@pytest.mark.parametrize("sleutel", [" sleutel", "sleutel\n", "\tsleutel", "sleutel\u00a0"])
@pytest.mark.parametrize("cls", [UwlrClient, AsyncUwlrClient])
def test_white_space_around_a_key_is_reported(cls, sleutel):
    """A key that was copied with white space is refused with a way out, and does not show."""
    with pytest.raises(ConfigurationError, match="allow_surrounding_space") as caught:
        cls(URL, autorisatie=_key(sleutel))

    assert "sleutel\n" not in str(caught.value)


def test_white_space_is_sent_where_that_is_asked(parrot, make_client, antwoord):
    """With allow_surrounding_space the key goes out byte for byte."""
    parrot.says(antwoord("<geengegevens/>"))

    make_client(parrot.url, autorisatie=_key(" sleutel "), allow_surrounding_space=True).vraag()

    assert b"<autorisatiesleutel> sleutel </autorisatiesleutel>" in parrot.heard[0].body


def test_a_long_key_is_a_warning_and_goes_out(parrot, make_client, antwoord):
    """A key over 64 characters warns, and is sent as it is."""
    parrot.says(antwoord("<geengegevens/>"))

    with pytest.warns(LongKeyWarning, match="88 characters") as caught:
        las = make_client(parrot.url, autorisatie=_key("k" * 88))
    las.vraag()

    assert "kkk" not in str(caught[0].message)
    assert b"k" * 88 in parrot.heard[0].body


def test_a_key_of_64_characters_does_not_warn():
    """Sixty-four characters fit the schema."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        UwlrClient(URL, autorisatie=_key("k" * 64)).close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"url": None}, "give url"),
        ({"url": "las.example"}, "url is not"),
        ({"url": "ftp://las.example"}, "url is not"),
        ({"url": "https://"}, "url is not"),
        ({"url": "https://las.example:99999/"}, "url is not"),
        ({"url": URL, "leerresultaten_url": "x"}, "leerresultaten_url is not"),
        ({"url": URL, "autorisatie": _key("")}, "autorisatiesleutel is empty"),
        ({"url": URL, "versie": "1.0"}, "versie"),
        ({"url": URL, "timeout": timedelta()}, "timeout"),
        ({"url": URL, "max_response_size": 0}, "max_response_size"),
        ({"url": URL, "http_headers": {"A": "x\r\nB: y"}}, "http_headers"),
        ({"url": URL, "http_headers": {"A": "€"}}, "http_headers"),
        ({"url": URL, "transport": object()}, "transport is not"),
        ({"url": URL, "session": object()}, "session is n"),
        ({"url": URL, "session": object(), "transport": object()}, "a session or a transport, not both"),
        ({"url": URL, "session": object(), "cert": "x.pem"}, "give them to your own"),
        ({"url": URL, "session": object(), "proxy": "http://proxy.example"}, "give them to your own"),
        ({"url": URL, "transport": object(), "verify": "x.pem"}, "give them to your own"),
        ({"url": URL, "verify": False}, "the PEM file of the authority"),
        ({"url": URL, "verify": "absent.pem"}, r"absent\.pem cannot be read"),
        ({"url": URL, "cert": "absent.pem"}, r"absent\.pem cannot be read"),
        ({"url": URL, "proxy": "proxy.example:8080"}, "proxy is not"),
    ],
)
@pytest.mark.parametrize("cls", [UwlrClient, AsyncUwlrClient])
def test_a_wrong_argument_is_named(cls, arguments, words):
    """A wrong argument is a ConfigurationError, and a ValueError, before anything is sent."""
    with pytest.raises(ConfigurationError, match=words) as caught:
        cls(**{"autorisatie": _key("sleutel")} | arguments)

    assert isinstance(caught.value, ValueError)


def test_a_service_without_address_is_named(make_client, verzoek):
    """Results without leerresultaten_url, and a roster without url, say which argument is missing."""
    with pytest.raises(ConfigurationError, match="leerresultaten_url="):
        make_client(URL).breng_leerresultaten(verzoek)
    with pytest.raises(ConfigurationError, match=r" url="):
        make_client(None, leerresultaten_url=URL).vraag()


def test_what_is_not_a_request_is_refused(make_client):
    """Only the five requests can be exchanged."""
    with pytest.raises(ConfigurationError, match="GeenGegevens is not a request"):
        make_client(URL).exchange(berichten.GeenGegevens())


@pytest.mark.parametrize(("quoted", "expected"), [(True, '"HaalLeerlinggegevens"'), (False, "HaalLeerlinggegevens")])
def test_the_soap_action_is_quoted_or_bare(parrot, make_client, antwoord, quoted, expected):
    """quoted_soap_action decides how the SOAPAction goes out."""
    parrot.says(antwoord("<geengegevens/>"))

    make_client(parrot.url, quoted_soap_action=quoted).vraag()

    assert parrot.heard[0].headers["soapaction"] == expected


def test_headers_of_the_caller_go_along(parrot, make_client, antwoord):
    """http_headers are added, and win over the client's own."""
    parrot.says(antwoord("<geengegevens/>"))

    make_client(parrot.url, http_headers={"Subscription-Key": "s", "content-type": "text/xml"}).vraag()

    headers = parrot.heard[0].headers
    assert (headers["subscription-key"], headers["content-type"]) == ("s", "text/xml")


def test_a_request_says_its_version_and_length(parrot, make_client, antwoord):
    """The version of the client is the xsdversie, and the body has a Content-Length, not chunks."""
    parrot.says(antwoord("<geengegevens/>"))

    make_client(parrot.url, versie="2.3").haal_leerlinggegevens(
        schooljaar="2025-2026", brincode="99QQ", gegevenssetid="Smalle-set-VO"
    )

    [heard] = parrot.heard
    assert b"<xsdversie>2.3</xsdversie><gegevenssetid>Smalle-set-VO</gegevenssetid>" in heard.body
    assert heard.headers["content-length"] == str(len(heard.body))
    assert heard.headers["content-type"] == "text/xml; charset=utf-8"


@pytest.mark.parametrize("reply", ["answer", "fault", "html", "cut", "closed"])
def test_the_key_shows_nowhere(parrot, make_client, antwoord, fault, http, caplog, reply):
    """Neither logs, nor errors with their traceback, nor reprs show key, address or persons."""
    caplog.set_level(logging.DEBUG, "uwlr")
    caplog.set_level(logging.DEBUG, "stamina")
    secret = "geheim0123456789ABCDEF"
    parrot.says(
        {
            "answer": antwoord("<geengegevens/>"),
            "fault": fault("Server.TijdelijkNietBeschikbaar", f"sleutel {secret} van Geheimenaar"),
            "html": http(f"<html>{secret}".encode(), content_type="text/html"),
            "cut": antwoord("<leerlinggegevens>Geheimenaar")[:-30],
            "closed": b"",
        }[reply]
    )
    las = make_client(parrot.url, http_headers={"Subscription-Key": "geheim-abonnement"})
    call = las.client._core.call(berichten.LeerlinggegevensVerzoek(schooljaar="x", brincode="x", xsdversie="x"))
    request = HttpRequest(operation="o", method="m", url="u", headers={"K": secret}, body=secret.encode())
    answer = HttpAnswer(status=200, headers={"Set-Cookie": secret}, body=secret.encode())
    records = (las.client, las.client._core.config, call, request, answer)
    shown = [text(record) for record in records for text in (repr, pretty_repr)]

    try:
        las.vraag()
    except UwlrError as error:
        shown += [str(error), repr(error), "".join(traceback.format_exception(error))]

    text = "".join(shown) + caplog.text
    assert "HaalLeerlinggegevens" in caplog.text
    for word in (secret, "Geheimenaar", "geheim-abonnement", "in-the-address"):
        assert word not in text


def test_the_log_has_fields(parrot, las, antwoord, caplog):
    """Each attempt is logged with operation, host, status and duration as fields."""
    caplog.set_level(logging.INFO, "uwlr.client")
    parrot.says(antwoord("<geengegevens/>"))

    las.vraag()

    [record] = [record for record in caplog.records if record.name == "uwlr.client"]
    assert (record.operation, record.host, record.status, record.outcome) == (
        "HaalLeerlinggegevens",
        parrot.host,
        200,
        "ok",
    )
    assert record.duration_ms >= 0


def test_an_address_without_tls_is_warned_about(caplog):
    """Another host over plain http is a line in the log."""
    UwlrClient("http://las.example/", autorisatie=_key("sleutel"), retry=Retry(attempts=1)).close()

    assert "las.example is called without TLS" in caplog.text


def test_a_client_is_made_without_zeep():
    """Both clients, with certificate, authority and proxy or without, do without zeep."""
    code = (
        "import sys; sys.modules['zeep'] = None\n"
        "import trustme, uwlr\n"
        "trustme.CA().issue_cert('ea.example').private_key_and_cert_chain_pem.write_to_path(sys.argv[1])\n"
        "key = uwlr.Autorisatie(autorisatiesleutel='s', klantcode='c', klantnaam='n')\n"
        "for more in ({}, {'cert': sys.argv[1], 'verify': sys.argv[1], 'proxy': 'http://127.0.0.1:1'}):\n"
        "    for cls in (uwlr.UwlrClient, uwlr.AsyncUwlrClient):\n"
        "        print(cls('https://las.example', autorisatie=key, **more))"
    )
    with tempfile.NamedTemporaryFile() as pem:
        done = subprocess.run([sys.executable, "-c", code, pem.name], capture_output=True, text=True, check=True)
    assert done.stdout.count("hosts=['las.example']") == 4


def test_importing_does_not_load_zeep():
    """Neither uwlr, nor its client, nor the names they export load zeep, requests, httpx or stamina."""
    code = (
        "import sys, uwlr, uwlr.client; uwlr.UwlrClient; uwlr.AsyncUwlrClient; "
        "print([name for name in ('zeep', 'requests', 'httpx', 'stamina') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("missing", ["requests", "stamina", "httpx"])
def test_a_missing_extra_says_how_to_install_it(missing):
    """Without the extra, making a client gives the exact line to install it."""
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "import uwlr\n"
        "key = uwlr.Autorisatie(autorisatiesleutel='s', klantcode='c', klantnaam='n')\n"
        "try: uwlr.UwlrClient('https://las.example', autorisatie=key)\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f'{missing} is not installed: pip install "uwlr[client]"\n'


def test_both_clients_have_the_same_methods():
    """Each method takes the same arguments and gives the same answers under both clients."""

    def methods(cls):
        found = inspect.getmembers(cls, inspect.isfunction)
        return {name: inspect.signature(method) for name, method in found if not name.startswith("_")}

    waiting, at_once = methods(AsyncUwlrClient), methods(UwlrClient)

    assert waiting.pop("aclose") == at_once.pop("close")
    assert waiting == at_once
    assert len(at_once) == 7


def test_public_names_are_exported_from_the_top():
    """What a program needs most is found in uwlr itself."""
    assert uwlr.UwlrClient is UwlrClient
    assert uwlr.AsyncUwlrClient is AsyncUwlrClient


@pytest.mark.parametrize("given", [None, "SleutelVanXX", {"autorisatiesleutel": "SleutelVanXX"}, object()])
def test_what_is_no_autorisatie_is_refused_at_once(given):
    """Anything but an Autorisatie is refused when the client is made, with what is wanted and without the key."""
    with pytest.raises(ConfigurationError, match=r"must be a uwlr\.Autorisatie, not \w+") as refused:
        UwlrClient("https://las.example/uwlr", autorisatie=given)
    assert "SleutelVanXX" not in str(refused.value)
