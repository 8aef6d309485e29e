"""The control API below `/__mock__/`: the verbs over HTTP, in JSON.

A page of another site that a browser on this machine shows must not be able to steer the fakes, nor read them by
giving its own name this machine's address; so such requests are refused before anything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_args
from urllib.parse import urlsplit

import flask
import msgspec

from mock_las.application import CONTROL
from mock_las.faults import PlannedFault
from mock_las.server import is_loopback
from mock_las.verbs import (
    Action,
    Activation,
    ClockChange,
    NewSchool,
    NumbersEntered,
    SchoolChange,
    Unknown,
    Verbs,
    Which,
)
from uwlr.errors import ConfigurationError, MessageError

if TYPE_CHECKING:
    from mock_las.application import Application

_JSON = ("application/json",)
_XML = ("application/xml", "text/xml")
_ACTIONS = ", ".join(get_args(Action))
_T = TypeVar("_T")


def make_control(application: Application) -> flask.Flask:
    """Make the WSGI application of the control API."""
    app = flask.Flask("mock_las", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    verbs = Verbs(application)
    _guard(app, loopback=application.loopback)
    _routes(app, verbs)

    @app.errorhandler(Unknown)
    def unknown(error: Unknown) -> Any:
        return {"error": str(error)}, 404

    @app.errorhandler(ConfigurationError)
    @app.errorhandler(MessageError)
    def refused(error: ConfigurationError | MessageError) -> Any:
        return {"error": str(error)}, 422

    return app


def _routes(app: flask.Flask, verbs: Verbs) -> None:
    @app.post(f"{CONTROL}/reset")
    def reset() -> Any:
        verbs.reset()
        return "", 204

    @app.get(f"{CONTROL}/vendors")
    def vendors() -> Any:
        return flask.jsonify(verbs.vendors(flask.request.host_url.rstrip("/")))

    @app.get(f"{CONTROL}/vendors/<vendor>")
    def vendor(vendor: str) -> Any:
        return verbs.vendor(vendor, flask.request.host_url.rstrip("/"))

    @app.get(f"{CONTROL}/state")
    def state() -> Any:
        return verbs.state()

    @app.get(f"{CONTROL}/clock")
    def clock() -> Any:
        return verbs.clock()

    @app.put(f"{CONTROL}/clock")
    def set_clock() -> Any:
        return verbs.set_clock(_body(ClockChange))

    @app.get(f"{CONTROL}/couplings/<vendor>")
    def couplings(vendor: str) -> Any:
        return flask.jsonify(verbs.couplings(vendor))

    @app.put(f"{CONTROL}/couplings/<vendor>")
    def activate(vendor: str) -> Any:
        return verbs.activate(vendor, _body(Activation))

    @app.post(f"{CONTROL}/couplings/<vendor>/<any({_ACTIONS}):action>")
    def act(vendor: str, action: Action) -> Any:
        return verbs.act(vendor, action, _body(Which))

    @app.get(f"{CONTROL}/outbox/<vendor>")
    def outbox(vendor: str) -> Any:
        return flask.jsonify(verbs.outbox(vendor))

    @app.get(f"{CONTROL}/schools/<vendor>")
    def schools(vendor: str) -> Any:
        return flask.jsonify(verbs.schools(vendor))

    @app.post(f"{CONTROL}/schools/<vendor>")
    def add_school(vendor: str) -> Any:
        return verbs.add_school(vendor, _body(NewSchool)), 201

    @app.put(f"{CONTROL}/schools/<vendor>/roster")
    def load_school(vendor: str) -> Any:
        return verbs.load_school(vendor, flask.request.get_data())

    @app.post(f"{CONTROL}/schools/<vendor>/changes")
    def change_school(vendor: str) -> Any:
        return verbs.change_school(vendor, _body(SchoolChange))

    @app.post(f"{CONTROL}/leerlingnummers/<vendor>")
    def enter_numbers(vendor: str) -> Any:
        verbs.enter_numbers(vendor, _body(NumbersEntered))
        return "", 204

    @app.get(f"{CONTROL}/faults")
    def faults() -> Any:
        return flask.jsonify(verbs.faults())

    @app.put(f"{CONTROL}/faults")
    def plan_faults() -> Any:
        return flask.jsonify(verbs.plan_faults(_body(list[PlannedFault])))

    @app.delete(f"{CONTROL}/faults")
    def clear_faults() -> Any:
        verbs.plan_faults([])
        return "", 204

    @app.get(f"{CONTROL}/magic")
    def magic_schools() -> Any:
        return flask.jsonify(verbs.magic_schools())

    @app.get(f"{CONTROL}/exchanges")
    def exchanges() -> Any:
        return flask.jsonify(verbs.exchanges(flask.request.args.get("vendor")))


def _body(kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(flask.request.get_data() or b"{}", type=kind)
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"the body does not fit: {error}") from None


def _guard(app: flask.Flask, *, loopback: bool) -> None:
    @app.before_request
    def guard() -> Any:
        request = flask.request
        if loopback and not is_loopback(urlsplit(f"//{request.host}").hostname or ""):
            return {"error": "This host name is not ours."}, 403
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return None
        origin = request.headers.get("Origin")
        if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"} or (
            origin is not None and origin != request.host_url.rstrip("/")
        ):
            return {"error": "A page of another site may not change anything here."}, 403
        due = _XML if request.path.endswith("/roster") else _JSON
        if request.get_data() and request.mimetype not in due:
            return {"error": f"The body must be {' or '.join(due)}."}, 415
        return None
