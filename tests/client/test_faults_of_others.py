"""Answers of servers that are not ours: their faults, and all that stands around, in or instead of an envelope."""

from __future__ import annotations

import base64
import gzip
import logging
import zlib
from typing import NamedTuple

import pytest

import uwlr
from uwlr.berichten import GeenGegevens, LeerlinggegevensVerzoek
from uwlr.client.retry import is_temporary
from uwlr.errors import ClientFault, Fault, HttpError, MessageError, NotSoap, NotXml, ServerFault, UwlrError
from uwlr.foutcodes import Foutcode
from uwlr.norm import SOAP12_ENVELOPE, SOAP_ENVELOPE

PEER = "Geheimenaar"
"""A word that only the peer says."""

LG = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"
NAME = "Böll-" + PEER
ROSTER = (
    f'<leerlinggegevens_antwoord xmlns="{LG}"><leerlinggegevens><school><schooljaar>2025-2026</schooljaar>'
    f'<brincode>99QQ</brincode></school><leerlingen><leerling key="l1"><achternaam>{NAME}</achternaam></leerling>'
    "</leerlingen></leerlinggegevens></leerlinggegevens_antwoord>"
)
ENVELOPE = f'<s:Envelope xmlns:s="{SOAP_ENVELOPE}"><s:Body>{ROSTER}</s:Body></s:Envelope>'
BODY = ENVELOPE.encode()


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


@pytest.fixture
def parrot(standing_parrot):
    """The parrot, with nothing heard yet."""
    standing_parrot.heard.clear()
    return standing_parrot


@pytest.fixture
def las(standing_las):
    """The client of either kind."""
    return standing_las


def asked(las, caplog) -> UwlrError:
    """Ask, and give the error; neither it nor the log may show a word of the peer."""
    with pytest.raises(UwlrError) as caught:
        las.vraag()
    for shown in (
        str(caught.value),
        repr(caught.value),
        *(r.getMessage() for r in caplog.records if r.name[:4] == "uwlr"),
    ):
        assert PEER not in shown
        assert "\x1b" not in shown
    return caught.value


# Codes of a fault: whom they blame.

WCF = 'xmlns:a="http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher"'
CODES = [
    (ServerFault, "InternalServiceFault", f"<faultcode {WCF}>a:InternalServiceFault</faultcode>"),
    (ServerFault, "InternalServiceFault", f"<faultcode {WCF}>\n  a:internalServiceFault </faultcode>"),
    (ServerFault, "EndpointUnavailable", "<faultcode>wsa:EndpointUnavailable</faultcode>"),
    (ServerFault, "Receiver", "<faultcode>s:Receiver</faultcode>"),
    (ServerFault, "Server", "<faultcode>s:Server</faultcode>"),
    (ServerFault, "Server", "<faultcode>server</faultcode>"),
    (ServerFault, "Server", f"<faultcode>{{{SOAP_ENVELOPE}}}Server</faultcode>"),
    (ServerFault, "Server.userException", "<faultcode>soapenv:Server.userException</faultcode>"),
    (ServerFault, "server.Onderhoud", "<faultcode>ns1:server.Onderhoud</faultcode>"),
    (ServerFault, "SERVER.X", "<faultcode>SERVER.X</faultcode>"),
    (ServerFault, "Receiver.X", "<faultcode>s:Receiver.X</faultcode>"),
    (ServerFault, f"{PEER}.Client", f"<faultcode>{PEER}.Client</faultcode>"),
    (ServerFault, "1001", "<faultcode>1001</faultcode>"),
    (ServerFault, "ERR_DB", "<faultcode>a:ERR_DB</faultcode>"),
    (ServerFault, "ClientAbortException", "<faultcode>a:ClientAbortException</faultcode>"),
    (ServerFault, "", "<faultcode/>"),
    (ServerFault, "", "<faultcode>s:</faultcode>"),
    (ServerFault, "", ""),
    (ServerFault, Foutcode.INTERNE_FOUT, "<faultcode>x:Server.InterneFout</faultcode>"),
    (ServerFault, Foutcode.TIJDELIJK_NIET_BESCHIKBAAR, "<faultcode>Server.TijdelijkNietBeschikbaar</faultcode>"),
    (ClientFault, "Client", "<faultcode>s:Client</faultcode>"),
    (ClientFault, "Client", "<faultcode>client</faultcode>"),
    (ClientFault, "Client", f"<faultcode>{SOAP_ENVELOPE}Client</faultcode>"),
    (ClientFault, "Sender", "<faultcode>s:Sender</faultcode>"),
    (ClientFault, "Client.Authentication", "<faultcode>SOAP-ENV:Client.Authentication</faultcode>"),
    (ClientFault, f"client.{PEER} de Vries", f"<faultcode>client.{PEER} de Vries</faultcode>"),
    (ClientFault, "Sender.X", "<faultcode>s:Sender.X</faultcode>"),
    (ClientFault, "MustUnderstand", "<faultcode>s:MustUnderstand</faultcode>"),
    (ClientFault, "VersionMismatch", "<faultcode>s:VersionMismatch</faultcode>"),
    (ClientFault, "DeserializationFailed", f"<faultcode {WCF}>a:DeserializationFailed</faultcode>"),
    (ClientFault, "ActionNotSupported", "<faultcode>a:ActionNotSupported</faultcode>"),
    (ClientFault, "InvalidSecurity", "<faultcode>o:InvalidSecurity</faultcode>"),
    (ClientFault, Foutcode.AUTORISATIE_ONGELDIG, "<faultcode>a:Client.AutorisatieOngeldig</faultcode>"),
]


