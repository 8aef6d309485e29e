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
    """The school year, two years with a dash, such as 2025-2026.

    schooljaar [1..1] tpSchooljaar (form [1-2][0-9]{3}-[1-2][0-9]{3}).
    """
    peildatum: t.Datum | None = None
    """The day for which the data hold. peildatum [0..1] xs:date."""
    brincode: t.Brincode | None = None
    """BRIN of the school, such as 99XX. brincode [0..1] EDEXBrincodeType (form [0-9]{2}[A-Z]{2})."""
    dependancecode: t.Dependancecode | None = None
    """Number of the location; 00, or none, is the main one.

    dependancecode [0..1] EDEXDependancecodeType (form [0-9]{2}).
    """
    instellingsnummer: t.Instellingsnummer | None = None
    """Number of a Flemish school, in place of brincode.

    instellingsnummer [0..1] EDEXInstellingsnummerType (form [0-9]{2,6}).
    """
    schoolkey: t.Key | None = None
    """Name of the school that both sides agreed on. schoolkey [0..1] EDEXKeyType (1 to 256 characters)."""
    aanmaakdatum: t.Tijdstip | None = None
    """The moment at which the message was made. aanmaakdatum [0..1] xs:dateTime."""
    auteur: t.FreeText128 | None = None
    """Who or what made the message. auteur [0..1] EDEXString128Type (1 to 128 characters)."""
    xsdversie: t.String32 | None = None
    """Version of UWLR that the message follows. xsdversie [0..1] EDEXString32Type (1 to 32 characters)."""
    commentaar: t.FreeText | None = None
    """Remark by whoever made the message. commentaar [0..1] xs:string."""
    toevoegingen: Annotated[tuple[ToevoegingsBlok, ...], Wrapped()] = ()
    """Blocks that both sides agreed on beyond the standard. toevoegingen [0..n] blok."""

    choices: ClassVar[tuple[Choice, ...]] = (
        AtMostOne(("brincode", "instellingsnummer")),
        Needs(("dependancecode",), "brincode"),
    )


class Vestiging(_Deel, tag="vestiging"):
    """A location of the school. VestigingType."""

    key: Annotated[t.Key, Attribute()]
    """Key of the location in the LAS. @key [1..1] EDEXKeyType (1 to 256 characters)."""
    naam: t.String64
    """Name, as people at the school know it. naam [1..1] EDEXString64Type (1 to 64 characters)."""
    omschrijving: t.String256 | None = None
    """What it is, in words. omschrijving [0..1] EDEXString256Type (1 to 256 characters)."""
    mutatiedatum: t.Tijdstip | None = None
    """The moment of the last change. mutatiedatum [0..1] xs:dateTime."""


class Groep(_Deel, tag="groep"):
    """A stamgroep: the group a pupil belongs to for the year. GroepType."""

    key: Annotated[t.Key, Attribute()]
    """Key of the group in the LAS. @key [1..1] EDEXKeyType (1 to 256 characters)."""
    naam: t.String64
    """Name, as people at the school know it. naam [1..1] EDEXString64Type (1 to 64 characters)."""
    jaargroep: t.JaargroepCode
    """Year of the group; that of a pupil goes before it. jaargroep [1..1] EDEXJaargroepType (one of 22 codes)."""
    omschrijving: t.String256 | None = None
    """What it is, in words. omschrijving [0..1] EDEXString256Type (1 to 256 characters)."""
    toevoegingen: Annotated[tuple[ToevoegingsBlok, ...], Wrapped()] = ()
    """Blocks that both sides agreed on beyond the standard. toevoegingen [0..n] blok."""
    mutatiedatum: t.Tijdstip | None = None
    """The moment of the last change. mutatiedatum [0..1] xs:dateTime."""


