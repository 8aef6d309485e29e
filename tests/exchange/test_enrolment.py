"""Who is enrolled: by dates, by absence, after a summer; and what becomes of each field."""

from __future__ import annotations

from datetime import date, timedelta, timezone

import msgspec
import pytest

from exchange.people import ECKID, Imports, group, pupil, roster, staff, subgroup, told
from uwlr.berichten import Onleesbaar
from uwlr.berichten.waarden import ZonedDate
from uwlr.exchange.field_rules import RULES
from uwlr.exchange.leden import FIELDS
from uwlr.exchange.show import as_html, as_text


@pytest.fixture
def imports():
    """An application without anybody."""
    return Imports()


def dated(key, name, begin=None, end=None, **more):
    """A pupil with dates of enrolment."""
    days = {"instroomdatum": begin, "uitstroomdatum": end}
    return pupil(key, name, **more, **{k: date.fromisoformat(v) for k, v in days.items() if v is not None})


@pytest.mark.parametrize(
    ("begin", "end", "there"),
    [
        pytest.param("2022-08-01", "2026-11-19", False, id="left-yesterday"),
        pytest.param("2022-08-01", "2026-11-20", True, id="leaves-today"),
        pytest.param("2022-08-01", "2027-07-31", True, id="leaves-in-summer"),
        pytest.param("2026-11-21", None, False, id="comes-tomorrow"),
        pytest.param("2026-11-20", None, True, id="comes-today"),
        pytest.param("2026-08-01", "2026-07-31", True, id="came-back"),
        pytest.param("2027-01-11", "2026-07-31", False, id="comes-back-later"),
    ],
)
def test_who_is_not_enrolled_is_not_active(imports, begin, end, there):
    """A pupil is imported from the instroomdatum up to the uitstroomdatum, and shown with the dates outside of it."""
    plan = imports.plan(roster(dated("1", "Jan Bos", begin, end)))
    assert told(plan) == {"Jan Bos": "nieuw" if there else "niet importeren"}
    shown = as_text(plan)
    assert there or all(day is None or day in shown for day in (begin, end))
    imports.apply(plan)
    assert imports.leden.active() == (["Jan Bos"] if there else [])


def test_a_pupil_comes_and_goes_by_the_dates(imports):
    """Announced ahead a pupil is not active until the day, and not after the last day; nobody is asked."""
    announced = roster(dated("1", "Jan Bos", "2027-01-11", "2027-03-01"), pupil("2", "Kim Vos", "2019-02-02"))
    seen = []
    for day in ("2026-11-20", "2027-01-10", "2027-01-11", "2027-03-01", "2027-03-02"):
        plan = imports.plan(announced, today=date.fromisoformat(day), max_deactivated=1)
        imports.apply(plan)
        seen.append("Jan Bos" in imports.leden.active())
    assert seen == [False, False, True, True, False]
    assert plan.volgende is None


def test_what_only_the_dates_decide_is_asked_about_the_person_alone(imports):
    """A leaver whose number is unknown waits for who it is; the answer makes nobody active."""
    imports.take(roster(pupil("a1", "Jan Bos"), pupil("a2", "Kim Vos", "2019-02-02")), las="parnassys")
    moved = roster(dated("b1", "Jan Bos", end="2026-10-01"), pupil("b2", "Kim Vos", "2019-02-02"))
    plan = imports.plan(moved, max_deactivated=1)
    for rij in plan.open_rows:
        plan.choose(rij.nummer, "bestaand", lid=rij.kandidaten[0].id)
    imports.apply(plan)
    assert imports.leden.active() == ["Kim Vos"]


def school(year, *, first=1, last=8, keys="k", gone=(), **more):
    """A school of eight years with two pupils in each; who was in year N is in N + 1 a year later."""
    age = int(year[:4])
    people, groups = [], []
    for jaar in range(first, last + 1):
        name = f"{keys}{jaar}" if keys == "same" else f"{keys}{age}-{jaar}"
        groups.append(group(name, f"Groep {jaar}", str(jaar)))
        for one in ("An", "Bo"):
            number = age - jaar
            key = f"{number}{one}"
            if key not in gone:
                born = f"{number - 3}-01-{10 if one == 'An' else 20}"
                people.append(pupil(key, f"{one} L{number}", born, groep=name, **more))
    return roster(*people, groups=groups, year=year)


