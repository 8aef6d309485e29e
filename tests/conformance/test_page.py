"""The page to run the referee from, in a browser without JavaScript, as wide as a phone."""

from __future__ import annotations

import http.client
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from conformance.las_defects import DEFECTS
from conformance.right_las import KEY, LasServer, RightLas, make
from helpers.axe import wrong_at
from helpers.needs import require
from uwlr.conformance.bundle import verify
from uwlr.conformance.page.serving import PageServer

SWITCHES = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"


@pytest.fixture(scope="module")
def page_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """The page, served on loopback."""
    with PageServer(0, tmp_path_factory.mktemp("runs")) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser."""
    require("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES.split())
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, page_server: PageServer) -> Iterator[Any]:
    """The first page, on a phone, in a browser that runs no scripts and tells of errors."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    page.goto(page_server.url)
    yield page
    context.close()
    assert not errors


def _fill(page: Any, given: dict[str, Any], **more: str) -> None:
    fields = {
        "Adres voor leerlinggegevens": given["url"],
        "Adres voor leerresultaten": given["leerresultaten_url"],
        "Autorisatiesleutel": KEY,
        "Brincode": "99XX",
        "Dependancecode": "00",
        **more,
    }
    for label, value in fields.items():
        page.get_by_label(re.compile(rf"^{label}")).first.fill(value)
    page.get_by_role("button", name="Bekijk wat er gevraagd wordt").click()


def _run(page: Any) -> None:
    page.get_by_role("button", name="Start de run").click()
    page.get_by_role("heading", name="Per onderwerp").wait_for(timeout=60_000)


def _fits(page: Any) -> bool:
    """Whether nothing sticks out beside the page; measured without scripts of the page itself."""
    width = page.locator("html").bounding_box()["width"]
    inside = [
        box["x"] + box["width"] <= width + 1 for one in page.locator("main > *").all() if (box := one.bounding_box())
    ]
    return width <= 361 and all(inside)


def test_a_tester_without_python_judges_a_las(page: Any, page_server: PageServer, server: LasServer) -> None:
    """From the form by way of the plan to findings, a report and a bundle that holds; nothing shows the key."""
    wrong = next(one for one in DEFECTS if one.name == "any key opens (all)")
    las = make(wrong.apply)
    given = server.serve(las)

    _fill(page, given, **{"Naam in het rapport": "Proef-LAS"})
    assert las.asked == 0
    assert "Wie mag ophalen" in page.inner_text("table")
    assert "er wordt alleen gelezen" in page.inner_text("main")
    assert _fits(page)
    assert wrong_at(page.context.browser, page_server.url) == []
    _run(page)

    text = page.inner_text("main")
    assert "ROOD" in text
    assert "Wie mag wat opvragen of schrijven" in text
    assert "kritiek" in text
    assert "van buitenaf niet te zien" in text
    assert _fits(page)
    assert wrong_at(page.context.browser, page.url) == []
    assert KEY not in page.content()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Bundel").click()
    path = Path(waiting.value.path())
    assert verify(path).holds
    for file in page_server.desk.begun[0].folder.iterdir():
        assert KEY not in file.read_text("utf-8"), file.name


def test_a_second_run_is_compared_with_the_first(page: Any, page_server: PageServer, server: LasServer) -> None:
    """What got worse since the last run of the same system stands at the top."""
    _fill(page, server.serve(RightLas()), **{"Naam in het rapport": "Vergelijk-LAS"})
    _run(page)
    assert "GROEN" in page.inner_text("main")
    page.goto(page_server.url)
    wrong = next(one for one in DEFECTS if one.name == "faults come with status 200")
    _fill(page, server.serve(make(wrong.apply)), **{"Naam in het rapport": "Vergelijk-LAS"})
    _run(page)

    compared = page.inner_text("main").partition("Vergeleken met de vorige run")[2]
    assert "slechter" in compared.partition("Bevindingen")[0]
    assert "leerlinggegevens/fouten/http-status" in compared.partition("Bevindingen")[0]


def test_progress_shows_while_it_goes_on(page: Any, page_server: PageServer, server: LasServer) -> None:
    """The page refreshes by itself, says how far it is, and ends at what came of it."""
    import time

    from conformance.right_las import wrap

    def late(las: RightLas, inner: Any, asked: Any) -> Any:
        time.sleep(0.01)
        return inner(asked)

    slow = wrap("answer", late)
    _fill(page, server.serve(make(slow)))
    page.get_by_role("button", name="Start de run").click()

    page.get_by_text(re.compile(r"[1-9]\d* van \d+ cases; nu: ")).wait_for(timeout=20_000)
    assert page.locator("progress").count() == 1
    page.get_by_role("heading", name="Per onderwerp").wait_for(timeout=60_000)


def test_what_is_missing_is_told(page: Any, server: LasServer) -> None:
    """A form without a school comes back with what was filled in and what is missing."""
    _fill(page, server.serve(RightLas()), Brincode="")

    assert "Vul de brincode" in page.inner_text("[role=alert]")
    assert page.get_by_label(re.compile("^Adres voor leerlinggegevens")).input_value().startswith("http://127.0.0.1")


@pytest.mark.parametrize(
    ("host", "path", "body", "status"),
    [
        ("127.0.0.1.evil.example", "/", None, 403),
        (None, "/plan", b"url=http://127.0.0.1/&sleutel=x&brincode=99XX", 403),
        (None, "/run/nergens", None, 404),
        (None, "/run/nergens/../../etc/passwd", None, 404),
    ],
    ids=["strange-host", "no-token", "no-run", "path"],
)
def test_the_page_is_for_this_machine_alone(
    host: str | None, path: str, body: bytes | None, status: int, page_server: PageServer
) -> None:
    """Another host name, a form of another site and a path that leads elsewhere are refused."""
    address = page_server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=10)
    headers = {"Host": host or address, "Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
    connection.request("POST" if body else "GET", path, body, headers)
    found = connection.getresponse().status
    connection.close()

    assert found == status
