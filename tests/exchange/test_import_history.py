"""What an import did can be read row by row, and the last one undone as a whole; the answer is held to the question."""

from __future__ import annotations

import json
import re
import shlex
import threading
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from exchange.people import YEAR, group, pupil, roster, staff
from helpers.programs import ran
from uwlr.berichten import LeerlinggegevensAntwoord, Toets, VocabulaireGebondenVeld
from uwlr.cli import main
from uwlr.client import UwlrClient
from uwlr.contradictions import WrongAnswer
from uwlr.errors import ConfigurationError
from uwlr.exchange import Bron, Importer, Koppelingen, Ledger, NewResult, NotReady, SqlLeden
from uwlr.exchange.koppeling import autorisatie_of
from uwlr.exchange.leden import SOORTEN
from uwlr.exchange.show import as_html, as_text, take_form
from uwlr.exchange.tables import Koppeling
from uwlr.soap.envelope import write_envelope

GROUPS = (group(), group("g2", "Groep 4", "4"))
STAFF = staff("t1", "An Prins")
FIRST = (
    pupil("1", "Jan Bos"),
    pupil("2", "Kim Vos", "2019-02-02"),
    *(pupil(f"x{i}", f"Kind{i} X", f"2017-01-1{i}") for i in range(8)),
)
NEXT = (pupil("1", "Jan Bosman", groep="g2"), pupil("3", "Eva Wit", "2018-03-03"), *FIRST[2:])
"""Jan was renamed and moved, Kim left, Eva came."""


@pytest.fixture
def koppeling(store, now):
    """An active koppeling, whose rosters a test hands over."""
    return made(store, now)


def made(store, now, url="http://127.0.0.1:9/"):
    """Make it."""
    given = {
        "naam": "K",
        "school": "s1",
        "vendor": "esis",
        "klantcode": "c",
        "klantnaam": "n",
        "url": url,
    }
    koppeling = Koppelingen(store).add(**given, bronnen=[Bron(brincode="99XX")])
    with store.write() as session:
        kept = session.get(Koppeling, koppeling.id)
        kept.status, kept.geactiveerd_op, kept.autorisatiesleutel = "actief", now(), "sleutel-1234567890"
    return Koppelingen(store).get(koppeling.id)


def imported(store, koppeling, *people, **more):
    """Plan and apply a roster."""
    importer = Importer(store)
    plan = importer.plan(Koppelingen(store).get(koppeling.id), [("99XX", roster(STAFF, *people, groups=GROUPS))])
    importer.apply(plan, recheck=False, **more)
    return plan


def everybody(store):
    """All that is in the application's tables."""
    leden = SqlLeden(store, "s1")
    return {(s, lid.id): (lid.gegevens, lid.actief) for s in SOORTEN for lid in leden.find(s)}


def test_an_import_is_undone_as_a_whole(store, koppeling, now):
    """Old values return, who was deactivated is active again, who was created is not; the next import waits."""
    imported(store, koppeling, *FIRST)
    before = everybody(store)
    now.moment += timedelta(days=1)
    plan = imported(store, koppeling, *NEXT)
    assert everybody(store) != before
    importer = Importer(store)
    assert importer.undo(koppeling.id, door="juf Prins") == plan.id
    assert importer.status(plan.id)[0] == "teruggedraaid"
    after = everybody(store)
    assert {who: what for who, what in after.items() if who in before} == before
    assert [actief for who, (_, actief) in after.items() if who not in before] == [False]
    with pytest.raises(NotReady, match="teruggedraaid"):
        imported(store, koppeling, *NEXT)
    allowed = importer.open_plan(koppeling.id)
    allowed.toegestaan = True
    importer.apply(allowed, recheck=False)
    assert sum(actief for (soort, _), (_, actief) in everybody(store).items() if soort == "leerling") == 10


def test_only_the_last_import_that_wrote_is_undone(store, koppeling, now):
    """Nights without a change are passed over; asked twice, the second time says so and the import before stays."""
    imported(store, koppeling, *FIRST)
    now.moment += timedelta(days=1)
    second = imported(store, koppeling, *NEXT)
    now.moment += timedelta(days=1)
    imported(store, koppeling, *NEXT)
    importer = Importer(store)
    assert importer.undo(koppeling.id) == second.id
    undone = everybody(store)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match=f"plan {second.id}, the last import .* is undone already"):
            importer.undo(koppeling.id)
    assert everybody(store) == undone


