"""Results: recorded once, sent when they may be, corrected, split, waited for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner

from uwlr.berichten import Toets, VocabulaireGebondenVeld
from uwlr.cli import main
from uwlr.errors import ClientFault, ConfigurationError, ConnectError, HttpError, ServerFault
from uwlr.exchange import (
    Deliverer,
    EverythingRefused,
    Koppelingen,
    Ledger,
    NewResult,
    NotRecorded,
    ScorePolicy,
)
from uwlr.exchange.delivery import CONTENT
from uwlr.foutcodes import Foutcode

TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Rekenen")


@pytest.fixture
def pupils(las):
    """LAS keys of the pupils of the made-up school of primary education."""
    return [pupil.key for pupil in las.pupils()]


@pytest.fixture
def result(now):
    """Make a result of a pupil."""

    def result(leerlingid, score=1, **more):
        given = {"toets": TOETS, "afnamedatum": date(2026, 11, 3), "genormeerd_op": now.moment + timedelta(hours=1)}
        return NewResult(**{"leerlingid": leerlingid, "score": score, **given, **more})

    return result


def scores(las, vendor=None):
    """What arrived: score by pupil."""
    return {found.leerlingid: found.score for found in las.received(vendor)}


def test_recorded_once_sent_once(store, couple, las, pupils, result):
    """Recording again changes nothing, a correction replaces, and each result is there once."""
    koppeling = couple(store)
    ledger, deliverer = Ledger(store), Deliverer(store, batch=4)
    results = [result(pupil, score) for score, pupil in enumerate(pupils[:10])]
    assert ledger.record(koppeling.id, results).nieuw == 10
    assert ledger.record(koppeling.id, results).ongewijzigd == 10
    done = deliverer.deliver(koppeling)
    assert (done.bezorgd, done.berichten) == (10, 3)
    assert ledger.record(koppeling.id, [result(pupils[0], 99)]).gecorrigeerd == 1
    assert deliverer.deliver(koppeling).bezorgd == 1
    assert deliverer.deliver(koppeling).berichten == 0
    assert scores(las) == {**dict(zip(pupils, range(10), strict=False)), pupils[0]: 99}
    assert ledger.counts(koppeling.id)["bezorgd"] == 10


def test_aanmaakdatum_is_always_later(lite, couple, las, pupils, result, now):
    """Each message has a later aanmaakdatum than the last, also when the clock went back."""
    koppeling = couple(lite)
    ledger, deliverer = Ledger(lite), Deliverer(lite)
    ledger.record(koppeling.id, [result(pupils[0])])
    deliverer.deliver(koppeling)
    now.moment -= timedelta(hours=2)
    ledger.record(koppeling.id, [result(pupils[1], genormeerd_op=now.moment + timedelta(hours=3))])
    assert deliverer.deliver(koppeling).bezorgd == 1
    assert len(las.received()) == 2


@pytest.mark.manual("A-71", "B-06", "C-44", "C-45")
def test_nothing_from_before_the_activation(store, couple, las, pupils, result, now):
    """What was normed before the activation stays (R1), as does what is older than the previous year (R3)."""
    koppeling = couple(store)
    old = result(pupils[0], genormeerd_op=now.moment - timedelta(days=1))
    older = result(pupils[1], afnamedatum=date(2025, 7, 1))
    Ledger(store).record(koppeling.id, [old, older, result(pupils[2], afnamedatum=date(2025, 9, 1))])
    assert Deliverer(store).deliver(koppeling).bezorgd == 1
    assert list(scores(las)) == [pupils[2]]


@pytest.mark.manual("B-07", "F-25")
def test_the_previous_year_on_request(lite, couple, las, pupils, result, now):
    """Results of the previous year normed before the activation are sent where that was agreed (R2)."""
    koppeling = couple(lite, vorig_schooljaar=True)
    before = {"genormeerd_op": now.moment - timedelta(days=1)}
    previous = result(pupils[0], afnamedatum=date(2026, 3, 1), **before)
    Ledger(lite).record(koppeling.id, [previous, result(pupils[1], **before)])
    assert Deliverer(lite).deliver(koppeling).bezorgd == 1
    assert list(scores(las)) == [pupils[0]]


def test_a_result_that_cannot_be_sent_is_refused_at_once(store, couple, pupils, result):
    """What cannot be written as the standard has it is refused when it is recorded, with its number and the reason."""
    koppeling = couple(store)
    results = [result(pupil) for pupil in pupils[:15]]
    results[7] = result(pupils[7], infourl="x" * 300)
    with pytest.raises(NotRecorded, match=r"(?s)1 of 15 .* result 7: .*infourl") as caught:
        Ledger(store).record(koppeling.id, results)
    assert list(caught.value.problems) == [7]
    assert Ledger(store).counts(koppeling.id)["klaar"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": 10**18},
        {"score": 10**5000},
        {"score": "9" * 5000},
        {"score": "1e999999"},
        {"score": "1e9999999"},
        {"score": "1.00000000000000000000000000001"},
        {"versie": "2026"},
        {"versie": VocabulaireGebondenVeld(waarde="\ud800")},
        {"toets": Toets(toetscode="T1")},
        {"toets": Toets(toetscode=VocabulaireGebondenVeld(waarde="T\udfff"))},
        {"toets": Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="\ud800")},
        {"leerlingid": "\ud800"},
        {"key": "a\ud800"},
        {"infourl": "\ud800"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_values_of_any_kind_are_refused_with_a_reason(lite, couple, result, wrong):
    """Numbers beyond bounds, half characters and values of another type are refused as results, never an accident."""
    koppeling = couple(lite)
    with pytest.raises(NotRecorded) as caught:
        Ledger(lite).record(koppeling.id, [result("p1"), result(**{"leerlingid": "p2"} | wrong)])
    assert list(caught.value.problems) == [1]


@pytest.mark.parametrize("other", [None, {"leerlingid": "p1"}, "p1", 3], ids=repr)
def test_what_is_no_result_is_refused(lite, couple, result, other):
    """Something that is no NewResult is named for what it is, with its number."""
    koppeling = couple(lite)
    with pytest.raises(NotRecorded, match=r"result 1: it is a .*, not a NewResult"):
        Ledger(lite).record(koppeling.id, [result("p1"), other])


def test_all_that_is_wrong_with_a_result_is_told_at_once(lite, couple, result, now):
    """A result with a moment for a day, no zone, a negative score and an unknown school names all four."""
    koppeling = couple(lite)
    bad = result("p1", afnamedatum=now.moment, genormeerd_op=now.moment.replace(tzinfo=None), score=-1, bron=7)
    with pytest.raises(NotRecorded) as caught:
        Ledger(lite).record(koppeling.id, [bad])
    assert [text.split()[0] for text in caught.value.problems[0]] == ["afnamedatum", "genormeerd_op", "a", "bron:"]


@pytest.mark.parametrize("code", sorted(CONTENT - {Foutcode.LEERLING_ONGELDIG}))
def test_content_faults_split(lite, couple, las, pupils, result, code):
    """After a fault that blames the content, the halves are sent; what is taken then is bezorgd."""
    koppeling = couple(lite)
    Ledger(lite).record(koppeling.id, [result(pupil) for pupil in pupils[:4]])
    las.plan_fault("foutcode", operation="BrengLeerresultaten", foutcode=code, times=1)
    done = Deliverer(lite).deliver(koppeling)
    assert (done.bezorgd, done.berichten) == (4, 3)


def test_a_refused_result_is_isolated_and_offered_again_on_command(lite, couple, las, pupils, result):
    """A single result that is refused is geweigerd with its code, and goes out again only on command."""
    koppeling = couple(lite)
    ledger, deliverer = Ledger(lite), Deliverer(lite)
    ledger.record(koppeling.id, [result(pupils[0])])
    las.plan_fault("foutcode", operation="BrengLeerresultaten", foutcode=Foutcode.SCORE_ONGELDIG)
    assert deliverer.deliver(koppeling).geweigerd == 1
    assert deliverer.deliver(koppeling).berichten == 0
    assert [code for _, code in ledger.refused(koppeling.id)] == [Foutcode.SCORE_ONGELDIG]
    assert ledger.offer_again(koppeling.id) == 1
    assert deliverer.deliver(koppeling).bezorgd == 1


def test_a_receiver_that_refuses_everything(lite, couple, las, pupils, result):
    """Where each result of a large message is found invalid, the receiver is at fault and nothing is given up."""
    koppeling = couple(lite)
    Ledger(lite).record(koppeling.id, [result(pupil) for pupil in pupils])
    las.plan_fault("foutcode", operation="BrengLeerresultaten", foutcode=Foutcode.ONGELDIG_BERICHT, times=0)
    with pytest.raises(EverythingRefused):
        Deliverer(lite).deliver(koppeling)
    assert Ledger(lite).counts(koppeling.id)["klaar"] == len(pupils)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "foutcode", "foutcode": Foutcode.AUTORISATIE_ONGELDIG}, ClientFault),
        ({"kind": "foutcode", "foutcode": Foutcode.TIJDELIJK_NIET_BESCHIKBAAR}, ServerFault),
        ({"kind": "foutcode", "foutcode": Foutcode.INTERNE_FOUT}, ServerFault),
        ({"kind": "http", "status": 502}, HttpError),
        ({"kind": "truncate", "fraction": 0.0}, ConnectError),
        ({"kind": "truncate", "fraction": 0.6}, HttpError),
        ({"kind": "close_connection", "processed": True}, ConnectError),
    ],
)
@pytest.mark.manual("F-33")
def test_a_key_or_an_outage_never_splits(lite, couple, las, pupils, result, fault, error):
    """After a refused key, an outage or half an answer all stays klaar, whole, and arrives later once."""
    koppeling = couple(lite)
    Ledger(lite).record(koppeling.id, [result(pupil) for pupil in pupils[:6]])
    las.plan_fault(operation="BrengLeerresultaten", **fault)
    with pytest.raises(error):
        Deliverer(lite).deliver(koppeling)
    assert Ledger(lite).counts(koppeling.id)["klaar"] == 6
    assert Deliverer(lite).deliver(koppeling).bezorgd == 6
    assert len(las.received()) == 6


def test_unknown_pupils_wait(store, couple, las, pupils, result, now):
    """A result of a pupil the LAS does not know waits, is offered again each time, and holds nobody up."""
    koppeling = couple(store)
    stranger = [result("onbekend", 5), result("onbekend", 6, toetsonderdeelcode="D1")]
    Ledger(store).record(koppeling.id, [*stranger, *(result(pupil) for pupil in pupils[:5])])
    deliverer = Deliverer(store)
    done = deliverer.deliver(koppeling)
    assert (done.bezorgd, done.wacht, done.geweigerd) == (5, 2, 0)
    again = deliverer.deliver(koppeling)
    assert (again.wacht, again.berichten) == (2, 1)
    assert Ledger(store).counts(koppeling.id) == {"klaar": 2, "onderweg": 0, "bezorgd": 5, "geweigerd": 0, "wacht": 2}
    Koppelingen(store).migrate_keys(koppeling.id, {"onbekend": pupils[9]})
    assert deliverer.deliver(Koppelingen(store).get(koppeling.id)).bezorgd == 2
    now.moment = datetime(2028, 9, 1, tzinfo=UTC)
    Ledger(store).record(koppeling.id, [result("weg", genormeerd_op=now.moment)])
    assert deliverer.deliver(koppeling).berichten == 0


@pytest.mark.manual("C-23")
def test_schoolkr8_knows_pupils_by_number(lite, couple, las, result):
    """A dashboard keeps silent about pupils whose number is not entered: they are offered until it is (R22)."""
    koppeling = couple(lite, "schoolkr8", url=None)
    ledger, deliverer = Ledger(lite), Deliverer(lite)
    ledger.record(koppeling.id, [result("1001", 7), result("1002", 8)])
    assert deliverer.deliver(koppeling).wacht == 2
    assert las.received("schoolkr8") == []
    las.enter_numbers(["1001"], vendor="schoolkr8")
    ledger.numbers_entered(koppeling.id, ["1001"])
    done = deliverer.deliver(Koppelingen(lite).get(koppeling.id))
    assert (done.bezorgd, done.wacht) == (1, 1)
    assert scores(las, "schoolkr8") == {"1001": 7}


class _Nothing(BaseHTTPRequestHandler):
    """Answers 200 with nothing at all."""

    def do_POST(self):
        """Take a message."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