class SamengesteldeGroep(_Deel, tag="samengestelde_groep"):
    """A group put together for some lessons. SamengesteldeGroepType."""

    key: Annotated[t.Key, Attribute()]
    """Key of the group in the LAS. @key [1..1] EDEXKeyType (1 to 256 characters)."""
    naam: t.String64
    """Name, as people at the school know it. naam [1..1] EDEXString64Type (1 to 64 characters)."""
    omschrijving: t.String256 | None = None
    """What it is, in words. omschrijving [0..1] EDEXString256Type (1 to 256 characters)."""
    toevoegingen: Annotated[tuple[ToevoegingsBlok, ...], Wrapped()] = ()
    """Blocks that both sides agreed on beyond the standard. toevoegingen [0..n] blok."""
    mutatiedatum: t.Tijdstip | None = None
    """The moment of the last change. mutatiedatum [0..1] xs:dateTime."""


_PERSON: tuple[Choice, ...] = (
    AtLeastOne(("achternaam", "roepnaam")),
    Needs(("voorvoegsel", "voornamen", "voorletters_1"), "achternaam"),
)


class Leerling(_Deel, tag="leerling"):
    """A pupil. LeerlingType; in 2.3 the key may be absent if there is an ECK-iD."""

    key: Annotated[t.PersonKey | None, Attribute(optional_from="2.3")] = None
    """Key of the pupil in the LAS: it stays, and is never given to another.

    @key [0..1] EDEXKeyType (1 to 256 characters).
    """
    eckid: Annotated[t.PersonKey | None, Attribute()] = None
    """ECK-iD: the pseudonym of this person in the chain of educational applications.

    @eckid [0..1] EDEXKeyType (1 to 256 characters).
    """
    achternaam: t.Achternaam | None = None
    """Last name, without voorvoegsel. achternaam [0..1] EDEXAchternaamType (1 to 200 characters)."""
    voorvoegsel: t.Voorvoegsel | None = None
    """What stands before the last name, such as van der.

    voorvoegsel [0..1] EDEXVoorvoegselType (1 to 10 characters).
    """
    voornamen: t.Voornamen | None = None
    """First names in full. voornamen [0..1] EDEXVoornamenType (1 to 200 characters)."""
    voorletters_1: Annotated[t.Voorletters1 | None, Named("voorletters-1")] = None
    """Initials without dots. voorletters-1 [0..1] EDEXVoorletters-1Type (1 to 6 characters)."""
    roepnaam: t.Roepnaam | None = None
    """The name by which the person is called. roepnaam [0..1] EDEXString64Type (1 to 64 characters)."""
    geboortedatum: t.Geboortedatum | None = None
    """Date of birth. geboortedatum [0..1] xs:date."""
    geslacht: t.GeslachtCode | None = None
    """Sex: 0 unknown, 1 boy, 2 girl, 9 not stated. geslacht [0..1] EDEXGeslachtType (one of 0 1 2 9)."""
    start_ondw_jgr3: t.Datum | None = None
    """The day on which education in year 3 began. start_ondw_jgr3 [0..1] xs:date."""
    jaargroep: t.JaargroepCode | None = None
    """Year: 1 to 8, 11 to 16 in secondary education, or another code.

    jaargroep [0..1] EDEXJaargroepType (one of 22 codes).
    """
    groep: Annotated[t.GroepKey | None, Reference()] = None
    """Key of the stamgroep that the pupil is in. groep [0..1] EDEXKeyType (1 to 256 characters)."""
    samengestelde_groepen: Annotated[tuple[t.GroepKey, ...], Wrapped("samengestelde_groep"), Reference()] = ()
    """Keys of the other groups that the pupil is in. samengestelde_groepen [0..n] EDEXKeyType (1 to 256 characters)."""
    vestiging: Annotated[t.GroepKey | None, Reference()] = None
    """Key of the location that the pupil goes to. vestiging [0..1] EDEXKeyType (1 to 256 characters)."""
    gebruikersnaam: t.Gebruikersnaam | None = None
    """Name by which the person logs in. gebruikersnaam [0..1] EDEXGebruikersnaamType (1 to 64 characters)."""
    emailadres: t.PersonalText | None = None
    """Address for mail. emailadres [0..1] EDEXString256Type (1 to 256 characters)."""
    fotourl: t.PersonalText | None = None
    """Address of a picture. fotourl [0..1] EDEXString256Type (1 to 256 characters)."""
    etniciteit: t.Etniciteit | None = None
    """Ethnicity, by the code list of EDEXML. etniciteit [0..1] EDEXEtniciteitType (one of 9 0 1)."""
    land: t.Land | None = None
    """Country of birth, by the code list of EDEXML. land [0..1] EDEXLandType (one of 248 codes)."""
    land_vader: t.Land | None = None
    """Country of birth of the father. land_vader [0..1] EDEXLandType (one of 248 codes)."""
    land_moeder: t.Land | None = None
    """Country of birth of the mother. land_moeder [0..1] EDEXLandType (one of 248 codes)."""
    sofinummer: t.Sofinummer | None = None
    """Social and fiscal number, the forerunner of bsn. sofinummer [0..1] EDEXSofinummerType (form [0-9]{9})."""
    bsn: t.Bsn | None = None
    """Citizen service number. bsn [0..1] EDEXBsnType (form [0-9]{9})."""
    onderwijsnummer: t.Onderwijsnummer | None = None
    """Number of a pupil without bsn. onderwijsnummer [0..1] EDEXOnderwijsnummerType (form [0-9]{9})."""
    bsn_ondwnr_4: Annotated[t.BsnOndwnr4 | None, Named("bsn_ondwnr-4")] = None
    """The last four digits of bsn or onderwijsnummer. bsn_ondwnr-4 [0..1] EDEXBsnOndwnr-4Type (form [0-9]{4})."""
    rijksregisternummer: t.Rijksregisternummer | None = None
    """Belgian national number. rijksregisternummer [0..1] EDEXRijksregisternummerType (form [0-9]{11})."""
    gewicht_nieuw: t.GewichtNieuw | None = None
    """Weight of the pupil for funding, by the education of the parents.

    gewicht_nieuw [0..1] EDEXLrlGewichtNieuwType (one of ? 0 0,3 1,2).
    """
    gewicht: t.Gewicht | None = None
    """Weight of the pupil for funding, by the older rule.

    gewicht [0..1] EDEXLrlGewichtType (one of ? 0.00 0.25 0.40 0.70 0.90).
    """
    postcodenl: t.PostcodeNl | None = None
    """Dutch postcode without a space, such as 1234AB. postcodenl [0..1] EDEXPostcodeNlType (form [0-9]{4}[A-Z]{2})."""
    postnummerbe: t.PostnummerBe | None = None
    """Belgian postcode. postnummerbe [0..1] EDEXPostnummerBeType (form [0-9]{4})."""
    postcodeoverig: t.PostcodeOverig | None = None
    """Postcode of another country. postcodeoverig [0..1] EDEXString32Type (1 to 32 characters)."""
    instroomdatum: t.Datum | None = None
    """The day on which the pupil came to the school. instroomdatum [0..1] xs:date."""
    uitstroomdatum: t.Datum | None = None
    """The day on which the pupil leaves, or left, the school. uitstroomdatum [0..1] xs:date."""
    toevoegingen: Annotated[tuple[ToevoegingsBlok, ...], Wrapped()] = ()
    """Blocks that both sides agreed on beyond the standard. toevoegingen [0..n] blok."""
    mutatiedatum: t.Tijdstip | None = None
    """The moment of the last change. mutatiedatum [0..1] xs:dateTime."""

    choices: ClassVar[tuple[Choice, ...]] = (
        *_PERSON,
        AtMostOne(("sofinummer", "bsn", "onderwijsnummer", "bsn_ondwnr_4", "rijksregisternummer")),
        AtMostOne(("postcodenl", "postnummerbe", "postcodeoverig")),
    )


