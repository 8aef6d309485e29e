"""Logging in: a school and a role are chosen, since nobody here has a password."""

from __future__ import annotations

from typing import Any

import flask

from mock_ea.sites.visits import ROLES, apps

pages = flask.Blueprint("login", __name__)


@pages.get("/inloggen/<any(boom, iep, jij):application>")
def form(application: str) -> str:
    """Ask who it is."""
    return flask.render_template(
        "inloggen.html",
        wanted=application,
        roles=ROLES[application],
        schools=apps().suite.accounts.all(),
        teachers=_teachers() if application == "boom" else [],
        naar=flask.request.args.get("naar", ""),
        chosen=flask.request.args.get("school", ""),
    )


@pages.post("/inloggen/<any(boom, iep, jij):application>")
def enter(application: str) -> Any:
    """Log in, and go on to where it was asked for."""
    given = flask.request.form
    school = apps().suite.accounts.get(given.get("school", ""))
    role = given.get("rol", "")
    if role not in ROLES[application]:
        flask.abort(400)
    flask.session[application] = [school.id, role]
    if application == "boom":
        flask.session["leerkracht"] = given.get("leerkracht") or None
    home = f"/{application}/{school.id}/"
    wanted = given.get("naar", "")
    inside = wanted.startswith(home) and "\\" not in wanted
    if not inside:
        wanted = f"{home}klantenservice" if role == "klantenservice" else home
    return flask.redirect(wanted, 303)


def _teachers() -> list[tuple[str, str]]:
    """The teachers who were imported, of all schools: id and name."""
    found = [lid for school in apps().suite.accounts.all() for lid in apps().boom(school.id).leden.find("leerkracht")]
    return sorted(((lid.id, lid.gegevens.label) for lid in found if lid.actief), key=lambda one: one[1])


@pages.post("/uitloggen/<any(boom, iep, jij):application>")
def leave(application: str) -> Any:
    """Log out."""
    flask.session.pop(application, None)
    return flask.redirect("/", 303)
