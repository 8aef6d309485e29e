"""What axe-core finds wrong on a page for people who see, hear or move otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from helpers.needs import NODE, require

AXE = Path(NODE, "axe-core", "axe.min.js")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
CONTRAST = ("color-contrast",)

_VIOLATIONS = """async rules => (await axe.run(document, {runOnly: rules})).violations
    .map(found => `${found.id}: ${found.nodes.map(node => node.target).join(' ')}`)"""


def violations(page: Any, rules: tuple[str, ...] = RULES) -> list[str]:
    """Give what is wrong on a page, with all that folds open; its context lets scripts in."""
    require("axe-core")
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    found: list[str] = page.evaluate(_VIOLATIONS, list(rules))
    return found


def wrong_at(browser: Any, url: str, *, width: int = 360) -> list[str]:
    """Open an address and give what is wrong there, in light and in dark, and if it is wider than the screen."""
    context = browser.new_context(viewport={"width": width, "height": 740}, bypass_csp=True)
    page = context.new_page()
    page.goto(url)
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark {one}" for one in violations(page, CONTRAST)]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("wider than the screen")
    context.close()
    return found
