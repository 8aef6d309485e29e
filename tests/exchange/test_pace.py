"""Nothing stops anything else: what is refused, unknown or fails at the receiver holds up no other result."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from uwlr.berichten import Toets
from uwlr.berichten import VocabulaireGebondenVeld as Term
from uwlr.cli import main
from uwlr.errors import ClientFault, ServerFault, UwlrError
from uwlr.exchange import Bezorging, Deliverer, EverythingRefused, Koppelingen, Ledger, NewResult
from uwlr.exchange.delivery import UNKNOWN_A_NIGHT
from uwlr.exchange.tables import ResultaatRow
from uwlr.foutcodes import Foutcode

INVALID, UNKNOWN = Foutcode.ONGELDIG_BERICHT, Foutcode.LEERLING_ONGELDIG


@pytest.fixture
def record(lite, brought, now):
    """Record a result of a test for each pupil, at the first school unless told otherwise."""

    def record(pupils, code="T1", **more):
        given = {"afnamedatum": date(2026, 11, 3), "genormeerd_op": now.moment + timedelta(hours=1), "bron": 0} | more
        results = [NewResult(leerlingid=p, toets=Toets(toetscode=Term(waarde=code)), score=1, **given) for p in pupils]
        Ledger(lite).record(brought.id, results)

    return record


@pytest.fixture
def deliver(lite, brought, receiver):
    """Deliver; gives what was done, what was raised, and the messages that came."""

    def deliver():
        before, done, raised = len(receiver.messages), Bezorging(), None
        with lite.claim(brought.id):
            try:
                Deliverer(lite).deliver_claimed(Koppelingen(lite).get(brought.id), done)
            except UwlrError as error:
                raised = error
        return done, raised, [verzoek for verzoek, _ in receiver.messages[before:]]

    return deliver


@pytest.mark.parametrize("every", [5, 16])
def test_invalid_results_all_over_a_message(record, deliver, receiver, every):
    """One in a few results is invalid: each of those is refused on its own, and all others arrive in the same night."""
    pupils = [f"p{number:03d}" for number in range(120)]
    bad = set(pupils[::every])
    receiver.refuse_pupils(bad, INVALID)
    record(pupils)
    record(["z1", "z2"], "Z")
    done, raised, _ = deliver()
    assert (done.bezorgd, done.geweigerd, raised) == (122 - len(bad), len(bad), None)


def test_a_test_that_is_refused_stops_no_other(record, deliver, receiver, lite, brought):
    """Where every result of one test is invalid and another test is taken, the test is to blame, not the receiver."""
    receiver.refuse = lambda verzoek, _: INVALID if verzoek.toetsen[0].toetscode.waarde == "A" else None
    record([f"p{number:02d}" for number in range(12)], "A")
    record(["q"], "B", bron=1)
    done, raised, _ = deliver()
    assert (done.bezorgd, done.geweigerd, raised) == (1, 12, None)


def test_a_receiver_that_refuses_everything_soon_shows(record, deliver, receiver, lite, brought):
    """Where nothing at all is taken nothing is given up, and few messages are spent on it."""
    receiver.refuse = lambda _, __: INVALID
    record([f"p{number:03d}" for number in range(400)])
    record(["z1"], "Z", bron=1)
    done, raised, sent = deliver()
    assert isinstance(raised, EverythingRefused)
    assert (done.geweigerd, Ledger(lite).counts(brought.id)["klaar"]) == (0, 401)
    assert len(sent) < 70


def test_unknown_pupils_take_turns(record, deliver, receiver, lite, brought, now):
    """Pupils whom the receiver does not know cost twenty messages a night, each has a turn, and the count is right."""
    strangers = [f"u{number:02d}" for number in range(30)]
    receiver.refuse_pupils(set(strangers), UNKNOWN)
    record([*strangers, *(f"p{number}" for number in range(30))])
    done, raised, _ = deliver()
    assert (done.bezorgd, done.wacht, raised) == (30, 30, None)
    tried = set()
    for _ in range(2):
        now.moment += timedelta(days=1)
        record(["nieuw" + now.moment.isoformat()])
        done, _, sent = deliver()
        assert (done.bezorgd, done.wacht) == (1, 30)
        assert len(sent) == 1 + UNKNOWN_A_NIGHT
        tried |= {afname.leerlingid for verzoek in sent for afname in verzoek.toetsafnames}
    assert tried >= set(strangers)
    assert Ledger(lite).counts(brought.id)["wacht"] == 30


def test_a_person_who_asks_tries_all_unknown_pupils(record, deliver, receiver, lite, brought):
    """`uwlr deliver` tries everybody who waits at once."""
    strangers = [f"u{number:02d}" for number in range(25)]
    receiver.refuse_pupils(set(strangers), UNKNOWN)
    record(strangers)
    deliver()
    receiver.refuse = lambda _, __: None
    command = ["deliver", str(brought.id), "--store", str(lite.engine.url)]
    assert CliRunner().invoke(main, command).stdout == "bezorgd 25, geweigerd 0, wachtend 0\n"


def test_a_new_result_of_an_unknown_pupil_waits_with_the_others(record, deliver, receiver, now):
    """A pupil who is not known spoils no message of others the next night."""
    receiver.refuse_pupils({"u"}, UNKNOWN)
    record(["u", "p1"])
    deliver()
    record(["u", "p2", "p3"], "T2")
    done, _, sent = deliver()
    assert (done.bezorgd, done.wacht, len(sent)) == (2, 2, 2)


def test_numbers_that_were_entered_go_at_once(record, deliver, receiver, lite, brought):
    """Once a pupil is known, all results of theirs go with the next delivery, not at their turn."""
    strangers = [f"u{number:02d}" for number in range(30)]
    receiver.refuse_pupils(set(strangers), UNKNOWN)
    record(strangers)
    deliver()
    receiver.refuse = lambda _, __: None
    Ledger(lite).numbers_entered(brought.id, strangers)
    done, _, sent = deliver()
    assert (done.bezorgd, len(sent)) == (30, 1)


def test_a_key_that_is_refused_stops_its_own_school_only(record, deliver, receiver):
    """Where the key of one location is refused, the results of the other go out, and the refusal is told."""
    refused = Foutcode.AUTORISATIE_ONGELDIG
    receiver.refuse = lambda _, key: refused if key == "SleutelVanXX" else None
    record(["p1"])
    record(["p2"], "T2")
    record(["q1"], bron=1)
    done, raised, sent = deliver()
    assert isinstance(raised, ClientFault)
    assert (done.bezorgd, done.mislukt, len(sent)) == (1, 1, 2)
    assert {school for school, *_ in receiver.held.values()} == {"99YY"}


def test_what_the_receiver_fails_on_is_isolated_after_some_nights(record, deliver, receiver, lite, brought, now):
    """A result on which the LAS itself fails holds up its own message for two nights and no other; then it is alone."""
    receiver.refuse_pupils({"p05"}, Foutcode.INTERNE_FOUT)
    record([f"p{number:02d}" for number in range(10)])
    for night in range(3):
        record([f"q{night}"], f"T{night}", bron=1)
        done, raised, _ = deliver()
        assert done.bezorgd == (1 if night < 2 else 10)
        assert (raised is None) == (night == 2)
        now.moment += timedelta(days=1)
    assert [code for _, code in Ledger(lite).refused(brought.id)] == ["Server"]
    assert deliver()[0].berichten == 0


def test_a_las_that_fails_for_weeks_gives_nothing_up(record, deliver, receiver, lite, brought, now):
    """Where the LAS fails on everything, night after night, all stays klaar and arrives afterwards."""
    receiver.refuse = lambda _, __: Foutcode.INTERNE_FOUT
    record([f"p{number:02d}" for number in range(30)])
    for _ in range(6):
        _, raised, _ = deliver()
        assert isinstance(raised, (ServerFault, EverythingRefused))
        now.moment += timedelta(days=1)
    assert Ledger(lite).counts(brought.id)["klaar"] == 30
    receiver.refuse = lambda _, __: None
    assert deliver()[0].bezorgd == 30


def test_one_result_is_no_proof_against_it(record, deliver, receiver, lite, brought, now):
    """Where nothing else is due, a LAS that fails night after night proves nothing about the result: it stays klaar."""
    receiver.refuse = lambda _, __: Foutcode.INTERNE_FOUT
    record(["p1"])
    for _ in range(6):
        deliver()
        now.moment += timedelta(days=1)
    assert Ledger(lite).counts(brought.id)["klaar"] == 1
    receiver.refuse = lambda _, __: None
    assert deliver()[0].bezorgd == 1


def test_a_row_that_cannot_be_read_is_set_apart(record, deliver, lite, brought):
    """A row of the store that nobody can read is refused with its reason; the others go."""
    record(["p1", "p2"])
    with lite.write() as session:
        row = session.query(ResultaatRow).first()
        damaged = row.inhoud.replace("2026-11-03", "2026-11-03T00:00:00")
        session.execute(update(ResultaatRow).where(ResultaatRow.key == row.key).values(inhoud=damaged))
    done, raised, _ = deliver()
    assert (done.bezorgd, done.geweigerd, raised) == (1, 1, None)
    assert [code for _, code in Ledger(lite).refused(brought.id)] == ["ongeldig"]
