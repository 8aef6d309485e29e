"""Results are taken once, whole, and in order."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from helpers.plain_client import post, roster, scores
from mock_las import vendors
from uwlr.berichten.leerresultaten import Norm, Normering, VocabulaireGebondenVeld

AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
RECEIVERS = ["schoolkr8", "focuspo"]


@pytest.fixture(params=[name for name in vendors.NAMES if name not in RECEIVERS])
def connection(las, request):
    """The connection of each LAS in turn."""
    return las.connection(request.param)


@pytest.fixture
def pupils(connection):
    """The keys of the pupils."""
    return [leerling.key for leerling in roster(connection).leerlingen]


def test_repeated_key_replaces(las, connection, pupils):
    """Delivering the same results again doubles nothing, and a correction replaces."""
    first = {("r1", pupils[0]): 5, ("r2", pupils[1]): 6}
    for minutes, given in enumerate((first, first, {("r2", pupils[1]): 9})):
        assert post(connection, scores(connection, given, AT + minutes * MINUTE)).status == 200
    state = las.state().vendors[connection.name]
    assert (state.deliveries, state.results) == (3, 2)
    assert [(d.new, d.replaced) for d in state.delivered] == [(2, 0), (0, 2), (0, 1)]
    assert {r.key: r.score for r in state.received} == {"r1": 5, "r2": 9}


def test_unknown_pupil_refuses_the_whole_message(las, connection, pupils):
    """One result of an unknown pupil refuses the message, and none of its results is kept."""
    reply = post(connection, scores(connection, {("r1", pupils[0]): 5, ("r2", "onbekend"): 6}, AT))
    assert reply.faultcode == "Client.LeerlingOngeldig"
    assert las.received(connection.name) == []


def test_earlier_message_is_refused(las, connection, pupils):
    """A message that was not made later than the previous one is refused, also when only its time zone differs."""
    assert post(connection, scores(connection, {("r1", pupils[0]): 5}, AT)).status == 200
    same = AT.astimezone(dt.timezone(dt.timedelta(hours=2)))
    for at in (AT, same, AT - MINUTE):
        reply = post(connection, scores(connection, {("r1", pupils[0]): 8}, at))
        assert reply.faultcode == "Client.OngeldigBericht"
    assert [r.score for r in las.received(connection.name)] == [5]


def test_wrong_key_delivers_nothing(las, connection, pupils):
    """Results with a wrong key are refused and not kept."""
    verzoek = scores(connection, {("r1", pupils[0]): 5}, AT)
    assert post(connection, verzoek, autorisatiesleutel="x" * 20).faultcode == "Client.AutorisatieOngeldig"
    assert las.received(connection.name) == []


@pytest.mark.parametrize("name", RECEIVERS)
@pytest.mark.manual("C-21", "C-23")
def test_receiver_keeps_results_of_entered_numbers_only(las, name):
    """A receiver confirms results of pupils it does not know, but they only land once their number was entered."""
    connection = las.connection(name)
    assert post(connection, scores(connection, {("r1", "L1"): 5}, AT)).status == 200
    assert las.received(name) == []
    las.enter_numbers(["L1"], vendor=name)
    assert post(connection, scores(connection, {("r1", "L1"): 5, ("r2", "L2"): 5}, AT + MINUTE)).status == 200
    assert [r.key for r in las.received(name)] == ["r1"]


@pytest.mark.manual("A-67")
def test_dashboard_shows_results_after_five_minutes(las):
    """ESIS shows a result on its dashboard five minutes after it came in."""
    las.set_clock(now=AT)
    connection = las.connection("esis")
    pupil = roster(connection).leerlingen[0].key
    post(connection, scores(connection, {("r1", pupil): 5}, AT))
    assert [r.zichtbaar for r in las.received("esis")] == [False]
    las.set_clock(advance=300)
    assert [r.zichtbaar for r in las.received("esis")] == [True]


def test_reset_forgets(las, connection, pupils):
    """Reset forgets results and journal, and leaves the keys as they were."""
    post(connection, scores(connection, {("r1", pupils[0]): 5}, AT))
    las.reset()
    assert las.received(connection.name) == []
    assert las.exchanges() == []
    assert las.connection(connection.name) == connection


def test_many_deliveries_at_once(las):
    """Deliveries of many senders at once are each taken whole, and nothing is lost or doubled."""
    connection = las.connection("standaard")
    pupils = [leerling.key for leerling in roster(connection).leerlingen]

    def deliver(sender):
        supplier = {"klantcode": f"EA{sender}", "klantnaam": f"Toetsen {sender}"}
        las.request_coupling(vendor="standaard", **supplier)
        key = las.activate(vendor="standaard", **supplier).autorisatiesleutel
        given = {(f"r{number}", pupil): number for number, pupil in enumerate(pupils)}
        replies = [
            post(connection, scores(connection, given, AT + minute * MINUTE), autorisatiesleutel=key, **supplier)
            for minute in range(3)
        ]
        return [reply.status for reply in replies]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(deliver, range(8))) == [[200, 200, 200]] * 8
    state = las.state().vendors["standaard"]
    assert (state.deliveries, state.results) == (24, 8 * len(pupils))


NORM = Norm(beginnormwaarde=0, eindnormwaarde=10, term="A")
WIDER = Norm(beginnormwaarde=0, eindnormwaarde=20, term="A")


@pytest.fixture
def deliver(las):
    """Deliver one score of the first pupil, and give what the dashboard then shows of that pupil."""
    las.set_clock(now=AT)
    connection = las.connection()
    leerling = roster(connection).leerlingen[0]
    minutes = iter(range(1, 60))

    def deliver(key, score, *, toets=None, **resultaat):
        verzoek = scores(connection, {(key, leerling.key): score}, AT + next(minutes) * MINUTE)
        (afname,), (kept,) = verzoek.toetsafnames, verzoek.toetsen
        (given,) = afname.resultaten
        afname = replace(afname, resultaten=(replace(given, **resultaat),))
        verzoek = replace(verzoek, toetsafnames=(afname,), toetsen=(replace(kept, **(toets or {})),))
        assert post(connection, verzoek).status == 200
        shown = las.dashboard(leerling.groep)
        row = next(row for row in shown.leerlingen if row.key == leerling.key)
        return [
            (test.toetsnaam, test.versie, cell.score, cell.norm is not None)
            for test, cell in zip(shown.toetsen, row.resultaten, strict=True)
            if cell
        ]

    return deliver


def test_a_corrected_norm_holds_for_results_that_were_there(deliver):
    """A test that comes again with other norms shows what it kept in those norms."""
    assert deliver("r1", 15, toets={"toetsnormering": Normering(norm=(NORM,))}) == [("Rekenen", None, 15, False)]
    assert deliver("r1", 15, toets={"toetsnormering": Normering(norm=(WIDER,))}) == [("Rekenen", None, 15, True)]


def test_a_corrected_name_of_a_test(deliver):
    """A test that comes again under another name shows under that name."""
    assert deliver("r1", 5) == [("Rekenen", None, 5, False)]
    assert deliver("r2", 6, toets={"toetsnaam": "Rekenen 3.0"}) == [("Rekenen 3.0", None, 6, False)]


def test_versions_of_a_test_keep_their_norms(deliver):
    """Two versions of one toetscode are two tests, each with its own norms, whichever came last."""
    old, new = (VocabulaireGebondenVeld(waarde=year) for year in ("2025", "2026"))
    deliver("r1", 15, versie=old, toets={"versie": old, "toetsnormering": Normering(norm=(NORM,))})
    shown = deliver("r2", 16, versie=new, toets={"versie": new, "toetsnormering": Normering(norm=(WIDER,))})
    assert shown == [("Rekenen", "2025", 15, False), ("Rekenen", "2026", 16, True)]
    shown = deliver("r1", 15, versie=new, toets={"versie": new, "toetsnormering": Normering(norm=(WIDER,))})
    assert [versie for _, versie, _, _ in shown] == ["2026"]


def test_a_result_without_a_version_is_of_the_last_one(deliver):
    """A result that does not say its version shows with the test that came with it."""
    new = VocabulaireGebondenVeld(waarde="2026")
    assert deliver("r1", 5, toets={"versie": new}) == [("Rekenen", "2026", 5, False)]


def test_a_corrected_date(deliver, las):
    """A result that comes again under its key with another date is one result, on that date."""
    deliver("r1", 5)
    deliver("r1", 5, afnamedatum=dt.date(2026, 11, 1))
    assert [(result.key, result.afnamedatum) for result in las.received()] == [("r1", dt.date(2026, 11, 1))]
