"""What a person decided about a row holds on later nights, for as long as it is about the same person."""

from __future__ import annotations

from datetime import date

import pytest

from exchange.people import ECKID, TODAY, Imports, group, pupil, roster, staff
from uwlr.berichten import Leerling

OTHER_ECKID = f"{ECKID[:-1]}b"
LATER = date(2026, 12, 1)


@pytest.fixture
def imports():
    """An application without anybody."""
    return Imports()


def decide(imports, people, keuze, **more):
    """Plan, decide on the rows that wait, and apply; gives the plan."""
    plan = imports.plan(people, **more)
    assert plan.open_rows
    for rij in plan.open_rows:
        plan.choose(rij.nummer, keuze, zeker=True)
    plan.toegestaan = True
    return imports.apply(plan)


COMING = {"instroomdatum": date(2026, 11, 25)}
ANNOUNCED = [
    pytest.param(pupil("1", "Jan Bos"), pupil("2", "Tim Bos", **COMING), id="none-like-it"),
    pytest.param(pupil("1", "Jan Bos"), pupil("2", "Jan Bos", **COMING), id="namesake"),
    pytest.param(pupil("1", "Jan Bos"), pupil("2", "Jan Bos", eckid=ECKID, **COMING), id="eckid"),
    pytest.param(pupil("1", "Jan Bos"), pupil("1", "Kim Vos", "2019-09-09", **COMING), id="old-key"),
    pytest.param(pupil("1", "Jan Bos"), pupil("#1", "Jan Bos", **COMING), id="dummy-key"),
]


@pytest.mark.parametrize(("here", "coming"), ANNOUNCED)
def test_one_announced_who_was_chosen_as_new_is_made_once(imports, here, coming):
    """Who starts on a later day, new as a person said, is made on that day, and is that one on the nights after."""
    others = () if here.key == coming.key else (here,)
    imports.take(roster(here))
    people = roster(*others, coming)
    plan = imports.plan(people)
    for rij in plan.open_rows:
        plan.choose(rij.nummer, "nieuw", zeker=True)
    plan.toegestaan = True
    imports.apply(plan)
    for _ in range(3):
        plan = imports.plan(people, today=LATER)
        plan.toegestaan = True
        imports.apply(plan)
        assert len(imports.leden.find("leerling")) == 2
    assert [rij.keuze for rij in plan.of("leerling")] == ["bestaand"] * (len(others) + 1)
    assert not plan.changes


def test_one_made_and_undone_is_not_made_again(imports):
    """Where the import that made an announced pupil was undone, the next one takes the one that it made."""
    imports.take(roster(pupil("1", "Jan Bos")))
    people = roster(pupil("1", "Jan Bos"), pupil("2", "Jan Bos", **COMING))
    decide(imports, people, "nieuw")
    memory = imports.memory
    imports.undo(imports.apply(imports.plan(people, today=LATER)))
    imports.memory = memory
    imports.apply(imports.plan(people, today=LATER))
    assert [lid.actief for lid in imports.leden.find("leerling")] == [True, True]


@pytest.mark.parametrize(
    ("declined", "left"),
    [
        pytest.param(pupil("2", "Jan Bos", eckid=ECKID), pupil("1", "Jan Bos", eckid=ECKID), id="eckid-of-the-other"),
        pytest.param(pupil("2", "J. Bos", eckid=ECKID), pupil("1", "Jan Bos", eckid=ECKID), id="beside-an-initial"),
        pytest.param(pupil("2", "Kim Vos", eckid=ECKID), pupil("1", "Jan Bosch", eckid=ECKID), id="not-alike"),
        pytest.param(staff("2", "Jan Bos", "1@example.org"), staff("1", "Jan Bos"), id="staff-by-key"),
    ],
)
def test_a_declined_number_that_becomes_that_of_an_active_one_is_imported(imports, declined, left):
    """When the LAS merges a doubled record onto that of a known one, what was declined is no longer left out."""
    soort = "leerkracht" if isinstance(left, type(staff("1", "Jan Bos"))) else "leerling"
    mine = pupil("1", "Jan Bos") if soort == "leerling" else staff("1", "Jan Bos")
    imports.take(roster(mine))
    plan = imports.plan(roster(mine, declined))
    plan.choose(plan.of(soort)[1].nummer, "niet importeren")
    imports.apply(plan)
    for _ in range(2):
        plan = imports.plan(roster(left))
        [one] = plan.of(soort)
        assert one.keuze == "bestaand"
        imports.apply(plan)
    assert len(imports.leden.find(soort)) == 1


