"""The page on which a school fetches results from a supplier, as in Magister: a press of the button is a batch."""

from __future__ import annotations

from typing import Any, Final

import flask

from mock_las import pull_settings
from mock_las.jij.toetsresultaten import JijFoutcode
from mock_las.pages import dutch
from mock_las.pages.actions import Problem, role_at, school_of, verbs
from mock_las.pages.set_up_page import lacks_here, settings_at
from mock_las.pull_arguments import PullOrder
from mock_las.verbs import Json
from uwlr.errors import ConfigurationError, Fault, MessageError, TransportError

pages = flask.Blueprint("pull", __name__)

_RIGHT_KEY: Final = "Vul bij TOA/JIJ! de key in die de klantenservice voor JIJ! gaf."
_REFUSED: Final = {
    JijFoutcode.SOAPKEY_ONGELDIG: f"JIJ! weigert de SOAP-key. {_RIGHT_KEY}",
    JijFoutcode.INSTELLINGSCODE_ONBEKEND: "JIJ! kent de Instellingscode niet. Neem die over uit het account bij JIJ!.",
}
_TOA: Final = f"JIJ! weigert de SOAP-key: het is die van TOA. {_RIGHT_KEY}"


@pages.get("/ophalen/<vendor>")
def index(vendor: str) -> str:
    """The form for fetching results, or what is lacking for it."""
    return _page(vendor)


@pages.post("/ophalen/<vendor>")
def pull(vendor: str) -> Any:
    """Fetch one batch and show what came; submitting the form again does no harm."""
    form = flask.request.form
    if lacks_here(vendor):
        return _page(vendor), 403
    if form.get("vanaf") and not role_at(vendor).supervisor:
        flask.abort(403, "Alleen de supervisor kan een datum kiezen.")
    try:
        vanaf, school = dutch.read_day(form.get("vanaf", "")), school_of(form.get("school", ""))
        order = PullOrder(vanaf=vanaf, batches=1, brincode=school["brincode"], dependancecode=school["dependancecode"])
        report = verbs().pull(vendor, order)
    except ConfigurationError as error:
        return _page(vendor, Problem(dutch.refusal(error) or "Met deze gegevens kan dit niet.", str(error))), 422
    except Fault as error:
        return _page(vendor, Problem(_refusal(vendor, error), str(error))), 502
    except (TransportError, MessageError) as error:
        text = "JIJ! gaf geen bruikbaar antwoord. Controleer het webservice adres bij TOA/JIJ!, of probeer het later."
        return _page(vendor, Problem(text, str(error))), 502
    return _page(vendor, report=report)


def _refusal(vendor: str, fault: Fault) -> str:
    settings = settings_at(vendor)
    if fault.code != JijFoutcode.SOAPKEY_ONGELDIG:
        known = {str(code): text for code, text in _REFUSED.items()}
        return known.get(str(fault.code), "JIJ! weigerde, met een fout die hier niet bekend is.")
    same = settings.toa.soapkey and settings.toa.soapkey == settings.jij.soapkey
    return _TOA if same or "TOA" in f"{fault.text} {fault.detail}" else _REFUSED[JijFoutcode.SOAPKEY_ONGELDIG]


def _page(vendor: str, problem: Problem | None = None, report: Json | None = None) -> str:
    lacking = lacks_here(vendor)
    which = school_of(flask.request.values.get("school", ""))
    settings = verbs().pull_settings(vendor, which["brincode"] or None, which["dependancecode"])
    school = f"{settings['brincode']}-{settings['dependancecode']}"
    progress = settings["voortgang"]
    return flask.render_template(
        "ophalen.html",
        schools=verbs().schools(vendor),
        school=school,
        lacking=lacking,
        right=pull_settings.RIGHT,
        progress=progress,
        report=report,
        typed=flask.request.form,
        problem=problem,
    )
