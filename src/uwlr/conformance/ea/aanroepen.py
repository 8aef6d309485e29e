"""The requests of an application: valid, by the right key, in a version and in HTTP headers that are due.

Each case looks at every request of the run, whatever it was sent for, and counts once; what is wrong with a request
hinders no other case.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from uwlr.conformance.application_calls import Call
from uwlr.conformance.casebook import case
from uwlr.conformance.ea.seen import none_of
from uwlr.conformance.outcomes import Absent, Unmet
from uwlr.conformance.referee import Action, Referee
from uwlr.conformance.validator_verdict import must_keep
from uwlr.foutcodes import Foutcode
from uwlr.text import Text

VALID: Final = "toepassing/verzoeken/geldig"
_FETCH: Final = ("elk verzoek om het rooster", "every request for the roster")


def must_all_keep(ea: Referee, action: Action, *layers: str) -> None:
    """Ask that no request of this kind breaks a rule of these layers.

    Raises:
        Unmet: one does; the first is described, the others are counted.
        Absent: none could be judged.
    """
    wrong: list[tuple[int, Text]] = []
    judged = 0
    for call in ea.every(action):
        try:
            must_keep(call.report, *layers)  # type: ignore[arg-type]
        except Unmet as unmet:
            wrong.append((call.number, unmet.actual))
        except Absent:
            continue
        judged += 1
    if wrong:
        numbers = tuple(number for number, _ in wrong)
        first = wrong[0][1]
        more = Counter(str(text) for _, text in wrong)
        raise Unmet(
            Text(
                f"{first.nl} (verzoek {numbers[0]}; {len(numbers)} van {judged}, {len(more)} soorten)",
                f"{first.en} (request {numbers[0]}; {len(numbers)} of {judged}, {len(more)} kinds)",
            ),
            exchanges=numbers[:3],
        )
    if not judged:
        raise Absent(Text("geen verzoek was zo ver te lezen", "no request could be read that far"))


def _none(wrong: list[Call], nl: str, en: str) -> None:
    if wrong:
        numbers = tuple(call.number for call in wrong)
        raise Unmet(Text(f"{len(wrong)} {nl}", f"{len(wrong)} {en}"), exchanges=numbers[:3])


@case(
    VALID,
    "EA-01",
    role="EA",
    sends=_FETCH,
    holds=("elk verzoek voldoet aan het schema", "every request is valid by the schema"),
    passive=True,
)
def geldig(ea: Referee) -> None:
    """A request is what the standard says."""
    must_all_keep(ea, "leerlinggegevens", "xml", "soap", "xsd")


@case(
    "toepassing/verzoeken/header",
    "EA-02",
    role="EA",
    sends=_FETCH,
    holds=("sleutel, klantcode en klantnaam zoals uitgegeven", "key, klantcode and klantnaam as given out"),
    passive=True,
)
def header(ea: Referee) -> None:
    """The header is the one that was given out."""
    calls = ea.every("leerlinggegevens")
    wrong = [c for c in calls if c.refused == Foutcode.AUTORISATIE_ONGELDIG or not c.carries(ea.autorisatie)]
    _none(wrong, "met iets anders", "with something else")


@case(
    "toepassing/verzoeken/versie",
    "EA-03",
    role="EA",
    sends=_FETCH,
    holds=("een xsdversie die de LAS ondersteunt", "an xsdversie that the LAS supports"),
    passive=True,
)
def versie(ea: Referee) -> None:
    """The version is one of those that exist."""
    wrong = [call for call in ea.every("leerlinggegevens") if call.refused == Foutcode.XSD_VERSIE_ONGELDIG]
    _none(wrong, "met een andere", "with another")


@case(
    "toepassing/verzoeken/soapaction",
    "EA-04",
    role="EA",
    sends=_FETCH,
    holds=("de SOAPAction van de operatie", "the SOAPAction of the operation"),
    passive=True,
)
def soapaction(ea: Referee) -> None:
    """The action fits the message."""
    wrong = [
        call
        for call in ea.every("leerlinggegevens")
        if call.operation and call.headers.get("soapaction", "").strip().strip('"') != call.operation.soap_action
    ]
    _none(wrong, "met een andere", "with another")


@case(
    "toepassing/verzoeken/inhoudstype",
    "EA-05",
    role="EA",
    sends=_FETCH,
    holds=("inhoudstype text/xml", "content type text/xml"),
    passive=True,
)
def inhoudstype(ea: Referee) -> None:
    """A request is announced as what it is."""
    calls = ea.every("leerlinggegevens")
    wrong = [c for c in calls if c.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/xml"]
    _none(wrong, "met een ander", "with another")


@case(
    "toepassing/verzoeken/regels",
    "EA-25",
    role="EA",
    sends=_FETCH,
    holds=("geen regel van de validator wordt overtreden", "no rule of the validator is broken"),
    passive=True,
)
def regels(ea: Referee) -> None:
    """A request keeps to what the schema cannot say."""
    must_all_keep(ea, "leerlinggegevens", "rules")


@case(
    "toepassing/verzoeken/school",
    "EA-30",
    role="EA",
    sends=_FETCH,
    holds=(
        "de school is die waarvoor de sleutel is uitgegeven",
        "the school is the one for which the key was given out",
    ),
    passive=True,
)
def school(ea: Referee) -> None:
    """An application asks for the school that gave it the key."""
    asked = [getattr(call.message, "brincode", None) for call in ea.every("leerlinggegevens") if call.message]
    none_of(sum(1 for brincode in asked if brincode not in {None, ea.school.brincode}), "van een andere", "of another")
