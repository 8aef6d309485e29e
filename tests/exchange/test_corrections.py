"""Corrections of every kind: what is sent for each, and what a receiver that keeps results holds afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from uwlr.berichten import Norm, Normering, Toets
from uwlr.berichten import VocabulaireGebondenVeld as Term
from uwlr.errors import ConfigurationError
from uwlr.exchange import Deliverer, Koppelingen, Ledger, NewResult, NotRecorded

DAY = date(2026, 11, 3)


def toets(high=10, naam="Rekenen", versie=None):
    """A test with one norm."""
    norm = Norm(term="A", beginnormwaarde=0, eindnormwaarde=high)
    term = None if versie is None else Term(waarde=versie)
    return Toets(toetscode=Term(waarde="T1"), toetsnaam=naam, versie=term, toetsnormering=Normering(norm=(norm,)))


@pytest.fixture
def result(now):
    """Make a result of the first school."""

    def result(score=5, leerlingid="L1", **more):
        given = {"toets": toets(), "afnamedatum": DAY, "genormeerd_op": now.moment + timedelta(hours=1), "bron": 0}
        return NewResult(**{"leerlingid": leerlingid, "score": score, **given, **more})

    return result


@pytest.fixture
def bring(lite, brought, receiver):
    """Record results and bring what is due; gives the tests of each message that came for it."""

    def bring(*results):
        Ledger(lite).record(brought.id, results)
        before = len(receiver.messages)
        Deliverer(lite).deliver(Koppelingen(lite).get(brought.id))
        return [verzoek for verzoek, _ in receiver.messages[before:]]

    return bring


def outcomes(receiver):
    """What the receiver holds: scores, smallest first."""
    return sorted(outcome for _, _, outcome in receiver.held.values())


@pytest.mark.manual("F-50")
def test_a_score(bring, receiver, result):
    """Another score is sent under the same key: the receiver holds the new one alone."""
    bring(result(5))
    assert len(bring(result(7))) == 1
    assert outcomes(receiver) == [7]
    assert bring(result(7)) == []


@pytest.mark.parametrize("changed", [{"high": 12}, {"naam": "Rekenen 2"}], ids=["norm", "name"])
def test_a_norm_or_the_name_of_a_test(bring, receiver, result, changed):
    """After a test changed, every result of it goes out again with the new description, those of other tests do not."""
    other = replace(toets(), toetscode=Term(waarde="T2"))
    bring(result(5), result(6, "L2"), result(8, "L3", toets=other))
    [message] = bring(result(5, toets=toets(**changed)))
    assert message.toetsen == (toets(**changed),)
    assert {afname.leerlingid for afname in message.toetsafnames} == {"L1", "L2"}
    assert outcomes(receiver) == [5, 6, 8]


def test_two_versions_of_a_test_travel_apart(bring, receiver, result):
    """Results of two versions of one toetscode go in two messages, each with its own norms, and stand side by side."""
    old, new = toets(10, versie="2025"), toets(20, versie="2026")
    sent = bring(result(3, toets=old), result(4, "L2", toets=new), result(9, toets=new))
    assert sorted(message.toetsen[0].versie.waarde for message in sent) == ["2025", "2026"]
    assert all(len(message.toetsen) == 1 for message in sent)
    assert outcomes(receiver) == [3, 4, 9]


def test_a_day_under_the_kept_key(lite, brought, bring, receiver, result):
    """A day is corrected by `replaces`: the receiver holds one result, and recording it again changes nothing."""
    bring(result(5))
    key = Ledger(lite).key_of(brought.id, result(5))
    moved = result(5, afnamedatum=date(2026, 11, 4))
    [message] = bring(replace(moved, replaces=key))
    assert message.toetsafnames[0].resultaten[0].afnamedatum == date(2026, 11, 4)
    assert list(receiver.held) == [key]
    assert bring(moved) == [], "it is known by what it is now, too"
    bring(replace(moved, score=6))
    assert outcomes(receiver) == [6]


def test_a_day_under_the_own_key(bring, receiver, result):
    """Under a key of the application's own a day is corrected by itself."""
    bring(result(5, key="uitslag-1"))
    bring(result(5, key="uitslag-1", afnamedatum=date(2026, 11, 4)))
    assert list(receiver.held) == ["uitslag-1"]


def test_a_day_without_either_is_a_new_result(bring, receiver, result):
    """Another day under no kept key is another result: the receiver holds both."""
    bring(result(5))
    bring(result(6, afnamedatum=date(2026, 11, 4)))
    assert outcomes(receiver) == [5, 6]


def test_replacing_what_is_not_there_is_refused(bring, result):
    """`replaces` that names nothing is refused, rather than recorded as new."""
    with pytest.raises(NotRecorded, match="not there"):
        bring(result(5, replaces="weg"))


def test_two_attempts_on_one_day(bring, receiver, result):
    """A second attempt is a result beside the first; without its number it would be a contradiction, and is refused."""
    with pytest.raises(NotRecorded, match="poging=2"):
        bring(result(5), result(8))
    bring(result(5), result(8, poging=2))
    assert outcomes(receiver) == [5, 8]
    bring(result(9, poging=2))
    assert outcomes(receiver) == [5, 9]


