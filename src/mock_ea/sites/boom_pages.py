"""Boom testcentrum: Beheer, and "koppelen met LAS"."""

from __future__ import annotations

from typing import Any

import flask

from mock_ea.boom import DASHBOARDS, KEY_LATER, SYSTEMS, TITLES, Boom, this_year
from mock_ea.explaining import explain
from mock_ea.sites.visits import Problem, apps, attempt, must_be
from mock_ea.suite import SERVICE
from uwlr.errors import UwlrError
from uwlr.exchange import Koppeling
from uwlr.exchange.koppeling import explained
from uwlr.exchange.lifecycle import Storing

pages = flask.Blueprint("boom", __name__, url_prefix="/boom/<school_id>")


@pages.get("/beheer")
def admin(school_id: str) -> str:
    """The menu of an administrator."""
    must_be("boom", school_id, ["beheerder"])
    return flask.render_template("boom_beheer.html", gone=len(apps().boom(school_id).pupils(active=False)))


@pages.get("/koppelen")
def couple(school_id: str) -> str:
    """The koppelingen with a LAS and with dashboards, in two blocks."""
    must_be("boom", school_id, ["beheerder"])
    return _page(school_id, None)


@pages.post("/koppelen/aanvragen")
def request(school_id: str) -> Any:
    """File a request."""
    must_be("boom", school_id, ["beheerder"])
    given = flask.request.form

    def action() -> str:
        apps().boom(school_id).request(
            given.get("type", ""),
            brincode=given.get("brincode", "").strip().upper() or None,
            dependancecode=given.get("dependancecode", ""),
            autorisatiesleutel=given.get("autorisatiesleutel", ""),
            schoolkey=given.get("schoolkey", "").strip(),
        )
        return "aangevraagd"

    return attempt(action, _here(school_id), lambda problem: _page(school_id, problem))


@pages.post("/koppelen/<int:number>/sleutel")
def enter_key(school_id: str, number: int) -> Any:
    """Save the key: it is proven at the LAS."""
    must_be("boom", school_id, ["beheerder"])
    koppeling, given = _mine(school_id, number), flask.request.form

    def action() -> str:
        key, schoolkey = given.get("autorisatiesleutel", ""), given.get("schoolkey", "").strip()
        apps().boom(school_id).enter_key(koppeling.id, key, schoolkey=schoolkey)
        return "sleutel"

    return attempt(action, _here(school_id), lambda problem: _page(school_id, problem))


@pages.post("/koppelen/importeren")
def start_import(school_id: str) -> Any:
    """Fetch the roster, and go on to the review."""
    must_be("boom", school_id, ["beheerder"])

    try:
        plan = apps().boom(school_id).start_import()
    except UwlrError as error:
        return _page(school_id, Problem(explain(error), str(error))), 422
    return flask.redirect(flask.url_for("review.show", school_id=school_id, plan_id=plan.id), 303)


@pages.get("/koppelen/nummers")
def ask_numbers(school_id: str) -> str:
    """Ask whether the numbers may really go."""
    must_be("boom", school_id, ["beheerder"])
    boom = apps().boom(school_id)
    return flask.render_template("boom_nummers.html", numbers=boom.old_numbers(), running=boom.with_las())


@pages.post("/koppelen/nummers")
def remove_numbers(school_id: str) -> Any:
    """Remove the external numbers."""
    must_be("boom", school_id, ["beheerder"])
    apps().boom(school_id).remove_numbers()
    return flask.redirect(_here(school_id) + "?gelukt=nummers", 303)


@pages.get("/koppelen/<int:number>/beeindigen")
def ask_end(school_id: str, number: int) -> str:
    """Ask whether a koppeling may really end."""
    must_be("boom", school_id, ["beheerder"])
    return flask.render_template("boom_einde.html", koppeling=_mine(school_id, number), titles_of=TITLES)


@pages.post("/koppelen/<int:number>/beeindigen")
def end(school_id: str, number: int) -> Any:
    """End a koppeling."""
    must_be("boom", school_id, ["beheerder"])
    apps().boom(school_id).end(_mine(school_id, number).id)
    return flask.redirect(_here(school_id) + "?gelukt=beeindigd", 303)


@pages.post("/koppelen/<int:number>/historie")
def send_history(school_id: str, number: int) -> Any:
    """Let the history of this school year and the one before go to ESIS."""
    must_be("boom", school_id, ["beheerder"])
    koppeling = _mine(school_id, number)
    if koppeling.vendor not in KEY_LATER:
        flask.abort(403, "Alleen de klantenservice kan resultaten van het vorige schooljaar vrijgeven.")
    apps().boom(school_id).release(koppeling.id, door="de beheerder van de school")
    return flask.redirect(_here(school_id) + "?gelukt=vrijgegeven", 303)


@pages.post("/koppelen/mail")
def mail_service(school_id: str) -> Any:
    """Mail customer service with the name and the BRIN of the school, so that it opens ParnasSys."""
    school = must_be("boom", school_id, ["beheerder"])
    text = f"Naam van school: {school.naam}\nBRIN-nummer: {school.brincode}"
    apps().suite.mailbox.send(school.beheerders[0], SERVICE, "UWLR-koppeling aanvragen", text)
    return flask.redirect(_here(school_id) + "?gelukt=gemaild", 303)


def _here(school_id: str) -> str:
    return flask.url_for("boom.couple", school_id=school_id)


def _mine(school_id: str, number: int) -> Koppeling:
    found = [one for one in apps().boom(school_id).koppelingen() if one.id == number]
    if not found:
        flask.abort(404)
    return found[0]


def _page(school_id: str, problem: Problem | None) -> str:
    boom = apps().boom(school_id)
    las = boom.with_las()
    return flask.render_template(
        "boom_koppelen.html",
        school=boom.school,
        las=las,
        state=_state(boom, las),
        dashboards=[(one, _state(boom, one)) for one in boom.dashboards()],
        systems=SYSTEMS,
        dashboard_types=DASHBOARDS,
        key_later=KEY_LATER,
        year=this_year(boom.suite),
        numbers=boom.old_numbers(),
        plan=boom.suite.importer.open_plan(las.id) if las is not None else None,
        typed=flask.request.form,
        problem=problem,
        service=SERVICE,
    )


def _state(boom: Boom, koppeling: Koppeling | None) -> dict[str, Any]:
    """Say how a koppeling stands: the reason of a refusal, and what keeps it from working."""
    if koppeling is None:
        return {}
    events = boom.suite.koppelingen.events(koppeling.id)
    refusals = [event.reden for event in events if event.soort == "afgewezen"]
    storing: Storing | None = koppeling.storing  # type: ignore[assignment]
    return {
        "reden": refusals[-1] if refusals else "",
        "uitleg": explained(koppeling, storing) if storing else "",
        "imported": any(event.soort == "toegepast" for event in events),
        "events": events,
        "counts": boom.suite.ledger.counts(koppeling.id),
        "held": boom.suite.ledger.held(koppeling.id) if koppeling.geactiveerd_op else {},
    }
