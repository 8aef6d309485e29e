"""A scripted application that does everything right, and for each case one that does one thing wrong."""

from __future__ import annotations

import secrets
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import msgspec

from uwlr.berichten import (
    Autorisatie,
    GeenGegevens,
    GeenWijzigingen,
    Leerling,
    Leerlinggegevens,
    LeerlinggegevensAntwoord,
    LeerlinggegevensVerzoek,
    LeerresultatenVerzoek,
)
from uwlr.berichten.leerresultaten import Resultaat, School, Toets, Toetsafname, VocabulaireGebondenVeld
from uwlr.codec.read import read
from uwlr.errors import Fault, UwlrError
from uwlr.foutcodes import Foutcode
from uwlr.soap.envelope import write_envelope
from uwlr.soap.operations import BY_VERZOEK

WAIT = 0.06
MIN_WAIT = 0.05


class Application:
    """Fetches a roster, and brings a result of every pupil it knows."""

    content_type = "text/xml; charset=utf-8"
    xsdversie = "2.2"
    tries = 2
    wait = WAIT
    slow_s = 0.1
    """How slowly the referee answers it."""

    def __init__(self) -> None:
        self.url = ""
        self.autorisatie: Any = None
        self.school: Any = None
        self.pupils: dict[str, Leerling] = {}
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)
        self.sleep = threading.Event()
        self.http = httpx.Client(trust_env=False)

    def connect(self, url: str, autorisatie: Autorisatie, school: Any) -> None:
        """Fill in address and key, as an administrator does."""
        self.url, self.autorisatie, self.school = url, autorisatie, school

    def act(self, action: str) -> None:
        """Do what a user asks for."""
        if action == "leerlinggegevens":
            self.fetch()
        else:
            self.bring()

    def fetch(self) -> None:
        """Fetch the roster; what cannot be had now is asked for another day."""
        try:
            antwoord = self.call(self.request())
        except (UwlrError, httpx.HTTPError):
            return
        assert isinstance(antwoord, LeerlinggegevensAntwoord)
        self.take(antwoord.inhoud)

    def request(self) -> Any:
        """Make the request for the roster."""
        school = self.school
        return LeerlinggegevensVerzoek(schooljaar=school.schooljaar, brincode=school.brincode, xsdversie=self.xsdversie)

    def take(self, inhoud: Any) -> None:
        """Take what an answer holds."""
        if isinstance(inhoud, Leerlinggegevens):
            self.pupils = {str(leerling.eckid): leerling for leerling in inhoud.leerlingen}
        elif isinstance(inhoud, GeenGegevens):
            self.pupils = {}

    def bring(self) -> None:
        """Bring a result of every pupil; what is not taken now is brought next time."""
        if self.pupils:
            try:
                self.call(self.results())
            except (UwlrError, httpx.HTTPError):
                return

    def results(self) -> LeerresultatenVerzoek:
        """Make the results."""
        afnames = tuple(
            Toetsafname(leerlingid=self.leerlingid(leerling), resultaten=(self.result(eckid),))
            for eckid, leerling in self.pupils.items()
        )
        return LeerresultatenVerzoek(
            school=School(
                schooljaar=self.school.schooljaar,
                brincode=self.school.brincode,
                aanmaakdatum=self.later(),
                xsdversie=self.xsdversie,
            ),
            toetsafnames=afnames,
            toetsen=(Toets(toetscode=VocabulaireGebondenVeld(waarde="T1")),),
        )

    def leerlingid(self, leerling: Leerling) -> str:
        """Name a pupil as the LAS does."""
        return str(leerling.key)

    def result(self, eckid: str) -> Resultaat:
        """Make one result, of the first day of the school year."""
        first_day = date(int(self.school.schooljaar[:4]), 8, 1)
        return Resultaat(key=self.key(eckid), afnamedatum=first_day, toetscode="T1", uitkomst=7)

    def key(self, eckid: str) -> str:
        """The key of a pupil's result."""
        return f"r-{eckid[-40:]}"

    def later(self) -> datetime:
        """A moment later than the one before."""
        self.moment += timedelta(seconds=1)
        return self.moment

    def soap_action(self, verzoek: Any) -> str:
        """The action of a request."""
        return BY_VERZOEK[type(verzoek)].soap_action

    def call(self, verzoek: Any) -> Any:
        """Send, and once more after a wait where the LAS says it is busy."""
        for attempt in range(self.tries):
            try:
                return self.post(verzoek)
            except Fault as fault:
                if attempt + 1 == self.tries or not self.repeats(fault):
                    raise
                self.sleep.wait(self.wait)
        raise AssertionError

    def repeats(self, fault: Fault) -> bool:
        """Whether to try again at once."""
        return fault.code == Foutcode.TIJDELIJK_NIET_BESCHIKBAAR

    def post(self, verzoek: Any) -> Any:
        """Send once."""
        service = BY_VERZOEK[type(verzoek)].service
        headers = {"Content-Type": self.content_type, "SOAPAction": f'"{self.soap_action(verzoek)}"'}
        answer = self.http.post(f"{self.url}/{service}", content=self.envelope(verzoek), headers=headers)
        return read(answer.content)

    def envelope(self, verzoek: Any) -> bytes:
        """Write a request."""
        return write_envelope(verzoek, autorisatie=self.autorisatie, unchecked=True)


