"""Dates at the ends of the range: every one gets a defined answer, and none breaks what comes after it."""

import datetime as dt
import re
from urllib.parse import quote

import pytest

from helpers.plain_client import ask, post, roster, scores
from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerlinggegevens
from uwlr.errors import ConfigurationError

EARLY = ("0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T23:59:59-14:00")
LATE = ("9999-12-31T23:59:59", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-05:00", "9999-12-31T00:00:00+14:00")
MARCH = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)


@pytest.fixture
def send_with(las):
    """Send a message with a moment in it as it is written, which no datetime may be able to hold."""

    def send_with(connection, verzoek, moment):
        def edit(data):
            assert b"2026-03-01T08:00:00Z" in data
            return data.replace(b"2026-03-01T08:00:00Z", moment.encode())

        return post(connection, verzoek, edit=edit)

    return send_with


@pytest.mark.parametrize("moment", EARLY)
def test_never_received_is_all(las, send_with, moment):
    """Whoever received nothing since the year 1, as .NET writes never, gets the whole roster."""
    connection = las.connection()
    reply = send_with(connection, ask(connection, laatstontvangengegevens=MARCH), moment)
    assert (reply.status, type(reply.bericht.inhoud)) == (200, Leerlinggegevens)


@pytest.mark.parametrize("moment", LATE)
def test_received_at_the_end_of_time_is_unchanged(las, send_with, moment):
    """Nothing changed since the last moment there is."""
    connection = las.connection()
    reply = send_with(connection, ask(connection, laatstontvangengegevens=MARCH), moment)
    assert (reply.status, type(reply.bericht.inhoud)) == (200, GeenWijzigingen)


@pytest.mark.parametrize(
    "schooljaar", ["1000-1001", "1999-2000", "2999-2999", "2026-2026", "1\u0660\u0660\u0660-1\u0660\u06601"]
)
def test_far_school_years_have_no_roster(las, schooljaar):
    """A school year that the schema allows and no school holds is answered by geengegevens."""
    connection = las.connection()
    reply = post(connection, ask(connection, schooljaar=schooljaar, laatstontvangengegevens=MARCH))
    assert (reply.status, type(reply.bericht.inhoud)) == (200, GeenGegevens)


@pytest.mark.parametrize("moment", [*EARLY, *LATE])
def test_results_made_at_the_ends_of_time(las, send_with, moment):
    """Results are taken with any aanmaakdatum that can be read, and show in the state."""
    connection = las.connection()
    leerling = roster(connection).leerlingen[0]
    reply = send_with(connection, scores(connection, {("r1", leerling.key): 3}, MARCH), moment)
    assert (reply.status, [result.score for result in las.received()]) == (200, [3])


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_results_of_the_ends_of_time(las, open_page, day):
    """A test that was taken on the first or the last day there is has a place on the dashboard."""
    connection = las.connection("esis")
    leerling = roster(connection).leerlingen[0]
    verzoek = scores(connection, {("r1", leerling.key): 3}, MARCH)
    reply = post(connection, verzoek, edit=lambda data: data.replace(b">2026-03-01<", f">{day}<".encode()))
    assert reply.status == 200
    las.set_clock(advance=3600)
    year = str(int(day[:4]))
    assert year in open_page(f"/groepen/esis?groep={quote(leerling.groep)}").content()


@pytest.mark.parametrize(
    "change",
    [
        {"now": "0001-01-01T00:00:00Z"},
        {"now": "0001-01-01T00:00:00+14:00"},
        {"now": "9999-12-31T23:59:59Z"},
        {"now": "9999-12-31T23:59:59-14:00"},
        {"now": "1001-12-31T23:59:59Z"},
        {"now": "2999-01-01T00:00:00Z"},
        {"advance": 1e12},
        {"advance": -1e12},
        {"advance": 1e300},
        {"advance": -1e300},
        {"advance": 5e10},
    ],
    ids=str,
)
def test_the_clock_stays_where_school_years_are(las, change):
    """A clock that no school year could be told from is refused, and goes on as it was."""
    las.set_clock(now=MARCH)
    with pytest.raises(ConfigurationError, match="the clock"):
        las.set_clock(**change)
    assert las.state().clock.now == MARCH


@pytest.mark.parametrize("now", ["1002-01-01T00:00:00Z", "2998-12-31T23:59:59Z"])
def test_everything_works_at_the_ends_of_the_clock(las, send, now):
    """At the first and the last moment that the clock has, rosters are answered and pages show."""
    las.set_clock(now=now)
    connection = las.connection()
    reply = post(connection, ask(connection))
    assert (reply.status, len(reply.bericht.inhoud.leerlingen)) == (200, 40)
    for path in ("/", "/klok", "/journaal", "/scholen/standaard", f"/scholen/standaard/{connection.brincode}-00"):
        assert send("GET", path)[0] == 200, path


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "9999-12-31T23:59", "", "gisteren"])
def test_the_page_of_the_clock_refuses_the_ends(las, send, typed):
    """A moment that the clock cannot have is refused on the page, in Dutch."""
    token = re.search(r'name="token" value="([^"]+)"', send("GET", "/klok")[1])[1]
    status, page, _ = send("POST", "/klok", {"token": token, "moment": typed, "stil": "1"})
    said = "heeft de klok niet: kies er een van" if typed[:1].isdigit() else "is geen moment. Schrijf dag-maand-jaar"
    assert (status, said in page) == (422, True)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_couplings_that_start_at_the_ends_of_time(las, day):
    """A coupling opens from its startdatum, whichever day that is."""
    las.activate(vendor="esis", startdatum=dt.date.fromisoformat(day), autorisatiesleutel="99QQ00" + "a" * 20)
    connection = las.connection("esis")
    expected = "" if day.startswith("0001") else "Client.AutorisatieOngeldig"
    assert post(connection, ask(connection)).faultcode == expected
