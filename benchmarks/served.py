"""One WSGI server in a process of its own: `python -m benchmarks.served SERVER APPLICATION CORE`.

The port goes to standard output; it ends by SIGTERM. An application is `bare-ANSWER` or `uwlr-ANSWER`: both give the
same bytes, and both read the request to its end; the bare one knows nothing of it. Or it is `flask`, as a yardstick.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.data import make
from uwlr import read
from uwlr.berichten import Autorisatie, LeerlinggegevensAntwoord, LeerlinggegevensVerzoek, LeerresultatenVerzoek
from uwlr.server import Encoded, Providers, SchoolRef, make_wsgi, same_key
from uwlr.soap.answer import encode
from uwlr.soap.envelope import write_envelope
from uwlr.soap.http import XML
from uwlr.soap.providers import RosterVerzoek

ANSWERS = {"small": ("reduced", 1), "written": ("reduced", 1), "large": ("leerlinggegevens", 2_700)}
"""The roster of an answer: of 1 KB, the same written anew for each request, and of 2 MB."""

AUTORISATIE = Autorisatie(autorisatiesleutel="99XX00sleutel", klantcode="UIT", klantnaam="Uitgever")
VERZOEK = LeerlinggegevensVerzoek(schooljaar="2025-2026", brincode="99XX", xsdversie="2.2")

WSGI = Callable[..., Any]


class Las:
    """A LAS with one answer."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def klant_bekend(self, klantcode: str, klantnaam: str) -> bool:
        return (klantcode, klantnaam) == (AUTORISATIE.klantcode, AUTORISATIE.klantnaam)

    def sleutel_geldig(self, autorisatie: Autorisatie, school: SchoolRef) -> bool:
        return same_key(autorisatie.autorisatiesleutel, AUTORISATIE.autorisatiesleutel)

    def school_bekend(self, school: SchoolRef) -> bool:
        return school.brincode == VERZOEK.brincode

    def leerlinggegevens(self, school: SchoolRef, verzoek: RosterVerzoek) -> Any:
        return self._answer

    def neem_leerresultaten(self, autorisatie: Autorisatie, school: SchoolRef, verzoek: LeerresultatenVerzoek) -> None:
        raise NotImplementedError


def request() -> bytes:
    """The request that every application gets."""
    return write_envelope(VERZOEK, autorisatie=AUTORISATIE)


def application(name: str) -> WSGI:
    """Make an application."""
    kind, _, answer = name.partition("-")
    document, pupils = ANSWERS[answer]
    with tempfile.TemporaryDirectory() as folder:
        inhoud = read(make(document, pupils, Path(folder)).read_bytes()).inhoud
    encoded = encode(LeerlinggegevensAntwoord(inhoud=inhoud))
    if kind == "bare":
        return _bare(b"".join(encoded.chunks))
    las = Las(inhoud if answer == "written" else Encoded(encoded.chunks))
    return make_wsgi(Providers(las, las, las))


def _bare(body: bytes) -> WSGI:
    headers = [("Content-Type", XML), ("Content-Length", str(len(body)))]

    def answer(environ: Any, start_response: Any) -> Any:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("200 OK", headers)
        return (body,)

    return answer


def _flask() -> WSGI:
    from flask import Flask

    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "ready")
    return app


def _on_cheroot(app: WSGI) -> None:
    from cheroot.wsgi import Server

    server = Server(("127.0.0.1", 0), app, numthreads=10, request_queue_size=128)
    # With its limit of 10 all others connect anew for each request, and what that costs would hide what is measured.
    server.keep_alive_conn_limit = None
    server.prepare()
    print(server.bind_addr[1], flush=True)
    server.serve()


def _on_gunicorn(app: WSGI) -> None:
    from gunicorn.app.base import BaseApplication

    class Gunicorn(BaseApplication):
        def load_config(self) -> None:
            self.cfg.set("bind", "127.0.0.1:0")
            self.cfg.set("worker_class", "sync")
            self.cfg.set("workers", 1)
            self.cfg.set("loglevel", "critical")
            self.cfg.set("control_socket_disable", True)
            self.cfg.set("when_ready", lambda arbiter: print(arbiter.LISTENERS[0].sock.getsockname()[1], flush=True))

        def load(self) -> WSGI:
            return app

    Gunicorn().run()


def _on_waitress(app: WSGI) -> None:
    from waitress.server import create_server

    server = create_server(app, host="127.0.0.1", port=0)
    print(server.effective_port, flush=True)
    server.run()


SERVERS = {"cheroot": _on_cheroot, "gunicorn": _on_gunicorn, "waitress": _on_waitress}


def main() -> None:
    server, name, core = sys.argv[1:]
    sys.argv[1:] = []
    if core != "any":
        os.sched_setaffinity(0, {int(core)})
    SERVERS[server](_flask() if name == "flask" else application(name))


if __name__ == "__main__":
    main()