@pytest.mark.parametrize(("kind", "code", "element"), CODES)
def test_a_code_says_who_is_to_blame(kind, code, element, parrot, las, soap, http, caplog):
    """A code that blames the request makes a ClientFault; every other, known or not, and none, a ServerFault."""
    parrot.says(
        http(soap(f"<soap:Fault>{element}<faultstring>{PEER}</faultstring></soap:Fault>"), "500 Internal Server Error")
    )

    error = asked(las, caplog)

    assert (type(error), error.code, error.text) == (kind, code, PEER)
    assert error.http_status == 500


def fault_12(code: str, reason: str, detail: str = "") -> bytes:
    """Write a fault of SOAP 1.2."""
    return (
        f'<?xml version="1.0"?><e:Envelope xmlns:e="{SOAP12_ENVELOPE}"><e:Header/><e:Body><e:Fault>'
        f"<e:Code>{code}</e:Code><e:Reason>{reason}</e:Reason>{detail}</e:Fault></e:Body></e:Envelope>"
    ).encode()


def sub(code: str, more: str = "") -> str:
    """Write a subcode."""
    return f"<e:Subcode><e:Value>{code}</e:Value>{more}</e:Subcode>"


DUTCH = f'<e:Text xml:lang="en">no</e:Text><e:Text xml:lang="nl-NL">nee, {PEER}</e:Text>'
SOAP_12 = [
    (ClientFault, "Sender", None, "<e:Value>e:Sender</e:Value>"),
    (ServerFault, "Receiver", None, "<e:Value>e:Receiver</e:Value>"),
    (ServerFault, "Receiver", "InternalServiceFault", "<e:Value>e:Receiver</e:Value>" + sub("a:InternalServiceFault")),
    (ClientFault, "Sender", "DeserializationFailed", "<e:Value>e:Sender</e:Value>" + sub("a:DeserializationFailed")),
    (ClientFault, "Sender", PEER, "<e:Value>e:Sender</e:Value>" + sub("a:X", sub(f"b:{PEER}"))),
    (
        ClientFault,
        Foutcode.AUTORISATIE_ONGELDIG,
        Foutcode.AUTORISATIE_ONGELDIG,
        "<e:Value>e:Sender</e:Value>" + sub("u:Client.AutorisatieOngeldig"),
    ),
    (
        ServerFault,
        Foutcode.TIJDELIJK_NIET_BESCHIKBAAR,
        "Uit",
        "<e:Value>e:Receiver</e:Value>" + sub("u:Server.TijdelijkNietBeschikbaar", sub("u:Uit")),
    ),
    (ClientFault, "VersionMismatch", None, "<e:Value>e:VersionMismatch</e:Value>"),
    (ClientFault, "DataEncodingUnknown", None, "<e:Value>e:DataEncodingUnknown</e:Value>"),
    (ServerFault, "", None, ""),
]


