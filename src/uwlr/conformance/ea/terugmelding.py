"""The results of an application: valid, under keys that stay, each message later than the one before."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from uwlr.conformance.casebook import case
from uwlr.conformance.ea.aanroepen import HEADER, VALID, VERSION
from uwlr.conformance.ea.seen import identity, none_of, pupils_of
from uwlr.conformance.outcomes import Absent
from uwlr.conformance.referee import Referee
from uwlr.conformance.validated import must_keep
from uwlr.text import Text
from uwlr.validation import validate

RESULTS: Final = "toepassing/resultaten/geldig"
_BRING = ("de toepassing brengt resultaten", "the application brings results")


@case(
    RESULTS,
    "EA-14",
    role="EA",
    sends=_BRING,
    holds=("de resultaten voldoen aan het schema", "the results are valid by the schema"),
    requests=2,
    after=(VALID, HEADER, VERSION),
)
def resultaten_geldig(ea: Referee) -> None:
    """Results are what the standard says."""
    ea.play("leerlinggegevens")
    none_of(sum(1 for call in ea.play("leerresultaten") if call.refused is not None), "niet", "are not")


@case(
    "toepassing/resultaten/stabiele-sleutels",
    "EA-15",
    role="EA",
    sends=("de toepassing brengt dezelfde resultaten twee keer", "the application brings the same results twice"),
    holds=("hetzelfde resultaat heeft dezelfde sleutel", "the same result has the same key"),
    requests=3,
    after=(RESULTS,),
)
def stabiele_sleutels(ea: Referee) -> None:
    """A key is the only handle on a result."""
    ea.play("leerlinggegevens")
    seen: dict[object, set[str]] = {}
    for verzoek in (*ea.deliver(), *ea.deliver()):
        for afname in verzoek.toetsafnames:
            for one in afname.resultaten:
                seen.setdefault(identity(afname, one), set()).add(one.key)
    none_of(sum(1 for keys in seen.values() if len(keys) > 1), "met meer sleutels", "with more keys")


@case(
    "toepassing/resultaten/aanmaakdatum",
    "EA-16",
    role="EA",
    sends=("de toepassing brengt twee keer resultaten", "the application brings results twice"),
    holds=("de tweede aanmaakdatum is later", "the second aanmaakdatum is later"),
    requests=3,
    after=(RESULTS,),
)
def aanmaakdatum(ea: Referee) -> None:
    """Each message is later than the one before."""
    ea.play("leerlinggegevens")
    moments = [verzoek.school.aanmaakdatum for verzoek in (*ea.deliver(), *ea.deliver())]
    late = sum(1 for one, next_ in pairwise(moments) if next_ <= one)
    none_of(late, "niet later", "not later")


@case(
    "toepassing/resultaten/bekende-leerling",
    "EA-17",
    role="EA",
    sends=_BRING,
    holds=("elk leerlingid is een sleutel uit het rooster", "every leerlingid is a key of the roster"),
    requests=2,
    after=(RESULTS,),
)
def bekende_leerling(ea: Referee) -> None:
    """A result is of somebody the LAS knows."""
    ea.play("leerlinggegevens")
    none_of(len(pupils_of(ea.deliver()) - ea.named), "onbekend", "not known")


@case(
    "toepassing/resultaten/regels",
    "EA-26",
    role="EA",
    sends=_BRING,
    holds=("geen regel van de validator wordt overtreden", "no rule of the validator is broken"),
    requests=2,
    after=(RESULTS,),
)
def regels(ea: Referee) -> None:
    """Results keep to what the schema cannot say: norms that fit, parts that exist, dates that can be."""
    ea.play("leerlinggegevens")
    found = [call.body for call in ea.play("leerresultaten") if call.results is not None]
    if not found:
        raise Absent(Text("er kwamen geen geldige resultaten", "no valid results came"))
    for body in found:
        must_keep(validate(body), "rules")
