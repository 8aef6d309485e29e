"""Staged answers cut from a whole roster: what a LAS sends when it is asked stage by stage.

Getrapte overdracht is the roster in three questions: first the school and its groups, then the pupils of some
groups, then the staff of some groups. A LAS that can make the whole roster can answer all three with these functions.
They are pure, and keep the order of the roster.

Source: UWLR 2.2, getrapte overdracht; UWLR_Leerlinggegevens_v2p2.xsd, group gVerzoekGroepenRef.
"""

from __future__ import annotations

from collections.abc import Iterable

from uwlr.berichten import (
    GeenGegevens,
    GroepReferentie,
    Leerlinggegevens,
    LeerlinggegevensLeerkrachten,
    LeerlinggegevensLeerlingen,
    LeerlinggegevensStructuur,
    VerzoekGroep,
    VerzoekSamengesteldeGroep,
)

GevraagdeGroep = VerzoekGroep | VerzoekSamengesteldeGroep
"""A group of a request; without a key it means the persons in no group of that kind."""


def structuur(school: Leerlinggegevens) -> LeerlinggegevensStructuur:
    """The first stage: the school, its locations and all its groups.

    Source: UWLR 2.2, getrapte overdracht, HaalStructuur.
    """
    return LeerlinggegevensStructuur(
        school=school.school,
        vestigingen=school.vestigingen,
        groepen=school.groepen,
    )


def leerlingen_of(
    school: Leerlinggegevens, groepen: Iterable[GevraagdeGroep]
) -> LeerlinggegevensLeerlingen | GeenGegevens:
    """The second stage: the pupils of these groups, each pupil once; GeenGegevens if there is none.

    A group without a key asks for the pupils in no stamgroep, or in no samengestelde groep.

    Source: UWLR 2.2, getrapte overdracht, HaalLeerlingen.
    """
    stam, samengesteld = _asked(groepen)
    found = tuple(
        leerling
        for leerling in school.leerlingen
        if leerling.groep in stam or not samengesteld.isdisjoint(leerling.samengestelde_groepen or (None,))
    )
    return LeerlinggegevensLeerlingen(school=school.school, leerlingen=found) if found else GeenGegevens()


def leerkrachten_of(
    school: Leerlinggegevens, groepen: Iterable[GevraagdeGroep]
) -> LeerlinggegevensLeerkrachten | GeenGegevens:
    """The third stage: the staff of these groups, each member once; GeenGegevens if there is none.

    A group without a key asks for the staff with no stamgroep, or with no samengestelde groep.

    Source: UWLR 2.2, getrapte overdracht, HaalLeerkrachten.
    """
    stam, samengesteld = _asked(groepen)
    found = []
    for leerkracht in school.leerkrachten:
        own: set[str | None] = {ref.key for ref in leerkracht.groepen if isinstance(ref, GroepReferentie)}
        others: set[str | None] = {ref.key for ref in leerkracht.groepen if not isinstance(ref, GroepReferentie)}
        if not stam.isdisjoint(own or {None}) or not samengesteld.isdisjoint(others or {None}):
            found.append(leerkracht)
    return LeerlinggegevensLeerkrachten(school=school.school, leerkrachten=tuple(found)) if found else GeenGegevens()


def _asked(groepen: Iterable[GevraagdeGroep]) -> tuple[set[str | None], set[str | None]]:
    """Split the question into stamgroepen and samengestelde groepen."""
    stam: set[str | None] = set()
    samengesteld: set[str | None] = set()
    for groep in groepen:
        (stam if isinstance(groep, VerzoekGroep) else samengesteld).add(groep.key)
    return stam, samengesteld
