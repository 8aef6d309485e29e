"""Synthetic results: a test with norms and colours, and what the pupils of a synthetic school scored on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final, NamedTuple

from uwlr.berichten import (
    Betrouwbaarheidsinterval,
    Ingang,
    Leerling,
    Leerlinggegevens,
    LeerresultatenVerzoek,
    Norm,
    Normering,
    Normkleur,
    OsoResultaat,
    Referentiescore,
    Resultaat,
    Toets,
    Toetsafname,
    ToetsOnderdeel,
    Toetsscore,
    VocabulaireGebondenVeld,
)
from uwlr.berichten.leerresultaten import School
from uwlr.errors import ConfigurationError
from uwlr.testing.dice import Dice
from uwlr.testing.recipe import recipe_in, remark
from uwlr.testing.school import AUTEUR, first_year

VAKGEBIEDEN: Final = "http://purl.edustandaard.nl/concept/328cc12a-87b2-41c4-aef8-853595f9f9dd"
"""The vocabulary of subjects in primary education."""

COMMENTAAR: Final = "Synthetische testresultaten van leerlingen die niet bestaan."

_HIGHEST: Final = 100
_OPGAVEN: Final = 50


class _Niveau(NamedTuple):
    omschrijving: str
    begin: int
    eind: int
    kleur: tuple[int, int, int]
    cijfer: tuple[str, str]


_NIVEAUS: Final = (
    _Niveau("Ver boven het gemiddelde", 85, 100, (0, 104, 55), ("8.0", "10.0")),
    _Niveau("Boven het gemiddelde", 70, 84, (102, 189, 99), ("7.0", "7.9")),
    _Niveau("Gemiddeld", 55, 69, (254, 224, 139), ("6.0", "6.9")),
    _Niveau("Onder het gemiddelde", 40, 54, (253, 174, 97), ("4.5", "5.9")),
    _Niveau("Ver onder het gemiddelde", 0, 39, (215, 48, 39), ("1.0", "4.4")),
)
KWALIFICATIES: Final = tuple(niveau.omschrijving for niveau in _NIVEAUS)
"""What a score can be called; the seed decides which of them a message has."""

_ROMAN: Final = ("I", "II", "III", "IV", "V")
_LETTERS: Final = ("A", "B", "C", "D", "E")
_ONDERDELEN: Final = ("Getallen", "Verhoudingen", "Meten en meetkunde")


def make_toets(jaargroep: int, *, normen: bool = True) -> Toets:
    """Make the test in mathematics of one year, with three parts.

    Args:
        jaargroep: year code, 1..8 or 11..16.
        normen: give the test the norms I..V and its parts A..E, each covering the scores 0..100 without overlap,
            with colours and school marks. Results in OSO form have no use for them.

    Source: UWLR 2.2, ctpToets and ctpNormering; the subject is a term of the vocabulary Vakgebieden.
    """
    vo = jaargroep > 10
    code = f"REK-{'VO' if vo else 'PO'}-{jaargroep}"
    leerjaar = f"Leerjaar {jaargroep - 10}" if vo else f"Groep {jaargroep}"
    return Toets(
        toetscode=VocabulaireGebondenVeld(waarde=code),
        versie=VocabulaireGebondenVeld(waarde="2025"),
        toetsnaam=f"Synthetische rekentoets {leerjaar.lower()}",
        leerjaar=VocabulaireGebondenVeld(waarde=str(jaargroep)),
        vakgebied=(
            VocabulaireGebondenVeld(waarde="Wiskunde")
            if vo
            else VocabulaireGebondenVeld(vocabulaire=VAKGEBIEDEN, waarde="Rekenen en wiskunde")
        ),
        toetsnormering=_normering(_ROMAN) if normen else None,
        toetshierarchie=(
            Ingang(niveau=1, waarde="Rekenen"),
            Ingang(niveau=2, waarde=leerjaar),
        ),
        toetsonderdelen=tuple(
            ToetsOnderdeel(
                toetsonderdeelvolgnummer=number,
                toetsonderdeelcode=VocabulaireGebondenVeld(waarde=f"{code}-{number}"),
                toetsonderdeelnaam=naam,
                toetsonderdeelnormering=_normering(_LETTERS) if normen else None,
            )
            for number, naam in enumerate(_ONDERDELEN, 1)
        ),
    )


def make_results(
    school: Leerlinggegevens,
    *,
    groep_key: str | None = None,
    seed: int = 1,
    toets: Toets | None = None,
    afnamedatum: date | None = None,
    aanmaakdatum: datetime | None = None,
    oso: bool = False,
) -> LeerresultatenVerzoek:
    """Make the results of the pupils of one group, or of the whole school.

    The same arguments give an equal message. The keys of a pupil's results depend on the pupil, the test and the
    date alone, the scores on the seed as well. So one group gets what it gets among all, sending again with a
    later `aanmaakdatum` repeats the same results, and another seed is a correction of them.

    Args:
        school: the roster; leerlingid is the key of its pupils.
        groep_key: a groep or samengestelde groep of the school; None takes every pupil.
        seed: which scores; it does not touch the keys.
        toets: the test that all of them took; by default `make_toets` of each pupil's own jaargroep.
        afnamedatum: first day of the test, some pupils catch up later that week; by default 10 November.
        aanmaakdatum: moment of the message; by default a week after `afnamedatum`.
        oso: give osoresultaat in place of score.

    Raises:
        ConfigurationError: no pupil in that group, or a schooljaar that is not one.

    Source: UWLR 2.2, UWLR_Leerresultaten_v2p2.xsd.
    """
    leerlingen = [
        leerling
        for leerling in school.leerlingen
        if groep_key is None or leerling.groep == groep_key or groep_key in leerling.samengestelde_groepen
    ]
    if not leerlingen:
        raise ConfigurationError("no pupil of this school is in that group")
    afnamedatum = afnamedatum or date(first_year(school.school.schooljaar), 11, 10)
    aanmaakdatum = aanmaakdatum or datetime.combine(afnamedatum + timedelta(days=7), time(18, 30), tzinfo=UTC)
    verwerkers = {ref.key: leerkracht.key for leerkracht in reversed(school.leerkrachten) for ref in leerkracht.groepen}
    toetsen: dict[int, Toets] = {}
    afnames = []
    for leerling in leerlingen:
        jaargroep = _year(leerling)
        if jaargroep not in toetsen:
            toetsen[jaargroep] = toets or make_toets(jaargroep, normen=not oso)
        leerlingid = leerling.key or leerling.eckid or ""
        afnames.append(
            Toetsafname(
                leerlingid=leerlingid,
                eckid=leerling.eckid,
                resultaatverwerkerid=verwerkers.get(leerling.groep or ""),
                resultaten=tuple(_results(leerlingid, toetsen[jaargroep], afnamedatum, seed, oso=oso)),
            )
        )
    return LeerresultatenVerzoek(
        school=School(
            schooljaar=school.school.schooljaar,
            brincode=school.school.brincode,
            dependancecode=school.school.dependancecode,
            schoolkey=None if school.school.brincode else school.school.schoolkey,
            aanmaakdatum=aanmaakdatum,
            auteur=AUTEUR,
            xsdversie=school.school.xsdversie or "2.2",
            commentaar=remark(COMMENTAAR, recipe_in(school.school.commentaar)),
        ),
        toetsafnames=tuple(afnames),
        toetsen=(toets,) if toets else tuple(toetsen[jaargroep] for jaargroep in sorted(toetsen)),
    )


def _normering(termen: tuple[str, ...]) -> Normering:
    return Normering(
        norm=tuple(
            Norm(
                term=term,
                omschrijving=niveau.omschrijving,
                beginnormwaarde=niveau.begin,
                eindnormwaarde=niveau.eind,
                normkleur=Normkleur(
                    rood_code=niveau.kleur[0],
                    groen_code=niveau.kleur[1],
                    blauw_code=niveau.kleur[2],
                    transparantie=Decimal("0.80"),
                ),
                schoolcijfer_vanaf=Decimal(niveau.cijfer[0]),
                schoolcijfer_totenmet=Decimal(niveau.cijfer[1]),
            )
            for term, niveau in zip(termen, _NIVEAUS, strict=True)
        )
    )


def _year(leerling: Leerling) -> int:
    """The pupil's year; one that is not a number (speciaal onderwijs and the like) takes the test of group 5."""
    code = str(leerling.jaargroep)
    return int(code) if code.isdigit() and code != "0" else 5


