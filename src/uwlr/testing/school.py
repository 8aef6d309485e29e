"""A synthetic Dutch school: the same one on every machine, and nobody who exists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, NamedTuple

from uwlr.berichten import Groep, Jaargroep, Leerling, Leerlinggegevens, SamengesteldeGroep
from uwlr.berichten.leerlinggegevens import School
from uwlr.errors import ConfigurationError
from uwlr.norm import Versie
from uwlr.testing.dice import Dice
from uwlr.testing.eckid import make_eckid
from uwlr.testing.groups import Indeling, Plaats, make_groups, make_subgroups
from uwlr.testing.names import make_person
from uwlr.testing.recipe import Recipe, remark
from uwlr.testing.staff import make_staff

Sector = Literal["PO", "VO"]

COMMENTAAR: Final = "Synthetische testgegevens: deze school en deze personen bestaan niet."
AUTEUR: Final = "uwlr synthetisch"

_EXTRA_YEARS: Final = (0,) * 78 + (1,) * 18 + (2,) * 4
"""How many years older than the youngest of the year, in a hundred pupils."""
_AGE_AT_START: Final = (4, 12)
"""Age on 1 October of the youngest in the first year, PO and VO."""
_STREAM_DIGITS: Final = ("", "T", "H", "V")
"""The place of a stream here is a digit of its pupils' keys, so that streams never share one."""
_JAARGROEPEN: Final = {int(code): code for code in Jaargroep if code.isdigit()}
_SCHOOLJAAR: Final = re.compile(r"([12][0-9]{3})-([12][0-9]{3})")


class _Stream(NamedTuple):
    """Pupils who go through the school together: where they start, for how many years, and their share."""

    letter: str
    start: int
    years: int
    share: int


_STREAMS: Final[dict[Sector, tuple[_Stream, ...]]] = {
    "PO": (_Stream("", 1, 8, 100),),
    "VO": (_Stream("T", 11, 4, 28), _Stream("H", 11, 5, 36), _Stream("V", 11, 6, 36)),
}


def make_school(
    seed: int = 1,
    leerlingen: int = 220,
    *,
    sector: Sector = "PO",
    schooljaar: str = "2025-2026",
    brincode: str = "99XX",
    dependancecode: str | None = "00",
    peildatum: date | None = None,
    xsdversie: Versie = "2.2",
    lvs: bool = False,
) -> Leerlinggegevens:
    """Make the whole roster of a school that does not exist.

    The same arguments give an equal school on every machine and every Python. With only `schooljaar` changed it
    is the same school a year on: pupils keep their keys and move up, the last year leaves, a new one enters.
    The remark of the school says how it is made again, and so `uwlr anonymise --check` knows its people.
    Brincode 99XX is the one of the examples in the standard. There is no BSN in it.

    Args:
        seed: which school.
        leerlingen: number of pupils, at least 1.
        sector: PO gives jaargroep 1..8 with some combination groups, VO 11..16 with vmbo-tl, havo and vwo.
        schooljaar: two years that follow each other.
        brincode: of the school.
        dependancecode: of the location; None leaves it out.
        peildatum: day the roster is true for; by default 1 October of the school year.
        xsdversie: as the school states it.
        lvs: keep to the LVS-set, which has no e-mail addresses and no descriptions of groups, and in 2.2 asks for
            the last four digits of a number (invented here); 2.3 took those and the voorletters out.

    Raises:
        ConfigurationError: fewer than one pupil, an unknown sector, or years that do not follow each other.

    Source: UWLR 2.2, EDEXML.elementen.xsd; the LVS-set of its profiles.
    """
    jaar = first_year(schooljaar)
    if leerlingen < 1:
        raise ConfigurationError("leerlingen must be at least 1: a school without pupils has no roster")
    if sector not in _STREAMS:
        raise ConfigurationError(f"sector {sector!r} is not PO or VO")
    recipe = Recipe(seed, leerlingen, sector, schooljaar, brincode, dependancecode, xsdversie if lvs else "2.2", lvs)
    words = (seed, sector, brincode, dependancecode or "00")
    prefix = f"{brincode}{dependancecode or '00'}-{jaar % 100:02d}{(jaar + 1) % 100:02d}"
    peildatum = peildatum or date(jaar, 10, 1)

    plaatsen = list(_places(words, _STREAMS[sector], leerlingen, jaar))
    groepen = make_groups(plaatsen, sector, prefix=prefix, described=not lvs)
    subgroepen = make_subgroups(Dice(*words, schooljaar, "subgroepen"), plaatsen, sector, prefix=prefix)
    staf = make_staff(words, [groep.deel for groep in groepen], [groep.deel for groep in subgroepen], sector, lvs=lvs)
    delen: list[Groep | SamengesteldeGroep] = [groep.deel for groep in groepen]
    delen += [groep.deel for groep in subgroepen]
    return Leerlinggegevens(
        school=School(
            schooljaar=schooljaar,
            peildatum=peildatum,
            brincode=brincode,
            dependancecode=dependancecode,
            aanmaakdatum=datetime.combine(peildatum, time(4, 30), tzinfo=UTC),
            auteur=AUTEUR,
            xsdversie=xsdversie,
            commentaar=remark(COMMENTAAR, recipe),
        ),
        groepen=tuple(delen),
        leerlingen=tuple(_pupils(words, plaatsen, groepen, subgroepen, lvs=xsdversie if lvs else None)),
        leerkrachten=staf,
    )