def test_an_answer_of_nothing_is_no_bevestiging(store, couple, las, pupils, result):
    """A receiver that answers 200 with an empty body took nothing: all stays klaar, and goes out again whole."""
    koppeling = couple(store)
    Ledger(store).record(koppeling.id, [result(pupil) for pupil in pupils[:4]])
    to = koppeling.leerresultaten_url
    with ThreadingHTTPServer(("127.0.0.1", 0), _Nothing) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        koppeling.leerresultaten_url = f"http://127.0.0.1:{server.server_port}/"
        with pytest.raises(HttpError, match="empty body"):
            Deliverer(store).deliver(koppeling)
        server.shutdown()
        thread.join()
    assert Ledger(store).counts(koppeling.id)["klaar"] == 4
    koppeling.leerresultaten_url = to
    assert Deliverer(store).deliver(koppeling).berichten == 1
    assert len(las.received()) == 4


def test_a_receiver_that_took_and_lost_results(store, couple, las, pupils, result):
    """A bevestiging is believed; what the receiver turns out not to have is brought again on command, once each."""
    koppeling = couple(store)
    ledger, deliverer = Ledger(store), Deliverer(store)
    ledger.record(koppeling.id, [result(pupil, score) for score, pupil in enumerate(pupils[:3])])
    assert deliverer.deliver(koppeling).bezorgd == 3
    las.reset()
    assert las.received() == []
    assert deliverer.deliver(koppeling).berichten == 0
    assert ledger.offer_again(koppeling.id) == 0
    assert ledger.offer_again(koppeling.id, states=["bezorgd"]) == 3
    assert deliverer.deliver(koppeling).bezorgd == 3
    assert scores(las) == dict(zip(pupils, range(3), strict=False))


