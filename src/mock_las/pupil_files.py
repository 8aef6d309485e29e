"""The file of a single pupil: who it is, the number by which results come, and results, brought or typed in."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from mock_las.arguments import EnteredResult
from mock_las.dashboard import dashboard
from mock_las.declined import Declined
from mock_las.kept_rosters import School
from mock_las.pupils_by_group import (
    Group,
    Pupil,
    full_name,
    groups_by_number,
    groups_of_roster,
    numbers_without_pupil,
    stamgroepen,
)
from mock_las.state import AT_SCHOOL
from mock_las.world import World
from uwlr.berichten import GeenGegevens, Leerling, Leerlinggegevens

Json: TypeAlias = dict[str, Any]

MOST_DLE: Final = 60
"""Months of education in primary school: six years of ten months, after the two years of groep 1 and 2."""

_LONGEST_NUMBER: Final = 64
"""Source: UWLR 2.2, tpLeerlingId."""


def groups_at(world: World, school: School) -> list[Group]:
    """Give the groups of a school with their pupils, as its system knows them."""
    roster = _roster(world, school)
    if world.traits(school.vendor).knows_pupils_by_number:
        return groups_by_number(roster, world.schools.numbers(school))
    return groups_of_roster(roster)


def list_at(world: World, school: School) -> list[Json]:
    """Give the stamgroepen of a school with each pupil once, and the numbers without a pupil."""
    roster, numbers = _roster(world, school), world.schools.numbers(school)
    leerlingen = () if isinstance(roster, GeenGegevens) else roster.leerlingen
    by_key = {leerling.key or leerling.eckid: leerling for leerling in leerlingen}
    return [
        {
            "key": group.key,
            "naam": group.naam or "zonder stamgroep",
            "leerlingen": [
                {"key": p.key, "naam": p.naam, "leerlingnummer": numbers.get(p.key), **_person(by_key.get(p.key))}
                for p in group.pupils
            ],
        }
        for group in [*stamgroepen(roster), *numbers_without_pupil(numbers)]
        if group.pupils
    ]


def file_of(world: World, school: School, key: str) -> Json | None:
    """Give the file of a pupil; None if there is no such pupil."""
    roster = _roster(world, school)
    leerling = _find(roster, key)
    if leerling is None or isinstance(roster, GeenGegevens):
        return None
    traits, number = world.traits(school.vendor), world.schools.numbers(school).get(key)
    ids: tuple[str, ...] = (number,) if number else ()
    if not traits.knows_pupils_by_number:
        ids = tuple(name for name in (leerling.key, leerling.eckid) if name)
    alone = Group("", "", (Pupil(key, full_name(leerling), ids),))
    found = dashboard([alone], alone, world.results, school.place, traits, world.clock.schooljaar())
    cells = found["leerlingen"][0]["resultaten"] if traits.shows_at_pupil else []
    return {
        "key": key,
        "naam": full_name(leerling) or key,
        "voornaam": leerling.roepnaam or leerling.voornamen or "",
        "achternaam": " ".join(part for part in (leerling.voorvoegsel, leerling.achternaam) if part),
        "geboortedatum": leerling.geboortedatum.isoformat() if leerling.geboortedatum else None,
        "geslacht": leerling.geslacht,
        "jaargroep": leerling.jaargroep,
        "groep": next((groep.naam for groep in roster.groepen if groep.key == leerling.groep), None),
        "leerlingnummer": number,
        "resultaten": [
            {
                "toets": test["toetsonderdeelnaam"] or test["toetsnaam"] or test["toetscode"],
                "test": test,
                **cell,
            }
            for test, cell in zip(found["toetsen"], cells, strict=False)
            if cell
        ],
        "ingevoerd": [dict(row) for row in _entered(world, school, key)],
    }


def set_number(world: World, school: School, key: str, number: str, *, also: bool) -> None:
    """Give a pupil a leerlingnummer.

    Args:
        world: where the school is.
        school: a school whose system knows pupils by number.
        key: the pupil.
        number: the number; an empty one takes it away.
        also: whether another pupil may have the same.

    Raises:
        Declined: there is no such pupil, it is no number, or another pupil has it.
    """
    roster, number = _roster(world, school), number.strip()
    if _find(roster, key) is None:
        raise Declined("there is no such pupil", "Deze leerling is er niet meer.")
    if len(number) > _LONGEST_NUMBER or any(sign.isspace() for sign in number):
        raise Declined(
            f"a leerlingnummer has no white space and at most {_LONGEST_NUMBER} characters",
            f"Dit is geen leerlingnummer: het heeft {len(number)} tekens (hoogstens {_LONGEST_NUMBER}) en mag geen "
            "spatie bevatten. Kopieer alleen het nummer uit het leerlingenoverzicht.",
        )
    others = [other for other, its in world.schools.numbers(school).items() if its == number and other != key]
    if number and others and not also:
        names = (
            ", ".join(full_name(found) for other in others if (found := _find(roster, other)))
            or "een nummer zonder leerling"
        )
        raise Declined(
            "another pupil has this leerlingnummer",
            f"Dit nummer staat al bij {names}. Alleen het nummer koppelt: beide leerlingen krijgen dan dezelfde "
            "resultaten. Controleer het nummer, of vink aan dat het klopt.",
        )
    world.schools.set_number(school, key, number)


def enter_result(world: World, school: School, entered: EnteredResult) -> None:
    """Keep a result that was typed in.

    Raises:
        Declined: there is no such pupil, the day is still to come, or the DLE is none.
    """
    if _find(_roster(world, school), entered.leerling) is None:
        raise Declined("there is no such pupil", "Kies een leerling uit de lijst.")
    if entered.afnamedatum > world.clock.today():
        raise Declined(
            "afnamedatum lies in the future", "De afnamedatum ligt in de toekomst; vul de dag van de toets in."
        )
    if entered.dle is not None and not 0 <= entered.dle <= MOST_DLE:
        raise Declined(
            f"a DLE is 0 to {MOST_DLE}",
            f"DLE {entered.dle} bestaat niet: een DLE is een heel getal van 0 tot en met {MOST_DLE}.",
        )
    world.state.execute(
        "INSERT INTO entered_result (vendor, brincode, dependancecode, leerling, toets, afnamedatum, score, dle)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *school.place,
        entered.leerling,
        entered.toets,
        entered.afnamedatum.isoformat(),
        entered.score,
        entered.dle,
    )


def _person(leerling: Leerling | None) -> Json:
    if leerling is None:
        return {}
    born = leerling.geboortedatum
    return {
        "eckid": leerling.eckid,
        "roepnaam": leerling.roepnaam,
        "voorvoegsel": leerling.voorvoegsel,
        "achternaam": leerling.achternaam,
        "geboortedatum": born.isoformat() if born else None,
    }


def _entered(world: World, school: School, key: str) -> Any:
    return world.state.rows(
        f"SELECT toets, afnamedatum, score, dle FROM entered_result WHERE {AT_SCHOOL} AND leerling = ?"  # noqa: S608
        " ORDER BY afnamedatum DESC, id DESC",
        *school.place,
        key,
    )


def _roster(world: World, school: School) -> Leerlinggegevens | GeenGegevens:
    return world.schools.rosters(school).roster(school, world.clock.schooljaar())


def _find(roster: Leerlinggegevens | GeenGegevens, key: str) -> Leerling | None:
    if isinstance(roster, GeenGegevens):
        return None
    return next((leerling for leerling in roster.leerlingen if key in {leerling.key, leerling.eckid}), None)
