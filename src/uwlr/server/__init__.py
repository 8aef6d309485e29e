"""A WSGI application for a LAS: both services, with everything the agreement asks around them.

::

    application = make_wsgi(Providers(access=las, roster=las, results=las))

Any WSGI server runs it. `uwlr.soap.providers` says what `las` has to offer.
"""

from uwlr.schoolref import SchoolRef
from uwlr.server.las_application import make_wsgi
from uwlr.soap.providers import (
    Access,
    Encoded,
    Providers,
    Refusal,
    Results,
    Roster,
    StagedRoster,
    same_key,
)
from uwlr.soap.settings import Settings

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
