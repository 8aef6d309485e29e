"""A badge for a page: what a run came to, as one SVG image."""

from __future__ import annotations

from html import escape
from pathlib import Path

from uwlr.conformance.outcomes import Event, RunEnded, Verdict
from uwlr.conformance.report.grouped import unjudged
from uwlr.private_files import write_private
from uwlr.text import Lang, Text

_COLOURS = {"green": "#1a7f4b", "part": "#8a5a00", "red": "#b3261e"}
_WIDTH = 7
"""Width of a character in units of the image, by and large."""
_IN_ORDER = Text("in orde", "in order")
_IN_PART = Text("{passed} van {every} in orde", "{passed} of {every} in order")
_FINDINGS = Text("{red} bevindingen", "{red} findings")


class BadgeReport:
    """Writes a badge when a run is over.

    Args:
        path: the file.
        lang: language of its words.
    """

    def __init__(self, path: Path, lang: Lang = "en") -> None:
        self._path = path
        self._lang: Lang = lang

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, RunEnded):
            write_private(self._path, badge(event, self._lang).encode())


def badge(ended: RunEnded, lang: Lang) -> str:
    """Draw the badge; in order is only what was judged as a whole."""
    passed = sum(1 for one in ended.outcomes if one.verdict is Verdict.PASS)
    values = {
        "passed": str(passed),
        "every": str(len(ended.outcomes)),
        "red": str(sum(1 for one in ended.outcomes if one.red)),
    }
    whole = ended.green and not unjudged(ended.outcomes)
    said = (_IN_ORDER if whole else _IN_PART if ended.green else _FINDINGS).fill(lang, values)
    colour = _COLOURS["green" if whole else "part" if ended.green else "red"]
    left, right = "UWLR", said
    one, other = len(left) * _WIDTH + 14, len(right) * _WIDTH + 14
    day = ended.ended_at.date().isoformat()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{one + other}" height="22" role="img"'
        f' aria-label="{escape(f"UWLR: {said}, {day}")}"><title>{escape(f"UWLR: {said}, {day}")}</title>'
        f'<rect width="{one}" height="22" fill="#3b4452"/><rect x="{one}" width="{other}" height="22" fill="{colour}"/>'
        f'<g fill="#fff" text-anchor="middle" font-family="DejaVu Sans,Verdana,sans-serif" font-size="11">'
        f'<text x="{one / 2}" y="15">{left}</text><text x="{one + other / 2}" y="15">{escape(right)}</text></g></svg>\n'
    )
