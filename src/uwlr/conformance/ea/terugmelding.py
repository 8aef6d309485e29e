"""The results of an application: valid, under keys that stay, each message later than the one before."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from uwlr.conformance.casebook import case
from uwlr.conformance.ea.aanroepen import must_all_keep
from uwlr.conformance.ea.seen import identity, none_of, pupils_of
from uwlr.conformance.referee import Referee

RESULTS: Final = "toepassing/resultaten/gebracht"
_BRING = ("de toepassing brengt resultaten", "the application brings results")


@case(
    RESULTS,
    "EA-35",
    role="EA",
    sends=_BRING,
    holds=("er komen resultaten", "results come"),
    requests=2,
)
def gebracht(ea: Referee) -> None:
    """Results are brought at all."""
    ea.play("leerlinggegevens")
    ea.deliver()


@case(
    "toepassing/resultaten/geldig",
    "EA-14",
    role="EA",
    sends=("elk bericht met resultaten", "every message with results"),
    holds=("de resultaten voldoen aan het schema", "the results are valid by the schema"),
    passive=True,
    requests=2,
)
def resultaten_geldig(ea: Referee) -> None:
    """Results are what the standard says."""
    must_all_keep(ea, "leerresultaten", "xml", "soap", "xsd")


@case(
    "toepassing/resultaten/header",
    "EA-02",
    role="EA",
    sends=("elk bericht met resultaten", "every message with results"),
    holds=("sleutel, klantcode en klantnaam zoals uitgegeven", "key, klantcode and klantnaam as given out"),
    passive=True,
    requests=2,
)
def resultaten_header(ea: Referee) -> None:
    """Results carry the header that was given out."""
    none_of(
        sum(1 for call in ea.every("leerresultaten") if not call.carries(ea.autorisatie)),
        "met iets anders",
        "with something else",
    )


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
    sends=("elk bericht met resultaten", "every message with results"),
    holds=("elk leerlingid is een sleutel uit een rooster", "every leerlingid is a key of a roster"),
    passive=True,
    requests=2,
)
def bekende_leerling(ea: Referee) -> None:
    """A result is of somebody the LAS knows."""
    found = pupils_of(call.results for call in ea.every("leerresultaten") if call.results is not None)
    none_of(len(found - ea.named), "onbekend", "not known")


@case(
    "toepassing/resultaten/regels",
    "EA-26",
    role="EA",
    sends=("elk bericht met resultaten", "every message with results"),
    holds=("geen regel van de validator wordt overtreden", "no rule of the validator is broken"),
    passive=True,
    requests=2,
)
def regels(ea: Referee) -> None:
    """Results keep to what the schema cannot say: norms that fit, parts that exist, dates that can be."""
    must_all_keep(ea, "leerresultaten", "rules")
