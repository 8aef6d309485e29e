"""The page of a vendor that fetches results from a supplier, as Magister does."""

from __future__ import annotations

from typing import Any

import flask
import msgspec

from mock_las import vendors
from mock_las.arguments import PullOrder
from mock_las.pages.actions import Problem, school_of, verbs
from mock_las.verbs import Json, Unknown
from uwlr.errors import ConfigurationError, Fault, MessageError, TransportError

pages = flask.Blueprint("pull", __name__)

_FIELDS = ("url", "instellingscode", "soapkey", "vanaf", "batches")


@pages.get("/ophalen/<vendor>")
def index(vendor: str) -> str:
    """The form for fetching results."""
    return _page(vendor)


@pages.post("/ophalen/<vendor>")
def pull(vendor: str) -> Any:
    """Fetch results and show how many; the report is not kept, and submitting the form again does no harm."""
    form = flask.request.form
    given = {name: form[name] for name in _FIELDS if form.get(name, "").strip()}
    school = school_of(form.get("school", ""))
    try:
        report = verbs().pull(vendor, msgspec.convert({**given, **school}, PullOrder, strict=False))
    except (ConfigurationError, msgspec.ValidationError) as error:
        return _page(vendor, Problem("Met deze gegevens kan niet worden opgehaald.", str(error))), 422
    except Fault as error:
        return _page(vendor, Problem("De leverancier weigerde.", str(error))), 502
    except (TransportError, MessageError) as error:
        return _page(vendor, Problem("De leverancier gaf geen bruikbaar antwoord.", str(error))), 502
    return _page(vendor, report=report)


def _page(vendor: str, problem: Problem | None = None, report: Json | None = None) -> str:
    traits = verbs().traits_in_force(vendor)
    if not traits.pulls_results:
        raise Unknown(f"{vendor} does not fetch results; they are brought to it")
    return flask.render_template(
        "ophalen.html",
        vendor=vendors.load(vendor),
        schools=verbs().schools(vendor),
        report=report,
        typed=flask.request.form,
        problem=problem,
    )