def test_the_key_of_one_who_was_taken_in_by_hand_is_imported(imports):
    """A row that was declined is imported once its number is that of somebody active."""
    imports.take(roster(pupil("1", "Jan Bos")))
    plan = imports.plan(roster(pupil("1", "Jan Bos"), pupil("2", "Kim Vos", "2019-02-02")))
    plan.choose(plan.of("leerling")[1].nummer, "niet importeren")
    imports.apply(plan)
    again = imports.plan(roster(pupil("1", "Jan Bos"), pupil("2", "Kim Vos", "2019-02-02")))
    imports.leden.create("leerling", again.of("leerling")[1].gegevens)
    after = imports.plan(roster(pupil("1", "Jan Bos"), pupil("2", "Kim Vos", "2019-02-02")))
    assert after.of("leerling")[1].keuze == "bestaand"


@pytest.mark.parametrize("eckid", [None, ECKID])
def test_an_active_one_who_was_declined_knowingly_stays_so(imports, eckid):
    """Not importing the row of somebody known is a choice too, and holds for as long as it is that one."""
    people = roster(pupil("1", "Jan Bos", eckid=eckid))
    imports.take(people)
    plan = imports.plan(people)
    plan.choose(plan.of("leerling")[0].nummer, "niet importeren")
    imports.apply(plan)
    for _ in range(2):
        plan = imports.apply(imports.plan(roster(pupil("1", "Jan Bosch", eckid=eckid))))
        assert [rij.keuze for rij in plan.of("leerling")] == ["niet importeren"]


RENAMED = [
    pytest.param(pupil("2", "Jan Bos"), pupil("2", "Jan Groot"), "niet importeren", id="surname"),
    pytest.param(pupil("2", "Jan Bos"), pupil("2", "Johannes Bos"), "niet importeren", id="roepnaam"),
    pytest.param(pupil("2", "Jan Bos"), pupil("2", "Jan Groot", eckid=ECKID), "niet importeren", id="eckid-added"),
    pytest.param(pupil("2", "Jan Bos"), pupil("2", "Kim Vos", "2019-09-09"), "conflict", id="another"),
    pytest.param(staff("2", "Jan Bos", None), staff("2", "Jan Groot", "2@example.org"), "niet importeren", id="staff"),
    pytest.param(staff("2", "Jan Bos", None), staff("2", "Kim Vos", "2@example.org"), "conflict", id="other-staff"),
]


@pytest.mark.parametrize(("before", "now", "keuze"), RENAMED)
def test_a_declined_row_stays_so_under_another_name(imports, before, now, keuze):
    """Niet importeren holds by key when a name changes; where the key seems to be another's, a person is asked."""
    soort = "leerkracht" if isinstance(before, type(staff("1", "Jan Bos"))) else "leerling"
    mine = staff("1", "Jan Bos") if soort == "leerkracht" else pupil("1", "Jan Bos")
    imports.take(roster(mine))
    decide(imports, roster(mine, before), "niet importeren")
    plan = imports.plan(roster(mine, now))
    assert [rij.keuze for rij in plan.of(soort)] == ["bestaand", keuze]
    if keuze == "conflict":
        plan.choose(plan.of(soort)[1].nummer, "niet importeren")
    imports.apply(plan)
    assert [rij.keuze for rij in imports.plan(roster(mine, now)).of(soort)] == ["bestaand", "niet importeren"]


