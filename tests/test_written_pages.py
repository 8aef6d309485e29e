"""Reports and reviews that are written as one page: anybody can read them, on a phone too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import sync_playwright

from helpers.axe import wrong_at
from helpers.needs import needs, require
from mock_las import MockLas
from uwlr.cli import main
from uwlr.exchange.matching import make_plan
from uwlr.exchange.show import as_html
from uwlr.testing import make_school

pytestmark = needs("axe-core")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser."""
    require("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


class _Nobody:
    """The tables of an application that knows nobody yet."""

    fields = frozenset({"achternaam", "voorvoegsel", "roepnaam", "emailadres", "geboortedatum", "groepen", "jaargroep"})

    def find(self, soort: str) -> list[Any]:
        return []


def _review() -> str:
    school = make_school(leerlingen=12, schooljaar="2026-2027", brincode="99XX")
    plan = make_plan(1, "2026-2027", [("99XX", school)], _Nobody(), las="esis")
    return as_html(plan, action="/import")


def _validated() -> str:
    Path("fout.xml").write_text("<leerlinggegevens_antwoord/>", "utf-8")
    return CliRunner().invoke(main, ["validate", "fout.xml", "--format", "html"]).stdout


def _judged() -> str:
    with MockLas("esis") as las:
        given = las.connection()
        config = f'url = "{given.leerlinggegevens_url}"\n[school]\nbrincode = "{given.brincode}"\n'
        Path("las.toml").write_text(config, "utf-8")
        topic = "leerlinggegevens/fouten"
        arguments = ["conformance", "run", topic, "--config", "las.toml", "--report", "html=run.html"]
        done = CliRunner(env={"UWLR_AUTORISATIESLEUTEL": "99XX-een-andere-sleutel"}).invoke(main, arguments)
    assert done.exit_code == 1, done.output
    return Path("run.html").read_text("utf-8")


@pytest.mark.parametrize("made", [_review, _validated, _judged], ids=["review", "validate", "conformance"])
def test_a_page_is_accessible(browser, tmp_path, monkeypatch, made):
    """Axe finds nothing against WCAG 2.2 AA nor its best practices, in light or dark, and nothing scrolls sideways."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "page.html"
    path.write_text(made(), "utf-8")
    assert wrong_at(browser, path.as_uri()) == []
