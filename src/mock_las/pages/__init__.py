"""Web pages on the fakes: what a person at a school, or a tester without tools, would do with them.

Rendered here, in Dutch, without JavaScript. A form counts only when the browser says that it stood on one of these
pages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import flask
import msgspec

from mock_las import vendors
from mock_las.clock import amsterdam
from mock_las.dashboard import dashboard
from mock_las.faults import PlannedFault
from mock_las.findings import answer_findings, request_findings
from mock_las.orders import Activation, ClockChange, Seed, Which
from mock_las.redact import Redaction
from mock_las.routes import CONTROL
from mock_las.verbs import Unknown, Verbs
from uwlr.errors import UwlrError

if TYPE_CHECKING:
    from mock_las.application import Application

_Act: TypeAlias = Callable[[Verbs, dict[str, str]], None]
FORMS = f"{CONTROL}/doe/"
"""Where the forms of the pages go."""


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def make_pages(application: Application) -> flask.Blueprint:
    """Make the pages as a blueprint of the control API."""
    pages = flask.Blueprint("pages", __name__, template_folder="templates", url_prefix=CONTROL)

    pages.add_app_template_filter(_dutch_time, "tijd")

    @pages.after_request
    def harden(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    _views(pages, application)
    _forms(pages, application)
    return pages


def _dutch_time(moment: dt.datetime | str) -> str:
    if isinstance(moment, str):
        moment = dt.datetime.fromisoformat(moment)
    return moment.astimezone(amsterdam()).strftime("%d-%m-%Y %H:%M:%S")


def _verbs(application: Application) -> Verbs:
    return Verbs(application, flask.request.host_url.rstrip("/"))


def _views(pages: flask.Blueprint, application: Application) -> None:
    world = application.world

    @pages.get("/")
    def overzicht() -> Any:
        verbs = _verbs(application)
        systems = [
            {
                **entry,
                "about": vendors.load(entry["name"]),
                "traits": vendors.load(entry["name"]).traits(),
                "couplings": verbs.couplings(entry["name"]),
                "mails": verbs.outbox(entry["name"]),
                "received": verbs.state()["vendors"][entry["name"]],
            }
            for entry in verbs.vendors()
        ]
        return flask.render_template("overzicht.html", systems=systems, clock=verbs.clock())

    @pages.get("/groep/<vendor>")
    def groep(vendor: str) -> Any:
        if vendor not in world.names:
            raise Unknown(f"vendor {vendor!r} is not served here")
        school = world.schools.of(vendor)[0]
        brincode = flask.request.args.get("brincode")
        if brincode is not None:
            found = world.schools.find(vendor, brincode, flask.request.args.get("dependancecode"))
            if found is None:
                raise Unknown(f"{vendor} has no school {brincode}")
            school = found
        shown = dashboard(world, school, flask.request.args.get("groep"))
        return flask.render_template("groep.html", vendor=vendors.load(vendor), school=school, shown=shown)

    @pages.get("/uitwisselingen")
    def uitwisselingen() -> Any:
        vendor = flask.request.args.get("vendor") or None
        exchanges = application.journal.list(vendor)[::-1]
        return flask.render_template("uitwisselingen.html", exchanges=exchanges, names=world.names, vendor=vendor)

    @pages.get("/uitwisselingen/<int:number>")
    def uitwisseling(number: int) -> Any:
        exchange = application.journal.get(number)
        if exchange is None:
            raise Unknown(f"there is no exchange {number}")
        redaction = Redaction()
        messages = [
            ("Vraag", redaction.redact(exchange.request), request_findings(exchange)),
            ("Antwoord", redaction.redact(exchange.answer), answer_findings(exchange)),
        ]
        return flask.render_template("uitwisseling.html", exchange=exchange, messages=messages)

    @pages.get("/storingen")
    def storingen() -> Any:
        verbs = _verbs(application)
        kinds = msgspec.json.schema(PlannedFault)["$defs"]["PlannedFault"]["properties"]["kind"]["enum"]
        return flask.render_template(
            "storingen.html",
            faults=application.plan.list(),
            magic=verbs.magic_schools(),
            kinds=kinds,
            names=world.names,
        )

    @pages.get("/klok")
    def klok() -> Any:
        return flask.render_template("klok.html", clock=_verbs(application).clock())


def _forms(pages: flask.Blueprint, application: Application) -> None:
    def form(path: str, back: str) -> Callable[[_Act], None]:
        def register(act: _Act) -> None:
            def view() -> Any:
                filled = {name: value for name, value in flask.request.form.items() if value.strip()}
                try:
                    act(_verbs(application), filled)
                except (UwlrError, msgspec.ValidationError) as error:
                    return flask.render_template("fout.html", error=str(error), back=CONTROL + back), 422
                return flask.redirect(CONTROL + back, 303)

            pages.add_url_rule(f"/doe/{path}", f"doe_{path}", view, methods=["POST"])

        return register

    @form("koppeling", "/")
    def koppeling(verbs: Verbs, filled: dict[str, str]) -> None:
        vendor, action = filled.pop("vendor", ""), filled.pop("action", "")
        match action:
            case "activate":
                verbs.activate(vendor, msgspec.convert({**filled, "akkoord": "akkoord" in filled}, Activation))
            case "request" | "approve" | "remove_key" | "end":
                verbs.act(vendor, action, msgspec.convert(filled, Which))
            case _:
                raise Unknown(f"there is no step {action!r}")

    @form("storing", "/storingen")
    def storing(verbs: Verbs, filled: dict[str, str]) -> None:
        verbs.plan_fault(msgspec.convert(filled, PlannedFault, strict=False))

    @form("geen-storingen", "/storingen")
    def geen_storingen(verbs: Verbs, filled: dict[str, str]) -> None:
        del filled
        verbs.clear_faults()

    @form("klok", "/klok")
    def klok(verbs: Verbs, filled: dict[str, str]) -> None:
        verbs.set_clock(msgspec.convert({**filled, "frozen": "frozen" in filled}, ClockChange, strict=False))

    @form("opnieuw", "/")
    def opnieuw(verbs: Verbs, filled: dict[str, str]) -> None:
        verbs.reset(msgspec.convert(filled, Seed, strict=False))
