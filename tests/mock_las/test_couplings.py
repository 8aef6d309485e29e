"""The life of a coupling, at each system in its own way."""

import datetime as dt

import pytest

from helpers.plain_client import ask, post
from uwlr.errors import ConfigurationError

CODE = "99QQ00OnzeEigenCode2026"


@pytest.mark.manual("D-27", "D-28")
def test_esis_removing_the_code_pauses_and_filling_it_in_resumes(las):
    """At ESIS the exchange pauses while the verificatiecode is removed, and resumes with the same code."""
    las.activate(CODE, vendor="esis")
    connection = las.connection("esis")
    assert las.remove_key(vendor="esis").status == "gepauzeerd"
    assert post(connection, ask(connection), autorisatiesleutel=CODE).faultcode == "Client.AutorisatieOngeldig"
    assert las.exchanges()[-1].remarks == ("the coupling of 99QQ 00 is gepauzeerd",)
    las.activate(CODE, vendor="esis")
    assert post(connection, ask(connection), autorisatiesleutel=CODE).status == 200
    events = [entry.event for entry in las.couplings("esis")[0].log]
    assert events == ["goedgekeurd", "actief", "actief", "gepauzeerd", "actief"]


@pytest.mark.manual("A-26")
def test_esis_wants_consent(las):
    """ESIS activates nothing that the school's board does not agree to."""
    with pytest.raises(ConfigurationError, match="must agree"):
        las.activate(CODE, vendor="esis", akkoord=False)


@pytest.mark.manual("F-32")
def test_esis_start_date(las):
    """A coupling opens nothing before its start date."""
    las.set_clock(now=dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC))
    las.activate(CODE, vendor="esis", startdatum=dt.date(2026, 11, 21))
    connection = las.connection("esis")
    assert post(connection, ask(connection)).faultcode == "Client.AutorisatieOngeldig"
    las.set_clock(advance=86400)
    assert post(connection, ask(connection)).status == 200


@pytest.mark.manual("B-08", "F-23")
def test_parnassys_from_opening_to_a_new_key(las):
    """At ParnasSys the supplier opens the coupling first, then the school has a key made; a new key replaces it."""
    other = {"klantcode": "EA99", "klantnaam": "Andere Toetsen"}
    assert las.request_coupling(vendor="parnassys", **other).status == "aangevraagd"
    with pytest.raises(ConfigurationError, match="aangevraagd cannot become actief"):
        las.activate(vendor="parnassys", **other)
    assert las.approve_coupling(vendor="parnassys", **other).status == "goedgekeurd"
    first = las.activate(vendor="parnassys", **other).autorisatiesleutel
    connection = las.connection("parnassys")
    assert post(connection, ask(connection), autorisatiesleutel=first, **other).status == 200
    second = las.activate(vendor="parnassys", **other).autorisatiesleutel
    assert post(connection, ask(connection), autorisatiesleutel=second, **other).status == 200
    assert post(connection, ask(connection), autorisatiesleutel=first, **other).faultcode
    assert post(connection, ask(connection)).status == 200, "the first supplier's coupling stands on its own"


def test_ended_coupling_has_to_be_asked_for_again(las):
    """A coupling that ended opens nothing, and is activated only after it was asked for again."""
    las.end_coupling(vendor="parnassys")
    connection = las.connection("parnassys")
    assert connection.autorisatie.autorisatiesleutel is None
    with pytest.raises(ConfigurationError, match="beeindigd cannot become"):
        las.approve_coupling(vendor="parnassys")
    las.request_coupling(vendor="parnassys")
    las.approve_coupling(vendor="parnassys")
    las.activate(vendor="parnassys")
    connection = las.connection("parnassys")
    assert post(connection, ask(connection)).status == 200


def test_magister_has_one_key_for_every_school(las):
    """At Magister the supplier's key opens every school; the school is chosen by BRIN."""
    las.add_school(vendor="magister", brincode="99MN", leerlingen=12)
    connection = las.connection("magister")
    got = post(connection, ask(connection, brincode="99MN")).bericht.inhoud
    assert (got.school.brincode, len(got.leerlingen)) == ("99MN", 12)


@pytest.mark.parametrize("name", ["schoolkr8", "focuspo"])
@pytest.mark.manual("C-07")
def test_key_by_mail(las, name):
    """A receiver mails its key when it approves the coupling."""
    before = len(las.outbox(name))
    las.request_coupling(vendor=name, klantcode="EA99")
    coupling = las.approve_coupling(vendor=name, klantcode="EA99")
    assert coupling.status == "actief"
    mails = las.outbox(name)
    assert len(mails) == before + 1
    assert coupling.autorisatiesleutel in mails[-1].body


def test_somtoday_has_a_key_per_location(las):
    """At Somtoday the key of one location, of 88 characters, does not open another."""
    las.add_school(vendor="somtoday", brincode="99SS", dependancecode="01", leerlingen=12)
    las.activate(vendor="somtoday", dependancecode="01")
    connection = las.connection("somtoday")
    assert len(connection.autorisatie.autorisatiesleutel) == 88
    assert post(connection, ask(connection)).status == 200
    assert post(connection, ask(connection, dependancecode="01")).faultcode == "Client.AutorisatieOngeldig"