def first_year(schooljaar: str) -> int:
    """The year a school year starts in.

    Raises:
        ConfigurationError: not two years that follow each other.
    """
    found = _SCHOOLJAAR.fullmatch(schooljaar)
    if found is None or int(found[2]) != int(found[1]) + 1:
        raise ConfigurationError(f"schooljaar {schooljaar!r} is not two years that follow each other")
    return int(found[1])


def _places(words: tuple[object, ...], streams: Sequence[_Stream], leerlingen: int, jaar: int) -> Iterable[Plaats]:
    """Share the pupils out over the years of each stream.

    A cohort has the same size in each of its years, since sizes go by the year of entry and come round again
    when the cohort has left; neighbours differ, which is where combination groups come from.
    """
    uneven = Dice(*words, "jaren").below(2)
    done = 0
    for stream in streams:
        total = leerlingen * (done + stream.share) // 100 - leerlingen * done // 100
        done += stream.share
        weights = [32 if (place + uneven) % 2 else 22 for place in range(stream.years)]
        sizes = [
            total * sum(weights[: place + 1]) // sum(weights) - total * sum(weights[:place]) // sum(weights)
            for place in range(stream.years)
        ]
        for year in range(stream.years):
            instroom = jaar - year
            for nummer in range(sizes[instroom % stream.years]):
                yield Plaats(stream.letter, stream.start + year, instroom, nummer)


def _pupils(
    words: tuple[object, ...],
    plaatsen: Sequence[Plaats],
    groepen: Sequence[Indeling[Groep]],
    subgroepen: Sequence[Indeling[SamengesteldeGroep]],
    *,
    lvs: Versie | None,
) -> Iterable[Leerling]:
    groep_van = {lid: indeling.deel.key for indeling in groepen for lid in indeling.leden}
    subgroepen_van: dict[int, list[str]] = {}
    for indeling in subgroepen:
        for lid in indeling.leden:
            subgroepen_van.setdefault(lid, []).append(indeling.deel.key)
    cohort: tuple[str, int] | None = None
    for lid, plaats in enumerate(plaatsen):
        if cohort != (plaats.stroom, plaats.instroom):
            cohort = (plaats.stroom, plaats.instroom)
            dice = Dice(*words, *cohort)
            numbers = f"{plaats.instroom % 100:02d}{_STREAM_DIGITS.index(plaats.stroom)}{dice.between(100, 999)}"
        # Every draw is made for every pupil, so that no argument shifts who the next one is.
        persoon = make_person(dice)
        extra = dice.pick(_EXTRA_YEARS)
        born = date(plaats.instroom - _AGE_AT_START[plaats.jaargroep > 10] - extra, 10, 1)
        geboortedatum = born - timedelta(days=dice.below(365))
        laatste_vier = f"{dice.below(10_000):04d}"
        key = f"{numbers}{plaats.nummer:04d}"
        yield Leerling(
            key=key,
            eckid=None if dice.chance(3) else make_eckid(*words, "leerling", key),
            achternaam=persoon.achternaam,
            voorvoegsel=persoon.voorvoegsel,
            voorletters_1=None if lvs == "2.3" else persoon.voorletters,
            roepnaam=persoon.roepnaam,
            geboortedatum=geboortedatum,
            geslacht=persoon.geslacht,
            start_ondw_jgr3=_start_of_jaargroep_3(plaats) if lvs else None,
            jaargroep=_JAARGROEPEN[plaats.jaargroep],
            groep=groep_van[lid],
            samengestelde_groepen=tuple(subgroepen_van.get(lid, ())),
            bsn_ondwnr_4=laatste_vier if lvs == "2.2" else None,
        )


def _start_of_jaargroep_3(plaats: Plaats) -> date | None:
    if plaats.jaargroep < 3:
        return None
    return date(plaats.instroom - 6 if plaats.jaargroep > 10 else plaats.instroom + 2, 8, 1)
