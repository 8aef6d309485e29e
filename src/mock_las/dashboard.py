"""What the dashboard of a group shows: its pupils by the tests they took, each result with the norm it falls under.

If a pupil has several results for one test, the latest one shows. Source: UWLR 2.2, ctpResultaat and ctpNormering;
that begin- and eindnormwaarde both belong to the norm follows from their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec

from mock_las.pupils_by_group import Group
from mock_las.received_results import Results, ToetsId
from mock_las.state import Place
from mock_las.vendors import Traits
from uwlr.berichten.leerresultaten import Norm

Json: TypeAlias = dict[str, Any]


def dashboard(
    groups: Sequence[Group], chosen: Group | None, results: Results, place: Place, traits: Traits, schooljaar: str
) -> Json:
    """Lay out the table of a group.

    Args:
        groups: the groups that can be chosen.
        chosen: the one that was chosen; None takes the first that has results, or else the first.
        results: the results of all schools.
        place: the school.
        traits: how the vendor behaves; results may show only some time after they came in, or only those of this year.
        schooljaar: the school year that it is.

    Returns:
        The groups; the tests with their norms as columns; the pupils with a result or None for each column; the number
        of results of these pupils that do not show yet, and of those that never will, as they are of earlier years.
    """
    received = results.received(place.vendor, traits, place)
    chosen = chosen or _first_with_results(groups, received)
    known = results.tests(place)
    shown: dict[tuple[str, ToetsId], Json] = {}
    waiting = 0
    pupils = chosen.pupils if chosen else ()
    earlier = 0
    by_id: dict[str, list[str]] = {}
    for pupil in pupils:
        for name in pupil.ids:
            by_id.setdefault(name, []).append(pupil.key)
    for result in received:
        of = by_id.get(result["leerlingid"]) or by_id.get(result["eckid"], [])
        if of and not traits.shows_earlier_years and result["afnamedatum"] < f"{schooljaar[:4]}-08-01":
            earlier += 1
        elif of and not result["zichtbaar"]:
            waiting += 1
        else:
            for key in of:  # two pupils may have been given one number
                cell = key, _test_of(result, known)
                if cell not in shown or shown[cell]["afnamedatum"] <= result["afnamedatum"]:
                    shown[cell] = result
    names = {test["id"]: test["naam"] for test in known}
    taken = {test for _, test in shown}
    tests = [test for test in known if test["id"] in taken]
    return {
        "groepen": [{"key": g.key, "naam": g.naam, "leerlingen": len(g.pupils)} for g in groups],
        "groep": chosen.key if chosen else None,
        "toetsen": [_column(test, names) for test in tests],
        "leerlingen": [
            {
                "key": pupil.key,
                "naam": pupil.naam,
                **({"leerlingnummer": next(iter(pupil.ids), None)} if traits.knows_pupils_by_number else {}),
                "resultaten": [_cell(shown.get((pupil.key, test["id"])), test["normen"]) for test in tests],
            }
            for pupil in pupils
        ],
        "nog_niet_zichtbaar": waiting,
        "van_eerdere_schooljaren": earlier,
    }


def _first_with_results(groups: Sequence[Group], received: Sequence[Json]) -> Group | None:
    ids = {result[name] for result in received if result["zichtbaar"] for name in ("leerlingid", "eckid")}
    with_results = (group for group in groups if any(ids.intersection(pupil.ids) for pupil in group.pupils))
    return next(with_results, groups[0] if groups else None)


def _test_of(result: Json, known: Sequence[Json]) -> ToetsId:
    """The test that a result is of: that of its version, or if nobody said which, the last version there is."""
    versie, deel = result["versie"] or "", result["toetsonderdeelcode"] or ""
    wanted = ToetsId(result["klantcode"], result["toetscode"], versie, deel)
    found = [test["id"] for test in known if test["id"]._replace(versie="") == wanted._replace(versie="")]
    return wanted if wanted in found or versie or not found else found[-1]


def _column(test: Json, names: dict[ToetsId, str | None]) -> Json:
    of: ToetsId = test["id"]
    return {
        "klantcode": of.klantcode,
        "toetscode": of.toetscode,
        "versie": of.versie or None,
        "toetsnaam": names.get(of._replace(toetsonderdeelcode="")),
        "toetsonderdeelcode": of.toetsonderdeelcode or None,
        "toetsonderdeelnaam": test["naam"] if of.toetsonderdeelcode else None,
        "normen": msgspec.to_builtins(test["normen"], builtin_types=()),
    }


def _cell(result: Json | None, normen: Sequence[Norm]) -> Json | None:
    if result is None:
        return None
    score = result.get("score")
    fits = [n for n, norm in enumerate(normen) if score is not None and _covers(norm, score)]
    kind = next(kind for kind in ("score", "osoresultaat", "anderresultaat") if kind in result)
    return {
        "key": result["key"],
        "afnamedatum": result["afnamedatum"],
        "infourl": result["infourl"],
        kind: result[kind],
        "norm": fits[0] if fits else None,
    }


def _covers(norm: Norm, score: int) -> bool:
    return norm.beginnormwaarde <= score <= norm.eindnormwaarde
