"""The groups of a school, with their pupils in the order of their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from uwlr.berichten import GeenGegevens, Groep, Leerling, Leerlinggegevens

BY_NUMBER = "leerlingnummers"
"""The only group of a system that knows pupils by the numbers that were entered."""


class Pupil(NamedTuple):
    """A pupil as a row: key, ECK-iD, and the name that the row shows."""

    key: str
    eckid: str | None
    naam: str


class Group(NamedTuple):
    """A group that can be chosen."""

    key: str
    naam: str
    pupils: tuple[Pupil, ...]


def groups_of_roster(roster: Leerlinggegevens | GeenGegevens) -> list[Group]:
    """The groups of a roster that have pupils."""
    if isinstance(roster, GeenGegevens):
        return []
    members: dict[str, list[Leerling]] = {}
    for leerling in roster.leerlingen:
        for key in dict.fromkeys((leerling.groep, *leerling.samengestelde_groepen)):
            if key is not None:
                members.setdefault(key, []).append(leerling)
    return [Group(groep.key, groep.naam, _rows(members[groep.key])) for groep in roster.groepen if groep.key in members]


def stamgroepen(roster: Leerlinggegevens | GeenGegevens) -> list[Group]:
    """The stamgroepen of a roster, empty ones too; pupils without one come last, in a group with the key ""."""
    if isinstance(roster, GeenGegevens):
        return []
    members: dict[str, list[Leerling]] = {groep.key: [] for groep in roster.groepen if isinstance(groep, Groep)}
    for leerling in roster.leerlingen:
        members.setdefault(leerling.groep if leerling.groep in members else "", []).append(leerling)
    names = {groep.key: groep.naam for groep in roster.groepen}
    return [Group(key, names.get(key, ""), _rows(pupils)) for key, pupils in members.items()]


def group_of_numbers(numbers: set[str]) -> list[Group]:
    """The group of the pupils whose numbers were entered; a system that works by number knows no names."""
    return [Group(BY_NUMBER, "Ingevoerde leerlingnummers", tuple(Pupil(n, None, n) for n in sorted(numbers)))]


def _rows(pupils: Iterable[Leerling]) -> tuple[Pupil, ...]:
    return tuple(_pupil(leerling) for leerling in sorted(pupils, key=_by_name))


def _pupil(leerling: Leerling) -> Pupil:
    parts = (leerling.roepnaam or leerling.voorletters_1, leerling.voorvoegsel, leerling.achternaam)
    naam = " ".join(part for part in parts if part)
    key = leerling.key or leerling.eckid or ""
    return Pupil(key, leerling.eckid, naam or key)


def _by_name(leerling: Leerling) -> tuple[str, str]:
    return (leerling.achternaam or "").casefold(), (leerling.roepnaam or "").casefold()
