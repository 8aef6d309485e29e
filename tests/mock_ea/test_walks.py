"""The application's side of the five manuals, step by step in Debian's chromium; the LAS's side by its verbs."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from helpers.walking import BOOM, CODE, IEP, follow, imported, log_in, press, text
from mock_ea import MockEa
from mock_ea.mid_life import bring
from mock_las import MockLas

SERVICE = "Klantenservice van Boom"


def goto(page, url):
    """Open an address; gives the page."""
    page.goto(url)
    return page


def fits(page):
    """The page is no wider than the screen, so that nobody scrolls sideways."""
    page.wait_for_load_state()  # a click goes on before the style sheet is there
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.manual("A-01", "A-02", "A-03", "A-04", "A-07", "A-08", "A-09", "A-10", "A-11", "A-12", "A-13", "A-14")
@pytest.mark.manual("A-15", "A-16", "A-25", "A-28", "A-29", "A-30", "A-31", "A-32", "A-33", "A-34")
@pytest.mark.manual(
    "A-36", "A-39", "A-42", "A-47", "A-48", "A-49", "A-58", "A-59", "A-60", "A-65", "A-67", "A-69", "F-09", "F-48"
)
def test_manual_a(las, ea, page):  # noqa: PLR0915 - a walk has many steps
    """ESIS and Boom: request, approval, key, import with a review, summary, second confirmation, score, norm, night."""
    ea.seed_pupils("Fenna Oud", number="9")
    page.goto(f"{ea.url}/inloggen/boom")
    page.get_by_label("School", exact=True).select_option(ea.school)
    page.get_by_label("Beheerder", exact=True).check()
    press(page, "Inloggen")
    follow(page, "Beheer")
    follow(page, "koppelen met LAS")
    assert page.get_by_role("heading", level=1).inner_text() == "Koppelen met Leerlingadministratiesysteem"
    assert page.get_by_label("Brincode*").input_value() == "99QQ"
    assert page.get_by_label("Dependancecode").input_value() == ""
    assert "Huidig schooljaar (2025-2026)" in page.get_by_label("Schooljaar").inner_text()
    assert "alle externe nummers van leerlingen en groepen leeg" in text(page)
    assert fits(page)
    page.get_by_label("Type koppeling*").select_option(label="Esis")
    press(page, "AANVRAGEN")
    assert "Er staan nog externe nummers bij 1 leerlingen." in text(page)
    follow(page, "VERWIJDER NUMMERS")
    press(page, "VERWIJDER NUMMERS")
    press(page, "AANVRAGEN")
    assert "is aangevraagd en wacht op goedkeuring" in text(page)
    assert page.get_by_label("Autorisatiesleutel*").count() == 1, "only that of the dashboards: the key comes later"
    assert page.get_by_role("button", name="GEGEVENS IMPORTEREN").count() == 0

    log_in(page, ea, "boom", SERVICE)
    press(page, "Goedkeuren")
    goto(page, f"{las.url}/koppelingen/esis").get_by_role("link", name="Activeren Boom testcentrum").click()
    page.get_by_label("Uw naam *").fill("D. van Dam")
    page.get_by_label("Voor akkoord *").check()
    page.get_by_role("textbox", name="Verificatiecode").fill(CODE)
    press(page, "Opslaan")
    page.get_by_role("link", name=re.compile("^Boom testcentrum")).first.click()
    code = page.locator(".key").inner_text()  # copied from there, as the very same has to stand at Boom

    log_in(page, ea, "boom", "Beheerder", "koppelen")
    page.get_by_label("Autorisatiesleutel*").first.fill(f"{code[:-1]}x")
    press(page, "WIJZIGINGEN OPSLAAN")
    assert "ESIS weigert de sleutel." in text(page)
    page.get_by_label("Autorisatiesleutel*").first.fill(code)
    page.get_by_label("SchoolKey").fill("iets")
    press(page, "WIJZIGINGEN OPSLAAN")
    assert "De SchoolKey moet leeg blijven" in text(page)
    page.get_by_label("SchoolKey").fill("")
    press(page, "WIJZIGINGEN OPSLAAN")
    assert "U heeft een actieve koppeling met Esis" in text(page)

    press(page, "GEGEVENS IMPORTEREN")
    link = ea.mails("ict@school.example")[-1]["link"]
    press(page, "Uitloggen")
    page.goto(link)  # the link of the mail leads to the review, once one is logged in
    page.get_by_label("Beheerder", exact=True).check()
    press(page, "Inloggen")
    assert "Nieuwe groepen toevoegen (5)" in text(page)
    assert "Bestaande groepen koppelen (0)" in text(page)
    assert "Niet importeren (0)" in text(page)
    left_out = page.locator("tbody tr").first
    name = left_out.locator("strong").inner_text()
    left_out.get_by_role("combobox").select_option("niet importeren")
    page.get_by_role("button", name="Leerkrachten").click()
    assert "ontbreekt het e-mailadres" in text(page)
    assert fits(page)
    press(page, "GEGEVENS IMPORTEREN")
    assert "Nog te beslissen of aan te vullen: 1 rij." in text(page)
    assert f"Groep {name} wordt niet geimporteerd" in text(page)
    page.locator("main a[href*='emailadres-']").first.click()  # the error leads to the field
    for field in page.locator("input[type=email]").all():
        if not field.input_value():
            field.fill("leerkracht@school.example")
    page.get_by_role("button", name="Leerlingen").click()
    assert fits(page)
    press(page, "GEGEVENS IMPORTEREN")
    assert [row.inner_text().split() for row in page.locator("tbody tr").all()] == [
        ["Groepen", "4", "0", "1"],
        ["Leerkrachten", "7", "0", "0"],
        ["Leerlingen", "24", "0", "0"],
    ]
    assert {b.inner_text() for b in page.locator(".buttons :is(button, a)").all() if b.is_visible()} == {
        "WIJZIGEN",
        "GEGEVENS IMPORTEREN",
        "IMPORT AFBREKEN",
    }
    assert len(ea.pupils()) == 1, "nothing is written before the second confirmation"
    press(page, "GEGEVENS IMPORTEREN")
    assert "Mijn leerlingen (25)" in text(page)
    number = las.connection().brincode and ea.pupils()[0]["leerlingnummer"]
    assert number in text(page)
    page.goto(link)
    assert "Deze import is al uitgevoerd." in text(page), "an old link does nothing twice"

    page.goto(f"{ea.url}/boom/99QQ00/scores")
    page.locator("input[type=number]").first.fill("64")
    press(page, "Opslaan")
    page.goto(f"{ea.url}/klok")
    page.get_by_label("Moment (Nederlandse tijd)").fill("31-2-2026 8:00")
    press(page, "Zetten")
    assert "Schrijf dag-maand-jaar en de tijd, zoals 1-9-2026 8:00" in text(page)
    page.get_by_label("Moment (Nederlandse tijd)").fill("6-3-2026 11:30")
    press(page, "Zetten")
    press(page, "Nacht draaien")
    assert "1 score is nog niet genormeerd" in text(page)
    assert las.received() == []
    page.goto(f"{ea.url}/boom/99QQ00/")
    press(page, "ALLE SCORES NORMEREN (1)")
    page.goto(f"{ea.url}/klok")
    press(page, "Nacht draaien")
    assert "1 resultaat verzonden" in text(page)
    assert [result.score for result in las.received()] == [64]
    page.goto(f"{ea.url}/klok")
    press(page, "5 minuten")
    goto(page, f"{las.url}/groepen/esis").locator("td a").click()
    assert "boven het gemiddelde" in text(page), "the dashboard of the LAS leads to the result"


@pytest.mark.manual(
    "B-03", "B-04", "B-05", "B-08", "B-09", "B-10", "B-11", "B-17", "B-18", "B-19", "B-20", "B-21", "B-22"
)
@pytest.mark.manual("B-23", "B-25", "B-26", "B-27", "B-28", "B-29", "B-30", "B-32", "B-33", "F-08")
def test_manual_b(las, ea, page):
    """ParnasSys and Boom: the mail, the key of ParnasSys in the request, approval, and the import by hand."""
    parnassys = las.connection("parnassys")
    ea.school = parnassys.brincode + parnassys.dependancecode
    log_in(page, ea, "boom", "Leerkracht", "koppelen")
    assert "Dit kan alleen als: Beheerder." in text(page)
    log_in(page, ea, "boom", "Beheerder", "koppelen")
    assert "De koppeling kost niets." in text(page)
    page.get_by_role("button", name="UWLR-koppeling aanvragen").click()
    asked = ea.mails("klantenservice@testcentrum.example")[-1]
    assert asked["onderwerp"] == "UWLR-koppeling aanvragen"
    assert asked["tekst"].splitlines() == [
        f"Naam van school: {ea.suite.accounts.get(ea.school).naam}",
        f"BRIN-nummer: {parnassys.brincode}",
    ]
    log_in(page, ea, "boom", SERVICE)
    press(page, "Openzetten in ParnasSys")
    assert ea.mails("beheerder@school.example")[-1]["onderwerp"] == "UWLR-koppeling aangevraagd"
    goto(page, f"{las.url}/koppelingen/parnassys").get_by_label("Ingelogd als").select_option("Leerkracht")
    press(page, "Wissel")
    page.get_by_role("link", name="Boom testcentrum").first.click()
    assert page.get_by_role("button", name="afnemen", exact=True).count() == 0
    page.get_by_label("Ingelogd als").select_option("Beheerder")
    press(page, "Wissel")
    page.get_by_role("link", name="Boom testcentrum").first.click()
    press(page, "afnemen")
    press(page, "Ja, afnemen")
    press(page, "nieuwe autorisatiesleutel instellen")
    key = page.locator(".key").inner_text()

    log_in(page, ea, "boom", "Beheerder", "koppelen")
    assert page.get_by_label("Type koppeling*").input_value() == "parnassys"
    press(page, "AANVRAGEN")
    assert "hoort bij de aanvraag" in text(page), "without the key the request is refused"
    page.get_by_label("Autorisatiesleutel", exact=True).fill(key[::-1])
    press(page, "AANVRAGEN")
    assert "De koppeling is aangevraagd." in text(page)
    log_in(page, ea, "boom", SERVICE)
    press(page, "Goedkeuren")
    assert "ParnasSys weigert de sleutel." in text(page)
    log_in(page, ea, "boom", "Beheerder", "koppelen")
    assert "is niet goedgekeurd. ParnasSys weigert de sleutel." in text(page)
    page.get_by_label("Autorisatiesleutel", exact=True).fill(key)
    press(page, "AANVRAGEN")
    log_in(page, ea, "boom", SERVICE)
    press(page, "Goedkeuren")
    assert ea.mails("ict@school.example")[-1]["onderwerp"] == "Uw koppeling is goedgekeurd"

    log_in(page, ea, "boom", "Beheerder", "koppelen")
    assert "moeten nog worden geïmporteerd" in text(page)
    press(page, "GEGEVENS IMPORTEREN")
    assert "Nieuwe groepen toevoegen" in text(page)
    page.goto(f"{ea.url}/postvak")
    assert "kan niet automatisch worden ingelezen" in text(page)
    follow(page, "deze link")
    assert page.get_by_role("heading", level=1).inner_text() == "Import controleren"


@pytest.mark.manual(
    "C-02",
    "C-03",
    "C-04",
    "C-06",
    "C-07",
    "C-08",
    "C-09",
    "C-10",
    "C-11",
    "C-12",
    "C-15",
    "C-16",
    "C-17",
    "C-18",
    "C-19",
)
@pytest.mark.manual("C-20", "C-22", "C-24", "C-30", "C-31", "C-32", "C-33", "C-34", "C-35", "C-36", "F-36", "F-38")
def test_manual_c(las, ea, page):
    """Boom and Schoolkr8: an active LAS first, the second block, approval, numbers in the Leerlingenoverzicht."""
    log_in(page, ea, "boom", "Beheerder", "koppelen")
    headings = [heading.inner_text() for heading in page.locator(".blocks h2").all()]
    assert headings == ["Koppelen met ESIS of ParnasSys", "Koppelen met Focus PO of SchoolKr8"]
    dashboard = page.locator("section").filter(has_text="Koppelen met Focus PO")
    dashboard.get_by_label("Autorisatiesleutel*").fill("ImVowXsh2g71qvUilAaw")
    press(page, "AANVRAGEN", nth=1)
    assert "Eerst moet er een actieve koppeling zijn" in text(page)

    numbers = imported(las, ea)
    assert "een knop daarvoor is er niet" in text(goto(page, f"{las.url}/hulp/schoolkr8"))
    page.goto(f"{las.url}/koppelingen/schoolkr8")
    press(page, "Boom testcentrum activeren")  # outside of Schoolkr8, as the school asked by mail
    key = re.search(r"is: (\w+)", text(goto(page, f"{las.url}/postvak/schoolkr8")))[1]
    page.goto(f"{ea.url}/boom/99QQ00/koppelen")
    dashboard.get_by_label("Type dashboard*").select_option(label="SchoolKr8")
    dashboard.get_by_label("Autorisatiesleutel*").fill(key)
    press(page, "AANVRAGEN")
    log_in(page, ea, "boom", SERVICE)
    press(page, "Goedkeuren")
    assert "De koppeling met Schoolkr8 is actief." in ea.mails("beheerder@school.example")[-1]["tekst"]
    log_in(page, ea, "boom", "Beheerder", "koppelen")
    assert "U heeft een actieve koppeling met Esis" in text(page)
    assert "U heeft een actieve koppeling met SchoolKr8" in text(page)

    ea.score({numbers[0]: 40, numbers[1]: 60})
    ea.norm()
    assert [one.verzonden for one in ea.night().koppelingen] == [2, 2]
    assert las.received("schoolkr8") == [], "it took them and knows neither pupil"
    page.goto(f"{ea.url}/boom/99QQ00/")
    assert "Mijn leerlingen (24)" in text(page)
    assert "Genormeerd (2)" in text(page)
    page.get_by_label("Leerlingnummer of naam").fill(numbers[0])
    press(page, "Zoeken")
    assert page.locator("tbody tr").count() == 1
    number, name = page.locator("tbody td").nth(1).inner_text(), page.locator("tbody a").first.inner_text()
    assert number == numbers[0]
    goto(page, f"{las.url}/leerlingen/schoolkr8")
    for group in page.locator("summary").all()[1:]:
        group.click()
    page.get_by_role("link", name=name, exact=True).first.click()
    follow(page, "Wijzig leerlingnummer")
    page.get_by_label("Leerlingnummer").fill(number)
    press(page, "Opslaan")
    assert sum(one.verzonden for one in ea.night().koppelingen) == 0, "only new results appear"
    ea.score({numbers[0]: 41})
    ea.norm()
    ea.night()
    assert [result.score for result in las.received("schoolkr8")] == [41]


@pytest.mark.manual("D-01", "D-02", "D-03", "D-04", "D-29", "D-30", "D-31", "D-32", "D-33", "D-34", "D-35", "D-36")
def test_manual_d(las, ea, page):
    """IEP LVS and ESIS: Basispoort, the tab Resultaatkoppeling, the test message, and the night without eindtoets."""
    log_in(page, ea, "iep", "Schoolbeheerder")
    follow(page, "School")
    follow(page, "Basispoort")
    press(page, "Leerlingen ophalen")
    assert "Nu zijn er 24 leerlingen." in text(page)
    follow(page, "Resultaatkoppeling")
    assert "De resultaatkoppeling is nog niet ingesteld." in text(page)
    follow(page, "Koppeling instellen")
    page.get_by_label("Leerlingadministratiesysteem (LAS)").select_option(label="ESIS")
    page.get_by_label("ESIS-verificatiecode").fill(CODE)
    press(page, "Testbericht versturen en koppeling inschakelen")
    assert "ESIS kent de toepassing of de school niet." in text(page), "ESIS has not activated it"
    assert "De resultaatkoppeling is nog niet ingesteld." in text(page)
    las.activate(CODE, **IEP)
    press(page, "Testbericht versturen en koppeling inschakelen")
    assert "de koppeling is ingeschakeld" in text(page)
    assert fits(page)
    assert las.received() == []

    for toets in ("IEP-LVS-REKENEN", "IEP-EINDTOETS"):
        page.goto(f"{ea.url}/iep/99QQ00/?toets={toets}")
        page.locator("input[type=number]").first.fill("55")
        press(page, "Opslaan en normeren")
    ea.night()
    assert [result.toetscode for result in las.received()] == ["IEP-LVS-REKENEN"]
    log_in(page, ea, "iep", "Leerkracht", "school")
    assert "Dit kan alleen als: Schoolbeheerder." in text(page)


@pytest.mark.manual("E-01", "E-02", "E-03", "E-04", "E-05", "E-06", "E-07", "E-08", "E-09", "E-10", "E-11", "E-12")
@pytest.mark.manual("E-13", "E-14", "E-15", "E-16", "E-18", "E-19", "E-20", "E-21", "E-22", "E-23", "E-24", "E-28")
@pytest.mark.manual("E-34", "E-38", "F-43", "F-44", "F-45", "F-47")
def test_manual_e(las, ea, page):  # noqa: PLR0915 - a walk has many steps
    """Magister and JIJ!: rights, configuration, TOA's key, batches until nothing is found, and results at a pupil."""
    magister = las.connection("magister")
    ea.school = magister.brincode + magister.dependancecode
    log_in(page, ea, "jij", "Beheerder")
    follow(page, "Beheer")
    press(page, "Leerlingen ophalen")
    press(page, "SOAP-key aanvragen bij de klantenservice")
    settings = ea.jij_settings()
    assert settings["soapkey"] in ea.mails("beheerder@school.example")[-1]["tekst"]
    url, code, key, same_url, toa = (found.inner_text() for found in page.locator("code.key").all())
    assert url == same_url == f"{settings['url']}?wsdl"
    assert (code, key, toa) == (settings["instellingscode"], settings["soapkey"], settings["soapkey_toa"])
    follow(page, "Toetsen")
    page.locator("input[type=number]").first.fill("72")
    press(page, "Verwerken")
    assert fits(page)
    las.set_clock(advance=60)

    right = "Toetsresultaten JIJ! importeren"
    las.set_pull_settings(vendor="magister", versie="5.7.34")
    page.goto(f"{las.url}/menu/magister/0")
    assert "Magister is versie 5.7.34; minimaal 5.7.35." in text(page)
    assert f"Applicatiebeheerder heeft het recht {right} niet." in text(page)
    assert "ontbreekt: Webservice adres, Instellingscode, SOAP-key" in text(page)
    assert page.locator("main").get_by_role("link", name=right).count() == 0
    page.get_by_label("Menu van Magister").get_by_text("Autorisatie").click()
    follow(page, "Gebruikers")
    assert page.locator("h1").inner_text() == "Autorisatie - Gebruikers - Gebruikers"
    assert "Aantal: 408" in text(page)
    page.get_by_label("Toetsresultaten TOA importeren voor Applicatiebeheerder").check()
    press(page, "Opslaan")
    assert f"heeft het recht {right} niet" in text(goto(page, f"{las.url}/ophalen/magister")), (
        "that of TOA is not enough"
    )
    page.locator("main").get_by_role("link", name="Autorisatie").click()
    for group in ("Applicatiebeheerder", "Supervisor"):
        page.get_by_label(f"{right} voor {group}").check()
    press(page, "Opslaan")

    page.get_by_label("Menu van Magister").get_by_text("Beheer", exact=True).click()
    follow(page, "Configuratie: Leerlingen")
    crumbs = page.locator(".crumbs").inner_text()
    assert re.findall(r"\w+", crumbs) == ["Beheer", "Beheer", "Configuratie", "Leerlingen"]
    sections = page.get_by_label("Onderdelen").locator("p").all_inner_texts()
    assert (len(sections), sections[0], sections[-1]) == (18, "Opmaak", "Overstapdossier")
    blocks = page.locator("legend").all_inner_texts()
    assert {"Basisinstellingen", "Onderwijssoorten", "LVS", "Livelink", "Printlijst", "TOA", "TOA/JIJ!"} <= set(blocks)
    assert [page.get_by_label(name, exact=True).input_value() for name in ("Laagste", "Hoogste")] == ["1", "99999999"]
    assert page.get_by_label("Automatisch aanmaken").is_checked()
    page.get_by_label("Laagste", exact=True).fill("7")
    page.get_by_label("Hoogste", exact=True).fill("6")
    press(page, "Opslaan")
    assert "Het laagste stamnummer (7) is hoger dan het hoogste (6)." in text(page)
    page.get_by_label("Hoogste", exact=True).fill("99999999")
    page.get_by_label("Versie van Magister").fill("5.7.35")
    for block, soapkey in (("toa", toa), ("jij", toa)):
        page.locator(f"#{block}-url").fill(url)
        page.locator(f"#{block}-instellingscode").fill(code)
        page.locator(f"#{block}-soapkey").fill(soapkey)
    press(page, "Opslaan")

    page.get_by_label("Menu van Magister").get_by_text("Leerlingen").click()
    follow(page, "LVS")
    follow(page, right)
    assert "nog niet eerder geïmporteerd" in text(page)
    assert page.get_by_label("Eerste verwerkingsdatum").count() == 0, "only a supervisor chooses a date"
    press(page, "Toetsresultaten ophalen")
    assert "JIJ! weigert de SOAP-key: het is die van TOA." in text(page)
    assert las.pull_settings(vendor="magister").voortgang is None
    goto(page, f"{las.url}/configuratie/magister").locator("#jij-soapkey").fill(f" {key} ")
    press(page, "Opslaan")
    goto(page, f"{las.url}/ophalen/magister")
    page.get_by_label("Ingelogd als").select_option("Supervisor")
    press(page, "Wissel")
    goto(page, f"{las.url}/ophalen/magister").get_by_label("Eerste verwerkingsdatum").fill("1-8-2024")
    press(page, "Toetsresultaten ophalen")
    assert "1 nieuw" in text(page)
    assert "Er is nog meer: klik nog eens" in text(page)
    assert "dit is meer dan één schooljaar" in text(page)
    press(page, "Toetsresultaten ophalen")
    assert "Er zijn geen resultaten meer gevonden." in text(page)
    assert fits(page)

    [result] = las.received("magister")
    goto(page, f"{las.url}/leerlingen/magister/99MM-00?tab=LVS&leerling={result.leerlingid}")
    page.locator("tbody a").click()
    assert "boven het gemiddelde" in text(page), "JIJ! itself shows more"
    ea.score({result.leerlingid: 80}, application="jij", day="2026-03-05")
    las.set_clock(advance=30 * 86_400)
    assert len(las.received("magister")) == 1, "nothing comes by itself"


