"""The pages for people: couplings, schools, ways, dashboard, journal, faults and clock. Made on the server, no scripts.

Only which paths are pages stands here, so that a server whose pages nobody opens does not load them.
"""

from __future__ import annotations

from typing import Final

PAGES: Final = frozenset(
    {
        "",
        "static",
        "koppelingen",
        "scholen",
        "gedrag",
        "ophalen",
        "postvak",
        "groepen",
        "journaal",
        "storingen",
        "klok",
    }
)
"""First segments of their paths. No vendor and no real system's path begins with one."""


def is_page(path: str) -> bool:
    """Tell whether a path belongs to the pages."""
    return path.lstrip("/").partition("/")[0] in PAGES
