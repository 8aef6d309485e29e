"""Rosters of the referee's made-up school that try how an application reads: few, many, without what is optional."""

from __future__ import annotations

from typing import Final

import msgspec

from uwlr.berichten import Groep, Leerling, Leerlinggegevens
from uwlr.testing import make_school

LONG: Final = 400
"""Pupils of the long list."""


def with_one_more(roster: Leerlinggegevens, key: str, **change: object) -> Leerlinggegevens:
    """With a pupil who is in no other roster: results for that pupil prove that this roster was read."""
    like = roster.leerlingen[0]
    values = {"key": key, "eckid": None, "achternaam": "Ångström-Müller", "roepnaam": "Zoë", **change}
    return msgspec.structs.replace(roster, leerlingen=(*roster.leerlingen, msgspec.structs.replace(like, **values)))


def of_one_pupil(roster: Leerlinggegevens) -> Leerlinggegevens:
    """One pupil in one group, with one member of staff."""
    pupil = msgspec.structs.replace(roster.leerlingen[-1], samengestelde_groepen=())
    groep = next(one for one in roster.groepen if isinstance(one, Groep) and one.key == pupil.groep)
    staff = msgspec.structs.replace(roster.leerkrachten[0], groepen=())
    return msgspec.structs.replace(roster, groepen=(groep,), leerlingen=(pupil,), leerkrachten=(staff,))


def without_staff(roster: Leerlinggegevens) -> Leerlinggegevens:
    """Without a list of staff."""
    return msgspec.structs.replace(roster, leerkrachten=())


def with_one_member_of_staff(roster: Leerlinggegevens) -> Leerlinggegevens:
    """With one member of staff."""
    return msgspec.structs.replace(roster, leerkrachten=roster.leerkrachten[:1])


def without_samengestelde_groepen(roster: Leerlinggegevens) -> Leerlinggegevens:
    """With stamgroepen alone."""
    pupils = tuple(msgspec.structs.replace(one, samengestelde_groepen=()) for one in roster.leerlingen)
    staff = tuple(
        msgspec.structs.replace(
            one, groepen=tuple(ref for ref in one.groepen if type(ref).__name__ == "GroepReferentie")
        )
        for one in roster.leerkrachten
    )
    groepen = tuple(one for one in roster.groepen if isinstance(one, Groep))
    return msgspec.structs.replace(roster, leerlingen=pupils, leerkrachten=staff, groepen=groepen)


def without_eckid(roster: Leerlinggegevens) -> Leerlinggegevens:
    """With an ECK-iD for nobody."""
    pupils = tuple(msgspec.structs.replace(one, eckid=None) for one in roster.leerlingen)
    staff = tuple(msgspec.structs.replace(one, eckid=None) for one in roster.leerkrachten)
    return msgspec.structs.replace(roster, leerlingen=pupils, leerkrachten=staff)


def barely(roster: Leerlinggegevens) -> Leerlinggegevens:
    """With no more of a pupil than the schema asks for: a key, and a roepnaam alone."""
    pupils = tuple(Leerling(key=one.key, roepnaam=one.roepnaam or one.achternaam) for one in roster.leerlingen)
    return msgspec.structs.replace(roster, leerlingen=pupils, leerkrachten=())


def with_twins(roster: Leerlinggegevens) -> Leerlinggegevens:
    """With two pupils of one name and one birth date."""
    first = roster.leerlingen[0]
    return with_one_more(roster, f"{first.key}-2", achternaam=first.achternaam, roepnaam=first.roepnaam)


def long_list(roster: Leerlinggegevens) -> Leerlinggegevens:
    """With some hundreds of pupils."""
    school = roster.school
    more = make_school(12, LONG, schooljaar=school.schooljaar, brincode=str(school.brincode))
    return msgspec.structs.replace(more, school=school)
