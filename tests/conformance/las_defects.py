# ruff: noqa: ARG005, D103, DTZ001, E501, PLW0108 - small functions of one form, most of which use a part of what they get
"""Defects of LAS systems: what each does to every request of its kind, and where it must be found.

None looks at what a case of the suite sends: a defect is a way of working that a supplier could have built. Most are
made for each operation by itself, since real systems differ by operation.
"""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from lxml import etree

from conformance.right_las import BRIN, KEY, KLANT, SETTINGS, XML, Apply, Asked, RightLas, Sent, wrap
from uwlr import norm
from uwlr.berichten import (
    Autorisatie,
    GeenGegevens,
    GeenWijzigingen,
    Leerlinggegevens,
    LeerlinggegevensLeerlingen,
    VerzoekGroep,
    VerzoekSamengesteldeGroep,
)
from uwlr.foutcodes import Foutcode
from uwlr.soap.http import HttpRefusal
from uwlr.soap.operations import OPERATIONS
from uwlr.soap.providers import Refusal, SchoolRef
from uwlr.soap.receive import Incoming, receive

WHOLE, STRUCTURE, PUPILS, STAFF, RESULTS = (operation.name for operation in OPERATIONS)
STAGES = (STRUCTURE, PUPILS, STAFF)
ROSTER = (WHOLE, *STAGES)
EVERY = (*ROSTER, RESULTS)
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")


class Defect(NamedTuple):
    """One way to be wrong.

    Attributes:
        name: what it does.
        where: ids of requirements; it is found when one of them is not met.
        apply: changes a right LAS.
        config: what `las.toml` says differently.
    """

    name: str
    where: frozenset[str]
    apply: Apply
    config: dict[str, Any] = {}  # noqa: RUF012 - never changed


_ALL: list[Defect] = []


def defect(name: str, where: str, apply: Apply, **config: Any) -> None:
    _ALL.append(Defect(name, frozenset(where.split()), apply, config))


def each(operations: Iterable[str], name: str, where: str, make: Callable[[tuple[str, ...]], Apply]) -> None:
    """The same defect in each of some operations by itself, and in all of them."""
    operations = tuple(operations)
    for operation in operations:
        defect(f"{name} ({operation})", where, make((operation,)))
    if len(operations) > 1:
        defect(f"{name} (all)", where, make(operations))


# Who may ask.


def _access(operations: tuple[str, ...], change: Callable[[Asked, Incoming, dict[str, Any]], Incoming | None]) -> Apply:
    """Judge access by a changed header or school; None lets everybody in."""

    def around(las: RightLas, inner: Any, asked: Asked, incoming: Incoming) -> None:
        if incoming.operation.name in operations:
            changed = change(asked, incoming, asked.connection)
            if changed is None:
                return
            incoming = changed
        inner(asked, incoming)

    return wrap("access", around)


def _header(incoming: Incoming, **change: str) -> Incoming:
    return incoming._replace(autorisatie=msgspec.structs.replace(incoming.autorisatie, **change))


def _own_school(incoming: Incoming) -> Incoming:
    return incoming._replace(school=incoming.school._replace(brincode=BRIN, dependancecode="00", schoolkey=None))


def _key_if(rule: Callable[[str], bool]) -> Callable[..., Incoming]:
    def change(asked: Asked, incoming: Incoming, _: Any) -> Incoming:
        fits = rule(incoming.autorisatie.autorisatiesleutel)
        return _header(incoming, autorisatiesleutel=KEY) if fits else incoming

    return change


def by_key(rule: Callable[[str], bool]) -> Apply:
    """Every operation is open to keys by this rule."""
    return _access(EVERY, _key_if(rule))


def mixes_under_load() -> Apply:
    """Gives the last answer again to whoever asks while it is being written."""

    def around(las: RightLas, inner: Any, asked: Asked) -> Sent:
        last = las.__dict__.get("last_sent")
        las.__dict__["under_way"] = las.__dict__.get("under_way", 0) + 1
        try:
            sent = inner(asked)
            time.sleep(0.02)
            if las.__dict__["under_way"] > 1 and last is not None:
                return last
            las.__dict__["last_sent"] = sent
            return sent
        finally:
            las.__dict__["under_way"] -= 1

    return wrap("answer", around)


_KEYS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "any key opens": ("AU-03", lambda key: True),
    "a key need not be whole": ("AU-03", lambda key: bool(key) and KEY.startswith(key)),
    "a key may have more behind it": ("AU-03", lambda key: key.startswith(KEY)),
    "part of a key opens": ("AU-03", lambda key: len(key) > 3 and key in KEY),
    "a key with the wildcard % opens": ("AU-03", lambda key: "%" in key),
    "a key with the wildcard * opens": ("AU-03", lambda key: "*" in key),
    "a key with the wildcard _ opens": ("AU-03", lambda key: re.fullmatch(key.replace("_", "."), KEY) is not None),
    "a key is compared by its first eight characters": ("AU-03", lambda key: key[:8] == KEY[:8]),
    "a key of the right length opens": ("AU-03", lambda key: len(key) == len(KEY)),
    "case of a key does not count": ("AU-11", lambda key: key.casefold() == KEY.casefold()),
    "blanks around a key do not count": ("AU-11", lambda key: key.strip() == KEY),
}
for _name, (_where, _rule) in _KEYS.items():
    _change = _key_if(_rule)
    each(EVERY if _where == "AU-03" else (WHOLE,), _name, _where, lambda ops, c=_change: _access(ops, c))

each(
    EVERY,
    "klantcode is not looked at",
    "AU-04",
    lambda ops: _access(ops, lambda a, i, c: _header(i, klantcode=KLANT[0])),
)
each(
    EVERY,
    "klantnaam is not looked at",
    "AU-04",
    lambda ops: _access(ops, lambda a, i, c: _header(i, klantnaam=KLANT[1])),
)
each(
    EVERY,
    "another location is answered",
    "AU-05",
    lambda ops: _access(
        ops, lambda a, i, c: i._replace(school=i.school._replace(dependancecode="00")) if i.school.brincode else i
    ),
)
each(EVERY, "every school is answered", "AU-05", lambda ops: _access(ops, lambda a, i, c: _own_school(i)))
each(EVERY, "access is not judged", "AU-03 AU-04 AU-05", lambda ops: _access(ops, lambda a, i, c: None))


def _remembers(by: str) -> Apply:
    """Who was let in once is let in again without a look at the header."""

    def around(las: RightLas, inner: Any, asked: Asked, incoming: Incoming) -> None:
        memory = asked.connection if by == "connection" else las.__dict__.setdefault("let_in", {})
        if memory.get("in") and incoming.school.brincode == BRIN:
            return
        inner(asked, incoming)
        memory["in"] = True

    return wrap("access", around)


defect("a connection stays open to every key", "AU-03 AU-12", _remembers("connection"))
defect("a caller stays known by its address", "AU-03 AU-12", _remembers("address"))


def _schoolkey_opens(operations: tuple[str, ...]) -> Apply:
    return _access(operations, lambda a, i, c: _own_school(i) if i.school.schoolkey else i)


each(EVERY, "any schoolkey opens", "AU-05", _schoolkey_opens)


# What is in order.

_ROOT = re.compile(rb"<(?:[\w.-]+:)?(\w+_verzoek)\b")


