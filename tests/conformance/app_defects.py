# ruff: noqa: ARG005, D103, S318 - small parts of one form, most of which use a part of what they get
"""Defects of applications: parts that take the place of right ones, and where the referee must find them."""

from __future__ import annotations

import re
import secrets
import threading
import xml.dom.minidom
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lxml import etree

from conformance.parted_application import LG, Answer, PartedApplication, Pupil


class Defect(NamedTuple):
    """One way to be wrong: a mixin, and the requirements of which one must be found unmet."""

    name: str
    where: frozenset[str]
    part: type
    slow: bool = False


_ALL: list[Defect] = []


def defect(name: str, where: str, *, slow: bool = False, **members: Any) -> None:
    _ALL.append(Defect(name, frozenset(where.split()), type(f"Part{len(_ALL)}", (), members), slow))


def make(*parts: type) -> PartedApplication:
    """An application with these parts, the first in front."""
    return type("Application", (*parts, PartedApplication), {})()


def _base(name: str) -> Callable[..., Any]:
    return getattr(PartedApplication, name)


# Reading.

_LEERLING = re.compile(rb'<leerling key="([^"]*)"(?: eckid="([^"]*)")?>(.*?)</leerling>', re.DOTALL)


def _by_pattern(self: Any, status: int, body: bytes) -> Answer:
    found = _LEERLING.findall(body)
    if b"<leerlinggegevens>" in body:
        pupils = tuple(Pupil(key.decode(), eckid.decode() or None, (key.decode(),)) for key, eckid, _ in found)
        return Answer("roster", pupils)
    return _base("read")(self, status, body)


def _by_dom(self: Any, status: int, body: bytes) -> Answer:
    try:
        document = xml.dom.minidom.parseString(body)
    except Exception:  # noqa: BLE001 - whatever it raises
        return Answer("unreadable")
    found = document.getElementsByTagName("leerling")
    if not document.getElementsByTagName("leerlinggegevens"):
        return _base("read")(self, status, body)._replace(pupils=())
    return Answer(
        "roster",
        tuple(
            Pupil(e.getAttribute("key"), e.getAttribute("eckid") or None, (e.getAttribute("key"),))
            for e in found
            if e.parentNode.nodeName == "leerlingen"
        ),
    )


def _as_utf8(self: Any, status: int, body: bytes) -> Answer:
    try:
        text = re.sub(r"^<\?xml[^>]*>", "", body.decode("utf-8"))
    except UnicodeDecodeError:
        return Answer("unreadable")
    return _base("read")(self, status, text.encode())


def _as_latin(self: Any, status: int, body: bytes) -> Answer:
    text = re.sub(r"^<\?xml[^>]*>", "", body.decode("latin-1"))
    return _base("read")(self, status, text.encode()) if "\0" not in text else Answer("unreadable")


def _by_place(self: Any, status: int, body: bytes) -> Answer:
    """Takes what stands first in a pupil for the name, whatever it is, and lines for text."""
    answer = _base("read")(self, status, body)
    return answer if answer.kind != "roster" or b"\n" not in body[200:] else Answer("unreadable")


def _as_dict(need: str) -> Callable[..., Answer]:
    """Reads into dictionaries, where one child is no list and none is an error."""

    def read(self: Any, status: int, body: bytes) -> Answer:
        answer = _base("read")(self, status, body)
        if answer.kind != "roster":
            return answer
        root = etree.fromstring(body)
        lists = {
            name: list(root.iter(f"{{{LG}}}{name}")) for name in ("leerling", "leerkracht", "samengestelde_groepen")
        }
        if need == "one-pupil" and len(lists["leerling"]) == 1:
            return Answer("unreadable")
        if need == "one-member" and len(lists["leerkracht"]) == 1:
            return Answer("unreadable")
        if need == "no-staff" and not lists["leerkracht"]:
            return Answer("unreadable")
        if need == "no-subgroups" and not lists["samengestelde_groepen"]:
            return Answer("unreadable")
        return answer

    return read


def _most(number: int) -> Callable[..., Answer]:
    def read(self: Any, status: int, body: bytes) -> Answer:
        answer = _base("read")(self, status, body)
        return answer._replace(pupils=answer.pupils[:number])

    return read


def _unless(pattern: bytes) -> Callable[..., Answer]:
    """Does not read what has something in it."""
    found = re.compile(pattern)
    return lambda self, status, body: (
        Answer("unreadable")
        if found.search(body) and b"<leerlinggegevens" in body.replace(b"ns2:", b"")
        else _base("read")(self, status, body)
    )