class InvalidRequest(Application):
    def request(self) -> Any:
        return msgspec.structs.replace(super().request(), schooljaar="25-26")


class WrongKey(Application):
    def envelope(self, verzoek: Any) -> bytes:
        header = self.autorisatie
        if isinstance(verzoek, LeerlinggegevensVerzoek):
            header = msgspec.structs.replace(header, klantnaam="iemand anders")
        return write_envelope(verzoek, autorisatie=header)


class OldVersion(Application):
    xsdversie = "1"


class OtherAction(Application):
    def soap_action(self, verzoek: Any) -> str:
        return "getLeerlingen"


class OtherType(Application):
    content_type = "application/soap+xml"


class AsksAgain(Application):
    def take(self, inhoud: Any) -> None:
        super().take(inhoud)
        if isinstance(inhoud, GeenGegevens):
            self.post(self.request())


class Forgets(Application):
    def take(self, inhoud: Any) -> None:
        super().take(inhoud)
        if isinstance(inhoud, GeenWijzigingen):
            self.pupils = {}


class KnowsNobodyNew(Application):
    """Takes pupils in the first time only; who leaves or changes it notices."""

    def __init__(self) -> None:
        super().__init__()
        self.first: set[str] = set()

    def take(self, inhoud: Any) -> None:
        super().take(inhoud)
        self.first = self.first or set(list(self.pupils)[:-1])
        self.pupils = {eckid: leerling for eckid, leerling in self.pupils.items() if eckid in self.first}


class NeverLetsGo(Application):
    def take(self, inhoud: Any) -> None:
        known = self.pupils
        super().take(inhoud)
        self.pupils = {**known, **self.pupils}


class KeepsOldKeys(Application):
    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, str] = {}

    def leerlingid(self, leerling: Leerling) -> str:
        return self.keys.setdefault(str(leerling.eckid), str(leerling.key))


class _Repeats(Application):
    code: Foutcode

    def repeats(self, fault: Fault) -> bool:
        return super().repeats(fault) or fault.code == self.code


def _repeats(wrong: Foutcode) -> type[Application]:
    """An application that sends again what is refused by this code."""
    return type(f"Repeats{wrong.name}", (_Repeats,), {"code": wrong})


class Hasty(Application):
    wait = 0.0


class _Loses(Application):
    """Lets go of results that are refused by this code."""

    code: Foutcode

    def call(self, verzoek: Any) -> Any:
        try:
            return super().call(verzoek)
        except Fault as fault:
            if fault.code == self.code and isinstance(verzoek, LeerresultatenVerzoek):
                self.pupils = {}
            raise


def _loses(code: Foutcode) -> type[Application]:
    return type(f"Loses{code.name}", (_Loses,), {"code": code})


class _GivesUp(Application):
    """Does not ask again after the first roster that is refused by this code; one day of that fails its case."""

    code: Foutcode

    def __init__(self) -> None:
        super().__init__()
        self.refused = 0

    def fetch(self) -> None:
        if self.refused == 1:
            self.refused += 1
        else:
            super().fetch()

    def call(self, verzoek: Any) -> Any:
        try:
            return super().call(verzoek)
        except Fault as fault:
            self.refused += fault.code == self.code and isinstance(verzoek, LeerlinggegevensVerzoek)
            raise


def _gives_up(code: Foutcode) -> type[Application]:
    return type(f"GivesUp{code.name}", (_GivesUp,), {"code": code})


