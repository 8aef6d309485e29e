"""The messages that are measured, as a user of pydantic-xml writes them by hand: it has no generator.

Elements that no document here holds are left out, which is in its favour.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field
from pydantic_xml import BaseXmlModel, attr, element, wrapped

from uwlr import norm

_Key = Annotated[str, Field(min_length=1, max_length=256)]
_Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Roster(BaseXmlModel, ns="", nsmap={"": norm.LEERLINGGEGEVENS}):
    pass


class _Reference(_Roster):
    key: _Key = attr()


class RosterSchool(_Roster, tag="school"):
    schooljaar: str = element()
    peildatum: dt.date | None = element(default=None)
    brincode: str = element(pattern=r"\d{2}[A-Z]{2}")
    dependancecode: str = element(pattern=r"\d{2}")
    aanmaakdatum: dt.datetime | None = element(default=None)
    auteur: str | None = element(default=None)
    xsdversie: str | None = element(default=None)
    commentaar: str | None = element(default=None)


class Vestiging(_Roster, tag="vestiging"):
    key: _Key = attr()
    naam: _Name = element()


class Groep(_Roster, tag="groep"):
    key: _Key = attr()
    naam: _Name = element()
    jaargroep: str = element()
    omschrijving: str | None = element(default=None)


class SamengesteldeGroep(_Roster, tag="samengestelde_groep"):
    key: _Key = attr()
    naam: _Name = element()


class Leerling(_Roster, tag="leerling"):
    key: _Key = attr()
    eckid: _Key | None = attr(default=None)
    achternaam: _Name = element()
    voorvoegsel: str | None = element(default=None)
    voornamen: _Name = element()
    voorletters: str = element(tag="voorletters-1")
    roepnaam: _Name = element()
    geboortedatum: dt.date = element()
    geslacht: int = element(ge=0, le=9)
    jaargroep: str = element()
    groep: _Reference = element()
    samengestelde_groepen: list[_Reference] = wrapped(
        "samengestelde_groepen", element(tag="samengestelde_groep", default_factory=list)
    )
    vestiging: _Reference = element()
    gebruikersnaam: _Name = element()
    emailadres: str = element()
    land: str = element()
    bsn: str = element(tag="bsn_ondwnr-4", pattern=r"\d{4}")
    postcodenl: str = element(pattern=r"\d{4}[A-Z]{2}")
    instroomdatum: dt.date = element()
    mutatiedatum: dt.datetime = element()


class Leerkracht(_Roster, tag="leerkracht"):
    key: _Key = attr()
    achternaam: _Name = element()
    roepnaam: _Name = element()
    emailadres: str = element()
    rol: str = element()
    groepen: list[_Reference] = wrapped("groepen", element(tag="groep", default_factory=list))


class _Groepen(_Roster, tag="groepen"):
    groep: list[Groep] = element(tag="groep")
    samengestelde_groep: list[SamengesteldeGroep] = element(tag="samengestelde_groep", default_factory=list)


class Leerlinggegevens(_Roster, tag="leerlinggegevens"):
    school: RosterSchool
    vestigingen: list[Vestiging] = wrapped("vestigingen", element(tag="vestiging"))
    groepen: _Groepen
    leerlingen: list[Leerling] = wrapped("leerlingen", element(tag="leerling"))
    leerkrachten: list[Leerkracht] = wrapped("leerkrachten", element(tag="leerkracht", default_factory=list))


class LeerlinggegevensAntwoord(_Roster, tag="leerlinggegevens_antwoord"):
    leerlinggegevens: Leerlinggegevens


class _Results(BaseXmlModel, ns="", nsmap={"": norm.LEERRESULTATEN}):
    pass


class ResultsSchool(_Results, tag="school"):
    schooljaar: str = element()
    brincode: str = element(pattern=r"\d{2}[A-Z]{2}")
    dependancecode: str = element(pattern=r"\d{2}")
    aanmaakdatum: dt.datetime = element()
    xsdversie: str = element()


class Resultaat(_Results, tag="resultaat"):
    key: _Key = attr()
    afnamedatum: dt.date = element()
    toetscode: str = element()
    score: int = element()
    infourl: str = element()


class Toetsafname(_Results, tag="toetsafname"):
    leerlingid: _Key = element()
    resultaten: list[Resultaat] = wrapped("resultaten", element(tag="resultaat"))


class Toets(_Results, tag="toets"):
    toetscode: str = element()
    toetsnaam: str = element()


class LeerresultatenVerzoek(_Results, tag="leerresultaten_verzoek"):
    school: ResultsSchool
    toetsafnames: list[Toetsafname] = wrapped("toetsafnames", element(tag="toetsafname"))
    toetsen: list[Toets] = wrapped("toetsen", element(tag="toets"))