@pytest.mark.parametrize("eckid", [None, ECKID])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jan Visser", "Jan Viser"),
        ("Jan Jansen", "Jan Janssen"),
        ("Noor van den, Berg", "Noor Bergh"),
        ("Selam Rahimi", "Sellam Rahimi"),
        ("Sven Dijkstra", "Svenn Dykstra"),
        ("Tim van der, Heijden", "Tiem van der, Heijden"),
        ("Boaz de, Graaf", "Boaz de, Graaph"),
        ("Max Vos", "Maks Fos"),
        ("Bo Schut", "Boo Sgut"),
        ("Cas Kleyn", "Kas Klein"),
        ("Kim Visser", "Visser Kim"),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_a_near_name_with_one_birth_date_waits(imports, one, other, eckid, known):
    """Enrolled twice with a letter more or less: it waits, beside a row that is certain and one that is not."""
    first, second = pupil("1", one, eckid=eckid), pupil("2", other)
    if known:
        imports.take(roster(first))
    for people in (roster(first, second), roster(second, first)):
        rows = {rij.gegevens.key: rij for rij in imports.plan(people).of("leerling")}
        assert rows["1"].keuze == ("bestaand" if known else "conflict")
        assert (rows["2"].keuze, rows["2"].dubbel) == ("conflict", (rows["1"].nummer,))
        assert [kandidaat.rij for kandidaat in rows["2"].kandidaten] == ([rows["1"].nummer] if known else [])
    plan = imports.plan(roster(first, second))
    for rij in plan.open_rows:
        plan.choose(rij.nummer, "niet importeren" if rij.gegevens.key == "2" else "nieuw", zeker=True)
    imports.apply(plan)
    assert not imports.plan(roster(first, second)).open_rows


@pytest.mark.parametrize(
    ("other", "born"), [("Tim Viser", "2018-01-01"), ("Jan Viser", "2018-06-06"), ("Jan Groot", "2018-01-01")]
)
def test_a_sibling_and_a_namesake_do_not_wait(imports, other, born):
    """Twins differ in roepnaam, namesakes in birth date, and a surname that is far is another's."""
    imports.take(roster(pupil("1", "Jan Visser")), today=TODAY)
    plan = imports.plan(roster(pupil("1", "Jan Visser"), pupil("2", other, born)))
    assert [rij.keuze for rij in plan.of("leerling")] == ["bestaand", "nieuw"]


ONCE = [
    pytest.param(pupil("1", "Jan Visser"), pupil("2", "Jan Visser", "2018-01-11"), True, id="slip-in-the-date"),
    pytest.param(pupil("1", "Jan Visser", None), pupil("2", "Jan Viser", None), True, id="no-dates-one-group"),
    pytest.param(pupil("1", "Jan Visser"), pupil("2", "Jann Visser", None), True, id="one-date-one-group"),
    pytest.param(pupil("1", "Jan Visser", None), pupil("2", "Jann Visser", None, groep="g2"), False, id="brothers"),
    pytest.param(pupil("1", "Jan Visser", None), pupil("2", "Kim Visser", None), False, id="no-dates-other-name"),
    pytest.param(pupil("1", "Jan Visser", eckid=ECKID), pupil("2", "Jan Viser", eckid=OTHER_ECKID), False, id="eckids"),
    pytest.param(staff("1", "Jan Visser"), staff("2", "Jan Viser", None), True, id="staff-one-group"),
    pytest.param(staff("1", "Jan Visser"), staff("2", "Jan Viser", "1@example.org", ()), True, id="staff-one-address"),
    pytest.param(staff("1", "Jan Visser"), staff("2", "Jan Viser"), False, id="staff-two-addresses"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "waits"), ONCE)
def test_rows_of_one_roster_that_may_be_one_person(imports, one, other, waits):
    """Without a birth date, or with a slip in it, the group or the address tells whether a near name waits."""
    groups = (group(), group("g2", "Groep 6", "6"))
    imports.take(roster(one, groups=groups))
    for people in ((one, other), (other, one)):
        plan = imports.plan(roster(*people, groups=groups))
        rows = {rij.gegevens.key: rij for soort in ("leerling", "leerkracht") for rij in plan.of(soort)}
        assert rows["1"].keuze == "bestaand"
        assert rows["2"].keuze == ("conflict" if waits else "nieuw")