@pytest.mark.manual("B-02", "C-01", "C-28", "C-29", "C-34", "C-36", "C-37")
def test_pupils_are_tested_scored_normed_and_reported_at_boom(las, ea, page):
    """From the overview pupils are added, changed, tested, scored, normed and reported; each user sees their own."""
    log_in(page, ea, "boom", "Beheerder")
    assert "BESTEL CREDITS" in text(page)
    follow(page, "LEERLINGEN TOEVOEGEN +")
    page.get_by_label("Leerlingen", exact=True).fill("Fenna Oud, 1-6-10")
    press(page, "Toevoegen")
    assert "Regel 1: '1-6-10' is geen dag." in text(page)
    page.get_by_label("Leerlingen", exact=True).fill("Fenna Oud, 1-6-2010, 4866010819\nPim Bos, 1-8-2010, 6342149043")
    press(page, "Toevoegen")
    assert "De leerlingen zijn toegevoegd." in text(page)
    cells = [row.locator("td").all_inner_texts()[1:4] for row in page.locator("tbody tr").all()]
    rows = [[cell.strip() for cell in row] for row in cells]
    assert rows == [["6342149043", "Pim Bos", "1 augustus 2010"], ["4866010819", "Fenna Oud", "1 juni 2010"]]
    tests = page.get_by_label("Test", exact=True).locator("option").all_inner_texts()
    assert [test.split()[0] for test in tests] == ["LVS", "LVS", "PI-dictee", "Tempotoets"]
    press(page, "Uitnodigen van Pim Bos")
    assert "Uitgenodigd (1)" in text(page)
    page.goto(f"{ea.url}/boom/99QQ00/")
    press(page, "Starten van Fenna Oud")
    page.get_by_label("Goed").fill("80")
    press(page, "Inleveren")
    assert "Gescoord (1)" in text(page)
    press(page, "ALLE SCORES NORMEREN (1)")
    page.goto(f"{ea.url}/boom/99QQ00/")
    follow(page, "Rapport")
    row = page.locator("tbody tr").inner_text().split("\t")
    assert row == ["LVS Rekenen-Wiskunde 2019", "1", "0", "0", "0", "80,0"]
    page.goto(f"{ea.url}/boom/99QQ00/")
    follow(page, "Fenna Oud")
    page.get_by_label("Achternaam").fill("Nieuw")
    press(page, "Opslaan")
    assert page.locator("h1").inner_text() == "Fenna Nieuw"

    ea.remove_numbers()
    imported(las, ea)
    [group] = {ref for pupil in ea.boom.pupils() for ref in pupil.gegevens.groepen[:1]}
    teachers = {lid.id: lid.gegevens for lid in ea.boom.leden.find("leerkracht")}
    mine = next(one for one, teacher in teachers.items() if group in teacher.groepen)
    other = next(one for one, teacher in teachers.items() if not teacher.groepen)
    for teacher, count in ((mine, 24), (other, 0)):
        goto(page, f"{ea.url}/inloggen/boom").get_by_label("School", exact=True).select_option(ea.school)
        page.get_by_label("Leerkracht", exact=True).check()
        page.get_by_label("Welke leerkracht").select_option(teacher)
        press(page, "Inloggen")
        assert f"Mijn leerlingen ({count})" in text(page)


