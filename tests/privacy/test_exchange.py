"""The whole exchange with marked pupils and keys: nothing that is written about it on the way repeats a mark.

What holds pupils by purpose (the roster that was asked for, an import under review, the tables of an application, the
pages on which a tester looks at pupils) is not looked at, save to see that the marks went through.
"""

from __future__ import annotations

import asyncio
import contextlib
import socketserver
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import select

import uwlr
from helpers.filled_messages import whole
from helpers.strategies import changed
from mock_las.faults import Kind
from mock_las.remote_las import RemoteLas
from privacy.canaries import WORD, find, marked
from privacy.seen import everything_logged, shown
from uwlr.berichten import Leerlinggegevens, LeerresultatenVerzoek, Toets
from uwlr.berichten import VocabulaireGebondenVeld as Term
from uwlr.berichten.leerresultaten import Resultaat, School, Toetsafname
from uwlr.berichten.tabel import AtMostOne, table
from uwlr.cli import main
from uwlr.client import AsyncUwlrClient, Retry, UwlrClient
from uwlr.errors import UwlrError
from uwlr.exchange import (
    Bron,
    Deliverer,
    Importer,
    Koppelingen,
    Ledger,
    LogNotifier,
    NewResult,
    Nightly,
    SmtpNotifier,
    Store,
)
from uwlr.exchange.column_types import Sealed
from uwlr.exchange.tables import Base, LidRow, PlanRow, ResultaatRow
from uwlr.testing import make_school
from uwlr.validation import validate
from uwlr.validation.reporters import FORMATS, render

KEY = f"{WORD}Sleutel0123456789"
HEADERS = {"Subscription-Key": f"{WORD}Abonnement"}
BORN = date(2013, 2, 17)
NUMBER = "712830945"
"""Stands where nine digits are due: a BSN, though not a real one, since it fails the test of eleven."""

POSTCODE = "7128KQ"
WORDS = (WORD, NUMBER, POSTCODE, "2013-02-17", "17-02-2013", "20130217", "17 feb")
TOETS = Toets(toetscode=Term(waarde="T1"), toetsnaam="Rekenen")
QUICK = Retry(attempts=2, wait_initial=timedelta(), wait_max=timedelta())


def marks(person: Any, number: int) -> Any:
    """Give a person marks in every personal field that may stand beside the others."""
    values: dict[str, Any] = {}
    closed = {name for choice in person.choices if isinstance(choice, AtMostOne) for name in choice.fields}
    full = whole(type(person))
    for field in table(type(person)).fields:
        if not field.personal or (field.name in closed and getattr(full, field.name) is None):
            continue
        simple = field.first.simple
        longest = simple.max_length or 200
        if simple.base == "date":
            values[field.name] = BORN
        elif simple.matches(NUMBER) and simple.pattern is not None:
            values[field.name] = NUMBER
        elif simple.matches(POSTCODE) and simple.pattern is not None:
            values[field.name] = POSTCODE
        elif simple.pattern is None and longest >= len(WORD):
            text = f"{marked(number)}-{field.name}"
            values[field.name] = text if longest >= len(text) else WORD
    return changed(person, **{**dict.fromkeys(closed), **values})


