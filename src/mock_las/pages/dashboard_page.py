"""Dashboard Mijn Groep: pupils by tests, in the colours of the norms."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import flask

from mock_las import vendors
from mock_las.pages.actions import school_of, verbs
from mock_las.pages.colour import Colour, colour_of
from mock_las.verbs import Json

pages = flask.Blueprint("groups", __name__)

_NO_COLOUR = -1


class Shown(NamedTuple):
    """A cell: its text, the norm in words, the number of its colour, the day, and the address of its link."""

    text: str
    term: str
    meaning: str
    colour: int
    afnamedatum: str
    link: str | None


class Heading(NamedTuple):
    """A test above its columns."""

    naam: str
    toetscode: str
    versie: str | None
    columns: int


@pages.get("/groepen/<vendor>")
def dashboard(vendor: str) -> Any:
    """The dashboard of a group."""
    return _page(vendor, flask.request.args.get("school", ""), flask.request.args.get("groep") or None)


def _page(vendor: str, school: str, groep: str | None = None) -> str:
    which = school_of(school)
    found = verbs().dashboard(vendor, which["brincode"] or None, which["dependancecode"], groep)
    palette: dict[Colour, int] = {}
    colours = [[_number(norm, palette) for norm in test["normen"]] for test in found["toetsen"]]
    rows = [
        (
            leerling,
            [
                cell and cell_of(cell, test, numbers)
                for cell, test, numbers in zip(leerling["resultaten"], found["toetsen"], colours, strict=True)
            ],
        )
        for leerling in found["leerlingen"]
    ]
    return flask.render_template(
        "groep.html",
        vendor=vendors.load(vendor),
        traits=verbs().traits_in_force(vendor),
        schools=verbs().schools(vendor),
        found=found,
        headings=_headings(found["toetsen"]),
        rows=rows,
        palette=list(palette),
        legends=_legends(found["toetsen"], colours),
    )


def _number(norm: Json, palette: dict[Colour, int]) -> int:
    """The number of a norm's colour on this page."""
    if norm["normkleur"] is None:
        return _NO_COLOUR
    return palette.setdefault(colour_of(norm["normkleur"]), len(palette))


def cell_of(cell: Json, test: Json, colours: list[int] | None = None) -> Shown:
    """A result as a cell shows it; without colours it has none."""
    norm = None if cell["norm"] is None else test["normen"][cell["norm"]]
    return Shown(
        text=_text(cell),
        term=norm["term"] if norm else "",
        meaning=(norm["omschrijving"] or "") if norm else "",
        colour=_NO_COLOUR if norm is None or colours is None else colours[cell["norm"]],
        afnamedatum=cell["afnamedatum"],
        link=link(cell["infourl"]),
    )


def _text(cell: Json) -> str:
    """A result in a few characters."""
    if "score" in cell:
        return str(cell["score"])
    if "anderresultaat" in cell:
        return "eigen vorm"
    oso = cell["osoresultaat"]
    if oso["referentiescore"]:
        return str(oso["referentiescore"][0]["waarde"])
    score = oso["toetsscore"] or {}
    return str(score.get("vaardigheidsscore") or score.get("aantalgoed") or "OSO")


def link(url: str | None) -> str | None:
    """The address if it is an absolute web address; nothing else may become a link."""
    if url is None or not re.match(r"https?://", url, re.IGNORECASE):
        return None
    try:
        return url if urlsplit(url).hostname else None
    except ValueError:
        return None


def _headings(tests: list[Json]) -> list[Heading]:
    found: dict[tuple[str, str, str | None], Heading] = {}
    for test in tests:
        code, versie = test["toetscode"], test["versie"]
        key = test["klantcode"], code, versie
        before = found.get(key, Heading(test["toetsnaam"] or code, code, versie, 0))
        found[key] = before._replace(columns=before.columns + 1)
    return list(found.values())


def _legends(tests: list[Json], colours: list[list[int]]) -> list[tuple[list[str], list[tuple[Json, int]]]]:
    """The norms of the tests, once if several tests share them: names of the tests, and each norm with its colour."""
    found: dict[str, tuple[list[str], list[tuple[Json, int]]]] = {}
    for test, numbers in zip(tests, colours, strict=True):
        if test["normen"]:
            naam = test["toetsonderdeelnaam"] or test["toetsonderdeelcode"] or test["toetsnaam"] or test["toetscode"]
            names, _ = found.setdefault(str(test["normen"]), ([], list(zip(test["normen"], numbers, strict=True))))
            if naam not in names:
                names.append(naam)
    return list(found.values())
