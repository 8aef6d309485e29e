"""The WSGI application of the pages: access, and what all pages share.

Every change is a form with a token that only our own pages contain, and requests from other sites are refused as well.
Pages load nothing from elsewhere and run no scripts; the Content-Security-Policy enforces both.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

import flask
import jinja2
from werkzeug.exceptions import HTTPException

from mock_las.cross_site import changes, cross_site, strange_host
from mock_las.fakes import Fakes
from mock_las.pages import (
    clock_page,
    couplings_page,
    dashboard_page,
    dutch,
    faults_page,
    journal_page,
    pull_page,
    schools_page,
    traits_page,
)
from mock_las.verbs import Unknown, Verbs

_MAX_FORM = 1 << 20


def make_pages(fakes: Fakes, *, loopback: bool) -> flask.Flask:
    """Make the WSGI application of the pages.

    Args:
        fakes: what they show.
        loopback: whether the server listens on loopback only; requests for other host names are then refused.
    """
    app = flask.Flask("mock_las.pages")
    app.config["MAX_CONTENT_LENGTH"] = _MAX_FORM
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        moment=dutch.moment, weekday_moment=dutch.weekday_moment, day=dutch.day, size=dutch.size
    )
    token = secrets.token_urlsafe(32)
    _share(app, fakes, token)
    _guard(app, token, loopback=loopback)
    for page in (
        couplings_page,
        schools_page,
        traits_page,
        pull_page,
        dashboard_page,
        journal_page,
        faults_page,
        clock_page,
    ):
        app.register_blueprint(page.pages)
    return app


def _guard(app: flask.Flask, token: str, *, loopback: bool) -> None:
    @app.before_request
    def guard() -> Any:
        request = flask.request
        if strange_host(request, loopback=loopback):
            return flask.Response("Deze hostnaam is niet van ons.\n", 403, mimetype="text/plain")
        if changes(request) and cross_site(request):
            return flask.Response("Een andere site mag hier niets wijzigen.\n", 403, mimetype="text/plain")
        return None

    @app.before_request
    def allow_rosters() -> None:
        # Before the token is checked, since that reads the form.
        if flask.request.endpoint == "schools.load":
            flask.request.max_content_length = schools_page.MAX_ROSTER

    @app.before_request
    def check_token() -> Any:
        request = flask.request
        if changes(request) and not hmac.compare_digest(request.form.get("token", "").encode(), token.encode()):
            flask.abort(403, "Dit formulier is verlopen. Ga terug, ververs de pagina en probeer het opnieuw.")

    @app.after_request
    def restrict(response: flask.Response) -> flask.Response:
        headers = response.headers
        headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'self' 'nonce-{_nonce()}'; img-src 'self'; form-action 'self';"
            " base-uri 'none'; frame-ancestors 'none'"
        )
        # Not no-referrer: browsers would then hide the origin of our own forms too.
        headers["Referrer-Policy"] = "same-origin"
        headers["X-Content-Type-Options"] = "nosniff"
        if flask.request.endpoint != "static":
            headers["Cache-Control"] = "no-store"
        return response


def _share(app: flask.Flask, fakes: Fakes, token: str) -> None:
    @app.before_request
    def verbs() -> None:
        flask.g.verbs = Verbs(fakes, flask.request.host_url.rstrip("/"))

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {
            "token": token,
            "nonce": _nonce(),
            "klok": flask.g.verbs.clock(),
            "status_words": dutch.STATUS,
            "gelukt": dutch.done(flask.request.args.get("gelukt", "")),
        }

    @app.errorhandler(Unknown)
    def unknown(error: Unknown) -> Any:
        return flask.render_template("fout.html", status=404, text="Dit is hier niet.", detail=str(error)), 404

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Any:
        status = error.code or 500
        text = dutch.REFUSED.get(status, error.description)
        return flask.render_template("fout.html", status=status, text=text, detail=None), status


def _nonce() -> str:
    if "nonce" not in flask.g:
        flask.g.nonce = secrets.token_urlsafe(16)
    nonce: str = flask.g.nonce
    return nonce