def problems(asked: Asked) -> frozenset[str]:
    """What is wrong with a request, in the words of this file; found without the library."""
    found: set[str] = set()
    headers, body = asked.request.headers, asked.body
    if "text/xml" not in headers.get("content-type", ""):
        found.add("content-type")
    if b"<!DOCTYPE" in body:
        found.add("doctype")
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError:
        return frozenset(found | {"not-xml"})
    name = etree.QName(root).localname
    parts = {etree.QName(part).localname: part for part in root if isinstance(part.tag, str)}
    if name != "Envelope" or "Body" not in parts or not len(parts["Body"]):
        return frozenset(found | {"no-message"})
    message = parts["Body"][0]
    tag = etree.QName(message).localname
    action = headers.get("soapaction", "").strip('"')
    expected = {op.verzoek.__name__.removesuffix("Verzoek").lower() + "_verzoek": op for op in OPERATIONS}
    if tag not in expected:
        return frozenset(found | {"unknown-message"})
    if action and action != expected[tag].soap_action:
        found.add("soapaction")
    blocks = list(parts["Header"]) if "Header" in parts else []
    own = [block for block in blocks if etree.QName(block).localname == "autorisatie"]
    found |= {"must-understand" for block in blocks if block not in own and "1" in block.attrib.values()}
    if not own:
        found.add("header-absent")
    else:
        values = {etree.QName(part).localname: part.text or "" for part in own[0]}
        if set(values) != {"autorisatiesleutel", "klantcode", "klantnaam"}:
            found.add("header-part")
        elif not all(values.values()):
            found.add("header-empty")
    try:
        receive(asked.request, SETTINGS)
    except Refusal as refusal:
        if refusal.code == Foutcode.XSD_VERSIE_ONGELDIG:
            found.add("version")
        elif not found:
            found.add(_of_message(message))
    except HttpRefusal:
        found.add("http")
    return frozenset(found)


def _of_message(message: Any) -> str:
    values = {etree.QName(part).localname: part.text or "" for part in message.iter("{*}*")}
    names = [etree.QName(part).localname for part in message]
    if "xsdversie" not in values:
        return "no-version"
    known = {
        "schooljaar",
        "brincode",
        "dependancecode",
        "schoolkey",
        "xsdversie",
        "gegevenssetid",
        "laatstontvangengegevens",
        "groepen",
        "school",
        "toetsafnames",
        "toetsen",
    }
    if set(names) - known:
        return "unknown-element"
    if values.get("schooljaar") == "":
        return "empty-year"
    if not re.fullmatch(r"[12]\d{3}-[12]\d{3}", values.get("schooljaar", "")):
        return "year"
    if "brincode" in values and "schoolkey" in values:
        return "brin-and-schoolkey"
    if "brincode" not in values and "schoolkey" not in values:
        return "no-school"
    if "brincode" in values and not re.fullmatch(r"\d\d[A-Z]{2}", values["brincode"]):
        return "brin"
    if not re.fullmatch(r"\d\d", values.get("dependancecode", "00")):
        return "dependance"
    if len(values.get("schoolkey", "")) > 256:
        return "long"
    if values.get("gegevenssetid") == "":
        return "empty-setid"
    if names != sorted(
        names,
        key=lambda n: (
            [
                "schooljaar",
                "brincode",
                "dependancecode",
                "schoolkey",
                "xsdversie",
                "gegevenssetid",
                "laatstontvangengegevens",
                "groepen",
            ].index(n)
            if "school" not in names
            else 0
        ),
    ):
        return "order"
    if "laatstontvangengegevens" in values:
        return "date"
    if "groepen" in names or etree.QName(message).localname in {"leerlingen_verzoek", "leerkrachten_verzoek"}:
        return "groups"
    if "." in values.get("score", "") or not values.get("score", "0").strip().isdigit():
        return "score"
    if "aanmaakdatum" not in values:
        return "no-moment"
    keys = re.findall(rb'<resultaat[^>]*key="([^"]*)"', etree.tostring(message))
    return "repeated-key" if len(keys) != len(set(keys)) else "reference"


def loosely(asked: Asked) -> Incoming:
    """Take a request by the names of its elements, as a parser that checks nothing would."""
    parser = etree.XMLParser(resolve_entities=True, recover=True, huge_tree=True, no_network=True)
    root = etree.fromstring(asked.body or b"<x/>", parser)
    values: dict[str, str] = {}
    groepen: list[Any] = []
    message = None
    for element in root.iter("{*}*") if root is not None else ():
        name = etree.QName(element).localname
        values.setdefault(name, "".join(element.itertext()).strip())
        if name.endswith("_verzoek") and message is None:
            message = name
        if name in {"groep", "samengestelde_groep"}:
            kind = VerzoekGroep if name == "groep" else VerzoekSamengesteldeGroep
            groepen.append(kind(key=element.get("key")))
    by_name = {op.verzoek.__name__.removesuffix("Verzoek").lower() + "_verzoek": op for op in OPERATIONS}
    operation = by_name.get(
        message or "", OPERATIONS[0] if asked.request.service == "leerlinggegevens" else OPERATIONS[4]
    )
    header = Autorisatie(**{n: values.get(n, "") for n in ("autorisatiesleutel", "klantcode", "klantnaam")})
    year = values.get("schooljaar", "")
    school = SchoolRef(year, values.get("brincode"), values.get("dependancecode") or "00", values.get("schoolkey"))
    moment = None
    if given := values.get("laatstontvangengegevens"):
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            moment = None
    version = values.get("xsdversie", "2.2")
    if operation.name == RESULTS:
        return Incoming(operation, header, school, _Taken(version))  # type: ignore[arg-type]
    fields: dict[str, Any] = {
        "schooljaar": year,
        "brincode": school.brincode,
        "xsdversie": version,
        "laatstontvangengegevens": moment,
    }
    if operation.name in {PUPILS, STAFF}:
        fields["groepen"] = tuple(groepen)
    return Incoming(operation, header, school, operation.verzoek(**fields))


class _Taken:
    """Results that are taken without a look."""

    def __init__(self, xsdversie: str) -> None:
        self.xsdversie = xsdversie
        self.laatstontvangengegevens = None


def _unread(las: RightLas, inner: Any, asked: Asked, incoming: Incoming) -> None:
    """Looks at no key where the request stops early."""
    if "not-xml" not in problems(asked):
        inner(asked, incoming)


def _forgives(operations: tuple[str, ...], *kinds: str, own: bool = False) -> Apply:
    """Let pass what is wrong in these ways; `own` sends the answer of the own school and year, whoever asked."""

    def around(las: RightLas, inner: Any, asked: Asked) -> Incoming:
        try:
            return inner(asked)
        except (Refusal, HttpRefusal):
            named = asked.operation
            if named == "?":
                named = WHOLE if asked.request.service == "leerlinggegevens" else RESULTS
            if named not in operations or not problems(asked) & set(kinds):
                raise
            incoming = loosely(asked)
            verzoek = incoming.verzoek
            if isinstance(verzoek, _Taken):
                incoming = incoming._replace(verzoek=verzoek)
            if own:
                incoming = _own_school(incoming)
                school = incoming.school._replace(schooljaar=las.roster.school.schooljaar)
                incoming = incoming._replace(school=school)
            return incoming

    def content(las: RightLas, inner: Any, asked: Asked, incoming: Incoming) -> Any:
        if isinstance(incoming.verzoek, _Taken):
            return None
        return inner(asked, incoming)

    def write(las: RightLas, inner: Any, asked: Asked, incoming: Incoming, inhoud: Any) -> bytes:
        version = incoming.xsdversie if incoming.xsdversie in {"2.1", "2.2"} else "2.2"
        if isinstance(incoming.verzoek, _Taken):
            incoming = incoming._replace(verzoek=_Taken(version))  # type: ignore[arg-type]
        return inner(asked, incoming, inhoud)

    def apply(las: RightLas) -> None:
        wrap("receive", around)(las)
        wrap("content", content)(las)
        wrap("write", write)(las)
        if "not-xml" in kinds:
            # Its header may have been cut off too: whoever reads so loosely looks at no key.
            wrap("access", _unread)(las)
        if "header-absent" in kinds or "header-part" in kinds or "header-empty" in kinds:
            wrap("access", _without_header)(las)

    def _without_header(las: RightLas, inner: Any, asked: Asked, incoming: Incoming) -> None:
        if asked.operation in {*operations, "?"} and problems(asked) & set(kinds):
            given = incoming.autorisatie
            filled = {
                name: getattr(given, name) or right
                for name, right in (("autorisatiesleutel", KEY), ("klantcode", KLANT[0]), ("klantnaam", KLANT[1]))
            }
            incoming = _header(incoming, **filled)
        inner(asked, incoming)

    return apply


