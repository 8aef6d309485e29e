"""Between an application and a LAS the proxy changes nothing that it should not, and says what goes wrong."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

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


@pytest.fixture(scope="module")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ScriptedLas, RecordingProxy, dict[str, bytes]]]:
    """A LAS whose answer is in the dictionary, and a proxy before it."""
    said: dict[str, bytes] = {}
    with (
        ScriptedLas(lambda *_: said["answer"], close=True) as las,
        RecordingProxy(las.url, tmp_path_factory.mktemp("wired") / "made") as proxy,
    ):
        yield las, proxy, said


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    pairs = (line.partition(b":") for line in head.splitlines()[1:])
    return [(name, value.strip()) for name, _, value in pairs if name.lower() not in OF_A_CONNECTION]


@pytest.mark.parametrize("form", REQUESTS)
def test_a_request_passes_as_it_is(form: str, wired) -> None:
    """The LAS hears the target, the headers in their order and case, and the body that the application sent."""
    las, proxy, said = wired
    said["answer"] = ANSWERS["that is empty"]
    ask(las.url, REQUESTS[form])
    ask(proxy.url, REQUESTS[form])
    (bare, bare_body), (head, body) = las.heard[-2:]

    assert body == bare_body
    assert head.split(b"\r\n")[0].split()[:2] == bare.split(b"\r\n")[0].split()[:2]
    assert _fields(head) == _fields(bare)
    assert fields_of(head)[b"host"] == fields_of(bare)[b"host"]


@pytest.mark.parametrize("form", ANSWERS)
def test_an_answer_passes_as_it_is(form: str, wired) -> None:
    """The application gets the status, the words behind it, the headers and the body that the LAS sent."""
    las, proxy, said = wired
    said["answer"] = ANSWERS[form]
    bare, bare_body = ask(las.url, REQUESTS["without a body"])
    head, body = ask(proxy.url, REQUESTS["without a body"])

    assert body == bare_body
    assert head.splitlines()[0].split(b" ", 1)[1] == bare.splitlines()[0].split(b" ", 1)[1]
    assert _fields(head) == _fields(bare)


def _answer(body: bytes, *headers: bytes) -> bytes:
    fields = b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers])
    return fields + b"\r\n\r\n" + body


@pytest.mark.parametrize("packed", [False, True])
def test_only_addresses_in_a_wsdl_change(packed: bool, wired) -> None:
    """Those of the services and of what is included lead to the proxy, also where they are on another host."""
    las, proxy, said = wired
    wsdl = schemas.served_wsdl("leerlinggegevens", address=f"{las.url}/uwlr?a=1&b=2")
    wsdl = wsdl.replace(b"</wsdl:definitions>", b'<!-- http://elders/ --><x:import xmlns:x="urn:x" location="?xsd=1"/>')
    elsewhere = re.sub(rb'(<soap:address location=")[^"]*', rb"\1http://localhost:1/intern", wsdl, count=1)
    said["answer"] = _answer(gzip.compress(elsewhere), b"Content-Encoding: gzip") if packed else _answer(elsewhere)
    head, body = ask(proxy.url, REQUESTS["without a body"].replace(b"/x", b"/uwlr?wsdl"))
    made = gzip.decompress(body) if packed else body

    assert int(fields_of(head)[b"content-length"]) == len(body)
    back = made.replace(f"{proxy.url}/.uwlr-1/intern".encode(), b"http://localhost:1/intern")
    assert back != made
    assert back.replace(proxy.url.encode(), las.url.encode()) == elsewhere
    assert las.url.encode() not in made
    with pytest.raises(OSError, match="502"):
        urlopen(f"{proxy.url}/.uwlr-1/intern")
    with pytest.raises(OSError, match="404"):
        urlopen(f"{proxy.url}/.uwlr-9/intern")


def test_what_asks_for_no_description_is_not_touched(wired) -> None:
    """A WSDL that comes as something else passes as it is."""
    las, proxy, said = wired
    wsdl = schemas.served_wsdl("leerlinggegevens", address=las.url)
    said["answer"] = _answer(wsdl)

    assert ask(proxy.url, REQUESTS["without a body"])[1] == wsdl


def test_a_request_for_another_machine_is_refused(wired) -> None:
    """A page of another site cannot reach the LAS by a name of its own for this machine."""
    _, proxy, _ = wired

    assert b" 421 " in ask(proxy.url, b"GET / HTTP/1.1\r\nHost: elders.example\r\n\r\n")[0]
    assert b" 400 " in ask(proxy.url, b"GET\0/ HTTP/1.1\r\n\r\n")[0]


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


def test_an_answer_that_breaks_off_breaks_off_here(tmp_path: Path) -> None:
    """Where the LAS stops in the middle so does the proxy, and before its beginning there is a fault."""
    said: list[bytes | None] = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", None]
    with (
        ScriptedLas(lambda *_: said.pop(0), close=True) as las,
        RecordingProxy(las.url, tmp_path / "made") as proxy,
    ):
        head, body = ask(proxy.url, POST)
        assert (fields_of(head)[b"content-length"], body) == (b"100", b"abc")
        assert b"broke off" in ask(proxy.url, POST)[1]
    first, second = Recording.open(tmp_path / "made")
    assert (first.problem, first.status, first.answer.bytes) == ("broken", 200, 3)
    assert (second.problem, second.status) == ("broken", None)


def test_an_application_that_leaves_is_recorded(tmp_path: Path) -> None:
    """That the application did not wait for the answer is in the recording."""
    asked, left = threading.Event(), threading.Event()

    def answer(*_: bytes) -> bytes:
        asked.set()
        left.wait(10)
        return _answer(b"<a/>" * (1 << 22))

    with ScriptedLas(answer) as las, RecordingProxy(las.url, tmp_path / "made") as proxy:
        with socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2]))) as connection:
            connection.sendall(POST.replace(b"HOST", b"localhost"))
            asked.wait(10)
        left.set()
        # The next one comes when that is over.
        while proxy.count < 1:
            ask(proxy.url, b"GET / HTTP/1.1\r\nHost: elders\r\n\r\n")
    assert _one(tmp_path / "made").problem == "abandoned"


def test_a_connection_is_used_again(tmp_path: Path) -> None:
    """As long as the application keeps its connection, the LAS has one too."""
    with (
        ScriptedLas(lambda *_: ANSWERS["that is empty"]) as las,
        RecordingProxy(las.url, tmp_path / "made") as proxy,
    ):
        with socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2])), timeout=20) as connection:
            for _ in range(3):
                connection.sendall(POST.replace(b"HOST", b"localhost"))
                assert connection.recv(4096).startswith(b"HTTP/1.1 202")
        assert las.connections == 1
    assert len(list(Recording.open(tmp_path / "made"))) == 3


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
            ("no certificate", trusting, b"no TLS connection"),
            ("no trust", {}, b"self-signed certificate"),
        ):
            with RecordingProxy(las.url, tmp_path / name, **given) as proxy:
                assert expected in ask(proxy.url, POST)[1]
            assert _one(tmp_path / name).problem == (None if name == "in" else "tls")


def _recording_process() -> psutil.Process:
    found = [one for one in psutil.Process().children() if "uwlr.recorded.recording_process" in one.cmdline()]
    return max(found, key=psutil.Process.create_time)


def test_nobody_waits_for_the_recording(tmp_path: Path) -> None:
    """While the process that records stands still exchanges pass; when it goes on it records them."""
    body = b"<a>" + b"x" * (1 << 20) + b"</a>"
    with ScriptedLas(lambda *_: _answer(body)) as las, RecordingProxy(las.url, tmp_path / "made") as proxy:
        recording = _recording_process()
        recording.suspend()
        assert [ask(proxy.url, POST)[1] == body for _ in range(5)] == [True] * 5
        recording.resume()
    assert (proxy.count, proxy.lost) == (5, 0)


def test_what_does_not_fit_the_queue_is_left_out_whole(tmp_path: Path) -> None:
    """An answer for which there is no room passes, is reported, and nothing of it is in the recording."""
    big = b"<a>" + b"x" * (1 << 21) + b"</a>"
    answers = [_answer(b"<a/>"), _answer(big), _answer(b"<a/>")]
    reasons: list[str] = []
    with (
        ScriptedLas(lambda *_: answers.pop(0)) as las,
        RecordingProxy(las.url, tmp_path / "made", queue=1 << 20, left_out=reasons.append) as proxy,
    ):
        recording = _recording_process()
        recording.suspend()
        assert [ask(proxy.url, POST)[1] for _ in range(3)] == [b"<a/>", big, b"<a/>"]
        recording.resume()
    assert (proxy.count, proxy.lost) == (2, 1)
    assert reasons == ["the recording is behind, and there was no room in the queue"]
    assert [exchange.answer.bytes for exchange in Recording.open(tmp_path / "made")] == [4, 4]
    assert len(list((tmp_path / "made" / "exchanges").iterdir())) == 4


def test_a_recording_process_that_is_gone_is_said(tmp_path: Path) -> None:
    """If it is killed exchanges pass as before, and each that is not recorded is reported."""
    reasons: list[str] = []
    with (
        ScriptedLas(lambda *_: _answer(b"<a/>")) as las,
        RecordingProxy(las.url, tmp_path / "made", left_out=reasons.append) as proxy,
    ):
        recording = _recording_process()
        recording.kill()
        recording.wait()
        assert {ask(proxy.url, POST)[1] for _ in range(5)} == {b"<a/>"}
    assert (proxy.count, proxy.lost) == (0, 5)
    assert "the process that records has ended" in reasons
