"""For each case a LAS that is broken in just that place."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from reference import KEY, Break, ReferenceLas, make_roster, replaced, unbroken

from uwlr.berichten import (
    LeerkrachtenAntwoord,
    LeerlingenAntwoord,
    Leerlinggegevens,
    LeerlinggegevensAntwoord,
    LeerlinggegevensLeerkrachten,
    LeerlinggegevensLeerlingen,
    LeerlinggegevensVerzoek,
    LeerresultatenBevestiging,
    LeerresultatenVerzoek,
)
from uwlr.berichten.tabel import Bericht
from uwlr.foutcodes import Foutcode
from uwlr.soap.envelope import write_envelope, write_fault
from uwlr.soap.http import Request, Response, xml_response
from uwlr.soap.providers import Refusal

ROSTER = make_roster()
When = Callable[[bytes], bool]
_UNKNOWN = b"uwlr-conformance-onbekend"


class Broken(NamedTuple):
    """A system with one defect.

    Attributes:
        break_: stands between the request and the answer.
        las: makes the LAS itself.
        also: further cases that this defect truly breaks.
        config: what `las.toml` says differently.
        dechunk: whether the server takes chunks apart.
    """

    break_: Break = unbroken
    las: Callable[[], ReferenceLas] = ReferenceLas
    also: tuple[str, ...] = ()
    config: Mapping[str, Any] = MappingProxyType({})
    dechunk: bool = True


def _taken(request: Request) -> Request:
    """The request with its body read."""
    body = request.body
    if not isinstance(body, bytes):
        length = request.headers.get("content-length")
        body = body.read(int(length)) if length else body.read(1 << 20)
    return request._replace(body=body)


def _says(message: Bericht) -> Response:
    return xml_response((write_envelope(message),))


def _answers(service: str, message: Bericht, when: When) -> Broken:
    """A LAS that answers with a message where it should not."""

    def broken(request: Request, go_on: Callable[[Request], Response]) -> Response:
        if request.method != "POST" or request.service != service:
            return go_on(request)
        taken = _taken(request)
        return _says(message) if when(bytes(taken.body)) else go_on(taken)

    return Broken(broken)


def gives_roster(when: When | bytes) -> Broken:
    """A LAS that gives the roster where it should not."""
    found = (lambda body: when in body) if isinstance(when, bytes) else when
    return _answers("leerlinggegevens", LeerlinggegevensAntwoord(inhoud=ROSTER), found)


def gives_pupils(when: When) -> Broken:
    """A LAS that gives every pupil to some staged requests."""
    inhoud = LeerlinggegevensLeerlingen(school=ROSTER.school, leerlingen=ROSTER.leerlingen)
    found = lambda body: b"leerlingen_verzoek" in body and when(body)  # noqa: E731
    return _answers("leerlinggegevens", LeerlingenAntwoord(inhoud=inhoud), found)


def confirms(when: When | bytes) -> Broken:
    """A LAS that confirms results that it should not."""
    found = (lambda body: when in body) if isinstance(when, bytes) else when
    return _answers("leerresultaten", LeerresultatenBevestiging(), found)


def refuses(when: When | bytes, code: str = Foutcode.ONGELDIG_BERICHT, service: str = "leerlinggegevens") -> Broken:
    """A LAS that refuses what it should not, or by another code."""
    found = (lambda body: when in body) if isinstance(when, bytes) else when

    def broken(request: Request, go_on: Callable[[Request], Response]) -> Response:
        if request.method != "POST" or request.service != service:
            return go_on(request)
        taken = _taken(request)
        return xml_response((write_fault(code),), 500) if found(bytes(taken.body)) else go_on(taken)

    return Broken(broken)


def changes_answer(change: Callable[[Request, Response], Response]) -> Broken:
    """A LAS whose answers are changed on the way out."""
    return Broken(lambda request, go_on: change(request, go_on(request)))


def changes_body(change: Callable[[bytes], bytes], status: int = 500) -> Broken:
    """A LAS whose answers with that status have another body."""
    return changes_answer(
        lambda _, response: (
            response._replace(chunks=(change(b"".join(response.chunks)),)) if response.status == status else response
        )
    )


def _header(wanted: Callable[[Request], bool], response: Callable[[], Response]) -> Broken:
    return Broken(lambda request, go_on: response() if wanted(request) else go_on(request))


def has_roster(make: Callable[[Leerlinggegevens], Leerlinggegevens], *also: str) -> Broken:
    """A LAS with another roster."""

    def las() -> ReferenceLas:
        made = ReferenceLas()
        made.roster = make(made.roster)
        return made

    return Broken(las=las, also=also)


def _roster_answer() -> Response:
    return _says(LeerlinggegevensAntwoord(inhoud=ROSTER))


def _fault_answer() -> Response:
    return xml_response((write_fault(Foutcode.ONGELDIG_BERICHT),), 500)


def _page(status: int) -> Response:
    return Response(status, (("Content-Type", "text/html"),), (b"<html><body>Oops</body></html>",))


class _PartOfKey(ReferenceLas):
    def sleutel_geldig(self, autorisatie: Any, school: Any) -> bool:
        sleutel = autorisatie.autorisatiesleutel
        whole = msgspec.structs.replace(autorisatie, autorisatiesleutel=KEY)
        return KEY.startswith(sleutel) and super().sleutel_geldig(whole, school)


class _NewKeysEachTime(ReferenceLas):
    def leerlinggegevens(self, school: Any, verzoek: Any) -> Any:
        inhoud = super().leerlinggegevens(school, verzoek)
        if isinstance(inhoud, Leerlinggegevens) and isinstance(verzoek, LeerlinggegevensVerzoek) and self.asked > 1:
            return replaced(inhoud, "leerlingen", key=f"nieuw-{self.asked}")
        return inhoud


class _NoResults(ReferenceLas):
    def neem_leerresultaten(self, autorisatie: Any, school: Any, verzoek: LeerresultatenVerzoek) -> None:
        raise Refusal(Foutcode.INTERNE_FOUT)


class _NoRepeats(ReferenceLas):
    """Refuses what it took before."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[object] = set()

    def neem_leerresultaten(self, autorisatie: Any, school: Any, verzoek: LeerresultatenVerzoek) -> None:
        super().neem_leerresultaten(autorisatie, school, verzoek)
        if verzoek.toetsafnames in self.seen:
            raise Refusal(Foutcode.ONGELDIG_BERICHT)
        self.seen.add(verzoek.toetsafnames)