each(EVERY, "a request without header is answered", "AU-01", lambda ops: _forgives(ops, "header-absent"))
each(EVERY, "a header may lack a part", "AU-02", lambda ops: _forgives(ops, "header-part"))
each(EVERY, "a part of the header may be empty", "AU-02", lambda ops: _forgives(ops, "header-empty"))
each((WHOLE, RESULTS), "XML that stops is read", "FT-01", lambda ops: _forgives(ops, "not-xml", own=True))
each(
    (WHOLE,), "an empty Body is answered", "FT-01", lambda ops: _forgives(ops, "no-message", "header-absent", own=True)
)
for _kind, _where in {
    "year": "FT-02",
    "empty-year": "FT-02",
    "brin": "FT-02",
    "dependance": "FT-02",
    "no-school": "FT-02",
    "brin-and-schoolkey": "FT-03",
    "order": "FT-04",
    "unknown-element": "FT-02",
    "date": "FT-02",
    "empty-setid": "FT-02",
    "version": "VS-01",
    "no-version": "VS-01 FT-02",
    "doctype": "VI-01 VI-02",
}.items():
    each((WHOLE,), f"forgiven: {_kind}", _where, lambda ops, k=_kind: _forgives(ops, k, own=True))
for _kind, _where in {
    "score": "LR-06",
    "no-moment": "LR-06",
    "repeated-key": "LR-08",
    "reference": "LR-07",
    "doctype": "VI-01",
    "version": "VS-01",
    "long": "VI-03",
}.items():
    if _kind != "long":
        each((RESULTS,), f"forgiven: {_kind}", _where, lambda ops, k=_kind: _forgives(ops, k, own=True))
each((PUPILS, STAFF), "groups need not be named", "FT-02", lambda ops: _forgives(ops, "groups", own=True))


def _key_first(las: RightLas, inner: Any, asked: Asked) -> Incoming:
    """Judges the key before the message."""
    try:
        return inner(asked)
    except Refusal:
        if _key_of(asked) not in {KEY.encode(), b""} and "header-absent" not in problems(asked):
            raise Refusal(Foutcode.AUTORISATIE_ONGELDIG) from None
        raise


defect("the key is judged before the message", "AU-06", wrap("receive", _key_first))
defect(
    "no schema is used",
    "FT-02 FT-03 FT-04",
    _forgives(
        ROSTER,
        "year",
        "empty-year",
        "brin",
        "dependance",
        "no-school",
        "brin-and-schoolkey",
        "order",
        "unknown-element",
        "date",
        "empty-setid",
        "no-version",
        "groups",
        own=True,
    ),
)
defect("SOAPAction is not looked at", "TR-04", _forgives(EVERY, "soapaction"))
defect("content type is not looked at", "TR-05", _forgives(EVERY, "content-type"))
defect("mustUnderstand is not looked at", "TR-11", _forgives(EVERY, "must-understand"))
defect(
    "years that do not follow each other are answered",
    "FT-05",
    wrap(
        "content",
        lambda las, inner, asked, incoming: inner(
            asked,
            incoming._replace(school=incoming.school._replace(schooljaar=las.roster.school.schooljaar))
            if incoming.verzoek.__class__.__name__ != "LeerresultatenVerzoek"
            and int(incoming.school.schooljaar[5:]) != int(incoming.school.schooljaar[:4]) + 1
            else incoming,
        ),
    ),
)


def _breaks_on(step: str, when: Callable[[Asked], bool]) -> Apply:
    """Fails inside on some requests, as code that trusts its input does."""

    def around(las: RightLas, inner: Any, asked: Asked, *more: Any) -> Any:
        if when(asked):
            raise RuntimeError
        return inner(asked, *more)

    return wrap(step, around)


defect("breaks on unreadable XML", "FT-01 FT-12", _breaks_on("receive", lambda a: "not-xml" in problems(a)))
defect(
    "breaks on an invalid message",
    "FT-02 FT-12",
    _breaks_on("receive", lambda a: bool(problems(a) & {"year", "brin", "dependance", "unknown-element", "date"})),
)
defect(
    "breaks on an unknown key",
    "AU-03 FT-12",
    wrap("access", lambda las, inner, a, i: inner(a, i) if i.autorisatie.autorisatiesleutel == KEY else 1 / 0),
)
defect("breaks on a missing header", "AU-01 FT-12", _breaks_on("receive", lambda a: "header-absent" in problems(a)))
defect(
    "breaks on another school",
    "AU-05 FT-12",
    wrap("access", lambda las, inner, a, i: inner(a, i) if i.school.brincode == BRIN else 1 / 0),
)
defect("breaks on a quote", "VI-04", _breaks_on("receive", lambda a: re.search(rb">[^<]*'[^<]*<", a.body) is not None))
defect(
    "a quote opens the database",
    "VI-04",
    wrap("access", lambda las, inner, a, i: None if "'" in (i.school.schoolkey or "") else inner(a, i)),
)
defect("breaks on depth", "VI-03", _breaks_on("receive", lambda a: a.body.count(b"<a>") > 500))
defect("breaks on length", "VI-03", _breaks_on("receive", lambda a: len(a.body) > 50_000))
defect(
    "breaks on a fraction of a second",
    "LO-04 LO-06 LO-07",
    _breaks_on("receive", lambda a: re.search(rb"gegevens>[^<]*\.\d+[^<]*<", a.body) is not None),
)
defect(
    "needs a time zone",
    "LO-04",
    _breaks_on("receive", lambda a: re.search(rb"gegevens>[^<]*T[0-9:.]*<", a.body) is not None),
)
defect(
    "knows only Z as a time zone",
    "LO-04 LO-06",
    _breaks_on("receive", lambda a: re.search(rb"gegevens>[^<]*[+-]\d\d:\d\d<", a.body) is not None),
)
defect("knows one prefix", "TR-09", _breaks_on("receive", lambda a: b"soap:Envelope" not in a.body))
defect("knows no byte order mark", "TR-10", _breaks_on("receive", lambda a: a.body.startswith(b"\xef\xbb\xbf")))
defect(
    "wants a quoted SOAPAction",
    "TR-03",
    _breaks_on("receive", lambda a: not a.request.headers.get("soapaction", '"').startswith('"')),
)


# What a fault looks like, and what an answer gives away.


def _sent(change: Callable[[Asked, Sent], Sent], when: Callable[[Asked, Sent], bool]) -> Apply:
    return wrap(
        "deliver",
        lambda las, inner, asked, sent: change(asked, inner(asked, sent)) if when(asked, sent) else inner(asked, sent),
    )


def faults(*operations: str) -> Callable[[Asked, Sent], bool]:
    return lambda asked, sent: b"Fault>" in sent.body and (not operations or asked.operation in operations)


def answers(*operations: str) -> Callable[[Asked, Sent], bool]:
    return lambda asked, sent: (
        sent.status == 200 and b"_verzoek" in asked.body and asked.operation in (operations or EVERY)
    )


def _body(pattern: bytes, instead: bytes) -> Callable[[Asked, Sent], Sent]:
    def change(asked: Asked, sent: Sent) -> Sent:
        def written(found: re.Match[bytes]) -> bytes:
            # Only groups are filled in: a path of Windows is no escape.
            return re.sub(rb"\\([12])(?!\w)", lambda group: found[int(group[1])], instead)

        return sent._replace(body=re.sub(pattern, written, sent.body, count=1, flags=re.DOTALL))

    return change