def test_an_import_after_an_undone_one_can_be_undone(store, koppeling, now):
    """What a person let pass after it, an import again, is the last one from then on."""
    imported(store, koppeling, *FIRST)
    importer = Importer(store)
    for _ in range(2):
        now.moment += timedelta(days=1)
        plan = importer.plan(Koppelingen(store).get(koppeling.id), [("99XX00", roster(*NEXT))])
        plan.toegestaan = True
        importer.save(plan)
        importer.apply(plan, recheck=False)
        assert importer.undo(koppeling.id) == plan.id


def test_without_an_import_there_is_nothing_to_undo(store, koppeling):
    """A koppeling without an import says so."""
    with pytest.raises(ConfigurationError, match="no import that can be undone"):
        Importer(store).undo(koppeling.id)


def test_results_recorded_since_forbid_undoing(store, koppeling, now):
    """An import on which results rest already stays."""
    imported(store, koppeling, *FIRST)
    now.moment += timedelta(hours=1)
    toets = Toets(toetscode=VocabulaireGebondenVeld(waarde="T"))
    given = {"afnamedatum": now().date(), "score": 5, "genormeerd_op": now()}
    Ledger(store).record(koppeling.id, [NewResult(leerlingid="1", toets=toets, **given)])
    with pytest.raises(ConfigurationError, match="1 results were recorded since"):
        Importer(store).undo(koppeling.id)


def test_what_a_person_changed_since_is_not_lost(lite, now):
    """Where somebody an import wrote was changed in the application, it is not undone, and nothing is written."""
    koppeling = made(lite, now)
    imported(lite, koppeling, *FIRST)
    leden = SqlLeden(lite, "s1")
    [jan] = [lid for lid in leden.find("leerling") if lid.gegevens.roepnaam == "Jan"]
    with leden.transaction():
        leden.update("leerling", jan.id, msgspec.structs.replace(jan.gegevens, emailadres="jan@example.org"))
    before = everybody(lite)
    with pytest.raises(ConfigurationError, match="1 of what it wrote was changed since"):
        Importer(lite).undo(koppeling.id)
    assert everybody(lite) == before


def test_what_an_import_did_is_read_row_by_row(lite, now):
    """Before, after, who decided and when, of each that was written."""
    koppeling = made(lite, now)
    imported(lite, koppeling, *FIRST)
    now.moment += timedelta(days=1)
    importer = Importer(lite)
    rosters = [("99XX", roster(STAFF, *NEXT, groups=GROUPS))]
    plan = importer.plan(Koppelingen(lite).get(koppeling.id), rosters)
    [eva] = [rij for rij in plan.rijen if rij.gegevens.roepnaam == "Eva"]
    plan.choose(eva.nummer, "nieuw", door="juf Prins", op=now())
    importer.apply(plan, recheck=False)
    done = {one.label: one for one in importer.record(plan.id)}
    assert {label: one.wat for label, one in done.items()} == {
        "Jan Bosman": "gewijzigd",
        "Eva Wit": "nieuw",
        "Kim Vos": "gedeactiveerd",
    }
    jan = done["Jan Bosman"]
    assert (jan.voor.achternaam, jan.na.achternaam, jan.velden) == (
        "Bos",
        "Bosman",
        ("achternaam", "jaargroep", "groepen"),
    )
    assert (done["Eva Wit"].door, done["Eva Wit"].op, jan.door, jan.op) == ("juf Prins", now(), None, now())


@pytest.mark.manual("F-18")
def test_a_plan_that_is_broken_off_is_over(lite, now):
    """Nothing of it is done, it cannot be applied or decided any more, and the next one shows the same rows."""
    koppeling = made(lite, now)
    importer = Importer(lite)
    rosters = [("99XX", roster(STAFF, *FIRST, groups=GROUPS))]
    plan = importer.plan(koppeling, rosters)
    importer.abort(plan.id, door="juf Prins")
    for attempt in (
        lambda: importer.apply(plan, recheck=False),
        lambda: importer.save(plan),
        lambda: importer.abort(plan.id),
    ):
        with pytest.raises(ConfigurationError):
            attempt()
    assert everybody(lite) == {}
    assert importer.status(plan.id)[0] == "afgebroken"
    assert len(importer.plan(Koppelingen(lite).get(koppeling.id), rosters).rijen) == len(plan.rijen)


@pytest.mark.parametrize("text", ["zoe", "Zoe\u0308 ijs", "ĳsselstein", "2018-01-01", "bakker ijs"])
def test_a_search_finds_a_name_however_it_is_written(lite, now, text):
    """Accents, ligatures and hyphens are nothing that somebody has to type."""
    koppeling = made(lite, now)
    imported(lite, koppeling, pupil("1", "Zoë IJsselstein-Bakker"), pupil("2", "Kim Vos", "2017-02-02"))
    found = Importer(lite).search(koppeling, "leerling", text)
    assert [one.label for one in found] == ["Zoë IJsselstein-Bakker"]


