"""What lies on the disk: behind the store's own cipher and no other, for its owner alone, and gone when deleted."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import text

import uwlr
from exchange.people import pupil, roster
from helpers.programs import ran
from uwlr.berichten import Toets, VocabulaireGebondenVeld
from uwlr.cli import main
from uwlr.exchange import Importer, Koppelingen, Ledger, NewResult, SqlLeden, Store
from uwlr.exchange.store_cipher import WrongCipher
from uwlr.exchange.tables import Base

ONE, TWO = (f"{letter * 43}=" for letter in "AQ")
GIVEN = {
    "naam": "De Proef",
    "school": "s1",
    "vendor": "standaard",
    "klantcode": "EA1",
    "klantnaam": "Toetsen",
    "url": "http://127.0.0.1:9/",
    "leerresultaten_url": "http://127.0.0.1:9/",
    "autorisatiesleutel": "ProefSleutel2026",
    "bronnen": ["99XX00"],
}


def filled(store, count=30):
    """A store with a koppeling, pupils whose surnames begin with Kanarie, and a result of each of the first five."""
    store.upgrade()
    koppelingen = Koppelingen(store)
    made = koppelingen.add(**GIVEN)
    koppelingen.approve(made.id)
    made = koppelingen._become(made.id, "actief")
    importer = Importer(store)
    people = [pupil(f"p{n:04}", f"Kim{n} Kanarie{n}", f"{date(2014, 1, 1) + timedelta(n)}") for n in range(count)]
    importer.apply(importer.plan(made, [("99XX00", roster(*people))]), recheck=False)
    toets = Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Rekenen")
    given = {"toets": toets, "afnamedatum": date(2026, 11, 3), "genormeerd_op": datetime(2026, 12, 1, tzinfo=UTC)}
    Ledger(store).record(made.id, [NewResult(leerlingid=f"p{n:04}", score=n, **given) for n in range(5)])
    return made


def held(url):
    """All bytes of the files of a store on SQLite."""
    file = Path(url.removeprefix("sqlite:///"))
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))


@pytest.fixture
def ciphers(tmp_path, monkeypatch):
    """Modules that make the two ciphers, for the shell."""
    for name, key in (("cipher_one", ONE), ("cipher_two", TWO)):
        (tmp_path / f"{name}.py").write_text(
            f"from cryptography.fernet import Fernet\ndef make(): return Fernet({key!r})\n", "utf-8"
        )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("UWLR_LANG", "nl")


@pytest.mark.parametrize(("made", "opened"), [(ONE, None), (ONE, TWO), (None, ONE)], ids=["none", "another", "one"])
def test_a_store_is_opened_with_its_own_cipher_only(store_url, now, made, opened):
    """Without its cipher, with another, and with one where it has none, nothing is read, written or upgraded."""
    with Store(store_url, cipher=Fernet(made) if made else None, clock=now) as store:
        filled(store, 3)
        with store.engine.connect() as connection:
            before = [connection.execute(text(f"SELECT * FROM {name}")).all() for name in Base.metadata.tables]  # noqa: S608
    with Store(store_url, cipher=Fernet(opened) if opened else None, clock=now) as store:
        acts = [
            store.check,
            store.upgrade,
            lambda: Koppelingen(store).get(1),
            lambda: Koppelingen(store).add(**GIVEN),
            lambda: SqlLeden(store, "s1").find("leerling"),
            lambda: Ledger(store).counts(1),
        ]
        for act in acts:
            with pytest.raises(WrongCipher) as caught:
                act()
            assert "opslag" in caught.value.uitleg
        with store.engine.connect() as connection:
            after = [connection.execute(text(f"SELECT * FROM {name}")).all() for name in Base.metadata.tables]  # noqa: S608
    assert after == before


def test_a_command_that_forgets_the_cipher_is_refused(lite, ciphers):
    """Without --cipher, or with another, a command ends with exit code 3 and says in Dutch and English what to do."""
    url = str(lite.engine.url)
    run = CliRunner().invoke
    assert run(main, ["store", "rekey", "--store", url, "--new-cipher", "cipher_one:make"]).exit_code == 0
    for words in ([], ["--cipher", "cipher_two:make"]):
        for command in (["koppeling", "list"], ["nightly", "--apply"], ["store", "upgrade"]):
            done = run(main, [*command, "--store", url, *words])
            assert (done.exit_code, done.stdout) == (3, "")
            assert "versleuteld" in done.stderr
            assert "Error: the " in done.stderr
    assert run(main, ["koppeling", "list", "--store", url, "--cipher", "cipher_one:make"]).exit_code == 0


@pytest.mark.parametrize("old", [None, ONE], ids=["open", "sealed"])
def test_a_store_gets_another_cipher(store_url, now, old):
    """After rekey all is as it was with the new cipher and nothing with the old; who still has that is stopped."""
    with Store(store_url, cipher=Fernet(old) if old else None, clock=now) as store:
        made = filled(store)
        people, counts = SqlLeden(store, "s1").find("leerling"), Ledger(store).counts(made.id)
        with Store(store_url, cipher=Fernet(old) if old else None, clock=now) as late:
            assert Koppelingen(late).get(made.id).autorisatiesleutel == "ProefSleutel2026"
            assert store.rekey(Fernet(TWO))
            assert not store.rekey(Fernet(TWO))
            with pytest.raises(WrongCipher):
                Koppelingen(late).add(**GIVEN)
        assert SqlLeden(store, "s1").find("leerling") == people
        toets = Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Rekenen")
        again = NewResult(
            leerlingid="p0001", score=1, toets=toets, afnamedatum=date(2026, 11, 3),
            genormeerd_op=datetime(2026, 12, 1, tzinfo=UTC),
        )  # fmt: skip
        assert Ledger(store).record(made.id, [again]).ongewijzigd == 1
        assert Ledger(store).counts(made.id) == counts
    with Store(store_url, cipher=Fernet(TWO), clock=now) as store:
        assert SqlLeden(store, "s1").find("leerling") == people
    if store_url.startswith("sqlite"):
        assert b"Kanarie" not in held(store_url)


@pytest.mark.parametrize(
    ("old", "stride"),
    [
        pytest.param(None, 1, marks=pytest.mark.proof, id="open"),
        pytest.param(ONE, 1, marks=pytest.mark.proof, id="sealed"),
        pytest.param(ONE, 29, id="some"),
    ],
)
def test_a_change_of_cipher_survives_kills(store_url, now, old, stride):
    """Killed before any statement, a store has its old cipher or the new one as a whole; the next run finishes it."""
    with Store(store_url, cipher=Fernet(old) if old else None, clock=now) as store:
        filled(store)
    given = json.dumps({"old": old, "new": TWO, "stride": stride})
    [done] = ran("exchange.dying:main", "exchange.rekeying:change", store_url, given)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 3
    with Store(store_url, cipher=Fernet(TWO), clock=now) as store:
        assert len(SqlLeden(store, "s1").find("leerling")) == 30


@pytest.fixture
def open_umask():
    """A umask that lets everybody read what a program makes."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder):
    """The modes of all files and folders below a folder."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}


def test_files_are_for_their_owner(tmp_path, now, open_umask):
    """Whatever the umask, the store with the files beside it, converted files and folders are for their owner alone."""
    folder = tmp_path / "alles"
    folder.mkdir()
    with Store(str(folder / "uwlr.db"), clock=now) as store, store.alone():
        filled(store)
        assert modes(folder) == dict.fromkeys(("uwlr.db", "uwlr.db-wal", "uwlr.db-shm", "uwlr.db.lock"), 0o600)
    run = CliRunner().invoke
    source = tmp_path / "roster.xml"
    source.write_bytes(uwlr.write(roster(pupil("p1", "Kim Kanarie"))))
    (folder / "uit.json").touch(0o644)
    for target in ("uit.json", "tabellen/van/nu"):
        done = run(main, ["convert", str(source), str(folder / target)])
        assert done.exit_code in {0, 1}, done.output
    assert run(main, ["validate", str(source), "--report", f"html={folder / 'verslag'}"]).exit_code in {0, 1}
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert len(found) > 6
    assert {mode for path, mode in found.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in found.items() if path.is_dir()} == {0o700}


def test_files_of_before_are_closed(tmp_path, now, open_umask):
    """A store that others could read is closed to them when it is opened."""
    file = tmp_path / "uwlr.db"
    with Store(str(file), clock=now) as store:
        store.upgrade()
    file.chmod(0o644)
    with Store(str(file), clock=now) as store:
        store.check()
        assert modes(tmp_path)["uwlr.db"] == 0o600


def test_what_was_pruned_is_in_no_file(tmp_path, now):
    """After prune, the files of SQLite hold no name of whom it deleted: free pages and the WAL included."""
    url = f"sqlite:///{tmp_path / 'uwlr.db'}"
    with Store(url, clock=now) as store:
        filled(store, 200)
        assert held(url).count(b"Kanarie") >= 400
        with store.write() as session:
            session.execute(text("UPDATE lid SET actief = 0, gedeactiveerd_op = '2001-01-01'"))
        now.moment += timedelta(days=1)
        store.prune(plans=timedelta(0), leden=timedelta(0))
        assert b"Kanarie" not in held(url)
    assert b"Kanarie" not in held(url)


def test_a_koppeling_that_ends_leaves_nothing_in_the_files(tmp_path, now):
    """What `end` forgets - its key, the plan that waits, keys of people it knew - is in no file when it returns."""
    url = f"sqlite:///{tmp_path / 'uwlr.db'}"
    with Store(url, clock=now) as store:
        koppelingen = Koppelingen(store)
        store.upgrade()
        made = koppelingen.add(**GIVEN)
        koppelingen.approve(made.id)
        made = koppelingen._become(made.id, "actief")
        Importer(store).plan(made, [("99XX00", roster(pupil("p1", "Kim Kanarie")))])
        koppelingen.migrate_keys(made.id, {"parkiet-oud": "parkiet-nieuw"})
        assert all(word in held(url) for word in (b"Kanarie", b"parkiet", b"ProefSleutel2026"))
        koppelingen.end(made.id)
        assert [word for word in (b"Kanarie", b"parkiet", b"ProefSleutel2026") if word in held(url)] == []