@pytest.mark.parametrize("keys", ["k", "same"])
@pytest.mark.manual("F-39")
def test_a_summer_is_one_list(imports, keys):
    """On 1 August nobody is asked about groups; last year's close, and who left is one list with one decision."""
    imports.take(school("2025-2026", keys=keys), today=date(2026, 6, 1))
    plan = imports.plan(school("2026-2027", keys=keys), today=date(2026, 8, 20))
    assert (plan.aard, plan.open_rows, plan.guarded) == ("jaarwisseling", [], False)
    assert {weg.label for weg in plan.vertrokken} == {"An L2017", "Bo L2017"}
    assert "Jaarwisseling" in as_text(plan)
    assert "An L2017 (Groep 8)" in as_text(plan)
    imports.apply(plan)
    assert len(imports.leden.active("groep")) == 8
    assert len(imports.leden.active()) == 18, "until somebody decides they stay, and every plan says so"
    again = imports.plan(school("2026-2027", keys=keys), today=date(2026, 8, 21))
    assert (again.changes, again.waits, len(again.vertrokken)) == (False, True, 2)
    again.vertrek = "deactiveren"
    imports.apply(again)
    assert len(imports.leden.active()) == 16
    assert not imports.plan(school("2026-2027", keys=keys)).waits


def test_who_stays_by_decision_is_not_asked_about_again(imports):
    """A list of leavers that was left as it is, is decided."""
    imports.take(school("2025-2026"), today=date(2026, 6, 1))
    plan = imports.plan(school("2026-2027"), today=date(2026, 8, 20))
    plan.vertrek = "laten staan"
    imports.apply(plan)
    again = imports.plan(school("2026-2027"))
    assert (again.waits, again.changes, len(imports.leden.active())) == (False, False, 18)


def test_a_year_that_comes_late_is_still_a_change_of_year(imports):
    """A LAS that gives last year's groups under the new year's name changes year when its pupils go up."""
    imports.take(school("2025-2026"), today=date(2026, 6, 1))
    old = msgspec.structs.replace(school("2025-2026"), school=school("2026-2027").school)
    imports.apply(imports.plan(old, today=date(2026, 8, 2)))
    plan = imports.plan(school("2026-2027"), today=date(2026, 8, 20))
    assert (plan.aard, plan.open_rows, plan.guarded) == ("jaarwisseling", [], False)


def test_pupils_of_a_group_that_is_not_imported_are_listed_and_left(imports):
    """A group gone from the rosters with its pupils: listed, nothing is touched."""
    both = (group(), group("g2", "Groep 4", "4"))
    left = [pupil(f"b{i}", f"Weg{i} Bos", f"2018-02-0{i + 1}", groep="g2") for i in range(2)]
    stay = [pupil(f"a{i}", f"Hier{i} Vos", f"2019-01-1{i}") for i in range(9)]
    imports.take(roster(*left, *stay, groups=both))
    plan = imports.plan(roster(*stay))
    assert ([weg.label for weg in plan.buiten], plan.deactiveren, plan.changes) == (["Weg0 Bos", "Weg1 Bos"], [], False)
    assert "Weg0 Bos (Groep 4)" in as_text(plan)
    assert "Groep 4" in as_html(plan)


@pytest.mark.manual("F-49")
def test_staff_who_left_are_listed_once_and_left(imports):
    """A member of staff who is not in the rosters any more is listed, and stays as they are."""
    imports.take(roster(pupil("1", "Jan Bos"), staff("t1", "An Prins"), staff("t2", "Bo Koning")))
    less = roster(pupil("1", "Jan Bos"), staff("t1", "An Prins"))
    plan = imports.apply(imports.plan(less))
    assert "Bo Koning" in as_text(plan)
    assert imports.leden.active("leerkracht") == ["An Prins", "Bo Koning"]
    assert imports.plan(less).personeel_weg == ()


@pytest.mark.manual("F-12", "F-14")
def test_a_group_imported_after_all_gets_its_pupils(imports):
    """Pupils of a group that was left out are in it once it is imported; both ways it is said before."""
    now = roster(pupil("1", "Jan Bos"), pupil("2", "Kim Vos", "2019-02-02"))
    plan = imports.plan(now)
    plan.choose(1, "niet importeren")
    assert [(one.wat, one.aantal) for one in plan.warnings] == [("groep weggelaten", 2)]
    assert "wordt niet geimporteerd, 2 leerlingen ervan wel" in as_text(plan)
    imports.apply(plan)
    assert imports.leden.named("Jan Bos").gegevens.groepen == ()
    plan = imports.plan(now)
    plan.choose(1, "nieuw")
    assert [rij.wijzigt for rij in plan.of("leerling")] == [("groepen",), ("groepen",)]
    plan.choose(2, "niet importeren")
    assert [(one.wat, one.aantal) for one in plan.warnings] == [("personen weggelaten", 1)]
    plan.choose(2, "bestaand")
    imports.apply(plan)
    assert imports.leden.named("Jan Bos").gegevens.groepen == ("g1",)


