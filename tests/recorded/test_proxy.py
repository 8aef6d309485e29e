"""Between an application and a LAS the proxy changes nothing that it should not, and says what goes wrong."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import psutil
import pytest
import trustme

from recorded.scripted_las import ScriptedLas, ask, fields_of
from uwlr import schemas
from uwlr.recorded import RecordedExchange, Recording
from uwlr.recorded.recording_proxy import RecordingProxy

NOISE = bytes(range(256)) * 300
OF_A_CONNECTION = {b"connection", b"keep-alive", b"transfer-encoding", b"x-hop", b"host"}
REQUESTS = {
    "with a length": b'POST /a?b=c%%20d HTTP/1.1\r\nHost: HOST\r\nSOAPaction: ""\r\nX-Odd:  two  spaces \r\n'
    b"Cookie: a\r\nCookie: b\r\nContent-Length: %d\r\n\r\n" % len(NOISE) + NOISE,
    "in chunks": b"POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\n<a>\0\xff\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(NOISE), NOISE),
    "that waits to go on": b"POST / HTTP/1.1\r\nHost: HOST\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    "without a body": b"GET /x HTTP/1.1\r\nHost: HOST\r\nAuthorization: a\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n",
    "of HTTP/1.0": b"POST / HTTP/1.0\r\nHost: HOST\r\nContent-Length: 3\r\n\r\nabc",
}
ANSWERS = {
    "with a length": b"HTTP/1.1 200 Prima\r\nServer: X/1\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\n"
    b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(NOISE) + NOISE,
    "in chunks": b"HTTP/1.1 500 Oeps\r\nTransfer-Encoding: chunked\r\nContent-Type: text/xml\r\n\r\n"
    b"3\r\nabc\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(NOISE), NOISE),
    "that ends with the connection": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + NOISE,
    "that is empty": b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
}


class Wired:
    """A LAS that says what a test wants, and a proxy before it."""

    def __init__(self, folder: Path) -> None:
        self.answer: bytes | None = b""
        self._kept: Queue[RecordedExchange] = Queue()
        self._asked = 0
        self.las = ScriptedLas(lambda *_: self.answer)
        self.proxy = RecordingProxy(self.las.url, folder, kept=self._kept.put)

    def path(self) -> bytes:
        """Give a path that nobody asked for yet."""
        self._asked += 1
        return f"/{self._asked}".encode()

    @property
    def address(self) -> tuple[str, int]:
        """Where the proxy listens."""
        return "127.0.0.1", int(self.proxy.url.rpartition(":")[2])

    def recorded(self) -> RecordedExchange:
        """Wait until what asked for the last path is recorded."""
        while (found := self._kept.get(timeout=30)).target != f"/{self._asked}":
            pass
        return found


@pytest.fixture(scope="module")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    """One for all tests that need no other."""
    made = Wired(tmp_path_factory.mktemp("wired") / "made")
    with made.las, made.proxy:
        yield made


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    pairs = (line.partition(b":") for line in head.splitlines()[1:])
    return [(name, value.strip()) for name, _, value in pairs if name.lower() not in OF_A_CONNECTION]


@pytest.mark.parametrize("form", REQUESTS)
def test_a_request_passes_as_it_is(form: str, wired) -> None:
    """The LAS hears the target, the headers in their order and case, and the body that the application sent."""
    wired.answer = ANSWERS["that is empty"]
    ask(wired.las.url, REQUESTS[form])
    ask(wired.proxy.url, REQUESTS[form])
    (bare, bare_body), (head, body) = wired.las.heard[-2:]

    assert body == bare_body
    assert head.split(b"\r\n")[0].split()[:2] == bare.split(b"\r\n")[0].split()[:2]
    assert _fields(head) == _fields(bare)
    assert fields_of(head)[b"host"] == fields_of(bare)[b"host"]


@pytest.mark.parametrize("form", ANSWERS)
def test_an_answer_passes_as_it_is(form: str, wired) -> None:
    """The application gets the status, the words behind it, the headers and the body that the LAS sent."""
    wired.answer = ANSWERS[form]
    bare, bare_body = ask(wired.las.url, REQUESTS["without a body"])
    head, body = ask(wired.proxy.url, REQUESTS["without a body"])

    assert body == bare_body
    assert head.splitlines()[0].split(b" ", 1)[1] == bare.splitlines()[0].split(b" ", 1)[1]
    assert _fields(head) == _fields(bare)


def _answer(body: bytes, *headers: bytes) -> bytes:
    fields = b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers])
    return fields + b"\r\n\r\n" + body


@pytest.mark.parametrize("packed", [False, True])
def test_only_addresses_in_a_wsdl_change(packed: bool, wired) -> None:
    """Those of the services and of what is included lead to the proxy, also where they are on another host."""
    las, proxy = wired.las, wired.proxy
    wsdl = schemas.served_wsdl("leerlinggegevens", address=f"{las.url}/uwlr?a=1&b=2")
    wsdl = wsdl.replace(b"</wsdl:definitions>", b'<!-- http://elders/ --><x:import xmlns:x="urn:x" location="?xsd=1"/>')
    elsewhere = re.sub(rb'(<soap:address location=")[^"]*', rb"\1http://localhost:1/intern", wsdl, count=1)
    wired.answer = _answer(gzip.compress(elsewhere), b"Content-Encoding: gzip") if packed else _answer(elsewhere)
    head, body = ask(proxy.url, REQUESTS["without a body"].replace(b"/x", b"/uwlr?wsdl"))
    made = gzip.decompress(body) if packed else body

    assert int(fields_of(head)[b"content-length"]) == len(body)
    back = made.replace(f"{proxy.url}/.uwlr-1/intern".encode(), b"http://localhost:1/intern")
    assert back != made
    assert back.replace(proxy.url.encode(), las.url.encode()) == elsewhere
    assert las.url.encode() not in made
    assert b" 502 " in ask(proxy.url, POST.replace(b"/", b"/.uwlr-1/intern", 1))[0]
    assert b" 404 " in ask(proxy.url, POST.replace(b"/", b"/.uwlr-9/intern", 1))[0]


def test_what_asks_for_no_description_is_not_touched(wired) -> None:
    """A WSDL that comes as something else passes as it is."""
    wsdl = schemas.served_wsdl("leerlinggegevens", address=wired.las.url)
    wired.answer = _answer(wsdl)

    assert ask(wired.proxy.url, REQUESTS["without a body"])[1] == wsdl


def test_a_request_for_another_machine_is_refused(wired) -> None:
    """A page of another site cannot reach the LAS by a name of its own for this machine."""
    assert b" 421 " in ask(wired.proxy.url, b"GET / HTTP/1.1\r\nHost: elders.example\r\n\r\n")[0]
    assert b" 400 " in ask(wired.proxy.url, b"GET\0/ HTTP/1.1\r\n\r\n")[0]


def _one(folder: Path) -> RecordedExchange:
    [exchange] = Recording.open(folder)
    return exchange


POST = b"POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\n\r\n<a/> "


def test_a_las_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """The application gets 502 and a fault that says so, and the recording what was asked."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with RecordingProxy(f"http://127.0.0.1:{port}", tmp_path / "made") as proxy:
        head, body = ask(proxy.url, POST)

    assert b" 502 " in head
    assert b"the LAS cannot be reached (Connection refused)" in body
    exchange = _one(tmp_path / "made")
    assert (exchange.problem, exchange.status, exchange.request.bytes) == ("unreachable", None, 5)


