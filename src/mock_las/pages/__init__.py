"""The pages for people: couplings, schools, behaviour, dashboard, journal, faults and clock. HTML without scripts.

This module only knows which paths are pages, so that a server whose pages nobody opens does not load them.
"""

from __future__ import annotations

from typing import Final

PAGES: Final = frozenset(
    {
        "",
        "static",
        "koppelingen",
        "aanmelden",
        "menu",
        "hulp",
        "scholen",
        "gedrag",
        "ophalen",
        "postvak",
        "groepen",
        "leerlingen",
        "toetsresultaten",
        "configuratie",
        "autorisatie",
        "journaal",
        "storingen",
        "klok",
    }
)
"""First segments of their paths; neither a vendor's name nor a path of a real system begins with one."""


def is_page(path: str) -> bool:
    """Tell whether a path belongs to the pages."""
    return path.lstrip("/").partition("/")[0] in PAGES
