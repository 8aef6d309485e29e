"""Whether a coupling is in order: one harmless request, and what its answer shows about each part."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import msgspec

from uwlr import norm
from uwlr.berichten import (
    GeenGegevens,
    GeenWijzigingen,
    LeerlinggegevensAntwoord,
    LeerlinggegevensVerzoek,
    LeerresultatenVerzoek,
)
from uwlr.berichten.tabel import Bericht
from uwlr.client.certificates import not_after
from uwlr.client.config import host_of
from uwlr.client.core import Core, wsdl_request
from uwlr.client.records import Exchange, HttpAnswer, HttpRequest
from uwlr.codec.parser import parse
from uwlr.errors import (
    ConnectError,
    Fault,
    HttpError,
    InvalidMessage,
    MessageError,
    ServerFault,
    Timeout,
    TlsError,
    UwlrError,
)
from uwlr.foutcodes import Foutcode
from uwlr.loopback import is_loopback_url

Verdict = Literal["ok", "failed", "unclear"]
Subject = Literal["endpoint", "tls", "client_certificate", "klant", "sleutel", "school", "versie", "leerresultaten"]

SOON = timedelta(days=30)
"""A certificate that expires within this time is mentioned."""
_ASKED: tuple[Subject, ...] = ("klant", "sleutel", "school", "versie")


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a coupling: in order, not in order, or unclear from the answer."""

    subject: Subject
    verdict: Verdict
    text: str


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe found, part by part.

    Attributes:
        endpoint: host of the service asked.
        checks: one for each part that could be examined.
        certificate_expires: when the server's certificate expires, if TLS was used.
    """

    endpoint: str
    checks: tuple[Check, ...]
    certificate_expires: datetime | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst of all checks; a failure is worse than unclear."""
        verdicts = {check.verdict for check in self.checks}
        return "failed" if "failed" in verdicts else "unclear" if "unclear" in verdicts else "ok"

    @property
    def ok(self) -> bool:
        """Whether every part is in order."""
        return self.verdict == "ok"

    def check(self, subject: Subject) -> Check | None:
        """Return the check of that part, if there is one."""
        return next((check for check in self.checks if check.subject == subject), None)

    def __str__(self) -> str:
        lines = [f"{self.endpoint}: {self.verdict}"]
        lines += [f"  {check.verdict:8}{check.subject}: {check.text}" for check in self.checks]
        return "\n".join(lines)


