"""Imports: matching, review, guard, and that nothing is written before apply or twice."""

from __future__ import annotations

import msgspec
import pytest
from click.testing import CliRunner

from uwlr.cli import main
from uwlr.errors import ConfigurationError
from uwlr.exchange import Bron, Gegevens, Importer, Koppelingen, NoRoster, NotReady, SqlLeden, Stale
from uwlr.exchange.leden import SOORTEN
from uwlr.exchange.matching import make_plan
from uwlr.exchange.show import as_html, as_text
from uwlr.testing import make_school


def complete(plan):
    """Type an e-mail address for each member of staff who needs one."""
    for rij in plan.open_rows:
        plan.choose(rij.nummer, "nieuw", emailadres="iemand@example.org")
    return plan


def imported(store, koppeling, **more):
    """Do the first import of a school."""
    importer = Importer(store, **more)
    importer.apply(complete(importer.plan(koppeling)))
    return importer


def planned(leden, roster, **more):
    """Plan one roster."""
    return make_plan(1, roster.school.schooljaar, [("99XX00", roster)], leden, **more)


def take(store, roster, school="s1"):
    """Fill the application's tables from a roster."""
    leden = SqlLeden(store, school)
    plan = planned(leden, roster)
    with leden.transaction():
        for rij in plan.rijen:
            leden.create(rij.soort, rij.gegevens)
    return leden


def changed(roster, **fields):
    """The roster with its first pupil changed."""
    first = msgspec.structs.replace(roster.leerlingen[0], **fields)
    return msgspec.structs.replace(roster, leerlingen=(first, *roster.leerlingen[1:]))


@pytest.fixture
def roster():
    """A small school."""
    return make_school(seed=3, leerlingen=16)


@pytest.mark.manual("A-37", "A-41", "A-46", "A-50", "A-51", "A-53", "F-11", "F-20")
def test_first_import_and_again(store, couple, las):
    """All is new at first, staff without e-mail waits (R21); nothing is written before apply (R9), and then once."""
    koppeling = couple(store)
    importer = Importer(store)
    plan = importer.plan(koppeling)
    leden = SqlLeden(store, "s1")
    assert plan.telling("leerling").nieuw == 30
    assert all(rij.keuze == "nieuw" for rij in plan.rijen)
    assert [leden.find(soort) for soort in SOORTEN] == [[], [], []]
    with pytest.raises(NotReady, match="leerkracht"):
        importer.apply(plan)
    assert leden.find("groep") == []
    done = importer.apply(complete(plan))
    assert done["leerling"].nieuw == len(leden.find("leerling")) == 30
    assert importer.apply(plan)["leerling"].nieuw == 0
    assert len(leden.find("leerling")) == 30
    again = importer.plan(koppeling)
    assert not again.changes
    assert again.telling("leerling").ongewijzigd == 30
    assert importer.apply(again)["groep"].nieuw == 0


@pytest.mark.manual("A-63", "F-15")
def test_a_pupil_who_left_is_deactivated_and_comes_back(store, couple, las):
    """A pupil missing from an imported group is deactivated, not deleted (R8), and active again when they return."""
    koppeling = couple(store)
    importer = imported(store, koppeling)
    before = importer.plan(koppeling)
    gone = before.of("leerling")[0]
    las.change_school("left", who=gone.gegevens.key)
    plan = importer.plan(Koppelingen(store).get(koppeling.id))
    assert [weg.lid for weg in plan.deactiveren] == [gone.lid]
    importer.apply(plan)
    leden = {lid.id: lid for lid in SqlLeden(store, "s1").find("leerling")}
    assert not leden[gone.lid].actief
    las.reset()
    las.set_clock(now=store.now())
    back = importer.plan(koppeling)
    assert back.of("leerling")[0].wijzigt == ("actief",)
    importer.apply(back)
    assert all(lid.actief for lid in SqlLeden(store, "s1").find("leerling"))


def test_eckid_before_key(lite, roster):
    """A pupil with a new LAS key is found by ECK-iD; without one, the key decides."""
    leden = take(lite, roster)
    plan = planned(leden, changed(roster, key="nieuw1"))
    first = plan.of("leerling")[0]
    assert (first.keuze, first.reden, first.wijzigt) == ("bestaand", "ECK-iD bekend", ("key",))
    plan = planned(leden, changed(roster, eckid=None))
    assert plan.of("leerling")[0].reden == "sleutel bekend"


