"""The clock of the fakes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import flask

from mock_las.arguments import ClockChange
from mock_las.pages import dutch
from mock_las.pages.actions import Problem, attempt, verbs
from uwlr.dutch_time import dutch_moment
from uwlr.errors import ConfigurationError

pages = flask.Blueprint("clock", __name__)

_STEPS = {
    "5 minuten": 300,
    "1 uur": 3600,
    "1 dag": 86_400,
    "1 week": 7 * 86_400,
    "30 dagen": 30 * 86_400,
    "365 dagen": 365 * 86_400,
}


@pages.get("/klok")
def index() -> str:
    """The time."""
    return _page(None)


@pages.post("/klok")
def change() -> Any:
    """Set the clock, move it forward, or let it follow the real time again."""
    return attempt(
        _change, flask.url_for("clock.index"), "De klok is niet verzet: vul een aantal seconden in, als getal.", _page
    )


def _change() -> str:
    form = flask.request.form
    if "vooruit" in form:
        verbs().set_clock(ClockChange(advance=_number(form["vooruit"])))
    elif "schooljaar" in form:
        verbs().set_clock(ClockChange(next_schooljaar=True))
    elif "echt" in form:
        verbs().set_clock(ClockChange(now=dt.datetime.now(dt.UTC), frozen=False))
    else:
        verbs().set_clock(ClockChange(now=dutch.read_moment(form.get("moment", "")), frozen="stil" in form))
    return "clock"


def _page(problem: Problem | None) -> str:
    now = dutch_moment(dt.datetime.fromisoformat(verbs().clock()["now"]))
    return flask.render_template(
        "klok.html",
        local=f"{now.day}-{now.month}-{now.year} {now:%H:%M}",
        steps=_STEPS,
        typed=flask.request.form,
        problem=problem,
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ConfigurationError("this is no number of seconds") from None
