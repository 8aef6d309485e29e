"""Simple types of the standard as annotated Python types.

Source: EDEXML.types.vast.xsd, EDEXML.types.variabel.xsd and the simple types of the three UWLR schemas of
UWLR 2.2 (20170515). Names are those of the schema without the EDEX prefix and the Type suffix.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from uwlr.berichten.codelijsten import (
    ETNICITEITEN,
    GEWICHTEN,
    GEWICHTEN_NIEUW,
    JAARGROEPEN,
    LANDEN,
    ROLLEN,
    Geslacht,
    Jaargroep,
    Rol,
)
from uwlr.berichten.tabel import Simple


def _text(name: str, shortest: int, longest: int | None, **more: bool) -> Simple:
    return Simple(name=name, min_length=shortest, max_length=longest, **more)  # type: ignore[arg-type]


_DIGITS = r"\p{Nd}"

String32 = Annotated[str, _text("EDEXString32Type", 1, 32)]
String64 = Annotated[str, _text("EDEXString64Type", 1, 64)]
String128 = Annotated[str, _text("EDEXString128Type", 1, 128)]
String256 = Annotated[str, _text("EDEXString256Type", 1, 256)]
FreeText = Annotated[str, _text("xs:string", 0, None, personal=True)]
FreeText128 = Annotated[str, _text("EDEXString128Type", 1, 128, personal=True)]
FreeText256 = Annotated[str, _text("EDEXString256Type", 1, 256, personal=True)]
"""Texts that are not about a person by their meaning, in which people may write anything."""
AnyUri = Annotated[str, Simple(name="xs:anyURI", base="anyURI", repeats=True)]

Key = Annotated[str, _text("EDEXKeyType", 1, 256)]
"""Key of a group, a location or a test."""
GroepKey = Annotated[str, _text("EDEXKeyType", 1, 256, repeats=True)]
"""Key that refers to a group or a location; many persons share one."""
PersonKey = Annotated[str, _text("EDEXKeyType", 1, 256, personal=True)]
"""Key, ECK-iD or number that stands for one person, or for their result: its key may be made from theirs."""

Achternaam = Annotated[str, _text("EDEXAchternaamType", 1, 200, personal=True, repeats=True)]
Voorvoegsel = Annotated[str, _text("EDEXVoorvoegselType", 1, 10, personal=True, repeats=True)]
Voornamen = Annotated[str, _text("EDEXVoornamenType", 1, 200, personal=True, repeats=True)]
Voorletters1 = Annotated[str, _text("EDEXVoorletters-1Type", 1, 6, personal=True, repeats=True)]
Roepnaam = Annotated[str, _text("EDEXString64Type", 1, 64, personal=True, repeats=True)]
Gebruikersnaam = Annotated[str, _text("EDEXGebruikersnaamType", 1, 64, personal=True)]
PersonalText = Annotated[str, _text("EDEXString256Type", 1, 256, personal=True)]
RolomschrijvingText = Annotated[str, _text("EDEXRolOmschtijvingType", 1, 64, personal=True)]

Brincode = Annotated[str, Simple(name="EDEXBrincodeType", pattern=r"\p{Nd}{2}\p{Lu}{2}")]
Dependancecode = Annotated[str, Simple(name="EDEXDependancecodeType", pattern=r"\p{Nd}{2}")]
VerzoekDependancecode = Annotated[
    str, Simple(name="tpDependanceCode", pattern=r"\p{Nd}{2}", max_length=32, empty_is="00")
]
"""As Dependancecode; in a request an empty element means 00."""
Instellingsnummer = Annotated[str, Simple(name="EDEXInstellingsnummerType", pattern=r"\p{Nd}{2,6}")]
Schooljaar = Annotated[str, Simple(name="tpSchooljaar", pattern=r"[1-2]\p{Nd}{3}-[1-2]\p{Nd}{3}")]


def _number(name: str, digits: int, *, repeats: bool = False) -> Simple:
    return Simple(name=name, pattern=f"{_DIGITS}{{{digits}}}", personal=True, repeats=repeats)


Sofinummer = Annotated[str, _number("EDEXSofinummerType", 9)]
Onderwijsnummer = Annotated[str, _number("EDEXOnderwijsnummerType", 9)]
Bsn = Annotated[str, _number("EDEXBsnType", 9)]
BsnOndwnr4 = Annotated[str, _number("EDEXBsnOndwnr-4Type", 4, repeats=True)]
Rijksregisternummer = Annotated[str, _number("EDEXRijksregisternummerType", 11)]
PostcodeNl = Annotated[
    str, Simple(name="EDEXPostcodeNlType", pattern=r"\p{Nd}{4}\p{Lu}{2}", personal=True, repeats=True)
]
PostnummerBe = Annotated[str, _number("EDEXPostnummerBeType", 4, repeats=True)]
PostcodeOverig = Annotated[str, _text("EDEXString32Type", 1, 32, personal=True)]

JaargroepCode = Annotated[
    Jaargroep | str,
    Simple(name="EDEXJaargroepType", codes=tuple(JAARGROEPEN), code_type=Jaargroep, repeats=True),
]
RolCode = Annotated[
    Rol | str,
    Simple(name="EDEXLeerkrachtRolType", codes=tuple(ROLLEN), code_type=Rol, repeats=True),
]
GeslachtCode = Annotated[
    Geslacht | int,
    Simple(name="EDEXGeslachtType", base="integer", codes=("0", "1", "2", "9"), code_type=Geslacht),
]
Etniciteit = Annotated[str, Simple(name="EDEXEtniciteitType", codes=tuple(ETNICITEITEN), repeats=True)]
GewichtNieuw = Annotated[str, Simple(name="EDEXLrlGewichtNieuwType", codes=tuple(GEWICHTEN_NIEUW), repeats=True)]
Gewicht = Annotated[str, Simple(name="EDEXLrlGewichtType", codes=tuple(GEWICHTEN), repeats=True)]
Land = Annotated[str, Simple(name="EDEXLandType", codes=tuple(LANDEN), repeats=True)]

Datum = Annotated[date, Simple(name="xs:date", base="date", repeats=True)]
"""xs:date; a `ZonedDate` if the message gives a time zone."""
Geboortedatum = Annotated[date, Simple(name="xs:date", base="date", personal=True, repeats=True)]
Tijdstip = Annotated[datetime, Simple(name="xs:dateTime", base="dateTime", repeats=True)]
"""xs:dateTime; aware if the message gives a time zone, naive if it does not."""

Score = Annotated[int, Simple(name="tpScore", base="integer", minimum=0)]
Volgnummer = Annotated[int, Simple(name="xs:positiveInteger", base="integer", minimum=1)]
Integer = Annotated[int, Simple(name="xs:integer", base="integer")]
Int = Annotated[int, Simple(name="xs:int", base="integer", minimum=-(2**31), maximum=2**31 - 1)]
Kleurcode = Annotated[int, Simple(name="tpKleurcode", base="integer", minimum=0, maximum=255)]
DecimalNumber = Annotated[Decimal, Simple(name="xs:decimal", base="decimal")]
Transparantie = Annotated[Decimal, Simple(name="tpTransparatiecode", base="decimal", minimum=0, maximum=1)]
Schoolcijfer = Annotated[Decimal, Simple(name="tpSchoolcijfer", base="decimal", minimum=1, maximum=10)]
NonEmpty = Annotated[str, _text("nonEmptyStringType", 1, None)]
