"""The questions of a recording, asked of another LAS about its own school and its own people.

What made a question what it was stays: its place among the years, whether the school and the pupils are known, whether
the key was right, which moment is later than which. How the request was written stays too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from uwlr.berichten.tabel import Bericht
from uwlr.codec.read import read_tolerant
from uwlr.drift.questions import Centre
from uwlr.drift.script import UNKNOWN_SCHOOL, WRONG_KEY, Endpoint, Script, Sending, year_after
from uwlr.errors import Fault, MessageError
from uwlr.foutcodes import Foutcode
from uwlr.recorded import RecordedExchange, Recording
from uwlr.soap.operations import Service
from uwlr.written_values import Spot, rewrite

_PERSONS: Final = ("leerlingen", "leerkrachten", "groepen")
_LONG_AGO: Final = "1990-01-01T00:00:00Z"
_FAR_OFF: Final = "2090-01-01T00:00:00Z"
_REFERRING: Final = frozenset({"leerlingid", "eckid", "resultaatverwerkerid", "key"})
_OWN: Final = frozenset({"content-type", "soapaction"})
"""HTTP headers that go along as they were."""


class _People:
    """Keys of the persons and groups of a school, in the order in which they came."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], dict[str, None]] = {}

    def take(self, answer: bytes) -> None:
        """Learn from an answer."""
        try:
            inhoud = getattr(read_tolerant(answer).bericht, "inhoud", None)
        except (MessageError, Fault):
            return
        for name in _PERSONS:
            items: tuple[Bericht, ...] = getattr(inhoud, name, ())
            for item in items:
                for attribute in ("key", "eckid"):
                    if value := getattr(item, attribute, None):
                        self.found.setdefault((type(item).__name__, attribute), {})[str(value)] = None

    def counterpart(self, key: str, of: _People) -> str | None:
        """Give the key that stands in the place of one of another school; None if that school has it not."""
        for sort, keys in of.found.items():
            if key in keys and (own := list(self.found.get(sort, ()))):
                return own[list(keys).index(key) % len(own)]
        return None


class Again:
    """The questions of a recording, for another LAS.

    Args:
        recording: the recording.
        endpoint: the other LAS.
    """

    def __init__(self, recording: Recording, endpoint: Endpoint) -> None:
        self._recording = recording
        self._endpoint = endpoint
        self._centre = Centre.of(recording)
        self._theirs = _People()
        self._ours = _People()
        self._moments: dict[str, datetime] = {}
        self._now = datetime.now(UTC).replace(microsecond=0)

    def learn(self, answer: bytes) -> None:
        """Take an answer of the LAS."""
        self._ours.take(answer)

    def steps(self) -> Iterator[Sending]:
        """Give the requests; each answer has to go to `learn` before the next one is asked for."""
        for exchange in self._recording:
            if exchange.question is not None and exchange.status == HTTPStatus.OK:
                self._theirs.take(self._recording.answer(exchange.number))
        self._order_moments()
        for exchange in self._recording:
            if exchange.service == "wsdl":
                service: Service = "leerresultaten" if "leerresultaten" in exchange.target else "leerlinggegevens"
                query = exchange.target.partition("?")[2]
                yield Sending(service, dict(self._endpoint.http_headers), None, query)
            elif exchange.service in {"leerlinggegevens", "leerresultaten"} and exchange.question is not None:
                if not self._ours.found and self._theirs.found:
                    yield Script(self._endpoint).roster_question()
                yield self._sending(exchange)

    def _sending(self, exchange: RecordedExchange) -> Sending:
        service: Service = "leerresultaten" if exchange.service == "leerresultaten" else "leerlinggegevens"
        headers = {name: value for name, value in exchange.request.headers if value and name.lower() in _OWN}
        if exchange.status not in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            headers |= self._endpoint.http_headers
        body = rewrite(self._recording.request(exchange.number), self._change(exchange))
        return Sending(service, headers, body)

    def _change(self, exchange: RecordedExchange) -> Callable[[str, Spot], str]:
        question = exchange.question
        asked = self._centre.asked(exchange)
        replacing: dict[str, Any] = {}
        if question is not None:
            there = asked.school == "main"
            replacing["brincode"] = self._endpoint.brincode if there else UNKNOWN_SCHOOL
            if there:
                replacing["dependancecode"] = self._endpoint.dependancecode
            if asked.year is not None:
                replacing["schooljaar"] = year_after(self._endpoint.schooljaar, asked.year)
            if question.xsdversie == self._centre.xsdversie:
                replacing["xsdversie"] = self._endpoint.xsdversie
            if question.gegevenssetid == self._centre.gegevenssetid and self._endpoint.gegevenssetid:
                replacing["gegevenssetid"] = self._endpoint.gegevenssetid
            nothing = b"geenwijzigingen" in self._recording.answer(exchange.number)
            replacing["laatstontvangengegevens"] = _FAR_OFF if nothing else _LONG_AGO
            replacing |= self._who(exchange, known=there)

        def change(value: str, spot: Spot) -> str:
            bare = value.strip()
            name = spot.attribute or spot.element
            if spot.words or not bare:
                return value
            if name == "aanmaakdatum" and bare in self._moments:
                made = self._moments[bare].isoformat()
            elif name in _REFERRING and spot.element != "resultaat":
                made = self._ours.counterpart(bare, self._theirs) or bare
            else:
                made = str(replacing.get(name) or bare)
            return value.replace(bare, made, 1)

        return change

    def _who(self, exchange: RecordedExchange, *, known: bool) -> dict[str, str]:
        """The header: wrong where it was, as far as the refusal of a school that is known tells."""
        autorisatie = self._endpoint.autorisatie
        who = {
            "autorisatiesleutel": autorisatie.autorisatiesleutel,
            "klantcode": autorisatie.klantcode,
            "klantnaam": autorisatie.klantnaam,
        }
        if known and exchange.fault == Foutcode.AUTORISATIE_ONGELDIG:
            who["autorisatiesleutel"] = WRONG_KEY
        if known and exchange.fault == Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE:
            who |= {"klantcode": "ZZ", "klantnaam": "Onbekende klant"}
        return who

    def _order_moments(self) -> None:
        """Let messages with results be made now, each as much later than the other as it was."""
        found: set[str] = set()

        def note(value: str, spot: Spot) -> str:
            if spot.element == "aanmaakdatum" and not spot.attribute:
                found.add(value.strip())
            return value

        for exchange in self._recording:
            if exchange.service == "leerresultaten":
                rewrite(self._recording.request(exchange.number), note)
        self._moments = {one: self._now + timedelta(seconds=place) for place, one in enumerate(sorted(found))}
