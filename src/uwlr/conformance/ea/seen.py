"""What the referee saw of an application, counted."""

from __future__ import annotations

from collections.abc import Iterable

from uwlr.berichten import LeerresultatenVerzoek
from uwlr.berichten.leerresultaten import Resultaat, Toetsafname
from uwlr.conformance.application_calls import Call
from uwlr.conformance.outcomes import Unmet
from uwlr.text import Text


def none_of(found: int, nl: str, en: str) -> None:
    """Ask that something was not seen.

    Raises:
        Unmet: it was, so many times.
    """
    if found:
        raise Unmet(Text(f"{found} {nl}", f"{found} {en}"))


def pupils_of(deliveries: Iterable[LeerresultatenVerzoek]) -> set[str]:
    """The pupils that results were brought of, as the application names them."""
    return {str(afname.leerlingid) for verzoek in deliveries for afname in verzoek.toetsafnames}


def identity(afname: Toetsafname, one: Resultaat) -> tuple[object, ...]:
    """What makes a result the same one, whatever its key."""
    return (afname.leerlingid, one.toetscode, one.toetsonderdeelcode, one.afnamedatum)


def brought(call: Call) -> set[tuple[object, ...]]:
    """The results in a request."""
    afnames = call.results.toetsafnames if call.results else ()
    return {identity(afname, resultaat) for afname in afnames for resultaat in afname.resultaten}
