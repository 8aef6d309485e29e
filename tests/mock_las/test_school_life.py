"""Schools live: everything that can happen at a school, new school years, and all of it again after a restart."""

import datetime as dt
import itertools

import msgspec
import pytest

from helpers.plain_client import ask, post, roster
from mock_las.pages import dutch
from mock_las.school_lives import OFFERED
from uwlr import validate
from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerlinggegevens
from uwlr.codec.write import write
from uwlr.errors import ConfigurationError
from uwlr.norm import schooljaar_for
from uwlr.testing import make_school

NOVEMBER = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
JULY = dt.datetime(2027, 7, 31, 20, tzinfo=dt.UTC)
AUGUST = dt.datetime(2027, 7, 31, 22, 0, 1, tzinfo=dt.UTC)
FIRST = {
    "returned": "left",
    "reissued": "left",
    "merged": "doubled",
    "keyed": "dummy",
    "eckid-mended": "eckid-shared",
    "dropped": "leaving",
}
"""What must have happened before, to the same pupil where there is one to choose."""
FINDINGS = {"eckid-shared": ["LG-107"]}
"""Errors that a kind is about."""


@pytest.fixture
def connection(las):
    """The plain LAS, on a day in November."""
    las.set_clock(now=NOVEMBER)
    return las.connection()


def people(found):
    """Pupils and staff by key."""
    return {row.key: row for row in (*found.leerlingen, *found.leerkrachten)}


def groups(found):
    """Groups by key."""
    return {groep.key: groep for groep in found.groepen}


@pytest.mark.parametrize("kind", OFFERED)
def test_everything_can_happen(las, connection, kind):
    """Whatever happens changes the roster, which stays without errors, and clients are told that it changed."""
    who = las.change_school(FIRST[kind]).people[-1] if kind in FIRST else None
    if kind == "eckid-added":
        who = next(leerling.key for leerling in roster(connection).leerlingen if leerling.eckid is None)
    las.set_clock(advance=60)
    before, then = roster(connection), las.state().clock.now
    las.set_clock(advance=60)
    done = las.change_school(kind, who=who)
    after = roster(connection)
    assert (before.groepen, before.leerlingen, before.leerkrachten) != (
        after.groepen,
        after.leerlingen,
        after.leerkrachten,
    )
    assert set(done.people) <= people(before).keys() | people(after).keys()
    assert las.happened()[-1].kind == kind
    assert isinstance(post(connection, ask(connection, laatstontvangengegevens=then)).bericht.inhoud, Leerlinggegevens)
    report = validate(write(after, versie=after.school.xsdversie))
    assert [f.id for f in report.findings if str(f.severity) == "error"] == FINDINGS.get(kind, [])


def test_every_kind_has_its_dutch():
    """The page offers exactly what can happen, each under a text of its own."""
    offered = [dutch.OF_PUPILS, dutch.OF_NEW_PUPILS, dutch.OF_STAFF, dutch.OF_GROUPS, dutch.OF_SCHOOLS]
    assert sorted(kind for group in offered for kind in group) == sorted(OFFERED)
    assert len(set(dutch.HAPPENINGS.values())) == len(dutch.HAPPENINGS)


def test_staff_come_and_go(las, connection):
    """One of the staff is hired, gets another name and another group, and leaves; pupils stay as they are."""
    before = roster(connection)
    group = before.groepen[0].key
    (key,) = las.change_school("hired", groep=group).people
    hired = people(roster(connection))[key]
    assert [ref.key for ref in hired.groepen] == [group]
    las.change_school("married", who=key)
    las.change_school("rostered", who=key)
    married = people(roster(connection))[key]
    assert married.achternaam != hired.achternaam
    assert married.groepen != hired.groepen
    las.change_school("resigned", who=key)
    after = roster(connection)
    assert key not in people(after)
    assert after.leerlingen == before.leerlingen


def test_a_group_gets_another_name(las, connection):
    """The group that was named has another name and the same key, and no other group changed."""
    before = groups(roster(connection))
    key = list(before)[1]
    las.change_school("group-renamed", groep=key)
    after = groups(roster(connection))
    assert [k for k in before if before[k] != after[k]] == [key]
    assert before[key].naam != after[key].naam


