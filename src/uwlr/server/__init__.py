"""A WSGI application for a LAS: both services, with everything the agreement asks around them.

::

    application = make_wsgi(Providers(access=las, roster=las, results=las))

Any WSGI server runs it. `uwlr.soap.providers` says what `las` has to offer.
"""

from __future__ import annotations

from uwlr.soap.providers import (
    Access,
    Encoded,
    Providers,
    Refusal,
    Results,
    Roster,
    SchoolRef,
    StagedRoster,
    same_key,
)
from uwlr.soap.settings import Settings

try:
    from uwlr.server.wsgi import make_wsgi
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] not in {"spyne", "pytz"}:
        raise
    raise ModuleNotFoundError(
        "uwlr.server needs spyne, which is not installed: pip install 'uwlr[server]'", name=error.name
    ) from error

__all__ = [
    "Access",
    "Encoded",
    "Providers",
    "Refusal",
    "Results",
    "Roster",
    "SchoolRef",
    "Settings",
    "StagedRoster",
    "make_wsgi",
    "same_key",
]
