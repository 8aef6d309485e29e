"""How the pages of both sides look: readable for everybody, on a phone and on paper; and the pictures in the docs."""

from __future__ import annotations

import os
import re
import struct
import urllib.parse
from pathlib import Path

import pytest

from helpers.axe import CONTRAST, violations
from helpers.needs import needs
from helpers.walking import IEP, imported, log_in
from mock_ea import MockEa
from mock_las import MockLas

pytestmark = needs("axe-core")

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
MAKE = os.environ.get("UWLR_PICTURES") == "make"
"""Whether the pictures in the docs are made anew: `make pictures`."""

LINKS = "found => found.filter(link => !link.download).map(link => link.href.split('#')[0])"
VENDORS = re.compile(r"/(esis|parnassys|magister|somtoday|schoolkr8|focuspo|standaard)(?=/|$)")
VISITORS = {
    "the systems": None,
    "Boom, administrator": ("boom", "Beheerder"),
    "Boom, customer service": ("boom", "Klantenservice van Boom"),
    "IEP LVS": ("iep", "Schoolbeheerder"),
    "JIJ!": ("jij", "Beheerder"),
}


@pytest.fixture(scope="module")
def lived_in():
    """A school with ESIS in the middle of its life: coupled, imported, scored, sent, and with an import that waits."""
    with MockLas("esis", seed=7, leerlingen=48) as las, MockEa(las) as ea:
        las.set_clock(now="2026-03-06T10:00:00Z")
        numbers = imported(las, ea)
        for place, number in enumerate(numbers[:40]):
            for toets in list(ea.boom.scores.tests)[:3]:
                ea.score({number: (place * 37 + len(toets) * 11) % 97}, toets=toets)
        ea.norm()
        ea.night()
        las.set_clock(advance=3600)
        ea.score(dict.fromkeys(numbers[:5], 61))
        las.request_coupling(vendor="parnassys", **IEP)
        las.plan_fault("delay", on_call=900)
        las.plan_fault("http", chance=0.001, seed=1)
        las.end_coupling(vendor="focuspo")
        ea.take_pupils("iep")
        ea.take_pupils("jij")
        ea.start_import()
        yield las, ea


@pytest.fixture
def visitor(browser, lived_in):
    """Opens a page as somebody sees it, the first of a site or another; how wide, in light or dark."""
    contexts = []

    def visit(who, path=None, *, width=1200, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": 900 if width > 600 else 740}, color_scheme=scheme, bypass_csp=True
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        las, ea = lived_in
        page = context.new_page()
        if who is None:
            page.goto(las.url + (path or ""))
        else:
            log_in(page, ea, *who, path)
        return page

    yield visit
    for context in contexts:
        context.close()


def kind(url):
    """What an address is about, without which system, school or number."""
    return re.sub(r"\d+", "0", VENDORS.sub("/LAS", urllib.parse.urlsplit(url).path))


def pages(page, seen):
    """Open every kind of page that links lead to, one of each; gives their paths."""
    todo, site = [page.url], urllib.parse.urlsplit(page.url).netloc
    while todo:
        url = todo.pop(0)
        if kind(url) in seen:
            continue
        seen.add(kind(url))
        answer = page.goto(url)
        if "html" not in answer.headers["content-type"]:
            continue
        found = page.eval_on_selector_all("a[href]", LINKS)
        todo += [link for link in found if urllib.parse.urlsplit(link).netloc == site]
        yield urllib.parse.urlsplit(url).path


def wrong_pages(page, seen, width):
    """What is wrong on the pages that links lead to, by path, and how many pages there are."""
    found = {}
    for path in pages(page, seen):
        found[path] = violations(page)
        page.emulate_media(color_scheme="dark")
        found[path] += [f"dark {one}" for one in violations(page, CONTRAST)]
        page.emulate_media(color_scheme="light")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[path] += ["wider than the screen"]
    return {path: wrong for path, wrong in found.items() if wrong}, len(found)


@pytest.mark.proof
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("who", VISITORS)
def test_pages_are_accessible(visitor, who, width):
    """Axe finds nothing against WCAG 2.2 AA nor its best practices on any page, in light or dark; none is too wide."""
    wrong, count = wrong_pages(visitor(VISITORS[who], width=width), set(), width)
    assert count > 5
    assert wrong == {}


def test_dashboard_prints_on_paper(visitor, lived_in):
    """Printed, a dashboard is its table and its norms in their colours on one sheet, without menus and forms."""
    page = visitor(None, "/groepen/esis", scheme="dark")
    colour = "getComputedStyle(document.querySelector('.results td[class^=k]')).backgroundColor"
    shown = page.evaluate(colour)
    page.emulate_media(media="print")
    assert page.get_by_role("table").is_visible()
    assert page.evaluate(colour) == shown
    assert not any(page.locator(each).first.is_visible() for each in ("header", "section.las", "form", "footer"))
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


# Pictures: what README and docs show.

SHOTS = {
    "esis-koppelingen": (None, "/koppelingen/esis", 1200, "light"),
    "esis-groep": (None, "/groepen/esis", 1200, "light"),
    "magister-ophalen": (None, "/ophalen/magister", 1200, "light"),
    "journaal": (None, "/journaal/1", 1200, "dark"),
    "boom-import": (VISITORS["Boom, administrator"], "import", 1200, "light"),
    "boom-import-telefoon": (VISITORS["Boom, administrator"], "import", 360, "light"),
    "boom-leerlingen": (VISITORS["Boom, administrator"], "", 1200, "light"),
    "iep-school": (VISITORS["IEP LVS"], "school", 360, "dark"),
}


@pytest.mark.parametrize("name", SHOTS)
def test_pictures_of_the_docs(visitor, lived_in, tmp_path, name):
    """Each picture can be made, stands in the docs in the size of the page; nothing is wrong on the page by axe."""
    who, path, width, scheme = SHOTS[name]
    _, ea = lived_in
    if path == "import":
        path = f"import/{ea._open_plan().id}"
    page = visitor(who, path, width=width, scheme=scheme)
    made = (PICTURES if MAKE else tmp_path) / f"{name}.png"
    page.screenshot(path=made)
    assert _size(made) == _size(PICTURES / f"{name}.png") == page.evaluate("[innerWidth, innerHeight]")
    assert violations(page) == []
    told = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    assert any(f"pictures/{name}.png" in text.read_text("utf-8") for text in told)


def _size(picture):
    """How wide and high a PNG is."""
    return list(struct.unpack(">II", picture.read_bytes()[16:24]))