class Rolomschrijving(_Deel, tag="rolomschrijving"):
    """A role in the school's own words, where no code fits. EDEXRolOmschtijvingType."""

    tekst: Annotated[t.RolomschrijvingText, Content()]
    """The role in words of the school's own. tekst [1..1] EDEXRolOmschtijvingType (1 to 64 characters)."""


RolOfOmschrijving: TypeAlias = Annotated[t.RolCode, Named("rol")] | Rolomschrijving


class GroepReferentie(_Deel, tag="groep"):
    """A stamgroep of a member of staff, with the roles there. LeerkrachtGroepReferentieType."""

    key: Annotated[t.GroepKey, Attribute()]
    """Key of the group that it refers to. @key [1..1] EDEXKeyType (1 to 256 characters)."""
    rol: tuple[RolOfOmschrijving, ...] = ()
    """Roles of the member of staff, by code or in words.

    rol|rolomschrijving [0..n] EDEXLeerkrachtRolType (one of 16 codes) | rolomschrijving.
    """


class SamengesteldeGroepReferentie(_Deel, tag="samengestelde_groep"):
    """A samengestelde groep of a member of staff, with the roles there. LeerkrachtGroepReferentieType."""

    key: Annotated[t.GroepKey, Attribute()]
    """Key of the group that it refers to. @key [1..1] EDEXKeyType (1 to 256 characters)."""
    rol: tuple[RolOfOmschrijving, ...] = ()
    """Roles of the member of staff, by code or in words.

    rol|rolomschrijving [0..n] EDEXLeerkrachtRolType (one of 16 codes) | rolomschrijving.
    """


