"""The verbs of the fake applications, against the fake systems over real HTTP: what the manuals say and imply."""

from __future__ import annotations

import datetime as dt
import os
import re
import stat
from contextlib import closing
from typing import Any
from urllib.request import urlopen

import pytest
from msgspec.structs import replace

from helpers.walking import BOOM, CODE, coupled, imported
from mock_ea import MockEa
from mock_ea.suite import Suite
from mock_las import vendors
from mock_las.declined import Declined
from uwlr.berichten import Leerlinggegevens
from uwlr.exchange import NotEnabled, UnusableKey
from uwlr.testing import make_school


def of(report, koppeling):
    """What a night did for one koppeling."""
    return next(one for one in report.koppelingen if one.koppeling_id == koppeling["id"])


@pytest.mark.manual("A-45", "A-52")
def test_mail_comes_when_somebody_is_new_and_not_otherwise(las, ea):
    """A night with a new pupil mails each administrator; one without changes mails nobody."""
    imported(las, ea)
    before = len(ea.mails())
    ea.night()
    assert len(ea.mails()) == before
    las.change_school("enrolled")
    ea.night()
    new = ea.mails()[before:]
    assert [mail["aan"] for mail in new] == ["beheerder@school.example", "ict@school.example"]
    assert "Niet herkend: 1 leerling." in new[0]["tekst"]


@pytest.mark.manual("F-21")
def test_a_second_import_replaces_the_first(las, ea):
    """Of two imports by two administrators only the last can be confirmed: nothing is imported twice."""
    coupled(las, ea)
    first = ea.start_import()["id"]
    second = ea.start_import()["id"]
    assert ea.suite.importer.status(first)[0] == "vervallen"
    assert ea.suite.importer.status(second)[0] == "open"


@pytest.mark.manual("F-16")
def test_a_pupil_who_moved_is_not_deactivated(las, ea):
    """A pupil who moved to another group stays active, as the new group has them."""
    las.add_school(brincode="99QQ", dependancecode="00", leerlingen=90)  # more than one group
    numbers = imported(las, ea)
    las.change_school("moved")
    ea.start_import()
    ea.confirm()
    assert [pupil["leerlingnummer"] for pupil in ea.pupils()] == numbers


@pytest.mark.manual("B-24", "F-10")
def test_removing_numbers_keeps_tests(las, ea):
    """Removing the numbers of a running koppeling keeps pupils and tests; results wait for an import with a review."""
    numbers = imported(las, ea)
    ids = {pupil["leerlingnummer"]: pupil["id"] for pupil in ea.pupils()}
    ea.score({numbers[0]: 30})
    ea.norm()
    ea.remove_numbers()
    assert {afname.lid for afname in ea.boom.scores.all()} == {ids[numbers[0]]}
    report = of(ea.night(), ea.koppelingen()[0])
    assert (report.verzonden, report.zonder_nummer) == (0, 1)
    plan = ea.start_import()
    assert plan["counts"]["groep"]["conflict"] == 5, "who has an ECK-iD is known by that; groups have none"
    choices = {"groep": "nieuw", "leerkracht": "niet importeren"}
    ea.review({rij["nummer"]: choices[rij["soort"]] for rij in plan["open"]}, allow=True)
    ea.confirm()
    assert ea.night().verzonden == 1


@pytest.mark.manual("F-24", "F-25")
def test_not_retroactive_unless_the_year_before_was_granted(las, ea):
    """What was normed before the activation stays here, with the reason; the school year before goes when granted."""
    parnassys = las.connection("parnassys")
    ea.school = parnassys.brincode + parnassys.dependancecode
    las.request_coupling(vendor="parnassys", **BOOM)
    las.approve_coupling(vendor="parnassys", klantcode=BOOM["klantcode"])
    key = las.activate(vendor="parnassys", **BOOM).autorisatiesleutel
    ea.request("parnassys", autorisatiesleutel=key)
    ea.seed_pupils("Pim Bekend")
    [pim] = ea.pupils()
    ea.score({pim["id"]: 50}, day="2026-03-05")
    ea.score({pim["id"]: 60}, day="2025-05-06")
    ea.norm()
    ea.set_clock(dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC))
    ea.approve()
    plan = ea.start_import()
    somebody = next(rij.nummer for rij in ea.suite.importer.load(plan["id"]).of("leerling"))
    ea.review(couple={somebody: pim["id"]}, emails="school.example")
    ea.confirm()
    report = of(ea.night(), ea.koppelingen()[0])
    assert report.niet_verzonden == {"genormeerd voor de activering": 2}
    ea.release()
    report = of(ea.night(), ea.koppelingen()[0])
    assert (report.verzonden, report.niet_verzonden) == (1, {"genormeerd voor de activering": 1})


