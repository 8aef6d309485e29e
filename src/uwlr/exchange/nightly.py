"""The nightly run: fetch, plan and deliver for every active koppeling, on any executor.

One thread hands out the work, so limits per vendor and per host hold however many workers there are. What a crash
left undone is due in the next run of the same night.
"""

from __future__ import annotations

import heapq
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from datetime import date
from functools import partial
from secrets import randbelow
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.exc import DBAPIError

from uwlr.errors import ConfigurationError
from uwlr.exchange.night_job import Done, Job, close_stores, hosts_of, lend_store, night_of, run_job
from uwlr.exchange.notify import LogNotifier, Notifier
from uwlr.exchange.outbox import Outbox
from uwlr.exchange.policy import Policies
from uwlr.exchange.store import Clock, Store, right_now
from uwlr.exchange.summary import Summary
from uwlr.exchange.tables import Koppeling
from uwlr.loading import load
from uwlr.visible import logger

_PAGE: Final = 50
"""Koppelingen of a vendor looked up at once: few, so that runs side by side seldom reach for the same."""

_AHEAD: Final = 2
"""Jobs handed out per worker, so that none stands still."""

_NEVER: Final = float("inf")
"""Seconds until more may begin, if only the end of something that runs can bring that about."""

_log = logger("uwlr.exchange")


class _Turn(NamedTuple):
    """A koppeling that is to be worked on, not before `ready`."""

    ready: float
    koppeling_id: int
    vendor: str
    hosts: tuple[str, ...]
    attempt: int


class _Breaker:
    """Leaves a host alone after failures in a row; one call after a while tells whether it is back."""

    def __init__(self, limit: int, cool_down: float) -> None:
        self.limit, self.cool_down = limit, cool_down
        self.failures: Counter[str] = Counter()
        self.closed_until: dict[str, float] = {}

    def opens_at(self, hosts: tuple[str, ...]) -> float:
        return max((self.closed_until.get(host, 0.0) for host in hosts), default=0.0)

    def tell(self, hosts: tuple[str, ...], down: bool, now: float) -> None:
        for host in hosts:
            self.failures[host] = self.failures[host] + 1 if down else 0
            if self.failures[host] >= self.limit:
                self.closed_until[host] = now + self.cool_down


class _Line:
    """The koppelingen of one vendor that are due, looked up as they are needed."""

    def __init__(self, pages: Iterator[list[_Turn]]) -> None:
        self.pages = pages
        self.waiting: deque[_Turn] = deque()

    def next(self) -> _Turn | None:
        if not self.waiting:
            self.waiting.extend(next(self.pages, ()))
        return self.waiting.popleft() if self.waiting else None


class Nightly:
    """A run over all active koppelingen.

    Args:
        url: URL of the store.
        policies: how vendors are treated.
        apply: apply imports that wait for nobody at once; by default they wait for review.
        workers: threads, or jobs handed out at once to another executor.
        executor: where the work goes; None makes threads.
        notifier: tells people about imports that wait.
        progress: called after each koppeling with how many are done.
        hooks: `cipher`, `connector` and `leden` as `module:name`, see `Job`.
        clock: gives the moment it is; workers in other processes have their own.

    Raises:
        ConfigurationError: another executor than threads on SQLite.
    """

    def __init__(
        self,
        url: str,
        *,
        policies: Policies | None = None,
        apply: bool = False,
        workers: int = 8,
        executor: Executor | None = None,
        notifier: Notifier | None = None,
        progress: Callable[[int], None] | None = None,
        hooks: dict[str, str | None] | None = None,
        clock: Clock = right_now,
    ) -> None:
        self.url = url
        self.clock = clock
        self.policies = policies or Policies()
        self.apply = apply
        self.workers = workers
        self.notifier = notifier or LogNotifier()
        self.progress = progress
        self.hooks = hooks or {}
        self._executor = executor

    def run(self) -> Summary:
        """Do the work of this night.

        Raises:
            ConfigurationError: the store cannot be used, or SQLite would have to serve several processes.
        """
        started = time.monotonic()
        try:
            cipher = load(self.hooks.get("cipher"))
            with Store(self.url, cipher=cipher() if cipher else None, clock=self.clock) as store:
                store.check()
                lend_store(self.url, self.hooks.get("cipher"), store)
                if store.is_sqlite and not isinstance(self._executor, ThreadPoolExecutor | None):
                    raise ConfigurationError(
                        "workers in other processes need PostgreSQL; on SQLite the work goes to threads"
                    )
                with store.alone():
                    summary = self._run(store)
        finally:
            close_stores()
        summary.seconds = round(time.monotonic() - started, 3)
        return summary

    def _run(self, store: Store) -> Summary:
        night = night_of(store.now())
        done_before = select(func.count(Koppeling.id)).where(Koppeling.laatste_nacht == night)
        with store.read() as session:
            summary = Summary(night=night.isoformat(), gedaan=session.scalar(done_before) or 0)
        if self._executor is not None:
            _Hand(self, store, self._executor, summary).work()
            return summary
        with ThreadPoolExecutor(self.workers, thread_name_prefix="uwlr-nightly") as threads:
            _Hand(self, store, threads, summary).work()
        return summary


