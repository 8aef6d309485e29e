"""IEP LVS: the school with its tabs, and the tests."""

from __future__ import annotations

from typing import Any

import flask

from mock_ea.iep import pupils_beside, pupils_in
from mock_ea.sites.pupil_pages import result_page
from mock_ea.sites.visits import Problem, apps, attempt, must_be
from uwlr.exchange.koppeling import explained
from uwlr.exchange.lifecycle import Storing

pages = flask.Blueprint("iep", __name__, url_prefix="/iep/<school_id>")


@pages.get("/")
def tests(school_id: str) -> str:
    """The pupils and their tests."""
    must_be("iep", school_id)
    return _tests(school_id, None)


@pages.post("/scores")
def enter(school_id: str) -> Any:
    """Keep the scores that were entered for one test, and norm them if that was asked for."""
    must_be("iep", school_id)
    iep, given = apps().iep(school_id), flask.request.form

    def action() -> str:
        done = [
            iep.scores.score(lid.id, given.get("toets", ""), given[f"score-{lid.id}"]).id
            for lid in iep.pupils()
            if given.get(f"score-{lid.id}", "").strip()
        ]
        if "normeren" in given:
            iep.scores.norm(done)
            return "genormeerd"
        return "gescoord"

    return attempt(action, flask.url_for("iep.tests", school_id=school_id), lambda p: _tests(school_id, p))


@pages.get("/resultaat/<afname_id>")
def result(school_id: str, afname_id: str) -> Any:
    """A result: where a LAS leads to."""
    must_be("iep", school_id)
    return result_page(apps().iep(school_id), afname_id)


@pages.get("/school")
def details(school_id: str) -> str:
    """The school: its details."""
    must_be("iep", school_id, ["schoolbeheerder"])
    return _school(school_id, "details", None)


@pages.get("/school/<any(basispoort, resultaatkoppeling, vensters):tab>")
def tab(school_id: str, tab: str) -> str:
    """Another tab of the school."""
    must_be("iep", school_id, ["schoolbeheerder"])
    return _school(school_id, tab, None)


@pages.post("/school/basispoort")
def take_pupils(school_id: str) -> Any:
    """Let Basispoort bring the pupils: those of the fake that runs beside."""
    school = must_be("iep", school_id, ["schoolbeheerder"])

    def action() -> str:
        apps().iep(school_id).take_pupils(pupils_beside(apps().suite.las, school))
        return "leerlingen"

    return attempt(action, _at(school_id, "basispoort"), lambda p: _school(school_id, "basispoort", p))


@pages.post("/school/basispoort/bestand")
def load(school_id: str) -> Any:
    """Take pupils out of a file."""
    must_be("iep", school_id, ["schoolbeheerder"])

    def action() -> str:
        apps().iep(school_id).take_pupils(pupils_in(flask.request.files["bestand"].read()))
        return "leerlingen"

    return attempt(action, _at(school_id, "basispoort"), lambda p: _school(school_id, "basispoort", p))


@pages.post("/school/resultaatkoppeling")
def switch_on(school_id: str) -> Any:
    """Send the test message; the koppeling is on only if it is taken."""
    must_be("iep", school_id, ["schoolbeheerder"])
    given = flask.request.form

    def action() -> str:
        apps().iep(school_id).switch_on(given.get("verificatiecode", ""), vendor=given.get("las", "esis"))
        return "ingeschakeld"

    where = _at(school_id, "resultaatkoppeling")
    return attempt(action, where, lambda p: _school(school_id, "resultaatkoppeling", p))


def _at(school_id: str, name: str) -> str:
    return flask.url_for("iep.tab", school_id=school_id, tab=name)


def _school(school_id: str, tab: str, problem: Problem | None) -> str:
    iep = apps().iep(school_id)
    koppeling = iep.koppeling()
    storing: Storing | None = koppeling.storing if koppeling else None  # type: ignore[assignment]
    return flask.render_template(
        "iep_school.html",
        tab=tab,
        school=iep.school,
        pupils=len(iep.pupils()),
        koppeling=koppeling,
        events=iep.suite.koppelingen.events(koppeling.id) if koppeling else [],
        counts=iep.suite.ledger.counts(koppeling.id) if koppeling else {},
        uitleg=explained(koppeling, storing) if koppeling and storing else "",
        setting=flask.request.args.get("instellen") == "ja" or flask.request.method == "POST",
        beside=iep.suite.las is not None,
        problem=problem,
    )


def _tests(school_id: str, problem: Problem | None) -> str:
    iep = apps().iep(school_id)
    toets = flask.request.values.get("toets", "") or next(iter(iep.scores.tests))
    taken: dict[str, list[Any]] = {}
    for afname in iep.scores.all():
        taken.setdefault(afname.lid, []).append(afname)
    return flask.render_template(
        "lvs_toetsen.html",
        pupils=iep.pupils(),
        taken=taken,
        tests=iep.scores.tests,
        toets=toets,
        processes=False,
        typed=flask.request.form,
        problem=problem,
    )