@pytest.mark.parametrize(
    ("gone", "now", "waits"),
    [
        ("Jan Visser", "Jan Viser", True),
        ("Jan Visser", "Jann Visser", True),
        ("Noor van den, Berg", "Noor Bergh", True),
        ("Jan Visser", "Kim Visser", False),
        ("Jan Visser", "Jan Groot", False),
        ("Jan Visser", "Jann Viser", False),
    ],
)
@pytest.mark.parametrize(("before", "born"), [(None, None), ("2018-01-01", None), (None, "2018-01-01")])
def test_a_near_name_without_a_birth_date_is_never_silently_new(imports, gone, now, before, born, waits):
    """One part of the name the same and the other near is offered, in whatever group, where a birth date is missing."""
    groups = (group(), group("g2", "Groep 6", "6"))
    imports.take(roster(pupil("1", gone, before), groups=groups))
    [rij] = imports.plan(roster(pupil("2", now, born, groep="g2"), groups=groups)).of("leerling")
    assert rij.keuze == ("conflict" if waits else "nieuw")


@pytest.mark.parametrize("key", ["#001", None])
@pytest.mark.parametrize("then", ["own-key", "gone"])
def test_a_row_that_is_gone_says_nothing_about_one_that_says_the_same(imports, key, then):
    """Who a row without a usable number was is forgotten with the row: a namesake who comes later waits."""
    first = pupil(key, "Jan Bos", None, eckid=None)
    plan = imports.plan(roster(first, pupil("9", "Kim Vos")))
    for rij in plan.open_rows:
        plan.choose(rij.nummer, "nieuw")
    imports.apply(plan)
    assert not imports.plan(roster(first, pupil("9", "Kim Vos"))).open_rows
    later = (pupil("7", "Jan Bos", None),) if then == "own-key" else ()
    for people in (roster(*later, pupil("9", "Kim Vos")), roster(pupil("9", "Kim Vos"))):
        plan = imports.plan(people)
        plan.choose_proposed()
        for rij in plan.open_rows:
            plan.choose(rij.nummer, "bestaand", lid=rij.kandidaten[0].id)
        plan.toegestaan = True
        imports.apply(plan)
    [waits] = imports.plan(roster(first, pupil("9", "Kim Vos"))).open_rows
    assert waits.gegevens.label == "Jan Bos"


@pytest.mark.parametrize(
    ("known", "now"),
    [
        pytest.param(pupil("1", "Jan Bos", eckid=ECKID), pupil("1", "Jan Bos", eckid=OTHER_ECKID), id="another-eckid"),
        pytest.param(pupil("1", "Jan Bos", None, eckid=ECKID), pupil("1", "Jan Bos", eckid=OTHER_ECKID), id="no-date"),
        pytest.param(pupil("1", "Jan Bos", eckid=ECKID), pupil("2", "Kim Vos", "2012-12-12", eckid=ECKID), id="other"),
        pytest.param(pupil("1", "Jan Bos"), pupil("1", "Jan Vos", "2012-12-12"), id="other-at-the-key"),
        pytest.param(staff("1", "Jan Bos", eckid=ECKID), staff("1", "Jan Bos", eckid=OTHER_ECKID), id="staff"),
    ],
)
def test_declined_with_the_old_numbers_removed_stays_declined(imports, known, now):
    """Who loses their numbers to a row that is not imported is in no row then, and the row is not asked about again."""
    people = roster(now, groups=[group("g2", "Groep 4", "4")])
    imports.take(roster(known))
    plan = imports.plan(people)
    [waits] = plan.open_rows
    plan.choose(waits.nummer, "niet importeren", verwijder_nummers=True)
    plan.toegestaan = True
    imports.apply(plan)
    assert len(imports.leden.active("leerling" if isinstance(now, Leerling) else "leerkracht")) == 1
    again = imports.plan(people)
    assert [rij.keuze for rij in again.rijen if rij.soort != "groep"] == ["niet importeren"]