def _results(leerlingid: str, toets: Toets, afnamedatum: date, seed: int, *, oso: bool) -> Iterator[Resultaat]:
    """Give the parts a pupil did, and the whole where that is all of them."""
    code = toets.toetscode.waarde
    sitting = Dice(leerlingid, code, afnamedatum)
    dag = afnamedatum + timedelta(days=sitting.between(1, 4) if sitting.chance(8) else 0)
    onderdelen = toets.toetsonderdelen[: 1 if sitting.chance(6) else None]
    dice = Dice(seed, leerlingid, code, afnamedatum)
    ability = sum(dice.between(0, 40) for _ in range(3)) - 20
    percentages = []
    for onderdeel in onderdelen:
        percentages.append(min(max(ability + dice.between(-12, 12) + 20, 0), _HIGHEST))
        deelcode = onderdeel.toetsonderdeelcode.waarde
        normering = onderdeel.toetsonderdeelnormering
        yield _result(leerlingid, toets, deelcode, normering, dag, percentages[-1], oso=oso)
    if len(onderdelen) == len(toets.toetsonderdelen):
        whole = sum(percentages) // len(percentages) if percentages else min(max(ability + 20, 0), _HIGHEST)
        yield _result(leerlingid, toets, None, toets.toetsnormering, dag, whole, oso=oso)


