"""Leerlinggegevens: the roster of a school, whole or in stages.

Source: UWLR 2.2, UWLR_Leerlinggegevens_v2p2.xsd and EDEXML.elementen.xsd (20170515).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from uwlr import norm
from uwlr.berichten import typen as t
from uwlr.berichten.raw import ToevoegingsBlok
from uwlr.berichten.tabel import (
    AtLeastOne,
    AtMostOne,
    Attribute,
    Bericht,
    Choice,
    Content,
    Named,
    Needs,
    Reference,
    Wrapped,
)


class _Deel(Bericht):
    namespace: ClassVar[str] = norm.LEERLINGGEGEVENS


class School(_Deel):
    """The school whose roster this is. EDEXML.elementen.xsd, SchoolType."""

    schooljaar: t.Schooljaar
    peildatum: t.Datum | None = None
    brincode: t.Brincode | None = None
    dependancecode: t.Dependancecode | None = None
    instellingsnummer: t.Instellingsnummer | None = None
    schoolkey: t.Key | None = None
    aanmaakdatum: t.Tijdstip | None = None
    auteur: t.FreeText128 | None = None
    xsdversie: t.String32 | None = None
    commentaar: t.FreeText | None = None
    toevoegingen: Annotated[tuple[ToevoegingsBlok, ...], Wrapped()] = ()

    choices: ClassVar[tuple[Choice, ...]] = (
        AtMostOne(("brincode", "instellingsnummer")),
        Needs(("dependancecode",), "brincode"),
    )


class Vestiging(_Deel, tag="vestiging"):
    """A location of the school. VestigingType."""

    key: Annotated[t.Key, Attribute()]
    naam: t.String64
    omschrijving: t.String256 | None = None
    mutatiedatum: t.Tijdstip | None = None


class Groep(_Deel, tag="groep"):
    """A stamgroep: the group a pupil belongs to for the year. GroepType."""

    key: Annotated[t.Key, Attribute()]
    naam: t.String64
    jaargroep: t.JaargroepCode
    omschrijving: t.String256 | None = None
    toevoegingen: Annotated[tuple[ToevoegingsBlok, ...], Wrapped()] = ()
    mutatiedatum: t.Tijdstip | None = None


class SamengesteldeGroep(_Deel, tag="samengestelde_groep"):
    """A group put together for some lessons. SamengesteldeGroepType."""

    key: Annotated[t.Key, Attribute()]
    naam: t.String64
    omschrijving: t.String256 | None = None
    toevoegingen: Annotated[tuple[ToevoegingsBlok, ...], Wrapped()] = ()
    mutatiedatum: t.Tijdstip | None = None


_PERSON: tuple[Choice, ...] = (
    AtLeastOne(("achternaam", "roepnaam")),
    Needs(("voorvoegsel", "voornamen", "voorletters_1"), "achternaam"),
)


class Leerling(_Deel, tag="leerling"):
    """A pupil. LeerlingType; in 2.3 the key may be absent if there is an ECK-iD."""

    key: Annotated[t.PersonKey | None, Attribute(optional_from="2.3")] = None
    eckid: Annotated[t.PersonKey | None, Attribute()] = None
    achternaam: t.Achternaam | None = None
    voorvoegsel: t.Voorvoegsel | None = None
    voornamen: t.Voornamen | None = None
    voorletters_1: Annotated[t.Voorletters1 | None, Named("voorletters-1")] = None
    roepnaam: t.Roepnaam | None = None
    geboortedatum: t.Geboortedatum | None = None
    geslacht: t.GeslachtCode | None = None
    start_ondw_jgr3: t.Datum | None = None
    jaargroep: t.JaargroepCode | None = None
    groep: Annotated[t.GroepKey | None, Reference()] = None
    samengestelde_groepen: Annotated[tuple[t.GroepKey, ...], Wrapped("samengestelde_groep"), Reference()] = ()
    vestiging: Annotated[t.GroepKey | None, Reference()] = None
    gebruikersnaam: t.Gebruikersnaam | None = None
    emailadres: t.PersonalText | None = None
    fotourl: t.PersonalText | None = None
    etniciteit: t.Etniciteit | None = None
    land: t.Land | None = None
    land_vader: t.Land | None = None
    land_moeder: t.Land | None = None
    sofinummer: t.Sofinummer | None = None
    bsn: t.Bsn | None = None
    onderwijsnummer: t.Onderwijsnummer | None = None
    bsn_ondwnr_4: Annotated[t.BsnOndwnr4 | None, Named("bsn_ondwnr-4")] = None
    rijksregisternummer: t.Rijksregisternummer | None = None
    gewicht_nieuw: t.GewichtNieuw | None = None
    gewicht: t.Gewicht | None = None
    postcodenl: t.PostcodeNl | None = None
    postnummerbe: t.PostnummerBe | None = None
    postcodeoverig: t.PostcodeOverig | None = None
    instroomdatum: t.Datum | None = None
    uitstroomdatum: t.Datum | None = None
    toevoegingen: Annotated[tuple[ToevoegingsBlok, ...], Wrapped()] = ()
    mutatiedatum: t.Tijdstip | None = None

    choices: ClassVar[tuple[Choice, ...]] = (
        *_PERSON,
        AtMostOne(("sofinummer", "bsn", "onderwijsnummer", "bsn_ondwnr_4", "rijksregisternummer")),
        AtMostOne(("postcodenl", "postnummerbe", "postcodeoverig")),
    )


class Rolomschrijving(_Deel, tag="rolomschrijving"):
    """A role in the school's own words, where no code fits. EDEXRolOmschtijvingType."""

    tekst: Annotated[t.RolomschrijvingText, Content()]