def _of_code(code: bytes) -> Callable[[Asked, Sent], bool]:
    return lambda asked, sent: b"Fault>" in sent.body and code in sent.body


for _status in (200, 202, 400, 401, 403, 404):
    defect(f"faults come with status {_status}", "FT-06", _sent(lambda a, s, n=_status: s._replace(status=n), faults()))
for _operation in EVERY:
    defect(
        f"faults of {_operation} come with status 200",
        "FT-06",
        _sent(lambda a, s: s._replace(status=200), faults(_operation)),
    )
for _code in ("AutorisatieOngeldig", "OngeldigeKlant", "OngeldigBericht", "XsdVersie"):
    defect(
        f"the fault {_code} comes with status 200",
        "FT-06",
        _sent(lambda a, s: s._replace(status=200), _of_code(_code.encode())),
    )
    defect(
        f"the fault {_code} blames the server",
        "FT-12",
        _sent(_body(rb"soap:Client\.\w+<", b"soap:Server<"), _of_code(_code.encode())),
    )
    defect(
        f"the fault {_code} has a code of its own",
        "FC-01 FC-02 FC-03 FC-04",
        _sent(_body(rb"soap:Client\.\w+<", b"soap:Client<"), _of_code(_code.encode())),
    )
_FAULT_FORMS = {
    "faultcode has no prefix": ("FT-07", rb"<faultcode>soap:", b"<faultcode>"),
    "faultcode has a namespace of its own": ("FT-07", rb"<faultcode>soap:", b'<faultcode xmlns:u="urn:u">u:'),
    "faultstring is empty": ("FT-08", rb"<faultstring>[^<]*<", b"<faultstring><"),
    "faultstring is missing": ("FT-08 FT-13", rb"<faultstring>.*?</faultstring>", b""),
    "faultcode is missing": ("FT-13", rb"<faultcode>.*?</faultcode>", b""),
    "a fault has an element of its own": ("FT-13", rb"</soap:Fault>", b"<tijd>nu</tijd></soap:Fault>"),
    "a fault's children are in the namespace of SOAP": (
        "FT-13",
        rb"<faultcode>(.*?)</faultcode><faultstring>(.*?)</faultstring>",
        rb"<soap:faultcode>\1</soap:faultcode><soap:faultstring>\2</soap:faultstring>",
    ),
    "a fault's children are in the namespace of the message": (
        "FT-13",
        rb"<faultcode>(.*?)</faultcode><faultstring>(.*?)</faultstring>",
        rb'<faultcode xmlns="%s">\1</faultcode><faultstring xmlns="%s">\2</faultstring>'
        % ((norm.LEERLINGGEGEVENS.encode(),) * 2),
    ),
    "a fault's children are swapped": (
        "FT-13",
        rb"(<faultcode>.*?</faultcode>)(<faultstring>.*?</faultstring>)",
        rb"\2\1",
    ),
    "a fault stands beside a message": (
        "FT-14 FT-13",
        rb"</soap:Fault>",
        b'</soap:Fault><leerlinggegevens_antwoord xmlns="%s"/>' % norm.LEERLINGGEGEVENS.encode(),
    ),
    "a fault shows a Java stack trace": (
        "FT-09",
        rb"</faultstring>",
        b"</faultstring><detail>java.lang.NullPointerException\n\tat nl.las.Uwlr.haal(Uwlr.java:88)</detail>",
    ),
    "a fault shows a .NET stack trace": (
        "FT-09",
        rb"</faultstring>",
        b" System.NullReferenceException: x\n   at Las.Uwlr.Haal(Request r) in D:\\build\\Uwlr.cs:line 12</faultstring>",
    ),
    "a fault shows a Python stack trace": (
        "FT-09",
        rb"</faultstring>",
        b'</faultstring><detail>Traceback (most recent call last):\n  File "/srv/las/uwlr.py", line 3, in haal</detail>',
    ),
    "a fault shows a PHP path": (
        "FT-09",
        rb"</faultstring>",
        b" in /var/www/html/uwlr/index.php on line 14</faultstring>",
    ),
    "a fault shows a Windows path": ("FT-09", rb"</faultstring>", b" C:\\inetpub\\wwwroot\\uwlr.svc</faultstring>"),
    "a fault shows SQL": (
        "FT-09",
        rb"</faultstring>",
        b" ORA-00942: table or view does not exist: SELECT * FROM leerling WHERE brin = 1</faultstring>",
    ),
    "a fault shows an error of the database": (
        "FT-09",
        rb"</faultstring>",
        b' relation "leerling" does not exist</faultstring>',
    ),
    "a fault shows a password of the database": (
        "FT-09",
        rb"</faultstring>",
        b" Server=db1;Database=las;User Id=sa;Password=x;</faultstring>",
    ),
}
for _name, (_where, _pattern, _instead) in _FAULT_FORMS.items():
    defect(_name, _where, _sent(_body(_pattern, _instead), faults()))
    if _where in {"FT-09", "FT-13"}:
        defect(f"{_name} (results)", _where, _sent(_body(_pattern, _instead), faults(RESULTS)))
defect(
    "only an unknown key shows a stack trace",
    "FT-09",
    _sent(
        _body(rb"</faultstring>", b" at nl.las.Sleutel(Sleutel.java:7)</faultstring>"), _of_code(b"AutorisatieOngeldig")
    ),
)
_SOAP12 = b"""<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender\
</s:Value></s:Code><s:Reason><s:Text xml:lang="nl">Autorisatie is ongeldig</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"""
defect(
    "faults are of SOAP 1.2",
    "AU-03 FT-12 FT-13 FT-15",
    _sent(lambda a, s: s._replace(headers=(("Content-Type", "application/soap+xml"),), body=_SOAP12), faults()),
)
defect(
    "a page takes the place of a fault",
    "FT-12 FT-15 FT-01 FT-02",
    _sent(
        lambda a, s: s._replace(
            headers=(("Content-Type", "text/html"),), body=b"<html><body><h1>Server Error</h1></body></html>"
        ),
        faults(),
    ),
)
defect(
    "an empty 500 takes the place of a fault",
    "FT-12 FT-15 FT-01 FT-02",
    _sent(lambda a, s: s._replace(body=b""), faults()),
)


def _key_of(asked: Asked) -> bytes:
    found = re.search(rb"autorisatiesleutel>([^<]*)<", asked.body)
    return found[1] if found else b""


def _with_key(place: str) -> Callable[[Asked, Sent], Sent]:
    def change(asked: Asked, sent: Sent) -> Sent:
        key = _key_of(asked)
        if not key or not key.isascii() or len(key) > 200:
            return sent
        if place == "header":
            return sent._replace(headers=(*sent.headers, ("X-Request-Key", key.decode().strip())))
        if place == "hex":
            return sent._replace(body=sent.body.replace(b"</faultstring>", key.hex().encode() + b"</faultstring>", 1))
        if place == "cut":
            return sent._replace(body=sent.body.replace(b"</faultstring>", key[:-2] + b"**</faultstring>", 1))
        if place == "comment":
            return sent._replace(
                body=sent.body.replace(b"Body>", b"Body><!-- key " + key.replace(b"-", b"") + b" -->", 1)
            )
        if place == "detail":
            return sent._replace(
                body=sent.body.replace(b"</faultstring>", b"</faultstring><detail>" + key + b"</detail>", 1)
            )
        return sent._replace(body=sent.body.replace(b"</faultstring>", b" (" + key + b")</faultstring>", 1))

    return change


