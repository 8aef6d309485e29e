"""The WSGI application of the pages, and what all of them share."""

from __future__ import annotations

import secrets
from typing import Any

import flask
import msgspec

from mock_ea.apps import Apps
from mock_ea.explaining import explain
from mock_ea.sites import (
    boom_pages,
    common_pages,
    iep_pages,
    import_pages,
    jij_pages,
    login_pages,
    pupil_pages,
    service_pages,
)
from mock_ea.sites.visits import DONE, ROLES, TITLES, visitor
from mock_las.pages.safe_site import make_site
from uwlr.errors import UwlrError

_MAX_ROSTER = 64 << 20


def make_site_of(apps: Apps, *, loopback: bool) -> flask.Flask:
    """Make the WSGI application.

    Args:
        apps: what it shows.
        loopback: whether the server listens on loopback only; requests for other host names are then refused.
    """
    uploads = {"iep.load": _MAX_ROSTER, "jij.load": _MAX_ROSTER}
    app = make_site("mock_ea.sites", loopback=loopback, uploads=uploads)
    app.secret_key = secrets.token_bytes(32)
    app.config.update(SESSION_COOKIE_NAME="mock-ea", SESSION_COOKIE_SAMESITE="Lax")
    app.extensions["apps"] = apps
    app.register_blueprint(flask.Blueprint("ea", "mock_ea.sites", static_folder="static", static_url_path="/stijl"))
    for module in (
        common_pages,
        login_pages,
        boom_pages,
        service_pages,
        import_pages,
        pupil_pages,
        iep_pages,
        jij_pages,
    ):
        app.register_blueprint(module.pages)
    _share(app, apps)
    return app


def _share(app: flask.Flask, apps: Apps) -> None:
    @app.before_request
    def work_on() -> None:
        # What customer service does by itself after some days is done before anybody looks.
        if flask.request.endpoint not in {"static", "ea.static"}:
            apps.approve_what_is_due()

    @app.context_processor
    def shared() -> dict[str, Any]:
        application = flask.request.path.strip("/").partition("/")[0]
        application = application if application in TITLES else ""
        who = visitor(application) if application else None
        return {
            "application": application,
            "titles": TITLES,
            "who": who,
            "role": ROLES[application][who[1]] if who else "",
            "here": {school.id: school for school in apps.suite.accounts.all()}.get(who[0]) if who else None,
            "clock": apps.suite.clock,
            "gelukt": DONE.get(flask.request.args.get("gelukt", "")),
        }

    @app.errorhandler(UwlrError)
    @app.errorhandler(msgspec.ValidationError)
    def refused(error: Exception) -> Any:
        return flask.render_template("fout.html", status=409, text=explain(error), detail=str(error)), 409
