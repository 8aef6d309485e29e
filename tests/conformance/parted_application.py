# ruff: noqa: E501 - messages as they are
"""An educational application that does everything right, made of parts that a defect can take the place of.

It shares no code with the library: http.client, lxml and text. Who is at school is known by ECK-iD, or by key where there
is none; a result is kept until it is confirmed.
"""

from __future__ import annotations

import hashlib
import http.client
import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lxml import etree

LG = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"
LR = "http://www.edustandaard.nl/leerresultaten/2/leerresultaten"
AUT = "http://www.edustandaard.nl/leerresultaten/2/autorisatie"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
BATCH = 150


class Pupil(NamedTuple):
    """A pupil as the roster has it."""

    key: str
    eckid: str | None
    name: tuple[str, ...]


class Answer(NamedTuple):
    """What an answer came to: roster, unchanged, nothing, confirmed, fault or unreadable."""

    kind: str
    pupils: tuple[Pupil, ...] = ()
    code: str = ""


class PartedApplication:
    """Fetches the roster and brings a result of everybody in it."""

    content_type = "text/xml; charset=utf-8"
    xsdversie = "2.2"
    tries = 2
    wait = 0.06
    score = "7"

    def __init__(self) -> None:
        self.pupils: dict[str, Pupil] = {}
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)
        self.sleep = threading.Event()

    def connect(self, url: str, autorisatie: Any, school: Any) -> None:
        self.url, self.autorisatie, self.school = url, autorisatie, school

    def act(self, action: str) -> None:
        if action == "leerlinggegevens":
            self.fetch()
        else:
            self.bring()

    # Fetching.

    def fetch(self) -> None:
        self.take(self.call("leerlinggegevens", self.request))

    def call(self, service: str, make: Any) -> Answer:
        for attempt in range(self.tries):
            answer = self.once(service, make())
            if attempt + 1 == self.tries or not self.again(service, answer):
                return answer
            self.sleep.wait(self.wait)
        raise AssertionError

    def again(self, service: str, answer: Answer) -> bool:
        return answer.code == "Server.TijdelijkNietBeschikbaar"

    def once(self, service: str, message: str) -> Answer:
        try:
            status, body = self.http(service, self.envelope(service, message))
        except (OSError, http.client.HTTPException):
            return Answer("unreadable")
        return self.read(status, body)

    def http(self, service: str, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        headers = {"Content-Type": self.content_type, "SOAPAction": f'"{self.action(service)}"'}
        try:
            connection.request("POST", f"/{service}", body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def action(self, service: str) -> str:
        return {"leerlinggegevens": "HaalLeerlinggegevens", "leerresultaten": "BrengLeerresultaten"}[service]

    def envelope(self, service: str, message: str) -> bytes:
        return (
            f'<s:Envelope xmlns:s="{SOAP}"><s:Header>{self.header(service)}</s:Header><s:Body>{message}</s:Body></s:Envelope>'
        ).encode()

    def header(self, service: str) -> str:
        a = self.autorisatie
        return (
            f'<autorisatie xmlns="{AUT}"><autorisatiesleutel>{a.autorisatiesleutel}</autorisatiesleutel>'
            f"<klantcode>{a.klantcode}</klantcode><klantnaam>{a.klantnaam}</klantnaam></autorisatie>"
        )

    def request(self) -> str:
        s = self.school
        return (
            f'<leerlinggegevens_verzoek xmlns="{LG}"><schooljaar>{s.schooljaar}</schooljaar><brincode>{s.brincode}</brincode>'
            f"<xsdversie>{self.xsdversie}</xsdversie></leerlinggegevens_verzoek>"
        )

    def read(self, status: int, body: bytes) -> Answer:
        try:
            root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
        except etree.XMLSyntaxError:
            return Answer("unreadable")
        if (fault := root.find(f".//{{{SOAP}}}Fault")) is not None:
            return Answer("fault", code=(fault.findtext("faultcode") or "").rpartition(":")[2])
        if root.find(f".//{{{LR}}}leerresultaten_bevestiging") is not None:
            return Answer("confirmed")
        if root.find(f".//{{{LG}}}geenwijzigingen") is not None:
            return Answer("unchanged")
        if root.find(f".//{{{LG}}}geengegevens") is not None:
            return Answer("nothing")
        if root.find(f".//{{{LG}}}leerlinggegevens") is None:
            return Answer("unreadable")
        return Answer(
            "roster", tuple(self.pupil(one) for one in root.iter(f"{{{LG}}}leerling") if self.wanted(one, root))
        )

    def pupil(self, one: Any) -> Pupil:
        names = ("achternaam", "voorvoegsel", "roepnaam", "geboortedatum")
        return Pupil(one.get("key"), one.get("eckid"), tuple(one.findtext(f"{{{LG}}}{name}") or "" for name in names))

    def wanted(self, one: Any, root: Any) -> bool:
        return True

    def take(self, answer: Answer) -> None:
        if answer.kind == "roster":
            self.pupils = self.matched(answer.pupils)
        elif answer.kind == "nothing":
            self.pupils = {}

    def matched(self, pupils: tuple[Pupil, ...]) -> dict[str, Pupil]:
        return {self.self_of(pupil): pupil for pupil in pupils}

    def self_of(self, pupil: Pupil) -> str:
        return pupil.eckid or pupil.key

    # Bringing.

    def bring(self) -> None:
        everyone = list(self.pupils.items())
        for start in range(0, len(everyone), BATCH):
            batch = everyone[start : start + BATCH]
            self.after(self.call("leerresultaten", lambda batch=batch: self.results(batch)))

    def after(self, answer: Answer) -> None:
        """What is not confirmed comes again next time, as everything does."""

    def results(self, batch: list[tuple[str, Pupil]]) -> str:
        s = self.school
        afnames = "".join(
            f"<toetsafname><leerlingid>{self.leerlingid(who, pupil)}</leerlingid><resultaten>{self.result(who)}</resultaten></toetsafname>"
            for who, pupil in batch
        )
        return (
            f'<leerresultaten_verzoek xmlns="{LR}"><school><schooljaar>{s.schooljaar}</schooljaar><brincode>{s.brincode}</brincode>'
            f"<aanmaakdatum>{self.later()}</aanmaakdatum><xsdversie>{self.xsdversie}</xsdversie></school>"
            f"<toetsafnames>{afnames}</toetsafnames><toetsen><toets><toetscode>T1</toetscode></toets></toetsen></leerresultaten_verzoek>"
        )

    def leerlingid(self, who: str, pupil: Pupil) -> str:
        return pupil.key

    def result(self, who: str) -> str:
        return (
            f'<resultaat key="{self.key(who)}"><afnamedatum>{self.day()}</afnamedatum><toetscode>T1</toetscode>'
            f"<score>{self.score}</score></resultaat>"
        )

    def key(self, who: str) -> str:
        return hashlib.sha1(who.encode(), usedforsecurity=False).hexdigest()

    def day(self) -> str:
        return f"{self.school.schooljaar[:4]}-08-01"

    def later(self) -> str:
        self.moment += timedelta(seconds=1)
        return self.moment.isoformat()


__all__ = ["LG", "LR", "Answer", "PartedApplication", "Pupil", "re"]
