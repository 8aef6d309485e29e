"""Planned faults: the list, a form for one more, and the schools that always react the same."""

from __future__ import annotations

from typing import Any, get_args

import flask
import msgspec

from mock_las import vendors
from mock_las.faults import OF_KIND, Kind, PlannedFault
from mock_las.pages import dutch
from mock_las.pages.actions import Problem, attempt, verbs
from uwlr.foutcodes import Foutcode
from uwlr.soap.operations import OPERATIONS

pages = flask.Blueprint("faults", __name__)

_ALWAYS = ("kind", "vendor", "operation", "on_call", "times", "chance", "seed")


@pages.get("/storingen")
def index() -> str:
    """The planned faults."""
    return _page(None)


@pages.post("/storingen")
def plan() -> Any:
    """Plan one more fault."""
    form = flask.request.form
    names = [*_ALWAYS, OF_KIND.get(form.get("kind", ""), "")]  # what belongs to another kind is ignored
    given = {name: form[name] for name in names if form.get(name, "").strip()}

    def action() -> str:
        verbs().plan_fault(msgspec.convert(given, PlannedFault, strict=False))
        return "plan"

    return attempt(
        action,
        flask.url_for("faults.index"),
        "Deze storing kan niet worden gepland: een van de getallen valt buiten wat ernaast staat. Verbeter dat getal.",
        _page,
    )


@pages.post("/storingen/schrappen")
def remove() -> Any:
    """Cancel one fault."""

    def action() -> str:
        verbs().remove_fault(msgspec.json.decode(flask.request.form.get("storing", ""), type=PlannedFault))
        return "unplan"

    return attempt(action, flask.url_for("faults.index"), "Deze storing kan niet worden geschrapt.", _page)


@pages.post("/storingen/leegmaken")
def clear() -> Any:
    """Cancel all planned faults."""
    verbs().clear_faults()
    return flask.redirect(flask.url_for("faults.index", gelukt="clear_faults"), 303)


def _page(problem: Problem | None) -> str:
    planned = verbs().faults()
    return flask.render_template(
        "storingen.html",
        faults=[(fault, msgspec.json.encode(fault).decode()) for fault in planned],
        kinds=[(kind, dutch.FAULTS[kind]) for kind in get_args(Kind)],
        kind_words=dutch.FAULTS,
        vendors=[vendors.load(connection["name"]) for connection in verbs().vendors()],
        operations=[operation.name for operation in OPERATIONS],
        foutcodes=[str(code) for code in Foutcode],
        magic=verbs().magic_schools(),
        typed=flask.request.form,
        problem=problem,
    )
