"""The nightly run: every koppeling, limits, trouble that stays where it is, several processes."""

from __future__ import annotations

import json
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from helpers.programs import ran, started
from uwlr.berichten import Toets, VocabulaireGebondenVeld
from uwlr.cli import main
from uwlr.errors import ConfigurationError
from uwlr.exchange import Bron, Importer, Koppelingen, Ledger, NewResult, Nightly, Policies, Store, VendorPolicy
from uwlr.exchange.nightly import night_of
from uwlr.exchange.policy import read_policies
from uwlr.exchange.tables import PlanRow

TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Rekenen")
QUICK = Policies(backoff=0.01, cool_down=0.01)


@pytest.fixture
def url(made_url):
    """A store with tables, in real time."""
    return made_url


@pytest.fixture
def schools(url, las, couple):
    """Make koppelingen with that many schools of the plain fake; gives their ids."""
    las.set_clock(now=datetime.now(UTC), frozen=False)

    def schools(count, vendor="standaard", **more):
        made = []
        with Store(url) as store:
            for number in range(count):
                brincode = f"9{number % 10}S{chr(65 + number // 10)}"
                las.add_school(vendor=vendor, brincode=brincode, leerlingen=6)
                key = las.activate(vendor=vendor, brincode=brincode).autorisatiesleutel
                places = [Bron(brincode=brincode, dependancecode="00")]
                given = {"school": brincode, "bronnen": places, "autorisatiesleutel": key, **more}
                made.append(couple(store, vendor, **given).id)
        return made

    return schools


class Told:
    """A notifier that remembers."""

    def __init__(self):
        self.all = []

    def notify(self, notification):
        """Remember it."""
        self.all.append(notification)


@pytest.mark.manual("A-66", "B-34", "D-38")
def test_every_school_is_fetched_planned_and_delivered(url, schools, las):
    """All schools are planned and their results delivered; imports wait for review and people are told (R11)."""
    ids = schools(5)
    with Store(url) as store:
        pupil = Importer(store).plan(Koppelingen(store).get(ids[0])).of("leerling")[0].gegevens.key
        moment = datetime.now(UTC)
        result = NewResult(leerlingid=pupil, toets=TOETS, afnamedatum=moment.date(), score=5, genormeerd_op=moment)
        Ledger(store).record(ids[0], [result])
    told, counted = Told(), []
    summary = Nightly(url, workers=3, notifier=told, progress=counted.append).run()
    assert (summary.review, summary.bezorgd, summary.exit_code) == (5, 1, 1)
    assert counted == [1, 2, 3, 4, 5]
    assert {notification.koppeling_id for notification in told.all} == set(ids)
    assert all(notification.unmatched["leerling"] == 6 for notification in told.all)
    assert len(las.received()) == 1
    assert Nightly(url).run().total == 0, "the work of this night is done"


def test_applied_at_once_and_unchanged_the_next_night(url, schools, las):
    """With apply, imports that wait for nobody are applied; a roster that did not change needs no plan."""
    ids = schools(2)
    with Store(url) as store:
        importer = Importer(store)
        for koppeling_id in ids:
            plan = importer.plan(Koppelingen(store).get(koppeling_id))
            for rij in plan.open_rows:
                plan.choose(rij.nummer, "nieuw", emailadres="iemand@example.org")
            importer.save(plan)
    assert Nightly(url, apply=True).run().toegepast == 2
    with Store(url) as store, store.write() as session:
        for koppeling_id in ids:
            from uwlr.exchange import Koppeling

            session.get(Koppeling, koppeling_id).laatste_nacht = date(2020, 1, 1)
    second = Nightly(url, apply=True).run()
    assert (second.ok, second.ongewijzigd, second.exit_code) == (2, 2, 0)


def test_one_bad_school_never_stops_the_rest(url, schools, las):
    """A school whose key was refused fails on its own, with its reason; the others are done."""
    ids = schools(3)
    las.end_coupling(brincode="90SA")
    summary = Nightly(url, policies=QUICK).run()
    assert (summary.review, summary.failed, summary.exit_code) == (2, 1, 3)
    [bad] = [done for done in summary.trouble if done.outcome == "failed"]
    assert (bad.koppeling_id, bad.error) == (ids[0], "ClientFault Client.AutorisatieOngeldig")
    assert Nightly(url, policies=QUICK).run().total == 1, "it is still due this night"


def test_an_outage_is_tried_again(url, schools, las):
    """A temporary failure is tried again in the same night."""
    schools(2)
    las.plan_fault("http", status=503, operation="HaalLeerlinggegevens", times=1)
    summary = Nightly(url, policies=QUICK).run()
    assert (summary.review, summary.failed) == (2, 0)
    assert max(done.attempt for done in summary.trouble) == 2