class _AnyMoment(ReferenceLas):
    """Takes an older message."""

    def neem_leerresultaten(self, autorisatie: Any, school: Any, verzoek: LeerresultatenVerzoek) -> None:
        if self.last is not None and verzoek.school.aanmaakdatum < self.last:
            return
        super().neem_leerresultaten(autorisatie, school, verzoek)


class _SameMoment(ReferenceLas):
    """Takes a message of the same moment."""

    def neem_leerresultaten(self, autorisatie: Any, school: Any, verzoek: LeerresultatenVerzoek) -> None:
        if verzoek.school.aanmaakdatum == self.last:
            return
        super().neem_leerresultaten(autorisatie, school, verzoek)


def _one_group(body: bytes) -> bool:
    return body.count(b"<groep key=") == 1 and b"geen-groep" not in body


def _first_group_only(request: Request, go_on: Callable[[Request], Response]) -> Response:
    if request.method != "POST":
        return go_on(request)
    taken = _taken(request)
    body = bytes(taken.body)
    if body.count(b"<groep key=") == 2:
        body = re.sub(rb'<groep key="[^"]*"(/>|></groep>)(?=</groepen>)', b"", body)
        headers = {name: value for name, value in taken.headers.items() if name != "content-length"}
        taken = taken._replace(body=body, headers=headers)
    return go_on(taken)


