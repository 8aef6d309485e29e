"""The WSGI application of the page: who may, the form, the plan, the run and its findings."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path
from typing import Any, Final

import flask
import jinja2
import msgspec
from werkzeug.exceptions import HTTPException

from uwlr.berichten import Autorisatie
from uwlr.conformance import declarations
from uwlr.conformance.compare import changes
from uwlr.conformance.declarations import Las
from uwlr.conformance.outcomes import Verdict
from uwlr.conformance.page.desk import FILES, Ask, Desk
from uwlr.conformance.report import phrases
from uwlr.conformance.report.grouped import grouped, unjudged
from uwlr.conformance.report.messages import indented
from uwlr.conformance.report.one_page import by_topic
from uwlr.conformance.requirements import register
from uwlr.errors import ConfigurationError
from uwlr.loopback import is_loopback
from uwlr.visible import guarded

_MOST: Final = 1 << 16
_SCHOOL: Final = ("brincode", "dependancecode", "schooljaar", "schoolkey")
_FIELDS: Final = ("url", "leerresultaten_url", "klantcode", "klantnaam", *_SCHOOL, "versie", "preset", "naam")
_TYPES: Final = {
    "html": "text/html",
    "md": "text/markdown",
    "xml": "text/xml",
    "json": "application/json",
    "svg": "image/svg+xml",
}


def make_page(desk: Desk) -> flask.Flask:
    """Make the application."""
    app = flask.Flask("uwlr.conformance.page", root_path=str(Path(__file__).parent))
    guarded(app.logger)
    app.config["MAX_CONTENT_LENGTH"] = _MOST
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        nl=lambda text: text.nl, indented=indented, counts=lambda outcomes: phrases.counts(outcomes, "nl")
    )
    token = secrets.token_urlsafe(32)
    _guard(app, token)
    _routes(app, desk)
    app.context_processor(lambda: {"token": token, "w": phrases, "desk": desk, "Verdict": Verdict})

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Any:
        return flask.render_template("fout.html", text=error.description), error.code or 500

    return app


def _guard(app: flask.Flask, token: str) -> None:
    @app.before_request
    def guard() -> Any:
        request = flask.request
        # A page elsewhere that lets its name resolve to this machine gets nothing.
        if not is_loopback(request.host):
            return flask.Response("Deze hostnaam is niet van ons.\n", 403, mimetype="text/plain")
        if request.method == "POST" and not hmac.compare_digest(request.form.get("token", "").encode(), token.encode()):
            flask.abort(403, "Dit formulier is verlopen. Ga terug, ververs de pagina en probeer het opnieuw.")
        return None

    @app.after_request
    def restrict(response: flask.Response) -> flask.Response:
        headers = response.headers
        headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
            " frame-ancestors 'none'"
        )
        headers["Referrer-Policy"] = "same-origin"
        headers["X-Content-Type-Options"] = "nosniff"
        if flask.request.endpoint != "static":
            headers["Cache-Control"] = "no-store"
        return response


def _routes(app: flask.Flask, desk: Desk) -> None:
    @app.get("/")
    def begin() -> Any:
        given = {name: flask.request.args.get(name, "") for name in _FIELDS}
        return _form(given, None)

    @app.post("/plan")
    def plan() -> Any:
        given = {name: flask.request.form.get(name, "").strip() for name in _FIELDS}
        writes = flask.request.form.get("schrijven") == "ja"
        try:
            ask = _ask(given, flask.request.form.get("sleutel", ""), desk, writes=writes)
        except ConfigurationError as error:
            return _form(given, str(error)), 400
        desk.add(ask)
        return flask.render_template("plan.html", ask=ask)

    @app.post("/start/<name>")
    def start(name: str) -> Any:
        ask = _found(desk, name)
        if ask.doubtful and flask.request.form.get("zeker") != "ja":
            return flask.render_template("plan.html", ask=ask, mist=True), 400
        if not ask.begun and desk.busy:
            flask.abort(409, "Er loopt al een run. Een systeem krijgt één vraag tegelijk: wacht tot die klaar is.")
        ask.start()
        return flask.redirect(flask.url_for("run", name=name), 303)

    @app.get("/run/<name>")
    def run(name: str) -> Any:
        ask = _found(desk, name)
        if not ask.begun:
            return flask.render_template("plan.html", ask=ask)
        if not ask.over:
            return flask.render_template("bezig.html", ask=ask)
        if ask.ended is None:
            return flask.render_template("fout.html", text=f"De run is afgebroken: {ask.broke}"), 500
        return flask.render_template(
            "run.html",
            ask=ask,
            ended=ask.ended,
            conclusion=phrases.conclusion(ask.ended, "nl"),
            groups=grouped(ask.ended.outcomes),
            topics=by_topic(ask.ended.outcomes),
            unjudged=unjudged(ask.ended.outcomes),
            register=register(),
            beside=lambda topic: [one for one in register().values() if one.beside == topic],
            files=FILES,
            changes=_changes(desk, ask),
        )

    @app.get("/run/<name>/<file>")
    def download(name: str, file: str) -> Any:
        ask = _found(desk, name)
        if file not in FILES.values() or not (ask.folder / file).exists():
            flask.abort(404, "Dit bestand is er niet.")
        shown = file in {"rapport.html", "badge.svg"}
        response = flask.send_file(
            (ask.folder / file).resolve(),
            mimetype=_TYPES.get(file.rpartition(".")[2], "application/octet-stream"),
            as_attachment=not shown,
            download_name=f"uwlr-{ask.name}-{file}",
        )
        if file == "rapport.html":
            response.headers["X-Rapport"] = "ja"
        return response

    @app.after_request
    def styled(response: flask.Response) -> flask.Response:
        # A report is one file with its style in it.
        if response.headers.pop("X-Rapport", None):
            response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return response


def _found(desk: Desk, name: str) -> Ask:
    ask = desk.get(name)
    if ask is None:
        flask.abort(404, "Deze run is er niet (meer).")
    return ask


def _form(given: dict[str, str], wrong: str | None) -> str:
    return flask.render_template("begin.html", given=given, wrong=wrong, presets=declarations.presets(Las))


def _ask(given: dict[str, str], sleutel: str, desk: Desk, *, writes: bool) -> Ask:
    """Make a run of what was filled in.

    Raises:
        ConfigurationError: something is missing or wrong.
    """
    if not sleutel:
        raise ConfigurationError("Vul de autorisatiesleutel in.")
    if not given["url"] and not given["leerresultaten_url"]:
        raise ConfigurationError("Vul ten minste één adres in.")
    settings: dict[str, Any] = dict(declarations.preset(given["preset"], Las)) if given["preset"] else {}
    if given["preset"]:
        settings = {name: value for name, value in settings.items() if name not in {"url", "leerresultaten_url"}}
    settings |= {name: given[name] for name in ("url", "leerresultaten_url", "versie") if given[name]}
    school = {name: given[name] for name in _SCHOOL if given[name]}
    settings["school"] = {**settings.get("school", {}), **school}
    if given["naam"]:
        settings["name"] = given["naam"]
    config = declarations.make(settings, Las, name="het formulier")
    if not config.school.brincode and not config.school.schoolkey:
        raise ConfigurationError("Vul de brincode (of de schoolkey) van de school in.")
    autorisatie = Autorisatie(
        autorisatiesleutel=sleutel,
        klantcode=given["klantcode"] or config.autorisatie.klantcode,
        klantnaam=given["klantnaam"] or config.autorisatie.klantnaam,
    )
    return Ask(msgspec.structs.replace(config), autorisatie, allow_writes=writes, folder=desk.folder)


def _changes(desk: Desk, ask: Ask) -> Any:
    before = desk.before(ask)
    if before is None or before.ended is None or ask.ended is None:
        return None
    first, second = (
        {outcome.case.id: str(outcome.verdict) for outcome in ended.outcomes} for ended in (before.ended, ask.ended)
    )
    return before, changes(first, second)
