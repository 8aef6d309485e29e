"""The WSGI application of the pages, and what all of them share."""

from __future__ import annotations

from typing import Any, Final

import flask

from mock_las import vendors
from mock_las.fakes import Fakes
from mock_las.pages import (
    clock_page,
    couplings_page,
    dashboard_page,
    dutch,
    faults_page,
    journal_page,
    menu_page,
    pull_page,
    pupils_page,
    schools_page,
    set_up_page,
    traits_page,
)
from mock_las.pages.actions import look_of, role_at
from mock_las.pages.safe_site import make_site
from mock_las.pages.vendor_looks import LOOKS
from mock_las.verbs import Unknown, Verbs

_SHOWN_UNDER: Final = {
    "couplings.one": "couplings.of_vendor",
    "couplings.begin": "couplings.of_vendor",
    "couplings.begin_now": "couplings.of_vendor",
    "couplings.activate": "couplings.of_vendor",
    "couplings.take_step": "couplings.of_vendor",
    "couplings.log": "couplings.of_vendor",
    "schools.one": "schools.index",
    "pupils.one": "pupils.index",
    "pupils.change_number": "pupils.index",
}
"""Pages that stand under another one in the menus."""


def make_pages(fakes: Fakes, *, loopback: bool) -> flask.Flask:
    """Make the WSGI application of the pages.

    Args:
        fakes: what they show.
        loopback: whether the server listens on loopback only; requests for other host names are then refused.
    """
    app = make_site("mock_las.pages", loopback=loopback, uploads={"schools.load": schools_page.MAX_ROSTER})
    _share(app, fakes)
    for page in (
        couplings_page,
        menu_page,
        schools_page,
        pupils_page,
        set_up_page,
        traits_page,
        pull_page,
        dashboard_page,
        journal_page,
        faults_page,
        clock_page,
    ):
        app.register_blueprint(page.pages)
    return app


def _share(app: flask.Flask, fakes: Fakes) -> None:
    @app.url_value_preprocessor
    def verbs(*_: object) -> None:
        # Before the request is looked at, since the page of a refusal shows the clock too.
        flask.g.verbs = Verbs(fakes, flask.request.host_url.rstrip("/"))

    @app.context_processor
    def of_a_system() -> dict[str, Any]:
        vendor = (flask.request.view_args or {}).get("vendor")
        if vendor not in LOOKS:
            return {"look": None, "role": None}
        look, page = look_of(vendor), _SHOWN_UNDER.get(flask.request.endpoint or "", flask.request.endpoint)
        numbers = [n for n, head in enumerate(look.menu) if any(item.page == page for item in head.items)]
        if flask.request.endpoint == "menu.head":
            numbers = [(flask.request.view_args or {})["number"]]
        return {
            "vendor": vendors.load(vendor),
            "look": look,
            "role": role_at(vendor),
            "head_number": numbers[0] if numbers else None,
        }

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {
            "klok": flask.g.verbs.clock(),
            "status_words": dutch.STATUS,
            "gelukt": dutch.done(flask.request.args.get("gelukt", "")),
        }

    @app.errorhandler(Unknown)
    def unknown(error: Unknown) -> Any:
        return flask.render_template("fout.html", status=404, text="Dit is hier niet.", detail=str(error)), 404