def test_an_answer_that_breaks_off_breaks_off_here(wired) -> None:
    """Where the LAS stops in the middle so does the proxy, and before its beginning there is a fault."""
    wired.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nabc"
    head, body = ask(wired.proxy.url, POST.replace(b"/", wired.path(), 1))
    assert (fields_of(head)[b"content-length"], body) == (b"100", b"abc")
    exchange = wired.recorded()
    assert (exchange.problem, exchange.status, exchange.answer.bytes) == ("broken", 200, 3)

    wired.answer = None
    assert b"broke off" in ask(wired.proxy.url, POST.replace(b"/", wired.path(), 1))[1]
    exchange = wired.recorded()
    assert (exchange.problem, exchange.status) == ("broken", None)


def test_an_application_that_leaves_is_recorded(wired) -> None:
    """That the application did not wait for the answer is in the recording."""
    wired.answer = _answer(b"<a/>" * (1 << 22))
    with socket.create_connection(wired.address) as connection:
        connection.sendall(POST.replace(b"/", wired.path(), 1).replace(b"HOST", b"localhost"))
        assert connection.recv(100)
    assert wired.recorded().problem == "abandoned"


def test_a_connection_is_used_again(wired) -> None:
    """As long as the application keeps its connection, the LAS has one too."""
    wired.answer = ANSWERS["that is empty"]
    before = wired.las.connections
    with socket.create_connection(wired.address, timeout=20) as connection:
        for _ in range(3):
            connection.sendall(POST.replace(b"HOST", b"localhost"))
            assert connection.recv(4096).startswith(b"HTTP/1.1 202")
    assert wired.las.connections == before + 1


