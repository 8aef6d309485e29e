"""Customer service of Boom: requests of a school that wait, ParnasSys, and the previous school year."""

from __future__ import annotations

from typing import Any

import flask

from mock_ea.boom import KEY_LATER, TITLES
from mock_ea.sites.visits import Problem, apps, attempt, must_be
from mock_ea.suite import SERVICE
from mock_las.declined import Declined
from mock_las.products import BOOM_TESTCENTRUM

pages = flask.Blueprint("service", __name__, url_prefix="/boom/<school_id>/klantenservice")


@pages.get("")
def desk(school_id: str) -> str:
    """What waits."""
    must_be("boom", school_id, ["klantenservice"])
    return _page(school_id, None)


@pages.post("/<int:number>/goedkeuren")
def approve(school_id: str, number: int) -> Any:
    """Approve a request."""
    must_be("boom", school_id, ["klantenservice"])

    def action() -> str:
        apps().boom(school_id).approve(number)
        return "goedgekeurd"

    return attempt(action, _here(school_id), lambda problem: _page(school_id, problem))


@pages.post("/<int:number>/afwijzen")
def reject(school_id: str, number: int) -> Any:
    """Refuse a request, with the reason."""
    must_be("boom", school_id, ["klantenservice"])

    def action() -> str:
        reden = flask.request.form.get("reden", "").strip()
        if not reden:
            raise Declined("a refusal needs a reason", "Vul de reden in: de school krijgt hem gemaild.")
        apps().boom(school_id).reject(number, reden)
        return "afgewezen"

    return attempt(action, _here(school_id), lambda problem: _page(school_id, problem))


@pages.post("/parnassys")
def open_parnassys(school_id: str) -> Any:
    """Open the koppeling in ParnasSys, so that the school finds it there."""
    school = must_be("boom", school_id, ["klantenservice"])

    def action() -> str:
        las = apps().suite.las
        if las is None:
            raise Declined("no fakes run beside", "Er draait geen nagebootst ParnasSys naast.")
        which = {"brincode": school.brincode, "dependancecode": school.dependancecode, **BOOM_TESTCENTRUM._asdict()}
        if las.request_coupling(vendor="parnassys", **which).status == "aangevraagd":
            las.approve_coupling(vendor="parnassys", **which)
        text = "De koppeling Boom testcentrum UWLR staat voor uw school klaar in ParnasSys. U kunt de stappen volgen."
        apps().suite.mail_school(school, "UWLR-koppeling aangevraagd", text)
        return "geopend"

    return attempt(action, _here(school_id), lambda problem: _page(school_id, problem))


@pages.post("/<int:number>/vrijgeven")
def release(school_id: str, number: int) -> Any:
    """Let the results of the previous school year go, as the school asked."""
    must_be("boom", school_id, ["klantenservice"])
    apps().boom(school_id).release(number)
    return flask.redirect(_here(school_id) + "?gelukt=vrijgegeven", 303)


def _here(school_id: str) -> str:
    return flask.url_for("service.desk", school_id=school_id)


def _page(school_id: str, problem: Problem | None) -> str:
    boom = apps().boom(school_id)
    koppelingen = [one for one in boom.koppelingen() if one.status != "beeindigd"]
    return flask.render_template(
        "boom_klantenservice.html",
        school=boom.school,
        waiting=[(one, boom.faults_of(one)) for one in koppelingen if one.status == "aangevraagd"],
        running=[one for one in koppelingen if one.status == "actief" and one.vendor not in KEY_LATER],
        titles_of=TITLES,
        mails=list(reversed(boom.suite.mailbox.all(SERVICE)))[:5],
        problem=problem,
    )
