"""The test message: a result of a pupil that no school has, by which a receiver shows whether it takes a key.

A bevestiging proves the key, and so does a fault about the content: the receiver looked at it. OngeldigBericht alone
does not, as a receiver may find a message invalid before it looks at the key; then the same message goes out once more
with a key that is wrong for certain, and only if that one is refused as a key was ours taken.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from uwlr.berichten import LeerresultatenVerzoek, Resultaat, Toets, Toetsafname, VocabulaireGebondenVeld
from uwlr.berichten.leerresultaten import School
from uwlr.errors import Fault, UwlrError
from uwlr.exchange.bron import Bron
from uwlr.exchange.lifecycle import is_about_access
from uwlr.exchange.splitting import CONTENT
from uwlr.foutcodes import Foutcode
from uwlr.norm import Versie, schooljaar_for

NOBODY: Final = "#testbericht-geen-leerling"
"""The pupil of a test message. A number sign marks a key that stands for nobody for good (EDEXML 2.1), and no LAS gives
one that is a text."""

_CODE: Final = "TESTBERICHT"
_TOETS: Final = Toets(
    toetscode=VocabulaireGebondenVeld(waarde=_CODE), toetsnaam="Testbericht van de koppeling, geen echt resultaat"
)

Send = Callable[[LeerresultatenVerzoek], object]
"""Brings a message; raises as the client does."""


def trial_message(
    bron: Bron, *, versie: Versie, auteur: str, day: date, aanmaakdatum: datetime
) -> LeerresultatenVerzoek:
    """Make a test message. Its result has the same key each time, so a receiver that keeps it keeps one."""
    school = School(
        schooljaar=schooljaar_for(day),
        aanmaakdatum=aanmaakdatum,
        auteur=auteur,
        xsdversie=versie,
        commentaar="Testbericht: geen resultaat van een leerling.",
        **bron.arguments,
    )
    resultaat = Resultaat(key=f"{_CODE}-{bron.label}"[:256], afnamedatum=day, toetscode=_CODE, uitkomst=0)
    return LeerresultatenVerzoek(
        school=school, toetsafnames=(Toetsafname(leerlingid=NOBODY, resultaten=(resultaat,)),), toetsen=(_TOETS,)
    )


def judge(send: Send, send_wrongly: Send, make: Callable[[], LeerresultatenVerzoek]) -> UwlrError | None:
    """Send a test message and tell what came of it; None: the receiver took the key.

    Args:
        send: brings it with the key that is to be proven.
        send_wrongly: brings it with another key.
        make: makes the message, each time with a later aanmaakdatum.
    """
    refusal = _answer(send, make())
    if not isinstance(refusal, Fault) or refusal.code not in CONTENT:
        return refusal
    if refusal.code != Foutcode.ONGELDIG_BERICHT:
        return None
    control = _answer(send_wrongly, make())
    return None if control is not None and is_about_access(control) else refusal


def _answer(send: Send, message: LeerresultatenVerzoek) -> UwlrError | None:
    try:
        send(message)
    except UwlrError as error:
        return error
    return None


def wrong_key(key: str) -> str:
    """Make another key of the same form."""
    last = "0" if key[-1] != "0" else "1"
    return key[:-1] + last