def test_a_vendor_that_keeps_silent_is_a_setting(lite, couple, las, pupils, result):
    """Any vendor can be told to keep silent; then only numbers that were entered count as bezorgd (R22)."""
    koppeling = couple(lite)
    ledger, deliverer = Ledger(lite), Deliverer(lite, silent=frozenset({"standaard"}))
    ledger.record(koppeling.id, [result(pupils[0]), result(pupils[1])])
    ledger.numbers_entered(koppeling.id, [pupils[0]])
    done = deliverer.deliver(Koppelingen(lite).get(koppeling.id))
    assert (done.bezorgd, done.wacht) == (1, 1)
    assert len(las.received()) == 2, "it was brought all the same, and is again every night"


def test_a_silent_receiver_until_the_window_ends(lite, couple, las, result, now):
    """What a silent receiver does not know is brought every night, until its school year is too long ago (R3)."""
    koppeling = couple(lite, "schoolkr8", url=None)
    Ledger(lite).record(koppeling.id, [result("1001", 7)])
    deliverer = Deliverer(lite)
    for moment in (datetime(2026, 12, 1, tzinfo=UTC), datetime(2028, 7, 1, tzinfo=UTC)):
        now.moment = moment
        assert deliverer.deliver(koppeling).wacht == 1
    now.moment = datetime(2028, 9, 1, tzinfo=UTC)
    assert deliverer.deliver(koppeling).berichten == 0
    assert Ledger(lite).counts(koppeling.id)["wacht"] == 1


