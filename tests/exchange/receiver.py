"""A receiver of results that keeps what it takes and refuses what a test says, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from uwlr.berichten import LeerresultatenBevestiging, LeerresultatenVerzoek
from uwlr.codec.read import read_envelope
from uwlr.soap.envelope import write_envelope, write_fault


class Receiver:
    """What it holds, and how it answers.

    Attributes:
        refuse: gives the fault code for a message, or None; it may ask for the key of whoever sends it.
        held: what it holds, by key: the last result of each.
        messages: what came, in order, with the key.
    """

    def __init__(self) -> None:
        self.url = ""
        self.forget()

    def forget(self) -> None:
        """Be as new: nothing came, and everything is taken."""
        self.refuse: Callable[[LeerresultatenVerzoek, str], str | None] = lambda _, __: None
        self.held: dict[str, tuple[str, str, object]] = {}
        self.messages: list[tuple[LeerresultatenVerzoek, str]] = []

    def answer(self, data: bytes) -> tuple[int, bytes]:
        """Take a message, or refuse it."""
        envelope = read_envelope(data, tolerant=False)
        verzoek, key = envelope.bericht, envelope.header.findtext(".//{*}autorisatiesleutel")
        self.messages.append((verzoek, key))
        code = self.refuse(verzoek, key)
        if code is not None:
            return 500, write_fault(code)
        for afname in verzoek.toetsafnames:
            for resultaat in afname.resultaten:
                self.held[resultaat.key] = (verzoek.school.brincode, afname.leerlingid, resultaat.uitkomst)
        return 200, write_envelope(LeerresultatenBevestiging())

    def refuse_pupils(self, pupils: set[str], code: str) -> None:
        """Refuse what holds a result of one of these."""
        self.refuse = lambda verzoek, _: (
            code if any(afname.leerlingid in pupils for afname in verzoek.toetsafnames) else None
        )


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a free port of loopback."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or the kernel waits 40 ms between headers and body

        def do_POST(self):
            status, body = receiver.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        receiver.url = f"http://127.0.0.1:{server.server_port}/"
        yield receiver
        server.shutdown()
        thread.join()