@pytest.mark.manual("A-71", "F-26")
def test_history_for_esis_is_this_year_and_the_one_before(las, ea):
    """On request the history of this school year and the one before goes to ESIS, and nothing older."""
    numbers = imported(las, ea)
    for day in ("2023-10-02", "2024-10-02", "2026-02-02"):
        ea.score({numbers[0]: 40}, day=day)
    ea.norm()
    ea.release()
    report = of(ea.night(), ea.koppelingen()[0])
    assert (report.verzonden, report.niet_verzonden) == (2, {"te oud": 1})


@pytest.mark.manual("F-01", "F-03", "F-04", "F-28", "F-29")
def test_keys_that_are_wrong_and_a_pause(las, ea):
    """A slip in the key is named before anything is sent; a pause in ESIS keeps the results until the code is back."""
    ea.request("esis")
    with pytest.raises(Declined, match="not approved"):
        ea.enter_key(CODE)
    ea.approve()
    las.activate(CODE, **BOOM)
    for slip, said in ((f"{CODE} ", "witruimte"), (f"00XX00{CODE[6:]}", "begint niet met 99QQ00")):
        with pytest.raises(UnusableKey) as caught:
            ea.enter_key(slip)
        assert said in caught.value.uitleg
    with pytest.raises(NotEnabled) as refused:
        ea.enter_key(f"{CODE[:-1]}x")
    assert "ESIS weigert de sleutel." in refused.value.uitleg
    ea.enter_key(CODE)
    ea.start_import()
    ea.review(emails="school.example")
    ea.confirm()
    ea.score({ea.pupils()[0]["leerlingnummer"]: 50})
    ea.norm()
    las.remove_key(klantcode=BOOM["klantcode"])
    report = of(ea.night(), ea.koppelingen()[0])
    assert (report.verzonden, report.wacht) == (0, 1)
    assert report.uitleg
    las.activate(CODE, **BOOM)
    assert ea.night().verzonden == 1
    assert ea.night().verzonden == 0


def test_fixture_and_page(mock_ea):
    """The fixture gives applications beside the fake systems, ready for a request."""
    assert mock_ea.request("standaard", autorisatiesleutel="s" * 20)["status"] == "aangevraagd"


@pytest.mark.manual("F-34", "F-37")
def test_two_dashboards_beside_one_las(las, ea):
    """Each dashboard has its own key and state: one is refused, the others go on; a wrong number lands nowhere."""
    numbers = imported(las, ea)
    for vendor in ("schoolkr8", "focuspo"):
        las.add_school(vendor=vendor, brincode="99QQ", dependancecode="00")
        las.request_coupling(vendor=vendor, brincode="99QQ", **BOOM)
        las.approve_coupling(vendor=vendor, brincode="99QQ", klantcode=BOOM["klantcode"])
        [mine] = [one for one in las.couplings(vendor) if one.klantcode == BOOM["klantcode"]]
        ea.request(vendor, autorisatiesleutel=mine.autorisatiesleutel)
        ea.approve(vendor)
    las.enter_numbers([f"{numbers[0][:-1]}x", numbers[1]], vendor="schoolkr8", brincode="99QQ")
    las.end_coupling(vendor="focuspo", brincode="99QQ", klantcode=BOOM["klantcode"])
    ea.score({numbers[0]: 10, numbers[1]: 20})
    ea.norm()
    report = {one.naam.rpartition(" - ")[2]: one for one in ea.night().koppelingen}
    assert (report["ESIS"].verzonden, report["Schoolkr8"].verzonden, report["Focus PO"].verzonden) == (2, 2, 0)
    assert report["Focus PO"].uitleg
    assert [result.leerlingid for result in las.received("schoolkr8")] == [numbers[1]]