def test_the_same_pupil_number_at_two_schools(bring, receiver, result):
    """Two schools that use the same leerlingid keep a result each, and each gets its own."""
    bring(result(3), result(9, bron="99YY00"))
    assert sorted(receiver.held.values()) == [("99XX", "L1", 3), ("99YY", "L1", 9)]
    assert {key for _, key in receiver.messages} == {"SleutelVanXX", "SleutelVanYY"}


def test_withdrawn_before_and_after_it_was_sent(lite, brought, bring, receiver, result):
    """What was withdrawn in time is never sent; what the receiver has stays there, and is told."""
    ledger = Ledger(lite)
    bring(result(5))
    ledger.record(brought.id, [result(6, "L2")])
    sent, kept = (ledger.key_of(brought.id, one) for one in (result(5), result(6, "L2")))
    done = ledger.withdraw(brought.id, [sent, kept], door="ib", reden="verkeerde leerling")
    assert (done.bij_ontvanger, done.gestopt) == ((sent,), (kept,))
    assert bring() == []
    assert outcomes(receiver) == [5]
    bring(result(7))  # a correction under the same key ends it
    assert outcomes(receiver) == [7]
    with pytest.raises(ConfigurationError, match="no result"):
        ledger.withdraw(brought.id, ["weg"])


def test_records_that_the_las_merged(lite, brought, bring, receiver, result):
    """After A was merged into B, B's results keep their keys, and A's go on under B's number."""
    bring(result(4, "B"), result(6, "A", afnamedatum=date(2026, 11, 2)))
    before = set(receiver.held)
    Koppelingen(lite).migrate_keys(brought.id, {"A": "B"})
    bring(result(7, "B"), result(8, "A", afnamedatum=date(2026, 11, 2)))
    assert set(receiver.held) == before
    assert sorted(receiver.held.values()) == [("99XX", "B", 7), ("99XX", "B", 8)]


def test_a_day_in_the_future_waits_for_it(lite, brought, bring, receiver, result, now):
    """A result of a day to come is kept and shown, not sent; on its day it goes."""
    assert bring(result(5, afnamedatum=date(2026, 11, 25))) == []
    assert Ledger(lite).held(brought.id) == {"afnamedatum in de toekomst": 1}
    now.moment = datetime(2026, 11, 24, 23, 1, tzinfo=UTC)  # a minute past midnight in the Netherlands
    assert len(bring()) == 1


def test_the_previous_year_is_the_one_that_was_asked_for(lite, receiver, result, now):
    """A year that was agreed on stays that year: a year later nothing else from before the activation is sent."""
    koppelingen = Koppelingen(lite, klantcode="EA1", klantnaam="Toetsen")
    made = koppelingen.add(
        "standaard", naam="K", school="s", bronnen=["99XX00"], leerresultaten_url=receiver.url,
        autorisatiesleutel="Sleutel", vorig_schooljaar=True,
    )  # fmt: skip
    koppelingen.approve(made.id)
    made = koppelingen.enable(made.id)
    before = {"genormeerd_op": now.moment - timedelta(days=30)}
    old, this = result(1, afnamedatum=date(2026, 5, 1), **before), result(2, afnamedatum=date(2026, 9, 1), **before)
    Ledger(lite).record(made.id, [old, this])
    assert made.vorig_schooljaar == "2025-2026"
    assert Deliverer(lite).deliver(made).bezorgd == 1
    now.moment = datetime(2027, 9, 1, tzinfo=UTC)
    assert Deliverer(lite).deliver(made).berichten == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"afnamedatum": datetime(2026, 11, 3, tzinfo=UTC)}, "a moment, not a day"),
        ({"afnamedatum": "2026-11-03"}, "not a date"),
        ({"afnamedatum": date(1, 1, 1)}, "year 1"),
        ({"afnamedatum": date(9999, 12, 31)}, "year 9999"),
        ({"genormeerd_op": datetime(2026, 11, 3)}, "no time zone"),  # noqa: DTZ001 - that is what is tested
        ({"genormeerd_op": datetime.max.replace(tzinfo=UTC)}, None),
        ({"bron": 2}, "has 2, counted from 0"),
        ({"bron": "99ZZ00"}, "none with this label"),
        ({"bron": -1}, "has 2"),
        ({"bron": None}, "no roster"),
        ({"score": 7.5}, "decimals"),
        ({"key": ""}, "0 characters"),
        ({"key": "x" * 257}, "257 characters"),
        ({"leerlingid": 12}, "int, not a text"),
        ({"toets": "T1"}, "not a Toets"),
        ({"infourl": "x" * 300}, "infourl"),
        ({"infourl": "\x00"}, "XML"),
        ({"poging": 0}, "counts from 1"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_every_reason(lite, brought, result, change, reason):
    """A result that could never be sent is refused when it is recorded; so is what stands beside it."""
    ledger = Ledger(lite)
    if reason is None:
        assert ledger.record(brought.id, [result(**change)]).nieuw == 1
        return
    with pytest.raises(NotRecorded, match=reason) as caught:
        ledger.record(brought.id, [result(1, "L9"), result(**change)])
    assert list(caught.value.problems) == [1]
    assert ledger.counts(brought.id)["klaar"] == 0
    two = {"leerlingid": "", "poging": 0}
    with pytest.raises(NotRecorded, match=r"leerlingid .*; poging "):
        ledger.record(brought.id, [result(**two)])