def test_tls_goes_to_the_las_with_a_certificate(tmp_path: Path) -> None:
    """With the authority and a certificate of its own the proxy is let in; without either there is a fault."""
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    ca.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    # With 1.3 a client learns after its request that it is not let in, or just sees a reset.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    own = ca.issue_cert("app.example")
    own.private_key_and_cert_chain_pem.write_to_path(tmp_path / "own.pem")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    trusting = {"ca": str(tmp_path / "ca.pem")}
    with ScriptedLas(lambda *_: _answer(b"<a/>"), context=context) as las:
        for name, given, expected in (
            ("in", {**trusting, "cert": str(tmp_path / "own.pem")}, b"<a/>"),
            ("no trust", {}, b"self-signed certificate"),
        ):
            with RecordingProxy(las.url, tmp_path / name, **given) as proxy:
                assert expected in ask(proxy.url, POST)[1]
            assert _one(tmp_path / name).problem == (None if name == "in" else "tls")


def _recording_process() -> psutil.Process:
    found = [one for one in psutil.Process().children() if "uwlr.recorded.recording_process" in one.cmdline()]
    return max(found, key=psutil.Process.create_time)


def test_nobody_waits_for_the_recording(tmp_path: Path) -> None:
    """While the process that records stands still exchanges pass; those for which there is room are recorded later.

    Of the others nothing is, and that is said.
    """
    sizes = [1 << 20, 1 << 19, 3 << 20]
    answers = [b"<a>" + b" " * size + b"</a>" for size in sizes]
    said = [_answer(answer) for answer in answers]
    reasons: list[str] = []
    with (
        ScriptedLas(lambda *_: said.pop(0)) as las,
        RecordingProxy(las.url, tmp_path / "made", queue=2 << 20, left_out=reasons.append) as proxy,
    ):
        recording = _recording_process()
        recording.suspend()
        assert [ask(proxy.url, POST)[1] == answer for answer in answers] == [True] * 3
        recording.resume()
    assert (proxy.count, proxy.lost) == (2, 1)
    assert reasons == ["the recording is behind, and there was no room in the queue"]
    assert [exchange.answer.bytes for exchange in Recording.open(tmp_path / "made")] == list(map(len, answers[:2]))
    assert len(list((tmp_path / "made" / "exchanges").iterdir())) == 4


def test_a_recording_process_that_is_gone_is_said(tmp_path: Path) -> None:
    """If it is killed exchanges pass as before, and each that is not recorded is reported."""
    reasons: list[str] = []
    with (
        ScriptedLas(lambda *_: _answer(b"<a/>")) as las,
        RecordingProxy(las.url, tmp_path / "made", left_out=reasons.append) as proxy,
    ):
        recording = _recording_process()
        recording.suspend()
        assert ask(proxy.url, POST)[1] == b"<a/>"
        recording.kill()
        recording.wait()
        assert {ask(proxy.url, POST)[1] for _ in range(5)} == {b"<a/>"}
    assert (proxy.count, proxy.lost) == (0, 6)
    assert "the process that records has ended" in reasons
