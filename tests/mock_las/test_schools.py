"""Schools change, come from a file, and go into a new year."""

import datetime as dt

import pytest

from helpers.plain_client import ask, post, roster
from uwlr import edexml
from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerlinggegevens, LeerlinggegevensAntwoord
from uwlr.codec.write import write
from uwlr.errors import ConfigurationError, MessageError
from uwlr.testing import make_school

SUNDAY = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def connection(las):
    """The plain LAS, on a Sunday."""
    las.set_clock(now=SUNDAY)
    return las.connection()


def test_pupil_moves(las, connection):
    """A pupil who moves is in the new group from then on, with the same key, and nobody else changes."""
    before = roster(connection)
    key = las.change_school("moved").people[0]
    after = roster(connection)
    pairs = [(a, b) for a, b in zip(before.leerlingen, after.leerlingen, strict=True) if a != b]
    assert [(a.key, b.key) for a, b in pairs] == [(key, key)]
    assert pairs[0][0].groep != pairs[0][1].groep


def test_pupil_leaves_and_another_comes(las, connection):
    """A pupil who leaves is gone from the roster, one who comes has a key that was not there."""
    keys = {leerling.key for leerling in roster(connection).leerlingen}
    gone = las.change_school("left").people[0]
    came = las.change_school("enrolled").people[0]
    assert {leerling.key for leerling in roster(connection).leerlingen} == keys - {gone} | {came}
    assert came not in keys


def test_pupil_gets_another_name(las, connection):
    """A pupil who gets another achternaam keeps key, ECK-iD and group, and can be named by that ECK-iD."""
    before = roster(connection).leerlingen[3]
    assert las.change_school("renamed", who=before.eckid).people[0] == before.key
    after = roster(connection).leerlingen[3]
    assert after.achternaam not in {None, before.achternaam}
    assert (after.key, after.eckid, after.groep) == (before.key, before.eckid, before.groep)


def test_delta_question_follows_the_change(las, connection):
    """Whoever asks what changed since then gets geenwijzigingen until something changes, and again afterwards."""

    def since(moment):
        return type(post(connection, ask(connection, laatstontvangengegevens=moment)).bericht.inhoud)

    assert since(SUNDAY) is GeenWijzigingen
    las.set_clock(advance=60)
    las.change_school("left")
    assert since(SUNDAY) is Leerlinggegevens
    assert since(SUNDAY + dt.timedelta(seconds=60)) is GeenWijzigingen


def test_empty_school(las, connection):
    """A school without pupils is answered by geengegevens."""
    las.change_school("empty")
    assert isinstance(roster(connection), GeenGegevens)
    with pytest.raises(ConfigurationError, match="no roster"):
        las.change_school("moved")


@pytest.mark.manual("A-40")
def test_new_school_year(las, connection):
    """On 1 August the roster of the new year is there, in which pupils kept their keys and moved up."""
    before = {leerling.key: leerling.jaargroep for leerling in roster(connection).leerlingen}
    las.set_clock(now=dt.datetime(2027, 8, 1, 0, 0, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))))
    new = roster(las.connection())
    assert new.school.schooljaar == "2027-2028"
    stayed = [leerling for leerling in new.leerlingen if leerling.key in before]
    assert 20 < len(stayed) < 40
    assert sum(int(leerling.jaargroep) == int(before[leerling.key]) + 1 for leerling in stayed) > len(stayed) // 2


@pytest.mark.parametrize("form", ["answer", "bare", "edexml"])
def test_school_from_a_file(las, connection, form):
    """A roster of a UWLR answer or an EDEXML file is answered as it was loaded."""
    school = make_school(5, leerlingen=9, brincode="99LL", schooljaar=connection.schooljaar)
    data = {
        "answer": lambda: write(LeerlinggegevensAntwoord(inhoud=school)),
        "bare": lambda: write(school),
        "edexml": lambda: edexml.write(school),
    }[form]()
    assert las.load_school(data).brincode == "99LL"
    key = las.activate(brincode="99LL").autorisatiesleutel
    got = post(connection, ask(connection, brincode="99LL"), autorisatiesleutel=key).bericht.inhoud
    assert got.leerlingen == school.leerlingen


def test_file_that_is_no_roster(las):
    """A file that holds no roster is refused."""
    with pytest.raises(MessageError, match="no message of UWLR"):
        las.load_school(write(GeenGegevens()))


def test_two_hundred_schools(las, connection):
    """Two hundred schools of three hundred pupils are there at once; each is made when it is asked for."""
    for number in range(200):
        las.add_school(brincode=f"98{chr(65 + number // 26)}{chr(65 + number % 26)}", leerlingen=300)
    las.activate(brincode="98BB")
    assert len(las.state().vendors["standaard"].schools) == 201
