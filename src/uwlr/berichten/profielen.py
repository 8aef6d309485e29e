"""The profiles on leerlinggegevens: what each lets a school share, and what it asks for, per version.

A profile is a set of rules on top of the schema, never a schema of its own. What it does not name is not allowed.

Source: the profile schemas of UWLR 2.2 (20170515) and the UWLR documentation viewer (2.2.1), whose differences are
listed as mismatches; for 2.3 the page of UWLR 2.3, which was readable in part only.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from uwlr.berichten import leerlinggegevens as lg
from uwlr.berichten.tabel import Bericht
from uwlr.errors import ConfigurationError
from uwlr.norm import VERSIES, Versie

ProfielNaam = Literal["Smalle set", "LVS-set"]
Class = type[Bericht]

PROFIELEN: Final[tuple[ProfielNaam, ...]] = ("Smalle set", "LVS-set")

_SCHEMA: Final = "UWLR 2.2, profile schema (20170515)"
_REVISION: Final = "UWLR 2.3, page of the agreement"
_CUT: Final = "UWLR 2.3, page of the agreement; its text breaks off after 'BSN-', so which field is meant is assumed"


class Mismatch(msgspec.Struct, frozen=True, kw_only=True):
    """A field on which the profile's schema and its documentation differ; the tables follow the schema."""

    cls: Class
    field: str
    schema: str
    documentation: str


class Profiel(msgspec.Struct, frozen=True, kw_only=True):
    """One profile in one version of the agreement.

    Attributes:
        naam: name of the profile.
        versie: version of the agreement.
        source: where the table as a whole comes from.
        allowed: per class the fields that may be present. A class that is absent is free: no profile speaks of it.
        required: per class the fields that must be present beyond what the version itself asks for.
        sources: source of a single field, by class and name, if it is not that of the whole table.
        mismatches: where schema and documentation differ.
    """

    naam: ProfielNaam
    versie: Versie
    source: str
    allowed: Mapping[Class, frozenset[str]]
    required: Mapping[Class, frozenset[str]]
    sources: Mapping[tuple[Class, str], str]
    mismatches: tuple[Mismatch, ...]

    def source_of(self, cls: Class, field: str) -> str:
        """Name the source for one field."""
        return self.sources.get((cls, field), self.source)


def profiel(naam: str, versie: Versie = "2.2") -> Profiel:
    """Look a profile up.

    Args:
        naam: "Smalle set" or "LVS-set"; case, and a hyphen or underscore for the space, do not matter.
        versie: version of the agreement.

    Raises:
        ConfigurationError: there is no such profile, or no such version.
    """
    if versie not in VERSIES:
        raise ConfigurationError(f"versie {versie!r} is not one of {', '.join(VERSIES)}")
    for known in PROFIELEN:
        if _plain(known) == _plain(naam):
            return _profiel(known, versie)
    raise ConfigurationError(f"profiel {naam!r} is not one of {', '.join(PROFIELEN)}")


def _plain(naam: str) -> str:
    return naam.casefold().replace("-", " ").replace("_", " ").strip()


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_PERSON: Final = "key eckid achternaam voorvoegsel roepnaam"
_COMMON: Final[Mapping[Class, frozenset[str]]] = {
    lg.School: _names(
        "schooljaar peildatum brincode dependancecode instellingsnummer schoolkey aanmaakdatum auteur xsdversie"
        " commentaar"
    ),
    lg.Vestiging: frozenset(),
    lg.Groep: _names("key naam jaargroep"),
    lg.SamengesteldeGroep: _names("key naam omschrijving"),
    lg.GroepReferentie: _names("key rol"),
    lg.SamengesteldeGroepReferentie: _names("key rol"),
    lg.Rolomschrijving: _names("tekst"),
    lg.Leerlinggegevens: _names("school groepen leerlingen leerkrachten"),
    lg.LeerlinggegevensStructuur: _names("school groepen"),
    lg.LeerlinggegevensLeerlingen: _names("school leerlingen"),
    lg.LeerlinggegevensLeerkrachten: _names("school leerkrachten"),
    lg.LeerlinggegevensAntwoord: _names("inhoud"),
    lg.StructuurAntwoord: _names("inhoud"),
    lg.LeerlingenAntwoord: _names("inhoud"),
    lg.LeerkrachtenAntwoord: _names("inhoud"),
    lg.GeenWijzigingen: frozenset(),
    lg.GeenGegevens: frozenset(),
}
_ALLOWED: Final[Mapping[ProfielNaam, Mapping[Class, frozenset[str]]]] = {
    "Smalle set": {
        **_COMMON,
        lg.Leerling: _names(f"{_PERSON} geboortedatum jaargroep groep samengestelde_groepen"),
        lg.Leerkracht: _names(f"{_PERSON} emailadres groepen"),
    },
    "LVS-set": {
        **_COMMON,
        lg.Leerling: _names(
            f"{_PERSON} voorletters_1 geboortedatum geslacht start_ondw_jgr3 jaargroep groep samengestelde_groepen"
            " bsn_ondwnr_4"
        ),
        lg.Leerkracht: _names(f"{_PERSON} groepen"),
    },
}
_REQUIRED: Final[Mapping[ProfielNaam, Mapping[Class, frozenset[str]]]] = {
    "Smalle set": {},
    "LVS-set": {
        lg.School: _names("peildatum aanmaakdatum xsdversie"),
        lg.LeerlinggegevensStructuur: _names("groepen"),
        lg.Leerling: _names("roepnaam geboortedatum geslacht jaargroep bsn_ondwnr_4"),
    },
}
_REMOVED_IN_2_3: Final[Mapping[ProfielNaam, Mapping[str, str]]] = {
    "Smalle set": {"geboortedatum": _REVISION},
    "LVS-set": {"voorletters_1": _REVISION, "bsn_ondwnr_4": _CUT},
}
"""What a leerling loses in 2.3, with its source."""

_MISMATCHES: Final[Mapping[ProfielNaam, tuple[Mismatch, ...]]] = {
    "Smalle set": (
        Mismatch(cls=lg.Leerling, field="geboortedatum", schema="optional", documentation="mandatory"),
        Mismatch(cls=lg.Leerling, field="jaargroep", schema="optional", documentation="mandatory"),
        Mismatch(cls=lg.SamengesteldeGroep, field="omschrijving", schema="optional", documentation="not allowed"),
        Mismatch(cls=lg.Leerkracht, field="emailadres", schema="optional", documentation="mandatory"),
        Mismatch(
            cls=lg.Leerkracht,
            field="achternaam",
            schema="this or roepnaam",
            documentation="mandatory in one of two places",
        ),
    ),
    "LVS-set": (),
}


@cache
def _profiel(naam: ProfielNaam, versie: Versie) -> Profiel:
    removed = _REMOVED_IN_2_3[naam] if versie == "2.3" else {}
    return Profiel(
        naam=naam,
        versie=versie,
        source=_SCHEMA if versie == "2.2" else f"{_SCHEMA}; {_REVISION} changes leerling only",
        allowed=_without(_ALLOWED[naam], removed),
        required=_without(_REQUIRED[naam], removed),
        sources=MappingProxyType({(lg.Leerling, field): source for field, source in removed.items()}),
        mismatches=tuple(m for m in _MISMATCHES[naam] if m.cls is not lg.Leerling or m.field not in removed),
    )


def _without(table: Mapping[Class, frozenset[str]], removed: Mapping[str, str]) -> Mapping[Class, frozenset[str]]:
    kept = {cls: names - removed.keys() if cls is lg.Leerling else names for cls, names in table.items()}
    return MappingProxyType(kept)
