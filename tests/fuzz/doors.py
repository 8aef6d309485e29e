"""What reading costs for a byte, door by door, over documents from 64 KB on.

The median of a door is that of the documents it goes through: it returns, or names every deviation. Documents that it
refuses at their beginning, or where they break off, cost next to nothing and would pull the median down; they are held
to the bar all the same.

Time is processor time. Noise only adds to it, so a cost is the least of several, and what is over the bar is measured
again and again before it counts: a busy machine fails nothing.
"""

from __future__ import annotations

import copy
import gc
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from time import process_time
from typing import NamedTuple

from lxml import etree

import uwlr
from fuzz.__main__ import KEPT
from fuzz.seeds import seeds
from fuzz.targets import HEADED
from uwlr import edexml, norm
from uwlr.anonymising import Anonymiser
from uwlr.errors import InvalidMessage, NotXml, UwlrError
from uwlr.pseudonymiser import Pseudonymiser
from uwlr.soap.http import HttpRefusal, Request
from uwlr.soap.operations import Service
from uwlr.soap.providers import Refusal
from uwlr.soap.receive import receive
from uwlr.soap.redact import Redaction
from uwlr.soap.settings import Settings
from uwlr.validation.report_data import Validity
from uwlr.xml_problems import XmlProblem

FACTOR = 10
"""Times the median of a door."""
SMALL = 1 << 16
"""Bytes that a document has at least."""
_SETTINGS = Settings(soap_action_required=False)


def _receive(data: bytes) -> object:
    service: Service = "leerresultaten" if b"leerresultaten_verzoek" in data else "leerlinggegevens"
    headers = {"content-type": "text/xml", "content-length": str(len(data))}
    return receive(Request(service, headers=headers, body=data), _SETTINGS)


def _redact(data: bytes) -> object:
    if Redaction().redact(data).startswith("["):
        raise NotXml(XmlProblem.SYNTAX)
    return None


def _validate(data: bytes) -> object:
    if uwlr.validate(data).layer("xml").validity is not Validity.VALID:
        raise NotXml(XmlProblem.SYNTAX)
    return None


DOORS: Mapping[str, Callable[[bytes], object]] = {
    "read": uwlr.read,
    "read_tolerant": uwlr.read_tolerant,
    "iter_leerlingen": lambda data: sum(1 for _ in uwlr.iter_leerlingen(data)),
    "iter_resultaten": lambda data: sum(1 for _ in uwlr.iter_resultaten(data)),
    "validate": _validate,
    "redact": _redact,
    "receive": _receive,
    "pseudonymise": lambda data: Pseudonymiser(b"x").message(data),
    "anonymise": lambda data: Anonymiser(b"x").message(data),
    "edexml": edexml.read,
    "edexml tolerant": edexml.read_tolerant,
}


# --- documents ------------------------------------------------------------------------------------------------------

_ROSTER = (
    f'<leerlinggegevens_antwoord xmlns="{norm.LEERLINGGEGEVENS}"><leerlinggegevens xmlns="{norm.LEERLINGGEGEVENS}">'
)
_HEAD = f"{_ROSTER}<school><schooljaar>2026-2027</schooljaar><brincode>99XX</brincode></school><leerlingen>"
_FOOT = "</leerlingen></leerlinggegevens></leerlinggegevens_antwoord>"
_PUPIL = '<leerling key="{n}"><achternaam>A</achternaam>{in_it}</leerling>'
_ENVELOPE = f'<s:Envelope xmlns:s="{norm.SOAP_ENVELOPE}">{{header}}<s:Body>{{body}}</s:Body></s:Envelope>'


def _many(piece: str, size: int, *, head: str = "", foot: str = "") -> bytes:
    """As many pieces as it takes, each with its number where it says {n}."""
    count = size // len(piece.replace("{n}", "00000")) + 1
    return "".join([head, *(piece.replace("{n}", str(n)) for n in range(count)), foot]).encode()


def _pupils(in_it: str, size: int) -> bytes:
    return _many(_PUPIL.replace("{in_it}", in_it), size, head=_HEAD, foot=_FOOT)


