"""Pages of the pupils of a school: the list, the file of one, its leerlingnummer, and results that are typed in."""

from __future__ import annotations

from typing import Any, Final

import flask
import msgspec

from mock_las.arguments import EnteredResult, NumberOfPupil, SchoolChange
from mock_las.declined import Declined
from mock_las.pages import dutch
from mock_las.pages.actions import Problem, attempt, look_of, require_manager, school_of, verbs
from mock_las.pages.dashboard_page import cell_of
from mock_las.verbs import Json, Unknown

pages = flask.Blueprint("pupils", __name__)

_SEX: Final = {"1": "jongen", "2": "meisje"}
"""Source: UWLR 2.2, geslacht."""


@pages.get("/leerlingen/<vendor>")
def index(vendor: str) -> str:
    """The pupils of a school, group by group."""
    which = school_of(flask.request.args.get("school", ""))
    found = verbs().pupils(vendor, which["brincode"] or None, which["dependancecode"])
    pupils = [pupil for group in found["groepen"] for pupil in group["leerlingen"]]
    return flask.render_template(
        "leerlingen.html",
        traits=verbs().traits_in_force(vendor),
        schools=verbs().schools(vendor),
        found=found,
        school=f"{found['brincode']}-{found['dependancecode']}",
        total=len(pupils),
        numbered=sum(bool(pupil["leerlingnummer"]) for pupil in pupils),
    )


@pages.get("/leerlingen/<vendor>/<school>")
def one(vendor: str, school: str) -> str:
    """The file of a pupil."""
    pupil, look, traits = _pupil(vendor, school), look_of(vendor), verbs().traits_in_force(vendor)
    tab = flask.request.args.get("tab", look.file_tabs[0])
    if tab not in look.file_tabs:
        raise Unknown(f"{vendor} has no such tab")
    return flask.render_template(
        "leerling.html",
        traits=traits,
        school=school,
        pupil=pupil,
        tab=tab,
        tabs=[(name, len(pupil["resultaten"]) if name == look.results_tab else 0) for name in look.file_tabs],
        fields=_fields(pupil, by_number=traits.knows_pupils_by_number),
        results=[(result["toets"], cell_of(result, result["test"])) for result in pupil["resultaten"]],
    )


@pages.route("/leerlingen/<vendor>/<school>/nummer", methods=["GET", "POST"])
def change_number(vendor: str, school: str) -> Any:
    """Change the leerlingnummer of a pupil; only "Opslaan" keeps it."""
    require_manager(vendor)
    form, pupil, which = flask.request.form, _pupil(vendor, school), school_of(school)

    def page(problem: Problem | None) -> str:
        return flask.render_template("leerlingnummer.html", school=school, pupil=pupil, typed=form, problem=problem)

    def action() -> str:
        number = NumberOfPupil(
            leerling=pupil["key"],
            leerlingnummer=form.get("nummer", ""),
            ook_dubbel="dubbel" in form,
            brincode=which["brincode"],
            dependancecode=which["dependancecode"],
        )
        verbs().set_number(vendor, number)
        return "number" if number.leerlingnummer.strip() else "no_number"

    if flask.request.method == "GET":
        return page(None)
    where = flask.url_for("pupils.one", vendor=vendor, school=school, leerling=pupil["key"])
    return attempt(action, where, "Het nummer is niet opgeslagen.", page)


@pages.post("/leerlingen/<vendor>/<school>/verwijderen")
def remove(vendor: str, school: str) -> Any:
    """Remove a pupil from the system."""
    require_manager(vendor)
    pupil = _pupil(vendor, school)
    if pupil["leerlingnummer"]:
        none = {"leerling": pupil["key"], "leerlingnummer": "", **school_of(school)}
        verbs().set_number(vendor, msgspec.convert(none, NumberOfPupil))
    verbs().change_school(vendor, SchoolChange(kind="dropped", who=pupil["key"], **school_of(school)))
    return flask.redirect(flask.url_for("pupils.index", vendor=vendor, school=school, gelukt="dropped"), 303)


@pages.route("/toetsresultaten/<vendor>", methods=["GET", "POST"])
def enter(vendor: str) -> Any:
    """Type in a result: what no coupling brings, and the DLE of one that it did bring."""
    verbs().vendor(vendor)
    if not any(item.page == "pupils.enter" for head in look_of(vendor).menu for item in head.items):
        raise Unknown(f"{vendor} has no page to type results in")
    form, which = flask.request.form, school_of(flask.request.values.get("school", ""))
    found = verbs().pupils(vendor, which["brincode"] or None, which["dependancecode"])
    place = {"brincode": found["brincode"], "dependancecode": found["dependancecode"]}

    def page(problem: Problem | None) -> str:
        return flask.render_template("invoeren.html", found=found, typed=flask.request.values, problem=problem)

    def action() -> str:
        for name in ("toets", "afnamedatum", "score"):
            if not form.get(name, "").strip():
                raise Declined(f"{name} is empty", f"Er is niets opgeslagen: vul de {name} in.")
        names = ("leerling", "toets", "score", "dle")
        given = {name: form[name].strip() for name in names if form.get(name, "").strip()}
        given["afnamedatum"] = str(dutch.read_day(form["afnamedatum"]))
        verbs().enter_result(vendor, msgspec.convert({**given, **place}, EnteredResult, strict=False))
        return "result"

    if flask.request.method == "GET":
        return page(None)
    where = flask.url_for(
        "pupils.one",
        vendor=vendor,
        school="-".join(place.values()),
        leerling=form.get("leerling", ""),
        tab=look_of(vendor).results_tab,
    )
    otherwise = "Een score heeft hoogstens 20 tekens, en een DLE is een heel getal van 0 tot en met 60."
    return attempt(action, where, otherwise, page)


def _pupil(vendor: str, school: str) -> Json:
    which = school_of(school)
    return verbs().pupil(vendor, flask.request.values.get("leerling"), which["brincode"], which["dependancecode"])


def _fields(pupil: Json, *, by_number: bool) -> list[tuple[str, str]]:
    """What the first tab says, label by label."""
    born = dutch.short_day(pupil["geboortedatum"]) if pupil["geboortedatum"] else ""
    year = str(pupil["jaargroep"] or "")
    person = [
        ("Voornaam", pupil["voornaam"]),
        ("Achternaam", pupil["achternaam"]),
        ("Geboortedatum", born),
        ("Geslacht", _SEX.get(str(pupil["geslacht"]), "onbekend")),
    ]
    if not by_number:
        return [("Nummer", pupil["key"]), *person, ("Groep", pupil["groep"] or ""), ("Jaargroep", year)]
    return [
        ("Ankernummer", ""),
        *person,
        ("BSN nummer", "0"),
        ("Onderwijsnummer", ""),
        ("Beheersing Nederlands", "voldoende"),
        ("Handmatig bepalen fase", "nee"),
        ("Groep", pupil["groep"] or ""),
        ("Niveau", f"Groep {year}" if year else ""),
        ("Fase", f"Fase {int(year) - 1:02d}" if year.isdigit() else ""),
    ]