for _place in ("string", "detail", "header", "comment", "hex", "cut"):
    defect(f"a fault repeats the key ({_place})", "AU-07", _sent(_with_key(_place), faults()))
    defect(f"a fault of results repeats the key ({_place})", "AU-07", _sent(_with_key(_place), faults(RESULTS)))
defect("every answer repeats the key in a header", "AU-07", _sent(_with_key("header"), answers()))
defect("a roster repeats the key in a comment", "AU-07", _sent(_with_key("comment"), answers(WHOLE)))
defect("a refused customer is told the key", "AU-07", _sent(_with_key("string"), _of_code(b"OngeldigeKlant")))


def _names_pupil(what: str) -> Apply:
    def around(las: RightLas, inner: Any, asked: Asked, sent: Sent) -> Sent:
        pupil = las.roster.leerlingen[3]
        text = {
            "name": f"{pupil.roepnaam} {pupil.achternaam}",
            "key": pupil.key,
            "eckid": pupil.eckid or "https://ketenid.nl/201703/" + "a" * 128,
            "birth": f"{pupil.achternaam}, geboren {pupil.geboortedatum}",
            "lines": f"{pupil.achternaam}\n{pupil.roepnaam}",
        }[what]
        sent = inner(asked, sent)
        return sent._replace(body=sent.body.replace(b"</faultstring>", f" {text}</faultstring>".encode(), 1))

    return wrap("deliver", around)


for _what in ("name", "key", "eckid", "birth", "lines"):
    defect(f"a fault names a pupil ({_what})", "AU-09", _names_pupil(_what))


# The outside of answers.

for _type in ("application/xml", "application/soap+xml", "text/html; charset=utf-8", "text/plain"):
    defect(
        f"answers come as {_type}",
        "TR-02",
        _sent(lambda a, s, t=_type: s._replace(headers=(("Content-Type", t),)), answers()),
    )
    defect(
        f"faults come as {_type}",
        "TR-02",
        _sent(lambda a, s, t=_type: s._replace(headers=(("Content-Type", t),)), faults()),
    )
for _operation in EVERY:
    defect(
        f"{_operation} is answered as text/html",
        "TR-02",
        _sent(lambda a, s: s._replace(headers=(("Content-Type", "text/html"),)), answers(_operation)),
    )
defect("answers have no content type", "TR-02", _sent(lambda a, s: s._replace(headers=()), answers()))
defect(
    "answers are UTF-8 and say ISO-8859-1",
    "TR-13",
    _sent(lambda a, s: s._replace(headers=(("Content-Type", "text/xml; charset=ISO-8859-1"),)), answers()),
)
defect(
    "answers are UTF-8 and declare UTF-16",
    "TR-13",
    _sent(lambda a, s: s._replace(headers=(("Content-Type", "text/xml; charset=utf-16"),)), answers()),
)
defect(
    "faults say another charset",
    "TR-13",
    _sent(
        lambda a, s: s._replace(
            headers=(("Content-Type", "text/xml; charset=iso-8859-1"),),
            body=s.body.replace(b"</faultstring>", "é</faultstring>".encode()),
        ),
        faults(),
    ),
)
defect(
    "an answer has a warning behind it",
    "TR-14",
    _sent(lambda a, s: s._replace(body=s.body + b"\nWarning: Undefined index in x"), answers()),
)
defect(
    "an answer has a comment behind it",
    "TR-14",
    _sent(lambda a, s: s._replace(body=s.body + b"<!-- 0.2 s -->"), answers(WHOLE)),
)
defect("an answer ends in NUL", "TR-14", _sent(lambda a, s: s._replace(body=s.body + b"\0"), answers()))
defect("an answer begins with a blank line", "TR-14", _sent(lambda a, s: s._replace(body=b"\n\n" + s.body), answers()))
defect("a fault has text before it", "TR-14", _sent(lambda a, s: s._replace(body=b"ERROR\n" + s.body), faults()))
defect("a fault has text behind it", "TR-14", _sent(lambda a, s: s._replace(body=s.body + b"\nError"), faults()))
defect(
    "an answer stops early",
    "TR-14 LG-01",
    _sent(lambda a, s: s._replace(body=s.body[: len(s.body) - 30]), answers(*STAGES)),
)
defect(
    "a fault announces too little",
    "TR-15 TR-14 FT-01 AU-03",
    _sent(
        lambda a, s: s._replace(length=len(s.body), trail=b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), faults()
    ),
)
defect("after a fault the connection ends unsaid", "TR-15", _sent(lambda a, s: s._replace(close=True), faults()))
defect(
    "after an unreadable request the connection ends unsaid",
    "TR-15",
    _sent(lambda a, s: s._replace(close=True), lambda a, s: "not-xml" in problems(a)),
)
defect(
    "answers are packed for everybody",
    "TR-08",
    _sent(
        lambda a, s: s._replace(headers=(*s.headers, ("Content-Encoding", "gzip")), body=gzip.compress(s.body)),
        answers(WHOLE),
    ),
)
for _coding in ("utf-8", "none", "UTF-8, gzip"):
    defect(
        f"Content-Encoding is {_coding}",
        "TR-20",
        _sent(lambda a, s, c=_coding: s._replace(headers=(*s.headers, ("Content-Encoding", c))), answers()),
    )
defect("answers come with status 202", "TR-17", _sent(lambda a, s: s._replace(status=202), answers()))
defect("the confirmation comes with status 201", "TR-17", _sent(lambda a, s: s._replace(status=201), answers(RESULTS)))
defect(
    "a packed request breaks it",
    "TR-07 FT-12",
    _breaks_on("receive", lambda a: "content-encoding" in a.request.headers),
)
_ODD = {
    "an unknown element": (b"<school>", b"<versienummer>1</versienummer><school>"),
    "an empty element": (b"<school>", b"<school><schooljaar/>"),
    "another namespace": (
        norm.LEERLINGGEGEVENS.encode(),
        b"http://www.edustandaard.nl/leerresultaten/1/leerlinggegevens",
    ),
    "dependancecode before brincode": (rb"(<brincode>.*?</brincode>)(<dependancecode>.*?</dependancecode>)", rb"\2\1"),
    "no schooljaar": (rb"<schooljaar>.*?</schooljaar>", b""),
}
for _what, (_pattern, _instead) in _ODD.items():
    for _operation in ROSTER:
        defect(
            f"{_operation} is answered with {_what}",
            "LG-03 GT-09 LG-01 GT-01 GT-03 GT-07",
            _sent(_body(_pattern, _instead), answers(_operation)),
        )
for _when in (GeenWijzigingen, GeenGegevens):
    defect(
        f"{_when.__name__} has content",
        "LG-03 GT-09",
        _sent(_body(rb"<geen(wijzigingen|gegevens)\s*/>", rb"<geen\1>niets</geen\1>"), answers()),
    )
defect(
    "the confirmation has content",
    "LR-02",
    _sent(
        _body(
            rb"<leerresultaten_bevestiging([^>]*?)/>",
            rb"<leerresultaten_bevestiging\1><aantal>1</aantal></leerresultaten_bevestiging>",
        ),
        answers(RESULTS),
    ),
)
defect(
    "the confirmation has text",
    "LR-02",
    _sent(
        _body(
            rb"<leerresultaten_bevestiging([^>]*?)/>", rb"<leerresultaten_bevestiging\1>OK</leerresultaten_bevestiging>"
        ),
        answers(RESULTS),
    ),
)
defect(
    "the confirmation is of another namespace",
    "LR-01 LR-02",
    _sent(_body(norm.LEERRESULTATEN.encode() + b'"', b'urn:las"'), answers(RESULTS)),
)
defect(
    "every roster is answered as a whole one",
    "GT-01 GT-03 GT-07",
    wrap(
        "write",
        lambda las, inner, a, i, inhoud: (
            inner(a, i._replace(operation=OPERATIONS[0]), las.roster)
            if i.operation.name in STAGES and not isinstance(inhoud, GeenGegevens | GeenWijzigingen)
            else inner(a, i, inhoud)
        ),
    ),
)
defect(
    "answers have a DOCTYPE",
    "TR-14 LG-03 LG-01",
    _sent(_body(rb"<soap:Envelope", b"<!DOCTYPE soap:Envelope><soap:Envelope"), answers()),
)


