"""Other people's text in terminals, logs and tables: it is seen, and does nothing."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import logging
import os
import pty
import re
import stat
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import uwlr
from helpers.strategies import changed
from mock_las import MockLas
from mock_las.cli import main as mock_las
from privacy.seen import everything_logged
from uwlr.berichten import Autorisatie, LeerlinggegevensAntwoord, Toets, VocabulaireGebondenVeld
from uwlr.cli import main
from uwlr.client import Retry
from uwlr.conformance.report.kinds import BUNDLE, KINDS
from uwlr.errors import UwlrError
from uwlr.exchange import Bron, Koppelingen, LogNotifier, NewResult, Notification, Store
from uwlr.exchange.ledger import Ledger
from uwlr.testing import make_results, make_school
from uwlr.visible import in_json, in_lines, logger, one_line

SRC = Path(__file__).parents[1] / "src"
ACTS = "\x1b]0;gekaapt\x07\x9b2J\u202e\u2066\u200b\x85\u2028\r\n\tx"
"""Sets a title, clears the screen, turns the line, hides, ends the line in five ways."""
IN_XML = "\x9b2J\u202e\u2066\u200b\x85\u2028\n\tx"
"""What of that a message can hold."""
TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="T"), toetsnaam="T")
NAME = f"Kwaad{IN_XML}"


def acting(text: str) -> list[str]:
    """What in an output acts: all that does not print, save ends of lines and tabs."""
    return [letter for letter in text if letter not in "\n\t" and one_line(letter) != letter]


def test_every_letter_that_acts_is_escaped():
    """Controls, marks of format and direction, ends of lines, surrogates of Unicode; spaces and letters stay."""
    every = list(map(chr, range(sys.maxunicode + 1)))
    kinds = list(map(unicodedata.category, every))
    acts = [one for one, kind in zip(every, kinds, strict=True) if kind in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    prints = "".join(one for one, kind in zip(every, kinds, strict=True) if kind[0] != "C" and kind not in {"Zl", "Zp"})
    assert len(acts) > 2000
    assert all(map(str.isascii, map(one_line, acts)))
    assert one_line(prints) == prints


@given(st.text())
def test_a_line_stays_one(text):
    """No text that was made visible ends a line, in Python's widest sense of it."""
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(one_line(text)) == one_line(text)


@given(st.text())
def test_lines_stay_as_many(text):
    """Of a text of several lines only the line feeds end one."""
    assert len(in_lines(text).splitlines()) <= in_lines(text).count("\n") + 1
    assert acting(in_lines(text)) == []


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6))
def test_json_reads_as_before(value):
    """A JSON document says the same, escaped in its own way."""
    text = in_json(json.dumps(value, ensure_ascii=False, indent=1))
    assert json.loads(text) == value
    assert acting(text) == []


def test_nothing_prints_or_logs_past_it():
    """In the sources only `uwlr.cli.speaking` prints, and every log of ours comes from `visible.logger`."""
    allowed = {
        "uwlr/cli/speaking.py": {"echo", "write"},
        "uwlr/visible.py": {"getLogger"},
        "mock_las/foreground.py": {"write"},  # the address
    }
    assert {name: words for name, words in _called(_prints).items() if words - allowed.get(name, set())} == {}


CALLS = re.compile(r"print|echo|stdout|stderr|getLogger|write_|open|mkdir|makedirs|touch")
"""What a source has to hold to be looked at."""


def _called(word_of: Callable[[ast.Call], str | None]) -> dict[str, set[str]]:
    """The words of the calls in each source."""
    found = {}
    for path in SRC.rglob("*.py"):
        lines = [line for line in path.read_text("utf-8").splitlines() if CALLS.search(line)]
        tree = ast.parse(path.read_text("utf-8")) if any("(" in line for line in lines) else ast.Module([], [])
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        found[path.relative_to(SRC).as_posix()] = {word for node in calls if (word := word_of(node))}
    return found


