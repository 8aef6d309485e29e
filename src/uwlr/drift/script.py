"""The questions by which a LAS is known: each is asked of both sides, and refused by some.

Only made-up results are brought, for pupils of the roster that came.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from uwlr.berichten import (
    Autorisatie,
    LeerkrachtenVerzoek,
    LeerlingenVerzoek,
    Leerlinggegevens,
    LeerlinggegevensAntwoord,
    LeerlinggegevensVerzoek,
    StructuurVerzoek,
    VerzoekGroep,
    VerzoekSamengesteldeGroep,
)
from uwlr.berichten.leerlinggegevens import Groep
from uwlr.berichten.tabel import Bericht
from uwlr.codec.read import read_tolerant
from uwlr.errors import ConfigurationError, Fault, MessageError
from uwlr.soap.envelope import write_envelope
from uwlr.soap.operations import BY_VERZOEK, Service
from uwlr.testing.results import make_results
from uwlr.undisclosed import Undisclosed

UNKNOWN_SCHOOL: Final = "00ZZ"
WRONG_KEY: Final = "geen-sleutel-van-deze-school"
_ASKED_ABOUT: Final = 3
"""Pupils that results are brought for."""


class Endpoint(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """Where a LAS is, and who asks it about which school.

    Attributes:
        leerlinggegevens_url: address of the roster service.
        leerresultaten_url: address of the service for results; None if there is none.
        autorisatie: the header of a request.
        brincode: of the school.
        dependancecode: of its location.
        schooljaar: a year that it has a roster of.
        xsdversie: the version that it speaks.
        gegevenssetid: the set of data that was agreed on.
        http_headers: HTTP headers that every request has.
    """

    leerlinggegevens_url: str | None
    leerresultaten_url: str | None
    autorisatie: Autorisatie
    brincode: str
    dependancecode: str
    schooljaar: str
    xsdversie: str
    gegevenssetid: str | None = None
    http_headers: dict[str, str] = {}

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show what is no key."""
        return [("leerlinggegevens_url", self.leerlinggegevens_url)]

    def url(self, service: Service) -> str | None:
        """The address of a service."""
        return self.leerlinggegevens_url if service == "leerlinggegevens" else self.leerresultaten_url


class Sending(NamedTuple):
    """A request that is to be sent: to which service, with which headers and body; without a body it is a GET."""

    service: Service
    headers: dict[str, str]
    body: bytes | None
    query: str = ""

    def __repr__(self) -> str:
        return f"<Sending to {self.service}>"