class _Hand:
    """Hands out the work of one run."""

    def __init__(self, nightly: Nightly, store: Store, executor: Executor, summary: Summary) -> None:
        self.nightly = nightly
        self.policies = nightly.policies
        self.store = store
        self.executor = executor
        self.summary = summary
        self.lines = _lines(store, date.fromisoformat(summary.night))
        self.later: list[_Turn] = []
        self.running: dict[Future[Done], _Turn] = {}
        self.per_vendor: Counter[str] = Counter()
        self.next_start: dict[str, float] = {}
        self.breaker = _Breaker(self.policies.breaker, self.policies.cool_down)
        self.outbox = Outbox(store, nightly.notifier)

    def work(self) -> None:
        """Work until nothing is left."""
        self._tell()  # what was left, such as by a run that was killed, or of an import by hand
        try:
            while True:
                pause = self._hand_out()
                if not self.running and pause is None:
                    return
                if self.running:
                    timeout = None if pause == _NEVER else pause
                    ready, _ = wait(self.running, timeout=timeout, return_when=FIRST_COMPLETED)
                    for future in ready:
                        self._take(future)
                elif pause is not None:
                    time.sleep(pause)
        finally:
            for future in self.running:
                future.cancel()

    def _hand_out(self) -> float | None:
        """Hand out what may begin now; seconds until more may, None if nothing waits for a moment."""
        now = time.monotonic()
        while self.later and self.later[0].ready <= now:
            due = heapq.heappop(self.later)
            self.lines[due.vendor].waiting.appendleft(due)
        waits: list[float] = []
        turns = deque(self.lines.values())  # one of each in turn: a vendor with many schools holds up no other
        while turns and len(self.running) < self.nightly.workers * _AHEAD:
            line = turns.popleft()
            begun = line.next()
            if begun is None:
                continue
            pause = self._start(begun, now)
            if pause is None:
                turns.append(line)
            else:
                waits.append(pause)
                line.waiting.appendleft(begun)
        if self.later:
            waits.append(self.later[0].ready - now)
        return max(min(waits), 0.001) if waits else None

    def _start(self, due: _Turn, now: float) -> float | None:
        """Begin with a koppeling, or skip it; else seconds until it may begin."""
        policy = self.policies.of(due.vendor)
        if policy.is_quiet(self.store.now()):
            self.summary.skip("quiet", f"{due.vendor} {policy.quiet_hours}")
            return None
        opens = self.breaker.opens_at(due.hosts)
        if opens > now:
            if due.attempt >= self.policies.attempts:
                self.summary.skip("host")
                return None
            heapq.heappush(self.later, due._replace(ready=opens, attempt=due.attempt + 1))
            return None
        if policy.concurrency and self.per_vendor[due.vendor] >= policy.concurrency:
            return _NEVER  # one of this vendor that runs has to end first
        begins = self.next_start.get(due.vendor, 0.0)
        if policy.per_minute:
            if begins > now:
                return begins - now
            self.next_start[due.vendor] = max(begins, now) + 60 / policy.per_minute
        job = Job(
            store=self.nightly.url,
            koppeling_id=due.koppeling_id,
            night=self.summary.night,
            apply=self.nightly.apply,
            policies=self.policies,
            **self.nightly.hooks,
        )
        try:
            self.running[self.executor.submit(run_job, job)] = due
        except BrokenExecutor as error:  # no worker is left; the next run does what this one did not
            self.summary.add(_lost(due, error))
            return None
        self.per_vendor[due.vendor] += 1
        return None

    def _take(self, future: Future[Done]) -> None:
        due = self.running.pop(future)
        self.per_vendor[due.vendor] -= 1
        try:
            done = future.result()
        except Exception as error:  # noqa: BLE001 - a worker died; the others go on
            done = _lost(due, error)
            done.temporary = not isinstance(error, BrokenExecutor)
        now = time.monotonic()
        done.attempt = due.attempt
        if done.outcome != "busy":
            self.breaker.tell(due.hosts, done.host_down, now)
        if done.outcome == "failed" and done.temporary and due.attempt < self.policies.attempts:
            pause = self.policies.backoff * 2 ** (due.attempt - 1)
            heapq.heappush(self.later, due._replace(ready=now + pause, attempt=due.attempt + 1))
            return
        self.summary.add(done)
        self._tell(done.koppeling_id)
        if self.nightly.progress is not None:
            self.nightly.progress(self.summary.total)

    def _tell(self, koppeling_id: int | None = None) -> None:
        try:
            self.outbox.send(koppeling_id)
        except DBAPIError as error:  # it stays in the outbox
            _log.warning("nobody was told: %s", type(error).__name__)


