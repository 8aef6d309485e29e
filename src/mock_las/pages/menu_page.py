"""The menus of a system: what stands under a head, and its help."""

from __future__ import annotations

import flask

from mock_las import vendors
from mock_las.pages.actions import look_of, verbs
from mock_las.pages.set_up_page import lacks_here
from mock_las.verbs import Unknown

pages = flask.Blueprint("menu", __name__)


@pages.get("/menu/<vendor>/<int:number>")
def head(vendor: str, number: int) -> str:
    """The entries under one head of the menu."""
    verbs().vendor(vendor)
    menu = look_of(vendor).menu
    if number >= len(menu):
        raise Unknown(f"{vendor} has no such menu")
    lacking = lacks_here(vendor) if any(item.page == "pull.index" for item in menu[number].items) else []
    return flask.render_template("menu.html", vendor=vendors.load(vendor), chosen=menu[number], lacking=lacking)


@pages.get("/hulp/<vendor>")
def help_page(vendor: str) -> str:
    """How the couplings of this system are done, and whom to ask."""
    return flask.render_template(
        "hulp.html", vendor=vendors.load(verbs().vendor(vendor)["name"]), traits=verbs().traits_in_force(vendor)
    )