def test_who_is_taken_back_stays(lite, now):
    """Somebody deactivated who is taken back by hand is left active by the next import, though in no roster."""
    koppeling = made(lite, now)
    imported(lite, koppeling, *FIRST)
    imported(lite, koppeling, *NEXT)
    importer = Importer(lite)
    [kim] = importer.search(koppeling, "leerling", "vos kim")
    assert not kim.actief
    importer.reactivate(koppeling.id, "leerling", kim.id)
    imported(lite, koppeling, *NEXT[:1], *NEXT[2:])
    assert {one.label: one.actief for one in importer.search(koppeling, "leerling", "")}["Kim Vos"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"brincode": "88YY"}, "brincode 88YY where 99XX was asked for"),
        ({"schooljaar": "2019-2020"}, "schooljaar 2019-2020 where 2026-2027"),
        ({"dependancecode": "01"}, "dependancecode 01 where 00"),
        ({"xsdversie": "2.1"}, "xsdversie 2.1 where 2.2"),
        ({"dependancecode": "00"}, None),
        ({"xsdversie": "2.2.1"}, None),
        ({"brincode": None}, None),
        ({"schoolkey": "een-school"}, None),
    ],
)
def test_an_answer_to_another_question_writes_nothing(lite, now, change, text):
    """Of another school, location, year or version than was asked for: an error that names both; none is 00."""
    answer = roster(*FIRST)
    answer = msgspec.structs.replace(answer, school=msgspec.structs.replace(answer.school, **change))
    with answering(write_envelope(LeerlinggegevensAntwoord(inhoud=answer))) as url:
        koppeling = made(lite, now, url=url)
        importer = Importer(lite)
        if text is None:
            assert importer.fetch(koppeling)
            return
        with pytest.raises(WrongAnswer, match=text):
            importer.plan(koppeling)
        assert importer.open_plan(koppeling.id) is None
        client = UwlrClient(url, autorisatie=autorisatie_of(koppeling, koppeling.bronnen[0]), check_answer=True)
        with client, pytest.raises(WrongAnswer, match=text):
            client.haal_leerlinggegevens(schooljaar=YEAR, brincode="99XX")


UNREAD = [
    ("<geboortedatum>2018-01-01<", "<geboortedatum>2018-13-45<", "geboortedatum"),
    ("<geboortedatum>2018-01-01<", "<geboortedatum>weet ik niet<", "geboortedatum"),
    ("<instroomdatum>2026-08-01<", "<instroomdatum>01-08-2026<", "instroomdatum"),
    ("<uitstroomdatum>2027-07-31<", "<uitstroomdatum>20270731<", "uitstroomdatum"),
]


@pytest.mark.parametrize(("there", "sent", "veld"), UNREAD)
def test_what_cannot_be_read_is_said_at_its_row(lite, now, there, sent, veld):
    """A date that a LAS garbles is no silent gap: the row says so, and only that row."""
    whole = {"instroomdatum": date(2026, 8, 1), "uitstroomdatum": date(2027, 7, 31)}
    answer = roster(pupil("2", "Kim Vos", "2019-02-02"), pupil("1", "Jan Bos", **whole), STAFF, groups=GROUPS)
    body = write_envelope(LeerlinggegevensAntwoord(inhoud=answer)).decode()
    assert there in body
    with answering(body.replace(there, sent).encode()) as url:
        plan = Importer(lite).plan(made(lite, now, url=url))
    found = {rij.gegevens.label: [(one.wat, one.veld) for one in rij.meldingen] for rij in plan.of("leerling")}
    assert found == {"Kim Vos": [], "Jan Bos": [("onleesbaar", veld)]}
    assert f"{veld} is niet te lezen" in as_text(plan)
    assert sent[sent.index(">") + 1 : -1] not in as_text(plan)


