"""A LAS with one school, for a WSGI server behind Caddy.

Run it by `gunicorn --worker-class gthread --threads 16 --bind 127.0.0.1:8080 las:application`.
"""

from __future__ import annotations

from uwlr.berichten import Autorisatie, Leerlinggegevens
from uwlr.schoolref import SchoolRef
from uwlr.server import Providers, Settings, make_wsgi, same_key
from uwlr.soap.providers import RosterVerzoek
from uwlr.testing import make_school

KEY = "99XX00voorbeeldsleutel"
HERE = SchoolRef("2025-2026", brincode="99XX", dependancecode="00")
SCHOOL = make_school(7, 200, schooljaar="2025-2026", brincode="99XX", dependancecode="00")


class Las:
    """Knows one supplier and one school."""

    def klant_bekend(self, klantcode: str, klantnaam: str) -> bool:
        """One supplier."""
        return (klantcode, klantnaam) == ("UIT", "Uitgever")

    def sleutel_geldig(self, autorisatie: Autorisatie, school: SchoolRef) -> bool:
        """One key, which opens that school and no other."""
        return school.locatie == HERE.locatie and same_key(autorisatie.autorisatiesleutel, KEY)

    def school_bekend(self, school: SchoolRef) -> bool:
        """One school, in the year it is made for."""
        return school == HERE

    def leerlinggegevens(self, school: SchoolRef, verzoek: RosterVerzoek) -> Leerlinggegevens:
        """Its roster."""
        return SCHOOL


# One request less than the threads of gunicorn, so that somebody is left to say that it is too much.
application = make_wsgi(Providers(access=Las(), roster=Las()), Settings(max_at_once=15))
