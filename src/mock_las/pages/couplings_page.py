"""Pages of vendors and their couplings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import flask

from mock_las import vendors
from mock_las.arguments import Activation, Seed, Which
from mock_las.pages import dutch
from mock_las.pages.actions import Problem, attempt, school_of, verbs
from mock_las.verbs import Action, Json, Unknown
from uwlr.errors import ConfigurationError

pages = flask.Blueprint("couplings", __name__)


@pages.get("/")
def overview() -> Any:
    """Every vendor with its couplings."""
    shown = [
        {
            "vendor": vendors.load(connection["name"]),
            "traits": verbs().traits_in_force(connection["name"]),
            "couplings": verbs().couplings(connection["name"]),
            "schools": verbs().schools(connection["name"]),
        }
        for connection in verbs().vendors()
    ]
    return flask.render_template("overzicht.html", shown=shown)


@pages.post("/")
def reset() -> Any:
    """Return to the state at the start."""
    verbs().reset(Seed())
    return flask.redirect(flask.url_for("couplings.overview", gelukt="reset"), 303)


@pages.get("/koppelingen/<vendor>")
def of_vendor(vendor: str) -> str:
    """One vendor: its addresses, its couplings, and a form to request one."""
    return _vendor_page(vendor, None)


@pages.post("/koppelingen/<vendor>")
def request(vendor: str) -> Any:
    """Request a coupling."""
    form = flask.request.form
    which = Which(
        **school_of(form.get("school", "")),
        klantcode=form.get("klantcode", "").strip() or None,
        klantnaam=form.get("klantnaam", "").strip() or None,
    )

    def action() -> str:
        verbs().act(vendor, "request", which)
        return "request"

    where = flask.url_for("couplings.of_vendor", vendor=vendor)
    return attempt(action, where, "De koppeling kon niet worden aangevraagd.", lambda p: _vendor_page(vendor, p))


@pages.get("/koppelingen/<vendor>/<int:number>")
def one(vendor: str, number: int) -> str:
    """One coupling: its status, key and log, and what can be done now."""
    return _coupling_page(vendor, number, None)


@pages.post("/koppelingen/<vendor>/<int:number>/activeren")
def activate(vendor: str, number: int) -> Any:
    """Activate the coupling with the school's own key, or with one that the system makes."""
    coupling = _coupling(vendor, number)
    traits = verbs().traits_in_force(vendor)
    form = flask.request.form

    def action() -> str:
        wanted = Activation(
            **_which(coupling),
            autorisatiesleutel=form.get("sleutel", "") if traits.key_origin == "school" else None,
            startdatum=_date(form.get("startdatum", "")),
            akkoord="akkoord" in form,
        )
        verbs().activate(vendor, wanted)
        return "new_key" if coupling["status"] == "actief" else "activate"

    refused = f"De koppeling is niet geactiveerd: de {dutch.key_name(traits)} of een ander gegeven klopt niet."
    if traits.consent_required and "akkoord" not in form:
        refused = "De koppeling is niet geactiveerd: vink aan dat het bestuur akkoord is."
    return attempt(action, _where(vendor, number), refused, lambda p: _coupling_page(vendor, number, p))


@pages.post("/koppelingen/<vendor>/<int:number>/<any(goedkeuren, sleutel_verwijderen, beeindigen, aanvragen):step>")
def take_step(vendor: str, number: int, step: str) -> Any:
    """Change the status of the coupling."""
    coupling = _coupling(vendor, number)
    traits = verbs().traits_in_force(vendor)
    mailed, paused = traits.key_origin == "mail", traits.removing_key == "pauses"
    steps: dict[str, tuple[Action, str]] = {
        "goedkeuren": ("approve", "mailed" if mailed else "approve"),
        "sleutel_verwijderen": ("remove_key", "paused" if paused else "end"),
        "beeindigen": ("end", "end"),
        "aanvragen": ("request", "request"),
    }
    verb, done = steps[step]

    def action() -> str:
        verbs().act(vendor, verb, Which(**_which(coupling)))
        return done

    refused = f"Dat kan niet bij een koppeling die {dutch.STATUS[coupling['status']]} is."
    return attempt(action, _where(vendor, number), refused, lambda p: _coupling_page(vendor, number, p))


@pages.get("/postvak/<vendor>")
def outbox(vendor: str) -> str:
    """The mails that a vendor sent."""
    mails = list(reversed(verbs().outbox(vendor)))
    return flask.render_template("postvak.html", vendor=vendors.load(vendor), mails=mails)


def _vendor_page(vendor: str, problem: Problem | None) -> str:
    connection = verbs().vendor(vendor)
    return flask.render_template(
        "leverancier.html",
        vendor=vendors.load(vendor),
        traits=verbs().traits_in_force(vendor),
        connection=connection,
        couplings=verbs().couplings(vendor),
        schools=verbs().schools(vendor),
        problem=problem,
    )


def _coupling_page(vendor: str, number: int, problem: Problem | None) -> str:
    coupling = _coupling(vendor, number)
    traits = verbs().traits_in_force(vendor)
    return flask.render_template(
        "koppeling.html",
        vendor=vendors.load(vendor),
        traits=traits,
        coupling=coupling,
        key_name=dutch.key_name(traits),
        key_rule=dutch.key_rule(traits, coupling["brincode"], coupling["dependancecode"]),
        typed=flask.request.form,
        problem=problem,
    )


def _coupling(vendor: str, number: int) -> Json:
    found = next((coupling for coupling in verbs().couplings(vendor) if coupling["id"] == number), None)
    if found is None:
        raise Unknown(f"{vendor} has no coupling {number}")
    return found


def _which(coupling: Json) -> Json:
    """The coupling as the verbs identify it; a key for all schools has no school of its own."""
    names = ("brincode", "dependancecode", "klantcode", "klantnaam")
    return {name: coupling[name] for name in names if coupling[name]}


def _where(vendor: str, number: int) -> str:
    return flask.url_for("couplings.one", vendor=vendor, number=number)


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise ConfigurationError("startdatum is no date, such as 2026-09-01") from None
