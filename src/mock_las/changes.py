"""What happens at a school in a year: a pupil moves, leaves, comes or gets another name, or everybody is gone."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from uwlr.berichten import GeenGegevens, Groep, Leerling, Leerlinggegevens
from uwlr.errors import ConfigurationError
from uwlr.testing import make_school

Kind: TypeAlias = Literal["move", "leave", "add", "rename", "empty"]


def changed(
    roster: Leerlinggegevens | GeenGegevens,
    kind: Kind,
    *,
    leerling: str | None = None,
    groep: str | None = None,
    seed: int = 1,
) -> tuple[Leerlinggegevens | GeenGegevens, str | None]:
    """Change a roster.

    Args:
        roster: as it is.
        kind: what happens.
        leerling: key of the pupil who moves, leaves or is renamed, or ECK-iD; by default the first.
        groep: key of the stamgroep that a pupil moves or comes to; by default another than the pupil's own.
        seed: which school it is, and with that who comes.

    Returns:
        The roster as it becomes, and the key of the pupil.

    Raises:
        ConfigurationError: no such pupil or group, or there is no roster to change.
    """
    if isinstance(roster, GeenGegevens):
        raise ConfigurationError("the school has no roster to change")
    if kind == "empty":
        return GeenGegevens(), None
    if kind == "add":
        comes = _newcomer(roster, _group(roster, groep), seed)
        return msgspec.structs.replace(roster, leerlingen=(*roster.leerlingen, comes)), comes.key
    who = _pupil(roster, leerling)
    if kind == "leave":
        rest = tuple(pupil for pupil in roster.leerlingen if pupil is not who)
        return (msgspec.structs.replace(roster, leerlingen=rest) if rest else GeenGegevens()), who.key
    if kind == "rename":
        becomes = msgspec.structs.replace(who, achternaam=_other_name(who, seed), voorvoegsel=None)
    else:
        target = _group(roster, groep, other_than=who.groep)
        jaargroep = who.jaargroep if target.jaargroep == "C" else target.jaargroep
        becomes = msgspec.structs.replace(who, groep=target.key, jaargroep=jaargroep)
    pupils = tuple(becomes if pupil is who else pupil for pupil in roster.leerlingen)
    return msgspec.structs.replace(roster, leerlingen=pupils), who.key


def _pupil(roster: Leerlinggegevens, key: str | None) -> Leerling:
    for pupil in roster.leerlingen:
        if key in {None, pupil.key, pupil.eckid}:
            return pupil
    raise ConfigurationError("no pupil of the school has this key")


def _other_name(pupil: Leerling, seed: int) -> str:
    """A made-up achternaam that the pupil does not have now."""
    names = (leerling.achternaam for leerling in make_school(seed, leerlingen=20).leerlingen)
    return next(name for name in names if name and name != pupil.achternaam)


def _group(roster: Leerlinggegevens, key: str | None, *, other_than: str | None = None) -> Groep:
    groups = [group for group in roster.groepen if isinstance(group, Groep)]
    for group in groups:
        if group.key == key or (key is None and group.key != other_than):
            return group
    raise ConfigurationError("the school has no such stamgroep")


def _newcomer(roster: Leerlinggegevens, group: Groep, seed: int) -> Leerling:
    """Somebody from another made-up school, with a key that this one did not use."""
    taken = {pupil.key for pupil in roster.leerlingen}
    number = next(n for n in range(1, len(taken) + 2) if f"nieuw-{n}" not in taken)
    comes = make_school(seed * 1000 + number, leerlingen=1, brincode="99ZZ").leerlingen[0]
    jaargroep = comes.jaargroep if group.jaargroep == "C" else group.jaargroep
    return msgspec.structs.replace(
        comes, key=f"nieuw-{number}", groep=group.key, jaargroep=jaargroep, samengestelde_groepen=(), vestiging=None
    )
