"""Seven doors through which a stranger's bytes come in, and what must hold behind each.

A target returns for every input, or raises `BrokenError`. Anything else that it raises is a defect too.
"""

from __future__ import annotations

import functools
import gzip
import io
import logging
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from wsgiref.util import setup_testing_defaults

from lxml import etree

import uwlr
from fuzz.words import CANARY, classes
from helpers.strategies import exact
from uwlr import edexml, schemas
from uwlr.berichten import Autorisatie, GeenGegevens, GeenWijzigingen, LeerlinggegevensVerzoek
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Bericht, element_tag, table, wire_name
from uwlr.client.config import Config
from uwlr.client.core import Core
from uwlr.client.retry import is_temporary
from uwlr.codec import scanner, soap_reading
from uwlr.codec.parser import local_name, parse, xml_parser
from uwlr.codec.read import read_element, read_element_tolerant
from uwlr.codec.write import write
from uwlr.errors import Fault, HttpError, InvalidMessage, MessageError, UwlrError
from uwlr.server import Providers, SchoolRef, Settings, make_wsgi
from uwlr.soap.answer import answer
from uwlr.soap.http import Request
from uwlr.soap.operations import OPERATIONS
from uwlr.soap.redact import Redaction
from uwlr.soap.settings import Leniency
from uwlr.testing import make_school
from uwlr.validation.report_data import Validity
from uwlr.validation.reporters import html_report, json_report, junit_report, sarif_report, terminal

Target = Callable[[bytes], None]
KEY = "99XX00geheim7sleutel"
_READ_ERRORS = {"NotXml", "NotSoap", "UnexpectedElement", "InvalidMessage", "Fault", "ClientFault", "ServerFault"}


class BrokenError(AssertionError):
    """A promise of the library did not hold."""


def hold(kept: object, promise: str) -> None:
    """Raise where the promise was not kept."""
    if not kept:
        raise BrokenError(promise)


# --- what may be shown ----------------------------------------------------------------------------------------------


def _is_table(cls: type[Bericht] | None) -> bool:
    return cls is not None and not issubclass(cls, RawElement)


def _open_names() -> frozenset[str]:
    """Names of elements and attributes whose value is not personal by its type."""
    found: dict[str, bool] = {}
    for cls in classes():
        for field in table(cls).fields:
            for alternative in field.alternatives:
                held = table(alternative.cls).content if _is_table(alternative.cls) else None
                simple = held.first.simple if held is not None else alternative.simple
                if simple is not None:
                    found[alternative.wire] = found.get(alternative.wire, True) and not simple.personal
    return frozenset(name for name, is_open in found.items() if is_open) | {"faultcode", "mustUnderstand", "actor"}


_OPEN = _open_names()


def shows_nothing(said: str, data: bytes, *, values: bool = False) -> None:
    """Hold that the canary was not repeated, unless as a name, or, with `values`, where nothing personal is due."""
    if CANARY not in said:
        return
    try:
        root = parse(data)
    except MessageError:
        raise BrokenError("says what stood in a document that is no XML") from None
    for element in root.iter("{*}*"):
        names = [str(element.tag), *map(str, element.attrib), *map(str, element.nsmap.items())]
        if any(CANARY in name for name in names):
            return
        local = local_name(element.tag)
        own = "".join([element.text or "", *(child.tail or "" for child in element)])
        if values and ((local in _OPEN and CANARY in own) or _in_open_attribute(element)):
            return
    raise BrokenError("shows a personal value")


def _in_open_attribute(element: etree._Element) -> bool:
    return any(str(name) in _OPEN and CANARY in str(value) for name, value in element.attrib.items())


