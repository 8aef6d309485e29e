"""What the views share: who is logged in, the applications of this request, and doing what may be refused."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple

import flask
import msgspec

from mock_ea.accounts import School
from mock_ea.apps import Apps
from mock_ea.explaining import explain
from uwlr.errors import UwlrError

TITLES: Final = {"boom": "Boom testcentrum", "iep": "IEP LVS", "jij": "JIJ! Leerlingvolgsysteem"}

ROLES: Final = {
    "boom": {"beheerder": "Beheerder", "leerkracht": "Leerkracht", "klantenservice": "Klantenservice van Boom"},
    "iep": {"schoolbeheerder": "Schoolbeheerder", "leerkracht": "Leerkracht"},
    "jij": {"beheerder": "Beheerder", "leerkracht": "Docent"},
}
"""Who can log in, by application."""

DONE: Final = {
    "aangevraagd": "De koppeling is aangevraagd. De klantenservice beoordeelt de aanvraag binnen 1 tot 2 werkdagen.",
    "goedgekeurd": "De koppeling is goedgekeurd; de school heeft een mail gekregen.",
    "afgewezen": "De aanvraag is afgewezen; de school heeft de reden gemaild gekregen.",
    "geopend": "De koppeling staat klaar in ParnasSys; de school heeft een mail gekregen.",
    "gemaild": "De mail is verzonden.",
    "sleutel": "De wijzigingen zijn opgeslagen. De koppeling werkt.",
    "nummers": "De externe nummers zijn verwijderd. Leerlingen, toetsen en scores zijn er nog.",
    "beeindigd": "De koppeling is beëindigd.",
    "vrijgegeven": "De resultaten zijn vrijgegeven; ze gaan de volgende nacht mee.",
    "bewaard": "Uw keuzes zijn bewaard. Er is nog niets geïmporteerd.",
    "gekoppeld": "De rij is gekoppeld. Er is nog niets geïmporteerd.",
    "geimporteerd": "De gegevens zijn geïmporteerd.",
    "afgebroken": "De import is afgebroken. Er is niets gewijzigd.",
    "teruggedraaid": "De laatste import is teruggedraaid.",
    "actief": "De leerling is weer actief.",
    "gestart": "De toets is gestart.",
    "leerling": "De gegevens zijn opgeslagen.",
    "toegevoegd": "De leerlingen zijn toegevoegd.",
    "uitgenodigd": "De leerlingen zijn uitgenodigd.",
    "gescoord": "De scores zijn opgeslagen. Een score is pas een resultaat als hij genormeerd is.",
    "genormeerd": "De scores zijn genormeerd. Ze gaan de volgende nacht mee.",
    "verwerkt": "De resultaten zijn verwerkt. Magister kan ze ophalen.",
    "ingeschakeld": "Het testbericht is aangenomen: de koppeling is ingeschakeld.",
    "leerlingen": "De leerlingen zijn er.",
    "klok": "De klok is verzet.",
    "nacht": "De nacht is gedraaid.",
}
"""The confirmation of an action, by its name in the address."""


class Problem(NamedTuple):
    """Why something was not done: in Dutch for people, and what the program said."""

    text: str
    detail: str


def apps() -> Apps:
    """The applications."""
    found: Apps = flask.current_app.extensions["apps"]
    return found


def visitor(application: str) -> tuple[str, str] | None:
    """Who is logged in at an application: school and role."""
    found = flask.session.get(application)
    return (str(found[0]), str(found[1])) if found else None


def must_be(application: str, school_id: str, roles: Collection[str] = ()) -> School:
    """See that somebody of this school, in one of these roles, is logged in; any role without them.

    Raises:
        HTTPException: to the login page, or 403 for another role; 404 for a school that has no account.
    """
    known = {school.id: school for school in apps().suite.accounts.all()}
    if school_id not in known:
        flask.abort(404)
    who = visitor(application)
    if who is None or who[0] != school_id:
        where = flask.url_for("login.form", application=application, naar=flask.request.full_path, school=school_id)
        flask.abort(flask.redirect(where, 303))
    if roles and who[1] not in roles:
        names = " of ".join(ROLES[application][role] for role in roles)
        flask.abort(403, f"Dit kan alleen als: {names}. U bent ingelogd als {ROLES[application][who[1]]}.")
    return known[school_id]


def attempt(action: Callable[[], str], where: str, page: Callable[[Problem], Any]) -> Any:
    """Do something and redirect to a page that confirms it, or show this page again with the problem.

    Args:
        action: what to do; gives the name of the confirmation.
        where: the page to redirect to.
        page: makes this page again.
    """
    try:
        done = action()
    except (UwlrError, msgspec.ValidationError) as error:
        return page(Problem(explain(error), str(error))), 422
    path, mark, spot = where.partition("#")
    separator = "&" if "?" in path else "?"
    return flask.redirect(f"{path}{separator}gelukt={done}{mark}{spot}", 303)