@pytest.mark.manual("C-13", "C-14", "C-15")
def test_first_block_with_parnassys(las, ea, page):
    """With ParnasSys the block names its fields otherwise, follows the clock, and takes a key without BRIN."""
    las.set_clock(now="2021-11-05T10:00:00Z")
    ea.school = "99PP00"
    las.request_coupling(vendor="parnassys", **BOOM)
    las.approve_coupling(vendor="parnassys", klantcode=BOOM["klantcode"])
    las.activate("ImVowXsh2g71qvUilAaw", vendor="parnassys", **BOOM)
    ea.request("parnassys", autorisatiesleutel="ImVowXsh2g71qvUilAaw")
    ea.approve()
    log_in(page, ea, "boom", "Beheerder", "koppelen")
    block = page.locator(".blocks section").first
    assert "U heeft een actieve koppeling met ParnasSys UWLR" in block.inner_text()
    said = dict(zip(block.locator("dt").all_inner_texts(), block.locator("dd").all_inner_texts(), strict=True))
    year = "Huidig schooljaar (2021-2022)"
    assert said == {"BRIN-nummer*": "99PP", "Vestigingsnummer": "", "Schooljaar": year}
    assert block.get_by_label("Autorisatiesleutel*").input_value() == "ImVowXsh2g71qvUilAaw"
    assert block.get_by_label("SchoolKey").count() == 0
    buttons = block.get_by_role("button").all_inner_texts()
    assert {"WIJZIGINGEN OPSLAAN", "GEGEVENS IMPORTEREN"} <= set(buttons)