@contextmanager
def answering(body):
    """A LAS that gives one answer, whatever it is asked; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("kills", ["4", pytest.param("150", marks=pytest.mark.proof)])
def test_killed_while_it_writes(store, koppeling, made_url, kills):
    """After kill -9 at any moment of an import, or of undoing one, all of it was done or nothing."""
    [done] = ran("exchange.crashing_imports:main", made_url, koppeling.id, kills, 7)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == kills


def test_from_the_shell(lite, now):
    """`uwlr import` and `uwlr leden` search, decide on many rows, break off, record, undo and take back."""
    koppeling = made(lite, now)
    imported(lite, koppeling, *FIRST)
    url, importer = str(lite.engine.url), Importer(lite)

    def run(*arguments):
        done = CliRunner().invoke(main, [*map(str, arguments), "--store", url], standalone_mode=False)
        assert done.exception is None, (arguments, done.exception)
        return done

    moved = [msgspec.structs.replace(one, key=f"n{one.key}") for one in FIRST]
    rosters = [("99XX", roster(STAFF, *moved, groups=GROUPS))]
    plan = importer.plan(Koppelingen(lite).get(koppeling.id), rosters)
    assert "Jan Bos" in run("import", "search", plan.id, "jan").stdout
    assert "10 van 10 rijen" in run("import", "edit", plan.id, "alle", "voorstel", "--door", "juf").stderr
    numbers = ",".join(str(rij.nummer) for rij in plan.of("leerling")[:2])
    run("import", "edit", plan.id, numbers, "niet importeren")
    run("import", "abort", plan.id)
    assert "afgebroken" in run("import", "show", plan.id).stderr
    plan = importer.plan(Koppelingen(lite).get(koppeling.id), [("99XX", roster(STAFF, *NEXT, groups=GROUPS))])
    importer.apply(plan, recheck=False)
    table = run("import", "record", plan.id).stdout
    assert "achternaam: Bos -> Bosman" in table
    assert {one["wat"] for one in json.loads(run("import", "record", plan.id, "--format", "json").stdout)} == {
        "gewijzigd",
        "nieuw",
        "gedeactiveerd",
    }
    gone = run("leden", "list", koppeling.id, "--inactief", "--zoek", "kim")
    assert "Kim Vos" in gone.stdout
    assert "inactief" in gone.stdout
    assert run("leden", "list", koppeling.id, "--zoek", "niemand").return_value == 1
    [kim] = json.loads(run("leden", "list", koppeling.id, "--inactief", "--format", "json").stdout)
    run("leden", "reactivate", koppeling.id, kim["id"])
    assert run("leden", "list", koppeling.id, "--inactief").return_value == 1
    run("leden", "list", koppeling.id, "--soort", "groep")


DOCS = Path(__file__).parents[2] / "docs" / "exchange.md"
SHELL = re.compile(r"\$ (uwlr (?:import|leden)[^#\n]*)")
COMMANDS = SHELL.findall(DOCS.read_text("utf-8"))


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_in_the_documentation_are_commands(command, tmp_path):
    """Each command that the documentation shows is understood: all that it misses here is a store."""
    words = [*shlex.split(command)[1:], "--store", str(tmp_path / "none.db")]
    done = CliRunner().invoke(main, words, input="y\n", standalone_mode=False)
    assert isinstance(done.exception, ConfigurationError)
    assert "there is no store yet" in str(done.exception)


def test_undone_from_the_shell(lite, now):
    """`uwlr import undo` takes the last import back, after a yes."""
    koppeling = made(lite, now)
    imported(lite, koppeling, *FIRST)
    command = ["import", "undo", str(koppeling.id), "--yes", "--store", str(lite.engine.url)]
    done = CliRunner().invoke(main, command, standalone_mode=False)
    assert "teruggedraaid" in done.stderr
    assert not any(actief for _, actief in everybody(lite).values())


def test_a_posted_page_decides(lite, now):
    """What was chosen on the page is taken over, for one row and for all that wait; what is refused is given back."""
    koppeling = made(lite, now)
    imported(lite, koppeling, *FIRST)
    moved = [msgspec.structs.replace(one, key=f"n{one.key}") for one in FIRST]
    importer = Importer(lite)
    plan = importer.plan(Koppelingen(lite).get(koppeling.id), [("99XX", roster(STAFF, *moved, groups=GROUPS))])
    first, second = plan.of("leerling")[:2]
    known = {"leerling": importer.search(koppeling, "leerling", "")}
    page = as_html(plan, action="/x", known=known)
    assert f'name="zoek-{first.nummer}" list="bekend-leerling"' in page
    [kim] = importer.search(koppeling, "leerling", "kim vos")
    form = {f"keuze-{rij.nummer}": rij.keuze for rij in plan.rijen}
    assert take_form(plan, form) == []
    assert len(plan.open_rows) == 10
    form |= {"alle-leerling": "voorstel", f"keuze-{first.nummer}": "niet importeren", f"zoek-{second.nummer}": kim.id}
    assert take_form(plan, form, door="juf") == []
    assert (first.keuze, second.lid, second.door, len(plan.open_rows)) == ("niet importeren", kim.id, "juf", 0)
    refused = take_form(plan, form | {f"zoek-{first.nummer}": kim.id})
    assert refused == [
        f"Rij {first.nummer}: rij {second.nummer} is deze bekende al; zeg dat u het zeker weet als zij dezelfde zijn."
    ]
