"""Validation: the layers, one after the other, over one document.

libxml2 checks the schema in a thread of its own, since lxml lets go of the interpreter's lock, while the items are read
and the rules run over them. Lines and columns are looked up afterwards, and only when there is something to point at.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from difflib import get_close_matches
from time import perf_counter
from typing import BinaryIO, Final, NamedTuple

from uwlr import norm
from uwlr.berichten import (
    Autorisatie,
    Leerlinggegevens,
    LeerlinggegevensLeerkrachten,
    LeerlinggegevensLeerlingen,
    LeerlinggegevensStructuur,
)
from uwlr.berichten.profielen import profiel as find_profile
from uwlr.berichten.tabel import Bericht
from uwlr.codec import soap_reading
from uwlr.codec.expressions import UnusualError
from uwlr.codec.parser import HEAD, check_head, local_name, namespace_of
from uwlr.codec.tree import TreeReader
from uwlr.errors import ConfigurationError, NotXml
from uwlr.foutcodes import Foutcode
from uwlr.norm import VERSIES, Versie
from uwlr.paths import Path
from uwlr.schemas import EDEXML
from uwlr.soap.operations import BY_VERZOEK
from uwlr.text import HIDDEN, Text
from uwlr.validation import schema_verdict
from uwlr.validation.context import Context
from uwlr.validation.document import LIMIT, Document, document
from uwlr.validation.items import CONTAINERS, EDEX, FastReading, Frame, TreeReading, container, is_known, peek
from uwlr.validation.positions import Place, find_places
from uwlr.validation.report import Report
from uwlr.validation.report_data import LAYERS, Finding, Layer, LayerName, Severity, Validity, ordered
from uwlr.validation.rule_registry import Rule
from uwlr.validation.rule_runner import Progress, Runner, Settings
from uwlr.validation.rules import RULES, schema_rules, transport
from uwlr.validation.schema_findings import SchemaFindings
from uwlr.validation.schema_verdict import Verdict
from uwlr.validation.tally import Raised, Tally
from uwlr.validation.unexplained import rule_for, unexplained
from uwlr.xml_problems import XmlProblem

LARGE: Final = 1 << 18
"""Bytes from which a message is read by expressions, and a thread of its own for the schema is worth its start."""

_NO_ENVELOPE: Final = Text("los bericht, zonder envelop", "a bare message, without an envelope")
_STOPPED: Final = Text("niet bereikt: een eerdere laag is ongeldig", "not reached: an earlier layer is invalid")
_NO_PROFILE: Final = Text("geen profiel gevraagd", "no profile asked for")
_NO_ROSTER: Final = Text("een profiel gaat alleen over leerlinggegevens", "a profile is about leerlinggegevens only")
_FAULT: Final = Text("een SOAP-fout bevat geen bericht", "a SOAP fault holds no message")
_PARTLY: Final = Text(
    "de lees- en schemafouten maken dat niet alles te toetsen was",
    "because of the errors in the schema layer not everything could be checked",
)
_ROSTERS: Final = {
    Leerlinggegevens,
    LeerlinggegevensStructuur,
    LeerlinggegevensLeerlingen,
    LeerlinggegevensLeerkrachten,
}
_XSDVERSIE = re.compile(rb"<(?:[\w.-]+:)?xsdversie\s*>\s*([0-9.]+)\s*<")
_EDEX: Final = re.compile(rb"<EDEX[ \t\r\n/>]")
_AUTORISATIE: Final = f"{{{norm.AUTORISATIE}}}autorisatie"
_REQUESTS: Final = frozenset(BY_VERZOEK)
_HEADER: Final = Path.of("autorisatie")
_OF_SOAP: Final = {_HEADER.attribute("mustUnderstand"), _HEADER.attribute("actor")}


class _Contents(NamedTuple):
    """What reading gave: the frame, what the rules found (None if there was no message), and what deviates."""

    frame: Frame
    raised: Tally | None
    schema: SchemaFindings
    seconds: float = 0.0


def validate(
    source: bytes | str | os.PathLike[str] | BinaryIO,
    *,
    versie: Versie | None = None,
    profiel: str | None = None,
    context: Context | None = None,
    show_values: bool = False,
    ignore: Collection[str] = (),
    limit: int = LIMIT,
    name: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Find every defect of a message: XML, SOAP, schema, rules, profile.

        report = uwlr.validate(Path("leerlinggegevens.xml"))
        print(report.as_text(lang="nl"))

    Args:
        source: bytes, a path, or a file opened in binary mode; a message of any size is validated in one stream. The
            message may be bare, in a SOAP envelope, or an EDEXML file.
        versie: version of the agreement; by default the xsdversie of the message if it is a known one, else 2.2.
        profiel: "Smalle set" or "LVS-set" to ask for that profile too.
        context: other messages to hold this one against.
        show_values: show personal values in the findings; without it they are an ellipsis.
        ignore: ids of rules to leave out.
        limit: bytes that are taken at most.
        name: what the report calls the message; by default the path, if there is one.
        progress: called now and then with the number of items seen.

    Raises:
        OSError: the file cannot be read, or is larger than `limit`.
        ConfigurationError: no such version, profile or rule.
    """
    if versie is not None and versie not in VERSIES:
        raise ConfigurationError(f"versie {versie!r} is not one of {', '.join(VERSIES)}")
    for rule_id in ignore:
        if rule_id not in RULES:
            near = get_close_matches(rule_id, [rule.id for rule in RULES], n=3)
            hint = f", but {', '.join(near)}" if near else ""
            raise ConfigurationError(f"ignore: there is no rule {rule_id!r}{hint}; `uwlr rules` lists them")
    naam = None if profiel is None else find_profile(profiel).naam
    doc = document(source, limit=limit)
    doc.name = name or doc.name
    head = doc.head(HEAD)
    settings = Settings(versie or _versie(head), naam, context or Context(), frozenset(ignore), progress)
    return _Validation(doc, settings).run(head, show_values=show_values)