@pytest.mark.parametrize(("kind", "code", "subcode", "element"), SOAP_12)
def test_a_fault_of_soap_1_2_is_read(kind, code, subcode, element, parrot, las, http, caplog):
    """Code, innermost subcode, the Dutch reason and the detail of a SOAP 1.2 fault are read, whatever the status."""
    status = "400 Bad Request" if kind is ClientFault else "200 OK" if subcode else "500 Internal Server Error"
    body = fault_12(element, DUTCH, "<e:Detail><x>meer</x></e:Detail>")
    parrot.says(http(body, status, content_type="application/soap+xml; charset=utf-8"))

    error = asked(las, caplog)

    assert (type(error), error.code, error.subcode) == (kind, code, subcode)
    assert (error.text, error.detail) == (f"nee, {PEER}", "meer")
    assert error.http_status == int(status[:3])


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ('<e:Text xml:lang="en">no</e:Text>', "no"),
        ('<e:Text xml:lang="en"/><e:Text xml:lang="fr">non</e:Text>', "non"),
        ("", ""),
    ],
)
def test_a_reason_in_another_language_is_read_too(reason, text, parrot, las, http, caplog):
    """Without Dutch the first language that says something counts."""
    parrot.says(http(fault_12("<e:Value>e:Sender</e:Value>", reason), "500 Internal Server Error"))

    assert asked(las, caplog).text == text


def test_an_answer_in_soap_1_2_that_is_no_fault_is_not_soap_1_1(parrot, las, http, caplog):
    """A message in an envelope of SOAP 1.2 is named."""
    parrot.says(http(BODY.replace(SOAP_ENVELOPE.encode(), SOAP12_ENVELOPE.encode())))

    assert "SOAP 1.2" in str(asked(las, caplog))


# Bodies that hold the envelope in another way.

TYPE = (
    'multipart/related; type="application/xop+xml"; start="<http://tempuri.org/0>"; '
    'boundary="uuid:1+id=1"; start-info="text/xml"'
)
XOP = 'Content-Type: application/xop+xml; charset=utf-8; type="text/xml"'
IMAGE = "Content-ID: <a>\r\nContent-Type: image/png\r\n\r\n\x00\x01<x>"


def mime(*parts: str | bytes, boundary: str = "uuid:1+id=1", end: bool = True, line: str = "\r\n") -> bytes:
    """Write a multipart body."""
    delimiter = f"--{boundary}".encode()
    made = b""
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        made += delimiter + line.encode() + data + line.encode()
    return made + (delimiter + b"--" + line.encode() if end else b"")


def root(content: str | bytes = ENVELOPE, *headers: str, cid: str = "<http://tempuri.org/0>", kind: str = XOP) -> bytes:
    """Write the root part."""
    data = content if isinstance(content, bytes) else content.encode()
    return "\r\n".join([f"Content-ID: {cid}", kind, *headers, "", ""]).encode() + data


class Reply(NamedTuple):
    """An answer: its body, its content type, further headers."""

    body: bytes
    content_type: str = "text/xml; charset=utf-8"
    headers: tuple[str, ...] = ()
    status: str = "200 OK"


def packed(data: bytes, wbits: int) -> bytes:
    """Compress."""
    squeeze = zlib.compressobj(wbits=wbits)
    return squeeze.compress(data) + squeeze.flush()


def says(*lines: str) -> tuple[str, ...]:
    """Write headers."""
    return lines


