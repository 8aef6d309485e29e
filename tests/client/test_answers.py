"""What an answer means: messages, empty answers, faults, and everything that is no answer at all."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
from rich.pretty import pretty_repr

from uwlr import berichten
from uwlr.client import Exchange, Retry
from uwlr.errors import (
    ClientFault,
    ConnectError,
    HttpError,
    InvalidMessage,
    NotSoap,
    NotXml,
    ServerFault,
    Timeout,
    UnexpectedElement,
)
from uwlr.foutcodes import Foutcode

SCHOOL = "<school><schooljaar>2025-2026</schooljaar><brincode>99QQ</brincode></school>"
LEERLING = '<leerling key="l1"><achternaam>Geheimenaar</achternaam></leerling>'
ROSTER = f"<leerlinggegevens>{SCHOOL}<leerlingen>{LEERLING}</leerlingen></leerlinggegevens>"


def test_a_roster_comes_back_as_a_message(parrot, las, antwoord):
    """haal_leerlinggegevens gives the content of the answer itself."""
    parrot.says(antwoord(ROSTER))

    gegevens = las.vraag()

    assert isinstance(gegevens, berichten.Leerlinggegevens)
    assert [leerling.key for leerling in gegevens.leerlingen] == ["l1"]


@pytest.mark.parametrize("name", ["geengegevens", "geenwijzigingen"])
def test_an_empty_answer_has_a_class_of_its_own(parrot, las, antwoord, name):
    """Neither empty answer is a roster without pupils."""
    parrot.says(antwoord(f"<{name}/>"))

    inhoud = las.vraag()

    expected = {"geengegevens": berichten.GeenGegevens, "geenwijzigingen": berichten.GeenWijzigingen}
    assert type(inhoud) is expected[name]


@pytest.mark.parametrize("content", ["", f"<leerlinggegevens>{SCHOOL}<leerlingen/></leerlinggegevens>"])
def test_an_answer_without_pupils_is_never_an_empty_list(parrot, las, antwoord, content):
    """An answer with nothing in it, and a roster without pupils, are errors."""
    parrot.says(antwoord(content))

    with pytest.raises(InvalidMessage) as caught:
        las.vraag()

    assert caught.value.operation == "HaalLeerlinggegevens"
    assert caught.value.endpoint == parrot.host


@pytest.mark.parametrize(
    ("method", "operation", "part", "expected"),
    [
        (
            "haal_structuur",
            "structuur",
            f"<leerlinggegevens-structuur>{SCHOOL}</leerlinggegevens-structuur>",
            berichten.LeerlinggegevensStructuur,
        ),
        (
            "haal_leerlingen",
            "leerlingen",
            f"<leerlinggegevens-leerlingen>{SCHOOL}<leerlingen>{LEERLING}</leerlingen></leerlinggegevens-leerlingen>",
            berichten.LeerlinggegevensLeerlingen,
        ),
        (
            "haal_leerkrachten",
            "leerkrachten",
            f"<leerlinggegevens-leerkrachten>{SCHOOL}</leerlinggegevens-leerkrachten>",
            berichten.LeerlinggegevensLeerkrachten,
        ),
    ],
)
def test_each_stage_has_its_own_answer(parrot, las, antwoord, method, operation, part, expected):
    """The three staged operations send their own SOAPAction and read their own answer."""
    groep = berichten.Groep(key="g1", naam="1A", jaargroep=berichten.Jaargroep.GROEP_1)
    groepen = {} if method == "haal_structuur" else {"groepen": [groep, berichten.VerzoekSamengesteldeGroep()]}
    parrot.says(antwoord(part, operation=operation))

    inhoud = getattr(las, method)(schooljaar="2025-2026", schoolkey="s", **groepen)

    assert type(inhoud) is expected
    [heard] = parrot.heard
    assert heard.headers["soapaction"].endswith(f'/{operation}_verzoek"')
    assert (b'<groep key="g1"/><samengestelde_groep/>' in heard.body) == bool(groepen)


def test_the_confirmation_of_results(parrot, las, bevestiging, verzoek):
    """breng_leerresultaten goes to the other address and gives the confirmation."""
    parrot.says(bevestiging)

    assert las.breng_leerresultaten(verzoek) == berichten.LeerresultatenBevestiging()
    assert [(heard.path, heard.headers["soapaction"]) for heard in parrot.heard] == [
        ("/resultaten", '"BrengLeerresultaten"')
    ]


@pytest.mark.parametrize("prefix", ["soap:", "", "SOAP-ENV:", "a:b:"])
@pytest.mark.parametrize("status", ["200 OK", "500 Internal Server Error", "401 Unauthorized"])
def test_a_fault_is_read_with_any_prefix_and_status(parrot, las, fault, prefix, status):
    """A fault is a fault whatever the HTTP status and the prefix of its code."""
    parrot.says(fault("Client.AutorisatieOngeldig", "tekst", status, prefix=prefix))

    with pytest.raises(ClientFault) as caught:
        las.vraag()

    assert caught.value.code is Foutcode.AUTORISATIE_ONGELDIG
    assert (caught.value.text, caught.value.http_status) == ("tekst", int(status[:3]))
    assert (caught.value.operation, caught.value.endpoint) == ("HaalLeerlinggegevens", parrot.host)


def test_an_unknown_fault_code_is_kept_as_text(parrot, las, fault):
    """A code outside the agreement is kept, and says by its start who is to blame."""
    parrot.says(fault("Server.Onderhoud"))

    with pytest.raises(ServerFault) as caught:
        las.vraag()

    assert caught.value.code == "Server.Onderhoud"


def test_the_words_of_a_fault_do_not_show(parrot, las, fault):
    """A peer may put a name in a faultstring: it is an attribute, not part of the message."""
    parrot.says(fault("Client.LeerlingOngeldig", "Jan Geheimenaar is onbekend"))

    with pytest.raises(ClientFault) as caught:
        las.vraag()

    assert "Geheimenaar" not in str(caught.value) + repr(caught.value)
    assert "Leerling ongeldig" in str(caught.value)


HTML = b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@pytest.mark.parametrize(
    ("body", "status", "content_type", "problem", "words"),
    [
        (HTML, "200 OK", "text/html", "html", "an HTML page"),
        (HTML, "500 Internal Server Error", "text/html; charset=utf-8", "html", "try later"),
        (HTML, "404 Not Found", "text/html", "html", "check its path"),
        (HTML, "401 Unauthorized", "text/html", "login", "a login is asked"),
        (b'{"message": "no subscription"}', "401 Unauthorized", "application/json", "login", "a login is asked"),
        (b"", "403 Forbidden", "text/plain", "login", "access is refused"),
        (b"", "200 OK", "text/xml", "empty", "empty body"),
        (b" \r\n", "202 Accepted", "text/xml", "empty", "empty body"),
        (b'{"ok": true}', "200 OK", "application/json", "content-type", "application/json, not SOAP"),
        (b"OK", "200 OK", "text/plain", "content-type", "text/plain, not SOAP"),
        (b"<error>x</error>", "404 Not Found", "text/xml", "status", "XML that is not SOAP"),
    ],
)
def test_what_is_not_soap_says_what_it_is(parrot, las, http, body, status, content_type, problem, words):
    """A page, a login, an empty body and another format each get their own text and problem."""
    parrot.says(http(body, status, content_type=content_type))

    with pytest.raises(HttpError, match=words) as caught:
        las.vraag()

    assert (caught.value.problem, caught.value.status) == (problem, int(status[:3]))
    assert str(caught.value).startswith(f"HaalLeerlinggegevens {parrot.host}: answered {status}")


def test_the_excerpt_of_a_page_is_short_and_hides_the_key(parrot, las, http):
    """At most 80 characters of a page are kept, never the key, and none of them is in the text of the error."""
    parrot.says(http(b"<html>geheim0123456789ABCDEF is wrong " + b"x" * 200, content_type="text/html"))

    with pytest.raises(HttpError) as caught:
        las.vraag()

    assert caught.value.excerpt.startswith("<html>… is wrong xxx")
    assert len(caught.value.excerpt) == 80
    assert "is wrong" not in str(caught.value)


def test_xml_never_shows(parrot, las, http):
    """XML that is no SOAP may hold persons: nothing of it shows."""
    parrot.says(http(b"<leerling>Geheimenaar</leerling>", "500 Internal Server Error"))

    with pytest.raises(HttpError) as caught:
        las.vraag()

    assert caught.value.excerpt is None
    assert "Geheimenaar" not in str(caught.value)


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_bare_message_is_not_soap(parrot, las, http, size):
    """A message without an envelope is refused, whatever its size."""
    namespace = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"
    space = " " * size
    body = f'<leerlinggegevens_antwoord xmlns="{namespace}">{space}<geengegevens/></leerlinggegevens_antwoord>'
    parrot.says(http(body.encode()))

    with pytest.raises(NotSoap):
        las.vraag()


def test_soap_1_2_is_not_soap_1_1(parrot, las, http):
    """An envelope of SOAP 1.2 says so."""
    body = b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><x/></e:Body></e:Envelope>'
    parrot.says(http(body, content_type="application/soap+xml"))

    with pytest.raises(NotSoap, match=r"SOAP 1\.2"):
        las.vraag()


def test_another_message_than_was_due(parrot, las, antwoord):
    """The answer to another operation is named."""
    parrot.says(antwoord("<geengegevens/>", operation="structuur"))

    with pytest.raises(UnexpectedElement, match="structuur_antwoord where leerlinggegevens_antwoord was due"):
        las.vraag()


def test_an_ordinary_message_with_an_error_status(parrot, las, soap, http):
    """A roster with status 500 contradicts itself and is not taken."""
    body = '<leerlinggegevens_antwoord xmlns="http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens">'
    parrot.says(http(soap(f"{body}<geengegevens/></leerlinggegevens_antwoord>"), "500 Internal Server Error"))

    with pytest.raises(HttpError, match="contradict"):
        las.vraag()


def test_soap_under_a_wrong_content_type_is_read_and_logged(parrot, las, antwoord, caplog):
    """An envelope that comes as text/plain is read; the log says so."""
    parrot.says(antwoord("<geengegevens/>").replace(b"text/xml", b"text/plain"))

    assert isinstance(las.vraag(), berichten.GeenGegevens)
    assert "an answer came as text/plain" in caplog.text


def test_xml_that_is_cut_off_is_truncated(parrot, make_client, antwoord, http):
    """An envelope that stops half way, in an HTTP answer that is whole, is named as cut off."""
    body = antwoord(ROSTER).partition(b"\r\n\r\n")[2]
    parrot.says(http(body[: len(body) // 2]))

    with pytest.raises(HttpError, match="before the end of the envelope") as caught:
        make_client(parrot.url).vraag()

    assert caught.value.problem == "truncated"
    assert "Geheimenaar" not in str(caught.value)


def test_a_body_shorter_than_announced_is_truncated(parrot, las, antwoord):
    """A body that breaks off before its Content-Length says how far it came."""
    whole = antwoord(ROSTER)
    parrot.says(whole[:-20])

    with pytest.raises(HttpError, match=r"broke off after \d+ bytes of \d+") as caught:
        las.vraag()

    assert caught.value.problem == "truncated"


def test_broken_chunks_are_truncated(parrot, las, http):
    """A chunked body that breaks off is cut off too."""
    parrot.says(http(b"ffff\r\n<soap:Envelope", "200 OK", "Transfer-Encoding: chunked"))

    with pytest.raises(HttpError) as caught:
        las.vraag()

    assert caught.value.problem == "truncated"


def test_xml_that_is_not_well_formed_inside(parrot, las, soap, http):
    """A whole envelope with broken XML in it is not XML, with line and column."""
    parrot.says(http(soap("<a></b>")))

    with pytest.raises(NotXml) as caught:
        las.vraag()

    assert caught.value.line == 1


def test_a_doctype_is_refused(parrot, las, http, soap):
    """An answer with a DOCTYPE is refused before its entities are read."""
    parrot.says(http(b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + soap("<x>&a;</x>")))

    with pytest.raises(NotXml, match="DOCTYPE"):
        las.vraag()


def test_gzip_is_read(parrot, las, antwoord, http):
    """A compressed answer is read as any other."""
    body = gzip.compress(antwoord(ROSTER).partition(b"\r\n\r\n")[2])
    parrot.says(http(body, "200 OK", "Content-Encoding: gzip"))

    assert isinstance(las.vraag(), berichten.Leerlinggegevens)
    assert parrot.heard[0].headers["accept-encoding"] == "gzip, deflate"


def test_broken_gzip_is_named(parrot, las, http):
    """A body that says gzip and is not has an error of its own."""
    parrot.says(http(b"<soap:Envelope/>", "200 OK", "Content-Encoding: gzip"))

    with pytest.raises(HttpError) as caught:
        las.vraag()

    assert caught.value.problem == "encoding"


def test_a_compression_that_was_not_asked_for_is_named(parrot, las, http):
    """A body in an encoding the client does not know is not taken for XML."""
    parrot.says(http(b"\x1b\x00\x00", "200 OK", "Content-Encoding: compress"))

    with pytest.raises(HttpError, match="compress") as caught:
        las.vraag()

    assert caught.value.problem == "encoding"


def test_chunks_are_read(parrot, las, antwoord, http):
    """A body in chunks, without a length, is read as any other."""
    body = antwoord(ROSTER).partition(b"\r\n\r\n")[2]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:7], body[7:]))
    parrot.says(http(chunks + b"0\r\n\r\n", "200 OK", "Transfer-Encoding: chunked"))

    assert isinstance(las.vraag(), berichten.Leerlinggegevens)


@pytest.mark.parametrize("how", ["announced", "chunked", "gzip"])
def test_an_answer_over_the_limit_is_refused(parrot, make_client, http, how):
    """The limit holds with a length, without one, and after decompression."""
    limit = 1 << 16
    body = b"<a>" + b" " * (4 * limit)
    if how == "announced":
        reply = http(body[:10], "200 OK", f"Content-Length: {len(body)}")
    elif how == "chunked":
        reply = http(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), "200 OK", "Transfer-Encoding: chunked")
    else:
        reply = http(gzip.compress(body), "200 OK", "Content-Encoding: gzip")
    parrot.says(reply)

    with pytest.raises(HttpError, match="raise max_response_size") as caught:
        make_client(parrot.url, max_response_size=limit).vraag()

    assert caught.value.problem == "oversized"
    assert len(parrot.heard) == 1


def test_a_silent_server_times_out(parrot, make_client, silence):
    """Without an answer within timeout there is a Timeout, which is not repeated."""
    parrot.says(silence)

    with pytest.raises(Timeout, match=r"no answer within 0\.05 s"):
        make_client(parrot.url, timeout=timedelta(milliseconds=50)).vraag()

    assert len(parrot.heard) == 1


def test_a_server_that_stops_half_way_times_out(parrot, make_client, http, silence):
    """A body that stalls is a Timeout as well."""
    silence.before = http(b"<soap:", "200 OK", "Content-Length: 100")
    parrot.says(silence)

    with pytest.raises(Timeout, match="no more of the answer"):
        make_client(parrot.url, timeout=timedelta(milliseconds=500)).vraag()


def test_an_answer_that_takes_too_long_in_all_times_out(parrot, make_client, antwoord):
    """total_timeout bounds the whole answer, however steadily it trickles in."""
    parrot.says(antwoord(ROSTER))

    with pytest.raises(Timeout, match="total_timeout"):
        make_client(parrot.url, total_timeout=timedelta(microseconds=1)).vraag()


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_refused(parrot, las, http, status):
    """No redirect is followed, so that the key goes nowhere else; the error names the other host only."""
    parrot.says(http(b"", status, "Location: https://elders.example/pad?geheim"))

    with pytest.raises(HttpError, match=r"a redirect to elders\.example, which is not followed") as caught:
        las.vraag()

    assert caught.value.problem == "redirect"
    assert len(parrot.heard) == 1


def test_nobody_at_the_address(parrot, make_client):
    """A port where nobody listens is a ConnectError that says why."""
    parrot.close()

    with pytest.raises(ConnectError, match="Connection refused"):
        make_client(parrot.url, retry=Retry(attempts=1)).vraag()


def test_deviations_are_handed_over(parrot, make_client, antwoord):
    """What tolerant reading noticed goes to on_deviations, with the whole exchange."""
    seen: list[Exchange] = []
    parrot.says(antwoord(ROSTER.replace("</leerling>", "<eigen_veld>x</eigen_veld></leerling>")))

    gegevens = make_client(parrot.url, on_deviations=seen.append).vraag()

    assert isinstance(gegevens, berichten.Leerlinggegevens)
    [exchange] = seen
    assert [deviation.kind for deviation in exchange.deviations] == ["unknown-element"]
    assert exchange.bericht.inhoud is gegevens


def test_deviations_nobody_asked_for_are_counted_in_the_log(parrot, las, antwoord, caplog):
    """Without on_deviations the log says how many there are, not what they hold."""
    parrot.says(antwoord(ROSTER.replace("</leerling>", "<eigen_veld>x</eigen_veld></leerling>")))

    las.vraag()

    assert "the answer deviates in 1 places" in caplog.text
    assert "eigen_veld" not in caplog.text


def test_an_exchange_tells_what_happened(parrot, las, antwoord):
    """Exchange gives the answer with its status, time and bytes, and shows none of them."""
    reply = antwoord(ROSTER)
    parrot.says(reply)
    verzoek = berichten.LeerlinggegevensVerzoek(schooljaar="2025-2026", brincode="99QQ", xsdversie="2.1")

    exchange = las.exchange(verzoek)

    assert exchange.body == reply.partition(b"\r\n\r\n")[2]
    assert (exchange.verzoek, exchange.http_status, exchange.attempts) == (verzoek, 200, 1)
    assert exchange.endpoint == parrot.host
    assert exchange.received_at.utcoffset() == timedelta()
    assert "Geheimenaar" not in repr(exchange) + pretty_repr(exchange)
