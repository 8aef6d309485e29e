"""From an HTTP request to a request of the standard: everything that is checked before a LAS is called.

The order is that of the agreement: the envelope, a complete header, a valid message, a supported xsdversie.

Source: UWLR 2.2 (messages, header); the public Java implementation of the agreement by Topicus (order of the checks
and their codes); SOAP 1.1 sections 4.2.3, 4.4.1 and 6.1.1 (mustUnderstand, fault codes, SOAPAction).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, NoReturn, TypeVar

import msgspec
from lxml import etree

from uwlr import norm, schemas
from uwlr.berichten import Autorisatie, LeerresultatenVerzoek
from uwlr.berichten.autorisatie import LONGEST
from uwlr.berichten.tabel import Bericht, element_tag, wire_name
from uwlr.berichten.waarden import Onleesbaar
from uwlr.codec import check, soap_reading
from uwlr.codec.parser import attributes, local_name, namespace_of, parse
from uwlr.codec.read import read_element, read_element_tolerant, read_parsed
from uwlr.deviations import Deviation, SchemaRefuses
from uwlr.errors import InvalidMessage, NotSoap, NotXml
from uwlr.foutcodes import Foutcode
from uwlr.paths import Path
from uwlr.schema_whitespace import is_space_around_date, is_valid
from uwlr.schoolref import SchoolRef
from uwlr.soap.http import HttpRefusal, Request, take_body
from uwlr.soap.operations import OPERATIONS, Operation
from uwlr.soap.providers import Refusal, RosterVerzoek
from uwlr.soap.settings import Leniency, Settings

B = TypeVar("B", bound=Bericht)

_AUTORISATIE: Final = element_tag(Autorisatie)
_SOAP: Final = f"{{{norm.SOAP_ENVELOPE}}}"
_NEXT: Final = "http://schemas.xmlsoap.org/soap/actor/next"
_OPERATIONS: Final[Mapping[str, Operation]] = {element_tag(op.verzoek): op for op in OPERATIONS}
_SHOWN: Final = 5
"""Deviations listed in a fault."""


class Incoming(NamedTuple):
    """A request that is in order, as far as can be told without knowing any school."""

    operation: Operation
    autorisatie: Autorisatie
    school: SchoolRef
    verzoek: RosterVerzoek | LeerresultatenVerzoek

    @property
    def xsdversie(self) -> str:
        """The version that the request names."""
        if isinstance(self.verzoek, LeerresultatenVerzoek):
            return self.verzoek.school.xsdversie
        return self.verzoek.xsdversie


def receive(request: Request, settings: Settings) -> Incoming:
    """Take in a request and check it.

    Raises:
        HttpRefusal: it is not SOAP over HTTP: method, content type, length.
        Refusal: it deviates; the code is that of the first check it fails.
    """
    if request.method != "POST":
        raise HttpRefusal(405, "Use POST, or GET with ?wsdl.", ("Allow", "GET, POST"))
    body = take_body(request, settings.max_body)
    opened = open_body(body)
    refuse_unknown_blocks(opened.header, _AUTORISATIE)
    operation = _operation(request, str(opened.body.tag), settings)
    autorisatie = _autorisatie(opened.header, settings)
    verzoek = _verzoek(body, opened.body, settings)
    incoming = Incoming(operation, autorisatie, _school(verzoek), verzoek)
    if incoming.xsdversie not in settings.xsdversies:
        raise Refusal(Foutcode.XSD_VERSIE_ONGELDIG)
    return incoming


def _invalid(reason: str) -> NoReturn:
    raise Refusal(Foutcode.ONGELDIG_BERICHT, detail=reason)


def open_body(body: bytes) -> soap_reading.Opened:
    """Open the envelope of a request.

    Raises:
        Refusal: it is no SOAP 1.1 envelope with one element in its body.
    """
    try:
        root = parse(body)
    except NotXml as error:
        _invalid(str(error))
    if local_name(root.tag) == "Envelope" and namespace_of(root.tag) != norm.SOAP_ENVELOPE:
        raise Refusal("VersionMismatch", "This service speaks SOAP 1.1; this is an envelope of another version.")
    if len(root.findall(soap_reading.HEADER)) > 1:
        _invalid("an Envelope has at most one Header")
    try:
        return soap_reading.open_envelope(root)
    except NotSoap as error:
        _invalid(str(error))


def refuse_unknown_blocks(header: etree._Element | None, known: str) -> None:
    """Refuse header blocks that must be understood, are meant for this server, and are not the known one.

    Raises:
        Refusal: there is such a block.
    """
    for block in header if header is not None else ():
        if (
            block.tag != known
            and block.get(f"{_SOAP}mustUnderstand", "0").strip() in {"1", "true"}
            and block.get(f"{_SOAP}actor", _NEXT) in {"", _NEXT}
        ):
            raise Refusal("MustUnderstand", "A header block that must be understood is not known here.")


def _operation(request: Request, tag: str, settings: Settings) -> Operation:
    operation = _OPERATIONS.get(tag)
    if operation is None or operation.service != request.service:
        _invalid("the element in the Body is no request of this service")
    action = request.headers.get("soapaction", "").strip().strip('"')
    if action != operation.soap_action and (action or settings.soap_action_required):
        _invalid("SOAPAction does not fit the element in the Body" if action else "SOAPAction is missing or empty")
    return operation


def own_block(header: etree._Element | None, cls: type[B]) -> B | None:
    """Read the header block that identifies the client; None unless there is exactly one and it can be read."""
    blocks = header.findall(element_tag(cls)) if header is not None else []
    if len(blocks) != 1:
        return None
    try:
        # Toolkits put mustUnderstand and actor on the block; its type in the schema does not allow them.
        for name, _ in attributes(blocks[0]):
            if str(name).startswith(_SOAP):
                del blocks[0].attrib[name]
        block = read_element(blocks[0], roots=(cls,))
    except (InvalidMessage, NotXml):
        return None
    return block if isinstance(block, cls) else None


def _autorisatie(header: etree._Element | None, settings: Settings) -> Autorisatie:
    autorisatie = own_block(header, Autorisatie)
    if autorisatie is None:
        raise Refusal(Foutcode.AUTORISATIE_ONGELDIG)
    longest = LONGEST if "long-key" not in settings.forgives else len(autorisatie.autorisatiesleutel)
    if (
        not 0 < len(autorisatie.autorisatiesleutel) <= longest
        or not 0 < len(autorisatie.klantcode) <= LONGEST
        or not 0 < len(autorisatie.klantnaam) <= LONGEST
    ):
        raise Refusal(Foutcode.AUTORISATIE_ONGELDIG)
    return autorisatie


def _verzoek(body: bytes, element: etree._Element, settings: Settings) -> RosterVerzoek | LeerresultatenVerzoek:
    try:
        # Reading does not change the tree, so the schema sees it unchanged.
        bericht = read_parsed(body, element)
        found = () if is_valid(schemas.schema(), element) else _explain(bericht)
    except InvalidMessage as error:
        bericht, found = None, error.deviations
    except NotXml as error:
        _invalid(str(error))
    if found and settings.forgives:
        bericht, found = _leniently(element, settings.forgives)
    if found or bericht is None:
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        _invalid("; ".join(str(deviation) for deviation in found[:_SHOWN]) + more)
    # Only elements that belong to an operation come here.
    return bericht  # type: ignore[return-value]


def _explain(bericht: Bericht) -> tuple[Deviation, ...]:
    """List what the schema refuses, without the values it quotes."""
    error = next(e for e in schemas.schema().error_log if not is_space_around_date(e))
    place = Path.of(wire_name(type(bericht)) or "")
    return tuple(check.deviations(bericht, "2.2")) or (
        Deviation(path=place, reason=SchemaRefuses(error.type_name), line=error.line),
    )


def _leniently(element: etree._Element, forgives: frozenset[Leniency]) -> tuple[Bericht, tuple[Deviation, ...]]:
    """Read a request with the deviations that this LAS does not forgive."""
    bericht, deviations = read_element_tolerant(element)
    if "empty-schooljaar" in forgives and getattr(bericht, "schooljaar", None) == Onleesbaar(""):
        bericht = msgspec.structs.replace(bericht, schooljaar="")
    found = (*deviations, *check.deviations(bericht, "2.2"))
    return bericht, tuple(deviation for deviation in found if not _forgiven(deviation, bericht, forgives))


def _forgiven(deviation: Deviation, bericht: Bericht, forgives: frozenset[Leniency]) -> bool:
    if deviation.kind == "order":
        return "order" in forgives
    if deviation.kind == "choice":
        both = getattr(bericht, "brincode", None) and getattr(bericht, "schoolkey", None)
        return bool(both) and "brincode-beside-schoolkey" in forgives
    # Only `_leniently` makes an empty one.
    return deviation.path.last.name == "schooljaar" and getattr(bericht, "schooljaar", None) == ""


def _school(verzoek: RosterVerzoek | LeerresultatenVerzoek) -> SchoolRef:
    school = verzoek.school if isinstance(verzoek, LeerresultatenVerzoek) else verzoek
    asked = SchoolRef(school.schooljaar, school.brincode, school.dependancecode, school.schoolkey)
    return SchoolRef(asked.schooljaar, *asked.locatie)
