"""JIJ! Leerlingvolgsysteem: the tests, and what is filled in at Magister."""

from __future__ import annotations

from typing import Any

import flask

from mock_ea.iep import pupils_beside, pupils_in
from mock_ea.jij.service import PATH
from mock_ea.sites.pupil_pages import result_page
from mock_ea.sites.visits import Problem, apps, attempt, must_be

pages = flask.Blueprint("jij", __name__, url_prefix="/jij/<school_id>")


@pages.get("/")
def tests(school_id: str) -> str:
    """The pupils and their tests."""
    must_be("jij", school_id)
    return _tests(school_id, None)


@pages.post("/scores")
def enter(school_id: str) -> Any:
    """Keep the scores that were entered for one test; they are processed at once."""
    must_be("jij", school_id)
    jij, given = apps().jij(school_id), flask.request.form

    def action() -> str:
        for lid in jij.pupils():
            if given.get(f"score-{lid.id}", "").strip():
                jij.score(lid.id, given.get("toets", ""), given[f"score-{lid.id}"])
        return "verwerkt"

    return attempt(action, flask.url_for("jij.tests", school_id=school_id), lambda p: _tests(school_id, p))


@pages.get("/resultaat/<afname_id>")
def result(school_id: str, afname_id: str) -> Any:
    """A result, with more of it than Magister shows."""
    must_be("jij", school_id)
    return result_page(apps().jij(school_id), afname_id)


@pages.get("/beheer")
def admin(school_id: str) -> str:
    """What Magister needs, and where the pupils come from."""
    must_be("jij", school_id, ["beheerder"])
    return _admin(school_id, None)


@pages.post("/beheer/sleutel")
def ask_key(school_id: str) -> Any:
    """Ask customer service for the SOAP-key."""
    must_be("jij", school_id, ["beheerder"])
    apps().jij(school_id).ask_key()
    return flask.redirect(_here(school_id) + "?gelukt=gemaild", 303)


@pages.post("/beheer/leerlingen")
def take_pupils(school_id: str) -> Any:
    """Take the pupils of the Magister that runs beside."""
    school = must_be("jij", school_id, ["beheerder"])

    def action() -> str:
        apps().jij(school_id).take_pupils(pupils_beside(apps().suite.las, school))
        return "leerlingen"

    return attempt(action, _here(school_id), lambda p: _admin(school_id, p))


@pages.post("/beheer/bestand")
def load(school_id: str) -> Any:
    """Take pupils out of a file."""
    must_be("jij", school_id, ["beheerder"])

    def action() -> str:
        apps().jij(school_id).take_pupils(pupils_in(flask.request.files["bestand"].read()))
        return "leerlingen"

    return attempt(action, _here(school_id), lambda p: _admin(school_id, p))


def _here(school_id: str) -> str:
    return flask.url_for("jij.admin", school_id=school_id)


def _admin(school_id: str, problem: Problem | None) -> str:
    jij = apps().jij(school_id)
    return flask.render_template(
        "jij_beheer.html",
        account=jij.account,
        url=f"{jij.suite.url}{PATH}?wsdl",
        pupils=len(jij.pupils()),
        beside=jij.suite.las is not None,
        problem=problem,
    )


def _tests(school_id: str, problem: Problem | None) -> str:
    jij = apps().jij(school_id)
    toets = flask.request.values.get("toets", "") or next(iter(jij.scores.tests))
    taken: dict[str, list[Any]] = {}
    for afname in jij.scores.all():
        taken.setdefault(afname.lid, []).append(afname)
    return flask.render_template(
        "lvs_toetsen.html",
        pupils=jij.pupils(),
        taken=taken,
        tests=jij.scores.tests,
        toets=toets,
        processes=True,
        typed=flask.request.form,
        problem=problem,
    )
