"""Clients that send slowly, take slowly, or say nothing: none of them keeps another waiting."""

from __future__ import annotations

import http.client
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from helpers.crowd import ask, dripping
from mock_las import MockLas
from mock_las.listening import HttpServer
from mock_las.server import Tls
from uwlr.berichten import LeerlinggegevensVerzoek
from uwlr.soap.envelope import write_envelope


@contextmanager
def serving(tls: Path | None = None) -> Iterator[HttpServer]:
    """A server that answers how it was asked, and how many bytes came; with `/large` very many bytes."""

    def application(environ, start_response):
        body = environ["wsgi.input"].read()
        answer = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {len(body)} {sum(body)};".encode()
        if environ["PATH_INFO"] == "/large":
            answer = b"x" * (64 << 20)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
        return [answer]

    server = HttpServer(("127.0.0.1", 0), application, numthreads=2, request_queue_size=256)
    server.max_request_body_size = 4 << 20
    server.expiration_interval = 0.05
    server.shutdown_timeout = 1
    if tls is not None:
        from cheroot.ssl.builtin import BuiltinSSLAdapter

        server.ssl_adapter = BuiltinSSLAdapter(str(tls), str(tls))
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    """One server for the tests of framing."""
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A file with a certificate for this machine and its key, and what trusts it."""
    authority = trustme.CA()
    both = tmp_path_factory.mktemp("tls") / "both.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(both))
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return both, trust


def said(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Send pieces, one after the other, and give all that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
            if pause:
                threading.Event().wait(pause)
        answer = b""
        while block := connection.recv(1 << 16):
            answer += block
        return answer


def post(body: bytes, *lines: str, path: str = "/", close: bool = True) -> bytes:
    """Write a request with a length."""
    head = [f"POST {path} HTTP/1.1", "Host: x", *(["Connection: close"] if close else []), *lines]
    if not any(line.startswith("Transfer-Encoding") for line in lines):
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode() + body


def chunks(body: bytes, *sizes: int) -> bytes:
    """Write a body in chunks."""
    made = b""
    for size in sizes:
        made += b"%x;x=y\r\n%s\r\n" % (size, body[:size])
        body = body[size:]
    return made + b"0\r\nX-Trailer: z\r\n\r\n"


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_others_are_answered_while_a_crowd_hangs_on(secure, certified) -> None:
    """Beside 150 silent and 80 dripping clients each of ten questions has its roster within a second."""
    files, trust = None, None
    if secure:
        both, trust = certified
        files = Tls(both, both)
    with MockLas("esis", leerlingen=20, tls=files) as las:
        to = las.connection()
        url = urlsplit(to.leerlinggegevens_url)
        body = write_envelope(LeerlinggegevensVerzoek(**las.school, xsdversie="2.2"), autorisatie=to.header)
        request = post(body, "Content-Type: text/xml", 'SOAPAction: "HaalLeerlinggegevens"', path=url.path)
        ask(url.port, request, trust)  # what is loaded at the first question is loaded
        with dripping(url.port, request, silent=150, drips=80, tls=trust):
            for _ in range(10):
                began = time.monotonic()
                answer = ask(url.port, request, trust)
                assert time.monotonic() - began < 1
                assert answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 503 "))
                assert b"Envelope>" in answer[-40:]


# How a request is delimited.

BODY = bytes(range(256)) * 40
WHOLE = f"POST / {len(BODY)} {sum(BODY)};".encode()


@pytest.mark.parametrize(
    "pieces",
    [
        [post(BODY)],
        [bytes([byte]) for byte in post(BODY[:40])[:-1]] + [post(BODY[:40])[-1:]],
        [post(BODY)[:30], post(BODY)[30:200], post(BODY)[200:]],
        [b"\r\n\r\n" + post(BODY)],
        [post(chunks(BODY, 1, 240, 5000, 4999), "Transfer-Encoding: chunked")],
        [post(chunks(BODY, len(BODY)), "transfer-encoding:  Chunked".title())],
        [post(BODY, "Expect: 100-continue")],
        [post(BODY, f"Content-Length: {len(BODY)}")],
        [b"POST / HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)],
    ],
    ids=[
        "whole",
        "byte by byte",
        "cut in the head",
        "empty lines before it",
        "chunks",
        "one chunk",
        "expects 100",
        "twice the same length",
        "HTTP/1.0",
    ],
)
def test_a_request_arrives_whole_however_it_comes(pieces, server) -> None:
    """Whatever the pieces, and with chunks cut anywhere, the application has the same bytes."""
    expected = WHOLE if len(pieces) < 20 else f"POST / 40 {sum(BODY[:40])};".encode()

    assert said(server.bind_addr[1], *pieces).endswith(expected)


@pytest.mark.parametrize("cut", range(0, 75, 5))
def test_chunks_may_be_cut_anywhere(cut, server) -> None:
    """Two packets that meet in a chunk's size, its line end, its data or the trailer make the same body."""
    request = post(chunks(b"0123456789abcdef", 3, 10, 3), "Transfer-Encoding: chunked")
    at = len(request) - cut

    answer = said(server.bind_addr[1], request[:at], request[at:], pause=0.005)

    assert answer.endswith(f"POST / 16 {sum(b'0123456789abcdef')};".encode())


