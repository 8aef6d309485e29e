"""How an application takes ordinary answers: nothing found, nothing changed, somebody new."""

from __future__ import annotations

import msgspec

from uwlr.berichten import GeenGegevens, GeenWijzigingen
from uwlr.conformance.casebook import case
from uwlr.conformance.ea.seen import none_of, pupils_of
from uwlr.conformance.ea.terugmelding import RESULTS
from uwlr.conformance.outcomes import Absent, Unmet
from uwlr.conformance.referee import Referee
from uwlr.text import Text


@case(
    "toepassing/antwoorden/geengegevens",
    "EA-06",
    role="EA",
    sends=("het rooster ophalen geeft geengegevens", "fetching the roster gives geengegevens"),
    holds=("één verzoek, en later weer een gewoon verzoek", "one request, and an ordinary one later"),
    requests=2,
)
def geengegevens(ea: Referee) -> None:
    """Nothing found is no fault, and no reason to ask again."""
    ea.roster = GeenGegevens()
    none_of(len(ea.play("leerlinggegevens")) - 1, "keer herhaald", "repeated")
    ea.reset()
    ea.play("leerlinggegevens")


@case(
    "toepassing/antwoorden/geenwijzigingen",
    "EA-07",
    role="EA",
    sends=("na het rooster volgt geenwijzigingen, en dan resultaten", "after the roster geenwijzigingen, then results"),
    holds=("de resultaten komen zoals daarvoor", "the results come as before"),
    requests=4,
    after=(RESULTS,),
)
def geenwijzigingen(ea: Referee) -> None:
    """Unchanged data stay."""
    ea.play("leerlinggegevens")
    before = pupils_of(ea.deliver())
    ea.roster = GeenWijzigingen()
    ea.play("leerlinggegevens")
    try:
        lost = before - pupils_of(ea.deliver())
    except Absent:
        lost = before
    none_of(len(lost), "leerlingen kwijt", "pupils lost")


@case(
    "toepassing/antwoorden/gewijzigd-rooster",
    "EA-08",
    role="EA",
    sends=("een rooster met een leerling erbij, en dan resultaten", "a roster with one more pupil, then results"),
    holds=("er komen resultaten van de nieuwe leerling", "results of the new pupil come"),
    requests=3,
    after=(RESULTS,),
)
def gewijzigd_rooster(ea: Referee) -> None:
    """Whoever is new is known from then on."""
    everyone = ea.original.leerlingen
    ea.roster = msgspec.structs.replace(ea.original, leerlingen=everyone[:-1])
    ea.play("leerlinggegevens")
    ea.roster = ea.original
    ea.play("leerlinggegevens")
    if everyone[-1].key not in pupils_of(ea.deliver()):
        raise Unmet(Text("die ontbreken", "they are missing"))