def test_a_new_year_begins_with_what_was_changed(las, connection):
    """On 1 August the changed school moves up, its old year stays as it was on 31 July, and clients are told."""
    (gone,) = las.change_school("left").people
    (came,) = las.change_school("enrolled", groep=roster(connection).groepen[0].key).people
    las.set_clock(now=JULY)
    old = roster(las.connection())
    las.set_clock(now=AUGUST)
    new = roster(las.connection())
    assert (old.school.schooljaar, new.school.schooljaar) == ("2026-2027", "2027-2028")
    assert came in people(new)
    assert gone not in people(new)
    assert not groups(old).keys() & groups(new).keys()
    before = {leerling.key: leerling for leerling in old.leerlingen}
    stayed = [leerling for leerling in new.leerlingen if leerling.key in before and leerling.uitstroomdatum is None]
    up = [int(leerling.jaargroep) - int(before[leerling.key].jaargroep) for leerling in stayed]
    assert up.count(1) > len(up) * 0.8
    assert las.happened()[-1].kind == "august"
    last_year = roster(las.connection(), schooljaar="2026-2027")
    assert last_year == old
    answer = post(las.connection(), ask(las.connection(), laatstontvangengegevens=JULY))
    assert isinstance(answer.bericht.inhoud, Leerlinggegevens)
    later = post(las.connection(), ask(las.connection(), laatstontvangengegevens=AUGUST))
    assert isinstance(later.bericht.inhoud, GeenWijzigingen)


def test_the_next_school_year_is_one_step_away(las, connection):
    """The clock moves to the first morning of the next school year, frozen or running as it was."""
    las.change_school("moved")
    assert msgspec.to_builtins(las.set_clock(next_schooljaar=True)) == {
        "now": "2027-08-01T06:00:00Z",
        "frozen": True,
        "schooljaar": "2027-2028",
    }
    assert roster(las.connection()).school.schooljaar == "2027-2028"
    assert las.set_clock(next_schooljaar=True).schooljaar == "2028-2029"
    las.set_clock(now=NOVEMBER, frozen=False)
    assert not las.set_clock(next_schooljaar=True).frozen


def test_a_quiet_school_stays_as_it_is(las, connection):
    """Nothing happens by itself within a school year unless it was asked for."""
    las.change_school("moved")
    before = roster(connection)
    las.set_clock(advance=100 * 86_400)
    assert roster(connection) == before


def test_things_happen_of_themselves(las, connection):
    """A school that lives changes in every month of a year: pupils, staff and groups; and can be made quiet again."""
    las.let_happen()
    assert len(las.happened()) == 0
    seen = [roster(connection)]
    for _ in range(12):
        las.set_clock(advance=30 * 86_400)
        seen.append(roster(las.connection()))
    assert sum(one != other for one, other in itertools.pairwise(seen)) >= 6
    days = [event.day for event in las.happened()]
    assert days == sorted(days)
    assert len({event.kind for event in las.happened()}) > 8
    las.let_happen(())
    quiet = roster(las.connection())
    las.set_clock(advance=200 * 86_400)
    assert {event.kind for event in las.happened() if event.day > days[-1]} <= {"started", "gone", "dropped"}
    assert roster(las.connection()).groepen == quiet.groepen


def test_only_some_things_happen(las, connection):
    """Of itself happens only what was asked for, and a new year."""
    las.let_happen(["hired"])
    las.set_clock(now=NOVEMBER + dt.timedelta(days=3 * 365))
    roster(las.connection())
    assert {event.kind for event in las.happened()} <= {"hired", "august", "started", "dropped"}
    with pytest.raises(ConfigurationError, match="verhuisd: not one of"):
        las.let_happen(["verhuisd"])


def test_the_clock_shows_no_other_history(las, connection):
    """A clock that jumps and one that moves by days come to the same school, also in the year that ended between."""
    las.let_happen()
    las.set_clock(now=NOVEMBER + dt.timedelta(days=400))
    jumped = roster(las.connection()), roster(las.connection(), schooljaar="2026-2027"), las.happened()
    las.reset()
    las.set_clock(now=NOVEMBER)
    las.let_happen()
    for _ in range(40):
        las.set_clock(advance=10 * 86_400)
        roster(las.connection())
    stepped = roster(las.connection()), roster(las.connection(), schooljaar="2026-2027"), las.happened()
    assert stepped == jumped


def test_going_back_in_time_takes_nothing_back(las, connection):
    """A clock that is set back within the year leaves the school as it is; in an earlier year it is as it was then."""
    las.change_school("left")
    las.set_clock(now=AUGUST + dt.timedelta(days=60))
    later = roster(las.connection())
    las.set_clock(now=AUGUST + dt.timedelta(days=1))
    assert roster(las.connection()) == later
    las.change_school("left")
    assert len(roster(las.connection()).leerlingen) == len(later.leerlingen) - 1
    las.set_clock(now=NOVEMBER)
    (key,) = las.change_school("left").people
    earlier = roster(las.connection())
    assert earlier.school.schooljaar == "2026-2027"
    assert key not in people(earlier)


