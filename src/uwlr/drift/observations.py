"""What the answers of a recording show, counted: which elements stand where, how they are written, what was refused."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from hashlib import blake2b
from typing import Final, NamedTuple, TypeAlias

from lxml import etree

from uwlr import norm
from uwlr.codec.parser import local_name, namespace_of, parse
from uwlr.drift.differences import USUAL, Asked, Feature, Kind
from uwlr.drift.questions import Centre
from uwlr.drift.written_as import key_form, key_word, value_form, whole_form
from uwlr.errors import NotXml
from uwlr.paths import Path
from uwlr.recorded import RecordedExchange, Recording
from uwlr.written_values import code_list_of

ABSENT: Final = "absent"
EMPTY: Final = "empty"
FILLED: Final = "filled"
NO_FAULT: Final = "no fault"
ENVELOPE: Final = Path.of("Envelope")
_KEYS: Final = ("key", "eckid")
_SPOKEN: Final = frozenset(
    {"Content-Type", "Content-Encoding", "Cache-Control", "Connection", "Server", "X-Powered-By"}
)
"""Headers whose values say something of the system."""
_CHANGING: Final = frozenset({"Content-Length", "Date", "Age", "Etag", "Last-Modified", "Expires", "Keep-Alive"})
"""Headers that tell about one answer, or that a server sends now and then."""
_TERMS: Final = frozenset({"xsdversie"})
"""Elements without a code list that hold a term of the system."""
_LONGEST: Final = 64
"""Characters of a code that are shown."""
_INVENTED: Final = re.compile(r"(?i:xq)\w*|\b9900[0-9]+")


class Aspect(NamedTuple):
    """Something that an answer shows one value of.

    Attributes:
        kind: what a difference in it is.
        place: where it stands.
        feature: what of a form it is.
        asked: the question, if it depends on that.
        many: whether items of a list show it, which may differ among themselves.
    """

    kind: Kind
    place: Path
    feature: Feature = ""
    asked: Asked | None = None
    many: bool = False


Values: TypeAlias = Counter[str]


class Observations:
    """What the answers of one side show.

    Args:
        recording: the side.

    Attributes:
        centre: the school and the year that it is about.
        exchanges: how many there are.
        values: how often each value of each aspect was seen.
        children: of each place and name of a child, how often elements at that place have it, absent, empty or filled.
        parents: how often there was an element at a place; of a header, an answer of its sort.
        many: places where items of a list stand, or what is in them.
        sequences: of each place, how often children that are alone of their name stand in an order.
        keys: keys of the items of each list, in order.
        items: how many different items each list has.
        sent: names of HTTP headers in the requests, and how often a message came back, or something else.
        times: milliseconds that answers to each question took.
    """

    def __init__(self, recording: Recording) -> None:
        self.exchanges = 0
        self.values: dict[Aspect, Values] = defaultdict(Counter)
        self.parents: Counter[Path] = Counter()
        self.children: dict[Path, Values] = defaultdict(Counter)
        self.many: set[Path] = set()
        self.sequences: dict[Path, Counter[tuple[str, ...]]] = defaultdict(Counter)
        self.keys: dict[Path, dict[str, None]] = defaultdict(dict)
        self.items: Counter[Path] = Counter()
        self.sent: Counter[tuple[frozenset[str], bool]] = Counter()
        self.times: dict[Asked, list[float]] = defaultdict(list)
        self._items_seen: set[bytes] = set()
        listed = list(recording)
        self.centre = Centre.of(listed)
        for exchange in listed:
            self.exchanges += 1
            self._take(exchange, recording.answer(exchange.number))

    @property
    def asked(self) -> set[Asked]:
        """The questions."""
        return set(self.times)

    def times_of(self, asked: Asked) -> float | None:
        """The median of the times that the answers to a question took; None without answers."""
        times = self.times[asked]
        return statistics.median(times) if times else None

    def persons(self, place: Path) -> float:
        """Give the share of items at a place, or around it, that are different ones: one may come in many answers."""
        while place and place not in self.items:
            place = place.parent
        return len(self.keys[place]) / self.items[place] if place else 1.0

    def _take(self, exchange: RecordedExchange, body: bytes) -> None:
        asked = self.centre.asked(exchange)
        times = self.times[asked]
        if exchange.last_byte_ms is not None:
            times.append(exchange.last_byte_ms)
        status = [str(exchange.status)] if exchange.status is not None else []
        shown = ", ".join([*status, *([exchange.problem] if exchange.problem else [])]) or "no answer"
        self.values[Aspect("status", Path(), asked=asked)][shown] += 1
        root = _root(body)
        if exchange.service != "wsdl" and exchange.status is not None:
            self._answered(exchange, asked, root, body)
        if exchange.method == "POST":
            self.sent[frozenset(name for name, _ in exchange.request.headers), root is not None] += 1
        self._headers(exchange, exchange.answer.kind or "page")
        if root is not None and exchange.service == "wsdl":
            self._description(root)
        elif root is not None and local_name(root.tag) == ENVELOPE.last.name:
            self._message(exchange, root, body, asked)

    def _answered(self, exchange: RecordedExchange, asked: Asked, root: etree._Element | None, body: bytes) -> None:
        if exchange.fault is not None:
            self.values[Aspect("fault", Path(), asked=asked)][exchange.fault] += 1
            return
        self.values[Aspect("fault", Path(), asked=asked)][NO_FAULT] += 1
        if exchange.answer.left_out or not body:
            shown = str(exchange.answer.left_out or "nothing")
        elif root is None:
            shown = "no XML"
        else:
            message = _message_of(root)
            inside = next(iter(message), None) if message is not None else None
            names = [local_name(one.tag) for one in (message, inside) if one is not None]
            shown = "/".join(names) or local_name(root.tag)
        self.values[Aspect("answer", Path(), asked=asked)][shown] += 1

    def _headers(self, exchange: RecordedExchange, sort: str) -> None:
        if exchange.status is None:
            return
        found: dict[str, str] = {}
        for name, value in exchange.answer.headers:
            shown = "-".join(part.capitalize() for part in name.split("-"))
            if shown not in _CHANGING:
                spoken = _INVENTED.sub("…", value or "") if shown in _SPOKEN else ""
                found[shown] = spoken or "present"
        place = Path.of("HTTP", sort)
        self.parents[place] += 1
        for name, value in found.items():
            self.values[Aspect("header", place.child(name))][value] += 1

    def _message(self, exchange: RecordedExchange, root: etree._Element, body: bytes, asked: Asked) -> None:
        form = whole_form(body, exchange.answer.encoding)
        for feature, value in form.items():
            self.values[Aspect("form", ENVELOPE, feature)][value] += 1
        self.values[Aspect("form", ENVELOPE, "prefix")][root.prefix or ""] += 1
        message = _message_of(root)
        if message is None:
            return
        name = local_name(message.tag)
        # What another version of a message has is another matter.
        place = Path.of(name if asked.xsdversie in {USUAL, None} else f"{name} {asked.xsdversie}")
        if name != "Fault":
            self.values[Aspect("form", Path.of("Body"), "body prefix")][message.prefix or ""] += 1
        self.values[Aspect("form", place, "namespace")][namespace_of(message.tag) or ""] += 1
        self._element(message, place, "", many=False)

    def _description(self, root: etree._Element) -> None:
        """Look at the operations of a WSDL, and at the SOAPAction that each has."""
        place = Path.of(local_name(root.tag), (root.get("targetNamespace") or "").rstrip("/").rpartition("/")[2] or "-")
        self.parents[place] += 1
        for operation in root.iterfind(f"{{{norm.WSDL}}}binding/{{{norm.WSDL}}}operation"):
            at = place.child(operation.get("name") or "")
            self.children[at][FILLED] += 1
            action = next((one.get("soapAction") for one in operation if one.get("soapAction") is not None), None)
            self.values[Aspect("form", at, "SOAPAction")][action or ""] += 1

    def _element(self, element: etree._Element, place: Path, parent: str, *, many: bool) -> None:
        self.parents[place] += 1
        if many:
            self.many.add(place)
        name = place.last.name
        for attribute, value in element.attrib.items():
            at = place.attribute(local_name(str(attribute)))
            self.children[at][FILLED if str(value).strip() else EMPTY] += 1
            if at.last.name in _KEYS:
                self.values[Aspect("form", at, "word before the key", many=many)][key_word(str(value))] += 1
                self.values[Aspect("form", at, "key", many=many)][key_form(str(value))] += 1
        names = Counter(local_name(child.tag) for child in element)
        for child, count in names.items():
            self.children[place.child(child)][_state(element, child)] += 1
            if count > 1:
                self.many.add(place.child(child))
        self.sequences[place][tuple(one for one, count in names.items() if count == 1)] += 1
        if not len(element) and (text := (element.text or "").strip()):
            self._value(text, place, parent, many=many)
        for inner in element:
            self._child(inner, place.child(local_name(inner.tag)), name, many=many)

    def _child(self, child: etree._Element, place: Path, parent: str, *, many: bool) -> None:
        """Look at an element; an item that was there before, in another answer, counts once."""
        key = child.get("key")
        if key is not None and len(child):
            many = True
            digest = blake2b(str(place).encode() + etree.tostring(child, with_tail=False), digest_size=16).digest()
            if digest in self._items_seen:
                return
            self._items_seen.add(digest)
            self.keys[place][key] = None
            self.items[place] += 1
        self._element(child, place, parent, many=many)

    def _value(self, text: str, place: Path, parent: str, *, many: bool) -> None:
        if code_list_of(parent, place.last.name) or place.last.name in _TERMS:
            self.values[Aspect("code", place, many=many)][_INVENTED.sub("…", text)[:_LONGEST]] += 1
        elif form := value_form(text):
            self.values[Aspect("form", place, "value", many=many)][form] += 1


def _root(body: bytes) -> etree._Element | None:
    try:
        return parse(body) if body.strip() else None
    except NotXml:
        return None


def _message_of(root: etree._Element) -> etree._Element | None:
    """The element in the Body, or the document itself if it is no envelope."""
    if local_name(root.tag) != "Envelope":
        return root
    body = next((child for child in root if local_name(child.tag) == "Body"), None)
    return next(iter(body), None) if body is not None else None


def _state(element: etree._Element, name: str) -> str:
    """Whether the children of a name have something in them: content, or an attribute."""
    found = (child for child in element if local_name(child.tag) == name)
    filled = any(len(child) or child.attrib or (child.text or "").strip() for child in found)
    return FILLED if filled or name in _NEVER_FILLED else EMPTY


_NEVER_FILLED: Final = frozenset({"geengegevens", "geenwijzigingen", "leerresultaten_bevestiging"})
