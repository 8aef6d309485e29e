"""The version that a request names, and what follows from it."""

from __future__ import annotations

from uwlr.berichten import Leerlinggegevens
from uwlr.conformance.casebook import case
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import Absent, OlderStep, Unmet
from uwlr.conformance.session import ROSTER, LasSession, same
from uwlr.foutcodes import Foutcode
from uwlr.text import Text

DECLARED = "leerlinggegevens/versies/gemelde-versies"


@case(
    "leerlinggegevens/versies/onbekende-versie",
    "VS-01",
    "FC-04",
    "FT-12",
    sends=("xsdversie 9.9", "xsdversie 9.9"),
    holds=("geweigerd, met de fout Client.XsdVersieOngeldig", "refused, by the fault Client.XsdVersieOngeldig"),
    after=(NORMAL,),
    older=OlderStep("LAS-LG-F01 Foute XSD versie"),
)
def onbekende_versie(las: LasSession) -> None:
    """A version that is not supported is refused by its own fault."""
    las.ask(las.verzoek(xsdversie="9.9")).must_refuse_with(Foutcode.XSD_VERSIE_ONGELDIG, requirement="FC-04")


@case(
    "leerlinggegevens/versies/ontbrekende-versie",
    "FT-02",
    "FC-03",
    "FT-12",
    sends=("een verzoek zonder xsdversie", "a request without xsdversie"),
    holds=("Client.OngeldigBericht of Client.XsdVersieOngeldig", "Client.OngeldigBericht or Client.XsdVersieOngeldig"),
    after=(NORMAL,),
)
def ontbrekende_versie(las: LasSession) -> None:
    """The version is mandatory."""
    version = f"<xsdversie>{las.config.versie}</xsdversie>".encode()
    reply = las.ask(las.verzoek(), edit=lambda body: body.replace(version, b"", 1))
    reply.must_refuse_with(Foutcode.ONGELDIG_BERICHT, Foutcode.XSD_VERSIE_ONGELDIG, requirement="FC-03")


@case(
    DECLARED,
    "VS-02",
    sends=("een verzoek met elke xsdversie die de configuratie noemt", "a request with every declared xsdversie"),
    holds=("elk verzoek krijgt leerlinggegevens", "every request is given leerlinggegevens"),
    requests=3,
    after=(NORMAL,),
)
def gemelde_versies(las: LasSession) -> None:
    """What a system says it supports, it answers."""
    others = [versie for versie in las.config.versies if versie != las.config.versie]
    if not others:
        raise Absent(Text("versies noemt geen andere versie", "versies names no other version"))
    for versie in others[:3]:
        las.ask(las.verzoek(xsdversie=versie)).must_hold(Leerlinggegevens)


@case(
    "leerlinggegevens/versies/versie-in-antwoord",
    "VS-03",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=("xsdversie van het antwoord is die van het verzoek", "the answer's xsdversie is that of the request"),
    requests=0,
    shares=(ROSTER,),
    after=(NORMAL,),
)
def versie_in_antwoord(las: LasSession) -> None:
    """Where the answer names its version, it is the one that was asked for."""
    got = las.roster().school.xsdversie
    if got is None:
        raise Absent(Text("het antwoord noemt geen versie", "the answer names no version"))
    same(got, las.config.versie, actual=Text("een andere xsdversie", "another xsdversie"))


@case(
    "leerlinggegevens/versies/eckid-in-2.1",
    "VS-04",
    sends=("een verzoek met xsdversie 2.1", "a request with xsdversie 2.1"),
    holds=("geen eckid in het antwoord", "no eckid in the answer"),
    after=(DECLARED,),
)
def eckid_in_2_1(las: LasSession) -> None:
    """Version 2.1 has no eckid."""
    if "2.1" not in las.config.versies:
        raise Absent(Text("2.1 staat niet in versies", "2.1 is not among versies"))
    roster = las.ask(las.verzoek(xsdversie="2.1")).must_hold(Leerlinggegevens)
    if any(leerling.eckid for leerling in roster.leerlingen) or any(one.eckid for one in roster.leerkrachten):
        raise Unmet(Text("er staan ECK-iD's in", "there are ECK-iDs in it"))