def test_results_from_the_shell(lite, couple, las, tmp_path, result):
    """Numbers, key changes and a second offer are commands too, and what was refused is listed with its code."""
    koppeling = couple(lite, "schoolkr8", url=None)
    ledger = Ledger(lite)
    ledger.record(koppeling.id, [result("1001", 7), result("oud", 8)])

    def run(*arguments):
        done = CliRunner().invoke(main, [*arguments, "--store", str(lite.engine.url)], standalone_mode=False)
        assert done.exception is None, done.output
        return done

    keys, numbers = tmp_path / "keys", tmp_path / "numbers"
    keys.write_text("oud\t1002\n", "utf-8")
    numbers.write_text("1001\n1002\n", "utf-8")
    run("koppeling", "migrate", str(koppeling.id), str(keys))
    run("koppeling", "numbers", str(koppeling.id), str(numbers))
    las.enter_numbers(["1001", "1002"], vendor="schoolkr8")
    las.plan_fault("foutcode", operation="BrengLeerresultaten", foutcode=Foutcode.SCORE_ONGELDIG, times=3)
    assert run("deliver", str(koppeling.id)).stdout == "bezorgd 0, geweigerd 2, wachtend 0\n"
    listed = run("koppeling", "results", str(koppeling.id))
    assert listed.return_value == 1
    assert "geweigerd\t2" in listed.stdout
    assert listed.stdout.count("\tClient.ScoreOngeldig") == 2
    assert run("deliver", str(koppeling.id), "--again", "geweigerd").stdout.startswith("bezorgd 2,")
    assert scores(las, "schoolkr8") == {"1001": 7, "1002": 8}


