"""The control API below `/__mock__/`: the table of routes, served by Flask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask
import msgspec

from mock_las.cross_site import changes, cross_site, strange_host
from mock_las.fakes import Fakes
from mock_las.openapi import document
from mock_las.routes import CONTROL, ROUTES, Route
from mock_las.verbs import Unknown, Verbs
from uwlr.errors import ConfigurationError, Fault, MessageError, TransportError
from uwlr.visible import guarded

_JSON = ("application/json",)
_XML = ("application/xml", "text/xml")


def make_control(fakes: Fakes, *, loopback: bool) -> flask.Flask:
    """Make the WSGI application of the control API.

    Args:
        fakes: what it controls.
        loopback: whether the server listens on loopback only; requests for other host names are then refused.
    """
    app = flask.Flask("mock_las", static_folder=None)
    guarded(app.logger)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    _guard(app, loopback=loopback)
    for route in ROUTES:
        path = CONTROL + route.path.replace("{", "<").replace("}", ">")
        app.add_url_rule(path, route.verb, _view(fakes, route), methods=[route.method])

    @app.get(f"{CONTROL}/")
    def to_pages() -> Any:
        return flask.redirect("/", 308)

    @app.get(f"{CONTROL}/openapi.json")
    def openapi() -> Any:
        return document()

    @app.errorhandler(Unknown)
    def unknown(error: Unknown) -> Any:
        return {"error": str(error)}, 404

    @app.errorhandler(ConfigurationError)
    @app.errorhandler(MessageError)
    def refused(error: ConfigurationError | MessageError) -> Any:
        return {"error": str(error)}, 422

    @app.errorhandler(404)
    @app.errorhandler(405)
    def no_route(error: Any) -> Any:
        return {"error": error.description}, error.code

    @app.errorhandler(TransportError)
    @app.errorhandler(Fault)
    def supplier(error: TransportError | Fault) -> Any:
        return {"error": str(error), "faultcode": str(error.code) if isinstance(error, Fault) else None}, 502

    return app


def _view(fakes: Fakes, route: Route) -> Callable[..., Any]:
    def view(**arguments: str) -> Any:
        request = flask.request
        given: list[Any] = list(arguments.values())
        given += [request.args.get(name) for name in route.query]
        if route.body is bytes:
            given.append(request.get_data())
        elif route.body is not None:
            given.append(_body(route.body))
        result = getattr(Verbs(fakes, request.host_url.rstrip("/")), route.verb)(*given)
        if route.answer is None:
            return "", route.status
        answer = msgspec.json.encode(msgspec.convert(result, route.answer))
        return flask.Response(answer, route.status, mimetype="application/json")

    return view


def _body(kind: Any) -> Any:
    try:
        return msgspec.json.decode(flask.request.get_data() or b"{}", type=kind)
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"the body does not fit: {error}") from None


def _guard(app: flask.Flask, *, loopback: bool) -> None:
    @app.before_request
    def guard() -> Any:
        request = flask.request
        if strange_host(request, loopback=loopback):
            return {"error": "This host name is not ours."}, 403
        if not changes(request):
            return None
        if cross_site(request):
            return {"error": "A page of another site may not change anything here."}, 403
        due = _XML if request.path.endswith("/roster") else _JSON
        if request.get_data() and request.mimetype not in due:
            return {"error": f"The body must be {' or '.join(due)}."}, 415
        return None
