"""Every interleaving of two workers that deliver, of somebody who corrects a result, and of the network between.

The code is the real one, on a real store. A scheduler lets one actor at a time go on to its next point: the claim, each
transaction that writes, the message that leaves, the answer that comes. At each point it tries every actor
that can go on, and the death of either worker there: dead, it writes nothing more, and its claim is gone, as when the
connection that held it is lost. A message that has left arrives whenever the network likes, also after that.

The receiver replaces a result that comes again under its key, and refuses a message whose aanmaakdatum is not later
than that of the last one it took. Without the latter an old message that was held up could undo a correction, and no
sender could know.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from uwlr.berichten import LeerresultatenVerzoek, Toets
from uwlr.berichten import VocabulaireGebondenVeld as Term
from uwlr.errors import ClientFault, ConfigurationError
from uwlr.exchange import Deliverer, Koppelingen, Ledger, NewResult, Store
from uwlr.foutcodes import Foutcode

NOW = datetime(2026, 11, 20, 21, tzinfo=UTC)
TOETS = Toets(toetscode=Term(waarde="T1"))
Choice = tuple[str, str]


class Killed(BaseException):
    """The actor is dead: nothing of it goes on, and nothing catches it."""


def result(number: int, score: int) -> NewResult:
    """One of the results."""
    moment = NOW + timedelta(minutes=1)
    return NewResult(
        leerlingid=f"p{number}", toets=TOETS, afnamedatum=date(2026, 11, 3), score=score, genormeerd_op=moment,
        key=f"k{number}",
    )  # fmt: skip


def template(file: Path, results: int) -> None:
    """Make the store that every run begins with."""
    with Store(str(file), clock=lambda: NOW) as store:
        store.upgrade()
        koppelingen = Koppelingen(store)
        given = {"klantcode": "E", "klantnaam": "T", "leerresultaten_url": "http://127.0.0.1:9/"}
        made = koppelingen.add("x", naam="K", school="s", bronnen=["99XX00"], autorisatiesleutel="Sleutel", **given)
        koppelingen.approve(made.id)
        koppelingen._become(made.id, "actief")
        Ledger(store).record(made.id, [result(number, number) for number in range(results)])


class Actor(threading.Thread):
    """Something that goes on point by point, when the scheduler says so."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        super().__init__(name=name, daemon=True)
        self.work = work
        self.point = "start"
        self.can_go: Callable[[], bool] = lambda: True
        self.seen = blake2b(digest_size=12)
        self.dead = self.ended = False
        self.failure: BaseException | None = None
        self._go, self._reached = threading.Semaphore(0), threading.Semaphore(0)

    def run(self) -> None:
        """Do the work, from the scheduler's word on."""
        self._go.acquire()
        try:
            if not self.dead:
                self.work()
        except Killed:
            pass
        except ConfigurationError:
            pass  # another worker has it
        except BaseException as error:  # noqa: BLE001 - the scheduler shows it
            self.failure = error
        self.ended = True
        self._reached.release()

    def wait_at(self, point: str, can_go: Callable[[], bool] = lambda: True) -> None:
        """Stop at a point until the scheduler says so."""
        if self.dead:
            raise Killed
        self.point, self.can_go = point, can_go
        self._reached.release()
        self._go.acquire()
        if self.dead:
            raise Killed

    def step(self) -> None:
        """Go on to the next point, or to the end."""
        self._go.release()
        self._reached.acquire()


class WatchedStore(Store):
    """A store of which each claim and each transaction that writes is a point of the actor that does it."""

    def _stop(self, point: str) -> None:
        actor = threading.current_thread()
        if isinstance(actor, Actor):
            actor.wait_at(point)

    @contextmanager
    def write(self) -> Iterator[Any]:
        """Change, at a point."""
        self._stop("write")
        with super().write() as session:
            yield session

    @contextmanager
    def claim(self, koppeling_id: int) -> Iterator[bool]:
        """Claim, at a point."""
        self._stop("claim")
        with super().claim(koppeling_id) as mine:
            yield mine


class Network:
    """Messages under way, and the receiver at its end."""

    def __init__(self) -> None:
        self.pending: list[tuple[int, LeerresultatenVerzoek]] = []
        self.answers: dict[int, bool] = {}
        self.held: dict[str, object] = {}
        self.last: datetime | None = None
        self.sent = 0

    def breng_leerresultaten(self, verzoek: LeerresultatenVerzoek) -> None:
        """Send a message and wait for its answer."""
        actor = threading.current_thread()
        assert isinstance(actor, Actor)
        actor.wait_at("send")
        number, self.sent = self.sent, self.sent + 1
        self.pending.append((number, verzoek))
        actor.wait_at("answer", lambda: number in self.answers)
        if not self.answers[number]:
            raise ClientFault(Foutcode.ONGELDIG_BERICHT, "too old")

    def close(self) -> None:
        """Nothing is open."""

    def arrive(self, number: int) -> None:
        """Have a message reach the receiver."""
        verzoek = next(message for at, message in self.pending if at == number)
        self.pending = [one for one in self.pending if one[0] != number]
        made = verzoek.school.aanmaakdatum
        taken = self.last is None or made > self.last
        self.answers[number] = taken
        if taken:
            self.last = made
            self.held |= {r.key: r.uitkomst for afname in verzoek.toetsafnames for r in afname.resultaten}


