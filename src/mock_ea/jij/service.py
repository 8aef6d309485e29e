"""The supplier's side: the protocol a supplier implements, and the service around it.

One HTTP request in, one answer out, from the same building blocks as a LAS.

Source: SOAP 1.1 (W3C note of 8 May 2000); the messages are this project's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from lxml import etree

from mock_las.jij.toetsresultaten import (
    ROOTS,
    SOAP_ACTION,
    WSDL,
    Batch,
    GeenResultatenMeer,
    JijFoutcode,
    Toegang,
    ToetsresultatenAntwoord,
    ToetsresultatenVerzoek,
    contract_file,
)
from uwlr import schemas
from uwlr.berichten.tabel import Bericht, element_tag
from uwlr.codec import check
from uwlr.codec.read import read_element
from uwlr.deviations import Deviation
from uwlr.errors import InvalidMessage, NotXml, UnexpectedElement
from uwlr.foutcodes import Foutcode
from uwlr.soap.answer import fault
from uwlr.soap.envelope import envelope_pieces
from uwlr.soap.http import HttpRefusal, Request, Response, take_body, xml_response
from uwlr.soap.plain_wsgi import Endpoint, plain_wsgi
from uwlr.soap.providers import Refusal
from uwlr.soap.receive import open_body, own_block, refuse_unknown_blocks

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PATH: Final = "/toetsresultaten"
MAX_BODY: Final = 1 << 16
"""Bytes of a request: it holds a key, a cursor and a date."""

_TOEGANG: Final = element_tag(Toegang)
_SHOWN: Final = 5
"""Deviations listed in a fault."""


class ResultSource(Protocol):
    """What a supplier implements. Called in the order of the methods here, from many threads at once.

    Any method may raise `Refusal` to answer with a fault; anything else it raises becomes `Server.InterneFout`.
    """

    def instelling_bekend(self, instellingscode: str) -> bool:
        """Tell whether this school is a customer."""
        ...

    def sleutel_geldig(self, toegang: Toegang) -> bool:
        """Tell whether the key opens this service for this school; compare by `uwlr.soap.providers.same_key`.

        A key for another product of the same supplier does not.
        """
        ...

    def haal_toetsresultaten(
        self, instellingscode: str, verzoek: ToetsresultatenVerzoek
    ) -> Batch | GeenResultatenMeer | None:
        """Give the next results of a run in the order of processing, or say that there are no more.

        A batch may be requested again with the same cursor, even much later, and then begins with the same result. A
        corrected result counts as processed anew. After saying that there are no more, nothing may be processed before
        that `tot`: no later run would return it. None means that the cursor is unknown.
        """
        ...


def answer(request: Request, source: ResultSource) -> Response:
    """Answer a request. Never raises: whatever goes wrong becomes a fault or an HTTP error."""
    try:
        if request.method == "GET":
            return _describe(request)
        return xml_response(_respond(request, source))
    except HttpRefusal as refusal:
        return refusal.response()
    except Exception as error:  # noqa: BLE001 - a supplier's code may raise anything
        return fault(error)


def make_wsgi(source: ResultSource) -> WSGIApplication:
    """Make the WSGI application of a supplier: requests by POST at `/toetsresultaten`, the WSDL there at `?wsdl`."""
    return plain_wsgi({PATH: Endpoint("leerresultaten", partial(answer, source=source))})


def _describe(request: Request) -> Response:
    kind, _, name = request.query.partition("=")
    if kind.casefold() not in {"wsdl", "xsd"}:
        raise HttpRefusal(405, "Use POST, or GET with ?wsdl.", ("Allow", "GET, POST"))
    try:
        return xml_response((schemas.served(contract_file(name or WSDL), address=request.url),))
    except KeyError:
        raise HttpRefusal(404, "No such schema.") from None
    except ValueError:
        raise HttpRefusal(400, "The Host header is no name.") from None


def _respond(request: Request, source: ResultSource) -> list[bytes]:
    toegang, verzoek = _receive(request)
    code = toegang.instellingscode
    if not source.instelling_bekend(code):
        _refuse(JijFoutcode.INSTELLINGSCODE_ONBEKEND)
    if not source.sleutel_geldig(toegang):
        _refuse(JijFoutcode.SOAPKEY_ONGELDIG)
    inhoud = source.haal_toetsresultaten(code, verzoek)
    if inhoud is None:
        _refuse(JijFoutcode.CURSOR_ONBEKEND)
    if isinstance(inhoud, Batch):
        # The writer only checks these when the message stands by itself.
        found = check.identity_deviations(inhoud.leerresultaten_verzoek)
        if found:
            raise InvalidMessage(found, element="batch")
    return envelope_pieces(ToetsresultatenAntwoord(inhoud=inhoud))


def _refuse(code: JijFoutcode) -> NoReturn:
    raise Refusal(code, code.omschrijving)


def _invalid(reason: str) -> NoReturn:
    raise Refusal(Foutcode.ONGELDIG_BERICHT, detail=reason)


def _receive(request: Request) -> tuple[Toegang, ToetsresultatenVerzoek]:
    if request.method != "POST":
        raise HttpRefusal(405, "Use POST, or GET with ?wsdl.", ("Allow", "GET, POST"))
    opened = open_body(take_body(request, MAX_BODY))
    refuse_unknown_blocks(opened.header, _TOEGANG)
    if request.headers.get("soapaction", "").strip().strip('"') not in {SOAP_ACTION, ""}:
        _invalid("SOAPAction does not fit this service")
    toegang = own_block(opened.header, Toegang)
    if toegang is None:
        _invalid("the Header must have one toegang, with instellingscode and soapkey")
    _check(toegang)
    return toegang, _verzoek(opened.body)


def _verzoek(element: etree._Element) -> ToetsresultatenVerzoek:
    try:
        verzoek = read_element(element, roots=ROOTS)
    except InvalidMessage as error:
        _invalid(_told(error.deviations))
    except NotXml as error:
        _invalid(str(error))
    except UnexpectedElement:
        verzoek = None
    if not isinstance(verzoek, ToetsresultatenVerzoek):
        _invalid("the element in the Body is no request of this service")
    _check(verzoek)
    return verzoek


def _check(bericht: Bericht) -> None:
    found = check.deviations(bericht, "2.2")
    if found:
        _invalid(_told(found))


def _told(deviations: Sequence[Deviation]) -> str:
    return "; ".join(str(deviation) for deviation in deviations[:_SHOWN])
