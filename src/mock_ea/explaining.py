"""The Dutch of what an application does not do."""

from __future__ import annotations

from typing import Final

from uwlr.errors import ClientFault, TransportError
from uwlr.exchange import NoRoster, Refused
from uwlr.exchange.lifecycle import STORINGEN, storing_of
from uwlr.exchange.review_words import refusal_text

_OTHERWISE: Final = "Dit lukte niet; er is niets gewijzigd. Ga terug, ververs de pagina en probeer het opnieuw."


def explain(error: Exception) -> str:
    """Give the Dutch of an error, for people; where there is none, say that it did not work."""
    uitleg = getattr(error, "uitleg", None)
    if uitleg:
        return str(uitleg)
    match error:
        case Refused():
            return refusal_text(error)
        case NoRoster():
            return "Het LAS heeft voor deze school en dit schooljaar geen gegevens."
        case ClientFault() | TransportError():
            found = STORINGEN[storing_of(error)].named("Het LAS")
            return f"{found.what} {found.todo}"
        case _:
            return _OTHERWISE
