"""Guards: an import that is strange as a whole waits, whatever its rows say; a usual night does not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from exchange.people import ECKID, Imports, group, pupil, roster, staff, subgroup
from uwlr.exchange import NotReady
from uwlr.exchange.carried_decisions import carry_over
from uwlr.exchange.guards import GUARDS
from uwlr.exchange.show import as_text

MADE = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
STAM = tuple(group(f"g{i}", f"Groep {i}", str(i)) for i in range(1, 5))
SIZE = 40


def eckid(number):
    """One of a pupil's own."""
    return ECKID[:-4] + f"{number:04}"


def people():
    """Forty pupils in four groups, half of them in a sub-group, and eight of staff."""
    found = []
    for i in range(SIZE):
        sub = ("s1",) if i % 2 else ()
        born = f"20{12 + i % 8}-0{1 + i % 9}-{10 + i % 18}"
        name = f"Kind{chr(65 + i // 26)}{chr(97 + i % 26)} Bos{chr(97 + i % 26)}{chr(97 + i // 26)}man"
        more = {"samengestelde_groepen": sub, "eckid": eckid(i), "jaargroep": str(1 + i % 4)}
        found.append(pupil(f"p{i:02}", name, born, groep=f"g{1 + i % 4}", **more))
    return found + [staff(f"t{i}", f"Juf{i} Prins{chr(97 + i)}", groepen=(f"g{1 + i % 4}",)) for i in range(8)]


def school(change=None, *, groups=None, **more):
    """The school, with each pupil or member of staff changed; None leaves one out."""
    changed = [one if change is None else change(i, one) for i, one in enumerate(people())]
    groups = (*STAM, subgroup("s1", "Plus")) if groups is None else groups
    return roster(*(one for one in changed if one is not None), groups=groups, **{"aanmaakdatum": MADE, **more})


@pytest.fixture
def imports():
    """An application that imported the school yesterday."""
    imports = Imports()
    imports.apply(imports.plan(school()))
    return imports


def of_pupils(count, **values):
    """Change so many pupils."""

    def change(number, one):
        made = {name: value(number) if callable(value) else value for name, value in values.items()}
        return msgspec.structs.replace(one, **made) if number < count else one

    return change


def leave(count, first=0):
    """Leave so many out."""
    return lambda number, one: None if first <= number < first + count else one