@pytest.mark.manual("A-54")
def test_a_name_never_decides(lite, roster):
    """Somebody with the same name and birth date but another key is a conflict with a candidate, never a match."""
    leden = take(lite, roster)
    plan = planned(leden, changed(roster, key="nieuw1", eckid=None))
    row = plan.of("leerling")[0]
    assert row.keuze == "conflict"
    assert row.kandidaten[0].waarom == "naam, geboortedatum, groep"
    with pytest.raises(NotReady):
        plan.check()
    plan.choose(row.nummer, "bestaand", lid=row.kandidaten[0].id)
    plan.check()
    assert plan.deactiveren == []
    with pytest.raises(ConfigurationError, match="another row"):
        plan.choose(plan.of("leerling")[1].nummer, "bestaand", lid=row.lid)


@pytest.mark.parametrize("change", ["other-eckid", "two-people"])
def test_contradictions_are_conflicts(lite, roster, change):
    """ECK-iD and key that point at different people wait for a person."""
    leden = take(lite, roster)
    one, other = roster.leerlingen[:2]
    assert one.eckid
    assert other.eckid
    fields = {"eckid": "https://ketenid.nl/0/andere"} if change == "other-eckid" else {"key": other.key}
    plan = planned(leden, changed(roster, **fields))
    assert plan.of("leerling")[0].keuze == "conflict"


def test_migrated_keys_are_found(lite, roster):
    """After the LAS renewed its keys, persons are found by the list of old and new keys."""
    leden = take(lite, roster)
    old = roster.leerlingen[0].key
    plan = planned(leden, changed(roster, key="uuid-1", eckid=None), new_keys={old: "uuid-1"})
    assert (plan.of("leerling")[0].keuze, plan.of("leerling")[0].wijzigt) == ("bestaand", ("key",))


@pytest.mark.manual("F-13", "F-17")
def test_groups_that_are_not_in_the_import_are_left_alone(lite, roster):
    """Pupils of a group that is not in the roster, or is set to niet importeren, are not deactivated (R8)."""
    leden = take(lite, roster)
    gone = roster.leerlingen[0]
    rest = msgspec.structs.replace(roster, leerlingen=roster.leerlingen[1:])
    plan = planned(leden, rest)
    assert len(plan.deactiveren) == 1
    [groep] = [rij for rij in plan.of("groep") if rij.gegevens.key == gone.groep]
    plan.choose(groep.nummer, "niet importeren")
    assert plan.deactiveren == []
    without = msgspec.structs.replace(rest, groepen=tuple(g for g in roster.groepen if g.key != gone.groep))
    assert planned(leden, without).deactiveren == []


def test_guard(lite, roster):
    """An import that would deactivate more than a fifth is stopped, until a person allows it."""
    leden = take(lite, roster)
    plan = planned(leden, msgspec.structs.replace(roster, leerlingen=roster.leerlingen[:8]))
    assert len(plan.deactiveren) == 8
    with pytest.raises(NotReady, match="8 of 16"):
        plan.check()
    plan.toegestaan = True
    plan.check()


def test_locations_are_merged(lite, roster):
    """A pupil who comes back under two BRINs is one row that names both."""
    plan = make_plan(1, "2025-2026", [("99XX00", roster), ("99XX01", roster)], SqlLeden(lite, "s1"))
    assert len(plan.of("leerling")) == 16
    assert plan.of("leerling")[0].bronnen == ("99XX00", "99XX01")


def test_one_key_of_two_pupils_is_no_duplicate(lite, roster):
    """Pupils of two BRINs with one LAS key and other ECK-iDs stay two people, now and at the next import."""
    other = make_school(seed=4, leerlingen=3, brincode="99YY")
    twin = msgspec.structs.replace(other.leerlingen[0], key=roster.leerlingen[0].key)
    other = msgspec.structs.replace(other, leerlingen=(twin, *other.leerlingen[1:]))
    rosters = [("99XX00", roster), ("99YY00", other)]
    leden = SqlLeden(lite, "s1")
    plan = make_plan(1, "2025-2026", rosters, leden)
    pair = [rij for rij in plan.of("leerling") if rij.gegevens.key == twin.key]
    assert [(rij.keuze, rij.bronnen) for rij in pair] == [("nieuw", ("99XX00",)), ("nieuw", ("99YY00",))]
    with leden.transaction():
        for rij in plan.rijen:
            leden.create(rij.soort, rij.gegevens)
    again = make_plan(1, "2025-2026", rosters, leden)
    known = [rij for rij in again.of("leerling") if rij.gegevens.key == twin.key]
    assert [(rij.keuze, rij.reden) for rij in known] == [("bestaand", "ECK-iD bekend")] * 2


def test_two_names_under_one_key_wait(lite, roster):
    """Without ECK-iD, two people with one LAS key are both shown, and neither is imported unseen."""
    one, two = (msgspec.structs.replace(leerling, key="1", eckid=None) for leerling in roster.leerlingen[:2])
    plan = planned(SqlLeden(lite, "s1"), msgspec.structs.replace(roster, leerlingen=(one, two)))
    assert [rij.keuze for rij in plan.of("leerling")] == ["conflict", "conflict"]