defect("reads by a pattern", "EA-27", read=_by_pattern)
defect("reads by names with their prefix", "EA-27", read=_by_dom)
defect("takes everything for UTF-8", "EA-27", read=_as_utf8)
defect("takes everything for Latin-1", "EA-27", read=_as_latin)
defect("cannot read lines between elements", "EA-27", read=_by_place)
defect("cannot read CDATA", "EA-27", read=_unless(rb"<!\[CDATA\["))
defect("cannot read single quotes", "EA-27", read=_unless(rb"key='"))
defect("cannot read schemaLocation", "EA-27", read=_unless(rb"schemaLocation"))
defect(
    "cannot read UTF-16",
    "EA-27",
    read=lambda self, s, b: Answer("unreadable") if b[:2] in {b"\xff\xfe", b"\xfe\xff"} else _base("read")(self, s, b),
)
defect("cannot read comments", "EA-27", read=_unless(rb"<!--"))
for _need in ("one-pupil", "one-member", "no-staff", "no-subgroups"):
    defect(f"falls over {_need}", "EA-28", read=_as_dict(_need))
for _number in (10, 50, 100, 250, 399):
    defect(f"reads {_number} pupils at most", "EA-33", read=_most(_number))
defect("drops pupils without ECK-iD", "EA-29", wanted=lambda self, one, root: one.get("eckid") is not None)
for _field in ("achternaam", "geboortedatum", "groep", "jaargroep", "geslacht"):
    defect(
        f"drops pupils without {_field}",
        "EA-31",
        wanted=lambda self, one, root, f=_field: one.find(f"{{{LG}}}{f}") is not None,
    )
defect("knows pupils by name", "EA-32", self_of=lambda self, pupil: " ".join(pupil.name))
defect("knows pupils by ECK-iD alone", "EA-29 EA-31", self_of=lambda self, pupil: str(pupil.eckid))
defect(
    "knows pupils by key alone",
    "EA-18 EA-15",
    matched=lambda self, pupils: {
        **{p.eckid or p.key: p for p in pupils},
        **{w: p for w, p in self.pupils.items() if w in {q.eckid for q in pupils}},
    },
)


def _empties(*kinds: str) -> Callable[..., None]:
    def take(self: Any, answer: Answer) -> None:
        if answer.kind in kinds or answer.code in kinds:
            self.pupils = {}
        else:
            _base("take")(self, answer)

    return take


defect("takes every failure for an empty school", "EA-34", take=_empties("fault", "unreadable"))
defect("takes a fault for an empty school", "EA-34", take=_empties("fault"))
defect("takes a refusal for an empty school", "EA-34", take=_empties("Client.AutorisatieOngeldig"))
defect("takes an internal fault for an empty school", "EA-34", take=_empties("Server.InterneFout"))
defect("takes a page for an empty school", "EA-34", take=_empties("unreadable"))
defect("takes no changes for an empty school", "EA-07", take=_empties("unchanged"))


def _adds(self: Any, answer: Answer) -> None:
    known = dict(self.pupils)
    _base("take")(self, answer)
    self.pupils = {**known, **self.pupils}


def _first_only(self: Any, answer: Answer) -> None:
    known = dict(self.pupils)
    _base("take")(self, answer)
    if known and answer.kind == "roster":
        self.pupils = {who: one for who, one in self.pupils.items() if who in known}


def _updates(self: Any, answer: Answer) -> None:
    known = dict(self.pupils)
    _base("take")(self, answer)
    self.pupils = {who: known.get(who, one) for who, one in self.pupils.items()}


defect("never lets anybody go", "EA-09 EA-27", take=_adds)
defect("takes nobody new", "EA-08", take=_first_only)
defect("keeps old keys", "EA-18", take=_updates)
defect(
    "reads the first roster only",
    "EA-08 EA-09 EA-27",
    take=lambda self, answer: None if self.pupils else _base("take")(self, answer),
)


def _asks_on(kind: str) -> Callable[..., None]:
    def take(self: Any, answer: Answer) -> None:
        _base("take")(self, answer)
        if answer.kind == kind:
            self.once("leerlinggegevens", self.request())

    return take


defect("asks again after no data", "EA-06", take=_asks_on("nothing"))


# Requests.


def _changed(pattern: str, instead: str) -> Callable[..., str]:
    return lambda self: re.sub(pattern, instead, _base("request")(self))