INCIDENTS = {
    "deactiveren": lambda n: school(leave(n)),
    "ontbreken": lambda n: school(leave(n)),
    "stamgroep kwijt": lambda n: school(of_pupils(n, groep=None)),
    "samengestelde groepen kwijt": lambda n: school(of_pupils(2 * n, samengestelde_groepen=())),
    "van groep veranderd": lambda n: school(of_pupils(n, groep=lambda i: f"g{1 + (i + 1) % 4}")),
    "personeel weg": lambda n: school(leave(n, SIZE)),
    "sleutels veranderd": lambda n: school(of_pupils(n, key=lambda i: f"nieuw{i}")),
    "ECK-iD veranderd": lambda n: school(of_pupils(n, eckid=lambda i: eckid(i + 500))),
    "geboortedatum veranderd": lambda n: school(of_pupils(n, geboortedatum=lambda i: date(2015, 1, 1 + i % 28))),
    "namen veranderd": lambda n: school(of_pupils(n, achternaam=lambda i: f"Anders{chr(97 + i % 26)}")),
    "jaargroep veranderd": lambda n: school(of_pupils(n, jaargroep="B")),
}
OF = {"samengestelde groepen kwijt": SIZE // 2, "personeel weg": 8, "namen veranderd": 48, "sleutels veranderd": 48}


@pytest.mark.parametrize("name", INCIDENTS)
def test_above_its_share_a_guard_stops_an_import(imports, name):
    """One more than the share waits and says in Dutch what is strange; at the share nothing does."""
    guard = GUARDS[name]
    most = int(guard.share * OF.get(name, SIZE))
    above = imports.plan(INCIDENTS[name](most + 1))
    assert [alarm.wat for alarm in above.alarms if alarm.wat == name] == [name]
    assert guard.would in as_text(above)
    with pytest.raises(NotReady):
        imports.apply(above)
    assert [alarm.wat for alarm in imports.plan(INCIDENTS[name](most)).alarms if alarm.wat == name] == []
    above.toegestaan = True
    assert not above.guarded


@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("groepen hernoemd", school(groups=tuple(msgspec.structs.replace(g, naam=f"Klas {g.key}") for g in STAM))),
        ("geen groepen", school(groups=())),
        ("ouder dan de vorige", school(aanmaakdatum=datetime(2026, 11, 18, tzinfo=UTC))),
        ("ontbreken", school(leave(SIZE))),
        ("ontbreken", school(leave(SIZE // 2))),
    ],
)
def test_a_whole_that_is_strange_waits(imports, name, now):
    """Groups renamed in mass or gone, a roster older than the last, an empty or half one: all wait."""
    plan = imports.plan(now)
    assert name in [alarm.wat for alarm in plan.alarms]
    assert plan.guarded


@pytest.mark.parametrize(
    "usual",
    [
        pytest.param(school(), id="nothing"),
        pytest.param(school(leave(2)), id="two-left"),
        pytest.param(school(of_pupils(2, groep=lambda i: f"g{1 + (i + 1) % 4}")), id="two-moved"),
        pytest.param(school(of_pupils(40, roepnaam=None)), id="first-names-left-out"),
        pytest.param(school(of_pupils(40, geboortedatum=None)), id="birth-dates-left-out"),
        pytest.param(school(lambda _, one: msgspec.structs.replace(one, achternaam=f"{one.achternaam} ")), id="spaces"),
        pytest.param(school(aanmaakdatum=None), id="without-moment"),
        pytest.param(school(leave(1, SIZE)), id="one-teacher-left"),
    ],
)
def test_a_usual_night_passes(imports, usual):
    """What happens in any week, and another habit of the LAS, stops nothing."""
    assert imports.plan(usual).alarms == ()


def test_after_undoing_the_next_import_waits(imports):
    """An import that was undone would be done again the next night, so that one waits."""
    imports.memory = msgspec.structs.replace(imports.memory, teruggedraaid=True)
    plan = imports.plan(school(leave(1)))
    assert [alarm.wat for alarm in plan.alarms] == ["teruggedraaid"]
    plan.toegestaan = True
    imports.apply(plan)
    assert not imports.memory.teruggedraaid


@pytest.mark.parametrize(("left", "stopped"), [(0, True), (2, True), (4, False)])
def test_the_empty_roster_of_a_small_school_among_large_ones_stops(left, stopped):
    """Of two schools in one import, the small one's empty or half roster is seen, though few of all pupils are gone."""
    small = [pupil(f"k{i}", f"Klein{chr(97 + i)} Vis{chr(97 + i)}ser", f"2014-05-1{i}") for i in range(5)]
    imports = Imports()
    imports.apply(imports.plan(("99XX00", school()), ("99YY00", roster(*small))))
    plan = imports.plan(("99XX00", school()), ("99YY00", roster(*small[:left])))
    assert [(one.wat, one.aantal, one.van) for one in plan.alarms] == ([("ontbreken", 5 - left, 5)] if stopped else [])


def without_a_group(*gone):
    """The school without some of its groups and their pupils."""
    groups = tuple(one for one in (*STAM, subgroup("s1", "Plus")) if one.key not in gone)
    return school(lambda _, one: None if getattr(one, "groep", None) in gone else one, groups=groups)


STRANGE = {
    **{name: change(SIZE // 2 if name != "personeel weg" else 8) for name, change in INCIDENTS.items()},
    "half of the ECK-iDs left out": school(of_pupils(SIZE // 2, eckid=None)),
    "all ECK-iDs left out": school(of_pupils(SIZE, eckid=None)),
    "all groups gone": school(groups=()),
    "all groups and some pupils gone": school(leave(6), groups=()),
    "a group and its pupils gone": without_a_group("g1"),
    "two groups and their pupils gone": without_a_group("g1", "g2"),
    "groups renamed": school(groups=tuple(msgspec.structs.replace(g, naam=f"Klas {g.key}") for g in STAM)),
    "older": school(leave(1), aanmaakdatum=datetime(2026, 11, 18, tzinfo=UTC)),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_a_person_let_pass_holds_the_next_night(imports, name):
    """A guard that a person let pass is silent about the very same, every night from then on."""
    plan = imports.plan(STRANGE[name])
    assert plan.guarded
    imports.take(STRANGE[name])
    for _ in range(2):
        plan = imports.apply(imports.plan(STRANGE[name]))
        assert (plan.alarms, plan.changes) == ((), False)


def test_only_what_is_new_of_it_counts(imports):
    """Of ECK-iDs that a LAS leaves out, those that a person let pass count no more; others of the same do."""
    imports.take(school(of_pupils(10, eckid=None)))
    assert imports.plan(school(of_pupils(13, eckid=None))).alarms == ()
    [alarm] = imports.plan(school(of_pupils(20, eckid=None))).alarms
    assert (alarm.wat, alarm.aantal, alarm.van) == ("ECK-iD veranderd", 10, 30)
    changed = imports.plan(school(of_pupils(10, eckid=lambda i: eckid(i + 500)))).alarms
    assert ("ECK-iD veranderd", 10, 40) in [(alarm.wat, alarm.aantal, alarm.van) for alarm in changed]


def test_what_was_right_again_is_strange_again(imports):
    """ECK-iDs that came back and go once more stop an import as the first time."""
    for _ in range(2):
        assert imports.plan(school(of_pupils(20, eckid=None))).guarded
        imports.take(school(of_pupils(20, eckid=None)))
        imports.take(school())


@pytest.mark.parametrize(
    ("first", "then", "held"),
    [
        (20, school(of_pupils(20, eckid=None)), True),
        (20, school(of_pupils(18, eckid=None)), True),
        (20, school(of_pupils(21, eckid=None)), False),
        (20, school(of_pupils(20, eckid=None, geboortedatum=date(2015, 1, 1))), False),
        (0, school(leave(12)), False),
    ],
)
def test_leave_to_pass_is_for_what_was_seen(imports, first, then, held):
    """A plan that is made anew is let pass for what a person saw, or less of it, and for nothing else."""
    seen = imports.plan(school(of_pupils(first, eckid=None)))
    seen.toegestaan = True
    again = imports.plan(then)
    carry_over(seen, again)
    assert again.guarded is not held
