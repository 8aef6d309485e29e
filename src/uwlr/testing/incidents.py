"""Incidents: a LAS answers something that is not so. Each is seeded, and about a share of the rows.

They are what schools suffer from: half a roster, another school's, an older one, keys or names that change for many
at once. The truth of the night stays what it was, and a row that is still there is still about who it was about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from msgspec.structs import replace

from uwlr.berichten import Groep, Leerling
from uwlr.errors import ConfigurationError
from uwlr.testing import renaming
from uwlr.testing.dice import Dice
from uwlr.testing.eckid import make_eckid
from uwlr.testing.truth import Answer, Incident, Night

T = TypeVar("T")


class _Scene(NamedTuple):
    """What an incident has to work with."""

    dice: Dice
    share: float
    older: tuple[Answer, ...]
    stranger: Callable[[], tuple[Answer, ...]]


_Spoil = Callable[[Answer, _Scene], tuple[Answer, int, int]]
"""Gives an answer as it becomes, how many rows it is about, and how many there were."""


def spoiled(
    night: Night,
    kind: str,
    share: float,
    dice: Dice,
    older: tuple[Answer, ...],
    stranger: Callable[[], tuple[Answer, ...]],
) -> Night:
    """Give a night as an incident makes it.

    Raises:
        ConfigurationError: there is no such kind.
    """
    if kind not in INCIDENTS:
        raise ConfigurationError(f"{kind!r} is not one of {', '.join(sorted(INCIDENTS))}")
    scene = _Scene(dice, share, older, stranger)
    if kind in {"other-school", "older"}:
        answers = stranger() if kind == "other-school" else older
        return night._replace(answers=answers, incident=Incident(kind, *_difference(night.answers, answers)))
    made = [INCIDENTS[kind](answer, scene) for answer in night.answers]
    hit, total = sum(hit for _, hit, _ in made), sum(total for *_, total in made)
    size = hit / total if total else 0.0
    return night._replace(answers=tuple(answer for answer, *_ in made), incident=Incident(kind, size, hit))


def _half(answer: Answer, scene: _Scene) -> tuple[Answer, int, int]:
    """The roster ends in the middle: the last pupils, in the order of the roster, are not there."""
    pupils = answer.bericht.leerlingen
    keep = len(pupils) - round(len(pupils) * scene.share)
    return _with_pupils(answer, list(range(keep))), len(pupils) - keep, len(pupils)


def _scattered(answer: Answer, scene: _Scene) -> tuple[Answer, int, int]:
    """Pupils out of every group are not there."""
    pupils = answer.bericht.leerlingen
    gone = set(_some(range(len(pupils)), scene))
    return _with_pupils(answer, [i for i in range(len(pupils)) if i not in gone]), len(gone), len(pupils)


def _empty(answer: Answer, _: _Scene) -> tuple[Answer, int, int]:
    """Nobody is there at all."""
    number = len(answer.bericht.leerlingen)
    bericht = replace(answer.bericht, groepen=(), leerlingen=(), leerkrachten=())
    return answer._replace(bericht=bericht, groepen=(), leerlingen=(), leerkrachten=()), number, number


def _without_groups(answer: Answer, scene: _Scene) -> tuple[Answer, int, int]:
    """Some groups are not there, and with them their pupils."""
    groups = [g for g in answer.bericht.groepen if isinstance(g, Groep)]
    gone = {group.key for group in _some(groups, scene)}
    pupils = answer.bericht.leerlingen
    kept = _with_pupils(answer, [i for i, row in enumerate(pupils) if row.groep not in gone])
    places = [i for i, group in enumerate(answer.bericht.groepen) if group.key not in gone]
    staff = tuple(
        replace(row, groepen=tuple(r for r in row.groepen if r.key not in gone)) for row in answer.bericht.leerkrachten
    )
    bericht = replace(kept.bericht, groepen=tuple(answer.bericht.groepen[i] for i in places), leerkrachten=staff)
    kept = kept._replace(bericht=bericht, groepen=tuple(answer.groepen[i] for i in places))
    return kept, len(gone), len(groups)


def _groups_renamed(answer: Answer, scene: _Scene) -> tuple[Answer, int, int]:
    """Groups have other names, as when a column was exchanged."""
    groups = answer.bericht.groepen
    chosen = set(_some(range(len(groups)), scene))
    names = [
        f"{scene.dice.pick(('Unit', 'Lokaal', 'Klas', 'Cluster'))} {number + 101}" for number in range(len(groups))
    ]
    renamed = tuple(replace(g, naam=names[i]) if i in chosen else g for i, g in enumerate(groups))
    return answer._replace(bericht=replace(answer.bericht, groepen=renamed)), len(chosen), len(groups)


def _staff_gone(answer: Answer, scene: _Scene) -> tuple[Answer, int, int]:
    """Staff are not there."""
    staff = answer.bericht.leerkrachten
    gone = set(_some(range(len(staff)), scene))
    places = [place for place in range(len(staff)) if place not in gone]
    bericht = replace(answer.bericht, leerkrachten=tuple(staff[place] for place in places))
    kept = answer._replace(bericht=bericht, leerkrachten=tuple(answer.leerkrachten[place] for place in places))
    return kept, len(gone), len(staff)


def _pupils(change: Callable[[Leerling, Dice], Leerling]) -> _Spoil:
    """An incident that changes something of pupils; those of whom it changes nothing do not count."""

    def spoil(answer: Answer, scene: _Scene) -> tuple[Answer, int, int]:
        pupils = list(answer.bericht.leerlingen)
        changed = [change(row, scene.dice) for row in pupils]
        open_to = [place for place, row in enumerate(pupils) if changed[place] != row]
        chosen = _some(open_to, scene)
        for place in chosen:
            pupils[place] = changed[place]
        bericht = replace(answer.bericht, leerlingen=tuple(pupils))
        return answer._replace(bericht=bericht), len(chosen), len(pupils) and len(open_to)

    return spoil


def _keys_swapped(answer: Answer, scene: _Scene) -> tuple[Answer, int, int]:
    """Keys are those of the pupils below, as when a column slid down."""
    pupils = list(answer.bericht.leerlingen)
    chosen = _some([place for place, row in enumerate(pupils) if row.key], scene)
    keys = [pupils[place].key for place in chosen]
    for place, key in zip(chosen, [*keys[1:], *keys[:1]], strict=True):
        pupils[place] = replace(pupils[place], key=key)
    bericht = replace(answer.bericht, leerlingen=tuple(pupils))
    return answer._replace(bericht=bericht), len(chosen), len(pupils)


def _other_key(row: Leerling, dice: Dice) -> Leerling:
    return row if row.key is None else replace(row, key=f"n{dice.below(10**9):09d}")


def _other_eckid(row: Leerling, dice: Dice) -> Leerling:
    return row if row.eckid is None else replace(row, eckid=make_eckid("incident", dice.below(10**12)))


def _other_birth(row: Leerling, dice: Dice) -> Leerling:
    born = row.geboortedatum
    return row if born is None else replace(row, geboortedatum=born + timedelta(days=dice.between(1, 300)))


def _no_group(row: Leerling, _: Dice) -> Leerling:
    return replace(row, groep=None)


def _no_subgroups(row: Leerling, _: Dice) -> Leerling:
    return replace(row, samengestelde_groepen=())


def _with_pupils(answer: Answer, places: Sequence[int]) -> Answer:
    bericht = replace(answer.bericht, leerlingen=tuple(answer.bericht.leerlingen[place] for place in places))
    return answer._replace(bericht=bericht, leerlingen=tuple(answer.leerlingen[place] for place in places))


def _some(items: Sequence[T], scene: _Scene) -> list[T]:
    return scene.dice.some(items, round(len(items) * scene.share))


def _difference(before: tuple[Answer, ...], after: tuple[Answer, ...]) -> tuple[float, int]:
    """The share of the rows of pupils that are in one of two nights alone, at most all, and how many these are."""
    one, other = ({row for answer in answers for row in answer.bericht.leerlingen} for answers in (before, after))
    return (min(1.0, len(one ^ other) / len(one)) if one else 0.0), len(one ^ other)


def _elsewhere(answer: Answer, _: _Scene) -> tuple[Answer, int, int]:
    raise NotImplementedError  # the whole night is another: `spoiled` sees to it


INCIDENTS: Final[Mapping[str, _Spoil]] = MappingProxyType(
    {
        "half": _half,
        "scattered": _scattered,
        "empty": _empty,
        "groups-gone": _without_groups,
        "other-school": _elsewhere,
        "older": _elsewhere,
        "groups-renamed": _groups_renamed,
        "staff-gone": _staff_gone,
        "keys": _pupils(_other_key),
        "keys-swapped": _keys_swapped,
        "eckids": _pupils(_other_eckid),
        "births": _pupils(_other_birth),
        "names": _pupils(renaming.another_family),
        "no-groups": _pupils(_no_group),
        "no-subgroups": _pupils(_no_subgroups),
    }
)
"""All incidents, by name."""