class Leerkracht(_Deel, tag="leerkracht"):
    """A member of staff. LeerkrachtType."""

    key: Annotated[t.PersonKey, Attribute()]
    """Key of the member of staff in the LAS: it stays, and is never given to another.

    @key [1..1] EDEXKeyType (1 to 256 characters).
    """
    eckid: Annotated[t.PersonKey | None, Attribute()] = None
    """ECK-iD: the pseudonym of this person in the chain of educational applications.

    @eckid [0..1] EDEXKeyType (1 to 256 characters).
    """
    achternaam: t.Achternaam | None = None
    """Last name, without voorvoegsel. achternaam [0..1] EDEXAchternaamType (1 to 200 characters)."""
    voorvoegsel: t.Voorvoegsel | None = None
    """What stands before the last name, such as van der.

    voorvoegsel [0..1] EDEXVoorvoegselType (1 to 10 characters).
    """
    voornamen: t.Voornamen | None = None
    """First names in full. voornamen [0..1] EDEXVoornamenType (1 to 200 characters)."""
    voorletters_1: Annotated[t.Voorletters1 | None, Named("voorletters-1")] = None
    """Initials without dots. voorletters-1 [0..1] EDEXVoorletters-1Type (1 to 6 characters)."""
    roepnaam: t.Roepnaam | None = None
    """The name by which the person is called. roepnaam [0..1] EDEXString64Type (1 to 64 characters)."""
    gebruikersnaam: t.Gebruikersnaam | None = None
    """Name by which the person logs in. gebruikersnaam [0..1] EDEXGebruikersnaamType (1 to 64 characters)."""
    emailadres: t.PersonalText | None = None
    """Address for mail. emailadres [0..1] EDEXString256Type (1 to 256 characters)."""
    rol: tuple[RolOfOmschrijving, ...] = ()
    """Roles of the member of staff, by code or in words.

    rol|rolomschrijving [0..n] EDEXLeerkrachtRolType (one of 16 codes) | rolomschrijving.
    """
    groepen: Annotated[tuple[GroepReferentie | SamengesteldeGroepReferentie, ...], Wrapped()] = ()
    """The groups. groepen [0..n] groep | samengestelde_groep."""
    toevoegingen: Annotated[tuple[ToevoegingsBlok, ...], Wrapped()] = ()
    """Blocks that both sides agreed on beyond the standard. toevoegingen [0..n] blok."""
    mutatiedatum: t.Tijdstip | None = None
    """The moment of the last change. mutatiedatum [0..1] xs:dateTime."""

    choices: ClassVar[tuple[Choice, ...]] = _PERSON