@pytest.fixture(scope="module")
def las(tmp_path_factory) -> Iterator[tuple[RemoteLas, Path]]:
    """Fakes in a process of their own with a marked school and a marked key, and the folder with what they write."""
    folder = tmp_path_factory.mktemp("privacy")
    program = str(Path(sys.executable).with_name("mock-las"))
    command = [program, "serve", "--port", "0", "--vendor", "standaard", "--leerlingen", "12"]
    with (
        (folder / "mock-las.err").open("wb") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            las = RemoteLas(process.stdout.readline().strip().removeprefix("MOCK_LAS_URL="))
            _load(las)
            yield las, folder
        finally:
            process.terminate()


def _load(las: RemoteLas) -> None:
    las.set_clock(now=datetime.now(UTC), frozen=False)
    to = las.connection()
    roster = make_school(7, 12, brincode=to.brincode, schooljaar=to.schooljaar)
    pupils = tuple(marks(pupil, number) for number, pupil in enumerate(roster.leerlingen))
    staff = tuple(marks(person, number) for number, person in enumerate(roster.leerkrachten, 100))
    las.load_school(changed(roster, leerlingen=pupils, leerkrachten=staff))
    las.activate(KEY)
    las.set_traits(aanmaakdatum_must_rise=False)  # each test sends at a moment of its own


def connected(las: RemoteLas, key: str = KEY) -> dict[str, Any]:
    """The arguments of a client."""
    to = las.connection()
    return {
        "url": to.leerlinggegevens_url,
        "leerresultaten_url": to.leerresultaten_url,
        "autorisatie": msgspec.structs.replace(to.header, autorisatiesleutel=key),
        "http_headers": HEADERS,
        "retry": QUICK,
        "max_response_size": 1 << 20,
    }


def results(las: RemoteLas, leerlingid: str) -> LeerresultatenVerzoek:
    """A delivery of one marked result."""
    to, now = las.connection(), datetime.now(UTC)
    names = ("schooljaar", "brincode", "dependancecode", "xsdversie")
    free = {"auteur": marked("auteur"), "commentaar": marked("commentaar")}
    resultaat = Resultaat(
        key=f"{WORD}-r1", afnamedatum=now.date(), toetscode="T1", uitkomst=5, infourl=f"https://x.example/{WORD}"
    )
    return LeerresultatenVerzoek(
        school=School(aanmaakdatum=now, **free, **{name: getattr(to, name) for name in names}),
        toetsafnames=(Toetsafname(leerlingid=leerlingid, resultaten=(resultaat,)),),
        toetsen=(TOETS,),
    )


@pytest.fixture(scope="module")
def roster(las) -> Leerlinggegevens:
    """The marked roster, fetched."""
    with UwlrClient(**connected(las[0])) as client:
        return client.haal_leerlinggegevens(**las[0].school)


def test_the_marks_go_through(roster):
    """The roster arrives with every mark, so that what follows can find something."""
    text = uwlr.write(roster).decode()
    assert all(word in text for word in (WORD, NUMBER, "2013-02-17"))
    assert len(find(text)) > 12 * 6
    assert find(shown(roster), WORDS) == []


def test_the_clients(las, roster):
    """No log of any library, no error and no repr of what clients handle holds a mark, whatever goes wrong."""
    fakes, _ = las
    seen: list[str] = []
    exchanges: list[Any] = []

    def told(act: Callable[[], Any]) -> None:
        try:
            seen.append(shown(act()))
        except UwlrError as error:
            seen.append(shown(error))
            seen.append(shown(getattr(error, "deviations", ())))

    async def asynchronously(act: Callable[[Any], Any]) -> Any:
        async with AsyncUwlrClient(**connected(fakes)) as client:
            return await act(client)

    verzoek = results(fakes, roster.leerlingen[0].key)
    acts: list[Callable[[Any], Any]] = [
        lambda client: client.haal_leerlinggegevens(**fakes.school),
        lambda client: client.breng_leerresultaten(verzoek),
        lambda client: client.breng_leerresultaten(results(fakes, f"{WORD}-onbekend")),
        lambda client: client.haal_leerlinggegevens(schooljaar=WORD, brincode=WORD),
        lambda client: client.probe(brincode=fakes.school["brincode"], schooljaar=fakes.school["schooljaar"]),
    ]
    with everything_logged() as log, UwlrClient(**connected(fakes), on_deviations=exchanges.append) as client:
        told(lambda: client)
        for act in acts:
            told(lambda act=act: act(client))
            told(lambda act=act: asyncio.run(asynchronously(act)))
        for kind in get_args(Kind):
            for act in acts[:2]:
                fakes.plan_fault(kind, times=0, **({"seconds": 0.01} if kind == "delay" else {}))
                told(lambda act=act: act(client))
                fakes.clear_faults()
        told(lambda: UwlrClient(**connected(fakes, key=f" {KEY}")))
        told(lambda: client.exchange(verzoek))
    assert len(seen) > 30
    assert [hit for text in [*seen, shown(exchanges), log.getvalue()] for hit in find(text, WORDS)] == []
    assert "HaalLeerlinggegevens" in log.getvalue()


def test_what_the_fakes_write(las, roster):
    """Journal, export, recordings, what is printed and the pages about exchanges hold no mark."""
    fakes, folder = las
    with UwlrClient(**connected(fakes)) as client:
        for leerlingid in (roster.leerlingen[1].key, f"{WORD}-onbekend"):
            with contextlib.suppress(UwlrError):
                client.breng_leerresultaten(results(fakes, leerlingid))
        with contextlib.suppress(UwlrError):
            client.haal_leerlinggegevens(schooljaar="2020-2021", brincode="99ZZ", schoolkey=None)
    data = f'<?xml version="1.0"?><x xmlns:s="{WORD}">{WORD}&{WORD};</x>'.encode()
    url = fakes.connection().leerlinggegevens_url
    with contextlib.suppress(OSError):
        urllib.request.urlopen(urllib.request.Request(url, data, {"SOAPAction": WORD, "Content-Type": "text/xml"}))
    fakes.export(folder / "export.zip")
    texts = [
        msgspec.json.encode(fakes.exchanges()).decode(),
        *(msgspec.json.encode(fakes.exchange(one.id)).decode() for one in fakes.exchanges()),
        (folder / "export.zip").read_bytes().decode("latin-1"),
        (folder / "mock-las.err").read_text("utf-8"),
        *_pages(fakes),
    ]
    program = str(Path(sys.executable).with_name("mock-las"))
    for form in ("text", "json"):
        command = [program, "journal", "--url", fakes.url, "--format", form]
        texts.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert len(texts) > 10
    assert [hit for text in texts for hit in find(text, WORDS)] == []


def _pages(fakes: RemoteLas) -> Iterator[str]:
    numbers = [one.id for one in fakes.exchanges()]
    for path in ("journaal", "storingen", "klok", *(f"journaal/{number}" for number in numbers)):
        with urllib.request.urlopen(f"{fakes.url}/{path}") as page:
            yield page.read().decode()


def test_reports_of_the_validator(roster):
    """A message full of marks and findings gives reports without them, in every form."""
    twice = changed(roster, leerlingen=roster.leerlingen * 2)
    report = validate(uwlr.write(twice, unchecked=True), profiel="Smalle set")
    assert len(report.findings) > 10
    for form in FORMATS:
        for lang in ("nl", "en"):
            assert find(render([report], form, lang=lang).decode(), WORDS) == []


@pytest.fixture
def shell(las, tmp_path, monkeypatch, roster):
    """Run a command of `uwlr` on the marked school; gives its exit code, what it printed and what it said."""
    fakes, _ = las
    to = fakes.connection()
    (tmp_path / "sleutel").write_text(KEY, "utf-8")
    (tmp_path / "roster.xml").write_bytes(uwlr.write(roster))
    (tmp_path / "results.xml").write_bytes(uwlr.write(results(fakes, roster.leerlingen[2].key)))
    (tmp_path / "wrong.xml").write_bytes(uwlr.write(results(fakes, f"{WORD}-onbekend")))
    (tmp_path / "broken.xml").write_bytes(uwlr.write(roster)[:-60] + f"&{WORD};".encode())
    given = {
        "UWLR_URL": to.leerlinggegevens_url,
        "UWLR_LEERRESULTATEN_URL": to.leerresultaten_url,
        "UWLR_AUTORISATIESLEUTEL": KEY,
        "UWLR_KLANTCODE": to.autorisatie.klantcode,
        "UWLR_KLANTNAAM": to.autorisatie.klantnaam,
        "UWLR_BRINCODE": to.brincode,
        "UWLR_SCHOOLJAAR": to.schooljaar,
        "UWLR_STORE": f"sqlite:///{tmp_path / 'uwlr.db'}",
        "COLUMNS": "200",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def shell(*words: str) -> Any:
        return CliRunner().invoke(main, words)

    return shell


PURPOSE = {("fetch", "leerlinggegevens")}
"""Commands whose output is the pupils that were asked for; of these only stderr is looked at."""

SHELL = [
    ("fetch", "leerlinggegevens"),
    ("convert", "roster.xml", "out.json"),
    ("convert", "broken.xml", "out.json"),
    ("probe",),
    ("send", "leerresultaten", "results.xml"),
    ("send", "leerresultaten", "wrong.xml"),
    ("send", "leerresultaten", "roster.xml"),
    ("send", "leerresultaten", "broken.xml"),
    *(("validate", "roster.xml", "results.xml", "broken.xml", "--format", form) for form in FORMATS),
]


@pytest.mark.parametrize("words", SHELL, ids=" ".join)
def test_commands(shell, words):
    """What a command prints, and what it complains of, holds no mark, unless pupils are what was asked for."""
    with everything_logged() as log:
        done = shell(*words)
    assert done.exit_code in {0, 1, 3}, done.output
    if words in PURPOSE:
        assert find(done.stdout, WORDS) != []
    else:
        assert find(done.stdout, WORDS) == []
    assert find(done.stderr + log.getvalue(), WORDS) == []


def test_reports_of_the_referee(shell, las, tmp_path):
    """Console, JSON, JUnit and HTML of a run against the marked school hold no mark, evidence included."""
    reports = [word for kind in ("json", "junit", "html") for word in ("--report", f"{kind}={tmp_path / kind}")]
    to = las[0].connection()
    (tmp_path / "las.toml").write_text(
        f'url = "{to.leerlinggegevens_url}"\nleerresultaten_url = "{to.leerresultaten_url}"\n'
        f'[autorisatie]\nklantcode = "{to.autorisatie.klantcode}"\nklantnaam = "x"\n'
        f'[school]\nbrincode = "{to.brincode}"\n[leerresultaten]\nleerlingid = "{WORD}-onbekend"\n',
        "utf-8",
    )
    with everything_logged() as log:
        done = shell("conformance", "run", "--config", "las.toml", "--allow-writes", *reports)
    assert "pass" in done.stdout
    texts = [done.stdout, done.stderr, log.getvalue()]
    texts += [(tmp_path / kind).read_text("utf-8") for kind in ("json", "junit", "html")]
    assert [hit for text in texts for hit in find(text, WORDS)] == []


class _Mailbox(socketserver.StreamRequestHandler):
    """Takes one mail; what it says is in `server.mail`."""

    def handle(self) -> None:
        """Answer every line alike, but that which begins the mail."""
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            self.server.mail.append(line.decode())
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                while (text := self.rfile.readline()) != b".\r\n":
                    self.server.mail.append(text.decode())
            self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def mailbox() -> Iterator[Any]:
    """A mail server for one mail."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Mailbox) as server:
        server.mail = []
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield server
        thread.join()


def coupled(las: RemoteLas, store: Store) -> int:
    """Make the koppeling with the marked school."""
    to = las.connection()
    koppelingen = Koppelingen(store)
    made = koppelingen.add(
        naam="De Proef",
        school="s1",
        vendor="standaard",
        url=to.leerlinggegevens_url,
        leerresultaten_url=to.leerresultaten_url,
        bronnen=[Bron(brincode=to.brincode, dependancecode=to.dependancecode)],
        autorisatiesleutel=KEY,
        klantcode=to.autorisatie.klantcode,
        klantnaam=to.autorisatie.klantnaam,
    )
    koppelingen.approve(made.id)
    koppelingen.enable(made.id)
    return made.id


def imported(las: RemoteLas, store: Store, koppeling_id: int) -> list[Any]:
    """Import the school, and record a result of each pupil and of one that nobody knows; gives what was handled."""
    importer, koppeling = Importer(store), Koppelingen(store).get(koppeling_id)
    plan = importer.plan(koppeling)
    for rij in plan.open_rows:
        plan.choose(rij.nummer, "nieuw", emailadres=f"{WORD}{rij.nummer}@example.org")
    importer.apply(plan)
    now = datetime.now(UTC)
    recorded = [
        NewResult(
            leerlingid=leerlingid or "", eckid=marked("eckid"), toets=TOETS, afnamedatum=now.date(), score=7,
            genormeerd_op=now, infourl=f"https://x.example/{WORD}",
        )
        for leerlingid in (*(rij.gegevens.key for rij in plan.of("leerling")), f"{WORD}-onbekend")
    ]  # fmt: skip
    Ledger(store).record(koppeling_id, recorded)
    return [store, koppeling, plan, *plan.rijen, *recorded, *(rij.gegevens for rij in plan.rijen)]


def test_a_night(las, tmp_path, mailbox):
    """Summary, events, mail, log and reprs of a night hold no mark, nor do columns that are not for persons."""
    fakes, _ = las
    url = f"sqlite:///{tmp_path / 'uwlr.db'}"
    notifier = SmtpNotifier("127.0.0.1", sender="a@x.example", recipients=lambda _: ["b@x.example"],
                            port=mailbox.server_address[1])  # fmt: skip
    with everything_logged() as log, Store(url) as store:
        store.upgrade()
        koppeling_id = coupled(fakes, store)
        first = Nightly(url, notifier=notifier).run()
        held = imported(fakes, store, koppeling_id)
        again(store)
        second = Nightly(url, apply=True, notifier=LogNotifier()).run()
        fakes.plan_fault("foutcode", times=0, foutcode="Client.AutorisatieOngeldig")
        again(store)
        third = Nightly(url).run()
        fakes.clear_faults()
        with store.read() as session:
            rows = [row for table in (LidRow, PlanRow, ResultaatRow) for row in session.scalars(select(table))]
        seen = [shown(one) for one in (*held, *rows, first, second, third)]
        seen += [str(Koppelingen(store).events(koppeling_id)), str(Ledger(store).refused(koppeling_id))]
    assert (second.bezorgd, second.wacht, third.failed) == (12, 1, 1)
    assert "De Proef" in "".join(mailbox.mail)
    assert [hit for text in [*seen, *mailbox.mail, log.getvalue()] for hit in find(text, WORDS)] == []
    others, persons = dumped(tmp_path / "uwlr.db")
    assert find(others, WORDS) == []
    assert find(persons, WORDS) != []


def again(store: Store) -> None:
    """Make the work of this night due once more."""
    from uwlr.exchange import Koppeling

    with store.write() as session:
        session.get(Koppeling, 1).laatste_nacht = date(2020, 1, 1)


def dumped(file: Path) -> tuple[str, str]:
    """All of a store as text: the columns that are for anything, and those that are for keys and persons."""
    others, persons = [], []
    with contextlib.closing(sqlite3.connect(file)) as database:
        for name, table in Base.metadata.tables.items():
            for column in table.columns:
                values = [row[0] for row in database.execute(str(select(column)))]
                (persons if isinstance(column.type, Sealed) else others).append(f"{name}.{column.name}: {values}")
    return "\n".join(others), "\n".join(persons)


def test_a_store_with_a_cipher(las, tmp_path):
    """With a cipher no byte of the store's files holds a mark, and everything is there all the same."""
    fakes, _ = las
    with Store(str(tmp_path / "uwlr.db"), cipher=Fernet(Fernet.generate_key())) as store:
        store.upgrade()
        koppeling_id = coupled(fakes, store)
        imported(fakes, store, koppeling_id)
        assert Deliverer(store).deliver(Koppelingen(store).get(koppeling_id)).bezorgd == 12
        files = {file.name: file.read_bytes().decode("latin-1") for file in tmp_path.iterdir()}
        assert "uwlr.db" in files
        assert [hit for text in files.values() for hit in find(text, WORDS)] == []


def test_commands_of_the_exchange(shell, las, tmp_path):
    """What the commands of the exchange print holds no mark; only an import under review shows who is in it."""
    fakes, _ = las
    to = fakes.connection()
    bron = to.brincode + to.dependancecode
    add = ("koppeling", "add", "--naam", "De Proef", "--school", "s1", "--vendor", "standaard", "--bron", bron)
    urls = ("--url", to.leerlinggegevens_url, "--leerresultaten-url", to.leerresultaten_url)
    steps = [
        ("store", "upgrade"),
        (*add, *urls),
        ("koppeling", "enable", "1", "--sleutel-file", "sleutel"),
        ("koppeling", "list"),
        ("nightly", "--json", "night.json"),
        ("import", "apply", "1"),
        ("import", "edit", "1", "0", "nieuw", "--emailadres", f"{WORD}@example.org"),
        ("deliver", "1"),
        ("koppeling", "events", "1"),
        ("koppeling", "pause", "1"),
        ("koppeling", "end", "1"),
        ("store", "prune", "--results", "0", "--plans", "0"),
    ]
    with everything_logged() as log:
        done = [shell(*words) for words in steps]
        review = shell("import", "show", "1")
    assert [run.exit_code for run in done if run.exit_code not in {0, 1, 3}] == []
    texts = [run.output for run in done] + [log.getvalue(), review.stderr, (tmp_path / "night.json").read_text("utf-8")]
    assert [hit for text in texts for hit in find(text, WORDS)] == []
