"""Staff of a synthetic school, with the groups they teach and the roles they have there."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, Literal

from uwlr.berichten import (
    Groep,
    GroepReferentie,
    Leerkracht,
    Rol,
    Rolomschrijving,
    SamengesteldeGroep,
    SamengesteldeGroepReferentie,
)
from uwlr.testing.dice import Dice
from uwlr.testing.eckid import make_eckid
from uwlr.testing.names import make_person, plain

_Roles = tuple[Rol | str | Rolomschrijving, ...]
_Reference = GroepReferentie | SamengesteldeGroepReferentie

_PART_TIMERS: Final = 55
"""Of a hundred groups, how many have two leerkrachten."""
_SPECIALITIES: Final = ("Leescoördinator", "Rekencoördinator", "Coördinator bovenbouw", "Vertrouwenspersoon")


def make_staff(
    words: tuple[object, ...],
    groepen: Sequence[Groep],
    subgroepen: Sequence[SamengesteldeGroep],
    sector: Literal["PO", "VO"],
    *,
    lvs: bool,
) -> tuple[Leerkracht, ...]:
    """Make the staff that such groups need: some without a group, many with several."""
    dice = Dice(*words, "formatie")
    posts = _po_posts(dice, groepen, subgroepen) if sector == "PO" else _vo_posts(dice, groepen, subgroepen)
    used: set[str] = set()
    return tuple(
        _member(words, number, roles, refs, used, lvs=lvs)
        for number, (roles, refs) in enumerate(posts)
        if refs or roles
    )


_Post = tuple[_Roles, list[_Reference]]


def _general() -> list[_Post]:
    return [((Rol.DIR,), []), ((Rol.ADM, Rol.CON), [])]


def _po_posts(dice: Dice, groepen: Sequence[Groep], subgroepen: Sequence[SamengesteldeGroep]) -> list[_Post]:
    posts = _general()
    coach: _Post = ((Rol.IB, Rolomschrijving(tekst="Gedragsspecialist")), [])
    coach[1].extend(_sub(groep, Rol.IB) for groep in subgroepen)
    posts.append(coach)
    partner: _Post | None = None
    for number, groep in enumerate(groepen):
        special: _Roles = (Rolomschrijving(tekst=dice.pick(_SPECIALITIES)),) if dice.chance(15) else ()
        posts.append(((Rol.LRK, *special), [_ref(groep, Rol.LRK)]))
        if dice.chance(_PART_TIMERS):
            # Two part-timers share the group; every other partner works the other days in the next such group.
            if partner is not None:
                partner[1].append(_ref(groep, Rol.LRK))
                partner = None
            else:
                partner = ((Rol.LRK,), [_ref(groep, Rol.LRK)])
                posts.append(partner)
        if number % 6 == 0:
            posts.append(((Rol.OWA,), [_ref(deel, Rol.OWA) for deel in groepen[number : number + 6 : 2]]))
    per_teacher = 10
    for start in range(0, len(groepen), per_teacher):
        gym: list[_Reference] = [_ref(deel, Rol.VAK) for deel in groepen[start : start + per_teacher]]
        for place, sub in enumerate(subgroepen[start // per_teacher :: max(1, len(groepen) // per_teacher)][:2]):
            gym.insert(place * 2, _sub(sub, Rol.VAK, Rolomschrijving(tekst="Bewegingsonderwijs")))
        posts.append(((Rol.VAK,), gym))
    return posts


def _vo_posts(dice: Dice, groepen: Sequence[Groep], subgroepen: Sequence[SamengesteldeGroep]) -> list[_Post]:
    posts = [*_general(), ((Rol.SMW, Rolomschrijving(tekst="Zorgcoördinator")), [])]
    teachers: list[_Post] = [((Rol.LRK,), []) for _ in range(max(2, len(groepen) * 3 // 2))]
    for number, groep in enumerate(groepen):
        teachers[number % len(teachers)][1].append(_ref(groep, Rol.LRK, Rolomschrijving(tekst="Mentor")))
    for number, sub in enumerate(subgroepen):
        teachers[number * 7 % len(teachers)][1].append(_sub(sub, Rol.LRK))
    for _, refs in teachers:
        taught = {ref.key for ref in refs}
        refs.extend(_ref(groep, Rol.LRK) for groep in dice.some(groepen, 3) if groep.key not in taught)
    assistant: _Post = ((Rol.OWA,), [_ref(groep, Rol.OWA) for groep in groepen[:2]])
    posts.append(((Rol.VAK,), [_ref(groep, Rol.VAK) for groep in groepen[:8]]))
    return [*posts, *teachers, assistant]


def _ref(groep: Groep, *rol: Rol | Rolomschrijving) -> GroepReferentie:
    return GroepReferentie(key=groep.key, rol=rol)


def _sub(groep: SamengesteldeGroep, *rol: Rol | Rolomschrijving) -> SamengesteldeGroepReferentie:
    return SamengesteldeGroepReferentie(key=groep.key, rol=rol)


def _member(
    words: tuple[object, ...], number: int, roles: _Roles, refs: list[_Reference], used: set[str], *, lvs: bool
) -> Leerkracht:
    """Make up one member of staff; the number alone decides who it is."""
    dice = Dice(*words, "leerkracht", number)
    persoon = make_person(dice)
    digest = sha256("/".join(map(str, (*words, "leerkracht", number))).encode()).hexdigest()
    key = "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
    with_eckid, with_address = dice.chance(75), dice.chance(85)
    user = f"{plain(persoon.roepnaam)[:1]}.{plain(persoon.voorvoegsel or '')}{plain(persoon.achternaam)}"
    if user in used:
        user += str(number)
    used.add(user)
    return Leerkracht(
        key=key,
        eckid=make_eckid(*words, "leerkracht", number) if with_eckid else None,
        achternaam=persoon.achternaam,
        voorvoegsel=persoon.voorvoegsel,
        voorletters_1=None if lvs else persoon.voorletters,
        roepnaam=persoon.roepnaam,
        gebruikersnaam=None if lvs else user,
        emailadres=f"{user}@school.example.invalid" if with_address and not lvs else None,
        rol=() if lvs else roles,
        groepen=tuple(refs),
    )
