"""How an application takes faults: what is permanent is not repeated, what is not is tried later, nothing is lost."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from uwlr.conformance.casebook import case
from uwlr.conformance.ea.seen import brought, none_of
from uwlr.conformance.ea.terugmelding import RESULTS
from uwlr.conformance.outcomes import Absent, Unmet
from uwlr.conformance.referee import Referee
from uwlr.foutcodes import Foutcode
from uwlr.text import Text

_OFTEN: Final = 20
"""Faults in a row: more than any application should ask for."""


def _asked_once(word: str, requirement: str, code: Foutcode) -> None:
    @case(
        f"toepassing/fouten/{word}",
        requirement,
        role="EA",
        sends=(f"de LAS antwoordt {code}", f"the LAS answers {code}"),
        holds=("het verzoek wordt niet herhaald", "the request is not repeated"),
    )
    def asked_once(ea: Referee) -> None:
        ea.faults["leerlinggegevens"] = [code] * _OFTEN
        none_of(len(ea.play("leerlinggegevens")) - 1, "keer herhaald", "repeated")


# What does not become right by itself.
_asked_once("ongeldig-bericht", "EA-10", Foutcode.ONGELDIG_BERICHT)
_asked_once("verkeerde-klant", "EA-10", Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE)
_asked_once("verkeerde-sleutel", "EA-10", Foutcode.AUTORISATIE_ONGELDIG)
_asked_once("verkeerde-versie", "EA-21", Foutcode.XSD_VERSIE_ONGELDIG)


def _brought_once(word: str, code: Foutcode) -> None:
    @case(
        f"toepassing/fouten/{word}",
        "EA-19",
        role="EA",
        sends=(f"de LAS weigert resultaten met {code}", f"the LAS refuses results: {code}"),
        holds=("dezelfde resultaten komen niet meteen opnieuw", "the same results do not come again at once"),
        requests=2,
        after=(RESULTS,),
    )
    def brought_once(ea: Referee) -> None:
        ea.play("leerlinggegevens")
        ea.faults["leerresultaten"] = [code] * _OFTEN
        sent = [frozenset(brought(call)) for call in ea.play("leerresultaten")]
        none_of(len(sent) - len(set(sent)), "keer herhaald", "repeated")


# What is wrong with a result stays wrong.
_brought_once("leerling-ongeldig", Foutcode.LEERLING_ONGELDIG)
_brought_once("normering-ongeldig", Foutcode.TOETS_NORMERING_ONGELDIG)
_brought_once("resultaat-ongeldig", Foutcode.ELD_RESULTAAT_ONGELDIG)
_brought_once("score-ongeldig", Foutcode.SCORE_ONGELDIG)
_brought_once("vocabulaireterm-ongeldig", Foutcode.VOCABULAIRE_TERM_ONGELDIG)


@case(
    "toepassing/fouten/tijdelijk-wachten",
    "EA-11",
    role="EA",
    sends=("de LAS is twee keer tijdelijk niet beschikbaar", "the LAS is unavailable twice"),
    holds=("tussen twee pogingen wordt gewacht", "there is a wait between two tries"),
    requests=3,
)
def tijdelijk_wachten(ea: Referee) -> None:
    """A busy LAS is given time."""
    ea.faults["leerlinggegevens"] = [Foutcode.TIJDELIJK_NIET_BESCHIKBAAR] * 2
    calls = ea.play("leerlinggegevens")
    hasty = sum(1 for one, next_ in pairwise(calls) if next_.at - one.at < ea.config.min_wait_s)
    none_of(hasty, "keer te snel", "times too fast")


def _nothing_lost(word: str, requirement: str, code: Foutcode) -> None:
    @case(
        f"toepassing/fouten/{word}",
        requirement,
        role="EA",
        sends=(f"resultaten krijgen {code}, later niet meer", f"results are answered by {code}, later taken"),
        holds=("alle geweigerde resultaten komen alsnog aan", "all refused results arrive after all"),
        requests=10,
        after=(RESULTS,),
    )
    def nothing_lost(ea: Referee) -> None:
        ea.play("leerlinggegevens")
        ea.faults["leerresultaten"] = [code] * _OFTEN
        refused = {key for call in ea.play("leerresultaten") for key in brought(call)}
        ea.faults["leerresultaten"] = []
        try:
            arrived = {key for call in ea.play("leerresultaten") if call.taken for key in brought(call)}
        except Absent:
            arrived = set()
        none_of(len(refused - arrived), "resultaten kwijt", "results lost")


# What the LAS could not take is brought later.
_nothing_lost("tijdelijk-geen-verlies", "EA-12", Foutcode.TIJDELIJK_NIET_BESCHIKBAAR)
_nothing_lost("interne-fout-geen-verlies", "EA-23", Foutcode.INTERNE_FOUT)


def _goes_on(word: str, requirement: str, code: Foutcode) -> None:
    @case(
        f"toepassing/fouten/{word}",
        requirement,
        role="EA",
        sends=(f"de LAS antwoordt {code}, later weer gewoon", f"the LAS answers {code}, later as usual"),
        holds=("de toepassing vraagt later weer", "the application asks again later"),
        requests=2,
    )
    def goes_on(ea: Referee) -> None:
        ea.faults["leerlinggegevens"] = [code] * _OFTEN
        ea.play("leerlinggegevens")
        ea.reset()
        try:
            ea.play("leerlinggegevens")
        except Absent:
            raise Unmet(Text("er komt geen verzoek meer", "no request comes any more")) from None


# A defect of the LAS does not end the coupling, nor does a school that pauses it.
_goes_on("interne-fout", "EA-22", Foutcode.INTERNE_FOUT)
_goes_on("sleutel-hersteld", "EA-24", Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "toepassing/fouten/traag",
    "EA-13",
    role="EA",
    sends=("de LAS antwoordt traag", "the LAS answers slowly"),
    holds=("er loopt geen tweede verzoek naast het eerste", "no second request runs beside the first"),
)
def traag(ea: Referee) -> None:
    """Asking again adds to the work."""
    ea.delay = ea.config.slow_s
    none_of(sum(1 for call in ea.play("leerlinggegevens") if call.beside), "ernaast", "beside it")