def test_a_new_group_of_an_old_name_in_the_same_year_is_told_by_its_pupils(imports):
    """With the same pupils it may be the old one under a new key, so a person decides; with others it is new."""
    mine = [pupil(f"{i}", f"Kind{i} Bos", f"2018-01-0{i + 1}") for i in range(4)]
    imports.take(roster(*mine))
    same = [msgspec.structs.replace(one, groep="g9") for one in mine]
    [rij] = imports.plan(roster(*same, groups=(group("g9"),))).of("groep")
    assert (rij.keuze, rij.kandidaten[0].waarom) == ("conflict", "naam, leerlingen")
    others = [pupil(f"n{i}", f"Nieuw{i} Vos", f"2019-01-0{i + 1}", groep="g9") for i in range(4)]
    [rij] = imports.plan(roster(*mine[:1], *others, groups=(group(), group("g9")))).of("groep")[1:]
    assert rij.keuze == "nieuw", "the old one is still there"


# What becomes of each field.


def test_every_field_has_its_rule():
    """Each field that is kept has a rule for when the LAS no longer sends it."""
    assert set(RULES) == {*FIELDS, "groepen"}


@pytest.mark.parametrize(
    ("before", "now", "field", "kept"),
    [
        pytest.param(
            {"achternaam": "Berg", "voorvoegsel": "van den"}, {"achternaam": "van den Berg"}, "voorvoegsel", None
        ),
        pytest.param({"achternaam": "Berg", "voorvoegsel": "van den"}, {}, "voorvoegsel", "van den"),
        pytest.param({"eckid": ECKID}, {}, "eckid", ECKID),
        pytest.param({"emailadres": "j@example.org"}, {}, "emailadres", "j@example.org"),
        pytest.param({"jaargroep": "3"}, {"jaargroep": None, "groep": None}, "jaargroep", None),
        pytest.param({"jaargroep": "3"}, {"jaargroep": "4"}, "jaargroep", "4"),
    ],
)
def test_what_the_las_no_longer_sends(imports, before, now, field, kept):
    """By the rule of its field a value stays or goes; the parts of a name go together."""
    given = {"achternaam": "Bos"} | before
    imports.take(roster(pupil("1", "Jan X", **given)))
    silent = dict.fromkeys(before) | (
        {"achternaam": None} if "achternaam" not in now and "achternaam" in before else {}
    )
    imports.apply(imports.plan(roster(pupil("1", "Jan X", **({"achternaam": "Bos"} | silent | now)))))
    assert getattr(imports.leden.named(imports.leden.find("leerling")[0].gegevens.label).gegevens, field) == kept


def test_a_jaargroep_follows_the_group(imports):
    """A pupil without a jaargroep has that of the stamgroep, also a year later; one of a combined group has none."""
    seen = []
    for year, jaar in (("2025-2026", "7"), ("2026-2027", "8"), ("2027-2028", "C")):
        now = roster(pupil("1", "Jan Bos"), groups=(group("g1", "Groep", jaar),), year=year)
        imports.apply(imports.plan(now, max_deactivated=1))
        seen.append(imports.leden.named("Jan Bos").gegevens.jaargroep)
    assert seen == ["7", "8", None]


