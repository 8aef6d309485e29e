"""The work of a night on one koppeling; it runs in a thread, or in a worker on another machine."""

from __future__ import annotations

import logging
import threading
import time
from datetime import date
from typing import Any, Final, Literal, TypeAlias

import msgspec
from sqlalchemy import update

from uwlr.client.config import host_of
from uwlr.client.retry import is_temporary
from uwlr.errors import Fault, HttpError, ServerFault, Timeout, TransportError
from uwlr.exchange.delivery import SILENT, Bezorging, Deliverer
from uwlr.exchange.importing import Importer
from uwlr.exchange.koppeling import Connector, Koppelingen, connect
from uwlr.exchange.leden import SOORTEN, Soort
from uwlr.exchange.plan import NotReady, Plan, Stale
from uwlr.exchange.policy import Policies
from uwlr.exchange.spans import span
from uwlr.exchange.store import Store, log_event
from uwlr.exchange.tables import Koppeling
from uwlr.loading import load
from uwlr.undisclosed import Undisclosed

Outcome: TypeAlias = Literal["ok", "review", "failed", "busy"]
"""How a koppeling fared: all done; rows or refused results wait for a person; could not be done; another has it."""

_log = logging.getLogger("uwlr.exchange")
_stores: dict[tuple[str, str | None], Store] = {}
_opening = threading.Lock()
_ONCE: Final = 1
_TURNS: Final = 3
"""How often an import is planned in one night, where others write into the tables of the same school."""


