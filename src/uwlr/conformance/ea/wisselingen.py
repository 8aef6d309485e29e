"""Pupils who leave, and pupils who get another key."""

from __future__ import annotations

import msgspec

from uwlr.berichten import Leerling
from uwlr.conformance.casebook import case
from uwlr.conformance.ea.seen import pupils_of
from uwlr.conformance.ea.terugmelding import RESULTS
from uwlr.conformance.outcomes import Unmet
from uwlr.conformance.referee import Referee
from uwlr.text import Text


@case(
    "toepassing/leerlingen/vertrokken",
    "EA-09",
    role="EA",
    sends=("een rooster met een leerling minder, en dan resultaten", "a roster with one pupil less, then results"),
    holds=("geen resultaten van wie vertrok", "no results of who left"),
    requests=3,
    after=(RESULTS,),
)
def vertrokken(ea: Referee) -> None:
    """Absence in the new set is leaving."""
    ea.play("leerlinggegevens")
    ea.roster = msgspec.structs.replace(ea.original, leerlingen=ea.original.leerlingen[1:])
    ea.play("leerlinggegevens")
    if ea.original.leerlingen[0].key in pupils_of(ea.deliver()):
        raise Unmet(Text("die kwamen toch", "they came all the same"))


@case(
    "toepassing/leerlingen/sleutelmigratie",
    "EA-18",
    role="EA",
    sends=("een leerling krijgt een andere sleutel, het ECK-iD blijft", "a pupil gets another key, the ECK-iD stays"),
    holds=("resultaten komen onder de nieuwe sleutel", "results come under the new key"),
    requests=3,
    after=(RESULTS,),
)
def sleutelmigratie(ea: Referee) -> None:
    """A key can be migrated."""
    ea.play("leerlinggegevens")
    first: Leerling = ea.original.leerlingen[0]
    moved = msgspec.structs.replace(first, key="uwlr-conformance-nieuw")
    ea.roster = msgspec.structs.replace(ea.original, leerlingen=(moved, *ea.original.leerlingen[1:]))
    ea.play("leerlinggegevens")
    pupils = pupils_of(ea.deliver())
    if moved.key not in pupils or first.key in pupils:
        raise Unmet(Text("ze komen onder de oude", "they come under the old one"))