def test_a_folder_is_for_its_owner(tmp_path):
    """What applications keep is 0600 and their folders 0700, whatever the umask."""
    before = os.umask(0o022)
    with closing(Suite(folder=tmp_path / "een" / "ea")):
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    os.umask(before)
    assert {"toepassingen.db", "uitwisseling.db"} <= {path.name for path in modes}
    assert {path: mode for path, mode in modes.items() if mode != (0o700 if path.is_dir() else 0o600)} == {}


@pytest.mark.manual("C-05")
def test_what_is_kept_in_a_folder(las, tmp_path):
    """What was imported through the koppeling with the LAS, keys and mails are there again after a new start."""
    with MockEa(las, folder=tmp_path / "ea") as ea:
        numbers = imported(las, ea)
        ea.score({numbers[0]: 70})
        settings = ea.jij_settings()
    with MockEa(las, folder=tmp_path / "ea") as ea:
        assert [pupil["leerlingnummer"] for pupil in ea.pupils()] == numbers
        assert ea.koppelingen()[0]["status"] == "actief"
        assert ea.jij_settings()["soapkey"] == settings["soapkey"]
        assert ea.norm() == 1
        assert ea.night().verzonden == 1
        assert ea.mails()


@pytest.mark.manual("A-62")
def test_counts_of_a_summer_at_a_large_school(las, ea):
    """Groups 9 new and none changed, staff 17 and 77, pupils 10 and 131: a new year at a school of that size."""

    def school(year: str, prefix: str, pupils: int, staff: int) -> Leerlinggegevens:
        made = make_school(3, leerlingen=141, brincode="99QQ", dependancecode="00", schooljaar=year)
        groups = [replace(made.groepen[0], key=f"{prefix}{n}", naam=f"Groep {n}") for n in range(9)]
        teacher = next(one for one in made.leerkrachten if one.groepen)
        to, some = type(teacher.groepen[0]), kept.setdefault("pupils", made.leerlingen)
        return replace(
            made,
            groepen=tuple(groups),
            leerlingen=tuple(
                replace(
                    one,
                    groep=f"{prefix}{n % 9}",
                    samengestelde_groepen=(),
                    vestiging=None,
                    jaargroep=groups[0].jaargroep,
                )
                for n, one in enumerate(some[:pupils])
            ),
            leerkrachten=tuple(
                replace(
                    teacher,
                    key=f"t{n}",
                    eckid=None,
                    achternaam=f"Naam {n}",
                    emailadres=f"t{n}@school.example",
                    groepen=(to(key=f"{prefix}{n % 9}"),),
                )
                for n in range(staff)
            ),
        )

    kept: dict[str, Any] = {}
    las.load_school(school("2025-2026", "o", 131, 77))
    imported(las, ea)
    las.set_clock(next_schooljaar=True)
    las.load_school(school("2026-2027", "n", 141, 94))
    counts = ea.start_import()["counts"]
    assert {soort: (its["nieuw"], its["te_wijzigen"]) for soort, its in counts.items()} == {
        "groep": (9, 0),
        "leerkracht": (17, 77),
        "leerling": (10, 131),
    }


@pytest.mark.manual("F-27")
def test_a_score_of_today_shows_five_minutes_after_the_night(las, ea):
    """Normed by day it goes that night, and shows on the dashboard of ESIS five minutes later."""
    numbers = imported(las, ea)
    ea.score({numbers[0]: 55})
    ea.norm()
    assert las.received() == []
    assert ea.night().verzonden == 1
    assert las.dashboard().nog_niet_zichtbaar == 1
    assert las.dashboard().toetsen == ()
    las.set_clock(advance=300)
    assert [test.toetsnaam for test in las.dashboard().toetsen] == ["LVS Rekenen-Wiskunde 2019"]


def test_a_school_has_one_name_on_both_sides(las, ea):
    """Who goes from an application to a LAS sees the same school there, by name and by BRIN; no two have one name."""
    ours = {school.id: school.naam for school in ea.suite.accounts.all()}
    listed = re.compile(r'>([^<]+)</a> <span class="quiet">(\w{4}) (\d\d)<')
    pages = [urlopen(f"{las.url}/scholen/{vendor}").read().decode() for vendor in vendors.NAMES]
    theirs = {brin + rest: name for page in pages for name, brin, rest in listed.findall(page)}

    assert ours
    assert {number: theirs[number] for number in ours} == ours
    assert len(set(ours.values())) == len(ours)
