"""Requests that are not what the standard says, and what a fault looks like."""

from __future__ import annotations

from lxml import etree

from uwlr import norm
from uwlr.codec.parser import parse
from uwlr.conformance.casebook import case
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import OlderStep, Unmet
from uwlr.conformance.session import LasSession, Reply
from uwlr.errors import MessageError
from uwlr.foutcodes import Foutcode
from uwlr.soap.operations import HAAL_LEERLINGGEGEVENS
from uwlr.text import Text

_INVALID = ("de fout Client.OngeldigBericht", "the fault Client.OngeldigBericht")
SCHOOLJAAR = "leerlinggegevens/fouten/ongeldig-schooljaar"


def _invalid(reply: Reply) -> None:
    reply.must_be_fault(Foutcode.ONGELDIG_BERICHT)


@case(
    "leerlinggegevens/fouten/geen-xml",
    "FT-01",
    sends=("een verzoek dat halverwege ophoudt", "a request that stops half-way"),
    holds=_INVALID,
    after=(NORMAL,),
    older=OlderStep("LAS-LG-F01 Bagger XML"),
)
def geen_xml(las: LasSession) -> None:
    """What is not well-formed is no message."""
    _invalid(las.ask(las.verzoek(), edit=lambda body: body[: len(body) // 2]))


@case(
    "leerlinggegevens/fouten/lege-body",
    "FT-01",
    sends=("een envelop met een lege Body", "an envelope with an empty Body"),
    holds=("een fout of een HTTP-status 4xx", "a fault or an HTTP status 4xx"),
    after=(NORMAL,),
)
def lege_body(las: LasSession) -> None:
    """An empty Body asks nothing."""
    body = f'<s:Envelope xmlns:s="{norm.SOAP_ENVELOPE}"><s:Body/></s:Envelope>'.encode()
    las.post(HAAL_LEERLINGGEGEVENS, body).must_be_refused()


@case(
    "leerlinggegevens/fouten/onbekend-bericht",
    "FT-02",
    sends=("een element dat geen verzoek van de standaard is", "an element that is no request of the standard"),
    holds=("een fout of een HTTP-status 4xx", "a fault or an HTTP status 4xx"),
    after=(NORMAL,),
)
def onbekend_bericht(las: LasSession) -> None:
    """Another message is not answered as if it were this one."""
    edit = lambda body: body.replace(b"leerlinggegevens_verzoek", b"leerlinggegevens_wens")  # noqa: E731
    las.ask(las.verzoek(), edit=edit).must_be_refused()


@case(
    SCHOOLJAAR,
    "FT-02",
    sends=("schooljaar 25-26", "schooljaar 25-26"),
    holds=_INVALID,
    after=(NORMAL,),
    older=OlderStep("LAS-LG-F01 Fout schooljaar"),
)
def ongeldig_schooljaar(las: LasSession) -> None:
    """A school year has two years of four digits."""
    _invalid(las.ask(las.verzoek(schooljaar="25-26")))


@case(
    "leerlinggegevens/fouten/leeg-schooljaar",
    "FT-02",
    sends=("een leeg schooljaar", "an empty schooljaar"),
    holds=_INVALID,
    after=(NORMAL,),
)
def leeg_schooljaar(las: LasSession) -> None:
    """Empty is not absent, and absent is not allowed."""
    _invalid(las.ask(las.verzoek(schooljaar="")))


@case(
    "leerlinggegevens/fouten/ongeldige-brincode",
    "FT-02",
    sends=("brincode ABCD", "brincode ABCD"),
    holds=_INVALID,
    after=(NORMAL,),
    older=OlderStep("LAS-LG-F01 Invalide BRIN code"),
)
def ongeldige_brincode(las: LasSession) -> None:
    """A BRIN is two digits and two letters."""
    _invalid(las.ask(las.verzoek(brincode="ABCD", schoolkey=None)))


@case(
    "leerlinggegevens/fouten/ongeldige-dependancecode",
    "FT-02",
    sends=("dependancecode 1A", "dependancecode 1A"),
    holds=_INVALID,
    after=(NORMAL,),
    older=OlderStep("LAS-LG-F01 Invalide dependance code"),
)
def ongeldige_dependancecode(las: LasSession) -> None:
    """A dependancecode is two digits."""
    brincode = las.school.get("brincode", "00ZZ")
    _invalid(las.ask(las.verzoek(brincode=brincode, dependancecode="1A", schoolkey=None)))


@case(
    "leerlinggegevens/fouten/geen-school",
    "FT-02",
    sends=("een verzoek zonder school", "a request without a school"),
    holds=_INVALID,
    after=(NORMAL,),
)
def geen_school(las: LasSession) -> None:
    """A request names its school."""
    _invalid(las.ask(las.verzoek(brincode=None, dependancecode=None, schoolkey=None)))


@case(
    "leerlinggegevens/fouten/brincode-en-schoolkey",
    "FT-03",
    sends=("brincode en schoolkey samen", "brincode and schoolkey together"),
    holds=_INVALID,
    after=(NORMAL,),
)
def brincode_en_schoolkey(las: LasSession) -> None:
    """A request names its school in one way."""
    brincode = las.school.get("brincode", "00ZZ")
    _invalid(las.ask(las.verzoek(brincode=brincode, schoolkey="S1")))


@case(
    "leerlinggegevens/fouten/verkeerde-volgorde",
    "FT-04",
    sends=("xsdversie vóór schooljaar", "xsdversie before schooljaar"),
    holds=_INVALID,
    after=(NORMAL,),
)
def verkeerde_volgorde(las: LasSession) -> None:
    """The elements have an order."""
    version = f"<xsdversie>{las.config.versie}</xsdversie>".encode()

    def edit(body: bytes) -> bytes:
        return body.replace(version, b"", 1).replace(b"<schooljaar>", version + b"<schooljaar>", 1)

    _invalid(las.ask(las.verzoek(), edit=edit))


@case(
    "leerlinggegevens/fouten/onbekend-element",
    "FT-02",
    sends=("een element dat de standaard niet kent", "an element that the standard does not have"),
    holds=_INVALID,
    after=(NORMAL,),
)
def onbekend_element(las: LasSession) -> None:
    """What the schema does not have is not skipped."""
    edit = lambda body: body.replace(b"<xsdversie>", b"<leerjaar>1</leerjaar><xsdversie>", 1)  # noqa: E731
    _invalid(las.ask(las.verzoek(), edit=edit))


@case(
    "leerlinggegevens/fouten/schooljaren-niet-opeenvolgend",
    "FT-05",
    sends=("schooljaar 2020-2023", "schooljaar 2020-2023"),
    holds=("geen leerlinggegevens", "no leerlinggegevens"),
    after=(NORMAL,),
)
def schooljaren_niet_opeenvolgend(las: LasSession) -> None:
    """The second year is the first plus one; the schema cannot say so."""
    reply = las.ask(las.verzoek(schooljaar="2020-2023"))
    if getattr(reply.inhoud, "leerlingen", None):
        raise Unmet(reply.described())


@case(
    "leerlinggegevens/fouten/http-status",
    "FT-06",
    sends=("een verzoek dat een fout geeft", "a request that is answered by a fault"),
    holds=("de fout komt met HTTP-status 500", "the fault comes with HTTP status 500"),
    after=(SCHOOLJAAR,),
)
def http_status(las: LasSession) -> None:
    """SOAP 1.1 over HTTP has 500 for faults."""
    reply = las.ask(las.verzoek(schooljaar="25-26"))
    if reply.must_be_fault().http_status != 500:
        raise Unmet(reply.described())


@case(
    "leerlinggegevens/fouten/foutcode-met-prefix",
    "FT-07",
    sends=("een verzoek dat een fout geeft", "a request that is answered by a fault"),
    holds=("faultcode heeft de prefix van de envelop", "faultcode has the prefix of the envelope"),
    after=(SCHOOLJAAR,),
)
def foutcode_met_prefix(las: LasSession) -> None:
    """A code of SOAP 1.1 is a qualified name in the envelope's namespace."""
    code = _child(las.ask(las.verzoek(schooljaar="25-26")), "faultcode")
    prefix = (code.text or "").strip().rpartition(":")[0] or None
    if code.nsmap.get(prefix) != norm.SOAP_ENVELOPE:
        raise Unmet(Text("faultcode heeft een andere of geen prefix", "faultcode has another prefix or none"))


@case(
    "leerlinggegevens/fouten/met-tekst",
    "FT-08",
    sends=("een verzoek dat een fout geeft", "a request that is answered by a fault"),
    holds=("faultstring bevat tekst", "faultstring holds text"),
    after=(SCHOOLJAAR,),
)
def met_tekst(las: LasSession) -> None:
    """A fault says something to people."""
    if not (_child(las.ask(las.verzoek(schooljaar="25-26")), "faultstring").text or "").strip():
        raise Unmet(Text("faultstring is leeg", "faultstring is empty"))


@case(
    "leerlinggegevens/fouten/geen-binnenkant",
    "FT-09",
    sends=("een verzoek dat een fout geeft", "a request that is answered by a fault"),
    holds=("de fout toont geen programmaregels", "the fault shows no lines of a program"),
    after=(SCHOOLJAAR,),
)
def geen_binnenkant(las: LasSession) -> None:
    """A stack trace helps nobody but an intruder."""
    reply = las.ask(las.verzoek(schooljaar="25-26"))
    body = reply.http.body if reply.http else b""
    if any(sign in body for sign in (b"Traceback (most", b"\tat ", b"   at ", b".java:", b".cs:line")):
        raise Unmet(Text("de fout toont een stacktrace", "the fault shows a stack trace"))


def _child(reply: Reply, name: str) -> etree._Element:
    reply.must_be_fault()
    missing = Unmet(Text(f"{name} ontbreekt", f"{name} is missing"))
    try:
        found = next(parse(reply.http.body if reply.http else b"").iter(name, f"{{{norm.SOAP_ENVELOPE}}}{name}"), None)
    except MessageError:
        raise missing from None
    if found is None:
        raise missing
    return found