class Leerlinggegevens(_Deel, tag="leerlinggegevens"):
    """The whole roster of a school. Element leerlinggegevens."""

    school: School
    """The school, and where the message comes from. school [1..1] school."""
    vestigingen: Annotated[tuple[Vestiging, ...], Wrapped()] = ()
    """The locations of the school. vestigingen [0..n] vestiging."""
    groepen: Annotated[tuple[Groep | SamengesteldeGroep, ...], Wrapped()] = ()
    """The groups. groepen [0..n] groep | samengestelde_groep."""
    leerlingen: Annotated[tuple[Leerling, ...], Wrapped()]
    """The pupils. leerlingen [1..n] leerling."""
    leerkrachten: Annotated[tuple[Leerkracht, ...], Wrapped()] = ()
    """The members of staff. leerkrachten [0..n] leerkracht."""


class LeerlinggegevensStructuur(_Deel, tag="leerlinggegevens-structuur"):
    """The school and its groups, first stage. Element leerlinggegevens-structuur."""

    school: School
    """The school, and where the message comes from. school [1..1] school."""
    vestigingen: Annotated[tuple[Vestiging, ...], Wrapped()] = ()
    """The locations of the school. vestigingen [0..n] vestiging."""
    groepen: Annotated[tuple[Groep | SamengesteldeGroep, ...], Wrapped()] = ()
    """The groups. groepen [0..n] groep | samengestelde_groep."""


class LeerlinggegevensLeerlingen(_Deel, tag="leerlinggegevens-leerlingen"):
    """The pupils of the groups asked for. Element leerlinggegevens-leerlingen."""

    school: School
    """The school, and where the message comes from. school [1..1] school."""
    leerlingen: Annotated[tuple[Leerling, ...], Wrapped()]
    """The pupils. leerlingen [1..n] leerling."""


class LeerlinggegevensLeerkrachten(_Deel, tag="leerlinggegevens-leerkrachten"):
    """The staff of the groups asked for. Element leerlinggegevens-leerkrachten."""

    school: School
    """The school, and where the message comes from. school [1..1] school."""
    leerkrachten: Annotated[tuple[Leerkracht, ...], Wrapped()] = ()
    """The members of staff. leerkrachten [0..n] leerkracht."""


class GeenWijzigingen(_Deel, tag="geenwijzigingen"):
    """Nothing changed since laatstontvangengegevens. Element geenwijzigingen."""


class GeenGegevens(_Deel, tag="geengegevens"):
    """The LAS found nothing that fits the request. Element geengegevens."""


class _Verzoek(_Deel):
    """What every request says. Group gVerzoekBasis."""

    schooljaar: t.Schooljaar
    """The school year, two years with a dash, such as 2025-2026.

    schooljaar [1..1] tpSchooljaar (form [1-2][0-9]{3}-[1-2][0-9]{3}).
    """
    brincode: t.Brincode | None = None
    """BRIN of the school, such as 99XX. brincode [0..1] EDEXBrincodeType (form [0-9]{2}[A-Z]{2})."""
    dependancecode: t.VerzoekDependancecode | None = None
    """Number of the location; 00, or none, is the main one.

    dependancecode [0..1] tpDependanceCode (0 to 32 characters; form [0-9]{2}).
    """
    schoolkey: t.String256 | None = None
    """Name of the school that both sides agreed on. schoolkey [0..1] EDEXString256Type (1 to 256 characters)."""
    xsdversie: t.String32
    """Version of UWLR in which the answer is expected. xsdversie [1..1] EDEXString32Type (1 to 32 characters)."""
    gegevenssetid: t.String64 | None = None
    """The profile that the answer must follow. gegevenssetid [0..1] EDEXString64Type (1 to 64 characters)."""
    laatstontvangengegevens: t.Tijdstip | None = None
    """The moment of the previous delivery: ask only whether anything changed since.

    laatstontvangengegevens [0..1] xs:dateTime.
    """

    choices: ClassVar[tuple[Choice, ...]] = (
        AtMostOne(("brincode", "schoolkey")),
        AtLeastOne(("brincode", "schoolkey")),
        Needs(("dependancecode",), "brincode"),
    )