class Job(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """What a worker needs to know; plain data, so that it can travel.

    Attributes:
        store: URL of the store.
        koppeling_id: which one.
        night: the night whose work it is, an ISO date.
        apply: whether an import that waits for nobody is applied at once.
        policies: how vendors are treated.
        cipher: module:function that makes the store's cipher.
        connector: module:function that makes the clients.
        leden: module:function that gives the application's own tables.
    """

    store: str
    koppeling_id: int
    night: str
    apply: bool
    policies: Policies
    cipher: str | None = None
    connector: str | None = None
    leden: str | None = None

    def __repr__(self) -> str:
        return f"<Job koppeling={self.koppeling_id} night={self.night}>"  # a store's URL may hold a password


class Done(msgspec.Struct, kw_only=True):
    """What became of a koppeling in a night: ids, words and counts.

    Attributes:
        outcome: how it fared.
        plan: number of the plan that was made, or waits.
        unmatched: rows per kind that matched nothing (R11).
        toegepast: whether the import was applied.
        bezorging: what was delivered.
        error: class of the error, with its fault code, or what is wrong with the HTTP answer and its status; never its
            text.
        temporary: whether trying again soon makes sense.
        host_down: whether the host itself seems to be down.
    """

    koppeling_id: int
    naam: str = ""
    vendor: str = ""
    outcome: Outcome = "ok"
    plan: int | None = None
    open_rows: int = 0
    guarded: bool = False
    unmatched: dict[Soort, int] = msgspec.field(default_factory=dict)
    toegepast: bool = False
    ongewijzigd: bool = False
    bezorging: Bezorging = msgspec.field(default_factory=Bezorging)
    error: str | None = None
    temporary: bool = False
    host_down: bool = False
    duration_ms: int = 0
    cpu_ms: int = 0
    attempt: int = _ONCE


def run_job(job: Job) -> Done:
    """Fetch, plan and deliver for one koppeling. Whatever goes wrong is in what it gives: nothing is raised."""
    started, cpu = time.monotonic(), time.thread_time()
    done = Done(koppeling_id=job.koppeling_id)
    try:
        with span("uwlr.koppeling", koppeling=job.koppeling_id):
            _work(job, done)
    except Exception as error:  # noqa: BLE001 - one bad school never stops the rest
        _failed(done, error)
    done.duration_ms = round((time.monotonic() - started) * 1000)
    done.cpu_ms = round((time.thread_time() - cpu) * 1000)
    if done.outcome != "busy":
        fields: dict[str, Any] = {
            "koppeling": done.koppeling_id,
            "outcome": done.outcome,
            "error": done.error,
            "duration_ms": done.duration_ms,
            **msgspec.structs.asdict(done.bezorging),
        }
        _log.info("koppeling %(koppeling)d %(outcome)s %(duration_ms)d ms", fields, extra=fields)
    return done


def _work(job: Job, done: Done) -> None:
    store = _store(job.store, job.cipher)
    with store.claim(job.koppeling_id) as mine:
        koppeling = Koppelingen(store).get(job.koppeling_id)
        done.naam, done.vendor = koppeling.naam, koppeling.vendor
        night = koppeling.laatste_nacht
        if not mine or koppeling.status != "actief" or (night is not None and night.isoformat() >= job.night):
            done.outcome = "busy"
            return
        connector: Connector = load(job.connector) or connect
        troubles: list[Exception] = []
        # Results do not wait for the roster, nor the roster for results: each may be down on its own.
        for part in (_import, _deliver):
            try:
                part(job, store, koppeling, connector, done)
            except Exception as error:  # noqa: BLE001 - whatever it is, the other part goes on
                troubles.append(error)
                _note(store, koppeling.id, error)
        if troubles:
            raise troubles[0]
        _finish(store, job)


def _import(job: Job, store: Store, koppeling: Koppeling, connector: Connector, done: Done) -> None:
    if koppeling.url is None:
        return
    importer = Importer(store, leden=load(job.leden), connector=connector, max_deactivated=job.policies.max_deactivated)
    with span("uwlr.fetch", koppeling=koppeling.id):
        rosters = importer.fetch(koppeling)
    if importer.unchanged(koppeling, rosters):
        done.ongewijzigd = True
        return
    for _ in range(_TURNS):
        with span("uwlr.plan", koppeling=koppeling.id):
            plan = importer.plan(koppeling, rosters)
        done.plan = plan.id
        _say(plan, done)
        if not job.apply and plan.changes:
            break
        try:
            with span("uwlr.apply", koppeling=koppeling.id):
                importer.apply(plan, recheck=False)
        except NotReady:
            break
        except Stale:  # another import of the same school came between: look again at what it left
            koppeling = Koppelingen(store).get(koppeling.id)
            continue
        done.toegepast = True
        break
    if plan.waits or (not done.toegepast and (plan.changes or plan.guarded)):
        done.outcome = "review"


def _say(plan: Plan, done: Done) -> None:
    done.open_rows, done.guarded = len(plan.open_rows), plan.guarded
    done.unmatched = {soort: plan.unmatched[soort] for soort in SOORTEN if plan.unmatched[soort]}


def _deliver(job: Job, store: Store, koppeling: Koppeling, connector: Connector, done: Done) -> None:
    if koppeling.leerresultaten_url is None:
        return
    silent = job.policies.of(koppeling.vendor).silent
    known = SILENT if silent is None else SILENT | {koppeling.vendor} if silent else SILENT - {koppeling.vendor}
    deliverer = Deliverer(store, connector=connector, batch=job.policies.batch, silent=known)
    with span("uwlr.deliver", koppeling=koppeling.id):
        deliverer.deliver_claimed(koppeling, done.bezorging)
    if done.bezorging.geweigerd:
        done.outcome = "review"


def _finish(store: Store, job: Job) -> None:
    with store.write() as session:
        changed = update(Koppeling).where(Koppeling.id == job.koppeling_id)
        session.execute(changed.values(laatste_nacht=date.fromisoformat(job.night)))


def _note(store: Store, koppeling_id: int, error: Exception) -> None:
    with store.write() as session:
        log_event(session, koppeling_id, store.now(), "fout", fout=_name(error))


def _failed(done: Done, error: Exception) -> None:
    done.outcome = "failed"
    done.error = _name(error)
    done.temporary = is_temporary(error) or isinstance(error, (Timeout, ServerFault))
    done.host_down = isinstance(error, TransportError)


def _name(error: Exception) -> str:
    kind = ""
    if isinstance(error, Fault) and hasattr(error.code, "omschrijving"):
        kind = f" {error.code}"
    elif isinstance(error, HttpError):
        kind = f" {error.problem} {error.status}"
    return f"{type(error).__name__}{kind}"


def hosts_of(koppeling: Koppeling) -> tuple[str, ...]:
    """The hosts that a koppeling calls."""
    return tuple(dict.fromkeys(host_of(url) for url in (koppeling.url, koppeling.leerresultaten_url) if url))


def _store(url: str, cipher: str | None) -> Store:
    """Give the store of this process, opened once."""
    with _opening:
        store = _stores.get((url, cipher))
        if store is None:
            store = _stores[url, cipher] = Store(url, cipher=load(cipher)() if cipher else None)
        return store


def close_stores() -> None:
    """Close what `run_job` opened in this process."""
    with _opening:
        while _stores:
            _stores.popitem()[1].close()
