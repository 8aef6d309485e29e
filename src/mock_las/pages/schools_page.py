"""Pages of the schools of a vendor: who is there, what happens to them, a roster from a file, a new school."""

from __future__ import annotations

from typing import Any, Final

import flask
import msgspec

from mock_las import vendors
from mock_las.arguments import NewSchool, SchoolChange
from mock_las.pages import dutch
from mock_las.pages.actions import Problem, attempt, verbs
from mock_las.verbs import Json
from uwlr.errors import ConfigurationError, MessageError
from uwlr.schoolref import HOOFDVESTIGING

pages = flask.Blueprint("schools", __name__)

MAX_ROSTER: Final = 64 << 20
"""Largest roster in bytes that may be loaded here, the same as the services themselves take."""

_FINDINGS = 50


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

    where = _where(vendor, given.get("brincode", ""), given.get("dependancecode", HOOFDVESTIGING))
    return attempt(action, where, "De school is niet toegevoegd.", lambda problem: _index_page(vendor, problem))


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
    named = loaded["brincode"], loaded["dependancecode"]
    return flask.redirect(_where(vendor, *named, jaar=loaded["schooljaar"], gelukt="load_school"), 303)


@pages.get("/scholen/<vendor>/<school>")
def one(vendor: str, school: str) -> str:
    """One school: its pupils, group by group, and what can happen to them."""
    given = flask.request.args
    return _school_page(vendor, school, given.get("jaar"), given.get("groep"), None)


@pages.post("/scholen/<vendor>/<school>")
def change(vendor: str, school: str) -> Any:
    """Have something happen at a school."""
    form = flask.request.form
    brincode, _, dependancecode = school.partition("-")
    kind, jaar, groep = form.get("wat", ""), form.get("jaar"), form.get("groep")
    leerling, naar = form.get("leerling"), form.get("naar")
    about_one = kind in {"move", "leave", "rename"}
    given = {
        "kind": kind,
        "brincode": brincode,
        "dependancecode": dependancecode,
        "schooljaar": jaar or None,
        "leerling": leerling if about_one else None,
        "groep": naar if kind in {"move", "add"} else None,
    }

    def action() -> str:
        if about_one and not leerling:
            raise ConfigurationError("no pupil was chosen")
        verbs().change_school(vendor, msgspec.convert(given, SchoolChange))
        return kind

    where = _where(vendor, brincode, dependancecode, jaar=jaar, groep=naar if kind == "add" else groep)
    refused = "Kies eerst een leerling." if about_one and not leerling else "Dit kan op deze school niet."
    return attempt(action, where, refused, lambda problem: _school_page(vendor, school, jaar, groep, problem))


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
    brincode, _, dependancecode = school.partition("-")
    found = verbs().roster(vendor, brincode, dependancecode, jaar or None)
    return flask.render_template(
        "school.html",
        vendor=vendors.load(vendor),
        traits=verbs().traits_in_force(vendor),
        school=school,
        found=found,
        chosen=_chosen(found["groepen"], groep),
        typed=flask.request.form,
        problem=problem,
    )


def _chosen(groups: list[Json], key: str | None) -> Json | None:
    """The group that was asked for; else the first with pupils, or the first."""
    return next(
        (group for group in groups if group["key"] == key),
        next((group for group in groups if group["leerlingen"]), groups[0] if groups else None),
    )


def _where(vendor: str, brincode: str, dependancecode: str, **more: Any) -> str:
    return flask.url_for("schools.one", vendor=vendor, school=f"{brincode}-{dependancecode}", **more)