@pytest.mark.manual("A-55", "A-56", "F-22")
def test_coupling_by_hand(las, ea, page):
    """With "koppeling aanpassen": search, "koppel", back to the review with all choices kept; one name once."""
    ea.request("esis")
    ea.approve()
    las.activate(CODE, **BOOM)
    ea.enter_key(CODE)
    ea.seed_pupils("Pim Bekend")
    ea.start_import()
    log_in(page, ea, "boom", "Beheerder", "import/1?tab=leerling")
    rows = page.locator("tbody tr")
    kept = rows.nth(3).get_attribute("id")
    rows.nth(3).get_by_role("combobox").select_option("niet importeren")
    page.get_by_role("button", name="koppeling aanpassen").first.click()
    page.get_by_label("Zoek wie dit in Boom is").fill("bekend")
    press(page, "Zoeken")
    press(page, "koppel Pim Bekend")
    assert "De rij is gekoppeld." in text(page)
    assert page.locator(f"#{kept} select").first.input_value() == "niet importeren"
    page.locator("tr:not([id='']) button", has_text="koppeling aanpassen").nth(0).click()
    page.get_by_label("Zoek wie dit in Boom is").fill("bekend")
    press(page, "Zoeken")
    assert "al gekoppeld aan rij" in text(page)
    press(page, "koppel Pim Bekend")
    assert "is deze bekende al" in text(page)


