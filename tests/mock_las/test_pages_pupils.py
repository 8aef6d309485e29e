"""The pages of single pupils in Debian's chromium: files, leerlingnummers by hand, results that are typed in."""

import datetime as dt
import urllib.parse

import msgspec
import pytest
from msgspec.structs import replace

from helpers.browsing import press, said
from helpers.plain_client import post, roster, scores

AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def text(page):
    """What the page says."""
    return page.locator("main").inner_text()


def file_of(vendor, school, pupil, **more):
    """The path of the file of a pupil."""
    return f"/leerlingen/{vendor}/{school}?" + urllib.parse.urlencode({"leerling": pupil.key, **more})


@pytest.mark.manual("C-06", "C-25", "C-26", "C-27", "C-38", "C-39", "C-40", "C-41", "C-42", "C-23", "F-35")
def test_schoolkr8_knows_pupils_by_a_number_that_is_typed_in(las, open_page):
    """At Schoolkr8 the file of a pupil takes the number, once saved; one number at two pupils is warned of."""
    las.set_clock(now=AT)
    first, second, *others = las.pupils(vendor="schoolkr8")
    page = open_page("/koppelingen/schoolkr8")
    page.get_by_label("Menu van Schoolkr8").get_by_text("Contact").click()
    page.get_by_role("link", name="Hulp").click()
    assert "een knop daarvoor is er niet" in text(page)
    assert "Wijzig leerlingnummer" in text(page)
    page = open_page("/leerlingen/schoolkr8")
    assert f"0 van {len(others) + 2} hebben een leerlingnummer" in text(page)
    page.get_by_role("link", name=first.naam, exact=True).click()
    assert first.naam in page.locator("h1").inner_text()
    assert "Geboren op" in page.locator(".lead").inner_text()
    assert "leerlijn" in page.locator(".lead").inner_text()
    assert page.get_by_role("link", name="Terug").is_visible()
    assert page.get_by_role("button", name="Verwijderen", exact=True).is_visible()
    tabs = page.get_by_label("Tabbladen").get_by_role("link").all_inner_texts()
    assert (tabs[0], tabs[4], tabs[-1], len(tabs)) == ("Basis", "Scores", "Documenten", 11)
    labels = page.locator("main dt").all_inner_texts()
    assert {"Leerlingnummer", "Ankernummer", "Voornaam", "Geslacht", "BSN nummer", "Onderwijsnummer"} <= set(labels)
    assert {"Beheersing Nederlands", "Handmatig bepalen fase", "Groep", "Niveau", "Fase"} <= set(labels)

    page.get_by_role("link", name="Wijzig leerlingnummer").click()
    page.get_by_label("Leerlingnummer", exact=True).fill("4866010819")
    page.get_by_role("link", name="Annuleren").click()
    assert las.pupil(first.key, vendor="schoolkr8").leerlingnummer is None, "what is not saved is lost"
    page.get_by_role("link", name="Wijzig leerlingnummer").click()
    page.get_by_label("Leerlingnummer", exact=True).fill("4866 010819")
    press(page, "Opslaan")
    assert "11 tekens" in said(page)
    page.get_by_label("Leerlingnummer", exact=True).fill(" 4866010819 ")
    press(page, "Opslaan")
    assert "opgeslagen" in said(page)
    assert "1 van" in text(open_page("/leerlingen/schoolkr8"))

    page = open_page(file_of("schoolkr8", "99QQ-00", second))
    page.get_by_role("link", name="Wijzig leerlingnummer").click()
    page.get_by_label("Leerlingnummer", exact=True).fill("4866010819")
    press(page, "Opslaan")
    assert f"staat al bij {first.naam}" in said(page)
    page.get_by_label("Dit klopt").check()
    press(page, "Opslaan")
    connection = las.connection("schoolkr8")
    assert post(connection, scores(connection, {("k", "4866010819"): 7}, AT)).status == 200
    for pupil in (first, second):
        page = open_page(file_of("schoolkr8", "99QQ-00", pupil, tab="Scores"))
        assert page.get_by_label("Tabbladen").get_by_text("Scores (1)").is_visible()
        assert "7" in page.locator("tbody").inner_text()