def test_a_host_that_is_down_is_left_alone(url, schools, las):
    """After failures in a row a host gets no more calls for a while, and the run ends all the same."""
    schools(8)
    las.plan_fault("http", status=502, operation="HaalLeerlinggegevens", times=0)
    before = len(las.exchanges())
    policies = Policies(attempts=1, breaker=2, cool_down=3600)
    summary = Nightly(url, policies=policies, workers=1).run()
    assert summary.failed + summary.skipped == 8
    assert summary.skipped_because["host"] >= 4
    assert len(las.exchanges()) - before == summary.failed
    assert summary.exit_code == 3


def test_quiet_hours(url, schools, las):
    """In its quiet hours a vendor is not called."""
    schools(2)
    before = len(las.exchanges())
    always = VendorPolicy(quiet=("00:01", "00:01"))
    summary = Nightly(url, policies=Policies(vendor={"standaard": always})).run()
    assert summary.skipped_because == {"quiet": 2}
    assert len(las.exchanges()) == before


def test_a_night_over_several_vendors(lite, couple, las, tmp_path):
    """Of several vendors one is broken and one has quiet hours: the summary says for each what a person has to know."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    names = ("parnassys", "esis", "standaard")
    made = {vendor: couple(lite, vendor, school=vendor, naam=f"School {vendor}") for vendor in names}
    las.plan_fault("http", vendor="parnassys", status=500, times=0)
    settings = tmp_path / "night.toml"
    settings.write_text('[vendor.esis]\nquiet = ["00:00", "00:00"]\n', "utf-8")
    command = ["nightly", "--store", str(lite.engine.url), "--settings", str(settings)]
    done = CliRunner().invoke(main, command, standalone_mode=False)
    assert done.return_value == 3
    assert "mislukt 1, overgeslagen 1 (stille uren 1), elders 0" in done.stdout
    assert f"koppeling {made['parnassys'].id} School parnassys: mislukt: HttpError html 500" in done.stdout
    plan = Importer(lite).open_plan(made["standaard"].id)
    waits = f"plan {plan.id}, {len(plan.open_rows)} rijen te beslissen"
    assert f"koppeling {made['standaard'].id} School standaard: controleren: {waits}" in done.stdout


def test_a_slow_vendor_holds_up_no_other(lite, couple, las):
    """A vendor that takes one school at a time does not keep the schools of another waiting behind its own."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    slow = [couple(lite, "standaard", school=f"s{number}").id for number in range(4)]
    couple(lite, "parnassys", school="p1")
    las.plan_fault("delay", vendor="standaard", seconds=0.2, times=0)
    told = Told()
    policies = Policies(vendor={"standaard": VendorPolicy(concurrency=1)})
    assert Nightly(str(lite.engine.url), workers=1, policies=policies, notifier=told).run().review == 5
    assert told.all[-1].koppeling_id in slow


def test_workers_that_die(url, schools):
    """Where the workers of an executor die, the run ends and says so; the next one does the work."""
    schools(3)

    class Dying(ThreadPoolExecutor):
        def submit(self, function, /, *arguments):
            raise BrokenExecutor

    with Dying(1) as executor:
        summary = Nightly(url, executor=executor).run()
    assert (summary.failed, summary.exit_code, summary.trouble[0].error) == (3, 3, "BrokenExecutor")
    assert Nightly(url).run().review == 3


@pytest.mark.parametrize("option", ["--connector", "--leden", "--notifier"])
def test_a_hook_that_is_not_there_is_told_before_any_work(url, schools, las, option):
    """A hook that cannot be imported is wrong use; no school is called."""
    schools(1)
    before = len(las.exchanges())
    done = CliRunner().invoke(main, ["nightly", "--store", url, option, "no.such:thing"])
    assert done.exit_code == 2
    assert len(las.exchanges()) == before


@pytest.mark.parametrize(
    ("quiet", "hour", "expected"),
    [(("07:00", "19:00"), 12, True), (("07:00", "19:00"), 20, False), (("22:00", "06:00"), 23, True), (None, 1, False)],
)
def test_quiet_hours_are_dutch_and_may_span_midnight(quiet, hour, expected):
    """Quiet hours are read in Dutch time."""
    moment = datetime(2026, 11, 20, hour, tzinfo=UTC) - timedelta(hours=1)
    assert VendorPolicy(quiet=quiet).is_quiet(moment) is expected


def test_limits_per_vendor(url, schools, las):
    """A vendor with a limit of one is called by one worker at a time, at its rate."""
    schools(3)
    limit = VendorPolicy(concurrency=1, per_minute=1200)
    summary = Nightly(url, workers=4, policies=Policies(vendor={"standaard": limit})).run()
    assert summary.review == 3
    assert summary.seconds >= 0.1


def test_settings_from_a_file():
    """Settings come from TOML, and a wrong one is named."""
    text = 'attempts = 2\n[vendor.esis]\nquiet = ["07:00", "18:30"]\nconcurrency = 4\n'
    policies = read_policies(text)
    assert (policies.attempts, policies.of("esis").concurrency, policies.of("x").concurrency) == (2, 4, 0)
    with pytest.raises(ConfigurationError, match="atempts"):
        read_policies("atempts = 2")
    with pytest.raises(ConfigurationError, match="HH:MM"):
        read_policies('[vendor.esis]\nquiet = ["7 uur", "8 uur"]')


