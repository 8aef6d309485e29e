"""Several schools in one koppeling: each with its own key, its own roster and its own results, end to end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from uwlr.berichten import Toets
from uwlr.berichten import VocabulaireGebondenVeld as Term
from uwlr.errors import ConfigurationError
from uwlr.exchange import Deliverer, Importer, Koppelingen, Ledger, NewResult, NotEnabled, NotRecorded
from uwlr.exchange.tables import ResultaatRow
from uwlr.exchange.waiting import note_pupils
from uwlr.testing import make_school


@pytest.fixture
def two(lite, las, now):
    """A koppeling with two schools of the plain fake, each with a key of its own, imported."""
    places = ("90AA00", "91BB00")
    keys = {}
    for seed, place in enumerate(places):
        las.add_school(brincode=place[:4], leerlingen=8, seed=seed)
        keys[place] = las.activate(brincode=place[:4]).autorisatiesleutel
    las.set_clock(now=now.moment)
    to = las.connection()
    klant = {"klantcode": to.autorisatie.klantcode, "klantnaam": to.autorisatie.klantnaam}
    koppelingen = Koppelingen(lite, **klant)
    urls = {"url": to.leerlinggegevens_url, "leerresultaten_url": to.leerresultaten_url}
    made = koppelingen.add("standaard", naam="Bestuur", school="b1", bronnen=places, **urls)
    koppelingen.approve(made.id)
    return koppelingen, made.id, keys


def imported(lite, koppeling):
    """Import both; gives the keys of the pupils by school."""
    importer = Importer(lite)
    rosters = importer.fetch(koppeling)
    plan = importer.plan(koppeling, rosters)
    for rij in plan.open_rows:
        if rij.soort == "leerkracht":
            plan.choose(rij.nummer, "nieuw", emailadres="iemand@example.org")
        else:
            plan.choose(rij.nummer, "nieuw")
    importer.apply(plan, recheck=False)
    return [{pupil.key for pupil in roster.leerlingen} for _, roster in rosters]


def test_each_pupil_goes_to_their_own_school(lite, las, two, now):
    """Results say nothing of a school: the roster does. Each arrives at the pupil's school, under that school's key."""
    koppelingen, made, keys = two
    koppeling = koppelingen.enable(made, sleutels=keys)
    first, second = imported(lite, koppeling)
    moment = now.moment + timedelta(minutes=1)
    toets = Toets(toetscode=Term(waarde="T1"))
    given = {"toets": toets, "afnamedatum": date(2026, 11, 3), "genormeerd_op": moment, "score": 1}
    ledger = Ledger(lite)
    ledger.record(made, [NewResult(leerlingid=pupil, **given) for pupil in sorted(first | second)])
    done = Deliverer(lite).deliver(koppeling)
    assert (done.bezorgd, done.wacht) == (len(first | second), 0)
    arrived = {}
    for result in las.received():
        arrived.setdefault(result.brincode, set()).add(result.leerlingid)
    assert arrived == {"90AA": first, "91BB": second - first}
    again = ledger.record(made, [NewResult(leerlingid=pupil, **given) for pupil in sorted(first | second)])
    assert again.ongewijzigd == len(first | second)
    with pytest.raises(ConfigurationError, match="no roster"):
        ledger.record(made, [NewResult(leerlingid="nergens", **given)])


@pytest.mark.manual("F-40")
def test_the_key_of_one_school_opens_no_other(two):
    """With the keys exchanged nothing is enabled."""
    koppelingen, made, keys = two
    exchanged = dict(zip(keys, reversed(keys.values()), strict=True))
    with pytest.raises(NotEnabled) as caught:
        koppelingen.enable(made, sleutels=exchanged)
    assert caught.value.storing == "sleutel geweigerd"
    with pytest.raises(ConfigurationError, match="no bron 99ZZ00"):
        koppelingen.enable(made, sleutels={"99ZZ00": "Sleutel"})


@pytest.mark.parametrize(
    ("change", "same"), [({}, True), ({"roepnaam": "Anders"}, False), ({"geboortedatum": date(2015, 1, 2)}, False)]
)
def test_a_key_of_two_pupils_decides_no_school(lite, two, now, change, same):
    """Where two schools give different pupils one key, a result has to say its school; one pupil at both need not."""
    koppelingen, made, _ = two
    koppeling = koppelingen.get(made)
    rosters = [(place, make_school(1, 3, brincode=place[:4])) for place in ("90AA00", "91BB00")]
    pupil = rosters[0][1].leerlingen[0]
    rosters[1] = ("91BB00", replace(rosters[1][1], leerlingen=(replace(pupil, eckid=None, **change),)))
    with lite.write() as session:
        note_pupils(session, koppeling, rosters)
    moment = now.moment + timedelta(minutes=1)
    given = {"toets": Toets(toetscode=Term(waarde="T1")), "afnamedatum": date(2026, 11, 3), "genormeerd_op": moment}
    results = [NewResult(leerlingid=pupil.key, score=1, **given)]
    if same:
        assert Ledger(lite).record(made, results).nieuw == 1
        return
    with pytest.raises(NotRecorded, match="different pupils have this key at schools of this koppeling; say which"):
        Ledger(lite).record(made, results)
    assert Ledger(lite).record(made, [replace(results[0], bron="91BB00")]).nieuw == 1


def test_a_pupil_who_is_unknown_at_one_school_holds_up_no_other(lite, receiver, now):
    """Two schools with the same leerlingid: at one the pupil is unknown, at the other the results go on as fresh."""
    koppelingen = Koppelingen(lite, klantcode="EA1", klantnaam="Toetsen")
    to = {"leerresultaten_url": receiver.url, "autorisatiesleutel": "Sleutel"}
    made = koppelingen.add("standaard", naam="Bestuur", school="b1", bronnen=["90AA00", "91BB00"], **to)
    koppelingen.approve(made.id)
    koppeling = koppelingen.enable(made.id)
    moment = now.moment + timedelta(minutes=1)

    def record(bron, code):
        given = {"toets": Toets(toetscode=Term(waarde=code)), "afnamedatum": date(2026, 11, 3), "score": 1}
        Ledger(lite).record(made.id, [NewResult(leerlingid="1", bron=bron, genormeerd_op=moment, **given)])

    record(0, "T1")
    with lite.write() as session:
        session.execute(update(ResultaatRow).values(wacht=True))
    record(1, "T2")
    assert Deliverer(lite, unknown=0).deliver(koppeling).bezorgd == 1
    with lite.read() as session:
        found = session.execute(select(ResultaatRow.bron, ResultaatRow.status, ResultaatRow.wacht)).all()
    assert sorted(map(tuple, found)) == [(0, "klaar", True), (1, "bezorgd", False)]
