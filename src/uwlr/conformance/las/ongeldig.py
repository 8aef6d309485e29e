"""Requests that are not what the standard says, and what a fault looks like."""

from __future__ import annotations

from uwlr import norm
from uwlr.conformance.casebook import case
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import OlderStep, Unmet
from uwlr.conformance.session import LasSession, Reply
from uwlr.foutcodes import Foutcode
from uwlr.soap.operations import HAAL_LEERLINGGEGEVENS

_INVALID = ("geweigerd, met de fout Client.OngeldigBericht", "refused, by the fault Client.OngeldigBericht")
SCHOOLJAAR = "leerlinggegevens/fouten/ongeldig-schooljaar"


def _invalid(reply: Reply) -> None:
    reply.must_refuse_with(Foutcode.ONGELDIG_BERICHT, requirement="FC-03")


@case(
    "leerlinggegevens/fouten/geen-xml",
    "FT-01",
    "FC-03",
    "FT-12",
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
    "FC-03",
    "FT-12",
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
    "FC-03",
    "FT-12",
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
    "FC-03",
    "FT-12",
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
    "FC-03",
    "FT-12",
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
    "FC-03",
    "FT-12",
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
    "FC-03",
    "FT-12",
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
    "FC-03",
    "FT-12",
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
    "FC-03",
    "FT-12",
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
    "FC-03",
    "FT-12",
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
    "FC-03",
    "FT-12",
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
