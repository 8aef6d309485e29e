"""Boom testcentrum: the overview of pupils with their tests, scores and norms, and the pupils who were deactivated."""

from __future__ import annotations

from typing import Any, Final

import flask

from mock_ea.boom import Boom
from mock_ea.catalogue import LEVELS
from mock_ea.scoring import STATUSES, Afname
from mock_ea.sites.visits import Problem, apps, attempt, must_be
from uwlr.exchange import Lid

pages = flask.Blueprint("pupils", __name__, url_prefix="/boom/<school_id>")

_TABS: Final = {
    "mijn": "Mijn leerlingen",
    "uitgenodigd": "Uitgenodigd",
    "gescoord": "Gescoord",
    "genormeerd": "Genormeerd",
    "definitief": "Definitief",
}
_USERS: Final = ("beheerder", "leerkracht")


@pages.get("/")
def overview(school_id: str) -> str:
    """The Leerlingenoverzicht: the basic screen."""
    must_be("boom", school_id, _USERS)
    return _page(school_id, None)


@pages.post("/uitnodigen")
def invite(school_id: str) -> Any:
    """Invite the ticked pupils for a test."""
    must_be("boom", school_id, _USERS)
    boom, given = apps().boom(school_id), flask.request.form

    def action() -> str:
        for lid in _ticked(boom):
            boom.scores.invite(lid, given.get("toets", ""))
        return "uitgenodigd"

    where = flask.url_for("pupils.overview", school_id=school_id, tab="uitgenodigd")
    return attempt(action, where, lambda problem: _page(school_id, problem))


@pages.route("/scores", methods=["GET", "POST"])
def scores(school_id: str) -> Any:
    """A form to enter the scores of some pupils for one test."""
    must_be("boom", school_id, _USERS)
    return _scores(school_id, None)


@pages.post("/scores/opslaan")
def enter(school_id: str) -> Any:
    """Keep the scores that were entered."""
    must_be("boom", school_id, _USERS)
    boom, given = apps().boom(school_id), flask.request.form

    def action() -> str:
        for lid in _ticked(boom):
            if given.get(f"score-{lid}", "").strip():
                boom.scores.score(lid, given.get("toets", ""), given[f"score-{lid}"])
        return "gescoord"

    where = flask.url_for("pupils.overview", school_id=school_id, tab="gescoord")
    return attempt(action, where, lambda problem: _scores(school_id, problem))


@pages.post("/normeren")
def norm(school_id: str) -> Any:
    """Norm what is scored: all of it, or one."""
    must_be("boom", school_id, _USERS)
    one = flask.request.form.get("afname")
    apps().boom(school_id).scores.norm([one] if one else None)
    return flask.redirect(flask.url_for("pupils.overview", school_id=school_id, tab="genormeerd", gelukt="genormeerd"))


@pages.get("/resultaat/<afname_id>")
def result(school_id: str, afname_id: str) -> Any:
    """A result: where a LAS leads to when somebody clicks on it."""
    must_be("boom", school_id, _USERS)
    return result_page(apps().boom(school_id), afname_id)


@pages.post("/starten/<lid>")
def start(school_id: str, lid: str) -> Any:
    """Start an online test of one pupil."""
    must_be("boom", school_id, _USERS)
    boom = apps().boom(school_id)
    toets = flask.request.form.get("toets", "")

    def action() -> str:
        boom.scores.invite(_one(boom, lid).id, toets)
        return "gestart"

    where = flask.url_for("pupils.online", school_id=school_id, lid=lid, toets=toets)
    return attempt(action, where, lambda problem: _page(school_id, problem))


