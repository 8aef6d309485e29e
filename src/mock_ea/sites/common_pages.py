"""Pages beside the applications: where to begin, the mailbox, the clock and the night."""

from __future__ import annotations

from typing import Any

import flask

from mock_ea import tour
from mock_ea.night_report import HELD, next_night, reports
from mock_ea.sites.visits import Problem, apps, attempt
from mock_las.pages.dutch import read_moment
from uwlr.dutch_time import dutch_moment

pages = flask.Blueprint("common", __name__)

_STEPS = {"5 minuten": 300, "1 uur": 3600, "1 dag": 86_400, "1 week": 7 * 86_400, "30 dagen": 30 * 86_400}


@pages.get("/")
def home() -> str:
    """The applications, and the LAS systems beside."""
    suite = apps().suite
    return flask.render_template(
        "begin.html", schools=suite.accounts.all(), las=suite.las.url if suite.las else None, tours=tour.TITLES
    )


@pages.get("/rondleiding/<any(A, B, C, D, E):letter>")
def walk(letter: str) -> str:
    """A manual, step by step: what was done, and what comes next on which side."""
    school = tour.school_of(apps(), letter)
    found = tour.steps(apps(), letter, school) if school is not None else []
    return flask.render_template(
        "rondleiding.html",
        letter=letter,
        school=school,
        steps=found,
        next=next((step for step in found if not step.done), None),
        tours=tour.TITLES,
    )


@pages.get("/postvak")
def mailbox() -> str:
    """The mails, newest first."""
    return flask.render_template("mails.html", mails=list(reversed(apps().suite.mailbox.all())))


@pages.get("/klok")
def clock() -> str:
    """The time, and the next night."""
    return _clock(None)


@pages.post("/klok")
def change_clock() -> Any:
    """Set the clock, or move it on."""
    return attempt(_change, flask.url_for("common.clock"), _clock)


@pages.post("/nacht")
def night() -> Any:
    """Move the clock to the night, and do its work."""
    apps().night()
    return flask.redirect(flask.url_for("common.nights", gelukt="nacht"), 303)


@pages.get("/nacht")
def nights() -> str:
    """What the last nights did."""
    return flask.render_template("nachten.html", reports=list(reversed(reports(apps().suite))), held=HELD)


def _change() -> str:
    given, time = flask.request.form, apps().suite.clock
    if "vooruit" in given and given["vooruit"].isdigit():
        time.advance(float(given["vooruit"]))
    elif "schooljaar" in given:
        time.to_next_schooljaar()
    elif "echt" in given:
        time.reset()
    else:
        time.set(read_moment(given.get("moment", "")), frozen="stil" in given)
    return "klok"


def _clock(problem: Problem | None) -> str:
    now = dutch_moment(apps().suite.clock.now())
    return flask.render_template(
        "tijd.html",
        local=f"{now.day}-{now.month}-{now.year} {now:%H:%M}",
        night=next_night(now),
        steps=_STEPS,
        problem=problem,
    )