def _echoes_key(request: Request, go_on: Callable[[Request], Response]) -> Response:
    if request.method != "POST":
        return go_on(request)
    taken = _taken(request)
    if b"<autorisatiesleutel>" + _UNKNOWN in bytes(taken.body) and b"<schooljaar>x<" not in bytes(taken.body):
        text = f"onbekend: {_UNKNOWN.decode()}"
        return xml_response((write_fault(Foutcode.AUTORISATIE_ONGELDIG, text),), 500)
    return go_on(taken)


def _always_gzip(request: Request, response: Response) -> Response:
    if response.status != 200 or request.service != "leerlinggegevens" or request.method != "POST":
        return response
    headers = (*response.headers, ("Content-Encoding", "gzip"))
    return response._replace(headers=headers, chunks=(gzip.compress(b"".join(response.chunks)),))


def _empty(name: str) -> When:
    found = re.compile(rf"<{name}(/>|></)".encode())
    return lambda body: found.search(body) is not None


def _without_last_group(request: Request, go_on: Callable[[Request], Response]) -> Response:
    taken = _taken(request) if request.method == "POST" else request
    response = go_on(taken)
    if b"structuur_verzoek" not in bytes(taken.body):
        return response
    body = re.sub(
        rb"<samengestelde_groep (?:(?!<samengestelde_groep ).)*(?=</groepen>)", b"", b"".join(response.chunks)
    )
    return response._replace(chunks=(body,))


_staff = LeerlinggegevensLeerkrachten(school=ROSTER.school, leerkrachten=ROSTER.leerkrachten)
_delta = msgspec.structs.replace(ROSTER, leerlingen=ROSTER.leerlingen[:1])
_first, _second = ROSTER.leerlingen[:2]
_UNBORN = date(2090, 1, 1)
_BORN = re.compile(rb"<geboortedatum>[^<]*<")
_LG = "leerlinggegevens"
_LR = "leerresultaten"
_RULES = (f"{_LG}/rooster/regels", f"{_LG}/getrapt/regels")