def test_a_person_without_key_and_eckid_waits(lite, couple):
    """Somebody without key and ECK-iD is a row that waits; leaving them out leaves out nobody else later."""
    koppeling = couple(lite)
    importer = Importer(lite)
    [(bron, roster)] = importer.fetch(koppeling)
    roster = changed(roster, key=None, eckid=None)
    plan = complete(importer.plan(koppeling, [(bron, roster)]))
    row = plan.of("leerling")[0]
    plan.choose(row.nummer, "niet importeren")
    importer.apply(plan, recheck=False)
    again = importer.plan(Koppelingen(lite).get(koppeling.id), [(bron, roster)])
    assert (again.of("leerling")[0].keuze, len(again.open_rows)) == ("conflict", 1)


def test_keys_of_another_las_decide_nothing(lite, roster):
    """A known key with all other names waits for a person; keys of an old LAS can be forgotten (R13)."""
    leden = take(lite, msgspec.structs.replace(roster, leerlingen=roster.leerlingen[:8]))
    with leden.transaction():
        for lid in leden.find("leerling"):
            leden.update("leerling", lid.id, msgspec.structs.replace(lid.gegevens, eckid=""))
    moved = [
        msgspec.structs.replace(new, key=old.key, eckid=None)
        for old, new in zip(roster.leerlingen[:8], roster.leerlingen[8:], strict=True)
    ]
    other = msgspec.structs.replace(roster, leerlingen=tuple(moved))
    strangers = [rij for rij in planned(leden, other).of("leerling") if rij.keuze == "conflict"]
    assert len(strangers) >= 6
    assert all("andere naam" in rij.reden for rij in strangers)
    assert leden.forget_keys() == len([lid for soort in SOORTEN for lid in leden.find(soort)])
    assert {rij.keuze for rij in planned(leden, other).of("leerling")} == {"nieuw"}


@pytest.mark.manual("A-57")
def test_what_is_not_imported_stays_so(lite, couple):
    """A group and a pupil that were left out stay out of the next plan, which then changes nothing."""
    koppeling = couple(lite)
    importer = Importer(lite)
    plan = complete(importer.plan(koppeling))
    for soort in ("groep", "leerling"):
        plan.choose(plan.of(soort)[0].nummer, "niet importeren")
    importer.apply(plan)
    assert len(SqlLeden(lite, "s1").find("leerling")) == 29
    again = importer.plan(Koppelingen(lite).get(koppeling.id))
    assert again.of("leerling")[0].reden == "eerder zo gekozen"
    assert not again.changes


def test_stale_plans_are_made_again(store, couple, las):
    """A plan says so when the roster or the tables changed; decisions that still hold are taken over."""
    koppeling = couple(store)
    importer = Importer(store)
    old = complete(importer.plan(koppeling))
    old.choose(old.of("leerling")[3].nummer, "niet importeren")
    importer.save(old)
    las.change_school("enrolled")
    newer = importer.plan(koppeling)
    assert newer.of("leerling")[3].keuze == "niet importeren"
    assert newer.open_rows == []
    with pytest.raises(Stale, match="vervallen"):
        importer.apply(old)
    leden = SqlLeden(store, "s1")
    with leden.transaction():
        leden.create("groep", Gegevens(naam="Instroom"))
    with pytest.raises(Stale, match="tables"):
        importer.apply(newer)
    newest = importer.replan(newer)
    importer.apply(newest)
    assert len(leden.find("leerling")) == 30
    las.reset()
    assert importer.apply(newest)["leerling"].nieuw == 0, "it was applied before"


def test_a_roster_that_changed_since_the_plan(store, couple, las):
    """A plan is not applied when the LAS has another roster by then; nothing is written, and the new plan shows it."""
    koppeling = couple(store)
    importer = Importer(store)
    plan = complete(importer.plan(koppeling))
    plan.choose(plan.of("leerling")[3].nummer, "niet importeren")
    importer.save(plan)
    las.change_school("enrolled")
    with pytest.raises(Stale, match="roster"):
        importer.apply(plan)
    assert SqlLeden(store, "s1").find("leerling") == []
    newer = importer.replan(plan)
    assert (newer.telling("leerling").nieuw, newer.telling("leerling").niet_importeren) == (30, 1)
    assert importer.apply(newer)["leerling"].nieuw == 30


