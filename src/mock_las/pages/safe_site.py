"""A site of fakes: what is refused, what every page may rely on, and the templates that all of them share.

Every change is a form with a token that only our own pages contain, and requests from other sites are refused as well.
Pages load nothing from elsewhere and run no scripts; the Content-Security-Policy enforces both.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import flask
import jinja2
from werkzeug.exceptions import HTTPException

from mock_las.cross_site import changes, cross_site, strange_host
from mock_las.pages import dutch
from uwlr.visible import guarded

_MAX_FORM = 1 << 20
_STYLE_KEPT = 60
"""Seconds that a browser keeps the style sheets without asking whether they changed."""


def make_site(package: str, *, loopback: bool, uploads: Mapping[str, int] | None = None) -> flask.Flask:
    """Make an application of Flask without pages.

    Templates are those of the package, then those of `mock_las.pages`, whose style sheet is served too. Each gets
    `token` for its forms and `nonce` for a style of its own. A refusal shows the template `fout.html`.

    Args:
        package: where the templates are.
        loopback: whether the server listens on loopback only; requests for other host names are then refused.
        uploads: endpoints that take more than a form, and how many bytes.
    """
    shared = flask.Flask("mock_las.pages")
    app = flask.Flask(package, static_folder=shared.static_folder)
    guarded(app.logger)
    app.config["MAX_CONTENT_LENGTH"] = _MAX_FORM
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _STYLE_KEPT
    loaders = [app.jinja_loader, shared.jinja_loader]
    app.jinja_loader = jinja2.ChoiceLoader([loader for loader in loaders if loader is not None])
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        moment=dutch.moment,
        weekday_moment=dutch.weekday_moment,
        day=dutch.day,
        short_day=dutch.short_day,
        size=dutch.size,
    )
    token = secrets.token_urlsafe(32)
    _guard(app, token, uploads or {}, loopback=loopback)

    @app.context_processor
    def shared_values() -> dict[str, Any]:
        return {"token": token, "nonce": _nonce()}

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Any:
        status = error.code or 500
        text = dutch.REFUSED.get(status, error.description)
        return flask.render_template("fout.html", status=status, text=text, detail=None), status

    return app


def _guard(app: flask.Flask, token: str, uploads: Mapping[str, int], *, loopback: bool) -> None:
    @app.before_request
    def guard() -> Any:
        request = flask.request
        if strange_host(request, loopback=loopback):
            return flask.Response("Deze hostnaam is niet van ons.\n", 403, mimetype="text/plain")
        if changes(request) and cross_site(request):
            return flask.Response("Een andere site mag hier niets wijzigen.\n", 403, mimetype="text/plain")
        return None

    @app.before_request
    def allow_uploads() -> None:
        # Before the token is checked, since that reads the form.
        allowed = uploads.get(flask.request.endpoint or "")
        if allowed is not None:
            flask.request.max_content_length = allowed

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
        if not (flask.request.endpoint or "").endswith("static"):
            headers["Cache-Control"] = "no-store"
        return response


def _nonce() -> str:
    if "nonce" not in flask.g:
        flask.g.nonce = secrets.token_urlsafe(16)
    nonce: str = flask.g.nonce
    return nonce
