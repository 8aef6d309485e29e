"""Who may ask: the header, the customer, the key, the school."""

from __future__ import annotations

import re

from uwlr.conformance.casebook import case
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import OlderStep, Unmet
from uwlr.conformance.session import LasSession
from uwlr.foutcodes import Foutcode
from uwlr.text import Text

_FAULT = ("de fout Client.AutorisatieOngeldig", "the fault Client.AutorisatieOngeldig")
_CUSTOMER = ("de fout Client.OngeldigeKlantIdentificatie", "the fault Client.OngeldigeKlantIdentificatie")
_UNKNOWN = "uwlr-conformance-onbekend"


@case(
    "leerlinggegevens/autorisatie/zonder-header",
    "AU-01",
    sends=("een verzoek zonder header autorisatie", "a request without the header autorisatie"),
    holds=_FAULT,
    after=(NORMAL,),
    older=OlderStep(
        "LAS-LG-F01 Ongeldige autorisatieheader",
        Text(
            "de header ontbreekt echt; de oude stap stuurde een gewone",
            "the header is really absent; the old step sent an ordinary one",
        ),
    ),
)
def zonder_header(las: LasSession) -> None:
    """Without a header nobody asks."""
    las.ask(las.verzoek(), without_header=True).must_be_fault(Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "leerlinggegevens/autorisatie/onvolledige-header",
    "AU-02",
    sends=("een header zonder klantcode", "a header without klantcode"),
    holds=_FAULT,
    after=(NORMAL,),
)
def onvolledige_header(las: LasSession) -> None:
    """All three parts of the header are mandatory."""
    edit = re.compile(rb"<klantcode>.*?</klantcode>", re.DOTALL)
    reply = las.ask(las.verzoek(), edit=lambda body: edit.sub(b"", body, count=1))
    reply.must_be_fault(Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "leerlinggegevens/autorisatie/lege-sleutel",
    "AU-02",
    sends=("een header met een lege autorisatiesleutel", "a header with an empty autorisatiesleutel"),
    holds=_FAULT,
    after=(NORMAL,),
)
def lege_sleutel(las: LasSession) -> None:
    """An empty key is none."""
    header = las.other_key(autorisatiesleutel="")
    las.ask(las.verzoek(), autorisatie=header).must_be_fault(Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "leerlinggegevens/autorisatie/onbekende-sleutel",
    "AU-03",
    sends=("een autorisatiesleutel die niet bestaat", "an autorisatiesleutel that does not exist"),
    holds=_FAULT,
    after=(NORMAL,),
    older=OlderStep("LAS-LG-F01 Foute autorisatiesleutel"),
)
def onbekende_sleutel(las: LasSession) -> None:
    """A key that is not known opens nothing."""
    header = las.other_key(autorisatiesleutel=_UNKNOWN)
    las.ask(las.verzoek(), autorisatie=header).must_be_fault(Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "leerlinggegevens/autorisatie/bijna-de-sleutel",
    "AU-03",
    sends=("de sleutel zonder het laatste teken", "the key without its last character"),
    holds=_FAULT,
    after=(NORMAL,),
)
def bijna_de_sleutel(las: LasSession) -> None:
    """A key is compared as a whole."""
    header = las.other_key(autorisatiesleutel=las.autorisatie.autorisatiesleutel[:-1] or "x")
    las.ask(las.verzoek(), autorisatie=header).must_be_fault(Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "leerlinggegevens/autorisatie/andere-klantnaam",
    "AU-04",
    sends=("een klantnaam die niet bij de klantcode hoort", "a klantnaam that does not go with the klantcode"),
    holds=_CUSTOMER,
    after=(NORMAL,),
    older=OlderStep("LAS-LG-F01 Foute klantnaam"),
)
def andere_klantnaam(las: LasSession) -> None:
    """Name and code belong together."""
    header = las.other_key(klantnaam=_UNKNOWN)
    las.ask(las.verzoek(), autorisatie=header).must_be_fault(Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE)


