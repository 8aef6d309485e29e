"""What a person decided about a row holds on later nights, for as long as it is about the same person."""

from __future__ import annotations

from datetime import date

import pytest

from exchange.people import ECKID, TODAY, Imports, pupil, roster, staff

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
    [("Jan Visser", "Jan Viser"), ("Jan Jansen", "Jan Janssen"), ("Noor van den, Berg", "Noor Bergh")],
)
@pytest.mark.parametrize("known", [True, False])
def test_a_near_surname_with_one_first_name_and_birth_date_waits(imports, one, other, eckid, known):
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
