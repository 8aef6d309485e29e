"""Write docs/faults.md: what each planned fault of the mock does to the client and to a night, found by trying it.

Run it after a change of client, exchange or mock: `python tools/faults.py`. A test fails when the page is not what a
run gives. The mock runs in a process of its own and everything goes over HTTP. What arrived is counted at the mock: by
pupil and score, not by key, so that a result that came under two keys would show.
"""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import fill
from typing import Any, NamedTuple, TypeAlias

import msgspec
from click.testing import CliRunner
from sqlalchemy import select

from mock_las.remote_las import RemoteLas
from uwlr.berichten import LeerresultatenVerzoek, Toets, VocabulaireGebondenVeld
from uwlr.berichten.leerresultaten import Resultaat, School, Toetsafname
from uwlr.cli import main as uwlr_command
from uwlr.client import AsyncUwlrClient, Retry, UwlrClient
from uwlr.errors import Fault, HttpError, UwlrError
from uwlr.exchange import Bron, Deliverer, Importer, Koppeling, Koppelingen, Ledger, NewResult, Store
from uwlr.exchange.koppeling import autorisatie_of
from uwlr.exchange.tables import LidRow
from uwlr.foutcodes import Foutcode

Call: TypeAlias = Callable[[Callable[[Any], Any]], Any]
"""Has a client do something."""

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"
PUPILS = 30
ATTEMPTS = 3
ROSTER, RESULTS = OPERATIONS = ("HaalLeerlinggegevens", "BrengLeerresultaten")
ONCE, ALWAYS = TIMES = (1, 0)
LIMIT = 1 << 20
"""Bytes of an answer that are taken; the fault `huge` sends twice as many."""

NIGHT = f"attempts = {ATTEMPTS}\nbackoff = 0.001\ncool_down = 0.001\n"
TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Rekenen")


class Planned(NamedTuple):
    """A fault of the mock, and how it is planned."""

    name: str
    plan: dict[str, Any]

    @property
    def patience(self) -> timedelta:
        """How long an answer is waited for: short only where that is the fault."""
        return timedelta(seconds=0.5 if self.plan["kind"] == "delay" else 60)


FAULTS = [
    *(Planned(str(code), {"kind": "foutcode", "foutcode": str(code)}) for code in Foutcode),
    *(Planned(f"http, {status}", {"kind": "http", "status": status}) for status in (401, 500, 503)),
    Planned("delay", {"kind": "delay", "seconds": 0.7}),
    Planned("truncate", {"kind": "truncate"}),
    Planned("close_connection", {"kind": "close_connection"}),
    Planned("close_connection, processed", {"kind": "close_connection", "processed": True}),
    *(Planned(kind, {"kind": kind}) for kind in ("wrong_namespace", "wrong_order", "gzip")),
    Planned("huge", {"kind": "huge", "megabytes": 2}),
    Planned("not_utf8", {"kind": "not_utf8"}),
]


class Damage(NamedTuple):
    """What is lost and what is doubled when the fault has passed."""

    lost: int
    doubled: int


class Seen(NamedTuple):
    """What the caller of a client sees.

    Attributes:
        error: class of the error and its kind; empty where the call succeeded.
        message: what the error says, without what differs from run to run.
        calls: requests that went out.
        deviations: whether the caller was told that the answer deviates.
    """

    error: str
    message: str
    calls: int
    deviations: bool

    def __str__(self) -> str:
        after = "" if self.calls == 1 else f" after {self.calls} calls"
        noted = ", deviations noted" if self.deviations else ""
        return (f"`{self.error}`" if self.error else "done") + after + noted


class Night(NamedTuple):
    """How the school fared in a run of `uwlr nightly`."""

    outcome: str
    error: str | None
    geweigerd: int
    wacht: int
    exit_code: int

    def __str__(self) -> str:
        words = [f"`{self.error}`"] if self.error else []
        words += [f"{count} {what}" for count, what in ((self.geweigerd, "geweigerd"), (self.wacht, "wacht")) if count]
        return f"{self.exit_code} {self.outcome}" + (f": {', '.join(words)}" if words else "")


