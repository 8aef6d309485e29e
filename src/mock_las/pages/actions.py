"""What the views share: the verbs of this request, and trying an action that may be refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import flask
import msgspec

from mock_las.verbs import Verbs
from uwlr.errors import ConfigurationError


class Problem(NamedTuple):
    """Why an action was refused: in Dutch, and in the words of the fakes themselves."""

    text: str
    detail: str


def verbs() -> Verbs:
    """The verbs, for the address at which this request came."""
    found: Verbs = flask.g.verbs
    return found


def attempt(action: Callable[[], str], where: str, refused: str, page: Callable[[Problem], Any]) -> Any:
    """Do something, and go to a page that says so; or show this page again with what was wrong.

    Args:
        action: what is to be done; gives the name of what is said then.
        where: the page to go to.
        refused: what is said when the fakes refuse.
        page: makes this page again.
    """
    try:
        done = action()
    except (ConfigurationError, msgspec.ValidationError) as error:
        return page(Problem(refused, str(error))), 422
    separator = "&" if "?" in where else "?"
    return flask.redirect(f"{where}{separator}gelukt={done}", 303)
