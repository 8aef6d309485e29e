"""A LAS without a framework: one HTTP request in, one HTTP answer out.

`answer` does all of it. `receive` and `respond` are its two halves, for a framework that dispatches in between.

Source: UWLR 2.2, services Leerlinggegevens and Leerresultaten; for the order of the checks and the fault codes the
public Java implementation of the agreement by Topicus.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from typing import Final

import msgspec

from uwlr import norm, schemas
from uwlr.berichten import (
    GeenGegevens,
    GeenWijzigingen,
    LeerkrachtenVerzoek,
    LeerlingenVerzoek,
    Leerlinggegevens,
    LeerlinggegevensLeerkrachten,
    LeerlinggegevensLeerlingen,
    LeerlinggegevensStructuur,
    LeerlinggegevensVerzoek,
    LeerresultatenBevestiging,
    LeerresultatenVerzoek,
    StructuurVerzoek,
)
from uwlr.berichten.tabel import Bericht
from uwlr.errors import InvalidMessage
from uwlr.foutcodes import Foutcode
from uwlr.schoolref import SchoolRef
from uwlr.soap import stages
from uwlr.soap.envelope import write_envelope, write_fault
from uwlr.soap.http import HttpRefusal, Request, Response, xml_response
from uwlr.soap.providers import Encoded, Providers, Refusal, Roster, RosterVerzoek, StagedRoster
from uwlr.soap.receive import Incoming, receive
from uwlr.soap.settings import Settings
from uwlr.visible import logger

_log: Final = logger(__name__)
_DEFAULTS: Final = Settings()
_RETRY_AFTER: Final = "1"
"""Seconds; refusing a client that comes back too early costs next to nothing."""

Stage = LeerlinggegevensStructuur | LeerlinggegevensLeerlingen | LeerlinggegevensLeerkrachten
Inhoud = Leerlinggegevens | Stage | GeenWijzigingen | GeenGegevens


def answer(request: Request, providers: Providers, settings: Settings = _DEFAULTS) -> Response:
    """Answer a request as a LAS does. Never raises: whatever goes wrong becomes a fault or an HTTP error."""
    try:
        if request.method == "GET":
            return describe(request)
        return xml_response(respond(receive(request, settings), providers, settings))
    except HttpRefusal as refusal:
        return refusal.response()
    except Exception as error:  # noqa: BLE001 - a supplier's code may raise anything
        return fault(error, settings)


def describe(request: Request, versie: str = "2.2") -> Response:
    """Return the WSDL of the service (`?wsdl`) or a schema it refers to (`?xsd=NAME`).

    Raises:
        HttpRefusal: 405 without such a query, 404 for a schema that is not there, 400 for an address that XML cannot
            hold.
    """
    kind, _, name = request.query.partition("=")
    if kind.casefold() == "wsdl":
        try:
            return xml_response((schemas.served_wsdl(request.service, address=request.url, versie=versie),))
        except ValueError:
            raise HttpRefusal(400, "The Host header is no name.") from None
    if kind.casefold() == "xsd":
        try:
            return xml_response((schemas.served_xsd(name, versie, address=request.url),))
        except KeyError:
            raise HttpRefusal(404, "No such schema.") from None
    raise HttpRefusal(405, "Use POST, or GET with ?wsdl.", ("Allow", "GET, POST"))


def respond(incoming: Incoming, providers: Providers, settings: Settings = _DEFAULTS) -> Iterable[bytes]:
    """Ask the LAS and write the envelope.

    Raises:
        Refusal: the LAS says no.
        InvalidMessage: the LAS gave a message that cannot be written.
    """
    autorisatie, school, verzoek = incoming.autorisatie, incoming.school, incoming.verzoek
    _authorise(incoming, providers)
    if isinstance(verzoek, LeerresultatenVerzoek):
        if providers.results is None:
            raise Refusal(Foutcode.ONGELDIG_BERICHT, detail="this LAS takes no results")
        providers.results.neem_leerresultaten(autorisatie, school, verzoek)
        return encode(LeerresultatenBevestiging(), prefix=settings.prefix).chunks
    if providers.roster is None:
        raise Refusal(Foutcode.ONGELDIG_BERICHT, detail="this LAS gives no roster")
    inhoud = _ask(providers.roster, school, verzoek)
    if isinstance(inhoud, Encoded):
        return inhoud.chunks
    antwoord = incoming.operation.antwoord(inhoud=inhoud)
    return encode(antwoord, xsdversie=incoming.xsdversie, prefix=settings.prefix).chunks


def _authorise(incoming: Incoming, providers: Providers) -> None:
    access, autorisatie, school = providers.access, incoming.autorisatie, incoming.school
    if not access.klant_bekend(autorisatie.klantcode, autorisatie.klantnaam):
        raise Refusal(Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE)
    if not access.sleutel_geldig(autorisatie, school):
        raise Refusal(Foutcode.AUTORISATIE_ONGELDIG)
    if not access.school_bekend(school):
        raise Refusal(Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE)


def _ask(roster: Roster, school: SchoolRef, verzoek: RosterVerzoek) -> Inhoud | Encoded:
    if not isinstance(verzoek, LeerlinggegevensVerzoek) and isinstance(roster, StagedRoster):
        match verzoek:
            case StructuurVerzoek():
                return roster.structuur(school, verzoek)
            case LeerlingenVerzoek():
                return roster.leerlingen(school, verzoek)
            case LeerkrachtenVerzoek():
                return roster.leerkrachten(school, verzoek)
    whole = roster.leerlinggegevens(school, verzoek)
    if isinstance(whole, Encoded) and not isinstance(verzoek, LeerlinggegevensVerzoek):
        raise TypeError("an encoded roster cannot answer a staged request")
    if not isinstance(whole, Leerlinggegevens):
        return whole
    match verzoek:
        case StructuurVerzoek():
            return stages.structuur(whole)
        case LeerlingenVerzoek():
            return stages.leerlingen_of(whole, verzoek.groepen)
        case LeerkrachtenVerzoek():
            return stages.leerkrachten_of(whole, verzoek.groepen)
        case _:
            return whole


def encode(antwoord: Bericht, *, xsdversie: str = "2.2", prefix: str = norm.SOAP_PREFIX) -> Encoded:
    """Encode an answer once, to send it many times.

    Args:
        antwoord: the answer, such as a `LeerlinggegevensAntwoord`.
        xsdversie: as the request has it. "2.1" leaves out the eckid; "2.3" writes as that version has it.
        prefix: prefix of the envelope.

    Raises:
        InvalidMessage: it deviates from its field tables.
    """
    if xsdversie == "2.1":
        antwoord = _without_eckid(antwoord)
    return Encoded((write_envelope(antwoord, versie="2.3" if xsdversie == "2.3" else "2.2", prefix=prefix),))


def _without_eckid(antwoord: Bericht) -> Bericht:
    inhoud = getattr(antwoord, "inhoud", None)
    persons = {
        name: tuple(msgspec.structs.replace(person, eckid=None) for person in getattr(inhoud, name))
        for name in ("leerlingen", "leerkrachten")
        if hasattr(inhoud, name)
    }
    if not isinstance(inhoud, Bericht) or not persons:
        return antwoord
    return msgspec.structs.replace(antwoord, inhoud=msgspec.structs.replace(inhoud, **persons))


def fault(error: Exception, settings: Settings = _DEFAULTS) -> Response:
    """Turn an exception into a fault; anything but a `Refusal` is our own defect, and is logged."""
    if isinstance(error, Refusal):
        _log.info("request refused: %s", error.code)
        return xml_response((write_fault(error.code, error.text, detail=error.detail, prefix=settings.prefix),), 500)
    _log.error("request failed: %s", _place(error))
    return xml_response((write_fault(Foutcode.INTERNE_FOUT, prefix=settings.prefix),), 500)


def busy(settings: Settings = _DEFAULTS) -> Response:
    """Refuse a request because there are too many: the fault says to try again, and when."""
    refused = fault(Refusal(Foutcode.TIJDELIJK_NIET_BESCHIKBAAR), settings)
    return refused._replace(status=503, headers=(*refused.headers, ("Retry-After", _RETRY_AFTER)))


def _place(error: Exception) -> str:
    """Where an error was raised, without its text, which may quote a message."""
    if isinstance(error, InvalidMessage):
        return f"the answer cannot be written: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