class Tried(NamedTuple):
    """A fault against a night, the runs after it had passed, and what it did."""

    night: Night
    after: str
    damage: Damage


@contextmanager
def fake() -> Iterator[RemoteLas]:
    """Run the fake in its own process."""
    program = str(Path(sys.executable).with_name("mock-las"))
    command = [program, "serve", "--port", "0", "--leerlingen", str(PUPILS), "--vendor", "standaard"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        line = process.stdout.readline() if process.stdout else ""
        try:
            yield RemoteLas(line.strip().removeprefix("MOCK_LAS_URL="))
        finally:
            process.terminate()


class Sent(logging.Handler):
    """Counts the requests of clients, and the answers that deviate, by what they log."""

    calls = 0
    deviating = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count."""
        self.calls += hasattr(record, "attempt")
        self.deviating += "the answer deviates" in record.msg


class Bench:
    """The fake, and what was sent to it."""

    def __init__(self, las: RemoteLas, sent: Sent) -> None:
        self.las = las
        self.sent = sent

    def start(self) -> None:
        """Put the fake in its starting position."""
        self.las.reset()
        self.las.set_clock(now=datetime.now(UTC), frozen=False)
        self.sent.calls = 0

    def settle(self) -> None:
        """Wait until every call that the fake held back has had its effect."""
        while len(self.las.exchanges()) < self.sent.calls:
            time.sleep(0.01)

    def damage(self, given: dict[str, int]) -> Damage:
        """Compare the results that the fake holds with those that were given."""
        found = Counter((row.leerlingid, row.score) for row in self.las.received())
        return _difference(Counter(given.items()), found)


@contextmanager
def bench() -> Iterator[Bench]:
    """Give a fake whose callers are counted; their log stays with us."""
    log, sent = logging.getLogger("uwlr.client"), Sent()
    before = log.level, log.propagate
    log.addHandler(sent)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        with fake() as las:
            yield Bench(las, sent)
    finally:
        log.removeHandler(sent)
        log.level, log.propagate = before


def _difference(wanted: Counter[Any], found: Counter[Any]) -> Damage:
    return Damage((wanted - found).total(), (found - wanted).total())


# The client


@contextmanager
def sync_client(las: RemoteLas, patience: timedelta) -> Iterator[Call]:
    """Give what has the client do something."""
    with UwlrClient(**_arguments(las, patience)) as client:
        yield lambda act: act(client)


@contextmanager
def async_client(las: RemoteLas, patience: timedelta) -> Iterator[Call]:
    """Give what has the asynchronous client do something, and waits for it."""
    client = AsyncUwlrClient(**_arguments(las, patience))

    async def waited(act: Callable[[Any], Any]) -> Any:
        return await act(client)

    with asyncio.Runner() as runner:
        yield lambda act: runner.run(waited(act))
        runner.run(client.aclose())


def _arguments(las: RemoteLas, patience: timedelta) -> dict[str, Any]:
    to = las.connection()
    return {
        "url": to.leerlinggegevens_url,
        "leerresultaten_url": to.leerresultaten_url,
        "autorisatie": to.header,
        "retry": Retry(attempts=ATTEMPTS, wait_initial=timedelta(), wait_max=timedelta()),
        "timeout": patience,
        "max_response_size": LIMIT,
    }


def try_client(
    on: Bench, planned: Planned, times: int, made: Callable[[RemoteLas, timedelta], AbstractContextManager[Call]]
) -> tuple[Seen, Seen, Damage]:
    """Have a fault strike a fetch and a delivery; then do both again without it, and count."""
    on.start()
    with made(on.las, planned.patience) as do:
        roster = do(lambda client: client.haal_leerlinggegevens(**on.las.school))
        given = {pupil.key: score for score, pupil in enumerate(roster.leerlingen)}
        message = _message(on.las, given)

        def fetch(client: Any) -> Any:
            return client.haal_leerlinggegevens(**on.las.school)

        def deliver(client: Any) -> Any:
            return client.breng_leerresultaten(message)

        seen = []
        for operation, act in zip(OPERATIONS, (fetch, deliver), strict=True):
            on.las.plan_fault(operation=operation, times=times, **planned.plan)
            calls, deviating = on.sent.calls, on.sent.deviating
            error = _error_of(do, act)
            kind, words = ("", "") if error is None else (_kind(error), _words(error))
            seen.append(Seen(kind, words, on.sent.calls - calls, on.sent.deviating > deviating))
        on.las.clear_faults()
        again = do(fetch)
        do(deliver)
    on.settle()
    lost, doubled = on.damage(given)
    return seen[0], seen[1], Damage(lost + (0 if again == roster else PUPILS), doubled)


def _message(las: RemoteLas, given: dict[str, int]) -> LeerresultatenVerzoek:
    to, now = las.connection(), datetime.now(UTC)
    names = ("schooljaar", "brincode", "dependancecode", "xsdversie")
    afnames = tuple(
        Toetsafname(
            leerlingid=key,
            resultaten=(Resultaat(key=f"r{score}", afnamedatum=now.date(), toetscode="T1", uitkomst=score),),
        )
        for key, score in given.items()
    )
    school = School(aanmaakdatum=now, **{name: getattr(to, name) for name in names})
    return LeerresultatenVerzoek(school=school, toetsafnames=afnames, toetsen=(TOETS,))


def _error_of(do: Call, act: Callable[[Any], Any]) -> UwlrError | None:
    try:
        do(act)
    except UwlrError as error:
        return error
    return None


def _kind(error: UwlrError) -> str:
    match error:
        case Fault():
            return f"{type(error).__name__} {error.code}"
        case HttpError():
            return f"{type(error).__name__} {error.problem}"
        case _:
            return type(error).__name__


def _words(error: UwlrError) -> str:
    """What an error says, without host and port, sizes, and names that differ between the HTTP libraries."""
    text = re.sub(r"^(Haal|Breng)\w+ \S+:\d+: ", "", " ".join(str(error).split()))
    text = re.sub(r"\b\d+ bytes of \d+|\b\d{4,} bytes", "… bytes", text)
    return re.sub(r"\bRemote\w+", "…", text)


# The night


def impatient(koppeling: Koppeling, bron: Bron) -> UwlrClient:
    """Make the client as `uwlr.exchange` does, with short limits."""
    return _night_client(koppeling, bron, timedelta(seconds=0.5))


def patient(koppeling: Koppeling, bron: Bron) -> UwlrClient:
    """Make the client as `uwlr.exchange` does, that takes no large answer."""
    return _night_client(koppeling, bron, timedelta(seconds=60))


def _night_client(koppeling: Koppeling, bron: Bron, patience: timedelta) -> UwlrClient:
    return UwlrClient(
        koppeling.url,
        leerresultaten_url=koppeling.leerresultaten_url,
        autorisatie=autorisatie_of(koppeling, bron),
        retry=Retry(attempts=1),
        timeout=patience,
        max_response_size=LIMIT,
    )


def imported_school(on: Bench, url: str) -> dict[str, int]:
    """Make a store whose school was imported and has results to deliver; gives their scores by pupil."""
    on.start()
    to = on.las.connection()
    with Store(url) as store:
        store.upgrade()
        koppelingen, importer = Koppelingen(store), Importer(store)
        made = koppelingen.add(
            naam="De Proef",
            school="s1",
            vendor="standaard",
            url=to.leerlinggegevens_url,
            leerresultaten_url=to.leerresultaten_url,
            bronnen=[Bron(brincode=to.brincode, dependancecode=to.dependancecode)],
            autorisatiesleutel=to.autorisatie.autorisatiesleutel,
            klantcode=to.autorisatie.klantcode,
            klantnaam=to.autorisatie.klantnaam,
        )
        koppelingen.approve(made.id)
        plan = importer.plan(koppelingen.enable(made.id))
        for rij in plan.open_rows:
            plan.choose(rij.nummer, "nieuw", emailadres=f"{rij.nummer}@example.org")
        importer.apply(plan)
        given = {str(rij.gegevens.key): score for score, rij in enumerate(plan.of("leerling"))}
        now = datetime.now(UTC)
        results = [
            NewResult(leerlingid=key, toets=TOETS, afnamedatum=now.date(), score=score, genormeerd_op=now)
            for key, score in given.items()
        ]
        Ledger(store).record(made.id, results)
    return given


def try_night(on: Bench, planned: Planned, operation: str, times: int, url: str, given: dict[str, int]) -> Tried:
    """Have a night meet a fault at an imported school where a pupil moved; then run without it, and count."""
    on.start()
    on.las.change_school("moved")
    on.las.plan_fault(operation=operation, times=times, **planned.plan)
    connector = impatient if planned.plan["kind"] == "delay" else patient
    night = _run(url, connector)
    on.las.clear_faults()
    after = _again(url, connector)
    on.settle()
    results, members = on.damage(given), _members(on.las, url)
    return Tried(night, after, Damage(results.lost + members.lost, results.doubled + members.doubled))


def _run(url: str, connector: Callable[[Koppeling, Bron], UwlrClient]) -> Night:
    """Do `uwlr nightly`."""
    with tempfile.TemporaryDirectory() as folder:
        settings, summary = Path(folder) / "night.toml", Path(folder) / "night.json"
        settings.write_text(NIGHT, "utf-8")
        hook = f"{__name__}:{connector.__name__}"
        options = {"--store": url, "--settings": settings, "--json": summary, "--connector": hook}
        words = [str(word) for option in options.items() for word in option]
        done = CliRunner().invoke(uwlr_command, ["nightly", "--apply", *words])
        told = msgspec.json.decode(summary.read_bytes())
    outcome = next((word for word in ("ok", "review", "failed") if told[word]), "nothing due")
    error = told["trouble"][0]["error"] if told["trouble"] else None
    return Night(outcome, error, told["geweigerd"], told["wacht"], done.exit_code)


def _again(url: str, connector: Callable[[Koppeling, Bron], UwlrClient]) -> str:
    """Run again, then do what is left to a person or to the next night; tells what it took."""
    run = _run(url, connector)
    took = [] if run.outcome == "nothing due" else ["next run"]
    with Store(url) as store:
        if Ledger(store).offer_again(1):
            took.append("`offer_again`")
        if Ledger(store).counts(1)["klaar"]:
            Deliverer(store, connector=connector, unknown=None).deliver(Koppelingen(store).get(1))
            took.append("`uwlr deliver`")
    return ", ".join(took) or "nothing"


def _members(las: RemoteLas, url: str) -> Damage:
    """Compare the application's pupils and their groups with the roster of the LAS."""
    with sync_client(las, timedelta(seconds=60)) as do:
        roster = do(lambda client: client.haal_leerlinggegevens(**las.school))
    wanted = Counter((pupil.key, pupil.groep) for pupil in roster.leerlingen)
    there = select(LidRow.key, LidRow.groepen).where(LidRow.soort == "leerling", LidRow.actief)
    with Store(url) as store, store.read() as session:
        found = Counter((key, msgspec.json.decode(groepen)[0]) for key, groepen in session.execute(there))
    return _difference(wanted, found)


# The page

HEAD = f"""# Faults, and what becomes of them

Each fault that the mock can be told to make (`src/mock_las/faults.py`), against the client and against a night.
`python tools/faults.py` wrote this page by trying each: the mock in a process of its own, everything over HTTP, a
school of {PUPILS} pupils with a result each.

- *Once* is a fault that strikes the first call only, *always* one that strikes every call until it passes.
- *Lost* and *doubled* count pupils and results after it has passed and the same was asked again: at the mock by pupil
  and score, in the application by pupil and group.
- A fault of the agreement is named by its code; `ClientFault` and `ServerFault` have it as `code`.

## The client

`UwlrClient` and `AsyncUwlrClient`, with {ATTEMPTS} attempts, fetch a roster and deliver results. Where a cell has one
text, both clients see the same, fetching and delivering.
"""

WORDS = """
What the errors say, after the operation and the host:
"""

NIGHTLY = f"""
## The night

`uwlr nightly --apply` on a school that was imported, where a pupil has moved, with {ATTEMPTS} attempts. A cell has the
exit code and how the school fared; rosters and results do not wait for each other. *Then* is what it took after the
fault had passed: the next run of the same night, or what is done about results that were refused or whose pupil is
unknown.
"""


class Section(NamedTuple):
    """What trying a fault gives: its rows in the tables, and what its errors say."""

    client: str
    night: dict[str, str]
    words: dict[str, str]


def cells(planned: Planned, *row: object) -> str:
    """Write the row of a fault; the code that is its name is not said again."""
    texts = [str(cell).replace(f" {planned.name}`", "`") for cell in row]
    return _row(f"`{planned.name}`", *texts)


def sqlite_school(on: Bench, folder: Path) -> tuple[Path, dict[str, int]]:
    """Make the store that nights begin with, to be copied."""
    file = folder / "begin.db"
    return file, imported_school(on, str(file))


def tried(on: Bench, planned: Planned, file: Path, given: dict[str, int]) -> Section:
    """Try a fault in every way."""
    client, words = _client_row(on, planned)
    night = {}
    for operation in OPERATIONS:
        found = {}
        for times in TIMES:
            with tempfile.TemporaryDirectory() as folder:
                url = str(shutil.copy(file, Path(folder) / "uwlr.db"))
                found[times] = try_night(on, planned, operation, times, url, given)
        lost, doubled = (sum(part) for part in zip(*(night.damage for night in found.values()), strict=True))
        once, always = found[ONCE], found[ALWAYS]
        night[operation] = cells(planned, once.night, always.night, always.after, lost, doubled)
    return Section(client, night, words)


def _client_row(on: Bench, planned: Planned) -> tuple[str, dict[str, str]]:
    words: dict[str, str] = {}
    texts = []
    lost = doubled = 0
    for times in TIMES:
        variants = []
        for made in (sync_client, async_client):
            *seen, damage = try_client(on, planned, times, made)
            lost, doubled = lost + damage.lost, doubled + damage.doubled
            words |= {one.error.removesuffix(f" {planned.name}"): one.message for one in seen if one.error}
            names = ("fetching ", "delivering ") if str(seen[0]) != str(seen[1]) else ("",)
            variants.append("; ".join(f"{name}{one}" for name, one in zip(names, seen, strict=False)))
        same = variants[0] == variants[1]
        texts.append(variants[0] if same else f"{variants[0]}; asynchronous: {variants[1]}")
    return cells(planned, *texts, lost, doubled), words


def page(faults: Sequence[Planned] = FAULTS) -> str:
    """Try all, and write down what came of it."""
    with bench() as on, tempfile.TemporaryDirectory() as folder:
        file, given = sqlite_school(on, Path(folder))
        sections = [tried(on, planned, file, given) for planned in faults]
    words: dict[str, str] = {}
    for section in sections:
        words |= section.words | words  # the first of a kind stays
    said = [fill(f"- `{error}`: {text}", width=112, subsequent_indent="  ") for error, text in words.items()]
    nights = []
    for operation, about in ((ROSTER, "rosters"), (RESULTS, "results")):
        rows = [section.night[operation] for section in sections]
        title = f"### Faults that strike {about} (`{operation}`)"
        nights += ["", title, "", *_table("planned fault|once|always|then|lost|doubled", rows)]
    lines = [
        HEAD,
        *_table("planned fault|once|always|lost|doubled", [section.client for section in sections]),
        WORDS,
        *said,
        NIGHTLY.rstrip("\n"),
        *nights,
    ]
    return "\n".join(lines) + "\n"


def _row(*texts: str) -> str:
    return f"| {' | '.join(texts)} |"


def _table(head: str, rows: list[str]) -> list[str]:
    names = head.split("|")
    rule = ["---:" if name in {"lost", "doubled"} else "---" for name in names]
    return [_row(*names), f"|{'|'.join(rule)}|", *rows]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
