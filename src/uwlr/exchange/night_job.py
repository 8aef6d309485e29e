"""The work of a night on one koppeling; it runs in a thread, or in a worker on another machine."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uwlr.client.config import host_of
from uwlr.client.retry import is_temporary
from uwlr.dutch_time import dutch_day, dutch_moment
from uwlr.errors import Fault, HttpError, ServerFault, Timeout, TransportError
from uwlr.exchange.delivery import SILENT, Bezorging, Deliverer
from uwlr.exchange.import_history import find_all
from uwlr.exchange.importing import Importer, Rosters
from uwlr.exchange.koppeling import Connector, Koppelingen, connect, explained
from uwlr.exchange.leden import Soort
from uwlr.exchange.lifecycle import STORINGEN, Storing, storing_of
from uwlr.exchange.matching import hash_leden, hash_rosters
from uwlr.exchange.outbox import about, end_storing, queue, take_back
from uwlr.exchange.plan import NotReady, Plan, Stale
from uwlr.exchange.policy import Policies
from uwlr.exchange.presets import preset_of
from uwlr.exchange.spans import span
from uwlr.exchange.store import Store, is_away, log_event
from uwlr.exchange.tables import Gebeurtenis, Koppeling
from uwlr.loading import load
from uwlr.undisclosed import Undisclosed
from uwlr.visible import logger

Outcome: TypeAlias = Literal["ok", "review", "failed", "busy"]
"""How a koppeling fared: all done; rows or refused results wait for a person; could not be done; another has it."""

_log = logger("uwlr.exchange")
_stores: dict[tuple[str, str | None], Store] = {}
_opening = threading.Lock()
_ONCE: Final = 1


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
        fetched: whether the roster came.
        bezorging: what was delivered.
        error: class of the error, with its fault code, or what is wrong with the HTTP answer and its status; never its
            text.
        temporary: whether trying again soon makes sense.
        host_down: whether the host itself seems to be down.
        storing: what keeps the koppeling from working, in a word.
        clock_ahead: whether its last night lay in the future: the clock was wrong then.
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
    fetched: bool = False
    ongewijzigd: bool = False
    bezorging: Bezorging = msgspec.field(default_factory=Bezorging)
    error: str | None = None
    temporary: bool = False
    host_down: bool = False
    storing: Storing | None = None
    clock_ahead: bool = False
    duration_ms: int = 0
    cpu_ms: int = 0
    attempt: int = _ONCE


def run_job(job: Job) -> Done:
    """Fetch, plan and deliver for one koppeling. Whatever goes wrong is in what it gives: nothing is raised."""
    started, cpu = time.monotonic(), time.thread_time()
    done = Done(koppeling_id=job.koppeling_id)
    try:
        with span("uwlr.koppeling", koppeling=job.koppeling_id):
            done = _patiently(job)
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


def _patiently(job: Job) -> Done:
    """Do the work, and from its beginning again if the database was away for a moment."""

    def work() -> Done:
        done = Done(koppeling_id=job.koppeling_id)
        _work(job, done)
        return done

    return _store(job).patiently(work)


def _work(job: Job, done: Done) -> None:
    store, night = _store(job), date.fromisoformat(job.night)
    with store.claim(job.koppeling_id) as mine:
        koppeling = Koppelingen(store).get(job.koppeling_id)
        done.naam, done.vendor = koppeling.naam, koppeling.vendor
        if (
            not mine
            or koppeling.status != "actief"
            or not is_due(koppeling.laatste_nacht, night, night_of(store.now()))
        ):
            done.outcome = "busy"
            return
        connector: Connector = load(job.connector) or connect
        troubles: list[Exception] = []
        # Results do not wait for the roster, nor the roster for results: each may be down on its own.
        for part in (_import, _deliver):
            try:
                part(job, store, koppeling, connector, done)
            except Exception as error:  # whatever it is, the other part goes on
                if is_away(error):
                    raise
                troubles.append(error)
        _conclude(store, koppeling, night, troubles, done)
        if troubles:
            _failed(done, troubles[0])


def is_due(last: date | None, night: date, tonight: date) -> bool:
    """Tell whether the work of a night is to be done.

    A last night that has not come yet was written while a clock was wrong, and counts for nothing.

    Args:
        last: the last night that went well.
        night: the one whose work it is.
        tonight: the night it is now; a later one than `night` in a run that goes on after noon.
    """
    return last is None or last < night or is_ahead(last, tonight)


def is_ahead(last: date | None, tonight: date) -> bool:
    """Tell whether a last night lies in the future."""
    return last is not None and last > tonight


def _import(job: Job, store: Store, koppeling: Koppeling, connector: Connector, done: Done) -> None:
    if koppeling.url is None:
        return
    importer = Importer(store, leden=load(job.leden), connector=connector, max_deactivated=job.policies.max_deactivated)
    with span("uwlr.fetch", koppeling=koppeling.id):
        rosters = importer.fetch(koppeling)
    done.fetched = True
    if importer.unchanged(koppeling, rosters):
        done.ongewijzigd = True
        return
    with span("uwlr.plan", koppeling=koppeling.id):
        waiting = _waiting(store, importer, koppeling, rosters)
        if waiting is not None and not waiting.ready:
            plan = waiting
        elif job.apply:
            plan, done.toegepast = importer.plan_and_apply(koppeling, rosters)
        else:
            plan = waiting or importer.plan(koppeling, rosters)
    done.plan = plan.id
    _say(plan, done)
    if not job.apply and not plan.changes and plan.ready:  # then there is nothing to look at
        with suppress(NotReady, Stale), span("uwlr.apply", koppeling=koppeling.id):
            importer.apply(plan, recheck=False)
            done.toegepast = True
    if plan.waits or (not done.toegepast and (plan.changes or plan.guarded)):
        done.outcome = "review"


def _waiting(store: Store, importer: Importer, koppeling: Koppeling, rosters: Rosters) -> Plan | None:
    """Give the plan that waits if it is still right, so that what people were sent leads to it."""
    plan = importer.open_plan(koppeling.id)
    if plan is None or plan.roster_hash != hash_rosters(rosters):
        return None
    if plan.volgende is not None and plan.volgende <= dutch_day(store.now()).isoformat():
        return None
    return plan if plan.leden_hash == hash_leden(find_all(importer.leden_of(koppeling))) else None


def _say(plan: Plan, done: Done) -> None:
    done.open_rows, done.guarded = len(plan.open_rows), plan.guarded
    done.unmatched = dict(plan.unmatched)


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


def _conclude(store: Store, koppeling: Koppeling, night: date, troubles: list[Exception], done: Done) -> None:
    """Note how the night was, in the state of the koppeling and in what people are told."""
    now = store.now()
    found = [storing_of(error) for error in troubles]
    done.storing = next((storing for storing in STORINGEN if storing in found), None)  # the clearest comes first
    with store.write() as session:
        kept = session.get_one(Koppeling, koppeling.id)
        for error in troubles:
            log_event(session, kept.id, now, "fout", fout=_name(error))
        if is_ahead(kept.laatste_nacht, night_of(now)):
            log_event(session, kept.id, now, "klok", laatste_nacht=str(kept.laatste_nacht))
            done.clock_ahead = True
        elif not troubles and kept.storing is None:
            _tell_missed_nights(session, kept, night, now)
        _note_storing(session, kept, done.storing, night, now)
        if done.bezorging.geweigerd:
            queue(
                session,
                kept.id,
                now,
                "geweigerd",
                night.isoformat(),
                aantal=done.bezorging.geweigerd,
                las=preset_of(kept.vendor).titel,
            )
        if done.fetched:
            kept.laatst_opgehaald = now
        if not troubles:
            kept.laatste_nacht = night


def _note_storing(session: Session, koppeling: Koppeling, storing: Storing | None, night: date, now: datetime) -> None:
    """Keep what stops a koppeling, and tell people once; and once more when it is well again."""
    before = koppeling.storing
    if storing != before:
        log_event(session, koppeling.id, now, "storing", storing=storing, was=before)
        if storing is None:
            end_storing(session, koppeling, now)
        elif before is not None and koppeling.storing_sinds is not None:  # it became something else
            take_back(session, koppeling.id, "storing", about(koppeling.storing_sinds))
        koppeling.storing, koppeling.storing_sinds = storing, None if storing is None else now
    if storing is not None:
        since = koppeling.storing_sinds or now
        nights = (night - night_of(since)).days + 1
        if nights >= STORINGEN[storing].nights:
            text = explained(koppeling, storing)
            queue(session, koppeling.id, now, "storing", about(since), storing=storing, uitleg=text)


def _tell_missed_nights(session: Session, koppeling: Koppeling, night: date, now: datetime) -> None:
    """Tell of nights on which nothing ran although the koppeling was actief."""
    if koppeling.laatste_nacht is None:
        return
    begun = select(func.max(Gebeurtenis.op)).where(
        Gebeurtenis.koppeling_id == koppeling.id, Gebeurtenis.soort == "actief"
    )
    since = session.scalar(begun)
    last = max(koppeling.laatste_nacht, night_of(since)) if since is not None else koppeling.laatste_nacht
    missed = (night - last).days - 1
    if missed > 0:
        log_event(session, koppeling.id, now, "nachten gemist", aantal=missed)
        queue(session, koppeling.id, now, "nachten", night.isoformat(), aantal=missed)


def _failed(done: Done, error: Exception) -> None:
    done.outcome = "failed"
    done.error = _name(error)
    done.temporary = is_away(error) or is_temporary(error) or isinstance(error, (Timeout, ServerFault))
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


def night_of(moment: datetime) -> date:
    """Name the night by the day it began on: it runs from noon to noon, Dutch time."""
    return (dutch_moment(moment) - timedelta(hours=12)).date()


def lend_store(url: str, cipher: str | None, store: Store) -> None:
    """Have the jobs of this process use a store that is open already, with its clock."""
    with _opening:
        _stores[url, cipher] = store


def _store(job: Job) -> Store:
    """Give the store of this process, opened once."""
    with _opening:
        store = _stores.get((job.store, job.cipher))
        if store is None:
            cipher = load(job.cipher)
            store = Store(job.store, cipher=cipher() if cipher else None)
            _stores[job.store, job.cipher] = store
        return store


def close_stores() -> None:
    """Close what `run_job` opened in this process."""
    with _opening:
        while _stores:
            _stores.popitem()[1].close()
