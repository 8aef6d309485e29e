"""The store: its versions, what is unreadable in it, what is pruned, and who may use it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlalchemy import text

from helpers.programs import ran
from uwlr.berichten import Toets, VocabulaireGebondenVeld
from uwlr.errors import ConfigurationError
from uwlr.exchange import Bron, Deliverer, Importer, Koppelingen, Ledger, NewResult, SqlLeden, Store, result_key
from uwlr.exchange.leden import SOORTEN
from uwlr.exchange.store_cipher import WrongCipher
from uwlr.exchange.tables import Base

STORES = Path(__file__).with_name("stores")
STORED_KEY = b"c3R1ZHkta2V5LW9mLXRoZS1zdG9yZWQtdGVzdHMtMDA="
"""The key of the stored databases that are encrypted; nothing else uses it."""

TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Rekenen")

GIVEN = {
    "naam": "De Proef",
    "school": "s1",
    "vendor": "esis",
    "klantcode": "EA1",
    "klantnaam": "Toetsen",
    "url": "http://127.0.0.1:9/",
    "autorisatiesleutel": "99QQ00OnzeEigenCode2026",
    "bronnen": [Bron(brincode="99QQ")],
}


def test_migrations_make_the_tables(store):
    """The migrations make exactly the tables that the code uses, and once they have run there is nothing to do."""
    store.upgrade()
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    store.check()


def test_a_store_without_tables_says_what_to_do(store_url):
    """A store that was never upgraded is refused with the command that helps."""
    with Store(store_url) as store, pytest.raises(ConfigurationError, match="uwlr store upgrade"):
        store.check()
    assert not Path(store_url.removeprefix("sqlite:///")).exists(), "asking makes no file"


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "://"])
def test_other_databases_are_refused(url):
    """Only a file of SQLite and PostgreSQL are taken."""
    with pytest.raises(ConfigurationError):
        Store(url)


def raw(store):
    """All that lies in the tables, as the database gives it."""
    with store.engine.connect() as connection:
        return "\n".join(
            str(value)  # one by one: a row as text is cut short
            for name in Base.metadata.tables
            for row in connection.execute(text(f"SELECT * FROM {name}"))  # noqa: S608 - names of our own
            for value in row
        )


def test_nothing_personal_is_readable_with_a_cipher(store_url, now, couple):
    """With a cipher no name, key, birth date or address of a school, its people or its results lies readable."""
    cipher = Fernet(Fernet.generate_key())
    with Store(store_url, cipher=cipher, clock=now) as store:
        store.upgrade()
        koppeling = couple(store)
        importer, koppelingen, ledger = Importer(store), Koppelingen(store), Ledger(store)
        [(bron, roster)] = importer.fetch(koppeling)
        groep = msgspec.structs.replace(roster.groepen[0], naam="Kanarie bij juf Parkiet")
        staff = msgspec.structs.replace(roster.leerkrachten[0], emailadres="kanarie@example.org")
        roster = msgspec.structs.replace(
            roster, groepen=(groep, *roster.groepen[1:]), leerkrachten=(staff, *roster.leerkrachten[1:])
        )
        plan = importer.plan(koppeling, [(bron, roster)])
        for rij in plan.open_rows:
            plan.choose(rij.nummer, "nieuw", emailadres="parkiet@example.org")
        ignored = plan.of("leerling")[3]
        plan.choose(ignored.nummer, "niet importeren")
        importer.apply(plan, recheck=False)
        pupils = [leerling.key for leerling in roster.leerlingen]
        given = {"toets": TOETS, "afnamedatum": now.moment.date(), "genormeerd_op": now.moment}
        results = [
            NewResult(leerlingid=pupils[0], score=734173, eckid=roster.leerlingen[0].eckid, **given),
            NewResult(
                leerlingid=pupils[1], score=734273, key=f"uitslag-{pupils[1]}", infourl="http://x/kanarie", **given
            ),
        ]
        ledger.record(koppeling.id, results)
        koppelingen.migrate_keys(koppeling.id, {"kanarie-oud": "kanarie-nieuw"})
        ledger.numbers_entered(koppeling.id, ["kanarie-1001"])
        assert Deliverer(store).deliver(koppelingen.get(koppeling.id)).bezorgd == 2
        assert ledger.record(koppeling.id, results).ongewijzigd == 2
        people = [*roster.leerlingen, *roster.leerkrachten]
        canaries = {
            "kanarie",
            "Kanarie",
            "parkiet",
            "Parkiet",
            "734173",
            "734273",
            result_key(pupils[0], "T1", None, now.moment.date()),
        }
        canaries |= {getattr(p, name) for p in people for name in ("key", "eckid", "achternaam", "roepnaam")}
        canaries |= {str(leerling.geboortedatum) for leerling in roster.leerlingen}
        canaries |= {value for groep in roster.groepen for value in (groep.key, groep.naam)}
        canaries |= {koppeling.autorisatiesleutel, *(bron.autorisatiesleutel for bron in koppeling.bronnen)}
        canaries = {word for word in canaries if word and len(word) > 5}  # shorter ones come about by chance
        assert len(canaries) > 100
        assert {word for word in canaries if word in raw(store)} == set()
        assert SqlLeden(store, "s1").find("groep")[0].gegevens.naam == "Kanarie bij juf Parkiet"
    if store_url.startswith("sqlite"):
        file = store_url.removeprefix("sqlite:///")
        data = b"".join(part.read_bytes() for part in Path(file).parent.glob("uwlr.db*"))
        assert {word for word in canaries if word.encode() in data} == set()


def test_without_the_cipher_the_canaries_show(lite, couple):
    """The search above finds names where there is no cipher."""
    plan = Importer(lite).plan(couple(lite))
    assert plan.of("leerling")[0].gegevens.key in raw(lite)


def test_another_cipher_is_told(store_url, now):
    """What was written with one cipher is not read with another, nor is a store taken that was made without it."""
    with Store(store_url, cipher=Fernet(Fernet.generate_key()), clock=now) as store:
        store.upgrade()
        made = Koppelingen(store).add(**GIVEN)
        assert Koppelingen(store).get(made.id).autorisatiesleutel == GIVEN["autorisatiesleutel"]
    other = Fernet(Fernet.generate_key())
    with Store(store_url, cipher=other) as store, pytest.raises(ConfigurationError, match="cannot read"):
        Koppelingen(store).get(made.id)


def test_a_store_that_holds_nothing_takes_a_cipher(lite):
    """A store that was made without a cipher and holds no koppeling yet gets one by an upgrade with it."""
    with Store(str(lite.engine.url), cipher=Fernet(Fernet.generate_key())) as store:
        with pytest.raises(ConfigurationError, match="without a cipher"):
            Koppelingen(store).add(**GIVEN)
        store.upgrade()
        made = Koppelingen(store).add(**GIVEN)
        assert Ledger(store).record(made.id, []).nieuw == 0
        assert GIVEN["autorisatiesleutel"] not in raw(store)


def test_a_store_of_the_first_version_is_upgraded_with_its_cipher_only(store_url):
    """A database that version 0001 wrote with a cipher is not upgraded without one, nor one without with one."""
    for kind, cipher in (("versleuteld", None), ("open", Fernet(STORED_KEY))):
        with Store(store_url, cipher=cipher) as store:
            if kind == "versleuteld":
                _fill(store, f"0001-{kind}")
            else:
                with store.engine.begin() as connection:
                    connection.execute(text("UPDATE koppeling SET bronnen = '[]'"))
            with pytest.raises(WrongCipher):
                store.upgrade()


@pytest.mark.parametrize("kind", ["open", "versleuteld"])
def test_a_store_of_the_first_version_is_upgraded(store_url, now, kind):
    """A database that version 0001 wrote keeps all it held, and what is personal in it becomes unreadable."""
    cipher = Fernet(STORED_KEY) if kind == "versleuteld" else None
    with Store(store_url, cipher=cipher, clock=now) as store:
        _fill(store, f"0001-{kind}")
        with pytest.raises(ConfigurationError, match="uwlr store upgrade"):
            store.check()
        store.upgrade()
        store.check()
        with store.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        koppelingen, importer, ledger = Koppelingen(store), Importer(store), Ledger(store)
        koppeling = koppelingen.get(1)
        assert (koppeling.status, koppeling.sleutelwissel) == ("actief", {"oud": "nieuw"})
        assert [event.soort for event in koppelingen.events(1)][-1] == "sleutelwissel"
        plan = importer.load(1)
        leden = {soort: SqlLeden(store, "s1").find(soort) for soort in SOORTEN}
        assert [lid.gegevens for lid in leden["groep"]] == [rij.gegevens for rij in plan.of("groep")]
        kept = [rij.gegevens for rij in plan.of("leerling") if rij.keuze == "nieuw"]
        assert [lid.gegevens for lid in leden["leerling"]] == kept
        assert [lid.actief for lid in leden["leerling"]] == [False, True, True, True, True]
        assert ledger.counts(1) == {"klaar": 1, "onderweg": 0, "bezorgd": 1, "geweigerd": 1, "wacht": 0}
        assert ledger.refused(1) == [("eigen-1", "Client.ScoreOngeldig")]
        pupils = [rij.gegevens.key for rij in plan.of("leerling")]
        given = {"toets": TOETS, "afnamedatum": date(2026, 11, 3), "genormeerd_op": now.moment + timedelta(hours=1)}
        results = [NewResult(leerlingid=pupils[0], score=0, **given)]
        results += [NewResult(leerlingid=pupils[n], score=n, key=f"eigen-{n}", **given) for n in (1, 2)]
        assert ledger.record(1, results).ongewijzigd == 3
        if cipher is not None:
            held = raw(store)
            assert [lid.gegevens.naam for lid in leden["groep"] if lid.gegevens.naam in held] == []
            assert "eigen-" not in held
        assert store.prune(leden=timedelta(0))["leden"] == 0
        now.moment = datetime.now(UTC) + timedelta(days=1)
        assert store.prune(leden=timedelta(0))["leden"] == 1


def test_results_that_could_never_be_sent_are_mended_or_set_apart(store_url, now):
    """An upgrade makes days of moments and of days with a zone, and sets apart what it cannot mend; the rest stays."""
    with Store(store_url, clock=now) as store:
        _fill(store, "0001-open")
        with store.engine.begin() as connection:
            rows = connection.execute(text("SELECT key, inhoud FROM resultaat ORDER BY key")).all()
            assert len(rows) == 3
            for (key, inhoud), wrong in zip(
                rows, ("2026-11-03T10:00:00Z", "2026-11-03+01:00", "gisteren"), strict=True
            ):
                damaged = inhoud.replace("2026-11-03", wrong)
                change = text(
                    "UPDATE resultaat SET inhoud = :inhoud, status = 'klaar', foutcode = NULL WHERE key = :key"
                )
                connection.execute(change, {"inhoud": damaged, "key": key})
        store.upgrade()
        counts = Ledger(store).counts(1)
        assert (counts["klaar"], counts["geweigerd"]) == (2, 1)
        [(_, code)] = Ledger(store).refused(1)
        assert code == "ongeldig"
        with store.engine.connect() as connection:
            kept = connection.execute(text("SELECT inhoud, afnamedatum FROM resultaat WHERE status = 'klaar'")).all()
        assert all('"2026-11-03"' in inhoud and str(day) == "2026-11-03" for inhoud, day in kept)


def test_a_year_that_was_agreed_on_becomes_that_year(store_url, now):
    """What was `the previous year, whenever it is asked` becomes the year before the activation."""
    with Store(store_url, clock=now) as store:
        _fill(store, "0001-open")
        with store.engine.begin() as connection:
            connection.execute(text("UPDATE koppeling SET vorig_schooljaar = :asked"), {"asked": True})
        store.upgrade()
        assert Koppelingen(store).get(1).vorig_schooljaar == "2025-2026"


def _fill(store, name):
    """Load a stored database."""
    script = (STORES / f"{name}-{store.engine.dialect.name}.sql").read_text("utf-8")
    if store.is_sqlite:
        with closing(sqlite3.connect(store.engine.url.database)) as connection:  # where foreign keys may come later
            connection.executescript(script)
        return
    connection = store.engine.raw_connection()
    connection.execute(script)
    connection.commit()
    connection.close()


def test_deactivated_people_are_pruned(store, couple, las, now):
    """A pupil who left goes once they have been inactive long enough, no sooner, and nobody else with them."""
    koppeling = couple(store)
    importer = Importer(store)
    plan = importer.plan(koppeling)
    for rij in plan.open_rows:
        plan.choose(rij.nummer, "nieuw", emailadres="iemand@example.org")
    importer.apply(plan)
    las.change_school("left", who=plan.of("leerling")[0].gegevens.key)
    importer.apply(importer.plan(Koppelingen(store).get(koppeling.id)))
    now.moment += timedelta(days=29)
    assert store.prune(leden=timedelta(days=30))["leden"] == 0
    now.moment += timedelta(days=2)
    assert store.prune(leden=timedelta(days=30))["leden"] == 1
    assert len(SqlLeden(store, "s1").find("leerling")) == 29


def test_what_can_never_be_sent_is_pruned(store, couple, las, now):
    """Results of a koppeling that ended, or of long ago, go by age too; so do its plans and the keys it knew."""
    first, second = couple(store), couple(store, school="s2")
    ledger, koppelingen = Ledger(store), Koppelingen(store)
    Importer(store).plan(first)
    given = {"toets": TOETS, "genormeerd_op": now.moment, "score": 1}
    for koppeling in (first, second):
        ledger.record(koppeling.id, [NewResult(leerlingid="1", afnamedatum=date(2026, 11, 3), **given)])
    ledger.record(second.id, [NewResult(leerlingid="1", afnamedatum=date(2024, 11, 3), **given)])
    koppelingen.migrate_keys(first.id, {"oud": "nieuw"})
    assert koppelingen.end(first.id).sleutelwissel == {}
    now.moment += timedelta(days=30)
    gone = store.prune(results=timedelta(days=7), plans=timedelta(days=7))
    assert (gone["resultaten"], gone["plannen"]) == (2, 1)
    assert ledger.counts(second.id)["klaar"] == 1


def test_events_are_pruned_by_age(store, now):
    """Events older than asked for go, younger ones stay."""
    koppelingen = Koppelingen(store)
    made = koppelingen.add(**GIVEN)
    now.moment += timedelta(days=30)
    koppelingen.approve(made.id)
    assert store.prune(plans=timedelta(days=7))["gebeurtenissen"] == 1
    assert [event.soort for event in koppelingen.events(made.id)] == ["goedgekeurd"]


def test_a_koppeling_is_claimed_once(store, made_url):
    """While one worker has a koppeling, another does not get it; afterwards it does."""
    made = Koppelingen(store).add(**GIVEN)
    with store.claim(made.id) as first:
        with store.claim(made.id) as second:
            assert (first, second) == (True, False)
        if not store.is_sqlite:
            with Store(made_url) as other, other.claim(made.id) as elsewhere:
                assert not elsewhere
    with store.claim(made.id) as again:
        assert again


def test_sqlite_serves_one_process(lite):
    """While one process works on an SQLite store, `uwlr nightly` in another is refused, and told to use PostgreSQL."""
    command = ["uwlr.cli:main", "nightly", "--store", lite.engine.url]
    with lite.alone():
        [done] = ran(*command)
    assert done.returncode == 3
    assert "use PostgreSQL" in done.stderr
    assert ran(*command)[0].returncode == 0


def test_the_exchange_does_not_need_posix():
    """Where Python has no fcntl, as on Windows, the exchange can be imported and used all the same."""
    script = "import sys; sys.modules['fcntl'] = None\nimport uwlr.exchange, uwlr.cli.nights"
    subprocess.run([sys.executable, "-c", script], check=True)