LATIN = ENVELOPE.encode("iso-8859-1")
READ = {
    # MTOM and other multipart
    "MTOM as WCF writes it": Reply(mime(root(ENVELOPE, "Content-Transfer-Encoding: 8bit")), TYPE),
    "root part second": Reply(mime(IMAGE, root()), TYPE),
    "attachments behind it": Reply(mime(root(), IMAGE, IMAGE), TYPE),
    "no start": Reply(mime(root(cid="<1>"), IMAGE), 'multipart/related; boundary="uuid:1+id=1"'),
    "start without brackets": Reply(mime(IMAGE, root(cid="r")), 'multipart/related; start=r; boundary="uuid:1+id=1"'),
    "start that no part has": Reply(mime(root(), IMAGE), 'multipart/related; start="<zz>"; boundary="uuid:1+id=1"'),
    "a preamble": Reply(b"This is MIME.\r\n" + mime(root()), TYPE),
    "an epilogue": Reply(mime(root()) + b"the end", TYPE),
    "no last delimiter": Reply(mime(root(), end=False), TYPE),
    "line ends of one byte": Reply(mime(root().replace(b"\r\n", b"\n"), line="\n"), TYPE),
    "base64": Reply(mime(root(base64.encodebytes(BODY), "Content-Transfer-Encoding: Base64")), TYPE),
    "quoted-printable": Reply(
        mime(
            root(
                BODY.replace(b"=", b"=3D").replace("ö".encode(), b"=C3=B6"),
                "Content-Transfer-Encoding: quoted-printable",
            )
        ),
        TYPE,
    ),
    "part without headers": Reply(mime(b"\r\n" + BODY), TYPE),
    "part in latin-1": Reply(mime(root(LATIN, kind="Content-Type: text/xml; charset=iso-8859-1")), TYPE),
    "boundary not in the header": Reply(mime(root()), "multipart/related"),
    "multipart that calls itself text/xml": Reply(mime(root()), "text/xml"),
    "multipart/mixed": Reply(mime(root(), boundary="b"), "multipart/mixed; boundary=b"),
    "compressed multipart": Reply(gzip.compress(mime(root())), TYPE, says("Content-Encoding: gzip")),
    "multipart type around a bare envelope": Reply(BODY, TYPE),
    # text around the envelope
    "NUL behind it": Reply(BODY + b"\0"),
    "NULs and spaces behind it": Reply(BODY + b"\0\0 \r\n\0"),
    "a warning behind it": Reply(BODY + b"\nWarning: x in y.php on line 3"),
    "a page behind it": Reply(BODY + b"<br /><b>Notice</b>: x"),
    "a comment behind it": Reply(BODY + b"\n<!-- served in 3 ms -->\n"),
    "much text behind it": Reply(BODY + b"x" * 5000),
    "white space before the declaration": Reply(b'\n\n<?xml version="1.0"?>' + BODY),
    "a warning before it": Reply(b"Warning: x\n" + BODY),
    "a comment before it": Reply(b"<!-- x -->" + BODY),
    "a byte order mark": Reply(b"\xef\xbb\xbf" + BODY),
    # Content-Encoding that says nothing, or something else
    **{
        f"Content-Encoding: {name}": Reply(BODY, headers=says(f"Content-Encoding: {name}"))
        for name in (
            "UTF-8",
            "utf8",
            "identity",
            "none",
            "",
            "8bit",
            "binary",
            "text/xml",
            "br",
            "identity, none",
            PEER,
        )
    },
    "gzip said and not done": Reply(BODY, headers=says("Content-Encoding: gzip")),
    "deflate said and not done": Reply(BODY, headers=says("Content-Encoding: deflate")),
    "gzip done and not said": Reply(gzip.compress(BODY)),
    "gzip done, UTF-8 said": Reply(gzip.compress(BODY), headers=says("Content-Encoding: UTF-8")),
    "gzip": Reply(gzip.compress(BODY), headers=says("Content-Encoding: gzip")),
    "gzip of several members": Reply(
        gzip.compress(BODY[:50]) + gzip.compress(BODY[50:]), headers=says("Content-Encoding: gzip")
    ),
    "gzip with padding": Reply(gzip.compress(BODY) + b"\0" * 9, headers=says("Content-Encoding: gzip")),
    "x-gzip": Reply(gzip.compress(BODY), headers=says("Content-Encoding: X-GZIP")),
    "deflate": Reply(packed(BODY, 15), headers=says("Content-Encoding: deflate")),
    "deflate without its header": Reply(packed(BODY, -15), headers=says("Content-Encoding: deflate")),
    "deflate that is gzip": Reply(gzip.compress(BODY), headers=says("Content-Encoding: deflate")),
    # charset in the header alone
    "latin-1 by header": Reply(LATIN, "text/xml; charset=ISO-8859-1"),
    "latin-1 by header in quotes": Reply(LATIN, 'text/xml; action="x"; charset="latin1"'),
    "latin-9 by header": Reply(ENVELOPE.encode("iso-8859-15"), "text/xml;charset=ISO-8859-15"),
    "windows-1252 by header": Reply(ENVELOPE.encode("cp1252"), "text/xml; charset=windows-1252"),
    "utf-16 by header, little end first": Reply(ENVELOPE.encode("utf-16-le"), "text/xml; charset=utf-16"),
    "utf-16 by header, big end first": Reply(ENVELOPE.encode("utf-16-be"), "text/xml; charset=utf-16"),
    "utf-16be by header": Reply(ENVELOPE.encode("utf-16-be"), "text/xml; charset=UTF-16BE"),
    "utf-16 with its mark": Reply(ENVELOPE.encode("utf-16"), "text/xml; charset=utf-16"),
    "utf-8, header says latin-1": Reply(BODY, "text/xml; charset=ISO-8859-1"),
    "declared latin-1, header says utf-8": Reply(b'<?xml version="1.0" encoding="ISO-8859-1"?>' + LATIN),
    "declared without an encoding, latin-1 by header": Reply(
        b'<?xml version="1.0"?>' + LATIN, "text/xml; charset=latin-1"
    ),
    "utf-8, header says no charset there is": Reply(BODY, f"text/xml; charset={PEER}"),
    "utf-8, header says a codec of Python": Reply(BODY, "text/xml; charset=rot13"),
    # the rest
    "206 with the whole": Reply(BODY, status="206 Partial Content"),
    "a content type of its own": Reply(BODY, f"application/{PEER}"),
    "a content type with a control character": Reply(BODY, f"{PEER}/\x1b[31mx"),
    "no content type": Reply(BODY, ""),
}