def test_a_night_goes_from_noon_to_noon():
    """Before and after midnight it is the same night."""
    assert night_of(datetime(2026, 11, 20, 22, tzinfo=UTC)) == night_of(datetime(2026, 11, 21, 3, tzinfo=UTC))


def test_processes_need_postgresql(lite):
    """An executor of processes is refused on SQLite, with the advice."""
    with ProcessPoolExecutor(1) as processes, pytest.raises(ConfigurationError, match="PostgreSQL"):
        Nightly(str(lite.engine.url), executor=processes).run()


def test_two_runs_side_by_side(postgres_url, las, couple):
    """On PostgreSQL two processes share the work: each school is done once."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    with Store(postgres_url) as store:
        store.upgrade()
        for number in range(12):
            brincode = f"9{number % 10}T{chr(65 + number // 10)}"
            las.add_school(brincode=brincode, leerlingen=5)
            key = las.activate(brincode=brincode).autorisatiesleutel
            places = [Bron(brincode=brincode, dependancecode="00")]
            couple(store, school=brincode, bronnen=places, autorisatiesleutel=key)
    before = len(las.exchanges(operation="HaalLeerlinggegevens"))
    runs = ran("uwlr.cli:main", "nightly", "--store", postgres_url, "--workers", "2", times=2)
    assert {run.returncode for run in runs} <= {0, 1}, runs
    assert len(las.exchanges(operation="HaalLeerlinggegevens")) - before == 12


def test_from_the_shell(url, schools, tmp_path):
    """`uwlr nightly` prints a summary, writes it as JSON without a name of a pupil, and tells by its exit code."""
    schools(2)
    file = tmp_path / "night.json"
    done = CliRunner().invoke(main, ["nightly", "--store", url, "--json", str(file)], standalone_mode=False)
    assert done.exception is None, done.output
    assert done.return_value == 1
    assert "controleren 2" in done.stdout
    assert json.loads(file.read_text("utf-8"))["review"] == 2


def test_a_run_that_was_killed_is_finished_by_the_next(url, schools, las, tmp_path):
    """After kill -9 in the middle of a night, the next run of that night does what is left, and only that."""
    schools(4)
    before = len(las.exchanges(operation="HaalLeerlinggegevens"))
    slow = tmp_path / "night.toml"
    slow.write_text("[vendor.standaard]\nper_minute = 1\n", "utf-8")  # the second begins a minute after the first
    with started("uwlr.cli:main", "nightly", "--store", url, "--settings", slow) as run:
        assert any("wacht op controle" in line for line in run.stderr)
        run.kill()
    assert Nightly(url).run().total == 3
    assert len(las.exchanges(operation="HaalLeerlinggegevens")) - before == 4


def broken_leden(koppeling, session):
    """Tables of an application that fail in a way of their own."""
    raise KeyError(koppeling.id)


def test_an_import_that_fails_in_any_way_leaves_the_results_going(lite, couple, las, now):
    """Whatever the application's own tables raise, the results of the school are delivered, and the failure is told."""
    koppeling = couple(lite)
    [(_, roster)] = Importer(lite).fetch(koppeling)
    pupil = roster.leerlingen[0].key
    result = NewResult(leerlingid=pupil, toets=TOETS, afnamedatum=date(2026, 11, 3), score=1, genormeerd_op=now.moment)
    Ledger(lite).record(koppeling.id, [result])
    hooks = {"leden": f"{__name__}:broken_leden"}
    summary = Nightly(str(lite.engine.url), clock=now, hooks=hooks).run()
    assert (summary.bezorgd, summary.failed, summary.exit_code) == (1, 1, 3)
    assert "KeyError" in str(summary)
    events = Koppelingen(lite).events(koppeling.id)
    assert [event.gegevens["fout"] for event in events if event.soort == "fout"] == ["KeyError"]


def test_results_that_fail_leave_the_import_going(lite, couple, las, now, monkeypatch):
    """Whatever goes wrong while results are brought, the roster is planned."""
    koppeling = couple(lite)

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("uwlr.exchange.delivery.Deliverer.deliver_claimed", fail)
    summary = Nightly(str(lite.engine.url), clock=now).run()
    assert (summary.failed, summary.trouble[0].error) == (1, "ZeroDivisionError")
    assert Importer(lite).open_plan(koppeling.id) is not None


def test_a_plan_that_cannot_be_read_stops_no_later_one(lite, couple, las, now):
    """A plan of another version, or a damaged one, gives way to a new one."""
    koppeling = couple(lite)
    plan = Importer(lite).plan(koppeling)
    with lite.write() as session:
        session.get(PlanRow, plan.id).inhoud = "{}"
    summary = Nightly(str(lite.engine.url), clock=now).run()
    assert (summary.review, summary.failed) == (1, 0)
    assert Importer(lite).open_plan(koppeling.id).id > plan.id