@case(
    "leerlinggegevens/autorisatie/andere-klantcode",
    "AU-04",
    sends=("een klantcode die niet bestaat", "a klantcode that does not exist"),
    holds=_CUSTOMER,
    after=(NORMAL,),
    older=OlderStep("LAS-LG-F01 Foute klantcode"),
)
def andere_klantcode(las: LasSession) -> None:
    """A code that is not known is nobody's."""
    header = las.other_key(klantcode=_UNKNOWN)
    las.ask(las.verzoek(), autorisatie=header).must_be_fault(Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE)


@case(
    "leerlinggegevens/autorisatie/andere-school",
    "AU-05",
    sends=("een school die deze sleutel niet opent", "a school that this key does not open"),
    holds=_FAULT,
    after=(NORMAL,),
    older=OlderStep("LAS-LG-F01 Foute BRIN code"),
)
def andere_school(las: LasSession) -> None:
    """A key opens the schools of its list and no other."""
    nothing = dict.fromkeys(("brincode", "dependancecode", "schoolkey"))
    verzoek = las.verzoek(**{**nothing, **las.config.andere_school.named()})
    las.ask(verzoek).must_be_fault(Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "leerlinggegevens/autorisatie/andere-dependance",
    "AU-05",
    sends=("een dependance die de school niet heeft", "a dependance that the school does not have"),
    holds=_FAULT,
    after=(NORMAL,),
    older=OlderStep(
        "LAS-LG-F01 Foute dependance code",
        Text("niet 00: dat zegt hetzelfde als geen dependance", "not 00, which says the same as no dependance"),
    ),
)
def andere_dependance(las: LasSession) -> None:
    """A key opens a location, not its neighbour."""
    other = "96" if las.school.get("dependancecode") == "97" else "97"
    brincode = las.school.get("brincode", "00ZZ")
    verzoek = las.verzoek(brincode=brincode, schoolkey=None, dependancecode=other)
    las.ask(verzoek).must_be_fault(Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "leerlinggegevens/autorisatie/andere-schoolkey",
    "AU-05",
    sends=("een schoolkey die niet bestaat", "a schoolkey that does not exist"),
    holds=_FAULT,
    after=(NORMAL,),
    older=OlderStep(
        "LAS-LG-F01 Foute schoolkey",
        Text(
            "zonder de BRIN ernaast, die sinds 2.0 niet meer mag",
            "without the BRIN beside it, which 2.0 and later forbid",
        ),
    ),
)
def andere_schoolkey(las: LasSession) -> None:
    """A schoolkey is held against the key's list too."""
    verzoek = las.verzoek(brincode=None, dependancecode=None, schoolkey=_UNKNOWN)
    las.ask(verzoek).must_be_fault(Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "leerlinggegevens/autorisatie/bericht-voor-sleutel",
    "AU-06",
    sends=("een ongeldig bericht met een onbekende sleutel", "an invalid message with an unknown key"),
    holds=("de fout Client.OngeldigBericht: het bericht gaat voor", "Client.OngeldigBericht: the message comes first"),
    after=(NORMAL, "leerlinggegevens/fouten/ongeldig-schooljaar"),
)
def bericht_voor_sleutel(las: LasSession) -> None:
    """The checks have an order."""
    header = las.other_key(autorisatiesleutel=_UNKNOWN)
    reply = las.ask(las.verzoek(schooljaar="x"), autorisatie=header)
    reply.must_be_fault(Foutcode.ONGELDIG_BERICHT)


@case(
    "leerlinggegevens/autorisatie/sleutel-blijft-geheim",
    "AU-07",
    sends=("een autorisatiesleutel die niet bestaat", "an autorisatiesleutel that does not exist"),
    holds=("de fout herhaalt de sleutel niet", "the fault does not repeat the key"),
    after=("leerlinggegevens/autorisatie/onbekende-sleutel",),
)
def sleutel_blijft_geheim(las: LasSession) -> None:
    """A fault goes into logs, where no key belongs."""
    reply = las.ask(las.verzoek(), autorisatie=las.other_key(autorisatiesleutel=_UNKNOWN))
    if reply.http is not None and _UNKNOWN.encode() in reply.http.body:
        raise Unmet(Text("de sleutel staat in de fout", "the key stands in the fault"))