BROKEN: dict[str, Broken] = {
    f"{_LG}/rooster/normaal": refuses(lambda body: b"leerlinggegevens_verzoek" in body),
    f"{_LG}/rooster/schema-geldig": changes_body(
        lambda b: b.replace(b"<school>", b"<onzin/><school>", 1) if b"<leerlinggegevens_antwoord" in b else b, 200
    ),
    f"{_LG}/rooster/regels": has_roster(
        lambda r: replaced(r, "leerlingen", geboortedatum=_UNBORN), f"{_LG}/getrapt/regels"
    ),
    f"{_LG}/rooster/school": has_roster(
        lambda r: msgspec.structs.replace(r, school=msgspec.structs.replace(r.school, brincode="99YY"))
    ),
    f"{_LG}/rooster/sleutels-uniek": has_roster(
        lambda r: msgspec.structs.replace(
            r, leerlingen=(_first, msgspec.structs.replace(_second, key=_first.key), *r.leerlingen[2:])
        ),
        *_RULES,
    ),
    f"{_LG}/rooster/eckid-uniek": has_roster(lambda r: replaced(r, "leerlingen", eckid=_second.eckid), *_RULES),
    f"{_LG}/rooster/eckid-vorm": has_roster(lambda r: replaced(r, "leerlingen", eckid="L1"), *_RULES),
    f"{_LG}/rooster/verwijzingen": has_roster(lambda r: replaced(r, "leerlingen", groep="weg"), _RULES[0]),
    f"{_LG}/rooster/jaargroep": has_roster(
        lambda r: replaced(r, "leerlingen", groep=None, jaargroep=None), f"{_LG}/profielen/niets-te-weinig"
    ),
    f"{_LG}/rooster/sleutels-stabiel": Broken(las=_NewKeysEachTime),
    f"{_LG}/rooster/sleutels-zonder-witruimte": has_roster(lambda r: replaced(r, "leerkrachten", key=" L1"), _RULES[0]),
    f"{_LG}/ontvangen/nu": gives_roster(
        lambda body: re.search(rb"<laatstontvangengegevens>(?!2000)[^<]*(Z|\+00:00)<", body) is not None
    ),
    f"{_LG}/ontvangen/lang-geleden": _answers(
        _LG, LeerlinggegevensAntwoord(inhoud=_delta), lambda body: b"2000-01-01T" in body
    ),
    f"{_LG}/ontvangen/zonder-tijdzone": refuses(
        lambda body: re.search(rb"<laatstontvangengegevens>[^<]*T[0-9:]*<", body) is not None
    ),
    f"{_LG}/ontvangen/ongeldige-datum": gives_roster(b"2000-02-31"),
    f"{_LG}/ontvangen/leeg": refuses(b"1999-2000"),
    f"{_LG}/getrapt/structuur": refuses(b"structuur_verzoek"),
    f"{_LG}/getrapt/structuur-gelijk": Broken(_without_last_group),
    f"{_LG}/getrapt/leerlingen": gives_pupils(_one_group),
    f"{_LG}/getrapt/schema-geldig": changes_body(
        lambda b: b.replace(b"<school>", b"<onzin/><school>", 1) if b"<structuur_antwoord" in b else b, 200
    ),
    f"{_LG}/getrapt/regels": changes_body(
        lambda b: _BORN.sub(b"<geboortedatum>2090-01-01<", b) if b"<leerlingen_antwoord" in b else b, 200
    ),
    f"{_LG}/getrapt/meer-groepen": Broken(_first_group_only),
    f"{_LG}/getrapt/samengestelde-groep": gives_pupils(lambda body: b"<samengestelde_groep key=" in body),
    f"{_LG}/getrapt/zonder-sleutel": gives_pupils(_empty("groep")),
    f"{_LG}/getrapt/leerkrachten": _answers(
        _LG, LeerkrachtenAntwoord(inhoud=_staff), lambda body: b"leerkrachten_verzoek" in body
    ),
    f"{_LG}/getrapt/onbekende-groep": gives_pupils(lambda body: b"geen-groep" in body),
    f"{_LG}/getrapt/zonder-groepen": gives_pupils(lambda body: b"<groep" not in body or _empty("groepen")(body)),
    f"{_LG}/autorisatie/zonder-header": gives_roster(lambda b: b"Header>" not in b and b"_verzoek" in b),
    f"{_LG}/autorisatie/onvolledige-header": gives_roster(lambda b: b"<klantnaam>" in b and b"<klantcode>" not in b),
    f"{_LG}/autorisatie/lege-sleutel": gives_roster(_empty("autorisatiesleutel")),
    f"{_LG}/autorisatie/onbekende-sleutel": gives_roster(
        lambda b: b"<autorisatiesleutel>" + _UNKNOWN in b and b"<schooljaar>x<" not in b
    ),
    f"{_LG}/autorisatie/bijna-de-sleutel": Broken(las=_PartOfKey),
    f"{_LG}/autorisatie/andere-klantnaam": gives_roster(b"<klantnaam>" + _UNKNOWN),
    f"{_LG}/autorisatie/andere-klantcode": gives_roster(b"<klantcode>" + _UNKNOWN),
    f"{_LG}/autorisatie/andere-school": gives_roster(b"00ZZ"),
    f"{_LG}/autorisatie/andere-dependance": gives_roster(b"<dependancecode>97<"),
    f"{_LG}/autorisatie/andere-schoolkey": gives_roster(b"<schoolkey>" + _UNKNOWN),
    f"{_LG}/autorisatie/bericht-voor-sleutel": refuses(b"<schooljaar>x<", Foutcode.AUTORISATIE_ONGELDIG),
    f"{_LG}/autorisatie/sleutel-blijft-geheim": Broken(_echoes_key),
    f"{_LG}/fouten/geen-xml": gives_roster(lambda body: not body.rstrip().endswith(b"Envelope>")),
    f"{_LG}/fouten/lege-body": gives_roster(b"Body/>"),
    f"{_LG}/fouten/onbekend-bericht": gives_roster(b"leerlinggegevens_wens"),
    f"{_LG}/fouten/ongeldig-schooljaar": gives_roster(b"25-26"),
    f"{_LG}/fouten/leeg-schooljaar": gives_roster(_empty("schooljaar")),
    f"{_LG}/fouten/ongeldige-brincode": gives_roster(b"ABCD"),
    f"{_LG}/fouten/ongeldige-dependancecode": gives_roster(b"<dependancecode>1A<"),
    f"{_LG}/fouten/geen-school": gives_roster(
        lambda b: b"leerlinggegevens_verzoek" in b and b"<brincode>" not in b and b"<schoolkey>" not in b
    ),
    f"{_LG}/fouten/brincode-en-schoolkey": gives_roster(b"<schoolkey>S1<"),
    f"{_LG}/fouten/verkeerde-volgorde": gives_roster(lambda b: re.search(rb"</xsdversie><schooljaar>", b) is not None),
    f"{_LG}/fouten/onbekend-element": gives_roster(b"<leerjaar>"),
    f"{_LG}/fouten/schooljaren-niet-opeenvolgend": gives_roster(b"2020-2023"),
    f"{_LG}/fouten/http-status": changes_answer(
        lambda _, response: response._replace(status=200) if response.status == 500 else response
    ),
    f"{_LG}/fouten/foutcode-met-prefix": changes_body(lambda b: b.replace(b"<faultcode>soap:", b"<faultcode>")),
    f"{_LG}/fouten/met-tekst": changes_body(lambda b: re.sub(rb"<faultstring>[^<]*<", b"<faultstring><", b)),
    f"{_LG}/fouten/geen-binnenkant": changes_body(
        lambda b: b.replace(b"</faultstring>", b" at las.Main(Main.java:12)</faultstring>")
    ),
    f"{_LG}/versies/onbekende-versie": gives_roster(b"<xsdversie>9.9<"),
    f"{_LG}/versies/ontbrekende-versie": gives_roster(
        lambda b: b"leerlinggegevens_verzoek" in b and b.endswith(b"Envelope>") and b"<xsdversie>" not in b
    ),
    f"{_LG}/versies/gemelde-versies": refuses(b"<xsdversie>2.1<", Foutcode.XSD_VERSIE_ONGELDIG),
    f"{_LG}/versies/versie-in-antwoord": has_roster(
        lambda r: msgspec.structs.replace(r, school=msgspec.structs.replace(r.school, xsdversie="2.1"))
    ),
    f"{_LG}/versies/eckid-in-2.1": gives_roster(b"<xsdversie>2.1<"),
    f"{_LG}/profielen/niets-te-veel": has_roster(lambda r: replaced(r, "leerkrachten", gebruikersnaam="naam")),
    f"{_LG}/profielen/niets-te-weinig": has_roster(lambda r: replaced(r, "leerlingen", geboortedatum=None)),
    f"{_LG}/profielen/leeg-gegevenssetid": gives_roster(_empty("gegevenssetid")),
    f"{_LG}/transport/wsdl": _header(lambda r: r.query == "wsdl" and r.service == _LG, lambda: _page(404)),
    f"{_LG}/transport/inhoudstype": changes_answer(
        lambda _, response: (
            response._replace(headers=(("Content-Type", "application/xml"),)) if response.status == 200 else response
        )
    ),
    f"{_LG}/transport/soapaction-kaal": _header(
        lambda r: r.method == "POST" and not r.headers.get("soapaction", "").startswith('"'), _fault_answer
    ),
    f"{_LG}/transport/soapaction-anders": _header(
        lambda r: r.service == _LG and "BrengLeerresultaten" in r.headers.get("soapaction", ""), _roster_answer
    ),
    f"{_LG}/transport/vreemd-inhoudstype": _header(
        lambda r: r.headers.get("content-type", "") == "application/json", _roster_answer
    ),
    f"{_LG}/transport/chunked": Broken(dechunk=False),
    f"{_LG}/transport/gzip-verzoek": _header(lambda r: "content-encoding" in r.headers, lambda: _page(500)),
    f"{_LG}/transport/zonder-gzip": changes_answer(_always_gzip),
    f"{_LG}/transport/andere-prefixen": refuses(b"SOAP-ENV:"),
    f"{_LG}/transport/byte-order-mark": refuses(lambda body: body.startswith(b"\xef\xbb\xbf")),
    f"{_LG}/transport/must-understand": gives_roster(b"urn:uwlr:conformance"),
    f"{_LG}/transport/get": _header(lambda r: r.method == "GET" and not r.query, _roster_answer),
    f"{_LG}/transport/tls": Broken(config={"tls": {"required": True}}),
    f"{_LG}/vijandig/doctype": gives_roster(b"<!ENTITY jaar"),
    f"{_LG}/vijandig/externe-entiteit": gives_roster(b"SYSTEM"),
    f"{_LG}/vijandig/uitdijende-entiteit": gives_roster(b"<!ENTITY a3"),
    f"{_LG}/vijandig/diep-genest": gives_roster(b"<a><a>"),
    f"{_LG}/vijandig/lange-waarde": gives_roster(b"<schoolkey>xxxx"),
    f"{_LG}/vijandig/aanhalingsteken": gives_roster(b"<schoolkey>x'"),
    f"{_LR}/transport/wsdl": _header(lambda r: r.query == "wsdl" and r.service == _LR, lambda: _page(404)),
    f"{_LR}/fouten/geen-xml": confirms(lambda body: not body.rstrip().endswith(b"Envelope>")),
    f"{_LR}/bezorging/normaal": Broken(las=_NoResults),
    f"{_LR}/bezorging/herhaling": Broken(las=_NoRepeats),
    f"{_LR}/bezorging/correctie": refuses(b"<score>6<", Foutcode.SCORE_ONGELDIG, _LR),
    f"{_LR}/bezorging/eerdere-aanmaakdatum": Broken(las=_AnyMoment),
    f"{_LR}/bezorging/gelijke-aanmaakdatum": Broken(las=_SameMoment),
    f"{_LR}/bezorging/onbekende-leerling": confirms(
        lambda b: b"<leerlingid>" + _UNKNOWN in b and b.endswith(b"Envelope>")
    ),
    f"{_LR}/autorisatie/zonder-header": confirms(lambda body: b"Header>" not in body),
    f"{_LR}/autorisatie/onbekende-sleutel": confirms(b"<autorisatiesleutel>" + _UNKNOWN),
    f"{_LR}/autorisatie/andere-klantcode": confirms(b"<klantcode>" + _UNKNOWN),
    f"{_LR}/autorisatie/andere-school": confirms(b"00ZZ"),
    f"{_LR}/versies/onbekende-versie": confirms(b"<xsdversie>9.9<"),
    f"{_LR}/fouten/score-met-komma": confirms(b"<score>5.5<"),
    f"{_LR}/fouten/onbekende-toetscode": confirms(b"<toetscode>" + _UNKNOWN),
    f"{_LR}/fouten/dubbele-sleutel": confirms(lambda body: body.count(b'key="uwlr-conformance-1"') == 2),
    f"{_LR}/fouten/zonder-aanmaakdatum": confirms(lambda b: b"<aanmaakdatum>" not in b and b.endswith(b"Envelope>")),
}
"""A broken LAS for each case; those of TLS stand in the tests, since they need certificates."""