class _Heard(logging.Handler):
    """Keeps what was logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage() + (record.exc_text or ""))

    def take(self) -> str:
        said, self.lines = "\n".join(self.lines), []
        return said


_heard = _Heard()


def _listening(target: Target) -> Target:
    """Hear everything that is logged, but only while the target runs: other tests share the process."""

    @functools.wraps(target)
    def run(data: bytes) -> None:
        everything, ours = logging.getLogger(), logging.getLogger("uwlr")
        level = ours.level
        everything.addHandler(_heard)
        ours.setLevel(logging.DEBUG)
        try:
            target(data)
        finally:
            everything.removeHandler(_heard)
            ours.setLevel(level)
            _heard.take()

    return run


# --- reading --------------------------------------------------------------------------------------------------------


def _message(data: bytes) -> etree._Element | None:
    """The element of the message in a document, None where there is none."""
    try:
        root = parse(data)
        return soap_reading.open_envelope(root).body if root.tag == soap_reading.ENVELOPE else root
    except MessageError:
        return None


def _refused(error: UwlrError, data: bytes) -> None:
    hold(type(error).__name__ in _READ_ERRORS, f"raises {type(error).__name__}, which reading does not name")
    for said in (str(error), repr(error), repr(getattr(error, "deviations", ""))):
        shows_nothing(said, data)


def _written(bericht: Bericht, *, edex: bool = False) -> bytes | None:
    try:
        return edexml.write(bericht) if edex else uwlr.write(bericht)  # type: ignore[arg-type]
    except InvalidMessage:
        return None


def _has_private(bericht: object) -> bool:
    return any("Blok" in name or "AnderResultaat" in name for name in re.findall(r"[A-Za-z]+\(", repr(bericht)))


def _beyond_python(deviations: Iterable[Any]) -> bool:
    """Whether all deviations are values that the schema has and Python, or this library, cannot hold exactly."""
    return all(
        d.kind == "unreadable" and (d.problem.startswith("cannot be read as date") or len(d.raw or "") > _DIGITS)
        for d in deviations
    )


_DIGITS = 4300
"""Digits of a whole number that Python takes."""
_MOMENT = re.compile(r"(?:\s+[0-9]+-[0-9-]+(?:T[0-9:.]+)?(?:Z|[+-][0-9:]+)?\s*|[0-9]+-[0-9-]+(?:T[0-9:.]+)?\s+)")


def _misjudged(element: etree._Element | None) -> bool:
    """Whether libxml2 refuses what is valid: a date or moment with white space around it to collapse."""
    return element is not None and any(_MOMENT.fullmatch("".join(e.itertext())) for e in element.iter("{*}*"))


def read(data: bytes) -> None:
    """`uwlr.read`: refused with our own errors, or exact, and on good terms with the schema and `uwlr.write`."""
    element = _message(data)
    valid = element is not None and bool(schemas.schema().validate(element))
    quick = scanner.read(data, versie="2.2")
    try:
        bericht = uwlr.read(data, versie="2.2")
    except UwlrError as error:
        _refused(error, data)
        refused = error.deviations if isinstance(error, InvalidMessage) else ()
        hold(
            quick is None or (refused and tuple(quick.deviations) == refused),
            "the fast reader takes what the exact one refuses",
        )
        excused = isinstance(error, InvalidMessage) and _beyond_python(error.deviations)
        known = element is not None and element.tag in {element_tag(op) for op in uwlr.berichten.ROOTS}
        hold(
            not valid or not known or excused or isinstance(error, Fault),
            f"refuses what the schema takes: {type(error).__name__}",
        )
        return
    if quick is not None:
        same = exact(quick.bericht) == exact(read_element(element, versie="2.2"))
        hold(same and not quick.deviations, "the fast and exact readers differ")
    shows_nothing(repr(bericht), data, values=True)
    written = _written(bericht)
    if written is None:
        hold(not valid or _has_private(bericht), "a valid message is read and cannot be written")
    else:
        hold(valid or _misjudged(element), "reads and writes what the schema refuses")
        hold(schemas.schema().validate(parse(written)), "writes what the schema refuses")
        hold(
            exact(uwlr.read(written, versie="2.2")) == exact(bericht), "what was written reads back as another message"
        )
    unchecked = write(bericht, unchecked=True)
    hold(
        exact(uwlr.read(unchecked, versie="2.2")) == exact(bericht),
        "written unchecked, it reads back as another message",
    )


def _shown_or_told(data: bytes, found: Any) -> None:
    element = _message(data)
    if element is None or len(found.deviations) > 1000:
        return
    count = sum(
        CANARY in held
        for inner in element.iter("{*}*")
        for held in (inner.text, inner.tail if inner is not element else "", *map(str, inner.attrib.values()))
        if held
    )
    if count:
        kept = write(found.bericht, unchecked=True).decode("utf-8")
        told = "".join(d.raw or "" for d in found.deviations)
        missing = CANARY not in kept and CANARY not in told
        hold(not missing or b"schemaLocation" in data, "drops a text and says nothing")


def read_tolerant(data: bytes) -> None:
    """`uwlr.read_tolerant`: as strict reading where nothing is wrong, and silent about nothing that is."""
    try:
        found = uwlr.read_tolerant(data, versie="2.2")
    except UwlrError as error:
        _refused(error, data)
        hold(not isinstance(error, InvalidMessage), "tolerant reading raises InvalidMessage")
        return
    shows_nothing(repr(found.deviations) + "".join(map(str, found.deviations)), data)
    try:
        strict = uwlr.read(data, versie="2.2")
    except UwlrError:
        hold(found.deviations, "reads tolerantly without a word what strict reading refuses")
    else:
        same = exact(strict) == exact(found.bericht)
        hold(same or found.deviations, "strict and tolerant reading differ without a word")
        # An empty element is an absent one to tolerant reading, and may then be missed.
        kinds = {d.kind for d in found.deviations}
        hold(
            not kinds or ("empty" in kinds and kinds <= {"empty", "choice", "missing"}),
            "strict reading takes what tolerant reading notes",
        )
    quick = scanner.read(data, versie="2.2", tolerant=True)
    element = _message(data)
    if quick is not None and element is not None:
        slow = read_element_tolerant(element, versie="2.2")
        same = exact(quick.bericht) == exact(slow.bericht) and tuple(quick.deviations) == slow.deviations
        hold(same, "the fast and exact readers differ")
    _shown_or_told(data, found)


def validate(data: bytes) -> None:
    """`uwlr.validate`: always a report, in every form, whose schema layer says what libxml2 says."""
    report = uwlr.validate(data)
    for render in (m.render for m in (terminal, html_report, json_report, junit_report, sarif_report)):
        said = render([report], lang="en")
        shows_nothing(said if isinstance(said, str) else said.decode(), data, values=True)
    terminal.render([report], lang="nl")
    lines = data.count(b"\n") + data.count(b"\r") + 1
    hold(b"\x00" in data or all((f.line or 1) <= lines for f in report.findings), "points past the last line")
    hold(report.valid or report.findings or any(layer.note for layer in report.layers), "invalid, and does not say why")
    try:
        root = etree.fromstring(data, xml_parser())
        parse(data)
    except (etree.XMLSyntaxError, MessageError):
        hold(not report.valid or len(data) > 1 << 20, "calls valid what cannot be read")
        return
    if report.valid and report.layer("xsd").validity is Validity.VALID:
        versie = schemas.EDEXML if root.tag == edexml.ROOT else report.versie
        schema = schemas.schema(versie)
        soap = schema.validate(root) or all(
            "schemas.xmlsoap.org/soap/envelope/}" in e.message for e in schema.error_log
        )
        hold(soap, "calls valid what the schema refuses")


# --- SOAP -----------------------------------------------------------------------------------------------------------


class _Las:
    """One supplier, one school; never raises but by its own choice."""

    school = make_school(seed=1, leerlingen=2)

    def klant_bekend(self, klantcode: str, klantnaam: str) -> bool:
        return klantcode != "onbekend"

    def sleutel_geldig(self, autorisatie: Autorisatie, school: SchoolRef) -> bool:
        return autorisatie.autorisatiesleutel != "ongeldig"

    def school_bekend(self, school: SchoolRef) -> bool:
        return school.brincode != "00AA"

    def leerlinggegevens(self, school: SchoolRef, verzoek: Any) -> Any:
        if school.schooljaar == "2001-2002":
            return GeenGegevens()
        since = verzoek.laatstontvangengegevens
        return GeenWijzigingen() if isinstance(since, datetime) and since.year > 2025 else self.school

    def neem_leerresultaten(self, autorisatie: Autorisatie, school: SchoolRef, verzoek: Any) -> None:
        pass


_PROVIDERS = Providers(_Las(), _Las(), _Las())
_EVERY_LENIENCY: frozenset[Leniency] = frozenset({"order", "empty-schooljaar", "brincode-beside-schoolkey", "long-key"})
_SETTINGS = (
    Settings(max_body=1 << 20),
    Settings(max_body=1 << 20, forgives=_EVERY_LENIENCY, soap_action_required=False, prefix="soapenv"),
)
_HTTP_STATUSES = {400, 404, 405, 411, 413, 415}


def _answered(status: int, headers: Iterable[tuple[str, str]], body: bytes, data: bytes) -> None:
    """Hold that an answer is SOAP with the status that goes with it, or a plain HTTP error; and that it is discreet."""
    said = _heard.take()
    hold("request failed" not in said, f"an exception that nobody foresaw: {said[:300]}")
    shows_nothing(said + body.decode("utf-8", "replace"), data)
    kind = dict(headers)["Content-Type"]
    if status in _HTTP_STATUSES:
        hold(kind.startswith("text/plain"), "an HTTP error that is not plain text")
        return
    hold(status in {200, 500} and kind.startswith("text/xml"), f"an answer of status {status} as {kind}")
    root = parse(body)
    if root.tag != soap_reading.ENVELOPE:
        raise BrokenError("answers with other XML than an envelope")
    content = soap_reading.open_envelope(root).body
    hold((content.tag == soap_reading.FAULT) == (status == 500), "the status does not fit the body")
    if status == 500:
        hold(soap_reading.read_fault(content).code != "Server.InterneFout", "blames itself for what a stranger sent")
    else:
        hold(schemas.schema("2.3").validate(content), "answers what the schema refuses")


def soap(data: bytes) -> None:
    """The envelope of a request, before and behind it: `uwlr.soap.answer`, and what is kept of it."""
    asked = next((op for op in OPERATIONS if (wire_name(op.verzoek) or "").encode() in data), OPERATIONS[0])
    headers = {"content-type": "text/xml", "soapaction": f'"{asked.soap_action}"'}
    for settings in _SETTINGS:
        response = answer(Request(asked.service, headers=headers, body=data), _PROVIDERS, settings)
        _answered(response.status, response.headers, b"".join(response.chunks), data)
    for redaction in (Redaction(), Redaction(most_items=2, fault_text=False)):
        said = redaction.redact(data)
        if said and not said.startswith("["):
            parse(said.encode("utf-8"))
    try:
        inner = soap_reading.body_document(data)
    except MessageError:
        return
    # Not `parse`: expat knows fewer characters of names than libxml2 does, and looks at the root.
    hold(
        etree.fromstring(inner, xml_parser()).tag == soap_reading.open_envelope(parse(data)).body.tag,
        "the body is another as a document",
    )


def _lines(head: bytes) -> tuple[str, dict[str, str]]:
    start, *lines = head.decode("utf-8", "replace").split("\n")
    pairs = (line.partition(":")[::2] for line in lines)
    return start, {name.strip().lower(): value.strip() for name, value in pairs if name.strip()}


_CORE = Core(
    Config(
        url="http://127.0.0.1/leerlinggegevens",
        leerresultaten_url=None,
        autorisatie=Autorisatie(autorisatiesleutel=KEY, klantcode="K", klantnaam="N"),
    )
)


def fault(data: bytes) -> None:
    """What a LAS answers a client: status, headers, and a fault, a message or a page."""
    head, _, body = data.partition(b"\n\n")
    start, headers = _lines(head)
    status = int(start) if re.fullmatch("[1-9][0-9]{2}", start) else 500
    call = _CORE.call(LeerlinggegevensVerzoek(schooljaar="2026-2027", brincode="99XX", xsdversie="2.2"))
    try:
        with call.watch():
            collector = _CORE.collector()
            collector.start(status, headers, None)
            collector.feed(body)
            exchange = call.interpret(collector.finish())
    except UwlrError as error:
        said = str(error)
        hold(KEY not in said + repr(error), "shows the key")
        if isinstance(error, HttpError):
            hold(len(error.excerpt or "") <= 80, "quotes a page at length")
            said = said.replace(error.excerpt or "\0", "")
        elif isinstance(error, Fault):
            hold(error.http_status == status, "a fault without its status")
        hold(isinstance(is_temporary(error), bool), "does not know whether to try again")
        shows_nothing(said, body)
    else:
        hold(200 <= status < 300, "takes a message with a status that denies it")
        shows_nothing(repr(exchange), body, values=True)
    heard = _heard.take()
    shows_nothing(heard, body)
    hold(KEY not in heard, "logs the key")


def read_edexml(data: bytes) -> None:
    """`uwlr.edexml`: whole, tolerant and in a stream, and on good terms with its schema."""
    try:
        found = edexml.read_tolerant(data)
    except UwlrError as error:
        _refused(error, data)
        found = None
    else:
        shows_nothing("".join(map(str, found.deviations)), data)
        edexml.write(found.bericht, unchecked=True)
    try:
        bericht = edexml.read(data)
    except UwlrError as error:
        _refused(error, data)
        hold(found is None or found.deviations, "reads tolerantly without a word what strict reading refuses")
        bericht = None
    try:
        streamed = tuple(edexml.iter_leerlingen(io.BytesIO(data)))
    except UwlrError as error:
        _refused(error, data)
        hold(bericht is None, "the stream refuses what is read whole")
        return
    if bericht is None:
        return
    hold(exact(streamed) == exact(bericht.leerlingen), "the stream gives other pupils")
    written = _written(bericht, edex=True)
    valid = bool(schemas.schema(schemas.EDEXML).validate(parse(data)))
    if written is None:
        hold(not valid or _has_private(bericht), "a valid file is read and cannot be written")
    else:
        hold(valid or _misjudged(parse(data)) or _has_private(bericht), "reads and writes what the schema refuses")
        hold(exact(edexml.read(written)) == exact(bericht), "what was written reads back as another roster")


# --- the server -----------------------------------------------------------------------------------------------------


class _Stream(io.RawIOBase):
    """The input of a server: whole, in drips, or breaking off."""

    def __init__(self, data: bytes, how: str) -> None:
        self._data = io.BytesIO(data)
        self._how = how

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._how == "breaks":
            raise ConnectionResetError("peer")
        return self._data.read(min(size, 7) if self._how == "drips" else size)


_APPLICATIONS = tuple(make_wsgi(_PROVIDERS, settings) for settings in _SETTINGS)


def _environ(data: bytes) -> tuple[dict[str, Any], bytes]:
    head, _, body = data.partition(b"\n\n")
    start, headers = _lines(head)
    method, _, target = start.partition(" ")
    path, _, query = target.partition("?")
    packed, how = headers.pop("packed", ""), headers.pop("stream", "")
    if packed:
        body = gzip.compress(body, 1)[: None if packed == "gzip" else -9]
    if headers.get("content-length") == "*":
        headers["content-length"] = str(len(body))
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    setup_testing_defaults(environ)
    environ["wsgi.input"] = _Stream(body, how)
    environ["wsgi.input_terminated"] = "expect" not in headers
    for name, value in headers.items():
        value = value.encode("utf-8", "replace").decode("latin-1")  # noqa: PLW2901 - as WSGI has it
        variable = name.upper().replace("-", "_")
        environ[variable if variable in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{variable}"] = value
    return environ, body


def wsgi(data: bytes) -> None:
    """The WSGI application of a LAS: any request gets one answer, SOAP or plain, and nothing escapes."""
    for application in _APPLICATIONS:
        environ, body = _environ(data)
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: object = None, *, to: list[Any] = started
        ) -> Callable[[bytes], object]:
            to.append((status, headers))
            return len

        said = b"".join(application(environ, start_response))
        hold(len(started) == 1, "answers more than once, or never")
        status, headers = started[0]
        hold(dict(headers)["Content-Length"] == str(len(said)), "a wrong Content-Length")
        if environ["REQUEST_METHOD"] == "GET" and status.startswith("200"):
            parse(said)
            continue
        _answered(int(status[:3]), headers, said, body)


TARGETS: dict[str, Target] = {
    "read": read,
    "read_tolerant": read_tolerant,
    "validate": validate,
    "soap": _listening(soap),
    "fault": _listening(fault),
    "edexml": read_edexml,
    "wsgi": _listening(wsgi),
}
HEADED = frozenset({"fault", "wsgi"})
"""Targets whose input has lines of HTTP before the document."""
