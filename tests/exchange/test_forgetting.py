"""One pupil: all that is kept is shown, and all of it is erased; everybody else stays as they were."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from msgspec.structs import replace

from exchange.forgetting import (
    KEY,
    NOW,
    WHO,
    child,
    coupled,
    dump,
    eckid,
    filled,
    key,
    leerling_of,
    opened,
    others,
    readable,
    result,
    take,
    traces,
)
from exchange.people import ListLeden, roster
from helpers.programs import ran
from uwlr.cli import main
from uwlr.errors import ConfigurationError
from uwlr.exchange import Importer, ImportHistory, Koppelingen, Ledger, Refused, SqlLeden, Stale
from uwlr.exchange.person import Nobody, Several
from uwlr.exchange.person_places import PLACES
from uwlr.exchange.plan_rows import RETURNED
from uwlr.exchange.pupil_rights import Forgotten, Pupils
from uwlr.exchange.show import as_text
from uwlr.personal_data import about_pupils


def test_every_table_about_pupils_has_its_way():
    """What the register says holds something about pupils is shown and erased, and nothing else."""
    assert set(PLACES) == set(about_pupils())


@pytest.mark.parametrize(
    ("count", "sealed"),
    [
        pytest.param(20, False, id="20"),
        pytest.param(10_000, False, id="10000", marks=pytest.mark.proof),
        pytest.param(10_000, True, id="10000-sealed", marks=pytest.mark.proof),
    ],
)
def test_nothing_is_left_of_a_pupil(store_url, count, sealed):
    """No file, free page, WAL or dump holds a value that only the pupil had; everybody else is as before."""
    with opened(store_url, sealed) as store:
        filled(store, count)
        mine = traces(store)
        whole = readable(store)
        assert [word for word in mine if word not in whole] == []
        rows = [rij for plan_id in range(1, 6) for rij in Importer(store).load(plan_id).rijen]
        assert any(one.gegevens.key == key(WHO) for rij in rows for one in rij.kandidaten)
        before, counts = others(store, mine), Ledger(store).counts(1)
        receipt = Pupils(store).forget(1, key(WHO), door="directie")
        assert others(store, mine) == before
        assert [word for word in mine if word in readable(store)] == []
        left = dump(store_url)
        assert [word for word in mine if word.encode() in left] == []
    left = dump(store_url)
    assert [word for word in mine if word.encode() in left] == []
    assert receipt.status == "klaar"
    assert receipt.klaar_op == NOW
    assert receipt.aantallen["resultaten"] == 4
    assert receipt.aantallen["bij_ontvanger"] == 2
    assert receipt.aantallen["leden"] == 1
    assert counts["klaar"] > 15


@pytest.mark.parametrize(
    ("sealed", "stride"),
    [
        pytest.param(False, 1, id="every", marks=pytest.mark.proof),
        pytest.param(True, 1, id="every-sealed", marks=pytest.mark.proof),
        pytest.param(True, 60, id="some"),
    ],
)
def test_a_kill_at_every_step_is_finished_by_the_next_run(store_url, sealed, stride):
    """Killed before any statement, commit or wipe, the next run ends it: nothing is left, and it was done once."""
    with opened(store_url, sealed) as store:
        filled(store, 12)
        mine = traces(store)
        before = others(store, mine)
    given = json.dumps({"sealed": sealed, "stride": stride})
    [done] = ran("exchange.dying:main", "exchange.forgetting:forget", store_url, given)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 2
    left = dump(store_url)
    assert [word for word in mine if word.encode() in left] == []
    with opened(store_url, sealed) as store:
        assert [word for word in mine if word in readable(store)] == []
        assert others(store, mine) == before
        [receipt] = Pupils(store).receipts(1)
        assert (receipt.status, receipt.aantallen["resultaten"], receipt.aantallen["leden"]) == ("klaar", 4, 1)


@pytest.fixture
def small(tmp_path):
    """A store with a koppeling of one school."""
    with opened(f"sqlite:///{tmp_path / 'uwlr.db'}") as store:
        store.upgrade()
        yield store


def there(store, school="s1"):
    """The keys of the pupils that the application has."""
    return sorted(lid.gegevens.key for lid in SqlLeden(store, school).find("leerling"))


def test_inspection_shows_all_there_is(small):
    """Everything that is kept of a pupil stands in the inspection: each value that only they have, but for hashes."""
    filled(small, 12)
    shown = Pupils(small).inspect(1, key(WHO))
    text = json.dumps(shown.delen, default=str, ensure_ascii=False)
    hashes = {leerling_of(small), leerling_of(small, "tweedesleutel7")}
    assert [word for word in traces(small) - hashes if word not in text] == []
    assert set(shown.delen) == set(about_pupils()) - {"vergeten"}
    assert key(8) not in text


def test_a_later_roster_leaves_the_pupil_out(small):
    """The review says so, nothing of the pupil is kept again, and others of the roster are imported as before."""
    koppeling = coupled(small)
    everybody = [child(n) for n in range(9)]
    take(small, koppeling, ("99XX00", roster(*everybody)))
    mine = {key(WHO), eckid(WHO), f"Achter{WHO:05}v", "1999-12-31"}
    pupils, importer = Pupils(small), Importer(small)
    order = pupils.forget(1, key(WHO)).opdracht
    changed = [("99XX00", roster(*everybody, child(20)))]
    plan = importer.plan(koppeling, changed)
    assert plan.vergeten == (order,)
    assert f"opdracht {order}" in as_text(plan)
    assert [rij.gegevens.key for rij in plan.of("leerling")] == sorted({*map(key, range(9)), key(20)} - mine)
    importer.apply(plan, recheck=False)
    more = [("99XX00", roster(*everybody, child(20), child(21)))]
    assert importer.plan_and_apply(Koppelingen(small).get(1), more)[1]
    assert there(small) == sorted({*map(key, range(9)), key(20), key(21)} - mine)
    assert importer.unchanged(Koppelingen(small).get(1), more)
    assert [word for word in mine if word in readable(small)] == []
    with pytest.raises(Forgotten):
        pupils.forget(1, key(WHO))
    with pytest.raises(Forgotten):
        pupils.inspect(1, eckid(WHO))

    pupils.allow(order, door="directie")
    assert not importer.unchanged(Koppelingen(small).get(1), more)
    plan, applied = importer.plan_and_apply(Koppelingen(small).get(1), more)
    assert applied
    assert [rij.gegevens.key for rij in plan.of("leerling") if rij.keuze == "nieuw"] == [key(WHO)]
    assert [receipt.status for receipt in pupils.receipts(1)] == ["toegelaten"]
    assert pupils.forget(1, key(WHO)).status == "klaar"


def test_another_number_beside_the_same_eckid_is_the_pupil(small):
    """Another key with the ECK-iD is the pupil, who stays out; of the key with another ECK-iD a person is asked."""
    koppeling = coupled(small)
    take(small, koppeling, ("99XX00", roster(child(1), child(WHO))))
    Pupils(small).forget(1, key(WHO))
    importer = Importer(small)
    plan = importer.plan(koppeling, [("99XX00", roster(child(1), child(WHO, key="nieuwe-sleutel")))])
    assert [rij.gegevens.key for rij in plan.of("leerling")] == [key(1)]
    mistaken = roster(child(1), child(WHO), child(31, eckid=eckid(WHO)))
    plan = importer.plan(koppeling, [("99XX00", mistaken)])
    assert [rij.gegevens.key for rij in plan.of("leerling")] == [key(1), key(31)]
    other = child(30, key=key(WHO))
    plan = importer.plan(koppeling, [("99XX00", roster(child(1), other))])
    [row] = plan.open_rows
    assert (row.reden, row.gegevens.eckid) == (RETURNED, eckid(30))
    plan.choose(row.nummer, "nieuw")
    importer.save(plan)
    importer.apply(plan, recheck=False)
    plan = importer.plan(koppeling, [("99XX00", roster(child(1), other))])
    assert [rij.keuze for rij in plan.of("leerling")] == ["bestaand", "bestaand"]


def test_one_key_at_two_locations_is_asked_about(small):
    """A key that two pupils have says nobody: the bron or the id does."""
    koppeling = coupled(small, "99XX00", "99YY00")
    take(small, koppeling, ("99XX00", roster(child(1), child(WHO))), ("99YY00", roster(child(40, key=key(WHO)))))
    pupils = Pupils(small)
    with pytest.raises(Several):
        pupils.forget(1, key(WHO))
    assert pupils.forget(1, key(WHO), bron="99YY00").aantallen["leden"] == 1
    assert [lid.gegevens.eckid for lid in SqlLeden(small, "s1").find("leerling")] == [eckid(1), eckid(WHO)]


@pytest.mark.parametrize(
    "twin",
    [
        {"roepnaam": "Kas"},
        {"roepnaam": f"Roep{WHO:05}k"},
        {"roepnaam": "Kas", "eckid": eckid(WHO)},
        {"roepnaam": f"Roep{WHO:05}k", "eckid": None},
    ],
    ids=["twin", "namesake", "twin-one-eckid", "namesake-without-eckid"],
)
def test_a_twin_loses_nothing(small, twin):
    """Of two who share name, day or even ECK-iD only the one is erased; the other, and their results, stay."""
    koppeling = coupled(small)
    born = {"achternaam": f"Achter{WHO:05}v", "born": "1999-12-31"}
    other = child(8, **born, **twin)
    both = [("99XX00", roster(child(1), child(WHO), other))]
    take(small, koppeling, ("99XX00", roster(child(1), child(WHO), replace(other, eckid=None))))
    leden = SqlLeden(small, "s1")
    [lid] = [lid for lid in leden.find("leerling") if lid.gegevens.key == key(8)]
    with leden.transaction():  # as an application may have it
        leden.update("leerling", lid.id, replace(lid.gegevens, eckid=other.eckid))
    mine = twin.get("eckid", eckid(8))
    Ledger(small).record(1, [result(WHO), result(8, eckid=mine), result(1)])
    before = [lid for lid in SqlLeden(small, "s1").find("leerling") if lid.gegevens.key != key(WHO)]
    receipt = Pupils(small).forget(1, key(WHO))
    assert receipt.aantallen["resultaten"] == 1
    assert SqlLeden(small, "s1").find("leerling") == before
    assert key(WHO) not in readable(small)
    assert Ledger(small).record(1, [result(8, eckid=mine), result(1)]).ongewijzigd == 2
    for people in both, [("99XX00", roster(child(1), other))]:
        plan = Importer(small).plan(Koppelingen(small).get(1), people)
        assert [rij.gegevens.key for rij in plan.of("leerling")] == [key(1), key(8)]
        assert [rij.keuze for rij in plan.of("leerling")] == ["bestaand", "bestaand"]


def test_a_plan_in_memory_brings_nobody_back(small):
    """An open plan in memory has to be loaded again; that one is applied, and can be undone, without the pupil."""
    koppeling = coupled(small)
    take(small, koppeling, ("99XX00", roster(*(child(n) for n in range(9)))))
    importer = Importer(small)
    changed = [child(n, roepnaam=f"Anders{n}") for n in range(9)]
    plan = importer.plan(koppeling, [("99XX00", roster(*changed))])
    plan.toegestaan = True
    importer.save(plan)
    Pupils(small).forget(1, key(WHO))
    with pytest.raises(Stale):
        importer.save(plan)
    with pytest.raises(Stale):
        importer.apply(plan, recheck=False)
    again = importer.load(plan.id)
    [row] = [rij for rij in again.of("leerling") if rij.reden == "vergeten"]
    with pytest.raises(Refused):
        again.choose(row.nummer, "nieuw")
    importer.apply(again, recheck=False)
    assert there(small) == sorted(set(map(key, range(9))) - {key(WHO)})
    assert importer.undo(1) == plan.id
    names = {lid.gegevens.roepnaam for lid in SqlLeden(small, "s1").find("leerling")}
    assert names == {f"Roep{n:05}k" for n in range(9) if n != WHO}
    assert key(WHO) not in readable(small)


def test_the_record_of_an_import_keeps_its_counts(small):
    """The counts of an import that brought the pupil stay, in place of a name it says vergeten; it can be undone."""
    koppeling = coupled(small)
    take(small, koppeling, ("99XX00", roster(child(1))))
    plan = take(small, koppeling, ("99XX00", roster(child(1), child(WHO), child(8))))
    before = [plan.telling(soort) for soort in ("groep", "leerkracht", "leerling")]
    Pupils(small).forget(1, key(WHO))
    kept = Importer(small).load(plan.id)
    assert [kept.telling(soort) for soort in ("groep", "leerkracht", "leerling")] == before
    labels = [one.label for one in ImportHistory(small).record(plan.id)]
    assert sorted(labels) == ["Roep00008k Achter00008v", "vergeten"]
    ImportHistory(small).undo(1)
    assert [lid.actief for lid in SqlLeden(small, "s1").find("leerling")] == [True, False]


def test_results_of_who_was_forgotten_are_not_recorded(small):
    """They are counted, those of others are recorded; also under a key that took the place of the old one."""
    koppeling = coupled(small)
    take(small, koppeling, ("99XX00", roster(child(1), child(WHO))))
    Pupils(small).forget(1, key(WHO))
    ledger = Ledger(small)
    done = ledger.record(1, [result(1), result(WHO), result(WHO, eckid=None)])
    assert (done.nieuw, done.vergeten) == (1, 2)
    Koppelingen(small).migrate_keys(1, {key(WHO): "volgende-sleutel", key(1): "een"})
    assert ledger.record(1, [result(WHO, leerlingid="volgende-sleutel", eckid=None)]).vergeten == 1
    ledger.numbers_entered(1, [key(WHO), "een"])
    assert [word for word in (key(WHO), "volgende-sleutel", eckid(WHO)) if word in readable(small)] == []
    plan = Importer(small).plan(
        koppeling, [("99XX00", roster(child(1), child(WHO, key="volgende-sleutel", eckid=None)))]
    )
    assert [rij.gegevens.key for rij in plan.of("leerling")] == [key(1)]


def test_who_was_never_imported_is_found_and_forgotten(small):
    """A pupil of whom there are results only, or a row that was declined."""
    koppeling = coupled(small)
    Ledger(small).record(1, [result(WHO), result(8)])
    importer = Importer(small)
    plan = importer.plan(koppeling, [("99XX00", roster(child(1), child(WHO), child(9)))])
    for rij in plan.of("leerling")[1:]:
        plan.choose(rij.nummer, "niet importeren")
    importer.save(plan)
    importer.apply(plan, recheck=False)
    assert set(Pupils(small).inspect(1, key(WHO)).delen) == {"plan", "resultaat", "koppeling"}
    assert Pupils(small).forget(1, key(WHO)).aantallen["resultaten"] == 1
    assert [word for word in (key(WHO), eckid(WHO), f"Achter{WHO:05}v") if word in readable(small)] == []
    assert key(9) in Koppelingen(small).get(1).genegeerd
    with pytest.raises(Nobody):
        Pupils(small).inspect(1, "niemand")


def test_what_may_be_anothers_stays_and_is_counted(small):
    """A result under the key at another location, or with another ECK-iD, is left, counted and shown as such."""
    koppeling = coupled(small, "99XX00", "99YY00")
    take(small, koppeling, ("99XX00", roster(child(1), child(WHO))), ("99YY00", roster(child(8))))
    elsewhere = result(WHO, eckid=None, bron="99YY00")
    Ledger(small).record(1, [result(WHO, bron="99XX00"), elsewhere, result(WHO, 3, eckid=eckid(50), bron=0, poging=2)])
    shown = Pupils(small).inspect(1, key(WHO)).delen["resultaat"]
    assert sorted(row["van_deze_leerling"] for row in shown) == ["ja", "misschien", "misschien"]
    counts = Pupils(small).forget(1, key(WHO)).aantallen
    assert (counts["resultaten"], counts["misschien"]) == (1, 2)
    assert Ledger(small).counts(1)["klaar"] == 2


def test_other_schools_are_not_touched(small):
    """The same child at another school of the store stays there: that school decides for itself."""
    koppeling = coupled(small)
    take(small, koppeling, ("99XX00", roster(child(WHO))))
    koppelingen = Koppelingen(small, klantcode="EA1", klantnaam="Toetsen")
    other = koppelingen.add("esis", naam="Twee", school="s2", bronnen=["99QQ00"], url="http://127.0.0.1:9/")
    koppelingen.approve(other.id)
    other = koppelingen._become(other.id, "actief")
    take(small, other, ("99QQ00", roster(child(WHO))))
    Pupils(small).forget(1, key(WHO))
    assert (there(small), there(small, "s2")) == ([], [key(WHO)])
    assert [rij.keuze for rij in Importer(small).plan(other, [("99QQ00", roster(child(WHO)))]).of("leerling")] == [
        "bestaand"
    ]


def test_an_application_with_tables_of_its_own(small):
    """Its tables are erased too; where they cannot forget, nothing is begun."""
    koppeling = coupled(small)
    leden = ListLeden()
    importer = Importer(small, leden=lambda *_: leden)
    importer.apply(importer.plan(koppeling, [("99XX00", roster(child(1), child(WHO)))]), recheck=False)

    class Old:
        """Tables of before there was `forget`."""

        def __getattr__(self, name):
            if name == "forget":
                raise AttributeError(name)
            return getattr(leden, name)

    with pytest.raises(ConfigurationError, match="forget"):
        Pupils(small, leden=lambda *_: Old()).forget(1, key(WHO))
    assert Pupils(small).receipts(1) == []
    assert Pupils(small, leden=lambda *_: leden).forget(1, key(WHO)).aantallen["leden"] == 1
    assert leden.active() == ["Roep00001k Achter00001v"]


def test_nobody_is_forgotten_while_somebody_works(small):
    """While somebody works on a koppeling of the school, its results are in memory: nothing is begun."""
    koppeling = coupled(small)
    take(small, koppeling, ("99XX00", roster(child(WHO))))
    with small.claim(koppeling.id), pytest.raises(ConfigurationError, match="works on"):
        Pupils(small).forget(1, key(WHO))
    with (
        opened(str(small.engine.url)) as other,
        other.alone(),
        pytest.raises(ConfigurationError, match="another process"),
    ):
        Pupils(small).forget(1, key(WHO))
    assert (there(small), Pupils(small).receipts(1)) == ([key(WHO)], [])


def test_a_new_cipher_changes_nothing_about_who_stays_out(small):
    """After a store got its first cipher, who was forgotten stays out, and the secret of that is not readable."""
    koppeling = coupled(small)
    take(small, koppeling, ("99XX00", roster(child(1), child(WHO))))
    Pupils(small).forget(1, key(WHO))
    small.rekey(Fernet(KEY))
    with small.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT naam, waarde FROM geheim").all()
    assert {naam for naam, _ in raw} == {"pseudoniem", "vergeten"}
    assert all(len(waarde) > 100 for _, waarde in raw)
    plan = Importer(small).plan(Koppelingen(small).get(1), [("99XX00", roster(child(1), child(WHO)))])
    assert [rij.gegevens.key for rij in plan.of("leerling")] == [key(1)]


def test_the_commands(small, monkeypatch):
    """Inzage shows, vergeten asks and gives a receipt without anything personal, toelaten lets the pupil come back."""
    filled(small, 12)
    mine = traces(small) - {leerling_of(small)}
    monkeypatch.setenv("UWLR_STORE", str(small.engine.url))
    small.close()

    def run(*words, **more):
        return CliRunner().invoke(main, ["persoon", *words], **more)

    found = run("inzage", "--koppeling", "1", "Achter00007v")
    assert (found.exit_code, "Resultaten" in found.stdout, eckid(WHO) in found.stdout) == (0, True, True)
    found = run("inzage", "--koppeling", "1", key(WHO), "--format", "json")
    assert set(json.loads(found.stdout)["delen"]) == set(about_pupils()) - {"vergeten"}
    assert run("inzage", "--koppeling", "1", "roep").exit_code == 1
    assert run("inzage", "--koppeling", "1", "niemand").exit_code == 1
    assert run("vergeten", "--koppeling", "1", key(WHO), input="n\n").exit_code == 3
    assert run("opdrachten", "--koppeling", "1").stdout == ""
    asked = run("vergeten", "--koppeling", "1", key(WHO), input="j\ny\n")
    done = run("vergeten", "--koppeling", "1", key(WHO), "--format", "json")
    assert (asked.exit_code, done.exit_code) == (0, 0), asked.output
    [receipt] = json.loads(done.stdout)
    assert (receipt["status"], receipt["aantallen"]["resultaten"]) == ("klaar", 4)
    assert "4 resultaten" in asked.stdout
    assert [word for word in mine if word in asked.output + done.output] == []
    assert run("inzage", "--koppeling", "1", key(WHO)).exit_code == 3
    assert run("toelaten", "1").exit_code == 0
    assert run("toelaten", "1").exit_code == 3
    assert "mag weer" in run("opdrachten", "--koppeling", "1").stdout