@pytest.mark.parametrize(
    "odd",
    [
        {"achternaam": "  "},
        {"achternaam": Onleesbaar("")},
        {"geboortedatum": Onleesbaar("31-02-2018")},
        {"jaargroep": Onleesbaar(None)},
        {"groep": Onleesbaar(None)},
        {"key": Onleesbaar(None), "eckid": ECKID},
        {"emailadres": "geen"},
        {"geboortedatum": ZonedDate(2018, 1, 1, timezone(timedelta(hours=1)))},
    ],
)
def test_what_cannot_be_read_reaches_no_table(imports, odd):
    """An unreadable value is an absent one: nothing of it is kept, what was known stays, and the row says so."""
    imports.take(roster(pupil("1", "Jan Bos", eckid=ECKID), groups=(group(), group("g2", "Groep 4", "4"))))
    plan = imports.plan(roster(msgspec.structs.replace(pupil("1", "Jan Bos", eckid=ECKID), **odd)), max_deactivated=1)
    imports.apply(plan)
    kept = imports.leden.find("leerling")[0].gegevens
    assert (kept.key, kept.label, kept.geboortedatum) == ("1", "Jan Bos", "2018-01-01")
    assert "nleesbaar" not in str(msgspec.structs.asdict(kept))
    assert isinstance(odd.get("geboortedatum"), ZonedDate) or plan.of("leerling")[0].meldingen


def test_a_group_without_a_name_waits_or_keeps_the_one_it_had(imports):
    """A name that was left empty changes nothing of a known group; an unknown one needs somebody to look."""
    imports.take(roster(pupil("1", "Jan Bos")))
    nameless = msgspec.structs.replace(group(), naam="", jaargroep=Onleesbaar(None))
    imports.apply(imports.plan(roster(pupil("1", "Jan Bos"), groups=(nameless,))))
    assert imports.leden.active("groep") == ["Groep 3A"]
    plan = Imports().plan(roster(pupil("1", "Jan Bos"), groups=(nameless,)))
    assert plan.of("groep")[0].reden == "naam ontbreekt"


@pytest.mark.parametrize("ref", ["g1 ", " g1", "\tg1\n"])
def test_spaces_around_a_key_do_not_count(imports, ref):
    """A reference is followed whatever spaces are around it (EDEXML)."""
    imports.take(roster(pupil("1", "Jan Bos", groep=ref)))
    assert imports.leden.named("Jan Bos").gegevens.groepen == ("g1",)


def test_a_reference_that_leads_nowhere_is_said(imports):
    """A group that is not in the roster is no group of a pupil, and the review says so."""
    plan = imports.plan(
        roster(pupil("1", "Jan Bos", samengestelde_groepen=("weg",)), groups=(group(), subgroup("s1", "Plus")))
    )
    assert "verwijst naar een groep die niet in de gegevens staat" in as_text(plan)


@pytest.mark.parametrize(
    ("email", "ok"),
    [("a@b.nl", True), ("geen", False), ("a@b", False), ("a b@c.nl", False), ("a@@b.nl", False), ("a@b..nl", False)],
)
def test_an_email_address_is_looked_at(imports, email, ok):
    """A new member of staff whose address is none waits for one; typed by hand it is refused."""
    plan = imports.plan(roster(pupil("1", "Jan Bos"), staff("t1", "An Prins", email=email)))
    assert bool(plan.open_rows) != ok
    if not ok:
        with pytest.raises(ValueError, match="no e-mail address"):
            plan.choose(plan.open_rows[0].nummer, "nieuw", emailadres=email)


def test_two_with_one_email_address_are_shown(imports):
    """An address of two members of staff is said at both."""
    two = (staff("t1", "An Prins", email="School@example.org"), staff("t2", "Bo Koning", email="school@example.org"))
    assert (
        as_text(imports.plan(roster(pupil("1", "Jan Bos"), *two))).count("een ander heeft hetzelfde e-mailadres") == 2
    )


def test_damaged_names_are_shown(imports):
    """A name that an encoding damaged is imported, and the review says which field."""
    assert "achternaam lijkt beschadigd" in as_text(imports.plan(roster(pupil("1", "Zoë MÃ¼ller"))))


def test_the_review_shows_what_a_person_judges_by(imports):
    """Group, birth date, jaargroep and number stand beside a row that waits, which comes first, and its candidate."""
    imports.take(roster(pupil("1", "Jan Bos")), las="parnassys")
    plan = imports.plan(roster(pupil("8", "Eva Wit", "2018-09-09"), pupil("9", "Jan Bos")), las="esis")
    text, page = as_text(plan), as_html(plan, action="/x")
    assert "Groep 3A, geb. 2018-01-01, jaargroep 3, nr. 9" in text
    assert "[Groep 3A, geb. 2018-01-01, jaargroep 3, nr. 1]" in text
    assert text.index("Jan Bos") < text.index("Eva Wit")
    assert 'name="alle-leerling"' in page
    assert '<td data-kop="Geboren">2018-01-01</td>' in page
