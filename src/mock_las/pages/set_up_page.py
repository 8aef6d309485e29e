"""What Magister needs before it fetches results: its version, the rights of users, and the data of the web services.

Source: the public manual of the coupling of Magister and JIJ!. Of the sections of the configuration it names four, and
of the numbers of users one; the others are made up.
"""

from __future__ import annotations

from typing import Any, Final

import flask
import msgspec
from msgspec.structs import replace

from mock_las.pages.actions import Problem, attempt, look_of, require_manager, role_at, school_of, verbs
from mock_las.pull_arguments import PullSettings, Webservice
from mock_las.pull_settings import RIGHTS, lacks

pages = flask.Blueprint("set_up", __name__)

_SECTIONS: Final = (
    *("Opmaak", "Aanmelding", "Absentie", "Adressen", "BRON", "Cijfers", "Connector configuratie", "Documenten"),
    *("Examens", "Foto's", "Kluisjes", "Logboek", "Medisch", "Onderwijs", "Plaatsing", "Rapporten", "Verzuim"),
    "Overstapdossier",
)
_USERS: Final = {"Applicatiebeheerder": 3, "Supervisor": 1, "Docent": 404}
"""Users of each group: 408 in all, as the manual shows."""


@pages.get("/configuratie/<vendor>")
def configuration(vendor: str) -> str:
    """Configuratie Leerlingen."""
    require_manager(vendor)
    return _configuration(vendor, None)


@pages.post("/configuratie/<vendor>")
def configure(vendor: str) -> Any:
    """Keep what was filled in."""
    require_manager(vendor)
    form = flask.request.form

    def webservice(name: str) -> Webservice:
        given = {field: form.get(f"{name}-{field}", "") for field in ("url", "instellingscode", "soapkey")}
        return Webservice(**given)

    def action() -> str:
        changed = {
            "versie": form.get("versie", "").strip(),
            "laagste_stamnummer": form.get("laagste", "").strip(),
            "hoogste_stamnummer": form.get("hoogste", "").strip(),
            "stamnummers_automatisch": "automatisch" in form,
        }
        kept = settings_at(vendor)
        wanted = msgspec.convert({**msgspec.to_builtins(kept), **changed}, PullSettings, strict=False)
        verbs().set_pull_settings(vendor, replace(wanted, jij=webservice("jij"), toa=webservice("toa")))
        return "set_up"

    otherwise = "Niets opgeslagen: een versie is zoals 5.7.36, een stamnummer een getal van 1 tot en met 99999999."
    where = flask.url_for("set_up.configuration", vendor=vendor, school=_school())
    return attempt(action, where, otherwise, lambda problem: _configuration(vendor, problem))


@pages.get("/autorisatie/<vendor>")
def users(vendor: str) -> str:
    """Autorisatie: groups of users beside the rights of the LVS."""
    require_manager(vendor)
    settings, look = settings_at(vendor), look_of(vendor)
    return flask.render_template(
        "autorisatie.html",
        groups=[(role.naam, _USERS[role.naam], settings.rechten.get(role.naam, ())) for role in look.roles],
        total=sum(_USERS.values()),
        rights=RIGHTS,
        school=_school(),
    )


@pages.post("/autorisatie/<vendor>")
def authorise(vendor: str) -> Any:
    """Keep which rights each group of users has."""
    require_manager(vendor)
    names = [role.naam for role in look_of(vendor).roles]
    given = {name: tuple(right for right in flask.request.form.getlist(name) if right in RIGHTS) for name in names}
    verbs().set_pull_settings(vendor, replace(settings_at(vendor), rechten=given))
    return flask.redirect(flask.url_for("set_up.users", vendor=vendor, school=_school(), gelukt="rights"), 303)


def settings_at(vendor: str) -> PullSettings:
    """What the school of this request has set up."""
    which = school_of(_school())
    found = verbs().pull_settings(vendor, which["brincode"] or None, which["dependancecode"])
    found.pop("voortgang")
    return msgspec.convert(found, PullSettings)


def lacks_here(vendor: str) -> list[str]:
    """What keeps whoever is logged in from fetching results."""
    return lacks(settings_at(vendor), role_at(vendor).naam)


def _school() -> str:
    return flask.request.values.get("school", "")


def _configuration(vendor: str, problem: Problem | None) -> str:
    which = school_of(_school())
    keys = [
        pupil["key"]
        for group in verbs().pupils(vendor, which["brincode"] or None, which["dependancecode"])["groepen"]
        for pupil in group["leerlingen"]
        if pupil["key"].isdigit()
    ]
    return flask.render_template(
        "configuratie.html",
        sections=_SECTIONS,
        schools=verbs().schools(vendor),
        school=_school(),
        settings=settings_at(vendor),
        highest=max(map(int, keys), default=""),
        typed=flask.request.form,
        problem=problem,
    )
