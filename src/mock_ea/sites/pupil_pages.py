"""Boom testcentrum: the overview of pupils with their tests, scores and norms, and the pupils who were deactivated."""

from __future__ import annotations

from typing import Any, Final

import flask

from mock_ea.boom import Boom
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


def _ticked(boom: Boom) -> list[str]:
    known = {lid.id for lid in boom.pupils()}
    return [lid for lid in flask.request.form.getlist("lid") if lid in known]


def _scores(school_id: str, problem: Problem | None) -> str:
    boom = apps().boom(school_id)
    values = flask.request.values
    wanted = set(values.getlist("lid"))
    chosen = [lid for lid in boom.pupils() if not wanted or lid.id in wanted]
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
    groups, everybody = boom.groups(), boom.pupils()
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
