"""The people of a school: its groups with their pupils, and its staff, in the order of their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from uwlr.berichten import GeenGegevens, Groep, Leerkracht, Leerling, Leerlinggegevens

BY_NUMBER = "leerlingnummers"
"""The group of the numbers that were entered without a pupil."""


class Pupil(NamedTuple):
    """A pupil as a row: key, the name that the row shows, and the ids by which results find them."""

    key: str
    naam: str
    ids: tuple[str, ...]


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


def staff(roster: Leerlinggegevens | GeenGegevens) -> list[dict[str, Any]]:
    """The members of staff of a roster in the order of their names, each with the names of their groups."""
    if isinstance(roster, GeenGegevens):
        return []
    names = {groep.key: groep.naam for groep in roster.groepen}
    return [
        {
            "key": leerkracht.key,
            "naam": full_name(leerkracht) or leerkracht.key,
            "groepen": [names[ref.key] for ref in leerkracht.groepen if ref.key in names],
        }
        for leerkracht in sorted(roster.leerkrachten, key=_by_name)
    ]


def groups_by_number(roster: Leerlinggegevens | GeenGegevens, numbers: Mapping[str, str]) -> list[Group]:
    """The groups of a roster whose pupils are known by numbers that were entered, and the numbers without a pupil."""
    groups = [
        group._replace(
            pupils=tuple(p._replace(ids=(numbers[p.key],) if p.key in numbers else ()) for p in group.pupils)
        )
        for group in groups_of_roster(roster)
    ]
    return [*groups, *numbers_without_pupil(numbers)]


def numbers_without_pupil(numbers: Mapping[str, str]) -> list[Group]:
    """The group of the numbers that were entered without a pupil; none if there are no such numbers."""
    nameless = tuple(Pupil(n, n, (n,)) for n in sorted(numbers) if numbers[n] == n)
    return [Group(BY_NUMBER, "Nummers zonder leerling", nameless)] if nameless else []


def _rows(pupils: Iterable[Leerling]) -> tuple[Pupil, ...]:
    return tuple(_pupil(leerling) for leerling in sorted(pupils, key=_by_name))


def _pupil(leerling: Leerling) -> Pupil:
    key = leerling.key or leerling.eckid or ""
    return Pupil(key, full_name(leerling) or key, tuple(name for name in (key, leerling.eckid) if name))


def full_name(person: Leerling | Leerkracht) -> str:
    """The name by which people know somebody; empty if the roster has none."""
    parts = (person.roepnaam or person.voorletters_1, person.voorvoegsel, person.achternaam)
    return " ".join(part for part in parts if part)


def _by_name(person: Leerling | Leerkracht) -> tuple[str, str]:
    return (person.achternaam or "").casefold(), (person.roepnaam or "").casefold()
