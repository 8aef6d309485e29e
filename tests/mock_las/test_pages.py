"""The web pages, in a real browser without JavaScript."""

import datetime as dt
import http.client
import shutil
import urllib.parse

import pytest

from uwlr.testing import make_results

CHROMIUM = shutil.which("chromium")
AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def browser():
    """Debian's chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, las):
    """A page on a phone, without JavaScript."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}, base_url=las.url)
    yield context.new_page()
    context.close()


def test_coupling_is_activated_with_the_schools_own_code(las, page):
    """A code of the school's own, with consent, is filled in on the page and opens the school."""
    page.goto("/__mock__/")
    section = page.locator("section", has=page.get_by_role("heading", name="ESIS", exact=True))
    section.get_by_label("Verificatiecode").fill("99QQ00OnzeEigenCode2026")
    section.get_by_role("button", name="Nieuwe sleutel instellen").click()
    assert "must agree" in page.get_by_role("alert").inner_text()
    page.get_by_role("link", name="Terug").click()
    section.get_by_label("Verificatiecode").fill("99QQ00OnzeEigenCode2026")
    section.get_by_label("Bestuur is akkoord").check()
    section.get_by_role("button", name="Nieuwe sleutel instellen").click()
    assert page.url == f"{las.url}/__mock__/"
    assert las.connection("esis")["autorisatie"]["autorisatiesleutel"] == "99QQ00OnzeEigenCode2026"
    section.get_by_role("button", name="Sleutel verwijderen").click()
    assert section.locator(".status").inner_text() == "gepauzeerd"


def test_dashboard_shows_coloured_results(las, page, post, roster):
    """The dashboard shows a group's results after five minutes, in the colours of their norms."""
    las.set_clock(now=AT)
    connection = las.connection("esis")
    school = roster(connection)
    group = next(leerling.groep for leerling in school.leerlingen)
    assert post(connection, make_results(school, groep_key=group, aanmaakdatum=AT)).status == 200
    page.goto(f"/__mock__/groep/esis?groep={urllib.parse.quote(group)}")
    assert "nog geen resultaten" in page.locator("main").inner_text()
    las.set_clock(advance=300)
    page.reload()
    pupils = [leerling for leerling in school.leerlingen if leerling.groep == group]
    assert page.locator("tbody tr").count() == len(pupils)
    cells = page.locator("td.score")
    assert cells.count() >= len(pupils)
    colours = {cells.nth(n).evaluate("cell => getComputedStyle(cell).backgroundColor") for n in range(cells.count())}
    assert len(colours - {"rgba(0, 0, 0, 0)"}) > 1


def test_fault_is_planned_and_seen(las, page, post, ask):
    """A fault is planned on its page, strikes, and shows in the list of exchanges and on the page of the exchange."""
    page.goto("/__mock__/storingen")
    page.get_by_label("Soort").select_option("http")
    page.get_by_label("HTTP-status").fill("502")
    page.get_by_role("button", name="Plannen").click()
    assert "http 502" in page.locator("ol").inner_text()
    connection = las.connection("standaard")
    assert post(connection, ask(connection)).status == 502
    page.get_by_role("link", name="Uitwisselingen").click()
    assert "502 (gepland)" in page.locator("tbody").inner_text()
    page.get_by_role("link", name="1", exact=True).click()
    text = page.locator("main").inner_text()
    assert "Geplande storing: http 502" in text
    assert connection["autorisatie"]["autorisatiesleutel"] not in text


def test_clock_is_set(las, page):
    """The clock is set and moved on its page; a moment without a zone is refused with the reason."""
    page.goto("/__mock__/klok")
    page.get_by_label("Zet op").fill("2027-08-01T00:00:00+02:00")
    page.get_by_role("button", name="Zetten").click()
    assert "schooljaar 2027-2028" in page.locator("main").inner_text()
    page.get_by_label("Zet op").fill("2027-08-01T00:00:00")
    page.get_by_role("button", name="Zetten").click()
    assert "time zone" in page.get_by_role("alert").inner_text()


def test_everything_is_reached_by_keyboard(page):
    """From the top of the overview the Tab key reaches the menu and the fields of the first coupling."""
    page.goto("/__mock__/")
    seen = []
    for _ in range(9):
        page.keyboard.press("Tab")
        seen.append(page.locator(":focus").first.evaluate("e => e.name || e.textContent.trim()"))
    assert seen[:4] == ["Systemen", "Uitwisselingen", "Storingen", "Klok"]
    assert "autorisatiesleutel" in seen


def test_no_page_is_wider_than_a_phone(page):
    """No page has to be scrolled sideways on a phone."""
    for path in ("", "uitwisselingen", "storingen", "klok", "groep/esis"):
        page.goto(f"/__mock__/{path}")
        assert page.locator("html").evaluate("html => html.scrollWidth") <= 390


@pytest.mark.parametrize("origin", [None, "null", "http://example.com"])
def test_form_of_another_site_changes_nothing(las, origin):
    """A form that does not stand on one of these pages changes nothing."""
    address = urllib.parse.urlsplit(las.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded", **({"Origin": origin} if origin else {})}
    connection.request("POST", "/__mock__/doe/klok", "advance=60", headers)
    with connection.getresponse() as answer:
        assert answer.status == 403
    connection.close()