@pytest.mark.manual("A-64", "F-15", "F-18", "F-19")
def test_abort_guard_and_deactivated(las, ea, page):
    """An import that is broken off writes nothing; many leavers are held back until a person allows it."""
    imported(las, ea)
    for _ in range(6):
        las.change_school("left")
    log_in(page, ea, "boom", "Beheerder", "koppelen")
    press(page, "GEGEVENS IMPORTEREN")
    press(page, "IMPORT AFBREKEN")
    press(page, "Ja, afbreken")
    assert "Er is niets gewijzigd." in text(page)
    press(page, "GEGEVENS IMPORTEREN")
    press(page, "GEGEVENS IMPORTEREN")
    assert "Te deactiveren (6)" in text(page)
    follow(page, "WIJZIGEN")
    press(page, "GEGEVENS IMPORTEREN")
    press(page, "GEGEVENS IMPORTEREN")
    assert "Tegengehouden" in text(page)
    page.get_by_label("Dit klopt: toch importeren").check()
    press(page, "Bewaren")
    press(page, "GEGEVENS IMPORTEREN")
    assert "Mijn leerlingen (18)" in text(page)
    page.goto(f"{ea.url}/boom/99QQ00/beheer")
    follow(page, "leerlingen beheren")
    assert "Gedeactiveerd (6)" in text(page)
    press(page, "weer activeren")
    assert "Gedeactiveerd (5)" in text(page)