# The roster, now and later.


def _content(operations: tuple[str, ...], change: Callable[[RightLas, Asked, Incoming, Any], Any]) -> Apply:
    return wrap(
        "content",
        lambda las, inner, asked, incoming: (
            change(las, asked, incoming, inner(asked, incoming))
            if incoming.operation.name in operations
            else inner(asked, incoming)
        ),
    )


def _map(inhoud: Any, name: str, change: Callable[[int, Any], Any]) -> Any:
    items = getattr(inhoud, name, ())
    if not items:
        return inhoud
    return msgspec.structs.replace(inhoud, **{name: tuple(change(place, item) for place, item in enumerate(items))})


def _new(item: Any, **change: Any) -> Any:
    return msgspec.structs.replace(item, **change)


_OF = {"leerlingen": (WHOLE, PUPILS), "leerkrachten": (WHOLE, STAFF), "groepen": (WHOLE, STRUCTURE)}
_STABLE = {"leerlingen": "LG-10", "leerkrachten": "LG-10", "groepen": "LG-10"}
for _list, _ops in _OF.items():

    def _fresh(las: RightLas, a: Asked, i: Incoming, inhoud: Any, name: str = _list) -> Any:
        return _map(inhoud, name, lambda place, item: _new(item, key=f"{item.key}-{las.asked}"))

    def _turned(las: RightLas, a: Asked, i: Incoming, inhoud: Any, name: str = _list) -> Any:
        items = getattr(inhoud, name, ())
        by = las.asked % max(1, len(items))
        keys = [item.key for item in items[by:] + items[:by]]
        return _map(inhoud, name, lambda place, item: _new(item, key=keys[place]))

    defect(f"keys of {_list} are made anew for each answer", "LG-10 GT-02 GT-03 GT-07", _content((WHOLE,), _fresh))
    defect(f"keys of {_list} go round over who has them", "LG-10 GT-02 GT-03 GT-07", _content((WHOLE,), _turned))
    defect(
        f"keys of {_list} differ between the whole and the stages",
        "GT-02 GT-03 GT-07 LG-10 LG-08",
        _content(
            _ops[1:],
            lambda las, a, i, inhoud, name=_list: _map(inhoud, name, lambda p, item: _new(item, key=f"s-{item.key}")),
        ),
    )
    if _list != "groepen":
        defect(
            f"keys of {_list} are row numbers of the answer",
            "LG-10 GT-03 GT-05 GT-07",
            _content(
                _ops,
                lambda las, a, i, inhoud, name=_list: _map(inhoud, name, lambda p, item: _new(item, key=str(p + 1))),
            ),
        )
        defect(f"keys of {_list} go round in the stages", "LG-10 GT-03 GT-07", _content(_ops[1:], _turned))

        def _eckids(las: RightLas, a: Asked, i: Incoming, inhoud: Any, name: str = _list) -> Any:
            items = getattr(inhoud, name, ())
            by = las.asked % max(1, len(items))
            values = [item.eckid for item in items[by:] + items[:by]]
            return _map(inhoud, name, lambda place, item: _new(item, eckid=values[place]))

        defect(f"ECK-iDs of {_list} go round over who has them", "LG-17", _content((WHOLE,), _eckids))
        defect(
            f"ECK-iDs of {_list} are left out in the stages",
            "LG-18 LG-17",
            _content(
                _ops[1:],
                lambda las, a, i, inhoud, name=_list: _map(inhoud, name, lambda p, item: _new(item, eckid=None)),
            ),
        )
defect(
    "the stages know other names of pupils",
    "LG-18 LG-10",
    _content(
        (PUPILS,),
        lambda las, a, i, inhoud: _map(
            inhoud, "leerlingen", lambda p, item: _new(item, achternaam=f"X{item.achternaam}")
        ),
    ),
)
defect(
    "the stages leave the birth date out",
    "LG-18",
    _content(
        (PUPILS,), lambda las, a, i, inhoud: _map(inhoud, "leerlingen", lambda p, item: _new(item, geboortedatum=None))
    ),
)
defect(
    "the stages leave a pupil out",
    "GT-03 GT-04",
    _content(
        (PUPILS,),
        lambda las, a, i, inhoud: (
            _new(inhoud, leerlingen=inhoud.leerlingen[1:] or inhoud.leerlingen)
            if isinstance(inhoud, LeerlinggegevensLeerlingen)
            else inhoud
        ),
    ),
)
defect(
    "the stages leave groups out",
    "GT-02",
    _content(
        (STRUCTURE,),
        lambda las, a, i, inhoud: _new(inhoud, groepen=inhoud.groepen[:-1]) if hasattr(inhoud, "groepen") else inhoud,
    ),
)


def _all_of(name: str) -> Callable[..., Any]:
    def change(las: RightLas, a: Asked, i: Incoming, inhoud: Any) -> Any:
        return _new(inhoud, **{name: getattr(las.roster, name)}) if hasattr(inhoud, name) else inhoud

    return change


defect("a group gives every pupil", "GT-03 GT-05", _content((PUPILS,), _all_of("leerlingen")))
defect("a group gives all staff", "GT-07", _content((STAFF,), _all_of("leerkrachten")))