@pages.route("/online/<lid>", methods=["GET", "POST"])
def online(school_id: str, lid: str) -> Any:
    """The online test as a pupil takes it: no questions, only how many were right."""
    must_be("boom", school_id, _USERS)
    boom = apps().boom(school_id)
    pupil, toets = _one(boom, lid), flask.request.values.get("toets", "")
    if toets not in boom.scores.tests:
        flask.abort(404)

    def page(problem: Problem | None) -> str:
        test = boom.scores.tests[toets]
        return flask.render_template("boom_online.html", lid=pupil, test=test, problem=problem)

    def action() -> str:
        boom.scores.score(pupil.id, toets, flask.request.form.get("goed", ""))
        return "gescoord"

    if flask.request.method == "GET":
        return page(None)
    return attempt(action, flask.url_for("pupils.overview", school_id=school_id, tab="gescoord"), page)


@pages.route("/leerling/<lid>", methods=["GET", "POST"])
def change(school_id: str, lid: str) -> Any:
    """The data of a pupil, to see and to change."""
    must_be("boom", school_id, _USERS)
    boom, given = apps().boom(school_id), flask.request.form
    pupil = _one(boom, lid)

    def page(problem: Problem | None) -> str:
        found = [afname for afname in boom.scores.all() if afname.lid == pupil.id]
        return flask.render_template(
            "boom_leerling.html",
            lid=pupil,
            found=found,
            tests=boom.scores.tests,
            schooljaar=boom.suite.clock.schooljaar(),
            typed=given,
            problem=problem,
        )

    def action() -> str:
        boom.change_pupil(pupil, **{name: given.get(name, "") for name in ("roepnaam", "achternaam", "geboren")})
        return "leerling"

    if flask.request.method == "GET":
        return page(None)
    return attempt(action, flask.url_for("pupils.change", school_id=school_id, lid=pupil.id), page)


@pages.route("/toevoegen", methods=["GET", "POST"])
def add(school_id: str) -> Any:
    """Add pupils by hand, one a line."""
    must_be("boom", school_id, _USERS)
    boom, given = apps().boom(school_id), flask.request.form

    def page(problem: Problem | None) -> str:
        return flask.render_template("boom_toevoegen.html", typed=given, problem=problem)

    def action() -> str:
        boom.add_pupils(given.get("leerlingen", ""))
        return "toegevoegd"

    if flask.request.method == "GET":
        return page(None)
    return attempt(action, flask.url_for("pupils.overview", school_id=school_id), page)


@pages.get("/rapport")
def report(school_id: str) -> str:
    """How the pupils did: each test with its levels, of all or of one group."""
    who = must_be("boom", school_id, _USERS)
    boom = apps().boom(who.id)
    groups, groep = boom.groups(), flask.request.args.get("groep", "")
    chosen = {lid.id for lid in _mine(boom) if not groep or groep in _groups_of(lid, groups)}
    return flask.render_template(
        "boom_rapport.html",
        rows=boom.scores.levels(chosen),
        levels=LEVELS,
        groups=sorted(set(groups.values())),
        groep=groep,
    )


@pages.get("/leerlingen")
def manage(school_id: str) -> str:
    """The pupils who are active, and those who were deactivated."""
    must_be("boom", school_id, ["beheerder"])
    boom = apps().boom(school_id)
    return flask.render_template(
        "boom_leerlingen.html", active=boom.pupils(), gone=boom.pupils(active=False), groups=boom.groups()
    )


@pages.post("/leerlingen/<lid>/activeren")
def reactivate(school_id: str, lid: str) -> Any:
    """Take a pupil back who was deactivated."""
    must_be("boom", school_id, ["beheerder"])
    boom = apps().boom(school_id)
    koppeling = boom.with_las()
    if koppeling is None:
        flask.abort(404)
    boom.suite.importer.reactivate(koppeling.id, "leerling", lid, door="beheerder")
    return flask.redirect(flask.url_for("pupils.manage", school_id=school_id, gelukt="actief"), 303)


def result_page(app: Any, afname_id: str) -> str:
    """Make the page of a result of any application."""
    afname = app.scores.get(afname_id)
    if afname is None:
        flask.abort(404)
    pupil = next((lid for lid in app.leden.find("leerling") if lid.id == afname.lid), None)
    name = pupil.gegevens.label if pupil is not None else ""
    return flask.render_template("resultaat.html", afname=afname, name=name, test=app.scores.tests[afname.toets])