RolOfOmschrijving: TypeAlias = Annotated[t.RolCode, Named("rol")] | Rolomschrijving


class GroepReferentie(_Deel, tag="groep"):
    """A stamgroep of a member of staff, with the roles there. LeerkrachtGroepReferentieType."""

    key: Annotated[t.GroepKey, Attribute()]
    rol: tuple[RolOfOmschrijving, ...] = ()


class SamengesteldeGroepReferentie(_Deel, tag="samengestelde_groep"):
    """A samengestelde groep of a member of staff, with the roles there. LeerkrachtGroepReferentieType."""

    key: Annotated[t.GroepKey, Attribute()]
    rol: tuple[RolOfOmschrijving, ...] = ()


class Leerkracht(_Deel, tag="leerkracht"):
    """A member of staff. LeerkrachtType."""

    key: Annotated[t.PersonKey, Attribute()]
    eckid: Annotated[t.PersonKey | None, Attribute()] = None
    achternaam: t.Achternaam | None = None
    voorvoegsel: t.Voorvoegsel | None = None
    voornamen: t.Voornamen | None = None
    voorletters_1: Annotated[t.Voorletters1 | None, Named("voorletters-1")] = None
    roepnaam: t.Roepnaam | None = None
    gebruikersnaam: t.Gebruikersnaam | None = None
    emailadres: t.PersonalText | None = None
    rol: tuple[RolOfOmschrijving, ...] = ()
    groepen: Annotated[tuple[GroepReferentie | SamengesteldeGroepReferentie, ...], Wrapped()] = ()
    toevoegingen: Annotated[tuple[ToevoegingsBlok, ...], Wrapped()] = ()
    mutatiedatum: t.Tijdstip | None = None

    choices: ClassVar[tuple[Choice, ...]] = _PERSON


class Leerlinggegevens(_Deel, tag="leerlinggegevens"):
    """The whole roster of a school. Element leerlinggegevens."""

    school: School
    vestigingen: Annotated[tuple[Vestiging, ...], Wrapped()] = ()
    groepen: Annotated[tuple[Groep | SamengesteldeGroep, ...], Wrapped()] = ()
    leerlingen: Annotated[tuple[Leerling, ...], Wrapped()]
    leerkrachten: Annotated[tuple[Leerkracht, ...], Wrapped()] = ()


class LeerlinggegevensStructuur(_Deel, tag="leerlinggegevens-structuur"):
    """The school and its groups, first stage. Element leerlinggegevens-structuur."""

    school: School
    vestigingen: Annotated[tuple[Vestiging, ...], Wrapped()] = ()
    groepen: Annotated[tuple[Groep | SamengesteldeGroep, ...], Wrapped()] = ()