def test_after_half_a_century_nobody_is_left(las, connection):
    """A school that was left alone for more than fifty years begins again."""
    las.change_school("left")
    las.set_clock(now=NOVEMBER.replace(year=2090))
    assert roster(las.connection()).school.schooljaar == schooljaar_for(dt.date(2090, 11, 20))
    assert las.happened() == []


def test_what_cannot_happen_changes_nothing(las, connection):
    """An unknown kind, person or group is refused, and the school and its chances stay as they were."""
    las.change_school("moved")
    before, history = roster(connection), las.happened()
    for kind, which in (
        ("verhuisd", {}),
        ("august", {}),
        ("elsewhere", {}),
        ("left", {"who": "niemand"}),
        ("moved", {"groep": "geen"}),
        ("resigned", {"who": before.leerlingen[0].key}),
        ("merged", {}),
    ):
        with pytest.raises(ConfigurationError):
            las.change_school(kind, **which)
    assert roster(connection) == before
    assert las.happened() == history
    las.change_school("enrolled")
    after = roster(connection)
    las.reset()
    las.set_clock(now=NOVEMBER)
    las.change_school("moved")
    las.change_school("enrolled")
    assert roster(connection) == after


def test_the_last_one_leaves(las, connection):
    """A school that loses its last pupil is answered by geengegevens, and another can come."""
    las.load_school(make_school(3, leerlingen=1, brincode=connection.brincode, schooljaar=connection.schooljaar))
    las.change_school("left")
    assert isinstance(roster(connection), GeenGegevens)
    las.change_school("enrolled")
    assert len(roster(connection).leerlingen) == 1


def test_a_loaded_roster_is_another_life(las, connection):
    """A roster from a file takes the place of everything that happened; what happens next, happens to it."""
    las.change_school("left")
    school = make_school(5, leerlingen=9, brincode=connection.brincode, schooljaar=connection.schooljaar)
    las.load_school(school)
    assert roster(connection).leerlingen == school.leerlingen
    assert las.happened() == []
    (gone,) = las.change_school("left").people
    assert [leerling for leerling in school.leerlingen if leerling.key != gone] == list(roster(connection).leerlingen)


@pytest.mark.parametrize("vendor", ["esis", "parnassys", "magister", "somtoday"])
def test_schools_of_every_vendor_live(las, vendor):
    """Every vendor's school lives for five years and is answered in that vendor's form without errors."""
    las.set_clock(now=NOVEMBER)
    las.let_happen(vendor=vendor)
    las.set_clock(now=NOVEMBER + dt.timedelta(days=5 * 365))
    connection = las.connection(vendor)
    living = roster(connection)
    assert living.school.schooljaar == "2031-2032"
    assert 25 < len(living.leerlingen) < 60
    assert len(las.happened(vendor=vendor)) > 25


def test_a_loaded_school_goes_into_the_new_year(las, connection):
    """Pupils of a roster from a file are there after 1 August, a year on, though nothing else ever happened."""
    school = make_school(5, leerlingen=30, brincode=connection.brincode, schooljaar=connection.schooljaar)
    las.load_school(school)
    las.set_clock(now=AUGUST)
    new = people(roster(las.connection()))
    stayed = [leerling for leerling in school.leerlingen if leerling.key in new]
    assert len(stayed) > 20
    assert sum(int(new[leerling.key].jaargroep) > int(leerling.jaargroep) for leerling in stayed) > 15


def test_a_roster_of_another_year_leaves_this_one_alone(las, connection):
    """Last year's roster from a file changes last year, and what happened this year goes on."""
    las.change_school("left")
    before, history = roster(connection), las.happened()
    school = make_school(5, leerlingen=30, brincode=connection.brincode, schooljaar="2025-2026")
    las.load_school(school)
    assert roster(connection, schooljaar="2025-2026").leerlingen == school.leerlingen
    assert roster(connection) == before
    assert las.happened() == history


def test_keys_are_never_given_twice(las, connection):
    """Who comes to a school that was loaded from an earlier roster of the fakes has a key that nobody had."""
    came = [las.change_school("enrolled").people[0] for _ in range(3)]
    las.load_school(roster(connection))
    came += [las.change_school("enrolled").people[0] for _ in range(3)]
    assert len(set(came)) == 6