def _lost(due: _Turn, error: Exception) -> Done:
    return Done(koppeling_id=due.koppeling_id, vendor=due.vendor, outcome="failed", error=type(error).__name__)


def _lines(store: Store, night: date) -> dict[str, _Line]:
    """Give the koppelingen whose work of this night is not done, by vendor."""

    def look() -> tuple[Sequence[str], int]:
        with store.read() as session:
            vendors = session.scalars(_undone(night, Koppeling.vendor).distinct().order_by(Koppeling.vendor)).all()
            return vendors, session.scalar(select(func.max(Koppeling.id))) or 0

    vendors, last = store.patiently(look)
    # Runs side by side begin at different places, or all but one would come too late for each.
    start = randbelow(last + 1)
    return {vendor: _Line(_pages(store, night, vendor, start)) for vendor in vendors}


def _pages(store: Store, night: date, vendor: str, start: int) -> Iterator[list[_Turn]]:
    """Give what is due of a vendor: from an id on to the last, then from the first up to that id."""
    wanted = _undone(night, Koppeling).where(Koppeling.vendor == vendor).order_by(Koppeling.id).limit(_PAGE)
    for begin, end in ((start, None), (0, start)):
        last = begin
        while True:
            page = store.patiently(partial(_page, store, wanted.where(Koppeling.id > last), end))
            if not page:
                break
            last = page[-1].id
            yield [_Turn(0.0, k.id, k.vendor, hosts_of(k), 1) for k in page]


def _page(store: Store, wanted: Select[Any], end: int | None) -> Sequence[Koppeling]:
    with store.read() as session:
        return session.scalars(wanted if end is None else wanted.where(Koppeling.id <= end)).all()


def _undone(night: date, what: Any) -> Select[Any]:
    """Select what is due, as `night_job.is_due` has it when a run begins, of koppelingen that have begun."""
    last = Koppeling.laatste_nacht
    undone = or_(last.is_(None), last < night, last > night)
    begun = or_(Koppeling.startdatum.is_(None), Koppeling.startdatum <= night)
    return select(what).where(Koppeling.status == "actief", undone, begun)


def count_due(store: Store) -> int:
    """Count the koppelingen whose work of this night is not done."""
    with store.read() as session:
        return session.scalar(_undone(night_of(store.now()), func.count(Koppeling.id))) or 0
