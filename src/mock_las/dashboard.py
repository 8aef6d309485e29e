"""Dashboard Mijn Groep: the results of a group as a table of pupils by tests, coloured by the norms.

Source: what public manuals show of the dashboard of ESIS: the latest normed scores per group, with a link to the
test platform.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from mock_las import vendors
from mock_las.schools import School
from mock_las.world import World
from uwlr.berichten import GeenGegevens, Groep, Leerling
from uwlr.berichten.leerresultaten import Norm, Normkleur


class Cell(NamedTuple):
    """One result: what it says, how it is coloured (CSS, or empty), and where more of it is to be seen."""

    text: str
    term: str
    background: str
    foreground: str
    infourl: str | None


class Dashboard(NamedTuple):
    """The results of one group.

    Attributes:
        groepen: key and name of every stamgroep of the school.
        groep: key of the group that is shown.
        toetsen: the tests, as column headings.
        rijen: name of each pupil, and a cell or None per test.
    """

    groepen: list[tuple[str, str]]
    groep: str
    toetsen: list[str]
    rijen: list[tuple[str, list[Cell | None]]]


def dashboard(world: World, school: School, groep: str | None = None) -> Dashboard:
    """Make the dashboard of a group; by default of the first that has results, or else the first."""
    roster = world.schools.roster(school, world.clock.schooljaar())
    if isinstance(roster, GeenGegevens):
        return Dashboard([], "", [], [])
    shown = [r for r in world.results.received(school.vendor, vendors.load(school.vendor).traits()) if r["zichtbaar"]]
    shown = [r for r in shown if (r["brincode"], r["dependancecode"]) == (school.brincode, school.dependancecode)]
    by_pupil: dict[str, list[dict[str, Any]]] = {}
    for result in sorted(shown, key=lambda r: (r["afnamedatum"], r["received_at"])):
        by_pupil.setdefault(result["leerlingid"], []).append(result)
    groepen = [(g.key, g.naam) for g in roster.groepen if isinstance(g, Groep)]
    with_results = {leerling.groep for leerling in roster.leerlingen if leerling.key in by_pupil}
    chosen = groep or next((key for key, _ in groepen if key in with_results), groepen[0][0] if groepen else "")
    pupils = sorted((leerling for leerling in roster.leerlingen if leerling.groep == chosen), key=_name)
    tests = world.results.tests(school.vendor, school.brincode, school.dependancecode)
    columns = sorted({_column(r) for pupil in pupils for r in by_pupil.get(pupil.key or "", ())})
    headings = [tests[column][0] if column in tests else " ".join(column) for column in columns]
    rows = []
    for pupil in pupils:
        # The latest result of a test is the last one with its code.
        latest = {_column(r): r for r in by_pupil.get(pupil.key or "", ())}
        rows.append((_name(pupil), [_cell(latest[c], tests.get(c)) if c in latest else None for c in columns]))
    return Dashboard(groepen, chosen, headings, rows)


def _column(result: dict[str, Any]) -> tuple[str, str]:
    return result["toetscode"], result["toetsonderdeelcode"] or ""


def _name(leerling: Leerling) -> str:
    parts = (leerling.roepnaam, leerling.voorvoegsel, leerling.achternaam)
    return " ".join(part for part in parts if part)


def _cell(result: dict[str, Any], test: tuple[str, Sequence[Norm]] | None) -> Cell:
    score = result.get("score")
    link = result["infourl"] if str(result["infourl"]).startswith(("http://", "https://")) else None
    if score is None:
        return Cell("OSO" if "osoresultaat" in result else "…", "", "", "", link)
    for norm in test[1] if test else ():
        if norm.beginnormwaarde <= score <= norm.eindnormwaarde:
            background, foreground = colours(norm.normkleur) if norm.normkleur else ("", "")
            return Cell(str(score), norm.term, background, foreground, link)
    return Cell(str(score), "", "", "", link)


def colours(kleur: Normkleur) -> tuple[str, str]:
    """The colour of a norm as it looks on white, and black or white on it, whichever reads better."""
    opaque = kleur.transparantie
    rgb = [
        round(Decimal(part) * opaque + 255 * (1 - opaque))
        for part in (kleur.rood_code, kleur.groen_code, kleur.blauw_code)
    ]
    red, green, blue = ((c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4) for c in (v / 255 for v in rgb))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    # Above this luminance black has the higher contrast (WCAG 2, relative luminance).
    return f"rgb({rgb[0]} {rgb[1]} {rgb[2]})", "#000" if light > 0.179 else "#fff"