class Run:
    """One run, from the beginning, by a list of choices and then by the first choice there is."""

    def __init__(self, store: WatchedStore, begin: Path, kills: int, batch: int) -> None:
        self.store = store
        with (
            closing(sqlite3.connect(begin)) as source,
            closing(sqlite3.connect(str(store.engine.url.database))) as file,
        ):
            source.backup(file)
        self.network = Network()
        self.kills = kills
        deliverer = Deliverer(store, connector=lambda *_: self.network, batch=batch)  # type: ignore[arg-type,return-value]

        def deliver() -> None:
            deliverer.deliver(Koppelingen(self.store).get(1))

        def correct() -> None:
            Ledger(self.store).record(1, [result(0, 99)])

        self.actors = {name: Actor(name, work) for name, work in (("w1", deliver), ("w2", deliver), ("fix", correct))}
        for actor in self.actors.values():
            actor.start()

    def choices(self) -> list[Choice]:
        """What may happen next."""
        able = [("go", a.name) for a in self.actors.values() if not a.ended and a.can_go()]
        arriving = [("arrive", str(number)) for number, _ in self.network.pending]
        dying = [
            ("kill", a.name) for a in self.actors.values() if a.name != "fix" and not a.ended and a.point != "start"
        ]
        return [*able, *arriving, *(dying if self.kills else [])]

    def take(self, choice: Choice) -> None:
        """Let it happen."""
        what, who = choice
        if what == "arrive":
            self.network.arrive(int(who))
            return
        actor = self.actors[who]
        if what == "kill":
            self.kills -= 1
            actor.dead = True
        actor.step()
        actor.seen.update(f"{what} {actor.point} {self._tables()}".encode())

    def _tables(self) -> str:
        with self.store.engine.connect() as connection:
            rows = connection.execute(text("SELECT key, status, volgnummer, inhoud FROM resultaat ORDER BY key")).all()
            moment = connection.scalar(text("SELECT laatste_aanmaakdatum FROM koppeling"))
        return f"{rows}{moment}"

    def state(self) -> bytes:
        """All that what comes next depends on: what each actor has seen, and what is there."""
        seen = [(a.name, a.point, a.ended, a.dead, a.seen.hexdigest()) for a in self.actors.values()]
        network = (sorted(self.network.held.items()), self.network.last, self.network.pending, self.network.answers)
        whole = f"{seen}{network}{self._tables()}{self.kills}"
        return blake2b(whole.encode(), digest_size=16).digest()

    def finish(self) -> None:
        """End every actor that is left, and check that one more delivery makes all of it right."""
        assert [a.failure for a in self.actors.values() if a.failure] == []
        late, self.network.pending = self.network.pending, []
        last = Actor("last", lambda: Deliverer(self.store, connector=lambda *_: self.network).deliver(  # type: ignore[arg-type,return-value]
            Koppelingen(self.store).get(1)))  # fmt: skip
        last.start()
        while not last.ended:
            last.step()
            for number, _ in self.network.pending:
                self.network.arrive(number)
        assert last.failure is None
        self.network.pending = late
        for number, _ in list(late):
            self.network.arrive(number)
        counts = Ledger(self.store).counts(1)
        wanted = {f"k{number}": 99 if number == 0 else number for number in range(sum(counts.values()))}
        assert self.network.held == wanted, "lost, doubled or undone"
        assert counts["bezorgd"] == len(wanted)

    def close(self) -> None:
        """End what is left."""
        for actor in self.actors.values():
            if not actor.ended:
                actor.dead = True
                actor.step()


def explore(folder: Path, *, results: int, kills: int, batch: int = 2, limit: int | None = None) -> tuple[int, int]:
    """Try every interleaving; gives how many states there were and how many runs it took.

    Args:
        folder: for the stores.
        results: how many are to be brought.
        kills: how many workers die at most.
        batch: results in one message.
        limit: stop after so many runs.
    """
    begin = folder / "begin.db"
    template(begin, results)
    seen: set[bytes] = set()
    todo: list[list[Choice]] = [[]]
    runs = 0
    store = WatchedStore(str(folder / "run.db"), clock=lambda: NOW)
    # No machine loses power here, so nothing has to wait for the disk.
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    while todo and (limit is None or runs < limit):
        prefix = todo.pop()
        runs += 1
        run = Run(store, begin, kills, batch)
        try:
            for choice in prefix:
                run.take(choice)
            path = list(prefix)
            while True:
                state = run.state()
                if state in seen:
                    break
                seen.add(state)
                choices = run.choices()
                if not choices or all(a.ended for a in run.actors.values()):
                    run.finish()
                    break
                todo += [[*path, other] for other in choices[1:]]
                run.take(choices[0])
                path.append(choices[0])
        except AssertionError as error:
            raise AssertionError(f"{error}, after {path}") from error
        finally:
            run.close()
    store.close()
    return len(seen), runs