class Impatient(Application):
    """Asks a second time beside the first when the answer takes long."""

    slow_s = 0.8

    def fetch(self) -> None:
        first = threading.Thread(target=super().fetch)
        first.start()
        first.join(0.4)
        if first.is_alive():
            super().fetch()
        first.join()


class OddYear(Application):
    """Asks for a school year of three years."""

    def request(self) -> Any:
        return msgspec.structs.replace(super().request(), schooljaar="2020-2023")


class FutureResults(Application):
    def result(self, eckid: str) -> Resultaat:
        return msgspec.structs.replace(super().result(eckid), afnamedatum=date(2090, 1, 1))


class InvalidResults(Application):
    def results(self) -> LeerresultatenVerzoek:
        return msgspec.structs.replace(super().results(), toetsen=())


class NewKeys(Application):
    def key(self, eckid: str) -> str:
        return secrets.token_hex(8)


class SameMoment(Application):
    def later(self) -> datetime:
        return self.moment


class OwnNames(Application):
    """Names one pupil as it does itself."""

    def results(self) -> LeerresultatenVerzoek:
        made = super().results()
        extra = Toetsafname(leerlingid="eigen-nummer", resultaten=(self.result("eigen"),))
        return msgspec.structs.replace(made, toetsafnames=(*made.toetsafnames, extra))


_T = "toepassing"
BROKEN: dict[str, type[Application]] = {
    f"{_T}/verzoeken/geldig": InvalidRequest,
    f"{_T}/verzoeken/header": WrongKey,
    f"{_T}/verzoeken/versie": OldVersion,
    f"{_T}/verzoeken/soapaction": OtherAction,
    f"{_T}/verzoeken/inhoudstype": OtherType,
    f"{_T}/antwoorden/geengegevens": AsksAgain,
    f"{_T}/antwoorden/geenwijzigingen": Forgets,
    f"{_T}/antwoorden/gewijzigd-rooster": KnowsNobodyNew,
    f"{_T}/leerlingen/vertrokken": NeverLetsGo,
    f"{_T}/leerlingen/sleutelmigratie": KeepsOldKeys,
    f"{_T}/fouten/ongeldig-bericht": _repeats(Foutcode.ONGELDIG_BERICHT),
    f"{_T}/fouten/verkeerde-klant": _repeats(Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE),
    f"{_T}/fouten/verkeerde-sleutel": _repeats(Foutcode.AUTORISATIE_ONGELDIG),
    f"{_T}/fouten/verkeerde-versie": _repeats(Foutcode.XSD_VERSIE_ONGELDIG),
    f"{_T}/fouten/leerling-ongeldig": _repeats(Foutcode.LEERLING_ONGELDIG),
    f"{_T}/fouten/normering-ongeldig": _repeats(Foutcode.TOETS_NORMERING_ONGELDIG),
    f"{_T}/fouten/resultaat-ongeldig": _repeats(Foutcode.ELD_RESULTAAT_ONGELDIG),
    f"{_T}/fouten/score-ongeldig": _repeats(Foutcode.SCORE_ONGELDIG),
    f"{_T}/fouten/vocabulaireterm-ongeldig": _repeats(Foutcode.VOCABULAIRE_TERM_ONGELDIG),
    f"{_T}/fouten/tijdelijk-wachten": Hasty,
    f"{_T}/fouten/tijdelijk-geen-verlies": _loses(Foutcode.TIJDELIJK_NIET_BESCHIKBAAR),
    f"{_T}/fouten/interne-fout-geen-verlies": _loses(Foutcode.INTERNE_FOUT),
    f"{_T}/fouten/interne-fout": _gives_up(Foutcode.INTERNE_FOUT),
    f"{_T}/fouten/sleutel-hersteld": _gives_up(Foutcode.AUTORISATIE_ONGELDIG),
    f"{_T}/fouten/traag": Impatient,
    f"{_T}/verzoeken/regels": OddYear,
    f"{_T}/resultaten/geldig": InvalidResults,
    f"{_T}/resultaten/regels": FutureResults,
    f"{_T}/resultaten/stabiele-sleutels": NewKeys,
    f"{_T}/resultaten/aanmaakdatum": SameMoment,
    f"{_T}/resultaten/bekende-leerling": OwnNames,
}
"""A broken application for each case."""