def test_requests_behind_each_other_are_answered_in_order(server) -> None:
    """A packet with three requests gives three answers, and a fourth that comes later another one."""
    three = post(b"a", path="/1", close=False) + post(b"", path="/2", close=False) + post(b"bc", path="/3", close=False)

    answer = said(server.bind_addr[1], three + post(b"", path="/4")[:20], post(b"", path="/4")[20:], pause=0.05)

    places = [answer.index(part) for part in (b"POST /1 1 97;", b"POST /2 0 0;", b"POST /3 2 197;", b"POST /4 0 0;")]
    assert places == sorted(places)


def test_a_client_that_waits_to_be_asked_is_asked(server) -> None:
    """After `Expect: 100-continue` the server says to go on, once, and answers when the body is there."""
    head, _, body = post(BODY, "Expect: 100-continue").partition(b"\r\n\r\n")
    with socket.create_connection(("127.0.0.1", server.bind_addr[1]), timeout=10) as connection:
        connection.sendall(head + b"\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(WHOLE)


SMUGGLED = b"GET /beheer HTTP/1.1\r\nHost: x\r\n\r\n"
REFUSED = {
    "both": (400, post(b"5\r\nhallo\r\n0\r\n\r\n", "Transfer-Encoding: chunked", "Content-Length: 5")),
    "both, the other way round": (
        400,
        post(chunks(b"hallo", 5) + SMUGGLED, "Content-Length: 3", "Transfer-Encoding: chunked"),
    ),
    "both, the length 0": (400, post(chunks(b"hallo", 5), "Content-Length: 0", "Transfer-Encoding: chunked")),
    "both, folded": (400, post(chunks(b"hallo", 5), "Content-Length: 3", "Transfer-Encoding:\r\n chunked")),
    "two lengths": (400, post(b"hallo", "Content-Length: 1")),
    "two lengths in one line": (400, b"POST / HTTP/1.1\r\nContent-Length: 1, 5\r\n\r\nhallo"),
    "no number": (400, b"POST / HTTP/1.1\r\nContent-Length: 5x\r\n\r\nhallo"),
    "a sign": (400, b"POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\nhallo"),
    "below nothing": (400, b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\nhallo"),
    "underscore": (400, b"POST / HTTP/1.1\r\nContent-Length: 0_5\r\n\r\nhallo"),
    "space before the colon": (400, b"POST / HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
    "no colon": (400, b"POST / HTTP/1.1\r\nTransfer-Encoding\r\n\r\n"),
    "chunked twice": (501, post(chunks(b"hallo", 5), "Transfer-Encoding: chunked, chunked")),
    "another coding": (501, post(chunks(b"hallo", 5), "Transfer-Encoding: gzip, chunked")),
    "nearly chunked": (501, post(chunks(b"hallo", 5), "Transfer-Encoding: xchunked")),
    "chunked in HTTP/1.0": (400, b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "a chunk size with a sign": (400, post(b"+5\r\nhallo\r\n0\r\n\r\n", "Transfer-Encoding: chunked")),
    "a chunk size in Python's words": (400, post(b"0x5\r\nhallo\r\n0\r\n\r\n", "Transfer-Encoding: chunked")),
    "no chunk size": (400, post(b"\r\nhallo\r\n0\r\n\r\n", "Transfer-Encoding: chunked")),
    "a long line before a chunk": (400, post(b"5;" + b"x" * 9000, "Transfer-Encoding: chunked")),
    "a long head": (431, b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000),
    "a large body": (413, b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 100_000),
    "large chunks": (413, post(chunks(b"x" * (5 << 20), 5 << 20), "Transfer-Encoding: chunked")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_nobody_can_tell_the_end_of_is_refused(name, server) -> None:
    """Length and coding that contradict each other, or are malformed, get one answer, and the connection ends there."""
    status, request = REFUSED[name]

    answer = said(server.bind_addr[1], request)

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"beheer" not in answer


# Time.


@pytest.fixture
def hasty() -> Iterator[HttpServer]:
    """A server that has little patience."""
    with serving() as server:
        server.pace.idle = server.pace.head = server.pace.step = server.pace.handshake = 0.4
        server.pace.rate = 2000
        yield server


def seconds(do: Callable[[], object]) -> float:
    """Measure."""
    began = time.monotonic()
    do()
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("start", "drop", "answer"),
    [
        (b"", b"", b""),
        (b"POST / HTTP/1.1\r\nX: ", b"x", b"HTTP/1.1 408 "),
        (post(b"x" * 5000)[:-4990], b"x", b"HTTP/1.1 408 "),
        (post(b"5\r\nhal", "Transfer-Encoding: chunked"), b"", b"HTTP/1.1 408 "),
    ],
    ids=["idle", "head", "body", "chunk"],
)
def test_who_takes_too_long_is_let_go(start, drop, answer, hasty) -> None:
    """A connection without a request is closed, and one that drips gets 408, however steadily it drips."""
    with socket.create_connection(("127.0.0.1", hasty.bind_addr[1]), timeout=10) as connection:
        connection.sendall(start)
        began, got = time.monotonic(), b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(connection, selectors.EVENT_READ)
            while not waiting.select(0.02):
                connection.sendall(drop)
                assert time.monotonic() - began < 5
        while block := connection.recv(1 << 16):
            got += block
    assert got.startswith(answer)
    assert bool(got) == bool(answer)


def test_a_slow_line_that_keeps_the_rate_has_its_time(hasty) -> None:
    """A body that comes for longer than the patience, but fast enough, is answered."""
    request = post(b"x" * 6000)
    pieces = [request[:100], *(request[at : at + 200] for at in range(100, len(request), 200))]

    assert said(hasty.bind_addr[1], *pieces, pause=0.02).startswith(b"HTTP/1.1 200 ")


def test_who_does_not_take_the_answer_frees_the_thread(hasty) -> None:
    """Clients that ask for a large answer and read none of it keep the two threads for the patience and no longer."""
    with ExitStack() as stack:
        for _ in range(4):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", hasty.bind_addr[1]), timeout=10))
            connection.sendall(post(b"", path="/large"))
        assert said(hasty.bind_addr[1], post(b"a")).endswith(b"POST / 1 97;")


def test_a_silent_handshake_holds_up_nobody_and_ends(certified) -> None:
    """Beside fifty connections that never say their TLS hello others are answered, and the fifty are let go."""
    both, trust = certified
    with serving(both) as server, ExitStack() as stack:
        server.pace.handshake = 1.5
        port = server.bind_addr[1]
        silent = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10)) for _ in range(50)]
        for _ in range(5):
            assert seconds(lambda: ask(port, post(BODY), trust)) < 1
        assert ask(port, post(BODY), trust).endswith(WHOLE)
        assert [connection.recv(10) for connection in silent] == [b""] * 50


def test_plain_http_on_a_tls_port_is_told_so(certified) -> None:
    """Who speaks HTTP where HTTPS is due reads that in plain text."""
    with serving(certified[0]) as server:
        assert b"only speaks HTTPS" in said(server.bind_addr[1], post(b"a"))


def test_kept_connections_serve_one_request_after_another(server) -> None:
    """A client that keeps its connection has each answer on it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.bind_addr[1], timeout=10)
    for number in range(5):
        connection.request("POST", f"/{number}", b"a" * number)
        assert connection.getresponse().read() == f"POST /{number} {number} {97 * number};".encode()
    connection.close()


def test_a_full_house_drops_the_most_silent(monkeypatch) -> None:
    """With more connections than are kept the one that said nothing for longest goes, and a new one comes in."""
    monkeypatch.setattr("mock_las.reception.MOST_AT_ONCE", 20)
    with serving() as server, ExitStack() as stack:
        held = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.bind_addr[1]), timeout=10))
            for _ in range(40)
        ]
        assert said(server.bind_addr[1], post(b"a")).endswith(b"POST / 1 97;")
        assert held[0].recv(1) == b""
