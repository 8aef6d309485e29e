"""R16: whoever dies, and wherever, the import goes on and processes nothing twice. Real processes, real SIGKILL."""

from __future__ import annotations

import datetime as dt
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from wsgiref.simple_server import make_server

import pytest

from helpers import programs
from mock_ea.jij.service import PATH, make_wsgi
from mock_ea.jij.supplier import Keys, MemorySupplier, _Handler, _Server, serving
from mock_las.pull_arguments import PullOrder
from mock_las.results_from_jij import Puller, first_day
from mock_las.world import World
from uwlr.norm import schooljaar_for
from uwlr.testing import make_results, make_school

PULLER = str(Path(__file__).parent / "puller.py")
BATCH = 50


def deliveries(state):
    """What each processed batch did: results that were new, results that were replaced."""
    with sqlite3.connect(state) as db:
        found = db.execute("SELECT new, replaced FROM delivery ORDER BY id").fetchall()
    db.close()
    return found


def keys(state):
    """The keys of the results that landed."""
    with sqlite3.connect(state) as db:
        found = [key for (key,) in db.execute("SELECT key FROM result")]
    db.close()
    return found


def check(state, due):
    """Every result landed, once, in as many batches as an import without a crash takes."""
    assert sorted(keys(state)) == sorted(due)
    assert [sum(column) for column in zip(*deliveries(state), strict=True)] == [len(due), 0]
    assert len(deliveries(state)) == -(-len(due) // BATCH)


@pytest.mark.parametrize(
    ("beginning", "nth", "kept"),
    [
        ("BEGIN", 1, 0),
        ("BEGIN", 2, 1),
        ("INSERT INTO delivery", 2, 1),
        ("INSERT OR REPLACE INTO result", BATCH + BATCH // 2, 1),
        ("UPDATE delivery", 3, 2),
        ("INSERT OR REPLACE INTO pull", 2, 1),
        ("COMMIT", 1, 0),
        ("COMMIT", 3, 2),
    ],
)
@pytest.mark.manual("E-31", "E-32", "E-33", "F-41")
def test_killed_at_a_statement(supplier, url, toegang, tmp_path, beginning, nth, kept):
    """Killed before, in or at the end of the transaction of a batch, the next import brings what was not there yet."""
    state = tmp_path / "state.db"
    who = (toegang.instellingscode, toegang.soapkey)

    [killed] = programs.ran(PULLER, url, state, *who, supplier.now.isoformat(), beginning, nth)
    found = len(keys(state))
    world = World(7, 40, ("magister",), state)
    world.clock.set(supplier.now)
    order = PullOrder(url=url, instellingscode=who[0], soapkey=who[1], vanaf=dt.date(2025, 8, 1), batchgrootte=BATCH)
    Puller(world).pull(order)
    world.close()

    assert killed.returncode == -signal.SIGKILL
    assert found == kept * BATCH
    check(state, supplier.keys("2025-2026"))


class Previous:
    """A supplier with results of the previous school year, by the calendar, since the program knows no other time.

    `on_request` is called with the number of the request before it is answered.
    """

    def __init__(self) -> None:
        today = dt.datetime.now(dt.UTC).date()
        self.vanaf = first_day(first_day(today) - dt.timedelta(days=1))
        self.on_request = lambda _: None
        self.requests = 0
        self.source = MemorySupplier(b"secret")
        self.source.register("99MM-JIJ", Keys("jij-sleutel", "toa-sleutel"))
        school = make_school(7, leerlingen=40, sector="VO", schooljaar=schooljaar_for(self.vanaf), brincode="99MM")
        results = make_results(school, afnamedatum=self.vanaf + dt.timedelta(days=90))
        moment = dt.datetime.combine(self.vanaf + dt.timedelta(days=100), dt.time(20), tzinfo=dt.UTC)
        self.source.add("99MM-JIJ", results, moment)
        self.due = [r.key for a in results.toetsafnames for r in a.resultaten]

    def __getattr__(self, name):
        return getattr(self.source, name)

    def haal_toetsresultaten(self, code, verzoek):
        """Answer as the source, after whatever is to happen before."""
        self.requests += 1
        self.on_request(self.requests)
        return self.source.haal_toetsresultaten(code, verzoek)


@pytest.fixture
def previous() -> Previous:
    """The supplier."""
    return Previous()


class Program:
    """The program `mock-las pull`, with a state file and a key file."""

    def __init__(self, folder: Path, url: str, vanaf: dt.date) -> None:
        self.state = folder / "state.db"
        (folder / "sleutel").write_text("jij-sleutel\n", encoding="utf-8")
        self.command = [
            *("mock_las.cli:main", "pull", url, "--instellingscode", "99MM-JIJ"),
            *("--sleutel-file", str(folder / "sleutel"), "--state", str(self.state), "--seed", "7"),
            *("--leerlingen", "40", "--vanaf", vanaf.isoformat(), "--batchgrootte", str(BATCH)),
        ]

    def start(self) -> AbstractContextManager[programs.Program]:
        """Start it."""
        return programs.started(*self.command)

    def run(self) -> CompletedProcess:
        """Run it to its end."""
        return programs.ran(*self.command)[0]


@pytest.mark.parametrize("nth", [1, 2, 4])
def test_killed_while_it_waits(previous, tmp_path, nth):
    """Killed while the supplier makes a batch, the program loses that batch only, and gets it the next time."""
    started = threading.Event()
    with serving(previous) as url:
        program = Program(tmp_path, url, previous.vanaf)
        process: list[programs.Program] = []

        def kill(number: int) -> None:
            started.wait()
            if number == nth:
                process[0].kill()
                process[0].wait()

        previous.on_request = kill
        with program.start() as running:
            process.append(running)
            started.set()
            assert running.wait(timeout=120) == -signal.SIGKILL
        kept = len(keys(program.state))
        previous.on_request = lambda _: None
        done = program.run()

    assert kept == (nth - 1) * BATCH
    assert done.returncode == 0, done.stderr
    assert "no more results" in done.stdout
    check(program.state, previous.due)


@contextmanager
def breaking(source, nth, in_the_middle) -> Iterator[str]:
    """Serve a supplier that does something in the middle of its nth answer, and then breaks it off."""
    whole = make_wsgi(source)
    count = 0

    def application(environ, start_response):
        nonlocal count
        count += 1
        [body] = whole(environ, start_response)
        return half(body) if count == nth else [body]

    def half(body):
        yield body[: len(body) // 2]
        in_the_middle()

    with make_server("127.0.0.1", 0, application, _Server, _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{PATH}"
        finally:
            server.shutdown()
            thread.join()


def test_killed_half_way_an_answer(previous, tmp_path):
    """Killed when half of a batch has come in, the program keeps nothing of that batch."""
    started = threading.Event()
    process: list[programs.Program] = []

    def kill():
        started.wait()
        process[0].kill()
        process[0].wait()

    with breaking(previous, 2, kill) as url:
        program = Program(tmp_path, url, previous.vanaf)
        with program.start() as running:
            process.append(running)
            started.set()
            assert running.wait(timeout=120) == -signal.SIGKILL
        assert len(keys(program.state)) == BATCH
        done = program.run()

    assert done.returncode == 0, done.stderr
    check(program.state, previous.due)


def test_supplier_that_breaks_off_is_asked_again(previous, tmp_path):
    """When it is the supplier that dies half way an answer, the program asks again by itself."""
    with breaking(previous, 2, lambda: None) as url:
        program = Program(tmp_path, url, previous.vanaf)
        done = program.run()

    assert done.returncode == 0, done.stderr
    check(program.state, previous.due)


def test_program_says_why_it_could_not(previous, tmp_path):
    """A refusal ends the program with exit code 3 and one line, without the key."""
    with serving(previous) as url:
        program = Program(tmp_path, url, previous.vanaf)
        (tmp_path / "sleutel").write_text("toa-sleutel", encoding="utf-8")
        done = program.run()

    assert done.returncode == 3
    assert "Client.SoapkeyOngeldig" in done.stderr
    assert "toa-sleutel" not in done.stderr + done.stdout