class VerzoekGroep(_Deel, tag="groep"):
    """A stamgroep asked for; without a key: the persons in no stamgroep. Group gVerzoekGroepenRef."""

    key: Annotated[t.GroepKey | None, Attribute()] = None
    """Key of the group; none asks for those in no group. @key [0..1] EDEXKeyType (1 to 256 characters)."""


class VerzoekSamengesteldeGroep(_Deel, tag="samengestelde_groep"):
    """A samengestelde groep asked for; without a key: the persons in none. Group gVerzoekGroepenRef."""

    key: Annotated[t.GroepKey | None, Attribute()] = None
    """Key of the group; none asks for those in no such group. @key [0..1] EDEXKeyType (1 to 256 characters)."""


class LeerlinggegevensVerzoek(_Verzoek, tag="leerlinggegevens_verzoek"):
    """Ask for the whole roster of one school year. Element leerlinggegevens_verzoek."""


class StructuurVerzoek(_Verzoek, tag="structuur_verzoek"):
    """Ask for the school and its groups. Element structuur_verzoek."""


class LeerlingenVerzoek(_Verzoek, tag="leerlingen_verzoek"):
    """Ask for the pupils of some groups. Element leerlingen_verzoek."""

    groepen: Annotated[tuple[VerzoekGroep | VerzoekSamengesteldeGroep, ...], Wrapped()]
    """The groups. groepen [1..n] groep | samengestelde_groep."""


class LeerkrachtenVerzoek(_Verzoek, tag="leerkrachten_verzoek"):
    """Ask for the staff of some groups. Element leerkrachten_verzoek."""

    groepen: Annotated[tuple[VerzoekGroep | VerzoekSamengesteldeGroep, ...], Wrapped()]
    """The groups. groepen [1..n] groep | samengestelde_groep."""


class LeerlinggegevensAntwoord(_Deel, tag="leerlinggegevens_antwoord"):
    """Answer to HaalLeerlinggegevens. Element leerlinggegevens_antwoord."""

    inhoud: Leerlinggegevens | GeenWijzigingen | GeenGegevens
    """What was asked for, or that nothing changed, or that there is nothing.

    leerlinggegevens|geenwijzigingen|geengegevens [1..1] leerlinggegevens | geenwijzigingen | geengegevens.
    """


class StructuurAntwoord(_Deel, tag="structuur_antwoord"):
    """Answer to HaalStructuur. Element structuur_antwoord."""

    inhoud: LeerlinggegevensStructuur | GeenWijzigingen | GeenGegevens
    """What was asked for, or that nothing changed, or that there is nothing.

    leerlinggegevens-structuur|geenwijzigingen|geengegevens [1..1] leerlinggegevens-structuur | geenwijzigingen |
    geengegevens.
    """


class LeerlingenAntwoord(_Deel, tag="leerlingen_antwoord"):
    """Answer to HaalLeerlingen. Element leerlingen_antwoord."""

    inhoud: LeerlinggegevensLeerlingen | GeenWijzigingen | GeenGegevens
    """What was asked for, or that nothing changed, or that there is nothing.

    leerlinggegevens-leerlingen|geenwijzigingen|geengegevens [1..1] leerlinggegevens-leerlingen | geenwijzigingen |
    geengegevens.
    """


class LeerkrachtenAntwoord(_Deel, tag="leerkrachten_antwoord"):
    """Answer to HaalLeerkrachten. Element leerkrachten_antwoord."""

    inhoud: LeerlinggegevensLeerkrachten | GeenWijzigingen | GeenGegevens
    """What was asked for, or that nothing changed, or that there is nothing.

    leerlinggegevens-leerkrachten|geenwijzigingen|geengegevens [1..1] leerlinggegevens-leerkrachten |
    geenwijzigingen | geengegevens.
    """