class Prober:
    """Collects the checks; a client drives `steps` and sends what it yields."""

    def __init__(self, core: Core, client_certificate: bytes | None) -> None:
        self.core = core
        self.client_certificate = client_certificate
        self.found: dict[Subject, Check] = {}
        self.expires: datetime | None = None

    def steps(
        self, verzoek: LeerlinggegevensVerzoek | None, testbericht: LeerresultatenVerzoek | None
    ) -> Generator[HttpRequest, HttpAnswer, ProbeResult]:
        """Ask, and weigh what comes back."""
        config = self.core.config
        self._weigh_client_certificate()
        if config.url is not None and verzoek is not None:
            yield from self._roster(config.url, verzoek)
        if config.leerresultaten_url is not None:
            yield from self._results(config.leerresultaten_url, testbericht, alone=verzoek is None)
        order: tuple[Subject, ...] = ("endpoint", "tls", "client_certificate", *_ASKED, "leerresultaten")
        checks = tuple(self.found[subject] for subject in order if subject in self.found)
        host = host_of(config.url or config.leerresultaten_url or "")
        return ProbeResult(endpoint=host, checks=checks, certificate_expires=self.expires)

    def _note(self, subject: Subject, verdict: Verdict, text: str) -> None:
        self.found.setdefault(subject, Check(subject=subject, verdict=verdict, text=text))

    def _roster(self, url: str, verzoek: LeerlinggegevensVerzoek) -> Generator[HttpRequest, HttpAnswer, None]:
        outcome = yield from self._exchange(url, verzoek)
        if isinstance(outcome, Exchange):
            self._note("endpoint", "ok", f"answered in {outcome.duration_ms} ms")
            self._answered(outcome)
        else:
            self._refused(outcome)
        for subject in _ASKED:
            self._note(subject, "unclear", "the answer does not tell")

    def _exchange(self, url: str, verzoek: Bericht) -> Generator[HttpRequest, HttpAnswer, Exchange | UwlrError]:
        call = self.core.call(verzoek)
        try:
            with call.watch():
                answer = yield call.request()
                self._weigh_tls(url, answer.certificate)
                return call.interpret(answer)
        except UwlrError as error:
            if isinstance(error, InvalidMessage):
                raise
            self._weigh_tls_error(url, error)
            return error

    def _results(
        self, url: str, testbericht: LeerresultatenVerzoek | None, *, alone: bool
    ) -> Generator[HttpRequest, HttpAnswer, None]:
        if testbericht is None:
            yield from self._results_wsdl(url, alone=alone)
            return
        outcome = yield from self._exchange(url, testbericht)
        if isinstance(outcome, Exchange):
            self._note("leerresultaten", "ok", "the test message was taken")
            for subject in _ASKED if alone else ():
                self._note(subject, "ok", "the test message was taken")
        else:
            self._note("leerresultaten", "failed", f"the test message was not taken: {_said(outcome)}")
            if alone:
                self._refused(outcome)
        if alone:
            self._note("endpoint", "ok", "answered")
            for subject in _ASKED:
                self._note(subject, "unclear", "the answer does not tell")

    def _results_wsdl(self, url: str, *, alone: bool) -> Generator[HttpRequest, HttpAnswer, None]:
        try:
            answer = yield wsdl_request(self.core.config, url)
        except UwlrError as error:
            self._weigh_tls_error(url, error)
            self._note("leerresultaten", "failed", _said(error))
            if alone:
                self._note("endpoint", "failed", _said(error))
        else:
            self._weigh_tls(url, answer.certificate)
            described = _is_wsdl(answer)
            wsdl = "describes itself at ?wsdl" if described else "is reachable, but gives no WSDL at ?wsdl"
            if alone:
                self._note("endpoint", "ok" if described else "unclear", wsdl)
            self._note("leerresultaten", "unclear", f"{wsdl}; only a test message tells whether it takes results")
        for subject in _ASKED if alone else ():
            self._note(subject, "unclear", "a receiver of results tells this only when it gets a test message")

    def _answered(self, exchange: Exchange) -> None:
        inhoud = exchange.bericht.inhoud if isinstance(exchange.bericht, LeerlinggegevensAntwoord) else None
        for subject in ("klant", "sleutel", "versie"):
            self._note(subject, "ok", "accepted")
        found = len(exchange.deviations)
        deviating = f"; the answer deviates from the standard in {found} places" if found else ""
        if isinstance(inhoud, GeenGegevens):
            self._note("school", "ok", "accepted, but there are no data for it in this school year" + deviating)
        elif isinstance(inhoud, GeenWijzigingen):
            self._note("school", "ok", "accepted; nothing changed" + deviating)
        else:
            self._note("school", "ok", "accepted" + deviating)

    def _refused(self, error: UwlrError) -> None:
        text = _said(error)
        match error:
            case Fault(code=Foutcode.AUTORISATIE_ONGELDIG):
                self._note("sleutel", "failed", f"{text}; the key is wrong, or gives no access to this school")
                self._note("school", "unclear", "the same refusal stands for a school the key does not open")
            case Fault(code=Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE):
                self._note("klant", "failed", f"{text}; check klantcode and klantnaam")
                self._note("school", "unclear", "some systems refuse an unknown school with the same code")
            case Fault(code=Foutcode.XSD_VERSIE_ONGELDIG):
                self._note("versie", "failed", f"{text}; this client says {self.core.config.versie}")
            case Fault(code=Foutcode.ONGELDIG_BERICHT):
                self._note("school", "failed", f"{text}; check schooljaar, brincode, dependancecode and gegevenssetid")
            case ServerFault():
                self._note("endpoint", "failed", f"reachable, but it says {text}; try later")
            case Fault():
                self._note("endpoint", "failed", f"reachable, but it says {text}")
            case HttpError(problem="login"):
                self._note("endpoint", "failed", text)
            case TlsError():
                self._note("endpoint", "unclear", "reachable, but nothing can be asked without TLS")
            case ConnectError() | Timeout() | HttpError() | MessageError():
                self._note("endpoint", "failed", text)
            case _:
                raise error
        self._note("endpoint", "ok", "answers with SOAP")

    def _weigh_tls_error(self, url: str, error: UwlrError) -> None:
        if isinstance(error, TlsError):
            self._note("tls", "failed", _said(error))
        elif url.startswith("https:"):
            self._note("tls", "unclear", "no answer to tell it by")
        else:
            self._weigh_tls(url, None)

    def _weigh_tls(self, url: str, certificate: bytes | None) -> None:
        if not url.startswith("https:"):
            if is_loopback_url(url):
                self._note("tls", "ok", "none, and none needed: the address is on this machine")
            else:
                self._note("tls", "failed", "none: keys and pupils travel readable; use https")
            return
        if certificate is None:
            self._note("tls", "unclear", "accepted, but the connection does not show the certificate")
            return
        expires = not_after(certificate)
        self.expires = self.expires or expires
        self._note("tls", *_expiry(expires))

    def _weigh_client_certificate(self) -> None:
        if self.client_certificate is None:
            return
        try:
            expires = not_after(self.client_certificate)
        except ValueError:
            self._note("client_certificate", "unclear", "cannot be read")
        else:
            self._note("client_certificate", *_expiry(expires))


def probe_verzoek(
    core: Core,
    *,
    schooljaar: str | None,
    brincode: str | None,
    dependancecode: str | None,
    schoolkey: str | None,
    gegevenssetid: str | None,
) -> LeerlinggegevensVerzoek | None:
    """Make the request with the smallest possible answer: what changed since now."""
    if core.config.url is None:
        return None
    now = datetime.now(UTC).replace(microsecond=0)
    return core.verzoek(
        LeerlinggegevensVerzoek,
        schooljaar=schooljaar or norm.schooljaar_for(date.today()),  # noqa: DTZ011 - the school's own day
        brincode=brincode,
        dependancecode=dependancecode,
        schoolkey=schoolkey,
        gegevenssetid=gegevenssetid,
        laatstontvangengegevens=now,
    )


def _expiry(expires: datetime) -> tuple[Verdict, str]:
    left = expires - datetime.now(UTC)
    day = f"{expires:%Y-%m-%d}"
    if left <= timedelta():
        return "failed", f"the certificate expired on {day}"
    if left < SOON:
        return "ok", f"the certificate expires on {day}, in {left.days} days: renew it"
    return "ok", f"the certificate is valid until {day}"


def _said(error: UwlrError) -> str:
    """Return the text of an error without its context, which the result already has."""
    return str(error.args[0])


def _is_wsdl(answer: HttpAnswer) -> bool:
    try:
        return bool(answer.status == 200 and parse(answer.body).tag == f"{{{norm.WSDL}}}definitions")
    except MessageError:
        return False