def _prints(call: ast.Call) -> str | None:
    if not isinstance(call.func, ast.Name | ast.Attribute):
        return None
    source = ast.unparse(call.func)
    if source in {"print", "click.echo", "click.secho", "traceback.print_exc", "traceback.print_exception"}:
        return source.rpartition(".")[2]
    if re.search(r"\bstd(out|err)\b(\.buffer)?\.write$", source):
        return "write"
    # Of libraries a level or a handler is set; a logger that writes is one of ours.
    if source == "logging.getLogger" and not any(
        part in ast.unparse(call) for part in ("spyne", "sqlalchemy", "stamina", "'uwlr'")
    ):
        return "getLogger"
    return None


@pytest.fixture
def records() -> Iterator[io.StringIO]:
    """What the log of everything says, line by line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def test_a_record_is_one_line(records):
    """Values, extra fields and tracebacks of a record are visible; what it says stays."""
    log = logger("uwlr.test")
    kept: list[logging.LogRecord] = []
    log.addFilter(lambda record: not kept.append(record))
    log.warning("a %s and %d", ACTS, 3, extra={"host": ACTS})
    log.warning("%(who)s %(count)d", {"who": ACTS, "count": 2})
    assert records.getvalue().count("\n") == 2
    try:
        int(f"{ACTS}1")
    except ValueError:
        log.exception("%s", OSError(ACTS))
    assert acting(records.getvalue()) == []
    assert "gekaapt" in records.getvalue()
    assert kept[0].host == one_line(ACTS)


def test_news_in_a_log_and_a_mail_is_one_line(records):
    """The name of a koppeling ends no line of news; a mail about it can be sent."""
    news = Notification(koppeling_id=1, naam=ACTS, soort="hersteld", las=ACTS)
    LogNotifier().notify(news)
    assert acting(records.getvalue() + news.subject + news.text) == []
    assert len(news.subject.splitlines()) == 1


class Peer(BaseHTTPRequestHandler):
    """A peer with an answer of its own: status, type and body."""

    answer = (200, "text/xml", b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, kind, body = self.answer
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def peer() -> Iterator[str]:
    """The address of the peer."""
    server = HTTPServer(("127.0.0.1", 0), Peer)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


FAULT = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>{0}</faultcode>'
    "<faultstring>{0}</faultstring><detail>{0}</detail></s:Fault></s:Body></s:Envelope>"
)
ANSWERS = {
    "a fault": (500, "text/xml", FAULT.format(IN_XML).encode()),
    "a page": (200, f"text/html; {ACTS.splitlines()[0]}", f"<html>{ACTS}".encode()),
    "another message": (200, "text/xml", f"<a{chr(0x200C)} b='{IN_XML}'/>".encode()),
    "no XML": (502, "text/plain", ACTS.encode()),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_errors_of_clients(answer, peer, records, monkeypatch):
    """Whatever a peer answers, an error of a client and its log act on no terminal."""
    monkeypatch.setattr(Peer, "answer", ANSWERS[answer])
    key = Autorisatie(autorisatiesleutel="x" * 20, klantcode="U", klantnaam="Uitgever")
    with (
        uwlr.UwlrClient(peer, autorisatie=key, retry=Retry(attempts=1)) as client,
        pytest.raises(UwlrError) as caught,
    ):
        client.haal_leerlinggegevens(schooljaar="2026-2027", brincode="99XX")
    assert acting(records.getvalue() + str(caught.value)) == []
    assert records.getvalue().count("\n") >= 1


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Iterator[tuple[Path, MockLas]]:
    """A folder with files under names that act, and a store with such a school: imported, planned, with results."""
    folder = tmp_path_factory.mktemp("visible")
    with MockLas("standaard", leerlingen=3) as las:
        to = las.connection()
        made = make_school(3, 3, brincode=to.brincode, schooljaar=to.schooljaar)
        pupils = tuple(changed(one, achternaam=f"{NAME}{n}", roepnaam=NAME) for n, one in enumerate(made.leerlingen))
        groups = tuple(changed(one, naam=NAME) for one in made.groepen)
        school = changed(made, leerlingen=pupils, leerkrachten=(), groepen=groups)
        las.load_school(school)
        message = uwlr.write(LeerlinggegevensAntwoord(inhoud=school))
        (folder / "berichten").mkdir()
        (folder / "berichten" / f"rooster{ACTS}.xml").write_bytes(message)
        broken = message.replace(b"</geboortedatum>", b"-x</geboortedatum>")
        (folder / "berichten" / f"kapot{ACTS}.xml").write_bytes(broken)
        (folder / "las.toml").write_text(
            f'name = {json.dumps(ACTS)}\nurl = "http://127.0.0.1/"\n[autorisatie]\nklantcode = "U"\nklantnaam = "U"\n'
            'sleutel_variable = "UWLR_AUTORISATIESLEUTEL"\n[school]\nbrincode = "99XX"\n'
        )
        (folder / "bekend.toml").write_text(
            f'[[known]]\ncase = "leerlinggegevens/rooster/normaal"\nuntil = 2099-12-31\nreason = {json.dumps(ACTS)}\n'
        )
        (folder / "rooster.xml").write_bytes(message)
        (folder / "resultaten.xml").write_bytes(uwlr.write(make_results(school)))
        (folder / "sleutel").write_text(to.autorisatie.autorisatiesleutel)
        _fill(folder, to, school.leerlingen[0].key)
        yield folder, las


def _fill(folder: Path, to: dict[str, Any], pupil: str) -> None:
    with Store(str(folder / "uwlr.db")) as store:
        store.upgrade()
        koppelingen = Koppelingen(store)
        made = koppelingen.add(
            naam=ACTS,
            school="s1",
            vendor="standaard",
            url=to.leerlinggegevens_url,
            leerresultaten_url=to.leerresultaten_url,
            bronnen=[Bron(brincode=to.brincode, dependancecode=to.dependancecode)],
            **msgspec.structs.asdict(to.autorisatie),
        )
        koppelingen.approve(made.id, door=ACTS)
        koppelingen.enable(made.id)
        now = store.now()
        results = [
            NewResult(leerlingid=pupil, key=NAME + n, score=3, toets=TOETS, afnamedatum=now.date(), genormeerd_op=now)
            for n in "01"
        ]
        Ledger(store).record(made.id, results)


def _leaves(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _leaves(command, (*before, name))
        else:
            yield " ".join((*before, name))


STORY = (
    "validate {evil}",
    "validate {broken} --show-values",
    "validate {broken} --format json",
    "validate {broken} --format junit",
    "validate {broken} --format sarif",
    "format {evil} --check",
    "drift {folder}/berichten {folder}/nergens{acts}",
    "validate {folder}/nergens{acts}.xml",
    "convert {broken} {folder}/uit.xml --from uwlr --to uwlr --tolerant",
    "convert {folder}/nergens{acts} {folder}/uit.xml",
    "format {evil} --check",
    "anonymise {evil} --check",
    "anonymise {folder}/berichten --check",
    "anonymise {folder}/berichten --out {folder}/nieuw/zonder",
    "anonymise {evil} --out {folder}/zonder.xml",
    "koppeling list",
    "koppeling status",
    "koppeling status --format json",
    "koppeling status --format openmetrics",
    "koppeling events 1",
    "import plan 1",
    "import show 1",
    "import show 1 --format json",
    "import search 1 Kwaad",
    "import edit 1 alle nieuw",
    "import leavers 1 deactiveren",
    "import apply 1",
    "import record 1",
    "import record 1 --format json",
    "import search 1 Kwaad",
    "leden list 1",
    "leden list 1 --format json",
    "leden reactivate 1 {acts}",
    "deliver 1",
    "koppeling results 1",
    "nightly --apply --json {folder}/uit.nacht",
    "koppeling withdraw 1 {key}0 {key}1",
    "koppeling pause 1 --reden {acts}",
    "koppeling events 1",
    "import undo 1 --yes",
    "import abort 9",
    "persoon inzage --koppeling 1 {key}0",
    "persoon inzage --koppeling 1 {key}0 --format json",
    "persoon inzage --koppeling 1 Kwaad",
    "persoon vergeten --koppeling 1 {key}0 --yes --door {acts}",
    "persoon opdrachten --koppeling 1",
    "persoon toelaten 1 --door {acts}",
    "koppeling end 1 --reden {acts}",
    "conformance run {peer} {reports} leerlinggegevens/rooster",
    "conformance verify {folder}/las.bundle",
    "conformance compare {folder}/las.json {folder}/las.json",
    "probe {peer} --brincode 99XX --sleutel-file {folder}/sleutel --klantcode U --klantnaam U",
    "send leerresultaten {folder}/resultaten.xml {peer} --sleutel-file {folder}/sleutel --klantcode U --klantnaam U",
    "send leerresultaten {evil} {peer} --sleutel-file {folder}/sleutel --klantcode U --klantnaam U",
)
"""Commands as they are run, one after another, in a place where all that others wrote acts."""

DOCUMENTS = ("convert", "fetch leerlinggegevens", "generate school")
"""They write a document to stdout, byte for byte as it is; not so on a terminal."""

OWN_WORDS = """
explain; rules; generate results; conformance list; conformance coverage; conformance example; conformance serve;
conformance referee; store upgrade; store prune; store rekey; notify; koppeling add; koppeling approve;
koppeling consent; koppeling enable; koppeling forget-keys; koppeling key; koppeling migrate; koppeling numbers;
koppeling refuse; koppeling request; fetch structuur; fetch leerlingen; fetch leerkrachten; record; completion show;
completion install
"""
"""Commands that show no text of others, or only as another that is run here does."""


def test_every_command_is_looked_at():
    """Each command is run with texts that act, or is said to show none."""
    looked_at = {name for line in (*STORY, *DOCUMENTS) for name in _leaves(main) if f"{line} ".startswith(f"{name} ")}
    assert looked_at | {name.strip() for name in OWN_WORDS.split(";")} == set(_leaves(main))


class Told(NamedTuple):
    """What the commands of `STORY` came to."""

    outputs: dict[str, Result]
    log: str
    files: dict[Path, int]
    """What they made or wrote, with its mode."""


@pytest.fixture(scope="module")
def told(kept, peer) -> Told:
    """Run the story, under a umask that lets everybody read what a program makes."""
    folder, _ = kept
    reports = " ".join(f"--report {kind}={folder}/las.{kind}" for kind in (*KINDS, BUNDLE))
    reports += f" --config {folder}/las.toml --baseline {folder}/bekend.toml"
    values = {
        "acts": ACTS,
        "key": NAME,
        "folder": str(folder),
        "evil": str(folder / "berichten" / f"rooster{ACTS}.xml"),
        "broken": str(folder / "berichten" / f"kapot{ACTS}.xml"),
        "peer": peer,
    }
    before, outputs = set(folder.rglob("*")), {}
    with pytest.MonkeyPatch.context() as patch, everything_logged() as log:
        patch.setattr(Peer, "answer", ANSWERS["a fault"])
        patch.setenv("UWLR_STORE", str(folder / "uwlr.db"))
        patch.setenv("UWLR_AUTORISATIESLEUTEL", "x" * 20)
        umask = os.umask(0o022)
        for line in STORY:
            words = [word.format(**values) for word in line.replace("{reports}", reports).split()]
            outputs[line] = CliRunner().invoke(main, words)
        os.umask(umask)
    made = set(folder.rglob("*")) - before
    return Told(outputs, log.getvalue(), {path: stat.S_IMODE(path.stat().st_mode) for path in made})


def test_no_command_lets_a_text_act(kept, told):
    """In a school and files with names that act every command shows them, and none of them acts."""
    for line, done in told.outputs.items():
        assert done.exit_code in {0, 1, 2, 3}, (line, done.output)
        assert acting(done.output) == [], (line, done.output)
    shown = [line for line, done in told.outputs.items() if "gekaapt" in done.output or "Kwaad" in done.output]
    assert len(shown) > 25
    assert len(told.outputs["leden list 1"].output.splitlines()) == 2 + 3, "no name ends a line of a table"
    for report in ("las.junit", "las.markdown"):
        assert acting((kept[0] / report).read_text("utf-8")) == []


def test_no_record_of_a_command_lets_a_text_act(told):
    """What the commands log is one line for each record."""
    assert acting(told.log) == []


def test_what_commands_write_is_for_their_owner(told):
    """Reports, results and folders of every command are 0600 and 0700, whatever the umask."""
    written = {path.suffix for path in told.files if path.is_file()}
    assert {".xml", ".junit", ".json", ".html", ".markdown", ".badge", ".bundle", ".nacht"} <= written
    assert {path: mode for path, mode in told.files.items() if mode != (0o700 if path.is_dir() else 0o600)} == {}


def test_nothing_writes_past_private_files():
    """In the sources only `uwlr.private_files` opens files to write them, and makes folders."""
    allowed = {"uwlr/private_files.py": {"open", "mkdir"}, "uwlr/secret_files.py": {"open"}}
    assert {name: words for name, words in _called(_writes).items() if words - allowed.get(name, set())} == {}


def _writes(call: ast.Call) -> str | None:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in {"write_bytes", "write_text", "mkdir", "makedirs", "touch"}:
        return name
    modes = [one.value for one in call.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return name if name == "open" and any(re.fullmatch(r"[rb]*[wax+][wab+t]*", mode) for mode in modes) else None


def test_names_of_files_stand_in_a_report(kept):
    """JUnit takes a file name that XML cannot hold."""
    evil = kept[0] / "berichten" / f"rooster{ACTS}.xml"
    out = kept[0] / "uit.junit"
    CliRunner().invoke(main, ["validate", str(evil), "--report", f"junit={out}"])
    suite = etree.parse(out).getroot()[0]
    assert suite.get("name") == one_line(str(evil))


def test_a_fake_shows_its_journal(kept):
    """What the commands of mock-las print of exchanges and systems does nothing."""
    las = kept[1]
    for words in (["journal"], ["journal", "--format", "json"], ["vendors"], ["vendors", "--format", "json"]):
        done = CliRunner().invoke(mock_las, [*words, "--url", las.url])
        assert done.exit_code == 0, done.output
        assert acting(done.output) == []


def _on_a_terminal(words: list[str], **variables: str) -> str:
    """Run `uwlr` on a terminal, and give what it shows there."""
    ours, theirs = pty.openpty()
    shown = bytearray()
    with subprocess.Popen(
        [Path(sys.executable).with_name("uwlr"), *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **variables},
    ) as process:
        os.close(theirs)
        with contextlib.suppress(OSError):  # the other side is closed
            while piece := os.read(ours, 65536):
                shown += piece
        process.wait()
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def test_a_document_on_a_terminal(kept):
    """A document goes to a file as it is; on a terminal what it holds is shown, and does nothing."""
    roster = str(kept[0] / "rooster.xml")
    to_file = CliRunner().invoke(main, ["convert", roster, "-", "--from", "uwlr", "--to", "json"])
    assert acting(to_file.stdout) != []
    shown = _on_a_terminal(["convert", roster, "-", "--from", "uwlr", "--to", "json"])
    assert "Kwaad" in shown
    assert acting(shown) == []
