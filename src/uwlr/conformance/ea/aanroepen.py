"""The requests of an application: valid, by the right key, in a version and in HTTP headers that are due."""

from __future__ import annotations

from typing import Final

from uwlr.conformance.casebook import case
from uwlr.conformance.ea.seen import none_of
from uwlr.conformance.referee import Referee
from uwlr.conformance.validated import must_keep
from uwlr.foutcodes import Foutcode
from uwlr.validation import validate

VALID: Final = "toepassing/verzoeken/geldig"
HEADER: Final = "toepassing/verzoeken/header"
VERSION: Final = "toepassing/verzoeken/versie"
_FETCH = ("de toepassing haalt het rooster op", "the application fetches the roster")


@case(
    VALID,
    "EA-01",
    role="EA",
    sends=_FETCH,
    holds=("elk verzoek voldoet aan het schema", "every request is valid by the schema"),
)
def geldig(ea: Referee) -> None:
    """A request is what the standard says."""
    calls = ea.play("leerlinggegevens")
    none_of(sum(1 for call in calls if call.refused == Foutcode.ONGELDIG_BERICHT), "niet", "are not")


@case(
    HEADER,
    "EA-02",
    role="EA",
    sends=_FETCH,
    holds=("sleutel, klantcode en klantnaam zoals uitgegeven", "key, klantcode and klantnaam as given out"),
    after=(VALID,),
)
def header(ea: Referee) -> None:
    """The header is the one that was given out."""
    calls = ea.play("leerlinggegevens")
    wrong = [call for call in calls if call.refused == Foutcode.AUTORISATIE_ONGELDIG]
    wrong += [call for call in calls if call.incoming and call.incoming.autorisatie != ea.autorisatie]
    none_of(len(wrong), "met iets anders", "with something else")


@case(
    VERSION,
    "EA-03",
    role="EA",
    sends=_FETCH,
    holds=("een xsdversie die de LAS ondersteunt", "an xsdversie that the LAS supports"),
    after=(VALID,),
)
def versie(ea: Referee) -> None:
    """The version is one of those that exist."""
    calls = ea.play("leerlinggegevens")
    none_of(sum(1 for call in calls if call.refused == Foutcode.XSD_VERSIE_ONGELDIG), "met een andere", "with another")


@case(
    "toepassing/verzoeken/soapaction",
    "EA-04",
    role="EA",
    sends=_FETCH,
    holds=("de SOAPAction van de operatie", "the SOAPAction of the operation"),
    after=(VALID,),
)
def soapaction(ea: Referee) -> None:
    """The action fits the message."""
    calls = ea.play("leerlinggegevens")
    wrong = [
        call
        for call in calls
        if call.operation and call.headers.get("soapaction", "").strip().strip('"') != call.operation.soap_action
    ]
    none_of(len(wrong), "met een andere", "with another")


@case(
    "toepassing/verzoeken/inhoudstype",
    "EA-05",
    role="EA",
    sends=_FETCH,
    holds=("inhoudstype text/xml", "content type text/xml"),
    after=(VALID,),
)
def inhoudstype(ea: Referee) -> None:
    """A request is announced as what it is."""
    calls = ea.play("leerlinggegevens")
    wrong = [c for c in calls if c.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/xml"]
    none_of(len(wrong), "met een ander", "with another")


@case(
    "toepassing/verzoeken/regels",
    "EA-25",
    role="EA",
    sends=_FETCH,
    holds=("geen regel van de validator wordt overtreden", "no rule of the validator is broken"),
    after=(VALID, HEADER, VERSION),
)
def regels(ea: Referee) -> None:
    """A request keeps to what the schema cannot say."""
    for call in ea.play("leerlinggegevens"):
        must_keep(validate(call.body), "rules")