def test_apply_is_all_or_nothing(store, couple):
    """When writing fails half way, nothing was written and the plan is still open."""

    class Failing(SqlLeden):
        def create(self, soort, gegevens):
            if soort == "leerling":
                raise OSError("disk full")
            return super().create(soort, gegevens)

    koppeling = couple(store)
    importer = Importer(store, leden=lambda k, session: Failing(store, k.school, session))
    plan = complete(importer.plan(koppeling))
    importer.save(plan)
    with pytest.raises(OSError, match="disk full"):
        importer.apply(plan)
    assert SqlLeden(store, "s1").find("groep") == []
    assert importer.open_plan(koppeling.id).id == plan.id


def test_an_empty_answer_is_no_empty_school(lite, couple, las):
    """When the LAS has no data, the import fails rather than deactivate everybody."""
    koppeling = couple(lite)
    importer = imported(lite, koppeling)
    las.change_school("empty")
    with pytest.raises(NoRoster, match="GeenGegevens"):
        importer.plan(koppeling)


def test_a_paused_koppeling_is_not_asked(lite, couple, las):
    """While a koppeling is paused nothing is fetched (R7)."""
    koppeling = couple(lite)
    calls = len(las.exchanges())
    with pytest.raises(ConfigurationError, match="gepauzeerd"):
        Importer(lite).plan(Koppelingen(lite).pause(koppeling.id))
    assert len(las.exchanges()) == calls


def test_several_brins(lite, couple, las):
    """A koppeling with two BRINs fetches both."""
    las.add_school(vendor="magister", brincode="99MN", leerlingen=12)
    to = las.connection("magister")
    both = [Bron(brincode=to.brincode), Bron(brincode="99MN")]
    plan = Importer(lite).plan(couple(lite, "magister", bronnen=both))
    assert {bron for rij in plan.rijen for bron in rij.bronnen} == {to.brincode, "99MN"}


@pytest.mark.manual("A-61")
def test_shown(lite, roster):
    """Text and page show the counts per kind (R10) and each conflict; the page has three tabs and no script."""
    leden = take(lite, roster)
    plan = planned(leden, changed(roster, key="nieuw1", eckid=None, roepnaam=roster.leerlingen[0].roepnaam))
    text, page = as_text(plan), as_html(plan, action="/import/1")
    assert "Leerlingen: 0 nieuw, 0 te wijzigen, 15 ongewijzigd, 1 conflict" in text
    assert "kandidaat" in text
    assert page.count('type="radio"') == 3
    assert "<script" not in page
    assert f'name="keuze-{plan.of("leerling")[0].nummer}"' in page


def test_nothing_personal_shows_by_accident(lite, roster):
    """The repr of a plan and its parts holds no name or key."""
    plan = planned(take(lite, roster), changed(roster, key="nieuw1", eckid=None))
    shown = (
        repr(plan) + repr(plan.rijen) + repr(plan.of("leerling")[0].kandidaten) + repr(plan.of("leerling")[0].gegevens)
    )
    assert roster.leerlingen[0].achternaam not in shown
    assert "nieuw1" not in shown


def test_from_the_shell(lite, couple):
    """`uwlr import` plans, edits and applies, and says by its exit code whether rows wait."""
    koppeling = couple(lite)
    url = str(lite.engine.url)

    def run(*arguments):
        done = CliRunner().invoke(main, ["import", *arguments, "--store", url], standalone_mode=False)
        assert done.exception is None, done.output
        return done

    made = run("plan", str(koppeling.id), "--format", "json")
    assert made.return_value == 1
    plan = msgspec.json.decode(made.stdout)
    for rij in plan["rijen"]:
        if rij["soort"] == "leerkracht" and "emailadres" not in rij["gegevens"]:
            run("edit", str(plan["id"]), str(rij["nummer"]), "nieuw", "--emailadres", "a@example.org")
    assert run("show", str(plan["id"]), "--format", "html").stdout.startswith("<!doctype html>")
    assert f"uwlr import apply {plan['id']}" in run("show", str(plan["id"])).stderr
    assert run("apply", str(plan["id"])).stdout.splitlines()[2] == "Leerlingen: 30 nieuw, 0 te wijzigen, 0 ongewijzigd"
    assert "Er verandert niets." in run("plan", str(koppeling.id)).stdout


def test_an_expired_plan_says_so(lite, couple):
    """One that another took the place of waits for nobody: `apply` shows the plan that is made anew."""
    koppeling = couple(lite)
    importer = Importer(lite)
    old, newer = importer.plan(koppeling), importer.plan(koppeling)
    assert old.open_rows

    done = CliRunner().invoke(main, ["import", "apply", str(old.id), "--store", str(lite.engine.url)])

    assert done.exit_code == 1
    assert done.stderr.splitlines()[0] == f"plan {old.id} is vervallen; this is the new plan"
    assert importer.status(newer.id)[0] == "vervallen"
    assert importer.open_plan(koppeling.id).id > newer.id