def _one(boom: Boom, lid: str) -> Lid:
    found = [one for one in _mine(boom) if one.id == lid]
    if not found:
        flask.abort(404)
    return found[0]


def _mine(boom: Boom) -> list[Lid]:
    """The pupils of whoever is logged in: for a teacher those of the own groups, else all."""
    teacher = flask.session.get("leerkracht")
    everybody = boom.pupils()
    if teacher is None or flask.session["boom"][1] != "leerkracht":
        return everybody
    own = {ref for lid in boom.leden.find("leerkracht") if lid.id == teacher for ref in lid.gegevens.groepen}
    return [lid for lid in everybody if own.intersection(lid.gegevens.groepen)]


def _ticked(boom: Boom) -> list[str]:
    known = {lid.id for lid in _mine(boom)}
    return [lid for lid in flask.request.form.getlist("lid") if lid in known]


def _scores(school_id: str, problem: Problem | None) -> str:
    boom = apps().boom(school_id)
    values = flask.request.values
    wanted = set(values.getlist("lid"))
    chosen = [lid for lid in _mine(boom) if not wanted or lid.id in wanted]
    toets = values.get("toets", "") or next(iter(boom.scores.tests))
    today = boom.suite.clock.today()
    known = {a.lid: a.score for a in boom.scores.all() if a.toets == toets and a.afgenomen == today}
    return flask.render_template(
        "boom_scores.html",
        pupils=chosen,
        tests=boom.scores.tests.values(),
        toets=toets,
        known=known,
        typed=flask.request.form,
        problem=problem,
    )


def _page(school_id: str, problem: Problem | None) -> str:
    boom, given = apps().boom(school_id), flask.request.args
    tab = given.get("tab", "mijn") if given.get("tab", "mijn") in _TABS else "mijn"
    groups, everybody = boom.groups(), _mine(boom)
    zoek, groep = given.get("zoek", "").casefold().strip(), given.get("groep", "")
    toets, jaargroep = given.get("toets", ""), given.get("jaargroep", "")
    schooljaar = boom.suite.clock.schooljaar()
    taken: dict[str, list[Afname]] = {}
    for afname in boom.scores.all():
        taken.setdefault(afname.lid, []).append(afname)
    counts = boom.scores.counts()

    def shown(lid: Lid) -> bool:
        said = f"{lid.gegevens.label} {lid.gegevens.key or ''}".casefold()
        mine = taken.get(lid.id, [])
        return (
            zoek in said
            and (not groep or groep in _groups_of(lid, groups))
            and (not jaargroep or lid.gegevens.jaargroep == jaargroep)
            and (not toets or any(afname.toets == toets for afname in mine))
            and (tab == "mijn" or any(afname.status(schooljaar) == tab for afname in mine))
        )

    rows = [
        (lid, _groups_of(lid, groups), [a for a in taken.get(lid.id, []) if tab in {"mijn", a.status(schooljaar)}])
        for lid in everybody
        if shown(lid)
    ]
    return flask.render_template(
        "boom_overzicht.html",
        rows=rows,
        tabs=[(key, title, len(everybody) if key == "mijn" else counts[_status(key)]) for key, title in _TABS.items()],
        tab=tab,
        tests=boom.scores.tests,
        groups=sorted(set(groups.values())),
        years=sorted({lid.gegevens.jaargroep for lid in everybody if lid.gegevens.jaargroep}),
        schooljaar=schooljaar,
        scored=counts["gescoord"],
        problem=problem,
        given=given,
    )


def _status(key: str) -> Any:
    return next(status for status in STATUSES if status == key)


def _groups_of(lid: Lid, groups: dict[str, str]) -> list[str]:
    keys = [ref if isinstance(ref, str) else ref[1] for ref in lid.gegevens.groepen]
    return [groups[key] for key in keys if key in groups]
