"""What a stranger, or a broken client, may send: the server answers with a fault or an HTTP error, and goes on."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from uwlr.codec import soap_reading
from uwlr.codec.parser import parse
from uwlr.soap.envelope import write_envelope

LG = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
LIMIT = 3 << 20
"""The limit of the LAS process; its HTTP server stops at twice that."""

INVALID = "Client.OngeldigBericht"


class LasProcess(NamedTuple):
    """A LAS in a process of its own."""

    port: int
    pid: int
    log: Path

    def peak(self) -> int:
        """Most memory it held, in bytes, since the peak was last forgotten."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) << 10

    def forget_peak(self) -> int:
        """Let the peak start again from what the process holds now, and give that."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")
        return self.peak()


@pytest.fixture(scope="module")
def process() -> Iterator[LasProcess]:
    """One process for all the attacks, so that each finds it as the one before left it."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with (
            log.open("wb") as errors,
            subprocess.Popen(
                [sys.executable, Path(__file__).with_name("las.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            ) as las,
        ):
            yield LasProcess(int(las.stdout.readline()), las.pid, log)
            las.stdin.close()
            assert las.wait(20) == 0


def soap(verzoek: str, *, header: str | None = None, before: str = "", ns: str = SOAP) -> bytes:
    """Write an envelope by hand; `before` comes ahead of it."""
    if header is None:
        header = (
            '<a:autorisatie xmlns:a="http://www.edustandaard.nl/leerresultaten/2/autorisatie">'
            "<a:autorisatiesleutel>99XX00sleutel</a:autorisatiesleutel><a:klantcode>UIT</a:klantcode>"
            "<a:klantnaam>Uitgever</a:klantnaam></a:autorisatie>"
        )
    return (
        f'{before}<s:Envelope xmlns:s="{ns}"><s:Header>{header}</s:Header><s:Body>{verzoek}</s:Body></s:Envelope>'
    ).encode()


def verzoek(schooljaar: str = "2026-2027", *, attributes: str = "", more: str = "", ns: str = LG) -> str:
    """Write a request by hand."""
    return (
        f'<leerlinggegevens_verzoek xmlns="{ns}"{attributes}><schooljaar>{schooljaar}</schooljaar>'
        f"<brincode>99XX</brincode><xsdversie>2.2</xsdversie>{more}</leerlinggegevens_verzoek>"
    )


GOOD = soap(verzoek())
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
CHUNKED = {"Content_Length": None, "Transfer_Encoding": "chunked"}


def chunks(body: bytes, size: int = 1 << 16) -> bytes:
    """Cut a body in HTTP chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def bomb(size: int) -> bytes:
    """Pack so many megabytes of spaces; only the checksum at the end, where nobody comes, is wrong."""
    packer = zlib.compressobj(1, wbits=31)
    first, again = (packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + again * (size - 1) + packer.flush()


XML = {
    "not XML": (b"hallo", INVALID),
    "HTML": (b"<!-- --><html><body>502</body></html>", INVALID),
    "truncated": (GOOD[:-40], INVALID),
    "empty body": (b"", INVALID),
    "white space only": (b" \n" * 40_000, INVALID),
    "no Body": (f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(), INVALID),
    "nothing in Body": (soap(""), INVALID),
    "two bodies": (GOOD.replace(b"<s:Body>", b"<s:Body/><s:Body>"), INVALID),
    "two requests in a body": (soap(verzoek() * 2), INVALID),
    "two headers": (GOOD.replace(b"<s:Header>", b"<s:Header/><s:Header>"), INVALID),
    "a fault as request": (soap("<s:Fault><faultcode>s:Client</faultcode></s:Fault>"), INVALID),
    "unknown operation": (soap(f'<alles_verzoek xmlns="{LG}"/>'), INVALID),
    "operation of the other service": (soap(f'<leerresultaten_verzoek xmlns="{LG[:-16]}leerresultaten"/>'), INVALID),
    "wrong namespace": (soap(verzoek(ns=LG.replace("/2/", "/1/"))), INVALID),
    "wrong envelope namespace": (soap(verzoek(), ns="urn:envelope"), "VersionMismatch"),
    "SOAP 1.2": (soap(verzoek(), ns="http://www.w3.org/2003/05/soap-envelope"), "VersionMismatch"),
    "bare DOCTYPE": (soap(verzoek(), before="<!DOCTYPE x>"), INVALID),
    "external entity": (
        soap(verzoek("&x;"), before='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        INVALID,
    ),
    "external DTD": (soap(verzoek(), before='<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'), INVALID),
    "billion laughs": (soap(verzoek("&l11;"), before=f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'), INVALID),
    "quadratic blow-up": (
        soap(verzoek("&a;" * 50_000), before=f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'),
        INVALID,
    ),
    "DOCTYPE behind a long comment": (soap(verzoek(), before=f"<!--{' ' * 70_000}--><!DOCTYPE x>"), INVALID),
    "100,000 levels deep": (soap(verzoek(more="<a>" * 100_000 + "</a>" * 100_000)), INVALID),
    "100,000 levels deep, not closed": (soap("<a>" * 100_000), INVALID),
    "100,000 attributes": (soap(verzoek(attributes="".join(f' a{n}="x"' for n in range(100_000)))), INVALID),
    "20,000 namespaces": (soap(verzoek(attributes="".join(f' xmlns:n{n}="n:{n}"' for n in range(20_000)))), INVALID),
    "100,000 unknown elements": (soap(verzoek(more="<a/>" * 100_000)), INVALID),
    "2 MB in one element": (soap(verzoek("2" * (2 << 20))), INVALID),
    "unknown mustUnderstand header": (soap(verzoek(), header='<x s:mustUnderstand="1"/>'), "MustUnderstand"),
    "no header": (soap(verzoek(), header=""), "Client.AutorisatieOngeldig"),
    "href in the header": (
        soap(verzoek(), header=f'<autorisatie xmlns="{LG[:-16]}autorisatie" href="#a"/>'),
        "Client.AutorisatieOngeldig",
    ),
    "href in the request": (soap(verzoek().replace("<brincode>", '<brincode href="#a">')), INVALID),
    "id in the request": (soap(verzoek(attributes=' id="a"')), INVALID),
    "a request elsewhere by href": (
        soap(f'<leerlinggegevens_verzoek xmlns="{LG}" href="#v"/>' + verzoek(attributes=' id="v"')),
        INVALID,
    ),
    "xsi:type": (
        soap(verzoek(attributes=' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="LeerlingType"')),
        INVALID,
    ),
    "NUL in the text": (soap(verzoek("2026\0")), INVALID),
    "bytes that are no UTF-8": (
        soap(verzoek("2026-\xff".encode("latin-1").decode("latin-1"))).replace("\xff".encode(), b"\xff"),
        INVALID,
    ),
}
"""Bodies in an otherwise good HTTP request, and the code of the fault; None where it is in order after all."""

HTTP = {
    "a length and chunks": (chunks(GOOD), {"Content_Length": "20", "Transfer_Encoding": "chunked"}, 400),
    "wrong SOAPAction": (GOOD, {"SOAPAction": '"BrengLeerresultaten"'}, 500),
    "missing SOAPAction": (GOOD, {"SOAPAction": None}, 500),
    "empty SOAPAction": (GOOD, {"SOAPAction": '""'}, 500),
    "SOAP 1.2 content type": (GOOD, {"Content_Type": "application/soap+xml"}, 415),
    "JSON": (b"{}", {"Content_Type": "application/json"}, 415),
    "form": (GOOD, {"Content_Type": "application/x-www-form-urlencoded"}, 415),
    "multipart": (GOOD, {"Content_Type": 'multipart/related; boundary="x"; type="text/xml"'}, 415),
    "no content type": (GOOD, {"Content_Type": None}, 415),
    "a content type that is none": (GOOD, {"Content_Type": ';;=";'}, 415),
    "unknown charset": (GOOD, {"Content_Type": "text/xml; charset=klingon"}, 415),
    "charset that is no text": (GOOD, {"Content_Type": "text/xml; charset=zlib"}, 415),
    "charset utf-16 over utf-8": (GOOD, {"Content_Type": "text/xml; charset=utf-16"}, 415),
    "charset utf-8 over utf-16": (GOOD.decode().encode("utf-16"), {}, 415),
    "charset utf-8 over a declared latin-1": (b"<?xml version='1.0' encoding='latin-1'?>" + GOOD, {}, 415),
    "declared utf-8, written latin-1": (
        soap(verzoek(), before="<?xml version='1.0' encoding='utf-8'?><!--\xe9-->").decode().encode("latin-1"),
        {},
        500,
    ),
    "declared utf-16, written utf-8": (
        b"<?xml version='1.0' encoding='utf-16'?>" + GOOD,
        {"Content_Type": "text/xml"},
        500,
    ),
    "declared utf-7": (b"<?xml version='1.0' encoding='utf-7'?>" + GOOD, {"Content_Type": "text/xml"}, 500),
    "DOCTYPE in utf-16": (
        soap(verzoek(), before="<!DOCTYPE x>").decode().encode("utf-16"),
        {"Content_Type": "text/xml; charset=utf-16"},
        500,
    ),
    "over the limit": (b" " * (LIMIT + 1), {}, 413),
    "over the limit of the HTTP server": (b"x", {"Content_Length": "100000000000"}, 413),
    "over the limit, without a length": (chunks(b" " * (LIMIT + 1)), CHUNKED, 413),
    "far over the limit, without a length": (chunks(b" " * 3 * LIMIT), CHUNKED, 413),
    "one chunk that claims much": (b"ffffffffff\r\nx", CHUNKED, 400),
    "chunk size that is no number": (b"zz\r\nx\r\n0\r\n\r\n", CHUNKED, 400),
    "chunks that stop": (b"10\r\nx", CHUNKED, 400),
    "negative Content-Length": (GOOD, {"Content_Length": "-1"}, 400),
    "Content-Length that is no number": (GOOD, {"Content_Length": "abc"}, 400),
    "Content-Length in hexadecimal": (GOOD, {"Content_Length": "0x10"}, 400),
    "Content-Length of other digits": (GOOD, {"Content_Length": "\xb2"}, 400),
    "no length at all": (GOOD, {"Content_Length": None}, 500),
    "less than Content-Length": (GOOD, {"Content_Length": str(len(GOOD) + 1)}, 400),
    "gzip bomb": (bomb(300), {"Content_Encoding": "gzip"}, 413),
    "gzip that is none": (GOOD, {"Content_Encoding": "gzip"}, 400),
    "gzip cut off": (gzip.compress(GOOD)[:-9], {"Content_Encoding": "gzip"}, 400),
    "gzip with a tail": (gzip.compress(GOOD) * 2, {"Content_Encoding": "gzip"}, 400),
    "unknown Content-Encoding": (GOOD, {"Content_Encoding": "br"}, 415),
}
"""Bodies, headers in place of the good ones, and the HTTP status."""


def check(process, peer, request: bytes):
    """Send the request: the answer and the log show no stack trace, and the next good request is answered."""
    start = process.log.stat().st_size
    answer = peer.raw(process.port, request)
    said = process.log.read_bytes()[start:]
    for shown in (answer.body, said):
        assert b"Traceback" not in shown
        assert b'File "' not in shown
        assert b"root:" not in shown
    assert b"99XX00sleutel" not in said
    after = peer.raw(process.port, peer.request(write_envelope(peer.VERZOEK, autorisatie=peer.AUTORISATIE)))
    assert after.status == 200
    assert b"<leerlinggegevens>" in after.body
    return answer


def code(body: bytes) -> str:
    """The code of a fault."""
    return str(soap_reading.read_fault(soap_reading.open_envelope(parse(body)).body).code)


@pytest.mark.parametrize("name", XML)
def test_hostile_document_gets_its_fault(name, process, peer) -> None:
    """A document that is no good request gets a fault that says whose fault it is."""
    body, due = XML[name]
    answer = check(process, peer, peer.request(body))
    assert (answer.status, code(answer.body) if answer.status == 500 else None) == (500 if due else 200, due)


@pytest.mark.parametrize("name", HTTP)
def test_hostile_http_gets_its_status(name, process, peer) -> None:
    """HTTP that cannot carry a request is refused with the status that says so, SOAP that cannot with a fault."""
    body, headers, status = HTTP[name]
    answer = check(process, peer, peer.request(body, **headers))
    assert answer.status == status
    if status == 500:
        assert code(answer.body) == INVALID


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"])
def test_other_methods_are_refused(method, process, peer) -> None:
    """Only POST carries a request; the others are told so."""
    answer = check(process, peer, peer.request(GOOD, method=method))
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("query", ["?xsd=../UWLR_v2p2.xsd", "?xsd=/etc/passwd", "?xsd=", "?xsd=UWLR_v2p2.xsd%00"])
def test_only_the_schemas_are_served(query, process, peer) -> None:
    """A name that is no bundled schema is not found, whatever path it tries."""
    answer = check(process, peer, peer.request(b"", method="GET", path=f"/leerlinggegevens{query}"))
    assert answer.status == 404


@pytest.mark.parametrize("path", ["/", "/leerlinggegevens/x", "/Leerlinggegevens", "/%00", "/beheer"])
def test_other_paths_are_not_found(path, process, peer) -> None:
    """There is nothing beside the two services."""
    assert check(process, peer, peer.request(GOOD, path=path)).status == 404


@pytest.mark.parametrize("host", ['x"><script>', "<!--", "&x;", ""])
def test_wsdl_stays_well_formed_whatever_the_host(host, process, peer) -> None:
    """What the Host header says cannot break the WSDL."""
    answer = check(process, peer, peer.request(b"", method="GET", path="/leerlinggegevens?wsdl", Host=host))
    assert parse(answer.body).tag == "{http://schemas.xmlsoap.org/wsdl/}definitions"


def test_host_that_xml_cannot_hold_is_refused(process, peer) -> None:
    """A Host header with a control character gets no WSDL."""
    answer = check(process, peer, peer.request(b"", method="GET", path="/leerlinggegevens?wsdl", Host="x\x01"))
    assert answer.status == 400


MODEST = 32 << 20
"""What an attack may cost in memory: some times the limit, and far less than it claims, sends or unpacks to."""

needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory of a process in /proc")


@needs_proc
@pytest.mark.parametrize("name", ["gzip bomb", "one chunk that claims much", "over the limit of the HTTP server"])
def test_memory_stays_bounded_for_http(name, process, peer) -> None:
    """What a body claims or unpacks to is not set aside for it."""
    body, headers, _ = HTTP[name]
    before = process.forget_peak()
    peer.raw(process.port, peer.request(body, **headers))
    assert process.peak() - before < MODEST


@needs_proc
def test_memory_stays_bounded_for_a_body_without_end(process, peer) -> None:
    """Of a body without a length no more is kept than the limit."""
    before = process.forget_peak()
    answer = peer.raw(process.port, peer.request(chunks(b" " * (2 * MODEST)), **CHUNKED))
    assert answer.status == 413
    assert process.peak() - before < MODEST


@needs_proc
@pytest.mark.parametrize("name", ["billion laughs", "quadratic blow-up", "100,000 levels deep, not closed"])
def test_memory_stays_bounded_for_documents(name, process, peer) -> None:
    """A document that would grow when it is read is refused before it grows."""
    before = process.forget_peak()
    peer.raw(process.port, peer.request(XML[name][0]))
    assert process.peak() - before < MODEST