@pytest.mark.manual("C-43", "C-38")
def test_the_coupling_is_final_with_all_numbers(las, open_page):
    """Once every pupil has a number the coupling is final; who is removed, after a question, leaves no number."""
    first, *others = las.pupils(vendor="schoolkr8")
    for nth, pupil in enumerate([first, *others]):
        las.set_number(pupil.key, str(nth), vendor="schoolkr8")
    assert "de koppeling is definitief" in text(open_page("/leerlingen/schoolkr8"))
    page = open_page(file_of("schoolkr8", "99QQ-00", first))
    press(page, "Verwijderen")
    press(page, "Ja, verwijderen")
    assert said(page) == "De leerling is verwijderd."
    assert las.pupils(vendor="schoolkr8") == [replace(p, leerlingnummer=str(n + 1)) for n, p in enumerate(others)]


@pytest.mark.manual("A-68", "A-70", "A-72", "A-73", "A-74", "A-75")
def test_esis_shows_the_latest_of_this_year_and_the_rest_is_typed_in(las, open_page):
    """ESIS shows no history and nothing at the pupil; what schools want there they type in, with the DLE."""
    las.set_clock(now=AT)
    connection = las.connection("esis")
    pupil = roster(connection).leerlingen[0]
    for hour, (score, day) in enumerate(((3, AT.replace(day=10)), (8, AT.replace(day=12)), (5, AT.replace(day=11)))):
        taken = scores(connection, {(f"k{hour}", pupil.key): score}, day)
        sent = msgspec.structs.replace(taken.school, aanmaakdatum=AT.replace(hour=hour))
        assert post(connection, msgspec.structs.replace(taken, school=sent)).status == 200
    history = scores(connection, {("k9", pupil.key): 9}, AT.replace(year=2025))
    sent = msgspec.structs.replace(history.school, aanmaakdatum=AT, schooljaar="2025-2026")
    assert post(connection, msgspec.structs.replace(history, school=sent)).status == 200
    las.set_clock(advance=300)
    page = open_page(f"/groepen/esis?groep={urllib.parse.quote(pupil.groep)}")
    assert page.locator("td:not(.none)").all_inner_texts() == ["8"], "the latest of this year, not the last that came"
    assert "1 resultaat van een eerder schooljaar is ontvangen; ESIS toont ze niet." in text(page)
    page.locator("tbody th a").filter(has_text=pupil.achternaam).first.click()
    page.get_by_label("Tabbladen").get_by_text("Toetsresultaten").click()
    assert "toont ESIS niet bij de leerling" in text(page)
    assert page.locator("tbody").count() == 0
    page.get_by_label("Menu van ESIS").get_by_text("Onderwijs").click()
    page.get_by_role("link", name="Toetsresultaten invoeren").click()
    page.get_by_label("Toets", exact=True).fill("LVS Rekenen-Wiskunde")
    page.get_by_label("Score").fill("64")
    page.get_by_label("DLE").fill("75")
    press(page, "Opslaan")
    assert "DLE 75 bestaat niet: een DLE is een heel getal van 0 tot en met 60." in said(page)
    page.get_by_label("DLE").fill("37")
    press(page, "Opslaan")
    assert page.locator("tbody td").all_inner_texts()[2:] == ["64", "37"]
    page.get_by_label("Menu van ESIS").get_by_text("Startpagina").click()
    page.get_by_role("link", name="Handleidingen").click()
    assert page.get_by_role("heading", name="Dashboard Mijn Groep").is_visible()


@pytest.mark.manual("A-38")
def test_everything_that_esis_exports_has_a_code_of_its_own(las):
    """Pupils, groups and staff of an export have a key each, and no key stands twice within a kind."""
    found = roster(las.connection("esis"))
    for kind in (found.leerlingen, found.groepen, found.leerkrachten):
        keys = [one.key for one in kind]
        assert all(keys)
        assert len(set(keys)) == len(keys) > 1
