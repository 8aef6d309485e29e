"""What the walks through the manuals have in common."""

from __future__ import annotations

from mock_las.products import BOOM_TESTCENTRUM, IEP_LVS

BOOM = BOOM_TESTCENTRUM._asdict()
IEP = IEP_LVS._asdict()
CODE = "99QQ001234567890abcd"
"""A verificatiecode as the school with ESIS could make up."""


def log_in(page, ea, application, role, school=None):
    """Log in at an application."""
    page.goto(f"{ea.url}/inloggen/{application}")
    page.get_by_label("School", exact=True).select_option(school or ea.school)
    page.get_by_label(role, exact=True).check()
    with page.expect_navigation():
        press(page, "Inloggen")


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