REMARKED = {
    "root part second": "multipart",
    "a warning behind it": "bytes after it",
    "a warning before it": "11 bytes before it",
    "Content-Encoding: UTF-8": "Content-Encoding",
    "gzip said and not done": "Content-Encoding",
    "gzip done and not said": "compressed",
    "latin-1 by header": "charset",
    "206 with the whole": "206",
}
USUAL = {"gzip", "x-gzip", "deflate", "a comment behind it", "Content-Encoding: identity", "a byte order mark"}


@pytest.mark.parametrize("name", READ)
def test_an_odd_answer_is_read(name, parrot, las, http, caplog):
    """The roster arrives whole in one request; the exchange says what was odd, and no word of the peer is logged."""
    reply = READ[name]
    parrot.says(http(reply.body, reply.status, *reply.headers, content_type=reply.content_type))

    exchange = las.exchange(LeerlinggegevensVerzoek(schooljaar="2025-2026", brincode="99QQ", xsdversie="2.2"))

    assert [leerling.achternaam for leerling in exchange.bericht.inhoud.leerlingen] == [NAME]
    assert uwlr.read(exchange.body) == exchange.bericht
    assert len(parrot.heard) == 1
    assert REMARKED.get(name, "") in " ".join(exchange.remarks)
    assert not (name in USUAL and exchange.remarks)
    assert not any(PEER in r.getMessage() or "\x1b" in r.getMessage() for r in caplog.records if r.name[:4] == "uwlr")