def test_a_new_key_keeps_the_result(lite, couple, pupils, result):
    """After a pupil got a new LAS key, a correction under that key replaces the result rather than double it."""
    koppeling = couple(lite)
    ledger = Ledger(lite)
    ledger.record(koppeling.id, [result(pupils[0], 5)])
    Koppelingen(lite).migrate_keys(koppeling.id, {pupils[0]: "uuid-1"})
    assert ledger.record(koppeling.id, [result("uuid-1", 6)]).gecorrigeerd == 1


@pytest.mark.manual("F-28", "F-29")
def test_paused_sends_nothing(lite, couple, las, pupils, result):
    """While paused results are recorded and not sent; after resuming they go (R7)."""
    koppelingen = Koppelingen(lite)
    koppeling = koppelingen.pause(couple(lite).id)
    Ledger(lite).record(koppeling.id, [result(pupils[0])])
    with pytest.raises(ConfigurationError, match="gepauzeerd"):
        Deliverer(lite).deliver(koppeling)
    assert Deliverer(lite).deliver(koppelingen.resume(koppeling.id)).bezorgd == 1


@pytest.mark.parametrize(
    ("policy", "given", "sent"),
    [
        ({}, 7, 7),
        ({}, "7", 7),
        ({}, 7.0, 7),
        ({}, None, None),
        ({}, " X ", None),
        ({"decimals": "round"}, "7,5", 8),
        ({"decimals": "truncate"}, 7.9, 7),
        ({"factor": 10}, "7.5", 75),
    ],
)
def test_scores_become_whole_numbers(policy, given, sent):
    """Decimals and absent scores become what the policy says."""
    assert ScorePolicy(**policy).apply(given) == sent


@pytest.mark.parametrize("given", [7.5, -1, "veel", float("nan")])
def test_scores_that_are_refused(given):
    """By default nothing is rounded, and what is no score is refused before it is recorded."""
    with pytest.raises(ConfigurationError):
        ScorePolicy().apply(given)


def test_a_refused_score_records_nothing(lite, couple, pupils, result):
    """Where one score is refused, none of the results is recorded."""
    koppeling = couple(lite)
    with pytest.raises(ConfigurationError):
        Ledger(lite).record(koppeling.id, [result(pupils[0]), result(pupils[1], 7.5)])
    assert Ledger(lite).counts(koppeling.id)["klaar"] == 0


def test_old_results_are_pruned(lite, couple, pupils, result, now):
    """Delivered results go when they are old enough, others stay."""
    koppeling = couple(lite)
    ledger = Ledger(lite)
    ledger.record(koppeling.id, [result(pupils[0])])
    Deliverer(lite).deliver(koppeling)
    ledger.record(koppeling.id, [result(pupils[1], afnamedatum=date(2027, 10, 1))])
    now.moment += timedelta(days=800)
    assert lite.prune(results=timedelta(days=730))["resultaten"] == 1
    assert ledger.counts(koppeling.id)["klaar"] == 1