def _result(
    leerlingid: str,
    toets: Toets,
    deelcode: str | None,
    normering: Normering | None,
    dag: date,
    percentage: int,
    *,
    oso: bool,
) -> Resultaat:
    code = toets.toetscode.waarde
    key = sha256("/".join((leerlingid, code, deelcode or "", dag.isoformat())).encode()).hexdigest()[:32]
    return Resultaat(
        key=key,
        afnamedatum=dag,
        toetscode=code,
        versie=toets.versie,
        toetsonderdeelcode=deelcode,
        uitkomst=_oso(percentage) if oso else _score(percentage, normering),
        infourl=f"https://toetsplatform.example/resultaten/{key}" if deelcode is None else None,
    )


def _score(percentage: int, normering: Normering | None) -> int:
    """Lay the percentage along the scale that the norms cover."""
    if normering is None:
        return percentage
    lowest = min(norm.beginnormwaarde for norm in normering.norm)
    highest = max(norm.eindnormwaarde for norm in normering.norm)
    return lowest + (highest - lowest) * percentage // _HIGHEST


def _oso(percentage: int) -> OsoResultaat:
    goed = percentage * _OPGAVEN // _HIGHEST
    vaardigheid = Decimal(200 + percentage)
    place = next(place for place, niveau in enumerate(_NIVEAUS) if percentage >= niveau.begin)
    return OsoResultaat(
        toetsscore=Toetsscore(
            aantalopgaven=_OPGAVEN,
            aantalgoed=goed,
            aantalfout=_OPGAVEN - goed,
            vaardigheidsscore=vaardigheid,
            codevaardigheidsschaal="REKSYN",
            betrouwbaarheidsinterval=Betrouwbaarheidsinterval(bivlaag=vaardigheid - 6, bivhoog=vaardigheid + 6),
        ),
        referentiescore=(
            Referentiescore(
                codereferentiescore="IV",
                codevergelijkingsgroep="Landelijk",
                waarde=_ROMAN[place],
                kwalificatie=_NIVEAUS[place].omschrijving,
            ),
        ),
    )
