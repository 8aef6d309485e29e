"""The example application, in Debian's chromium: from the koppeling to the dashboard of the LAS."""

from __future__ import annotations

import runpy
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from helpers.needs import require
from uwlr import make_verificatiecode

APP = Path(__file__).parents[2] / "examples" / "testcentrum" / "app.py"
SWITCHES = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"


@pytest.fixture
def testcentrum(tmp_path):
    """The application on a free port; gives its address."""
    app = runpy.run_path(str(APP))["create_app"](str(tmp_path / "testcentrum.db"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["store"].close()


@pytest.fixture
def page(tmp_path):
    """A page of a browser without JavaScript, as a review has to work without it."""
    require("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES.split())
        page = browser.new_context(java_script_enabled=False).new_page()
        page.set_default_timeout(20_000)
        yield page
        browser.close()


def widest(page, what):
    """How far to the right the widest of some elements reaches."""
    boxes = [found.bounding_box() for found in page.locator(what).all()[:12]]
    return max(box["x"] + box["width"] for box in boxes)


def test_from_koppeling_to_dashboard(testcentrum, page, las):
    """A school couples, reviews and imports, enters scores, and sees them in Dashboard Mijn Groep after the night."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    to = las.connection("esis")
    code = make_verificatiecode(to["brincode"], to["dependancecode"])
    las.activate(code, vendor="esis")
    page.set_viewport_size({"width": 360, "height": 700})  # a phone: nothing is wider than its screen
    page.goto(testcentrum)
    assert widest(page, "input") < 360
    fields = {
        "naam": "De Proef",
        "url": to["leerlinggegevens_url"],
        "leerresultaten_url": to["leerresultaten_url"],
        "brincode": to["brincode"],
        "dependancecode": to["dependancecode"],
        "klantcode": to["autorisatie"]["klantcode"],
        "klantnaam": to["autorisatie"]["klantnaam"],
        "sleutel": code,
    }
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    page.click("text=Aanvragen >> nth=-1")
    assert "actief" in page.inner_text("body")

    page.click("text=Importeren uit ESIS")
    assert page.is_visible("section#groep")
    page.click("label[for=tab-leerkracht]")
    assert page.is_visible("section#leerkracht")
    assert not page.is_visible("section#groep")
    for field in page.query_selector_all("input[type=email]"):
        if not field.input_value():
            field.fill("leerkracht@example.org")
    page.click("label[for=tab-leerling]")
    assert widest(page, "section#leerling td:visible") < 360
    row = page.locator("section#leerling tbody tr").first
    left_out = row.locator("td").nth(1).inner_text()
    row.locator("select").select_option("niet importeren")
    page.click("text=Naar de samenvatting")
    assert "Leerlingen: 29 nieuw" in page.inner_text("body")
    assert "1 niet importeren" in page.inner_text("body")
    las.change_school("enrolled", vendor="esis")  # while the school was looking at the summary
    page.click("button:has-text('Importeren')")
    assert page.is_visible("#gewijzigd")
    page.click("text=Naar de samenvatting")
    assert "Leerlingen: 30 nieuw" in page.inner_text("body")
    page.click("button:has-text('Importeren')")
    assert "30 leerlingen" in page.inner_text("body")

    page.click("text=Scores invoeren")
    assert left_out not in page.inner_text("body")
    for number, field in enumerate(page.query_selector_all("input[type=number]")[:5]):
        field.fill(str(20 * number))
    page.click("text=Opslaan")
    assert "5 klaar" in page.inner_text("#resultaten")
    page.click("text=Nacht draaien")
    assert "bezorgd 5" in page.inner_text("pre")

    las.set_clock(advance=300)
    page.goto(f"{las.url}/groepen/esis")
    assert "Rekenen midden groep 6" in page.inner_text("body")
    assert len(las.received("esis")) == 5


def test_a_wrong_key_says_why(testcentrum, page, las):
    """With a wrong key the koppeling is not enabled, and the page says what is wrong, of the code or of the klant."""
    to = las.connection("esis")
    fields = {"naam": "X", "url": to["leerlinggegevens_url"], "leerresultaten_url": to["leerresultaten_url"]}
    fields |= {"brincode": to["brincode"], "klantcode": "x", "klantnaam": "x"}
    for sleutel, said in (
        ("x" * 20, "begint niet met 99QQ00"),
        ("99QQ00" + "x" * 20, "kent de toepassing of de school"),
    ):
        page.goto(testcentrum)
        for name, value in {**fields, "sleutel": sleutel}.items():
            page.fill(f"[name={name}]", value)
        page.click("text=Aanvragen >> nth=-1")
        assert "De koppeling is niet ingeschakeld." in page.inner_text("body")
        assert said in page.inner_text("body")
    assert "OngeldigeKlantIdentificatie" in page.inner_text("#fout")


def test_the_guard_in_the_review(testcentrum, page, las):
    """An import that would deactivate many pupils is held back in the summary, until a person allows it."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    to = las.connection("esis")
    code = make_verificatiecode(to["brincode"], to["dependancecode"])
    las.activate(code, vendor="esis")
    page.goto(testcentrum)
    fields = {name: to[name] for name in ("brincode", "dependancecode")} | {"naam": "X", "sleutel": code}
    fields |= {"url": to["leerlinggegevens_url"], "leerresultaten_url": to["leerresultaten_url"]}
    fields |= {name: to["autorisatie"][name] for name in ("klantcode", "klantnaam")}
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    page.click("text=Aanvragen >> nth=-1")
    page.click("text=Importeren uit ESIS")
    page.click("label[for=tab-leerkracht]")
    for field in page.query_selector_all("input[type=email]"):
        field.fill("leerkracht@example.org")
    page.click("text=Naar de samenvatting")
    page.click("button:has-text('Importeren')")
    for _ in range(8):
        las.change_school("left", vendor="esis")
    page.click("text=Importeren uit ESIS")
    page.click("text=Naar de samenvatting")
    assert "Tegengehouden: 8 van 30" in page.inner_text("body")
    assert not page.is_visible("button:text-is('Importeren')")
    page.click("text=deactiveren toestaan")
    page.click("button:text-is('Importeren')")
    assert "30 leerlingen" in page.inner_text("body")