for _name, _pattern, _instead in (
    ("asks for a year of two digits", r"<schooljaar>[^<]*", "<schooljaar>26-27"),
    ("asks for an empty year", r"<schooljaar>[^<]*", "<schooljaar>"),
    ("asks without xsdversie", r"<xsdversie>[^<]*</xsdversie>", ""),
    ("asks with an empty gegevenssetid", r"</xsdversie>", "</xsdversie><gegevenssetid></gegevenssetid>"),
    ("asks with brincode and schoolkey", r"</brincode>", "</brincode><schoolkey>S</schoolkey>"),
    ("asks in another order", r"(<brincode>[^<]*</brincode>)(<xsdversie>[^<]*</xsdversie>)", r"\2\1"),
    ("asks with an element of its own", r"<xsdversie>", "<client>x</client><xsdversie>"),
    (
        "asks with a moment that is none",
        r"</xsdversie>",
        "</xsdversie><laatstontvangengegevens>gisteren</laatstontvangengegevens>",
    ),
):
    defect(_name, "EA-01", request=_changed(_pattern, _instead))
defect("asks for years that do not follow", "EA-25", request=_changed(r"<schooljaar>[^<]*", "<schooljaar>2020-2023"))
defect("asks for another school", "EA-30", request=_changed(r"<brincode>[^<]*", "<brincode>00ZZ"))
defect("names an old version", "EA-03", request=_changed(r"<xsdversie>[^<]*", "<xsdversie>1"))


def _headed(
    pattern: str, instead: str, services: tuple[str, ...] = ("leerlinggegevens", "leerresultaten")
) -> Callable[..., str]:
    return lambda self, service: (
        re.sub(pattern, instead, _base("header")(self, service))
        if service in services
        else _base("header")(self, service)
    )


for _service in ("leerlinggegevens", "leerresultaten"):
    defect(
        f"sends another klantnaam ({_service})",
        "EA-02",
        header=_headed(r"<klantnaam>[^<]*", "<klantnaam>wij", (_service,)),
    )
    defect(
        f"sends a shorter key ({_service})",
        "EA-02",
        header=_headed(r".</autorisatiesleutel>", "</autorisatiesleutel>", (_service,)),
    )
    defect(f"sends no header ({_service})", "EA-02", header=_headed(r".*", "", (_service,)))
defect("sends no klantcode", "EA-02", header=_headed(r"<klantcode>[^<]*</klantcode>", ""))
defect("sends another SOAPAction", "EA-04", action=lambda self, service: "getLeerlingen")
defect("sends no SOAPAction", "EA-04", action=lambda self, service: "")
for _type in ("application/soap+xml", "application/xml", "application/x-www-form-urlencoded"):
    defect(f"sends {_type}", "EA-05", content_type=_type)


# Repeating.


def _repeats(*codes: str) -> Callable[..., bool]:
    return lambda self, service, answer: answer.code in {"Server.TijdelijkNietBeschikbaar", *codes}


for _code, _where in {
    "Client.OngeldigBericht": "EA-10",
    "Client.OngeldigeKlantIdentificatie": "EA-10",
    "Client.AutorisatieOngeldig": "EA-10",
    "Client.XsdVersieOngeldig": "EA-21",
}.items():
    defect(f"repeats after {_code}", _where, again=_repeats(_code))
for _code in (
    "LeerlingOngeldig",
    "ToetsNormeringOngeldig",
    "EldResultaatOngeldig",
    "ScoreOngeldig",
    "VocabulaireTermOngeldig",
):
    defect(f"repeats results after Client.{_code}", "EA-19", again=_repeats(f"Client.{_code}"))
defect("repeats every fault", "EA-10", again=lambda self, service, answer: answer.kind == "fault")
defect("repeats five times", "EA-10", tries=5, again=lambda self, service, answer: answer.kind == "fault")
defect("does not wait", "EA-11", wait=0.0)


def _impatient(self: Any) -> None:
    first = threading.Thread(target=lambda: PartedApplication.fetch(self))
    first.start()
    first.join(0.4)
    if first.is_alive():
        self.take(self.call("leerlinggegevens", self.request))
    first.join()


defect("asks a second time beside the first", "EA-13", slow=True, fetch=_impatient)


def _gives_up_on(*codes: str) -> Callable[..., None]:
    def fetch(self: Any) -> None:
        if getattr(self, "ended", False):
            return
        answer = self.call("leerlinggegevens", self.request)
        self.take(answer)
        self.ended = answer.code in codes

    return fetch