NAMED = {
    # cut off: worth another attempt
    "MTOM that stops": (Reply(mime(root())[:-400], TYPE), "truncated", "before the end of the envelope", True),
    "gzip that stops": (
        Reply(gzip.compress(BODY)[:-20], headers=says("Content-Encoding: gzip")),
        "truncated",
        "stops early",
        True,
    ),
    "XML that stops": (Reply(BODY[:-30]), "truncated", "before the end of the envelope", True),
    # damaged or unknown: not worth one
    "damaged gzip": (
        Reply(gzip.compress(BODY)[:-8] + b"\0" * 8, headers=says("Content-Encoding: gzip")),
        "encoding",
        "cannot be decompressed",
        False,
    ),
    "brotli": (Reply(b"\x1b\x0e\x00\xf8", headers=says("Content-Encoding: br")), "encoding", "compressed as br", False),
    "a compression of its own": (
        Reply(b"\x1b\x0e\x00\xf8", headers=says(f"Content-Encoding: {PEER}")),
        "encoding",
        "something else than gzip",
        False,
    ),
    "gzip said, a broken message sent": (
        Reply(b"<soap:Envelope/>", headers=says("Content-Encoding: gzip")),
        "encoding",
        "not compressed as it says",
        False,
    ),
    "multipart without a message": (Reply(mime(IMAGE), TYPE), "content-type", "not SOAP", False),
    "a content type of its own": (
        Reply(PEER.encode(), f"application/{PEER}"),
        "content-type",
        "a content type that is not due",
        False,
    ),
    "206 with a part": (Reply(BODY[:200], status="206 Partial Content"), "status", "a part of an answer", False),
    "206 with the end": (
        Reply(BODY[-80:], status="206 Partial Content", headers=says("Content-Range: bytes 300-380/381")),
        "status",
        "a part of an answer",
        False,
    ),
    "206 with nothing": (Reply(b"", status="206 Partial Content"), "status", "a part of an answer", False),
    # statuses
    "too many requests": (
        Reply(b"slow down", "text/plain", status="429 Too Many Requests"),
        "content-type",
        "try later",
        True,
    ),
    "a CDN without its origin": (Reply(b"<html>x", "text/html", status="522 X"), "html", "try later", True),
    "not implemented": (
        Reply(b"<html>x", "text/html", status="501 Not Implemented"),
        "html",
        "check the address",
        False,
    ),
    "a page of a defect": (
        Reply(b"<html>x", "text/html", status="500 Internal Server Error"),
        "html",
        "try later",
        False,
    ),
    "too large": (Reply(b"<html>x", "text/html", status="413 Content Too Large"), "html", "send less", False),
    # redirects
    **{
        f"redirect to {target!r}": (
            Reply(b"", status="302 Found", headers=says(f"Location: {target}")),
            "redirect",
            words,
            False,
        )
        for target, words in [
            ("http://[", "something that is no address"),
            ("http://[x/", "something that is no address"),
            ("http://[::1", "something that is no address"),
            ("https://a b/", "something that is no address"),
            (f"https://{PEER} \x1b[31m/", "something that is no address"),
            (f"https://x_{PEER}@/", "a redirect"),
            ("http://host:99999999/", "a redirect to host"),
            ("https://elders.example/pad?geheim", "a redirect to elders.example,"),
            ("//[2001:db8::1]/x", "a redirect to 2001:db8::1,"),
            (f"/{PEER}", "a redirect,"),
            ("", "a redirect,"),
            ("javascript:alert(1)", "a redirect,"),
            ("http:", "a redirect,"),
            ("\u00ff\u00fe", "a redirect,"),
        ]
    },
    "redirect without a target": (Reply(b"", status="301 Moved Permanently"), "redirect", "a redirect,", False),
    "300 with choices": (
        Reply(b"<html>x", "text/html", status="300 Multiple Choices"),
        "redirect",
        "a redirect,",
        False,
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_what_cannot_be_read_is_named(name, parrot, las, http, caplog):
    """An HttpError says what came, whether asking again helps, and nothing that the peer said."""
    reply, problem, words, again = NAMED[name]
    parrot.says(http(reply.body, reply.status, *reply.headers, content_type=reply.content_type))

    error = asked(las, caplog)

    assert isinstance(error, HttpError), repr(error)
    assert (error.problem, error.status) == (problem, int(reply.status[:3]))
    assert words in str(error)
    assert is_temporary(error) is again
    assert len(parrot.heard) == (3 if again else 1)


OTHER_XML = {
    "two envelopes": (BODY + BODY, NotSoap, "more than one envelope"),
    "broken inside": (BODY.replace(b"</achternaam>", b"</anders>"), NotXml, "line 1"),
    "a root of its own": (f"<{PEER}/>".encode(), NotSoap, "not a SOAP 1.1 Envelope"),
    "a message of its own": (
        BODY.replace(ROSTER.encode(), f"<{PEER}/>".encode()),
        MessageError,
        "where a message of UWLR was due",
    ),
    "a message of its own namespace": (
        BODY.replace(ROSTER.encode(), f'<a xmlns="{PEER}"/>'.encode()),
        MessageError,
        "where a message of UWLR was due",
    ),
    "a charset that does not fit": (LATIN, NotXml, ""),
}


@pytest.mark.parametrize("name", OTHER_XML)
def test_other_xml_is_named_without_its_words(name, parrot, las, http, caplog):
    """Other XML than a message of UWLR is named by what it is, not by its names, and is not asked for again."""
    body, kind, words = OTHER_XML[name]
    parrot.says(http(body))

    error = asked(las, caplog)

    assert isinstance(error, kind)
    assert not isinstance(error, Fault)
    assert words in str(error)
    assert len(parrot.heard) == 1


def test_an_empty_answer_in_a_multipart_is_still_an_answer(parrot, las, http):
    """GeenGegevens is read from a root part as from anywhere."""
    empty = ENVELOPE.replace(
        ROSTER, f'<leerlinggegevens_antwoord xmlns="{LG}"><geengegevens/></leerlinggegevens_antwoord>'
    )
    parrot.says(http(mime(root(empty)), content_type=TYPE))

    assert isinstance(las.vraag(), GeenGegevens)
