"""Pages of the schools of a vendor: who is there, what happens there, a roster from a file, a new school."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import flask
import msgspec

from mock_las import vendors
from mock_las.arguments import ClockChange, Living, NewSchool, SchoolChange, checked
from mock_las.pages import dutch
from mock_las.pages.actions import Problem, attempt, school_of, verbs
from mock_las.verbs import Json
from uwlr.errors import ConfigurationError, MessageError
from uwlr.schoolref import HOOFDVESTIGING

pages = flask.Blueprint("schools", __name__)

MAX_ROSTER: Final = 64 << 20
"""Largest roster in bytes that may be loaded here, the same as the services themselves take."""

_FINDINGS = 50
_HAPPENINGS = 50
"""As many as a page shows."""

_NAMED = 3
"""People who are named in one line."""

_OF_ONE_MEMBER: Final = dutch.OF_STAFF.keys() - {"hired"}
_TO_A_GROUP: Final = {"moved", "hired", *dutch.OF_NEW_PUPILS, *dutch.OF_GROUPS}


@pages.get("/scholen/<vendor>")
def index(vendor: str) -> str:
    """The schools of a vendor."""
    return _index_page(vendor, None)


@pages.post("/scholen/<vendor>")
def add(vendor: str) -> Any:
    """Add a made-up school."""
    form = flask.request.form
    names = ("brincode", "dependancecode", "leerlingen", "seed")
    given = {name: form[name].strip().upper() for name in names if form.get(name, "").strip()}

    def action() -> str:
        verbs().add_school(vendor, msgspec.convert(given, NewSchool, strict=False))
        return "add_school"

    where = _where(vendor, f"{given.get('brincode', '')}-{given.get('dependancecode', HOOFDVESTIGING)}")
    return attempt(action, where, _wrong(given), lambda problem: _index_page(vendor, problem))


@pages.post("/scholen/<vendor>/laden")
def load(vendor: str) -> Any:
    """Load a roster from a file."""
    sent = flask.request.files.get("bestand")
    message = sent.read() if sent else b""
    if not message:
        problem = Problem(
            "Er is geen rooster geladen: kies een bestand dat niet leeg is.", "the file is empty or absent"
        )
        return _index_page(vendor, problem), 422
    try:
        loaded = verbs().load_school(vendor, message)
    except ConfigurationError as error:
        return _index_page(vendor, Problem("Het rooster is niet geladen: er staat geen BRIN in.", str(error))), 422
    except MessageError as error:
        found = [finding for finding in verbs().roster_findings(message) if finding["severity"] == "error"]
        text = "Dit bestand is niet geladen: het heeft fouten." if found else "Dit bestand is geen rooster."
        return _index_page(vendor, Problem(text, str(error)), found), 422
    school = f"{loaded['brincode']}-{loaded['dependancecode']}"
    return flask.redirect(_where(vendor, school, jaar=loaded["schooljaar"], gelukt="load_school"), 303)


@pages.get("/scholen/<vendor>/<school>")
def one(vendor: str, school: str) -> str:
    """One school: its pupils, group by group, and what can happen to them."""
    given = flask.request.args
    return _school_page(vendor, school, given.get("jaar"), given.get("groep"), None)


@pages.post("/scholen/<vendor>/<school>")
def change(vendor: str, school: str) -> Any:
    """Let something happen at a school."""
    form = flask.request.form
    kind = form.get("anders", "") if form.get("wat") == "anders" else form.get("wat", "")
    about = dutch.OF_PUPILS if kind in dutch.OF_PUPILS else dutch.OF_STAFF if kind in _OF_ONE_MEMBER else {}
    who, groep, naar = form.get("wie") or None, form.get("groep"), form.get("naar")

    def action() -> str:
        if about and who is None:
            raise ConfigurationError("nobody was chosen")
        to = naar if kind in _TO_A_GROUP else None
        wanted = {"kind": kind, "who": who if about else None, "groep": to, **school_of(school)}
        verbs().change_school(vendor, checked(SchoolChange, wanted))
        return kind

    where = _where(vendor, school, groep=naar if kind in dutch.OF_NEW_PUPILS else groep)
    refused = "Dit kan nu niet gebeuren: er is niemand bij wie het past. Kies iemand anders of een andere groep."
    if about and who is None:
        refused = "Kies eerst een leerling." if about is dutch.OF_PUPILS else "Kies eerst een leerkracht."
    return attempt(action, where, refused, lambda problem: _school_page(vendor, school, None, groep, problem))


@pages.post("/scholen/<vendor>/<school>/tijd")
def time(vendor: str, school: str) -> Any:
    """Begin the next school year, or decide what happens by itself as the clock moves."""
    form = flask.request.form

    def action() -> str:
        if "volgend" in form:
            verbs().set_clock(ClockChange(next_schooljaar=True))
            return "schooljaar"
        everything = form.get("vanzelf") == "alles"
        verbs().let_happen(vendor, Living(kinds=None if everything else (), **school_of(school)))
        return "let_happen" if everything else "let_nothing_happen"

    refused = (
        "Dit kan op deze school niet: er is dit schooljaar geen rooster. Laad er een, of verzin de school opnieuw."
    )
    return attempt(action, _where(vendor, school), refused, lambda p: _school_page(vendor, school, None, None, p))


def _wrong(given: Mapping[str, str]) -> str:
    """What is wrong with a school that should be added, and what to do."""
    brin, dependance = given.get("brincode", ""), given.get("dependancecode", HOOFDVESTIGING)
    if not re.fullmatch("[0-9]{2}[A-Z]{2}", brin):
        what = f"de BRIN heeft {len(brin)} tekens, en moet er 4 hebben: twee cijfers en twee letters, zoals 99AB"
    elif not re.fullmatch("[0-9]{2}", dependance):
        what = f"de vestiging heeft {len(dependance)} tekens, en moet uit 2 cijfers bestaan, zoals 00"
    else:
        what = "een aantal leerlingen is een heel getal van 1 tot en met 100000, en een startgetal een heel getal"
    return f"De school is niet toegevoegd: {what}."


def _index_page(vendor: str, problem: Problem | None, findings: list[Json] | None = None) -> str:
    schools = verbs().schools(vendor)
    found = findings or []
    return flask.render_template(
        "scholen.html",
        vendor=vendors.load(vendor),
        traits=verbs().traits_in_force(vendor),
        schools=schools,
        severity_words=dutch.SEVERITY,
        findings=found[:_FINDINGS],
        more_findings=max(len(found) - _FINDINGS, 0),
        typed=flask.request.form,
        problem=problem,
    )


def _school_page(vendor: str, school: str, jaar: str | None, groep: str | None, problem: Problem | None) -> str:
    which = school_of(school)
    found = verbs().roster(vendor, which["brincode"], which["dependancecode"], jaar or None)
    happened = verbs().happened(vendor, which["brincode"], which["dependancecode"])
    return flask.render_template(
        "school.html",
        vendor=vendors.load(vendor),
        traits=verbs().traits_in_force(vendor),
        school=school,
        found=found,
        chosen=_chosen(found["groepen"], groep),
        dutch=dutch,
        buttons=("moved", "renamed", "left"),
        happened=[
            (event["day"], dutch.HAPPENINGS[event["kind"]], _people(event["people"]))
            for event in reversed(happened[-_HAPPENINGS:])
        ],
        earlier=max(len(happened) - _HAPPENINGS, 0),
        typed=flask.request.form,
        problem=problem,
    )


def _people(people: list[Json]) -> str:
    """To whom something happened: a few by name, many by their number."""
    if len(people) > _NAMED:
        return f"{len(people)} personen"
    return ", ".join(person["naam"] or person["key"] for person in people)


def _chosen(groups: list[Json], key: str | None) -> Json | None:
    """The group that was asked for; else the first with pupils, or the first."""
    return next(
        (group for group in groups if group["key"] == key),
        next((group for group in groups if group["leerlingen"]), groups[0] if groups else None),
    )


def _where(vendor: str, school: str, **more: Any) -> str:
    return flask.url_for("schools.one", vendor=vendor, school=school, **more)
