"""What the walks through the manuals have in common."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from mock_las.products import BOOM_TESTCENTRUM, IEP_LVS

BOOM = BOOM_TESTCENTRUM._asdict()
IEP = IEP_LVS._asdict()
CODE = "99QQ001234567890abcd"
"""A verificatiecode as the school with ESIS could make up."""


def log_in(page, ea, application, role, path=None):
    """Log in at an application as its form does, without showing it; then open its first page, or another."""
    address = f"{ea.url}/inloggen/{application}"
    session = page.context.request
    form = session.get(address).text()
    given = {
        "school": ea.school,
        "token": re.search(r'name="token" value="([^"]+)"', form)[1],
        "rol": re.search(rf'name="rol" value="(\w+)"[^>]*> {role}<', form)[1],
    }
    home = urljoin(address, session.post(address, form=given, max_redirects=0).headers["location"])
    page.goto(home if path is None else f"{ea.url}/{application}/{ea.school}/{path}")


def press(page, name, nth=0):
    """Press a button."""
    page.get_by_role("button", name=name, exact=True).nth(nth).click()
    page.wait_for_load_state()


def follow(page, name):
    """Follow a link."""
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_load_state()


def text(page):
    """What the page says."""
    return page.locator("main").inner_text()


def coupled(las, ea):
    """Couple Boom with ESIS, by the verbs."""
    ea.request("esis")
    ea.approve()
    las.activate(CODE, **BOOM)
    ea.enter_key(CODE)


def imported(las, ea):
    """Couple Boom with ESIS and import everybody, by the verbs; gives the leerlingnummers."""
    coupled(las, ea)
    ea.start_import()
    ea.review(emails="school.example")
    ea.confirm()
    return [pupil["leerlingnummer"] for pupil in ea.pupils()]