def _asked_groups(operations: tuple[str, ...], change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Apply:
    def around(las: RightLas, inner: Any, asked: Asked, incoming: Incoming) -> Any:
        if incoming.operation.name in operations:
            groepen = change(incoming.verzoek.groepen)
            incoming = incoming._replace(verzoek=_new(incoming.verzoek, groepen=groepen))
        return inner(asked, incoming)

    return wrap("content", around)


defect("only the first group counts", "GT-04", _asked_groups((PUPILS,), lambda groups: groups[:1]))
defect("only the last group counts", "GT-04", _asked_groups((PUPILS,), lambda groups: groups[-1:]))
defect(
    "a samengestelde groep counts as a stamgroep",
    "GT-05",
    _asked_groups((PUPILS,), lambda groups: tuple(VerzoekGroep(key=group.key) for group in groups)),
)


def _without_key(las: RightLas, a: Asked, i: Incoming, inhoud: Any) -> Any:
    if all(group.key for group in i.verzoek.groepen):
        return inhoud
    return LeerlinggegevensLeerlingen(school=las.roster.school, leerlingen=las.roster.leerlingen)


def _unknown_group(las: RightLas, a: Asked, i: Incoming, inhoud: Any) -> Any:
    known = {group.key for group in las.roster.groepen} | {None}
    if {group.key for group in i.verzoek.groepen} & known:
        return inhoud
    return LeerlinggegevensLeerlingen(school=las.roster.school, leerlingen=las.roster.leerlingen)


defect("a group without a key gives everybody", "GT-06", _content((PUPILS,), _without_key))
defect("an unknown group gives everybody", "GT-08", _content((PUPILS,), _unknown_group))
defect(
    "an unknown group breaks it",
    "GT-08 FT-12",
    _content(
        (PUPILS,),
        lambda las, a, i, inhoud: (
            inhoud if {g.key for g in i.verzoek.groepen} & ({g.key for g in las.roster.groepen} | {None}) else 1 / 0
        ),
    ),
)


def _since(change: Callable[[RightLas, Any, datetime], Any], operations: tuple[str, ...] = (WHOLE,)) -> Apply:
    """What a request with laatstontvangengegevens is answered, where it is answered with data."""

    def around(las: RightLas, inner: Any, asked: Asked, incoming: Incoming) -> Any:
        inhoud = inner(asked, incoming)
        since = getattr(incoming.verzoek, "laatstontvangengegevens", None)
        if since is None or isinstance(inhoud, GeenGegevens) or incoming.operation.name not in operations:
            return inhoud
        return change(las, inhoud, since.replace(tzinfo=since.tzinfo or UTC))

    return wrap("content", around)


def _difference(*names: str, within: timedelta | None = None) -> Callable[..., Any]:
    def change(las: RightLas, inhoud: Any, since: datetime) -> Any:
        if not isinstance(inhoud, Leerlinggegevens) or (within and datetime.now(UTC) - since > within):
            return inhoud
        some = {name: tuple(item for item in getattr(inhoud, name) if item.mutatiedatum > since) for name in names}
        if "leerlingen" in names and not some["leerlingen"]:
            return GeenWijzigingen()
        return _new(inhoud, **some)

    return change


defect("pupils are sent as a difference", "LO-03", _since(_difference("leerlingen")))
defect("everything is sent as a difference", "LO-03", _since(_difference("leerlingen", "leerkrachten", "groepen")))
defect("staff are sent as a difference", "LO-03", _since(_difference("leerkrachten")))
defect("groups are sent as a difference", "LO-03 LG-08 LG-15", _since(_difference("groepen")))
for _days in (8, 60, 100, 400):
    defect(
        f"a difference is sent for the last {_days} days",
        "LO-03",
        _since(_difference("leerlingen", within=timedelta(days=_days))),
    )
defect("nothing ever changes", "LO-03", _since(lambda las, inhoud, since: GeenWijzigingen()))
defect(
    "nothing changes within this year",
    "LO-03 LO-08",
    _since(lambda las, inhoud, since: GeenWijzigingen() if since.year >= las.changed_at.year - 1 else inhoud),
)
defect(
    "nothing changed is said as no data",
    "LO-01",
    _since(lambda las, inhoud, since: GeenGegevens() if isinstance(inhoud, GeenWijzigingen) else inhoud),
)
defect(
    "nothing changed is said as a fault",
    "LO-01",
    _since(lambda las, inhoud, since: 1 / 0 if isinstance(inhoud, GeenWijzigingen) else inhoud),
)
defect("laatstontvangengegevens is not looked at", "LO-02", wrap("unchanged", lambda las, inner, verzoek: False))


def _local(las: RightLas, inner: Any, verzoek: Any) -> bool:
    """Compares moments as they are written, and overlooks the zone."""
    since = verzoek.laatstontvangengegevens
    return since is not None and since.replace(tzinfo=UTC) >= las.changed_at


defect("the zone of laatstontvangengegevens is overlooked", "LO-06", wrap("unchanged", _local))
defect(
    "a moment without a zone is always old",
    "LO-06 LO-08",
    wrap(
        "unchanged",
        lambda las, inner, v: (
            v.laatstontvangengegevens is not None and v.laatstontvangengegevens.tzinfo is not None and inner(v)
        ),
    ),
)
defect(
    "without laatstontvangengegevens nothing changed the second time",
    "LG-02 LG-10",
    wrap(
        "unchanged",
        lambda las, inner, verzoek: las.asked > 1 if verzoek.laatstontvangengegevens is None else inner(verzoek),
    ),
)
defect(
    "every year is answered with this year",
    "LG-04 LO-05",
    wrap(
        "content",
        lambda las, inner, a, i: inner(
            a, i._replace(school=i.school._replace(schooljaar=las.roster.school.schooljaar))
        ),
    ),
)


def _swapped(name: str, when: Callable[[RightLas, Asked], bool]) -> Apply:
    """Two pupils have each other's key or ECK-iD, now and then."""

    def change(las: RightLas, a: Asked, i: Incoming, inhoud: Any) -> Any:
        if not isinstance(inhoud, Leerlinggegevens) or not when(las, a):
            return inhoud
        first, second, *rest = inhoud.leerlingen
        one, other = getattr(first, name), getattr(second, name)
        return _new(inhoud, leerlingen=(_new(first, **{name: other}), _new(second, **{name: one}), *rest))

    return _content((WHOLE,), change)


for _name, _where in (("key", "LG-10"), ("eckid", "LG-17")):
    defect(
        f"{_name} is another's where something changed",
        _where,
        _swapped(_name, lambda las, a: b"laatstontvangengegevens" in a.body),
    )
    defect(f"{_name} is another's every fifth time", _where, _swapped(_name, lambda las, a: las.asked % 5 == 0))
defect(
    "no data is said as a fault",
    "LO-05",
    _content(ROSTER, lambda las, a, i, x: 1 / 0 if isinstance(x, GeenGegevens) else x),
)
defect(
    "no data is said as nothing changed",
    "LO-05",
    _content((WHOLE,), lambda las, a, i, x: GeenWijzigingen() if isinstance(x, GeenGegevens) else x),
)


def _roster(name: str, where: str, change: Callable[[Any], Any]) -> None:
    def apply(las: RightLas) -> None:
        las.roster = change(las.roster)

    defect(name, where, apply)


def _first(roster: Any, name: str, **change: Any) -> Any:
    first, *rest = getattr(roster, name)
    return _new(roster, **{name: (_new(first, **change), *rest)})


def _school(roster: Any, **change: Any) -> Any:
    return _new(roster, school=_new(roster.school, **change))


_roster("the roster is of another school", "LG-04", lambda r: _school(r, brincode="99ZZ"))
_roster("the roster is of another location", "LG-04", lambda r: _school(r, dependancecode="05"))
_roster("two pupils share a key", "LG-05", lambda r: _first(r, "leerlingen", key=r.leerlingen[1].key))
_roster("two members of staff share a key", "LG-05", lambda r: _first(r, "leerkrachten", key=r.leerkrachten[1].key))
_roster("two groups share a key", "LG-05", lambda r: _first(r, "groepen", key=r.groepen[1].key))
_roster(
    "two pupils share an ECK-iD",
    "LG-06",
    lambda r: _first(r, "leerlingen", eckid=next(p.eckid for p in r.leerlingen[1:] if p.eckid)),
)
_roster("an ECK-iD is a number", "LG-07", lambda r: _first(r, "leerlingen", eckid="12345"))
_roster("a pupil is in a group that is not there", "LG-08", lambda r: _first(r, "leerlingen", groep="weg"))
_roster(
    "a pupil is in a samengestelde groep that is not there",
    "LG-08",
    lambda r: _first(r, "leerlingen", samengestelde_groepen=("weg",)),
)
_roster("nobody has a jaargroep", "LG-09", lambda r: _first(r, "leerlingen", jaargroep=None, groep=None))
_roster("a key has blanks around it", "LG-11", lambda r: _first(r, "leerlingen", key=f" {r.leerlingen[0].key} "))
_roster(
    "a pupil is born in the future",
    "LG-15",
    lambda r: _first(r, "leerlingen", geboortedatum=datetime(2090, 1, 1).date()),
)


def _damaged(las: RightLas, inner: Any, a: Asked, i: Incoming, inhoud: Any) -> bytes:
    name = las.roster.leerlingen[0].achternaam.encode()
    return inner(a, i, inhoud).replace(b"<achternaam>" + name, b"<achternaam>De  " + name, 1)


defect("a name has two blanks", "LG-15 LG-16", wrap("write", _damaged))


# Versions, profiles and the description.

defect("an unknown version is answered", "VS-01", _forgives(EVERY, "version"))
defect(
    "version 2.1 is refused though it was declared",
    "VS-02",
    wrap("receive", lambda las, inner, a: _only(inner(a), "2.2")),
)
defect(
    "version 2.1 is answered with eckid",
    "VS-04",
    wrap(
        "write",
        lambda las, inner, a, i, x: (
            inner(a, i._replace(verzoek=_new(i.verzoek, xsdversie="2.2")), x)
            if i.xsdversie == "2.1" and i.operation.name != RESULTS
            else inner(a, i, x)
        ),
    ),
)
defect(
    "the answer names another version",
    "VS-03",
    wrap("whole", lambda las, inner, a, i: _school(inner(a, i), xsdversie="2.0")),
)


def _only(incoming: Incoming, version: str) -> Incoming:
    if incoming.xsdversie != version:
        raise Refusal(Foutcode.XSD_VERSIE_ONGELDIG)
    return incoming


defect(
    "the profile says Smalle set, and more is sent",
    "PR-01",
    wrap("whole", lambda las, inner, a, i: _first(inner(a, i), "leerlingen", emailadres="kind@school.example")),
    profiel="Smalle set",
)
defect(
    "the profile says LVS-set, and less is sent",
    "PR-02",
    wrap("whole", lambda las, inner, a, i: _first(inner(a, i), "leerlingen", geboortedatum=None)),
    profiel="LVS-set",
)


def _described(
    change: Callable[[bytes], bytes], query: str = "wsdl", services: tuple[str, ...] = ("leerlinggegevens",)
) -> Apply:
    def around(las: RightLas, inner: Any, asked: Asked) -> Sent:
        sent = inner(asked)
        if not asked.request.query.casefold().startswith(query) or asked.request.service not in services:
            return sent
        return sent._replace(body=change(sent.body))

    return wrap("describe", around)


_BOTH = ("leerlinggegevens", "leerresultaten")
defect(
    "there is no WSDL",
    "TR-01",
    wrap("describe", lambda las, inner, a: Sent(404, (("Content-Type", "text/html"),), b"<html/>")),
)
defect(
    "the WSDL of results is missing",
    "TR-01",
    wrap(
        "describe",
        lambda las, inner, a: (
            inner(a)
            if a.request.service == "leerlinggegevens"
            else Sent(404, (("Content-Type", "text/html"),), b"<html/>")
        ),
    ),
)
for _service in _BOTH:
    _one = (_service,)
    defect(
        f"the WSDL of {_service} has the address of another host",
        "TR-16",
        _described(lambda b: re.sub(rb'(address location=")[^"]*', rb"\1http://las-intern/uwlr", b), services=_one),
    )
    defect(
        f"the WSDL of {_service} has the address of the template",
        "TR-16",
        _described(
            lambda b: re.sub(rb'(address location=")[^"]*', rb"\1http://localhost:8080/NOTDEFINEDYET", b), services=_one
        ),
    )
    defect(
        f"the WSDL of {_service} has other SOAPActions",
        "TR-16",
        _described(lambda b: re.sub(rb'soapAction="[^"]*"', b'soapAction=""', b), services=_one),
    )
    defect(
        f"the WSDL of {_service} is of another namespace",
        "TR-16",
        _described(lambda b: re.sub(rb'(targetNamespace=")[^"]*', rb"\1urn:las", b, count=1), services=_one),
    )
    defect(
        f"the WSDL of {_service} lacks the header",
        "TR-16",
        _described(lambda b: re.sub(rb"<(\w+:)?header [^>]*/>", b"", b), services=_one),
    )
    defect(
        f"the schemas of {_service} are not there",
        "TR-16 TR-18",
        wrap(
            "describe",
            lambda las, inner, a, s=_service: (
                inner(a)
                if not a.request.query.casefold().startswith("xsd") or a.request.service != s
                else Sent(404, (("Content-Type", "text/html"),), b"<html/>")
            ),
        ),
    )
    defect(
        f"the schemas of {_service} are empty",
        "TR-16 TR-18",
        _described(lambda b: b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>', query="xsd", services=_one),
    )
defect(
    "an operation is missing in the WSDL",
    "TR-16",
    _described(
        lambda b: re.sub(rb'<(\w+:)?operation name="HaalLeerkrachten">.*?</(\w+:)?operation>', b"", b, flags=re.DOTALL)
    ),
)
defect("the WSDL is rpc", "TR-16", _described(lambda b: b.replace(b'style="document"', b'style="rpc"')))
defect(
    "GET gives the roster",
    "TR-12",
    wrap(
        "describe",
        lambda las, inner, a: inner(a) if a.request.query else Sent(200, (("Content-Type", XML),), _plain(las)),
    ),
)
defect(
    "GET breaks it",
    "TR-12 TR-19",
    wrap(
        "describe",
        lambda las, inner, a: (
            inner(a)
            if a.request.query
            else Sent(500, (("Content-Type", "text/html"),), b"<html>NullPointerException at x(Y.java:1)</html>")
        ),
    ),
)


def _plain(las: RightLas) -> bytes:
    from uwlr.berichten import LeerlinggegevensAntwoord
    from uwlr.soap.envelope import write_envelope

    return write_envelope(LeerlinggegevensAntwoord(inhoud=las.roster))


# Results.


def _take(change: Callable[[RightLas, Any, Incoming, Any], None]) -> Apply:
    return wrap("take", lambda las, inner, incoming, verzoek: change(las, inner, incoming, verzoek))


def _once(las: RightLas, inner: Any, incoming: Incoming, verzoek: Any) -> None:
    inner(incoming, verzoek)
    seen = las.__dict__.setdefault("seen", set())
    keys = {one.key for afname in verzoek.toetsafnames for one in afname.resultaten}
    if keys & seen:
        raise Refusal(Foutcode.ELD_RESULTAAT_ONGELDIG)
    seen |= keys


def _silent(las: RightLas, inner: Any, incoming: Incoming, verzoek: Any) -> None:
    known = {leerling.key for leerling in las.roster.leerlingen}
    if all(afname.leerlingid in known for afname in verzoek.toetsafnames):
        inner(incoming, verzoek)


defect("results are refused", "LR-01", _take(lambda las, inner, i, v: 1 / 0))
defect("results are not taken twice", "LR-03", _take(_once))
defect("results of unknown pupils are confirmed", "LR-05", _take(_silent))
defect("an older message is taken", "LR-04", wrap("later", lambda las, inner, moment, last: moment != last))
defect("a message of the same moment is taken", "LR-04", wrap("later", lambda las, inner, moment, last: moment >= last))
defect("moments of messages are not compared", "LR-04", wrap("later", lambda las, inner, moment, last: True))
defect(
    "moments are compared as they are written",
    "LR-04 LR-11",
    wrap("later", lambda las, inner, moment, last: moment.replace(tzinfo=None) > last.replace(tzinfo=None)),
)
defect(
    "moments are compared by the day",
    "LR-03 LR-04",
    wrap("later", lambda las, inner, moment, last: moment.date() > last.date()),
)
defect(
    "a deep message breaks it (results)",
    "VI-03",
    _breaks_on("receive", lambda a: a.request.service == "leerresultaten" and a.body.count(b"<a>") > 500),
)
defect(
    "results with a DOCTYPE break it",
    "VI-01",
    _breaks_on("receive", lambda a: a.request.service == "leerresultaten" and b"<!DOCTYPE" in a.body),
)
DEFECTS: tuple[Defect, ...] = tuple(_ALL)


def systems(pairs: int = 80) -> Iterator[tuple[Defect, ...]]:
    """Each defect by itself, and some two of different kinds together."""
    for one in DEFECTS:
        yield (one,)
    step = len(DEFECTS) // 3
    for place in range(pairs):
        one, other = DEFECTS[(place * 7) % len(DEFECTS)], DEFECTS[(place * 7 + step) % len(DEFECTS)]
        if not one.where & other.where and not (one.config and other.config):
            yield (one, other)