class LeerlinggegevensLeerlingen(_Deel, tag="leerlinggegevens-leerlingen"):
    """The pupils of the groups asked for. Element leerlinggegevens-leerlingen."""

    school: School
    leerlingen: Annotated[tuple[Leerling, ...], Wrapped()]


class LeerlinggegevensLeerkrachten(_Deel, tag="leerlinggegevens-leerkrachten"):
    """The staff of the groups asked for. Element leerlinggegevens-leerkrachten."""

    school: School
    leerkrachten: Annotated[tuple[Leerkracht, ...], Wrapped()] = ()


class GeenWijzigingen(_Deel, tag="geenwijzigingen"):
    """Nothing changed since laatstontvangengegevens. Element geenwijzigingen."""


class GeenGegevens(_Deel, tag="geengegevens"):
    """The LAS found nothing that fits the request. Element geengegevens."""


class _Verzoek(_Deel):
    """What every request says. Group gVerzoekBasis."""

    schooljaar: t.Schooljaar
    brincode: t.Brincode | None = None
    dependancecode: t.VerzoekDependancecode | None = None
    schoolkey: t.String256 | None = None
    xsdversie: t.String32
    gegevenssetid: t.String64 | None = None
    laatstontvangengegevens: t.Tijdstip | None = None

    choices: ClassVar[tuple[Choice, ...]] = (
        AtMostOne(("brincode", "schoolkey")),
        AtLeastOne(("brincode", "schoolkey")),
        Needs(("dependancecode",), "brincode"),
    )


class VerzoekGroep(_Deel, tag="groep"):
    """A stamgroep asked for; without a key: the persons in no stamgroep. Group gVerzoekGroepenRef."""

    key: Annotated[t.GroepKey | None, Attribute()] = None


class VerzoekSamengesteldeGroep(_Deel, tag="samengestelde_groep"):
    """A samengestelde groep asked for; without a key: the persons in none. Group gVerzoekGroepenRef."""

    key: Annotated[t.GroepKey | None, Attribute()] = None


class LeerlinggegevensVerzoek(_Verzoek, tag="leerlinggegevens_verzoek"):
    """Ask for the whole roster of one school year. Element leerlinggegevens_verzoek."""


class StructuurVerzoek(_Verzoek, tag="structuur_verzoek"):
    """Ask for the school and its groups. Element structuur_verzoek."""


class LeerlingenVerzoek(_Verzoek, tag="leerlingen_verzoek"):
    """Ask for the pupils of some groups. Element leerlingen_verzoek."""

    groepen: Annotated[tuple[VerzoekGroep | VerzoekSamengesteldeGroep, ...], Wrapped()]


class LeerkrachtenVerzoek(_Verzoek, tag="leerkrachten_verzoek"):
    """Ask for the staff of some groups. Element leerkrachten_verzoek."""

    groepen: Annotated[tuple[VerzoekGroep | VerzoekSamengesteldeGroep, ...], Wrapped()]


class LeerlinggegevensAntwoord(_Deel, tag="leerlinggegevens_antwoord"):
    """Answer to HaalLeerlinggegevens. Element leerlinggegevens_antwoord."""

    inhoud: Leerlinggegevens | GeenWijzigingen | GeenGegevens


class StructuurAntwoord(_Deel, tag="structuur_antwoord"):
    """Answer to HaalStructuur. Element structuur_antwoord."""

    inhoud: LeerlinggegevensStructuur | GeenWijzigingen | GeenGegevens


class LeerlingenAntwoord(_Deel, tag="leerlingen_antwoord"):
    """Answer to HaalLeerlingen. Element leerlingen_antwoord."""

    inhoud: LeerlinggegevensLeerlingen | GeenWijzigingen | GeenGegevens


class LeerkrachtenAntwoord(_Deel, tag="leerkrachten_antwoord"):
    """Answer to HaalLeerkrachten. Element leerkrachten_antwoord."""

    inhoud: LeerlinggegevensLeerkrachten | GeenWijzigingen | GeenGegevens
