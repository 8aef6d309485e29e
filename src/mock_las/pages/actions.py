"""What the views share: the verbs of this request, who is logged in, and performing an action that may be refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import flask
import msgspec

from mock_las.pages import dutch
from mock_las.pages.vendor_looks import LOOKS, Look, Role
from mock_las.verbs import Verbs
from uwlr.errors import ConfigurationError
from uwlr.schoolref import HOOFDVESTIGING


class Problem(NamedTuple):
    """Why an action was refused: in Dutch for people, and the message of the fakes."""

    text: str
    detail: str


def school_of(text: str) -> dict[str, str]:
    """A school as the addresses and forms of the pages write it, such as 99XX-00, as arguments of the verbs."""
    brincode, _, dependancecode = text.partition("-")
    return {"brincode": brincode, "dependancecode": dependancecode or HOOFDVESTIGING}


def verbs() -> Verbs:
    """The verbs, for the address to which this request was sent."""
    found: Verbs = flask.g.verbs
    return found


def look_of(vendor: str) -> Look:
    """How a system looks."""
    return LOOKS[vendor]


def cookie_of(vendor: str) -> str:
    """The name of the cookie that keeps who is logged in at a system."""
    return f"rol-{vendor}"


def role_at(vendor: str) -> Role:
    """Who is logged in at a system; the first of its roles, unless somebody else logged in."""
    roles = look_of(vendor).roles
    kept = flask.request.cookies.get(cookie_of(vendor), "")
    return next((role for role in roles if role.naam == kept), roles[0])


def require_manager(vendor: str) -> str:
    """Refuse the request unless who is logged in may change couplings and settings; the name of that person."""
    role = role_at(vendor)
    if not role.beheert:
        flask.abort(403, f"Als {role.naam} mag u dit niet. Log in als {look_of(vendor).managers}.")
    return role.gebruiker


def attempt(action: Callable[[], str], where: str, refused: str, page: Callable[[Problem], Any]) -> Any:
    """Perform an action and redirect to a page that confirms it, or show this page again with the problem.

    Args:
        action: what to do; gives the name of the confirmation.
        where: the page to redirect to.
        refused: what to say if the fakes refuse and the error does not say it better.
        page: makes this page again.
    """
    try:
        done = action()
    except (ConfigurationError, msgspec.ValidationError) as error:
        return page(Problem(dutch.refusal(error) or refused, str(error))), 422
    separator = "&" if "?" in where else "?"
    return flask.redirect(f"{where}{separator}gelukt={done}", 303)
