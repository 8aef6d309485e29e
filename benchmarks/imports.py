"""What a night costs beside fetching and reading the same rosters: `python -m benchmarks.imports [--store URL]`.

The LAS answers from memory in a process of its own. What is told are milliseconds of processor time of one thread for a
school, the least of all schools, and how many times that of fetching and reading it is.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
from sqlalchemy import update

from uwlr.berichten import LeerlinggegevensAntwoord
from uwlr.dutch_time import dutch_day
from uwlr.exchange import Bron, Importer, Koppeling, Koppelingen, Policies, Store
from uwlr.exchange.night_job import Job, close_stores, run_job
from uwlr.norm import schooljaar_for
from uwlr.soap.envelope import write_envelope
from uwlr.testing import make_school


def serve(file: str) -> None:
    """Answer every request with a file, and print the port first."""
    body = Path(file).read_bytes()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


def answer(leerlingen: int) -> bytes:
    """Make a roster whose staff all have an address of their own, so that no import waits."""
    made = make_school(leerlingen=leerlingen, schooljaar=schooljaar_for(dutch_day(datetime.now(UTC))), brincode="99XX")
    staff = [msgspec.structs.replace(one, emailadres=f"{i}@example.org") for i, one in enumerate(made.leerkrachten)]
    return write_envelope(LeerlinggegevensAntwoord(inhoud=msgspec.structs.replace(made, leerkrachten=tuple(staff))))


def least(work: Callable[[int], object], ids: list[int]) -> float:
    """Do work for each koppeling; gives the least processor time, in milliseconds."""
    times = []
    for one in ids:
        begun = time.thread_time()
        work(one)
        times.append(time.thread_time() - begun)
    return min(times) * 1000


def measure(store: Store, url: str, address: str, schools: int) -> tuple[float, float, float]:
    """Fetch, import for the first time, and run a night without a change, for each of some schools."""
    koppelingen, importer = Koppelingen(store), Importer(store)
    given = {"vendor": "standaard", "url": address, "klantcode": "K", "klantnaam": "K"}
    for number in range(schools):
        name = f"s{number}"
        key = "sleutel-1234567890"
        koppelingen.add(naam=name, school=name, bronnen=[Bron(brincode="99XX")], autorisatiesleutel=key, **given)
    with store.write() as session:
        session.execute(update(Koppeling).values(status="actief", geactiveerd_op=store.now()))
    ids = [koppeling.id for koppeling in koppelingen.all()]

    def night(day: str) -> Callable[[int], object]:
        return lambda one: run_job(Job(store=url, koppeling_id=one, night=day, apply=True, policies=Policies()))

    def fetch(one: int) -> object:
        return importer.fetch(koppelingen.get(one))

    fetch(ids[0])
    before = least(fetch, ids)
    first, unchanged = least(night("2026-01-01"), ids), least(night("2026-01-02"), ids)
    return min(before, least(fetch, ids)), first, unchanged


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=60)
    parser.add_argument("--leerlingen", type=int, default=220)
    parser.add_argument("--store", default="")
    parser.add_argument("--serve", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "answer.xml")
        file.write_bytes(answer(options.leerlingen))
        command = [sys.executable, "-m", "benchmarks.imports", "--serve", str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as las:
            port = las.stdout.readline().strip() if las.stdout else ""
            url = options.store or f"sqlite:///{Path(folder, 'uwlr.db')}"
            with Store(url) as store:
                store.upgrade()
                fetched, first, unchanged = measure(store, url, f"http://127.0.0.1:{port}/", options.schools)
            close_stores()
            las.terminate()
    print(f"fetched and read {fetched:.1f} ms")
    print(f"first night      {first:.1f} ms, {first / fetched:.1f} times")
    print(f"unchanged night  {unchanged:.1f} ms, {unchanged / fetched:.1f} times")


if __name__ == "__main__":
    main()