defect("gives up after an internal fault", "EA-22", fetch=_gives_up_on("Server.InterneFout"))
defect("gives up after a refused key", "EA-24", fetch=_gives_up_on("Client.AutorisatieOngeldig"))


def _loses(*codes: str) -> Callable[..., None]:
    def after(self: Any, answer: Answer) -> None:
        if answer.code in codes:
            self.lost = getattr(self, "lost", set()) | set(self.pupils)

    return after


def _not_lost(self: Any) -> None:
    lost = getattr(self, "lost", set())
    kept = self.pupils
    self.pupils = {who: one for who, one in kept.items() if who not in lost}
    _base("bring")(self)
    self.pupils = kept


for _codes, _where in (("Server.TijdelijkNietBeschikbaar", "EA-12"), ("Server.InterneFout", "EA-23")):
    defect(f"loses results after {_codes}", _where, after=_loses(_codes), bring=_not_lost)


# Results.


def _brought(pattern: str, instead: str) -> Callable[..., str]:
    return lambda self, batch: re.sub(pattern, instead, _base("results")(self, batch))


for _name, _pattern, _instead in (
    ("brings results without the test", r"<toetsen>.*</toetsen>", ""),
    ("brings a score with a fraction", r"<score>7", "<score>7.5"),
    ("brings a score X", r"<score>7", "<score>X"),
    ("brings results without aanmaakdatum", r"<aanmaakdatum>[^<]*</aanmaakdatum>", ""),
    ("brings results without xsdversie", r"<xsdversie>[^<]*</xsdversie>", ""),
    ("brings dates of the Dutch kind", r"<afnamedatum>[^<]*", "<afnamedatum>01-08-2026"),
    ("brings results of another test", r"</afnamedatum><toetscode>T1", "</afnamedatum><toetscode>T2"),
    ("brings results in another order", r"(<afnamedatum>[^<]*</afnamedatum>)(<toetscode>T1</toetscode>)", r"\2\1"),
    ("brings one key for all results", r'key="[^"]*"', 'key="r1"'),
):
    defect(_name, "EA-14", results=_brought(_pattern, _instead))
defect("brings results of the future", "EA-26", day=lambda self: "2090-01-01")
defect("makes keys anew", "EA-15", key=lambda self, who: secrets.token_hex(8))
defect(
    "numbers its results",
    "EA-15",
    key=lambda self, who: f"r{self.__dict__.__setitem__('n', self.__dict__.get('n', 0) + 1) or self.n}",
)
defect(
    "puts the moment into keys", "EA-15", key=lambda self, who: f"{_base('key')(self, who)[:20]}-{self.moment:%H%M%S}"
)
defect("brings everything with one aanmaakdatum", "EA-16", later=lambda self: self.moment.isoformat())
defect(
    "goes back in time",
    "EA-16",
    later=lambda self: (
        setattr(self, "moment", self.moment.replace(year=self.moment.year - 1)) or self.moment.isoformat()
    ),
)
defect("names pupils by ECK-iD", "EA-17", leerlingid=lambda self, who, pupil: (pupil.eckid or pupil.key)[-60:])
defect("names pupils by its own number", "EA-17", leerlingid=lambda self, who, pupil: _base("key")(self, who)[:8])
defect("changes capitals in keys of pupils", "EA-17 EA-27", leerlingid=lambda self, who, pupil: f"0{pupil.key}")
defect(
    "brings the first batch only",
    "EA-33",
    bring=lambda self: (
        self.after(self.call("leerresultaten", lambda: self.results(list(self.pupils.items())[:150])))
        if self.pupils
        else None
    ),
)

DEFECTS: tuple[Defect, ...] = tuple(_ALL)


def systems(pairs: int = 30) -> Iterator[tuple[Defect, ...]]:
    """Each defect by itself, and some two of different kinds together."""
    for one in DEFECTS:
        yield (one,)
    for place in range(pairs):
        one, other = DEFECTS[(place * 3) % len(DEFECTS)], DEFECTS[(place * 3 + 41) % len(DEFECTS)]
        members = [set(vars(part.part)) - set(vars(type)) for part in (one, other)]
        if any("gives up" in part.name or "loses" in part.name for part in (one, other)):
            continue  # nothing comes any more in which another could be seen
        if not one.where & other.where and not {m for m in members[0] & members[1] if not m.startswith("__")}:
            yield (one, other)