class Script:
    """The questions for one LAS, one after the other.

    Args:
        endpoint: the LAS.

    Attributes:
        roster: the roster that came; whoever sends the requests sets it with `learn`.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.roster: Leerlinggegevens | None = None

    def learn(self, answer: bytes) -> None:
        """Take the roster out of an answer, if it holds one."""
        self.roster = self.roster or roster_in(answer)

    def steps(self) -> Iterator[Sending]:
        """Give the requests; each answer has to go to `learn` before the next one is asked for."""
        for service in ("leerlinggegevens", "leerresultaten"):
            if self.endpoint.url(service) is not None:
                yield Sending(service, dict(self.endpoint.http_headers), None, "wsdl")
        if self.endpoint.leerlinggegevens_url is not None:
            yield from self._rosters()
            yield from self._parts()
            yield from self._refused()
        if self.endpoint.leerresultaten_url is not None and self.roster is not None:
            yield from self._results(self.roster)

    def roster_question(self) -> Sending:
        """Ask for the whole roster."""
        return self._ask(self._verzoek())

    def _rosters(self) -> Iterator[Sending]:
        yield self.roster_question()
        yield self.roster_question()
        yield self._ask(self._verzoek(laatstontvangengegevens=datetime.now(UTC) + timedelta(days=3650)))
        yield self._ask(self._verzoek(schooljaar=year_after(self.endpoint.schooljaar, -1)))
        yield self._ask(self._verzoek(dependancecode=None))
        for versie in ("2.1", "2.2", "2.3", "9.9"):
            if versie != self.endpoint.xsdversie:
                yield self._ask(self._verzoek(xsdversie=versie))
        for gegevenssetid in (None, "Onbekende-set"):
            if gegevenssetid != self.endpoint.gegevenssetid:
                yield self._ask(self._verzoek(gegevenssetid=gegevenssetid))

    def _parts(self) -> Iterator[Sending]:
        yield self._ask(self._verzoek(StructuurVerzoek))
        if self.roster is None:
            return
        groepen = tuple(
            VerzoekGroep(key=one.key) if isinstance(one, Groep) else VerzoekSamengesteldeGroep(key=one.key)
            for one in self.roster.groepen
        )
        if groepen:
            yield self._ask(self._verzoek(LeerlingenVerzoek, groepen=groepen))
            yield self._ask(self._verzoek(LeerkrachtenVerzoek, groepen=groepen))

    def _refused(self) -> Iterator[Sending]:
        verzoek = self._verzoek()
        autorisatie = self.endpoint.autorisatie
        yield self._ask(verzoek, msgspec.structs.replace(autorisatie, autorisatiesleutel=WRONG_KEY))
        yield self._ask(verzoek, msgspec.structs.replace(autorisatie, klantcode="ZZ", klantnaam="Onbekende klant"))
        yield self._ask(self._verzoek(brincode=UNKNOWN_SCHOOL))
        yield self._ask(verzoek, SOAPAction='""')
        yield self._ask(self._verzoek(schoolkey="school"))
        year = f"<schooljaar>{self.endpoint.schooljaar}</schooljaar>".encode()
        yield self._edited(verzoek, year, b"<schooljaar></schooljaar>")
        yield self._edited(verzoek, year, b"", b"</xsdversie>" + year)
        if self.endpoint.http_headers:
            yield self._ask(verzoek)._replace(headers=_headers(BY_VERZOEK[type(verzoek)].soap_action))

    def _results(self, roster: Leerlinggegevens) -> Iterator[Sending]:
        few = msgspec.structs.replace(roster, leerlingen=roster.leerlingen[:_ASKED_ABOUT])
        now = datetime.now(UTC).replace(microsecond=0)
        school = {"schooljaar": self.endpoint.schooljaar, "xsdversie": self.endpoint.xsdversie}
        results = make_results(few, aanmaakdatum=now)
        results = msgspec.structs.replace(results, school=msgspec.structs.replace(results.school, **school))
        first = results.toetsafnames[0]
        renamed = (msgspec.structs.replace(one, key=f"onbekend-{one.key}") for one in first.resultaten)
        unknown = msgspec.structs.replace(first, leerlingid="onbekende-leerling", eckid=None, resultaten=tuple(renamed))
        for seconds, change in (
            (0, {}),
            (0, {}),
            (1, {}),
            (2, {"toetsafnames": (*results.toetsafnames, unknown)}),
            (3, {"toetsen": ()}),
        ):
            moment = now + timedelta(seconds=seconds)
            sent = msgspec.structs.replace(results.school, aanmaakdatum=moment)
            yield self._ask(msgspec.structs.replace(results, school=sent, **change))

    def _verzoek(self, cls: type[Bericht] = LeerlinggegevensVerzoek, /, **change: Any) -> Bericht:
        values: dict[str, Any] = {
            name: getattr(self.endpoint, name)
            for name in ("schooljaar", "brincode", "dependancecode", "xsdversie", "gegevenssetid")
        }
        return cls(**(values | change))

    def _ask(self, verzoek: Bericht, autorisatie: Autorisatie | None = None, **headers: str) -> Sending:
        operation = BY_VERZOEK[type(verzoek)]
        body = write_envelope(verzoek, autorisatie=autorisatie or self.endpoint.autorisatie, unchecked=True)
        sent = _headers(operation.soap_action) | self.endpoint.http_headers | headers
        return Sending(operation.service, sent, body)

    def _edited(self, verzoek: Bericht, old: bytes, new: bytes, behind: bytes = b"</xsdversie>") -> Sending:
        sending = self._ask(verzoek)
        body = (sending.body or b"").replace(old, new, 1).replace(b"</xsdversie>", behind, 1)
        return sending._replace(body=body)


def roster_in(answer: bytes) -> Leerlinggegevens | None:
    """The roster in an answer; None if there is none that can be read."""
    try:
        bericht = read_tolerant(answer).bericht
    except (MessageError, Fault):
        return None
    inhoud = bericht.inhoud if isinstance(bericht, LeerlinggegevensAntwoord) else None
    return inhoud if isinstance(inhoud, Leerlinggegevens) else None


def year_after(schooljaar: str, years: int) -> str:
    """Give the school year some years after another.

    Raises:
        ConfigurationError: it is no school year.
    """
    if not schooljaar[:4].isdecimal():
        raise ConfigurationError(f"{schooljaar!r} is no school year")
    first = int(schooljaar[:4]) + years
    return f"{first}-{first + 1}"


def _headers(action: str) -> dict[str, str]:
    return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
