"""The WSDL that a service gives of itself, held against that of the agreement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit

from lxml import etree

from uwlr import norm
from uwlr.codec.parser import parse
from uwlr.conformance.casebook import case
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import Absent, Unmet
from uwlr.conformance.session import LasSession, same
from uwlr.conformance.traffic import Exchange, Wanted
from uwlr.errors import MessageError
from uwlr.soap.operations import BRENG_LEERRESULTATEN, HAAL_LEERLINGGEGEVENS, OPERATIONS, Operation
from uwlr.text import Text

_WSDL: Final = f"{{{norm.WSDL}}}"
_SOAP: Final = "{http://schemas.xmlsoap.org/wsdl/soap/}"
_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
_MOST: Final = 8
_TEMPLATE: Final = "NOTDEFINEDYET"


def _document(exchange: Exchange) -> etree._Element | None:
    try:
        return parse(exchange.answer)
    except MessageError:
        return None


def _description(las: LasSession, operation: Operation) -> list[etree._Element]:
    """The WSDL with the documents that it imports, each fetched once.

    Raises:
        Absent: there is none.
    """
    shared: dict[str, list[etree._Element]] = las.documents
    if operation.service not in shared:
        base = las.url_of(operation)
        first = _document(las.get(operation, "wsdl"))
        found = [] if first is None or first.tag != f"{_WSDL}definitions" else [first]
        for place in found:
            for one in place.iter(f"{_WSDL}import"):
                location = urljoin(f"{base}?wsdl", one.get("location", ""))
                if len(found) < _MOST and urlsplit(location).netloc == urlsplit(base).netloc:
                    more = _document(_fetch(las, operation, location))
                    found += [more] if more is not None else []
        shared[operation.service] = found
    if not shared[operation.service]:
        raise Absent(Text("er is geen WSDL", "there is no WSDL"))
    return shared[operation.service]


def _fetch(las: LasSession, operation: Operation, url: str) -> Exchange:
    base, _, query = url.partition("?")
    return las.line.send(
        Wanted(
            operation="GET", service=operation.service, url=base, headers={"Accept": "text/xml"}, body=None, query=query
        )
    )


def _register(service: str, operation: Operation, after: tuple[str, ...]) -> None:
    @case(
        f"{service}/transport/wsdl",
        "TR-01",
        sends=("GET ?wsdl", "GET ?wsdl"),
        holds=("de beschrijving van de dienst", "the description of the service"),
        after=after,
        requests=3,
    )
    def wsdl(las: LasSession) -> None:
        try:
            _description(las, operation)
        except Absent as absent:
            raise Unmet(absent.reason) from None

    @case(
        f"{service}/transport/wsdl-inhoud",
        "TR-16",
        sends=("niets: de WSDL wordt bekeken", "nothing: the WSDL is looked at"),
        holds=(
            "namespace, operaties, SOAPActions, header en adres zijn die van de afspraak en van de dienst",
            "namespace, operations, SOAPActions, header and address are those of the agreement and of the service",
        ),
        requests=0,
        after=(*after, f"{service}/transport/wsdl"),
    )
    def inhoud(las: LasSession) -> None:
        for wrong in _wrong(_description(las, operation), operation, las.url_of(operation)):
            raise Unmet(wrong)

    @case(
        f"{service}/transport/wsdl-schemas",
        "TR-18",
        sends=("GET van elk schema dat de WSDL noemt", "GET of every schema that the WSDL names"),
        holds=("elk schema is er, en is van zijn namespace", "every schema is there, and is of its namespace"),
        requests=_MOST,
        after=(*after, f"{service}/transport/wsdl"),
    )
    def schemas(las: LasSession) -> None:
        base = las.url_of(operation)
        documents = _description(las, operation)
        named = [
            (one.get("namespace"), urljoin(f"{base}?wsdl", one.get("schemaLocation", "")))
            for document in documents
            for one in document.iter(f"{_XSD}import")
            if one.get("schemaLocation")
        ]
        own = [
            s for d in documents for s in d.iter(f"{_XSD}schema") if sum(1 for _ in s.iterchildren(f"{_XSD}element"))
        ]
        same(bool(named or own), True, actual=Text("de WSDL heeft geen schema", "the WSDL has no schema"))
        for namespace, location in list(dict.fromkeys(named))[:_MOST]:
            if urlsplit(location).netloc != urlsplit(base).netloc:
                raise Unmet(Text("een schema staat op een andere host", "a schema is on another host"))
            found = _document(_fetch(las, operation, location))
            if found is None or found.tag != f"{_XSD}schema":
                raise Unmet(Text("een schema is er niet", "a schema is not there"))
            same(
                found.get("targetNamespace"),
                namespace,
                actual=Text("een schema is van een andere namespace", "a schema is of another namespace"),
            )


def _wrong(documents: list[etree._Element], operation: Operation, url: str) -> Iterator[Text]:
    namespaces = {document.get("targetNamespace") for document in documents}
    wanted = norm.LEERLINGGEGEVENS if operation.service == "leerlinggegevens" else norm.LEERRESULTATEN
    if wanted not in namespaces:
        yield Text("een andere targetNamespace", "another targetNamespace")
    bindings = [one for document in documents for one in document.iter(f"{_WSDL}binding")]
    styles = {
        one.get("style", "document")
        for binding in bindings
        for one in binding.iter(f"{_SOAP}binding", f"{_SOAP}operation")
    }
    if styles - {"document"}:
        yield Text("niet alles is document/literal", "not all of it is document/literal")
    bound = {one.get("name"): one for binding in bindings for one in binding.iter(f"{_WSDL}operation")}
    for due in (one for one in OPERATIONS if one.service == operation.service):
        found = bound.get(due.name)
        if found is None:
            yield Text(f"operatie {due.name} ontbreekt", f"operation {due.name} is missing")
            continue
        action = next((one.get("soapAction") for one in found.iter(f"{_SOAP}operation")), None)
        if action != due.soap_action:
            yield Text(f"SOAPAction van {due.name} is een andere", f"SOAPAction of {due.name} is another")
        if next(found.iter(f"{_SOAP}header"), None) is None:
            yield Text(f"{due.name} heeft geen header autorisatie", f"{due.name} has no header autorisatie")
    addresses = [one.get("location", "") for document in documents for one in document.iter(f"{_SOAP}address")]
    if not addresses:
        yield Text("er is geen adres", "there is no address")
    for address in addresses:
        if _TEMPLATE in address or urlsplit(address).netloc.casefold() != urlsplit(url).netloc.casefold():
            yield Text("het adres is dat van een andere host", "the address is that of another host")
    # One description may be of both services, with an address for each.
    if addresses and not any(_place(address) == _place(url) for address in addresses):
        yield Text("geen adres is dat van deze dienst", "no address is that of this service")
    uses = {one.get("use", "literal") for binding in bindings for one in binding.iter(f"{_SOAP}body", f"{_SOAP}header")}
    if uses - {"literal"}:
        yield Text("niet alles is document/literal", "not all of it is document/literal")


def _place(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.scheme.casefold(), parts.netloc.casefold(), parts.path.rstrip("/").casefold()


_register("leerlinggegevens", HAAL_LEERLINGGEGEVENS, (NORMAL,))
_register("leerresultaten", BRENG_LEERRESULTATEN, ())
