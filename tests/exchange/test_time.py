"""One clock: wrong clocks, nights of the changes to and from summer time, August, and keys that change meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from uwlr.berichten import Toets
from uwlr.berichten import VocabulaireGebondenVeld as Term
from uwlr.cli import main
from uwlr.errors import ClientFault, ConfigurationError
from uwlr.exchange import Deliverer, Koppelingen, Ledger, NewResult, Nightly, Policies, VendorPolicy
from uwlr.exchange.koppeling_status import statuses
from uwlr.exchange.night_job import is_due, night_of
from uwlr.exchange.sendable import history_window
from uwlr.exchange.tables import Koppeling


@pytest.fixture
def night(lite, now):
    """Run a night at the moment it is."""
    return lambda **options: Nightly(str(lite.engine.url), clock=now, **options).run()


@pytest.fixture
def result(now):
    """Make a result of the first school."""

    def result(leerlingid, **more):
        given = {"afnamedatum": date(2026, 11, 3), "genormeerd_op": now.moment + timedelta(hours=1), "bron": 0}
        return NewResult(
            **{"leerlingid": leerlingid, "toets": Toets(toetscode=Term(waarde="T1")), "score": 1} | given | more
        )

    return result


def test_a_last_night_in_the_future_is_told_and_does_not_stop_anything(lite, brought, receiver, night, result, now):
    """After a night that ran while the clock said 2035 the next night works, and says what it found."""
    with lite.write() as session:
        session.execute(update(Koppeling).values(laatste_nacht=date(2035, 3, 1)))
    Ledger(lite).record(brought.id, [result("p1")])
    summary = night()
    assert (summary.bezorgd, summary.clock_ahead) == (1, 1)
    assert "laatste nacht in de toekomst 1: de klok stond toen verkeerd" in str(summary)
    assert Koppelingen(lite).get(brought.id).laatste_nacht == date(2026, 11, 20)
    assert "klok" in [event.soort for event in Koppelingen(lite).events(brought.id)]


def test_a_koppeling_for_which_no_night_ever_ran_is_silent(brought, lite, now):
    """Monitoring sees a koppeling that was made actief and then forgotten, not only one that stopped."""
    assert [(found.nachten, found.stopped) for found in statuses(lite)] == [(0, False)]
    now.moment += timedelta(days=3)
    assert [(found.nachten, found.stopped) for found in statuses(lite)] == [(3, True)]


def test_a_second_night_on_one_day_says_what_was_done(brought, night):
    """A second run of the same night does nothing again, and says that it was done."""
    assert night().total == 1
    second = night()
    assert (second.total, second.gedaan) == (0, 1)
    assert "al gedaan in deze nacht 1" in str(second)


def test_a_koppeling_that_was_added_meanwhile_is_done_in_the_second_run(lite, brought, receiver, night):
    """A second run does what is due: a koppeling that is new since the first."""
    night()
    koppelingen = Koppelingen(lite, klantcode="EA1", klantnaam="Toetsen")
    given = {"naam": "Later", "school": "s2", "leerresultaten_url": receiver.url, "autorisatiesleutel": "Sleutel"}
    made = koppelingen.add("standaard", bronnen=["99ZZ00"], **given)
    koppelingen.approve(made.id)
    koppelingen.enable(made.id)
    assert (night().ok, night().gedaan) == (1, 2)


def test_before_its_first_day_a_koppeling_is_left_alone(lite, brought, receiver, night, now):
    """A night before the start date asks nothing; one on the day does."""
    Koppelingen(lite).consent(brought.id, door="directie", startdatum=date(2026, 11, 22))
    assert night().total == 0
    now.moment += timedelta(days=2)
    assert night().ok == 1


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), date(2027, 3, 27)),  # before the clock goes forward
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), date(2027, 3, 27)),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), date(2027, 10, 30)),  # half past two, the first time
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), date(2027, 10, 30)),  # and the second
        (datetime(2027, 3, 28, 10, 0, tzinfo=UTC), date(2027, 3, 28)),  # noon in summer time
        (datetime(2027, 3, 28, 9, 59, tzinfo=UTC), date(2027, 3, 27)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_a_night_goes_from_noon_to_noon_in_dutch_time(moment, expected):
    """A night has one name from noon to noon, also when the clock changes in it."""
    assert night_of(moment) == expected


def test_a_clock_that_goes_back_an_hour_changes_nothing(brought, night, now):
    """A run an hour before the last one, by a clock that was put back, is of the same night."""
    night()
    now.moment -= timedelta(hours=1)
    assert night().total == 0


@pytest.mark.parametrize(
    ("last", "due"), [(None, True), (-1, True), (0, False), (1, True), (2, True), (3000, True)], ids=str
)
def test_what_is_due(last, due):
    """A night is due unless it was done; a last night that has not come yet counts for nothing."""
    night = date(2026, 11, 20)
    assert is_due(None if last is None else night + timedelta(days=last), night, night) is due


def test_a_run_that_goes_on_after_noon_leaves_what_the_next_night_did():
    """What a run of the night that has begun meanwhile did is not done again by the one before."""
    night = date(2026, 11, 20)
    assert not is_due(night + timedelta(days=1), night, night + timedelta(days=1))


@pytest.mark.parametrize("ahead", [1, 2, 365])
def test_after_a_clock_that_was_ahead_each_night_works(brought, receiver, lite, night, result, now, ahead):
    """However little the clock was ahead, the nights after it work, and the first of them says so."""
    Ledger(lite).record(brought.id, [result("p1")])
    now.moment += timedelta(days=ahead)
    night()
    now.moment -= timedelta(days=ahead)
    assert [night().clock_ahead, night().total] == [1, 0]
    now.moment += timedelta(days=1)
    assert night().total == 1


@pytest.mark.manual("A-71", "F-26")
def test_the_window_moves_at_midnight_of_the_first_of_august(lite, brought, result, now):
    """A second before August by Dutch time the year before last may be sent, a second later no more."""
    midnight = datetime(2027, 7, 31, 22, 0, tzinfo=UTC)
    assert history_window(midnight - timedelta(seconds=1)) == ("2025-2026", "2026-2027")
    assert history_window(midnight) == ("2026-2027", "2027-2028")
    Ledger(lite).record(brought.id, [result("p1", afnamedatum=date(2026, 7, 31), genormeerd_op=midnight)])
    now.moment = midnight
    assert Deliverer(lite).deliver(brought).berichten == 0
    now.moment -= timedelta(seconds=1)
    assert Deliverer(lite).deliver(brought).bezorgd == 1


@pytest.mark.parametrize("moment", [datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)])
def test_the_ends_of_time_are_school_years_too(moment):
    """At the first and the last moments there are, the window is still told."""
    assert len(history_window(moment)) == 2
    assert night_of(moment) < moment.date()


def test_a_leap_day_has_a_year_before_it():
    """On 29 February the school year before is that of a day that exists."""
    assert history_window(datetime(2028, 2, 29, 12, tzinfo=UTC)) == ("2026-2027", "2027-2028")


def test_a_key_that_is_changed_in_the_middle_of_a_night(lite, brought, receiver, result, now):
    """From the message on from which the key is refused results stay; with the new key they go, once each."""
    Ledger(lite).record(brought.id, [result(f"p{number}") for number in range(6)])
    taken = []

    def refuse(verzoek, key):
        if key == "SleutelVanXX" and len(taken) == 2:
            return "Client.AutorisatieOngeldig"
        taken.append(verzoek)
        return None

    receiver.refuse = refuse
    with pytest.raises(ClientFault):
        Deliverer(lite, batch=2).deliver(brought)
    assert Ledger(lite).counts(brought.id)["klaar"] == 2
    koppeling = Koppelingen(lite).enable(brought.id, sleutels={"99XX00": "NieuweSleutel"})
    assert Deliverer(lite).deliver(koppeling).bezorgd == 2
    assert len([key for key in receiver.held if not key.startswith("TESTBERICHT")]) == 6


def test_a_koppeling_that_is_paused_in_the_middle_of_a_night(lite, brought, receiver, result):
    """After a pause no message goes out any more; what was not sent stays due."""
    Ledger(lite).record(brought.id, [result(f"p{number}") for number in range(6)])

    def refuse(*_):
        if len(receiver.messages) == 1:
            Koppelingen(lite).pause(brought.id)

    receiver.refuse = refuse
    with pytest.raises(ConfigurationError, match="not actief any more"):
        Deliverer(lite, batch=2).deliver(brought)
    assert (len(receiver.messages), Ledger(lite).counts(brought.id)["klaar"]) == (1, 4)


@pytest.mark.parametrize("wrong", ["7:00", "24:00", "12:60", "07:00:00", "\uff17:00", ""])
def test_quiet_takes_hours_of_the_day_only(wrong):
    """An hour that a clock never shows is refused, rather than compared as text."""
    with pytest.raises(ConfigurationError, match="from 00:00 to 23:59"):
        VendorPolicy(quiet=(wrong, "08:00"))


def test_the_effect_of_quiet_hours_is_shown(lite, brought, night):
    """A night that leaves a vendor alone says by which hours."""
    quiet = VendorPolicy(quiet=("21:00", "23:00"))
    summary = night(policies=Policies(vendor={"standaard": quiet}))
    assert summary.skipped_because == {"quiet": 1}
    assert "stille uren (Nederlandse tijd): standaard stil van 21:00 tot 23:00" in str(summary)


def test_a_summary_that_cannot_be_written_is_known_before_the_night(lite, brought, receiver, tmp_path):
    """Where `--json` names a file that cannot be, nothing is done."""
    command = ["nightly", "--store", str(lite.engine.url), "--json", str(tmp_path / "no" / "night.json")]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, "cannot be written" in done.stderr) == (2, True)
    assert Koppelingen(lite).get(brought.id).laatste_nacht is None