SHAPES: Mapping[str, Callable[[int], bytes]] = {
    "one attribute": lambda size: b'<a b="' + b"u" * size + b'"/>',
    "one attribute of a pupil": lambda size: f'{_HEAD}<leerling key="{"u" * size}"/>{_FOOT}'.encode(),
    "references in an attribute": lambda size: f'{_HEAD}<leerling key="{"&#65;" * (size // 5)}"/>{_FOOT}'.encode(),
    "an attribute that never ends": lambda size: _HEAD.encode() + b'<leerling key="' + b"u" * size,
    "attributes": lambda size: _many(' a{n}="1"', size, head="<a", foot="/>"),
    "attributes of a pupil": lambda size: _many(' a{n}="1"', size, head=f'{_HEAD}<leerling key="1"', foot=f"/>{_FOOT}"),
    "attributes of a block": lambda size: _many(
        ' a{n}="1"',
        size,
        head=f'{_HEAD}<leerling key="1"><toevoegingen><b xmlns="x"',
        foot=f"/></toevoegingen></leerling>{_FOOT}",
    ),
    "attributes of an envelope": lambda size: _many(
        ' a{n}="1"', size, head=f'<s:Envelope xmlns:s="{norm.SOAP_ENVELOPE}"><s:Body', foot="/></s:Envelope>"
    ),
    "60 attributes each": lambda size: _many(
        f'<leerling key="{{n}}" {" ".join(f"a{n}={chr(34)}{n}{chr(34)}" for n in range(60))}/>',
        size,
        head=_HEAD,
        foot=_FOOT,
    ),
    "namespaces": lambda size: _many(' xmlns:n{n}="u{n}"', size, head="<a", foot="/>"),
    "namespaces of a pupil": lambda size: _many(
        ' xmlns:n{n}="u{n}"', size, head=f'{_HEAD}<leerling key="1"', foot=f"><n1:a/></leerling>{_FOOT}"
    ),
    "namespaces at the root": lambda size: _many(
        ' xmlns:n{n}="u{n}"', size, head="<leerlinggegevens_antwoord", foot=_HEAD.partition("antwoord")[2] + _FOOT
    ),
    "a namespace for each element": lambda size: _many('<n{n}:a xmlns:n{n}="u{n}"/>', size, head=_HEAD, foot=_FOOT),
    "namespaces within namespaces": lambda size: (
        "".join(f'<a xmlns:n{n}="u{n}">' for n in range(250)) + "<b/>" * (size // 4) + "</a>" * 250
    ).encode(),
    "one namespace, long": lambda size: f'<a xmlns="{"u" * size}"/>'.encode(),
    "a long namespace, used": lambda size: (f'<a xmlns:n="{"u" * (size // 2)}">{"<n:b/>" * (size // 12)}</a>').encode(),
    "a long namespace in a pupil": lambda size: (
        f'{_HEAD}<leerling xmlns:n="{"u" * (size // 2)}">{"<n:b/>" * (size // 12)}</leerling>{_FOOT}'
    ).encode(),
    "1,000 letters of namespace": lambda size: (
        f'{_HEAD}<leerling xmlns:n="{"u" * 1000}">{"<n:b/>" * (size // 6)}</leerling>{_FOOT}'
    ).encode(),
    "250 namespaces": lambda size: _many(
        "<n1:a/>",
        size,
        head=f"{_HEAD}<leerling {' '.join(f'xmlns:n{n}={chr(34)}u{n}{chr(34)}' for n in range(250))}>",
        foot=f"</leerling>{_FOOT}",
    ),
    "a long prefix": lambda size: f"<{'p' * size}:a xmlns:{'p' * size}='u'/>".encode(),
    "a long name": lambda size: f"<{'a' * size}/>".encode(),
    "names": lambda size: _many("<a{n}/>", size, head="<a>", foot="</a>"),
    "names in a pupil": lambda size: _many(
        "<a{n}/>", size, head=f'{_HEAD}<leerling key="1"><achternaam>A</achternaam>', foot=f"</leerling>{_FOOT}"
    ),
    "depth": lambda size: b"<a>" * (size // 3),
    "depth of 200": lambda size: (("<a>" * 200 + "</a>" * 200) * (size // 1400 + 1)).join(("<r>", "</r>")).encode(),
    "comments": lambda size: _many("<!-- {n} -->", size, head=_HEAD, foot=_FOOT),
    "comments in front": lambda size: _many("<!-- {n} -->", size, foot="<a/>"),
    "comments in a text": lambda size: _many(
        "a<!---->", size, head=f'{_HEAD}<leerling key="1"><achternaam>', foot=f"</achternaam></leerling>{_FOOT}"
    ),
    "half a comment": lambda size: b"<a><!--" + b"- " * (size // 2),
    "instructions": lambda size: _many("<?p {n}?>", size, head=_HEAD, foot=_FOOT),
    "CDATA": lambda size: _many(
        "<![CDATA[a]]>", size, head=f'{_HEAD}<leerling key="1"><achternaam>', foot=f"</achternaam></leerling>{_FOOT}"
    ),
    "half a CDATA": lambda size: b"<a><![CDATA[" + b"]" * size,
    "one text": lambda size: (
        f'{_HEAD}<leerling key="1"><achternaam>{"a" * size}</achternaam></leerling>{_FOOT}'
    ).encode(),
    "references": lambda size: (
        f'{_HEAD}<leerling key="1"><achternaam>{"&amp;" * (size // 5)}</achternaam></leerling>{_FOOT}'
    ).encode(),
    "ampersands": lambda size: _HEAD.encode() + b"&" * size,
    "angles": lambda size: b"<" * size,
    "comments that do not end": lambda size: b"<x>" + b"<!--" * (size // 4),
    "CDATA that does not end": lambda size: b"<x>" + b"<![CDATA[" * (size // 9),
    "instructions that do not end": lambda size: b"<x>" + b"<?" * (size // 2),
    "quotes": lambda size: b"<a " + b"'" * size,
    "white space": lambda size: _HEAD.encode() + b" " * size + _FOOT.encode(),
    "white space behind the root": lambda size: (_HEAD + _FOOT).encode() + b" " * size,
    "white space in a tag": lambda size: f'{_HEAD}<leerling {" " * size}key="1"/>{_FOOT}'.encode(),
    "lines": lambda size: _HEAD.encode() + b"\r\n" * (size // 2) + _FOOT.encode(),
    "digits": lambda size: (f'{_HEAD}<leerling key="1"><jaargroep>{"1" * size}</jaargroep></leerling>{_FOOT}').encode(),
    "a fraction of a second": lambda size: (
        f"{_ROSTER}<school><aanmaakdatum>2026-01-01T00:00:00.{'1' * size}</aanmaakdatum></school>"
    ).encode(),
    "no text": lambda size: b"\x00\xff\xfe" * (size // 3),
    "letters": lambda size: b"a" * size,
    "usual": lambda size: _pupils("<roepnaam>B</roepnaam><geboortedatum>2015-01-01</geboortedatum>", size),
    "empty pupils": lambda size: _many("<leerling/>", size, head=_HEAD, foot=_FOOT),
    "an unknown element each": lambda size: _pupils("<a/>", size),
    "an unknown attribute each": lambda size: _many('<leerling a="1" key="{n}"/>', size, head=_HEAD, foot=_FOOT),
    "wrong order": lambda size: _pupils("<roepnaam>B</roepnaam><voornamen>C</voornamen>", size),
    "repeated": lambda size: _pupils("<roepnaam/><roepnaam/><roepnaam/>", size),
    "repeated in one": lambda size: _many(
        "<roepnaam>B</roepnaam>",
        size,
        head=f'{_HEAD}<leerling key="1"><achternaam>A</achternaam>',
        foot=f"</leerling>{_FOOT}",
    ),
    "unreadable dates": lambda size: _pupils("<geboortedatum>x</geboortedatum>", size),
    "types": lambda size: _pupils('<roepnaam xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="x:y"/>', size),
    "nil": lambda size: _pupils('<roepnaam xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:nil="1"/>', size),
    "private elements": lambda size: _pupils('<toevoegingen><b xmlns="x{n}"><c/></b></toevoegingen>', size),
    "groups of one pupil": lambda size: _many(
        '<samengestelde_groep key="{n}"/>',
        size,
        head=f'{_HEAD}<leerling key="1"><achternaam>A</achternaam><samengestelde_groepen>',
        foot=f"</samengestelde_groepen></leerling>{_FOOT}",
    ),
    "the same key": lambda size: _many(
        '<leerling key="1"><achternaam>A</achternaam></leerling>', size, head=_HEAD, foot=_FOOT
    ),
    "pupils in a pupil": lambda size: _many(
        _PUPIL.replace("{in_it}", ""), size, head=f"{_HEAD}<leerling>", foot=f"</leerling>{_FOOT}"
    ),
    "an envelope": lambda size: _ENVELOPE.format(header="", body=_pupils("", size).decode()).encode(),
    "header blocks": lambda size: _ENVELOPE.format(
        header=_many("<a/>", size, head="<s:Header>", foot="</s:Header>").decode(), body="<a/>"
    ).encode(),
    "headers": lambda size: _ENVELOPE.format(header="<s:Header/>" * (size // 11), body="<a/>").encode(),
    "a fault": lambda size: _ENVELOPE.format(
        header="", body=f"<s:Fault><faultcode>{'a:' * (size // 2)}</faultcode><faultstring/></s:Fault>"
    ).encode(),
    "a detail": lambda size: _ENVELOPE.format(
        header="",
        body=_many("<a>b</a>", size, head="<s:Fault><faultcode/><detail>", foot="</detail></s:Fault>").decode(),
    ).encode(),
}
"""Documents of one thing only, of about as many bytes as is asked."""


def grown(data: bytes, dice: Random) -> bytes:
    """Let a document grow to `SMALL`: one of its elements repeated in its place; what is no XML, as a whole."""
    try:
        root = etree.fromstring(data)
    except (etree.XMLSyntaxError, ValueError):
        return data * (SMALL // max(len(data), 1) + 1)
    inner = [element for element in root.iter("*") if element is not root]
    if not inner:
        return data * (SMALL // len(data) + 1)
    chosen = dice.choice(inner)
    chosen.tail = None
    piece = etree.tostring(chosen)
    parent = chosen.getparent()
    assert parent is not None
    begin = parent.index(chosen)
    count, made = SMALL // len(piece), b""
    while len(made) < SMALL:
        count += count // 2 + 1
        parent[begin : begin + 1] = [copy.deepcopy(chosen) for _ in range(count)]
        del parent[begin + count :]
        made = etree.tostring(root)
    return made


def corpus(every: int = 1) -> Iterator[tuple[str, bytes]]:
    """Each so-manieth kept input and seed, grown."""
    documents = [
        (f"{target}/{path.name}", path.read_bytes())
        for target in ("read", "read_tolerant", "validate", "soap", "edexml")
        for path in sorted((KEPT / target).iterdir())
    ]
    documents += [
        (f"{target} seed {number}", data)
        for target in ("read", "soap", "edexml")
        for number, data in enumerate(seeds(target))
    ]
    assert not HEADED.intersection(name.partition("/")[0] for name, _ in documents)
    for name, data in documents[::every]:
        yield name, grown(data, Random(name))


# --- costs ----------------------------------------------------------------------------------------------------------


class Cost(NamedTuple):
    """What a document cost behind a door."""

    name: str
    size: int
    per_byte: float
    whole: bool
    """Whether the door went through it."""


def cost(door: str, name: str, data: bytes, *, times: int = 3) -> Cost:
    """Measure a document: the least processor time of some goes."""
    run, best, whole = DOORS[door], float("inf"), True
    for _ in range(times):
        gc.collect(0)
        began = process_time()
        try:
            run(data)
        except (UwlrError, Refusal, HttpRefusal) as error:
            whole = isinstance(error, InvalidMessage) or _is_read(error)
        best = min(best, process_time() - began)
    return Cost(name, len(data), best / len(data), whole)


def _is_read(error: Exception) -> bool:
    """Whether the door of a server refuses what it read as XML."""
    return isinstance(error, Refusal) and not str(error.detail).startswith("no XML")


def median(costs: Sequence[Cost]) -> float:
    """The median of those that were gone through."""
    return statistics.median(one.per_byte for one in costs if one.whole)


BASIS: Mapping[str, str] = {
    "iter_leerlingen": "read",
    "iter_resultaten": "read",
    "receive": "read",
    "edexml": "read",
    "edexml tolerant": "read",
}
"""Doors that are held to the median of another, since they refuse nearly all of these documents: an iterator ends at
the first item that deviates, a server and a reader of EDEXML at what is no request or no such file. Their own median
would be that of libxml2 alone, or of very few documents."""


def costly(door: str, documents: Sequence[tuple[str, bytes]], *, times: int = 1) -> dict[str, float]:
    """The documents that cost more than `FACTOR` times the median of a door for a byte, with how many times it is.

    Each is measured some times; what seems too much is measured ten times more, as little as it may take.
    """
    costs = [cost(door, name, data, times=times) for name, data in documents]
    basis = BASIS.get(door)
    limit = FACTOR * median([cost(basis, *one, times=times) for one in documents] if basis else costs)
    found = {}
    for one, (name, data) in zip(costs, documents, strict=True):
        if one.per_byte > limit:
            again = cost(door, name, data, times=10).per_byte
            if again > limit:
                found[name] = FACTOR * again / limit
    return found