def _versie(head: bytes) -> Versie:
    # An EDEXML file has a version of its own, and the content of 2.2.
    found = _XSDVERSIE.search(head) if _EDEX.search(head) is None else None
    named = found[1].decode() if found is not None else ""
    return next((versie for versie in VERSIES if versie == named), "2.2")


def _meant(name: str, cls: type[Bericht] | None) -> tuple[str, str]:
    """Say which element an unknown one resembles."""
    if name.casefold() == EDEX.casefold():
        return (
            f"een EDEXML-bestand begint met {EDEX}, zonder namespace",
            f"an EDEXML file begins with {EDEX}, in no namespace",
        )
    if cls is None:
        return "UWLR 2.x", "UWLR 2.x"
    return f"bedoeld is waarschijnlijk namespace {cls.namespace}", f"namespace {cls.namespace} is probably meant"


class _Validation:
    """One document on its way through the layers."""

    def __init__(self, doc: Document, settings: Settings) -> None:
        self._document = doc
        self._settings = settings
        self._raised = Tally()
        self._layers = {name: Layer(name=name, validity=Validity.SKIPPED, note=_STOPPED) for name in LAYERS}
        self._message: str | None = None
        self._schema_valid = False
        self._syntax_error: NotXml | None = None
        self._checking: Future[tuple[Verdict, float]] = Future()

    def run(self, head: bytes, *, show_values: bool) -> Report:
        start = perf_counter()
        try:
            check_head(head)
            peeked = peek(head)
            verdict, xsd_seconds, contents = self._work(peeked)
        except NotXml as error:
            self._not_xml(error)
            self._layer("xml", Validity.INVALID, perf_counter() - start)
        else:
            self._layer("xml", Validity.VALID, max(perf_counter() - start - xsd_seconds - contents.seconds, 0.0))
            self._weigh(verdict, xsd_seconds, contents)
        return Report(
            name=self._document.name,
            message_name=self._message,
            versie=self._settings.versie,
            profiel=self._settings.profiel,
            layers=tuple(self._layers[name] for name in LAYERS),
            findings=self._findings(show_values=show_values),
            omitted=self._raised.omitted,
            size=self._document.size,
        )

    def _work(self, peeked: Frame | None) -> tuple[Verdict, float, _Contents]:
        """Check the schema and read the items: at the same time if that is worth it."""
        if self._document.size < LARGE:
            self._checking.set_result(self._check(peeked))
            return *self._checking.result(), self._read(peeked)
        with ThreadPoolExecutor(1, thread_name_prefix="uwlr-xsd") as pool:
            self._checking = pool.submit(self._check, peeked)
            contents = self._read(peeked)
            return *self._checking.result(), contents

    def _check(self, peeked: Frame | None) -> tuple[Verdict, float]:
        start = perf_counter()
        return schema_verdict.verdict(self._document, self._schema_of(peeked)), perf_counter() - start

    def _schema_of(self, frame: Frame | None) -> str:
        return EDEXML if frame is not None and frame.message == EDEX else self._settings.versie

    # Reading

    def _read(self, peeked: Frame | None) -> _Contents:
        start = perf_counter()
        if peeked is not None and not peeked.enveloped and not is_known(peeked.root):
            # Whatever it is, and however large: there is no message to read.
            return _Contents(peeked, None, SchemaFindings(()))
        cls = peeked.cls if peeked is not None else None
        found: _Contents | None = None
        if peeked is not None and self._document.size >= LARGE and cls and container(cls)[0] in CONTAINERS:
            with contextlib.suppress(UnusualError, UnicodeDecodeError):
                found = self._read_by(FastReading(self._document, peeked, versie=self._settings.versie), peeked)
        if found is None:
            found = self._read_by(TreeReading(self._document, versie=self._settings.versie), peeked)
        return found._replace(seconds=perf_counter() - start)

    def _read_by(self, reading: FastReading | TreeReading, peeked: Frame | None) -> _Contents:
        cls = peeked.cls if peeked is not None else None
        name = local_name(peeked.message) if peeked is not None and peeked.message is not None else None
        runner = Runner(*container(cls, name), self._settings) if cls is not None else None
        schema = SchemaFindings(self._settings.ignore)
        for batch in reading.batches():
            if runner is not None:
                runner.take(batch)
            if not self._found_valid():
                schema.batch(batch)
        for deviation in reading.deviations:
            schema.take(deviation)
        frame = reading.frame
        if frame.bericht is not None and frame.message is not None:
            path = Path.of(local_name(frame.message))
            if container(type(frame.bericht))[0] not in CONTAINERS:
                schema.whole(frame.bericht, path)
            if runner is not None and type(frame.bericht) not in CONTAINERS:
                runner.whole(frame.bericht, path)
        self._header(frame, schema, runner)
        if runner is None:
            return _Contents(frame, None, schema)
        runner.end()
        return _Contents(frame, runner.raised, schema)

    def _header(self, frame: Frame, schema: SchemaFindings, runner: Runner | None) -> None:
        element = frame.header.find(_AUTORISATIE) if frame.header is not None else None
        if element is None:
            return
        reader = TreeReader(tolerant=True, versie=self._settings.versie)
        autorisatie = reader.message(element, Autorisatie, _HEADER)
        for deviation in reader.deviations:
            # SOAP lets any client say that a header must be understood; gSOAP does.
            if deviation.path not in _OF_SOAP:
                schema.take(deviation)
        schema.whole(autorisatie, _HEADER)
        if runner is not None:
            runner.whole(autorisatie, _HEADER)

    def _found_valid(self) -> bool:
        """Whether the schema is known to find nothing, so that there is nothing to put into words."""
        if not self._checking.done() or self._checking.exception() is not None:
            return False
        verdict, _ = self._checking.result()
        return verdict.valid and not verdict.spaces

    # Weighing

    def _not_xml(self, error: NotXml) -> None:
        rule = transport.DOCTYPE if error.problem is XmlProblem.DOCTYPE else transport.NOT_WELL_FORMED
        nl, en = error.problem.text("nl", error.encoding), error.problem.text("en", error.encoding)
        self._syntax_error = error
        self._add(rule, Path(), {"reason": nl}, {"reason": en})

    def _weigh(self, verdict: Verdict, xsd_seconds: float, contents: _Contents) -> None:
        frame = contents.frame
        if not self._soap(frame):
            return
        if frame.faultcode is not None:
            for name in ("rules", "profile"):
                self._layers[name].note = _FAULT
            if not verdict.valid:
                self._explain_rest(frame, verdict, ())
            self._layer("xsd", Validity.VALID if verdict.valid else Validity.INVALID, xsd_seconds)
            return
        self._message = local_name(frame.message) if frame.message is not None else None
        known = frame.message is not None and is_known(frame.message)
        self._schema_valid = verdict.valid and known
        if not known:
            self._unknown(frame)
        elif not verdict.valid:
            self._raised.take_over(contents.schema.tally)
            self._explain_rest(frame, verdict, contents.schema.explained)
        else:
            self._raised.take_over(contents.schema.tally, only={schema_rules.SPACE_AROUND.id})
        self._layer("xsd", Validity.VALID if self._schema_valid else Validity.INVALID, xsd_seconds)
        if not known or contents.raised is None:
            return
        self._raised.take_over(contents.raised)
        self._judge("rules", contents.seconds)
        if self._settings.profiel is None:
            self._layers["profile"].note = _NO_PROFILE
        elif frame.cls is None or container(frame.cls)[0] not in _ROSTERS:
            self._layers["profile"].note = _NO_ROSTER
        else:
            self._judge("profile", 0.0)

    def _soap(self, frame: Frame) -> bool:
        """Look at the envelope; False if there is no message in it."""
        if frame.root == soap_reading.ENVELOPE_12:
            self._add(transport.SOAP_12, Path.of("Envelope"))
        elif not frame.enveloped:
            self._layers["soap"].note = _NO_ENVELOPE
            return True
        elif frame.bodies != 1 or frame.children != 1:
            self._add(
                transport.BODY,
                Path.of("Body" if frame.bodies else "Envelope"),
                {"bodies": str(frame.bodies), "children": str(frame.children)},
            )
        elif frame.faultcode is not None:
            known = isinstance(Foutcode.parse(frame.faultcode), Foutcode)
            self._add(
                transport.FAULT if known else transport.UNKNOWN_FAULT, Path.of("Fault"), {"code": frame.faultcode}
            )
            self._layer("soap", Validity.VALID, 0.0)
            return True
        else:
            header = frame.header.find(_AUTORISATIE) if frame.header is not None else None
            if header is None and frame.cls in _REQUESTS:
                self._add(transport.NO_HEADER, Path.of("Envelope"))
            elif header is not None and frame.cls not in _REQUESTS:
                self._add(transport.HEADER_ON_ANSWER, Path.of("autorisatie"))
            self._judge("soap", 0.0)
            return True
        self._layer("soap", Validity.INVALID, 0.0)
        return False

    def _unknown(self, frame: Frame) -> None:
        tag = frame.message or frame.root
        name = local_name(tag)
        hint, hint_en = _meant(name, frame.cls)
        self._add(
            schema_rules.UNKNOWN_MESSAGE,
            Path.of(name),
            {"element": name, "namespace": namespace_of(tag) or "-", "hint": hint},
            {"hint": hint_en},
        )

    def _explain_rest(self, frame: Frame, verdict: Verdict, explained: Collection[Path]) -> None:
        """Name what libxml2 refuses and the tables do not explain."""
        for error in unexplained(self._document, self._schema_of(frame), verdict, explained):
            self._add(rule_for(error), error.path, {"kind": error.kind})

    def _add(
        self, rule: Rule, path: Path, data: dict[str, str] | None = None, data_en: dict[str, str] | None = None
    ) -> None:
        if rule.id not in self._settings.ignore:
            self._raised.add(Raised(rule, path, data=data or {}, data_en=data_en or {}))

    def _layer(self, name: LayerName, validity: Validity, seconds: float, note: Text | None = None) -> None:
        self._layers[name] = Layer(name=name, validity=validity, duration_ms=round(seconds * 1000, 3), note=note)

    def _judge(self, name: LayerName, seconds: float) -> None:
        """Give the verdict of a layer from its findings."""
        wrong = any(self._layer_of(r.rule) == name and r.rule.severity is Severity.ERROR for r in self._raised.kept)
        if wrong:
            self._layer(name, Validity.INVALID, seconds)
        elif name in {"rules", "profile"} and not self._schema_valid:
            self._layer(name, Validity.UNCLEAR, seconds, _PARTLY)
        else:
            self._layer(name, Validity.VALID, seconds)

    def _layer_of(self, rule: Rule) -> LayerName:
        # A rule that the schema enforces too belongs there, unless the schema let the message pass.
        return "rules" if rule.layer == "xsd" and rule.check is not None and self._schema_valid else rule.layer

    # Findings

    def _findings(self, *, show_values: bool) -> tuple[Finding, ...]:
        if not self._raised.kept:
            return ()
        places = find_places(self._document, (r.path for r in self._raised.kept if r.path))
        found = []
        for raised in self._raised.kept:
            place: Place | NotXml | None = places.get(raised.path)
            if raised.rule.layer == "xml":
                place = self._syntax_error
            value = raised.value
            if value is not None and raised.personal and not show_values:
                value = HIDDEN
            found.append(
                Finding(
                    rule=raised.rule,
                    layer=self._layer_of(raised.rule),
                    path=raised.path,
                    line=place.line if place is not None else None,
                    column=place.column if place is not None else None,
                    value=value,
                    data=raised.data,
                    data_en=raised.data_en,
                )
            )
        return ordered(found)