@pytest.mark.manual("A-17", "F-07")
def test_customer_service_takes_two_working_days(las, ea):
    """What was asked on a Friday is approved on Tuesday, and not before, when nobody does it by hand."""
    ea.request("esis")
    for day, status in ((7, "aangevraagd"), (9, "aangevraagd"), (10, "goedgekeurd")):
        ea.set_clock(dt.datetime(2026, 3, day, 9, tzinfo=dt.UTC))
        assert ea.koppelingen()[0]["status"] == status


def test_tour_says_what_comes_next_on_which_side(page):
    """With an approved request the tour of A leads to ESIS; what is done there, is done in the tour."""
    with MockLas("esis", seed=7, leerlingen=8, begin="leeg") as las, MockEa(las) as ea:
        bring(ea, "goedgekeurd")
        page.goto(f"{ea.url}/")
        follow(page, "Loop handleiding A")
        assert page.locator("main .notice").inner_text().startswith("Nu, in ESIS: Directie of Applicatiebeheerder")
        assert page.locator("li.done").count() == 2
        page.locator("main .notice a").click()
        page.get_by_role("link", name="Activeren Boom testcentrum").click()
        page.get_by_label("Uw naam *").fill("D. van Dam")
        page.get_by_label("Voor akkoord *").check()
        page.get_by_role("textbox", name="Verificatiecode").fill("99QQ001234567890abcd")
        page.get_by_role("button", name="Opslaan").click()
        page.goto(f"{ea.url}/rondleiding/A")
        assert "Nu, in Boom testcentrum: Beheerder: dezelfde code invullen" in text(page)
